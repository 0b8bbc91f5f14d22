"""The clients of the official SDK that a fake makes."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from fakeproxy.fake.lifecycle import Lifecycle
from fakeproxy.transports import clients

if TYPE_CHECKING:
    from twilio.http import HttpClient
    from twilio.http.async_http_client import AsyncHttpClient
    from twilio.rest import Client


class SdkClients(Lifecycle):
    """A fake that makes clients of the SDK. Their requests go to this fake, whatever other fake is active."""

    @abstractmethod
    def _require_active(self, what: str) -> None:
        """Raise `NotActive` if `what` cannot be used now."""

    @property
    def http_client(self) -> HttpClient:
        """An HTTP client for `twilio.rest.Client(http_client=...)`. Raises `MissingPackage` without `twilio`."""
        self._require_active("http_client")
        return clients.http_client(self._target)

    @property
    def async_http_client(self) -> AsyncHttpClient:
        """An HTTP client for the SDK's `..._async` methods. Raises `MissingPackage` without `twilio` and `aiohttp`."""
        self._require_active("async_http_client")
        return clients.async_http_client(self._target)

    def client(self) -> Client:
        """Return a ready SDK client of the default account. Raises `MissingPackage` without `twilio`."""
        return self._client(self.http_client)

    def async_client(self) -> Client:
        """Return a ready SDK client of the default account for the asynchronous calls (`..._async`)."""
        return self._client(self.async_http_client)

    def _client(self, http_client: HttpClient | AsyncHttpClient) -> Client:
        from twilio.rest import Client  # Here since it takes 200 ms, and may not be installed.

        account_sid, token = self._credentials()
        return Client(account_sid, token, http_client=http_client)
