"""Lists: PageSize, Page and PageToken, and the `meta` with the URLs of the other pages.

A token encodes the position after or before which its page begins, not a row. It stays valid when rows come and go,
even the row at that position, and for every page size. URLs and tokens look like those of messaging.twilio.com, another
product of Twilio's; no source shows those of Proxy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from fakeproxy.api.parameters import Form
from fakeproxy.engine.records import Row
from fakeproxy.engine.refusals import invalid, refuse
from fakeproxy.engine.tables import Listing
from fakeproxy.web.json_text import to_json

R = TypeVar("R", bound=Row)

_DEFAULT_SIZE = 50
#: The most rows of a page since 2019-06-06 (changelog). Clients send larger sizes, which count as this one.
_LARGEST_SIZE = 100
_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_TOKEN = re.compile(r"PT([0-9a-f]{16})[0-9a-f]{16}", re.ASCII)


class Page(NamedTuple):
    """The page that a request asks for. `position` and `forward` are the position and the direction of its token."""

    size: int
    number: int
    token: str | None
    position: int
    forward: bool


def read(form: Form, listing: str, newest_first: bool) -> Page:
    """Return the page that the query asks for. `listing` names the list. Raises `Refusal` for the token of another."""
    size = _number(form, "PageSize", _DEFAULT_SIZE)
    if size < 1:
        raise refuse(20001, reason="Invalid PageSize.")
    number = _number(form, "Page", 0)
    token = _single(form, "PageToken") or None
    if token is not None:
        position, forward = _decode(token, listing)
    elif number > 0:
        raise refuse(20001, reason="PageToken is required for paging.")
    else:
        position, forward = (1 << 63 if newest_first else -1), True
    return Page(min(size, _LARGEST_SIZE), number, token, position, forward)


def answer(
    page: Page, rows: Listing[R], listing: str, url: str, key: str, newest_first: bool, render: Callable[[R], str]
) -> str:
    """Return the JSON of a list: `meta`, and the rows of the page under `key`. `render` returns the JSON of a row."""

    def link(number: int, token: str | None = None) -> str:
        return f"{url}?PageSize={page.size}&Page={number}" + (f"&PageToken={token}" if token else "")

    # In a list with the newest first, forward is towards lower positions.
    if page.forward != newest_first:
        found = rows.after(page.position, page.size)
    else:
        found = rows.before(page.position, page.size)
    if newest_first:
        found.reverse()
    step = -1 if newest_first else 1
    if found:
        first, last = found[0].position, found[-1].position
    else:  # An empty page is between the position of its token and the next one.
        first, last = (page.position + step, page.position) if page.forward else (page.position, page.position - step)
    has_next = bool(rows.before(last, 1) if newest_first else rows.after(last, 1))
    has_previous = bool(rows.after(first, 1) if newest_first else rows.before(first, 1))
    meta = {
        "page": page.number,
        "page_size": page.size,
        "first_page_url": link(0),
        "previous_page_url": link(page.number - 1, _encode(first, False, listing))
        if has_previous and page.number
        else None,
        "url": link(page.number, page.token),
        "next_page_url": link(page.number + 1, _encode(last, True, listing)) if has_next else None,
        "key": key,
    }
    return f'{{"meta": {to_json(meta)}, "{key}": [{", ".join(map(render, found))}]}}'


def _encode(position: int, forward: bool, listing: str) -> str:
    return f"PT{position:016x}{_check(position, forward, listing)}"


def _decode(token: str, listing: str) -> tuple[int, bool]:
    """Return the position and direction of a token. Raises the `Refusal` 21481 for a token that is not of this list."""
    if match := _TOKEN.fullmatch(token):
        position = int(match[1], 16)
        for forward in (True, False):
            if token == _encode(position, forward, listing):
                return position, forward
    raise refuse(21481, "the token is not one that this list gave out")


def _check(position: int, forward: bool, listing: str) -> str:
    return blake2b(f"{listing} {position} {forward}".encode(), digest_size=8).hexdigest()


def _single(form: Form, name: str) -> str | None:
    values = form.get(name)
    if not values:
        return None
    if len(values) > 1:
        raise invalid(name, f"It was given {len(values)} times.")
    return values[0]


def _number(form: Form, name: str, default: int) -> int:
    text = _single(form, name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        raise refuse(20001, reason=f"Invalid {name}.")
    return int(text)
