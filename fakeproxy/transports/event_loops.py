"""Blocking work for an event loop (asyncio or trio), done in a thread. A client that is cancelled leaves it behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def is_asyncio() -> bool:
    """Return whether an asyncio loop is running here. A client without one runs under trio."""
    import asyncio  # Here for start-up time, as below: it takes 10 ms.

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def in_thread(function: Callable[[], T]) -> T:
    """Run the function in a thread; return what it returns, or raise what it raises. The loop is not blocked."""
    import asyncio  # Here for start-up time.

    # Not by `asyncio.to_thread`: `asyncio.run` waits for its threads at the end, also where the task was cancelled.
    if not is_asyncio():
        answer: T = await sys.modules["trio"].to_thread.run_sync(function, abandon_on_cancel=True)
        return answer
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def settle(result: T | None, error: BaseException | None) -> None:
        """End the task's wait, in the loop's thread."""
        if future.done():  # The task was cancelled.
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]
        else:
            future.set_exception(error)

    def run() -> None:
        """Do the work, in its own thread."""
        result, error = None, None
        try:
            result = context.run(function)
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # The loop was closed meanwhile.
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=run, name="fakeproxy", daemon=True).start()
    return await future
