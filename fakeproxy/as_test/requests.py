"""Requests as calls of Twilio's SDK."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, quote

from fakeproxy.api.request import parse_form
from fakeproxy.as_test.code import Group, call, dict_of, list_of, literal
from fakeproxy.as_test.names import Variables
from fakeproxy.history.journal import Entry

#: The SDK's method for a method of HTTP, by whether the path ends in a SID.
_METHODS = {
    ("POST", False): "create",
    ("POST", True): "update",
    ("GET", False): "list",
    ("GET", True): "fetch",
    ("DELETE", True): "delete",
}

#: The parameters that the SDK takes as lists.
_LISTS = {"Participants", "MediaUrl"}
_WHOLE_NUMBERS = {"Ttl", "DefaultTtl"}
_BOOLEANS = {"IsReserved": {"true": "True", "false": "False"}}

#: The resources that the SDK has no calls for.
_NOT_IN_THE_SDK = ("ShortCodes",)

_PROXY, _CORE = "https://proxy.twilio.com", "https://api.twilio.com"


def sdk_call(entry: Entry, names: Variables) -> Group | None:
    """Return a request as a call of the SDK, or None if the SDK cannot make it."""
    prefix, sections = _sections(entry.path)
    form = parse_form(entry.form)
    method = _METHODS.get((entry.method, len(sections) % 2 == 0))
    known = entry.operation is not None and method is not None and not entry.ignored
    repeated = [name for name, values in form.items() if len(values) > 1 and name not in _LISTS]
    if not known or repeated or set(_NOT_IN_THE_SDK) & {*sections} or entry.query or "" in sections:
        return None
    if any(not re.fullmatch(r"[A-Z][A-Za-z]*", name) for name in form):
        return None
    expression = prefix
    for index, section in enumerate(sections):
        expression += f"({names.sid(section)})" if index % 2 else f".{_snake(section)}"
    return call(f"{expression}.{method}", **{_keyword(name): _value(name, v, names) for name, v in form.items()})


def plain_call(entry: Entry, names: Variables) -> Group:
    """Return a request as a call of the SDK's `client.request()`, which makes any request and does not raise."""
    host = _CORE if entry.path.startswith("/2010-04-01") else _PROXY
    parts = entry.path.split("/")
    path = "/".join(_part(part, number, parts, names) for number, part in enumerate(parts))
    url = f'{"f" if "{" in path else ""}"{host}{path}"'
    data = params = None
    if form := parse_form(entry.form):
        data = dict_of({name: _plain(values, names) for name, values in form.items()})
    if entry.query:
        params = dict_of({k: _plain(v, names) for k, v in parse_qs(entry.query, keep_blank_values=True).items()})
    return call("client.request", literal(entry.method), url, params=params, data=data)


def _part(part: str, number: int, parts: Sequence[str], names: Variables) -> str:
    if number == 3 and parts[1] == "2010-04-01":
        return "{client.account_sid}"
    name, dot, suffix = part.partition(".")
    source = names.sid(name)
    text = quote(name) if source.startswith('"') and source == literal(name) else f"{{{source}}}".replace('"', "'")
    return text + dot + quote(suffix)


def _sections(path: str) -> tuple[str, list[str]]:
    parts = path.removesuffix(".json").split("/")[1:]
    if parts[0] == "2010-04-01":
        rest = parts[3:]
        if rest[:1] == ["IncomingPhoneNumbers"] and rest[1:] in (["Local"], ["Mobile"], ["TollFree"]):
            return "client.incoming_phone_numbers", rest[1:]
        return "client", rest
    return "client.proxy.v1", parts[1:]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _keyword(name: str) -> str:
    return {"From": "from_"}.get(name, _snake(name))


def _value(name: str, values: Sequence[str], names: Variables) -> str | Group:
    if name in _LISTS:
        return list_of([_participant(value, names) if name == "Participants" else literal(value) for value in values])
    value = values[0]
    if name in _WHOLE_NUMBERS and value.isdecimal() and str(int(value)) == value:
        return value
    return _BOOLEANS.get(name, {}).get(value) or names.value(value)


def _participant(text: str, names: Variables) -> str | Group:
    try:
        person = json.loads(text)
    except ValueError:
        return literal(text)
    if not isinstance(person, Mapping) or json.dumps(person) != text:
        return literal(text)
    return dict_of({key: names.value(v) if isinstance(v, str) else literal(v) for key, v in person.items()})


def _plain(values: Sequence[str], names: Variables) -> str:
    given = [names.value(value) for value in values]
    return given[0] if len(given) == 1 else str(list_of(given))
