"""The out-of-session callback: ask it, then carry out its TwiML, or create the session that its JSON describes.

Source: Twilio's guide to the answers of out-of-session callbacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine import calls, messages, sessions
from fakeproxy.engine.numbering import normalise
from fakeproxy.engine.records import Call, Message, Participant, Service
from fakeproxy.engine.refusals import invalid
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import Refusal
from fakeproxy.network import twiml, webhook_forms
from fakeproxy.network.contacts import Contact
from fakeproxy.network.debugger import Debugger
from fakeproxy.network.deliveries import Delivery
from fakeproxy.network.response_text import media_type
from fakeproxy.network.twiml import Verb
from fakeproxy.network.webhooks import Flow
from fakeproxy.web.urls import split
from fakeproxy.world import World

if TYPE_CHECKING:
    from fakeproxy.engine.given import ParticipantGiven, SessionGiven

# Guess (inferred, none): the fake follows ten <Redirect>s; Twilio's limit is not documented.
_REDIRECTS = 10

#: The number of hops after the callback created a session. If the contact does not fit that session either (it may be
#: closed at once), the callback is not asked again: it would create sessions without end.
_ASK_NO_MORE = _REDIRECTS + 1

#: The URL at which Proxy takes calls and messages. After a <Redirect> to it, the contact is routed again.
_PROXY_WEBHOOK = re.compile(r"https://webhooks\.twilio\.com/v1/Accounts/\w+/Proxy/\w+/Webhooks/(Call|Message)")

#: The keys of a JSON answer, each with its parameter of a new session. Other keys are ignored.
_KEYS = {"uniqueName": "UniqueName", "mode": "Mode", "ttl": "Ttl", "dateExpiry": "DateExpiry"}


class OutOfSession:
    """The out-of-session callbacks of a fake.

    `read_session` returns the typed parameters of a session, or raises `Refusal`.
    """

    def __init__(
        self,
        store: Store,
        world: World,
        debugger: Debugger,
        read_session: Callable[[Mapping[str, object]], SessionGiven],
    ) -> None:
        self._store = store
        self._world = world
        self._debugger = debugger
        self._read_session = read_session

    def ask(
        self, contact: Contact, leg: Message | Call, service: Service, url: str, past: Participant | None, hops: int
    ) -> Flow[int | None]:
        """Ask the callback, and carry out its answer. Return the hops so far if the contact must be routed again."""
        contact.out_of_session = True
        if hops == _ASK_NO_MORE:
            self.hang_up(leg)
            return None
        form = webhook_forms.out_of_session(self._store, leg, past)
        return (yield from self._follow(contact, leg, service, self._delivery(url, form, leg), hops))

    def hang_up(self, leg: Message | Call) -> None:
        """End a contact. A call that rang is `busy`, an answered one `completed`."""
        with self._world.settled(sends=False) as now:
            if isinstance(leg, Call) and leg.status in calls.ONGOING:
                # Guess (inferred, the page on <Reject>): a caller who cannot be connected hears busy, as with <Reject>.
                calls.end(self._store, now, leg, "busy" if leg.status == "ringing" else "completed")

    def _follow(
        self, contact: Contact, leg: Message | Call, service: Service, delivery: Delivery, hops: int
    ) -> Flow[int | None]:
        yield delivery
        if self._debugger.check(delivery, 80913, service.sid):
            if media_type(delivery.content_type) == "application/json":
                delivery.read_as = "the JSON was read as an order to create a session"
                if self._create_session(contact, service, delivery):
                    return _ASK_NO_MORE
            elif (verbs := self._parse(contact, service, delivery)) is not None:
                return (yield from self._execute(contact, leg, service, delivery, verbs, hops))
        self.hang_up(leg)
        return None

    # JSON

    def _create_session(self, contact: Contact, service: Service, delivery: Delivery) -> bool:
        """Create the session that a JSON answer describes. Return whether it was created; if not, add an alert."""
        # Guess (inferred, the page of error 12100): 12100 for an answer that claims to be JSON and is not, as for other
        # documents that cannot be parsed.
        try:
            if delivery.undecodable:
                raise ValueError(delivery.undecodable)
            answer = json.loads(delivery.text)
            if not isinstance(answer, dict):
                raise ValueError("it was encoded twice" if isinstance(answer, str) else "it is no object")
        except (ValueError, RecursionError) as error:
            why = f"{delivery.url} did not answer JSON: {error}{_meant(delivery)}"
            self._debugger.add(12100, contact.sid, service.sid, why)
            return False
        with self._world.settled(sends=False) as now:
            try:
                if service.sid not in self._store.services.rows:
                    raise invalid("ServiceSid", "The Service was deleted meanwhile.")
                sessions.create(self._store, now, service, self._given(service, contact, answer))
            except Refusal as refusal:
                read = f"{delivery.url} answered JSON, which was read as an order to create a session"
                self._debugger.add_refusal(refusal, contact.sid, service.sid, f"{read}: {_short(delivery)}")
                return False
        return True

    def _given(self, service: Service, contact: Contact, answer: Mapping[str, object]) -> SessionGiven:
        """Return the values of the new session: the caller, on the dialled number, and the person in the answer."""
        partner = answer.get("participantIdentifier")
        if not isinstance(partner, str) or not partner:
            raise invalid("participantIdentifier", "It is required.")
        person: ParticipantGiven = {"identifier": partner}
        if proxy := answer.get("participantProxyIdentifier"):
            person["proxy_identifier"] = str(proxy)
        given = self._read_session({name: answer[key] for key, name in _KEYS.items() if answer.get(key) is not None})
        given.setdefault("ttl", 0)  # Twilio's page: the Service's default is not applied.
        row = self._store.phone_numbers.named(service.sid, contact.to)
        can = [name for name in ("voice", "sms") if row and name in row.capabilities]
        if len(can) == 1:
            # Guess (inferred, the guide to out-of-session answers): a session without a mode gets the mode that the
            # dialled number has capabilities for; the guide says only that Twilio chooses one.
            given.setdefault("mode", "voice-only" if can == ["voice"] else "message-only")
        return {**given, "participants": [{"identifier": contact.from_, "dialled": contact.to}, person]}

    # TwiML

    def _parse(self, contact: Contact, service: Service, delivery: Delivery) -> Sequence[Verb] | None:
        try:
            if delivery.undecodable:
                raise ValueError(delivery.undecodable)
            verbs = twiml.parse(delivery.text)
        except ValueError as error:
            self._debugger.add(12100, contact.sid, service.sid, f"{delivery.url}: {error}{_meant(delivery)}")
            return None
        if not verbs:
            what = "an empty answer" if not delivery.text.strip() else "TwiML without a verb"
            delivery.read_as = f"{what}, so nothing was done"
        return verbs

    def _execute(
        self,
        contact: Contact,
        leg: Message | Call,
        service: Service,
        delivery: Delivery,
        verbs: Sequence[Verb],
        hops: int,
    ) -> Flow[int | None]:
        """Carry out the verbs in order. The first one answers a call, unless it is <Reject>."""
        if isinstance(leg, Call) and leg.status == "ringing" and not (verbs and verbs[0].name == "Reject"):
            with self._world.settled(sends=False) as now:
                calls.pick_up(self._store, now, leg)
        for index, verb in enumerate(verbs):
            if verb.name not in twiml.SERVED[contact.kind]:
                why = f"<{verb.name}> is not carried out for a {'text' if contact.kind == 'message' else 'call'}"
                self._debugger.add(12200, contact.sid, service.sid, why)
            elif verb.name == "Redirect":
                return (yield from self._redirect(contact, leg, service, delivery, verb, hops + 1))
            elif verb.name == "Message":
                self._reply(contact, leg, service, verb)
            elif verb.name in ("Reject", "Hangup"):
                break
            elif verb.name == "Dial" and isinstance(leg, Call):
                if self._dial(contact, leg, service, verb):
                    if rest := verbs[index + 1 :]:
                        why = f"what follows <Dial> is not carried out: <{rest[0].name}>"
                        self._debugger.add(12200, contact.sid, service.sid, why)
                    return None
            else:
                contact.heard += map(str, (verb, *verb.children))
                delivery.read_as = f"the caller heard: {' / '.join(contact.heard)}"
        self.hang_up(leg)
        return None

    def _redirect(
        self, contact: Contact, leg: Message | Call, service: Service, delivery: Delivery, verb: Verb, hops: int
    ) -> Flow[int | None]:
        try:
            url = urljoin(delivery.url, verb.text)
            split(url)
        except ValueError as error:
            why = f"{delivery.url}: <Redirect> names {verb.text[:100]!r}, which is no URL that can be called: {error}"
            self._debugger.add(12100, contact.sid, service.sid, why)
            self.hang_up(leg)
            return None
        if hops > _REDIRECTS:
            why = f"more than {_REDIRECTS} redirects, the last to {url}"
            self._debugger.add(12100, contact.sid, service.sid, why)
            self.hang_up(leg)
            return None
        if _PROXY_WEBHOOK.fullmatch(url):
            return hops
        again = self._delivery(url, delivery.form, leg)
        again.method = verb.attributes.get("method", "POST").upper()
        return (yield from self._follow(contact, leg, service, again, hops))

    def _reply(self, contact: Contact, leg: Message | Call, service: Service, verb: Verb) -> None:
        body = "".join(child.text for child in verb.children if child.name == "Body") or verb.text
        if len(body) > messages.LONGEST_BODY:
            # Guess (inferred, the page of error 21617): a <Message> that is too long is not sent; the alert has the
            # code of the REST API.
            self._debugger.add(21617, contact.sid, service.sid, f"<Message> has {len(body)} characters")
            return
        media = [child.text for child in verb.children if child.name == "Media"]
        to = verb.attributes.get("to", contact.from_)
        shown = verb.attributes.get("from", contact.to)
        with self._world.settled(sends=False) as now:
            text = (leg.account, shown, normalise(to) or to, body, media)
            messages.send(self._store, now, *text, answers=contact.sid)
        contact.replies.append(body)

    def _dial(self, contact: Contact, leg: Call, service: Service, verb: Verb) -> bool:
        """Ring the number of a <Dial>. Return False, and add an alert, if it has none."""
        number = next((child.text for child in verb.children if child.name == "Number"), verb.text)
        person = normalise(number)
        if person is None:
            nouns = ", ".join(f"<{child.name}>" for child in verb.children) or repr(number)
            self._debugger.add(12200, contact.sid, service.sid, f"<Dial> rings phone numbers here, not {nouns}")
            return False
        shown = verb.attributes.get("callerId", contact.from_)  # TwiML's default is the caller's own number.
        with self._world.settled(sends=False) as now:
            calls.ring(self._store, now, leg, shown, person)
        contact.delivered_to, contact.shown_from = person, shown
        return True

    def _delivery(self, url: str, form: dict[str, str], leg: Message | Call) -> Delivery:
        with self._world.settled(sends=False) as now:
            at = to_datetime(now)
        return Delivery(kind="out-of-session", url=url, form=form, sid=leg.sid, account=leg.account, at=at)


def _meant(delivery: Delivery) -> str:
    """Return the end of a sentence that says how an answer was read, and what its author may have meant."""
    begins, kind = delivery.text.lstrip("\ufeff \t\r\n")[:200].lower(), delivery.content_type or "none"
    is_json = media_type(delivery.content_type) == "application/json"
    if is_json:
        meant = "it begins like TwiML, which has application/xml" if begins.startswith("<") else ""
        what = "an order to create a session"
    else:
        what = "TwiML"
        if begins.startswith(("{", "[", '"')):
            meant = "it begins like JSON, which creates a session only as application/json"
        elif begins.startswith("<!doctype html") or "<html" in begins:
            meant = "it is an HTML page"
        else:
            meant = "" if begins.startswith("<") else "it is plain text"
    return f". It was read as {what}, its Content-Type is {kind}{'; ' + meant if meant else ''}: {_short(delivery)}"


def _short(delivery: Delivery) -> str:
    return delivery.text if len(delivery.text) <= 300 else f"{delivery.text[:297]}..."
