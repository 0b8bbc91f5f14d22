"""The selection of a proxy number for a participant, or the reason why there is none.

A number of the pool is passed over for the first reason in `_REASONS` that applies to it. The reasons go from general
to specific. If every number is passed over, the refusal's code is that of the last reason that removed a candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from fakeproxy.engine.area_codes import same_place
from fakeproxy.engine.numbering import Number, look_up, mask
from fakeproxy.engine.records import PhoneNumber, Service, Session
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.store import Store

#: Countries whose numbers serve one another (Twilio's page on number management).
_SUBSTITUTES = dict.fromkeys(("AG", "AI", "BM", "BS", "MS", "TC", "VG", "VI"), "US")
_SUBSTITUTES.update(dict.fromkeys(("GG", "IM", "JE"), "GB"))


#: The reason for a number: it was asked for, a rule of sticky selection, `Behavior.number_choice`, or no other left.
Choice = str


class Wanted(NamedTuple):
    """A search for a number: the Service with the pool, the session's mode, the person who gets the number."""

    store: Store
    service: Service
    mode: str
    identifier: str
    number: Number | None

    @property
    def country(self) -> str | None:
        """The person's country (ISO 3166 alpha-2), or None if the number does not tell."""
        return self.number.country if self.number else None


def _no_voice(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    if wanted.mode != "message-only" and "voice" not in candidate.capabilities:
        return f"has no voice capability, which mode {wanted.mode} needs"
    return None


def _no_sms(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    if wanted.mode != "voice-only" and "sms" not in candidate.capabilities:
        return f"has no sms capability, which mode {wanted.mode} needs"
    return None


def _other_country(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    # A person whose country is unknown may have any number (changelog of 2019-01-29).
    if wanted.country is None or _country_group(wanted.country) == _country_group(candidate.iso_country):
        return None
    return f"is a number of {candidate.iso_country}, not of {wanted.country}"


def _other_place(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    level = wanted.service.geo_match_level
    area_code = wanted.number.area_code if wanted.number else None
    if level == "country" or area_code is None:
        return None
    matches = candidate.area_code == area_code if level == "area-code" else same_place(area_code, candidate.area_code)
    return None if matches else f"has area code {candidate.area_code}, no match for {area_code} of level {level}"


def _reserved(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    return "is reserved" if candidate.is_reserved else None


def _used_by_person(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    sid = wanted.store.pairs.get((wanted.service.sid, wanted.identifier, candidate.phone_number))
    if sid is None:
        return None
    session = wanted.store.sessions.rows[sid]
    name = f", {session.unique_name}," if session.unique_name else ","
    return f"is used by {wanted.identifier} in {sid}{name} which is {session.status}"


# Guess (inferred, the error dictionary; one answer of the real service): the order of the reasons why no number fits;
# and 80206 for GeoMatchLevel, 80208 for numbers in use, as in the answer: the texts of these two codes overlap in the
# dictionary.
_REASONS: tuple[tuple[int, Callable[[Wanted, PhoneNumber], str | None]], ...] = (
    (80201, _no_voice),
    (80202, _no_sms),
    (80203, _other_country),
    (80206, _other_place),
    (80207, _reserved),
    (80208, _used_by_person),
)


def choose(
    store: Store, service: Service, session: Session, identifier: str, partners: Collection[str] = ()
) -> tuple[PhoneNumber, Choice]:
    """Choose a number of the pool for a person. `partners` are the proxy numbers of the session's other participants.

    Raises `Refusal` if no number is left. Its `why` says of each number of the pool why it was passed over. Twilio's
    page on number management (rule 3.5) says of sticky selection only: reuse a number if possible, but do not fail
    because of that.
    """
    wanted = Wanted(store, service, session.mode, identifier, look_up(identifier))
    had = store.numbers_given.get((service.sid, identifier), {})
    avoid = set(partners) if store.behavior.distinct_within_session else ()

    def eligible(candidate: PhoneNumber) -> bool:
        return not any(reason(wanted, candidate) for _, reason in _REASONS)

    # Guess (inferred, the page on the management of numbers): prefer-sticky takes the person's last number;
    # avoid-sticky takes one that the person never had, else the one that the person had longest ago. Among several,
    # `Behavior.number_choice` decides. Its default is the order of the pool, as in the example of the page: two
    # sessions share number 1; a driver who already uses number 1 gets number 2.
    pool = _in_order(store, session, partners)
    if service.number_selection_behavior == "prefer-sticky":
        last = store.phone_numbers.named(service.sid, next(reversed(had), ""))
        if last and last.phone_number not in avoid and eligible(last):
            return last, "had last"
    else:
        for candidate in pool:
            if candidate.phone_number not in had and candidate.phone_number not in avoid and eligible(candidate):
                return candidate, "never had"
        for proxy in had:
            old = store.phone_numbers.named(service.sid, proxy)
            if old and proxy not in avoid and eligible(old):
                return old, "had longest ago"
    shared = None
    for candidate in pool:
        if eligible(candidate):
            if candidate.phone_number not in avoid:
                return candidate, store.behavior.number_choice
            shared = shared or candidate
    if shared:
        return shared, "shared with the partner"
    raise _explain(wanted)


def _in_order(store: Store, session: Session, partners: Collection[str]) -> Iterable[PhoneNumber]:
    """Return the pool in the order in which its numbers are tried.

    Partners of a session that is being created are not in the store yet, so their numbers are counted here.
    """
    pool = store.phone_numbers.of(session.service_sid)
    choice = store.behavior.number_choice
    if choice == "least-used":

        def use(number: PhoneNumber) -> tuple[int, int]:
            sessions = store.uses.get((session.service_sid, number.phone_number), ())
            planned = number.phone_number in partners and session.sid not in sessions
            return len(sessions) + planned, number.times_given + planned

        return sorted(pool, key=use)
    if choice == "seeded":
        draw = store.sids.counts.get("KP", 0) + len(partners)
        return sorted(pool, key=lambda number: store.sids.named("", f"{draw}/{number.sid}"))
    return pool


def _explain(wanted: Wanted) -> Exception:
    pool = list(wanted.store.phone_numbers.of(wanted.service.sid))
    if not pool:
        name = wanted.service.unique_name
        return refuse(80205, f"the pool of {wanted.service.sid} is empty: no number was added to Service {name}")
    passed: dict[str, str] = {}
    last = 0
    for code, reason in _REASONS:
        for candidate in pool:
            if candidate.phone_number not in passed and (text := reason(wanted, candidate)):
                passed[candidate.phone_number] = f"{candidate.phone_number} {text}"
                last = code
    reasons = list(passed.values())
    if last == 80208:
        reasons.append("a number serves a person in one session at a time: close a session, or add numbers to the pool")
    return refuse(last, reasons=reasons, masked=mask(wanted.identifier), country=wanted.country)


def _country_group(country: str | None) -> str | None:
    return _SUBSTITUTES.get(country or "", country)
