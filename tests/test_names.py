"""Names: a file is called by a thing that users know, and a name of a class has one meaning."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from tests.sources import FILES, PACKAGE, nodes, tree

#: Words that say nothing of what a file or class is for, and pictures that a stranger cannot place.
EMPTY = {"manager", "helper", "helpers", "util", "utils", "common", "misc", "base", "impl", "data", "info"}
PICTURES = {"ways", "turn", "neighbours", "wire", "graves", "bury", "lifetime", "lines", "contexts", "shapes"}

#: Names that mean the same thing in more than one room, and what that is.
SHARED = {
    "Request": "an HTTP request, as far as each room has read it",
    "Operation": "an operation of an API of Twilio",
    "Event": "a thing that happened: as the engine notes it, as a test reads it",
    "Route": "a way to somebody: of a text or call, of a request",
    "Leg": "one half of a text or call, between a person and a proxy number",
    "Destination": "where a request leads",
}


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+", name)}


def test_no_file_and_no_class_has_a_name_that_says_nothing() -> None:
    names = {path.relative_to(PACKAGE).as_posix(): words(path.stem) for path in FILES}
    for path in FILES:
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                names[f"{path.relative_to(PACKAGE).as_posix()}: {node.name}"] = words(node.name)
    assert {name: found for name, said in names.items() if (found := said & (EMPTY | PICTURES))} == {}


def test_the_name_of_a_class_has_one_meaning() -> None:
    """But for a row and its view, and a thing and its Protocol, which are the same thing seen from two sides."""
    rooms: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and room != "surface":
                rooms[node.name].append(room)
    repeated = {name: found for name, found in rooms.items() if len(found) > 1 and set(found) != {"engine", "views"}}
    assert {name: found for name, found in repeated.items() if name not in SHARED} == {}
    assert not set(SHARED) - set(repeated), "a name that is not shared any more has no line here"
