"""The alerts of a fake, as in Twilio's Debugger: those that a test expects, and those that fail it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import overload

from fakeproxy import views
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.alerts import alert
from fakeproxy.engine.records import Alert
from fakeproxy.engine.refusals import EXAMPLES, check_placeholders
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import UnexpectedAlert
from fakeproxy.history.alert_lists import AlertList

#: The values of `fail_on_alerts`, each with the levels of alerts that fail a test.
LEVELS: dict[str | None, tuple[str, ...]] = {None: (), "error": ("error",), "warning": ("error", "warning")}


class Alerts(AlertList):
    """The alerts that Twilio's Debugger would show, oldest first. The last 10,000 are kept."""

    def __init__(
        self,
        store: Store,
        reading: Callable[[], AbstractContextManager[object]],
        changing: Callable[[], AbstractContextManager[int]],
        fail_on: str | None = None,
    ) -> None:
        self._store = store
        self._reading = reading
        self._changing = changing
        self._failing_levels = LEVELS[fail_on]
        self._expected: Counter[Alert] = Counter()

    @property
    def counts(self) -> Counter[int]:
        """The number of alerts so far by code, including those that are no longer kept."""
        with self._reading():
            return Counter(self._store.alert_counts)

    def _read(self) -> list[views.Alert]:
        with self._reading():
            return [views.alert(row) for row in self._store.alerts]

    def __iter__(self) -> Iterator[views.Alert]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> views.Alert: ...
    @overload
    def __getitem__(self, index: slice) -> list[views.Alert]: ...
    def __getitem__(self, index: int | slice) -> views.Alert | list[views.Alert]:
        return self._read()[index]

    def add(self, code: int, resource_sid: str | None = None, why: str = "", **facts: str) -> views.Alert:
        """Add the alert of a code, with the level and the text of Twilio's error dictionary. It counts as expected.

        `resource_sid` is the resource that the alert is about, by default the account. `facts` are the values of the
        text's placeholders, such as the `url` of 80908. Raises `UsageError`, which names the nearest codes, for a code
        that fakeproxy does not know.
        """
        check_placeholders(code, facts)
        with self._changing() as now:
            about = resource_sid or self._store.accounts.sid_of(DEFAULT)
            row = alert(code, about, now, cause="proxy.alerts.add", why=why, **{**EXAMPLES, **facts})
            self._store.events.act(now, "alert", code=code, resource_sid=resource_sid, why=why, facts=facts)
            self._store.add_alert(row)
            self._expected[row] += 1
        return views.alert(row)

    @contextmanager
    def expect(self, *codes: int) -> Iterator[None]:
        """Require that the block raises alerts of all these codes. They do not fail the test (`fail_on_alerts`).

        Raises `UnexpectedAlert`, an AssertionError, at the end of the block if one is missing.
        """
        before = self.counts.total()
        yield
        self.require(before, codes)

    def require(self, before: int, codes: Sequence[int]) -> None:
        """Require alerts of these codes among all but the first `before`, as `expect()` does."""
        with self._reading():
            gone = self._store.alert_counts.total() - len(self._store.alerts)
            new = self._store.alerts[max(0, before - gone) :]
        if missing := [code for code in codes if code not in [row.code for row in new]]:
            raised = ", ".join(str(row.code) for row in new) or "none"
            raise UnexpectedAlert(f"expected alert {', '.join(map(str, missing))}; this block raised {raised}")
        self._expected.update(row for row in new if row.code in codes)

    def unexpected(self) -> list[views.Alert]:
        """Return the alerts that no test expected, of all levels. Runs no due work."""
        return [views.alert(row) for row in self._unexpected()]

    def _unexpected(self) -> list[Alert]:
        left = self._expected.copy()
        found = []
        for row in self._store.alerts:
            if left[row]:
                left[row] -= 1
            else:
                found.append(row)
        return found

    def check(self) -> None:
        """Raise `UnexpectedAlert` for unexpected alerts of a level that fails a test. Each alert is reported once."""
        fatal = [row for row in self._unexpected() if row.level in self._failing_levels]
        self._expected.update(fatal)
        if fatal:
            lines = "\n".join(f"  {views.alert(row)}" for row in fatal)
            codes = ", ".join(dict.fromkeys(str(row.code) for row in fatal))
            what = f"{len(fatal)} unexpected alerts fail" if len(fatal) > 1 else "an unexpected alert fails"
            raise UnexpectedAlert(
                f"{what} this test (fail_on_alerts). To expect it, wrap the code that causes it in "
                f"`with proxy.alerts.expect({codes}):`\n{lines}"
            )

    def forget(self) -> None:
        """Forget the alerts that were expected."""
        self._expected.clear()

    def __repr__(self) -> str:
        codes = ", ".join(str(alert.code) for alert in self)
        return f"<{len(self)} alerts{f': {codes}' if codes else ''}>"
