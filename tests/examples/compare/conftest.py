import jobs
import pytest


@pytest.fixture(autouse=True)
def _a_new_application(monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    jobs.open_jobs.clear()
