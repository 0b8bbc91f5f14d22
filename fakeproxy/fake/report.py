"""The report of a fake: what it saw, as text, for a test that fails."""

from __future__ import annotations

from collections.abc import Sequence

from fakeproxy.clock.clock import Clock
from fakeproxy.exceptions import BlockedRequest
from fakeproxy.history.journal import Journal
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.network.webhooks import Delivery
from fakeproxy.views import Alert

#: How many requests, and how many webhooks, are shown.
_MOST = 10


def text(
    state: str,
    clock: Clock,
    journal: Journal,
    alerts: Sequence[Alert],
    deliveries: Sequence[Delivery],
    blocked: Sequence[BlockedRequest],
) -> str:
    """Return the clock, the last requests with their answers, the alerts, the webhooks, the stopped requests."""
    entries = list(journal)
    last = entries[-_MOST:]
    # Polling must not hide what it waits for.
    before = [entry for entry in entries[: -len(last)] if entry.method != "GET" or entry.status >= 400][-_MOST:]
    shown = f", the last {len(last)}" if last else ""
    shown += f", after {len(before)} that changed something or were refused" if before else ""
    lines = [f"fakeproxy, {state}; the clock ({clock.driver}) stands at {clock.now():%Y-%m-%dT%H:%M:%SZ}"]
    lines.append(f"requests: {journal.counts.total()}{shown}{':' if last else ''}")
    lines += [str(entry) for entry in (*before, *last)]
    lines.append(f"alerts: {len(alerts)}")
    lines += [f"  {alert}" for alert in alerts]
    if deliveries:
        lines.append("webhooks, the last:")
        lines += [f"  {delivery}" for delivery in deliveries[-_MOST:]]
    if journal.ignored:
        lines.append("ignored, as Twilio would:")
        lines += [f"  {told}{f' ({count} times)' if count > 1 else ''}" for told, count in journal.ignored.items()]
    lines += [f"stopped: {error.method} {error.url}" for error in blocked]
    return hide_passwords("\n".join(lines))
