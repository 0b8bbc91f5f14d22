"""The report of a fake, which a failing test shows: requests, alerts, webhooks, and what was stopped or ignored."""

from __future__ import annotations

from collections.abc import Sequence

from fakeproxy.clock.clock import Clock
from fakeproxy.exceptions import BlockedRequest
from fakeproxy.history.journal import Journal
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.network.webhooks import Delivery
from fakeproxy.views import Alert

#: The most requests, and the most webhooks, that are shown.
_LIMIT = 10


def text(
    state: str,
    clock: Clock,
    journal: Journal,
    alerts: Sequence[Alert],
    deliveries: Sequence[Delivery],
    blocked: Sequence[BlockedRequest],
) -> str:
    """Return the report. Passwords in it are hidden."""
    entries = list(journal)
    last = entries[-_LIMIT:]
    # Many requests that only read (polling) must not hide the ones before them.
    before = [entry for entry in entries[: -len(last)] if entry.method != "GET" or entry.status >= 400][-_LIMIT:]
    shown = f", the last {len(last)}" if last else ""
    shown += f", after {len(before)} that changed something or were refused" if before else ""
    lines = [f"fakeproxy, {state}; the clock ({clock.driver}) stands at {clock.now():%Y-%m-%dT%H:%M:%SZ}"]
    lines.append(f"requests: {journal.counts.total()}{shown}{':' if last else ''}")
    lines += [str(entry) for entry in (*before, *last)]
    lines.append(f"alerts: {len(alerts)}")
    lines += [f"  {alert}" for alert in alerts]
    if deliveries:
        lines.append("webhooks, the last:")
        lines += [f"  {delivery}" for delivery in deliveries[-_LIMIT:]]
    if journal.ignored:
        lines.append("ignored, as Twilio would:")
        lines += [
            f"  {text_of_entry}{f' ({count} times)' if count > 1 else ''}"
            for text_of_entry, count in journal.ignored.items()
        ]
    lines += [f"stopped: {error.method} {error.url}" for error in blocked]
    return hide_passwords("\n".join(lines))
