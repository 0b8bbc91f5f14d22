"""A process in which a tool for tracing is switched on, before the fake or inside it: `instrumented TOOL ORDER`.

Prints, as JSON, what the tool noted of a request by each client: method, URL without its query, status.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from fakeproxy import FakeProxy
from tests.transports.test_instrumentation import CLIENTS

Span = tuple[str, str, int]


def sentry_sdk() -> Callable[[], Any]:
    import sentry_sdk
    from sentry_sdk.transport import Transport

    class Kept(Transport):
        def capture_envelope(self, envelope: Any) -> None:
            event = envelope.get_transaction_event()
            if event is not None:
                spans.extend(event["spans"])

    spans: list[Any] = []
    sentry_sdk.init("https://a@sentry.invalid/1", transport=Kept(), traces_sample_rate=1.0)

    @contextmanager
    def noted() -> Generator[list[Span]]:
        seen: list[Span] = []
        spans.clear()
        with sentry_sdk.start_transaction(name="test", op="test"):
            yield seen
        for span in spans:
            if span["op"] == "http.client":
                method, _, url = span["description"].partition(" ")
                seen.append((method, url.partition("?")[0], int(span["data"]["http.response.status_code"])))

    return noted


def ddtrace() -> Callable[[], Any]:
    os.environ["DD_TRACE_ENABLED"] = "true"
    from ddtrace import patch
    from ddtrace.trace import TraceFilter, tracer

    class Kept(TraceFilter):  # type: ignore[misc]
        def process_trace(self, trace: Any) -> Any:
            spans.extend(trace)
            return None

    spans: list[Any] = []
    tracer.configure(trace_processors=[Kept()])
    patch(requests=True, httpx=True, aiohttp=True, urllib3=True)

    @contextmanager
    def noted() -> Generator[list[Span]]:
        seen: list[Span] = []
        spans.clear()
        yield seen
        for span in spans:
            tags = {name: span.get_tag(name) for name in ("http.method", "http.url", "http.status_code")}
            if tags["http.status_code"]:
                row = (tags["http.method"], tags["http.url"].partition("?")[0], int(tags["http.status_code"]))
                seen.append(row)

    return noted


def newrelic() -> Callable[[], Any]:
    os.environ.update(NEW_RELIC_DEVELOPER_MODE="true", NEW_RELIC_APP_NAME="test", NEW_RELIC_LICENSE_KEY="0" * 40)
    import newrelic.agent as agent
    from newrelic.api.external_trace import ExternalTrace

    agent.initialize()
    application = agent.register_application(timeout=10)
    nodes: list[Any] = []
    create = ExternalTrace.create_node

    def create_node(self: Any) -> Any:
        nodes.append(self)
        return create(self)

    ExternalTrace.create_node = create_node

    @contextmanager
    def noted() -> Generator[list[Span]]:
        seen: list[Span] = []
        nodes.clear()
        with agent.BackgroundTask(application, "test"):
            yield seen
        for node in nodes:
            status = int(node.agent_attributes.get("http.statusCode", 0))
            seen.append((node.method, str(node.url).partition("?")[0], status))

    return noted


def main(tool: str, order: str) -> None:
    warnings.simplefilter("ignore")
    make = {"sentry_sdk": sentry_sdk, "ddtrace": ddtrace, "newrelic": newrelic}[tool]
    noted = make() if order == "before" else None
    rows = {}
    with FakeProxy():
        noted = noted or make()
        for name, ask in CLIENTS.items():
            with noted() as seen:
                ask()
            rows[name] = seen
    sys.stdout.write(json.dumps(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
