"""The text itself: terms that explain themselves, numbers that stay with their units."""

from __future__ import annotations

import re
from functools import partial

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from nkreview.book.plates.sphinx import Plate

GLOSSARY_PAGE = "book/glossary"

NUMBER_AND_UNIT = re.compile(
    r"(?<=\d) (?=%|°C|(?:min|[smhd]|[kmµn]?g|[mµn]?l|[mµnp]?M|[cmµn]m|IU|Gy|kDa)(?![\w-]))"
)


class Terms:
    """The entries of the book's glossary, read when all pages are, and what uses them.

    Attributes
    ----------
    meanings : dict
        The id and the first sentence of each entry, by its term; empty without a glossary.
    """

    def __init__(self) -> None:
        self.meanings: dict[str, tuple[str, str]] = {}

    def read(self, _app: Sphinx, env: BuildEnvironment) -> None:
        """Read the glossary's page."""
        self.meanings = {}
        if GLOSSARY_PAGE not in env.all_docs:
            return
        for item in env.get_doctree(GLOSSARY_PAGE).findall(nodes.definition_list_item):
            term = next(item.findall(nodes.term))
            self.meanings[term.astext()] = term["ids"][0], _first_sentence(item)

    def link_for(self, address: str, name: str) -> tuple[str, str] | None:
        """Return where a name in a drawing's key is explained, and its meaning, if it is.

        Parameters
        ----------
        address : str
            Of the glossary's page.
        name : str
            Its term stands first: "engager, two ends" is an engager.
        """
        entry, sentence = self.meanings.get(re.split(r",| \(| with ", name)[0], ("", ""))
        return (f"{address}#{entry}", sentence) if entry else None

    def explain(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Let links to the glossary tell what the word means, and drawings' keys lead there."""
        if not self.meanings:
            return
        sentences = dict(self.meanings.values())
        for link in doctree.findall(nodes.reference):
            entry = link.get("refuri", "").partition("#")[2]
            if entry in sentences:
                link["reftitle"] = sentences[entry]
        address = app.builder.get_relative_uri(docname, GLOSSARY_PAGE)
        for plate in doctree.findall(Plate):
            plate["link_for"] = partial(self.link_for, address)


def setup_terms(app: Sphinx) -> None:
    """Explain terms, and keep numbers with their units."""
    app.nkreview_terms = Terms()
    app.connect("doctree-read", _keep_units_with_numbers)
    app.connect("env-updated", app.nkreview_terms.read)
    app.connect("doctree-resolved", app.nkreview_terms.explain)


def _first_sentence(item: nodes.definition_list_item) -> str:
    """Return the first line of an entry, without its citations."""
    paragraph = next(item.findall(nodes.paragraph)).deepcopy()
    for link in list(paragraph.findall(addnodes.pending_xref)):
        if link["refdomain"] == "cite":
            link.parent.remove(link)
    return re.sub(r"\s+([.,;])", r"\1", paragraph.astext().splitlines()[0])


def _keep_units_with_numbers(_app: Sphinx, doctree: nodes.document) -> None:
    """Put a space that breaks no line between a number and its unit."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.FixedTextElement | nodes.literal | nodes.raw):
            kept = NUMBER_AND_UNIT.sub("\u00a0", text)
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))
