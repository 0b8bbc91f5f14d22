"""Interception: while a target is active, the requests of this process to Twilio go to it.

The first active target installs all patches; the last one removes them.
"""

from __future__ import annotations

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Patches, lock
from fakeproxy.transports.seams import (
    aiohttp,
    child_processes,
    coroutines,
    httpx,
    name_resolution,
    other_tools,
    requests,
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
    | requests.SEAMS
    | child_processes.SEAMS
    | coroutines.SEAMS
)

patches = Patches(_SEAMS, lock)


def activate(target: Target) -> None:
    """Send the requests of this process (or of this context) to the target, until it ends or a newer one is active."""
    with lock:
        if targets.add(target):
            patches.install()
        if target.in_context:
            targets.enter_context(target)
            threads.propagate(target)


def deactivate(target: Target) -> None:
    """Remove the target, and with the last target every patch. A target that is not active has no effect."""
    with lock:
        if target.in_context:
            threads.stop_propagating(target)
            targets.exit_context(target)
        if targets.is_last(target):
            patches.uninstall()
            other_tools.undo_passthroughs()
        targets.remove(target)  # Last, so that an interrupted call can be made again.
