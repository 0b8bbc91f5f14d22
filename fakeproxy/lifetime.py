"""What can be entered, decorated with and checked: from `start()` to `stop()`, and a report where a test fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from typing_extensions import Self

    from fakeproxy.exceptions import BlockedRequest

F = TypeVar("F", bound=Callable[..., Any])


#: The fakes that are active now, those of other processes too, the newest last.
active: list[Lifetime] = []


class Lifetime(ContextDecorator):
    """Active inside `with`, or during a function that it decorates; checked where that ends well."""

    _blocked: list[BlockedRequest]

    def start(self) -> Self:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def check(self) -> None:
        raise NotImplementedError

    def report(self) -> str:
        raise NotImplementedError

    def has_failed(self, error: BaseException) -> None:
        """A test fails by this error, so `check()` is not to raise it again."""
        self._blocked[:] = [other for other in self._blocked if other is not error]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self.noted():
            self.stop()
            if error is None:
                self.check()
        if error is not None:
            self._add_note(error)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Give an exception that passes the fake's report as a note. Python shows notes from 3.11 on."""
        try:
            yield
        except Exception as error:
            self._add_note(error)
            raise

    def _add_note(self, error: BaseException) -> None:
        notes = getattr(error, "__notes__", [])
        if (report := self.report()) not in notes:
            error.__notes__ = [*notes, report]

    def __call__(self, function: F) -> F:
        """Decorate a function, asynchronous ones too: the fake is active during each call, from its first state."""
        if not iscoroutinefunction(function):
            return super().__call__(function)

        @wraps(function)
        async def call(*arguments: Any, **named: Any) -> Any:
            with self:
                return await function(*arguments, **named)

        return cast(F, call)
