"""Which fake gets a request, and which requests no fake lets out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from functools import partial
from threading import current_thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fakeproxy.exceptions import BlockedRequest, NotActive
from fakeproxy.transports import event_loops
from fakeproxy.web.wsgi import AWAITED, Answer, App

if TYPE_CHECKING:
    from fakeproxy.engine.records import Change


def _no_url() -> str:
    raise RuntimeError("every active fake belongs to another context")


@dataclass(eq=False)
class Target:
    """Where requests go while a fake is active.

    `blocked` is told of a stopped request before the application sees the error, since applications swallow errors.
    `in_context`: it gets the requests of its own context only. `elsewhere` is told of a request to Proxy that another
    tool answers, which was told to: method, URL, tool.
    `core` says whether the app answers a method and path of api.twilio.com, given whether the rest of that host is
    allowed. `deliver` sends the callbacks of what an asynchronous request has changed. `faults` is not empty if a fault
    is ordered, which the client's own machinery has to meet. `waits`: the app waits for another process. `outer`: the
    target that its context had before. `url()` is where other processes reach the app, or raises.
    `allow_setting` is what errors name to allow another host: a call in Python, or an option of a command, with
    `{host}` or `{hosts}`.
    """

    app: App
    allow_hosts: tuple[str, ...]
    blocked: Callable[[BlockedRequest], None] = lambda error: None
    core: Callable[[str, str, bool], bool] = lambda method, path, allowed: False
    deliver: Callable[[Sequence[Change]], Awaitable[None]] | None = None
    faults: Sequence[object] = ()
    in_context: bool = False
    elsewhere: Callable[[str, str, str], None] = lambda method, url, tool: None
    waits: bool = False
    outer: Target | None = None
    url: Callable[[], str] = _no_url
    allow_setting: str = "FakeProxy(allow_hosts={hosts})"

    def how_to_allow(self, host: str) -> str:
        """Return what lets requests to this host out, as its reader would write it."""
        named = ", ".join(f'"{name}"' for name in (*self.allow_hosts, host))
        return self.allow_setting.format(host=host, hosts=f"({named})" if self.allow_hosts else f"({named},)")

    async def ask(self, call: Callable[..., Answer], *request: Any, extra: dict[str, Any]) -> Answer:
        """Have the app answer in a loop, which it must not block; the callbacks of what it did are sent."""
        if not event_loops.is_asyncio():  # There the app sends its callbacks itself.
            return await event_loops.in_thread(partial(call, self.app, *request, extra=extra))
        changes: list[Change] = []
        extra = {**extra, AWAITED: changes}
        if self.waits or self.faults:  # A fault may take its time.
            answer = await event_loops.in_thread(partial(call, self.app, *request, extra=extra))
        else:
            answer = call(self.app, *request, extra=extra)
        if changes and self.deliver:
            await self.deliver(changes)
        return answer


class Destination(Enum):
    """What a host is to the fake."""

    PROXY = "the fake answers"
    TWILIO = "stopped, unless allowed by name"
    ELSEWHERE = "not touched"


_PROXY = re.compile(r"proxy(\.[a-z0-9-]+){0,2}\.twilio\.com")
_OAUTH = re.compile(r"oauth(\.[a-z0-9-]+){0,2}\.twilio\.com")
_CORE = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
_PORT = re.compile(r":\d*$")

_targets: tuple[Target, ...] = ()  # replaced, never changed: `current` reads it without the lock

#: The target of this context. It is carried into threads while it may matter; see `seams/threads.py`.
context: ContextVar[Target | None] = ContextVar("fakeproxy", default=None)


def add(target: Target) -> bool:
    """Add an active target, the newest; say whether it is the only one. The caller holds `patches.lock`."""
    global _targets
    is_first = not _targets
    _targets = (*_targets, target)
    return is_first


def enter_context(target: Target) -> None:
    """Make the target, which was added, that of this context."""
    target.outer = _of_context(_targets[:-1])
    context.set(target)


def exit_context(target: Target) -> None:
    """Give this context the target back that it had before."""
    if context.get() is target:  # by identity: another context may be the one that ends it
        context.set(target.outer)


def is_last(target: Target) -> bool:
    """Return whether no other target is active."""
    return all(other is target for other in _targets)


def remove(target: Target) -> None:
    """Take the target out, wherever it stands. The caller holds `patches.lock`."""
    global _targets
    _targets = tuple(other for other in _targets if other is not target)


def current() -> Target | None:
    """The target of this context, else the newest of the process; None where no fake is active.

    Where fakes are active, but all in other contexts, it is one that stops every request to Twilio.
    """
    targets = _targets
    if not targets:
        return None
    if context.get() is not None and (mine := _of_context(targets)) is not None:
        return mine
    for target in reversed(targets):
        if not target.in_context:
            return target
    return _STRAY


def _of_context(targets: tuple[Target, ...]) -> Target | None:
    """The innermost target of this context that is among these, which are active."""
    target = context.get()
    while target is not None and target not in targets:
        target = target.outer
    return target


def destination(host: str) -> Destination:
    """What the fake makes of a host; case, port and a final dot do not matter."""
    name = _PORT.sub("", host).rstrip(".").lower()
    if _PROXY.fullmatch(name):
        return Destination.PROXY
    return Destination.TWILIO if f".{name}".endswith(".twilio.com") else Destination.ELSEWHERE


def is_allowed(target: Target, host: str) -> bool:
    """Whether the test named this host as one that may be reached."""
    return _PORT.sub("", host).rstrip(".").lower() in map(str.lower, target.allow_hosts)


def is_stopped(target: Target, host: str) -> bool:
    """Whether nothing may be sent to this host: it is Twilio's, and nobody allowed it."""
    return destination(host) is not Destination.ELSEWHERE and not is_allowed(target, host)


def takes(target: Target, method: str, url: str) -> bool:
    """Whether the target's app answers this request; if not, the caller sends it as if there were no fake.

    Raises BlockedRequest, and tells the target, when it is for a Twilio host that nobody allowed.
    """
    if url.startswith("https://proxy.twilio.com/") and target is not _STRAY:  # nearly always
        return True
    try:
        host = urlsplit(url.lstrip()).hostname or ""
    except ValueError:  # no URL at all: the client itself says so best
        return False
    where = destination(host)
    if target is _STRAY and where is not Destination.ELSEWHERE:
        raise NotActive(
            f"{method.upper()} {url.partition('?')[0]} was stopped: it comes from {current_thread().name!r}, and every "
            f"active fake belongs to another context. Start that thread or loop while its fake is active, or make the "
            f"fake one of the process: FakeProxy(scope='process')"
        )
    allowed = is_allowed(target, host)
    if _CORE.fullmatch(host.rstrip(".")) and target.core(method.upper(), urlsplit(url.lstrip()).path, allowed):
        return True
    if _OAUTH.fullmatch(host.rstrip(".")) and not allowed and urlsplit(url.lstrip()).path == "/v2/token":
        return True
    if where is Destination.TWILIO and not allowed:
        error = blocked(target, method, url)
        target.blocked(error)
        raise error
    return where is Destination.PROXY


def _nobody(environ: object, start_response: object) -> list[bytes]:
    raise NotImplementedError


_STRAY = Target(_nobody, ())


def blocked(target: Target, method: str, url: str) -> BlockedRequest:
    """The error that stops a request: it names the call and the setting that would let it through."""
    parts = urlsplit(url.lstrip())
    host = (parts.hostname or "").rstrip(".")
    # Neither query nor user name: they may hold secrets, and test reports travel.
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".removeprefix("://")
    method = method.upper()
    return BlockedRequest(
        method,
        shown,
        f"{method} {shown} was stopped, and nothing was sent: while it is active, fakeproxy answers for "
        f"proxy.twilio.com (and what belongs to it on api.twilio.com) and lets no other request to Twilio out. If this "
        f"call is meant to reach {host}, allow the host with {target.how_to_allow(host)}; if not, replace the call.",
    )
