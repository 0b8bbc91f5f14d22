"""The server against OpenAPI documents, by schemathesis: thousands of cases, no 5xx, no answer but those declared.

Its command makes the cases of single operations, with wrong ones, and follows what it finds links between. Histories
are made here: there each case meets rows that exist, and what the cases before it have left.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from fakeproxy.api.faults import Fault
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.api.request import VERSION
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.inspector.routes import ROUTES
from tests.contract.extract import FACTS
from tests.contract.sdk import POOL, World, furnish

USER, PASSWORD = "AC" + "1" * 32, "token"
DOCUMENT = "/_fakeproxy/openapi.json"
#: The person of the session that is worked on, and one of another session, who is calling.
PERSON, CALLER = "+14155550101", "+14155550104"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


class Unkept(list[Fault]):
    """No order of a fault is kept: the next request would meet it, and most are 5xx or no answer at all."""

    def append(self, order: Fault) -> None:
        pass


@contextmanager
def started() -> Iterator[FakeProxy]:
    """Without a check at the end: the cases do what must fail a test."""
    fake = FakeProxy(intercept=False, start="2030-01-01T09:00:00Z", account_sid=USER).start()
    fake.faults.orders = Unkept()
    try:
        yield fake
    finally:
        fake.stop()


@pytest.fixture
def proxy() -> Iterator[FakeProxy]:
    with started() as fake:
        yield fake


@pytest.fixture
def schema(proxy: FakeProxy) -> Any:
    import schemathesis

    return schemathesis.openapi.from_dict(requests.get(proxy.url + DOCUMENT, timeout=20).json())


def run(folder: Path, *arguments: str) -> int:
    """How many cases the command made; it fails the test for what does not pass."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", "--seed=1", "--generation-deterministic", "--no-color"]
    command += [f"--auth={USER}:{PASSWORD}", "--request-timeout=20", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) generated", done.stdout)
    assert found, done.stdout
    return int(found[1])


def test_every_path_of_the_server_is_described(proxy: FakeProxy) -> None:
    assert all(route.answer is not object for route in ROUTES), "a new route has a type for what it answers"
    document = requests.get(proxy.url + DOCUMENT, timeout=20).json()
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    control = {(route.method, PREFIX[:-1] + route.path) for route in ROUTES}
    assert described == control | {(one.method, VERSION + one.path) for one in OPERATIONS.values()}


@pytest.mark.slow
def test_cases_of_every_operation(proxy: FakeProxy, tmp_path: Path) -> None:
    furnish(proxy)
    assert run(tmp_path, proxy.url + DOCUMENT, f"--checks={','.join(CHECKS)}", "--max-examples=6") > 2000


@pytest.mark.slow
def test_cases_of_twilios_own_file(proxy: FakeProxy, tmp_path: Path) -> None:
    furnish(proxy)
    arguments = [str(FACTS), f"--url={proxy.url}", "--checks=not_a_server_error", "--max-examples=4"]
    assert run(tmp_path, *arguments) > 500


def place(case: Any, world: World, call: str, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Put rows that exist in the place of what the case made up for its path, and numbers of the pool into bodies."""
    sections = case.operation.path.split("/")
    for name in case.path_parameters:
        if name == "number":
            known = [PERSON, CALLER]
        elif name == "sid":
            known = [call]
        elif name == "Sid":
            known = world.sids.get(sections[-2].removesuffix("s"), [])
        else:
            known = world.sids.get(name.removesuffix("Sid"), [])
        if known:
            case.path_parameters[name] = draw(st.sampled_from([known[0], *known]))
    if isinstance(case.body, dict) and "to" in case.body:
        case.body["to"] = draw(st.sampled_from(list(POOL)))


@pytest.mark.slow
def test_histories_over_rows_that_exist(schema: Any) -> None:
    import schemathesis.checks

    checks = [getattr(schemathesis.checks, name) for name in CHECKS]
    answered: Counter[int] = Counter()
    headers = {"Authorization": requests.auth._basic_auth_str(USER, PASSWORD)}

    @settings(max_examples=40, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(cases=st.lists(schema.as_strategy(), min_size=25, max_size=25), data=st.data())
    def check(cases: list[Any], data: st.DataObject) -> None:
        with started() as proxy, requests.Session() as session:
            world = furnish(proxy)
            proxy.add_session(world.sids["Service"][0], participants=[CALLER, "+14155550105"])
            call = proxy.phone(CALLER).call(next(iter(POOL))).sid
            for case in cases:
                place(case, world, call, data.draw)
                answer = case.call_and_validate(proxy.url, session, headers, checks, timeout=20)
                answered[answer.status_code] += 1

    check()
    assert answered.total() >= 25 * 40
    assert answered[200] > answered.total() / 3, answered
