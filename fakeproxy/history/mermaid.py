"""A diagram as text: a sequence diagram in the language of Mermaid, as GitHub and GitLab draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fakeproxy.history.diagram import Arrow, Diagram, PictureRow
from fakeproxy.history.people import PROXY

#: A character that may mean something to Mermaid, or that XML does not allow; and the word that ends a block.
_SPECIAL = re.compile(r"[^\w\s.,:+()/?!'“”…·→-]|\bend\b", re.IGNORECASE)
#: The longest label, in characters.
_LONGEST = 80


def mermaid(diagram: Diagram) -> str:
    """Return the diagram as text. Labels are cut at 80 characters. Texts of users cannot become syntax."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "sequenceDiagram"
    yield f"    accTitle: {_text(diagram.title)}"
    names = {lane.key: f"lane{number}" for number, lane in enumerate(diagram.lanes)}
    for lane in diagram.lanes:
        label = "<br/>".join(_text(text) for text in (lane.title, *lane.lines)).replace(":", _entity(":"))
        yield f"    participant {names[lane.key]} as {label}"
    across = ",".join(dict.fromkeys([names[diagram.lanes[0].key], names[diagram.lanes[-1].key]]))
    told = ""
    talking: set[str] = set()
    for row in diagram.rows:
        if (now := f"{row.at:%Y-%m-%d %H:%M:%S}") != told and row.shape != "gap":
            told = now
            yield f"    Note over {across}: {now} UTC"
        for arrow in row.arrows:
            yield f"    {names[arrow.source]}{_line(arrow)}{names[arrow.target]}: {_label(row, arrow)}"
        if row.shape == "beside":
            yield f"    Note right of {names[PROXY]}: {_text(row.text)}"
        elif row.shape != "arrows":
            yield f"    Note over {across}: {_text(row.text)}"
        if row.starts and row.starts not in talking:
            talking.add(row.starts)
            yield f"    activate {names[PROXY]}"
        if row.ends in talking:
            talking.remove(row.ends)
            yield f"    deactivate {names[PROXY]}"


def _line(arrow: Arrow) -> str:
    return f"-{'-' if arrow.dashed else ''}{'x' if arrow.refused else '>>'}"


def _label(row: PictureRow, arrow: Arrow) -> str:
    label = f"{_text(arrow.label)}{f'<br/>{_text(arrow.outcome)}' if arrow.outcome else ''}"
    return f"{label} ({row.alike + 1} times)" if row.alike else label


def _text(text: str) -> str:
    """Return text with its special characters as Mermaid's entities, in one line."""
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return _SPECIAL.sub(lambda found: "".join(_entity(one) for one in found[0]), line)


def _entity(character: str) -> str:
    is_allowed = character >= " " and not "\ud800" <= character <= "\udfff" and character < "\ufffe"
    return f"#{ord(character) if is_allowed or ord(character) > 0xFFFF else 0xFFFD};"
