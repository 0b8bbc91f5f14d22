"""What a handler answered, as text: in the encoding that the answer declares."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from email.message import Message as Headers

_BOMS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
_DECLARATION = re.compile(r"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """The text of an answer, and what is wrong with its encoding, if anything is.

    A byte order mark counts first. Else the encodings count that the XML declaration and the Content-Type name, UTF-8
    before others: what can be read as UTF-8 is UTF-8, whatever a framework adds to the header.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _decode(body, [encoding])
    if b"\0" in body[:2]:  # UTF-16 without a mark: what documents begin with is ASCII.
        return _decode(body, ["utf-16-be" if body[:1] == b"\0" else "utf-16-le"])
    typed = Headers()
    typed["content-type"] = content_type
    named = [name for name in (typed.get_content_charset(), _declared(body)) if name]
    for name in named:
        try:
            "a".encode(name)
        except (LookupError, ValueError):  # Unknown, or no encoding of text.
            return body.decode("utf-8", "replace"), f"its encoding {name!r} is unknown"
    return _decode(body, sorted(named, key=lambda name: name.lower() not in ("utf-8", "utf8")) or ["utf-8"])


def _declared(body: bytes) -> str | None:
    """The encoding that an XML declaration names."""
    found = _DECLARATION.match(body[:200].decode("latin-1"))
    return found[1] if found else None


def _decode(body: bytes, encodings: list[str]) -> tuple[str, str]:
    for encoding in encodings:
        try:
            return body.decode(encoding), ""
        except ValueError:
            continue
    return body.decode("utf-8", "replace"), f"it is not in the encoding that it names, {' or '.join(encodings)}"
