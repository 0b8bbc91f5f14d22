"""Raw requests to a fake, for what the SDK would not send."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fakeproxy import FakeProxy
from fakeproxy.web.wsgi import call

FORM = "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    status: int
    json: Any
    headers: dict[str, str]


class Http:
    """`http("POST", "/Services", UniqueName="rides")`, with the credentials of the default account."""

    def __init__(self, proxy: FakeProxy, user: str = "SK" + "0" * 32, password: str = "secret") -> None:
        self.proxy = proxy
        self.authorization = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def __call__(self, method: str, path: str, **form: Any) -> Answer:
        return self.send(method, "/v1" + path, body=urlencode(form, doseq=True).encode())

    def send(
        self, method: str, target: str, body: bytes = b"", content_type: str = FORM, **headers: str | None
    ) -> Answer:
        """The target as it stands; a header of None is left out."""
        sent = {"Authorization": self.authorization, "Content-Type": content_type, **headers}
        kept = {name: value for name, value in sent.items() if value is not None}
        answer = call(self.proxy.wsgi_app, method, f"https://proxy.twilio.com{target}", kept, body)
        return Answer(answer.status, json.loads(answer.body) if answer.body else None, dict(answer.headers))
