"""The webhooks to the application: the mounted handlers, the deliveries and their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal, TypeVar
from urllib.parse import urlencode

from fakeproxy.exceptions import UnmountedWebhook, UnsupportedHandler, UsageError
from fakeproxy.history.bounded import Bounded
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.network.basic_auth import challenges, host_of, with_credentials
from fakeproxy.network.deliveries import Deliveries, Delivery
from fakeproxy.network.handlers import Handler, Request, exceptions_of_frameworks, handler_for
from fakeproxy.network.response_text import decode
from fakeproxy.network.signature import Token, sign
from fakeproxy.network.url_handlers import OVER_HTTP, forwarder, is_loopback
from fakeproxy.web.urls import split
from fakeproxy.web.wsgi import Answer

T = TypeVar("T")

#: A generator for what needs webhooks. It yields each delivery, and goes on when the delivery has its answer.
Flow = Generator["Delivery", None, T]

_KEPT = 1000


class Webhooks:
    """The webhooks to the application's handlers, and their deliveries.

    If `strict` is True, an exception of a handler is raised in the test; otherwise it becomes an alert.
    """

    def __init__(
        self,
        token_of: Callable[[str], Token | None],
        note: Callable[[Delivery], None],
        note_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._note, self._note_end = note, note_end
        #: The applications that are or were mounted, by base URL. A text is the origin that requests are forwarded to.
        self.apps: dict[str, object] = {}
        self.strict = False
        self._unmounted: Literal["raise", "alert"] = "raise"
        self._deliveries = Bounded(_KEPT, _size)
        #: The number of webhooks so far by kind, including those that are no longer kept.
        self.counts: Counter[str] = Counter()
        self._mounts: list[tuple[str, str, Handler]] = []
        self._token_of_account = self._token_of = token_of
        self._not_called_errors: list[UnmountedWebhook] = []

    def __repr__(self) -> str:
        places = ", ".join(origin + path for origin, path, _ in self._mounts) or "nothing"
        return f"<Webhooks: {places} mounted, {self.counts.total()} deliveries>"

    @property
    def unmounted(self) -> Literal["raise", "alert"]:
        """The consequence of a webhook whose URL is neither mounted nor on loopback: `"raise"` or `"alert"`.

        With `"raise"`, a phone's `text()` or `call()` raises `UnmountedWebhook`. If an API request or a step of the
        clock caused the webhook, the test fails at its end. With `"alert"`, there is an alert 80908 only.
        """
        return self._unmounted

    @unmounted.setter
    def unmounted(self, what: Literal["raise", "alert"]) -> None:
        if what not in ("raise", "alert"):
            raise UsageError(f"unmounted={what!r}: expected 'raise' or 'alert'")
        self._unmounted = what

    @property
    def deliveries(self) -> Deliveries:
        """The last deliveries, oldest first: at most 1,000, and at most 16 million characters."""
        return Deliveries(lambda: self._deliveries)

    def mount(self, base_url: str, app: object) -> None:
        """Let `app` answer for every URL below `base_url`. If several base URLs fit, the longest counts.

        `app` is a WSGI or ASGI application, or a test client of Flask, Werkzeug, Django, Starlette or httpx. It is
        called in the caller's thread or event loop. A path in `base_url` is the application's SCRIPT_NAME (root_path).
        Raises `UsageError` for anything else.
        """
        self.unmount(base_url)
        self._mounts.append((*_place(base_url), handler_for(app)))
        self.apps["".join(_place(base_url))] = app
        self._mounts.sort(key=lambda mount: -len(mount[1]))

    def forward(self, base_url: str, to: str) -> None:
        """Let the server at `to`, an origin on loopback, answer for every URL below `base_url`, as behind a proxy.

        The server gets the same form, path, query and `Host`, with the signature for the configured URL. The URL's
        scheme is in `X-Forwarded-Proto`. `unmount(base_url)` undoes this. Raises `UsageError` if `to` is no such
        origin.
        """
        self.mount(base_url, forwarder(to))
        self.apps["".join(_place(base_url))] = to

    def unmount(self, base_url: str) -> None:
        """Undo `mount()` or `forward()` for exactly this base URL. Does nothing if nothing is mounted there."""
        place = _place(base_url)
        self._mounts = [mount for mount in self._mounts if mount[:2] != place]

    def sign_with(self, token: str) -> ExitStack:
        """Sign with this token instead of the account's: from now on, or during a `with` block."""
        return self._replace(lambda account: Token(token, "the token of sign_with"))

    def unsigned(self) -> ExitStack:
        """Send no signatures: from now on, or during a `with` block."""
        return self._replace(lambda account: None)

    def sign_as_usual(self) -> None:
        """Sign with the account's token, after `sign_with()` or `unsigned()`."""
        self._token_of = self._token_of_account

    def _replace(self, token_of: Callable[[str], Token | None]) -> ExitStack:
        undo = ExitStack()
        undo.callback(setattr, self, "_token_of", self._token_of)
        self._token_of = token_of
        return undo

    def forget(self) -> None:
        """Forget the deliveries. The mounted handlers stay."""
        self._deliveries.clear()
        self.counts.clear()
        self._not_called_errors.clear()

    def check(self) -> None:
        """Raise the `UnmountedWebhook` of the first URL that was not mounted. Each is reported once."""
        if self._not_called_errors:
            error = self._not_called_errors[0]
            self._not_called_errors.clear()
            raise error

    def run(self, flow: Flow[T], *, raising: bool = False) -> T:
        """Run a flow, and deliver its webhooks in this thread. If `raising`, an unmounted URL raises at once."""
        try:
            while True:
                delivery = next(flow)
                with self._asked(delivery, raising) as found:
                    if found is None:
                        continue
                    handler, request = found
                    with self._answering(delivery):
                        answer = handler.send(request)
                        if (repeated := with_credentials(delivery.url, request, answer)) is not None:
                            answer = handler.send(repeated)
                        self._fill(delivery, answer)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    async def run_async(self, flow: Flow[T], *, raising: bool = False) -> T:
        """Run a flow, and deliver its webhooks in the running event loop."""
        try:
            while True:
                try:
                    delivery = next(flow)
                except StopIteration as end:
                    result: T = end.value
                    return result
                with self._asked(delivery, raising) as found:
                    if found is None:
                        continue
                    handler, request = found
                    with self._answering(delivery):
                        answer = await handler.send_async(request)
                        if (repeated := with_credentials(delivery.url, request, answer)) is not None:
                            answer = await handler.send_async(repeated)
                        self._fill(delivery, answer)
        finally:
            flow.close()

    @contextmanager
    def _asked(self, delivery: Delivery, raising: bool) -> Iterator[tuple[Handler, Request] | None]:
        """Give the handler of a delivery to a block that asks it, and note the end of that."""
        try:
            yield self._handler(delivery, raising)
        finally:
            self._note_end()

    def _handler(self, delivery: Delivery, raising: bool) -> tuple[Handler, Request] | None:
        token = self._token_of(delivery.account)
        fields = delivery.form if delivery.method == "POST" else {}
        delivery.lacks_token = token is None and self._token_of is self._token_of_account
        if self._token_of is not self._token_of_account:
            delivery.signing = "asked without a signature" if token is None else "asked with another token's signature"
        if token is not None:
            delivery.signature = sign(token.text, delivery.url, fields)
            delivery.token_origin = token.origin
        self._deliveries.add(delivery)
        self._note(delivery)
        self.counts[delivery.kind] += 1
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            # Guess (inferred, other webhooks of Twilio's): the User-Agent; no source shows one of Proxy's.
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        if delivery.signature is not None:
            headers["X-Twilio-Signature"] = delivery.signature
        body = urlencode(delivery.form).encode() if delivery.method == "POST" else b""
        try:
            parts = split(delivery.url)
        except ValueError as problem:
            self._not_called(delivery, f"it is no URL that can be called: {problem}", raising)
            return None
        host = host_of(parts)
        url = parts._replace(netloc=host, path=parts.path or "/", fragment="").geturl()
        request = Request(delivery.method, url, headers, body)
        origin = f"{parts.scheme}://{host.lower()}"
        for at, prefix, handler in self._mounts:
            if at == origin and (parts.path == prefix or parts.path.startswith(prefix + "/") or not prefix):
                return handler, request._replace(prefix=prefix)
        if is_loopback(url):
            return OVER_HTTP, request
        why = (
            f"nothing is mounted there{self._mounted()}, and fakeproxy calls no host but loopback. Mount its handler "
            f"with proxy.webhooks.mount({origin!r}, app)"
        )
        self._not_called(delivery, why, raising)
        return None

    def _mounted(self) -> str:
        return f", only at {', '.join(origin + path for origin, path, _ in self._mounts)}" if self._mounts else ""

    def _not_called(self, delivery: Delivery, why: str, raising: bool) -> None:
        shown = hide_passwords(delivery.url)
        text = f"the {delivery.kind} webhook {shown} was not called: {hide_passwords(why)}"
        error = delivery.error = UnmountedWebhook(shown, text)
        if self.unmounted == "raise":
            if raising:
                raise error
            self._not_called_errors.append(error)

    def _fill(self, delivery: Delivery, answer: Answer) -> None:
        _fill(delivery, answer)
        self._deliveries.grow(len(delivery.text))

    @contextmanager
    def _answering(self, delivery: Delivery) -> Iterator[None]:
        with exceptions_of_frameworks() as caught:
            try:
                yield
            except BaseException as error:
                delivery.error = error
                if self.strict or isinstance(error, UnsupportedHandler) or not isinstance(error, Exception):
                    raise
        if caught and delivery.status is not None and delivery.status >= 500:
            delivery.error = caught[0]
            if self.strict:
                raise caught[0]


def _size(delivery: Delivery) -> int:
    fields = sum(len(name) + len(value) for name, value in delivery.form.items())
    return len(delivery.url) + fields + len(delivery.text)


def _place(base_url: str) -> tuple[str, str]:
    """Return the origin and the path of a base URL. Raises `UsageError` if it is none."""
    try:
        parts = split(base_url)
    except ValueError as error:
        raise UsageError(f"{base_url!r}: expected a base URL such as 'https://api.example.com'; {error}") from error
    if parts.query or parts.fragment:
        raise UsageError(
            f"{base_url!r}: expected a base URL such as 'https://api.example.com', without a query or a fragment"
        )
    return f"{parts.scheme}://{host_of(parts).lower()}", parts.path.rstrip("/")


def _fill(delivery: Delivery, answer: Answer) -> None:
    headers = {name.lower(): value for name, value in answer.headers}
    delivery.status = answer.status
    delivery.content_type = headers.get("content-type", "")
    delivery.challenges = challenges(answer)
    delivery.text, delivery.undecodable = decode(answer.body, delivery.content_type)
