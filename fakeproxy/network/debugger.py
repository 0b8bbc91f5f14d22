"""The Debugger: alerts that name the text or call which raised them."""

from __future__ import annotations

from fakeproxy.engine.alerts import alert
from fakeproxy.engine.codes import CODES
from fakeproxy.engine.records import Alert, Message
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import Refusal, UnmountedWebhook
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.network.deliveries import Delivery
from fakeproxy.world import World


class Debugger:
    """A writer of alerts. `sid` is the SID of the Message or Call that raised an alert."""

    def __init__(self, store: Store, world: World) -> None:
        self._store = store
        self._world = world

    def add(self, code: int, sid: str, resource_sid: str, why: str = "", **facts: str) -> None:
        """Add the alert of a code, about a resource, with `facts` in its text. Passwords in URLs are hidden."""
        with self._world.unsettled() as now:
            shown = {name: hide_passwords(fact) for name, fact in facts.items()}
            row = alert(code, resource_sid, now, cause=self._cause(sid), why=hide_passwords(why), **shown)
            self._store.add_alert(row)

    def check(self, delivery: Delivery, code: int, resource_sid: str) -> bool:
        """Return whether a webhook succeeded. If not, add the alert of this code.

        The alert of a webhook whose URL is not mounted is 80908, whatever the code.
        """
        if delivery.lacks_token:
            why = "the fake knows no auth token of the account, so the webhook had no signature"
            self.add(80908, delivery.sid, resource_sid, why, url=delivery.url)
        if delivery.succeeded:
            return True
        if isinstance(delivery.error, UnmountedWebhook):
            code = 80908
        facts = {"url": delivery.url} if code == 80908 else {}
        self.add(code, delivery.sid, resource_sid, delivery.outcome, **facts)
        return False

    def add_refusal(self, refusal: Refusal, sid: str, resource_sid: str, *more: str) -> None:
        """Add an alert for what the REST API would have refused. `more` is added to the reasons of the refusal."""
        # Guess (inferred, none): the alert has the code and text with which the REST API would have refused it.
        with self._world.unsettled() as now:
            why = hide_passwords("; ".join((*refusal.why, *more)))
            row = Alert(
                refusal.code, CODES[refusal.code].level, refusal.message, resource_sid, now, self._cause(sid), why
            )
            self._store.add_alert(row)

    def _cause(self, sid: str) -> str:
        leg = self._store.messages.get(sid) or self._store.calls.get(sid)
        if leg is None:
            return sid
        return f"{sid}, a {'text' if isinstance(leg, Message) else 'call'} from {leg.from_} to {leg.to}"
