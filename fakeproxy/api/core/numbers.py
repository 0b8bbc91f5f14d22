"""IncomingPhoneNumbers of the core API: the numbers that the account owns. Pools are filled from them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from fakeproxy.api.core import pages
from fakeproxy.api.core.request import VERSION, Answer, Operate, Request, check_url, date
from fakeproxy.engine import available_numbers, phone_numbers
from fakeproxy.engine.available_numbers import Kind
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import OwnedNumber
from fakeproxy.engine.refusals import missing, refuse

#: The parameters of a number that are kept and shown unchanged, each with its key in the JSON.
_SETTINGS = {
    "AddressSid": "address_sid",
    "BundleSid": "bundle_sid",
    "EmergencyAddressSid": "emergency_address_sid",
    "EmergencyStatus": "emergency_status",
    "IdentitySid": "identity_sid",
    "SmsApplicationSid": "sms_application_sid",
    "SmsFallbackMethod": "sms_fallback_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsMethod": "sms_method",
    "SmsUrl": "sms_url",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "TrunkSid": "trunk_sid",
    "VoiceApplicationSid": "voice_application_sid",
    "VoiceFallbackMethod": "voice_fallback_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceMethod": "voice_method",
    "VoiceReceiveMode": "voice_receive_mode",
    "VoiceUrl": "voice_url",
}


def listing(kind: Kind | None = None) -> Operate:
    """Return the operation that lists the account's numbers, of all kinds or of one."""

    def operate(request: Request) -> Answer:
        return pages.answer(request, "incoming_phone_numbers", _found(request, kind), render)

    return operate


def _found(request: Request, kind: Kind | None) -> list[OwnedNumber]:
    number, name = request.first("PhoneNumber"), request.first("FriendlyName")
    pattern = f"*{number.removeprefix('+')}*" if number else "*"
    # Guess (inferred, none): every number is Twilio's own, and none is beta.
    if (request.first("Origin") or "twilio") != "twilio" or request.first("Beta") == "true":
        return []
    return [
        row
        for row in request.store.owned_numbers.of(request.account)
        if row.sid.startswith("PN")
        and fnmatchcase(row.number, pattern)
        and (name is None or row.friendly_name == name)
        and (kind is None or available_numbers.kind_of(row.number) == kind)
    ]


def fetch(request: Request) -> Answer:
    """Answer with a number."""
    return 200, render(request, _row(request))


def buying(kind: Kind | None = None) -> Operate:
    """Return the operation that buys a number, by the number itself or by an area code."""

    def operate(request: Request) -> Answer:
        store, number = request.store, request.first("PhoneNumber")
        if number is None:
            number = _of_area(request, kind or "Local")
        if look_up(number) is None:
            raise refuse(21421, number=number)
        if any(row.number == number for row in store.owned_numbers):
            own = store.owned_numbers.named(request.account, number)
            why = f"{'the account' if own else 'another account'} owns {number} already"
            raise refuse(21422, why, number=number)
        name = request.first("FriendlyName")
        row = phone_numbers.buy(
            store, request.now, request.account, number, friendly_name=name, settings=_settings(request)
        )
        return 201, render(request, row)

    return operate


def _of_area(request: Request, kind: Kind) -> str:
    """Return a number for sale with the area code of the request. Raises `Refusal` if there is none."""
    area_code = request.first("AreaCode")
    if area_code is None:
        raise missing("PhoneNumber")
    owned = {row.number for row in request.store.owned_numbers}
    for country in ("US", "CA"):
        for number in available_numbers.search(country, kind, area_code):
            if number not in owned:
                return number
    raise refuse(21452, area_code=area_code)


def update(request: Request) -> Answer:
    """Change the friendly name and the settings of a number."""
    row = _row(request)
    if "AccountSid" in request.form and request.first("AccountSid") != request.account_sid:
        raise refuse(501, what="moving a number to another account")
    settings = _settings(request)
    phone_numbers.update_owned(request.store, request.now, row, request.first("FriendlyName"), settings)
    return 200, render(request, row)


def delete(request: Request) -> Answer:
    """Release a number."""
    phone_numbers.release(request.store, request.now, _row(request))
    return 204, None


def _row(request: Request) -> OwnedNumber:
    return request.own(request.store.owned_numbers.get(request.sid), "number")


def _settings(request: Request) -> dict[str, str]:
    given = {key: request.form[key][0] for key in _SETTINGS if key in request.form}
    for key, text in given.items():
        if text and (key == "StatusCallback" or key.endswith("Url")):
            check_url(key, text)
    return {_SETTINGS[key]: text for key, text in given.items()}


def render(request: Request, row: OwnedNumber) -> dict[str, object]:
    """Return the JSON of a number. Its URLs are as set: two sources differ on which of them Proxy rewrites."""
    return {
        "account_sid": request.store.accounts.sid_of(row.account),
        "address_requirements": "none",
        "address_sid": None,
        "api_version": VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {name: name in row.capabilities for name in ("voice", "sms", "mms", "fax")},
        "date_created": date(row.date_created),
        "date_updated": date(row.date_updated),
        # Guess (inferred, the page on IncomingPhoneNumbers): the number has no emergency address; the values are those
        # of the page's examples.
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": row.friendly_name,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": row.number,
        "sid": row.sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": "",
        "status": "in-use",
        "status_callback": "",
        "status_callback_method": "POST",
        "trunk_sid": None,
        "uri": f"{request.base}/IncomingPhoneNumbers/{row.sid}.json",
        "voice_application_sid": "",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": "",
        "voice_method": "POST",
        "voice_receive_mode": "voice",
        "voice_url": "",
        **row.settings,
    }
