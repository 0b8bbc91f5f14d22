"""Python as text: values, calls that are broken into lines where they are long, and identifiers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence

from fakeproxy.views import shorten_sids

#: The longest line, in characters, if it can be broken.
WIDTH = 120

_UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


class Group:
    """A text in brackets with items. It is one line or, if that is too long, has a line for each item."""

    def __init__(self, opening: str, items: Sequence[str | Group], closing: str) -> None:
        self.opening, self.items, self.closing = opening, items, closing

    def __repr__(self) -> str:
        return f"<Group {self}>"

    def __str__(self) -> str:
        return f"{self.opening}{', '.join(map(str, self.items))}{self.closing}"

    def lines(self, indent: int) -> Iterable[str]:
        """Yield the lines, indented by a number of spaces."""
        whole = str(self)
        if indent + len(whole) <= WIDTH or not self.items:
            yield " " * indent + whole
            return
        yield " " * indent + self.opening
        for item in self.items:
            *most, last = item.lines(indent + 4) if isinstance(item, Group) else [" " * (indent + 4) + item]
            yield from most
            yield f"{last},"
        yield " " * indent + self.closing


def call(function: str, *arguments: str | Group, **named: str | Group | None) -> Group:
    """Return a call. Arguments are source; a named one of None is left out."""
    given: list[str | Group] = list(arguments)
    for name, value in named.items():
        if isinstance(value, Group):
            given.append(Group(f"{name}={value.opening}", value.items, value.closing))
        elif value is not None:
            given.append(f"{name}={value}")
    return Group(f"{function}(", given, ")")


def prefixed(text: str, group: Group) -> Group:
    """Return a group with a text before it, such as `name = `."""
    return Group(text + group.opening, group.items, group.closing)


def list_of(items: Iterable[str | Group]) -> Group:
    """Return a list."""
    return Group("[", list(items), "]")


def dict_of(items: Mapping[str, str]) -> Group:
    """Return a dict with texts as keys."""
    return Group("{", [f"{literal(name)}: {value}" for name, value in items.items()], "}")


def tuple_of(items: Sequence[str]) -> str:
    """Return a tuple."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def literal(value: object) -> str:
    """Return a value as Python source, texts in double quotes where that is possible."""
    text = repr(value)
    return f'"{text[1:-1]}"' if text.startswith("'") and '"' not in text else text


def step(micros: int) -> Group:
    """Return the arguments of `advance()` for a number of microseconds."""
    seconds, rest = divmod(micros, 1_000_000)
    if rest:
        return call("fakeproxy.clock.advance", literal(micros / 1_000_000))
    parts: dict[str, str] = {}
    for name, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts[name] = str(number)
    return call("fakeproxy.clock.advance", **parts)


def identifier(text: str, otherwise: str) -> str:
    """Return a text as the name of a variable."""
    name = re.sub(r"[^0-9a-z]+", "_", text.lower()).strip("_")[:30].rstrip("_")
    if not name or not name.isascii():
        return otherwise
    if name[0].isdigit():
        name = f"{otherwise}_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def comment(text: str) -> str:
    """Return a text as a comment of one line."""
    return f"# {shorten_sids(' '.join(text.split()))[:WIDTH]}"
