"""Bodies of `multipart/form-data`: every POST of twilio-node 3.0 to 3.40 is one, and Twilio takes it like any form."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlencode

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser

TYPE = "multipart/form-data"

#: How many parts a body may have.
MOST_PARTS = 1000


def to_form(body: bytes, boundary: str) -> str:
    """Return the fields as a URL-encoded form, so that everything that reads forms reads one format.

    Raises `ValueError`, with a text for the client, for a body that is broken, has a file, or has too many parts.
    """
    parser = MultiPartParser(stream_factory=lambda *_, **__: BytesIO(), max_form_parts=MOST_PARTS)
    try:
        fields, files = parser.parse(BytesIO(body), boundary.encode("ascii"), len(body))
    except RequestEntityTooLarge:
        raise ValueError(f"The body must have at most {MOST_PARTS} parts.") from None
    except (ValueError, LookupError) as error:
        raise ValueError(f"The body is no {TYPE} with the boundary {boundary!r}: {error}") from error
    for name, file in files.items(multi=True):
        raise ValueError(f"{name} is a file ({file.filename!r}); operations take fields only.")
    if None in fields:
        raise ValueError("A part of the body has no name.")
    return urlencode(list(fields.items(multi=True)))
