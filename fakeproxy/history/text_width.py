"""An estimate of the width of texts, for a font without serifs such as DejaVu Sans, the widest of the usual ones."""

from __future__ import annotations

from unicodedata import category, east_asian_width

#: Characters by their width, in parts of the font's size. All others have `_USUAL`.
_WIDTHS = {
    **dict.fromkeys("ijl|',.:;!·I\N{RIGHT SINGLE QUOTATION MARK}", 0.34),
    **dict.fromkeys(' ftr()[]/\\-“”"', 0.44),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&+<>=~→…", 0.76),
    **dict.fromkeys("MWmw%@—", 1.0),
}
_USUAL = 0.63


def text_width(text: str, size: float) -> float:
    """Return the width of a text in pixels, at a font size in pixels."""
    return size * sum(map(_width, text))


def wrap(text: str, size: float, width: float, most: int) -> list[str]:
    """Return a text as at most so many lines that fit a width in pixels. The last one ends in an ellipsis if cut."""
    words = text.split()
    lines: list[str] = []
    line = ""
    for number, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size) <= width:
            line = longer
            continue
        if len(lines) == most - 1:
            return [*lines, _cut(" ".join([line, *words[number:]] if line else words[number:]), size, width)]
        if line:
            lines.append(line)
        line = word
        while text_width(line, size) > width and len(lines) < most - 1:
            lines.append(_head(line, size, width))
            line = line[len(lines[-1]) :]
        if text_width(line, size) > width:
            return [*lines, _cut(" ".join([line, *words[number + 1 :]]), size, width)]
    return [*lines, line] if line else lines


def _cut(text: str, size: float, width: float) -> str:
    return f"{_head(text, size, width - text_width('…', size)).rstrip()}…"


def _head(text: str, size: float, width: float) -> str:
    """Return as much of the beginning of a text as fits, at least a character."""
    used = 0.0
    for index, character in enumerate(text):
        used += size * _width(character)
        if used > width:
            return text[: max(index, 1)]
    return text


def _width(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if character < "\x7f":
        return _USUAL
    if category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.1 if east_asian_width(character) in "WF" else 0.8
