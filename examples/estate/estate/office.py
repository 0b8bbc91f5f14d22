"""The agency's own API, for its website and its office."""

import hashlib
from datetime import datetime, timezone

from flask import Blueprint, abort, jsonify, request

from estate import book, conversations, settings

routes = Blueprint("office", __name__)


@routes.post("/agents")
def hire():
    """Add an agent, and reserve a number for the agent's signs."""
    taken = {agent["sign"] for agent in book.query("SELECT sign FROM agents")}
    sign = next((number for number in conversations.reserved_numbers() if number not in taken), None)
    if sign is None:
        abort(409, "No number is left for another sign.")
    name, phone = request.json["name"], request.json["phone"]
    agent = book.first("INSERT INTO agents (name, phone, sign) VALUES (?, ?, ?) RETURNING id, sign", name, phone, sign)
    return jsonify(dict(agent)), 201


@routes.post("/listings")
def offer():
    """Add a listing of an agent."""
    address, agent = request.json["address"], request.json["agent"]
    listing = book.first("INSERT INTO listings (address, agent_id) VALUES (?, ?) RETURNING id", address, agent)
    return jsonify(dict(listing)), 201


@routes.post("/listings/<int:listing>/inquiries")
def inquire(listing):
    """Connect a buyer with the agent of a listing, and return the number to text or call."""
    agent = book.agent_of_listing(listing)
    if agent is None:
        abort(404)
    buyer = request.json["phone"]
    # Unique names are no place for personal data. The name is the same if the form is sent twice.
    name = f"listing-{listing}-{hashlib.sha256(buyer.encode()).hexdigest()[:16]}"
    try:
        session_sid, number = conversations.open_conversation(name, buyer, agent["phone"])
    except conversations.AllLinesBusy:
        return jsonify(error="All lines are busy. Please try again later."), 503
    book.add_inquiry(session_sid, agent["id"], listing, datetime.now(timezone.utc) + settings.SILENCE)
    return jsonify(agent=agent["name"], number=number), 201


@routes.get("/agents/<int:agent>/inquiries")
def open_inquiries(agent):
    """Return the conversations of an agent that are not over, those that end first at first."""
    now = datetime.now(timezone.utc).timestamp()
    rows = book.query(
        "SELECT address, expires_at, session_sid AS session FROM inquiries LEFT JOIN listings ON id = listing_id "
        "WHERE inquiries.agent_id = ? AND expires_at > ? ORDER BY expires_at",
        *(agent, now),
    )
    return jsonify([dict(row) for row in rows])


@routes.post("/listings/<int:listing>/sold")
def sold(listing):
    """End all conversations about a listing."""
    for row in book.query("SELECT session_sid FROM inquiries WHERE listing_id = ?", listing):
        conversations.end_conversation(row["session_sid"])
        book.query("DELETE FROM inquiries WHERE session_sid = ?", row["session_sid"])
    return "", 204
