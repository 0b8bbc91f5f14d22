import pytest


@pytest.fixture
def fakeproxy_config():  # for a module, or in a conftest.py for the whole suite
    return {"start": "2030-01-01T09:00:00Z", "behavior": {"participant_delete_status": 204}}


def test_settings_of_the_module(fakeproxy):
    assert fakeproxy.clock.now().isoformat() == "2030-01-01T09:00:00+00:00"


@pytest.mark.fakeproxy(start="2031-06-01T00:00:00Z")
def test_settings_of_one_test(fakeproxy):
    assert fakeproxy.clock.now().year == 2031
