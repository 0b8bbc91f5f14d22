"""The application's webhooks: where its handlers are mounted, what was delivered to them, what they answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar
from urllib.parse import urlencode

from fakeproxy.exceptions import UnmountedWebhook, UnsupportedHandler, UsageError
from fakeproxy.history.bounded import Bounded
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.network.basic_auth import challenges, explain_refusal, host_of, with_credentials
from fakeproxy.network.handlers import Handler, Request, exceptions_of_frameworks, handler_for
from fakeproxy.network.response_text import decode
from fakeproxy.network.signature import Token, sign
from fakeproxy.network.url_handlers import OVER_HTTP, forwarder, is_loopback
from fakeproxy.web.urls import split
from fakeproxy.web.wsgi import Answer

T = TypeVar("T")

#: Something that happens on the network. It yields each delivery, goes on when that is answered, and returns.
Flow = Generator["Delivery", None, T]

_KEPT = 1000


@dataclass(eq=False, kw_only=True, repr=False)
class Delivery:
    """One webhook request and its answer. `status` is None where there is none; `error` then says why.

    Its text hides the password of `url`, where that has one. `sid` is that of the Message or Call it is about.
    """

    kind: Literal["status", "message-status", "intercept", "out-of-session"]
    url: str
    form: dict[str, str]
    sid: str
    at: datetime
    account: str = field(repr=False, default="")
    method: str = "POST"
    signature: str | None = None
    #: No token was known to sign it with, as opposed to `unsigned()`.
    lacks_token: bool = False
    #: How a test had it signed, where that is not as usual.
    signing: str = ""
    #: Where the token is from that it was signed with; never the token.
    token_origin: str = ""
    #: The schemes that a handler asked for with a 401, such as `basic`.
    challenges: tuple[str, ...] = ()
    #: What the answer was taken for, where it had any effect but the plain one.
    read_as: str = ""
    #: What is wrong with the encoding of the answer.
    undecodable: str = ""
    status: int | None = None
    content_type: str = ""
    text: str = field(repr=False, default="")
    error: BaseException | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        text = f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.kind} {self.method} {self.url}: {self.outcome}"
        return hide_passwords(f"{text}; {self.read_as}" if self.read_as else text)

    def __repr__(self) -> str:
        return f"<Delivery {self}>"

    @property
    def outcome(self) -> str:
        """What became of it, in a few words."""
        if self.error is not None:
            text = f"{type(self.error).__name__}: {self.error}" if str(self.error) else type(self.error).__name__
            return text if isinstance(self.error, UnmountedWebhook) else f"the handler raised {text}"
        text = "; ".join(filter(None, (self._signed(), explain_refusal(self.url, self.challenges))))
        return f"the handler answered {self.status}{f' ({text})' if text else ''}"

    def _signed(self) -> str:
        """How it was signed, if that may be why it was refused."""
        if self.signing:
            return "" if self.succeeded else self.signing
        if self.status not in (401, 403) or not self.token_origin:
            return ""
        return (
            f"it was signed with {self.token_origin}; if the handler checks with another, set TWILIO_AUTH_TOKEN where "
            f"the fake runs, or its setting auth_token, to that one"
        )


class Webhooks:
    """Delivers webhooks to the application's handlers.

    `strict`: a handler's own exception is raised in the test instead of becoming an alert. `unmounted`: what
    becomes of a URL that is neither mounted nor on loopback: with `"raise"` it raises out of a phone's text or call,
    and fails the test at its end where an API request or a step of the clock met it; `"alert"` leaves it at an alert.
    """

    def __init__(self, token_of: Callable[[str], Token | None], note: Callable[[Delivery], None]) -> None:
        self._note = note
        self.strict = False
        self._unmounted: Literal["raise", "alert"] = "raise"
        self._deliveries = Bounded(_KEPT, _size)
        #: How many webhooks there were of each kind, whether still listed or not.
        self.counts: Counter[str] = Counter()
        self._mounts: list[tuple[str, str, Handler]] = []
        self._token_of_account = self._token_of = token_of
        self._not_called_errors: list[UnmountedWebhook] = []

    @property
    def unmounted(self) -> Literal["raise", "alert"]:
        return self._unmounted

    @unmounted.setter
    def unmounted(self, what: Literal["raise", "alert"]) -> None:
        if what not in ("raise", "alert"):
            raise UsageError(f"unmounted={what!r}: expected 'raise' or 'alert'")
        self._unmounted = what

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The last 1,000 requests with their answers, the oldest first; of 16 million characters in total."""
        return tuple(self._deliveries)

    def mount(self, base_url: str, app: object) -> None:
        """Have `app` answer for every URL below `base_url`; of several that fit, the longest counts.

        `app` is a WSGI or ASGI application or a test client of Flask, Werkzeug, Django, Starlette or httpx. It is
        called in the caller's thread or loop. A path in `base_url` becomes the application's SCRIPT_NAME (root_path).
        """
        self.unmount(base_url)
        self._mounts.append((*_place(base_url), handler_for(app)))
        self._mounts.sort(key=lambda mount: -len(mount[1]))

    def forward(self, base_url: str, to: str) -> None:
        """Have the server at `to`, an origin on loopback, answer for every URL below `base_url`, as behind a proxy.

        It gets the ordinary form, path and query as they are, signed for the URL as it was given; `Host` is that of the
        URL, and `X-Forwarded-Proto` its scheme. `unmount(base_url)` takes it out.
        """
        self.mount(base_url, forwarder(to))

    def unmount(self, base_url: str) -> None:
        """Take out what is mounted at just this URL, if anything is."""
        place = _place(base_url)
        self._mounts = [mount for mount in self._mounts if mount[:2] != place]

    def sign_with(self, token: str) -> ExitStack:
        """Sign with this token instead of the account's, from now on or, in a `with` block, for its length."""
        return self._replace(lambda account: Token(token, "the token of sign_with"))

    def unsigned(self) -> ExitStack:
        """Send no signatures, from now on or, in a `with` block, for its length."""
        return self._replace(lambda account: None)

    def sign_as_usual(self) -> None:
        """Sign with the account's token again."""
        self._token_of = self._token_of_account

    def _replace(self, token_of: Callable[[str], Token | None]) -> ExitStack:
        undo = ExitStack()
        undo.callback(setattr, self, "_token_of", self._token_of)
        self._token_of = token_of
        return undo

    def forget(self) -> None:
        """Forget the deliveries; what is mounted stays."""
        self._deliveries.clear()
        self.counts.clear()
        self._not_called_errors.clear()

    def check(self) -> None:
        """Raise, once, that a URL was met that is not mounted."""
        if self._not_called_errors:
            error = self._not_called_errors[0]
            self._not_called_errors.clear()
            raise error

    def run(self, flow: Flow[T], *, raising: bool = False) -> T:
        """Deliver what the flow yields, in this thread. `raising`: an unmounted URL raises at once."""
        try:
            while True:
                delivery = next(flow)
                if (handler := self._handler(delivery, raising)) is not None:
                    handler_, request = handler
                    with self._answering(delivery):
                        answer = handler_.send(request)
                        if (repeated := with_credentials(delivery.url, request, answer)) is not None:
                            answer = handler_.send(repeated)
                        self._fill(delivery, answer)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    async def run_async(self, flow: Flow[T], *, raising: bool = False) -> T:
        """The same in the running loop."""
        try:
            while True:
                try:
                    delivery = next(flow)
                except StopIteration as end:
                    result: T = end.value
                    return result
                if (handler := self._handler(delivery, raising)) is not None:
                    handler_, request = handler
                    with self._answering(delivery):
                        answer = await handler_.send_async(request)
                        if (repeated := with_credentials(delivery.url, request, answer)) is not None:
                            answer = await handler_.send_async(repeated)
                        self._fill(delivery, answer)
        finally:
            flow.close()

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
            "User-Agent": "TwilioProxy/1.1",  # Guess: that of Twilio's other webhooks; none of Proxy's was shown.
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
            f"nothing is mounted there, and fakeproxy calls no host but loopback. Mount its handler with "
            f"proxy.webhooks.mount({origin!r}, app)"
        )
        self._not_called(delivery, why, raising)
        return None

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
            except UnsupportedHandler:
                raise
            except Exception as error:
                if self.strict:
                    raise
                delivery.error = error
        if caught and delivery.status is not None and delivery.status >= 500:
            delivery.error = caught[0]
            if self.strict:
                raise caught[0]


def _size(delivery: Delivery) -> int:
    fields = sum(len(name) + len(value) for name, value in delivery.form.items())
    return len(delivery.url) + fields + len(delivery.text)


def _place(base_url: str) -> tuple[str, str]:
    """Origin and path of a base URL."""
    try:
        parts = split(base_url)
    except ValueError as error:
        raise UsageError(f"{base_url!r}: expected a base URL such as 'https://api.example.com'; {error}") from error
    if parts.query or parts.fragment:
        raise UsageError(
            f"{base_url!r}: expected a base URL such as 'https://api.example.com'; it has more than a path"
        )
    return f"{parts.scheme}://{host_of(parts).lower()}", parts.path.rstrip("/")


def _fill(delivery: Delivery, answer: Answer) -> None:
    headers = {name.lower(): value for name, value in answer.headers}
    delivery.status = answer.status
    delivery.content_type = headers.get("content-type", "")
    delivery.challenges = challenges(answer)
    delivery.text, delivery.undecodable = decode(answer.body, delivery.content_type)
