"""Forks of this process, by `os.fork`, `multiprocessing` or a server that forks its workers.

The requests of the child land in the fakes of its parent, over their servers. The child's copy of a fake is not used,
and ends nothing that is the parent's. Python calls what is registered here around each fork.
"""

from __future__ import annotations

import os
import threading
import warnings
from contextlib import ExitStack
from functools import cache

from fakeproxy.engine.lock import StateLock
from fakeproxy.exceptions import NotActive
from fakeproxy.fake import lifecycle
from fakeproxy.transports import patches
from fakeproxy.transports.child import activation
from fakeproxy.transports.seams import child_processes

#: What is undone after a fork, in both processes.
_held = ExitStack()


class CopyLock(StateLock):
    """The lock of a copy: whoever would read or change it is told what to do instead."""

    text = ""

    @property
    def is_held(self) -> bool:
        return False

    def __enter__(self) -> bool:
        raise NotActive(self.text)


def copy_lock(url: str) -> CopyLock:
    """Return the lock for a copy of the fake that is served at `url`."""
    lock = CopyLock()
    lock.text = (
        f"this process ({os.getpid()}) was forked from the one whose fake this is, and has a copy. Its requests "
        f"to Twilio land in the fake itself; to drive that from here, use fakeproxy.connect({url!r})"
    )
    return lock


@cache
def follow() -> None:
    """Have forks of this process followed, from now on."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before, after_in_parent=_held.close, after_in_child=_in_child)


def _before() -> None:
    own = [fake for fake in lifecycle.active if not fake.is_copy]
    if not own:
        return
    for fake in own:
        fake.variables = child_processes.environment(fake._target, os.environ)  # starts the server, if none runs
    _held.enter_context(patches.lock)
    if all(thread is threading.main_thread() or _is_ours(thread) for thread in threading.enumerate()):
        # Python 3.12 and later warn of threads; ours hold nothing that the child needs.
        _held.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)


def _is_ours(thread: threading.Thread) -> bool:
    return thread.name.startswith("fakeproxy ")


def _in_child() -> None:
    _held.close()
    for fake in lifecycle.active:
        if fake.is_copy and fake.variables:
            activation.lead(fake._target, fake.variables)
            fake.become_copy(fake.variables["FAKEPROXY_URL"])
            fake.variables = {}
