"""Generated tests, run in this process."""

from __future__ import annotations

import re
from typing import Any

from fakeproxy import FakeProxy


def run(source: str, application: object = None) -> None:
    """Run a generated test in a new fake, with this application in place of the one that it imports or asks for."""
    names: dict[str, Any] = {}
    if application is not None:
        source = re.sub(r"^from tests\.examples\.\w+ import app$", "", source, flags=re.MULTILINE)
        names["app"] = application
    exec(compile(source, "<generated>", "exec"), names)
    test = names["test_what_was_done"]
    settings = {name: value for mark in getattr(test, "pytestmark", ()) for name, value in mark.kwargs.items()}
    arguments = test.__code__.co_varnames[: test.__code__.co_argcount]
    with FakeProxy(**settings) as proxy:
        test(*({"fakeproxy": proxy, "application": application}[name] for name in arguments))
