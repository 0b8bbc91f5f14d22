"""The state on disk: what was answered is there after a kill, a damaged file is left alone."""

from __future__ import annotations

import ctypes
import gc
import json
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import fakeproxy
from fakeproxy import Behavior, FakeProxy, UsageError
from fakeproxy.exceptions import NotWritten
from fakeproxy.fake.state_file import FORMAT, StateFile
from tests.properties.network import Network, network_steps
from tests.properties.requests import Step

START = "2030-01-01T09:00:00Z"
AUTH = ("AC" + "1" * 32, "token")


def database(proxy: FakeProxy, path: Path | str) -> StateFile:
    return StateFile(str(path), proxy._store, proxy.clock.dump)


def rows_in(path: Path) -> dict[str, int]:
    """How many items of each part there are, in a copy: the file itself is locked while it is in use."""
    folder = path.parent / "copy"
    shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("copy"))
    with closing(sqlite3.connect(folder / path.name)) as reader:
        found = dict(reader.execute("SELECT part, count(*) FROM items GROUP BY part"))
    shutil.rmtree(folder)
    return found


@given(st.lists(network_steps(), min_size=3, max_size=30), st.integers(0, 30))
def test_what_is_read_back_is_the_state(
    tmp_path_factory: pytest.TempPathFactory, history: list[Step], cut: int
) -> None:
    """After any history, a restore of an earlier state included."""
    path = tmp_path_factory.mktemp("state") / "state.db"
    with FakeProxy(start=START, intercept=False, behavior={"message_seconds": 7}) as proxy:
        network = Network(proxy)
        network.begin()
        file = database(proxy, path)
        file.keep()
        early = proxy.snapshot()
        for number, step in enumerate(history):
            if number == cut:
                proxy.restore(early)
            network.play(step)
        expected = json.loads(json.dumps(proxy.snapshot()))
        file.close()
    with FakeProxy(intercept=False) as other:
        again = database(other, path)
        found = again.read()
        again.close()
        assert found is not None
        other.restore(found)
        assert other.snapshot() == expected


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[FakeProxy, list[str]]]:
    """A fake that keeps its state, and the statements that its file has seen."""
    proxy = FakeProxy(intercept=False, start=START, behavior={"rate_limit": True})
    service = proxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
    proxy.add_session(service, participants=["+14155550100", "+14155550101"], unique_name="job")
    proxy.keep_state(str(tmp_path / "state.db"))
    statements: list[str] = []
    proxy._state_file._connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
    with proxy:
        yield proxy, statements


def test_a_commit_writes_what_has_changed(kept: tuple[FakeProxy, list[str]]) -> None:
    """However many sessions there are, a request writes a few rows."""
    proxy, statements = kept
    written = set()
    for _ in range(50):
        statements.clear()
        proxy.add_session("rides")
        written.add(len([one for one in statements if one.startswith(("INSERT", "DELETE"))]))
    assert written == {2}  # the session, and what does not grow


def test_what_changes_nothing_writes_nothing(kept: tuple[FakeProxy, list[str]]) -> None:
    proxy, statements = kept
    url, service = proxy.url, proxy.services["rides"].sid
    requests.get(f"{url}/v1/Services", auth=AUTH, timeout=20)  # This account presents itself for the first time.
    statements.clear()
    proxy._store.behavior = Behavior()
    for path in (
        "/v1/Services",
        f"/v1/Services/{service}",
        "/v1/Services/nobody",
        "/_fakeproxy/clock",
        "/_fakeproxy/state",
    ):
        requests.get(f"{url}{path}", auth=AUTH, timeout=20)
    requests.post(f"{url}/v1/Services", {"UniqueName": "rides"}, auth=AUTH, timeout=20)  # refused
    assert len(proxy.sessions) == 1
    assert statements == []


def test_what_follows_the_deletion_of_a_service_is_kept(tmp_path: Path) -> None:
    """The numbers that its people were given are forgotten, those of other Services are not."""
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_state(str(tmp_path / "state.db"))
        rides, sales = (proxy.add_service(name, numbers=[f"+1415555000{end}"]) for end, name in enumerate(("a", "b")))
        proxy.add_session(rides, participants=["+14155550100"])
        proxy.client().proxy.v1.services(rides.sid).delete()
        proxy.add_session(sales, participants=["+14155550101"])
        expected = proxy.snapshot()
    with FakeProxy(intercept=False) as again:
        again.keep_state(str(tmp_path / "state.db"))
        assert again.snapshot() == expected
        assert [entry[:2] for entry in expected["history"]] == [[sales.sid, "+14155550101"]]


@pytest.mark.parametrize("number", ["+14155550100", "+14155550199"])
def test_a_text_is_one_commit(kept: tuple[FakeProxy, list[str]], number: str) -> None:
    """One that is delivered, and one that comes from nobody of a session."""
    proxy, statements = kept
    remote = fakeproxy.connect(proxy.url)
    remote.phone(number).text("+14155550001", "hi")
    assert statements.count("COMMIT") == 1
    statements.clear()
    remote.clock.advance(hours=1)
    assert statements.count("COMMIT") == 1


def test_what_cannot_be_written_is_not_done(kept: tuple[FakeProxy, list[str]]) -> None:
    proxy, _ = kept
    remote = fakeproxy.connect(proxy.url)
    requests.get(f"{proxy.url}/v1/Services", auth=AUTH, timeout=20)
    before = proxy.snapshot()
    connection = proxy._state_file._connection  # type: ignore[union-attr]
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")  # as if the disk were full
    name = "x" * 180
    answers = [
        requests.post(f"{proxy.url}/v1/Services", {"UniqueName": name + str(n)}, auth=AUTH, timeout=20)
        for n in range(40)
    ]
    assert answers[-1].status_code == 500
    assert answers[-1].json()["code"] == 20500
    assert "so this was not done: database or disk is full" in answers[-1].json()["message"]
    for act in (
        lambda: proxy.add_session("rides", unique_name=name),
        lambda: proxy.phone("+14155550100").text("+14155550001", "x" * 1000),
        lambda: remote.phone("+14155550100").text("+14155550001", "x" * 1000),
        lambda: remote.add_session("rides", unique_name=name),
    ):
        for _ in range(9):
            try:
                act()
            except NotWritten:
                break
        else:
            raise AssertionError
    done = [answer for answer in answers if answer.status_code == 201]
    assert len(proxy.services) == 1 + len(done)
    connection.execute("PRAGMA max_page_count = 1000000")
    proxy.add_session("rides", unique_name="after")
    after = proxy.snapshot()
    assert len(after["tables"]["services"]) == len(before["tables"]["services"]) + len(done)
    path = proxy._state_file._path  # type: ignore[union-attr]
    proxy.stop()
    other = FakeProxy(intercept=False)
    other.keep_state(path)
    assert other.snapshot() == json.loads(json.dumps(after))
    with other:
        pass


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


def test_one_file_is_that_of_one_fake(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_state(str(path))
        with pytest.raises(UsageError, match=r"state\.db is in use: another fakeproxy keeps its state there"):
            FakeProxy(intercept=False).keep_state(str(path))
        command = [sys.executable, "-m", "fakeproxy", "serve", "--state", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"fakeproxy: {path} is in use: another fakeproxy keeps its state there\n"
    assert FakeProxy(intercept=False).keep_state(str(path))


def test_a_fake_that_was_kept_is_kept_in_another_file(tmp_path: Path) -> None:
    proxy = FakeProxy(intercept=False)
    for name in ("one.db", "other.db"):
        proxy.keep_state(str(tmp_path / name))
        with proxy:
            proxy.add_service("rides")
        assert names_in(tmp_path / name) == ["rides"]


def rename(proxy: FakeProxy, name: str) -> None:
    service = next(iter(proxy.services))
    requests.post(f"{proxy.url}/v1/Services/{service}", {"UniqueName": name}, auth=AUTH, timeout=20).raise_for_status()


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


@pytest.mark.slow
def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"services": [{"unique_name": "rides", "numbers": ["+14155550001"]}]}))
    process, url = served(path, "--start", START, "--load", str(seed))
    service = requests.get(f"{url}/v1/Services", auth=AUTH, timeout=20).json()["services"][0]["sid"]
    answered = [
        requests.post(f"{url}/v1/Services/{service}/Sessions", {"Ttl": 3600}, auth=AUTH, timeout=20).json()["sid"]
        for _ in range(20)
    ]
    fakeproxy.connect(url).clock.advance(60)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)

    process, url = served(path)
    remote = fakeproxy.connect(url)
    assert list(remote.sessions) == answered
    assert remote.clock.now().isoformat() == "2030-01-01T09:01:00+00:00"
    assert len(remote.services) == 1
    remote.clock.advance(hours=1)
    assert {session.status for session in remote.sessions.values()} == {"closed"}
    remote.add_session(unique_name="after")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)

    process, url = served(path)
    assert "after" in [session.unique_name for session in fakeproxy.connect(url).sessions.values()]
    process.kill()
    process.communicate(timeout=30)


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
        assert rows_in(path)["services"] == 1


def damage(path: Path, how: str) -> None:
    if how in ("empty", "byte"):
        path.write_bytes(b"x" * (how == "byte"))
        return
    if how == "text":
        path.write_text("this is no database, and longer than a header of SQLite would be" * 20)
        return
    with FakeProxy(intercept=False) as proxy:
        for number in range(200):
            proxy.add_service(f"service-{number}")
        file = database(proxy, path)
        file.keep()
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
            "version": f"UPDATE items SET value = replace(value, '\"format\": {FORMAT}', '\"format\": 9')",
        }[how]
    )
    connection.commit()
    connection.close()


@pytest.mark.parametrize("how", ["empty", "byte", "text", "pages", "json", "meta", "table", "version"])
def test_a_damaged_file_is_refused_by_name_and_left_alone(tmp_path: Path, how: str) -> None:
    path = tmp_path / "state.db"
    damage(path, how)
    before = path.read_bytes()
    proxy = FakeProxy(intercept=False)
    with pytest.raises(UsageError, match=r"state\.db is no state file of fakeproxy, and was not changed"):
        proxy.keep_state(str(path))
    assert path.read_bytes() == before


def test_a_fake_that_is_never_stopped_leaves_its_file_without_a_warning(tmp_path: Path) -> None:
    """Python 3.13 would warn of the connection."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        FakeProxy(intercept=False).keep_state(str(tmp_path / "state.db"))
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    assert FakeProxy(intercept=False).keep_state(str(tmp_path / "state.db"))


def test_in_process(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    for names in ([], ["one"], ["one", "two"]):
        proxy = FakeProxy(intercept=False, start=START)
        assert proxy.keep_state(path) == bool(names)
        with proxy:
            url = f"{proxy.url}/v1/Services"
            found: Any = requests.get(url, auth=AUTH, timeout=20).json()["services"]
            assert [service["unique_name"] for service in found] == names
            requests.post(url, {"UniqueName": ["one", "two", "three"][len(names)]}, auth=AUTH, timeout=20)


def refused(*arguments: str) -> str:
    """What `fakeproxy serve` says in its one line before it ends."""
    command = [sys.executable, "-m", "fakeproxy", "serve", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line.removeprefix("fakeproxy: ")


@pytest.mark.slow
def test_what_is_wrong_with_files_is_told_in_one_line(tmp_path: Path) -> None:
    state, typo = str(tmp_path / "state.db"), tmp_path / "typo.json"
    typo.write_text("{services: []}")
    assert "typo.json is no JSON" in refused("--state", state, "--load", str(typo))
    typo.write_text('{"servces": []}')
    assert "takes no servces" in refused("--state", state, "--load", str(typo))
    assert "No such file" in refused("--state", state, "--load", str(tmp_path / "gone.json"))
    assert not Path(state).exists()  # so that the next start is not one with an empty state
    assert refused("--state", str(tmp_path)).startswith(f"{tmp_path} cannot be opened")
    assert refused("--state", str(tmp_path / "no" / "state.db")).startswith(f"{tmp_path}/no/state.db ")
    if Path("/dev/full").exists():
        assert refused("--state", "/dev/full").startswith("/dev/full ")


def mounted_read_only(folder: Path, serve: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a mount namespace of its own, where the folder cannot be written."""
    mount = f"mount --bind -o ro {folder} {folder} && mount -o remount,bind,ro {folder}"
    command = ["unshare", "-m", "sh", "-c", f"{mount} || exit 99; exec {shlex.join(serve)}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


def without_permission(folder: Path, serve: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command that has no permission to write to the folder or the files in it, not even as root."""
    for path in (*folder.iterdir(), folder):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        return subprocess.run(serve, capture_output=True, text=True, timeout=20, preexec_fn=give_up_overriding)
    finally:
        folder.chmod(0o700)


def give_up_overriding() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(24, 1)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE: what lets root write to anything


@pytest.mark.slow
@pytest.mark.parametrize("name", ["state.db", "new.db"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_state(str(tmp_path / "state.db"))
    serve = [sys.executable, "-m", "fakeproxy", "serve", "--state", str(tmp_path / name)]
    ways = [without_permission]
    if subprocess.run(["sh", "-c", "unshare -m mount --bind . ."], capture_output=True, cwd=tmp_path).returncode == 0:
        ways.append(mounted_read_only)
    for way in ways:
        done = way(tmp_path, serve)
        assert done.returncode == 1, done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith(f"fakeproxy: {tmp_path / name} ")


@pytest.mark.slow
def test_what_would_not_be_loaded_is_refused_unless_the_state_is_reset(tmp_path: Path) -> None:
    path, seed = tmp_path / "state.db", tmp_path / "seed.json"
    seed.write_text(json.dumps({"services": [{"unique_name": "of-the-seed"}]}))
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_state(str(path))
        proxy.add_service("of-before")
    assert "give --reset-state to delete it" in refused("--state", str(path), "--load", str(seed))
    process, url = served(path, "--load", str(seed), "--reset-state")
    assert [service.unique_name for service in fakeproxy.connect(url).services.values()] == ["of-the-seed"]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert names_in(path) == ["of-the-seed"]
