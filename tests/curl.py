"""A program that takes the options of curl that this suite uses: for machines on which curl is not installed."""

from __future__ import annotations

import argparse
import base64
import os
import ssl
import sys
import urllib.error
import urllib.request


def main() -> int:
    """Ask as curl would; return its exit code."""
    parser = argparse.ArgumentParser()
    for flag in ("-s", "-S", "-f", "-v"):
        parser.add_argument(flag, action="store_true")
    for option in ("-X", "-u", "-d", "-w", "-x"):
        parser.add_argument(option)
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("url")
    asked = parser.parse_args()

    headers = dict(line.split(": ", 1) for line in asked.H)
    if asked.u:
        headers["Authorization"] = "Basic " + base64.b64encode(asked.u.encode()).decode()
    data = None if asked.d is None else asked.d.encode()
    request = urllib.request.Request(asked.url, data, headers, method=asked.X)
    trust = ssl.create_default_context(cafile=os.environ.get("CURL_CA_BUNDLE"))
    proxies = None if asked.x is None else {"http": asked.x, "https": asked.x}
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trust), urllib.request.ProxyHandler(proxies)
    )
    try:
        answer = opener.open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    except OSError as error:
        sys.stderr.write(f"curl: {error}\n")
        return 7
    with answer:
        if asked.v:
            sys.stderr.write(f"< HTTP/1.1 {answer.status}\n{answer.headers}")
        if asked.f and answer.status >= 400:
            return 22
        sys.stdout.write(answer.read().decode())
        sys.stdout.write((asked.w or "").replace("%{http_code}", str(answer.status)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
