"""The people around a fake of another process, and the application's webhook handlers, which stay in this one."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import quote

from fakeproxy.network.relay import Endpoint
from fakeproxy.remote.records import Ask, Record, record, records, value_of
from fakeproxy.remote.state import RemoteList
from fakeproxy.transports.server import Server


class RemotePhone:
    """As `FakeProxy.phone(number)`. A contact is as it was when it was returned; a call follows its state."""

    def __init__(self, ask: Ask, number: str) -> None:
        self._ask = ask
        self.number = number
        self._path = f"/phones/{quote(number, safe='')}"

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Record:
        return record(self._ask("POST", f"{self._path}/text", {"to": to, "body": body, "media": list(media)}))

    async def atext(self, to: str, body: str, media: Sequence[str] = ()) -> Record:
        return await to_thread(self.text, to, body, media)

    def call(self, to: str) -> RemoteCall:
        return RemoteCall(self._ask, self._ask("POST", f"{self._path}/call", {"to": to}))

    async def acall(self, to: str) -> RemoteCall:
        return await to_thread(self.call, to)

    @property
    def inbox(self) -> Sequence[Record]:
        return records(self._ask("GET", self._path)["inbox"])

    @property
    def calls(self) -> Sequence[RemoteCall]:
        return tuple(RemoteCall(self._ask, call) for call in self._ask("GET", self._path)["calls"])

    @property
    def reception(self) -> str:
        reception: str = self._ask("GET", self._path)["reception"]
        return reception

    @reception.setter
    def reception(self, end: str) -> None:
        self._ask("POST", self._path, {"reception": end})


class RemoteCall(Record):
    """A call, by either leg. Its methods are those of a call in process."""

    def __init__(self, ask: Ask, fields: Mapping[str, Any]) -> None:
        super().__init__(**{name: value_of(name, value) for name, value in fields.items() if name not in _LIVE})
        self._ask = ask

    def __getattr__(self, name: str) -> Any:
        if name not in _LIVE:
            raise AttributeError(name)
        return value_of(name, self._ask("GET", f"/calls/{self.sid}")[name])

    def answer(self) -> RemoteCall:
        return self._act("answer")

    def busy(self) -> RemoteCall:
        return self._act("busy")

    decline = busy

    def no_answer(self) -> RemoteCall:
        return self._act("no_answer")

    def fail(self) -> RemoteCall:
        return self._act("fail")

    def hang_up(self) -> RemoteCall:
        return self._act("hang_up")

    def _act(self, action: str) -> RemoteCall:
        self._ask("POST", f"/calls/{self.sid}/{action}", {})
        return self


#: What of a call follows its state.
_LIVE = ("status", "duration", "delivered", "reply", "session", "interaction", "alerts", "callbacks")


class RemoteWebhooks:
    """As `FakeProxy.webhooks`. The handlers run here, each delivery in a thread of its own."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._endpoint = Endpoint()
        self._server: Server | None = None
        self._mounted: set[str] = set()
        self._signing: dict[str, Any] = {}
        #: Whether a handler's own exception is raised in the test, by what was asked of the fake last, or at the end.
        self.strict = False
        self.deliveries = RemoteList(ask, "/webhooks")

    def mount(self, base_url: str, app: Any) -> None:
        if self._server is None:
            self._server = Server(self._endpoint)
        path = self._endpoint.add(app)
        self._ask("POST", "/webhooks/mount", {"base_url": base_url, "to": self._server.url + path})
        self._mounted.add(base_url)

    def unmount(self, base_url: str) -> None:
        self._ask("POST", "/webhooks/unmount", {"base_url": base_url})
        self._mounted.discard(base_url)

    @property
    def unmounted(self) -> str:
        unmounted: str = self._ask("GET", "/webhooks/settings")["unmounted"]
        return unmounted

    @unmounted.setter
    def unmounted(self, what: str) -> None:
        self._ask("POST", "/webhooks/settings", {"unmounted": what})

    def sign_with(self, token: str) -> ExitStack:
        return self._sign({"token": token})

    def unsigned(self) -> ExitStack:
        return self._sign({"token": None})

    def sign_as_usual(self) -> None:
        self._set_signing({})

    def _sign(self, signing: dict[str, Any]) -> ExitStack:
        undo = ExitStack()
        undo.callback(self._set_signing, self._signing)
        self._set_signing(signing)
        return undo

    def _set_signing(self, signing: dict[str, Any]) -> None:
        self._ask("POST", "/webhooks/signing", signing)
        self._signing = signing

    def forget(self) -> None:
        self._ask("POST", "/webhooks/forget", {})

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
