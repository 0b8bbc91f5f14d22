"""Requests of web pages. A page of another origin can send them to loopback, and they must have no effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

#: The values of `Sec-Fetch-Site` for a page of this server, and for an address that somebody typed.
_OWN = ("same-origin", "none")


def refusal(environ: Mapping[str, str], hosts: Callable[[], Iterable[str]]) -> str:
    """Return why a request is refused, or "" if it is not. `hosts()` are the server's own Host headers.

    Browsers send `Origin` or `Sec-Fetch-Site` with nearly every request; other clients send neither.
    """
    origin, site = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE")
    if origin is None and site is None:
        return ""
    if origin is not None and origin.lower() not in {f"http://{own}".lower() for own in hosts()}:
        return f"the page at {origin!r} may not use this fake: its Origin is not this server"
    if site is not None and site.lower() not in _OWN:
        return f"a page of another origin may not use this fake: Sec-Fetch-Site is {site!r}"
    if (host := environ.get("HTTP_HOST")) not in tuple(hosts()):
        return f"a web page may not use this fake under another name: the Host header is {host!r}"
    return ""
