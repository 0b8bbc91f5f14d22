"""Prism, which answers from the facts of Twilio's OpenAPI file, where Node and Prism are there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from benchmarks.measure import Work, seconds_in_turns
from benchmarks.table import Row
from fakeproxy import FakeProxy

FACTS = Path(__file__).resolve().parents[1] / "tests" / "contract" / "openapi.json"

_AUTH = ("AC" + "1" * 32, "token")

#: Seconds that Prism may take to start.
_PATIENCE = 60


class _Redirected(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own client, asking another server than Twilio's."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, url.replace("https://proxy.twilio.com", self._server, 1), *args, **kwargs)


def prism() -> Iterator[Row]:
    work = "sessions.create through the SDK"
    program = _program()
    absent = [what for what, is_there in (("node", shutil.which("node")), ("prism", program)) if not is_there]
    if program is None or absent:
        yield Row(work, "-", f"Prism: there is no {', no '.join(absent)}")
        return
    with _serving(program) as server:
        times = seconds_in_turns({"ours": _ours, "prism": partial(_theirs, server)}, 50)
    ours, theirs = times["ours"], times["prism"]
    yield Row(work, f"{ours * 1e6:.0f} us", f"Prism {theirs * 1e3:.2f} ms", ours / theirs)


def _program() -> str | None:
    modules = os.environ.get("FAKEPROXY_NODE_MODULES")
    return (modules and shutil.which("prism", path=os.path.join(modules, ".bin"))) or shutil.which("prism")


@contextmanager
def _ours() -> Iterator[Work]:
    with FakeProxy() as proxy:
        sessions = Client(*_AUTH).proxy.v1.services(proxy.add_service().sid).sessions
        yield lambda: sessions.create(ttl=5)


@contextmanager
def _theirs(server: str) -> Iterator[Work]:
    client = Client(*_AUTH, http_client=_Redirected(server))
    sessions = client.proxy.v1.services("KS" + "1" * 32).sessions
    assert sessions.create(ttl=5).status == "open"
    yield lambda: sessions.create(ttl=5)


@contextmanager
def _serving(program: str) -> Iterator[str]:
    """Prism on a free port, answering when this is entered and gone when it is left."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [program, "mock", "--host", "127.0.0.1", "--port", str(port), str(FACTS)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + _PATIENCE
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    output.seek(0)
                    raise RuntimeError(f"Prism did not start: {output.read().decode(errors='replace').strip()}")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
