"""Accounts: from the credentials of a request to the key of an account in the store."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fakeproxy.engine.sids import Sids
from fakeproxy.engine.undo import UndoLog

if TYPE_CHECKING:
    from fakeproxy.engine.snapshot import PlainAccounts

#: The key of the default account. It is not the SID, which may become known later: when a client first sends it.
DEFAULT = "default"


class Accounts:
    """The default account, and every other account whose clients send requests.

    The default account has the configured SID. If none is configured, it takes the first Account SID (`AC...`) that a
    client sends. An API key (`SK...`) or any other user name stands for the default account. Every other Account SID is
    the key of an account of its own.
    """

    def __init__(
        self, sids: Sids, account_sid: str | None = None, auth_token: str | None = None, log: UndoLog | None = None
    ) -> None:
        self._sids = sids
        self._log = log or UndoLog()
        self._default_sid = account_sid
        self._auth_token = auth_token
        #: SIDs that fakes put into the environment or generated. They belong to the default account, whatever other
        #: SID a client sends and whatever snapshot is restored. Not part of the state.
        self.own_sids = {_default_sid(sids.seed)}
        #: The auth token that the clients of each account sent last. Not part of the state.
        self.tokens: dict[str, str] = {}

    def sid_of(self, account: str) -> str:
        """Return the account's SID. The default account has a SID made from the seed until a client sends one."""
        if account != DEFAULT:
            return account
        return self._default_sid or _default_sid(self._sids.seed)

    def is_default(self, account_sid: str) -> bool:
        """Return whether the SID is the default account's, or one that a fake put into the environment."""
        return account_sid == self._default_sid or account_sid in self.own_sids

    def identify(self, user_name: str, password: str) -> str | None:
        """Return the key of the account that the credentials belong to, or None if they are wrong."""
        if user_name.startswith("AC"):
            if self._auth_token is not None and (user_name, password) != (self._default_sid, self._auth_token):
                return None
            if self._default_sid is None:
                self._log.set_attribute(self, "_default_sid", user_name)
            account = DEFAULT if self.is_default(user_name) else user_name
            if self.tokens.get(account) != password:
                self._log.set_item(self.tokens, account, password)
            return account
        # The secret of an API key is not known here, so any secret is accepted.
        return DEFAULT if self._auth_token is None or user_name.startswith("SK") else None

    def dump(self) -> PlainAccounts:
        """Return the state of the accounts as plain data for JSON."""
        return {"default_sid": self._default_sid}

    def load(self, state: PlainAccounts) -> None:
        """Replace the state of the accounts by one that `dump()` returned."""
        self._default_sid = state["default_sid"]
        self.own_sids.add(_default_sid(self._sids.seed))


@lru_cache(maxsize=16)
def _default_sid(seed: int) -> str:
    """Return the SID of the default account as long as no client has sent one. Each answer may show it."""
    return Sids(seed).named("AC", DEFAULT)
