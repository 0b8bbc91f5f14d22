"""The table of `docs/explanation/time.md`: which time the application reads, in each case, is measured here."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest
import time_machine
from freezegun import freeze_time

from fakeproxy import FakeProxy
from fakeproxy.engine.due_work import DUE_WORK

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "time.md").read_text(encoding="utf-8")
START = "2030-01-01T09:00:00Z"
HOUR = 3600


class Kept:
    """What freezegun does not find."""

    time = staticmethod(time.time)


def in_thread(function: Callable[[], float]) -> float:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def nested(depth: int) -> float:
    return nested(depth - 1) if depth else time.time()


def loop_time() -> float:
    async def read() -> float:
        return asyncio.get_running_loop().time()

    return asyncio.run(read())


#: By row of the table: the functions that read a time, in seconds. In a thread: near its start, and further down.
READS: dict[str, tuple[Callable[[], float], ...]] = {
    "`datetime.now(timezone.utc)`": (lambda: datetime.now(timezone.utc).timestamp(),),
    "`time.time()`": (lambda: time.time(),),
    "`time.time()` in a worker thread": (
        lambda: in_thread(lambda: time.time()),
        lambda: in_thread(lambda: nested(6)),
    ),
    "a reference kept in a class: `clock = time.time`": (lambda: Kept.time(),),
    "`time.monotonic()`": (lambda: time.monotonic(),),
    "the time of an event loop": (loop_time,),
}


@contextmanager
def around(outer: AbstractContextManager[object] | None, **settings: str) -> Iterator[FakeProxy]:
    with ExitStack() as stack:
        if outer is not None:
            stack.enter_context(outer)
        yield stack.enter_context(FakeProxy(start=None if outer else START, **settings))  # type: ignore[arg-type]


#: By column of the table: the fake in which the application reads.
CASES: dict[str, tuple[Callable[[], AbstractContextManager[FakeProxy]], ...]] = {
    "`still`, `ticking`": (lambda: around(None), lambda: around(None, time="ticking")),
    "`app`": (lambda: around(None, time="app"),),
    "a freeze of freezegun": (lambda: around(freeze_time(START)),),
    "a travel of time-machine": (lambda: around(time_machine.travel(START, tick=False)),),
}


def measured(read: Callable[[], float], case: Callable[[], AbstractContextManager[FakeProxy]]) -> str:
    """Return whose time it is: does it move along when the fake's is stepped?"""
    with case() as proxy:
        before = read()
        proxy.clock.advance(HOUR)
        return "the fake's" if read() - before >= HOUR else "real"


def table() -> list[tuple[str, str, str]]:
    lines = re.findall(r"^\| (.*) \|$", PAGE[PAGE.index("| read in the application") :], re.MULTILINE)
    head, _, *rows = (line.split(" | ") for line in lines)
    return [(row[0], case, cell) for row in rows for case, cell in zip(head[1:], row[1:], strict=True)]


@pytest.mark.parametrize(("row", "case", "cell"), table(), ids=lambda text: text)
def test_the_table_says_which_time_it_is(row: str, case: str, cell: str) -> None:
    found = {measured(read, one) for read in READS[row] for one in CASES[case]}
    assert (found.pop() if len(found) == 1 else "either") == cell


def test_the_table_has_all_that_is_measured() -> None:
    assert {(row, case) for row, case, _ in table()} == {(row, case) for row in READS for case in CASES}


def test_the_page_has_every_kind_of_due_work() -> None:
    assert set(re.findall(r"^\| `([a-z ]+)` \| (?:at|some|30)", PAGE, re.MULTILINE)) == set(DUE_WORK)
