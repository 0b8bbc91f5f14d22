"""Random histories, each as a test: the test passes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from tests.as_test.generated import run
from tests.properties.network import Application, Network, network_steps
from tests.properties.requests import Step
from tests.properties.test_histories import START

HISTORY = st.lists(network_steps(), min_size=5, max_size=30)


@given(HISTORY, st.sampled_from([0, 0, 7]))
def test_the_test_of_a_random_history_passes_and_has_no_sid(history: list[Step], seconds: int) -> None:
    with FakeProxy(start=START, intercept=False, behavior={"message_seconds": seconds}) as proxy:
        network = Network(proxy)
        network.begin()
        for step in history:
            network.play(step)
        source = proxy.history.as_test()
    assert not re.search(r"[A-Z]{2}[0-9a-f]{32}", source)
    run(source, Application())
