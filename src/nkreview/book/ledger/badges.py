"""Badges: verdicts in the text, which lead to the ledger's rows, and the rows that lead back."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from nkreview.book.ledger.rows import Row
from nkreview.book.ledger.verdicts import VERDICTS

LEDGER_PAGE, CORRECTIONS_PAGE = "book/evidence", "book/corrections"


@dataclass(frozen=True)
class Place:
    """A section in which a badge stands: its id on its page (empty for the page) and its title."""

    ident: str
    title: str


def link(page: str, anchor: str, *inside: nodes.Node, **attributes: object) -> nodes.reference:
    """Return a link to a part of another page, whose address is found when the page is written."""
    return nodes.reference(
        "", "", *inside, internal=True, nk_page=page, nk_anchor=anchor, **attributes
    )


def badge(row: Row) -> nodes.reference:
    """Return the badge of a row: sign, number and verdict, and in its title the rest."""
    look = VERDICTS[row.verdict]
    cited = ", cited to the wrong paper" if row.miscited else ""
    return link(
        LEDGER_PAGE,
        row.id,
        nodes.raw("", f'<span aria-hidden="true">{look.sign}</span> ', format="html"),
        nodes.Text(f"{row.id} {look.word}"),
        reftitle=f"“{row.says}” Verdict: {look.word}{cited}. {row.why}",
        classes=["nk-claim", look.css],
        nk_claim=row.id,
    )


class Chapters(nodes.General, nodes.Element):
    """Where the pages that discuss rows are offered, until every page is read."""


def discussion(row: str) -> nodes.inline:
    """Return the place for links to the sections that discuss a row."""
    return nodes.inline(nk_discussed=row, classes=["nk-discussed"])


def places(env: BuildEnvironment) -> dict[str, dict[str, list[Place]]]:
    """Return the sections in which badges stand, by page and row."""
    if not hasattr(env, "nk_places"):
        env.nk_places = {}
    return env.nk_places


def setup_badges(app: Sphinx) -> None:
    """Let badges and rows lead to each other."""
    app.connect("doctree-read", _note_badges)
    app.connect("env-purge-doc", _forget_badges)
    app.connect("env-merge-info", _merge_badges)
    app.add_node(Chapters)
    app.connect("doctree-resolved", _lead_back)
    app.connect("doctree-resolved", _offer_chapters)
    app.connect("doctree-resolved", _find_addresses, priority=600)


def _note_badges(app: Sphinx, doctree: nodes.document) -> None:
    """Record the sections of a page in which badges stand; pages about the ledger do not count."""
    if app.env.docname in (LEDGER_PAGE, CORRECTIONS_PAGE):
        return
    found: dict[str, list[Place]] = {}
    for node in doctree.findall(lambda n: isinstance(n, nodes.reference) and "nk_claim" in n):
        rows = found.setdefault(node["nk_claim"], [])
        place = _place(node)
        if place not in rows:
            rows.append(place)
    places(app.env)[app.env.docname] = found


def _place(node: nodes.Node) -> Place:
    """Return the section around a node; the first of a page stands for the page."""
    section = node.parent
    while not isinstance(section, nodes.section | nodes.document):
        section = section.parent
    nested = isinstance(section.parent, nodes.section)
    heading = section.next_node(nodes.title)
    return Place(section["ids"][0] if nested else "", heading.astext() if heading else "")


def _forget_badges(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    places(env).pop(docname, None)


def _merge_badges(
    _app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    theirs = places(other)
    places(env).update({name: theirs[name] for name in docnames if name in theirs})


def _lead_back(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Write into the ledger's rows where the book discusses them."""
    for node in doctree.findall(lambda n: isinstance(n, nodes.inline) and "nk_discussed" in n):
        for page, rows in sorted(places(app.env).items()):
            for place in rows.get(node["nk_discussed"], []):
                node += [nodes.Text("; ")] if len(node) else []
                node += link(page, place.ident, nodes.Text(place.title))
        if not len(node):
            node += nodes.inline("", "no chapter discusses it", classes=["nk-none"])


def _offer_chapters(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Offer the pages that discuss rows, in the order of the book, by the addresses of links."""
    for node in list(doctree.findall(Chapters)):
        found = places(app.env)
        options = [
            f'<option value="{app.builder.get_relative_uri(docname, page)}">'
            f"{escape(app.env.titles[page].astext())} ({len(found[page])})</option>"
            for page in app.env.collect_relations()
            if found.get(page)
        ]
        node.replace_self(nodes.raw("", "".join(options), format="html"))


def _find_addresses(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give every link its address, or leave its words where the book lacks the page."""
    for node in list(doctree.findall(lambda n: isinstance(n, nodes.reference) and "nk_page" in n)):
        if node["nk_page"] in app.env.all_docs:
            address = app.builder.get_relative_uri(docname, node["nk_page"])
            anchor = f"#{node['nk_anchor']}" if node["nk_anchor"] else ""
            node["refuri"] = f"{address}{anchor}"
        else:
            node.replace_self(nodes.inline("", "", *node.children, classes=node["classes"]))
