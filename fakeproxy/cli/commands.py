"""The command line: `fakeproxy demo`, `fakeproxy serve`, `fakeproxy run`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from fakeproxy import __version__
from fakeproxy.exceptions import FakeProxyError, UsageError
from fakeproxy.fake.settings import SETTINGS

#: The variables of the environment that hold credentials of Twilio's, and what of the fake's takes their place.
_CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": "account_sid",
    "TWILIO_AUTH_TOKEN": "auth_token",
    "TWILIO_API_KEY": "api_key",
    "TWILIO_API_KEY_SID": "api_key",
    "TWILIO_API_SECRET": "auth_token",
    "TWILIO_API_KEY_SECRET": "auth_token",
}

if TYPE_CHECKING:
    from fakeproxy.fake.proxy import FakeProxy


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    given = _parse(arguments)
    if given.command == "demo":
        return _demo()
    try:
        return _serve(given) if given.command == "serve" else _run(given)
    except (FakeProxyError, OSError) as error:
        print(f"fakeproxy: {error}", file=sys.stderr)
        return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fakeproxy", description="An in-process fake of the Twilio Proxy API.")
    parser.add_argument("--version", action="version", version=f"fakeproxy {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="tell a masked job from booking over a day of silence to its closing")
    serve = commands.add_parser("serve", help="serve the API on loopback until interrupted")
    serve.add_argument("--host", default="127.0.0.1", help="the address to bind to (127.0.0.1)")
    serve.add_argument("--port", type=_port, default=0, help="the port; 0, the default, takes a free one")
    serve.add_argument("--state", metavar="FILE", help="keep the state in this SQLite file, and go on from it")
    serve.add_argument("--reset-state", action="store_true", help="begin anew in the file of --state")
    serve.add_argument("--tunnel", action="store_true", help="an HTTP proxy beside it; prints what to set for programs")
    run = commands.add_parser("run", help="run a program in any language whose calls to Twilio land in a fake")
    for command in (serve, run):
        command.add_argument(
            "--keep-credentials",
            action="store_true",
            help="leave TWILIO_ACCOUNT_SID and its like to programs as they are, instead of the fake's own",
        )
    for command, blocked in ((serve, "raise"), (run, "fail")):
        _add_settings(
            command, time="ticking", seed=0, behavior=[], allow_hosts=[], blocked=blocked, fail_on_ignored=False
        )
        command.add_argument("--load", metavar="FILE", help="a snapshot, or JSON as POST /_fakeproxy/seed takes it")
        command.add_argument(
            "--webhook",
            metavar="BASE=TO",
            action="append",
            default=[],
            type=_webhook,
            help="where webhooks go: https://app.example.com=http://127.0.0.1:3000",
        )
    run.add_argument("program", nargs="+", help="after --, the program with its arguments")
    return parser.parse_args(arguments)


#: The settings that are options here, and what is the command line's own of each.
_OPTIONS: dict[str, dict[str, Any]] = {
    "start": {},
    "time": {"choices": ("ticking", "still")},
    "seed": {"type": int},
    "account_sid": {},
    "auth_token": {},
    "behavior": {"metavar": "NAME=VALUE", "action": "append"},
    "allow_hosts": {"metavar": "HOST", "action": "append"},
    "blocked": {"choices": SETTINGS["blocked"].choices},
    "fail_on_ignored": {"action": "store_true"},
}


def _add_settings(command: argparse.ArgumentParser, **defaults: object) -> None:
    for name, own in _OPTIONS.items():
        option = "--allow-host" if name == "allow_hosts" else f"--{name.replace('_', '-')}"
        text = SETTINGS[name].help.replace("`", "")
        if defaults.get(name):
            text += f" Default: {defaults[name]}."
        command.add_argument(option, dest=name, default=defaults.get(name), help=text, **own)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; there are 0 to 65535")
    return int(text)


def _webhook(text: str) -> tuple[str, str]:
    base_url, equals, to = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not like https://app.example.com=http://127.0.0.1:3000")
    return base_url, to


def _demo() -> int:
    # Here for start-up time.
    from fakeproxy.cli import demo

    demo.tell(sys.stdout.write, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    return 0


def _fake(given: argparse.Namespace) -> FakeProxy:
    # Here for start-up time.
    from fakeproxy.behavior import Behavior
    from fakeproxy.fake.proxy import FakeProxy
    from fakeproxy.inspector.seeds import load

    chosen = {name: getattr(given, name) for name in _OPTIONS}
    proxy = FakeProxy(**{**chosen, "behavior": Behavior.parse(given.behavior)}, intercept=False)
    proxy.name_settings(allow=f"fakeproxy {given.command} --allow-host {{host}}", leave="--blocked raise")
    proxy.webhooks.unmounted = "alert"
    for base_url, to in given.webhook:
        proxy.webhooks.forward(base_url, to)
    state_file, anew = getattr(given, "state", None), getattr(given, "reset_state", False)
    if given.load:
        if state_file and not anew and os.path.exists(state_file):
            raise UsageError(
                f"{state_file} holds a state already, so {given.load} would not be read; leave --load out to go on "
                f"from that state, or give --reset-state to begin anew"
            )
        try:
            state = json.loads(Path(given.load).read_text(encoding="utf-8"))
        except ValueError as error:
            raise UsageError(f"{given.load} is no JSON: {error}") from error
        load(proxy, state, given.load)
    if state_file:
        proxy.keep_state(state_file, anew=anew)
    return proxy.start()


def _run(given: argparse.Namespace) -> int:
    """Run the program, and return its exit status; 128 and the signal's number if one ended it.

    A program that ends well, but has left what fails a test, ends with 1. What the fake saw is told of both failures.
    """
    with ExitStack() as restored:
        replaced = [] if given.keep_credentials else _take_credentials(restored)
        return _run_in_fake(given, replaced)


def _run_in_fake(given: argparse.Namespace, replaced: Sequence[str]) -> int:
    proxy = _fake(given)
    try:
        environment = {**os.environ, **_given_credentials(proxy, replaced)}
        with subprocess.Popen(given.program, env=environment) as process, ExitStack() as handlers:
            _handle(handlers, signal.SIGTERM, lambda *_: process.terminate())
            _handle(handlers, signal.SIGINT, signal.SIG_IGN)  # The terminal sends it to the program as well.
            status = process.wait()
        return _end(proxy, given, status if status >= 0 else 128 - status)
    finally:
        proxy.stop()


def _take_credentials(restored: ExitStack) -> list[str]:
    """Take the caller's credentials out of the environment, so that nothing here uses them; return their names.

    They are back when the stack is left.
    """
    taken = {name: os.environ.pop(name) for name in _CREDENTIALS if name in os.environ}
    restored.callback(os.environ.update, taken)
    return list(taken)


def _given_credentials(proxy: FakeProxy, replaced: Sequence[str]) -> dict[str, str]:
    """What to add to the environment of a program; the fake's credentials are under the names that were replaced."""
    own = {"api_key": "SK" + "0" * 32, **proxy.account}
    return {**proxy.environment, **{name: own[_CREDENTIALS[name]] for name in replaced}}


def _serve(given: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    with ExitStack() as restored:
        replaced = [] if given.keep_credentials or not given.tunnel else _take_credentials(restored)
        return _serve_fake(given, replaced)


def _serve_fake(given: argparse.Namespace, replaced: Sequence[str]) -> int:
    proxy = _fake(given)
    try:
        server = proxy.serve(given.host, given.port)
        if given.host not in ("127.0.0.1", "localhost", "::1"):
            print(f"Anybody who reaches {server.address} can read and change this fake.", file=sys.stderr)
        print(f"fakeproxy serves {server.url}/v1, and {server.url}/_fakeproxy/ to control it", flush=True)
        if given.tunnel:
            for name, value in _given_credentials(proxy, replaced).items():
                print(f"export {name}={shlex.quote(value)}", flush=True)
        ended = Event()
        with ExitStack() as handlers:
            for number in (signal.SIGINT, signal.SIGTERM):
                _handle(handlers, number, lambda *_: ended.set())
            # A signal that comes right before a wait without an end does not wake it.
            while not ended.wait(0.5):
                pass
        return _end(proxy, given, 0)
    finally:
        proxy.stop()


def _end(proxy: FakeProxy, given: argparse.Namespace, status: int) -> int:
    """Return the exit status, 1 for what `--blocked fail` makes a failure; tell on stderr what the fake saw of one."""
    report = proxy.report()
    if not status and given.blocked == "fail":
        try:
            proxy.check()
        except FakeProxyError as error:
            print(f"fakeproxy: {error}", file=sys.stderr)
            status = 1
    if status:
        print(report, file=sys.stderr)
    return status


def _handle(handlers: ExitStack, number: signal.Signals, handler: Any) -> None:
    """Handle a signal until the stack is left."""
    handlers.callback(signal.signal, number, signal.signal(number, handler))
