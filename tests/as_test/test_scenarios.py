"""The scenarios of the docs, each as a generated test: it passes, and it fails where the application is broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from fakeproxy import FakeProxy
from tests.as_test import broken
from tests.as_test.generated import run
from tests.examples import test_billing as billing
from tests.examples import test_directory as directory
from tests.examples import test_idle_job as idle_job
from tests.examples import test_late_text as late_text
from tests.examples import test_profanity as profanity
from tests.examples import test_reassigned_driver as reassigned_driver

ROOT = Path(__file__).parents[2]


class Scenario(NamedTuple):
    """A scenario: how it is played, its application, and the broken one. None: it has no webhook."""

    play: Callable[[FakeProxy], None]
    application: object = None
    broken: object = None


LEDGER: object = cast("Callable[[dict[str, int]], object]", billing.billing)({})

SCENARIOS = {
    "a reassigned driver": Scenario(reassigned_driver.test_the_first_driver_is_out_and_the_second_is_in),
    "a directory": Scenario(directory.test_two_buyers_and_one_agent, directory.app, broken.directory),
    "a late text": Scenario(late_text.test_a_late_text_is_answered, late_text.app, broken.late_text),
    "profanity": Scenario(profanity.test_a_rude_text_is_blocked, profanity.app, broken.moderation),
    "a broken handler": Scenario(profanity.test_a_broken_handler_blocks_nothing, profanity.app, broken.moderation),
    "billing": Scenario(billing.test_three_calls_and_one_bill, LEDGER, broken.billing),
    "an idle job": Scenario(idle_job.test_a_text_at_hour_23_postpones_the_close),
}


def played(scenario: Scenario) -> str:
    with FakeProxy() as proxy:
        scenario.play(proxy)
        return proxy.history.as_test()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_generated_test_passes(name: str) -> None:
    source = played(SCENARIOS[name])
    assert not re.search(r"[A-Z]{2}[0-9a-f]{32}", source)
    run(source, SCENARIOS[name].application)


@pytest.mark.parametrize("name", [name for name, scenario in SCENARIOS.items() if scenario.broken])
def test_it_fails_if_the_application_is_broken(name: str) -> None:
    source = played(SCENARIOS[name])
    with pytest.raises(AssertionError):
        run(source, SCENARIOS[name].broken)


#: The lines of a paragraph that the application's requests are in.
REQUESTS = re.compile(r"(?<=    # Requests of the application\.\n)(?:    .+\n)+")


@pytest.mark.parametrize("deletes", [True, False])
def test_an_application_without_webhooks_is_called_in_place_of_its_requests(deletes: bool) -> None:
    source = played(SCENARIOS["a reassigned driver"])
    assert len(REQUESTS.findall(source)) == 1
    name = re.search(r"    (session\w*) = fakeproxy.add_session", source)
    assert name
    call = (
        "    sessions = client.proxy.v1.services(service.sid).sessions\n"
        f"    people = sessions({name[1]}.sid).participants\n"
        + (f"    people({name[1]}.participants[1].sid).delete()\n" if deletes else "")
        + "    people.create(identifier='+14155550102')\n"
    )
    changed = REQUESTS.sub(call, source)
    if deletes:
        run(changed)
    else:
        with pytest.raises(Exception, match="at most 2 participants"):
            run(changed)


def test_a_scenario_without_an_application_guards_its_terms() -> None:
    source = played(SCENARIOS["an idle job"])
    with pytest.raises(AssertionError):
        run(source.replace("ttl=86400", "ttl=43200"))


@pytest.mark.slow
def test_pytest_runs_the_generated_tests(tmp_path: Path) -> None:
    for name, scenario in SCENARIOS.items():
        source = played(scenario)
        fill_in = 'raise NotImplementedError("import your application here, and return it")'
        source = source.replace(fill_in, "from tests.examples.test_billing import billing; return billing({})")
        (tmp_path / f"test_{name.replace(' ', '_')}.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert f"{len(SCENARIOS)} passed" in done.stdout, done.stdout
