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
from weakref import ref

Method = Callable[..., object]

#: A method that is a coroutine function.
AsyncMethod = Callable[..., Awaitable[object]]

#: The kinds of owners of methods. A tuple, since `isinstance` is faster with it than with a union.
_CLASS_OR_MODULE = (type, ModuleType)

lock = Lock()
"""Held while patches are installed or removed."""


class Seam(NamedTuple):
    """A method to replace. `make(module, original)` returns its replacement, or None to leave the method as it is.

    `owner` is the name of the class, or empty for a function of the module itself.
    """

    owner: str
    method: str
    make: Callable[[ModuleType, Method], Method | None]
    #: False where `make` looks at more than the module and the original, so that it has to be asked each time.
    is_reusable: bool = True


class _Patch(NamedTuple):
    module: ModuleType
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
        #: By module and owner.
        self._seams: dict[str, dict[str, list[Seam]]] = {}
        for name, of_module in seams.items():
            for seam in of_module:
                self._seams.setdefault(name, {}).setdefault(seam.owner, []).append(seam)
        self._lock = lock
        self._installed = False
        #: The patches that were installed and not removed, by method, the newest last.
        self._patches: dict[tuple[type | ModuleType, str], list[_Patch]] = {}
        #: Every class that was found under the name of a seam's owner. A module that is loaded again makes new classes,
        #: while code that imported the former ones goes on using them.
        self._owners: dict[tuple[str, str], list[ref[type | ModuleType]]] = {}
        #: The last patch of each seam, to be installed again: making one costs ten times as much.
        self._made: dict[tuple[str, Seam], _Patch] = {}
        #: The modules that were patched last, by name.
        self._modules: dict[str, ref[ModuleType]] = {}

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
            if patch := _on_top(patches, owner, method):
                if patch.inherited:
                    delattr(owner, method)
                else:
                    setattr(owner, method, patch.original)
                patches.remove(patch)
            if not patches:
                self._patches.pop((owner, method), None)

    def original(self, owner: type, method: str) -> Method:
        """Return the method without our patch. The class itself has to define it, or KeyError is raised."""
        patch = _on_top(self._patches.get((owner, method), ()), owner, method)
        found: Method = patch.original if patch else vars(owner)[method]
        return found

    def loaded(self, module: ModuleType) -> None:
        """Patch a module that was just loaded, if the patches are still installed."""
        with self._lock:
            if self._installed:
                self._patch(module.__name__, module)

    def _patch(self, name: str, module: ModuleType | None) -> None:
        weak = self._modules.get(name)
        known = None if weak is None else weak()
        if module is None and known is None:  # It was never imported.
            return
        for owner_name, seams in self._seams[name].items():
            found = _find(module, owner_name)
            if found is not None and known is not module:
                assert module is not None
                self._modules[name], known = ref(module), module
            # What was imported from a module which is gone or replaced is still in use.
            if known is not None:
                for owner in self._all_owners(name, owner_name, found):
                    for seam in seams:
                        self._replace(name, known, owner, seam)

    def _all_owners(self, name: str, owner_name: str, found: type | ModuleType | None) -> Sequence[type | ModuleType]:
        """Return every class, or module, that was found under this name, and the one that was found now."""
        owners = [owner for weak in self._owners.get((name, owner_name), ()) if (owner := weak()) is not None]
        if found is None:
            return owners
        if new := [owner for owner in (found, *_namesakes(found)) if owner not in owners]:
            owners += new
            self._owners[name, owner_name] = [ref(owner) for owner in owners]
        return owners

    def _replace(self, name: str, module: ModuleType, owner: type | ModuleType, seam: Seam) -> None:
        method = seam.method
        patches = self._patches.get((owner, method))
        if (patches and _on_top(patches, owner, method)) or (original := getattr(owner, method, None)) is None:
            return
        made = self._made.get((name, seam)) if seam.is_reusable else None
        inherited = method not in vars(owner)
        if made is None or made.module is not module or made.original is not original or made.inherited != inherited:
            replacement = seam.make(module, original)
            if replacement is None:
                return
            made = self._made[name, seam] = _Patch(module, replacement, original, inherited)
        self._patches[owner, method] = [*(patches or ()), made]
        setattr(owner, method, made.replacement)

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


def _on_top(patches: Sequence[_Patch], owner: type | ModuleType, method: str) -> _Patch | None:
    """Return the patch of a method that is in place now, or None if that is the original, or somebody else's."""
    now = vars(owner).get(method)
    for patch in reversed(patches):
        if patch.replacement is now:
            return patch
    return None


def _find(module: ModuleType | None, owner_name: str) -> type | ModuleType | None:
    """Return the owner that a module has under this name, or None."""
    if module is None:
        return None
    found = getattr(module, owner_name, None) if owner_name else module
    found = getattr(found, "_baseclass", found)  # vcrpy puts its own classes in place of the real ones.
    # Some suites put a mock in place of the package; a mock is not patched.
    return found if isinstance(found, _CLASS_OR_MODULE) else None


def _namesakes(owner: type | ModuleType) -> list[type]:
    """Return the subclasses of its bases that have its name: also those of a former load of its module."""
    same: list[type] = []
    if isinstance(owner, type):
        for base in owner.__bases__:
            if base is not object:
                derived: list[type] = type.__subclasses__(base)
                same += [one for one in derived if one is not owner and _have_one_name(one, owner)]
    return same


def _have_one_name(one: type, other: type) -> bool:
    return one.__qualname__ == other.__qualname__ and one.__module__ == other.__module__


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
