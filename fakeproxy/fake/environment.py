"""The SDK's environment variables: filled in where they are unset, as long as any fake is active."""

from __future__ import annotations

import os
from collections.abc import Mapping

from fakeproxy.engine.accounts import DEFAULT, Accounts
from fakeproxy.network.signature import Token

#: What was filled in, and the fakes that are active and need it.
_filled: dict[str, str] = {}
_owners: list[object] = []


def given(name: str) -> str | None:
    """The variable, unless a fake has filled it in or it is empty."""
    value = os.environ.get(name)
    return None if value == _filled.get(name) else value or None


def filled(name: str) -> str | None:
    """The variable's value if a fake has filled it in."""
    value = os.environ.get(name)
    return value if value is not None and value == _filled.get(name) else None


def fill(owner: object, variables: Mapping[str, str]) -> None:
    """Fill in those that are unset, for as long as any owner needs them."""
    _owners.append(owner)
    for name, value in variables.items():
        if name not in os.environ:
            _filled[name] = value
            os.environ[name] = value


def empty(owner: object) -> None:
    """The owner needs them no more. The last one of all takes out what the test did not change."""
    _owners[:] = [other for other in _owners if other is not owner]
    if _owners:
        return
    for name, value in list(_filled.items()):
        if os.environ.get(name) == value:
            del os.environ[name]
        _filled.pop(name, None)


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
