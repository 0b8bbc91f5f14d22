"""The style of pictures: fonts of the system, and colours in both themes."""

from __future__ import annotations

#: Font sizes in pixels, by class of a text.
SIZES = {"name": 13, "line": 11, "day": 11, "time": 11, "label": 12, "note": 12, "gap": 11.5, "heading": 13}

_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"

#: By class of a shape: the CSS property, its value on a light background, its value on a dark one.
_COLOURS = {
    "page": ("fill", "#ffffff", "#14181f"),
    "back": ("fill", "#ffffff", "#14181f"),
    "lane": ("stroke", "#c9ced8", "#3c4553"),
    "rule": ("stroke", "#d9dde4", "#333b48"),
    "arrow": ("stroke", "#1f2937", "#d5dbe5"),
    "head": ("fill", "#1f2937", "#d5dbe5"),
    "arrow.refused": ("stroke", "#b42318", "#ff8a80"),
    "head.refused": ("fill", "#b42318", "#ff8a80"),
    "band": ("fill", "#e6e8ed", "#2b323e"),
    "bar": ("fill", "#12805c", "#3fbf93"),
    "text": ("fill", "#1f2937", "#e6eaf0"),
    "text.time": ("fill", "#5b6472", "#a3adbb"),
    "text.line": ("fill", "#5b6472", "#a3adbb"),
    "text.gap": ("fill", "#5b6472", "#a3adbb"),
    "text.refused": ("fill", "#b42318", "#ff8a80"),
    "text.talk": ("fill", "#0b6b4b", "#5fd3a9"),
}

_SHAPES = (
    ".arrow,.lane,.rule{fill:none;stroke-width:1.4}.lane{stroke-width:1}.rule{stroke-width:1}"
    ".dashed{stroke-dasharray:5 3}.name,.heading,.day{font-weight:600}.gap{font-style:italic}"
)


def style() -> str:
    """Return the style sheet. Its rules are for pictures only, also where a page has one in its text."""
    rules = [f"text{{font-family:{_FONT}}}", *_SHAPES.replace("}", "}\n").split("\n")]
    rules += [f".{name}{{font-size:{size}px}}" for name, size in SIZES.items()]
    light = "".join(map(_scoped, [*rules, *(_rule(name, 1) for name in _COLOURS)]))
    dark = "".join(_scoped(_rule(name, 2)) for name in _COLOURS)
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rule(name: str, theme: int) -> str:
    colour = _COLOURS[name]
    selector = name if name.startswith("text") else f".{name}"
    return f"{selector}{{{colour[0]}:{colour[theme]}}}"


def _scoped(rule: str) -> str:
    selectors, brace, rest = rule.partition("{")
    return ",".join(f".fakeproxy-picture {one}" for one in selectors.split(",")) + brace + rest if brace else ""
