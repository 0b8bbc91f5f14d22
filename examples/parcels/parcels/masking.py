"""Sessions of Twilio Proxy, by the asynchronous calls of the SDK."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client
from twilio.rest.proxy.v1.service.session import SessionInstance

from parcels.settings import Settings

T = TypeVar("T")

#: Codes of Twilio's, and what the dispatcher is told. Everything else is an error of ours.
REFUSALS = {
    80103: "This person has been in the session of this parcel already.",
    80206: "No number is free for this person. Close a delivery, or add numbers to the pool.",
    80208: "No number is free for this person. Close a delivery, or add numbers to the pool.",
    80404: "This is no phone number.",
    80603: "This parcel has a session already.",
    80607: "The session of this parcel is closed.",
}


class Refused(Exception):
    """Twilio refused for a reason that the dispatcher can mend."""


class Masking:
    def __init__(self, client: Client, settings: Settings) -> None:
        self._sessions = client.proxy.v1.services(settings.service_sid).sessions
        self._delays = settings.retry_delays
        self._ttl = settings.quiet_seconds

    async def open(self, parcel: str, people: dict[str, str]) -> tuple[SessionInstance, dict[str, str]]:
        """Open a session for these people, by their roles. Return it, and the number that each of them dials."""
        session = await self._ask(lambda: self._sessions.create_async(unique_name=parcel, ttl=self._ttl))
        try:
            return session, {role: await self.join(session.sid, role, number) for role, number in people.items()}
        except Exception:  # Delete it: a closed session would keep the name, and the parcel could not be booked again.
            await self._ask(lambda: self._sessions(session.sid).delete_async())
            raise

    async def remove(self, session_sid: str, role: str) -> None:
        """Remove the person with this role. The person's pair of numbers is free then."""
        participants = self._sessions(session_sid).participants
        for person in await self._ask(lambda: participants.list_async()):
            if person.friendly_name == role and person.date_deleted is None:
                await self._ask(person.delete_async)

    async def join(self, session_sid: str, role: str, number: str) -> str:
        """Add a person, and return the number that this person dials."""
        participants = self._sessions(session_sid).participants
        person = await self._ask(lambda: participants.create_async(identifier=number, friendly_name=role))
        return person.proxy_identifier

    async def quiet_until(self, session_sid: str) -> int | None:
        """Return the instant at which Twilio closes the session if nobody texts or calls, or None if it is closed."""
        try:
            session = await self._ask(lambda: self._sessions(session_sid).fetch_async())
        except TwilioRestException as error:
            if error.status == 404:
                return None
            raise
        last = session.date_last_interaction or session.date_created
        return None if session.status == "closed" else int(last.timestamp()) + session.ttl

    async def close(self, session_sid: str) -> None:
        await self._ask(lambda: self._sessions(session_sid).update_async(status="closed"))

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call Twilio, and again if it was too fast. Raise `Refused` for the codes of the table."""
        for delay in (*self._delays, None):
            try:
                return await call()
            except TwilioRestException as error:
                if error.code in REFUSALS:
                    raise Refused(REFUSALS[error.code]) from error
                if error.status != 429 or delay is None:
                    raise
                await asyncio.sleep(delay)
        raise AssertionError("the last attempt returns or raises")


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Masking]:
    async with AsyncTwilioHttpClient() as http_client:
        yield Masking(Client(settings.account_sid, settings.auth_token, http_client=http_client), settings)
