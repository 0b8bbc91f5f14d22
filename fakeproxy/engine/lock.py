"""The lock of a fake's state."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    class _RLock:
        def __enter__(self) -> bool: ...
        def __exit__(self, *error: object) -> None: ...
        def _is_owned(self) -> bool: ...

else:
    _RLock = type(threading.RLock())


class StateLock(_RLock):
    """A reentrant lock that can tell whether the current thread holds it."""

    @property
    def is_held(self) -> bool:
        """True if the current thread holds the lock."""
        return self._is_owned()
