"""Targets: the choice of the fake that gets a request, and of the requests that are stopped."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache, partial
from threading import current_thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fakeproxy.exceptions import BlockedRequest, NotActive
from fakeproxy.transports import event_loops
from fakeproxy.web.wsgi import AWAITED, Answer, App

if TYPE_CHECKING:
    from fakeproxy.api.parameters import Form
    from fakeproxy.engine.records import Change


def _no_url() -> str:
    raise RuntimeError("every active fake belongs to another context")


def _quoted(name: str) -> str:
    return f'"{name}"'


#: The status, the headers and the text of an answer.
TextAnswer = tuple[int, list[tuple[str, str]], str]


@dataclass(eq=False)
class Target:
    """The destination of requests while a fake is active."""

    #: The WSGI app that answers.
    app: App
    #: The names of Twilio's hosts that may be reached.
    allow_hosts: tuple[str, ...]
    #: Called with the error of each stopped request, before the application sees it: applications swallow errors.
    blocked: Callable[[BlockedRequest], None] = lambda error: None
    #: Returns whether the app answers a method and path of api.twilio.com. The third argument: whether that host is
    #: allowed.
    core: Callable[[str, str, bool], bool] = lambda method, path, allowed: False
    #: Answers a usual request: method, path, query, form, Authorization, and the fields of the form or None. It does
    #: what the app does, without WSGI. None where the app is another one than the fake's.
    answer: Callable[[str, str, str, str, str, Form | None], TextAnswer] | None = None
    #: Sends the callbacks of what an asynchronous request has changed.
    deliver: Callable[[Sequence[Change]], Awaitable[None]] | None = None
    #: The faults that are ordered. While there are any, requests run through the client's own code, which meets them.
    faults: Sequence[object] = ()
    #: True if it gets the requests of its own context only.
    in_context: bool = False
    #: Called with method, URL and tool for a request to Proxy that another tool has a stub for, and answers.
    stubbed: Callable[[str, str, str], None] = lambda method, url, tool: None
    #: Called with the name of a coroutine that nobody awaited.
    unawaited: Callable[[str], None] = lambda name: None
    #: True if the app waits for another process, so that it may not run in an event loop.
    is_remote: bool = False
    #: The target that its context had before.
    outer: Target | None = None
    #: Returns the URL at which other processes reach the app, or raises where there is none.
    url: Callable[[], str] = _no_url
    #: The way to allow another host, for errors: Python code or an option. `{host}` is that host; `{hosts}` is a tuple,
    #: and `{names}` a text with blanks, of all hosts that are allowed then.
    allow_setting: str = "FakeProxy(allow_hosts={hosts})"
    #: The same for programs that are told over HTTP, in any language.
    allow_setting_over_http: str = "the setting allow_hosts of the fake"

    def __repr__(self) -> str:
        scope = "context" if self.in_context else "process"
        return f"<Target of a {scope}: {self.app!r}, allowed hosts: {', '.join(self.allow_hosts) or 'none'}>"

    def how_to_allow(self, host: str, over_http: bool = False) -> str:
        """Return the setting that lets requests to this host out, as the reader of an error would write it."""
        names = (*self.allow_hosts, host)
        hosts = f"({', '.join(map(_quoted, names))}{',' * (len(names) == 1)})"
        setting = self.allow_setting_over_http if over_http else self.allow_setting
        return setting.format(host=host, hosts=hosts, names=" ".join(names))

    async def ask(self, call: Callable[..., Answer], *request: object, extra: Mapping[str, object]) -> Answer:
        """Have the app answer in an event loop, without blocking it; then send the callbacks of what has changed.

        `call(app, *request, extra=environ)` makes the request. `extra` is what it adds to the WSGI environ.
        """
        if not event_loops.is_asyncio():  # Under trio the app sends its callbacks itself.
            return await event_loops.in_thread(partial(call, self.app, *request, extra=extra))
        changes: list[Change] = []
        extra = {**extra, AWAITED: changes}
        if self.is_remote or self.faults:  # A fault may take its time.
            answer = await event_loops.in_thread(partial(call, self.app, *request, extra=extra))
        else:
            answer = call(self.app, *request, extra=extra)
        if changes and self.deliver:
            await self.deliver(changes)
        return answer


class Destination(Enum):
    """The three kinds of hosts."""

    PROXY = "the fake answers"
    TWILIO = "stopped, unless allowed by name"
    OTHER = "not Twilio's: not touched"


# The hosts of Twilio's APIs, with an edge and a region as twilio-python adds them: proxy.sydney.au1.twilio.com.
_PROXY = re.compile(r"proxy(\.[a-z0-9-]+){0,2}\.twilio\.com")
_OAUTH = re.compile(r"oauth(\.[a-z0-9-]+){0,2}\.twilio\.com")
_CORE = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
_PORT = re.compile(r":\d*$")

_targets: tuple[Target, ...] = ()  # Replaced, never changed in place: `current` reads it without the lock.

#: The target of this context. `seams/threads.py` passes it on to new threads.
context: ContextVar[Target | None] = ContextVar("fakeproxy", default=None)


def add(target: Target) -> bool:
    """Add a target as the newest; return whether it is the only one. The caller holds `patches.lock`."""
    global _targets
    is_first = not _targets
    _targets = (*_targets, target)
    return is_first


def enter_context(target: Target) -> None:
    """Make the target that was added last the target of this context."""
    target.outer = _of_context(_targets[:-1])
    context.set(target)


def exit_context(target: Target) -> None:
    """Give this context back the target that it had before."""
    if context.get() is target:  # Another context may end the target; then this one stays as it is.
        context.set(target.outer)


def is_last(target: Target) -> bool:
    """Return whether no other target is active."""
    return all(other is target for other in _targets)


def remove(target: Target) -> None:
    """Remove the target, whether or not it is the newest. The caller holds `patches.lock`."""
    global _targets
    _targets = tuple(other for other in _targets if other is not target)


def current() -> Target | None:
    """Return the target of this context, else the newest of the process, else None: no fake is active.

    Where every active fake belongs to another context, return a target that stops every request to Twilio.
    """
    targets = _targets
    if not targets:
        return None
    if context.get() is not None and (mine := _of_context(targets)) is not None:
        return mine
    for target in reversed(targets):
        if not target.in_context:
            return target
    return _REFUSING


def _of_context(targets: tuple[Target, ...]) -> Target | None:
    """Return the innermost target of this context that is among these, the active ones."""
    target = context.get()
    while target is not None and target not in targets:
        target = target.outer
    return target


@lru_cache(maxsize=256)
def destination(host: str) -> Destination:
    """Return the kind of this host. Case, port and a final dot do not matter."""
    name = _PORT.sub("", host).rstrip(".").lower()
    if _PROXY.fullmatch(name):
        return Destination.PROXY
    return Destination.TWILIO if f".{name}".endswith(".twilio.com") else Destination.OTHER


def is_allowed(target: Target, host: str) -> bool:
    """Return whether the test allowed this host. Case, port and a final dot do not matter."""
    return _PORT.sub("", host).rstrip(".").lower() in map(str.lower, target.allow_hosts)


def is_stopped(target: Target, host: str) -> bool:
    """Return whether nothing may be sent to this host: it is Twilio's, and the test did not allow it."""
    return destination(host) is not Destination.OTHER and not is_allowed(target, host)


def takes(target: Target, method: str, url: str) -> bool:
    """Return whether the target's app answers this request. If not, the caller sends it as if there were no fake.

    Raises `BlockedRequest`, after a call of `target.blocked`, for a Twilio host that the test did not allow. Raises
    `NotActive` for any host of Twilio's where every active fake belongs to another context.
    """
    if url.startswith("https://proxy.twilio.com/") and target is not _REFUSING:  # The usual case, and the fast one.
        return True
    try:
        host = urlsplit(url.lstrip()).hostname or ""
    except ValueError:  # This is no URL. The client's own error says so best.
        return False
    where = destination(host)
    if target is _REFUSING and where is not Destination.OTHER:
        raise NotActive(
            f"{method.upper()} {url.partition('?')[0]} was stopped: it comes from {current_thread().name!r}, and every "
            f"active fake belongs to another context. Start that thread or loop while its fake is active, or let the "
            f"fake get all requests of the process, with the setting scope='process'"
        )
    allowed = is_allowed(target, host)
    if _CORE.fullmatch(host.rstrip(".")) and target.core(method.upper(), urlsplit(url.lstrip()).path, allowed):
        return True
    # The SDK's `credential_provider` gets a token there (twilio-python from 9.4 on).
    if _OAUTH.fullmatch(host.rstrip(".")) and not allowed and urlsplit(url.lstrip()).path == "/v2/token":
        return True
    if where is Destination.TWILIO and not allowed:
        error = blocked_request(target, method, url)
        target.blocked(error)
        raise error
    return where is Destination.PROXY


def _no_app(environ: object, start_response: object) -> list[bytes]:
    raise NotImplementedError


_REFUSING = Target(_no_app, ())


def blocked_request(target: Target, method: str, url: str, over_http: bool = False) -> BlockedRequest:
    """Return the error that stops a request. It names the request and the setting that would let it out.

    `over_http`: the error is told to a program in any language.
    """
    parts = urlsplit(url.lstrip())
    host = (parts.hostname or "").rstrip(".")
    # Without query and user name: they may hold secrets, and test reports are passed around.
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".removeprefix("://")
    method = method.upper()
    allow = target.how_to_allow(host, over_http)
    return BlockedRequest(
        method,
        shown,
        f"{method} {shown} was stopped, and nothing was sent: while it is active, fakeproxy answers for "
        f"proxy.twilio.com (and what belongs to it on api.twilio.com) and lets no other request to Twilio out. If this "
        f"call is meant to reach {host}, allow it with {allow}; if not, replace the call.",
    )
