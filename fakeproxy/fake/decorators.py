"""The decorator that a fake is: of functions of every kind, and of test classes."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, contextmanager
from functools import wraps
from inspect import getattr_static, isasyncgenfunction, iscoroutinefunction, isfunction, isgeneratorfunction
from typing import TYPE_CHECKING, TypeVar, cast

from fakeproxy.exceptions import UsageError

if TYPE_CHECKING:
    from types import TracebackType
    from unittest import TestCase

    from fakeproxy.fake.test_cases import StartableFake

T = TypeVar("T")

#: The attribute of a decorated test class with its fakes. The pytest plugin starts them before `setup_method` and
#: fixtures.
FAKES = "__fakeproxy__"


def decorate(fake: StartableFake, target: T) -> T:
    """Return the target (a function of any kind, or a test class) so that the fake is active while it runs.

    Each test method of a class begins from the fake's first state, and `setUp` and `tearDown` run in the fake too.
    Raises `UsageError` for what cannot be decorated.
    """
    if isinstance(target, type):
        test_case = getattr(sys.modules.get("unittest"), "TestCase", ())  # Only if unittest is imported already.
        is_test_case = issubclass(target, test_case)
        return cast(T, _decorate_test_case(fake, target) if is_test_case else _decorate_class(fake, target))
    if isinstance(target, staticmethod | classmethod):
        return cast(T, type(target)(decorate(fake, target.__func__)))
    if type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction"):
        raise UsageError("FakeProxy() decorates the function below @pytest.fixture: write it on the next line")
    if not callable(target):
        raise UsageError(f"FakeProxy() decorates functions and test classes; {target!r} is neither")
    return cast(T, _decorate_function(fake, target))


def _decorate_function(fake: StartableFake, function: Callable[..., object]) -> Callable[..., object]:
    kinds = (function, type(function).__call__)  # For an object that can be called, its method decides.
    if any(map(iscoroutinefunction, kinds)):
        coroutine = cast("Callable[..., Awaitable[object]]", function)

        async def call(*arguments: object, **named: object) -> object:
            with fake:
                return await coroutine(*arguments, **named)

    elif any(map(isasyncgenfunction, kinds)):
        asynchronous = cast("Callable[..., AsyncGenerator[object, object]]", function)

        async def call(*arguments: object, **named: object) -> AsyncGenerator[object, object]:  # type: ignore[misc]
            with fake:
                async with aclosing(_delegate(asynchronous(*arguments, **named))) as steps:
                    sent: object = None
                    while True:
                        try:
                            value = await steps.asend(sent)
                        except StopAsyncIteration:
                            return
                        try:
                            sent = yield value
                        except GeneratorExit:
                            raise
                        except BaseException as error:
                            sent = _Thrown(error)

    elif any(map(isgeneratorfunction, kinds)):
        generator = cast("Callable[..., Generator[object, object, object]]", function)

        def call(*arguments: object, **named: object) -> Generator[object, object, object]:  # type: ignore[misc]
            with fake:
                return (yield from generator(*arguments, **named))

    else:

        def call(*arguments: object, **named: object) -> object:  # type: ignore[misc]
            with fake:
                return function(*arguments, **named)

    return wraps(function)(call)


class _Thrown:
    """An exception to throw into an asynchronous generator."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


async def _delegate(generator: AsyncGenerator[object, object]) -> AsyncGenerator[object, object]:
    """Do what `yield from` does, which asynchronous generators do not have."""
    async with aclosing(generator):
        try:
            value = await generator.asend(None)
            while True:
                sent = yield value
                if isinstance(sent, _Thrown):
                    value = await generator.athrow(sent.error)
                else:
                    value = await generator.asend(sent)
        except StopAsyncIteration:
            return


def _decorate_class(fake: StartableFake, test_class: type) -> type:
    """Wrap its public functions, inherited ones too. One that is called by another does not start the fake again."""
    names = [
        name
        for name in dir(test_class)
        if not name.startswith("_") and not _is_fixture(getattr_static(test_class, name))
    ]
    found = {name: getattr_static(test_class, name) for name in names}
    functions = {
        name: one
        for name, one in found.items()
        if isfunction(one.__func__ if isinstance(one, staticmethod | classmethod) else one)
    }
    if not functions:
        raise UsageError(f"FakeProxy() decorates test classes; {test_class.__name__} has no method to run in a fake")
    for name, function in functions.items():
        if name.removeprefix("setup_").removeprefix("teardown_") not in ("class", "method", "module"):
            setattr(test_class, name, decorate(cast("StartableFake", _UnlessActive(fake)), function))
    setattr(test_class, FAKES, (fake, *getattr(test_class, FAKES, ())))
    return test_class


def _is_fixture(member: object) -> bool:
    return type(member).__name__ == "FixtureFunctionDefinition" or hasattr(member, "_pytestfixturefunction")


class _UnlessActive:
    """A context manager that enters the fake, unless the fake is active already."""

    def __init__(self, fake: StartableFake) -> None:
        self._fake = fake
        self._entered: list[bool] = []

    def __enter__(self) -> None:
        self._entered.append(not self._fake.is_active)
        if self._entered[-1]:
            self._fake.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._entered.pop():
            self._fake.__exit__(kind, error, traceback)


def _decorate_test_case(fake: StartableFake, test_class: type[TestCase]) -> type:
    from fakeproxy.fake.test_cases import run_tests_in  # It imports unittest, which takes 10 ms.

    @contextmanager
    def active(test: object) -> Generator[StartableFake]:
        # Not `with fake`: the hooks of `run_tests_in` check it and add its report while it is active.
        fake.start()
        try:
            yield fake
        finally:
            fake.stop()

    run_tests_in(test_class, active)
    return test_class
