"""The control API from the other side: questions, what comes back as records, errors as what they are."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from fakeproxy import exceptions
from fakeproxy.clock import to_datetime, to_micros
from fakeproxy.exceptions import UsageError
from fakeproxy.transports.forward import TIMEOUT

#: (method, path, body) to the answer; raises what the fake raises.
Ask = Callable[..., Any]

#: Fields that hold data of the application's, and are left as they are.
_DATA = ("form", "parameters", "answer", "headers")


class Record(SimpleNamespace):
    """A row, a text, an alert ...: what the control API says of it, instants as aware datetimes."""


def asker(url: str) -> Ask:
    """How to ask the control API of the server at `url`."""
    open_url = build_opener(ProxyHandler({})).open

    def ask(method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body, default=_to_json).encode()
        request = Request(f"{url}/_fakeproxy{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with open_url(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                told = error.read()
            try:
                failure = _error(json.loads(told))
            except (ValueError, KeyError, TypeError):  # It is no JSON, or not that of the control API.
                shown = told[:200].decode("utf-8", "replace")
                failure = UsageError(f"{request.full_url} answers {error.code}, which no fakeproxy does: {shown!r}")
            raise failure from None
        except URLError as error:
            raise ConnectionError(f"nothing answers at {url}: {error.reason}. Is `fakeproxy serve` running?") from error
        except ValueError as error:
            raise UsageError(f"{request.full_url} answers with what is no JSON, which no fakeproxy does") from error

    return ask


def record(fields: Mapping[str, Any]) -> Record:
    return Record(**{name: value_of(name, value) for name, value in fields.items()})


def records(rows: Sequence[Mapping[str, Any]]) -> tuple[Record, ...]:
    return tuple(record(row) for row in rows)


def value_of(name: str, value: Any) -> Any:
    """The value of a field, as it is in process."""
    if isinstance(value, dict) and name not in _DATA:
        return record(value)
    if isinstance(value, list):
        return tuple(record(item) if isinstance(item, dict) else item for item in value)
    if isinstance(value, str) and (name == "at" or name.startswith("date_")):
        return instant(value)
    return value


def instant(text: str) -> datetime:
    return to_datetime(to_micros(text))


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _error(answer: Mapping[str, Any]) -> Exception:
    """The exception that the fake raised, with its text and its attributes."""
    name = answer["error"]
    kind: type[Exception] = vars(exceptions).get(name) or vars(builtins).get(name, UsageError)
    error = kind.__new__(kind)
    error.args = (answer["text"],)
    vars(error).update({name: value_of(name, value) for name, value in answer.items() if name not in ("error", "text")})
    return error
