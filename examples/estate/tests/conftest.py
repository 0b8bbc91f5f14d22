"""The application of each test, with two agents and a house, beside a fake of Twilio Proxy."""

import os
from types import SimpleNamespace

os.environ.update(
    TWILIO_ACCOUNT_SID="AC" + "1" * 32,
    TWILIO_AUTH_TOKEN="the token of the tests",
    TWILIO_PROXY_SERVICE_SID="KS" + "2" * 32,
    PUBLIC_URL="https://estate.example.com",
)

import pytest

from estate import create_app, settings

POOL = ["+14155550001", "+14155550002"]
SIGNS = ["+14155550091", "+14155550092"]


@pytest.fixture
def fakeproxy_config():
    return {"account_sid": settings.ACCOUNT_SID, "auth_token": settings.AUTH_TOKEN}


@pytest.fixture
def app(fakeproxy, tmp_path):
    """The application as it is deployed: Twilio has its URLs."""
    fakeproxy.add_service("estate", sid=settings.SERVICE_SID, numbers=POOL, reserved_numbers=SIGNS)
    app = create_app(tmp_path / "estate.sqlite")
    fakeproxy.webhooks.mount(settings.PUBLIC_URL, app)
    assert app.test_cli_runner().invoke(args=["connect"]).exit_code == 0
    return app


@pytest.fixture
def office(app):
    """A client of the agency's own API."""
    return app.test_client()


@pytest.fixture
def ida(office, fakeproxy):
    """An agent, with a listing and a phone."""
    return hire(office, fakeproxy, "Ida", "+14155550201", "7 Elm Street")


@pytest.fixture
def tom(office, ida, fakeproxy):
    """A second agent."""
    return hire(office, fakeproxy, "Tom", "+14155550202", "9 Oak Street")


@pytest.fixture
def anne(fakeproxy):
    """The phone of a buyer."""
    return fakeproxy.phone("+14155550101")


@pytest.fixture
def bert(fakeproxy):
    """The phone of another buyer."""
    return fakeproxy.phone("+14155550102")


def hire(office, fakeproxy, name, phone, address):
    agent = office.post("/agents", json={"name": name, "phone": phone}).json
    listing = office.post("/listings", json={"address": address, "agent": agent["id"]}).json
    return SimpleNamespace(**agent, listing=listing["id"], phone=fakeproxy.phone(phone))


@pytest.fixture
def inquire(office):
    """Send the form of the website: `inquire(agent, buyer)`."""
    return lambda agent, buyer: office.post(f"/listings/{agent.listing}/inquiries", json={"phone": buyer.number})
