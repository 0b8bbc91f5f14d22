"""The parts of URLs that can be called. A URL that cannot raises a ValueError that says why."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?", re.ASCII)
_NAME = re.compile(r"(?!.{254})[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", re.ASCII)
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")

#: The characters of a path or query that are not percent-encoded.
_SAFE = "%/:?#[]@!$&'()*+,;=~"


class Authority(NamedTuple):
    """The host and port of a URL. An IPv6 address is in brackets. `port` is None if the URL has none."""

    host: str
    port: int | None


@lru_cache(maxsize=256)
def authority(text: str) -> Authority:
    """Return the parts of `host` or `host:port`. Raises ValueError if one of them is not possible."""
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:100]!r} is no host with a port")
    host, port = found[1], int(found[2]) if found[2] else None
    if host.startswith("["):
        if "%" in host:
            raise ValueError(f"{host[:100]!r} has a zone, which means nothing to others")
        IPv6Address(host[1:-1])  # Raises a ValueError that says what is wrong.
    elif not _NAME.fullmatch(host):
        raise ValueError(f"{host[:100]!r} is no host name")
    if port is not None and not 0 < port < 65_536:
        raise ValueError(f"there is no port {port}")
    return Authority(host, port)


def split(url: str) -> SplitResult:
    """Return the parts of an absolute http or https URL in ASCII: the host in IDNA, the rest percent-encoded.

    Raises ValueError for all other texts, and for a URL with a blank or a control character.
    """
    if (wrong := _UNPRINTABLE.search(url)) is not None:
        raise ValueError(f"{wrong[0]!r} must be percent-encoded")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("it does not begin with http:// or https://")
    user, at, place = parts.netloc.rpartition("@")
    if not place.isascii():
        name, colon, port = place.partition(":")
        place = name.encode("idna").decode() + colon + port
    authority(place)
    netloc = quote(user, safe=_SAFE) + at + place
    path, query, fragment = (quote(part, safe=_SAFE) for part in parts[2:])
    return SplitResult(parts.scheme, netloc, path, query, fragment)
