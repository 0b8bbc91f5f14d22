"""The table of refusals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fakeproxy.engine.codes import CODES
from fakeproxy.engine.refusals import EXAMPLES, invalid, missing, refuse

ERRORS = Path(__file__).parents[3] / "shared" / "spec" / "errors.md"

#: Codes of the catalogue's requests that no request to this fake can meet.
UNREACHABLE = {
    80621: "rate limits are not applied",
    80623: "requests are handled one at a time",
    20429: "rate limits are not applied",
}


def test_every_row_has_a_status_and_a_text() -> None:
    for code, row in CODES.items():
        assert row.status in (400, 401, 403, 404, 405, 409, 413, 422, 426, 429, 500, 501, 503), code
        assert row.title == row.title.strip(), code
        assert row.text, code


def test_every_placeholder_has_an_example() -> None:
    assert {name for code, row in CODES.items() if code != 501 for name in row.placeholders} == set(EXAMPLES)


@pytest.mark.skipif(not ERRORS.exists(), reason="the catalogue of errors is not beside this checkout")
def test_every_code_of_proxy_is_there_with_its_title_and_level() -> None:
    levels = {"E": "error", "W": "warning"}
    rows = re.findall(r"^\| (80\d{3}) \| `(.*?)`.*? \| ([EW])\b", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {int(code): (title.strip(), levels[level]) for code, title, level in rows}
    known = {code: (row.title, row.level) for code, row in CODES.items() if code >= 80000}
    assert known == documented
    assert len(known) == 74


@pytest.mark.skipif(not ERRORS.exists(), reason="the catalogue of errors is not beside this checkout")
def test_every_code_that_a_request_can_meet_is_there() -> None:
    section = ERRORS.read_text(encoding="utf-8").split("## 4. ")[1].split("\n## ")[0]
    table = section.split("\nOrder of checks")[0]
    codes = {int(code) for code in re.findall(r"\b(2[01]\d{3}|80\d{3})\b", table)}
    assert codes - set(UNREACHABLE) <= set(CODES)


def test_texts_are_filled_in() -> None:
    assert missing("Identifier").message == "Missing required parameter Identifier in the post body"
    assert invalid("Ttl", "It is no number.").message == "'Ttl' is invalid. It is no number."
    refusal = refuse(80203, "first", reasons=["second"], country="JP")
    assert refusal.message.endswith("for country code JP.")
    assert refusal.why == ("first", "second")
    assert (refusal.code, refusal.status) == (80203, 400)
