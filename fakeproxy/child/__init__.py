"""A Python program that was started with `FakeProxy.environment`: its requests to Proxy land in that fake, in process.

So clients are reached that read no environment, such as aiohttp and http.client.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from fakeproxy.exceptions import BlockedRequest
from fakeproxy.transports import active
from fakeproxy.transports.active import Target
from fakeproxy.transports.forward import Forward
from fakeproxy.wsgi import call

#: What has to be on PYTHONPATH.
FOLDER = str(Path(__file__).parent)


def activate() -> None:
    """Send the requests of this process to the fake that FAKEPROXY_URL names, if it does, to the process's end."""
    url = os.environ.get("FAKEPROXY_URL")
    if not url:
        return
    forward = Forward(url)

    def tell(error: BlockedRequest) -> None:
        body = json.dumps({"method": error.method, "url": error.url, "text": str(error)}).encode()
        call(forward, "POST", f"{url}/_fakeproxy/blocked", {"Content-Type": "application/json"}, body)

    allowed = tuple(os.environ.get("FAKEPROXY_ALLOW_HOSTS", "").split())
    target = Target(forward, allowed, tell, forward.core, faults=("unknown",), waits=True)
    target.allow_setting = os.environ.get("FAKEPROXY_ALLOW_SETTING", target.allow_setting)
    active.activate(target)
