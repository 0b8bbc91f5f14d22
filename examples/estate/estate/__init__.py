"""Estate: buyers and agents of an agency text and call each other, and neither sees the other's number."""

import click
from flask import Flask

from estate import book, conversations, office, webhooks


def create_app(database="estate.sqlite"):
    """Return the application. `database` is the path of its SQLite file, which is made if there is none."""
    app = Flask(__name__)
    app.config["DATABASE"] = database
    app.register_blueprint(office.routes)
    app.register_blueprint(webhooks.routes)
    app.teardown_appcontext(book.close)
    app.cli.add_command(click.Command("connect", callback=conversations.set_webhooks, help="Give Twilio our URLs."))
    return app
