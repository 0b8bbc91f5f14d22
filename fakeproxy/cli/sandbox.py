"""The state of `fakeproxy serve` without options, or with --sandbox: something to play with."""

from __future__ import annotations

from fakeproxy.fake.proxy import FakeProxy

_PEOPLE = (
    {"identifier": "+14155550100", "friendly_name": "Anne"},
    {"identifier": "+14155550101", "friendly_name": "Bert"},
)
_NUMBERS = ("+14155550001", "+14155550002", "+14155550003")


def fill(proxy: FakeProxy) -> None:
    """Add a Service with three numbers, two people and a session, and a note that says so."""
    proxy.keep_past()
    proxy.note(
        "This is a sandbox: a Service with three numbers, and a session of two people. Text, call, and step the clock; "
        "Reset begins again. With any option but --open and --sandbox, `fakeproxy serve` begins empty."
    )
    service = proxy.add_service("rides", numbers=_NUMBERS)
    proxy.add_session(service, unique_name="job-1", ttl=86_400, participants=_PEOPLE)
