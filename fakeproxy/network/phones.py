"""Phones: the handsets of people, with the texts and calls that they send and receive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fakeproxy.clock.clock import to_datetime
from fakeproxy.engine import messages
from fakeproxy.engine.records import End
from fakeproxy.exceptions import UsageError
from fakeproxy.network.contacts import Contact, Conversation, Exchange, handset
from fakeproxy.network.traffic import Traffic


@dataclass(frozen=True, kw_only=True, repr=False)
class Text:
    """A text that arrived at a handset. `at` is the instant of its arrival, as a datetime in UTC."""

    sid: str
    from_: str
    to: str
    body: str
    media: tuple[str, ...]
    at: datetime

    def __repr__(self) -> str:
        files = f", {len(self.media)} files" if self.media else ""
        return f"<Text {self.from_} -> {self.to}: {self.body!r}{files}, {self.at:%Y-%m-%dT%H:%M:%SZ}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class Ring:
    """A call that rang at a handset. `at` is the instant at which it began to ring, as a datetime in UTC."""

    sid: str
    from_: str
    to: str
    at: datetime
    _exchange: Exchange = field(compare=False)

    def __repr__(self) -> str:
        return f"<Ring {self.from_} -> {self.to}: {self.status}, {self.at:%Y-%m-%dT%H:%M:%SZ}>"

    @property
    def status(self) -> str:
        """The present status of the call, such as `ringing` or `completed`; `gone` after a reset."""
        leg, _ = self._exchange.legs(self.sid)
        return leg.status if leg else "gone"

    def answer(self) -> None:
        """Answer the call. Raises `UsageError` if it does not ring."""
        self._act("in-progress")

    def decline(self) -> None:
        """Decline the call; its status is then `busy`. Raises `UsageError` if it does not ring."""
        self._act("busy")

    def hang_up(self) -> None:
        """Hang up, which ends the caller's leg too. Raises `UsageError` if the call has ended."""
        self._exchange.end_call(self.sid)

    def _act(self, status: str) -> None:
        if self.status != "ringing":
            raise UsageError(f"this call does not ring: it is {self.status}")
        self._exchange.set_call(self.sid, status)


class Phone:
    """A person's handset: it sends texts, makes calls, and keeps what it received."""

    def __init__(self, traffic: Traffic, number: str, require_active: Callable[[], None]) -> None:
        self._traffic = traffic
        self._require_active = require_active
        #: The number in E.164 form, or a channel address.
        self.number = handset(number)

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text to a proxy number. `media` are URLs.

        Raises `UsageError` if no Service has the number, and `UnmountedWebhook` for a webhook whose URL is not mounted.
        """
        self._require_active()
        return self._traffic.webhooks.run(self._traffic.text(self.number, to, body, media), raising=True)

    async def atext(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text as `text()` does. Asynchronous webhook handlers run in the running event loop."""
        self._require_active()
        return await self._traffic.webhooks.run_async(self._traffic.text(self.number, to, body, media), raising=True)

    def call(self, to: str) -> Conversation:
        """Call a proxy number. The call then rings at the partner's handset. Raises as `text()` does."""
        self._require_active()
        return self._traffic.webhooks.run(self._traffic.call(self.number, to), raising=True)

    async def acall(self, to: str) -> Conversation:
        """Call a proxy number as `call()` does. Asynchronous webhook handlers run in the running event loop."""
        self._require_active()
        return await self._traffic.webhooks.run_async(self._traffic.call(self.number, to), raising=True)

    @property
    def inbox(self) -> tuple[Text, ...]:
        """The texts that arrived, oldest first."""
        return tuple(
            Text(
                sid=row.sid,
                from_=row.from_,
                to=row.to,
                body=row.body,
                media=row.media,
                at=to_datetime(row.date_updated),
            )
            for row in self._traffic.read(lambda store: messages.inbox(store, self.number))
        )

    @property
    def received(self) -> int:
        """The number of texts that arrived so far. A handset keeps 10,000 texts, sent and received together."""
        return self._traffic.read(lambda store: store.received.get(self.number, 0))

    @property
    def calls(self) -> tuple[Ring, ...]:
        """The calls that rang at this handset, oldest first."""
        rows = self._traffic.read(lambda store: list(store.calls.of(self.number)))
        return tuple(
            Ring(sid=row.sid, from_=row.from_, to=row.to, at=to_datetime(row.date_created), _exchange=self._traffic)
            for row in rows
            if row.direction == "outbound"
        )

    @property
    def reception(self) -> End:
        """The final status of texts to this person: `delivered` (the default), `undelivered` or `failed`."""
        return self._traffic.read(lambda store: store.handsets.get(self.number, "delivered"))

    @reception.setter
    def reception(self, end: End) -> None:
        if end not in messages.FINAL_STATUSES:
            raise UsageError(f"reception={end!r}: expected {' or '.join(map(repr, messages.FINAL_STATUSES))}")
        self._require_active()
        self._traffic.read(lambda store: store.log.set_item(store.handsets, self.number, end))

    def __repr__(self) -> str:
        return f"<phone {self.number}: {len(self.inbox)} texts, {len(self.calls)} calls received>"
