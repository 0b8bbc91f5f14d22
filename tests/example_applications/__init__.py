"""The breakages of each application of `examples/`: a file for each, with a table `BREAKAGES`."""

from __future__ import annotations

from typing import NamedTuple


class Breakage(NamedTuple):
    """A mistake in an application, and the test of its own suite that must fail for it."""

    #: The file, from the application's folder.
    file: str
    #: The text to replace, which the file has once.
    old: str
    new: str
    #: The node ID of the test: `tests/test_webhooks.py::test_a_late_text`.
    test: str
    #: A text of the report that names the cause. It stands neither in the tests nor in `new`.
    told: str
