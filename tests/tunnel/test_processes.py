"""Children of this process, however they are started: their requests land in the fake of this process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import fakeproxy
from fakeproxy import BlockedRequest, FakeProxy
from tests import needs
from tests.quick import slow_but
from tests.tunnel import forked

#: The first is the default.
METHODS = multiprocessing.get_all_start_methods()
methods = pytest.mark.parametrize("method", slow_but(METHODS, METHODS[0]))
# What Python 3.12 warns of is a fork with any thread at all; the threads of these tests hold no lock of their own.
pytestmark = pytest.mark.filterwarnings("default:This process .* is multi-threaded:DeprecationWarning")


def names(proxy: FakeProxy) -> list[str | None]:
    return [service.unique_name for service in proxy.services.values()]


def in_fork(child: Callable[[], object], seconds: int = 30) -> str:
    """Run this in a forked child; return what it prints, or the traceback of what it raises."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(seconds)
            told = str(child())
        except BaseException:
            told = traceback.format_exc()
        os.write(write, told.encode())
        os._exit(0)
    os.close(write)
    with open(read) as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return told


@methods
def test_a_process_of_multiprocessing(method: str) -> None:
    with FakeProxy() as proxy:
        context: Any = multiprocessing.get_context(method)
        process = context.Process(target=forked.create, args=("rides",))
        process.start()
        process.join(60)
        assert process.exitcode == 0
        assert names(proxy) == ["rides"]


@methods
def test_pools(method: str) -> None:
    context = multiprocessing.get_context(method)
    with FakeProxy() as proxy:
        with context.Pool(2) as pool:
            assert len(set(pool.map(forked.create, ["a", "b", "c"]))) == 3
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            list(executor.map(forked.create, ["d", "e"]))
        assert sorted(map(str, names(proxy))) == ["a", "b", "c", "d", "e"]


@methods
def test_what_a_child_may_not_call_is_stopped_and_fails_the_test(method: str) -> None:
    with FakeProxy(blocked="fail") as proxy:
        with multiprocessing.get_context(method).Pool(1) as pool:
            told = pool.apply(forked.look_up)
        assert told.startswith("BlockedRequest: GET https://lookups.twilio.com/v1/PhoneNumbers was stopped")
        with pytest.raises(BlockedRequest, match="lookups"):
            proxy.check()


@methods
@pytest.mark.parametrize("time", ["app", "ticking"])
def test_under_any_time(method: str, time: str) -> None:
    with FakeProxy(time=time, start="2030-01-01T09:00:00Z") as proxy:  # type: ignore[arg-type]
        with multiprocessing.get_context(method).Pool(1) as pool:
            pool.apply(forked.create, ("rides",))
        assert [f"{service.date_created:%Y}" for service in proxy.services.values()] == ["2030"]


@methods
def test_a_fake_that_a_child_makes_is_its_own(method: str) -> None:
    with FakeProxy() as proxy:
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply(forked.create_in_own_fake, ("rides",)) == ["rides"]
            assert len(pool.apply(forked.create, ("meals",))) == 34
        assert names(proxy) == ["meals"]


@methods
def test_children_of_a_process_that_drives_a_fake_elsewhere(method: str) -> None:
    with FakeProxy(intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url):
        with multiprocessing.get_context(method).Pool(1) as pool:
            pool.apply(forked.create, ("rides",))
        assert names(elsewhere) == ["rides"]


@pytest.mark.parametrize("environment", ["inherited", "a copy", "a copy with more"])
def test_programs_in_python(environment: str) -> None:
    env = {"inherited": None, "a copy": {**os.environ}, "a copy with more": {**os.environ, "MORE": "1"}}[environment]
    program = "from tests.tunnel.forked import create; create('rides')"
    root = Path(__file__).parents[2]
    with FakeProxy() as proxy:
        # A fake fills in credentials: an environment that was copied before has none.
        env = env and {**env, **os.environ}
        done = subprocess.run([sys.executable, "-c", program], env=env, cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert names(proxy) == ["rides"]


def test_an_environment_of_its_own_is_left_alone() -> None:
    program = "import os; print('FAKEPROXY_URL' in os.environ)"
    with FakeProxy():
        done = subprocess.run([sys.executable, "-c", program], env={"A": "1"}, capture_output=True, text=True)
    assert done.stdout == "False\n"


@needs.fork
def test_forked_workers_and_what_they_fork() -> None:
    with FakeProxy() as proxy:
        assert in_fork(lambda: (forked.create("a"), in_fork(lambda: forked.create("b")))).count("KS") == 2
        assert names(proxy) == ["a", "b"]


@pytest.mark.slow
@needs.fork
def test_a_fork_while_other_threads_are_in_requests() -> None:
    with FakeProxy() as proxy:
        # The SDK imports its parts late; a fork while another thread imports is a deadlock of Python's own.
        proxy.client().proxy.v1.services.list()
        ended = threading.Event()

        def ask() -> None:
            while not ended.is_set():
                proxy.client().proxy.v1.services.list()

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for number in range(5):
                assert in_fork(lambda number=number: forked.create(f"s{number}")).startswith("KS")  # type: ignore[misc]
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        assert len(proxy.services) == 5


@needs.fork
def test_a_child_ends_nothing_of_its_parents() -> None:
    proxy = FakeProxy(time="app").start()
    try:
        tunnel = proxy.tunnel()

        def child() -> str:
            proxy.stop()
            proxy.check()
            return "stopped"

        assert in_fork(child) == "stopped"
        assert tunnel.authority_file.exists()
        assert fakeproxy.connect(proxy.url).clock.now() == proxy.clock.now()
        assert in_fork(lambda: forked.create("rides")).startswith("KS")
        assert names(proxy) == ["rides"]
    finally:
        proxy.stop()
    assert not tunnel.authority_file.exists()


@needs.fork
def test_a_child_that_leaves_the_with_block(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    proxy = FakeProxy()
    proxy.keep_state(state)
    pid = 0
    with proxy:
        proxy.faults.server_error(optional=False)  # What it met is the parent's to check.
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
            with pytest.raises(Exception, match="500"):
                forked.create("meals")
            assert forked.create("rides")
    if pid == 0:
        os._exit(0)
    again = FakeProxy()
    assert again.keep_state(state)
    again.start().stop()
    assert names(again) == ["rides"]


@pytest.mark.slow
@needs.fork
def test_the_fake_itself_is_not_used_in_a_child() -> None:
    """It would change or show a copy; its text says what to do instead."""
    with FakeProxy() as proxy:
        uses: list[Callable[[], object]] = [
            lambda: proxy.add_service("rides"),
            lambda: list(proxy.services),
            lambda: proxy.clock.advance(1),
            lambda: proxy.phone("+14155550100").text("+14155550001", "hi"),
            lambda: proxy.reset(),
            lambda: proxy.serve(),
        ]
        for use in uses:
            told = in_fork(use)
            assert "NotActive" in told, told
            assert f"fakeproxy.connect({proxy.url!r})" in told
        assert not in_fork(lambda: fakeproxy.connect(proxy.url).add_service("rides").sid).startswith("Trace")
        assert "forked" in in_fork(proxy.report)
        assert names(proxy) == ["rides"]


@needs.fork
def test_a_child_that_outlives_the_fake_is_stopped_with_a_text() -> None:
    ready, go = os.pipe(), os.pipe()
    with FakeProxy():
        pid = os.fork()
        if pid == 0:
            os.read(go[0], 1)
            try:
                forked.create("rides")
            except BaseException as error:
                os.write(ready[1], str(error).encode())
            os._exit(0)
    os.write(go[1], b"x")
    os.close(ready[1])
    with open(ready[0]) as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    for end in go:
        os.close(end)
    assert "has ended" in told
    assert "start this process while" in told


@methods
def test_where_no_server_can_be_started_children_are_stopped(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_server(*_: object, **__: object) -> None:
        raise OSError("no sockets here")

    monkeypatch.setattr("fakeproxy.transports.loopback.server.Server", no_server)
    with (
        FakeProxy(),
        multiprocessing.get_context(method).Pool(1) as pool,
        pytest.raises(Exception, match="no sockets here"),
    ):
        pool.apply(forked.create, ("rides",))
