"""Methods replaced on classes of other packages, which may be imported before, meanwhile, or never."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import Lock
from types import ModuleType
from typing import Any, NamedTuple
from weakref import WeakSet, WeakValueDictionary

Method = Callable[..., Any]

lock = Lock()
"""Held while patches are put in or taken out."""


class Seam(NamedTuple):
    """A method to replace: `make(module, original)` returns what stands in its place, or None to leave it.

    `owner` names the class, or is empty for a function of the module itself.
    """

    owner: str
    method: str
    make: Callable[[ModuleType, Method], Method | None]


class _Patch(NamedTuple):
    replacement: Method
    original: Method
    #: The class has no such method of its own.
    inherited: bool


class Patches(MetaPathFinder):
    """Puts seams in, by module, and takes them out without a trace. Imports none of the modules.

    It finds no module of its own: as a finder it has a module patched once the module's own loader has run it.
    Whoever calls `install` and `uninstall` holds the lock.
    """

    def __init__(self, seams: Mapping[str, Sequence[Seam]], lock: AbstractContextManager[Any]) -> None:
        self._seams = seams
        self._lock = lock
        self._installed = False
        #: Those that were put in and not taken out again, the newest last.
        self._patches: dict[tuple[type | ModuleType, str], list[_Patch]] = {}
        #: All that was found under the name of a seam's owner. A module that is loaded again makes its classes anew,
        #: and who imported the former ones goes on with them.
        self._owners: dict[tuple[str, str], WeakSet[type | ModuleType]] = {}
        self._modules: WeakValueDictionary[str, ModuleType] = WeakValueDictionary()

    def install(self) -> None:
        self._installed = True
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        for name in self._seams:
            self._patch(name, sys.modules.get(name))

    def uninstall(self) -> None:
        self._installed = False
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for (owner, method), patches in list(self._patches.items()):
            # Whoever patched on top of us since keeps that; ours underneath calls the original from now on, and
            # is taken out once it is in its place again.
            if patch := self._in_place(owner, method):
                if patch.inherited:
                    delattr(owner, method)
                else:
                    setattr(owner, method, patch.original)
                patches.remove(patch)
            if not patches:
                self._patches.pop((owner, method), None)

    def _in_place(self, owner: type | ModuleType, method: str) -> _Patch | None:
        """The patch that stands there now, if it is one of ours."""
        now = vars(owner).get(method)
        return next((patch for patch in self._patches.get((owner, method), ()) if patch.replacement is now), None)

    def original(self, owner: type, method: str) -> Method:
        """The method as it is without the patch."""
        patch = self._in_place(owner, method)
        found: Method = patch.original if patch else vars(owner)[method]
        return found

    def loaded(self, module: ModuleType) -> None:
        """Patch a module that has just been run, if that is still wanted."""
        with self._lock:
            if self._installed:
                self._patch(module.__name__, module)

    def _patch(self, name: str, module: ModuleType | None) -> None:
        for seam in self._seams[name]:
            owner = getattr(module, seam.owner, None) if seam.owner else module
            owner = getattr(owner, "_baseclass", owner)  # vcrpy puts classes of its own under the names of the real
            owners = self._owners.setdefault((name, seam.owner), WeakSet())
            # Some suites put a mock where the package would be; there is nothing to patch there.
            if module is not None and isinstance(owner, type | ModuleType):
                self._modules[name] = module
                owners.add(owner)
                owners.update(_namesakes(owner))
            # What was imported before from a module that is gone or replaced is still in use.
            if found := self._modules.get(name):
                for one in list(owners):
                    self._replace(found, one, seam)

    def _replace(self, module: ModuleType, owner: type | ModuleType, seam: Seam) -> None:
        if not hasattr(owner, seam.method) or self._in_place(owner, seam.method):
            return
        inherited = seam.method not in vars(owner)
        original = getattr(owner, seam.method)
        replacement = seam.make(module, original)
        if replacement is not None:
            patch = _Patch(replacement, original, inherited)
            self._patches.setdefault((owner, seam.method), []).append(patch)
            setattr(owner, seam.method, replacement)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self._seams:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find else None
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader, self)
                return spec
        return None


def _namesakes(owner: type | ModuleType) -> list[type]:
    """Return the classes of this name that its bases know: also those made before its module was loaded again."""
    if not isinstance(owner, type):
        return []
    name = (owner.__module__, owner.__qualname__)
    derived: list[type] = []
    for base in owner.__bases__:
        if base is not object:
            derived += type.__subclasses__(base)
    return [one for one in derived if (one.__module__, one.__qualname__) == name]


class _Loader(Loader):
    """The module's own loader, which it puts back before the module's first line runs."""

    def __init__(self, real: Loader, patches: Patches) -> None:
        self.real = real
        self.patches = patches

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)  # for whoever asks a spec's loader for the source

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self.real
        self.real.exec_module(module)
        self.patches.loaded(module)
