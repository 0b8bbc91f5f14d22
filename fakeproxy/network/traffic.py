"""The way of texts and calls: they are routed, put to the intercept callback, connected; then callbacks are sent.

All that needs webhooks is a generator (`Flow`). It yields a delivery and goes on when that is answered, so that the
same rules serve callers with and without an event loop. Nothing holds the lock during a delivery.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from fakeproxy import views
from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine import calls, interactions, messages, records, routing
from fakeproxy.engine.events import Event
from fakeproxy.engine.records import Call, Change, End, Message, Service
from fakeproxy.engine.routing import NoRoute, Route
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import UnknownKey, UsageError
from fakeproxy.network import webhook_forms
from fakeproxy.network.contacts import Contact, Conversation, handset
from fakeproxy.network.debugger import Debugger
from fakeproxy.network.deliveries import Delivery
from fakeproxy.network.explanations import explain
from fakeproxy.network.out_of_session import OutOfSession
from fakeproxy.network.webhooks import Flow, Webhooks
from fakeproxy.world import World

if TYPE_CHECKING:
    from fakeproxy.engine.given import SessionGiven

T = TypeVar("T")


class _Decision(NamedTuple):
    """The decision about a contact. If there is an `intercept`, the contact waits for its answer.

    `interaction_sid` is the SID of the Interaction that the intercept callback is, or was, asked about.
    """

    found: Route | NoRoute
    service: Service | None
    interaction_sid: str
    intercept: Delivery | None = None


class Traffic:
    """The texts and calls of one fake. `read_session` returns a session's typed parameters, or raises `Refusal`."""

    def __init__(
        self,
        store: Store,
        world: World,
        webhooks: Webhooks,
        read_session: Callable[[Mapping[str, object]], SessionGiven],
    ) -> None:
        self._store = store
        self._world = world
        self.webhooks = webhooks
        self._debugger = Debugger(store, world)
        self._out_of_session = OutOfSession(store, world, self._debugger, read_session)

    def __repr__(self) -> str:
        return self.read(lambda store: f"<Traffic: {len(store.messages)} Messages, {len(store.calls)} Calls>")

    # Actions of people

    def text(self, sender: str, to: str, body: str, media: Sequence[str]) -> Flow[Contact]:
        """Send a text to a proxy number. Raises `UsageError` for an unknown number."""
        dialled = self._dialled(to)
        with self._world.settled(sends=False) as now:
            account = self._service(dialled).account
            leg = messages.receive(self._store, now, account, sender, dialled, body, media)
            self._store.events.act(now, "text", leg.sid, number=sender, to=dialled, body=body, media=leg.media)
            contact = Contact(
                _exchange=self,
                kind="message",
                sid=leg.sid,
                from_=sender,
                to=dialled,
                at=to_datetime(now),
                body=body,
                media=leg.media,
            )
            decision = self._decide(now, contact, leg)
        yield from self._route(contact, leg, decision)
        yield from self.pending_callbacks()
        return contact

    def call(self, caller: str, to: str) -> Flow[Conversation]:
        """Call a proxy number. Raises `UsageError` for an unknown number."""
        dialled = self._dialled(to)
        with self._world.settled(sends=False) as now:
            leg = calls.receive(self._store, now, self._service(dialled).account, caller, dialled)
            self._store.events.act(now, "call", leg.sid, number=caller, to=dialled)
            contact = Conversation(
                _exchange=self, kind="voice", sid=leg.sid, from_=caller, to=dialled, at=to_datetime(now)
            )
            decision = self._decide(now, contact, leg)
        yield from self._route(contact, leg, decision)
        yield from self.pending_callbacks()
        return contact

    def set_call(self, sid: str, status: str) -> None:
        """Give a ringing call the status `in-progress`, or one that ends it, such as `busy`."""
        with self._world.settled(sends=False) as now:
            call = self._store.calls.rows[sid]
            self._store.events.act(now, "set_call", sid, status=status)
            if status == "in-progress":
                calls.pick_up(self._store, now, call)
            else:
                calls.end(self._store, now, call, status)
        self.webhooks.run(self.pending_callbacks())

    def end_call(self, sid: str) -> None:
        """Hang up. Raises `UsageError` if the call has ended or does not exist."""
        with self._world.settled(sends=False) as now:
            call = self._store.calls.get(sid)
            if call is None or call.status not in calls.ONGOING:
                raise UsageError(f"there is nothing to hang up: the call is {call.status if call else 'gone'}")
            self._store.events.act(now, "hang_up", sid)
            calls.end(self._store, now, call, "completed" if call.status == "in-progress" else "canceled")
        self.webhooks.run(self.pending_callbacks())

    def set_reception(self, number: str, end: End) -> None:
        """Set the final status of texts to a handset."""
        with self._world.settled() as now:
            self._store.log.set_item(self._store.handsets, number, end)
            self._store.events.act(now, "reception", number=number, end=end)

    def pending_callbacks(self) -> Flow[None]:
        """Send the callbacks of all changes of status that are pending."""
        yield from self.callbacks(self._world.take_changes())

    def callbacks(self, changes: Iterable[Change]) -> Flow[None]:
        """Send the callbacks of changes of status, and of the changes that follow from their answers."""
        left = deque(changes)
        while left:
            change = left.popleft()
            delivery, code, resource_sid = self._delivery(change)
            yield delivery
            blocked = change.is_intercept and delivery.status == 403
            if blocked:
                self._debugger.add(80909, delivery.sid, resource_sid)
            else:
                self._debugger.check(delivery, code, resource_sid)
            if change.is_intercept:
                with self._world.settled(sends=False) as now:
                    messages.release(self._store, now, delivery.sid, blocked=blocked)
            # Changes that came up meanwhile are sent after the others.
            left.extend(self._world.take_changes())

    def _delivery(self, change: Change) -> tuple[Delivery, int, str]:
        """Return the callback of a change, and, for the alert if it fails, a code and the SID of a resource."""
        row, at = change.row, to_datetime(change.at)
        if isinstance(row, Message):
            form = webhook_forms.message_status(self._store, row)
            delivery = Delivery(
                kind="message-status", url=change.url, form=form, sid=row.sid, account=row.account, at=at
            )
            return delivery, 11200, row.sid
        # The SID of the contact is that of the inbound leg, if there is one.
        sid = row.inbound_resource_sid or row.outbound_resource_sid or row.sid
        if change.is_intercept:
            form = webhook_forms.intercept(self._store, row)
            delivery = Delivery(kind="intercept", url=change.url, form=form, sid=sid, account=row.account, at=at)
            return delivery, 80908, row.service_sid
        form = webhook_forms.status(self._store, row)
        delivery = Delivery(kind="status", url=change.url, form=form, sid=sid, account=row.account, at=at)
        return delivery, 80908, row.service_sid

    # Facts for tests

    def read(self, function: Callable[[Store], T]) -> T:
        """Return the result of a function of the store, called under the lock after overdue work."""
        with self._world.reading():
            return function(self._store)

    def session(self, sid: str | None) -> views.Session | None:
        """Return the session with this SID, or None."""
        return self.read(lambda store: _view(views.Session, store.sessions.get(sid or ""), store))

    def interaction(self, sid: str | None) -> views.Interaction | None:
        """Return the Interaction with this SID, or None."""
        return self.read(lambda store: _view(views.Interaction, store.interactions.get(sid or ""), store))

    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]:
        """Return the alerts about the text or call with this SID."""
        return self.read(lambda store: tuple(views.alert(row) for row in store.alerts if row.cause.startswith(sid)))

    def deliveries_of(self, sid: str) -> tuple[Delivery, ...]:
        """Return the webhooks about the text or call with this SID."""
        return tuple(delivery for delivery in self.webhooks.deliveries if delivery.sid == sid)

    def legs(self, sid: str) -> tuple[Message | Call | None, Message | Call | None]:
        """Return the leg with this SID, and the leg to the receiver. Both may be None."""

        def find(store: Store) -> tuple[Message | Call | None, Message | Call | None]:
            call, message = store.calls.get(sid), store.messages.get(sid)
            if call is not None:
                return call, store.calls.get(call.other_sid or "")
            interaction = store.interactions.get(message.interaction_sid or "") if message else None
            return message, store.messages.get(interaction.outbound_resource_sid or "") if interaction else None

        return self.read(find)

    def duration(self, sid: str) -> int:
        """Return the duration of a call in whole seconds, so far or in all."""
        _, outbound = self.legs(sid)
        with self._world.reading() as now:
            return calls.seconds(outbound, now) if isinstance(outbound, Call) else 0

    def conversation(self, sid: str) -> Conversation:
        """Return the call of which one leg has this SID. Raises `UnknownKey` if there is none."""

        def find(store: Store) -> tuple[Call, Call | None]:
            call = store.calls.get(sid)
            if call is None:
                raise UnknownKey(f"no call {sid!r}")
            other = store.calls.get(call.other_sid or "")
            return (call, other) if call.direction == "inbound" or other is None else (other, call)

        caller, called = self.read(find)
        interaction = self.interaction(caller.interaction_sid)
        return Conversation(
            _exchange=self,
            kind="voice",
            sid=caller.sid,
            from_=caller.from_,
            to=caller.to,
            at=to_datetime(caller.date_created),
            delivered_to=called.to if called else None,
            shown_from=called.from_ if called else None,
            session_sid=interaction.session_sid if interaction else None,
            interaction_sid=caller.interaction_sid,
        )

    # Routing

    def _decide(self, now: int, contact: Contact, leg: Message | Call, interaction_sid: str = "") -> _Decision:
        """Decide where a contact goes. Connect it, unless the intercept callback must be asked first.

        `interaction_sid` is not empty if that callback was asked; the contact's Interaction then gets this SID.
        """
        found, service = self._find(contact)
        url = service.intercept_callback_url if service else None
        if isinstance(found, NoRoute) or url is None or interaction_sid:
            if isinstance(found, Route):
                self._connect(now, contact, leg, found, interaction_sid)
            return _Decision(found, service, interaction_sid)
        sid = self._store.next_sid("KI", self._store.interactions.rows)
        form = webhook_forms.intercept(self._store, interactions.draft(now, found, leg, sid))
        at = to_datetime(now)
        intercept = Delivery(kind="intercept", url=url, form=form, sid=leg.sid, account=leg.account, at=at)
        return _Decision(found, service, sid, intercept)

    def _route(self, contact: Contact, leg: Message | Call, decision: _Decision) -> Flow[None]:
        """Route a contact to the partner or to the out-of-session callback, or end it."""
        hops = 0
        while True:
            yield from self.pending_callbacks()
            found, service, interaction_sid = decision.found, decision.service, decision.interaction_sid
            if isinstance(found, NoRoute) or service is None:
                url = service.out_of_session_callback_url if service else None
                if not (isinstance(found, NoRoute) and service and url and found.out_of_session):
                    self._out_of_session.hang_up(leg)
                    return
                again = yield from self._out_of_session.ask(contact, leg, service, url, found.past, hops)
                if again is None:
                    return
                hops, interaction_sid = again, ""
            elif (intercept := decision.intercept) is not None:
                yield intercept
                if intercept.blocks:
                    contact.blocked = True
                    why = "the handler answered 403, which blocks the contact"  # The webhook's own line says more.
                    self._note(contact, "blocked", found.session.sid, why)
                    self._debugger.add(80909, leg.sid, found.session.sid, why)
                    self._out_of_session.hang_up(leg)
                    return
                # Every other answer allows the contact. It is routed again: the handler may have changed the session.
                if intercept.text.strip() and intercept.succeeded:
                    intercept.read_as = "only 403 blocks a contact; the rest of the answer was ignored"
                elif intercept.succeeded and intercept.status not in (200, 204):
                    intercept.read_as = "only 403 blocks a contact"
                self._debugger.check(intercept, 80908, service.sid)
            else:
                return
            with self._world.settled(sends=False) as now:
                decision = self._decide(now, contact, leg, interaction_sid)

    def _find(self, contact: Contact) -> tuple[Route | NoRoute, Service | None]:
        """Return the route of a contact, and the Service with the dialled number. Without a route, add alerts."""
        service = routing.service_of(self._store, contact.to)
        found: Route | NoRoute = NoRoute((80905,), "")
        if service is not None:
            found = routing.find(self._store, service, contact.from_, contact.to, contact.kind, contact.body)
        if isinstance(found, NoRoute):
            why = explain(self._store, service, contact, found)
            past = found.past.session_sid if found.past else ""
            self._note(contact, "out of session", found.session_sid or past, why)
            for code in found.codes:
                facts = {"session_sid": found.session_sid, "participant_sid": found.participant_sid}
                self._debugger.add(code, contact.sid, found.resource_sid, why, **facts)
        return found, service

    def _connect(self, now: int, contact: Contact, leg: Message | Call, route: Route, sid: str) -> None:
        index = self._store.events.count  # What the contact sets off, such as the start of the session, comes after it.
        interaction = interactions.begin(self._store, now, route, leg, sid)
        shown, person = route.partner.proxy_identifier, route.partner.identifier
        if isinstance(leg, Message):
            text = (leg.account, shown, person, leg.body, leg.media, interaction)
            messages.send(self._store, now, *text, event_index=index)
        else:
            calls.ring(self._store, now, leg, shown, person, interaction, event_index=index)
        contact.delivered_to, contact.shown_from = person, shown
        contact.session_sid, contact.interaction_sid = route.session.sid, interaction.sid

    def _note(self, contact: Contact, action: str, session_sid: str, why: str) -> None:
        """Add an event to the history: the contact reached nobody."""
        kind: Literal["text", "call"] = "text" if contact.kind == "message" else "call"
        sids = tuple(filter(None, (session_sid, contact.sid)))
        facts = {"from": contact.from_, "dialled": contact.to, "body": contact.body, "why": why}
        with self._world.settled(sends=False) as now:
            self._store.add_event(Event(now, kind, action, sids, (contact.from_, contact.to), facts))

    def _dialled(self, number: str) -> str:
        return handset(number)

    def _service(self, dialled: str) -> Service:
        service = routing.service_of(self._store, dialled)
        if service is None:
            pool = [row.phone_number for row in self._store.phone_numbers]
            known = (
                f"the pools have {', '.join(pool[:5])}{' ...' if len(pool) > 5 else ''}"
                if pool
                else "all pools are empty"
            )
            raise UsageError(f"no Service has the number {dialled}; {known}")
        return service


def _view(kind: type[views.V], row: records.Row | None, store: Store) -> views.V | None:
    return None if row is None else views.view(kind, row, store)
