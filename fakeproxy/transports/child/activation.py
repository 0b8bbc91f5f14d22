"""The activation of a child process: its requests go to the fake of the process that started it.

The child's own clients are patched, so that clients are covered which read no environment, such as aiohttp and
http.client.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from fakeproxy.exceptions import BlockedRequest, NotActive
from fakeproxy.transports import interception
from fakeproxy.transports.loopback.forward import Forward
from fakeproxy.transports.targets import Target
from fakeproxy.web.wsgi import App, call


def activate(variables: Mapping[str, str] = os.environ) -> None:
    """Send the requests of this process to the fake at FAKEPROXY_URL, until the process ends.

    Without FAKEPROXY_URL and FAKEPROXY_UNREACHABLE nothing happens.
    """
    if variables.get("FAKEPROXY_URL") or variables.get("FAKEPROXY_UNREACHABLE"):
        target = Target(_no_app, tuple(variables.get("FAKEPROXY_ALLOW_HOSTS", "").split()))
        target.allow_setting = variables.get("FAKEPROXY_ALLOW_SETTING", target.allow_setting)
        forward_to_parent(target, variables)
        interception.activate(target)


def forward_to_parent(target: Target, variables: Mapping[str, str]) -> None:
    """Have a target of this process forward its requests to the parent's fake, and report there what it stops."""
    url = variables["FAKEPROXY_URL"]
    target.answer = None
    if not url:
        target.app = _unreachable(variables["FAKEPROXY_UNREACHABLE"])
        return
    forward = Forward(url)

    def report(error: BlockedRequest) -> None:
        body = json.dumps({"method": error.method, "url": error.url, "text": str(error)}).encode()
        call(forward, "POST", f"{url}/_fakeproxy/blocked", {"Content-Type": "application/json"}, body)

    target.app, target.core, target.blocked, target.url = forward, forward.core, report, lambda: url
    target.faults, target.is_remote, target.deliver = ("unknown",), True, None
    target.stubbed = lambda method, url, tool: None


def _no_app(environ: object, start_response: object) -> list[bytes]:
    raise NotImplementedError


def _unreachable(reason: str) -> App:
    def refuse(environ: object, start_response: object) -> list[bytes]:
        raise NotActive(
            f"this request was stopped: the parent of this process has an active fake, but the fake's server could not "
            f"be started ({reason}). Let the parent use sockets on 127.0.0.1, or make a fake in this process: "
            f"FakeProxy()."
        )

    return refuse
