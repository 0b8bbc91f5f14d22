"""The row of the table of routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fakeproxy.inspector import bodies
from fakeproxy.surface.fake import Fake


class Route(NamedTuple):
    """A route. `do(proxy, body, *parts of the path)` returns the answer.

    `body` and `answer` are the types of the JSON, or functions that return its schema: those of
    `bodies` and `body_schemas`. A body that does not fit is refused before `do` is called.
    """

    method: str
    path: str
    summary: str
    do: Callable[..., object]
    body: object = dict[str, object]
    answer: object = object
    #: The parameters that the query of a GET may have. `do` finds them, as texts, in `body`.
    query: tuple[str, ...] = ()


def command(path: str, summary: str, do: Callable[..., object], body: object = bodies.Nothing) -> Route:
    """Return a route for POST whose answer is empty."""

    def done(proxy: Fake, body: object) -> bodies.Nothing:
        do(proxy, body)
        return {}

    return Route("POST", path, summary, done, body, bodies.Nothing)
