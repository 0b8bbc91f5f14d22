"""What a fake does as a decorator: of functions of every kind, and of test classes."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, contextmanager
from functools import wraps
from inspect import getattr_static, isasyncgenfunction, iscoroutinefunction, isfunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fakeproxy.exceptions import UsageError

if TYPE_CHECKING:
    from fakeproxy.fake.test_cases import Fake

T = TypeVar("T")

#: Where a decorated test class keeps its fakes. The pytest plugin starts them before `setup_method` and fixtures.
FAKES = "__fakeproxy__"


def decorate(fake: Fake, target: T) -> T:
    """Return the target, with the fake active while it runs: a function, a coroutine, a generator, or a test class.

    Each test method of a class runs in the fake, from the fake's first state, `setUp` and `tearDown` included.
    Raises `UsageError` for what cannot be decorated.
    """
    if isinstance(target, type):
        test_case = getattr(sys.modules.get("unittest"), "TestCase", ())  # Without the module there is no such class.
        is_test_case = issubclass(target, test_case)
        return cast(T, _decorate_test_case(fake, target) if is_test_case else _decorate_class(fake, target))
    if isinstance(target, staticmethod | classmethod):
        return cast(T, type(target)(decorate(fake, target.__func__)))
    if type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction"):
        raise UsageError("FakeProxy() decorates the function below @pytest.fixture: write it on the next line")
    if not callable(target):
        raise UsageError(f"FakeProxy() decorates functions and test classes; {target!r} is neither")
    return cast(T, _decorate_function(fake, target))


def _decorate_function(fake: Fake, function: Callable[..., Any]) -> Callable[..., Any]:
    kinds = (function, type(function).__call__)  # Of an object that can be called, its method says what it is.
    if any(map(iscoroutinefunction, kinds)):

        async def call(*arguments: Any, **named: Any) -> Any:
            with fake:
                return await function(*arguments, **named)

    elif any(map(isasyncgenfunction, kinds)):

        async def call(*arguments: Any, **named: Any) -> AsyncGenerator[Any, Any]:  # type: ignore[misc]
            with fake:
                async with aclosing(_delegate(function(*arguments, **named))) as steps:
                    sent = None
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

        def call(*arguments: Any, **named: Any) -> Generator[Any, Any, Any]:  # type: ignore[misc]
            with fake:
                return (yield from function(*arguments, **named))

    else:

        def call(*arguments: Any, **named: Any) -> Any:  # type: ignore[misc]
            with fake:
                return function(*arguments, **named)

    return wraps(function)(call)


class _Thrown:
    """An exception on its way into an asynchronous generator."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


async def _delegate(generator: AsyncGenerator[Any, Any]) -> AsyncGenerator[Any, Any]:
    """What `yield from` would do, which asynchronous generators do not have."""
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


def _decorate_class(fake: Fake, kind: type) -> type:
    """Wrap its public functions, inherited ones too. One that another of them calls finds the fake active already."""
    names = [name for name in dir(kind) if not name.startswith("_") and not _is_fixture(getattr_static(kind, name))]
    found = {name: getattr_static(kind, name) for name in names}
    functions = {
        name: one
        for name, one in found.items()
        if isfunction(one.__func__ if isinstance(one, staticmethod | classmethod) else one)
    }
    if not functions:
        raise UsageError(f"FakeProxy() decorates test classes; {kind.__name__} has no method to run in a fake")
    for name, function in functions.items():
        if name.removeprefix("setup_").removeprefix("teardown_") not in ("class", "method", "module"):
            setattr(kind, name, decorate(cast("Fake", _Unless(fake)), function))
    setattr(kind, FAKES, (fake, *getattr(kind, FAKES, ())))
    return kind


def _is_fixture(member: Any) -> bool:
    return type(member).__name__ == "FixtureFunctionDefinition" or hasattr(member, "_pytestfixturefunction")


class _Unless:
    """Enters the fake, unless it is active already."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self._entered: list[bool] = []

    def __enter__(self) -> None:
        self._entered.append(not self._fake.is_active)
        if self._entered[-1]:
            self._fake.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self._entered.pop():
            self._fake.__exit__(*error)


def _decorate_test_case(fake: Fake, kind: Any) -> type:
    from fakeproxy.fake.test_cases import run_in  # It imports unittest, which takes 10 ms.

    @contextmanager
    def active(test: object) -> Generator[Fake]:
        # Not `with fake`: the hooks of `run_in` check it and add its report while it is active.
        fake.start()
        try:
            yield fake
        finally:
            fake.stop()

    run_in(kind, active)
    return cast(type, kind)
