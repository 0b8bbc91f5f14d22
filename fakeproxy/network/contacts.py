"""Contacts: the text or the call of a person to a proxy number, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from fakeproxy import views
from fakeproxy.engine.numbering import normalise
from fakeproxy.engine.routing import Kind
from fakeproxy.exceptions import UsageError, no_text
from fakeproxy.network.webhooks import Delivery


class Leg(Protocol):
    """The Message or Call between a person and the proxy number."""

    @property
    def sid(self) -> str: ...
    @property
    def status(self) -> str: ...


class Exchange(Protocol):
    """What a contact asks after it was made: the traffic of a fake, of this process or of another."""

    def legs(self, sid: str) -> tuple[Leg | None, Leg | None]:
        """The leg of this SID, and the one to the receiver where there is one."""

    def duration(self, sid: str) -> int:
        """How many seconds the two have talked, so far or in all."""

    def session(self, sid: str | None) -> views.Session | None: ...
    def interaction(self, sid: str | None) -> views.Interaction | None: ...
    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]: ...
    def deliveries_of(self, sid: str) -> tuple[Delivery, ...]: ...

    def set_call(self, sid: str, status: str) -> None:
        """The person called answers or does not."""

    def end_call(self, sid: str) -> None:
        """Somebody hangs up."""


@dataclass(eq=False, repr=False, kw_only=True)
class Contact:
    """What became of a text or a call to a proxy number. It follows the state: `session` is as it is when read.

    `delivered_to` is the identifier it went to, and `shown_from` the number that this person saw. `replies` are the
    texts that came back by TwiML, `heard` what a caller was played.
    """

    _exchange: Exchange
    kind: Kind
    sid: str
    from_: str
    to: str
    at: datetime
    body: str = ""
    media: tuple[str, ...] = ()
    delivered_to: str | None = None
    shown_from: str | None = None
    session_sid: str | None = None
    interaction_sid: str | None = None
    blocked: bool = False
    out_of_session: bool = False
    replies: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    @property
    def delivered(self) -> bool:
        """Whether it has reached a handset: a text arrived there, or a call has rung there."""
        return self.status in ("delivered",) if self.kind == "message" else self.delivered_to is not None

    @property
    def status(self) -> str:
        """That of the leg to the receiver, as on the wire; of the sender's own leg where there is none."""
        own, outbound = self._legs()
        return (outbound or own).status

    @property
    def reply(self) -> str | None:
        """The last text that came back by TwiML."""
        return self.replies[-1] if self.replies else None

    @property
    def session(self) -> views.Session | None:
        """The session it was delivered in, None if there was none or it was deleted."""
        return self._exchange.session(self.session_sid)

    @property
    def interaction(self) -> views.Interaction | None:
        return self._exchange.interaction(self.interaction_sid)

    @property
    def alerts(self) -> tuple[views.Alert, ...]:
        """The Debugger's alerts about this contact."""
        return self._exchange.alerts_of(self.sid)

    @property
    def callbacks(self) -> tuple[Delivery, ...]:
        """The webhooks about this contact, with what they were answered."""
        return self._exchange.deliveries_of(self.sid)

    def _legs(self) -> tuple[Leg, Leg | None]:
        own, outbound = self._exchange.legs(self.sid)
        if own is None:
            raise UsageError(f"{self!r} is not in the state of the fake any more; it was restored or reset since")
        return own, outbound

    def __repr__(self) -> str:
        what = "text" if self.kind == "message" else "call"
        if self.delivered_to is not None:
            outcome = f"{self._outbound_status()}, to {self.delivered_to}, shown from {self.shown_from}"
        elif self.blocked:
            outcome = "blocked by the intercept callback"
        else:
            outcome = "out of session" if self.out_of_session else "not delivered"
            outcome += f", answered {self.reply!r}" if self.reply else ""
        alerts = ", ".join(str(alert.code) for alert in self.alerts)
        return f"<{what} {self.from_} -> {self.to}: {outcome}{'; alerts ' + alerts if alerts else ''}>"

    def _outbound_status(self) -> str:
        _, outbound = self._exchange.legs(self.sid)
        return outbound.status if outbound else "gone"


class Conversation(Contact):
    """A call. Who was called, and who calls, act on it; the clock moves the rest: unanswered, it rings 30 seconds.

    Each method raises `UsageError` where the call is not in a state for it, and returns the call.
    """

    @property
    def duration(self) -> int:
        """How many seconds the two have talked, so far or in all."""
        own, _ = self._legs()
        return self._exchange.duration(own.sid)

    def answer(self) -> Conversation:
        """The person called answers."""
        return self._act("in-progress", ("ringing",))

    def busy(self) -> Conversation:
        """The person called is busy, or declines. The caller's leg stays up until somebody hangs up."""
        return self._act("busy", ("ringing",))

    def no_answer(self) -> Conversation:
        """It stops ringing, as it would after 30 seconds."""
        return self._act("no-answer", ("ringing",))

    def fail(self) -> Conversation:
        """The person called cannot be reached."""
        return self._act("failed", ("ringing",))

    def hang_up(self) -> Conversation:
        """The caller hangs up: `completed` if it was answered, `canceled` if it still rang."""
        self._exchange.end_call(self.sid)
        return self

    def _act(self, status: str, when: Sequence[str]) -> Conversation:
        _, outbound = self._legs()
        if outbound is None or outbound.status not in when:
            raise UsageError(f"{self!r} does not ring")
        self._exchange.set_call(outbound.sid, status)
        return self


def handset(number: str) -> str:
    """Return the number as a handset has it. Raises UsageError for what is none, nor the address of a channel."""
    if not isinstance(number, str):
        raise no_text("a phone number", "+14155550100", number)
    known = normalise(number)
    if known is None:
        raise UsageError(f"{number!r} is no phone number; give one such as '+14155550100', without an extension")
    return known
