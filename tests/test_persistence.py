"""The state on disk: what was answered is there after a kill, a damaged file is left alone."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.engine.records import Row
from fakeproxy.persistence import Database
from tests.properties.network import Network, network_steps
from tests.properties.requests import Step

START = "2030-01-01T09:00:00Z"
AUTH = ("AC" + "1" * 32, "token")


def database(proxy: FakeProxy, path: Path | str) -> Database:
    return Database(str(path), proxy._store, proxy.clock.dump)


@settings(max_examples=60)
@given(st.lists(network_steps(), min_size=3, max_size=30), st.integers(0, 30))
def test_what_is_read_back_is_the_state(
    tmp_path_factory: pytest.TempPathFactory, history: list[Step], cut: int
) -> None:
    """At any moment, after any history, a restore of an earlier state included."""
    path = tmp_path_factory.mktemp("state") / "state.db"
    with FakeProxy(start=START, intercept=False, behavior={"message_seconds": 7}) as proxy:
        network = Network(proxy)
        network.begin()
        file = database(proxy, path)
        file.commit()
        early = proxy.snapshot()
        for number, step in enumerate(history):
            if number == cut:
                proxy.restore(early)
            network.play(step)
            file.commit()
        expected = json.loads(json.dumps(proxy.snapshot()))
        file.close()
    with FakeProxy(intercept=False) as other:
        again = database(other, path)
        found = again.read()
        again.close()
        assert found is not None
        other.restore(found)
        assert other.snapshot() == expected


def test_the_rows_are_as_they_were_before() -> None:
    assert "__setattr__" not in vars(Row)


def test_a_commit_writes_what_has_changed(tmp_path: Path) -> None:
    """However many sessions there are, a request writes a few rows."""
    written: list[int] = []
    with FakeProxy(intercept=False) as proxy:
        service = proxy.add_service("rides")
        file = database(proxy, tmp_path / "state.db")
        file.commit()
        for _ in range(200):
            proxy.add_session(service)
            before = file._connection.total_changes
            file.commit()
            written.append(file._connection.total_changes - before)
        file.close()
    assert set(written) == {2}  # the session, and what does not grow


def test_a_commit_that_failed_is_made_up_for(tmp_path: Path) -> None:
    """Somebody reads the file, which SQLite does not let a commit wait for without end."""
    path = tmp_path / "state.db"
    with FakeProxy(intercept=False) as proxy:
        file = database(proxy, path)
        file._connection.execute("PRAGMA busy_timeout = 0")
        proxy.add_service("first")
        file.commit()
        reader = sqlite3.connect(path)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM items").fetchone()
        proxy.add_service("second")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            file.commit()
        reader.close()
        proxy.add_service("third")
        file.commit()
        file.close()
        assert names_in(path) == ["first", "second", "third"]


def test_two_in_one_process(tmp_path: Path) -> None:
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    p, q = FakeProxy(intercept=False), FakeProxy(intercept=False)
    assert (p.keep_state(str(one)), q.keep_state(str(other))) == (False, False)
    p.add_service("of p")
    q.add_service("of q")
    q.start()
    p.start()
    rename(q, "newer")
    rename(p, "new")
    p.stop()
    rename(q, "newest")
    q.stop()
    assert (names_in(one), names_in(other)) == (["new"], ["newest"])
    assert "__setattr__" not in vars(Row)


def test_a_fake_that_was_kept_is_kept_in_another_file(tmp_path: Path) -> None:
    proxy = FakeProxy(intercept=False)
    for name in ("one.db", "other.db"):
        proxy.keep_state(str(tmp_path / name))
        with proxy:
            proxy.add_service("rides")
        assert names_in(tmp_path / name) == ["rides"]


def rename(proxy: FakeProxy, name: str) -> None:
    service = next(iter(proxy.services))
    requests.post(f"{proxy.url}/v1/Services/{service}", {"UniqueName": name}, auth=AUTH, timeout=5).raise_for_status()


def names_in(path: Path) -> list[str | None]:
    proxy = FakeProxy(intercept=False)
    assert proxy.keep_state(str(path))
    with proxy:
        return [service.unique_name for service in proxy.services.values()]


def served(path: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "fakeproxy", "serve", "--state", str(path), "--time", "still", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().split()[2].removesuffix("/v1,")


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"services": [{"unique_name": "rides", "numbers": ["+14155550001"]}]}))
    process, url = served(path, "--start", START, "--load", str(seed))
    service = requests.get(f"{url}/v1/Services", auth=AUTH, timeout=5).json()["services"][0]["sid"]
    answered = [
        requests.post(f"{url}/v1/Services/{service}/Sessions", {"Ttl": 3600}, auth=AUTH, timeout=5).json()["sid"]
        for _ in range(20)
    ]
    fakeproxy.connect(url).clock.advance(60)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    process, url = served(path, "--load", str(seed))
    remote = fakeproxy.connect(url)
    assert list(remote.sessions) == answered
    assert remote.clock.now().isoformat() == "2030-01-01T09:01:00+00:00"
    assert len(remote.services) == 1
    remote.clock.advance(hours=1)
    assert {session.status for session in remote.sessions.values()} == {"closed"}
    remote.add_session(unique_name="after")
    process.send_signal(signal.SIGTERM)
    process.communicate()

    process, url = served(path)
    assert "after" in [session.unique_name for session in fakeproxy.connect(url).sessions.values()]
    process.kill()
    process.communicate()


def test_what_came_through_the_tunnel_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    proxy = FakeProxy(intercept=False)
    proxy.keep_state(str(path))
    with proxy:
        tunnel = proxy.tunnel()
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = {"https": tunnel.url}
            session.verify = str(tunnel.authority_file)
            session.post("https://proxy.twilio.com/v1/Services", {"UniqueName": "rides"}, auth=AUTH).raise_for_status()
        with closing(sqlite3.connect(path)) as reader:
            assert reader.execute("SELECT count(*) FROM items WHERE part = 'services'").fetchone() == (1,)


def damage(path: Path, how: str) -> None:
    if how == "text":
        path.write_text("this is no database, and longer than a header of SQLite would be" * 20)
        return
    with FakeProxy(intercept=False) as proxy:
        for number in range(200):
            proxy.add_service(f"service-{number}")
        file = database(proxy, path)
        file.commit()
        file.close()
    if how == "pages":
        content = bytearray(path.read_bytes())
        content[5000:9000] = b"x" * 4000
        path.write_bytes(content)
        return
    connection = sqlite3.connect(path)
    connection.execute(
        {
            "json": "UPDATE items SET value = '{' WHERE part = 'services'",
            "meta": "DELETE FROM items WHERE part = 'meta'",
            "table": "ALTER TABLE items RENAME TO others",
            "version": "UPDATE items SET value = replace(value, '\"format\": 1', '\"format\": 9')",
        }[how]
    )
    connection.commit()
    connection.close()


@pytest.mark.parametrize("how", ["text", "pages", "json", "meta", "table", "version"])
def test_a_damaged_file_is_refused_by_name_and_left_alone(tmp_path: Path, how: str) -> None:
    path = tmp_path / "state.db"
    damage(path, how)
    before = path.read_bytes()
    proxy = FakeProxy(intercept=False)
    with pytest.raises(UsageError, match=r"state\.db is no state of fakeproxy that can be read, and was left alone"):
        proxy.keep_state(str(path))
    assert path.read_bytes() == before
    assert "__setattr__" not in vars(Row)


def test_in_process(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    for names in ([], ["one"], ["one", "two"]):
        proxy = FakeProxy(intercept=False, start=START)
        assert proxy.keep_state(path) == bool(names)
        with proxy:
            url = f"{proxy.url}/v1/Services"
            found: Any = requests.get(url, auth=AUTH, timeout=5).json()["services"]
            assert [service["unique_name"] for service in found] == names
            requests.post(url, {"UniqueName": ["one", "two", "three"][len(names)]}, auth=AUTH, timeout=5)
