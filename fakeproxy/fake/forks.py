"""Forks of this process, by `os.fork`, `multiprocessing` or a server that forks its workers.

The requests of the child land in the fakes of its parent, over their servers. The child's copy of a fake is not used,
and ends nothing that is the parent's. Python calls what is registered here around each fork.
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
    """A fake, as far as forks of its process matter to it."""

    @property
    def is_copy(self) -> bool:
        """Whether this process was forked from the one in which the fake was started."""

    def before_fork(self) -> None:
        """Prepare a fork of this process."""

    def after_fork_in_child(self) -> None:
        """Become a copy, in the process that was forked."""


#: What is undone after a fork, in both processes.
_held = ExitStack()
_is_following = False


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


def follow(fakes: Sequence[Forked]) -> None:
    """Prepare each later fork of this process for these fakes. The list is read at each fork."""
    global _is_following
    if not _is_following and hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=partial(_before, fakes), after_in_parent=_held.close, after_in_child=partial(_in_child, fakes)
        )
    _is_following = True


def _before(fakes: Sequence[Forked]) -> None:
    own = [fake for fake in fakes if not fake.is_copy]
    if not own:
        return
    for fake in own:
        fake.before_fork()
    _held.enter_context(patches.lock)
    if all(thread is threading.main_thread() or _is_ours(thread) for thread in threading.enumerate()):
        # Python 3.12 and later warn of threads; ours hold nothing that the child needs.
        _held.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)


def _is_ours(thread: threading.Thread) -> bool:
    return thread.name.startswith("fakeproxy ")


def _in_child(fakes: Sequence[Forked]) -> None:
    _held.close()
    for fake in fakes:
        if fake.is_copy:
            fake.after_fork_in_child()
