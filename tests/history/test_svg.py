"""A history as an SVG picture: all events in it, nothing overlaps, texts of users stay texts, both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

import pytest

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.history.svg_style import SIZES
from fakeproxy.history.text_width import text_width, wrap
from tests.history.pictured import ANNE, BERT, STRANGER, play

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '</title></text><script>alert(1)</script><img src=x onerror="alert(1)">&amp;]]>\x00\x1b'
LONG = "Are you close? " * 40 + "W" * 300 + "你好世界" * 50


class Box(NamedTuple):
    """A text or a shape, with its edges in pixels."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        is_beside = self.right <= other.left or other.right <= self.left
        return not (is_beside or self.bottom <= other.top or other.bottom <= self.top)


def texts(root: Element) -> list[Box]:
    """Return the texts. The letters of a line reach from 0.76 of the font's size above it to 0.2 below it."""
    found = []
    for text in root.iter(f"{SVG}text"):
        content, size = text.text or "", SIZES[text.attrib["class"].split()[0]]
        width, x, y = text_width(content, size), float(text.attrib["x"]), float(text.attrib["y"])
        left = x - width / 2 if text.attrib["text-anchor"] == "middle" else x
        found.append(Box(f"text {content!r}", left, y - 0.76 * size, left + width, y + 0.2 * size))
    return found


def rectangles(root: Element, name: str) -> list[Box]:
    """Return the rectangles of a class."""
    found = []
    for one in root.iter(f"{SVG}rect"):
        if one.attrib["class"] == name:
            x, y, width, height = (float(one.attrib[key]) for key in ("x", "y", "width", "height"))
            found.append(Box(name, x, y, x + width, y + height))
    return found


def lines(root: Element) -> Iterator[Box]:
    """Return the horizontal lines, a pixel thick."""
    for path in root.iter(f"{SVG}path"):
        for left, y, right in re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)", path.attrib["d"]):
            ends = sorted((float(left), float(right)))
            yield Box(path.attrib["class"], ends[0], float(y) - 0.7, ends[1], float(y) + 0.7)


def check_geometry(picture: str) -> None:
    """Check that no text overlaps anything but the band around it, and that all is inside."""
    root = fromstring(picture)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    words, bars, bands = texts(root), rectangles(root, "bar"), rectangles(root, "band")
    solid = [*words, *bars, *lines(root)]
    assert [(a, b) for a, b in combinations(solid, 2) if a.overlaps(b)] == []
    assert [(a, b) for a in bands for b in [*bars, *lines(root)] if a.overlaps(b)] == []
    for band in bands:
        for word in [word for word in words if word.overlaps(band)]:
            assert band.left <= word.left < word.right <= band.right
            assert band.top <= word.top < word.bottom <= band.bottom
    assert [box for box in [*solid, *bands] if box.left < 0 or box.right > width or box.bottom > height] == []


def titles(picture: str) -> list[str]:
    """Return the lines of all titles, in order."""
    return [line for title in fromstring(picture).iter(f"{SVG}title") for line in (title.text or "").split("\n")]


def test_every_event_is_in_it_by_title_in_order(proxy: FakeProxy) -> None:
    session = play(proxy)
    history = proxy.history.of(session)
    found = titles(history.svg())
    assert {event.text for event in history} <= {*found}
    assert {event.text for event in proxy.history} <= {*titles(proxy.history.svg())}
    opened, closed = (history.one(kind="session", action=action).text for action in ("opened", "closed"))
    assert found.index(opened) < found.index(history.where(kind="text")[0].text) < found.index(closed)
    assert "3 more like it" in found
    assert history[-1].text.endswith("delivered 'This ride is over.'")


def test_it_has_lanes_arrows_bars_bands_and_gaps(proxy: FakeProxy) -> None:
    root = fromstring(proxy.history.of(play(proxy)).svg())
    shown = [text.text for text in root.iter(f"{SVG}text")]
    by_place = sorted(
        (float(text.attrib["x"]), text.text) for text in root.iter(f"{SVG}text") if "name" in text.attrib["class"]
    )
    assert [name for _, name in by_place] == ["Anne", "proxy", BERT, "your app"]
    for wanted in (
        "“Are you close?”",
        "5 min of silence",
        "talked 2 min",
        "busy",
        "undelivered",
        "09:05:00",
        "1 d of silence",
    ):
        assert wanted in shown
    classes = [one.attrib.get("class") for one in root.iter()]
    for wanted in ("arrow dashed", "arrow refused", "bar", "band", "rule"):
        assert wanted in classes


def test_the_bar_of_a_call_is_as_long_as_what_happened_meanwhile(proxy: FakeProxy) -> None:
    root = fromstring(proxy.history.of(play(proxy)).svg())
    [bar] = rectangles(root, "bar")
    at = {box.what: box for box in texts(root)}
    for inside in ("text 'answered'", "text '2 min'", "text 'talked 2 min'"):
        assert bar.top < at[inside].top < at[inside].bottom < bar.bottom


@pytest.mark.parametrize("body", ["Are you close?", LONG, EVIL, "", "i" * 500, "שלום " * 30], ids=range(6))
def test_nothing_overlaps(proxy: FakeProxy, body: str) -> None:
    session = play(proxy, name=body[:60], body=body)
    check_geometry(proxy.history.of(session).svg())
    check_geometry(proxy.history.svg())


def test_nothing_overlaps_with_many_people_and_calls_at_once(proxy: FakeProxy) -> None:
    service = proxy.add_service("taxis", numbers=[f"+1415555001{number}" for number in range(9)])
    calls = []
    for number in range(6):
        one, other = f"+141555502{number}0", f"+141555502{number}1"
        session = proxy.add_session(service, unique_name=f"job-{number}", participants=[one, other])
        calls.append(proxy.phone(one).call(session.participants[0].proxy_identifier))
        calls[-1].answer()
        proxy.clock.advance(1)
        proxy.phone(other).text(session.participants[1].proxy_identifier, "I call back later, I am on the phone")
    proxy.phone(STRANGER).text("+14155550010", "who?")
    for call in calls[::2]:
        call.hang_up()
    proxy.clock.move_to("2029-01-01T09:00:00Z")
    proxy.clock.advance(days=4)
    check_geometry(proxy.history.svg())
    assert {event.text for event in proxy.history} <= {*titles(proxy.history.svg())}


def test_two_people_fit_640_pixels(proxy: FakeProxy) -> None:
    root = fromstring(proxy.history.of(play(proxy)).svg())
    assert root.attrib["width"] == "640"
    assert root.attrib["viewBox"].startswith("0 0 640 ")
    assert min(SIZES.values()) >= 11


def test_markup_of_users_stays_text(proxy: FakeProxy) -> None:
    session = play(proxy, name=EVIL[:60], body=EVIL)
    proxy.note("half a pair: \ud800")
    proxy.clock.advance(1)
    picture = proxy.history.of(session).svg()
    root = fromstring(picture)
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
    assert not [name for one in root.iter() for name in one.attrib if name.startswith("on") or "href" in name]
    assert any("<script>alert(1)</script>" in title for title in titles(picture))
    picture.encode()
    assert "<script" not in proxy.history.of(session)._repr_html_()


def test_it_needs_nothing_else_and_has_both_themes(proxy: FakeProxy) -> None:
    picture = proxy.history.of(play(proxy)).svg()
    for outside in ("url(", "@import", "@font-face", "<image", "<script", "href"):
        assert outside not in picture
    light, dark = fromstring(picture).findtext(f"{SVG}style", "").split("@media (prefers-color-scheme:dark)")
    coloured = re.compile(r"(\.fakeproxy-picture [a-z.]+)\{(?:fill|stroke):(#[0-9a-f]{6})\}")
    themes = [dict(coloured.findall(theme)) for theme in (light, dark)]
    assert themes[0].keys() == themes[1].keys()
    for colours in themes:
        page = brightness(colours[".fakeproxy-picture .page"])
        for selector, colour in colours.items():
            if "text" in selector:
                for behind in (page, brightness(colours[".fakeproxy-picture .band"])):
                    assert contrast(brightness(colour), behind) >= 4.5, selector


def brightness(colour: str) -> float:
    """Return the relative luminance of WCAG."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """Return the contrast of WCAG between two luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_it_can_be_read_aloud(proxy: FakeProxy) -> None:
    history = proxy.history.of(play(proxy))
    root = fromstring(history.svg())
    assert root.attrib["role"] == "group"
    assert root.attrib["aria-label"].startswith("Session job-7 (KC")
    labels = [one.attrib["aria-label"] for one in root.iter(f"{SVG}g") if one.attrib.get("role") == "img"]
    assert labels[:2] == [f"Anne, {ANNE}, dials …0011", "proxy, +14155550011"]
    assert f"09:00:00 {history.one(kind='session', action='opened').text}" in labels
    for group in root.iter(f"{SVG}g"):
        assert "aria-hidden" in group.attrib or group.attrib["aria-label"]


def test_connect_and_json_draw_the_same(proxy: FakeProxy) -> None:
    session = play(proxy)
    assert fakeproxy.connect(proxy.url).history.of(session.sid).svg() == proxy.history.of(session).svg()


def test_notebooks_show_it(proxy: FakeProxy) -> None:
    history = proxy.history.of(play(proxy))
    assert history._repr_svg_() == history.svg()
    assert history._repr_html_().startswith("<svg ")
    assert "</svg><details><summary>As text</summary><pre>2030-01-01, UTC\n" in history._repr_html_()


def test_a_history_without_events_is_a_picture_too(proxy: FakeProxy) -> None:
    check_geometry(proxy.history.svg())


def test_lines_fit_their_width() -> None:
    for text in ("one two three", "W" * 90, LONG, "a", "你好" * 60, "a " * 90):
        for most in (1, 2, 3):
            found = wrap(text, 12, 100, most)
            assert len(found) <= most
            assert all(text_width(line, 12) <= 100 for line in found), found
    assert wrap("one two three four", 12, 60, 3) == ["one two", "three", "four"]
    assert wrap("", 12, 60, 3) == []
