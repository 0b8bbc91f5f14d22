"""The tables of what is known about packages: versions that were tried, clients outside of Python, tools."""

from __future__ import annotations

from typing import NamedTuple

from fakeproxy.doctor.finding import Verdict

CLIENTS = "docs/how-to/clients.md"
OTHER_STUBS = "docs/how-to/other-stubs.md"
OTHER_PROCESSES = "docs/how-to/other-processes.md"
GUARD = "docs/how-to/guard.md"
EARLY = "docs/how-to/early.md"
OLD_SDKS = "docs/how-to/old-sdks.md"

#: The oldest and the newest version that `python -m tests.matrix` has tried, by package.
TRIED = {
    "twilio": ("6.9", "9.13.0"),
    "urllib3": ("1.26", "2.8.0"),
    "niquests": ("3.21", "3.21"),
    "requests": ("2.28", "2.34.2"),
    "httpx": ("0.24", "0.28.1"),
    "aiohttp": ("3.8", "3.14.5"),
    "werkzeug": ("3.0.0", "3.1.9"),
    "pytest": ("8.0.0", "9.2.0"),
    "freezegun": ("1.2.2", "1.5.5"),
    "time-machine": ("2.13.0", "3.6.0"),
    "django": ("2.2", "5.2.19"),
    "flask": ("2.3", "3.1.3"),
    "starlette": ("0.19", "1.10.0"),
}


class OldVersion(NamedTuple):
    """A difference of old versions of a package: the first version without it, what they do, and what to do."""

    package: str
    until: str
    text: str
    advice: str
    page: str


#: The differences of old versions that a test may meet.
OLD_VERSIONS = (
    OldVersion(
        "twilio",
        "9.9",
        "`delete()` of a participant returns False although it worked: these versions expect a 204, and the fake "
        "answers 200, as Twilio's OpenAPI file says",
        'Do not check what it returns, or set `behavior={"participant_delete_status": 204}`.',
        OLD_SDKS,
    ),
    OldVersion(
        "twilio",
        "9.4",
        "`Client()` raises `TwilioException: Credentials are required to create a TwilioClient` where no "
        "fake is active",
        "If a module makes its client when it is imported, set `fakeproxy_early = true`.",
        EARLY,
    ),
)

#: Packages that may open sockets outside of Python, which no probe tries.
OUTSIDE_OF_PYTHON = ("curl-cffi", "grpcio", "primp", "pyreqwest", "rnet")

#: The oldest and the newest major version of Node that `fakeproxy run` was tried with.
NODE = (18, 26)


class Tool(NamedTuple):
    """A tool in the same test: its names as a page shows them, its distributions, a verdict, and a sentence."""

    shown: str
    distributions: tuple[str, ...]
    verdict: Verdict
    text: str


_TRACED = "see each request, whether they are switched on before the fake or while it is active; so does any wrapper of"

#: The table of docs/how-to/other-stubs.md. `unknown`: it depends on how the suite sets the tool up.
TOOLS = (
    Tool(
        "`responses`, `requests-mock`",
        ("responses", "requests-mock"),
        "fine",
        "their stubs answer, also requests of the SDK; `proxy.client()` does not ask them",
    ),
    Tool(
        "`respx`",
        ("respx",),
        "unknown",
        'its stubs answer; with `using="httpx"` it gets every request first: `respx.get(...).pass_through()` for '
        "Proxy's URLs",
    ),
    Tool(
        "`aioresponses`",
        ("aioresponses",),
        "unknown",
        "gets every request first, and must pass the others on: `aioresponses(passthrough_unmatched=True)`",
    ),
    Tool(
        "`pytest_httpx`",
        ("pytest-httpx",),
        "unknown",
        "its stubs answer; the mark `httpx_mock(should_mock=lambda request: request.url.host != "
        '"proxy.twilio.com")` makes it pass the others on',
    ),
    Tool(
        "`pook`",
        ("pook",),
        "unknown",
        'gets every request first: `pook.enable_network("proxy.twilio.com")` makes it pass on requests without a stub',
    ),
    Tool(
        "`mocket`, `aresponses`",
        ("mocket", "aresponses"),
        "fine",
        "are below the fake: they get the requests to all hosts except Twilio's, and to those in `allow_hosts`",
    ),
    Tool(
        "`httpretty`",
        ("httpretty",),
        "unknown",
        "1.1.4 answers neither `requests` nor the SDK with urllib3 2, with or without the fake; Proxy requests of "
        "these two go to the fake; `httpx` fails with it",
    ),
    Tool("`pytest-httpserver`", ("pytest-httpserver",), "fine", "is on loopback, and not touched"),
    Tool(
        "`vcrpy`",
        ("vcrpy",),
        "unknown",
        "a cassette answers first, and records what the fake answers; with "
        '`ignore_hosts=["proxy.twilio.com"]` Proxy requests go to the fake',
    ),
    Tool(
        "`pytest-socket`",
        ("pytest-socket",),
        "fine",
        "works: the fake opens no socket, except for `proxy.url` and `proxy.tunnel()`",
    ),
    Tool(
        "`freezegun`, `time-machine`",
        ("pytest-freezer", "freezegun", "time-machine"),
        "fine",
        "the fake's clock follows and moves them: [how](frozen-time.md)",
    ),
    Tool(
        "OpenTelemetry, Sentry, ddtrace, New Relic",
        ("opentelemetry-instrumentation", "sentry-sdk", "ddtrace", "newrelic"),
        "fine",
        f"{_TRACED} a client's methods",
    ),
    Tool("`pytest-xdist`, `pytest-randomly`", ("pytest-xdist", "pytest-randomly"), "fine", "work unchanged"),
)
