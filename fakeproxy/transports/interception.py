"""Interception: while a target is active, this process's requests to Twilio go to it.

All patches are put in with the first active target and taken out with the last.
"""

from __future__ import annotations

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Patches, lock
from fakeproxy.transports.seams import (
    aiohttp,
    child_processes,
    httpx,
    name_resolution,
    other_tools,
    sockets,
    threads,
    twilio_sdk,
)
from fakeproxy.transports.targets import Target

_SEAMS = (
    twilio_sdk.SEAMS
    | sockets.SEAMS
    | httpx.SEAMS
    | aiohttp.SEAMS
    | name_resolution.SEAMS
    | other_tools.SEAMS
    | child_processes.SEAMS
)

patches = Patches(_SEAMS, lock)


def activate(target: Target) -> None:
    """Send the requests of this process, or of this context, to the target, until it ends or a newer one comes."""
    with lock:
        if targets.add(target):
            patches.install()
        if target.in_context:
            targets.enter_context(target)
            threads.carry(target)


def deactivate(target: Target) -> None:
    """Take the target out, wherever it stands; with the last one every patch goes. No target, no effect."""
    with lock:
        if target.in_context:
            threads.carry_no_more(target)
            targets.exit_context(target)
        if targets.is_last(target):
            patches.uninstall()
            other_tools.take_back()
        targets.remove(target)  # Last: an end that was interrupted is done again.
