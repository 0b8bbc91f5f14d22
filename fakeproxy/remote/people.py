"""The people around a fake of another process, and the application's webhook handlers, which stay in this one."""

from __future__ import annotations

from asyncio import to_thread
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Literal, NamedTuple, cast
from urllib.parse import quote

from fakeproxy import views
from fakeproxy.engine.records import End
from fakeproxy.engine.snapshot import PlainRow
from fakeproxy.inspector import shapes
from fakeproxy.network.contacts import Contact, Conversation, Exchange, handset
from fakeproxy.network.phones import Ring, Text
from fakeproxy.network.remote_handlers import Endpoint
from fakeproxy.network.webhooks import Delivery
from fakeproxy.remote.answers import Ask, read
from fakeproxy.transports.loopback.server import Server

#: By status that a call can be given: what the control API calls it.
_ACTIONS = {"in-progress": "answer", "busy": "busy", "no-answer": "no_answer", "failed": "fail"}


class RemoteLeg(NamedTuple):
    sid: str
    status: str


class RemoteExchange:
    """What a contact asks after it was made, asked of the other process."""

    def __init__(
        self,
        ask: Ask,
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

    def legs(self, sid: str) -> tuple[RemoteLeg | None, RemoteLeg | None]:
        told = self._ask(shapes.Legs, "GET", f"/legs/{sid}")
        leg, outbound = told["leg"], told["outbound"]
        return leg and RemoteLeg(**leg), outbound and RemoteLeg(**outbound)

    def duration(self, sid: str) -> int:
        return self._ask(shapes.Legs, "GET", f"/legs/{sid}")["duration"]

    def session(self, sid: str | None) -> views.Session | None:
        return self._sessions.get(sid) if sid else None

    def interaction(self, sid: str | None) -> views.Interaction | None:
        return self._interactions.get(sid) if sid else None

    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]:
        return tuple(alert for alert in self._alerts if alert.cause.startswith(sid))

    def deliveries_of(self, sid: str) -> tuple[Delivery, ...]:
        return tuple(delivery for delivery in self._webhooks.deliveries if delivery.sid == sid)

    def set_call(self, sid: str, status: str) -> None:
        self._ask(PlainRow, "POST", f"/calls/{sid}/{_ACTIONS[status]}", {})

    def end_call(self, sid: str) -> None:
        self._ask(PlainRow, "POST", f"/calls/{sid}/hang_up", {})


class RemotePhone:
    """As `FakeProxy.phone(number)`."""

    def __init__(self, ask: Ask, number: str, exchange: Exchange) -> None:
        self._ask = ask
        self._exchange = exchange
        self.number = handset(number)
        self._path = f"/phones/{quote(self.number, safe='')}"

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        told = self._ask(PlainRow, "POST", f"{self._path}/text", {"to": to, "body": body, "media": list(media)})
        return read(Contact, told, _exchange=self._exchange)

    async def atext(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        return await to_thread(self.text, to, body, media)

    def call(self, to: str) -> Conversation:
        return read(
            Conversation, self._ask(PlainRow, "POST", f"{self._path}/call", {"to": to}), _exchange=self._exchange
        )

    async def acall(self, to: str) -> Conversation:
        return await to_thread(self.call, to)

    @property
    def inbox(self) -> tuple[Text, ...]:
        return tuple(self._ask(shapes.Handset, "GET", self._path)["inbox"])

    @property
    def received(self) -> int:
        return self._ask(shapes.Handset, "GET", self._path)["received"]

    @property
    def calls(self) -> tuple[Ring, ...]:
        told = self._ask(PlainRow, "GET", self._path)["calls"]
        return tuple(read(Ring, call, _exchange=self._exchange) for call in cast(list[PlainRow], told))

    @property
    def reception(self) -> End:
        return self._ask(shapes.Handset, "GET", self._path)["reception"]

    @reception.setter
    def reception(self, end: End) -> None:
        self._ask(PlainRow, "POST", self._path, {"reception": end})

    def __repr__(self) -> str:
        return f"<phone {self.number}: {len(self.inbox)} texts, {len(self.calls)} calls received>"


class RemoteWebhooks:
    """As `FakeProxy.webhooks`. The handlers run here, each delivery in a thread of its own."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._endpoint = Endpoint()
        self._server: Server | None = None
        self._mounted: set[str] = set()
        self._signing: shapes.Signing = {}
        #: Whether a handler's own exception is raised in the test, by what was asked of the fake last, or at the end.
        self.strict = False

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        return tuple(self._ask(list[Delivery], "GET", "/webhooks"))

    @property
    def counts(self) -> Counter[str]:
        counts = self._ask(list[shapes.KindCount], "GET", "/webhooks/counts")
        return Counter({row["kind"]: row["webhooks"] for row in counts})

    def mount(self, base_url: str, app: object) -> None:
        if self._server is None:
            self._server = Server(self._endpoint)
        path = self._endpoint.add(app)
        self._ask(shapes.Nothing, "POST", "/webhooks/mount", {"base_url": base_url, "to": self._server.url + path})
        self._mounted.add(base_url)

    def forward(self, base_url: str, to: str) -> None:
        self._ask(shapes.Nothing, "POST", "/webhooks/forward", {"base_url": base_url, "to": to})
        self._mounted.add(base_url)

    def unmount(self, base_url: str) -> None:
        self._ask(shapes.Nothing, "POST", "/webhooks/unmount", {"base_url": base_url})
        self._mounted.discard(base_url)

    @property
    def unmounted(self) -> Literal["raise", "alert"]:
        return self._ask(shapes.Settings, "GET", "/webhooks/settings")["unmounted"]

    @unmounted.setter
    def unmounted(self, what: Literal["raise", "alert"]) -> None:
        self._ask(shapes.Settings, "POST", "/webhooks/settings", {"unmounted": what})

    def sign_with(self, token: str) -> ExitStack:
        return self._sign({"token": token})

    def unsigned(self) -> ExitStack:
        return self._sign({"token": None})

    def sign_as_usual(self) -> None:
        self._set_signing({})

    def _sign(self, signing: shapes.Signing) -> ExitStack:
        undo = ExitStack()
        undo.callback(self._set_signing, self._signing)
        self._set_signing(signing)
        return undo

    def _set_signing(self, signing: shapes.Signing) -> None:
        self._ask(shapes.Nothing, "POST", "/webhooks/signing", signing)
        self._signing = signing

    def forget(self) -> None:
        self._ask(shapes.Nothing, "POST", "/webhooks/forget", {})

    def raise_caught(self) -> None:
        """Raise, once and if `strict`, what a handler raised; in any case what is for pytest, as by `pytest.fail()`."""
        raised, self._endpoint.raised = self._endpoint.raised, []
        for error in raised:
            if self.strict or not isinstance(error, Exception):
                raise error

    def close(self) -> None:
        """Take out what is mounted from here."""
        with suppress(OSError):  # The other process may have ended before.
            for base_url in sorted(self._mounted):
                self.unmount(base_url)
        if self._server is not None:
            self._server.stop()
            self._server = None
