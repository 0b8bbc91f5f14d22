"""`python -m benchmarks.page_client URL`: the requests of the inspector's page, where there is no browser."""

from __future__ import annotations

import json
import sys
import time
from urllib.request import urlopen

#: The requests of a reading of the page, besides those of the story and the people of the session that it shows.
READ = (
    "clock?limit=0",
    "overview?limit=10",
    "windows/sessions?limit=30",
    "windows/sessions?limit=1",
    "windows/due?limit=50",
    "faults",
    "history/counts",
    "windows/history?limit=200&objects=false&after={seq}",
)


def main(url: str) -> None:
    """Follow the fake at `url` as the page does (`follow()` in main.js): at each change read, then rest."""

    def get(path: str) -> bytes:
        with urlopen(f"{url}/_fakeproxy/{path}", timeout=60) as answer:
            return bytes(answer.read())

    position, seq, rest = "", -1, 0.0
    get("")
    print("ready", flush=True)
    while True:
        asked = time.perf_counter()
        position = json.loads(get(f"position?after={position}&timeout=5"))["position"]
        began = time.perf_counter()
        *_, news = [get(path.format(seq=seq)) for path in READ]
        seq = max([seq, *(event["seq"] for event in json.loads(news)["rows"])])
        goes_on = began - asked < 0.05
        rest = min(1, max(2 * rest if goes_on else 0, 4 * (time.perf_counter() - began)))
        time.sleep(rest)


if __name__ == "__main__":
    main(sys.argv[1])
