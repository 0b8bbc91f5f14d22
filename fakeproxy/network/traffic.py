"""Contacts as they happen: found their way, put before the intercept callback, connected, told of; or answered.

Everything here that takes webhooks is a flow: it yields each delivery and goes on with what was answered, so that
one text of the rules serves callers with and without an event loop. No lock is held while a delivery is out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urljoin

from fakeproxy.clock import to_datetime
from fakeproxy.control import views
from fakeproxy.engine import calls, interactions, messages, records, routing, sessions
from fakeproxy.engine.alerts import alert
from fakeproxy.engine.numbering import normalise
from fakeproxy.engine.records import Alert, Call, Change, Interaction, Message, Participant, Service
from fakeproxy.engine.refusals import invalid
from fakeproxy.engine.routing import Route, Stray
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import Refusal, UnmountedWebhook, UsageError
from fakeproxy.network import forms, twiml
from fakeproxy.network.contacts import Contact, Conversation
from fakeproxy.network.twiml import Verb
from fakeproxy.network.webhooks import Delivery, Flow, Webhooks
from fakeproxy.turn import Turn

C = TypeVar("C", bound=Contact)
T = TypeVar("T")

_REDIRECTS = 10
_PROXY_WEBHOOK = re.compile(r"https://webhooks\.twilio\.com/v1/Accounts/\w+/Proxy/\w+/Webhooks/(Call|Message)")

#: The keys of a JSON answer out of session, and the parameters of a new session that they are.
_SESSION_KEYS = {"uniqueName": "UniqueName", "mode": "Mode", "ttl": "Ttl", "dateExpiry": "DateExpiry"}


class Traffic:
    """The contacts of one fake. `read_session` makes typed values of a session's parameters, or raises a Refusal."""

    def __init__(
        self,
        store: Store,
        turn: Turn,
        webhooks: Webhooks,
        read_session: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> None:
        self._store = store
        self._turn = turn
        self.webhooks = webhooks
        self._read_session = read_session

    # What a person does

    def text(self, sender: str, to: str, body: str, media: Sequence[str]) -> Flow[Contact]:
        dialled = self._dialled(to)
        with self._turn() as (now, changes):
            account = self._service(dialled).account
            leg = messages.receive(self._store, now, account, sender, dialled, body, media)
            contact = Contact(
                _traffic=self,
                kind="message",
                sid=leg.sid,
                from_=sender,
                to=dialled,
                at=to_datetime(now),
                body=body,
                media=leg.media,
            )
        yield from self.callbacks(changes)
        yield from self._route(contact, leg)
        return contact

    def call(self, caller: str, to: str) -> Flow[Conversation]:
        dialled = self._dialled(to)
        with self._turn() as (now, changes):
            leg = calls.receive(self._store, now, self._service(dialled).account, caller, dialled)
            contact = Conversation(
                _traffic=self, kind="voice", sid=leg.sid, from_=caller, to=dialled, at=to_datetime(now)
            )
        yield from self.callbacks(changes)
        yield from self._route(contact, leg)
        return contact

    def set_call(self, sid: str, status: str) -> None:
        """The person called answers or does not."""
        with self._turn() as (now, changes):
            call = self._store.calls.rows[sid]
            if status == "in-progress":
                calls.pick_up(self._store, now, call)
            else:
                calls.end(self._store, now, call, status)
        self.webhooks.run(self.callbacks(changes))

    def end_call(self, sid: str) -> None:
        """Somebody hangs up."""
        with self._turn() as (now, changes):
            call = self._store.calls.get(sid)
            if call is None or call.status not in calls.UNDER_WAY:
                raise UsageError(f"there is nothing to hang up: the call is {call.status if call else 'gone'}")
            calls.end(self._store, now, call, "completed" if call.status == "in-progress" else "canceled")
        self.webhooks.run(self.callbacks(changes))

    def callbacks(self, changes: Iterable[Change]) -> Flow[None]:
        """Tell the application of status changes, each as it was when it came about."""
        for change in changes:
            row = change.interaction
            delivery = self._delivery(
                "status", change.url, forms.status(self._store, row), _contact_of(row), row.account
            )
            yield delivery
            if not delivery.succeeded:
                self._failed(80908, delivery, row.service_sid)

    # What a test reads

    def read(self, function: Callable[[Store], T]) -> T:
        with self._turn() as (_, changes):
            result = function(self._store)
        self.webhooks.run(self.callbacks(changes))
        return result

    def session(self, sid: str | None) -> views.Session | None:
        return self.read(lambda store: _view(views.Session, store.sessions.get(sid or ""), store))

    def interaction(self, sid: str | None) -> views.Interaction | None:
        return self.read(lambda store: _view(views.Interaction, store.interactions.get(sid or ""), store))

    def alerts_of(self, sid: str) -> tuple[views.Alert, ...]:
        return self.read(lambda store: tuple(views.alert(row) for row in store.alerts if row.cause.startswith(sid)))

    def leg(self, sid: str) -> Message | Call | None:
        return self.read(lambda store: store.messages.get(sid) or store.calls.get(sid))

    def outbound(self, leg: Message | Call) -> Message | Call | None:
        """The leg to the receiver."""

        def find(store: Store) -> Message | Call | None:
            if isinstance(leg, Call):
                return store.calls.get(leg.other_sid or "")
            interaction = store.interactions.get(leg.interaction_sid or "")
            return store.messages.get(interaction.outbound_resource_sid or "") if interaction else None

        return self.read(find)

    def duration(self, leg: Message | Call) -> int:
        def seconds(store: Store) -> int:
            other = store.calls.get(leg.other_sid or "") if isinstance(leg, Call) else None
            return calls.seconds(other, self._turn.now())

        return self.read(seconds)

    # The way of a contact

    def _route(self, contact: Contact, leg: Message | Call, hops: int = 0) -> Flow[None]:
        """Bring the contact to the partner, or to the out-of-session callback, or nowhere."""
        sid = ""
        while True:
            url = None
            with self._turn() as (now, changes):
                found = self._find(now, contact)
                if isinstance(found, Route):
                    url = self._store.services.rows[found.session.service_sid].intercept_callback_url
                    if url is None or sid:
                        self._connect(now, contact, leg, found, sid)
                        url = None
                    else:
                        sid = self._store.sids.next("KI")
                        form = forms.intercept(self._store, interactions.draft(now, found, leg, sid))
                elif not found.out_of_session:
                    self._drop(now, leg)
            yield from self.callbacks(changes)
            if isinstance(found, Stray):
                if found.out_of_session:
                    yield from self._ask(contact, leg, found.past, hops)
                return
            if url is None:
                return
            delivery = self._delivery("intercept", url, form, leg.sid, leg.account)
            yield delivery
            if delivery.status == 403:
                with self._turn() as (now, changes):
                    contact.blocked = True
                    self._alert(80909, self._cause(contact.sid), found.session.sid, now)
                    self._drop(now, leg)
                yield from self.callbacks(changes)
                return
            # Whatever else it answers lets the contact through; it may have changed where that goes, though.
            if not delivery.succeeded:
                self._failed(80908, delivery, found.session.service_sid)

    def _find(self, now: int, contact: Contact) -> Route | Stray:
        service = routing.service_of(self._store, contact.to)
        if service is None:  # It went while a handler was asked.
            found: Route | Stray = Stray((80905,), "")
        else:
            found = routing.find(self._store, service, contact.from_, contact.to, contact.kind, contact.body)
        if isinstance(found, Stray):
            facts = {"session_sid": found.session_sid, "participant_sid": found.participant_sid}
            for code in found.codes:
                self._alert(code, self._cause(contact.sid), found.resource_sid, now, **facts)
        return found

    def _connect(self, now: int, contact: Contact, leg: Message | Call, route: Route, sid: str) -> None:
        interaction = interactions.begin(self._store, now, route, leg, sid)
        shown, person = route.partner.proxy_identifier, route.partner.identifier
        if isinstance(leg, Message):
            messages.send(self._store, now, leg.account, shown, person, leg.body, leg.media, interaction)
        else:
            calls.ring(self._store, now, leg, shown, person, interaction)
        contact.delivered_to, contact.shown_from = person, shown
        contact.session_sid, contact.interaction_sid = route.session.sid, interaction.sid

    def _drop(self, now: int, leg: Message | Call) -> None:
        if isinstance(leg, Call) and leg.status in calls.UNDER_WAY:
            # Guess: a caller who gets nowhere hears busy, as with TwiML's <Reject>.
            calls.end(self._store, now, leg, "busy" if leg.status == "ringing" else "completed")

    # Out of session

    def _ask(self, contact: Contact, leg: Message | Call, past: Participant | None, hops: int) -> Flow[None]:
        """Ask the out-of-session callback, and do what it answers."""
        contact.out_of_session = True
        service = self._service(contact.to)
        assert service.out_of_session_callback_url is not None
        form = forms.out_of_session(self._store, leg, past)
        delivery = self._delivery("out-of-session", service.out_of_session_callback_url, form, leg.sid, leg.account)
        yield from self._follow(contact, leg, delivery, hops)

    def _follow(self, contact: Contact, leg: Message | Call, delivery: Delivery, hops: int) -> Flow[None]:
        yield delivery
        if not delivery.succeeded:
            self._failed(80913, delivery, self._service(contact.to).sid)
        elif delivery.content_type.partition(";")[0].strip().lower() == "application/json":
            if self._create_session(contact, delivery):
                yield from self._route(contact, leg, hops)
                return
        else:
            try:
                verbs = twiml.parse(delivery.text)
            except ValueError as error:
                self._parse_failure(contact, delivery, str(error))
            else:
                yield from self._execute(contact, leg, delivery, verbs, hops)
                return
        yield from self._hang_up(leg)

    def _hang_up(self, leg: Message | Call) -> Flow[None]:
        with self._turn() as (now, changes):
            self._drop(now, leg)
        yield from self.callbacks(changes)

    def _create_session(self, contact: Contact, delivery: Delivery) -> bool:
        """Create the session that a JSON answer describes; where it cannot be, an alert says why."""
        try:
            answer = json.loads(delivery.text)
        except ValueError as error:
            return self._parse_failure(contact, delivery, f"the answer is no JSON: {error}")
        if not isinstance(answer, dict):
            hint = "; it was encoded twice" if isinstance(answer, str) else ""
            return self._parse_failure(contact, delivery, f"the JSON is a {type(answer).__name__}, no object{hint}")
        with self._turn() as (now, _):
            service = self._service(contact.to)
            try:
                sessions.create(self._store, now, service, self._session(service, contact, answer))
            except Refusal as refusal:
                # Guess: the Debugger shows the code that the REST API would have answered.
                why = "; ".join(refusal.why)
                self._store.alerts.append(
                    Alert(refusal.code, "error", refusal.message, service.sid, now, self._cause(contact.sid), why)
                )
                return False
        return True

    def _session(self, service: Service, contact: Contact, answer: dict[str, Any]) -> dict[str, Any]:
        partner = answer.get("participantIdentifier")
        if not isinstance(partner, str) or not partner:
            raise invalid("participantIdentifier", "It is required.")
        person = {"identifier": partner}
        if proxy := answer.get("participantProxyIdentifier"):
            person["proxy_identifier"] = str(proxy)
        fields = {name: answer[key] for key, name in _SESSION_KEYS.items() if answer.get(key) is not None}
        given = self._read_session(fields)
        given.setdefault("ttl", 0)  # Twilio's page: no default is applied.
        if "mode" not in given and (mode := self._mode(service, contact.to)):
            given["mode"] = mode
        caller = {"identifier": contact.from_, "dialled": contact.to}
        return {**given, "participants": [caller, person]}

    def _mode(self, service: Service, dialled: str) -> str | None:
        """Guess: an auto-created session that names no mode has the one that the number dialled is able to have."""
        row = self._store.phone_numbers.named(service.sid, dialled)
        can = [name for name in ("voice", "sms") if row and name in row.capabilities]
        return {"voice": "voice-only", "sms": "message-only"}[can[0]] if len(can) == 1 else None

    def _execute(
        self, contact: Contact, leg: Message | Call, delivery: Delivery, verbs: Sequence[Verb], hops: int
    ) -> Flow[None]:
        """Carry out the verbs of a TwiML answer, in order."""
        if isinstance(leg, Call) and leg.status == "ringing" and not (verbs and verbs[0].name == "Reject"):
            with self._turn() as (now, _):
                calls.pick_up(self._store, now, leg)
        for index, verb in enumerate(verbs):
            if verb.name not in twiml.SERVED[contact.kind]:
                self._not_served(contact, f"<{verb.name}> is not carried out for a {contact.kind}")
            elif verb.name == "Redirect":
                yield from self._redirect(contact, leg, delivery, verb, hops + 1)
                return
            elif verb.name == "Message":
                self._reply(contact, leg, verb)
            elif verb.name in ("Reject", "Hangup"):
                break
            elif verb.name == "Dial" and isinstance(leg, Call):
                if self._dial(contact, leg, verb):
                    if rest := verbs[index + 1 :]:
                        self._not_served(contact, f"what follows <Dial> is not carried out: <{rest[0].name}>")
                    return
            else:
                contact.heard.append(str(verb))
                contact.heard.extend(map(str, verb.children))
        yield from self._hang_up(leg)

    def _redirect(self, contact: Contact, leg: Message | Call, delivery: Delivery, verb: Verb, hops: int) -> Flow[None]:
        url = urljoin(delivery.url, verb.text)
        if hops > _REDIRECTS:
            self._parse_failure(contact, delivery, f"more than {_REDIRECTS} redirects, the last to {url}")
            yield from self._hang_up(leg)
        elif _PROXY_WEBHOOK.fullmatch(url):  # Back to Proxy, which looks for a session once more.
            yield from self._route(contact, leg, hops)
        else:
            again = self._delivery(delivery.kind, url, delivery.form, leg.sid, leg.account)
            again.method = verb.attributes.get("method", "POST").upper()
            yield from self._follow(contact, leg, again, hops)

    def _reply(self, contact: Contact, leg: Message | Call, verb: Verb) -> None:
        body = "".join(child.text for child in verb.children if child.name == "Body") or verb.text
        media = [child.text for child in verb.children if child.name == "Media"]
        to = verb.attributes.get("to", contact.from_)
        shown = verb.attributes.get("from", contact.to)
        with self._turn() as (now, _):
            messages.send(self._store, now, leg.account, shown, normalise(to) or to, body, media)
        contact.replies.append(body)

    def _dial(self, contact: Contact, leg: Call, verb: Verb) -> bool:
        """Ring the number that <Dial> names; say whether it is one."""
        nouns = [child for child in verb.children if child.name == "Number"]
        person = normalise(nouns[0].text if nouns else verb.text)
        if person is None:
            self._not_served(contact, f"<Dial> reaches phone numbers only, not {str(verb.children or verb.text)!r}")
            return False
        shown = verb.attributes.get("callerId", contact.from_)  # As TwiML has it, the caller's own number.
        with self._turn() as (now, _):
            calls.ring(self._store, now, leg, shown, person)
        contact.delivered_to, contact.shown_from = person, shown
        return True

    # Alerts

    def _alert(self, code: int, cause: str, resource_sid: str, now: int, why: str = "", **facts: str) -> None:
        self._store.alerts.append(alert(code, resource_sid, now, cause=cause, why=why, **facts))

    def _failed(self, code: int, delivery: Delivery, resource_sid: str) -> None:
        """A webhook failed, or was never called."""
        with self._turn() as (now, _):
            if isinstance(delivery.error, UnmountedWebhook):
                code = 80908
            cause = self._cause(delivery.sid)
            self._alert(
                code, cause, resource_sid, now, delivery.outcome, **({"url": delivery.url} if code == 80908 else {})
            )

    def _parse_failure(self, contact: Contact, delivery: Delivery, why: str) -> bool:
        with self._turn() as (now, _):
            self._alert(12100, self._cause(contact.sid), self._service(contact.to).sid, now, f"{delivery.url}: {why}")
        return False

    def _not_served(self, contact: Contact, why: str) -> None:
        with self._turn() as (now, _):
            self._alert(12200, self._cause(contact.sid), self._service(contact.to).sid, now, why)

    def _cause(self, sid: str) -> str:
        leg = self._store.messages.get(sid) or self._store.calls.get(sid)
        if leg is None:
            return sid
        return f"{sid}, a {'text' if isinstance(leg, Message) else 'call'} from {leg.from_} to {leg.to}"

    # Small things

    def _delivery(self, kind: Any, url: str, form: dict[str, str], sid: str, account: str) -> Delivery:
        return Delivery(kind=kind, url=url, form=form, sid=sid, account=account, at=to_datetime(self._turn.now()))

    def _dialled(self, number: str) -> str:
        dialled = normalise(number)
        if dialled is None:
            raise UsageError(f"{number!r} is no phone number; give one such as '+14155550001'")
        return dialled

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


def _contact_of(interaction: Interaction) -> str:
    """The Message or Call that callbacks and alerts are about: the inbound one, if there is one."""
    return interaction.inbound_resource_sid or interaction.outbound_resource_sid or interaction.sid


def _view(kind: type[views.V], row: records.Row | None, store: Store) -> views.V | None:
    return None if row is None else views.view(kind, row, store)
