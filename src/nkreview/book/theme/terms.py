"""The text itself: terms that explain themselves, numbers that stay with their units."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from nkreview.book.plates.sphinx import Plate

GLOSSARY_PAGE = "book/glossary"


NUMBER_AND_UNIT = re.compile(
    r"(?<=\d) (?=%|°C|(?:min|[smhd]|[kmµn]?g|[mµn]?l|[mµnp]?M|[cmµn]m|IU|Gy|kDa)(?![\w-]))"
)


def _keep_units_with_numbers(_app: Sphinx, doctree: nodes.document) -> None:
    """Put a space that breaks no line between a number and its unit."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.FixedTextElement | nodes.literal | nodes.raw):
            kept = NUMBER_AND_UNIT.sub("\u00a0", text)
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))


def _definitions(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return the id and the first sentence of each entry of the glossary, by its term."""
    if GLOSSARY_PAGE not in env.all_docs:
        return {}
    found = {}
    for item in env.get_doctree(GLOSSARY_PAGE).findall(nodes.definition_list_item):
        paragraph = next(item.findall(nodes.paragraph))
        for link in list(paragraph.findall(addnodes.pending_xref)):
            if link["refdomain"] == "cite":
                link.parent.remove(link)
        sentence = re.sub(r"\s+([.,;])", r"\1", paragraph.astext().splitlines()[0])
        term = next(item.findall(nodes.term))
        found[term.astext()] = term["ids"][0], sentence
    return found


def _explain_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let a link to the glossary tell what the word means, and lead there from a figure's key."""
    definitions = _definitions(app.env)
    sentences = dict(definitions.values())
    for link in doctree.findall(nodes.reference):
        entry = link.get("refuri", "").partition("#")[2]
        if entry in sentences:
            link["reftitle"] = sentences[entry]
    address = app.builder.get_relative_uri(docname, GLOSSARY_PAGE)

    def explained(name: str) -> tuple[str, str] | None:
        term = re.split(r",| \(| with ", name)[0]  # "engager, two ends" is an engager
        if term not in definitions:
            return None
        entry, sentence = definitions[term]
        return f"{address}#{entry}", sentence

    for plate in doctree.findall(Plate):
        names = [sign.name for sign in plate.drawing().key()]
        plate["terms"] = {name: link for name in names if (link := explained(name))}
