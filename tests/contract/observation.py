"""Every answer that any fake gives, seen where it leaves the application."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest

from fakeproxy.api.app import Application
from fakeproxy.web.http1 import REASONS
from tests.contract.openapi import Answer


@contextmanager
def observed(check: Callable[[Answer], list[str]]) -> Generator[list[str]]:
    """Check every answer that is given meanwhile; the list fills with what is wrong, one text an answer."""
    found: list[str] = []
    call, answer = Application.__call__, Application.answer

    def note(seen: Answer) -> None:
        if problems := check(seen):
            text = "".join(f"\n  - {problem}" for problem in problems)
            found.append(f"{seen.method} {seen.path} was answered {seen.status} {seen.body.decode()!r}{text}")

    @wraps(call)
    def observing(app: Application, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def noting(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            heads.append((status, headers))
            return start_response(status, headers, *exc_info)

        chunks = list(call(app, environ, noting))
        path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace")
        # The OpenAPI file is Proxy's, and what a fault answers is the test's own.
        if not app._faults.orders and not path.startswith("/2010-04-01/") and path != "/v2/token":
            note(Answer(environ["REQUEST_METHOD"], path, *heads[-1], b"".join(chunks)))
        return chunks

    @wraps(answer)
    def observing_without_wsgi(app: Application, method: str, path: str, *parts: Any) -> Any:
        status, headers, text = answer(app, method, path, *parts)
        if not path.startswith("/2010-04-01/") and path != "/v2/token":
            note(Answer(method, path, f"{status} {REASONS.get(status, '')}", list(headers), text.encode()))
        return status, headers, text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Application, "__call__", observing)
        patch.setattr(Application, "answer", observing_without_wsgi)
        yield found
