"""Bodies other than URL-encoded forms of a known length. The first one imports this module: Werkzeug takes 20 ms."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from fakeproxy.web.plain import FORM

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


#: The type of every POST of twilio-node 3.0 to 3.40. Twilio accepts it like a URL-encoded form.
_PARTS = "multipart/form-data"

#: The most parts of a body.
MOST_PARTS = 1000


def read_stream(environ: WSGIEnvironment, most: int) -> bytes:
    """Return a body of unknown length. If it has more than `most` bytes, the result is longer than `most` too."""
    try:  # One byte more than allowed: Werkzeug cuts a stream without a length at the limit, and does not say so.
        return get_input_stream(environ, max_content_length=most + 1).read()
    except RequestEntityTooLarge:
        return b" " * (most + 1)


def to_form(body: bytes, content_type: str) -> bytes:
    """Return the fields as a URL-encoded form, the one format that the API reads.

    Raises ValueError, with a text for the client, for a body of another type, and for one that is broken, has a file,
    or has too many parts.
    """
    kind, options = parse_options_header(content_type)
    if kind.lower() == _PARTS:
        return _join_parts(body, options.get("boundary", "")).encode()
    if kind.lower() != FORM:
        raise ValueError(f"The body must be {FORM} or {_PARTS}, not {content_type or 'of no type'}.")
    return body


def _join_parts(body: bytes, boundary: str) -> str:
    parser = MultiPartParser(stream_factory=lambda *_, **__: BytesIO(), max_form_parts=MOST_PARTS)
    try:
        fields, files = parser.parse(BytesIO(body), boundary.encode("ascii"), len(body))
    except RequestEntityTooLarge:
        raise ValueError(f"The body must have at most {MOST_PARTS} parts.") from None
    except (ValueError, LookupError) as error:
        raise ValueError(f"The body is no {_PARTS} with the boundary {boundary!r}: {error}") from error
    for name, file in files.items(multi=True):
        raise ValueError(f"{name} is a file ({file.filename!r}); operations take fields only.")
    if None in fields:
        raise ValueError("A part of the body has no name.")
    return urlencode(list(fields.items(multi=True)))
