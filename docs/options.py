"""The options in the reference: settings, ini options, options of pytest, fixtures, and the command line."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from fakeproxy import FakeProxy, pytest_plugin
from fakeproxy.cli import commands
from fakeproxy.fake.settings import SETTINGS


def _table(*rows: tuple[str, ...]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], ("---",) * len(rows[0]), *rows[1:]))


def _code(text: object) -> str:
    return f"`{text}`"


def settings() -> str:
    """Return the table of the arguments of `FakeProxy`, with their types and defaults."""
    parameters = inspect.signature(FakeProxy).parameters
    rows = [("setting", "type", "default", "meaning")]
    for setting in SETTINGS.values():
        parameter = parameters[setting.name]
        kinds = re.sub(r"Literal\[.*\]", " | ".join(map(repr, setting.choices)), parameter.annotation).split(" | ")
        kind = " or ".join(map(_code, kinds))
        rows.append((_code(setting.name), kind, _code(repr(parameter.default)), setting.help))
    return _table(*rows)


class _Options:
    """A parser of pytest that keeps the options that a plugin adds."""

    def __init__(self) -> None:
        self.ini: list[tuple[str, ...]] = []
        self.command_line: list[tuple[str, ...]] = []

    def addini(self, name: str, text: str, kind: str = "string", default: object = "") -> None:
        """Keep an ini option."""
        self.ini.append(
            (_code(name), _code(default) if default else "", text.replace(" (a setting of the fixture fakeproxy)", ""))
        )

    def getgroup(self, name: str) -> _Options:
        """Return the parser itself."""
        return self

    def addoption(self, name: str, choices: tuple[str, ...], help: str) -> None:  # noqa: A002
        """Keep an option of the command line."""
        self.command_line.append((_code(name), ", ".join(map(_code, choices)), help))


def _options() -> _Options:
    options = _Options()
    pytest_plugin.pytest_addoption(cast("pytest.Parser", options))
    return options


def ini_options() -> str:
    """Return the table of the ini options of the pytest plugin."""
    return _table(("ini option", "default", "meaning"), *_options().ini)


def pytest_options() -> str:
    """Return the table of the options of the plugin for the command line of pytest."""
    return _table(("option", "values", "meaning"), *_options().command_line)


def markers() -> str:
    """Return the table of the plugin's markers."""
    name, _, text = pytest_plugin.MARKER.partition(": ")
    return _table(("marker", "meaning"), (_code(name), text))


def fixtures() -> str:
    """Return the table of the plugin's fixtures, from their docstrings."""
    rows = [("fixture", "meaning")]
    for node in ast.parse(Path(inspect.getfile(pytest_plugin)).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(
            "pytest.fixture" in ast.unparse(one) for one in node.decorator_list
        ):
            rows.append((_code(node.name.lstrip("_")), " ".join((ast.get_docstring(node) or "").split())))
    return _table(*rows)


def command_line() -> str:
    """Return a table for each command, made of its parser."""
    parser = commands.parser()
    (chosen,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {action.dest: action.help for action in chosen._choices_actions}
    sections = []
    for name, command in chosen.choices.items():
        rows = [_option(action) for action in command._actions if not isinstance(action, argparse._HelpAction)]
        positional = "".join(f" -- {row[0].strip('`')} ..." for row in rows if not row[0].startswith("`-"))
        usage = f"fakeproxy {name} [options]{positional}" if rows else f"fakeproxy {name}"
        table = _table(("option", "default", "meaning"), *(row for row in rows if row[0].startswith("`-")))
        sections.append(f"## {name}\n\n`{usage}`: {helps[name]}.\n\n{table}")
    return "\n".join(sections)


def _option(action: argparse.Action) -> tuple[str, str, str]:
    text = (action.help or "").partition(" Default: ")[0]
    name = action.option_strings[0] if action.option_strings else action.dest
    values = "" if action.nargs == 0 or not action.option_strings else action.metavar or _values(action)
    default = _code(action.default) if isinstance(action.default, int | str) and action.nargs != 0 else ""
    return _code(f"{name} {values}".strip()), default, text


def _values(action: argparse.Action) -> str:
    return f"{{{','.join(action.choices)}}}" if action.choices else action.dest.upper()


#: By name, the functions that make a text of `docs/generate.py`.
TEXTS: dict[str, Callable[[], str]] = {
    "settings-reference": settings,
    "ini-options": ini_options,
    "pytest-options": pytest_options,
    "markers": markers,
    "fixtures": fixtures,
    "command-line": command_line,
}
