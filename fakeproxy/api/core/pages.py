"""Pages of the core API: with URIs, and the numbers of the first and the last row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from fakeproxy.api.core.request import Answer, R, Request
from fakeproxy.engine.refusals import refuse

_DEFAULT, _LARGEST = 50, 1000


def size_of(request: Request) -> int:
    """Return the page size that a request asks for. Raises `Refusal` for a wrong one."""
    text = request.first("PageSize") or str(_DEFAULT)
    if not (text.isascii() and text.isdecimal()) or int(text) == 0:
        raise refuse(20001, reason="Invalid PageSize.")
    return min(int(text), _LARGEST)


def answer(request: Request, key: str, rows: Sequence[R], render: Callable[[Request, R], dict[str, object]]) -> Answer:
    """Answer with a page of rows. The URIs of the other pages keep the filters."""
    size = size_of(request)
    after = (request.first("PageToken") or "").removeprefix("PA")
    start = next((index + 1 for index, row in enumerate(rows) if row.sid == after), 0)
    text = request.first("Page") or "0"
    page = int(text) if text.isascii() and text.isdecimal() else 0
    shown = rows[start : start + size]
    filters = {name: values[0] for name, values in request.form.items() if not name.startswith("Page")}

    def uri(page: int, start: int) -> str:
        token = {"PageToken": f"PA{rows[start - 1].sid}"} if start > 0 else {}
        return f"{request.path}?{urlencode({**filters, 'PageSize': size, 'Page': page, **token})}"

    return 200, {
        key: [render(request, row) for row in shown],
        "page": page,
        "page_size": size,
        "start": start,
        "end": max(start + len(shown) - 1, 0),
        "uri": uri(page, start),
        "first_page_uri": uri(0, 0),
        "previous_page_uri": uri(max(page - 1, 0), start - size) if start else None,
        "next_page_uri": uri(page + 1, start + size) if start + size < len(rows) else None,
    }
