"""The headers that an SDK client gets: by name in any case, as with requests."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy


def test_headers_are_found_in_any_case(proxy: FakeProxy) -> None:
    client = Client()
    client.proxy.v1.services.list()
    headers = client.http_client._test_only_last_response.headers

    assert headers["content-type"] == headers["Content-Type"] == headers.get("CONTENT-TYPE") == "application/json"
    assert "twilio-request-id" in headers
    assert "retry-after" not in headers
    assert 1 not in headers
    assert headers.get("retry-after") is None
    with pytest.raises(KeyError, match="retry-after"):
        headers["retry-after"]


def test_headers_convert_to_a_plain_dict(proxy: FakeProxy) -> None:
    answer = proxy.client().proxy.v1.services.create_with_http_info(unique_name="rides")

    assert type(answer.headers) is dict
    assert answer.headers["Twilio-Request-Id"].startswith("RQ")
