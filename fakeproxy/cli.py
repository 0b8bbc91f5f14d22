"""The command line: `fakeproxy demo`, `fakeproxy serve`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from fakeproxy._version import __version__
from fakeproxy.exceptions import FakeProxyError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = argparse.ArgumentParser(prog="fakeproxy", description="An in-process fake of the Twilio Proxy API.")
    parser.add_argument("--version", action="version", version=f"fakeproxy {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="tell a masked job from booking over a day of silence to its closing")
    serve = commands.add_parser("serve", help="serve the API on loopback until interrupted")
    serve.add_argument("--host", default="127.0.0.1", help="the address to bind to (127.0.0.1)")
    serve.add_argument("--port", type=int, default=0, help="the port; 0, the default, takes a free one")
    serve.add_argument("--load", metavar="FILE", help="a snapshot, or a JSON object as POST /_fakeproxy/seed takes it")
    serve.add_argument("--seed", type=int, default=0, help="what SIDs follow from")
    serve.add_argument("--time", choices=("ticking", "still"), default="ticking", help="whether time runs on (ticking)")
    serve.add_argument("--start", help="the instant at which its clock starts, such as 2030-01-01T09:00:00Z")
    serve.add_argument("--account-sid", help="the default account")
    serve.add_argument("--auth-token", help="its token, if credentials are to be checked")
    serve.add_argument("--behavior", metavar="NAME=VALUE", action="append", default=[], help="a point to set otherwise")
    given = parser.parse_args(arguments)
    if given.command == "demo":
        return _demo()
    try:
        return _serve(given)
    except (FakeProxyError, OSError) as error:
        print(f"fakeproxy: {error}", file=sys.stderr)
        return 1


def _demo() -> int:
    from fakeproxy import demo

    demo.tell(sys.stdout.write, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    return 0


def _serve(given: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    from fakeproxy.behavior import Behavior
    from fakeproxy.fake import FakeProxy

    proxy = FakeProxy(
        start=given.start,
        time=given.time,
        seed=given.seed,
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        behavior=Behavior.parse(given.behavior),
        intercept=False,
        blocked="raise",
    )
    proxy.webhooks.unmounted = "alert"
    if given.load:
        _load(proxy, json.loads(Path(given.load).read_text(encoding="utf-8")))
    proxy.start()
    try:
        server = proxy.serve(given.host, given.port)
        if given.host not in ("127.0.0.1", "localhost", "::1"):
            print(f"Anybody who reaches {server.address} can read and change this fake.", file=sys.stderr)
        print(f"fakeproxy serves {server.url}/v1, and {server.url}/_fakeproxy/ to control it", flush=True)
        ended = Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: ended.set())
        ended.wait()
    finally:
        proxy.stop()
    return 0


def _load(proxy: Any, state: Any) -> None:
    from fakeproxy.inspector.control import seed

    if isinstance(state, dict) and "fakeproxy" in state:
        proxy.restore(state)
    else:
        seed(proxy, state)
