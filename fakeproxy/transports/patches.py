"""Patches: methods replaced on classes of other packages, whether these are imported before, meanwhile, or never."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import Lock
from types import ModuleType
from typing import NamedTuple
from weakref import WeakSet, WeakValueDictionary

Method = Callable[..., object]

#: A method that is a coroutine function.
AsyncMethod = Callable[..., Awaitable[object]]

lock = Lock()
"""Held while patches are installed or removed."""


class Seam(NamedTuple):
    """A method to replace. `make(module, original)` returns its replacement, or None to leave the method as it is.

    `owner` is the name of the class, or empty for a function of the module itself.
    """

    owner: str
    method: str
    make: Callable[[ModuleType, Method], Method | None]


class _Patch(NamedTuple):
    replacement: Method
    original: Method
    #: True if the class inherited the method: then the patch is deleted, not replaced by the original.
    inherited: bool


class Patches(MetaPathFinder):
    """The patches of some modules: installed and removed together, without importing any of these modules.

    As a finder on `sys.meta_path` it finds no module itself: it has a module patched as soon as the module's own
    loader has run it. The caller of `install` and `uninstall` holds the lock.
    """

    def __init__(self, seams: Mapping[str, Sequence[Seam]], lock: AbstractContextManager[object]) -> None:
        self._seams = seams
        self._lock = lock
        self._installed = False
        #: The patches that were installed and not removed, by method, the newest last.
        self._patches: dict[tuple[type | ModuleType, str], list[_Patch]] = {}
        #: Every class that was found under the name of a seam's owner. A module that is loaded again makes new classes,
        #: while code that imported the former ones goes on using them.
        self._owners: dict[tuple[str, str], WeakSet[type | ModuleType]] = {}
        self._modules: WeakValueDictionary[str, ModuleType] = WeakValueDictionary()

    def __repr__(self) -> str:
        return f"<Patches, {'installed' if self._installed else 'not installed'}: {', '.join(self._seams)}>"

    def install(self) -> None:
        """Patch what is imported, and from now on what is imported later."""
        self._installed = True
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        for name in self._seams:
            self._patch(name, sys.modules.get(name))

    def uninstall(self) -> None:
        """Put every original method back. A method that somebody else patched on top of ours stays as it is."""
        self._installed = False
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for (owner, method), patches in list(self._patches.items()):
            # A patch that somebody else made on top of ours stays. Ours beneath it only calls the original from now
            # on; it is removed at a later `uninstall`, once it is on top again.
            if patch := self._in_place(owner, method):
                if patch.inherited:
                    delattr(owner, method)
                else:
                    setattr(owner, method, patch.original)
                patches.remove(patch)
            if not patches:
                self._patches.pop((owner, method), None)

    def _in_place(self, owner: type | ModuleType, method: str) -> _Patch | None:
        """Return the patch that is on top now, if it is one of ours."""
        now = vars(owner).get(method)
        return next((patch for patch in self._patches.get((owner, method), ()) if patch.replacement is now), None)

    def original(self, owner: type, method: str) -> Method:
        """Return the method without our patch. The class itself has to define it, or KeyError is raised."""
        patch = self._in_place(owner, method)
        found: Method = patch.original if patch else vars(owner)[method]
        return found

    def loaded(self, module: ModuleType) -> None:
        """Patch a module that was just loaded, if the patches are still installed."""
        with self._lock:
            if self._installed:
                self._patch(module.__name__, module)

    def _patch(self, name: str, module: ModuleType | None) -> None:
        for seam in self._seams[name]:
            owner = getattr(module, seam.owner, None) if seam.owner else module
            owner = getattr(owner, "_baseclass", owner)  # vcrpy puts its own classes in place of the real ones.
            owners = self._owners.setdefault((name, seam.owner), WeakSet())
            # Some suites put a mock in place of the package; a mock is not patched.
            if module is not None and isinstance(owner, type | ModuleType):
                self._modules[name] = module
                owners.add(owner)
                owners.update(_namesakes(owner))
            # Classes that were imported from a module which is gone or replaced are still in use.
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
        """Return what the other finders find, with a loader that reports when the module is loaded."""
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
    """Return the subclasses of its bases that have its name: also those of a former load of its module."""
    if not isinstance(owner, type):
        return []
    name = (owner.__module__, owner.__qualname__)
    derived: list[type] = []
    for base in owner.__bases__:
        if base is not object:
            derived += type.__subclasses__(base)
    return [one for one in derived if (one.__module__, one.__qualname__) == name]


class _Loader(Loader):
    """A wrapper of the module's own loader. It puts that one back before the module's first line runs."""

    def __init__(self, real: Loader, patches: Patches) -> None:
        self.real = real
        self.patches = patches

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)  # For those who ask a loader for the source.

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self.real
        self.real.exec_module(module)
        self.patches.loaded(module)
