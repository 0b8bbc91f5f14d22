"""The people around a fake of another process, and the application's webhook handlers, which run in this process."""

from __future__ import annotations

from asyncio import to_thread
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Literal, NamedTuple, cast
from urllib.parse import quote

from fakeproxy import views
from fakeproxy.engine.records import End
from fakeproxy.engine.snapshot import PlainRow
from fakeproxy.inspector import bodies
from fakeproxy.network.contacts import Contact, Conversation, Exchange, handset
from fakeproxy.network.deliveries import Deliveries, Delivery
from fakeproxy.network.received import Ring, Rings, Text, Texts
from fakeproxy.network.remote_handlers import Endpoint
from fakeproxy.remote.answers import ControlClient, read
from fakeproxy.transports.loopback.server import Server
from fakeproxy.web import http1

#: The paths of the control API that give a call a status.
_ACTIONS = {"in-progress": "answer", "busy": "busy", "no-answer": "no_answer", "failed": "fail"}


class RemoteLeg(NamedTuple):
    """A leg of a text or call: its SID and its status."""

    sid: str
    status: str


class RemoteExchange:
    """The texts and calls of the other process, by SID. Contacts ask it for their present state."""

    def __init__(
        self,
        ask: ControlClient,
        sessions: Mapping[str, views.Session],
        interactions: Mapping[str, views.Interaction],
        alerts: Sequence[views.Alert],
        webhooks: RemoteWebhooks,
    ) -> None:
        self._ask = ask
        self._sessions = sessions
        self._interactions = interactions
        self._alerts = alerts
        self._webhooks = webhooks

    def __repr__(self) -> str:
        return f"<RemoteExchange: {len(self._interactions)} interactions>"

    def legs(self, sid: str) -> tuple[RemoteLeg | None, RemoteLeg | None]:
        """Return the inbound and the outbound leg of the contact with this SID. Either may be None."""
        answer = self._ask(bodies.Legs, "GET", f"/legs/{sid}")
        leg, outbound = answer["leg"], answer["outbound"]
        return leg and RemoteLeg(**leg), outbound and RemoteLeg(**outbound)

    def duration(self, sid: str) -> int:
        """Return the duration of the call in seconds."""
        return self._ask(bodies.Legs, "GET", f"/legs/{sid}")["duration"]

    def session(self, sid: str | None) -> views.Session | None:
        """Return the session with this SID, or None."""
        return self._sessions.get(sid) if sid else None

    def interaction(self, sid: str | None) -> views.Interaction | None:
        """Return the interaction with this SID, or None."""
        return self._interactions.get(sid) if sid else None

    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]:
        """Return the alerts that the contact with this SID has caused."""
        return tuple(alert for alert in self._alerts if alert.cause.startswith(sid))

    def deliveries_of(self, sid: str) -> tuple[Delivery, ...]:
        """Return the webhook deliveries of the contact with this SID."""
        return tuple(delivery for delivery in self._webhooks.deliveries if delivery.sid == sid)

    def set_call(self, sid: str, status: str) -> None:
        """Give the call this status: in-progress, busy, no-answer or failed."""
        self._ask(PlainRow, "POST", f"/calls/{sid}/{_ACTIONS[status]}", {})

    def end_call(self, sid: str) -> None:
        """Hang up."""
        self._ask(PlainRow, "POST", f"/calls/{sid}/hang_up", {})


class RemotePhone:
    """A phone of the fake of another process, as `FakeProxy.phone(number)` returns one of this process."""

    def __init__(self, ask: ControlClient, number: str, exchange: Exchange) -> None:
        self._ask = ask
        self._exchange = exchange
        self.number = handset(number)
        self._path = f"/phones/{quote(self.number, safe='')}"

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text to a proxy number. `media` are URLs."""
        answer = self._ask(PlainRow, "POST", f"{self._path}/text", {"to": to, "body": body, "media": list(media)})
        return read(Contact, answer, _exchange=self._exchange)

    async def atext(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text from an event loop, which is not blocked."""
        return await to_thread(self.text, to, body, media)

    def call(self, to: str) -> Conversation:
        """Call a proxy number."""
        return read(
            Conversation, self._ask(PlainRow, "POST", f"{self._path}/call", {"to": to}), _exchange=self._exchange
        )

    async def acall(self, to: str) -> Conversation:
        """Call a proxy number from an event loop, which is not blocked."""
        return await to_thread(self.call, to)

    @property
    def inbox(self) -> Texts:
        """The last texts that have arrived, the oldest first."""
        return Texts(self._texts, self.number, self._other_texts)

    def _others(self) -> Iterator[RemotePhone]:
        """Yield the phones of all other people who are in a session."""
        rows = self._ask(list[PlainRow], "GET", "/tables/participants")
        for number in dict.fromkeys(str(row["identifier"]) for row in rows):
            if number != self.number:
                yield RemotePhone(self._ask, number, self._exchange)

    def _other_texts(self) -> Iterator[tuple[str, Sequence[Text]]]:
        return ((f"the inbox of {phone.number}", phone.inbox) for phone in self._others())

    def _other_rings(self) -> Iterator[tuple[str, Sequence[Ring]]]:
        return ((f"the handset of {phone.number}", phone.calls) for phone in self._others())

    @property
    def received(self) -> int:
        """The number of texts that have arrived."""
        return self._ask(bodies.Handset, "GET", self._path)["received"]

    @property
    def calls(self) -> Rings:
        """The last calls that have rung here, the oldest first."""
        return Rings(self._rings, self.number, self._other_rings)

    def _texts(self) -> list[Text]:
        return self._ask(bodies.Handset, "GET", self._path)["inbox"]

    def _rings(self) -> list[Ring]:
        answer = self._ask(PlainRow, "GET", self._path)["calls"]
        return [read(Ring, call, _exchange=self._exchange) for call in cast(list[PlainRow], answer)]

    @property
    def reception(self) -> End:
        """The fate of texts to this person: delivered, undelivered, failed ... It can be set."""
        return self._ask(bodies.Handset, "GET", self._path)["reception"]

    @reception.setter
    def reception(self, end: End) -> None:
        self._ask(PlainRow, "POST", self._path, {"reception": end})

    def __repr__(self) -> str:
        return f"<phone {self.number}: {len(self.inbox)} texts, {len(self.calls)} calls received>"


class RemoteWebhooks:
    """The webhooks of the fake of another process, as `FakeProxy.webhooks`.

    The handlers run in this process, each delivery in its own thread.
    """

    def __init__(self, ask: ControlClient) -> None:
        self._ask = ask
        self._endpoint = Endpoint()
        self._server: Server | None = None
        self._mounted: set[str] = set()
        self._signing: bodies.Signing = {}
        #: If True, an exception of a handler is raised in the test: by the next call of the fake, or at the end.
        self.strict = False

    def __repr__(self) -> str:
        return f"<Webhooks: {len(self._mounted)} mounted from here, {self.counts.total()} sent>"

    @property
    def deliveries(self) -> Deliveries:
        """The last requests with their answers, the oldest first."""
        return Deliveries(lambda: self._ask(list[Delivery], "GET", "/webhooks"))

    @property
    def counts(self) -> Counter[str]:
        """The number of webhooks of each kind."""
        counts = self._ask(list[bodies.KindCount], "GET", "/webhooks/counts")
        return Counter({row["kind"]: row["webhooks"] for row in counts})

    def mount(self, base_url: str, app: object) -> None:
        """Have a WSGI or ASGI application, or a test client of one, answer for every URL below `base_url`."""
        if self._server is None:
            self._server = Server(partial(http1.call, self._endpoint))
        path = self._endpoint.add(app)
        self._ask(bodies.Nothing, "POST", "/webhooks/mount", {"base_url": base_url, "to": self._server.url + path})
        self._mounted.add(base_url)

    def forward(self, base_url: str, to: str) -> None:
        """Have the server at `to`, an origin on loopback, answer for every URL below `base_url`."""
        self._ask(bodies.Nothing, "POST", "/webhooks/forward", {"base_url": base_url, "to": to})
        self._mounted.add(base_url)

    def unmount(self, base_url: str) -> None:
        """Remove what is mounted at this URL, if anything is."""
        self._ask(bodies.Nothing, "POST", "/webhooks/unmount", {"base_url": base_url})
        self._mounted.discard(base_url)

    @property
    def unmounted(self) -> Literal["raise", "alert"]:
        """The effect of a webhook whose URL is neither mounted nor on loopback. It can be set."""
        return self._ask(bodies.Settings, "GET", "/webhooks/settings")["unmounted"]

    @unmounted.setter
    def unmounted(self, what: Literal["raise", "alert"]) -> None:
        self._ask(bodies.Settings, "POST", "/webhooks/settings", {"unmounted": what})

    def sign_with(self, token: str) -> ExitStack:
        """Sign with this token from now on or, in a `with` block, until its end."""
        return self._sign({"token": token})

    def unsigned(self) -> ExitStack:
        """Send no signatures from now on or, in a `with` block, until its end."""
        return self._sign({"token": None})

    def sign_as_usual(self) -> None:
        """Sign with the account's token again."""
        self._set_signing({})

    def _sign(self, signing: bodies.Signing) -> ExitStack:
        undo = ExitStack()
        undo.callback(self._set_signing, self._signing)
        self._set_signing(signing)
        return undo

    def _set_signing(self, signing: bodies.Signing) -> None:
        self._ask(bodies.Nothing, "POST", "/webhooks/signing", signing)
        self._signing = signing

    def forget(self) -> None:
        """Forget the deliveries. Handlers stay mounted."""
        self._ask(bodies.Nothing, "POST", "/webhooks/forget", {})

    def raise_caught(self) -> None:
        """Raise what a handler raised: its exceptions only if `strict`, those for pytest (`pytest.fail()`) always."""
        raised, self._endpoint.raised = self._endpoint.raised, []
        for error in raised:
            if self.strict or not isinstance(error, Exception):
                raise error

    def close(self) -> None:
        """Remove the handlers that are mounted from here, and stop their server."""
        with suppress(OSError):  # The other process may have ended.
            for base_url in sorted(self._mounted):
                self.unmount(base_url)
        if self._server is not None:
            self._server.stop()
            self._server = None
