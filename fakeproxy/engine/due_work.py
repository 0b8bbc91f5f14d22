"""The rules that the clock runs as due work, by kind."""

from __future__ import annotations

from collections.abc import Callable

from fakeproxy.engine import calls, messages, sessions
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store

#: The rule for each kind of due work.
DUE_WORK: dict[str, Callable[[Store, Due], None]] = {
    sessions.EXPIRE: sessions.expire,
    sessions.PURGE: sessions.purge,
    messages.MOVE_ON: messages.move_on,
    calls.STOP_RINGING: calls.stop_ringing,
}
