"""What goes wrong on the way to Twilio."""

import pytest

from estate import conversations


@pytest.fixture
def waits(monkeypatch):
    """The seconds that the application has waited."""
    seconds = []
    monkeypatch.setattr(conversations.time, "sleep", seconds.append)
    return seconds


def test_it_waits_if_it_was_too_fast(fakeproxy, inquire, ida, anne, waits):
    fakeproxy.faults.too_many_requests(operation="CreateSession", times=2)
    assert inquire(ida, anne).status_code == 201
    assert waits == [1, 2]


def test_it_gives_up_after_four_attempts(fakeproxy, inquire, ida, anne, waits):
    fakeproxy.faults.too_many_requests(operation="CreateSession", times=4)
    assert inquire(ida, anne).status_code == 500
    assert len(fakeproxy.sessions) == 0


def test_another_error_is_not_repeated(fakeproxy, inquire, ida, anne, waits):
    fakeproxy.faults.server_error(operation="CreateSession", times=1)
    assert inquire(ida, anne).status_code == 500
    assert waits == []


def test_a_lost_answer_leaves_no_second_session(fakeproxy, inquire, ida, anne):
    fakeproxy.faults.connection_reset(operation="CreateSession", after=True)
    assert inquire(ida, anne).status_code == 500
    assert inquire(ida, anne).status_code == 201  # the buyer sends the form again
    assert len(fakeproxy.sessions) == 1
