"""The command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fakeproxy import __version__
from fakeproxy.cli import demo
from fakeproxy.cli.commands import main


def test_the_demo_is_what_a_failing_test_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    output = capsys.readouterr().out
    positions = [
        output.index(text)
        for text in (
            "fakeproxy, active; its own clock (not the application's) stands at 2030-01-08T09:07:10Z",
            "(expired); Anne (+14155550100) dials +14155550001 and Bert (+14155550101) dials +14155550001",
            "what happened:",
            "note: A customer books a ride",
            "session job-1 (",
            "Anne (+14155550100) joined session job-1",
            "text Anne (+14155550100) -> Bert (+14155550101), shown from +14155550001: delivered 'Are you close?'",
            "webhook status (delivered) https://rides.example.com/status: the handler answered 200",
            "call Bert (+14155550101) -> Anne (+14155550100), shown from +14155550001: rings",
            "completed after 120 s",
            "closed: expired, its ttl of 1 d is over",
            "text Anne (+14155550100) -> +14155550001: out of session 'I forgot my bag!'",
            "text +14155550001 -> Anne (+14155550100): delivered 'This ride is over.",
            "400 / 80607 Session is closed and cannot be updated",
        )
    ]
    assert positions == sorted(positions)
    assert "\033" not in output
    with demo.make() as proxy:
        demo.play(proxy)
        assert output == proxy.report(is_whole=True) + "\n"


def test_in_colour_only_the_colour_differs() -> None:
    plain: list[str] = []
    coloured: list[str] = []
    demo.run(plain.append, colour=False)
    demo.run(coloured.append, colour=True)
    text = "".join(coloured)
    assert "\033[31mclosed\033[0m" in text
    for code in ("2", "32", "33", "31", "36", "35", "1", "0"):
        text = text.replace(f"\033[{code}m", "")
    assert text == "".join(plain)


def test_the_demo_draws_the_picture_of_the_readme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "demo.svg"
    assert main(["demo", f"--svg={file}"]) == 0
    name = "docs/pictures/demo.svg"
    root = Path(__file__).parent.parent
    assert file.read_text("utf-8") == (root / name).read_text("utf-8"), f"run: fakeproxy demo --svg {name}"
    assert name in (root / "README.md").read_text("utf-8")
    assert main(["demo", f"--svg={tmp_path}"]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_as_a_module_it_needs_no_sdk_and_no_terminal() -> None:
    program = "import sys; sys.modules['twilio'] = None; sys.argv[1:] = ['demo']; from runpy import run_module; "
    program += "run_module('fakeproxy', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "closed: expired" in done.stdout
    assert "\033" not in done.stdout


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"fakeproxy {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--load", "{folder}/state.json"], "state.json is no JSON"),
        (["--load", "{folder}/missing.json"], "missing.json"),
        (["--load", "{folder}/seed.json"], "seed.json.services[0] takes no number"),
        (["--state", "{folder}/missing/state.db"], "state.db cannot be opened"),
        (["--sandbox", "--load", "{folder}/seed.json"], "give --sandbox or --load, not both"),
        (["--sandbox", "--state", "{folder}/state.json"], "so --sandbox would have no effect"),
        (
            ["--load", "{folder}/seed.json", "--state", "{folder}/state.json"],
            "leave out --load to begin",
        ),
    ],
)
def test_files_that_cannot_be_read(
    arguments: list[str], text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state.json").write_text("services: rides")
    (tmp_path / "seed.json").write_text('{"services": [{"unique_name": "rides", "number": ["+14155550001"]}]}')
    assert main(["serve", *(argument.format(folder=tmp_path) for argument in arguments)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("fakeproxy: ")
    assert text in said


@pytest.mark.parametrize("arguments", [[], ["dance"], ["serve", "--port", "99999"], ["serve", "--port", "http"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: fakeproxy" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "run"])
def test_the_help_of_time_has_only_the_values_that_the_command_takes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert "--time {ticking,still}" in shown
    assert "app-ticking" not in shown
