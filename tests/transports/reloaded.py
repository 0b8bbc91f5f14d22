"""A process in which each patched module is loaded again: `reloaded HOW WHEN`, before a fake or inside it.

Prints, as JSON, what went wrong: the module, and the client that missed the fake or the method that kept a patch.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

import httpx2  # noqa: F401
import requests_mock.adapter  # noqa: F401
import twilio.http.validation_client  # noqa: F401

from fakeproxy import FakeProxy
from fakeproxy.transports import interception
from tests.transports.test_instrumentation import CLIENTS


def _reload(name: str) -> None:
    importlib.reload(sys.modules[name])


def _import_again(name: str) -> None:
    del sys.modules[name]
    importlib.import_module(name)


def _swap(name: str) -> None:
    before = sys.modules.pop(name)
    importlib.import_module(name)
    sys.modules[name] = before


WAYS: dict[str, Callable[[str], None]] = {"reload": _reload, "import again": _import_again, "swap": _swap}


def _missed(proxy: FakeProxy) -> list[str]:
    missed = []
    for name, ask in CLIENTS.items():
        before = len(proxy.journal)
        try:
            ask()
        except Exception as error:
            missed.append(f"{name}: {error!r}")
        else:
            if len(proxy.journal) != before + 1:
                missed.append(name)
    return missed


def _left() -> list[str]:
    """Methods under which a patch is left where no fake is active."""
    found: list[str] = []
    for name, seams in interception._SEAMS.items():
        for seam in seams:
            module = sys.modules.get(name)
            owner: Any = getattr(module, seam.owner, None) if seam.owner else module
            method = vars(owner).get(seam.method) if owner is not None else None
            if getattr(method, "__globals__", {}).get("__name__", "").startswith("fakeproxy."):
                found.append(f"{name}.{seam.owner}.{seam.method}")
    return found


def main(way: str, when: str) -> None:
    warnings.simplefilter("ignore")
    # `socket` is not loaded again: Python itself does not bear it.
    modules = [name for name in interception._SEAMS if name in sys.modules and name != "socket"]
    with FakeProxy() as proxy:
        wrong: dict[str, Any] = {"as it is": _missed(proxy)}
    for module in modules:
        if when == "before":
            WAYS[way](module)
        with FakeProxy(blocked="raise") as proxy:
            if when == "inside":
                WAYS[way](module)
            wrong[module] = _missed(proxy)
        wrong[module] += _left()
    sys.stdout.write(json.dumps({module: what for module, what in wrong.items() if what}))


if __name__ == "__main__":
    main(*sys.argv[1:])
