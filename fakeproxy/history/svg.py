"""A diagram as a picture: one SVG file that needs nothing else, in a light and a dark theme, 640 pixels wide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from fakeproxy.history.diagram import Arrow, Diagram, PictureRow
from fakeproxy.history.people import APP, PROXY, Lane
from fakeproxy.history.svg_style import SIZES, style
from fakeproxy.history.text_width import text_width, wrap

#: The width of a picture with at most four lanes, in pixels.
WIDTH = 640
#: The least distance between lanes.
_LEAST_DISTANCE = 124
#: The distance of the first lane from the left edge, and of the last one from the right edge.
_LEFT, _RIGHT = 136, 58
#: The left edge of texts across the lanes. The times are on its left.
_EDGE = 92
_LINE = 15
#: The width of all bars that may stand side by side.
_BARS = 36
#: Characters that XML does not allow.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(diagram: Diagram) -> str:
    """Return the picture as XML. Each row has the texts of its events as title and as ARIA label."""
    return _Picture(diagram).draw()


class _Span(NamedTuple):
    left: float
    right: float
    #: True if a text is centred in it. Beside a bar it begins at the left edge.
    is_centred: bool

    def overlaps(self, other: _Span) -> bool:
        return self.left < other.right and other.left < self.right


class _Picture:
    """A picture while it is drawn, from top to bottom."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        count = len(diagram.lanes)
        self.width = max(WIDTH, _LEFT + _RIGHT + (count - 1) * _LEAST_DISTANCE)
        self.distance = (self.width - _LEFT - _RIGHT) / (count - 1)
        self.x = {lane.key: round(_LEFT + number * self.distance, 1) for number, lane in enumerate(diagram.lanes)}
        self.bar_step = min(12.0, _BARS / max(1, _most_at_once(diagram.rows)))
        #: By call: the slot of its bar, and the top of the bar.
        self.talking: dict[str, tuple[int, float]] = {}
        self.bars: list[Element] = []
        self.y = 0.0
        self.told = self.day = ""
        self.root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "fakeproxy-picture"})

    def draw(self) -> str:
        """Return the whole picture."""
        SubElement(self.root, "title").text = _xml(self.diagram.title)
        SubElement(self.root, "desc").text = _xml(
            f"{len(self.diagram.rows)} rows, from top to bottom in time. The lanes, from left to right: "
            f"{'; '.join(lane.label for lane in self.diagram.lanes)}."
        )
        SubElement(self.root, "style").text = style()
        page = SubElement(self.root, "rect", {"class": "page", "width": "100%", "height": "100%", "rx": "6"})
        self._head()
        top = self.y
        lanes = SubElement(self.root, "g", {"aria-hidden": "true"})
        for row in self.diagram.rows:
            self._row(row)
        for call in [*self.talking]:
            self._end_bar(call, "A call that goes on.")
        self.y += 14
        for x in self.x.values():
            SubElement(lanes, "path", {"class": "lane", "d": f"M{x} {top}V{self.y:g}"})
        self.root.extend(self.bars)
        height = f"{self.y + 10:g}"
        page.set("height", height)
        self.root.attrib |= {
            "role": "group",
            "aria-label": _xml(self.diagram.title),
            "width": f"{self.width:g}",
            "height": height,
            "viewBox": f"0 0 {self.width:g} {height}",
            "style": "max-width:100%;height:auto",
        }
        return tostring(self.root, encoding="unicode")

    def _head(self) -> None:
        self.y = 24
        [heading] = wrap(f"{self.diagram.title} · times in UTC", SIZES["heading"], self.width - 20, 1)
        self._text(self.root, heading, "heading", 10, self.y, anchor="start")
        self.y += 24
        for lane in self.diagram.lanes:
            self._lane(lane)
        self.y += 2 * _LINE + 10

    def _lane(self, lane: Lane) -> None:
        group = SubElement(self.root, "g", {"role": "img", "aria-label": _xml(lane.label)})
        SubElement(group, "title").text = _xml(lane.label)
        x = self.x[lane.key]
        width = (min(self.distance, 2 * (self.width - x), 2 * x) - 8) / 1.12  # Bold letters are wider.
        for number, (text, name) in enumerate([(lane.title, "name"), *((line, "line") for line in lane.lines)]):
            [line] = wrap(text, SIZES[name], width, 1) or [""]
            self._text(group, line, name, x, self.y + number * _LINE)

    def _row(self, row: PictureRow) -> None:
        today, now = f"{row.at:%a %d %b %Y}", f"{row.at:%H:%M:%S}"
        if row.shape != "gap" and today != self.day:
            self.day, self.told = today, ""
            self.y += 18
            self._text(self.root, today, "day", 10, self.y, anchor="start")
            self.y += 4
        text = "\n".join(row.texts) + (f"\n{row.alike} more like it" if row.alike else "")
        group = SubElement(self.root, "g", {"role": "img", "aria-label": _xml(f"{now} {text}")})
        SubElement(group, "title").text = _xml(text)
        if row.shape != "gap" and now != self.told:
            self.told = now
            self._text(group, now, "time", 10, self.y + 18, anchor="start")
        if row.starts:
            self.talking[row.starts] = (self._free_slot(), self.y + 6)
        shapes = {"gap": self._gap, "band": self._band, "arrows": self._arrows, "beside": self._beside}
        shapes.get(row.shape, self._note)(group, row)
        if row.ends in self.talking:
            self._end_bar(row.ends, text)

    def _end_bar(self, call: str, text: str) -> None:
        slot, top = self.talking.pop(call)
        place = {"x": f"{self.x[PROXY] - 5 + slot * self.bar_step:g}", "y": f"{top:g}"}
        size = {"width": f"{self.bar_step * 0.84:.3g}", "height": f"{self.y - 4 - top:g}", "rx": "3"}
        bar = Element("rect", {"class": "bar", "aria-hidden": "true", **place, **size})
        SubElement(bar, "title").text = _xml(text)
        self.bars.append(bar)

    def _free_slot(self) -> int:
        used = {slot for slot, _ in self.talking.values()}
        return next(slot for slot in range(len(used) + 1) if slot not in used)

    def _bars_end(self) -> float:
        """Return the right edge of the bars of the calls that go on."""
        slots = [slot for slot, _ in self.talking.values()]
        return self.x[PROXY] - 5 + (max(slots) + 1) * self.bar_step

    def _span(self) -> _Span:
        """Return the place for a text across the lanes. Beside a bar it is only on the right of the bar."""
        if self.talking:
            return _Span(self._bars_end() + 8, self.width - 10, False)
        return _Span(_EDGE, self.width - 10, True)

    def _note(self, group: Element, row: PictureRow) -> None:
        self._lines(group, row.text, "note refused" if row.refused else "note", self._span(), 3)

    def _beside(self, group: Element, row: PictureRow) -> None:
        left = (self._bars_end() if self.talking else self.x[PROXY]) + 8
        self._lines(group, row.text, f"note {'refused' if row.refused else 'talk'}", _Span(left, self.width, False), 1)

    def _band(self, group: Element, row: PictureRow) -> None:
        span = self._span()
        band = SubElement(group, "rect", {"class": "band", "x": f"{span.left:g}", "y": f"{self.y + 6:g}", "rx": "4"})
        top = self.y
        self.y += 6
        self._lines(group, row.text, "note", _Span(span.left + 10, span.right - 10, span.is_centred), 3, back=False)
        band.attrib |= {"width": f"{span.right - span.left:g}", "height": f"{self.y - top - 6:g}"}
        self.y += 6

    def _gap(self, group: Element, row: PictureRow) -> None:
        span, y = self._span(), self.y + 13
        text_span = self._lines(group, row.text, "gap", span, 1)
        if span.is_centred:
            d = f"M{span.left} {y}H{text_span.left - 8:g}M{text_span.right + 8:g} {y}H{span.right:g}"
            SubElement(group, "path", {"class": "rule", "d": d})

    def _arrows(self, group: Element, row: PictureRow) -> None:
        """Draw arrows side by side where there is room, else one below the other."""
        levels: list[list[tuple[Arrow, _Span]]] = []
        for arrow in row.arrows:
            span = self._reach(arrow)
            if levels and not any(span.overlaps(other) for _, other in levels[-1]):
                levels[-1].append((arrow, span))
            else:
                levels.append([(arrow, span)])
        for level in levels:
            labels = [self._label(row, arrow, span) for arrow, span in level]
            self.y += 4 + _LINE * max(map(len, labels)) + 6
            for (arrow, span), lines in zip(level, labels, strict=True):
                self._arrow(group, arrow, span, lines)
            self.y += 6

    def _reach(self, arrow: Arrow) -> _Span:
        edges = []
        for key, other in ((arrow.source, arrow.target), (arrow.target, arrow.source)):
            is_at_bars = key == PROXY and self.talking
            is_leftwards = self.x[other] < self.x[key]
            edges.append(
                self.x[key] - 6 if is_at_bars and is_leftwards else self._bars_end() if is_at_bars else self.x[key]
            )
        return _Span(min(edges), max(edges), True)

    def _label(self, row: PictureRow, arrow: Arrow, span: _Span) -> list[tuple[str, str]]:
        """Return the lines above an arrow, each with its class."""
        width, name = span.right - span.left - 20, "label refused" if arrow.refused else "label"
        label = f"{arrow.label} · {row.alike + 1} times" if row.alike else arrow.label
        lines = [
            (line, "label" if arrow.outcome and arrow.source != APP else name)
            for line in wrap(label, SIZES["label"], width, 3)
        ]
        return [*lines, *((line, name) for line in wrap(arrow.outcome, SIZES["label"], width, 2))]

    def _arrow(self, group: Element, arrow: Arrow, span: _Span, lines: Sequence[tuple[str, str]]) -> None:
        for number, (line, name) in enumerate(reversed(lines)):
            self._text(group, line, name, (span.left + span.right) / 2, self.y - 6 - number * _LINE, back=True)
        is_rightwards = self.x[arrow.source] < self.x[arrow.target]
        start, end, back = (span.left, span.right - 1, -8) if is_rightwards else (span.right, span.left + 1, 8)
        refused = " refused" if arrow.refused else ""
        dashed = " dashed" if arrow.dashed else ""
        SubElement(group, "path", {"class": f"arrow{refused}{dashed}", "d": f"M{start:g} {self.y:g}H{end + back:g}"})
        head = f"M{end:g} {self.y:g}l{back} -4v8z"
        SubElement(group, "path", {"class": f"head{refused}", "d": head})

    def _lines(self, group: Element, text: str, name: str, span: _Span, most: int, *, back: bool = True) -> _Span:
        """Write a text as lines. Return the place that they take."""
        size = SIZES[name.split()[0]]
        lines = wrap(text, size, span.right - span.left - 8, most)
        x, anchor = ((span.left + span.right) / 2, "middle") if span.is_centred else (span.left, "start")
        self.y += 2
        for line in lines:
            self.y += _LINE
            self._text(group, line, name, x, self.y, anchor=anchor, back=back)
        self.y += 8
        widest = max((text_width(line, size) for line in lines), default=0)
        left = x - widest / 2 if span.is_centred else x
        return _Span(left, left + widest, span.is_centred)

    def _text(
        self, parent: Element, text: str, name: str, x: float, y: float, *, anchor: str = "middle", back: bool = False
    ) -> None:
        size = SIZES[name.split()[0]]
        if back:  # So that no line of a lane runs through the text.
            width = text_width(text, size)
            left = x - width / 2 if anchor == "middle" else x
            place = {
                "x": f"{left - 2:.4g}",
                "y": f"{y - size + 1:g}",
                "width": f"{width + 4:.4g}",
                "height": f"{size + 3:g}",
            }
            SubElement(parent, "rect", {"class": "back", **place})
        attributes = {"class": name, "x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor}
        SubElement(parent, "text", attributes).text = _xml(text)


def _most_at_once(rows: Sequence[PictureRow]) -> int:
    most, going = 0, set[str]()
    for row in rows:
        going = (going | {row.starts} if row.starts else going) - {row.ends}
        most = max(most, len(going))
    return most


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
