import json
from pathlib import Path

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy, Refusal, UsageError

ANNE, BERT = "+14155550100", "+14155550101"
SERVICE_SID = "KS" + 32 * "a"  # as in the settings of the application


def test_what_the_settings_of_the_application_name(fakeproxy):
    fakeproxy.add_service(
        "rides",
        sid=SERVICE_SID,
        numbers=["+14155550001"],
        reserved_numbers=["+14155550002"],  # given out only by name
        default_ttl=3600,
        callback_url="https://rides.example.com/status",
    )
    assert Client().proxy.v1.services(SERVICE_SID).fetch().default_ttl == 3600


def test_a_session_in_the_middle_of_its_life(fakeproxy):
    fakeproxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
    fakeproxy.add_session(
        unique_name="job-7",
        ttl=3600,
        participants=[
            ANNE,
            {"identifier": BERT, "friendly_name": "Bert", "proxy_identifier": "+14155550002"},
        ],
    )
    fakeproxy.clock.advance(minutes=50)  # ten minutes are left
    assert fakeproxy.participants.one(friendly_name="Bert").proxy_identifier == "+14155550002"


def test_the_rules_are_those_of_requests(fakeproxy):
    fakeproxy.add_service("rides")
    with pytest.raises(Refusal, match="80602"):  # the name is taken
        fakeproxy.add_service("rides")
    with pytest.raises(UsageError, match="no possible phone number"):
        fakeproxy.add_number("555-0001")


def test_a_snapshot_is_plain_data(tmp_path):
    file = tmp_path / "state.json"
    with FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
        proxy.add_service("rides", numbers=["+14155550001"])
        proxy.add_session(unique_name="job-7", participants=[ANNE, BERT], ttl=3600)
        file.write_text(json.dumps(proxy.snapshot()))

    with FakeProxy() as other:
        other.begin_from(json.loads(file.read_text()))
        # own time is part of the state
        assert other.clock.now().isoformat() == "2030-01-01T09:00:00+00:00"
        other.clock.advance(hours=1)  # and so is the work that is due
        assert other.sessions["job-7"].status == "closed"


def test_rows_of_a_file(fakeproxy):
    rows = json.loads(Path(__file__).with_name("seed.json").read_text())
    for service in rows["services"]:
        fakeproxy.add_service(**service)
    for number in rows["numbers"]:
        fakeproxy.add_number(**number)
    for session in rows["sessions"]:
        fakeproxy.add_session(**session)
    assert [service.unique_name for service in Client().proxy.v1.services.list()] == [
        "rides",
        "meals",
    ]
