"""The text of a handler's answer, decoded by the encoding that it declares."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from email.message import Message as Headers

_BOMS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
_DECLARATION = re.compile(r"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def media_type(content_type: str) -> str:
    """Return the media type of a Content-Type, without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """Return the text of an answer, and a description of the error in its encoding (empty if there is none).

    A byte order mark decides. Without one, the encodings of the XML declaration and the Content-Type are tried, UTF-8
    first: a body that can be read as UTF-8 is UTF-8, whatever a framework writes into the header.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _decode(body, [encoding])
    if b"\0" in body[:2]:  # UTF-16 without a mark: documents begin with an ASCII character.
        return _decode(body, ["utf-16-be" if body[:1] == b"\0" else "utf-16-le"])
    typed = Headers()
    typed["content-type"] = content_type
    named = [name for name in (typed.get_content_charset(), _declared(body)) if name]
    for name in named:
        try:
            "a".encode(name)
        except (LookupError, ValueError):  # It is unknown, or not an encoding of text.
            return body.decode("utf-8", "replace"), f"its encoding {name!r} is unknown"
    return _decode(body, sorted(named, key=lambda name: name.lower() not in ("utf-8", "utf8")) or ["utf-8"])


def _declared(body: bytes) -> str | None:
    """Return the encoding that the XML declaration names, or None."""
    found = _DECLARATION.match(body[:200].decode("latin-1"))
    return found[1] if found else None


def _decode(body: bytes, encodings: list[str]) -> tuple[str, str]:
    for encoding in encodings:
        try:
            return body.decode(encoding), ""
        except ValueError:
            continue
    return body.decode("utf-8", "replace"), f"it is not in the encoding that it names, {' or '.join(encodings)}"
