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
        assert str(proxy.history).endswith(f"\n09:00:10  note: the step of time ended here: {error.__name__}")
        monkeypatch.undo()
        proxy.clock.advance(10)
        assert proxy.sessions[second].status == "closed"
        assert str(proxy.history).count("ended here") == 1


def test_a_webhook_that_dies_in_the_middle_of_a_step() -> None:
    def answer(environ: object, start_response: object) -> list[bytes]:
        raise ValueError("no such job")

    with FakeProxy(start=START) as proxy:
        proxy.webhooks.mount("https://app.example.com", answer)
        service = proxy.add_service(numbers=["+14155550001"], callback_url="https://app.example.com/status")
        proxy.add_session(service, participants=["+14155550100", "+14155550101"])
        proxy.phone("+14155550100").call("+14155550001")
        proxy.webhooks.strict = True
        with pytest.raises(ValueError, match="no such job"):
            proxy.clock.advance(hours=1)  # After 30 seconds nobody has answered.
        assert "09:00:30  note: the step of time ended here: ValueError" in proxy.report()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_at_the_target_ends_no_step_early(monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    with FakeProxy(start=START, intercept=False) as proxy:
        proxy.add_service("rides")
        proxy.add_session(ttl=10)

        def raise_error() -> None:
            raise error

        monkeypatch.setattr(proxy.clock, "_after", lambda: raise_error)
        with pytest.raises(error):
            proxy.clock.advance(10)
        assert "ended here" not in str(proxy.history)


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
