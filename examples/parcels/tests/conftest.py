from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from people import SITE

from fakeproxy import FakeProxy
from fakeproxy.types import Service
from parcels.app import create_app
from parcels.settings import read_settings


@pytest.fixture
def service(fakeproxy: FakeProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    """The Service that somebody made in Twilio's Console, and an environment that names it."""
    service = fakeproxy.add_service(
        "parcels",
        numbers=["+14155550001", "+14155550002"],
        intercept_callback_url=f"{SITE}/webhooks/intercept",
        callback_url=f"{SITE}/webhooks/status",
        out_of_session_callback_url=f"{SITE}/webhooks/out-of-session",
    )
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", fakeproxy.account["account_sid"])
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", fakeproxy.account["auth_token"])
    monkeypatch.setenv("PROXY_SERVICE_SID", service.sid)
    monkeypatch.setenv("PUBLIC_URL", SITE)
    monkeypatch.setenv("DATABASE", str(tmp_path / "parcels.sqlite3"))
    return service


@pytest.fixture
def app(service: Service) -> FastAPI:
    return create_app(replace(read_settings(), retry_delays=(0, 0)))


@pytest.fixture
def dispatcher(fakeproxy: FakeProxy, app: FastAPI) -> Iterator[TestClient]:
    """A client of the application, which runs. Webhooks reach it too, in the same event loop."""
    with TestClient(app, SITE) as client:
        fakeproxy.webhooks.mount(SITE, client)
        yield client


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
