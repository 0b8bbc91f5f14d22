"""The lookup of the row that the path of a request names, or the reason why there is none."""

from __future__ import annotations

from fakeproxy.api.operations import Operation
from fakeproxy.api.request import Request
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.records import Participant, Row
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.sids import is_sid
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import Refusal

#: By section of a path: the table of its rows, the prefix of their SIDs, and the field that names their parent.
_SECTIONS = {
    "Services": ("services", "KS", "account"),
    "PhoneNumbers": ("phone_numbers", "PN", "service_sid"),
    "ShortCodes": ("short_codes", "SC", "service_sid"),
    "Sessions": ("sessions", "KC", "service_sid"),
    "Participants": ("participants", "KP", "session_sid"),
    "Interactions": ("interactions", "KI", "session_sid"),
    "MessageInteractions": ("interactions", "KI", "participant_sid"),
}


#: The most rows that a reason names.
_MOST = 3


def find(
    store: Store,
    request: Request,
    operation: Operation,
    account: str,
    named: tuple[tuple[str, str], ...],
    seeding: str,
) -> Row | None:
    """Return the last row that the path names: the one to operate on, or its parent. None if the account is the parent.

    `named` has the section and the SID of each row that the path names. Raises the `Refusal` 20404 if there is no such
    row. `seeding` is the way to add a Service, for the reason.
    """
    parent, row = account, None
    for section, sid in named:
        table_name, _, parent_field = _SECTIONS[section]
        table = store.tables[table_name]
        row = table.get(sid)
        if row is None or getattr(row, parent_field) != parent:
            # Twilio's OpenAPI file asks for a SID everywhere but in the GET of one Service or Session.
            row = (
                table.named(parent, sid)
                if operation.verb == "Fetch" and (section, sid) == named[-1] and table.name == "unique_name"
                else None
            )
            if row is None:
                raise _not_found(store, request, operation, account, section, sid, seeding)
        parent = row.sid
    deleted = getattr(row, "date_deleted", None)
    if deleted is not None and operation.verb in ("Create", "Delete"):
        raise refuse(20404, _left(row, deleted), path=request.plain_path)
    return row


def _not_found(
    store: Store, request: Request, operation: Operation, account: str, section: str, sid: str, seeding: str
) -> Refusal:
    table_name, prefix, parent_field = _SECTIONS[section]
    row = store.tables[table_name].get(sid)
    if row is not None and row.account != account:
        why = f"{sid} belongs to another account, {store.accounts.sid_of(row.account)}"
        if row.account == DEFAULT:
            why += f"; {_remedy(account)}"
    elif row is not None:
        why = f"{sid} belongs to {getattr(row, parent_field)}"
    elif (deleted := store.deleted_at.get(sid)) is not None:
        why = f"{sid} was deleted at {iso8601(deleted)}"
    elif is_sid(sid, prefix):
        why = f"there never was a {sid}"
        if table_name == "services":
            why += f"; {_services(store, account)}; {seeding} adds one with this SID"
    else:
        why = f"{sid!r} is not {prefix} and 32 hex digits"
        if (other := _table_of(store, sid)) is not None:
            why += f", but the SID of one of the {other.replace('_', ' ')}"
        if store.tables[table_name].name == "unique_name":
            if operation.verb == "Fetch":
                why += ", nor the unique name of a row"
                if section == "Sessions" and store.behavior.unknown_name_code == 80308:
                    return refuse(80308, why)
            else:
                why += "; a unique name stands for its row in GET only"
    return refuse(20404, why, path=request.plain_path)


def _left(row: Row | None, deleted: int) -> str:
    if isinstance(row, Participant):
        name = f"{row.friendly_name}, {row.identifier}" if row.friendly_name else row.identifier
        return f"the participant was deleted at {iso8601(deleted)}: {row.sid} ({name}) has left the session"
    return f"the row was deleted at {iso8601(deleted)}"


def _services(store: Store, account: str) -> str:
    """Return which Services there are, for a request that names none of them."""
    rows = list(store.services.of(account))
    named = ", ".join(f"{row.sid} ({row.unique_name})" for row in rows[:_MOST])
    if not rows:
        others = [row for row in store.services.rows.values() if row.account == DEFAULT]
        if not others:
            return "there is no Service at all"
        return f"account {account} has no Service, account {store.accounts.sid_of(DEFAULT)} has; {_remedy(account)}"
    return f"the fake's Services are {named}{' and others' if len(rows) > _MOST else ''}"


def _remedy(account: str) -> str:
    """Return what to do if the rows of the default account were meant for this one."""
    return f"if {account} is the application's account, set the fake's account_sid (fakeproxy_account_sid) to it"


def _table_of(store: Store, sid: str) -> str | None:
    """Return the name of the table with a SID, or None."""
    return next((name for _, (name, _, _) in _SECTIONS.items() if store.tables[name].get(sid) is not None), None)
