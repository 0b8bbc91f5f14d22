"""The command line: `fakeproxy demo`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from fakeproxy._version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = argparse.ArgumentParser(prog="fakeproxy", description="An in-process fake of the Twilio Proxy API.")
    parser.add_argument("--version", action="version", version=f"fakeproxy {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="tell a masked job from booking over a day of silence to its closing")
    parser.parse_args(arguments)

    from fakeproxy import demo

    demo.tell(sys.stdout.write, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    return 0
