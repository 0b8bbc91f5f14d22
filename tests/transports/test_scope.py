"""Which fake gets a request: the context's, else the newest of the process; never the network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest
import requests
from twilio.rest import Client

from fakeproxy import FakeProxy, NotActive, UsageError

URL = "https://proxy.twilio.com/v1/Services"


def names() -> list[str]:
    return [service.unique_name for service in Client("AC1", "x").proxy.v1.services.list()]


async def by_httpx() -> list[str]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(URL, auth=("AC1", "x"))
    return [service["unique_name"] for service in answer.json()["services"]]


def in_a_thread(ask: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = Thread(target=lambda: results.append(ask()))
    thread.start()
    thread.join()
    return results[0]


async def in_an_executor() -> list[str]:
    return await asyncio.get_running_loop().run_in_executor(None, names)


async def in_a_task() -> list[str]:
    return await asyncio.create_task(by_httpx())


def ways(pool: ThreadPoolExecutor) -> list[Callable[[], list[str]]]:
    return [
        names,
        lambda: [service["unique_name"] for service in requests.get(URL, auth=("AC1", "x")).json()["services"]],
        lambda: in_a_thread(names),
        lambda: in_a_thread(lambda: in_a_thread(names)),
        lambda: pool.submit(names).result(),
        lambda: asyncio.run(by_httpx()),
        lambda: asyncio.run(in_a_task()),
        lambda: asyncio.run(in_an_executor()),
        lambda: asyncio.run(asyncio.wait_for(asyncio.to_thread(names), 5)),
    ]


def test_two_fakes_in_two_threads_do_not_mix() -> None:
    barrier, wrong = Barrier(2), []
    start, submit = Thread.start, ThreadPoolExecutor.submit
    with ThreadPoolExecutor(2) as pool:
        pool.submit(int).result()

        def work(name: str) -> None:
            with FakeProxy(scope="context") as proxy:
                proxy.add_service(name)
                for way in ways(pool):
                    barrier.wait(30)
                    found = way()
                    if found != [name]:
                        wrong.append(found)
                barrier.wait(30)

        threads = [Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert (Thread.start, ThreadPoolExecutor.submit) == (start, submit)


def test_the_context_goes_before_the_process(proxy: FakeProxy) -> None:
    proxy.add_service("process")
    with FakeProxy(scope="context") as mine:
        mine.add_service("context")
        with FakeProxy() as newer:
            newer.add_service("newer")
            assert names() == ["context"]
        assert names() == ["context"]
    assert names() == ["process"]


def test_the_end_of_an_inner_fake_leaves_the_outer_one_where_it_was() -> None:
    with FakeProxy(scope="context") as outer:
        outer.add_service("outer")
        with FakeProxy(scope="context") as inner:
            inner.add_service("inner")
            assert names() == ["inner"]
        assert names() == in_a_thread(names) == ["outer"]
        inner.start()
        other = FakeProxy(scope="context").start()
        inner.stop()  # out of order
        assert names() == []
        other.stop()
        assert names() == ["outer"]


def test_what_others_made_of_threads_stays_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = Thread.start

    def noting(self: Thread) -> None:
        started.append(self)
        start(self)

    monkeypatch.setattr(Thread, "start", noting)
    with FakeProxy(scope="context") as proxy:
        proxy.add_service("rides")
        assert in_a_thread(names) == ["rides"]
    assert Thread.start is noting
    assert len(started) == 1


def test_a_thread_of_a_pool_serves_others_after_a_context() -> None:
    with ThreadPoolExecutor(1) as pool, FakeProxy() as of_the_process:
        of_the_process.add_service("of the process")
        pool.submit(int).result()

        def elsewhere() -> list[str]:
            with FakeProxy(scope="context"):
                inside = pool.submit(names).result()
                outside = outer.run(pool.submit, names).result()
            return [*inside, *outside]

        outer = copy_context()
        assert copy_context().run(elsewhere) == ["of the process"]


def test_a_stray_thread_is_stopped_and_named() -> None:
    go, outcome = threading.Event(), []

    def stray() -> None:
        go.wait(30)
        try:
            names()
        except NotActive as error:
            outcome.append(str(error))

    thread = Thread(target=stray, name="the stray")
    thread.start()
    with FakeProxy(scope="context"):
        go.set()
        thread.join()
    assert "it comes from 'the stray', and every active fake belongs to another context" in outcome[0]


def test_tasks_each_with_a_fake() -> None:
    async def work(name: str) -> list[str]:
        with FakeProxy(scope="context") as proxy:
            proxy.add_service(name)
            await asyncio.sleep(0)
            first = await by_httpx()
            await asyncio.sleep(0)
            return first + await by_httpx()

    async def main() -> list[list[str]]:
        return await asyncio.gather(*[work(str(number)) for number in range(8)])

    assert asyncio.run(main()) == [[str(number)] * 2 for number in range(8)]


def test_it_may_end_in_another_context() -> None:
    proxy = FakeProxy(scope="context").start()
    in_a_thread(proxy.stop)
    with FakeProxy() as other:
        other.add_service("other")
        assert names() == ["other"]


def test_the_setting_is_checked() -> None:
    with pytest.raises(UsageError, match="scope='thread': expected 'process' or 'context'"):
        FakeProxy(scope="thread")  # type: ignore[arg-type]
