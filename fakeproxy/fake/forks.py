"""Forks of this process, by `os.fork`, `multiprocessing` or a server that forks its workers.

Requests of the child go to the fakes of its parent, over their servers. The child's own copy of a fake cannot be used,
and its `stop()` ends nothing of the parent's. Python calls the functions that are registered here around each fork.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Protocol

from fakeproxy.engine.lock import StateLock
from fakeproxy.exceptions import NotActive
from fakeproxy.transports import patches


class Forked(Protocol):
    """A fake whose process may fork."""

    @property
    def is_copy(self) -> bool:
        """True in a process that was forked from the one in which the fake was started."""

    def before_fork(self) -> None:
        """Prepare a fork of this process."""

    def after_fork_in_child(self) -> None:
        """Become a copy, in the child."""


#: The steps that end what was prepared for a fork, in both processes.
_after_fork = ExitStack()
_is_registered = False


class CopyLock(StateLock):
    """The lock of a copy. Whoever takes it, to read or change the copy, gets `NotActive` with this text."""

    #: The text of the error.
    text = ""

    @property
    def is_held(self) -> bool:
        """False: nobody can take it."""
        return False

    def __enter__(self) -> bool:
        raise NotActive(self.text)


def copy_lock(url: str) -> CopyLock:
    """Return the lock for a copy of the fake that is served at `url`."""
    lock = CopyLock()
    lock.text = (
        f"this process ({os.getpid()}) is a fork, and this is its copy of the parent's fake. Its requests to Twilio go "
        f"to the parent's fake; to read or change that one from here, use fakeproxy.connect({url!r})"
    )
    return lock


def register(fakes: Sequence[Forked]) -> None:
    """Prepare each later fork of this process for these fakes. The list is read at each fork, so it may change."""
    global _is_registered
    if not _is_registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=partial(_before, fakes), after_in_parent=_after_fork.close, after_in_child=partial(_in_child, fakes)
        )
    _is_registered = True


def _before(fakes: Sequence[Forked]) -> None:
    own = [fake for fake in fakes if not fake.is_copy]
    if not own:
        return
    for fake in own:
        fake.before_fork()
    _after_fork.enter_context(patches.lock)
    if all(thread is threading.main_thread() or _is_own(thread) for thread in threading.enumerate()):
        # Python warns of other threads from 3.12 on. Ours hold nothing that the child needs.
        _after_fork.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)


def _is_own(thread: threading.Thread) -> bool:
    return thread.name.startswith("fakeproxy ")


def _in_child(fakes: Sequence[Forked]) -> None:
    _after_fork.close()
    for fake in fakes:
        if fake.is_copy:
            fake.after_fork_in_child()
