"""The picture of a failing test in the reports of pytest-html and Allure, each in a pytest of its own."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests import needs
from tests.quick import slow

HTML = ("-p", "pytest_metadata.plugin", "-p", "pytest_html.plugin")
OPTIONS = ("-p", "no:cacheprovider")
SUITE = """
    import pytest
    from fakeproxy import FakeProxy
    from fakeproxy.unittest import FakeProxyTestCase

    @pytest.fixture
    def job(fakeproxy):
        service = fakeproxy.add_service("rides", numbers=["+14155550001"])
        fakeproxy.add_session(service, unique_name="job-7", participants=["+14155550100", "+14155550101"])
        fakeproxy.phone("+14155550100").text("+14155550001", "<b>Are you close?</b>")

    def test_that_fails(fakeproxy, job):
        assert fakeproxy.phone("+14155550101").inbox == []

    def test_that_passes(fakeproxy, job):
        pass

    def test_whose_fake_has_ended():
        with FakeProxy() as proxy:
            proxy.note("seen")
            assert 0

    class TestCase(FakeProxyTestCase):
        def test_of_unittest(self):
            self.proxy.note("seen")
            assert 0

    def test_whose_fake_saw_nothing(fakeproxy):
        assert 0
"""


@needs.pytest_html
@pytest.mark.parametrize("processes", [(), slow(("-p", "xdist.plugin", "-n1"))], ids=["one process", "xdist"])
def test_pytest_html_shows_the_picture_of_a_failing_test(pytester: pytest.Pytester, processes: tuple[str, ...]) -> None:
    pytester.makepyfile(SUITE)
    done = pytester.runpytest_subprocess(*OPTIONS, *HTML, *processes, "--html=report.html", "--self-contained-html")
    done.assert_outcomes(passed=1, failed=4)
    page = Path("report.html").read_text("utf-8")
    found = re.search(r'data-jsonblob="(.*?)"', page)
    assert found
    tests = json.loads(unescape(found[1]))["tests"]
    pictures = {
        name.rpartition("::")[2]: [extra["content"] for row in rows for extra in row["extras"]]
        for name, rows in tests.items()
    }
    [picture] = pictures.pop("test_that_fails")
    assert [len(pictures.pop(name)) for name in ("test_whose_fake_has_ended", "test_of_unittest")] == [1, 1]
    assert pictures == {"test_that_passes": [], "test_whose_fake_saw_nothing": []}
    assert "delivered '<b>Are you close?</b>'" in " ".join(fromstring(picture).itertext())


@pytest.mark.slow
@needs.allure
def test_allure_has_the_picture_of_a_failing_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    pytester.runpytest_subprocess(*OPTIONS, "-p", "allure_pytest.plugin", "--alluredir=allure").assert_outcomes(
        passed=1, failed=4
    )
    results = [json.loads(file.read_text("utf-8")) for file in Path("allure").glob("*-result.json")]
    attached = {
        result["name"]: [one for one in result.get("attachments", []) if one["name"] == "fakeproxy"]
        for result in results
    }
    [attachment] = attached.pop("test_that_fails")
    assert [len(attached.pop(name)) for name in ("test_whose_fake_has_ended", "test_of_unittest")] == [1, 1]
    assert attached == {"test_that_passes": [], "test_whose_fake_saw_nothing": []}
    assert attachment["type"] == "image/svg+xml"
    assert fromstring((Path("allure") / attachment["source"]).read_text("utf-8")).tag.endswith("svg")


@pytest.mark.slow
def test_a_run_without_such_a_report_draws_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"{SUITE}\n    def test_nothing_is_loaded():\n        import sys\n"
        "        assert not {'fakeproxy.pytest_pictures', 'fakeproxy.history.svg'} & {*sys.modules}\n"
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=2, failed=4)
