"""What follows a fake: a page or a program that waits for events."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
import requests

from fakeproxy import FakeProxy, NotActive


def test_a_stop_ends_those_who_wait() -> None:
    with FakeProxy(intercept=False) as proxy:
        listeners = proxy._store.listeners
        url = f"{proxy.url}/_fakeproxy/wait?after=0&timeout=60"

        def wait() -> None:
            with suppress(requests.RequestException):
                requests.get(url, timeout=60)

        page = threading.Thread(target=wait)
        page.start()
        while proxy._store.listeners == listeners:  # Until the server waits for the page.
            time.sleep(0.001)
        begin = time.monotonic()
    page.join(20)
    assert time.monotonic() - begin < 20


def test_nothing_comes_true_in_a_fake_that_was_stopped() -> None:
    with FakeProxy() as proxy:
        pass
    with pytest.raises(NotActive, match="was stopped"):
        proxy.wait_for(lambda: False, 60)
