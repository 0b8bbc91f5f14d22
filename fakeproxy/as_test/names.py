"""The names in a test: constants for people, variables for rows, and the expression for a SID."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fakeproxy.as_test.code import identifier, literal

#: The names of people who have none.
_PEOPLE = ("ANNE", "BERT", "CARLA", "DAVID", "EMMA", "FRED", "GRETA", "HUGO", "IRIS", "JACK", "KATE", "LEO")

_SID = re.compile(r"([A-Z]{2})[0-9a-f]{32}")

#: The tables of rows that an application may make while a webhook is sent: no variable has their SIDs.
_TABLES = {"KS": "services", "KC": "sessions", "KP": "participants", "KI": "interactions"}


class NoName(Exception):
    """The lack of an expression for a row that the test needs."""


class Variables:
    """The names of one test. `referenced` are the SIDs that a request or an action has."""

    def __init__(self, referenced: Iterable[str] = ()) -> None:
        self.referenced = frozenset(referenced)
        #: The constant of each person, by number.
        self.people: dict[str, str] = {}
        #: The people whose phones are used.
        self.phones: dict[str, str] = {}
        self._taken = {"client", "fakeproxy", "pytest", "refused", "text", "participant", "answer", "application"}
        self._expressions: dict[str, str] = {}
        #: The numbers that the account owns, by SID.
        self.numbers: dict[str, str] = {}
        #: The SIDs of the rows that exist, by prefix, in the order of their tables.
        self.rows: dict[str, list[str]] = {prefix: [] for prefix in _TABLES}

    def __repr__(self) -> str:
        return f"<Variables: {', '.join(self.people.values())}>"

    def add_person(self, number: str, name: str | None = None) -> None:
        """Give a person a constant. Later calls change nothing."""
        if number in self.people:
            return
        free = next((one for one in _PEOPLE if one not in self.people.values()), f"PERSON_{len(self.people) + 1}")
        wanted = identifier(name or "", "").upper() or free
        self.people[number] = self._unique(wanted)
        self.phones[number] = self._unique(self.people[number].lower())

    def variable(self, wanted: str) -> str:
        """Return a new name of a variable."""
        return self._unique(wanted)

    def _unique(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name

    def set(self, sid: str, expression: str) -> None:
        """Set the expression for a SID."""
        self._expressions[sid] = expression

    def is_set(self, sid: str) -> bool:
        """Return whether a variable has the row with this SID."""
        return sid in self._expressions

    def sid(self, sid: str) -> str:
        """Return the expression for a SID. Raises `NoName` if there is none."""
        if sid in self._expressions:
            return self._expressions[sid]
        if sid in self.rows.get(sid[:2], ()):
            return f"[*fakeproxy.{_TABLES[sid[:2]]}][{self.rows[sid[:2]].index(sid)}]"
        if sid in self.numbers:
            return f"fakeproxy.owned_numbers.one(number={literal(self.numbers[sid])}).sid"
        if not _SID.fullmatch(sid):
            return literal(sid)
        if sid[:2] in _TABLES or set(sid[2:]) == {"0"}:  # There is no such row in the test either.
            return f'"{sid[:2]}" + 32 * "0"'
        raise NoName(sid)

    def value(self, text: str) -> str:
        """Return the source of a value: a person, a SID, or the text."""
        if text in self.people:
            return self.people[text]
        return self.sid(text) if _SID.fullmatch(text) else literal(text)

    def phone(self, number: str) -> str:
        """Return the variable of a person's phone."""
        self.add_person(number)
        return self.phones[number]
