"""An exception at any line of fakeproxy, Ctrl-C among them, leaves the state as it was before, or as it is after.

Each line is interrupted in turn; the suite takes some of them, all of them with FAKEPROXY_EVERY_LINE=1.
"""

from __future__ import annotations

import gc
import linecache
import os
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.engine.plain import dump as plain
from fakeproxy.engine.plain import load
from fakeproxy.engine.records import ACTIVE
from fakeproxy.engine.store import Store
from fakeproxy.web.wsgi import call
from tests.quick import slow

PACKAGE = str(Path(fakeproxy.__file__).parent)
STRIDE = 1 if os.environ.get("FAKEPROXY_EVERY_LINE") else 29
#: The quick suite takes fewer of them.
FEW = STRIDE if STRIDE == 1 else 97

ANNE, BERT, CARL = "+14155550100", "+14155550101", "+14155550102"
POOL = ("+14155550001", "+14155550002", "+14155550003")
ACCOUNT = "AC" + "1" * 32
SITE = "https://app.example.com"
KS, KC, OLD, KP = "KS" + "1" * 32, "KC" + "1" * 32, "KC" + "2" * 32, ""


class Interrupt(KeyboardInterrupt):
    """Raised at a line."""


@cache
def begins_with_block(filename: str, line: int) -> bool:
    return linecache.getline(filename, line).lstrip().startswith("with ")


@contextmanager
def interrupted(line: int) -> Iterator[list[int]]:
    """Raise at the line of this number, of all that are run of fakeproxy in this thread; count them."""
    count = [0]
    entered: set[tuple[FrameType, int]] = set()

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            # At its end a `with` block has a line event before it calls __exit__, which no signal can come between.
            if begins_with_block(frame.f_code.co_filename, frame.f_lineno):
                if (frame, frame.f_lineno) in entered:
                    entered.discard((frame, frame.f_lineno))
                    return trace
                entered.add((frame, frame.f_lineno))
            count[0] += 1
            if count[0] == line:
                sys.settrace(None)
                raise Interrupt
        return trace

    before = sys.gettrace()
    gc.disable()  # Hypothesis measures collections; what is raised there reaches nobody.
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)
        gc.enable()


def prepared() -> FakeProxy:
    """A fake in which every operation has something to do."""
    behavior = {"message_seconds": 2, "rate_limit": True, "purge_after": 60}
    proxy = FakeProxy(start="2030-01-01T09:00:00Z", intercept=False, account_sid=ACCOUNT, behavior=behavior)
    proxy.webhooks.mount(SITE, lambda environ, start_response: (start_response("500 No", []), [b""])[1])
    urls: dict[str, Any] = {"callback_url": SITE, "out_of_session_callback_url": SITE}
    proxy.add_service("rides", sid=KS, numbers=POOL[:2], reserved_numbers=POOL[2:], **urls)
    proxy.add_number("+14155550009")
    proxy.add_session(KS, sid=OLD, participants=[BERT, CARL], ttl=60)
    proxy.add_session(KS, sid=KC, unique_name="job", participants=[ANNE], ttl=3600)
    proxy.add_short_code("12345", service=KS, sid="SC" + "1" * 32)
    proxy.add_short_code("12346", sid="SC" + "2" * 32)
    proxy.phone(BERT).text(proxy.sessions[OLD].participants[0].proxy_identifier, "hi")
    proxy.snapshot()
    return proxy


def sid_of(proxy: FakeProxy, table: str, index: int = 0) -> str:
    return str(list(getattr(proxy, table))[index])


def request(method: str, path: str, form: str = "") -> Callable[[FakeProxy], object]:
    def act(proxy: FakeProxy) -> object:
        filled = path.format(
            KS=KS, KC=KC, OLD=OLD, PN=sid_of(proxy, "phone_numbers"), KP=sid_of(proxy, "participants", -1),
            KI=sid_of(proxy, "interactions"), SC="SC" + "1" * 32, free=sid_of(proxy, "phone_numbers", -1),
        )  # fmt: skip
        login = b64encode(f"{ACCOUNT}:token".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/x-www-form-urlencoded"}
        url = f"https://proxy.twilio.com/v1{filled}"
        return lambda: call(proxy.wsgi_app, method, url, headers, form.encode())

    return act


SESSION, PERSON = "/Services/{KS}/Sessions/{KC}", "/Services/{KS}/Sessions/{KC}/Participants"
ACTS: dict[str, Callable[[FakeProxy], Any]] = {
    "CreateService": request("POST", "/Services", "UniqueName=night"),
    "UpdateService": request("POST", "/Services/{KS}", "UniqueName=night&DefaultTtl=60&CallbackUrl="),
    "DeleteService": request("DELETE", "/Services/{KS}"),
    "CreatePhoneNumber": request("POST", "/Services/{KS}/PhoneNumbers", "PhoneNumber=%2B14155550004"),
    "UpdatePhoneNumber": request("POST", "/Services/{KS}/PhoneNumbers/{PN}", "IsReserved=true"),
    "DeletePhoneNumber": request("DELETE", "/Services/{KS}/PhoneNumbers/{free}"),
    "CreateShortCode": request("POST", "/Services/{KS}/ShortCodes", "Sid=SC" + "2" * 32),
    "UpdateShortCode": request("POST", "/Services/{KS}/ShortCodes/{SC}", "IsReserved=true"),
    "DeleteShortCode": request("DELETE", "/Services/{KS}/ShortCodes/{SC}"),
    "CreateSession": request(
        "POST",
        "/Services/{KS}/Sessions",
        'UniqueName=new&Ttl=60&Participants={"Identifier":"%2B14155550105"}&Participants={"Identifier":"%2B14155550106"}',
    ),
    "UpdateSession": request("POST", SESSION, "Status=closed&Ttl=5"),
    "DeleteSession": request("DELETE", "/Services/{KS}/Sessions/{OLD}"),
    "CreateParticipant": request("POST", PERSON, "Identifier=%2B14155550107"),
    "DeleteParticipant": request("DELETE", PERSON + "/{KP}"),
    "DeleteInteraction": request("DELETE", "/Services/{KS}/Sessions/{OLD}/Interactions/{KI}"),
    "CreateMessageInteraction": request("POST", PERSON + "/{KP}/MessageInteractions", "Body=hello"),
    "a text": lambda proxy: (
        lambda: proxy.phone(CARL).text(proxy.sessions[OLD].participants[1].proxy_identifier, "yes?")
    ),
    "a call": lambda proxy: lambda: proxy.phone(CARL).call(proxy.sessions[OLD].participants[1].proxy_identifier),
    "a seed": lambda proxy: lambda: proxy.add_service("seeded", numbers=["+14155550011", "+14155550012"]),
    "a step": lambda proxy: lambda: proxy.clock.advance(hours=2),
}


def test_every_operation_that_changes_something_is_here() -> None:
    changing = {name for name, operation in OPERATIONS.items() if operation.method != "GET"}
    assert changing <= set(ACTS)


def dump(proxy: FakeProxy) -> dict[str, Any]:
    return {**plain(proxy._store), "tokens": dict(proxy._store.accounts.tokens)}


def indexes(store: Store) -> dict[str, Any]:
    """What is found by other keys than SIDs, as far as it follows from the tables."""
    found: dict[str, Any] = {
        "pairs": store.pairs,
        "uses": store.uses,
        "pool": +store.pool_sizes,
        "due": {key: due.at for key, due in store.schedule.current.items()},
        "pending": [due[0] for due in store.schedule.pending()],
    }
    for name, table in store.tables.items():
        found[name] = {
            "rows": list(table.rows),
            "positions": {parent: [row.position for row in listing.rows] for parent, listing in table.listings.items()},
            "listings": {parent: [row.sid for row in listing.rows] for parent, listing in table.listings.items()},
            "names": {key: row.sid for key, row in table.names.items()},
        }
    return found


def check_whole(proxy: FakeProxy) -> None:
    """The indexes follow from the tables; each active session has its pairs and its expiry; the lock is free."""
    store, fresh = proxy._store, Store(proxy._store.behavior, 0)
    assert not store.lock.is_held
    load(fresh, plain(store))
    assert indexes(store) == indexes(fresh)
    pairs: Counter[tuple[str, str, str]] = Counter()
    for session in store.sessions:
        people = [one for one in store.participants.of(session.sid) if one.date_deleted is None]
        if session.status in ACTIVE:
            pairs.update((one.service_sid, one.identifier, one.proxy_identifier) for one in people)
            assert (("expire session", session.sid) in store.schedule.current) == bool(session.ttl)
    assert pairs == Counter(dict.fromkeys(store.pairs, 1))
    heap = []
    while (due := store.schedule.first()) is not None:  # Every piece is found, each once.
        heap.append(store.schedule.pop())
        assert due is heap[-1]
    assert sorted(heap) == heap


@pytest.mark.parametrize("stride", [FEW, slow(STRIDE)])
@pytest.mark.parametrize("name", ACTS)
def test_interrupted_at_any_line(name: str, stride: int) -> None:
    proxy = prepared()
    act = ACTS[name](proxy)
    before = dump(proxy)
    with interrupted(0) as count:
        done = act()
    assert getattr(done, "status", 200) in (200, 201, 204, "queued", "ringing"), done
    after = dump(proxy)
    assert before != after
    seen = Counter[str]()
    for line in sorted({*range(1, count[0] + 1, stride), *range(max(count[0] - 5, 1), count[0] + 1)}):
        proxy = prepared()
        act = ACTS[name](proxy)
        with interrupted(line):
            try:
                act()
            except Interrupt:
                seen["interrupted"] += 1
            else:
                seen["swallowed"] += 1
        now = dump(proxy)
        if name == "a step":
            assert now["position"] >= before["position"]
        elif name in ("a text", "a call") or "alerts" in now:
            # The callbacks go out once the change counts: what they lead to, alerts that is, may be missing.
            states = [{**state, "alerts": []} for state in (before, now, after)]
            assert states[1] in (states[0], states[2]), line
        check_whole(proxy)
        seen["before"] += now == before
        seen["after"] += now != before
    assert seen["interrupted"] >= 3
    assert seen["before"]
    assert seen["after"]


def test_the_fake_goes_on_after_an_interruption() -> None:
    for line in (5, 60, 120, 200):
        proxy = prepared()
        act = ACTS["CreateSession"](proxy)
        with interrupted(line), pytest.raises(Interrupt):
            act()
        act()
        assert len(proxy.sessions) == 3
        proxy.clock.advance(days=1)
        assert proxy.clock.due() == []
