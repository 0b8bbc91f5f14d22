"""The teardown of a fake: each step that was begun is ended, once, whatever is raised."""

from __future__ import annotations

from collections.abc import Callable


class Teardown:
    """The steps that were begun, the oldest first.

    An exception at any line of a beginning or an end, even by Ctrl-C, leaves nothing behind. For that, an end that is
    called before its step, or twice, has to do nothing.
    """

    def __init__(self) -> None:
        self._ends: list[Callable[[], object]] = []

    def __repr__(self) -> str:
        return f"<Teardown of {len(self._ends)} steps>"

    def begin(self, step: Callable[[], object], end: Callable[[], object]) -> None:
        """Note the end of a step, then do the step."""
        self._ends.append(end)
        step()

    def end(self) -> None:
        """End all steps, the newest first. The first exception of an end is raised after all have ended."""
        try:
            self._end()
        except BaseException:
            self._end()  # An interrupt may have left some.
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
