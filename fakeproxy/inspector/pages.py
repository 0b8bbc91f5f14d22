"""The page of the inspector: plain files, which ship with the package."""

from __future__ import annotations

import re
from pathlib import Path

from werkzeug.wrappers import Response

from fakeproxy.history.diagram import diagram
from fakeproxy.history.svg import svg
from fakeproxy.history.windows import Asked
from fakeproxy.surface.windows import ShownFake

#: The most events in a picture, the newest ones.
MOST_PICTURED = 200

_FOLDER = Path(__file__).parent / "static"

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

#: The files of the page, by path. They are read when a server starts: later it may have no descriptor left.
FILES = {
    "index.html": (_FOLDER / "index.html").read_bytes(),
    **{f"static/{path.name}": path.read_bytes() for path in _FOLDER.iterdir() if path.suffix in (".css", ".js")},
}

#: The modules that the page loads, all at once: one that imports another would load it only after itself.
_MODULES = sorted(name for name in FILES if name.endswith(".js") and not name.endswith(("/trace_api.js", "/types.js")))
_PRELOADS = "".join(f'<link rel="modulepreload" href="{name}">\n    ' for name in _MODULES).encode()

#: The page as it is served. A trace has its modules in it.
_INDEX = FILES["index.html"].replace(b'<script type="module"', _PRELOADS + b'<script type="module"')

#: Nothing comes from elsewhere, and nothing of a user is run: no script or style stands in the page itself.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page(path: str) -> Response | None:
    """Return the file at a path below the prefix: "" is the page itself. None where there is no such file."""
    content = None if path == "index.html" else FILES.get(path) if path else _INDEX
    if content is None:
        return None
    response = Response(content, content_type=f"{_TYPES[Path(path or 'index.html').suffix]}; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"  # The next fake at this address may be of another version.
    return response


def pictured(path: str) -> str | None:
    """Return the SID or number of the picture at a path, `pictures/SID.svg`. None for another path."""
    found = re.fullmatch(r"pictures/([\w+]+)\.svg", path)
    return found and found[1]


def picture(proxy: ShownFake, key: str, until: int | None) -> Response:
    """Return the picture of what a SID or a number is about, until an event or until now."""
    events, _ = proxy.windows.events(Asked(of=key, until=until, limit=MOST_PICTURED))
    response = Response(svg(diagram(events[::-1])), content_type="image/svg+xml")
    # A picture is a document too, where somebody opens it alone: it runs nothing, and its style is its own.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response.headers["Cache-Control"] = "no-store"
    return response
