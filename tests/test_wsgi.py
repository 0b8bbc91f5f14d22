"""A WSGI app is called as a server would call it."""

from __future__ import annotations

from typing import Any

import pytest

from fakeproxy.web.wsgi import Answer, call


def answering(*chunks: Any) -> Any:
    seen = {}

    def app(environ: Any, start_response: Any) -> Any:
        seen.update(environ)
        start_response("201 CREATED", [("X-One", "1"), ("X-One", "2")])
        return chunks

    return app, seen


def test_the_answer_has_status_headers_and_body() -> None:
    app, _ = answering(b"ab", b"c")
    assert call(app, "GET", "https://h/", {}, b"") == Answer(201, [("X-One", "1"), ("X-One", "2")], b"abc")


def test_the_path_is_decoded_and_the_target_is_kept_as_it_was() -> None:
    app, seen = answering()
    call(app, "GET", "https://proxy.twilio.com/v1/a%20%C3%BC%2Fb?x=%20&y", {}, b"")
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/v1/a ü/b"
    assert seen["QUERY_STRING"] == "x=%20&y"
    assert seen["REQUEST_URI"] == "/v1/a%20%C3%BC%2Fb?x=%20&y"


def test_headers_and_body_are_where_wsgi_has_them() -> None:
    app, seen = answering()
    call(
        app, "POST", "https://h/", {"X-Some-Thing": "1", "content-type": "text/plain", "Content-Length": "99"}, b"four"
    )
    assert seen["HTTP_X_SOME_THING"] == "1"
    assert seen["CONTENT_TYPE"] == "text/plain"
    assert "HTTP_CONTENT_LENGTH" not in seen
    assert seen["wsgi.input"].read(int(seen["CONTENT_LENGTH"])) == b"four"


@pytest.mark.parametrize(
    ("url", "scheme", "name", "port"),
    [
        ("https://h/", "https", "h", "443"),
        ("http://h/", "http", "h", "80"),
        ("http://h:8080/", "http", "h", "8080"),
    ],
)
def test_the_server_is_the_host_of_the_url(url: str, scheme: str, name: str, port: str) -> None:
    app, seen = answering()
    call(app, "GET", url, {}, b"")
    assert (seen["wsgi.url_scheme"], seen["SERVER_NAME"], seen["SERVER_PORT"]) == (scheme, name, port)


def test_a_generator_may_start_late_write_and_is_closed() -> None:
    closed = []

    def app(environ: Any, start_response: Any) -> Any:
        try:
            write = start_response("202 ACCEPTED", [])
            write(b"written ")
            yield b"yielded"
        finally:
            closed.append(True)

    assert call(app, "GET", "https://h/", {}, b"") == Answer(202, [], b"written yielded")
    assert closed


def test_an_exception_comes_out_unchanged_and_the_app_is_closed() -> None:
    class BrokenConnection:
        closed = False

        def __iter__(self) -> None:
            raise KeyError("x")

        def close(self) -> None:
            self.closed = True

    broken = BrokenConnection()
    with pytest.raises(KeyError):
        call(lambda environ, start_response: broken, "GET", "https://h/", {}, b"")  # type: ignore[arg-type, return-value]
    assert broken.closed


def test_validates_as_wsgi() -> None:
    from wsgiref.validate import validator

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    assert call(validator(app), "POST", "https://h/p?q", {"Accept": "*/*"}, b"x").body == b"ok"
