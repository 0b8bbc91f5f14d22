"""A failing FakeProxyTestCase prints under `python -m unittest` what a plain TestCase prints, and its report."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

CASES = """
import unittest
from django.conf import settings
from django.test import SimpleTestCase
from fakeproxy import FakeProxy
from fakeproxy.unittest import FakeProxyTestCase


settings.configure()


class Tests:
    fails_in = ""

    def fail_in(self, place):
        if place == self.fails_in:
            self.assertEqual(1, 2, place)
        if place + " error" == self.fails_in:
            {}["missing"]

    def setUp(self):
        self.addCleanup(self.fail_in, "cleanup")
        self.fail_in("setUp")

    def tearDown(self):
        self.fail_in("tearDown")

    def test_it(self):
        self.fail_in("test")
        with self.subTest(number=1):
            self.fail_in("subTest")


class AsyncTests(Tests):
    async def test_it(self):
        self.fail_in("test")
        with self.subTest(number=1):
            self.fail_in("subTest")


PLACES = [place + end for place in ("setUp", "test", "subTest", "tearDown", "cleanup") for end in ("", " error")]
BASES = {
    "plain": (Tests, unittest.TestCase),
    "fake": (Tests, FakeProxyTestCase),
    "plain async": (AsyncTests, unittest.IsolatedAsyncioTestCase),
    "plain django": (Tests, SimpleTestCase),
    "fake django": (Tests, FakeProxyTestCase, SimpleTestCase),
    "fake async": (AsyncTests, FakeProxyTestCase, unittest.IsolatedAsyncioTestCase),
}


def load_tests(loader, tests, pattern):
    import os
    kind = os.environ["KIND"]
    cases = []
    for place in PLACES:
        base = BASES[kind.replace("decorated", "plain")]
        case = type("Case", base, {"fails_in": place, "__module__": __name__, "__qualname__": "Case"})
        if kind.startswith("decorated"):
            case = FakeProxy()(case)
        cases.append(case("test_it"))
    return unittest.TestSuite(cases)
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """What a plain test case of a kind prints: once a kind."""
    return cache(lambda kind: output(tmp_path_factory.mktemp("plain"), kind))


def output(folder: Path, kind: str) -> list[str]:
    (folder / "cases.py").write_text(CASES, encoding="utf-8")
    command = [sys.executable, "-m", "unittest", "cases"]
    environment = {"KIND": kind, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    text = re.sub(r"in \d+\.\d+s", "in 0s", done.stderr.replace(str(folder), ""))
    # The report, which Python shows from 3.11 on.
    text = re.sub(r"fakeproxy, (?:active|stopped).*\nwhat happened:\nnothing: .*\n", "", text)
    return text.splitlines()


@pytest.mark.parametrize("asynchronous", ["", " async", " django"])
@pytest.mark.parametrize("kind", ["fake", "decorated"])
def test_the_lines_are_those_of_a_plain_test_case(
    tmp_path: Path, plain: Callable[[str], list[str]], kind: str, asynchronous: str
) -> None:
    expected = plain("plain" + asynchronous)
    assert sum("assertEqual(1, 2" in line for line in expected) == 5
    assert output(tmp_path, kind + asynchronous) == expected
