"""Every answer that any fake gives, seen where it leaves the application."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest

from fakeproxy.api.app import Application
from tests.contract.openapi import Answer


@contextmanager
def observed(check: Callable[[Answer], list[str]]) -> Generator[list[str]]:
    """Check every answer that is given meanwhile; the list fills with what is wrong, one text an answer."""
    found: list[str] = []
    call = Application.__call__

    @wraps(call)
    def observing(app: Application, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def noting(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            heads.append((status, headers))
            return start_response(status, headers, *exc_info)

        chunks = list(call(app, environ, noting))
        path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace")
        answer = Answer(environ["REQUEST_METHOD"], path, *heads[-1], b"".join(chunks))
        # The OpenAPI file is Proxy's, and what a fault answers is the test's own.
        others = bool(app._faults.orders) or path.startswith("/2010-04-01/") or path == "/v2/token"
        problems = [] if others else check(answer)
        if problems:
            text = "".join(f"\n  - {problem}" for problem in problems)
            found.append(f"{answer.method} {path} was answered {answer.status} {answer.body.decode()!r}{text}")
        return chunks

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Application, "__call__", observing)
        yield found
