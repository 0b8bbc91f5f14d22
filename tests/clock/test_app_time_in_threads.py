"""time="app" is the application's time in every thread: endpoints in pools, executors, tasks; event loops run on."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest

from fakeproxy import FakeProxy
from fakeproxy.clock.real_time import Unfrozen

START = "2030-01-01T09:00:00Z"
NINE = datetime.datetime(2030, 1, 1, 9, tzinfo=datetime.timezone.utc).timestamp()


def times() -> dict[str, float]:
    """What the application reads, each in seconds since the epoch."""
    utc = datetime.timezone.utc
    return {
        "time": time.time(),
        "time_ns": time.time_ns() / 1e9,
        "gmtime": datetime.datetime(*time.gmtime()[:6], tzinfo=utc).timestamp(),
        "localtime": time.mktime(time.localtime()),
        "strftime of now": time.mktime(time.strptime(time.strftime("%Y%m%d%H%M%S"), "%Y%m%d%H%M%S")),
        "now": datetime.datetime.now(utc).timestamp(),
        "naive now": datetime.datetime.now().timestamp(),
        "utcnow": datetime.datetime.utcnow().replace(tzinfo=utc).timestamp(),
        "uuid1": (uuid.uuid1().time - 0x01B21DD213814000) / 1e7,
    }


def in_executor(function: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def in_map(function: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return next(iter(pool.map(lambda _: function(), [1])))


def in_thread(function: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def in_timer(function: Callable[[], Any]) -> Any:
    found: queue.Queue[Any] = queue.Queue()
    threading.Timer(0.001, lambda: found.put(function())).start()
    return found.get(timeout=20)


def in_to_thread(function: Callable[[], Any]) -> Any:
    return asyncio.run(asyncio.to_thread(function))


def in_run_in_executor(function: Callable[[], Any]) -> Any:
    async def run() -> Any:
        return await asyncio.get_running_loop().run_in_executor(None, function)

    return asyncio.run(run())


def in_fastapi(function: Callable[[], Any]) -> Any:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()
    app.get("/")(lambda: function())
    return TestClient(app).get("/").json()


def in_starlette(function: Callable[[], Any]) -> Any:
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    return TestClient(Starlette(routes=[Route("/", lambda request: JSONResponse(function()))])).get("/").json()


def in_flask(function: Callable[[], Any]) -> Any:
    from flask import Flask

    app = Flask(__name__)
    app.get("/")(lambda: {"found": function()})
    return app.test_client().get("/").get_json()["found"]


def in_celery(function: Callable[[], Any]) -> Any:
    from celery import Celery

    app = Celery("jobs", broker="memory://")
    app.conf.task_always_eager = True

    def task() -> Any:
        return function()

    return app.task(task, shared=False).delay().get()


PLACES = [
    in_executor,
    in_map,
    in_thread,
    in_timer,
    in_to_thread,
    in_run_in_executor,
    in_fastapi,
    in_starlette,
    in_flask,
    in_celery,
]


@pytest.mark.filterwarnings("ignore")  # of the frameworks, and of utcnow
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_every_way_to_read_time_gives_the_fakes(place: Callable[[Callable[[], Any]], Any]) -> None:
    with FakeProxy(start=START, time="app") as proxy:
        assert place(lambda: datetime.date.today().isoformat()) == "2030-01-01"  # noqa: DTZ011
        assert place(times) == pytest.approx(dict.fromkeys(times(), NINE), rel=0, abs=0.001)
        proxy.clock.advance(hours=1)
        assert place(times) == pytest.approx(dict.fromkeys(times(), NINE + 3600), rel=0, abs=0.001)


@pytest.mark.parametrize("read", ["time", "time_ns", "gmtime", "localtime", "monotonic", "perf_counter"])
def test_a_function_of_time_given_to_a_worker_itself(read: str) -> None:
    """No function of the application's is between the pool and `time.time`."""
    with FakeProxy(start=START, time="app"), ThreadPool(1) as pool:
        function = getattr(time, read)
        expected = function()
        assert [place(function) for place in (in_executor, in_to_thread, in_run_in_executor)] == [expected] * 3
        assert pool.apply(function) == expected
        assert pool.starmap(function, [()]) == [expected]


def test_the_real_time_is_back_afterwards() -> None:
    with FakeProxy(start=START, time="app"), FakeProxy(time="app"):
        pass
    import freezegun.api

    assert freezegun.api._should_use_real_time.__module__ == "freezegun.api"
    assert in_executor(time.time) == pytest.approx(time.time(), abs=60)


def test_waiting_goes_by_real_time() -> None:
    """Time-outs of threads, queues, events and processes strike."""
    with FakeProxy(start=START, time="app"):
        with pytest.raises(queue.Empty):
            queue.Queue().get(timeout=0.01)
        assert not threading.Event().wait(0.01)
        with ThreadPoolExecutor(1) as pool:
            gate = threading.Event()
            try:
                with pytest.raises(concurrent.futures.TimeoutError):  # TimeoutError since Python 3.11
                    pool.submit(gate.wait).result(timeout=0.01)
            finally:
                gate.set()
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run([sys.executable, "-c", "import time; time.sleep(5)"], timeout=0.05, check=False)
        asyncio.run(asyncio.sleep(0.001))


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["cache+memory://", "rpc://"])
def test_waiting_for_celery_goes_by_real_time(backend: str) -> None:
    """A worker that looks for tasks, and a caller that waits for a result; both without end in frozen time."""
    from celery import Celery

    app = Celery("jobs", broker="memory://", backend=backend)
    caught: list[str] = []

    def wait() -> None:
        with suppress(queue.Empty):
            app.connection().SimpleQueue("tasks").get(timeout=0.01)
        try:
            app.send_task("unknown").get(timeout=0.01)
        except Exception as error:
            caught.append(type(error).__name__)

    with FakeProxy(start=START, time="app"):
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        thread.join(20)
    assert caught == ["TimeoutError"]


@pytest.mark.parametrize("start", ["2020-01-01T09:00:00Z", START])
def test_a_worker_of_celery_waits_for_a_countdown_from_the_frozen_time(start: str) -> None:
    """It neither runs at once, since 2020 is long ago, nor waits until 2030."""
    from kombu.asynchronous.timer import to_timestamp

    with FakeProxy(start=start, time="app"):
        eta = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        assert to_timestamp(eta) - Unfrozen.monotonic() == pytest.approx(3600, abs=60)  # type: ignore[no-untyped-call]


def test_an_applications_own_freeze_inside() -> None:
    from freezegun import freeze_time

    with FakeProxy(start=START, time="app"):
        with freeze_time("2031-01-01"):
            assert in_executor(lambda: datetime.datetime.now().year) == 2031
            assert in_executor(lambda: time.gmtime().tm_year) == 2031
        assert in_executor(lambda: time.gmtime().tm_year) == 2030


@pytest.mark.filterwarnings("ignore")  # of the frameworks, and of utcnow
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_freeze_around_reaches_threads_too(place: Callable[[Callable[[], Any]], Any]) -> None:
    from freezegun import freeze_time

    with freeze_time(START), FakeProxy(time="app") as proxy:
        assert place(times) == pytest.approx(dict.fromkeys(times(), NINE), rel=0, abs=0.001)
        proxy.clock.advance(hours=1)
        assert place(times) == pytest.approx(dict.fromkeys(times(), NINE + 3600), rel=0, abs=0.001)
