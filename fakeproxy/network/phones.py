"""Phones: the handsets of people, with the texts and calls that they send and receive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine import messages
from fakeproxy.engine.records import End
from fakeproxy.exceptions import UsageError, no_text, require_whole_characters
from fakeproxy.network.contacts import Contact, Conversation, handset
from fakeproxy.network.received import Ring, Rings, Text, Texts
from fakeproxy.network.traffic import Traffic


class Phone:
    """A person's handset: it sends texts, makes calls, and keeps what it received."""

    def __init__(self, traffic: Traffic, number: str, require_active: Callable[[], None]) -> None:
        self._traffic = traffic
        self._require_active = require_active
        #: The number in E.164 form, or a channel address.
        self.number = handset(number)

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text to a proxy number. `media` are URLs.

        Raises `UsageError` if no Service has the number, or if the body or the media cannot be sent, and
        `UnmountedWebhook` for a webhook whose URL is not mounted.
        """
        self._require_active()
        _check(body, media)
        return self._traffic.webhooks.run(self._traffic.text(self.number, to, body, media), raising=True)

    async def atext(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text as `text()` does. Asynchronous webhook handlers run in the running event loop."""
        self._require_active()
        _check(body, media)
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
    def inbox(self) -> Texts:
        """The texts that arrived, oldest first."""
        return Texts(partial(self._texts_of, self.number), self.number, self._other_texts)

    def _texts_of(self, number: str) -> list[Text]:
        return [
            Text(
                sid=row.sid,
                from_=row.from_,
                to=row.to,
                body=row.body,
                media=row.media,
                at=to_datetime(row.date_updated),
            )
            for row in self._traffic.read(lambda store: messages.inbox(store, number))
        ]

    def _other_texts(self) -> Iterator[tuple[str, Sequence[Text]]]:
        """Yield the inboxes of all others."""
        for number in self._traffic.read(lambda store: list(store.messages.listings)):
            if number != self.number:
                yield f"the inbox of {number}", self._texts_of(number)

    @property
    def received(self) -> int:
        """The number of texts that arrived so far. A handset keeps 10,000 texts, sent and received together."""
        return self._traffic.read(lambda store: store.received.get(self.number, 0))

    @property
    def calls(self) -> Rings:
        """The calls that rang at this handset, oldest first."""
        return Rings(partial(self._rings_of, self.number), self.number, self._other_rings)

    def _rings_of(self, number: str) -> list[Ring]:
        rows = self._traffic.read(lambda store: list(store.calls.of(number)))
        return [
            Ring(sid=row.sid, from_=row.from_, to=row.to, at=to_datetime(row.date_created), _exchange=self._traffic)
            for row in rows
            if row.direction == "outbound"
        ]

    def _other_rings(self) -> Iterator[tuple[str, Sequence[Ring]]]:
        """Yield the calls that rang at the handsets of all others."""
        for number in self._traffic.read(lambda store: list(store.calls.listings)):
            if number != self.number:
                yield f"the handset of {number}", self._rings_of(number)

    @property
    def reception(self) -> End:
        """The final status of texts to this person: `delivered` (the default), `undelivered` or `failed`."""
        return self._traffic.read(lambda store: store.handsets.get(self.number, "delivered"))

    @reception.setter
    def reception(self, end: End) -> None:
        if end not in messages.FINAL_STATUSES:
            raise UsageError(f"reception={end!r}: expected {' or '.join(map(repr, messages.FINAL_STATUSES))}")
        self._require_active()
        self._traffic.set_reception(self.number, end)

    def __repr__(self) -> str:
        return f"<phone {self.number}: {len(self.inbox)} texts, {len(self.calls)} calls received>"


def _check(body: str, media: Sequence[str]) -> None:
    """Raise `UsageError` for what no handset can send."""
    if isinstance(media, str) or not isinstance(media, Sequence):
        raise UsageError(f"media is a list of URLs, not {media!r}; write brackets around a single one, too")
    _check_text("the body", "hello", body)
    for url in media:
        _check_text("a URL of media", "https://example.com/a.png", url)
    if len(body) > messages.LONGEST_BODY or len(media) > messages.MOST_MEDIA:
        limits = f"{messages.LONGEST_BODY} characters and {messages.MOST_MEDIA} files"
        raise UsageError(f"a text has at most {limits}, not {len(body)} and {len(media)}")


def _check_text(what: str, example: str, value: object) -> None:
    if not isinstance(value, str):
        raise no_text(what, example, value)
    require_whole_characters(what, value)
