"""Traces of tests: when they are written, and the names of their files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from fakeproxy.exceptions import FakeProxyError
from fakeproxy.surface.fake import Fake

#: The environment variable with the mode. A fake that starts then keeps the state after each event.
VARIABLE = "FAKEPROXY_TRACE"

#: The longest name of a file without its end. Every file system takes one of this length.
_LONGEST = 100


def is_on() -> bool:
    """Return whether traces may be written, so that fakes keep their past."""
    return os.environ.get(VARIABLE, "off") != "off"


def write(folder: Path, test: str, error: BaseException | None, fakes: Iterable[Fake]) -> list[str]:
    """Write a trace of each fake that has seen something, and return a line for each: its path, or why there is none.

    `test` is the name of the test, and `error` what made it fail.
    """
    failure = f"{type(error).__name__}: {error}" if error is not None else ""
    written: list[str] = []
    for fake in fakes:
        path = folder / f"{name_of(test, len(written))}.html"
        try:
            if not len(fake.history):
                continue
            folder.mkdir(parents=True, exist_ok=True)
            fake.write_trace(path, title=test, failure=failure)
        except (FakeProxyError, OSError) as reason:  # Such as a folder that is a file, or a fake that has ended.
            written.append(f"no trace: {reason}")
        else:
            written.append(str(path))
    return written


def name_of(test: str, number: int = 0) -> str:
    """Return a name for a file that every file system takes, another one for each test and fake."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", test)[-_LONGEST:].strip("-.")
    digest = "" if plain == test else blake2b(test.encode(errors="surrogatepass"), digest_size=4).hexdigest()
    return "-".join(filter(None, (plain or "test", digest, str(number) if number else "")))
