"""Whose request it is: the user name that presents itself, to the key of an account."""

from __future__ import annotations

from typing import Any

from fakeproxy.engine.sids import Sids
from fakeproxy.engine.undo import UndoLog

#: The key of the default account. Its SID may become known only after it has rows: when a client presents it.
DEFAULT = "default"


class Accounts:
    """The default account and any others that present themselves.

    The default account's SID is the configured one, else the first Account SID (`AC...`) that presents itself. An
    API key (`SK...`), and any other user name, stands for the default account. Another Account SID is the key of
    another account.
    """

    def __init__(
        self, sids: Sids, account_sid: str | None = None, auth_token: str | None = None, log: UndoLog | None = None
    ) -> None:
        self._sids = sids
        self._log = log or UndoLog()
        self._default_sid = account_sid
        self._auth_token = auth_token
        #: SIDs that fakes themselves put into the environment, or made up and told: they stay the default account's,
        #: whoever presents himself and whatever is restored. Not part of the state.
        self.own_sids = {sids.named("AC", DEFAULT)}
        #: The auth token that an account's clients presented last. Not part of the state.
        self.tokens: dict[str, str] = {}

    def sid_of(self, account: str) -> str:
        """The Account SID to show. Until one has presented itself, the default account shows one of the seed's."""
        if account != DEFAULT:
            return account
        return self._default_sid or self._sids.named("AC", DEFAULT)

    def is_default(self, account_sid: str) -> bool:
        """Whether the SID is the default account's: the one shown, or one that a fake put into the environment."""
        return account_sid == self._default_sid or account_sid in self.own_sids

    def identify(self, user_name: str, password: str) -> str | None:
        """The key of the account that these credentials speak for, or None if they are wrong."""
        if user_name.startswith("AC"):
            if self._auth_token is not None and (user_name, password) != (self._default_sid, self._auth_token):
                return None
            if self._default_sid is None:
                self._log.set_attribute(self, "_default_sid", user_name)
            account = DEFAULT if self.is_default(user_name) else user_name
            if self.tokens.get(account) != password:
                self._log.set_item(self.tokens, account, password)
            return account
        # The secret of an API key is not known here, so any will do.
        return DEFAULT if self._auth_token is None or user_name.startswith("SK") else None

    def dump(self) -> dict[str, Any]:
        return {"default_sid": self._default_sid}

    def load(self, state: dict[str, Any]) -> None:
        self._default_sid = state["default_sid"]
        self.own_sids.add(self._sids.named("AC", DEFAULT))
