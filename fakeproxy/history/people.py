"""The lanes of a diagram: a lane for each person, for the proxy numbers and for the application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fakeproxy.history.events import Event

#: The keys of the two lanes that are no person's. A person's key is the number.
PROXY, APP = "proxy", "app"


class Lane(NamedTuple):
    """A lane: its key, its title, and at most two lines below the title."""

    key: str
    title: str
    lines: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The title and the lines, to be read aloud."""
        return ", ".join((self.title, *self.lines))


def lanes_of(events: Iterable[Event]) -> tuple[Lane, ...]:
    """Return the lanes: the first person, the proxy, the other people, the application."""
    people: dict[str, Lane] = {}
    numbers: dict[str, None] = {}
    for event in events:
        if event.kind == "participant":
            person, proxy = event.numbers
            name = str(event.facts.get("name") or "")
            people[person] = Lane(person, name or person, ((person,) if name else ()) + (f"dials {tail(proxy)}",))
            numbers[proxy] = None
        elif event.kind in ("text", "call"):
            for number in (event.facts.get("from"), event.facts.get("to")):
                if number:
                    people.setdefault(str(number), Lane(str(number), str(number)))
            numbers |= {str(event.facts[name]): None for name in ("dialled", "shown") if event.facts.get(name)}
    shown = [number for number in numbers if number not in people]
    lines = shown if len(shown) <= 2 else [shown[0], f"and {len(shown) - 1} more"]
    first, *others = people.values() if people else [None]
    return (
        *([first] if first else []),
        Lane(PROXY, "proxy", tuple(lines)),
        *filter(None, others),
        Lane(APP, "your app"),
    )


def tail(number: object) -> str:
    """Return a number in short: its last four digits."""
    text = str(number)
    return f"…{text[-4:]}" if len(text) > 5 else text
