"""The matrix of versions: which rows there are, and that the table of the docs is about them."""

from __future__ import annotations

import pytest

from tests.matrix.environments import Result
from tests.matrix.rows import LOWEST, NEWEST, RANGES, Row, rows, selected
from tests.matrix.table import PAGE, table, versions


def test_the_table_of_the_docs_names_the_rows() -> None:
    named = versions(PAGE.read_text(encoding="utf-8"))
    assert named == {range_.package: list(range_.versions) for range_ in RANGES}, "run: python -m tests.matrix --write"


def test_the_ends_are_rows_of_every_package() -> None:
    """The lower end of a package is a row of its own, unless it is the bound that the row `LOWEST` has."""
    names = [row.name for row in selected(["ends"])]
    assert names[:2] == [NEWEST, LOWEST]
    assert {"twilio==6.9", "urllib3==1.26", "httpx==0.24", "aiohttp==3.8", "requests==2.28"} <= set(names)
    lowest = next(row for row in rows() if row.name == LOWEST)
    assert {"werkzeug==3.0", "pytest==8.0", "freezegun==1.2.2", "time-machine==2.13"} <= set(lowest.requirements)


@pytest.mark.parametrize(
    ("words", "count"), [(["twilio"], 10), (["twilio==7.0"], 1), (["twilio", "twilio==7.0", "newest"], 11)]
)
def test_rows_are_selected_by_package_or_name(words: list[str], count: int) -> None:
    assert len(selected(words)) == count


def test_a_word_that_names_no_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'twilio==5' names no row; there are: ends, newest, lowest, twilio==6\.9"):
        selected(["twilio==5"])


def test_a_beginning_of_a_version_means_the_last_that_begins_so() -> None:
    assert selected(["twilio==7.0"])[0].requirements[0] == "twilio==7.0.*"
    assert selected(["pytest==8.0.0"])[0].requirements[0] == "pytest==8.0.0"


def test_a_row_that_fails_or_cannot_be_installed_says_so_in_the_table() -> None:
    def result(row: Row) -> Result:
        if row.name == "twilio==6.9":
            return Result(row, "", 0, {}, {}, unavailable="it needs a Python of 3.10 to 3.11, and there is none")
        outcomes = {"pages": "Traceback ..." if row.name == "twilio==7.0" else "passed", "delete": "not here"}
        return Result(row, "3.11.7", 0, {"twilio": "9.13.0"}, outcomes)

    text = table([result(row) for row in rows()])
    line = next(line for line in text.splitlines() if line.startswith("| `twilio`"))
    assert "6.9 (cannot be installed: it needs a Python of 3.10 to 3.11, and there is none), 6.35" in line
    assert "7.0 (fails: pages), 7.9" in line
    assert line.endswith("9.13.0 (newest) | 3.11 |")
