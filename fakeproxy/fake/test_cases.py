"""Test cases of `unittest` whose tests run in a fake."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from types import TracebackType
from typing import Protocol, TypeVar, cast

T = TypeVar("T", bound=unittest.TestCase)


class StartableFake(Protocol):
    """A fake that functions, classes and tests run in."""

    @property
    def is_active(self) -> bool:
        """True between `start()` and `stop()`."""

    def start(self) -> object:
        """Become active."""

    def stop(self) -> None:
        """Undo every patch."""

    def check(self) -> None:
        """Raise what must fail a test at its end."""

    def add_report(self, error: BaseException) -> None:
        """Add the report to the exception as a note."""

    def __enter__(self) -> object: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


#: Makes unittest and pytest leave this module out of tracebacks, so that they end in the line of the test.
__unittest = True

#: The methods that unittest calls for the parts of a test. pytest and asynchronous test cases call them too.
_PARTS = ("_callSetUp", "_callTestMethod", "_callTearDown", "_callCleanup")


def run_tests_in(
    test_class: type[T],
    active: Callable[[T], AbstractContextManager[StartableFake]],
    failed: Callable[[T, BaseException], object] = lambda test, error: None,
) -> None:
    """Have each test of the class run inside `active(test)`, from before `setUp` to after the last cleanup.

    An error of a test gets the fake's report, and then `failed(test, error)` is called. A test fails with what the
    fake's `check()` raises.
    """
    fakes: dict[int, StartableFake] = {}  # By id(test): two tests of a class may be equal.
    own = {name: vars(test_class)[name] for name in ("run", "debug", "subTest", *_PARTS) if name in vars(test_class)}

    def method(test: T, name: str) -> Callable[..., object]:
        """Return the original method: the class's own, or that of its next base, which may be an asynchronous one."""
        found: Callable[..., object] = (
            own[name].__get__(test) if name in own else getattr(super(test_class, test), name)
        )
        return found

    def in_fake(name: str) -> Callable[..., object]:
        def run(self: T, *arguments: object, **named: object) -> object:
            with active(self) as fake:
                fakes[id(self)] = fake
                try:
                    return method(self, name)(*arguments, **named)
                finally:
                    del fakes[id(self)]

        return run

    def reporting(name: str) -> Callable[..., object]:
        def call(self: T, *arguments: object, **named: object) -> object:
            fake = fakes[id(self)]
            try:
                result = method(self, name)(*arguments, **named)
                if name == "_callTestMethod":
                    fake.check()
            except BaseException as error:
                fake.add_report(error)
                failed(self, error)
                raise
            return result

        return call

    @contextmanager
    def sub_test(self: T, *message: object, **parameters: object) -> Iterator[None]:
        with cast("AbstractContextManager[None]", method(self, "subTest")(*message, **parameters)):
            try:
                yield
            except BaseException as error:
                fakes[id(self)].add_report(error)
                failed(self, error)
                raise

    for name in ("run", "debug"):
        _replace(test_class, name, in_fake(name))
    for name in _PARTS:
        _replace(test_class, name, reporting(name))
    _replace(test_class, "subTest", sub_test)


def _replace(test_class: type[unittest.TestCase], name: str, function: Callable[..., object]) -> None:
    setattr(test_class, name, wraps(getattr(test_class, name))(function))
