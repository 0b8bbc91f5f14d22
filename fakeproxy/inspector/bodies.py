"""The types of the control API's bodies and answers: typed dicts, and the properties that JSON shows of objects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypedDict, final

from fakeproxy.clock.clock import DueWork
from fakeproxy.clock.foreign_time import Driver
from fakeproxy.engine.records import End
from fakeproxy.network.deliveries import Delivery
from fakeproxy.network.received import Ring, Text

#: The actions that a call allows.
ACTIONS = ("answer", "busy", "no_answer", "fail", "hang_up")

#: The properties of a contact that its JSON has besides its fields.
CONTACT_PROPERTIES = ("delivered", "status", "reply", "session", "interaction", "alerts", "callbacks")

#: The properties that the JSON of a dataclass has besides its fields.
PROPERTIES: dict[type, tuple[str, ...]] = {Delivery: ("succeeded", "outcome"), Ring: ("status",)}

#: The lists of a seed, each with the method of the fake that takes its members as arguments.
SEEDS = {
    "services": "add_service",
    "numbers": "add_number",
    "short_codes": "add_short_code",
    "sessions": "add_session",
}


class _Step(TypedDict, total=False):
    #: The most pieces of work in each list of the answer. Without it the answer has all.
    limit: Annotated[int, ("minimum", 0)]


@final
class Advance(_Step):
    """A step forward, in seconds or as an ISO 8601 duration."""

    advance: float | Annotated[str, ("examples", ("PT1H30M",))]


@final
class MoveTo(_Step):
    """A step to an instant: ISO 8601 with an offset, or seconds since the epoch."""

    move_to: datetime | float


@final
class AdvanceToNext(_Step):
    """A step to the next work that is scheduled."""

    advance_to_next: Literal[True]


class Nothing(TypedDict):
    """An empty body or answer."""


class Health(TypedDict):
    """The answer of a fake that runs."""

    status: Literal["ok"]
    now: datetime


class _Clock(TypedDict):
    now: datetime
    driver: Driver
    due: list[DueWork]


class ClockState(_Clock, total=False):
    """The present, its driver, and the scheduled work. With a `limit`, `due_total` is the length of the whole list."""

    due_total: int


class _Stepped(TypedDict):
    now: datetime
    ran: list[DueWork]
    due: list[DueWork]


class Step(_Stepped, total=False):
    """The present after a step, the work that was done, and the scheduled work; with a `limit`, the lengths of both."""

    ran_total: int
    due_total: int


class Now(TypedDict):
    """The present."""

    now: datetime


class Reception(TypedDict):
    """The fate of texts to a person."""

    reception: End


class Handset(TypedDict):
    """The texts that a person has received, and the fate of the next ones."""

    inbox: list[Text]
    reception: End
    received: int


class HandsetWithCalls(Handset):
    """The texts and calls that a person has received."""

    calls: list[Ring]


class Leg(TypedDict):
    """A leg of a text or call."""

    sid: str
    status: str


class Legs(TypedDict):
    """The inbound and the outbound leg of a text or call, and the duration in seconds."""

    leg: Leg | None
    outbound: Leg | None
    duration: int


class Ignored(TypedDict):
    """A part of requests that had no effect, and how often it came."""

    text: str
    times: int


class Count(TypedDict):
    """The number of requests of an operation, or of none."""

    operation: str | None
    requests: int


class KindCount(TypedDict):
    """The number of webhooks of a kind."""

    kind: str
    webhooks: int


class CodeCount(TypedDict):
    """The number of alerts of a code."""

    code: int
    alerts: int


class Expected(TypedDict):
    """The codes of alerts that are expected after the first `before` ones."""

    before: int
    codes: list[int]


class Mounted(TypedDict):
    """The base URL of a handler."""

    base_url: str


class Mount(TypedDict):
    """The base URL of a handler, and the URL on loopback that answers for it."""

    base_url: str
    to: str


class Settings(TypedDict):
    """The effect of a webhook that is not mounted."""

    unmounted: Literal["raise", "alert"]


class Signing(TypedDict, total=False):
    """The token that signs webhooks: null for no signature, absent for the account's."""

    token: str | None


class Account(TypedDict):
    """The SID and the token of the default account."""

    account_sid: str
    auth_token: str


class Note(TypedDict):
    """A line of a test's own in the history."""

    text: str


class TraceOf(TypedDict, total=False):
    """The name of the test that a trace is of, and what made it fail."""

    title: str
    failure: str


class TracePage(TypedDict):
    """A trace: one page of HTML."""

    html: str


class Report(TypedDict):
    """The report that a failing test shows."""

    report: str


class Test(TypedDict):
    """A pytest test, as Python source."""

    source: str


class Blocked(TypedDict):
    """A request that was stopped, and the text of its error."""

    method: str
    url: str
    text: str


class _Problem(TypedDict):
    error: str
    text: str


class Problem(_Problem, total=False):
    """An error of the fake: the exception's name and its text.

    `method` and `url`: of a request that was stopped. `path` and `reason`: of a state that could not be written.
    """

    method: str
    url: str
    path: str
    reason: str


class Refused(TypedDict):
    """A refusal: Twilio's answer, and in `why` the fake's own explanation."""

    error: Literal["Refusal"]
    text: str
    why: list[str]
    code: int
    status: int
    message: str


class TwilioError(TypedDict):
    """The body of Twilio's errors."""

    code: int
    message: str
    more_info: str
    status: int


class Meta(TypedDict):
    """The paging part of a list, as Twilio answers it."""

    page: int
    page_size: int
    first_page_url: str
    previous_page_url: str | None
    url: str
    next_page_url: str | None
    key: str
