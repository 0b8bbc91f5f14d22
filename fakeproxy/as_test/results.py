"""The asserts at the end of a test: sessions, calls, inboxes, webhooks, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fakeproxy.as_test.code import Group, dict_of, list_of, literal, prefixed, tuple_of
from fakeproxy.as_test.names import Variables
from fakeproxy.engine import calls, messages
from fakeproxy.engine.store import Store

#: The most items that are listed; more are counted.
_LISTED = 12


def asserts(
    store: Store,
    names: Variables,
    conversations: Mapping[str, str],
    webhooks: Sequence[tuple[str, int | None]],
    codes: Sequence[int],
    before: frozenset[str],
) -> Iterator[Group]:
    """Yield the asserts. `conversations` are the variables of calls by SID; `before` has texts from before the test."""
    yield from _sessions(store)
    yield from _conversations(store, conversations)
    for number in list(store.messages.listings):
        texts = [text for text in messages.inbox(store, number) if text.sid not in before]
        pairs = [tuple_of((literal(text.from_), literal(text.body))) for text in texts]
        if pairs or number in names.people:
            inbox = f"{names.phone(number)}.inbox"
            shown = f"[(text.from_, text.body) for text in {inbox}]" if pairs else inbox
            yield _equal(shown, list_of(pairs) if pairs else Group("()", [], ""))
    pairs = [tuple_of((literal(kind), literal(status))) for kind, status in webhooks]
    if pairs and len(pairs) <= _LISTED:
        shown = "[(webhook.kind, webhook.status) for webhook in fakeproxy.webhooks.deliveries]"
        yield _equal(shown, list_of(pairs))
    elif pairs:
        yield _equal("fakeproxy.webhooks.counts", dict_of(_counted(kind for kind, _ in webhooks)))
        failed = sum(not 200 <= (status or 0) < 300 for _, status in webhooks)
        if len(webhooks) <= 1000:
            text = "sum(not webhook.succeeded for webhook in fakeproxy.webhooks.deliveries)"
            yield _equal(text, Group(str(failed), [], ""))
    if len(codes) <= _LISTED:
        yield _equal("[alert.code for alert in fakeproxy.alerts]", list_of(map(str, codes)))
    else:
        yield _equal("fakeproxy.alerts.counts", Group("{", [f"{c}: {n}" for c, n in Counter(codes).items()], "}"))


def _sessions(store: Store) -> Iterator[Group]:
    sessions = list(store.sessions)
    named = {session.unique_name: literal(session.status) for session in sessions if session.unique_name}
    if not sessions:
        return
    if len(sessions) > _LISTED * 4:
        statuses = "Counter(session.status for session in fakeproxy.sessions.values())"
        yield _equal(statuses, dict_of(_counted(session.status for session in sessions)))
    elif len(named) == len(sessions):
        yield _equal("{session.unique_name: session.status for session in fakeproxy.sessions.values()}", dict_of(named))
    else:
        statuses = "[session.status for session in fakeproxy.sessions.values()]"
        yield _equal(statuses, list_of(literal(session.status) for session in sessions))


def _conversations(store: Store, variables: Mapping[str, str]) -> Iterator[Group]:
    for sid, variable in variables.items():
        own = store.calls.get(sid)
        if own is None:
            continue
        other = store.calls.get(own.other_sid or "")
        if other is None or other.date_started is None or other.date_ended is None:
            yield _equal(f"{variable}.status", Group(literal((other or own).status), [], ""))
            continue
        seconds = calls.seconds(other, other.date_ended)
        expected = tuple_of((literal(other.status), str(seconds)))
        yield _equal(f"({variable}.status, {variable}.duration)", Group(expected, [], ""))


def _counted(values: Iterable[str]) -> dict[str, str]:
    return {name: str(number) for name, number in Counter(values).items()}


def _equal(shown: str, expected: Group) -> Group:
    return prefixed(f"assert {shown} == ", expected)
