"""Programs that tests start."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def running(command: Sequence[str], **options: Any) -> Generator[subprocess.Popen[str]]:
    """Start a program; kill it at the end if it still runs, for a test that fails must not wait for it."""
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def unmeasured() -> dict[str, str]:
    """Return the environment of a program that coverage does not measure, since coverage imports modules of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}
