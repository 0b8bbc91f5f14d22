"""The switches for what Twilio leaves open: a field each, with its default and the reason for it.

`docs/differences.md` is made from this table. A guess that no test needs to switch is a comment in the code,
with the same certainty and source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from fakeproxy.exceptions import UsageError
from fakeproxy.queries.names import did_you_mean

#: By field: how sure the fact is that the field is about, and its source.
#: Documented: a page, the error dictionary, the OpenAPI file or the changelog of Twilio's says it. Seen: an answer or a
#: log of the real service shows it, or a user reports it. Inferred: neither.
SOURCES = {
    "expired_reason": ("inferred", "none"),
    "expiry_lag": ("seen", "the report of one application"),
    "default_expiry": ("documented", "the Session page; the page of error 80904 contradicts it"),
    "purge_after": ("documented", "the changelog"),
    "close_closed": ("inferred", "the page of error 80607"),
    "deleted_identifier_code": ("documented", "the Participant page; the error dictionary contradicts it"),
    "participant_delete_status": ("documented", "the OpenAPI file"),
    "camel_case_participants": ("inferred", "public code that sends them"),
    "distinct_within_session": ("seen", "one report"),
    "number_choice": ("inferred", "none"),
    "intercept_api_messages": ("inferred", "the pages on webhooks"),
    "strict_identifiers": ("seen", "an answer of the real service"),
    "strict_numbers": ("documented", "the error dictionary"),
    "reserved_by_name": ("documented", "the Participant page; a log of 2026 contradicts it"),
    "capability_keys": ("seen", "an answer of the real service; the OpenAPI file contradicts it"),
    "capital_resource_types": ("seen", "three answers of the real service; the OpenAPI file contradicts them"),
    "newest_first": ("inferred", "none"),
    "unknown_name_code": ("inferred", "the page of error 80308"),
    "link_short_codes": ("documented", "the OpenAPI file of 2025-07"),
    "new_customer": ("documented", "the page of error 80506"),
    "rate_limit": ("documented", "the page on limits"),
    "message_seconds": ("inferred", "none"),
    "answering_postpones_expiry": ("inferred", "none"),
    "test_account_sids": ("seen", "an answer of another product of Twilio's"),
}


def _option(default: object, why: str, choices: tuple[object, ...] = ()) -> Any:
    return field(default=default, metadata={"why": why, "choices": choices})


@dataclass(frozen=True, kw_only=True, repr=False)
class Behavior:
    """The decisions of the fake where the sources on Twilio Proxy are silent or contradict each other.

    Raises `UsageError` for a value of the wrong type, or one that is not among the choices.
    """

    expired_reason: str = _option(
        "expired",
        "No source shows the closed_reason of an expired session; assert only that it is not 'api'.",
    )
    expiry_lag: int = _option(
        0, "Seconds between the expiry instant and the closing; one application saw up to 5 on the real service."
    )
    default_expiry: int = _option(
        0,
        "Seconds without an interaction after which a session without ttl and date_expiry closes. The Session page "
        "says never (0); the page of error 80904 claims 90 days (7776000).",
    )
    purge_after: int = _option(
        0, "Seconds from the closing of a session to its deletion. The changelog says 90 days (7776000); 0 means never."
    )
    close_closed: str = _option(
        "refuse",
        "Closing a closed session: no documented change, so 400 / 80607; with 'accept' a 200 without effect.",
        ("refuse", "accept"),
    )
    deleted_identifier_code: int = _option(
        80103,
        "Adding a deleted participant again: the Participant page says 80103; the dictionary describes 80612.",
        (80103, 80612),
    )
    participant_delete_status: int = _option(
        200,
        "DELETE Participant: 200 in the current OpenAPI file, 204 until 2024-05; SDKs before 9.9 read 200 as False.",
        (200, 204),
    )
    camel_case_participants: bool = _option(
        True, "Accept camelCase keys in Participants: public code sends them; no source shows Twilio's answer."
    )
    distinct_within_session: bool = _option(
        False,
        "Give the two people of a session different numbers if the pool has them; one report says that Twilio does.",
    )
    number_choice: str = _option(
        "first",
        "The choice among several suitable numbers: 'first' of the pool, 'least-used' (in the fewest active sessions, "
        "then given least often), or 'seeded' (drawn from the fake's seed). Twilio says only that it picks one. An "
        "application that opens sessions until it gets another number needs one of the last two. "
        "number_selection_behavior comes first: with prefer-sticky a person gets their last number again.",
        ("first", "least-used", "seeded"),
    )
    intercept_api_messages: bool = _option(
        False,
        "Ask the intercept callback about messages that the API sends (MessageInteractions) too; 403 blocks them. "
        "Twilio's docs speak of interactions in general; their examples are texts and calls of people.",
    )
    strict_identifiers: bool = _option(
        False,
        "Refuse numbers that are possible but not assigned (+1 555 ...) with 80404, as the real service does. Test "
        "suites use such numbers, so the default accepts them.",
    )
    strict_numbers: bool = _option(
        False,
        "Refuse phone numbers and channel identifiers that the account does not own (80301, 80304), as the real "
        "service does; otherwise the account gets them when they are first used.",
    )
    reserved_by_name: str = _option(
        "accept",
        "A reserved number as ProxyIdentifier: the docs allow it; a log of 2026 shows 80207 ('refuse').",
        ("accept", "refuse"),
    )
    capability_keys: str = _option(
        "long",
        "The keys of a PhoneNumber's capabilities: 'long' (voice_inbound ...) was seen on the real service; the "
        "OpenAPI file has 'short' (voice, sms, mms, fax).",
        ("long", "short"),
    )
    capital_resource_types: bool = _option(
        False,
        "Message / Call instead of message / call in an Interaction's resource types: capitals in the example of the "
        "OpenAPI file, none in three answers of the real service.",
    )
    newest_first: bool = _option(
        False,
        "List the newest rows first. The order is undocumented: oldest first keeps page tokens stable, newest first is "
        "common.",
    )
    unknown_name_code: int = _option(
        20404,
        "GET of a Session by an unknown unique name: 20404 as for a SID, or 80308 of the dictionary.",
        (20404, 80308),
    )
    link_short_codes: bool = _option(False, "Add short codes to the links of a Service, as Twilio did until 2025-07.")
    new_customer: bool = _option(
        False, "Refuse new Services with 80506, as Twilio does for accounts made after 2022-11."
    )
    rate_limit: bool = _option(
        False,
        "Answer 429 / 20429 beyond 30 requests a second with bursts of 150, per operation and Service, by the fake's "
        "clock. The limits are documented; the code and Retry-After are not.",
    )
    message_seconds: int = _option(
        0,
        "Seconds that a text takes from queued to sent, and again from sent to its final status. With 0 it has its "
        "final status at once, and one status callback.",
    )
    answering_postpones_expiry: bool = _option(
        False,
        "Count the answer of a call as an interaction for ttl, as its start and its end; undocumented.",
    )
    test_account_sids: tuple[str, ...] = _option(
        (), "Account SIDs of test credentials, which Proxy answers with 403 / 20008."
    )

    def __post_init__(self) -> None:
        for point in fields(self):
            value = getattr(self, point.name)
            choices = point.metadata["choices"]
            if type(value) is not type(point.default) or (choices and value not in choices):
                expected = " or ".join(map(repr, choices)) or f"a {type(point.default).__name__}"
                raise UsageError(f"behavior {point.name}={value!r}: expected {expected}")
            if type(value) is int and value < 0:
                raise UsageError(f"behavior {point.name}={value!r}: expected 0 or more seconds")

    def __repr__(self) -> str:
        changed = ((point.name, getattr(self, point.name)) for point in fields(self))
        defaults = {point.name: point.default for point in fields(self)}
        return f"Behavior({', '.join(f'{name}={value!r}' for name, value in changed if value != defaults[name])})"

    @classmethod
    def of(cls, settings: Behavior | Mapping[str, object] | None) -> Behavior:
        """Return a Behavior made from a mapping of its fields, or from None (all defaults), or the given one.

        Raises `UsageError` for an unknown field.
        """
        if settings is None:
            return _defaults()
        if isinstance(settings, Behavior):
            return settings
        names = [point.name for point in fields(cls)]
        if unknown := sorted(set(settings) - set(names)):
            raise UsageError(f"unknown behavior {', '.join(unknown)}; {did_you_mean(unknown, names, 'there are:')}")
        make: Callable[..., Behavior] = cls
        return make(**settings)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Behavior:
        """Return a Behavior made from texts `name=value` of an ini file or a command line. Lists are split at blanks.

        Raises `UsageError` for an unknown field or a wrong value.
        """
        settings: dict[str, object] = {}
        defaults: dict[str, Any] = {point.name: point.default for point in fields(cls)}
        for line in filter(None, map(str.strip, lines)):
            name, separator, text = (part.strip() for part in line.partition("="))
            default = defaults.get(name, "")
            if not separator:
                raise UsageError(f"behavior {line!r}: expected name=value")
            try:
                if isinstance(default, bool):
                    settings[name] = {"true": True, "false": False}[text.lower()]
                elif isinstance(default, tuple):
                    settings[name] = tuple(text.split())
                else:
                    settings[name] = type(default)(text)
            except (KeyError, ValueError) as error:
                raise UsageError(f"behavior {line!r}: expected a {type(default).__name__}") from error
        return cls.of(settings)


@cache
def _defaults() -> Behavior:
    """Return the same object each time, since nearly all fakes have it."""
    return Behavior()
