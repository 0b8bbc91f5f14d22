"""What a test case of `unittest` does to run each of its tests in a fake."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, Protocol


class Fake(Protocol):
    """A fake as far as functions, classes and tests are run in it."""

    @property
    def is_active(self) -> bool: ...
    def start(self) -> object: ...
    def stop(self) -> None: ...
    def check(self) -> None: ...
    def add_report(self, error: BaseException) -> None: ...
    def __enter__(self) -> object: ...
    def __exit__(self, *error: Any) -> None: ...


#: unittest and pytest leave frames of such modules out of tracebacks, so that they end in the line of the test.
__unittest = True

#: The methods that unittest calls for the parts of a test. pytest and asynchronous test cases go through them too.
_PARTS = ("_callSetUp", "_callTestMethod", "_callTearDown", "_callCleanup")


def run_in(kind: type[unittest.TestCase], active: Callable[[Any], AbstractContextManager[Fake]]) -> None:
    """Have each test of the class run inside `active(test)`, from before `setUp` to after the last cleanup.

    What fails carries the fake's report, and a test fails for what the fake's `check()` raises.
    """
    fakes: dict[int, Fake] = {}  # by id(test): two tests of a class may be equal
    own = {name: vars(kind)[name] for name in ("run", "debug", "subTest", *_PARTS) if name in vars(kind)}

    def method(test: Any, name: str) -> Callable[..., Any]:
        """The method as it is without this. A class may have another base, of asynchronous tests, that defines it."""
        found: Callable[..., Any] = own[name].__get__(test) if name in own else getattr(super(kind, test), name)
        return found

    def in_fake(name: str) -> Callable[..., Any]:
        def run(self: Any, *arguments: Any, **named: Any) -> Any:
            with active(self) as fake:
                fakes[id(self)] = fake
                try:
                    return method(self, name)(*arguments, **named)
                finally:
                    del fakes[id(self)]

        return run

    def reporting(name: str) -> Callable[..., Any]:
        def call(self: Any, *arguments: Any, **named: Any) -> Any:
            fake = fakes[id(self)]
            try:
                result = method(self, name)(*arguments, **named)
                if name == "_callTestMethod":
                    fake.check()
            except BaseException as error:
                fake.add_report(error)
                raise
            return result

        return call

    @contextmanager
    def sub_test(self: Any, *message: Any, **parameters: Any) -> Iterator[None]:
        with method(self, "subTest")(*message, **parameters):
            try:
                yield
            except BaseException as error:
                fakes[id(self)].add_report(error)
                raise

    for name in ("run", "debug"):
        _replace(kind, name, in_fake(name))
    for name in _PARTS:
        _replace(kind, name, reporting(name))
    _replace(kind, "subTest", sub_test)


def _replace(kind: type[unittest.TestCase], name: str, function: Callable[..., Any]) -> None:
    setattr(kind, name, wraps(getattr(kind, name))(function))
