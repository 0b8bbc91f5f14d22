"""The dispatcher's API, and Twilio's webhooks. `uvicorn --factory parcels.app:create_app` serves them."""

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from parcels.deliveries import Deliveries, Delivery
from parcels.masking import Masking, Refused, connected
from parcels.settings import Settings, read_settings

PHONE_NUMBER = re.compile(r"\+?\d[\d ().-]{6,}\d")


class Booking(BaseModel):
    parcel: str
    recipient: str
    driver: str


class Driver(BaseModel):
    driver: str


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.deliveries = Deliveries(settings.database)
        async with connected(settings) as app.state.masking:
            yield
        app.state.deliveries.close()

    app = FastAPI(lifespan=lifespan)
    app.state.settings = settings
    app.include_router(api)
    app.include_router(webhooks)
    app.add_exception_handler(Refused, lambda _, error: JSONResponse({"detail": str(error)}, status_code=409))
    app.add_exception_handler(
        TwilioRestException, lambda _, error: JSONResponse({"detail": error.msg}, status_code=503)
    )
    return app


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _deliveries(request: Request) -> Deliveries:
    return request.app.state.deliveries


def _masking(request: Request) -> Masking:
    return request.app.state.masking


Configured = Annotated[Settings, Depends(_settings)]
Table = Annotated[Deliveries, Depends(_deliveries)]
Masked = Annotated[Masking, Depends(_masking)]


# --- the dispatcher's API -----------------------------------------------------------------------------------------

api = APIRouter(prefix="/deliveries")


def _known(parcel: str, deliveries: Table) -> Delivery:
    if delivery := deliveries.find(parcel):
        return delivery
    raise HTTPException(404, f"There is no delivery of {parcel}.")


Known = Annotated[Delivery, Depends(_known)]


@api.post("", status_code=201)
async def book(booking: Booking, settings: Configured, deliveries: Table, masking: Masked) -> Delivery:
    people = {"recipient": booking.recipient, "driver": booking.driver}
    session, dials = await masking.open(booking.parcel, people)
    expires_at = int(session.date_created.timestamp()) + settings.quiet_seconds
    delivery = Delivery(booking.parcel, session.sid, *people.values(), dials["recipient"], dials["driver"], expires_at)
    deliveries.add(delivery)
    return delivery


@api.get("/{parcel}")
async def show(delivery: Known) -> Delivery:
    return delivery


@api.put("/{parcel}/driver")
async def reassign(new: Driver, delivery: Known, deliveries: Table, masking: Masked) -> Delivery:
    """Replace the driver. If Twilio refuses the new one, the delivery has no driver until another one joins."""
    if new.driver == delivery.driver:
        return delivery
    await masking.remove(delivery.session_sid, "driver")  # First: a session has at most two people.
    deliveries.change(delivery.parcel, driver=None, driver_dials=None)
    dials = await masking.join(delivery.session_sid, "driver", new.driver)
    return deliveries.change(delivery.parcel, driver=new.driver, driver_dials=dials)


@api.post("/{parcel}/delivered")
async def delivered(delivery: Known, settings: Configured, deliveries: Table) -> Delivery:
    """Let the two talk for a while, about a wrong door for example. The sweep closes the session then."""
    return deliveries.change(delivery.parcel, status="delivered", expires_at=int(time.time()) + settings.grace_seconds)


# --- Twilio's webhooks --------------------------------------------------------------------------------------------


async def _signed_form(request: Request, settings: Configured) -> dict[str, Any]:
    form = dict(await request.form())
    validator = RequestValidator(settings.auth_token)
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(settings.public_url + request.url.path, form, signature):
        raise HTTPException(403, "The signature is not Twilio's.")
    return form


Form = Annotated[dict[str, Any], Depends(_signed_form)]
webhooks = APIRouter(prefix="/webhooks")


@webhooks.post("/intercept")
async def intercept(form: Form) -> Response:
    """Block texts with a phone number: people would go on without the mask."""
    text = json.loads(form.get("interactionData", "{}")).get("body", "")
    return Response(status_code=403 if PHONE_NUMBER.search(text) else 204)


@webhooks.post("/status")
async def status(form: Form, settings: Configured, deliveries: Table) -> Response:
    """Keep the table in step: Twilio counts the quiet time from the last interaction."""
    last = datetime.fromisoformat(form["interactionDateUpdated"].replace("Z", "+00:00"))
    deliveries.postpone(form["interactionSessionSid"], int(last.timestamp()) + settings.quiet_seconds)
    return Response(status_code=204)


@webhooks.post("/out-of-session")
async def out_of_session(form: Form) -> Response:
    """Answer who is too late, no longer the driver, or a stranger."""
    parcel = form.get("sessionUniqueName")
    over = form.get("sessionStatus") == "closed"
    words = f"{parcel} is done." if over else f"{parcel} has another driver now."
    if parcel is None:
        words = "Only recipients and drivers of our parcels reach each other here."
    if "CallSid" in form:
        answer = VoiceResponse()
        answer.say(words)
    else:
        answer = MessagingResponse()
        answer.message(words)
    return Response(str(answer), media_type="application/xml")
