"""Tools that a suite may use in the same test: what they were told stays theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_socket
import requests
import vcr
from pytest_httpserver import HTTPServer
from twilio.rest import Client

from fakeproxy import FakeProxy

URL = "https://proxy.twilio.com/v1/Services"


@pytest.fixture
def server() -> HTTPServer:
    pytest_socket.enable_socket()
    server = HTTPServer()
    server.start()
    yield server
    server.stop()


def test_pytest_httpserver(proxy: FakeProxy, server: HTTPServer) -> None:
    server.expect_request("/a").respond_with_data("theirs")
    assert requests.get(server.url_for("/a")).text == "theirs"
    assert requests.get(URL, auth=("AC1", "x")).json()["services"] == []
    server.check()


@pytest.mark.parametrize("first", ["fake", "vcr"])
def test_vcrpy_that_ignores_the_host(tmp_path: Path, first: str) -> None:
    recorder = vcr.VCR(ignore_hosts=["proxy.twilio.com"], record_mode="none")
    cassette, proxy = recorder.use_cassette(str(tmp_path / "a.yaml")), FakeProxy()
    entered = (proxy, cassette) if first == "fake" else (cassette, proxy)
    with entered[0], entered[1]:
        assert requests.get(URL, auth=("AC1", "x")).json()["services"] == []
        assert Client("AC1", "x").proxy.v1.services.list() == []
        assert len(proxy.journal) == 2
