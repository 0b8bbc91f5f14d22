"""Contacts: texts and calls of people to proxy numbers, with their outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from fakeproxy import views
from fakeproxy.engine.numbering import normalise
from fakeproxy.engine.routing import Kind
from fakeproxy.exceptions import UsageError, no_text, require_whole_characters
from fakeproxy.network.deliveries import Delivery


@runtime_checkable
class Leg(Protocol):
    """The protocol of a Message or Call between a person and a proxy number."""

    @property
    def sid(self) -> str:
        """The SID of the Message or Call."""

    @property
    def status(self) -> str:
        """The status in the words of Twilio's API."""


@runtime_checkable
class Exchange(Protocol):
    """The protocol of the traffic of a fake, in this process or another. A contact asks it for its present state."""

    def legs(self, sid: str) -> tuple[Leg | None, Leg | None]:
        """Return the leg with this SID, and the leg to the receiver. Both may be None."""

    def duration(self, sid: str) -> int:
        """Return the duration of a call in whole seconds, so far or in all."""

    def session(self, sid: str | None) -> views.Session | None:
        """Return the session with this SID, or None."""

    def interaction(self, sid: str | None) -> views.Interaction | None:
        """Return the Interaction with this SID, or None."""

    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]:
        """Return the alerts about the text or call with this SID."""

    def deliveries_of(self, sid: str) -> tuple[Delivery, ...]:
        """Return the webhooks about the text or call with this SID."""

    def set_call(self, sid: str, status: str) -> None:
        """Give a ringing call the status `in-progress`, or one that ends it, such as `busy`."""

    def end_call(self, sid: str) -> None:
        """Hang up. Raises `UsageError` if the call has ended."""


@dataclass(eq=False, repr=False, kw_only=True)
class Contact:
    """A text or a call to a proxy number, with its outcome. Properties such as `session` show the state when read.

    `at` is its instant, as a datetime in UTC. `delivered_to` is the identifier of the receiver, and `shown_from` the
    number that the receiver saw. `replies` are the texts that TwiML sent back. `heard` are the verbs of TwiML that a
    caller heard.
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
        """True if a text arrived at a handset, or if a call rang at one."""
        return self.status in ("delivered",) if self.kind == "message" else self.delivered_to is not None

    @property
    def status(self) -> str:
        """The status of the leg to the receiver, or, without one, of the sender's leg, as in Twilio's API."""
        own, outbound = self._legs()
        return (outbound or own).status

    @property
    def reply(self) -> str | None:
        """The last text that TwiML sent back, or None."""
        return self.replies[-1] if self.replies else None

    @property
    def session(self) -> views.Session | None:
        """The session that it belongs to. None if there was none, or if it was deleted."""
        return self._exchange.session(self.session_sid)

    @property
    def interaction(self) -> views.Interaction | None:
        """The Interaction that it made. None if there was none, or if it was deleted."""
        return self._exchange.interaction(self.interaction_sid)

    @property
    def alerts(self) -> tuple[views.Alert, ...]:
        """The Debugger's alerts about this contact."""
        return self._exchange.alerts_of(self.sid)

    @property
    def callbacks(self) -> tuple[Delivery, ...]:
        """The webhooks about this contact, with their answers."""
        return self._exchange.deliveries_of(self.sid)

    def _legs(self) -> tuple[Leg, Leg | None]:
        own, outbound = self._exchange.legs(self.sid)
        if own is None:
            raise UsageError(f"{self!r} is no longer in the state of the fake, which was restored or reset since")
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
    """A call to a proxy number. Its methods are actions of the person called, or of the caller.

    Unanswered, it rings for 30 seconds by the fake's clock. Each method returns the call, and raises `UsageError` if
    the call's status does not allow the action.
    """

    @property
    def duration(self) -> int:
        """The duration in whole seconds, so far or in all; 0 if nobody answered."""
        own, _ = self._legs()
        return self._exchange.duration(own.sid)

    def answer(self) -> Conversation:
        """Answer, as the person called."""
        return self._act("in-progress", ("ringing",))

    def busy(self) -> Conversation:
        """Be busy or decline, as the person called. The caller's leg goes on until the caller hangs up."""
        return self._act("busy", ("ringing",))

    def no_answer(self) -> Conversation:
        """Stop ringing, as the call would after 30 seconds."""
        return self._act("no-answer", ("ringing",))

    def fail(self) -> Conversation:
        """Fail, because the person called cannot be reached."""
        return self._act("failed", ("ringing",))

    def hang_up(self) -> Conversation:
        """Hang up, as the caller. The call is `completed` if it was answered, or `canceled` if it rang."""
        self._exchange.end_call(self.sid)
        return self

    def _act(self, status: str, when: Sequence[str]) -> Conversation:
        _, outbound = self._legs()
        if outbound is None or outbound.status not in when:
            raise UsageError(f"{self!r} does not ring")
        self._exchange.set_call(outbound.sid, status)
        return self


def handset(number: str) -> str:
    """Return a number in E.164 form, or a channel address unchanged. Raises `UsageError` for all else."""
    if not isinstance(number, str):
        raise no_text("a phone number", "+14155550100", number)
    require_whole_characters("the address", number)
    known = normalise(number)
    if known is None:
        raise UsageError(f"{number!r} is no phone number; give one such as '+14155550100', without an extension")
    return known
