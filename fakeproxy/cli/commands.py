"""The command line: `fakeproxy demo`, `serve`, `run` and `doctor`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any

from fakeproxy import __version__
from fakeproxy.exceptions import FakeProxyError, UsageError
from fakeproxy.fake.settings import SETTINGS

#: The environment variables with credentials of Twilio's, and the name of the fake's value for each.
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
    """Run a command and return its exit status. `arguments` None: those of the process."""
    given = parser().parse_args(arguments)
    try:
        return {"demo": _demo, "serve": _serve, "run": _run, "doctor": _doctor}[given.command](given)
    except (FakeProxyError, OSError) as error:
        print(f"fakeproxy: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="fakeproxy", description="An in-process fake of the Twilio Proxy API.")
    parser.add_argument("--version", action="version", version=f"fakeproxy {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo", help="play a masked ride, from booking to a day of silence, and print the report of it"
    )
    demo.add_argument("--svg", metavar="FILE", help="write a picture of it to this file too")
    demo.add_argument("--open", action="store_true", help="open the page of the ride in a browser, to play with it")
    serve = commands.add_parser(
        "serve",
        help="serve the API on loopback until interrupted; with rows to play with, without any option or by --sandbox",
    )
    serve.add_argument("--host", default="127.0.0.1", help="the address to bind to (127.0.0.1)")
    serve.add_argument("--port", type=_port, default=0, help="the port; 0, the default, takes a free one")
    serve.add_argument(
        "--sandbox",
        action="store_true",
        help="begin with rows to play with; without it, and with any option but --open, the fake is empty at first",
    )
    serve.add_argument("--state", metavar="FILE", help="keep the state in this SQLite file, and begin from it")
    serve.add_argument("--reset-state", action="store_true", help="delete the state in the file of --state first")
    serve.add_argument(
        "--tunnel", action="store_true", help="start an HTTP proxy too, and print the variables for programs"
    )
    run = commands.add_parser("run", help="run a program, in any language, whose calls to Twilio go to a fake")
    doctor = commands.add_parser(
        "doctor", help="say which requests of this environment would not reach a fake; exit with 1 if there are any"
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    for command in (serve, run):
        command.add_argument("--open", action="store_true", help="open the fake's page in a browser")
        command.add_argument(
            "--keep-credentials",
            action="store_true",
            help="let programs have TWILIO_ACCOUNT_SID and the like as they are, not the fake's own",
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
            help="send webhooks below BASE to a server: https://app.example.com=http://127.0.0.1:3000",
        )
    run.add_argument("program", nargs="+", help="after --, the program with its arguments")
    return parser


#: The settings that are options here, each with its arguments for `add_argument`.
_OPTIONS: dict[str, dict[str, Any]] = {
    "start": {},
    "time": {"choices": ("ticking", "still"), "help": "The course of time: it is ticking, or stands still."},
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
        text = str(own.get("help", SETTINGS[name].help)).replace("`", "")
        if defaults.get(name):
            text += f" Default: {defaults[name]}."
        command.add_argument(option, dest=name, default=defaults.get(name), **{**own, "help": text})


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; there are 0 to 65535")
    return int(text)


def _webhook(text: str) -> tuple[str, str]:
    base_url, equals, to = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not like https://app.example.com=http://127.0.0.1:3000")
    return base_url, to


def _demo(given: argparse.Namespace) -> int:
    # Here for start-up time.
    from fakeproxy.cli import demo

    demo.run(sys.stdout.write, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    if given.svg:
        Path(given.svg).write_text(demo.picture(), encoding="utf-8")
    if given.open:
        with demo.make() as proxy:
            proxy.keep_past()
            demo.play(proxy)
            with _signals() as wait:
                _show(proxy)
                wait()
    return 0


def _doctor(given: argparse.Namespace) -> int:
    # Here for start-up time.
    from fakeproxy.cli import doctor
    from fakeproxy.doctor.examination import examine

    return doctor.show(examine(), sys.stdout.write, as_json=given.json)


def _fake(given: argparse.Namespace) -> FakeProxy:
    # Here for start-up time.
    from fakeproxy.behavior import Behavior
    from fakeproxy.fake.proxy import FakeProxy
    from fakeproxy.inspector.seeds import load

    chosen = {name: getattr(given, name) for name in _OPTIONS}
    proxy = FakeProxy(**{**chosen, "behavior": Behavior.parse(given.behavior)}, intercept=False)
    allow = f"fakeproxy {given.command} --allow-host {{host}}"
    seeding = "--load, or POST /_fakeproxy/seed,"
    proxy.name_settings(allow, leave="--blocked raise", over_http=allow, seeding=seeding)
    proxy.webhooks.unmounted = "alert"
    for base_url, to in given.webhook:
        proxy.webhooks.forward(base_url, to)
    state_file, anew = getattr(given, "state", None), getattr(given, "reset_state", False)
    is_bare = given.command == "serve" and vars(given) | {"open": False} == vars(parser().parse_args(["serve"]))
    has_sandbox = is_bare or getattr(given, "sandbox", False)
    if has_sandbox and given.load:
        raise UsageError("give --sandbox or --load, not both")
    if (has_sandbox or given.load) and state_file and not anew and os.path.exists(state_file):
        option = "--sandbox" if has_sandbox else "--load"
        raise UsageError(
            f"{state_file} has a state already, so {option} would have no effect; leave out {option} to begin from "
            f"that state, or give --reset-state to delete it"
        )
    if given.load:
        try:
            state = json.loads(Path(given.load).read_text(encoding="utf-8"))
        except ValueError as error:
            raise UsageError(f"{given.load} is no JSON: {error}") from error
        load(proxy, state, given.load)
    if has_sandbox:
        from fakeproxy.cli import sandbox  # Here for start-up time.

        sandbox.fill(proxy)
    if state_file:
        proxy.keep_state(state_file, anew=anew)
    return proxy.start()


def _run(given: argparse.Namespace) -> int:
    """Run the program, and return its exit status, or 128 plus the number of the signal that ended it.

    The exit status is 1 if the program succeeds, but `check()` of the fake fails. A failure of either kind prints the
    report.
    """
    with ExitStack() as stack:
        replaced = [] if given.keep_credentials else _remove_credentials(stack)
        return _run_in_fake(given, replaced)


def _run_in_fake(given: argparse.Namespace, replaced: Sequence[str]) -> int:
    proxy = _fake(given)
    try:
        environment = {**os.environ, **_program_variables(proxy, replaced)}
        if given.open:
            _show(proxy)
        with subprocess.Popen(given.program, env=environment) as process, ExitStack() as handlers:
            _handle(handlers, signal.SIGTERM, lambda *_: process.terminate())
            _handle(handlers, signal.SIGINT, signal.SIG_IGN)  # The terminal sends it to the program, too.
            status = process.wait()
        return _end(proxy, given, status if status >= 0 else 128 - status)
    finally:
        proxy.stop()


def _remove_credentials(stack: ExitStack) -> list[str]:
    """Remove the caller's credentials from the environment until the stack is left; return their names.

    So nothing in this process can use them.
    """
    removed = {name: os.environ.pop(name) for name in _CREDENTIALS if name in os.environ}
    stack.callback(os.environ.update, removed)
    return list(removed)


def _program_variables(proxy: FakeProxy, replaced: Sequence[str]) -> dict[str, str]:
    """Return the variables for a program. The names in `replaced` have the fake's credentials."""
    own = {"api_key": "SK" + "0" * 32, **proxy.account}
    return {**proxy.environment, **{name: own[_CREDENTIALS[name]] for name in replaced}}


def _serve(given: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    with ExitStack() as stack:
        replaced = [] if given.keep_credentials or not given.tunnel else _remove_credentials(stack)
        return _serve_fake(given, replaced)


def _serve_fake(given: argparse.Namespace, replaced: Sequence[str]) -> int:
    proxy = _fake(given)
    try:
        server = proxy.serve(given.host, given.port)
        if given.host not in ("127.0.0.1", "localhost", "::1"):
            print(f"Anybody who reaches {server.address} can read and change this fake.", file=sys.stderr)
        with _signals() as wait:  # From here on, since whoever reads the address may end it at once.
            print(f"fakeproxy serves {server.url}/v1, and {server.url}/_fakeproxy/ to see and control it", flush=True)
            if given.tunnel:
                for name, value in _program_variables(proxy, replaced).items():
                    print(f"export {name}={shlex.quote(value)}", flush=True)
            if given.open:
                _show(proxy)
            wait()
        return _end(proxy, given, 0)
    finally:
        proxy.stop()


def _show(proxy: FakeProxy) -> None:
    """Open the fake's page in the user's browser, and print its address."""
    import webbrowser  # Here for start-up time.

    address = f"{proxy.url}/_fakeproxy/"
    print(f"the page is at {address}; Ctrl-C ends it", flush=True)
    webbrowser.open(address)


@contextmanager
def _signals() -> Iterator[Callable[[], None]]:
    """Give a block a function that waits for SIGINT or SIGTERM, or returns at once if one came during the block."""
    ended = Event()

    def wait() -> None:
        # With a time-out: a signal that comes just before a wait does not end it.
        while not ended.wait(0.5):
            pass

    with ExitStack() as handlers:
        for number in (signal.SIGINT, signal.SIGTERM):
            _handle(handlers, number, lambda *_: ended.set())
        yield wait


def _end(proxy: FakeProxy, given: argparse.Namespace, status: int) -> int:
    """Return the exit status: 1 for what fails by `--blocked fail`. A failure prints the report on stderr."""
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


def _handle(
    handlers: ExitStack, number: signal.Signals, handler: Callable[[int, FrameType | None], object] | int
) -> None:
    """Handle a signal until the stack is left."""
    handlers.callback(signal.signal, number, signal.signal(number, handler))
