import subprocess
import sys

import fakeproxy
from fakeproxy import FakeProxy

APPLICATION = """
import requests
services = "https://proxy.twilio.com/v1/Services"
service = requests.post(services, {"UniqueName": "rides"}, auth=("AC1", "token")).json()
print(requests.post(service["links"]["sessions"], {"Ttl": "60"}, auth=("AC1", "token")).json()["status"])
"""


def test_a_child_process_lands_in_the_fake():
    with FakeProxy(intercept=False) as proxy:
        environment = proxy.tunnel().environment
        done = subprocess.run([sys.executable, "-c", APPLICATION], env=environment, capture_output=True, text=True)
        assert done.stdout == "open\n", done.stderr
        assert len(proxy.sessions) == 1


def test_a_fake_of_another_process_is_driven_from_here():
    with FakeProxy(intercept=False) as elsewhere:  # or `fakeproxy serve` in another terminal or container
        proxy = fakeproxy.connect(elsewhere.url)
        session = proxy.add_session(proxy.add_service("rides"), ttl=60)
        proxy.clock.advance(60)
        assert proxy.sessions[session.sid].status == "closed"
