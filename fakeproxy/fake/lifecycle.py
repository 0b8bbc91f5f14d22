"""What can be entered, decorated with and checked: from `start()` to `stop()`, and a report where a test fails."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from fakeproxy.fake.decorators import decorate

if TYPE_CHECKING:
    from typing_extensions import Self

    from fakeproxy.exceptions import BlockedRequest
    from fakeproxy.transports.targets import Target

T = TypeVar("T")


#: The fakes that are active now, those of other processes too, the newest last.
active: list[Lifetime] = []


class Lifetime:
    """Active inside `with`, or during what it decorates; checked where that ends well."""

    _blocked: list[BlockedRequest]
    _target: Target
    #: The process in which it was started.
    _process: int | None = None
    #: What leads a child that is being forked here.
    variables: Mapping[str, str] = {}

    @property
    def is_copy(self) -> bool:
        """Whether this process was forked from the one in which the fake was started."""
        return self._process not in (None, os.getpid())

    def become_copy(self, url: str) -> None:
        """Let go of what belongs to the parent, right after a fork; the fake itself is reached at `url`."""
        self._blocked.clear()

    def start(self) -> Self:
        """Become active."""
        raise NotImplementedError

    def stop(self) -> None:
        """Be active no more."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise what must fail a test at its end."""
        raise NotImplementedError

    def report(self) -> str:
        """Return what the fake saw."""
        raise NotImplementedError

    @property
    def has_seen_something(self) -> bool:
        """Whether the report tells more than the time."""
        return True

    @property
    def is_active(self) -> bool:
        """Whether it is between `start()` and `stop()`."""
        return any(fake is self for fake in active)

    def _leave(self) -> None:
        """Be no longer among those that are active."""
        active[:] = [fake for fake in active if fake is not self]

    def has_failed(self, error: BaseException) -> None:
        """A test fails by this error, so `check()` is not to raise it again."""
        self._blocked[:] = [other for other in self._blocked if other is not error]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.stop()
            if error is None:
                self.check()
        except Exception as wrong:
            self.add_report(wrong)
            raise
        if error is not None:
            self.add_report(error)

    def add_report(self, error: BaseException) -> None:
        """Give the exception the fake's report as a note, once. Python shows notes from 3.11 on."""
        notes = getattr(error, "__notes__", [])
        if (report := self.report()) not in notes:
            error.__notes__ = [*notes, report]

    def __call__(self, target: T) -> T:
        """Decorate a function of any kind, or a test class: the fake is active during each call or test.

        Each begins from the state in which the fake was first started. Raises `UsageError` for what is neither.
        """
        return decorate(self, target)
