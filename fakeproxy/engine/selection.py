"""Which proxy number a participant gets, and why none.

A pool number is passed over for the first of the reasons below that applies to it. If all are, the refusal is that
of the last reason standing: the reasons go from general to specific, and the one that took the last candidates away
names the code.
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


class Wanted(NamedTuple):
    """What is looked for: a number of the pool for this person in this session."""

    store: Store
    service: Service
    mode: str
    identifier: str
    number: Number | None

    @property
    def country(self) -> str | None:
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
    # A person whose country cannot be told is let in (changelog of 2019-01-29).
    if wanted.country is None or _country_group(wanted.country) == _country_group(candidate.iso_country):
        return None
    return f"is of {candidate.iso_country}, not of {wanted.country}"


def _other_place(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    level = wanted.service.geo_match_level
    area_code = wanted.number.area_code if wanted.number else None
    if level == "country" or area_code is None:
        return None
    matches = candidate.area_code == area_code if level == "area-code" else same_place(area_code, candidate.area_code)
    return None if matches else f"has area code {candidate.area_code}, no match of level {level} for {area_code}"


def _reserved(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    return "is reserved" if candidate.is_reserved else None


def _used_by_person(wanted: Wanted, candidate: PhoneNumber) -> str | None:
    session = wanted.store.pairs.get((wanted.service.sid, wanted.identifier, candidate.phone_number))
    return f"is used by {wanted.identifier} in {session}" if session else None


# Guess: the order, from general to specific; and 80206 for the level against 80208 for numbers in use, whose texts
# overlap in the dictionary.
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
) -> PhoneNumber:
    """The pool number for this person; `partners` are the proxy numbers that the session's others have.

    Raises the `Refusal` for the way in which no number is left; its `why` says of each pool number why it was
    passed over. What is known of the sticky choice is rule 3.5 of Twilio's page on number management: reuse a number
    where that is possible, never fail because of it.
    """
    wanted = Wanted(store, service, session.mode, identifier, look_up(identifier))
    had = store.numbers_given.get((service.sid, identifier), {})
    avoid = set(partners) if store.behavior.distinct_within_session else ()

    def eligible(candidate: PhoneNumber) -> bool:
        return not any(reason(wanted, candidate) for _, reason in _REASONS)

    # Guess: prefer-sticky takes the person's last number, avoid-sticky one that the person never had, else the one had
    # longest ago. Among several it is `Behavior.number_choice`: Twilio's example (two sessions on number 1, a second
    # number only for a driver who is busy on it) fits the order of the pool.
    pool = _in_order(store, session, partners)
    if service.number_selection_behavior == "prefer-sticky":
        last = store.phone_numbers.named(service.sid, next(reversed(had), ""))
        if last and last.phone_number not in avoid and eligible(last):
            return last
    else:
        for candidate in pool:
            if candidate.phone_number not in had and candidate.phone_number not in avoid and eligible(candidate):
                return candidate
        for proxy in had:
            old = store.phone_numbers.named(service.sid, proxy)
            if old and proxy not in avoid and eligible(old):
                return old
    shared = None
    for candidate in pool:
        if eligible(candidate):
            if candidate.phone_number not in avoid:
                return candidate
            shared = shared or candidate
    if shared:
        return shared
    raise _explain(wanted)


def _in_order(store: Store, session: Session, partners: Collection[str]) -> Iterable[PhoneNumber]:
    """The pool in the order in which its numbers are tried. Partners may be planned, and so not be counted yet."""
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
        return refuse(80205, f"the pool of {wanted.service.sid} is empty")
    passed: dict[str, str] = {}
    last = 0
    for code, reason in _REASONS:
        for candidate in pool:
            if candidate.phone_number not in passed and (text := reason(wanted, candidate)):
                passed[candidate.phone_number] = f"{candidate.phone_number} {text}"
                last = code
    return refuse(last, reasons=passed.values(), masked=mask(wanted.identifier), country=wanted.country)


def _country_group(country: str | None) -> str | None:
    return _SUBSTITUTES.get(country or "", country)
