"""The table of refusals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fakeproxy.engine.refusals import ANSWERS, invalid, missing, refuse

ERRORS = Path(__file__).parents[3] / "shared" / "spec" / "errors.md"

#: Codes of the catalogue's requests that no request to this fake can meet.
UNREACHABLE = {
    80621: "rate limits are not applied",
    80623: "requests are handled one at a time",
    20429: "rate limits are not applied",
}


def test_every_row_has_a_status_and_a_text() -> None:
    for code, (status, message) in ANSWERS.items():
        assert status in (400, 401, 403, 404, 405, 413, 429, 501), code
        assert message, code


@pytest.mark.skipif(not ERRORS.exists(), reason="the catalogue of errors is not beside this checkout")
def test_every_code_that_a_request_can_meet_is_there() -> None:
    section = ERRORS.read_text(encoding="utf-8").split("## 4. ")[1].split("\n## ")[0]
    table = section.split("\nOrder of checks")[0]
    codes = {int(code) for code in re.findall(r"\b(2[01]\d{3}|80\d{3})\b", table)}
    assert codes - set(UNREACHABLE) <= set(ANSWERS)


def test_texts_are_filled_in() -> None:
    assert missing("Identifier").message == "Missing required parameter Identifier in the post body"
    assert invalid("Ttl", "It is no number.").message == "'Ttl' is invalid. It is no number."
    refusal = refuse(80203, "first", reasons=["second"], country="JP")
    assert refusal.message.endswith("for country code JP.")
    assert refusal.why == ("first", "second")
    assert (refusal.code, refusal.status) == (80203, 400)
