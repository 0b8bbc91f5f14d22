"""The settings of the documentation site: `sphinx-build -W docs build/site`."""

from fakeproxy import __version__

project = "fakeproxy"
version = release = __version__
extensions = ["myst_parser", "sphinx_external_toc", "sphinx.ext.autodoc", "sphinxcontrib.mermaid"]
html_theme = "furo"
html_title = "fakeproxy"

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
