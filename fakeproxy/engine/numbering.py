"""Phone numbers and other identifiers: form, country, area code.

The data are those of libphonenumber (package `phonenumbers`). It is imported when the first number is looked up, since
the import takes 20 to 30 ms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
_SHORT_CODE = re.compile(r"[0-9]{3,8}", re.ASCII)
_CHANNEL = re.compile(r"(?!(?:tel|callto|sms|mailto|https?):)(?:[a-z][a-z0-9_]*:\S+|CH[0-9a-fA-F]{32})", re.ASCII)
_MEXICO = re.compile(r"\+521[0-9]{10}", re.ASCII)

#: The values of `From` for callers who withhold their number: words spelled on a keypad, and since 2022 the words.
# Guess (inferred, the pages on voice): the list of senders who withhold their number is complete, and texts can have
# them too; the pages list them for calls.
WITHHELD = {
    "+266696687": "anonymous",
    "+7378742833": "restricted",
    "+2562533": "blocked",
    "+8656696": "unknown",
    "+86282452253": "unavailable",
    "+464": "no caller id",
}


class Number(NamedTuple):
    """The facts of a phone number.

    `country` is ISO 3166 alpha-2, or None if the number belongs to no country. `area_code` is None outside of North
    America. `national` is the number in the country's own notation. `assigned` is False if the number is possible but
    in no range that is in use.
    """

    country: str | None
    area_code: str | None
    national: str
    assigned: bool


@lru_cache(maxsize=8192)
def look_up(text: str) -> Number | None:
    """Return the facts of an E.164 number. None if the text is not E.164, or the number is not possible."""
    if not _E164.fullmatch(text):
        return None
    # Here for start-up time: its tables are large.
    import phonenumbers

    # Mexican mobile numbers have no 1 after +52 since 2019, but many programs, and WhatsApp, still write it.
    usual = f"+52{text[4:]}" if _MEXICO.fullmatch(text) else text
    try:
        number = phonenumbers.parse(usual)
    except phonenumbers.NumberParseException:
        return None
    # IS_POSSIBLE excludes numbers that can be dialled only nearby, such as seven digits without an area code.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    code = number.country_code or 0
    # Guess (inferred, the changelog of 2019-01-29): an unassigned number (+1 555 ..., +44 7700 900 ...) belongs to the
    # main country of its country code: test suites use such numbers, and Twilio accepts participants whose country it
    # does not know.
    country = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(code)
    return Number(
        country=None if country in ("001", "ZZ") else country,
        area_code=str(number.national_number)[:3] if code == 1 else None,
        national=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL),
        assigned=phonenumbers.is_valid_number(number),
    )


def normalise(text: str) -> str | None:
    """Return a number of any common notation in E.164 form. Without a country code it is a number of North America.

    Short codes, channel addresses and the senders of `WITHHELD` are returned unchanged. None for all else, such as a
    number with an extension, which the fake cannot reach.
    """
    text = re.sub("^(?:tel|callto|sms):", "", text.strip(), flags=re.IGNORECASE)
    if look_up(text) or is_channel(text) or _SHORT_CODE.fullmatch(text) or is_withheld(text):
        return text
    # Here for start-up time: its tables are large.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if number.extension:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 if look_up(e164) else None


def is_withheld(text: str) -> bool:
    """Return whether this is a `From` of a caller who withholds their number."""
    return text in WITHHELD or text.lower() in WITHHELD.values()


def is_channel(text: str) -> bool:
    """Return whether the identifier is a channel address (`messenger:123`) or a chat channel SID (`CH...`)."""
    return _CHANNEL.fullmatch(text) is not None


def mask(identifier: str) -> str:
    """Return the identifier as Twilio's error messages show it: with XXXX for its last four characters (seen)."""
    return identifier[:-4] + "XXXX"
