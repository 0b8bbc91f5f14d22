"""The SDK's environment variables: a fake sets those that are unset, until the last fake ends."""

from __future__ import annotations

import os
from collections.abc import Mapping

from fakeproxy.engine.accounts import DEFAULT, Accounts
from fakeproxy.network.signature import MADE_UP, Token

#: The variables that fakes have set.
_filled: dict[str, str] = {}
#: The active fakes that need them.
_owners: list[object] = []


def user_value(name: str) -> str | None:
    """Return the variable's value, or None if a fake has set it, or it is unset or empty."""
    value = os.environ.get(name)
    return None if value == _filled.get(name) else value or None


def filled_value(name: str) -> str | None:
    """Return the variable's value if a fake has set it, else None."""
    value = os.environ.get(name)
    return value if value is not None and value == _filled.get(name) else None


def fill(owner: object, variables: Mapping[str, str]) -> None:
    """Set those variables that are unset, until `restore` was called for every owner."""
    _owners.append(owner)
    for name, value in variables.items():
        if name not in os.environ:
            _filled[name] = value
            os.environ[name] = value


def restore(owner: object) -> None:
    """Note that the owner has ended. The last owner unsets the variables, except those that the test has changed."""
    _owners[:] = [other for other in _owners if other is not owner]
    if _owners:
        return
    for name, value in list(_filled.items()):
        if os.environ.get(name) == value:
            del os.environ[name]
        _filled.pop(name, None)


def token_of(accounts: Accounts, account: str, auth_token: str | None, invented: str) -> Token | None:
    """Return the token that signs webhooks of this account, or None where no token is known.

    In this order: the setting `auth_token`, the token that a client has sent, TWILIO_AUTH_TOKEN. `invented` is the
    token that the fake sets in the environment where there is none.
    """
    if account == DEFAULT and auth_token:
        return Token(auth_token, "the token that the fake was given as auth_token")
    presented = accounts.tokens.get(account)
    token = presented or (os.environ.get("TWILIO_AUTH_TOKEN") if account == DEFAULT else None)
    if not token:
        return None
    if token in (invented, _filled.get("TWILIO_AUTH_TOKEN")):
        return Token(token, MADE_UP)
    return Token(token, "the token that a client sent last" if presented else "the token of TWILIO_AUTH_TOKEN")
