"""What a phone number says of itself: shape, country, area code.

Everything is libphonenumber's knowledge (the `phonenumbers` port), loaded when a number is first looked at:
its import takes 20 to 30 ms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
_SHORT_CODE = re.compile(r"[0-9]{3,8}", re.ASCII)
_CHANNEL = re.compile(r"(?!(?:tel|callto|sms|mailto|https?):)(?:[a-z][a-z0-9_]*:\S+|CH[0-9a-fA-F]{32})", re.ASCII)
_MEXICO = re.compile(r"\+521[0-9]{10}", re.ASCII)

#: Callers who withhold their number, as `From` shows them: words spelled on a keypad, and since 2022 the words.
# Guess: that these are all of them, and that a text may come from one; Twilio's voice pages list them for calls.
WITHHELD = {
    "+266696687": "anonymous",
    "+7378742833": "restricted",
    "+2562533": "blocked",
    "+8656696": "unknown",
    "+86282452253": "unavailable",
    "+464": "no caller id",
}


class Number(NamedTuple):
    """`country` is ISO 3166 alpha-2, or None where the number belongs to none; `area_code` is North America's."""

    country: str | None
    area_code: str | None
    national: str
    assigned: bool


@lru_cache(maxsize=8192)
def look_up(text: str) -> Number | None:
    """What is known of an E.164 number; None if the text is not one, or no such number is possible."""
    if not _E164.fullmatch(text):
        return None
    # Here for start-up time: its tables are large.
    import phonenumbers

    # Mexican mobiles have been written without the 1 since 2019; many programs still write, and WhatsApp sends, +521.
    usual = f"+52{text[4:]}" if _MEXICO.fullmatch(text) else text
    try:
        number = phonenumbers.parse(usual)
    except phonenumbers.NumberParseException:
        return None
    # Not one that can be dialled only nearby, such as the seven digits after an area code.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    code = number.country_code or 0
    # Guess: an unassigned number (+1 555 ..., +44 7700 900 ...) counts for the main country of its country code:
    # test suites live on such numbers, and Twilio lets in callers whose country it cannot tell.
    country = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(code)
    return Number(
        country=None if country in ("001", "ZZ") else country,
        area_code=str(number.national_number)[:3] if code == 1 else None,
        national=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL),
        assigned=phonenumbers.is_valid_number(number),
    )


def normalise(text: str) -> str | None:
    """The number in E.164 form, from any common notation; without a country code it is one of North America.

    Short codes, addresses of channels and callers who withhold their number stay as they are. None for what is none
    of these, such as a number with an extension: nobody can be reached by that here.
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
    """Whether this is what `From` shows of a caller who withholds their number."""
    return text in WITHHELD or text.lower() in WITHHELD.values()


def is_channel(text: str) -> bool:
    """Whether the identifier is a channel address (`messenger:123`) or a chat channel SID (`CH...`)."""
    return _CHANNEL.fullmatch(text) is not None


def mask(identifier: str) -> str:
    """The identifier as Twilio prints it in messages: the last four characters hidden."""
    return identifier[:-4] + "XXXX"
