"""What a number says of itself, and which area codes are one place."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fakeproxy.engine.area_codes import same_place
from fakeproxy.engine.numbering import is_channel, look_up, mask


@pytest.mark.parametrize(
    ("text", "country", "area_code", "assigned"),
    [
        ("+14155550100", "US", "415", True),
        ("+15551234567", "US", "555", False),
        ("+14165550100", "CA", "416", True),
        ("+442079460001", "GB", None, True),
        ("+447700900123", "GB", None, False),
        ("+80012345678", None, None, True),
    ],
)
def test_numbers(text: str, country: str | None, area_code: str | None, assigned: bool) -> None:
    number = look_up(text)
    assert number is not None
    assert (number.country, number.area_code, number.assigned) == (country, area_code, assigned)


@pytest.mark.parametrize("text", ["", "+", "14155550100", "+1415555", "+0123456789", "+1 415 555 0100", "+1415555010x"])
def test_what_is_no_number(text: str) -> None:
    assert look_up(text) is None


def test_a_country_code_that_does_not_exist() -> None:
    assert look_up("+2101234567") is None


@pytest.mark.parametrize(
    ("text", "channel"), [("messenger:1", True), ("CH" + "0" * 32, True), ("abc", False), (":", False)]
)
def test_channels(text: str, channel: bool) -> None:
    assert is_channel(text) is channel


def test_the_last_four_are_masked() -> None:
    assert mask("+14155550100") == "+1415555XXXX"


def test_area_codes_of_one_place() -> None:
    assert same_place("415", "628")
    assert same_place("628", "415")
    assert same_place("646", "917")
    assert same_place("707", "707")
    assert not same_place("415", "212")
    assert not same_place("415", None)
    assert same_place(None, None)


def test_the_library_is_loaded_when_a_number_is_first_looked_at() -> None:
    program = """
import sys
from fakeproxy import FakeProxy
with FakeProxy() as proxy:
    service = proxy.add_service()
    proxy.add_session(service)
    assert "phonenumbers" not in sys.modules
    proxy.add_number("+14155550100")
    assert "phonenumbers" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
