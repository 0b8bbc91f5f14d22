"""The fake's own errors: who is at fault is in the type, what to do is in the text.

What Twilio would refuse is a `Refusal`. The API turns it into an error answer; it reaches a test as an
exception only from the Python side (`add_session(...)` and its kin obey the same rules).
"""

from __future__ import annotations

from collections.abc import Sequence


class FakeProxyError(Exception):
    """The base of everything that fakeproxy raises; never raised itself."""


class UsageError(FakeProxyError, ValueError):
    """The test used the fake wrongly; the text says how to mend it."""


def no_text(what: str, example: str, value: object) -> UsageError:
    """Return the error for a value that is no text. Not all who call have a type checker."""
    return UsageError(f"{what} is a text such as {example!r}, not {value!r}, which is of type {type(value).__name__}")


class NotActive(FakeProxyError, RuntimeError):
    """The fake was asked for something that it does only between `start()` and `stop()`."""


class MissingPackage(FakeProxyError, ImportError):
    """An optional package is not installed; the text says what to install."""


class UnknownKey(FakeProxyError, KeyError):
    """A mapping such as `proxy.sessions` has no row of this SID or name, or several rows have the name."""

    def __str__(self) -> str:
        return str(self.args[0])


class BlockedRequest(FakeProxyError, RuntimeError):
    """The application called a Twilio host that this fake does not serve; nothing was sent.

    A `RuntimeError`, not an `OSError`: HTTP clients wrap those in errors of their own and retry.
    """

    def __init__(self, method: str, url: str, text: str) -> None:
        super().__init__(text)
        self.method = method
        self.url = url


class UnmountedWebhook(FakeProxyError, RuntimeError):
    """A webhook's URL is neither mounted nor on loopback; nothing was sent."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__(text)
        self.url = url


class AnswerTooLong(FakeProxyError, RuntimeError):
    """A webhook handler answered more bytes than are read, or never ends. The handler is at fault."""


class UnsupportedHandler(FakeProxyError, RuntimeError):
    """fakeproxy cannot use the test client that is mounted. Neither the test nor the webhook handler is at fault."""


class UnexpectedAlert(FakeProxyError, AssertionError):
    """An alert came up that the test did not expect, or one that it expected did not."""


class IgnoredParameter(FakeProxyError, AssertionError):
    """A request had a parameter that its operation does not have, or one in the wrong place; Twilio ignores those."""


class UnusedFault(FakeProxyError, AssertionError):
    """A fault was ordered that met no request."""


class NotWritten(FakeProxyError, RuntimeError):
    """The state could not be written to its file, so what was asked for was not done."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"the state could not be written to {path}, so this was not done: {reason}")
        self.path = path
        self.reason = reason


class Refusal(FakeProxyError):
    """What Twilio would answer instead of doing what was asked: a code, an HTTP status and a text.

    `why` holds what the fake knows beyond Twilio's text, one sentence an item; it goes to the journal and
    to the reports of failing tests, never on the wire.
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
