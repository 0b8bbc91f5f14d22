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
    """A lock that its thread may take again, and that says whether its thread holds it."""

    @property
    def is_held(self) -> bool:
        """Whether this thread holds it."""
        return self._is_owned()
