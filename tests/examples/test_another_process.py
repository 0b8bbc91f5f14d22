import os
import subprocess
import sys

from fakeproxy import FakeProxy

APPLICATION = """
import requests
services = "https://proxy.twilio.com/v1/Services"
service = requests.post(services, {"UniqueName": "rides"}, auth=("AC1", "token")).json()
session = requests.post(service["links"]["sessions"], {"Ttl": "60"}, auth=("AC1", "token"))
print(session.json()["status"])
"""


def test_the_fake_gets_the_requests_of_a_child_process():
    with FakeProxy(intercept=False) as proxy:
        environment = {**os.environ, **proxy.environment}
        done = subprocess.run(
            [sys.executable, "-c", APPLICATION], env=environment, capture_output=True, text=True
        )
        assert done.stdout == "open\n", done.stderr
        assert len(proxy.sessions) == 1
