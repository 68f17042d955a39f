"""The bibliography: quick to write, and a list that screen readers can use."""

from __future__ import annotations

from docutils import nodes
from pybtex.plugin import find_plugin, register_plugin
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def setup_citations(app: Sphinx) -> None:
    """Write citations without a wrong role, and find their formatter at once."""
    # pybtex would search all installed packages for it, again for each citation.
    backends = "pybtex.backends"
    register_plugin(backends, "plaintext", find_plugin(backends, "plaintext"), force=True)
    app.add_node(nodes.citation, override=True, html=(_visit_citation, _depart_citation))


def _visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry; docutils calls the whole a list, whose entries are then no list items."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div class="citation-list">\n')
    entry = {"classes": [node.tagname], "role": "doc-biblioentry"}
    translator.body.append(translator.starttag(node, "div", **entry))


def _depart_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")
