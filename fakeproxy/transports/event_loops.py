"""Work in a thread for a client's event loop, asyncio's or trio's, which a cancelled client leaves behind."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def is_asyncio() -> bool:
    """Return whether the loop that runs here is one of asyncio's. A client without one has trio's."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def in_thread(function: Callable[[], T]) -> T:
    """Return what the function returns, or raise what it raises, without blocking the loop.

    Not `asyncio.to_thread`: `asyncio.run` waits for its threads, even if the task that asked was cancelled.
    """
    if not is_asyncio():
        answer: T = await sys.modules["trio"].to_thread.run_sync(function, abandon_on_cancel=True)
        return answer
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():  # it was cancelled
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]
        else:
            future.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = context.run(function)
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=run, name="fakeproxy", daemon=True).start()
    return await future
