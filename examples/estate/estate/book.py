"""The agency's own tables: agents, listings and inquiries. No table has the number of a buyer."""

import sqlite3

from flask import current_app, g

_SCHEMA = """
CREATE TABLE IF NOT EXISTS agents (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL UNIQUE,
    sign TEXT NOT NULL UNIQUE);  -- the proxy number on the agent's signs, reserved for this agent
CREATE TABLE IF NOT EXISTS listings (id INTEGER PRIMARY KEY, address TEXT NOT NULL,
    agent_id INTEGER NOT NULL REFERENCES agents);
CREATE TABLE IF NOT EXISTS inquiries (session_sid TEXT PRIMARY KEY, agent_id INTEGER NOT NULL REFERENCES agents,
    listing_id INTEGER REFERENCES listings,  -- NULL if the buyer texted the number of a sign
    expires_at INTEGER NOT NULL);  -- seconds since 1970; later with each status callback
"""


def query(statement, *values):
    """Execute a statement, commit it, and return its rows."""
    if "book" not in g:
        g.book = sqlite3.connect(current_app.config["DATABASE"])
        g.book.row_factory = sqlite3.Row
        g.book.executescript(_SCHEMA)
    with g.book:
        return g.book.execute(statement, values).fetchall()


def first(statement, *values):
    """Execute a statement, and return its first row, or None."""
    return next(iter(query(statement, *values)), None)


def close(error=None):
    """Close the connection of this request."""
    if "book" in g:
        g.pop("book").close()


def add_inquiry(session_sid, agent_id, listing_id, expires_at):
    """Add an inquiry, or postpone the expiry of the one that there is. `expires_at` is an aware datetime."""
    query(
        "INSERT INTO inquiries VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at",
        *(session_sid, agent_id, listing_id, int(expires_at.timestamp())),
    )


def agent_of_listing(listing):
    """Return the agent of a listing, or None."""
    return first("SELECT agents.* FROM agents JOIN listings ON agent_id = agents.id WHERE listings.id = ?", listing)


def agent_of_session(session_sid):
    """Return the agent of an inquiry, or None."""
    return first("SELECT agents.* FROM inquiries JOIN agents ON id = agent_id WHERE session_sid = ?", session_sid)
