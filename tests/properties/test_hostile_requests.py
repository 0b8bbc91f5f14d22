"""Whatever is sent: an answer shaped like Twilio's, never an exception, and a refusal changes nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.api.request import parse_form
from tests.api.http import Http

NAMES = sorted({parameter.name for operation in OPERATIONS.values() for parameter in operation.parameters})
ZERO = "0" * 32
SECTIONS = ["Services", "Sessions", "Participants", "Interactions", "MessageInteractions", "PhoneNumbers", "ShortCodes"]
JUNK = st.sampled_from(
    ["", "x", "%2F", "%FF", "..", ".", "%00", "None", "a.json", "%E2%82%AC", "KS" + ZERO, "KC" + ZERO]
)
PARTS = st.one_of(st.sampled_from([*SECTIONS, "@service", "@session", "@participant"]), JUNK)
TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "-1", "abc", "true", "open", "+14155550100", "{}", "[]", "[[", '{"Identifier": 1}', "9" * 30]),
)


@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "nonsense"]),
    parts=st.lists(PARTS, max_size=8),
    query=st.text("abcPageSizeToken=&%0123456789+;", max_size=30),
    form=st.one_of(st.binary(max_size=60), st.lists(st.tuples(st.sampled_from(NAMES), TEXT), max_size=5)),
    content_type=st.sampled_from(["application/x-www-form-urlencoded", "application/json", "", "a/b; c", ";"]),
    authorization=st.one_of(st.just("Basic U0s6c2VjcmV0"), st.text("abcBasic =:!", max_size=20)),
)
def test_any_request_gets_an_answer(
    method: str,
    parts: list[str],
    query: str,
    form: bytes | list[tuple[str, str]],
    content_type: str,
    authorization: str,
) -> None:
    from urllib.parse import urlencode

    with FakeProxy(intercept=False) as proxy:
        service = proxy.add_service(numbers=["+14155550001"])
        session = proxy.add_session(service, participants=["+14155550100"])
        places = {"@service": service.sid, "@session": session.sid, "@participant": session.participants[0].sid}
        target = "/v1/" + "/".join(places.get(part, part) for part in parts) + (f"?{query}" if query else "")
        body = form if isinstance(form, bytes) else urlencode(form, errors="replace").encode()
        before = proxy.snapshot()
        answer = Http(proxy).send(method, target, body, content_type, Authorization=authorization)
        assert answer.status in (200, 201, 204, 400, 401, 403, 404, 405, 413)
        if answer.status >= 400:
            if method != "HEAD":
                assert_refusal(answer.json, answer.status)
            assert proxy.snapshot() == before


def assert_refusal(body: dict[str, Any], status: int) -> None:
    assert set(body) == {"code", "message", "more_info", "status"}
    assert body["status"] == status
    assert body["more_info"].endswith(str(body["code"]))


@given(st.text(st.sampled_from("ab=&+% ;2FfC3\xfc\udc80"), max_size=30))
def test_a_form_is_read_as_python_reads_it(text: str) -> None:
    assert parse_form(text) == parse_qs(text, keep_blank_values=True, errors="replace")
