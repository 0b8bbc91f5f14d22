"""The points that Twilio leaves open and a test may want to set: one field each, with its default and why.

`docs/differences.md` is tested against this table. Guesses that are not worth a switch are single lines marked
`# Guess:` where they are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from fakeproxy.exceptions import UsageError


def _option(default: Any, why: str, choices: tuple[Any, ...] = ()) -> Any:
    return field(default=default, metadata={"why": why, "choices": choices})


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """How the fake decides where what is known of Twilio Proxy is silent or contradicts itself.

    Raises `UsageError` for a value of another type, or one that is not among the choices.
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
        "Seconds of silence after which a session with neither ttl nor date_expiry closes. The Session page says "
        "never (0); the page of error 80904 claims 90 days (7776000).",
    )
    purge_after: int = _option(
        0, "Seconds after closing at which a session is deleted. The changelog says 90 days (7776000); 0 is never."
    )
    close_closed: str = _option(
        "refuse",
        "Closing a closed session: the documented changes leave it out (400 / 80607); 'accept' is a silent 200.",
        ("refuse", "accept"),
    )
    deleted_identifier_code: int = _option(
        80103,
        "Adding a participant again after deleting it: its own page says 80103, the dictionary describes 80612.",
        (80103, 80612),
    )
    participant_delete_status: int = _option(
        200,
        "DELETE Participant: 200 in the current OpenAPI file, 204 until 2024-05; SDKs before 9.6 read 200 as False.",
        (200, 204),
    )
    camel_case_participants: bool = _option(
        True, "Keys of Participants in camelCase: public code sends them, nobody shows what Twilio answers."
    )
    distinct_within_session: bool = _option(
        False,
        "Whether the two people of a session get different numbers where the pool allows; one report says so.",
    )
    number_choice: str = _option(
        "first",
        "Which of several numbers that would do a participant gets: 'first' of the pool, 'least-used' (in the fewest "
        "active sessions, then given least often), or 'seeded' (drawn from the fake's seed). Twilio says no more than "
        "that it picks one; an application that opens sessions until it gets another number needs one of the last two. "
        "What number_selection_behavior says goes first: under prefer-sticky a person gets their last number again.",
        ("first", "least-used", "seeded"),
    )
    intercept_api_messages: bool = _option(
        False,
        "Whether the intercept callback is asked about messages that the API sends (MessageInteractions) too. The docs "
        "speak of interactions in general, their examples of people's; a 403 then leaves the message unsent.",
    )
    strict_identifiers: bool = _option(
        False,
        "Refuse numbers that are possible but not assigned (+1 555 ...) with 80404, as the real service does; test "
        "suites live on such numbers.",
    )
    strict_numbers: bool = _option(
        False,
        "Refuse phone numbers and channel identifiers that nobody bought or configured (80301, 80304), as the real "
        "service does; otherwise they are bought on the way.",
    )
    reserved_by_name: str = _option(
        "accept",
        "An explicit ProxyIdentifier that is reserved: the docs allow it; a log of 2026 met 80207 ('refuse').",
        ("accept", "refuse"),
    )
    capability_keys: str = _option(
        "long",
        "The keys of a PhoneNumber's capabilities: 'long' (voice_inbound ...) was observed, the OpenAPI file has "
        "'short' (voice, sms, mms, fax).",
        ("long", "short"),
    )
    capital_resource_types: bool = _option(
        False,
        "Message / Call instead of message / call in an Interaction's resource types: the OpenAPI file's example has "
        "capitals, three observations have not.",
    )
    newest_first: bool = _option(
        False, "The order of lists is undocumented: oldest first keeps a cursor stable, newest first is common."
    )
    unknown_name_code: int = _option(
        20404,
        "GET of a Session by a unique name that does not exist: the plain 404, or 80308, which the dictionary has.",
        (20404, 80308),
    )
    link_short_codes: bool = _option(
        False, "Whether a Service's links name its short codes, as they did until 2025-07."
    )
    new_customer: bool = _option(
        False, "Refuse new Services with 80506, as Twilio does for accounts made after 2022-11."
    )
    rate_limit: bool = _option(
        False,
        "Answer 429 / 20429 beyond 30 requests a second with bursts to 150, per operation and Service, by the fake's "
        "clock; the limits are documented, the answer's code and Retry-After are not.",
    )
    message_seconds: int = _option(
        0,
        "Seconds that a text takes from queued to sent, and again from sent to its end; with 0 it is at its end at "
        "once, and one status callback tells of it.",
    )
    answering_postpones_expiry: bool = _option(
        False,
        "Whether answering a call counts as an interaction for ttl, as its start and its end do; undocumented.",
    )
    test_account_sids: tuple[str, ...] = _option(
        (), "Account SIDs of test credentials: Proxy answers them 403 / 20008."
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

    @classmethod
    def of(cls, settings: Behavior | Mapping[str, Any] | None) -> Behavior:
        """A Behavior from one, from a mapping of its fields, or from nothing (all defaults)."""
        if settings is None:
            return cls()
        if isinstance(settings, Behavior):
            return settings
        names = [point.name for point in fields(cls)]
        if unknown := sorted(set(settings) - set(names)):
            raise UsageError(f"unknown behavior {', '.join(unknown)}; there are: {', '.join(names)}")
        return cls(**settings)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Behavior:
        """A Behavior from texts `name=value`, as an ini file or a command line has them; lists are split at blanks."""
        settings: dict[str, Any] = {}
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
