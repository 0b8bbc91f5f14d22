"""The Debugger: alerts with what caused them, expected or fatal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.wrappers import Response

from fakeproxy import FakeProxy, UsageError
from fakeproxy.exceptions import UnexpectedAlert
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, BERT, POOL, SITE, Recorder, set_urls


def test_an_alert_says_all(proxy: FakeProxy, service: Service, carl: Phone) -> None:
    proxy.clock.advance(90)
    contact = carl.call(POOL[0])
    strange, lost = proxy.alerts
    assert (strange.code, lost.code) == (80903, 80902)
    assert lost.level == "error"
    assert lost.text.startswith("You received a call to your Proxy Number from a caller")
    assert lost.resource_sid == service.sid
    assert lost.at == proxy.clock.now()
    assert lost.cause == f"{contact.sid}, a call from {carl.number} to {POOL[0]}"
    assert proxy.alerts[0] == strange
    assert list(proxy.alerts[1:]) == [lost]
    assert len(proxy.alerts) == 2
    assert repr(proxy.alerts) == "<2 alerts: 80903, 80902>"
    assert contact.alerts == (strange, lost)


def test_an_alert_of_a_request_names_the_request(proxy: FakeProxy) -> None:
    service = proxy.add_service(numbers=[f"+1415555{number:04}" for number in range(1000, 1424)])
    proxy.client().proxy.v1.services(service.sid).phone_numbers.create(phone_number="+14155559999")
    (alert,) = proxy.alerts
    assert (alert.code, alert.cause) == (80624, f"POST /Services/{service.sid}/PhoneNumbers")


def test_the_report_has_them(proxy: FakeProxy, service: Service, carl: Phone) -> None:
    carl.text(POOL[0], "hi")
    report = proxy.report()
    assert f"text {carl.number} -> {POOL[0]}: out of session 'hi'" in report
    assert "alerts that nobody expected:\n  warning 80903 Unknown Participant" in report
    assert "80905 No valid proxy scenario for handling inbound call or message" in report


def test_the_report_gives_a_reason_once(
    proxy: FakeProxy, service: Service, anne: Phone, session: Session, site: Recorder
) -> None:
    site.answers["/status"] = Response(status=403)
    set_urls(proxy, service, callback="/status")
    anne.text(POOL[0], "hi")
    report = proxy.report()
    assert report.count("it was signed with") == 1
    assert f"alerts that nobody expected:\n  warning 80908 Error on Callback for {SITE}/status" in report


def test_they_are_part_of_a_snapshot(proxy: FakeProxy, service: Service, carl: Phone) -> None:
    carl.text(POOL[0], "hi")
    snapshot, before = proxy.snapshot(), list(proxy.alerts)
    carl.text(POOL[0], "hi")
    proxy.restore(snapshot)
    assert list(proxy.alerts) == before


def test_expected(proxy: FakeProxy, service: Service, carl: Phone) -> None:
    with proxy.alerts.expect(80905):
        carl.text(POOL[0], "hi")
    with proxy.alerts.expect(80903, 80902):
        carl.call(POOL[0])


def test_expected_but_not_there(proxy: FakeProxy, session: Session, anne: Phone, carl: Phone) -> None:
    with (
        pytest.raises(UnexpectedAlert, match="expected alert 80905; this block raised none"),
        proxy.alerts.expect(80905),
    ):
        anne.text(POOL[0], "hi")
    came = "expected alert 80902; this block raised 80903, 80905"
    with pytest.raises(AssertionError, match=came), proxy.alerts.expect(80902):
        carl.text(POOL[0], "hi")


def test_an_alert_before_the_block_does_not_count(proxy: FakeProxy, service: Service, carl: Phone) -> None:
    carl.text(POOL[0], "hi")
    with pytest.raises(UnexpectedAlert), proxy.alerts.expect(80905):
        proxy.clock.advance(timedelta(seconds=1))


@pytest.mark.parametrize(("level", "fails"), [(None, False), ("error", False), ("warning", True)])
def test_which_alerts_fail_a_test(level: str | None, fails: bool) -> None:
    with FakeProxy(fail_on_alerts=level) as proxy:  # type: ignore[arg-type]
        proxy.add_service(numbers=POOL)
        proxy.add_session(participants=[ANNE])
        proxy.phone(ANNE).text(POOL[0], "a warning")
        if fails:
            with pytest.raises(UnexpectedAlert, match="80614 Incoming message or call found no target"):
                proxy.check()
        proxy.check()  # Once is enough.


def test_errors_fail_where_warnings_do_not() -> None:
    proxy = FakeProxy(fail_on_alerts="error").start()
    proxy.add_service(numbers=POOL)
    proxy.phone(BERT).call(POOL[0])
    proxy.stop()
    with pytest.raises(
        UnexpectedAlert, match=r"an unexpected alert fails this test .*`with proxy.alerts.expect\(80902\):`"
    ):
        proxy.check()


def test_what_is_expected_fails_nothing() -> None:
    with FakeProxy(fail_on_alerts="warning") as proxy:
        proxy.add_service(numbers=POOL)
        with proxy.alerts.expect(80903, 80905):
            proxy.phone(BERT).text(POOL[0], "hi")
        proxy.check()
        proxy.phone(BERT).text(POOL[0], "hi")
        with pytest.raises(UnexpectedAlert):
            proxy.check()


def test_the_setting_is_checked() -> None:
    with pytest.raises(UsageError, match="fail_on_alerts='all': expected 'error', 'warning' or None"):
        FakeProxy(fail_on_alerts="all")  # type: ignore[arg-type]


def test_by_ini_option(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nfakeproxy_fail_on_alerts = error\n")
    pytester.makepyfile(
        """
        def call(proxy):
            proxy.add_service(numbers=["+14155550001"])
            proxy.phone("+14155550100").call("+14155550001")

        def test_unexpected(fakeproxy):
            call(fakeproxy)

        def test_expected(fakeproxy):
            with fakeproxy.alerts.expect(80902):
                call(fakeproxy)
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*UnexpectedAlert: an unexpected alert fails this test*"])
