"""The command line, for `python -m fakeproxy`."""

from __future__ import annotations

import sys

from fakeproxy.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
