"""Requests that web pages make. A page of another origin may send them to loopback, and must have nothing done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

#: What `Sec-Fetch-Site` says of a page of this server, and of an address that somebody typed.
_OWN = ("same-origin", "none")


def refusal(environ: Mapping[str, str], hosts: Callable[[], Iterable[str]]) -> str:
    """Return why a request is refused, "" where it is not. `hosts` gives the server's own, as Host headers have them.

    A browser says of nearly every request where it is from; other clients send neither of these headers.
    """
    origin, site, host = (environ.get(f"HTTP_{name}") for name in ("ORIGIN", "SEC_FETCH_SITE", "HOST"))
    if origin is None and site is None:
        return ""
    if origin is not None and origin.lower() not in {f"http://{own}".lower() for own in hosts()}:
        return f"the page at {origin!r} may not use this fake: its Origin is not this server"
    if site is not None and site.lower() not in _OWN:
        return f"a web page may not use this fake from elsewhere: Sec-Fetch-Site is {site!r}"
    if host not in tuple(hosts()):
        return f"a web page may not use this fake under another name: the Host header is {host!r}"
    return ""
