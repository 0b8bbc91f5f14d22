"""Random people, pools, sessions, texts, calls and steps: what always holds of the traffic between them."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from tests.properties.network import Network, network_steps
from tests.properties.requests import PEOPLE, Step
from tests.properties.test_histories import START, check

HISTORY = st.lists(network_steps(), min_size=5, max_size=40)
SECONDS = st.sampled_from([0, 0, 7])

#: What may follow a status of a leg to a person. A text that takes no time begins at its end.
NEXT = {
    "initiated": {"completed", "busy", "no-answer", "failed", "canceled"},
    "queued": {"sent"},
    "sent": {"delivered", "undelivered", "failed"},
    "in-progress": {"completed"},
}


def fake(seconds: int) -> FakeProxy:
    return FakeProxy(start=START, intercept=False, behavior={"message_seconds": seconds})


def check_masking(network: Network) -> None:
    """Nothing that reaches a handset, and no status or intercept callback, has the other person's identifier."""
    proxy = network.proxy
    for person in PEOPLE:
        phone = proxy.phone(person)
        for text in phone.inbox:
            assert text.from_ not in PEOPLE
        for ring in phone.calls:
            assert ring.from_ not in PEOPLE
    for path, form in network.application.requests:
        if path != "/lost":
            assert not [value for value in form.values() for person in PEOPLE if person in value]


def check_interactions(network: Network) -> None:
    """Each contact that went through has an Interaction, and each Interaction comes from a contact or a message."""
    proxy = network.proxy
    for contact in network.contacts:
        assert (contact.delivered_to is None) == (contact.interaction_sid is None)
        assert not (contact.blocked and contact.delivered)
        assert contact.delivered_to != contact.from_
    made = {contact.interaction_sid for contact in network.contacts}
    for interaction in proxy.interactions.values():
        assert (interaction.sid in made) != (interaction.participant_sid is not None)
        assert proxy.sessions[interaction.session_sid].date_started is not None


def check_callbacks(network: Network) -> None:
    """They come in causal order: intercept first, time never goes back, a leg's statuses follow one another."""
    deliveries = network.proxy.webhooks.deliveries
    assert all(before.at <= after.at for before, after in pairwise(deliveries))
    told: dict[str, list[dict[str, str]]] = {}
    for path, form in network.application.requests:
        sid = form.get("interactionSid")
        if path == "/intercept":
            assert sid not in told
        if sid:
            told.setdefault(sid, []).append(form)
    for forms in told.values():
        for way in ("inbound", "outbound"):
            statuses = [form[way + "ResourceStatus"] for form in forms if way + "ResourceStatus" in form]
            for before, after in pairwise(statuses):
                assert before == after or after in NEXT[before]


@given(HISTORY, SECONDS)
def test_masking_interactions_pairs_and_callbacks(history: list[Step], seconds: int) -> None:
    with fake(seconds) as proxy:
        network = Network(proxy)
        network.begin()
        for step in history:
            network.play(step)
            check(proxy)
        proxy.clock.advance(60)
        assert not [ring for ring in network.rings() if ring.status == "ringing"]
        assert not [row for row in proxy.interactions.values() if row.outbound_resource_status in ("queued", "sent")]
        check_masking(network)
        check_interactions(network)
        check_callbacks(network)


def outcome(network: Network) -> tuple[Any, ...]:
    proxy = network.proxy
    told = [(delivery.kind, delivery.at, delivery.form, delivery.status) for delivery in proxy.webhooks.deliveries]
    return proxy.snapshot(), told


@given(HISTORY, SECONDS, st.lists(st.integers(2, 5), min_size=1, max_size=8))
def test_the_size_of_the_steps_does_not_matter(history: list[Step], seconds: int, cuts: list[int]) -> None:
    outcomes = []
    for cut in (False, True):
        with fake(seconds) as proxy:
            network = Network(proxy)
            network.begin()
            for number, step in enumerate(history):
                if step.kind == "advance" and cut:
                    parts = cuts[number % len(cuts)]
                    for part in range(parts):
                        proxy.clock.advance(step.value // parts + (step.value % parts if part == 0 else 0))
                else:
                    network.play(step)
            outcomes.append(outcome(network))
    assert outcomes[0] == outcomes[1]


@given(HISTORY, st.lists(network_steps(), max_size=15), SECONDS)
def test_a_snapshot_anywhere_replays_to_the_same_end(past: list[Step], future: list[Step], seconds: int) -> None:
    with fake(seconds) as proxy:
        network = Network(proxy)
        network.begin()
        for step in past:
            network.play(step)
        snapshot = json.loads(json.dumps(proxy.snapshot()))
        network.application.requests.clear()
        for step in future:
            network.play(step)
        end, told = proxy.snapshot(), network.application.requests

        with fake(seconds) as other:
            other.restore(snapshot)
            again = Network(other)
            for step in future:
                again.play(step)
            assert other.snapshot() == end
            assert again.application.requests == told
