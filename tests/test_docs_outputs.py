"""Each output that the documentation shows is what its command prints; so the code of the tutorial runs."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.quick import slow_but

DOCS = Path(__file__).parent.parent / "docs"
SCRIPT: dict[str, Any] = runpy.run_path(str(DOCS / "outputs.py"))
OUTPUTS: dict[str, Any] = SCRIPT["OUTPUTS"]


@pytest.mark.parametrize("name", slow_but(OUTPUTS, "first_failure"))
def test_an_output_is_what_the_command_prints(name: str) -> None:
    shown = (DOCS / "outputs" / f"{name}.txt").read_text(encoding="utf-8")
    assert shown == SCRIPT["run"](OUTPUTS[name]), "run: python docs/outputs.py && python docs/generate.py"


def test_each_output_is_on_a_page() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))
    assert {path.stem for path in (DOCS / "outputs").iterdir()} == set(OUTPUTS)
    for name in OUTPUTS:
        assert f"<!-- begin docs/outputs/{name}.txt -->\n```text\n" in pages
