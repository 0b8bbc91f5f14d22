"""A process that was started from one with a fake, or with `FakeProxy.environment`: it lands in that fake, in process.

So clients are reached that read no environment, such as aiohttp and http.client.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from fakeproxy.exceptions import BlockedRequest, NotActive
from fakeproxy.transports import interception
from fakeproxy.transports.loopback.forward import Forward
from fakeproxy.transports.targets import Target
from fakeproxy.web.wsgi import call


def activate(variables: Mapping[str, str] = os.environ) -> None:
    """Send the requests of this process to the fake that FAKEPROXY_URL names, if it does, to the process's end."""
    if variables.get("FAKEPROXY_URL") or variables.get("FAKEPROXY_UNREACHABLE"):
        target = Target(_nobody, tuple(variables.get("FAKEPROXY_ALLOW_HOSTS", "").split()))
        target.allow_setting = variables.get("FAKEPROXY_ALLOW_SETTING", target.allow_setting)
        lead(target, variables)
        interception.activate(target)


def lead(target: Target, variables: Mapping[str, str]) -> None:
    """Have a target of this process send what it takes to the fake of another, and tell that of what it stops."""
    url = variables["FAKEPROXY_URL"]
    if not url:
        target.app = _unreachable(variables["FAKEPROXY_UNREACHABLE"])
        return
    forward = Forward(url)

    def tell(error: BlockedRequest) -> None:
        body = json.dumps({"method": error.method, "url": error.url, "text": str(error)}).encode()
        call(forward, "POST", f"{url}/_fakeproxy/blocked", {"Content-Type": "application/json"}, body)

    target.app, target.core, target.blocked, target.url = forward, forward.core, tell, lambda: url
    target.faults, target.waits, target.deliver = ("unknown",), True, None
    target.elsewhere = lambda method, url, tool: None


def _nobody(environ: object, start_response: object) -> list[bytes]:
    raise NotImplementedError


def _unreachable(reason: str) -> Any:
    def refuse(environ: object, start_response: object) -> list[bytes]:
        raise NotActive(
            f"this request was stopped: the process is a child of one with an active fake, whose server could not be "
            f"started ({reason}). Let it use sockets on 127.0.0.1, or make a fake in this process: FakeProxy()."
        )

    return refuse
