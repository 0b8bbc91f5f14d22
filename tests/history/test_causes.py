"""The report of a failing test names the cause: an application is broken in 36 ways that developers meet."""

from __future__ import annotations

import asyncio
import gc
import re
import unittest
import warnings
from collections.abc import Callable

import pytest
import requests

from fakeproxy import BlockedRequest, FakeProxy, connect
from fakeproxy.unittest import FakeProxyTestCase
from fakeproxy.views import Service
from tests import needs
from tests.history.application import ACCOUNT, SITE, TOKEN, Rides
from tests.quick import slow, slow_but

ANNE, BERT, CARL = "+14155550100", "+14155550101", "+14155550102"

#: A test of the application, as its developers would write it. It fails if the application is broken.
Scenario = Callable[[FakeProxy, Rides], object]


def a_ride(proxy: FakeProxy, rides: Rides) -> None:
    rides.set_up()
    ride = rides.book("ride-7", ANNE, BERT)
    proxy.phone(ANNE).text(ride.customer_dials, "I am here")
    assert proxy.phone(BERT).inbox[-1].body == "I am here"
    assert rides.seen == ["Message"]
    proxy.phone(ANNE).text(ride.customer_dials, "pay me in bitcoin")
    assert proxy.phone(BERT).inbox[-1].body == "I am here"
    rides.remind(ride)
    assert proxy.phone(BERT).inbox[-1].body == "Your customer waits."
    rides.finish(ride)
    assert proxy.sessions[ride.session_sid].closed_reason == "api"


def a_ride_that_nobody_ends(proxy: FakeProxy, rides: Rides) -> None:
    ride = rides.book("ride-7", ANNE, BERT)
    proxy.clock.advance(hours=1)
    assert proxy.sessions[ride.session_sid].status == "closed"


def a_ride_that_just_began(proxy: FakeProxy, rides: Rides) -> None:
    ride = rides.book("ride-7", ANNE, BERT)
    proxy.clock.advance(minutes=59)
    assert proxy.sessions[ride.session_sid].status == "open"


def two_rides_one_after_the_other(proxy: FakeProxy, rides: Rides) -> None:
    for name in ("ride-7", "ride-8", "ride-9"):
        rides.finish(rides.book(name, ANNE, BERT))


def another_driver(proxy: FakeProxy, rides: Rides) -> None:
    ride = rides.book("ride-7", ANNE, BERT)
    rides.reassign(ride, CARL)
    rides.remind(ride)
    assert proxy.phone(CARL).inbox[-1].body == "Your customer waits."


def a_text_after_the_ride(proxy: FakeProxy, rides: Rides) -> None:
    rides.set_up()
    ride = rides.book("ride-7", ANNE, BERT)
    rides.finish(ride)
    proxy.phone(ANNE).text(ride.customer_dials, "Where are you?")
    assert proxy.phone(ANNE).inbox[-1].body == "This ride is over."


def a_ride_with_participants(proxy: FakeProxy, rides: Rides) -> None:
    ride = rides.book_at_once("ride-7", ANNE, BERT)
    assert [one.friendly_name for one in proxy.sessions[ride].participants] == ["Anne", "Bert"]


def rides_at_once(proxy: FakeProxy, rides: Rides) -> None:
    for number in range(3):
        rides.book(f"ride-{number}", ANNE, f"+1415555020{number}")


#: The ways in which the application is broken: the test that fails, and the sentence of its report that says why.
WAYS: dict[str, tuple[Scenario, str]] = {
    # Twenty of the issue
    "wrong Service SID": (
        a_ride,
        r"404 / 20404 .* -- there never was a KSffff\.\.\.; the fake's Services are KS\w+\.\.\. \(rides\)",
    ),
    "swapped identifiers": (
        a_ride,
        r"the account does not own \+14155550100, the ProxyIdentifier, while \+14155550001, the Identifier, is "
        r"a number "
        r"of the pool: the two seem to be swapped",
    ),
    "forgotten close": (
        two_rides_one_after_the_other,
        r"\+14155550001 is used by \+14155550100 in KC\w+\.\.\., ride-7, which is open; .*; a number serves a "
        r"person in "
        r"one session at a time: close a session, or add numbers to the pool",
    ),
    "missing ttl": (
        a_ride_that_nobody_ends,
        r"ride-7 KC\w+\.\.\.: open, never expires, since it has neither a ttl nor a date_expiry",
    ),
    "naive local time": (
        a_ride_that_nobody_ends,
        r"DateExpiry is 4 h behind the fake's clock; if it is a local time: Twilio's SDK sends a datetime as UTC, "
        r"whatever its zone",
    ),
    "wrong callback URL": (
        a_ride,
        r"webhook status \(delivered\) https://rides\.example\.com/stats: the handler answered 404 \(404 mostly "
        r"means that the application has no route for this URL\)",
    ),
    "wrong token": (
        a_ride,
        r"401 / 20003 .* -- 'AC5555\.\.\.' and its password are not the account_sid and auth_token of the fake: the "
        r"account_sid is right, the auth token is another one",
    ),
    "duplicate name": (
        two_rides_one_after_the_other,
        r"KC\w+\.\.\., which is closed, has the name 'ride'; a closed session keeps its name until it is deleted",
    ),
    "exhausted pool": (
        rides_at_once,
        r"\+14155550002 is used by \+14155550100 in KC\w+\.\.\., ride-1, which is open; a number serves a "
        r"person in one "
        r"session at a time: close a session, or add numbers to the pool",
    ),
    "forgotten await": (
        a_ride,
        r"coroutine SessionContext\.update_async was never awaited, so it never ran and sent nothing: write await",
    ),
    "closing twice": (
        a_ride,
        r"the session was closed at 2030-01-01T09:00:00Z, by a request; it can only be re-opened",
    ),
    "number not in E.164": (
        a_ride,
        r"'\(415\) 5550101' is neither a possible phone number in E\.164 form \(\+14155550100\) nor a channel address",
    ),
    "stale participant": (
        another_driver,
        r"the participant was deleted at 2030-01-01T09:00:00Z: KP\w+\.\.\. \(Bert, \+14155550101\) has left the "
        r"session",
    ),
    "JSON in place of a form": (
        a_ride,
        r"not application/json\. -- the API reads no JSON: send the parameters as the fields of a form",
    ),
    "snake-case parameter": (
        a_ride_that_nobody_ends,
        r"unique_name is no parameter of CreateSession, and is ignored; UniqueName is one",
    ),
    "201 to a webhook": (
        a_ride,
        r"webhook intercept .*: the handler answered 201; only 403 blocks a contact",
    ),
    "handler that raises": (
        a_ride,
        r"webhook status .*: the handler raised KeyError: 'InteractionStatus'",
    ),
    "request to another host": (
        a_ride,
        r"stopped:\n  GET https://lookups\.twilio\.com/v1/PhoneNumbers/\+14155550101: nothing was sent; replace "
        r"the call, or allow its host",
    ),
    "real clock": (
        a_ride_that_nobody_ends,
        r"the application seems to read the real clock \(20\d\d-\d\d-\d\d\), while the fake's clock stands at "
        r"2030-01-01: "
        r"let it read the fake's time",
    ),
    "text to the wrong number": (
        a_ride,
        r"text Anne \(\+14155550100\) -> \+14155550002: out of session 'I am here' -- in session ride-7 "
        r"\(KC\w+\.\.\.\), "
        r"\+14155550100 dials \+14155550001, not \+14155550002",
    ),
    # More
    "forgotten await of a result": (
        a_ride,
        r"coroutine SessionContext\.fetch_async has not run: is there an await before it\?",
    ),
    "callback URL of another host": (
        a_ride,
        r"the status webhook https://www\.rides\.example\.com/status was not called: nothing is mounted there, only at "
        r"https://rides\.example\.com,",
    ),
    "route for GET only": (
        a_ride,
        r"the handler answered 405 \(405 mostly means that the application's route for this URL does not take the "
        r"webhook's method\)",
    ),
    "JSON that says it is a form": (
        a_ride_that_nobody_ends,
        r"the body is JSON, which is ignored: the API reads a form, UniqueName=ride-7&Ttl=3600",
    ),
    "snake-case participant": (
        a_ride_with_participants,
        r"friendly_name is no parameter of a participant, and is ignored; FriendlyName is one",
    ),
    "words in place of 403": (
        a_ride,
        r"the handler answered 200; only 403 blocks a contact; the rest of the answer was ignored",
    ),
    "ttl in milliseconds": (
        a_ride_that_nobody_ends,
        r"open, expires at 2030-02-12T01:00:00Z, after 41 d 16 h of silence \(its ttl\)",
    ),
    "third participant": (
        another_driver,
        r"the session has KP\w+\.\.\. \(\+14155550100\) and KP\w+\.\.\. \(\+14155550101\); delete one of them first",
    ),
    "one person twice": (
        a_ride,
        r"\+14155550100 is KP\w+\.\.\. \(Anne\), who is in the session already",
    ),
    "unescaped plus": (
        a_ride,
        r"' 14155550100' is neither .*; an unescaped \+ arrives as a blank: write %2B in a form",
    ),
    "name in place of a SID": (
        a_ride,
        r"'ride-7' is not KC and 32 hex digits; a unique name stands for its row in GET only",
    ),
    "SID of another kind": (
        a_ride,
        r"'KC\w+\.\.\.' is not KP and 32 hex digits, but the SID of one of the sessions",
    ),
    "webhook checked with an old token": (
        a_ride,
        r"it was signed with the token that the fake was given as auth_token; if the handler checks with "
        r"another token, "
        r"set the fake's auth_token",
    ),
    "webhook checked as http": (
        a_ride,
        r"the signature is for https://rides\.example\.com/intercept, and fits no other URL, such as "
        r"one with http",
    ),
    "date without an offset": (
        a_ride,
        r"'2030-01-01T10:00:00' is not ISO 8601 with an offset \(2030-01-31T09:00:00Z\)",
    ),
    "TwiML as plain text": (
        a_text_after_the_ride,
        r"It was read as TwiML, its Content-Type is text/plain; it is plain text: This ride is over\.",
    ),
}


def seeded(proxy: FakeProxy, broken: str = "") -> Rides:
    service = proxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
    rides = Rides(service.sid, proxy.clock.now, broken)
    proxy.webhooks.mount(SITE, rides)
    return rides


def report_of(way: str) -> str:
    """Return the report of a test that fails since the application is broken in this way."""
    with (
        pytest.raises((AssertionError, Exception)) as caught,
        FakeProxy(start="2030-01-01T09:00:00Z", account_sid=ACCOUNT, auth_token=TOKEN) as proxy,
    ):
        WAYS[way][0](proxy, seeded(proxy, way))
    return next(note for note in caught.value.__notes__ if note.startswith("fakeproxy, "))


@pytest.mark.parametrize("scenario", {scenario for scenario, _ in WAYS.values()} - {rides_at_once})
def test_the_application_works_as_long_as_nothing_is_broken(scenario: Scenario) -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z", account_sid=ACCOUNT, auth_token=TOKEN) as proxy:
        scenario(proxy, seeded(proxy))


@pytest.mark.filterwarnings("ignore:coroutine 'SessionContext")
@pytest.mark.parametrize("way", slow_but(WAYS, *list(WAYS)[::6]))
def test_the_report_names_the_cause(way: str) -> None:
    report = report_of(way)
    assert re.search(WAYS[way][1], report), report
    assert len(report.splitlines()) <= 60
    if "forgotten await" in way:
        gc.collect()  # The failure holds the coroutine, of which Python warns then.


IN_PYTEST = {
    "missing ttl": "a_ride_that_nobody_ends",
    "wrong token": "a_ride",
    "real clock": "a_ride_that_nobody_ends",
    "forgotten await": "a_ride",
}


@pytest.mark.slow
@pytest.mark.parametrize("is_whole", [False, slow(True)], ids=["as usual", "-vv"])
def test_a_failing_test_of_pytest_shows_the_same(pytester: pytest.Pytester, is_whole: bool) -> None:
    pytester.makepyfile(
        f"""
        import pytest
        from tests.history import test_causes
        from tests.history.application import ACCOUNT, TOKEN

        @pytest.mark.fakeproxy(start="2030-01-01T09:00:00Z", account_sid=ACCOUNT, auth_token=TOKEN)
        @pytest.mark.parametrize(("way", "scenario"), {[*IN_PYTEST.items()]})
        def test_it(fakeproxy, way, scenario):
            rides = test_causes.seeded(fakeproxy, way)
            for number in range(40):
                fakeproxy.note(f"line {{number}}")
            getattr(test_causes, scenario)(fakeproxy, rides)
        """
    )
    options = ["-p", "no:randomly", "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"]
    output = pytester.runpytest(*options, *(["-vv"] if is_whole else [])).stdout.str()
    for way in IN_PYTEST:
        assert re.search(WAYS[way][1], output), output
    assert ("note: line 0" in output) == is_whole
    reports = output.split("\nfakeproxy, ")[1:]
    assert len(reports) == len(IN_PYTEST)


@needs.notes
def test_a_failing_test_of_unittest_shows_the_same() -> None:
    class Case(FakeProxyTestCase):
        fakeproxy_config = {"start": "2030-01-01T09:00:00Z", "account_sid": ACCOUNT, "auth_token": TOKEN}

        def runTest(self) -> None:
            a_ride_that_nobody_ends(self.proxy, seeded(self.proxy, "missing ttl"))

    result = unittest.TestResult()
    Case().run(result)
    assert re.search(WAYS["missing ttl"][1], result.failures[0][1])


def test_another_process_reads_the_same() -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z", account_sid=ACCOUNT, auth_token=TOKEN) as proxy:
        with pytest.raises(AssertionError):
            a_ride_that_nobody_ends(proxy, seeded(proxy, "missing ttl"))
        assert re.search(WAYS["missing ttl"][1], connect(proxy.url).report())


def test_the_report_has_at_most_60_lines_whatever_went_wrong(proxy: FakeProxy, service: Service) -> None:
    sessions = f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions"
    for number in range(30):
        form = {"UniqueName": f"ride-{number}", f"unknown_{number}": "1"}
        requests.post(sessions, data=form, auth=(ACCOUNT, TOKEN), timeout=5)
        proxy.alerts.add(80908, url=f"https://rides.example.com/{number}")
        asyncio.run(leave_alone(number))
        with pytest.raises(BlockedRequest):
            requests.get(f"https://lookups.twilio.com/{number}", timeout=5)
    usual, whole = proxy.report().splitlines(), proxy.report(is_whole=True).splitlines()
    assert len(usual) <= 60 < len(whole)
    assert sum("was never awaited, so it never ran" in line for line in usual) == 1
    with pytest.raises(BlockedRequest):
        proxy.check()


async def leave_alone(number: int) -> None:
    """Forget an `await`, as the test that calls this expects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.sleep(number)  # type: ignore[unused-coroutine]
