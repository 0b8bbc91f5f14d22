"""Child processes in Python: they are started with what sends their requests to the fake of this process.

Children of `multiprocessing` (spawn, forkserver) get it in their preparation data, before their main module is
imported. Programs of `subprocess` get it in their environment, if that has all of this process's environment.
`fake/forks.py` has the forked children.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import cast

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.transports.targets import Target

_PACKAGE = Path(__file__).parents[2]

#: The folder that has to be on PYTHONPATH.
SITECUSTOMIZE_FOLDER = str(_PACKAGE / "transports" / "child")

#: The number of arguments of `subprocess.Popen` before `env`.
_BEFORE_ENV = 10


def environment(target: Target, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make a program in Python send its requests to the fake of `target`.

    `inherited` is the environment that they are added to; its PYTHONPATH is kept.
    """
    url, reason = "", ""
    try:
        url = target.url()
    except Exception as error:  # The operating system, a tool that forbids sockets, or a warning as an error.
        reason = str(error) or type(error).__name__
    path = [
        name for name in inherited.get("PYTHONPATH", "").split(os.pathsep) if name not in ("", SITECUSTOMIZE_FOLDER)
    ]
    return {
        "FAKEPROXY_URL": url,
        "FAKEPROXY_UNREACHABLE": reason,
        "FAKEPROXY_ALLOW_HOSTS": " ".join(target.allow_hosts),
        "FAKEPROXY_ALLOW_SETTING": target.allow_setting,
        "PYTHONPATH": os.pathsep.join([SITECUSTOMIZE_FOLDER, *path]),
    }


class _Activation:
    """A value that activates the child when it is unpickled. It needs only Python: sys.path is not set up yet."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, dict[str, object]]]:
        root = str(_PACKAGE.parent)
        program = (
            f"import sys; sys.path.append({root!r}); from fakeproxy.transports.child import activation; "
            f"activation.activate({self.variables!r})"
        )
        return exec, (program, {})


def _get_preparation_data(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def get_preparation_data(*args: object, **kwargs: object) -> object:
        data = cast("dict[str, object]", original(*args, **kwargs))
        target = targets.current()
        if target is not None:
            data["fakeproxy"] = _Activation(environment(target, os.environ))
        return data

    return get_preparation_data


def _popen(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def start(self: object, *args: object, **kwargs: object) -> None:
        target = targets.current()
        if target is not None and len(args) <= _BEFORE_ENV:
            env = kwargs.get("env")
            inherited = os.environ if env is None else cast("Mapping[str, str]", env)
            if _is_inherited(inherited):
                kwargs["env"] = {**inherited, **environment(target, inherited)}
        original(self, *args, **kwargs)

    return start


def _is_inherited(env: Mapping[str, str]) -> bool:
    """Return whether all of this process's environment is there. Twilio's credentials may differ."""
    return all(env.get(name) == value for name, value in os.environ.items() if not name.startswith("TWILIO_"))


SEAMS = {
    "multiprocessing.spawn": [Seam("", "get_preparation_data", _get_preparation_data)],
    "subprocess": [Seam("Popen", "__init__", _popen)],
}
