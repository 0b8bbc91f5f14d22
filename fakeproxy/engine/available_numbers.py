"""Phone numbers for sale: generated, equal in every search, valid by libphonenumber, owned by no account."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Literal

from fakeproxy.engine.numbering import look_up

Kind = Literal["Local", "Mobile", "TollFree"]

#: Countries whose mobile numbers look like all others, so that Twilio has no search for mobile ones.
_ONE_PLAN = ("US", "CA")

#: The area codes of a search in North America that names none.
_AREA_CODES = {
    ("US", "Local"): ("415", "212", "312", "206", "512", "303", "617", "305"),
    ("CA", "Local"): ("416", "604", "514", "403"),
    ("US", "TollFree"): ("800", "833", "844", "855", "866", "877", "888"),
    ("CA", "TollFree"): ("800", "833", "844", "855", "866", "877", "888"),
}

#: The most numbers that a search generates and tests, and the most if none of them fits: where there are numbers at
#: all, one of the first thirty fits.
_TRIES, _TRIES_IN_VAIN = 4000, 200

_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


def kind_of(number: str) -> Kind:
    """Return the kind of an E.164 number. If libphonenumber cannot tell, it is `Local`."""
    # Here for start-up time: its tables are large.
    import phonenumbers

    types = phonenumbers.PhoneNumberType
    known = phonenumbers.number_type(phonenumbers.parse(number))
    if known == types.TOLL_FREE:
        return "TollFree"
    return "Mobile" if known == types.MOBILE else "Local"


def example(country: str, kind: Kind) -> str | None:
    """Return an example of a country's numbers in E.164 form, or None if the country has no numbers of this kind."""
    # Here for start-up time: its tables are large.
    import phonenumbers

    if kind == "Mobile" and country in _ONE_PLAN:
        return None
    types = phonenumbers.PhoneNumberType
    wanted = {"Local": types.FIXED_LINE, "Mobile": types.MOBILE, "TollFree": types.TOLL_FREE}[kind]
    number = phonenumbers.example_number_for_type(country, wanted)
    return None if number is None else str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def countries() -> list[str]:
    """Return the countries with numbers for sale, as sorted ISO 3166 alpha-2 codes."""
    # Here for start-up time: its tables are large.
    import phonenumbers

    return sorted(country for country in phonenumbers.SUPPORTED_REGIONS if example(country, "Local"))


def search(country: str, kind: Kind, area_code: str | None = None, pattern: str | None = None) -> Iterator[str]:
    """Yield numbers of the country and kind, in E.164 form, that have the area code and contain the pattern.

    A pattern has digits, letters as on a keypad, and `*` for any digit; if it begins with `+`, it matches at the
    beginning of the number. Yields nothing if the country has no numbers of this kind.
    """
    # Here for start-up time: its tables are large.
    import phonenumbers

    model = example(country, kind)
    if model is None:
        return
    prefix = f"+{phonenumbers.country_code_for_region(country)}"
    digits = model.removeprefix(prefix)
    seen: set[str] = set()
    for attempt in range(_TRIES):
        if attempt == _TRIES_IN_VAIN and not seen:
            return
        draw = sha256(f"{country} {kind} {attempt}".encode()).hexdigest()
        drawn = "".join(str(int(digit, 16) % 10) for digit in draw)
        # The first half of a number decides its place and kind. The other half is free.
        stem = _AREA_CODES.get((country, kind), (digits[: len(digits) // 2],))
        start = area_code or stem[attempt % len(stem)]
        number = (start + drawn)[: len(digits)]
        if pattern is not None:
            fitted = _fit(prefix, number, pattern, len(area_code or ""), attempt)
            if fitted is None:
                return
            number = fitted
        e164 = prefix + number
        if e164 not in seen and _fits(e164, country, kind):
            seen.add(e164)
            yield e164


def _fits(number: str, country: str, kind: Kind) -> bool:
    known = look_up(number)
    # All countries of North America share their toll-free numbers.
    there = known is not None and known.assigned and (known.country == country or kind == "TollFree")
    return there and kind_of(number) == kind


def _digits(pattern: str) -> str:
    return pattern.removeprefix("+").upper().translate(_KEYPAD)


def _fit(prefix: str, number: str, pattern: str, fixed: int, attempt: int) -> str | None:
    """Write the pattern into the number, in another place at each attempt. Return None if no place fits."""
    wanted = _digits(pattern)
    whole = prefix.removeprefix("+") + number
    kept = len(prefix) - 1 + fixed  # The digits that must not change: country code and area code.
    places = [
        at
        for at in ((0,) if pattern.startswith("+") else range(len(whole) - len(wanted), -1, -1))
        if at + len(wanted) <= len(whole)
        and all(one == "*" or at + index >= kept or whole[at + index] == one for index, one in enumerate(wanted))
    ]
    if not places:
        return None
    at = places[attempt % len(places)]
    put = "".join(whole[at + index] if one == "*" else one for index, one in enumerate(wanted))
    return (whole[:at] + put + whole[at + len(wanted) :])[len(prefix) - 1 :]
