"""Ask, and be told how near it was: `where`, `one` and `none` on all that a test reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import Any

import pytest
from werkzeug.wrappers import Response

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.exceptions import NoMatch
from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry
from fakeproxy.network.deliveries import Delivery
from fakeproxy.network.received import Ring, Text
from fakeproxy.surface.fake import Fake
from fakeproxy.views import TABLES, Alert

ANNE, BERT, CARL = "+14155550100", "+14155550101", "+14155550102"
FIRST, SECOND = "+14155550001", "+14155550002"


@pytest.fixture(params=["here", "elsewhere"])
def fake(request: pytest.FixtureRequest, proxy: FakeProxy) -> Fake:
    """A fake in which some things have happened, in this process or of another."""
    proxy.webhooks.mount("https://app.example.com", Response(status=204))
    service = proxy.add_service("rides", numbers=[FIRST, SECOND], callback_url="https://app.example.com/status")
    people = [{"identifier": ANNE, "proxy_identifier": FIRST}, {"identifier": BERT, "proxy_identifier": SECOND}]
    proxy.add_session(service, unique_name="job-7", participants=people)
    proxy.add_session(service, unique_name="job-8", status="closed")
    proxy.client().proxy.v1.services(service.sid).sessions.list()
    proxy.phone(ANNE).text(FIRST, "I am here")
    proxy.clock.advance(60)
    proxy.phone(ANNE).text(FIRST, "where are you?")
    proxy.phone(BERT).call(SECOND)
    proxy.phone(CARL).text(FIRST, "wrong number")
    return proxy if request.param == "here" else fakeproxy.connect(proxy.url)


COLLECTIONS: dict[str, Callable[[Fake], Any]] = {
    **{name: attrgetter(name) for name in TABLES},
    "inbox": lambda fake: fake.phone(BERT).inbox,
    "calls": lambda fake: fake.phone(ANNE).calls,
    "journal": lambda fake: fake.journal,
    "deliveries": lambda fake: fake.webhooks.deliveries,
    "alerts": lambda fake: fake.alerts,
    "history": lambda fake: fake.history,
}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection_can_be_asked(fake: Fake, name: str) -> None:
    collection = COLLECTIONS[name](fake)
    items = collection.where()
    assert items == list(collection.values() if name in TABLES else collection)
    if items:
        field = "sid" if hasattr(items[0], "sid") else "at"
        with pytest.raises(NoMatch, match=r"expected no .*; there are"):
            collection.none(**{field: getattr(items[0], field)})
    collection.none(**{"sid" if name not in ("journal", "alerts", "history") else "at": "nothing"})
    with pytest.raises(TypeError, match="has no field 'colour'"):
        collection.where(colour="red")
    assert collection.has()() == bool(items)


def test_what_fits(fake: Fake) -> None:
    assert fake.sessions.one(unique_name="job-7").status == "in-progress"
    assert [session.unique_name for session in fake.sessions.where(status="closed")] == ["job-8"]
    assert fake.phone(BERT).inbox.one(body=re.compile("^I am")).body == "I am here"
    assert fake.phone(BERT).inbox.one(body=lambda body: body.endswith("?"), from_=SECOND).body == "where are you?"
    assert fake.journal.one(operation="ListSession", status=200).method == "GET"
    assert len(fake.history.where(kind="text", action="delivered")) == 2
    assert fake.alerts.where(code=80905)[0].level == "warning"
    assert fake.participants.one(identifier=BERT).proxy_identifier == SECOND
    fake.phone(BERT).inbox.none(body="bye")
    fake.sessions.none(status="failed")


class Either:
    """As an object of dirty-equals is."""

    def __init__(self, *values: object) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return other in self.values

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Either{self.values}"


def test_an_object_may_know_what_fits(fake: Fake) -> None:
    assert len(fake.sessions.where(status=Either("closed", "in-progress"))) == 2
    with pytest.raises(NoMatch, match=r"expected one Session with status=Either\('failed', 'unknown'\)"):
        fake.sessions.one(status=Either("failed", "unknown"))


def test_the_nearest_come_first_with_what_differs(fake: Fake) -> None:
    with pytest.raises(NoMatch) as told:
        fake.sessions.one(unique_name="job-7", status="closed", closed_reason="expired")
    newer, older = (repr(fake.sessions.one(unique_name=name)) for name in ("job-8", "job-7"))
    assert str(told.value).splitlines() == [
        "expected one Session with unique_name='job-7', status='closed', closed_reason='expired': "
        "none fits, the nearest of 2 are",
        f"  {newer}",
        "    unique_name is 'job-8', not 'job-7'",
        "    closed_reason is 'api', not 'expired'",
        f"  {older}",
        "    status is 'in-progress', not 'closed'",
        "    closed_reason is None, not 'expired'",
    ]


def test_several_are_shown(fake: Fake) -> None:
    with pytest.raises(NoMatch) as told:
        fake.phone(BERT).inbox.one(from_=SECOND)
    assert str(told.value).startswith(f"expected one text in the inbox of {BERT} with from_='{SECOND}'; there are 2:\n")
    assert str(told.value).count("<Text ") == 2


def test_it_says_when_there_is_nothing_at_all(fake: Fake) -> None:
    with pytest.raises(NoMatch, match="there is no ShortCode at all"):
        fake.short_codes.one(short_code="12345")


def test_it_says_who_has_got_it_instead(fake: Fake) -> None:
    with pytest.raises(NoMatch) as told:
        fake.phone(ANNE).inbox.one(body="I am here")
    assert f"there is no text in the inbox of {ANNE} at all" in str(told.value)
    assert f"but the inbox of {BERT} has <Text {SECOND} -> {BERT}: 'I am here'" in str(told.value)
    with pytest.raises(NoMatch) as told:
        fake.phone(BERT).calls.one()
    assert f"but the handset of {ANNE} has <Ring {FIRST} -> {ANNE}" in str(told.value)


def test_it_says_how_much_later_it_happened(fake: Fake) -> None:
    nine = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
    assert fake.phone(BERT).inbox.one(at=nine).body == "I am here"
    with pytest.raises(NoMatch, match=r"not datetime\.datetime\(.*: 60 seconds later"):
        fake.phone(BERT).inbox.one(body="where are you?", at=nine)
    with pytest.raises(NoMatch, match="30 seconds earlier"):
        fake.phone(BERT).inbox.one(body="where are you?", at=nine + timedelta(seconds=90))


def test_a_field_that_there_is_not_is_no_answer(fake: Fake) -> None:
    with pytest.raises(TypeError, match=r"a Session has no field 'statuss'; did you mean 'status'\?"):
        fake.sessions.where(statuss="closed")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("module", "name", "kind"),
    [
        *(("fakeproxy.rows.tables", f"{kind.__name__}Conditions", kind) for kind in TABLES.values()),
        ("fakeproxy.network.received", "TextConditions", Text),
        ("fakeproxy.network.received", "RingConditions", Ring),
        ("fakeproxy.network.deliveries", "DeliveryConditions", Delivery),
        ("fakeproxy.history.journal", "EntryConditions", Entry),
        ("fakeproxy.history.alert_lists", "AlertConditions", Alert),
        ("fakeproxy.history.history", "EventConditions", Event),
    ],
)
def test_the_types_have_each_field_that_can_be_asked(module: str, name: str, kind: type) -> None:
    conditions = vars(__import__(module, fromlist=[name]))[name]
    fields = {name for one in kind.__mro__ for name in getattr(one, "__annotations__", {})}
    fields |= {name for name in dir(kind) if isinstance(getattr(kind, name, None), property)}
    assert set(conditions.__annotations__) == {name for name in fields if not name.startswith("_")}
