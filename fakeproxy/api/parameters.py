"""Parameters: from the texts of a form to typed values, or a refusal that names the parameter.

A wrong value is refused with 80701, unless Twilio's list of codes has one for the parameter. A required parameter that
is absent or empty is refused with 20001. Parameters that the operation does not have are ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fakeproxy.api.json_schema import Schema
from fakeproxy.behavior import Behavior
from fakeproxy.clock.datetimes import to_micros
from fakeproxy.engine.refusals import invalid, missing, refuse
from fakeproxy.engine.sids import is_sid
from fakeproxy.exceptions import UsageError
from fakeproxy.web.urls import split

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: The values of each name, in the order in which they came.
Form = Mapping[str, list[str]]

#: A function that returns whether a row of any table has a SID.
Exists = Callable[[str], bool]

#: A function that returns the typed values of the parameters in a form, by field.
Reader = Callable[[Form, Behavior, Exists], dict[str, object]]

#: The longest ttl in seconds (Twilio's page of limits). Applications send 0 for "never".
_LONGEST_TTL = 2_147_483_646
_INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)
# Callbacks may not point at Proxy itself (changelog of 2019-05-21).
_PROXY_URL = re.compile(r"https?://(webhooks|proxy)\.twilio\.com(:\d+)?(/|$)", re.ASCII | re.IGNORECASE)

#: The parameters of a participant that have several words, as JSON objects have them.
_OF_PARTICIPANTS = ("FriendlyName", "ProxyIdentifier", "ProxyIdentifierSid")

#: The JSON Schema of what a reader accepts. A reader that is missing accepts any text.
SCHEMAS: dict[Callable[[str, str], object], Schema] = {}

#: The readers of SIDs.
_SIDS: set[Callable[[str, str], object]] = set()

R = TypeVar("R", bound=Callable[[str, str], object])


def _takes(**schema: Unpack[Schema]) -> Callable[[R], R]:
    def note(read: R) -> R:
        SCHEMAS[read] = schema
        return read

    return note


class Parameter(NamedTuple):
    """A parameter of an operation. `read(name, text)` returns its value or raises `Refusal`.

    A parameter that may be given several times has `read_all(name, texts, behavior, exists)` instead. A SID is accepted
    if a row has it, whatever its form: a test may have added a row with a SID of its own.
    """

    name: str
    field: str
    read: Callable[[str, str], object]
    required: bool = False
    #: The meaning of an empty text: `refuse` (`read` gets it), `ignore` (as if absent), or `clear` (None).
    empty: str = "refuse"
    read_all: Callable[[str, list[str], Behavior, Exists], object] | None = None


def reader(parameters: Iterable[Parameter]) -> Reader:
    """Return a function that reads these parameters of a form.

    It returns the typed values of those that were given, by field. It raises `Refusal` for a required one that is
    missing, else for the first wrong one.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    required = [parameter.name for parameter in by_name.values() if parameter.required]

    def read(form: Form, behavior: Behavior, exists: Exists) -> dict[str, object]:
        for name in required:
            if form.get(name, [""]) == [""]:
                raise missing(name)
        given: dict[str, object] = {}
        for name in filter(form.__contains__, by_name):  # Not a loop over all of them: a request has few.
            parameter, values = by_name[name], form[name]
            if parameter.read_all:
                given[parameter.field] = parameter.read_all(name, values, behavior, exists)
                continue
            if len(values) > 1:
                raise invalid(name, f"It was given {len(values)} times.")
            text = values[0]
            if parameter.read in _SIDS and exists(text):
                given[parameter.field] = text
            elif text or parameter.empty == "refuse":
                given[parameter.field] = parameter.read(name, text)
            elif parameter.empty == "clear":
                given[parameter.field] = None
        return given

    return read


def string(longest: int) -> Callable[[str, str], str]:
    """Return a reader of texts of up to `longest` characters."""

    @_takes(type="string", maxLength=longest)
    def read_string(name: str, text: str) -> str:
        if len(text) > longest:
            raise invalid(name, f"It is {len(text)} characters long; at most {longest} are allowed.")
        return text

    return read_string


def choice(*allowed: str) -> Callable[[str, str], str]:
    """Return a reader of the allowed values."""

    @_takes(enum=list(allowed))
    def read_choice(name: str, text: str) -> str:
        if text not in allowed:
            raise invalid(name, f"{text!r} is not one of {', '.join(allowed)}.")
        return text

    return read_choice


def sid(prefix: str, code: int | None = None) -> Callable[[str, str], str]:
    """Return a reader of SIDs with this prefix. It refuses others with `code`, if the parameter has one of its own."""

    @_takes(type="string", pattern=f"^{prefix or '[A-Z]{2}'}[0-9a-fA-F]{{32}}$")
    def read_sid(name: str, text: str) -> str:
        if not is_sid(text, prefix):
            why = f"{text!r} is not {prefix or 'two letters'} and 32 hex digits"
            raise refuse(code, why) if code else invalid(name, f"{why}.")
        return text

    _SIDS.add(read_sid)
    return read_sid


def text(name: str, text: str) -> str:
    """Return the text unchanged. The rule checks it, with codes of its own."""
    return text


@_takes(type="boolean")
def boolean(name: str, text: str) -> bool:
    """Read `true` or `false`, in upper or lower case."""
    lower = text.lower()
    if lower not in ("true", "false"):
        raise invalid(name, f"{text!r} is neither true nor false.")
    return lower == "true"


@_takes(type="integer", minimum=0, maximum=_LONGEST_TTL)
def ttl(name: str, text: str) -> int:
    """Read a ttl in whole seconds."""
    if not _INTEGER.fullmatch(text):
        raise invalid(name, f"{text!r} is not a whole number of seconds.")
    seconds = int(text)
    if not 0 <= seconds <= _LONGEST_TTL:
        raise invalid(name, f"{seconds} is not between 0 and {_LONGEST_TTL} seconds.")
    return seconds


@_takes(type="string", format="uri", maxLength=4000)
def url(name: str, text: str) -> str:
    """Read an absolute http or https URL that is not one of Proxy's own."""
    string(4000)(name, text)
    try:
        split(text)
    except ValueError as error:
        raise invalid(name, f"{text[:100]!r} is not an absolute http or https URL: {error}.") from error
    if _PROXY_URL.match(text):
        raise invalid(name, "A callback may not point back at Proxy.")
    return text


def urls(name: str, texts: list[str], behavior: Behavior, exists: Exists) -> list[str]:
    """Read several URLs."""
    return [url(name, text) for text in texts]


@_takes(type="string", format="date-time")
def date(name: str, text: str) -> int:
    """Read an instant in ISO 8601 with an offset, or a date, which means its midnight in UTC. Return microseconds."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        text += "T00:00:00Z"
    try:
        return to_micros(text)
    except UsageError as error:
        hint = " An unescaped + arrives as a blank." if " " in text[11:] else ""
        raise invalid(name, f"{text[:50]!r} is not ISO 8601 with an offset (2030-01-31T09:00:00Z).{hint}") from error


def participants(inner: tuple[Parameter, ...]) -> Callable[[str, list[str], Behavior, Exists], list[dict[str, object]]]:
    """Return a reader of participants: JSON objects, or a JSON array of them, with the names of parameters as keys."""
    read, known = reader(inner), {parameter.name for parameter in inner}
    camel_case = {name[:1].lower() + name[1:]: name for name in known}

    def read_participants(name: str, texts: list[str], behavior: Behavior, exists: Exists) -> list[dict[str, object]]:
        people: list[dict[str, object]] = []
        for text in texts:
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise invalid(name, f"{text[:100]!r} is not JSON.") from error
            for person in value if isinstance(value, list) else [value]:
                if not isinstance(person, dict):
                    raise invalid(name, f"{str(person)[:100]!r} is not an object with an Identifier.")
                form: dict[str, list[str]] = {}
                for key, item in person.items():
                    if behavior.camel_case_participants:
                        key = camel_case.get(key, key)
                    if key not in known or item is None:
                        continue
                    if not isinstance(item, str):
                        raise invalid(name, f"{key} must be a string.")
                    form[key] = [item.encode("utf-8", "replace").decode()]
                people.append(read(form, behavior, exists))
        return people

    return read_participants


def snake_case_keys(texts: Iterable[str]) -> dict[str, str]:
    """Return the keys in snake case of participants, each with the parameter that is meant. They have no effect."""
    meant: dict[str, str] = {}
    for text in texts:
        with suppress(ValueError, RecursionError):
            value = json.loads(text)
            for person in value if isinstance(value, list) else [value]:
                for key in person if isinstance(person, dict) else ():
                    name = "".join(part.capitalize() for part in key.split("_"))
                    if "_" in key and name in _OF_PARTICIPANTS:
                        meant[key] = name
    return meant
