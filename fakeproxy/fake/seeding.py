"""Seeding from Python: the operations of the API with the caller's own SIDs, and the numbers that an account owns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, TypeGuard, TypeVar, cast, overload

from fakeproxy import views
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.clock.datetimes import to_datetime, to_micros
from fakeproxy.engine import phone_numbers, services, sessions
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.events import Action
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import CAPABILITIES, Service
from fakeproxy.exceptions import UsageError, no_text, require_whole_characters
from fakeproxy.fake.state import State
from fakeproxy.queries.names import did_you_mean

if TYPE_CHECKING:
    from fakeproxy.engine.given import PhoneNumberGiven, ServiceGiven, SessionGiven

T = TypeVar("T")

#: An example of each field of a participant, for errors.
_EXAMPLES = {
    "identifier": "+14155550100",
    "proxy_identifier": "+14155550001",
    "proxy_identifier_sid": "PN" + 32 * "0",
    "friendly_name": "Anne",
    "sid": "KP" + 32 * "0",
}


F = TypeVar("F", bound=Callable[..., object])


def _noted(method: F) -> F:
    """Decorate a method that adds a row, so that a test which does the same can be made."""

    @wraps(method)
    def add(self: Seeding, *key: object, **fields: object) -> object:
        fields = {name: list(value) if isinstance(value, Iterator) else value for name, value in fields.items()}
        for text in _texts([*key, *fields.values()]):
            require_whole_characters("the text", text)
        is_own, seq = not self._store.lock.is_held, self._store.events.end
        row = method(self, *key, **fields)
        if is_own:  # add_service() calls add_number().
            name = method.__name__
            given = {"service" if name == "add_session" else "": key[0]} if key else {}
            self._store.events.actions.append(Action(seq, self.clock.read(), name, row, {**given, **fields}))
        return row

    return cast("F", add)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in the arguments of a method that adds a row."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple | set | frozenset):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


class Seeding(State):
    """The part of a fake that adds rows to its default account, by the same rules as requests."""

    @_noted
    def add_service(
        self,
        unique_name: str | None = None,
        *,
        sid: str | None = None,
        numbers: Iterable[str] = (),
        reserved_numbers: Iterable[str] = (),
        default_ttl: int | None = None,
        callback_url: str | None = None,
        geo_match_level: str | None = None,
        number_selection_behavior: str | None = None,
        intercept_callback_url: str | None = None,
        out_of_session_callback_url: str | None = None,
        chat_instance_sid: str | None = None,
    ) -> views.Service:
        """Add a Service to the default account, and buy the numbers of its pool (E.164). `default_ttl` is in seconds.

        Raises `Refusal` where Twilio would refuse, and `UsageError` for a SID that is taken or has another prefix than
        KS. Then nothing was added or bought.
        """
        form: dict[str, object] = {
            "DefaultTtl": default_ttl,
            "CallbackUrl": callback_url,
            "GeoMatchLevel": geo_match_level,
            "NumberSelectionBehavior": number_selection_behavior,
            "InterceptCallbackUrl": intercept_callback_url,
            "OutOfSessionCallbackUrl": out_of_session_callback_url,
            "ChatInstanceSid": chat_instance_sid,
        }
        pool = [(number, False) for number in _list("numbers", "phone numbers", numbers)]
        pool += [(number, True) for number in _list("reserved_numbers", "phone numbers", reserved_numbers)]
        with self._changing():
            form["UniqueName"] = unique_name or self._free_name()
            given = cast("ServiceGiven", self._read("CreateService", form))
            free = self._free("services", "KS", sid)
            row = services.create(self._store, self.clock.read(), DEFAULT, given, sid=free)
            for number, reserved in pool:
                self.add_number(number, service=row.sid, reserved=reserved)
            return views.view(views.Service, row, self._store)

    @overload
    def add_number(
        self,
        number: str,
        *,
        service: None = None,
        sid: str | None = None,
        reserved: bool = False,
        capabilities: Sequence[str] = CAPABILITIES,
        friendly_name: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> views.OwnedNumber: ...

    @overload
    def add_number(
        self,
        number: str,
        *,
        service: str | views.Service,
        sid: str | None = None,
        reserved: bool = False,
        capabilities: Sequence[str] = CAPABILITIES,
        friendly_name: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> views.PhoneNumber: ...

    @_noted
    def add_number(
        self,
        number: str,
        *,
        service: str | views.Service | None = None,
        sid: str | None = None,
        reserved: bool = False,
        capabilities: Sequence[str] = CAPABILITIES,
        friendly_name: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> views.PhoneNumber | views.OwnedNumber:
        """Buy a phone number (E.164) for the default account, and add it to the pool of `service` if one is given.

        A number that the account owns already is only added to the pool. `service` is a SID, a unique name or a view;
        `capabilities` are some of `voice`, `sms`, `mms`, `fax`. A pool takes no number of a Messaging Service (page of
        Proxy's PhoneNumber): one with a `messaging_service_sid` raises `Refusal` (80601). Raises `UsageError` for
        what is no possible number, and for a SID that is taken.
        """
        if unknown := sorted(set(capabilities) - set(CAPABILITIES)):
            raise UsageError(f"unknown capability {', '.join(unknown)}; there are: {', '.join(CAPABILITIES)}")
        if not _is_text(number):
            raise no_text("a phone number", "+14155550100", number)
        with self._changing() as now:
            owned = self._store.owned_numbers.named(DEFAULT, number)
            if owned is None:
                if look_up(number) is None:
                    raise UsageError(f"{number!r} is no possible phone number in E.164 form, such as '+14155550100'")
                owned = phone_numbers.buy(
                    self._store,
                    now,
                    DEFAULT,
                    number,
                    sid=self._free("owned_numbers", "PN", sid),
                    capabilities=capabilities,
                    friendly_name=friendly_name,
                    messaging_service_sid=messaging_service_sid,
                )
            if service is None:
                return views.view(views.OwnedNumber, owned, self._store)
            # Without the API's check of parameters, which allows only SIDs of 32 hex digits.
            given: PhoneNumberGiven = {"sid": owned.sid, "is_reserved": reserved}
            row = phone_numbers.create(self._store, now, self._service(service), given)
            return views.view(views.PhoneNumber, row, self._store)

    @overload
    def add_short_code(
        self, short_code: str, *, service: None = None, sid: str | None = None, reserved: bool = False
    ) -> views.OwnedNumber: ...

    @overload
    def add_short_code(
        self, short_code: str, *, service: str | views.Service, sid: str | None = None, reserved: bool = False
    ) -> views.ShortCode: ...

    @_noted
    def add_short_code(
        self,
        short_code: str,
        *,
        service: str | views.Service | None = None,
        sid: str | None = None,
        reserved: bool = False,
    ) -> views.ShortCode | views.OwnedNumber:
        """Buy a short code for the default account, and add it to the pool of `service` if one is given.

        Raises `UsageError` for anything but 3 to 8 digits, and for a SID that is taken or has another prefix than SC.
        """
        if not _is_text(short_code) or not re.fullmatch(r"[0-9]{3,8}", short_code, re.ASCII):
            raise UsageError(f"{short_code!r} is no short code; give 3 to 8 digits")
        with self._changing() as now:
            owned = self._store.owned_numbers.named(DEFAULT, short_code)
            if owned is None:
                sid = self._free("owned_numbers", "SC", sid)
                owned = phone_numbers.buy(self._store, now, DEFAULT, short_code, sid=sid, capabilities=("sms", "mms"))
            if service is None:
                return views.view(views.OwnedNumber, owned, self._store)
            row = phone_numbers.create_short_code(self._store, now, self._service(service), {"sid": owned.sid})
            if reserved:
                phone_numbers.update_short_code(self._store, now, row, {"is_reserved": True})
            return views.view(views.ShortCode, row, self._store)

    @_noted
    def add_session(
        self,
        service: str | views.Service | None = None,
        *,
        sid: str | None = None,
        unique_name: str | None = None,
        participants: Iterable[str | Mapping[str, str | None]] = (),
        ttl: int | None = None,
        date_expiry: datetime | str | None = None,
        mode: str | None = None,
        status: str | None = None,
    ) -> views.Session:
        """Open a session in `service`: a SID, a unique name or a view, or None for the only Service.

        A participant is an identifier, or a mapping with `identifier` and optionally `sid`, `friendly_name`,
        `proxy_identifier` and `proxy_identifier_sid`. `ttl` is in seconds; `date_expiry` is an aware datetime or ISO
        8601 with an offset. Raises `Refusal` where Twilio would refuse, and `UsageError` for a wrong argument.
        """
        people = _list("participants", "people", participants)
        form = {
            "UniqueName": unique_name,
            "Ttl": ttl,
            "DateExpiry": None if date_expiry is None else to_datetime(to_micros(date_expiry)).isoformat(),
            "Mode": mode,
            "Status": status,
            "Participants": [_participant(person) for person in people] or None,
        }
        with self._changing():
            given = self._read_session(form)
            for person, values in zip(people, given.get("participants", ()), strict=True):
                values["sid"] = self._free("participants", "KP", None if isinstance(person, str) else person.get("sid"))
            sids = [values["sid"] for values in given.get("participants", ()) if values["sid"]]
            if len(set(sids)) < len(sids):
                raise UsageError(f"two participants cannot both have sid={sids[0]!r}")
            free = self._free("sessions", "KC", sid)
            row = sessions.create(self._store, self.clock.read(), self._service(service), given, sid=free)
        with self._world.settled():
            return views.view(views.Session, row, self._store)

    def _read_session(self, form: Mapping[str, object]) -> SessionGiven:
        return cast("SessionGiven", self._read("CreateSession", form))

    def _read(self, name: str, form: Mapping[str, object]) -> dict[str, object]:
        fields = {
            key: [_text(item) for item in (value if isinstance(value, list) else [value])]
            for key, value in form.items()
            if value is not None
        }
        return OPERATIONS[name].read(fields, self._store.behavior, self._store.exists)

    def _service(self, key: str | views.Service | None) -> Service:
        services = [row for row in self._store.services if row.account == DEFAULT]
        if key is None:
            if len(services) != 1:
                raise UsageError(f"there are {len(services)} Services; name one of them by its SID or unique name")
            return services[0]
        name = key.sid if isinstance(key, views.Service) else key
        row = self._store.services.get(name) or self._store.services.named(DEFAULT, name)
        if row is None or row.account != DEFAULT:
            raise UsageError(f"the default account has no Service {name!r}; add_service() makes one")
        return row

    def _free_name(self) -> str:
        """Return a free name for a Service: `service-1` and so on."""
        names = (f"service-{number}" for number in count(len(self._store.services) + 1))
        return next(name for name in names if self._store.services.named(DEFAULT, name) is None)

    def _free(self, table: str, prefix: str, sid: object) -> str:
        """Return the caller's SID, or "" for the next one of the seed. Raises `UsageError` if it is taken or wrong."""
        if sid is None:
            return ""
        if not _is_text(sid) or not re.fullmatch(prefix + "[0-9A-Za-z]+", sid, re.ASCII):
            raise UsageError(f"sid={sid!r}: expected {prefix} and letters or digits (Twilio's have 32 hex digits)")
        if self._store.tables[table].get(sid) is not None:
            raise UsageError(f"sid={sid!r} is taken already")
        return sid


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _list(name: str, what: str, given: Iterable[T]) -> list[T]:
    """Return the members of an argument that is a list. A text or a mapping is refused: it means one member."""
    value: object = given  # Not every caller has a type checker.
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        raise UsageError(f"{name} is a list of {what}, not {given!r}; write brackets around a single one, too")
    return list(given)


def _participant(person: str | Mapping[str, str | None]) -> dict[str, str]:
    """Return the participant with the names of the API's parameters. None is left out."""
    if isinstance(person, str):
        return {"Identifier": person}
    if not isinstance(person, Mapping):
        raise UsageError(f"a participant is an identifier such as '+14155550100', or a mapping, not {person!r}")
    known = {parameter.field: parameter.name for parameter in OPERATIONS["CreateParticipant"].parameters}
    if unknown := sorted(set(person) - {"sid", *known}):
        hint = did_you_mean(unknown, ["sid", *known], "it has:")
        raise UsageError(f"a participant has no {', '.join(unknown)}; {hint}")
    given: dict[str, str] = {}
    for field, value in person.items():
        if _is_text(value):
            given[field] = value
        elif value is not None or field == "identifier":
            raise no_text(f"{field} of a participant", _EXAMPLES[field], value)
    return {known[field]: value for field, value in given.items() if field != "sid"}


def _is_text(value: object) -> TypeGuard[str]:
    """Return whether this is a text. The annotations ask for one, but not every caller has a type checker."""
    return isinstance(value, str)
