"""The table of refusals."""

from __future__ import annotations

from fakeproxy.engine.codes import CODES
from fakeproxy.engine.refusals import EXAMPLES, invalid, missing, refuse
from tests.contract.extract_codes import read

#: Twilio's codes as `python -m tests.contract.extract_codes` wrote them down.
CATALOGUE = read()

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


def test_every_code_of_proxy_is_there_with_its_title_and_level() -> None:
    documented = {int(code): (row["title"], row["level"]) for code, row in CATALOGUE["codes"].items()}
    known = {code: (row.title, row.level) for code, row in CODES.items() if code >= 80000}
    assert known == documented
    assert len(known) == 74


def test_every_status_that_was_seen_on_the_wire_is_the_codes_own() -> None:
    seen = {int(code): row["status"] for code, row in CATALOGUE["codes"].items() if row["status"] is not None}
    assert {code: CODES[code].status for code in seen} == seen
    assert len(seen) == 10


def test_every_code_that_a_request_can_meet_is_there() -> None:
    assert set(CATALOGUE["answers"]) - set(UNREACHABLE) <= set(CODES)
    assert len(CATALOGUE["answers"]) > 35


def test_texts_are_filled_in() -> None:
    assert missing("Identifier").message == "Missing required parameter Identifier in the post body"
    assert invalid("Ttl", "It is no number.").message == "'Ttl' is invalid. It is no number."
    refusal = refuse(80203, "first", reasons=["second"], country="JP")
    assert refusal.message.endswith("for country code JP.")
    assert refusal.why == ("first", "second")
    assert (refusal.code, refusal.status) == (80203, 400)
