"""The pictures of the explanation are what the fake draws, and show what the page says of them."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakeproxy import FakeProxy

DOCS = Path(__file__).parent.parent / "docs"
SCRIPT: dict[str, Any] = runpy.run_path(str(DOCS / "scenes.py"))
SCENES: dict[str, Any] = SCRIPT["SCENES"]


@pytest.fixture
def proxy() -> Iterator[FakeProxy]:
    with SCRIPT["fake"]() as made:
        yield made


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_is_what_the_scene_draws(name: str) -> None:
    shown = (DOCS / "pictures" / f"{name}.svg").read_text(encoding="utf-8")
    assert shown == SCRIPT["draw"](name), "run: python docs/scenes.py"


def test_each_picture_is_on_the_page() -> None:
    page = (DOCS / "explanation" / "twilio-proxy.md").read_text(encoding="utf-8")
    assert [name for name in SCENES if f"](../pictures/{name}.svg)" not in page] == []


def test_each_sees_the_proxy_number_that_the_receiver_has(proxy: FakeProxy) -> None:
    SCRIPT["masking"](proxy)
    assert proxy.phone(SCRIPT["BERT"]).inbox.one().from_ == SCRIPT["SECOND"]
    assert proxy.phone(SCRIPT["ANNE"]).inbox.one().from_ == SCRIPT["FIRST"]


def test_the_pool_serves_as_the_page_says(proxy: FakeProxy) -> None:
    picture = SCRIPT["pool"](proxy)
    numbers = {
        (SCRIPT["NAMES"][row.identifier], proxy.sessions[row.session_sid].unique_name): row.proxy_identifier[-4:]
        for row in proxy.participants.values()
    }
    assert numbers == {
        ("Anne", "ride-1"): "0001",
        ("Bert", "ride-1"): "0001",
        ("Carla", "ride-2"): "0001",
        ("Bert", "ride-2"): "0002",
        ("Dora", "ride-4"): "0001",
        ("Bert", "ride-4"): "0002",
        ("Anne", "ride-5"): "0009",
        ("Eve", "ride-5"): "0001",
    }
    assert "Bert gets no number at 09:20: 80208." in picture
    assert "Bert has +14155550002 in ride-2, 09:10 to 09:35." in picture


def test_a_text_postpones_the_end_as_the_page_says(proxy: FakeProxy) -> None:
    SCRIPT["expiry"](proxy)
    session = proxy.sessions["ride-1"]
    assert f"{session.date_last_interaction} {session.date_ended}" == (
        "2030-01-02 08:00:00+00:00 2030-01-03 08:00:00+00:00"
    )
    assert [alert.code for alert in proxy.alerts] == [80904, 80905]
