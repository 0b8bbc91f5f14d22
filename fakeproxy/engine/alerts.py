"""The alerts of Twilio's Debugger, with the code, level and text of Twilio's error dictionary."""

from __future__ import annotations

from fakeproxy.engine.codes import CODES
from fakeproxy.engine.records import Alert


def alert(code: int, resource_sid: str, at: int, *, cause: str = "", why: str = "", **facts: str) -> Alert:
    """Return the alert of this code, with `facts` in its text. `at` is in microseconds since the epoch (UTC)."""
    row = CODES[code]
    return Alert(code, row.level, row.text.format(**facts) if facts else row.text, resource_sid, at, cause, why)
