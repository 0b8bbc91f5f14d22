"""Deliveries: webhook requests with their answers, and lists of them that can be queried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from fakeproxy.exceptions import UnmountedWebhook, UnsupportedHandler
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.history.sentences import statuses
from fakeproxy.network.basic_auth import explain_refusal
from fakeproxy.network.signature import MADE_UP
from fakeproxy.queries.query import Has, Query

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack


_OTHER_URL = (
    "mostly means that of the URL and the application's route only one ends with a slash, or that https is wanted"
)

#: The effect of a 403 to an intercept callback, which is Twilio's way to block a text or call.
_BLOCKS = "403 blocks the contact"

#: The usual meanings of statuses.
_HINTS = {
    301: f"301 {_OTHER_URL}",
    302: "302 mostly means that the application wants a login",
    307: f"307 {_OTHER_URL}",
    308: f"308 {_OTHER_URL}",
    404: "404 mostly means that the application has no route for this URL",
    405: "405 mostly means that the application's route for this URL does not take the webhook's method",
}


@dataclass(eq=False, kw_only=True, repr=False)
class Delivery:
    """A webhook request and its answer. If there is no answer, `status` is None and `error` is the reason.

    `sid` is the SID of the Message or Call that it is about. `at` is its instant on the fake's clock, as a datetime in
    UTC. `str()` hides the password of the URL.
    """

    kind: Literal["status", "message-status", "intercept", "out-of-session"]
    url: str
    form: dict[str, str]
    sid: str
    at: datetime
    account: str = field(repr=False, default="")
    method: str = "POST"
    signature: str | None = None
    #: True if the fake knew no token to sign it with. False after `unsigned()`.
    lacks_token: bool = False
    #: The signing that a test asked for, in words; empty for the usual one.
    signing: str = ""
    #: The source of the token that signed it, in words; never the token.
    token_origin: str = ""
    #: The schemes of authentication that a 401 asks for, such as `basic`.
    challenges: tuple[str, ...] = ()
    #: The effect of the answer, in words, if it is not the usual one.
    read_as: str = ""
    #: The error in the encoding of the answer, in words.
    undecodable: str = ""
    status: int | None = None
    content_type: str = ""
    text: str = field(repr=False, default="")
    error: BaseException | None = None

    @property
    def succeeded(self) -> bool:
        """True if the status of the answer is 2xx."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        text = f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.kind} {statuses(self)}{self.method} {self.url}: {self.outcome}"
        return hide_passwords(f"{text}; {self.read_as}" if self.read_as else text)

    def __repr__(self) -> str:
        return f"<Delivery {self}>"

    @property
    def blocks(self) -> bool:
        """True if the answer blocks the text or call: a 403 to an intercept callback."""
        return self.kind == "intercept" and self.status == 403

    @property
    def outcome(self) -> str:
        """The outcome in a few words, such as `the handler answered 204`."""
        if self.error is not None:
            text = f"{type(self.error).__name__}: {self.error}" if str(self.error) else type(self.error).__name__
            of_the_fake = isinstance(self.error, UnmountedWebhook | UnsupportedHandler)
            return text if of_the_fake else f"the handler raised {text}"
        if self.status is None:
            return "the handler has not answered yet"
        hints = (
            _BLOCKS if self.blocks else "",
            self._csrf() or self._signed(),
            explain_refusal(self.url, self.challenges),
            _HINTS.get(self.status or 0),
        )
        text = "; ".join(filter(None, hints))
        return f"the handler answered {self.status}{f' ({text})' if text else ''}"

    def _csrf(self) -> str:
        """Return what to do if a framework's check against forged requests of browsers refused it."""
        if self.status not in (400, 403) or "csrf" not in self.text.lower():
            return ""
        return (
            "its text speaks of CSRF, a token that no webhook has: exempt the view from that check; in Django by "
            "@csrf_exempt"
        )

    def _signed(self) -> str:
        """Return how it was signed, if that can be the reason of a refusal: the likelier of two causes first.

        A URL with a query is often checked without it. Otherwise the token is the likelier cause only if the fake made
        it up.
        """
        if self.signing:
            return "" if self.succeeded else self.signing
        if self.status not in (401, 403) or not self.token_origin:
            return ""
        has_query = "?" in self.url
        other = f"{'http' if self.url.startswith('https:') else 'https'}{', or one without its query' * has_query}"
        causes = (
            f"the signature is for {self.url}, and fits no other URL, such as one with {other}",
            f"it was signed with {self.token_origin}; if the handler checks with another token, set the fake's "
            f"auth_token, or TWILIO_AUTH_TOKEN in its environment, to that token",
        )
        text = "; ".join(reversed(causes) if self.token_origin == MADE_UP and not has_query else causes)
        return f"if the handler refused the signature: {text}" if self.blocks else text


class DeliveryConditions(TypedDict, total=False):
    """The fields of a webhook that the queries take."""

    kind: object
    url: object
    form: object
    sid: object
    at: object
    account: object
    method: object
    signature: object
    lacks_token: object
    signing: object
    token_origin: object
    challenges: object
    read_as: object
    undecodable: object
    status: object
    content_type: object
    text: object
    error: object
    outcome: object
    blocks: object
    succeeded: object


class Deliveries(tuple[Delivery, ...], Query[Delivery]):
    """The webhook requests so far with their answers, oldest first. `read` returns them."""

    _read: Callable[[], Iterable[Delivery]]

    def __new__(cls, read: Callable[[], Iterable[Delivery]]) -> Self:
        deliveries = super().__new__(cls, read())
        deliveries._read = read
        return deliveries

    def _present(self) -> Sequence[Delivery]:
        return list(self._read())

    def _asked(self) -> Sequence[Delivery]:
        return self

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return "webhook", tuple(DeliveryConditions.__annotations__)

    def where(self, **fields: Unpack[DeliveryConditions]) -> list[Delivery]:
        """Return the webhooks that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[DeliveryConditions]) -> Delivery:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[DeliveryConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[DeliveryConditions]) -> Has:
        """Return the condition that one fits, for `wait_for()` and `advance_until()`; it reads anew each time."""
        return self._has(fields)
