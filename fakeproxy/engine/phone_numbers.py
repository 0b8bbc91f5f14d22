"""The rules of numbers: those that the account owns, and the PhoneNumbers and ShortCodes in the pool of a Service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.alerts import alert
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import CAPABILITIES, OwnedNumber, PhoneNumber, Service, ShortCode
from fakeproxy.engine.refusals import invalid, missing, refuse
from fakeproxy.engine.store import Store

if TYPE_CHECKING:
    from fakeproxy.engine.given import PhoneNumberGiven, ShortCodeGiven

#: The most numbers of a pool that are unreserved (False) and reserved (True) (Twilio's page of limits).
LIMITS = {False: 500, True: 5000}


def buy(
    store: Store,
    now: int,
    account: str,
    number: str,
    *,
    sid: str = "",
    capabilities: Sequence[str] = CAPABILITIES,
    friendly_name: str | None = None,
    messaging_service_sid: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> OwnedNumber:
    """Add a phone number, or a short code (digits without a `+`), to those that the account owns.

    Its SID is made from the seed and the number, so that it is the same in every test.
    """
    known = look_up(number)
    prefix = "PN" if known else "SC"
    usual = store.sids.named(prefix, number if account == DEFAULT else f"{account}/{number}")
    owned = OwnedNumber(
        sid=sid or (usual if store.owned_numbers.get(usual) is None else ""),
        account=account,
        date_created=now,
        date_updated=now,
        number=number,
        # Guess (inferred, the Console): a number's friendly name is its national form, as the Console has it for
        # numbers of the United States.
        friendly_name=friendly_name or (known.national if known else number),
        # Guess (inferred, none): every short code is of the United States.
        iso_country=known.country if known else "US",
        area_code=known.area_code if known else None,
        capabilities=tuple(name for name in CAPABILITIES if name in capabilities),
        messaging_service_sid=messaging_service_sid,
        settings=dict(settings or {}),
    )
    store.add(store.owned_numbers, owned, prefix)
    return owned


def update_owned(
    store: Store, now: int, number: OwnedNumber, friendly_name: str | None, settings: Mapping[str, str]
) -> None:
    """Change the friendly name and the settings of an owned number. The pool shows the new name too."""
    name = friendly_name or number.friendly_name
    store.change(number, friendly_name=name, settings={**number.settings, **settings}, date_updated=now)
    pooled = store.phone_numbers.get(number.sid)
    if pooled is not None:
        store.change(pooled, friendly_name=name)


def release(store: Store, now: int, number: OwnedNumber) -> None:
    """Remove a number from the account and from its pool. Raises `Refusal` if an active session uses it."""
    # Guess (inferred, the page of error 80611): a number in an active session cannot be released; the code is that of
    # removing it from its pool.
    if number.sid.startswith("PN"):
        pooled = store.phone_numbers.get(number.sid)
        if pooled is not None:
            delete(store, now, pooled)
    store.delete(number, now)


def create(store: Store, now: int, service: Service, given: PhoneNumberGiven) -> PhoneNumber:
    """Add a number to the pool, by the SID of a number that the account owns, or by the number.

    Raises `Refusal`, with the codes of Twilio's error dictionary.
    """
    number, sid = given.get("phone_number"), given.get("sid")
    if number is None and sid is None:
        raise missing("PhoneNumber")
    known = look_up(number) if number is not None else None
    if number is not None and known is None:
        raise refuse(80406, f"{number!r} is not a possible phone number in E.164 form (+14155550100)")
    if sid is not None:
        owned = store.owned_numbers.get(sid)
        if owned is None or owned.account != service.account:
            raise refuse(80301, f"the account owns no number {sid}; add_number({number or '+1...'!r}) buys one")
        if number is not None and owned.number != number:
            raise invalid("PhoneNumber", f"{sid} is {owned.number}.")
    else:
        assert number is not None
        owned = store.owned_numbers.named(service.account, number)
    if owned is None and store.behavior.strict_numbers:
        raise refuse(80301, f"strict_numbers: nobody bought {number}; add_number({number!r}) buys it")
    is_reserved = given.get("is_reserved", False)
    if owned is not None:
        if present := store.phone_numbers.get(owned.sid):
            code = 80104 if present.service_sid == service.sid else 80101
            raise refuse(code, f"{owned.number} is in the pool of {present.service_sid}")
        if owned.messaging_service_sid:
            raise refuse(80601, f"{owned.number} is bound to the Messaging Service {owned.messaging_service_sid}")
    _check_limit(store, service, is_reserved)
    if owned is None:
        assert number is not None
        owned = buy(store, now, service.account, number)
    row = PhoneNumber(
        sid=owned.sid,
        account=service.account,
        service_sid=service.sid,
        date_created=now,
        date_updated=now,
        phone_number=owned.number,
        friendly_name=owned.friendly_name,
        iso_country=owned.iso_country,
        area_code=owned.area_code,
        capabilities=owned.capabilities,
        is_reserved=is_reserved,
    )
    store.add(store.phone_numbers, row, "PN")
    _count(store, service.sid, is_reserved, now)
    return row


def update(store: Store, now: int, number: PhoneNumber, given: PhoneNumberGiven) -> PhoneNumber:
    """Reserve a number or release it. Raises `Refusal`.

    A reserved number is not chosen for participants any more (Twilio's page on reserved numbers).
    """
    is_reserved = given.get("is_reserved", number.is_reserved)
    if is_reserved != number.is_reserved:
        service = store.services.rows[number.service_sid]
        _check_limit(store, service, is_reserved)
        store.count_pool(number.service_sid, number.is_reserved, -1)
        _count(store, number.service_sid, is_reserved, now)
    store.change(number, is_reserved=is_reserved, date_updated=now)
    return number


def delete(store: Store, now: int, number: PhoneNumber) -> None:
    """Remove a number from the pool; the account keeps it. Raises `Refusal` if an active session uses it."""
    sessions = store.uses.get((number.service_sid, number.phone_number), {})
    if sessions:
        raise refuse(80611, f"{number.phone_number} is in use in {', '.join(sessions)}")
    store.count_pool(number.service_sid, number.is_reserved, -1)
    store.delete(number, now)


def create_short_code(store: Store, now: int, service: Service, given: ShortCodeGiven) -> ShortCode:
    """Add a short code that the account owns to the pool, by its SID. Raises `Refusal`."""
    owned = store.owned_numbers.get(given["sid"])
    if owned is None or owned.account != service.account:
        raise refuse(80303, f"the account owns no short code {given['sid']}; add_short_code('12345') buys one")
    if present := store.short_codes.get(owned.sid):
        # Guess (inferred, the error dictionary): 80105 also if the short code is in another Service; the dictionary has
        # no other code for that.
        raise refuse(80105, f"{owned.number} is in the pool of {present.service_sid}")
    row = ShortCode(
        sid=owned.sid,
        account=service.account,
        service_sid=service.sid,
        date_created=now,
        date_updated=now,
        short_code=owned.number,
        iso_country=owned.iso_country,
        capabilities=owned.capabilities,
    )
    store.add(store.short_codes, row, "SC")
    return row


def update_short_code(store: Store, now: int, short_code: ShortCode, given: ShortCodeGiven) -> ShortCode:
    """Reserve a short code or release it."""
    store.change(short_code, is_reserved=given.get("is_reserved", short_code.is_reserved), date_updated=now)
    return short_code


def delete_short_code(store: Store, now: int, short_code: ShortCode) -> None:
    """Remove a short code from the pool; the account keeps it."""
    store.delete(short_code, now)


def _check_limit(store: Store, service: Service, is_reserved: bool) -> None:
    limit = LIMITS[is_reserved]
    if store.pool_sizes[service.sid, is_reserved] >= limit:
        raise refuse(80622, limit=limit, kind="reserved" if is_reserved else "unreserved")


def _count(store: Store, service_sid: str, is_reserved: bool, now: int) -> None:
    if store.count_pool(service_sid, is_reserved, +1) == LIMITS[is_reserved] * 85 // 100:
        store.add_alert(alert(80624, service_sid, now))
