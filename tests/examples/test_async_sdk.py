import asyncio

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client


async def open_sessions(service_sid, names):  # the application
    async with AsyncTwilioHttpClient() as http_client:
        sessions = Client(http_client=http_client).proxy.v1.services(service_sid).sessions
        await asyncio.gather(*[sessions.create_async(unique_name=name) for name in names])


def test_sessions_are_opened_at_once(fakeproxy):
    service = fakeproxy.add_service("rides")
    asyncio.run(open_sessions(service.sid, [f"job-{number}" for number in range(20)]))
    assert len(fakeproxy.sessions) == 20
