"""The documentation says what the code does: every block of Python in it is an example that runs."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy, exceptions
from fakeproxy.behavior import SOURCES, Behavior
from tests import needs

ROOT = Path(__file__).parent.parent
GENERATE: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "generate.py"))
GUESSES: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "guesses.py"))
PAGES: list[Path] = GENERATE["PAGES"]
LINKING = [*PAGES, *(path for path in ROOT.glob("*.md") if path not in PAGES), *ROOT.glob("examples/**/*.md")]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_generated_is_up_to_date(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == GENERATE["page"](text), "run: python docs/generate.py"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_block_of_python_is_a_file_of_the_examples(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = text.count("```python")
    included = re.findall(r"<!-- begin ((?:tests/)?examples/\S+\.py) -->\n```python", text)
    assert blocks == len(included)


def test_every_example_is_shown() -> None:
    shown = {name for path in PAGES for name in re.findall(r"<!-- begin (\S+) -->", path.read_text(encoding="utf-8"))}
    examples = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests" / "examples").rglob("*")
        if path.suffix in (".py", ".sh", ".ini") and path.stem not in ("__init__", "conftest")
    }
    assert examples <= shown


def test_the_example_in_a_shell(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nexec {shlex.join((shutil.which(needs.CURL[0]) or "", *needs.CURL[1:]))} "$@"\n')
    curl.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), sysconfig.get_path("scripts"), os.environ["PATH"]))
    script = ROOT / "tests" / "examples" / "in_any_language.sh"
    environment = {"PATH": path, "PORT": port}
    done = subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_example_of_a_django_site() -> None:
    folder = ROOT / "tests" / "examples" / "django_site"
    command = [sys.executable, "-B", "-W", "error", "-m", "django", "test", "--settings=settings"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Ran 5 tests" in done.stderr) == (0, True), done.stdout + done.stderr


@pytest.mark.slow
def test_the_example_of_the_settings_of_a_django_site() -> None:
    folder = ROOT / "tests" / "examples" / "django_settings"
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "settings_of_tests"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_row_of_a_table_has_the_cells_of_its_head(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        rows = table.splitlines()
        assert [row for row in rows if len(re.findall(r"(?<!\\)\|", row)) != rows[0].count("|")] == []


def anchors(page: Path) -> set[str]:
    """Return what a link to a page may have after `#`: the slug of each heading, as GitHub makes it."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    found: dict[str, int] = {}
    slugs = set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        slugs.add(f"{slug}-{found[slug]}" if found[slug] else slug)
    return slugs


@pytest.mark.parametrize("path", LINKING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_link_leads_to_a_file_and_to_a_heading_of_it(path: Path) -> None:
    code = re.compile(r"^```.*?^```|``.*?``|`[^`\n]*`", re.DOTALL | re.MULTILINE)
    text = code.sub("", path.read_text(encoding="utf-8"))
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?", text)
    links += re.findall(r"^\[[^]]+\]: (?!https?:)([^#\s]*)(?:#(\S*))?", text, re.MULTILINE)
    for target, anchor in links:
        page = path.parent / target if target else path
        assert page.exists(), f"it links to {target}"
        assert not anchor or anchor in anchors(page), f"it links to {target}#{anchor}, and there is no such heading"


def test_each_index_links_to_all_pages_of_its_folder() -> None:
    for index in (path for path in PAGES if path.name == "index.md" and path.parent != ROOT / "docs"):
        linked = set(re.findall(r"\]\(([^)#]+\.md)", index.read_text(encoding="utf-8")))
        assert {path.name for path in index.parent.glob("*.md")} - {"index.md"} <= linked, index


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (("Django", "csrf_exempt", "pytest-django"), "django"),
        (("Flask", "test_client"), "flask"),
        (("FastAPI", "ASGI", "lifespan", "TestClient"), "fastapi"),
        (("Celery", "scheduler", "APScheduler", "cron"), "celery"),
        (("async", "asyncio"), "async"),
        (("unittest", "setUpClass"), "unittest"),
        (("xdist", "parallel"), "xdist"),
        (("freezegun", "time-machine", "freeze_time"), "frozen-time"),
        (("responses", "respx", "vcrpy"), "other-stubs"),
        (("Tracing", "OpenTelemetry", "Sentry"), "tracing"),
        (("multiprocessing", "subprocess"), "multiprocessing"),
        (("Node", "curl"), "other-processes"),
        (("CI", "Docker"), "ci"),
        (("Old SDKs",), "old-sdks"),
        (("Seed", "snapshots"), "seeding"),
        (("Share", "fixtures", "scope"), "sharing"),
        (("retries", "429", "time-outs"), "retries"),
        (("each refusal", "error code"), "each-refusal"),
    ],
)
def test_a_reader_finds_a_page_by_its_words(words: tuple[str, ...], page: str) -> None:
    lines = (ROOT / "docs" / "how-to" / "index.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if f"]({page}.md)" in line]
    assert [word for word in words if word not in line] == []


def test_the_list_of_guesses_and_the_table_of_behavior_are_not_empty() -> None:
    assert GUESSES["guesses"]().count("\n| ") > 10
    assert "participant_delete_status" in GUESSES["behavior"]()


def test_every_guess_of_the_code_is_listed() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "fakeproxy").rglob("*.py"))
    assert GUESSES["guesses"]().count("(../fakeproxy/") == len(re.findall("# Guess(?!`)", code))


def test_every_guess_says_how_sure_it_is_and_which_code_holds_it() -> None:
    for row in GUESSES["guesses"]().splitlines()[2:]:
        origin, text, code = row.strip("| ").split(" | ")
        assert re.fullmatch(r"\*\*(inferred\*\*( from \S.+)?|(documented|seen)\*\*: \S.+)", origin)
        assert len(text) > 20
        assert re.fullmatch(r"\[`(\S+\.py)`\]\(\.\./fakeproxy/\1\) `[\w.]+`", code)


@pytest.mark.parametrize(
    "comment",
    ["# Guess: it is so.", "# Guess (sure, none): it is so.", "# Guess (seen): it is so.", "# Guess, perhaps"],
)
def test_a_guess_without_certainty_and_source_is_refused(comment: str, tmp_path: Path) -> None:
    read = GUESSES["read"]
    file = tmp_path / "calls.py"
    file.write_text(f"RING = 30  {comment}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected `# Guess"):
        list(read(file))


def test_a_guess_names_the_code_that_holds_it(tmp_path: Path) -> None:
    file = tmp_path / "calls.py"
    file.write_text(
        """
# Guess (inferred, none): before a name,
# in two lines.
RING = 30


class Phone:
    # Guess (seen, a log): before a method.
    def ring(self):
        return 1

    def stop(self):
        # Guess (seen, a log): in a method.
        return 2  # Guess (inferred, the page on <Dial>): behind code.
""",
        encoding="utf-8",
    )
    found = [(guess.code, guess.text) for guess in GUESSES["read"](file)]
    assert found == [
        ("RING", "before a name, in two lines."),
        ("Phone.ring", "before a method."),
        ("Phone.stop", "in a method."),
        ("Phone.stop", "behind code."),
    ]


def test_every_class_of_error_that_is_raised_is_in_troubleshooting() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "fakeproxy").rglob("*.py"))
    own = {name for name, kind in vars(exceptions).items() if isinstance(kind, type) and name != "Refusal"}
    raised = {name for name in own if re.search(rf"(?<!class )\b{name}\(", code)}
    assert raised - set(re.findall(r"^### (\w+)$", page, re.MULTILINE)) <= {"FakeProxyError", "Sequence"}


@pytest.mark.parametrize(
    "mistake",
    [
        lambda proxy: FakeProxy(**{"strt": 1}),  # type: ignore[arg-type]
        lambda proxy: FakeProxy(start="2030-01-01T09:00:00"),
        lambda proxy: FakeProxy(behavior={"rate": True}),
        lambda proxy: FakeProxy().clock.advance(-1),
        lambda proxy: FakeProxy().client().proxy.v1.services.list(),
        lambda proxy: proxy.start(),
        lambda proxy: proxy.sessions["job-7"],
        lambda proxy: proxy.sessions.one(unique_name="job-7"),
        lambda proxy: proxy.add_session(),
        lambda proxy: proxy.phone("+1"),
        lambda proxy: proxy.phone("+14155550100").text("+14155550001", "hi"),
        lambda proxy: proxy.faults.refuse(1),
        lambda proxy: proxy.faults.server_error(operation="MakeSession"),
        lambda proxy: proxy.webhooks.mount("api.example.com", print),
        lambda proxy: requests.get("https://lookups.twilio.com/v2"),
    ],
)
def test_the_text_of_an_error_is_found_in_troubleshooting(mistake: Callable[[FakeProxy], object]) -> None:
    with FakeProxy(blocked="raise") as proxy, pytest.raises(exceptions.FakeProxyError) as error:
        mistake(proxy)
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    entries = re.findall(r"^- ``(.*)`` \(", page, re.MULTILINE)
    text = " ".join(str(error.value).split())
    assert [entry for entry in entries if re.match(re.escape(entry).replace("…", ".*"), text)], text


def test_every_switch_says_how_sure_it_is_and_which_code_holds_it() -> None:
    assert list(SOURCES) == [point.name for point in fields(Behavior)]
    assert {certainty for certainty, _ in SOURCES.values()} == {"documented", "seen", "inferred"}
    for row in GUESSES["behavior"]().splitlines()[2:]:
        assert row.rstrip(" |").endswith(".py)"), row
