import os
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ANNE, BERT = "+14155550100", "+14155550101"
SITE = "https://jobs.example.com"


@asynccontextmanager
async def lifespan(app):  # the application: one client for its whole life
    async with AsyncTwilioHttpClient() as http_client:
        app.state.twilio, app.state.texts = Client(http_client=http_client), set()
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/jobs/{name}", status_code=201)
async def open_job(name: str, people: list[str]) -> dict[str, str]:
    sessions = app.state.twilio.proxy.v1.services(os.environ["PROXY_SERVICE_SID"]).sessions
    session = await sessions.create_async(unique_name=name)
    joined = [await session.participants.create_async(identifier=who) for who in people]
    return {person.identifier: person.proxy_identifier for person in joined}


@app.post("/status")
async def status(request: Request) -> None:
    form = dict(await request.form())
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(str(request.url), form, signature):
        raise HTTPException(403)
    # a set: Twilio may tell of a text several times
    app.state.texts.add(form["interactionSid"])


@pytest.fixture(autouse=True)
def service(fakeproxy, monkeypatch):
    service = fakeproxy.add_service(
        "jobs", numbers=["+14155550001"], callback_url=f"{SITE}/status"
    )
    monkeypatch.setenv("PROXY_SERVICE_SID", service.sid)


def test_with_the_test_client(fakeproxy):
    with TestClient(app) as client:  # `with` runs the lifespan
        fakeproxy.webhooks.mount(SITE, client)
        numbers = client.post("/jobs/job-7", json=[ANNE, BERT]).json()
        contact = fakeproxy.phone(ANNE).text(numbers[ANNE], "I am at the gate.")

    assert app.state.texts == {contact.interaction.sid}


@pytest.fixture
# the plugin of anyio, which FastAPI brings, runs coroutines marked `anyio`
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_in_the_event_loop_of_the_test(fakeproxy):
    fakeproxy.webhooks.mount(SITE, app)
    transport = httpx.ASGITransport(app)
    async with lifespan(app), httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        numbers = (await client.post("/jobs/job-7", json=[ANNE, BERT])).json()
        contact = await fakeproxy.phone(ANNE).atext(numbers[ANNE], "I am at the gate.")

    assert app.state.texts == {contact.interaction.sid}
