"""Many at once: no session is lost or double, no pair stands twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import FakeProxy
from tests.properties.test_histories import check

POOL = [f"+1415555{number:04}" for number in range(40)]
PEOPLE = [f"+1415556{number:04}" for number in range(8)]


def test_sixteen_threads(proxy: FakeProxy) -> None:
    """All book the same few people; each person is in as many sessions as the pool has numbers, and no more."""
    service = proxy.add_service("rides", numbers=POOL)

    def book(worker: int) -> Counter[int]:
        sessions = Client("AC1", "token").proxy.v1.services(service.sid).sessions
        codes: Counter[int] = Counter()
        for turn in range(25):
            people = [{"Identifier": PEOPLE[(worker + turn * step) % len(PEOPLE)]} for step in (1, 3)]
            try:
                sessions.create(unique_name=f"{worker}-{turn}", participants=people)
                codes[201] += 1
            except TwilioRestException as error:
                codes[error.code] += 1
        return codes

    with ThreadPoolExecutor(16) as pool:
        codes = sum(pool.map(book, range(16)), Counter())
    assert codes.total() == 400
    assert set(codes) <= {201, 80103, 80208}
    assert len(proxy.sessions) == codes[201]
    assert proxy.journal.counts["CreateSession"] == 400
    assert len({session.unique_name for session in proxy.sessions.values()}) == codes[201]
    check(proxy)


def test_two_hundred_tasks(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=POOL)
    url = f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions"

    async def main() -> list[int]:
        async with httpx.AsyncClient(auth=("AC1", "token")) as client:

            async def book(number: int) -> int:
                await asyncio.sleep(0)
                answer = await client.post(url, data={"UniqueName": f"job-{number % 150}"})
                return answer.status_code

            return await asyncio.gather(*[book(number) for number in range(200)])

    assert Counter(asyncio.run(main())) == {201: 150, 400: 50}
    assert len(proxy.sessions) == 150


@pytest.mark.slow
def test_sixteen_threads_over_the_server(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=POOL)
    url = f"{proxy.url}/v1/Services/{service.sid}/Sessions"

    def book(worker: int) -> int:
        with requests.Session() as session:
            answers = [
                session.post(url, data={"UniqueName": f"job-{turn}"}, auth=("AC1", "x"), timeout=20)
                for turn in range(20)
            ]
        return sum(answer.status_code == 201 for answer in answers)

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(book, range(16))) == 20
    assert len(proxy.sessions) == 20
