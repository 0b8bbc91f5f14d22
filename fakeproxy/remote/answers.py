"""The client of the control API: it makes requests, and turns the JSON of answers and errors into Python objects."""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Protocol, TypeVar, cast, get_args, get_origin, get_type_hints, is_typeddict
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from fakeproxy import exceptions
from fakeproxy.clock.datetimes import to_datetime, to_micros
from fakeproxy.exceptions import UsageError
from fakeproxy.transports.loopback.forward import TIMEOUT

T = TypeVar("T")


class ControlClient(Protocol):
    """A function that makes a request to the control API.

    It returns the answer as a value of `kind`. It raises what the fake raises, `ConnectionError` where nothing answers,
    and `UsageError` where the answer is not that of a fakeproxy.
    """

    def __call__(self, kind: type[T], method: str, path: str, body: Mapping[str, object] | None = None) -> T: ...


def control_client(url: str) -> ControlClient:
    """Return a client of the control API of the server at `url`."""
    open_url = build_opener(ProxyHandler({})).open

    def ask(kind: type[T], method: str, path: str, body: Mapping[str, object] | None = None) -> T:
        data = None if body is None else json.dumps(body, default=_to_json).encode()
        request = Request(f"{url}/_fakeproxy{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with open_url(request, timeout=TIMEOUT) as answer:
                body_of_answer = json.load(answer)
        except HTTPError as error:
            with error:
                text = error.read()
            try:
                failure = _error(json.loads(text))
            except (ValueError, KeyError, TypeError):  # This is no JSON, or not that of the control API.
                shown = text[:200].decode("utf-8", "replace")
                failure = UsageError(f"{request.full_url} is no fakeproxy: it answers {error.code}, {shown!r}")
            raise failure from None
        except URLError as error:
            raise ConnectionError(f"nothing answers at {url}: {error.reason}. Is `fakeproxy serve` running?") from error
        except ValueError as error:
            raise UsageError(f"{request.full_url} is no fakeproxy: its answer is no JSON") from error
        return cast(T, _value(kind, body_of_answer))

    return ask


def read(kind: type[T], fields: Mapping[str, object], **more: object) -> T:
    """Return an object (a view, a text, a delivery ...) with these fields of JSON. `more` are its private fields."""
    return kind(**{name: _value(hint, fields[name]) for name, hint in _public(kind).items()}, **more)  # type: ignore[arg-type]


def read_all(kind: type[T], rows: Iterable[Mapping[str, object]]) -> tuple[T, ...]:
    """Return an object for each row of JSON."""
    return tuple(read(kind, row) for row in rows)


@cache
def _public(kind: type) -> dict[str, object]:
    return {name: hint for name, hint in get_type_hints(kind).items() if not name.startswith("_")}


def _value(hint: object, value: object) -> object:
    """Return a value of JSON as one of this type."""
    origin = get_origin(hint)
    if isinstance(value, list) and origin in (list, tuple):
        return origin(_value(get_args(hint)[0], item) for item in value)
    for one in (hint, *get_args(hint)):
        if one is BaseException and isinstance(value, str):
            name, _, text = value.partition(": ")
            return _exception(vars(exceptions).get(name) or type(name, (Exception,), {}), text)
        if isinstance(value, str) and getattr(one, "__name__", "") in ("datetime", "FakeDatetime"):
            return instant(value)
        if isinstance(value, dict) and isinstance(one, type):
            if is_typeddict(one):
                hints = get_type_hints(one)
                return {name: _value(hints.get(name), item) for name, item in value.items()}
            if is_dataclass(one):
                return read(one, value)
    return value


def instant(text: str) -> datetime:
    """Return the datetime of an ISO 8601 text, in UTC."""
    return to_datetime(to_micros(text))


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return list(value)
    raise UsageError(f"{value!r} cannot be sent to the fake, since JSON has no {type(value).__name__}; give a text")


def _error(answer: Mapping[str, str | int | list[str]]) -> Exception:
    """Return the exception that the fake raised, with its text and its attributes."""
    name = str(answer["error"])
    error = _exception(vars(exceptions).get(name) or vars(builtins).get(name, UsageError), str(answer["text"]))
    facts = {name: value for name, value in answer.items() if name not in ("error", "text")}
    vars(error).update({name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()})
    return error


def _exception(kind: type[Exception], text: str) -> Exception:
    error = kind.__new__(kind)
    error.args = (text,)
    return error
