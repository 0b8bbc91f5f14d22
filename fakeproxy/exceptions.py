"""The fake's own errors. The type says who is at fault, the text what to do, the attributes the facts.

A `Refusal` is what Twilio would refuse. The API turns it into an error answer. A test gets it as an exception only from
methods such as `proxy.add_session(...)`, which obey the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence


class FakeProxyError(Exception):
    """The base class of all errors of fakeproxy. It is never raised itself."""


class UsageError(FakeProxyError, ValueError):
    """An error in the use of fakeproxy, by a test or its settings. The text says how to correct it."""


def no_text(what: str, example: str, value: object) -> UsageError:
    """Return the error for a value that should be a text, for callers without a type checker."""
    return UsageError(f"{what} is a text such as {example!r}, not {value!r}, which is of type {type(value).__name__}")


def require_whole_characters(what: str, text: str) -> None:
    """Raise `UsageError` for a text with half of a surrogate pair: it has no bytes, so that no program can send it."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        why = f"it has half of a surrogate pair, {text[error.start]!r}, which is no character"
        raise UsageError(f"{what} {text!r} cannot be sent: {why}") from None


class NotActive(FakeProxyError, RuntimeError):
    """A use of the fake that is possible only between `start()` and `stop()`."""


class MissingPackage(FakeProxyError, ImportError):
    """A missing optional package. The text says what to install."""


class UnknownKey(FakeProxyError, KeyError):
    """A key of a mapping such as `proxy.sessions` that is neither a SID nor a name, or the name of several rows."""

    def __str__(self) -> str:
        return str(self.args[0])


class BlockedRequest(FakeProxyError, RuntimeError):
    """A request of the application to a host of Twilio's that this fake does not serve. Nothing was sent.

    It is a `RuntimeError`, not an `OSError`: HTTP clients retry after those, or wrap them in errors of their own.
    """

    def __init__(self, method: str, url: str, text: str) -> None:
        super().__init__(text)
        self.method = method
        self.url = url


class UnmountedWebhook(FakeProxyError, RuntimeError):
    """A webhook to a URL that is neither mounted nor on loopback. Nothing was sent."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__(text)
        self.url = url


class AnswerTooLong(FakeProxyError, RuntimeError):
    """An answer of a webhook handler that is too long or does not end. The handler is at fault."""


class UnsupportedHandler(FakeProxyError, RuntimeError):
    """A mounted test client that fakeproxy cannot use. Neither the test nor the webhook handler is at fault."""


class NotInTime(FakeProxyError, AssertionError):
    """A condition that did not come true in time. `story` has the events meanwhile, as text."""

    def __init__(self, text: str, story: str = "") -> None:
        super().__init__(f"{text}; meanwhile:\n{story}" if story else f"{text}; nothing happened meanwhile")
        self.story = story


class NoMatch(FakeProxyError, AssertionError):
    """A query of a test, with `one()` or `none()`, that failed. The text shows the nearest candidates."""


class UnexpectedAlert(FakeProxyError, AssertionError):
    """An alert that the test did not expect, or an expected alert that was not raised."""


class IgnoredParameter(FakeProxyError, AssertionError):
    """A parameter that Twilio ignores: the operation has no such parameter, or it is in the wrong place."""


class UnusedFault(FakeProxyError, AssertionError):
    """A fault that the test ordered and that no request met."""


class NotWritten(FakeProxyError, RuntimeError):
    """A failure to write the state to its file. The change that was asked for was not made."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"the state could not be written to {path}, so this was not done: {reason}")
        self.path = path
        self.reason = reason


class Refusal(FakeProxyError):
    """A refusal, as Twilio would answer it: a code, an HTTP status and a text.

    `why` has explanations beyond Twilio's text, one sentence each. They are in the journal and in reports of failing
    tests, never in an answer of the API.
    """

    def __init__(self, code: int, status: int, message: str, why: Sequence[str] = ()) -> None:
        super().__init__(code, status, message)
        self.code = code
        self.status = status
        self.message = message
        self.why = tuple(why)

    def __str__(self) -> str:
        text = f"Twilio would refuse this with {self.status} / {self.code}: {self.message}"
        return "\n".join([text, *(f"  - {reason}" for reason in self.why)])
