"""A failing FakeProxyTestCase prints under `python -m unittest` what a plain TestCase prints, and its report."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

CASES = """
import io, json, sys, unittest
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


def output(kind):
    cases = []
    for place in PLACES:
        base = BASES[kind.replace("decorated", "plain")]
        case = type("Case", base, {"fails_in": place, "__module__": __name__, "__qualname__": "Case"})
        if kind.startswith("decorated"):
            case = FakeProxy()(case)
        cases.append(case("test_it"))
    stream = io.StringIO()
    unittest.TextTestRunner(stream).run(unittest.TestSuite(cases))
    return stream.getvalue()


print(json.dumps({kind: output(kind) for kind in sys.argv[1:]}))
"""
KINDS = ("plain", "fake", "decorated")
FORMS = ("", " async", " django")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What cases of each kind print, without their times and reports; all in one process, which imports Django once."""
    program = tmp_path_factory.mktemp("cases") / "cases.py"
    program.write_text(CASES, encoding="utf-8")
    command = [sys.executable, str(program), *(kind + form for kind in KINDS for form in FORMS)]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {kind: without_report(text) for kind, text in json.loads(done.stdout).items()}


def without_report(text: str) -> list[str]:
    text = re.sub(r"in \d+\.\d+s", "in 0s", text)
    # Python shows the report from 3.11 on.
    text = re.sub(r"fakeproxy, (?:active|stopped).*\nwhat happened:\nnothing: .*\n", "", text)
    return text.splitlines()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["fake", "decorated"])
def test_the_lines_are_those_of_a_plain_test_case(outputs: dict[str, list[str]], kind: str, form: str) -> None:
    plain = outputs["plain" + form]
    assert sum("assertEqual(1, 2" in line for line in plain) == 5
    assert outputs[kind + form] == plain
