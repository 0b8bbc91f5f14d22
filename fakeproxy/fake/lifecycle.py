"""The life of a fake, from `start()` to `stop()`, which `with` and the decorator call."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from fakeproxy.exceptions import BlockedRequest, UsageError
from fakeproxy.fake import environment, forks
from fakeproxy.fake.decorators import decorate
from fakeproxy.fake.teardown import Teardown
from fakeproxy.transports import interception
from fakeproxy.transports.child import activation
from fakeproxy.transports.seams import child_processes
from fakeproxy.transports.targets import Target

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")

#: A step of the start, and the function that undoes it.
Step = tuple[Callable[[], object], Callable[[], object]]

#: The fakes that are active now, connected ones too, the newest last.
active: list[Lifecycle] = []


class Lifecycle(ABC):
    """A fake, in this process or connected, that gets requests of this process between `start()` and `stop()`."""

    def __init__(self, target: Target, *, intercept: bool = True) -> None:
        self._target = target
        self._intercept = intercept
        target.blocked = self.note_blocked
        self._blocked: list[BlockedRequest] = []
        self._teardown = Teardown()
        self._is_started = False
        #: The process in which it was started.
        self._process: int | None = None
        #: The variables that send the requests of a child to this fake, while it is being forked.
        self._environment_of_fork: Mapping[str, str] = {}

    @abstractmethod
    def start(self) -> Self:
        """Become active. Raises `UsageError` if it is already."""

    @abstractmethod
    def check(self) -> None:
        """Raise what must fail a test at its end. Each failure is raised once."""

    @abstractmethod
    def report(self, *, is_whole: bool = False) -> str:
        """Return the report as text: at most 60 lines, or all lines."""

    @abstractmethod
    def _credentials(self) -> tuple[str, str]:
        """Return SID and token of the default account."""

    @abstractmethod
    def _undo(self) -> None:
        """Undo what `start()` has done. It may be called more than once."""

    @property
    def is_active(self) -> bool:
        """True between `start()` and `stop()`."""
        return any(fake is self for fake in active)

    @property
    def is_copy(self) -> bool:
        """True in a process that was forked from the one in which the fake was started."""
        return self._process not in (None, os.getpid())

    @property
    def has_seen_something(self) -> bool:
        """True if the report has more than the time."""
        return True

    def stop(self) -> None:
        """Undo every patch. The state can still be read. A fake that is not active stays as it is.

        Raises `UsageError` while another freeze is active that began after this fake's own. Then everything but the
        freeze is undone; call `stop()` again after the end of the other one.
        """
        try:
            self._undo()
        except BaseException:
            with suppress(Exception):
                self._undo()  # An interrupt may have left something.
            raise

    def _begin(self, steps: Sequence[Step] = ()) -> None:
        """Set the environment, do the steps, begin to get requests. An exception undoes all of it."""
        account_sid, token = self._credentials()
        variables = {"TWILIO_ACCOUNT_SID": account_sid, "TWILIO_AUTH_TOKEN": token}
        begin = self._teardown.begin
        try:
            begin(partial(environment.fill, self, variables), partial(environment.restore, self))
            for step, end in steps:
                begin(step, end)
            if self._intercept:
                begin(partial(interception.activate, self._target), partial(interception.deactivate, self._target))
            begin(partial(active.append, self), self._leave)
            self._is_started = True
        except BaseException:
            self._teardown.end()
            raise
        self._process = os.getpid()
        forks.register(active)

    def _require_not_started(self) -> None:
        if self._is_started:
            raise UsageError("this fake is active already; stop() it first, or make another")

    def _leave(self) -> None:
        active[:] = [fake for fake in active if fake is not self]

    def note_blocked(self, error: BlockedRequest) -> None:
        """Note a request that was stopped. `check()` raises it: the application may have swallowed the error."""
        self._blocked.append(error)

    def mark_raised(self, error: BaseException) -> None:
        """Note that the test fails with this error already, so that `check()` does not raise it again."""
        self._blocked[:] = [other for other in self._blocked if other is not error]

    # Forks

    def before_fork(self) -> None:
        """Prepare a fork of this process: start the server, unless it runs."""
        self._environment_of_fork = child_processes.environment(self._target, os.environ)

    def after_fork_in_child(self) -> None:
        """Send the requests of this process, a fork, to the fake of its parent."""
        variables, self._environment_of_fork = self._environment_of_fork, {}
        if variables:
            activation.forward_to_parent(self._target, variables)
            self.become_copy(variables["FAKEPROXY_URL"])

    def become_copy(self, url: str) -> None:
        """Give up what belongs to the parent. The parent's fake is at `url`."""
        self._blocked.clear()

    # In a test

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.stop()
            if error is None:
                self.check()
        except Exception as failure:
            self.add_report(failure)
            raise
        if error is not None:
            self.add_report(error)

    def add_report(self, error: BaseException) -> None:
        """Add the report to the exception as a note, once. Python shows notes from 3.11 on."""
        notes = getattr(error, "__notes__", [])
        if (report := self.report()) not in notes:
            error.__notes__ = [*notes, report]
            # For pictures: this fake is no longer active when pytest makes its report.
            vars(error).setdefault("__fakeproxy__", []).append(self)

    def __call__(self, target: T) -> T:
        """Decorate a function of any kind, or a test class. The fake is active during each call, or each test.

        Each begins from the state in which the fake was first started. Raises `UsageError` for anything else.
        """
        return decorate(self, target)
