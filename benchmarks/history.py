"""The cost of the history: a session created through the SDK with and without the events that tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

from twilio.rest import Client

from benchmarks.measure import seconds
from benchmarks.table import Row
from fakeproxy import FakeProxy
from fakeproxy.engine.store import Store


def _nothing(store: Store, event: object, *place: int) -> None:
    """Stand in for the noting of an event. A Mock would take longer than the real thing."""


def history() -> Iterator[Row]:
    with FakeProxy() as proxy:
        service = proxy.add_service()
        create = Client().proxy.v1.services(service.sid).sessions.create

        def untold() -> None:
            with (
                mock.patch.object(Store, "add_event", _nothing),
                mock.patch.object(Store, "add_request_event", _nothing),
            ):
                for _ in range(20):
                    create(ttl=5)

        def told() -> None:
            with (
                mock.patch.object(Store, "add_event", Store.add_event),
                mock.patch.object(Store, "add_request_event", Store.add_request_event),
            ):
                for _ in range(20):
                    create(ttl=5)

        times = seconds({"told": told, "untold": untold}, 10, 25)
    work = "sessions.create with the history"
    shown = f"{times['told'] / 20 * 1e6:.0f} us"
    reference = f"without events {times['untold'] / 20 * 1e6:.0f} us"
    yield Row(work, shown, reference, times["told"] / times["untold"], 1.03, "x")
