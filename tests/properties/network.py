"""Random traffic on top of random requests, as plain steps that can be played again."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from fakeproxy import FakeProxy, UsageError
from fakeproxy.network.contacts import Contact
from fakeproxy.network.received import Ring
from tests.api.http import Answer
from tests.properties.requests import PEOPLE, POOL, Player, Step, steps

SITE = "https://api.example.com"

#: A text of this kind is blocked by the intercept handler; another one has a stranger's session made.
RUDE, BUY = "rude", "buy"


def network_steps() -> st.SearchStrategy[Step]:
    person = st.integers(0, len(PEOPLE) - 1)
    number = st.sampled_from(POOL)
    body = st.sampled_from(["hello", "hello", "STOP", RUDE, BUY])
    row = st.integers(0, 7)
    traffic = st.one_of(
        st.builds(Step, st.just("text"), person, st.tuples(number, body)),
        st.builds(Step, st.just("call"), person, number),
        st.builds(Step, st.just("handset"), row, st.sampled_from(["answer", "decline", "hang_up"])),
        st.builds(Step, st.just("end call"), row, st.none()),
        st.builds(Step, st.just("reception"), person, st.sampled_from(["delivered", "failed", "undelivered"])),
        st.builds(Step, st.just("forget interaction"), row, st.none()),
    )
    return st.one_of(traffic, traffic, steps())


class Application:
    """Webhook handlers whose answers depend on nothing but the request. Keeps each request's kind and form."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        form = request.form.to_dict()
        self.requests.append((request.path, form))
        return self.answer(request.path, form)(environ, start_response)

    def answer(self, path: str, form: dict[str, str]) -> Response:
        if path == "/intercept":
            return Response("", 403 if RUDE in form["interactionData"] else 200)
        if path == "/lost" and form.get("Body") == BUY:
            partner = next(person for person in reversed(PEOPLE) if person != form["From"])
            return Response(json.dumps({"participantIdentifier": partner, "ttl": 60}), mimetype="application/json")
        if path == "/lost":
            return Response("<Response><Message>over</Message></Response>", mimetype="application/xml")
        return Response("", 500 if form["interactionSid"].endswith("0") else 200)


class Network(Player):
    def __init__(self, proxy: FakeProxy) -> None:
        super().__init__(proxy)
        self.application = Application()
        self.contacts: list[Contact] = []
        proxy.webhooks.mount(SITE, self.application)

    def begin(self) -> None:
        self.proxy.add_service(
            "rides",
            numbers=POOL[:3],
            callback_url=f"{SITE}/status",
            intercept_callback_url=f"{SITE}/intercept",
            out_of_session_callback_url=f"{SITE}/lost",
        )
        self.proxy.add_session(participants=PEOPLE[:2], ttl=60)
        self.proxy.add_session(participants=PEOPLE[1:3])

    def rings(self) -> list[Ring]:
        return [ring for person in PEOPLE for ring in self.proxy.phone(person).calls]

    def play(self, step: Step) -> Answer | None:
        proxy, row, value = self.proxy, step.row, step.value
        match step.kind:
            case "text" | "call":
                phone = proxy.phone(PEOPLE[row])
                try:
                    contact = phone.text(*value) if step.kind == "text" else phone.call(value)
                except UsageError as error:
                    if "no Service has the number" not in str(error):
                        raise
                else:
                    self.contacts.append(contact)
                    if contact.delivered_to and contact.session:
                        present = [one.identifier for one in contact.session.participants if not one.date_deleted]
                        assert {contact.from_, contact.delivered_to} == set(present)
            case "handset":
                rings = self.rings()
                if rings:
                    try:
                        getattr(rings[row % len(rings)], value)()
                    except UsageError as error:
                        if "does not ring" not in str(error) and "nothing to hang up" not in str(error):
                            raise
            case "end call":
                rings = self.rings()
                if rings:
                    calls = f"/2010-04-01/Accounts/{proxy.account['account_sid']}/Calls"
                    path = f"{calls}/{rings[row % len(rings)].sid}.json"
                    return self.http.send("POST", path, urlencode({"Status": "completed"}).encode())
            case "reception":
                proxy.phone(PEOPLE[row]).reception = value
            case "forget interaction":
                interactions = list(proxy.interactions.values())
                if interactions:
                    one = interactions[row % len(interactions)]
                    return self.http(
                        "DELETE", f"/Services/{one.service_sid}/Sessions/{one.session_sid}/Interactions/{one.sid}"
                    )
            case _:
                return super().play(step)
        return None
