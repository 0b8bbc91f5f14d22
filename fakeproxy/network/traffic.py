"""Contacts as they happen: found their way, put before the intercept callback, connected, told of; or answered.

Everything here that takes webhooks is a flow: it yields each delivery and goes on with what was answered, so that
one text of the rules serves callers with and without an event loop. No lock is held while a delivery is out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from fakeproxy import views
from fakeproxy.clock.clock import to_datetime
from fakeproxy.engine import calls, interactions, messages, records, routing
from fakeproxy.engine.records import Call, Change, Message, Service
from fakeproxy.engine.routing import NoRoute, Route
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import UnknownKey, UsageError
from fakeproxy.network import webhook_forms
from fakeproxy.network.contacts import Contact, Conversation, handset
from fakeproxy.network.debugger import Debugger
from fakeproxy.network.out_of_session import OutOfSession
from fakeproxy.network.webhooks import Delivery, Flow, Webhooks
from fakeproxy.world import World

T = TypeVar("T")


class _Way(NamedTuple):
    """Where a contact goes. `intercept` is to be asked first, about the Interaction with the SID `asked`."""

    found: Route | NoRoute
    service: Service | None
    asked: str
    intercept: Delivery | None = None


class Traffic:
    """The contacts of one fake. `read_session` makes typed values of a session's parameters, or raises a Refusal."""

    def __init__(
        self,
        store: Store,
        world: World,
        webhooks: Webhooks,
        read_session: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> None:
        self._store = store
        self._world = world
        self.webhooks = webhooks
        self._debugger = Debugger(store, world)
        self._out_of_session = OutOfSession(store, world, self._debugger, read_session)

    # What a person does

    def text(self, sender: str, to: str, body: str, media: Sequence[str]) -> Flow[Contact]:
        dialled = self._dialled(to)
        if len(body) > messages.LONGEST_BODY or len(media) > messages.MOST_MEDIA:
            told = f"{messages.LONGEST_BODY} characters and {messages.MOST_MEDIA} files"
            raise UsageError(f"a text has at most {told}, not {len(body)} and {len(media)}")
        with self._world.settled(sends=False) as now:
            account = self._service(dialled).account
            leg = messages.receive(self._store, now, account, sender, dialled, body, media)
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
            way = self._take(now, contact, leg)
        yield from self._route(contact, leg, way)
        yield from self.tell()
        return contact

    def call(self, caller: str, to: str) -> Flow[Conversation]:
        dialled = self._dialled(to)
        with self._world.settled(sends=False) as now:
            leg = calls.receive(self._store, now, self._service(dialled).account, caller, dialled)
            contact = Conversation(
                _exchange=self, kind="voice", sid=leg.sid, from_=caller, to=dialled, at=to_datetime(now)
            )
            way = self._take(now, contact, leg)
        yield from self._route(contact, leg, way)
        yield from self.tell()
        return contact

    def set_call(self, sid: str, status: str) -> None:
        """The person called answers or does not."""
        with self._world.settled(sends=False) as now:
            call = self._store.calls.rows[sid]
            if status == "in-progress":
                calls.pick_up(self._store, now, call)
            else:
                calls.end(self._store, now, call, status)
        self.webhooks.run(self.tell())

    def end_call(self, sid: str) -> None:
        """Somebody hangs up."""
        with self._world.settled(sends=False) as now:
            call = self._store.calls.get(sid)
            if call is None or call.status not in calls.ONGOING:
                raise UsageError(f"there is nothing to hang up: the call is {call.status if call else 'gone'}")
            calls.end(self._store, now, call, "completed" if call.status == "in-progress" else "canceled")
        self.webhooks.run(self.tell())

    def tell(self) -> Flow[None]:
        """Tell the application of every status change that it was not told of yet."""
        yield from self.callbacks(self._world.take_changes())

    def callbacks(self, changes: Iterable[Change]) -> Flow[None]:
        """Tell the application of status changes, each as it was when it came about."""
        left = deque(changes)
        while left:
            change = left.popleft()
            delivery, code, resource_sid = self._told(change)
            yield delivery
            blocked = change.is_intercept and delivery.status == 403
            if blocked:
                self._debugger.add(80909, delivery.sid, resource_sid)
            else:
                self._debugger.judge(delivery, code, resource_sid)
            if change.is_intercept:
                with self._world.settled(sends=False) as now:
                    messages.release(self._store, now, delivery.sid, blocked=blocked)
            # Work that became due meanwhile, such as where an alert was added, is told in the same row.
            left.extend(self._world.take_changes())

    def _told(self, change: Change) -> tuple[Delivery, int, str]:
        """How the application is told of a change; the alert's code if that fails, and what the alert is about."""
        row, at = change.row, to_datetime(change.at)
        if isinstance(row, Message):
            form = webhook_forms.message_status(self._store, row)
            told = Delivery(kind="message-status", url=change.url, form=form, sid=row.sid, account=row.account, at=at)
            return told, 11200, row.sid
        # Of its two legs the inbound one, if there is one: that of the contact.
        sid = row.inbound_resource_sid or row.outbound_resource_sid or row.sid
        if change.is_intercept:
            form = webhook_forms.intercept(self._store, row)
            told = Delivery(kind="intercept", url=change.url, form=form, sid=sid, account=row.account, at=at)
            return told, 80908, row.service_sid
        form = webhook_forms.status(self._store, row)
        told = Delivery(kind="status", url=change.url, form=form, sid=sid, account=row.account, at=at)
        return told, 80908, row.service_sid

    # What a test reads

    def read(self, function: Callable[[Store], T]) -> T:
        with self._world.settled():
            return function(self._store)

    def session(self, sid: str | None) -> views.Session | None:
        return self.read(lambda store: _view(views.Session, store.sessions.get(sid or ""), store))

    def interaction(self, sid: str | None) -> views.Interaction | None:
        return self.read(lambda store: _view(views.Interaction, store.interactions.get(sid or ""), store))

    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]:
        return self.read(lambda store: tuple(views.alert(row) for row in store.alerts if row.cause.startswith(sid)))

    def deliveries_of(self, sid: str) -> tuple[Delivery, ...]:
        return tuple(delivery for delivery in self.webhooks.deliveries if delivery.sid == sid)

    def legs(self, sid: str) -> tuple[Message | Call | None, Message | Call | None]:
        """The leg of this SID, and the one to the receiver where there is one."""

        def find(store: Store) -> tuple[Message | Call | None, Message | Call | None]:
            call, message = store.calls.get(sid), store.messages.get(sid)
            if call is not None:
                return call, store.calls.get(call.other_sid or "")
            interaction = store.interactions.get(message.interaction_sid or "") if message else None
            return message, store.messages.get(interaction.outbound_resource_sid or "") if interaction else None

        return self.read(find)

    def duration(self, sid: str) -> int:
        """How many seconds the two have talked, so far or in all."""
        _, outbound = self.legs(sid)
        with self._world.settled() as now:
            return calls.seconds(outbound, now) if isinstance(outbound, Call) else 0

    def conversation(self, sid: str) -> Conversation:
        """The call of this SID, of either leg."""

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

    # The way of a contact

    def _take(self, now: int, contact: Contact, leg: Message | Call, asked: str = "") -> _Way:
        """Find the contact's way, and connect it, unless the intercept callback is to be asked before.

        `asked` is the SID of the Interaction about which it was.
        """
        found, service = self._find(contact)
        url = service.intercept_callback_url if service else None
        if isinstance(found, NoRoute) or url is None or asked:
            if isinstance(found, Route):
                self._connect(now, contact, leg, found, asked)
            return _Way(found, service, asked)
        sid = self._store.next_sid("KI", self._store.interactions.rows)
        form = webhook_forms.intercept(self._store, interactions.draft(now, found, leg, sid))
        at = to_datetime(now)
        intercept = Delivery(kind="intercept", url=url, form=form, sid=leg.sid, account=leg.account, at=at)
        return _Way(found, service, sid, intercept)

    def _route(self, contact: Contact, leg: Message | Call, way: _Way) -> Flow[None]:
        """Bring the contact to the partner, or to the out-of-session callback, or nowhere."""
        hops = 0
        while True:
            yield from self.tell()
            found, service, asked = way.found, way.service, way.asked
            if isinstance(found, NoRoute) or service is None:
                url = service.out_of_session_callback_url if service else None
                if not (isinstance(found, NoRoute) and service and url and found.out_of_session):
                    self._out_of_session.hang_up(leg)
                    return
                again = yield from self._out_of_session.ask(contact, leg, service, url, found.past, hops)
                if again is None:
                    return
                hops, asked = again, ""
            elif (intercept := way.intercept) is not None:
                yield intercept
                if intercept.status == 403:
                    contact.blocked = True
                    intercept.read_as = "403 blocks the contact"
                    self._debugger.add(80909, leg.sid, found.session.sid, intercept.outcome)
                    self._out_of_session.hang_up(leg)
                    return
                # Whatever else it answers lets the contact through; it may have changed where that goes, though.
                if intercept.text.strip() and intercept.succeeded:
                    intercept.read_as = "only 403 blocks a contact; what else is in the answer was not looked at"
                self._debugger.judge(intercept, 80908, service.sid)
            else:
                return
            with self._world.settled(sends=False) as now:
                way = self._take(now, contact, leg, asked)

    def _find(self, contact: Contact) -> tuple[Route | NoRoute, Service | None]:
        """Where the contact goes by now, and the Service whose number was dialled, unless it went meanwhile."""
        service = routing.service_of(self._store, contact.to)
        found: Route | NoRoute = NoRoute((80905,), "")
        if service is not None:
            found = routing.find(self._store, service, contact.from_, contact.to, contact.kind, contact.body)
        if isinstance(found, NoRoute):
            for code in found.codes:
                facts = {"session_sid": found.session_sid, "participant_sid": found.participant_sid}
                self._debugger.add(code, contact.sid, found.resource_sid, **facts)
        return found, service

    def _connect(self, now: int, contact: Contact, leg: Message | Call, route: Route, sid: str) -> None:
        interaction = interactions.begin(self._store, now, route, leg, sid)
        shown, person = route.partner.proxy_identifier, route.partner.identifier
        if isinstance(leg, Message):
            messages.send(self._store, now, leg.account, shown, person, leg.body, leg.media, interaction)
        else:
            calls.ring(self._store, now, leg, shown, person, interaction)
        contact.delivered_to, contact.shown_from = person, shown
        contact.session_sid, contact.interaction_sid = route.session.sid, interaction.sid

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
