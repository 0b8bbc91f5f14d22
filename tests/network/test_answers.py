"""What a handler answers: read in its own encoding, and told where it is read as something that was not meant."""

from __future__ import annotations

import json

import pytest
from werkzeug.wrappers import Response

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import BERT, CARL, POOL, SITE, Recorder, set_urls

TEXT = "Grüße „€“"
LATIN = "Grüße"


def twiml(text: str, encoding: str | None = None) -> str:
    declared = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{declared}?><Response><Message>{text}</Message></Response>'


def answer(body: bytes, content_type: str | None = "text/xml") -> Response:
    """Just these bytes: Werkzeug adds a charset to types of text where none is given."""
    response = Response(body)
    if content_type is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = content_type
    return response


@pytest.fixture(autouse=True)
def _lost(proxy: FakeProxy, service: Service, site: Recorder) -> None:
    set_urls(proxy, service, out_of_session_callback="/lost")


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (twiml(TEXT).encode(), "text/xml", TEXT),
        (twiml(TEXT, "UTF-8").encode(), None, TEXT),
        (twiml(LATIN, "ISO-8859-1").encode("latin-1"), "text/xml", LATIN),
        (twiml(LATIN, "iso-8859-1").encode("latin-1"), "application/xml; charset=utf-8", LATIN),
        (twiml(TEXT, "windows-1252").encode("cp1252"), "text/xml", TEXT),
        (twiml(TEXT).encode("cp1252"), "text/xml; charset=windows-1252", TEXT),
        (twiml(LATIN).encode("latin-1"), "text/xml; charset=ISO-8859-1", LATIN),
        (twiml(TEXT, "UTF-16").encode("utf-16"), "text/xml", TEXT),
        (twiml(TEXT, "UTF-16").encode("utf-16-le"), "text/xml", TEXT),
        (twiml(TEXT, "UTF-16").encode("utf-16-be"), "text/xml; charset=utf-16", TEXT),
        (b"\xfe\xff" + twiml(TEXT).encode("utf-16-be"), "text/xml; charset=utf-8", TEXT),
        (b"\xef\xbb\xbf" + twiml(TEXT).encode(), "text/xml", TEXT),
        (twiml(TEXT, "UTF-8").encode(), "text/xml; charset=ISO-8859-1", TEXT),
        (twiml(LATIN, "ISO-8859-1").encode(), "text/xml; charset=utf-8", LATIN),
    ],
)
def test_twiml_is_read_in_its_encoding(
    carl: Phone, site: Recorder, body: bytes, content_type: str | None, text: str
) -> None:
    site.answers["/lost"] = answer(body, content_type)
    assert carl.text(POOL[0], "hi").replies == [text]


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (twiml(TEXT, "klingon").encode(), "text/xml", "its encoding 'klingon' is unknown"),
        (twiml(TEXT).encode(), "text/xml; charset=klingon", "its encoding 'klingon' is unknown"),
        (twiml(TEXT, "base64").encode(), "text/xml", "its encoding 'base64' is unknown"),
        (twiml(LATIN).encode("latin-1"), "text/xml", "it is not in the encoding that it names, utf-8"),
        (twiml(LATIN, "ascii").encode("latin-1"), "text/xml", "it is not in the encoding that it names, ascii"),
        (b'{"participantIdentifier": "x"}', "application/json; charset=klingon", "its encoding 'klingon' is unknown"),
    ],
)
def test_what_cannot_be_read_is_a_bad_document(
    carl: Phone, site: Recorder, body: bytes, content_type: str, told: str
) -> None:
    site.answers["/lost"] = answer(body, content_type)
    contact = carl.text(POOL[0], "hi")
    assert contact.replies == []
    assert [alert.code for alert in contact.alerts if told in alert.why] == [12100]


def test_through_connect_too() -> None:
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url) as remote:
        site = Recorder()
        site.answers["/lost"] = answer(twiml(LATIN, "ISO-8859-1").encode("latin-1"))
        remote.webhooks.mount(SITE, site)
        remote.add_service(numbers=POOL, out_of_session_callback_url=SITE + "/lost")
        assert remote.phone(CARL).text(POOL[0], "hi").replies == [LATIN]


# What is read as something else than was meant


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        ("<!doctype html><html><body>Hi</body></html>", "text/html", "it is an HTML page"),
        ("<html><body>Hi</body></html>", "text/xml", "it is an HTML page"),
        ('{"participantIdentifier": "+14155550101"}', "text/html; charset=utf-8", "only as application/json"),
        ("[]", "text/plain", "it begins like JSON"),
        ("OK", "text/plain", "it is plain text"),
        (twiml("hi"), "application/json", "it begins like TwiML, which has application/xml"),
    ],
)
def test_an_answer_of_another_type(carl: Phone, site: Recorder, body: str, content_type: str, told: str) -> None:
    site.answers["/lost"] = answer(body.encode(), content_type)
    (why,) = [alert.why for alert in carl.text(POOL[0], "hi").alerts if alert.code == 12100]
    assert told in why
    assert f"its Content-Type is {content_type}" in why
    assert body in why


@pytest.mark.parametrize("given", [{}, {"status": "ok"}, {"participantIdentifier": ""}, {"participant": BERT}])
def test_json_that_lacks_fields(proxy: FakeProxy, carl: Phone, site: Recorder, given: dict[str, str]) -> None:
    site.answers["/lost"] = answer(json.dumps(given).encode(), "application/json")
    (why,) = [alert.why for alert in carl.text(POOL[0], "hi").alerts if alert.code == 80701]
    assert "answered JSON, which was read as an order to create a session" in why
    assert json.dumps(given) in why
    assert why in proxy.report()


@pytest.mark.parametrize(
    ("body", "told"),
    [("", "an empty answer, so nothing was done"), ("<Response/>", "TwiML without a verb, so nothing was done")],
)
def test_an_answer_that_orders_nothing(proxy: FakeProxy, carl: Phone, site: Recorder, body: str, told: str) -> None:
    site.answers["/lost"] = answer(body.encode(), "text/xml")
    carl.text(POOL[0], "hi")
    assert proxy.webhooks.deliveries[-1].read_as == told
    assert told in proxy.report()


def test_an_intercept_callback_that_means_to_block(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, intercept_callback="/intercept")
    site.answers["/intercept"] = answer(b'{"block": true}', "application/json")
    assert anne.text(POOL[0], "hi").delivered
    assert "only 403 blocks a contact" in proxy.report()
