"""SIDs from a seed: the same test gets the same SIDs in every run."""

from __future__ import annotations

import re
from collections.abc import Container
from hashlib import blake2b
from itertools import count

from fakeproxy.engine.undo import UndoLog

# SIDs are made of copies of it, since a new one takes twice as long as a copy.
_DIGEST = blake2b(digest_size=16)
_SHAPE = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}", re.ASCII)


class Sids:
    """A source of SIDs: two letters and 32 hex digits, as at Twilio. Each prefix has a count of its own."""

    def __init__(self, seed: int, log: UndoLog | None = None) -> None:
        self.seed = seed
        self._log = log or UndoLog()
        self.counts: dict[str, int] = {}

    def peek(self, prefix: str, taken: Container[str] = ()) -> str:
        """Return the next SID of this prefix that is not taken. Changes nothing."""
        upcoming = (self.named(prefix, str(number)) for number in count(self.counts.get(prefix, 0) + 1))
        return next(sid for sid in upcoming if sid not in taken)

    def next(self, prefix: str) -> str:
        """Draw the next SID of this prefix."""
        number = self.counts.get(prefix, 0) + 1
        self._log.set_item(self.counts, prefix, number)
        return self.named(prefix, str(number))

    def named(self, prefix: str, name: str) -> str:
        """Return the SID that belongs to a name: a phone number has the same SID in every test."""
        digest = _DIGEST.copy()
        digest.update(f"{self.seed}/{prefix}/{name}".encode())
        return prefix + digest.hexdigest()


def is_sid(text: str, prefix: str = "") -> bool:
    """Return whether a text has the form of a SID and begins with the prefix."""
    return text.startswith(prefix) and _SHAPE.fullmatch(text) is not None
