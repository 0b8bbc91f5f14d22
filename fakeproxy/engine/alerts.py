"""The alerts of Twilio's Debugger: code, level and text, as its error dictionary has them."""

from __future__ import annotations

from fakeproxy.engine.records import Alert

ALERTS: dict[int, tuple[str, str]] = {
    12100: ("error", "Document parse failure"),
    # Guess: the code of a TwiML verb that is not served; Twilio's own is about verbs that it does not know.
    12200: ("warning", "Schema validation warning"),
    80614: (
        "warning",
        "Incoming message or call found no target participant in session {session_sid} for participant "
        "{participant_sid}",
    ),
    80624: ("warning", "Your Proxy number pool has reached 85% of the maximum limit."),
    80901: ("warning", "Message matched a STOP or START word, not proxying"),
    80902: (
        "error",
        "You received a call to your Proxy Number from a caller who is not a participant in an active session. ",
    ),
    80903: ("warning", "Unknown Participant"),
    80904: ("warning", "Proxy session has expired."),
    80905: ("warning", "No valid proxy scenario for handling inbound call or message"),
    80908: ("warning", "Error on Callback for {url}"),
    80909: ("warning", "Interaction not completed due to InterceptCallbackUrl."),
    80910: ("warning", "Inbound message to voice-only session rejected."),
    80911: ("warning", "Inbound call to message-only session rejected."),
    80913: ("error", "Callback to Out-of-Session handler returned a non-success status code."),
}


def alert(code: int, resource_sid: str, at: int, *, cause: str = "", why: str = "", **facts: str) -> Alert:
    """The alert of this code, its text filled with `facts`."""
    level, text = ALERTS[code]
    return Alert(code, level, text.format(**facts) if facts else text, resource_sid, at, cause, why)
