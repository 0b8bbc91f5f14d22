"""The names that a misspelt name may mean: same words, similar letters, or a word in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

#: The most names that are proposed. If more are equally near, none is.
_MOST = 5

# `CreateSession`, `create_session`, `CallbackURL`, `TTL`
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return the names that this one may mean, in their order; none if none is near."""
    words = {other: _words(other) for other in names}
    given = _words(name)
    if same := [other for other in words if given and words[other] == given]:
        return same[:_MOST]
    letters = {_letters(other): other for other in words}
    if close := get_close_matches(_letters(name), letters, 1, cutoff=0.9):
        return [letters[close[0]]]
    common = {other: len(given & of_other) for other, of_other in words.items()}
    most = max(common.values(), default=0)
    if most and most * 2 >= len(given):
        alike = [other for other in words if common[other] == most]
        return alike if len(alike) <= _MOST else []
    return [letters[close] for close in get_close_matches(_letters(name), letters, 1)]


def did_you_mean(unknown: Sequence[str], names: Iterable[str], there_are: str) -> str:
    """Return the end of an error about unknown names: what they may mean, or `there_are` and all names."""
    names = list(names)
    meant = [nearest(name, names) for name in unknown]
    if all(meant):
        *most, last = (repr(name) for near in meant for name in near)
        return f"did you mean {', '.join(most)} or {last}?" if most else f"did you mean {last}?"
    return f"{there_are} {', '.join(names)}"


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower().removesuffix("s") for word in _WORD.findall(name))


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
