"""Budgets of the loopback server, beside the requests that `transports` measures."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from tempfile import TemporaryDirectory

from benchmarks.budgets import FEW, MANY
from benchmarks.measure import Work, seconds
from benchmarks.table import Row
from fakeproxy import FakeProxy
from fakeproxy.web.wsgi import call

_HEADERS = {"Authorization": "Basic U0s6c2VjcmV0", "Content-Type": "application/x-www-form-urlencoded"}


def stop_the_server() -> Iterator[Row]:
    """With connections that are kept, and one that stays in the middle of a request."""

    def stop() -> float:
        proxy = FakeProxy(intercept=False).start()
        server = proxy.serve()
        kept = [HTTPConnection("127.0.0.1", server.port) for _ in range(5)]
        for connection in kept:
            connection.request("GET", "/_fakeproxy/health")
            connection.getresponse().read()
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(b"GET /")
            time = seconds({"stop": proxy.stop}, 1, 1)["stop"]
        for connection in kept:
            connection.close()
        return time

    time = max(stop() for _ in range(20))
    yield Row("stop the server, the slowest of 20", f"{time * 1e3:.1f} ms", "-", time * 1e3, 50.0, "ms")


def state_on_disk() -> Iterator[Row]:
    """A request that is on disk before it is answered (`serve --state`)."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        work = {}
        for name, count in (("few", FEW), ("many", MANY)):
            proxy = FakeProxy(intercept=False, journal_size=0)
            service = proxy.add_service()
            for _ in range(count):
                proxy.add_session(service)
            proxy.keep_state(f"{folder}/{name}.db")  # Not before: each session would be written by itself.
            stack.enter_context(proxy)
            connection = HTTPConnection("127.0.0.1", proxy.serve().port)
            work[name] = partial(_create_over, connection, f"/v1/Services/{service.sid}/Sessions")
            work[name]()
        times = seconds(work, 50, 15)
    reference = f"at {FEW:,}: {times['few'] * 1e6:.0f} us"
    measured = f"at {MANY:,}: {times['many'] * 1e6:.0f} us"
    yield Row("create a session, kept on disk", measured, reference, times["many"] / times["few"], 1.3)


def created_session_on_disk() -> Iterator[Row]:
    """The same request in this process, kept and not kept. The file system's part of it is one write and its sync."""
    with TemporaryDirectory() as folder, ExitStack() as stack, open(f"{folder}/synced", "wb", 0) as file:
        work: dict[str, Work] = {"fdatasync": partial(_write_and_sync, file.fileno())}
        for name in ("kept", "not kept"):
            proxy = FakeProxy(intercept=False, journal_size=0)
            if name == "kept":
                proxy.keep_state(f"{folder}/state.db")
            url = f"https://proxy.twilio.com/v1/Services/{proxy.add_service().sid}/Sessions"
            stack.enter_context(proxy)
            work[name] = partial(call, proxy.wsgi_app, "POST", url, _HEADERS, b"Ttl=60")
        times = seconds(work, 10, 60)
    shown = {name: f"{time * 1e6:.0f} us" for name, time in times.items()}
    reference = f"not kept {shown['not kept']}, fdatasync {shown['fdatasync']}"
    ratio = (times["kept"] - times["fdatasync"]) / times["not kept"]
    yield Row("create a session, kept, less fdatasync", shown["kept"], reference, ratio, 2.0)


def _write_and_sync(descriptor: int) -> None:
    os.write(descriptor, bytes(8192))  # SQLite writes as much.
    os.fdatasync(descriptor)


def _create_over(connection: HTTPConnection, path: str) -> None:
    connection.request("POST", path, b"Ttl=60", _HEADERS)
    connection.getresponse().read()
