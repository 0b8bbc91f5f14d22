"""Modules that are loaded again or replaced, before a fake or inside it: clients land, and no patch is left."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("way", "when"),
    [(way, when) for way in ("reload", "import again", "swap") for when in ("before", "inside")],
)
@pytest.mark.slow
def test_modules_that_are_loaded_again(way: str, when: str) -> None:
    command = [sys.executable, "-m", "tests.transports.reloaded", way, when]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
