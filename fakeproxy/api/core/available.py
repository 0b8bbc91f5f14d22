"""AvailablePhoneNumbers of the core API: the search for numbers to buy."""

from __future__ import annotations

from itertools import islice

from fakeproxy.api.core import pages
from fakeproxy.api.core.request import Answer, Operate, Request
from fakeproxy.engine import available_numbers
from fakeproxy.engine.available_numbers import Kind
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import CAPABILITIES
from fakeproxy.engine.refusals import refuse

_SECTIONS: dict[Kind, str] = {"Local": "local", "Mobile": "mobile", "TollFree": "toll_free"}

#: The names of capabilities in a search. The account's own numbers have others.
_SHOWN = {"voice": "voice", "sms": "SMS", "mms": "MMS", "fax": "fax"}

#: The filters that the fake cannot serve: it does not know the places of numbers.
_PLACES = (
    "NearNumber",
    "NearLatLong",
    "Distance",
    "InPostalCode",
    "InRegion",
    "InRateCenter",
    "InLata",
    "InLocality",
)


def searching(kind: Kind) -> Operate:
    """Return the operation that searches for numbers of one kind."""

    def operate(request: Request) -> Answer:
        country = request.named["country"]
        if available_numbers.example(country, kind) is None:
            raise refuse(501, what=f"a search for {kind} numbers of {country!r}, of which it has no facts")
        for name in _PLACES:
            if request.first(name) is not None:
                raise refuse(501, what=f"a search for numbers by {name}, since it does not know where numbers are")
        numbers = _found(request, country, kind)
        return 200, {
            "available_phone_numbers": [_render(country, number) for number in numbers],
            "uri": request.path,
        }

    return operate


def _found(request: Request, country: str, kind: Kind) -> list[str]:
    area_code, pattern = request.first("AreaCode"), request.first("Contains")
    if country not in ("US", "CA"):
        area_code = None  # Twilio's page: the parameter is for the US and Canada only.
    if area_code is not None and not (area_code.isascii() and area_code.isdecimal() and len(area_code) == 3):
        raise refuse(20001, reason="Invalid AreaCode.")
    if pattern is not None and not pattern.removeprefix("+").replace("*", "0").isalnum():
        raise refuse(20001, reason="Invalid Contains.")
    # Guess (inferred, none): all numbers for sale have all capabilities, as bought numbers do.
    if any(request.first(f"{name.capitalize()}Enabled") == "false" for name in CAPABILITIES):
        return []
    owned = {row.number for row in request.store.owned_numbers}
    found = available_numbers.search(country, kind, area_code, pattern)
    return list(islice((number for number in found if number not in owned), pages.size_of(request)))


def list_countries(request: Request) -> Answer:
    """Answer with the countries that have numbers for sale."""
    countries = [_country(request, country) for country in available_numbers.countries()]
    return 200, {"countries": countries, "uri": request.path}


def fetch_country(request: Request) -> Answer:
    """Answer with one country."""
    country = request.named["country"]
    if available_numbers.example(country, "Local") is None:
        raise refuse(501, what=f"a search for numbers of {country!r}, of which it has no facts")
    return 200, _country(request, country)


def _country(request: Request, country: str) -> dict[str, object]:
    uri = f"{request.base}/AvailablePhoneNumbers/{country}"
    kinds = [kind for kind in _SECTIONS if available_numbers.example(country, kind)]
    return {
        "beta": False,
        # Guess (documented, the page on AvailablePhoneNumbers): a country has its code in place of the English name
        # that Twilio shows; libphonenumber has no names.
        "country": country,
        "country_code": country,
        "subresource_uris": {_SECTIONS[kind]: f"{uri}/{kind}.json" for kind in kinds},
        "uri": f"{uri}.json",
    }


def _render(country: str, number: str) -> dict[str, object]:
    known = look_up(number)
    assert known is not None
    return {
        "address_requirements": "none",
        "beta": False,
        "capabilities": {_SHOWN[name]: True for name in CAPABILITIES},
        "friendly_name": known.national,
        "iso_country": country,
        # Guess (inferred, the page on AvailablePhoneNumbers): no number has a place, as some numbers of the page.
        "lata": None,
        "latitude": None,
        "locality": None,
        "longitude": None,
        "phone_number": number,
        "postal_code": None,
        "rate_center": None,
        "region": None,
    }
