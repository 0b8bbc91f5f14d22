"""The SDK's environment variables: filled in where they are unset, as long as any fake is active."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fakeproxy.engine.accounts import DEFAULT, Accounts
from fakeproxy.network.signature import Token

#: What was filled in, and by how many fakes that are active now it is needed.
_filled: dict[str, str] = {}
_needed = 0


def given(name: str) -> str | None:
    """The variable, unless a fake has filled it in or it is empty."""
    value = os.environ.get(name)
    return None if value == _filled.get(name) else value or None


@contextmanager
def filled(variables: Mapping[str, str]) -> Iterator[None]:
    """Fill in those that are unset. Fakes may end in any order: the last one takes out what the test did not change."""
    global _needed
    for name, value in variables.items():
        if name not in os.environ:
            os.environ[name] = _filled[name] = value
    _needed += 1
    try:
        yield
    finally:
        _needed -= 1
        while _filled and not _needed:
            name, value = _filled.popitem()
            if os.environ.get(name) == value:
                del os.environ[name]


def token_of(accounts: Accounts, account: str, auth_token: str | None, made_up: str) -> Token | None:
    """The token for webhooks of this account: the given one, else what its clients presented, else the variable's.

    `made_up` is the fake's own, which it fills in. None where none is known.
    """
    if account == DEFAULT and auth_token:
        return Token(auth_token, "the token that the fake was given as auth_token")
    presented = accounts.tokens.get(account)
    token = presented or (os.environ.get("TWILIO_AUTH_TOKEN") if account == DEFAULT else None)
    if not token:
        return None
    if token == made_up or token in _filled.values():
        return Token(token, "a token that the fake made up, since it knows no other")
    return Token(token, "the token that a client presented last" if presented else "the token of TWILIO_AUTH_TOKEN")
