"""Teardown: what a fake has begun is ended, once, whatever is raised half-way."""

from __future__ import annotations

from collections.abc import Callable


class Teardown:
    """Steps that were begun, the oldest first. An end that is called before its step, or again, does nothing.

    So an exception at any line of a beginning or an end, Ctrl-C among them, leaves nothing behind.
    """

    def __init__(self) -> None:
        self._ends: list[Callable[[], object]] = []

    def begin(self, step: Callable[[], object], end: Callable[[], object]) -> None:
        """Begin a step. Its end is noted first."""
        self._ends.append(end)
        step()

    def end(self) -> None:
        """End all of them, the newest first. What one raises is raised once all have ended."""
        try:
            self._end()
        except BaseException:
            self._end()  # What an interrupt has left.
            raise

    def _end(self) -> None:
        failure: BaseException | None = None
        while self._ends:
            try:
                self._ends[-1]()
            except Exception as error:
                failure = failure or error
            self._ends.pop()
        if failure is not None:
            raise failure
