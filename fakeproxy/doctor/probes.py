"""Probes: a child process sends a request by one client under a fake, and the fake's journal says whether it landed.

A child connects to loopback only. An audit hook refuses every other look-up and connection, and C-level clients get a
proxy at a port of loopback where nobody listens.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

from fakeproxy.doctor.finding import Finding
from fakeproxy.doctor.known import CLIENTS

#: Seconds that a probe may take.
_LONGEST = 30

_BEGIN = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event == "socket.connect" else arguments[0]
        host = address[0] if isinstance(address, tuple) else address
        if str(host) not in ("127.0.0.1", "::1", "localhost", "None") and not str(host).startswith(("/", "b'")):
            raise OSError("the probe connects to loopback only")

sys.addaudithook(refuse)
from fakeproxy import FakeProxy

URL = "https://proxy.twilio.com/v1/Services"
with FakeProxy(blocked="raise") as fake:
    error = ""
    try:
        send()
    except Exception as raised:
        error = type(raised).__name__
    landed = len(fake.journal) > 0
print("landed" if landed else "stopped" if error == "BlockedRequest" else "left", error)
"""

#: The statements that send one request, by module.
_SENDS = {
    "twilio": "from twilio.rest import Client\n    Client('AC' + '0' * 32, 'token').proxy.v1.services.list()",
    "requests": "import requests\n    requests.get(URL, timeout=20)",
    "urllib3": "import urllib3\n    urllib3.PoolManager().request('GET', URL, retries=False, timeout=20)",
    "httpx": "import httpx\n    httpx.get(URL, timeout=20)",
    "httpx2": "import httpx2\n    httpx2.get(URL, timeout=20)",
    "niquests": "import niquests\n    niquests.get(URL, timeout=20)",
    "httplib2": "import httplib2\n    httplib2.Http(timeout=20).request(URL)",
    "aiohttp": "import aiohttp, asyncio\n    async def go():\n        async with aiohttp.ClientSession() as session:\n"
    "            await session.get(URL)\n    asyncio.run(go())",
    "http.client": "import http.client\n    sent = http.client.HTTPSConnection('proxy.twilio.com', timeout=20)\n"
    "    sent.request('GET', '/v1/Services')\n    sent.getresponse()",
    "pycurl": "import pycurl\n    curl = pycurl.Curl()\n    curl.setopt(pycurl.URL, URL)\n"
    "    curl.setopt(pycurl.PROXY, 'http://127.0.0.1:1')\n    curl.setopt(pycurl.NOPROXY, '')\n"
    "    curl.setopt(pycurl.TIMEOUT, 20)\n    curl.perform()",
}


def probes(environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """Try each client that is installed, in a child with this environment."""
    there = [module for module in _SENDS if find_spec(module.partition(".")[0])]
    with ThreadPoolExecutor(2) as threads:
        return [*threads.map(lambda module: _finding(module, _outcome(module, environment)), there)]


def _outcome(module: str, environment: Mapping[str, str]) -> str:
    """Return `landed`, `stopped` or `left`, with the error if there was one; empty if the child could not try it."""
    program = f"def send():\n    {_SENDS[module]}\n{_BEGIN}"
    command = [sys.executable, "-c", program]
    try:
        done = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _finding(module: str, outcome: str) -> Finding:
    subject = f"probe of {module}"
    became, _, error = outcome.partition(" ")
    if became == "landed":
        return Finding(subject, "its request landed in the fake.", "fine", "", CLIENTS)
    if became == "stopped":
        return Finding(subject, "the fake stopped its request.", "stops", "Call Twilio by another client.", CLIENTS)
    if became == "left" and error not in ("ImportError", "ModuleNotFoundError"):
        told = f"its request did not land in the fake ({error or 'no error'})."
        advice = "Call Twilio by another client, or run the program in a child with the tunnel."
        return Finding(subject, told, "leaks", advice, CLIENTS)
    told = f"it could not be tried ({error or 'the child failed'})."
    return Finding(subject, told, "unknown", f"Mend `import {module}` first.", CLIENTS)
