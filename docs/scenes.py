"""The pictures of `docs/explanation`: `python docs/scenes.py` plays each scene on a fake, and draws what happened.

Two are the fake's own pictures of a session. The one of the pool is drawn here, from the rows of the fake. A test plays
the scenes again, and compares.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from fakeproxy import FakeProxy, Refusal
from fakeproxy.history.svg_style import style

FOLDER = Path(__file__).parent / "pictures"

ANNE, BERT, CARLA, DORA, EVE = (f"+1415555010{number}" for number in range(5))
NAMES = {ANNE: "Anne", BERT: "Bert", CARLA: "Carla", DORA: "Dora", EVE: "Eve"}
FIRST, SECOND, RESERVED = "+14155550001", "+14155550002", "+14155550009"


def fake() -> FakeProxy:
    """Return the fake of a scene, which is not active yet."""
    return FakeProxy(start="2030-01-01T09:00:00Z", account_sid="AC" + "0" * 32, intercept=False)


def _person(number: str, proxy: str | None = None) -> dict[str, str | None]:
    return {"identifier": number, "friendly_name": NAMES[number], "proxy_identifier": proxy}


def masking(proxy: FakeProxy) -> str:
    """Have two people text each other, and return the picture of their session."""
    proxy.add_service("rides", numbers=[FIRST, SECOND])
    session = proxy.add_session(unique_name="ride-1", participants=[_person(ANNE, FIRST), _person(BERT, SECOND)])
    proxy.clock.advance(minutes=5)
    proxy.phone(ANNE).text(FIRST, "Are you close?")
    proxy.clock.advance(minutes=1)
    proxy.phone(BERT).text(SECOND, "Two minutes.")
    return proxy.history.of(session).svg()


def expiry(proxy: FakeProxy) -> str:
    """Have a text postpone the end of a session with a ttl of a day, and return its picture."""
    proxy.add_service("rides", numbers=[FIRST, SECOND])
    session = proxy.add_session(
        unique_name="ride-1", ttl=86_400, participants=[_person(ANNE, FIRST), _person(BERT, SECOND)]
    )
    proxy.clock.advance(hours=23)
    proxy.phone(ANNE).text(FIRST, "Did I leave my bag?")
    proxy.clock.advance(hours=23)
    proxy.clock.advance(hours=1)
    proxy.clock.advance(hours=1)
    proxy.phone(ANNE).text(FIRST, "Hello?")
    return proxy.history.of(session).svg()


class Refused(NamedTuple):
    """A session that the pool had no number for."""

    at: datetime
    person: str
    code: int


def pool(proxy: FakeProxy) -> str:
    """Have a pool serve several sessions, and return the picture of who has which number when."""
    proxy.add_service("rides", numbers=[FIRST, SECOND], reserved_numbers=[RESERVED])
    clock, refused = proxy.clock, []
    first = proxy.add_session(unique_name="ride-1", participants=[_person(ANNE), _person(BERT)])
    clock.advance(minutes=10)
    second = proxy.add_session(unique_name="ride-2", participants=[_person(CARLA), _person(BERT)])
    clock.advance(minutes=10)
    try:
        proxy.add_session(unique_name="ride-3", participants=[_person(DORA), _person(BERT)])
    except Refusal as refusal:
        refused.append(Refused(clock.now(), BERT, refusal.code))
    clock.advance(minutes=10)
    _close(proxy, first.sid)
    clock.advance(minutes=5)
    _close(proxy, second.sid)
    clock.advance(minutes=5)
    proxy.add_session(unique_name="ride-4", participants=[_person(DORA), _person(BERT)])
    clock.advance(minutes=10)
    proxy.add_session(unique_name="ride-5", participants=[_person(ANNE, RESERVED), _person(EVE)])
    clock.advance(minutes=10)
    return _pool_picture(proxy, refused)


def _close(proxy: FakeProxy, sid: str) -> None:
    session = proxy.sessions[sid]
    proxy.client().proxy.v1.services(session.service_sid).sessions(sid).update(status="closed")


_WIDTH, _LEFT, _TOP, _BAR, _MINUTE = 640, 70, 62, 24, 9.2

#: By proxy number, the colour of its bars on a light background and on a dark one.
_COLOURS = {FIRST: ("#1d4ed8", "#3b6fe0"), SECOND: ("#0b6b4b", "#19805d"), RESERVED: ("#8a4b08", "#a05d12")}


def _pool_picture(proxy: FakeProxy, refused: list[Refused]) -> str:
    """Draw a row for each person, and in it a bar for each number that the person has, while its session is active."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "fakeproxy-picture", "role": "img"})
    SubElement(root, "title").text = "Who has which proxy number when."
    described = SubElement(root, "desc")
    SubElement(root, "style").text = style() + _bar_colours()
    page = SubElement(root, "rect", {"class": "page", "width": "100%", "rx": "6"})
    begin = min(row.date_created for row in proxy.participants.values())
    _text(root, "Who has which proxy number when", "heading", 10, 24)
    told, y = [], float(_TOP)

    def x(at: datetime) -> float:
        return _LEFT + (at - begin).total_seconds() / 60 * _MINUTE

    for person in dict.fromkeys(row.identifier for row in proxy.participants.values()):
        slots: list[datetime] = []
        _text(root, NAMES[person], "name", 10, y + 16)
        for row in proxy.participants.where(identifier=person):
            session = proxy.sessions[row.session_sid]
            end = session.date_ended or proxy.clock.now()
            slot = next((number for number, free in enumerate(slots) if free <= row.date_created), len(slots))
            slots[slot : slot + 1] = [end]
            top = y + slot * _BAR
            bar = {"x": f"{x(row.date_created):g}", "y": f"{top:g}", "width": f"{x(end) - x(row.date_created) - 2:g}"}
            SubElement(
                root, "rect", {"class": f"n{row.proxy_identifier[1:]}", "height": f"{_BAR - 3}", "rx": "3", **bar}
            )
            label = f"…{row.proxy_identifier[-4:]} {session.unique_name}"
            _text(root, label, "label on", x(row.date_created) + 6, top + 15)
            told.append(
                f"{NAMES[person]} has {row.proxy_identifier} in {session.unique_name}, "
                f"{row.date_created:%H:%M} to {f'{end:%H:%M}' if session.date_ended else 'the end'}."
            )
        for at in (one for one in refused if one.person == person):
            _text(root, f"✕ no number left: {at.code}", "label refused", x(at.at) - 4, y + len(slots) * _BAR + 15)
            told.append(f"{NAMES[person]} gets no number at {at.at:%H:%M}: {at.code}.")
            slots.append(at.at)
        y += len(slots) * _BAR + 8
        SubElement(root, "path", {"class": "lane", "d": f"M10 {y - 5:g}H{_WIDTH - 10}"})
    for minutes in range(0, 60, 10):
        _text(root, f"09:{minutes:02}", "time", _LEFT + minutes * _MINUTE, 48)
    described.text = " ".join(told)
    height = f"{y + 4:g}"
    page.set("height", height)
    root.attrib |= {"width": str(_WIDTH), "height": height, "viewBox": f"0 0 {_WIDTH} {height}"}
    return tostring(root, encoding="unicode")


def _text(parent: Element, text: str, name: str, x: float, y: float) -> None:
    SubElement(parent, "text", {"class": name, "x": f"{x:g}", "y": f"{y:g}"}).text = text


def _bar_colours() -> str:
    light = "".join(f".fakeproxy-picture .n{number[1:]}{{fill:{one}}}" for number, (one, _) in _COLOURS.items())
    dark = "".join(f".fakeproxy-picture .n{number[1:]}{{fill:{one}}}" for number, (_, one) in _COLOURS.items())
    return f"{light}.fakeproxy-picture text.on{{fill:#fff}}@media (prefers-color-scheme:dark){{{dark}}}"


#: By name of its file, the function that plays a scene on a fake and returns the picture.
SCENES: dict[str, Callable[[FakeProxy], str]] = {"masking": masking, "pool": pool, "expiry": expiry}


def draw(name: str) -> str:
    """Play a scene on a new fake, and return its picture, as SVG."""
    with fake() as proxy:
        return SCENES[name](proxy)


if __name__ == "__main__":
    for name in SCENES:
        (FOLDER / f"{name}.svg").write_text(draw(name), encoding="utf-8")
