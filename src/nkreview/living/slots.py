"""Places in a template's HTML for what only Sphinx can write: citations, badges, links."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from docutils.parsers.rst.states import RSTState
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

MARK = "\ue000"  # a character that Unicode leaves to private use


class Slots:
    """What stands inside the HTML of a template and is resolved with the rest of the page.

    A template calls a method of this object where a citation belongs; the method keeps the nodes
    and writes a mark, and :meth:`fill` puts the nodes where the marks are.

    Parameters
    ----------
    directive : SphinxDirective
        Whose page the HTML is for.
    """

    def __init__(self, directive: SphinxDirective) -> None:
        self._directive = directive
        self._held: list[list[nodes.Node]] = []

    def put(self, *found: nodes.Node) -> str:
        """Keep nodes, and return the mark that stands for them."""
        self._held.append(list(found))
        return f"{MARK}{len(self._held) - 1}{MARK}"

    def cite(self, keys: Iterable[str]) -> str:
        """Cite papers of the bibliography by their keys; without a bibliography, name the keys."""
        if "cite" not in self._directive.env.domains:
            return ", ".join(keys)
        role = ":cite:p:" if isinstance(self._directive.state, RSTState) else "{cite:p}"
        parsed, messages = self._directive.parse_inline(f"{role}`{','.join(keys)}`")
        return self.put(nodes.inline("", "", *parsed, classes=["nk-cites"]), *messages)

    def link(self, text: str, label: str) -> str:
        """Point to a label of the book; where there is none, the text stands alone."""
        about = {"refdomain": "std", "reftype": "ref", "reftarget": label, "refexplicit": True}
        place = addnodes.pending_xref("", nodes.inline(text, text), refwarn=False, **about)
        place["refdoc"] = self._directive.env.docname
        return self.put(nodes.inline("", "", place))

    def fill(self, html: str) -> list[nodes.Node]:
        """Return the HTML as nodes, with what was kept in the place of each mark."""
        found: list[nodes.Node] = []
        for place, part in enumerate(html.split(MARK)):
            if place % 2:
                found += self._held[int(part)]
            else:
                found.append(nodes.raw("", part, format="html"))
        return found
