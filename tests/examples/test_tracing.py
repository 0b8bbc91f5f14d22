import pytest
import requests
from opentelemetry import trace
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from twilio.rest import Client


@pytest.fixture
def spans():  # before the fake or while it is active: the order does not matter
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    RequestsInstrumentor().instrument(tracer_provider=provider)
    yield exporter
    RequestsInstrumentor().uninstrument()


def attributes(spans, name):
    return [(span.attributes or {}).get(name) for span in spans.get_finished_spans()]


def test_a_request_of_the_sdk_is_a_span(fakeproxy, spans):
    service = fakeproxy.add_service("jobs")
    Client().proxy.v1.services(service.sid).sessions.create(unique_name="job-7")

    assert attributes(spans, "http.url") == [
        f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions"
    ]
    assert attributes(spans, "http.status_code") == [201]


def test_each_attempt_is_a_span(fakeproxy, spans):
    fakeproxy.faults.too_many_requests(operation="ListService", times=2)
    for _ in range(2):
        with pytest.raises(Exception, match="429"):
            Client().proxy.v1.services.list()
    Client().proxy.v1.services.list()

    assert attributes(spans, "http.status_code") == [429, 429, 200]


def test_a_lost_connection_is_an_error_of_the_span(fakeproxy, spans):
    fakeproxy.faults.connection_reset(operation="ListService")
    with pytest.raises(requests.ConnectionError):
        Client().proxy.v1.services.list()

    assert [span.status.is_ok for span in spans.get_finished_spans()] == [False]


def test_the_webhooks_of_a_request_are_inside_its_span(fakeproxy, spans):
    def handler(environ, start_response):
        spans_of_webhooks.append(trace.get_current_span().get_span_context().span_id)
        start_response("200 OK", [])
        return [b""]

    spans_of_webhooks = []
    fakeproxy.webhooks.mount("https://jobs.example.com", handler)
    fakeproxy.add_service(
        "jobs", numbers=["+14155550001"], callback_url="https://jobs.example.com/status"
    )
    session = fakeproxy.add_session(participants=["+14155550100", "+14155550101"])
    person = session.participants[0]
    sessions = Client().proxy.v1.services(session.service_sid).sessions
    sessions(session.sid).participants(person.sid).message_interactions.create(
        body="Your driver is here."
    )

    assert spans_of_webhooks == [span.context.span_id for span in spans.get_finished_spans()]
