import asyncio

import aiohttp
import httpx
import requests

SERVICES = "https://proxy.twilio.com/v1/Services"
AUTH = {"Authorization": "Basic QUMxOnRva2Vu"}


def test_requests_and_httpx(fakeproxy):
    fakeproxy.add_service("rides")
    for client in (requests, httpx):
        answer = client.get(SERVICES, headers=AUTH)
        assert [service["unique_name"] for service in answer.json()["services"]] == ["rides"]


def test_aiohttp(fakeproxy):
    async def create():
        async with (
            aiohttp.ClientSession(headers=AUTH) as session,
            session.post(SERVICES, data={"UniqueName": "rides"}) as answer,
        ):
            return answer.status

    assert asyncio.run(create()) == 201
    assert len(fakeproxy.services) == 1
