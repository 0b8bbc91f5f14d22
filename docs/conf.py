"""The settings of the documentation site: `sphinx-build -W docs build/site`."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from fakeproxy import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "fakeproxy"
project_copyright = "2026, the fakeproxy authors"
version = release = __version__
extensions = ["myst_parser", "sphinx_external_toc", "sphinx.ext.autodoc", "sphinxcontrib.mermaid"]
html_theme = "furo"
html_title = "fakeproxy"
html_static_path = ["_static"]
html_css_files = ["site.css"]

# GitHub shows the pages too, so the tree of the pages is in _toc.yml, and no page has a directive for it.
external_toc_path = "_toc.yml"
exclude_patterns = ["outputs"]

# `#heading` in a link is an anchor, as on GitHub. A link that leads nowhere is a warning, and `-W` makes it an error.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
# In docstrings, `x` is code.
default_role = "code"
# JSON in prose keeps its quotation marks.
smartquotes = False


def setup(app: Sphinx) -> None:
    """Have signatures shown as `_signature` returns them."""
    app.connect("autodoc-process-signature", _signature)


def _signature(
    app: Sphinx, what: str, name: str, shown: object, options: object, signature: str | None, returns: str
) -> tuple[str, str] | None:
    """Return the signature of an object: none for a class that only the fake makes, whose fields are listed."""
    if signature is None:
        return None
    if (
        what == "class"
        and name.startswith("fakeproxy.types.")
        and (is_dataclass(shown) or not hasattr(shown, "_fields"))
    ):
        return "", ""
    return signature.replace("= Ellipsis", "= ..."), returns
