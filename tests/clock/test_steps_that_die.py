"""A step of the clock that dies takes time back too: it stands where the last work was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from fakeproxy import FakeProxy
from fakeproxy.engine import sessions
from fakeproxy.engine.due_work import DUE_WORK
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import NotWritten

START = "2030-01-01T09:00:00Z"


@pytest.mark.parametrize("pace", ["still", "app"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_work_that_dies(monkeypatch: pytest.MonkeyPatch, pace: str, error: type[BaseException]) -> None:
    with FakeProxy(start=START, time=pace, intercept=False) as proxy:  # type: ignore[arg-type]
        proxy.add_service("rides")
        first, second = (proxy.add_session(ttl=seconds).sid for seconds in (10, 20))

        def expire(store: Store, due: Due) -> None:
            sessions.expire(store, due)
            if due.sid == second:
                raise error

        monkeypatch.setitem(DUE_WORK, sessions.EXPIRE, expire)
        with pytest.raises(error):
            proxy.clock.advance(60)
        assert proxy.clock.now().isoformat() == "2030-01-01T09:00:10+00:00"
        assert [proxy.sessions[sid].status for sid in (first, second)] == ["closed", "open"]
        monkeypatch.undo()
        proxy.clock.advance(10)
        assert proxy.sessions[second].status == "closed"


@pytest.mark.parametrize(
    "step",
    [lambda proxy: proxy.clock.advance(60), lambda proxy: proxy.clock.move_to("2029-01-01T09:00:00Z")],
    ids=["on", "back"],
)
def test_a_step_that_is_not_written_is_not_done(step: Callable[[FakeProxy], object]) -> None:
    def refuse(entries: Sequence[object]) -> None:
        raise NotWritten("state.db", "disk full")

    with FakeProxy(start=START, intercept=False) as proxy:
        proxy._store.before_commit = refuse
        with pytest.raises(NotWritten):
            step(proxy)
        proxy._store.before_commit = None
        assert proxy.clock.now().isoformat() == "2030-01-01T09:00:00+00:00"
