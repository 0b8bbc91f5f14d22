"""Children of this process that run Python: what they are started with leads them to the fake that it lands in.

Children of `multiprocessing` (spawn, forkserver) get it with the data that prepares them, before their main module is
imported; programs that `subprocess` starts with the environment of this process, in theirs. Forked ones: `forks.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.transports.targets import Target

_PACKAGE = Path(__file__).parents[2]

#: What has to be on PYTHONPATH.
FOLDER = str(_PACKAGE / "transports" / "child")

#: How many arguments of `subprocess.Popen` stand before `env`.
_BEFORE_ENV = 10


def environment(target: Target, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return what to add to the environment of a program in Python, so that it lands where `target` does."""
    url, reason = "", ""
    try:
        url = target.url()
    except Exception as error:  # Of the operating system, of tools that forbid sockets, of a warning made an error.
        reason = str(error) or type(error).__name__
    path = [name for name in inherited.get("PYTHONPATH", "").split(os.pathsep) if name not in ("", FOLDER)]
    return {
        "FAKEPROXY_URL": url,
        "FAKEPROXY_UNREACHABLE": reason,
        "FAKEPROXY_ALLOW_HOSTS": " ".join(target.allow_hosts),
        "FAKEPROXY_ALLOW_SETTING": target.allow_setting,
        "PYTHONPATH": os.pathsep.join([FOLDER, *path]),
    }


class _Activation:
    """Unpickled, it leads the process to the fake. It asks for nothing but Python: sys.path is not set up by then."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, dict[str, object]]]:
        root = str(_PACKAGE.parent)
        program = (
            f"import sys; sys.path.append({root!r}); from fakeproxy.transports.child import activation; "
            f"activation.activate({self.variables!r})"
        )
        return exec, (program, {})


def _prepared(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def get_preparation_data(*args: Any, **kwargs: Any) -> Any:
        data = original(*args, **kwargs)
        target = targets.current()
        if target is not None:
            data["fakeproxy"] = _Activation(environment(target, os.environ))
        return data

    return get_preparation_data


def _started(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        target = targets.current()
        if target is not None and len(args) <= _BEFORE_ENV:
            env = kwargs.get("env")
            inherited = os.environ if env is None else env
            if _is_inherited(inherited):
                kwargs["env"] = {**inherited, **environment(target, inherited)}
        original(self, *args, **kwargs)

    return start


def _is_inherited(env: Mapping[str, str]) -> bool:
    """Whether all of this process's environment is there; credentials may be others."""
    return all(env.get(name) == value for name, value in os.environ.items() if not name.startswith("TWILIO_"))


SEAMS = {
    "multiprocessing.spawn": [Seam("", "get_preparation_data", _prepared)],
    "subprocess": [Seam("Popen", "__init__", _started)],
}
