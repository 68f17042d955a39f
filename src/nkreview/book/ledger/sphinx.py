"""The directives and roles of the evidence ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nkreview.book.ledger.corrections import load_corrections
from nkreview.book.ledger.count import count
from nkreview.book.ledger.picture import picture
from nkreview.book.ledger.rows import SHAPES, load_ledger
from nkreview.book.ledger.tables import (
    Place,
    all_parameters,
    as_csv,
    audit,
    counts,
    documents,
    findings,
    places_html,
    table,
)
from nkreview.living.assets import ASSETS, assets_folder, classic_module, ship
from nkreview.living.sphinx import OfModel
from nkreview.sbml.naming import suggestion

STATIC = Path(__file__).parent / "static"

LEDGER_PAGE = "book/evidence"


# Pages about the ledger itself; a row that only they mention is discussed by no chapter.
ABOUT_THE_LEDGER = (LEDGER_PAGE, "book/corrections")


class ClaimRole(SphinxRole):
    """``{claim}`R026```: the verdict on a claim of the source documents, as a badge."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge; a link to the ledger where the book has that page."""
        rows = evidence(self.env).rows
        row = rows.get(self.text)
        if row is None:
            message = self.inliner.reporter.error(
                f"claim: no ledger row {self.text!r}{suggestion(self.text, rows)}",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        cited = ", cited to the wrong paper" if row.miscited else ""
        told = escape(f"“{row.says}” Verdict: {row.verdict}{cited}. {row.why}", quote=True)
        inside = f'<span aria-hidden="true">{SHAPES[row.verdict]}</span> {row.id} {row.verdict}'
        tag, link = "span", ""
        if LEDGER_PAGE in self.env.found_docs:
            page = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
            tag, link = "a", f' href="{page}#{row.id}"'
        look = f'class="nk-claim nk-{row.verdict}" title="{told}"'
        html = f"<{tag} {look}{link}>{inside}</{tag}>"
        return [nodes.raw("", html, format="html", nk_claim=row.id)], []


def evidence(env: BuildEnvironment) -> SimpleNamespace:
    """Return the ledger's ``rows``, the ``corrections`` and the ``path`` of the ledger."""
    path = Path(env.srcdir) / "book" / "claims.yml"
    try:
        rows = load_ledger(path)
        corrections = load_corrections(path.with_name("corrections.yml"), rows)
    except ValueError as error:
        raise ExtensionError(str(error)) from error
    return SimpleNamespace(rows=rows, corrections=corrections, path=path)


def _with_roles(directive: SphinxDirective, html: str) -> list[nodes.Node]:
    """Return HTML in which MyST roles stand as nodes, so that citations and links resolve."""
    found: list[nodes.Node] = []
    for place, part in enumerate(re.split(r"(\{[\w:]+\}`[^`]+`)", html)):
        if place % 2 == 0:
            found.append(nodes.raw("", part, format="html"))
        elif part.startswith("{discussed}"):
            row = part.split("`")[1]
            found.append(nodes.raw("", "", format="html", nk_discussed=row))
        else:
            parsed, messages = directive.parse_inline(part)
            found += [nodes.inline("", "", *parsed), *messages]
    return found


class LedgerDirective(SphinxDirective):
    """``{ledger}``, ``{ledger-picture}`` and what else is generated from the evidence."""

    optional_arguments = 1
    makers: ClassVar[dict[str, Callable[[SimpleNamespace, str], str]]] = {
        "ledger": lambda e, _: table(e.rows, e.corrections),
        "ledger-counts": lambda e, _: counts(e.rows),
        "ledger-documents": lambda e, _: documents(e.path),
        "corrections": lambda e, weight: findings(e.corrections, weight),
        "reference-audit": lambda e, _: audit(e.corrections),
    }

    def run(self) -> list[nodes.Node]:
        """Return the generated part of the page."""
        argument = self.arguments[0] if self.arguments else ""
        try:
            html = self.makers[self.name](evidence(self.env), argument)
        except ValueError as error:
            raise self.error(f"{self.name}: {error}") from error
        wide = ["full-width"] if self.name == "ledger" else []
        return [nodes.container("", *_with_roles(self, html), classes=wide)]


class LedgerPictureDirective(OfModel):
    """``{ledger-picture}``: verdicts by document, numbered; its content is the caption."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        html = picture(evidence(self.env).rows)
        caption = " ".join(self.content) or "Verdicts by document; each tile is a claim."
        return self.figure(html, "fig-ledger", caption)


class AllParametersDirective(SphinxDirective):
    """``{all-parameters}``: a section with a table for each model."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        sections = []
        for name, (title, html) in all_parameters().items():
            section = nodes.section(ids=[f"parameters-{name}".replace("_", "-")])
            section += nodes.title("", title)
            section += nodes.container("", *_with_roles(self, html), classes=["full-width"])
            sections.append(section)
        return sections


class CountRole(SphinxRole):
    """``{count}`claims R supported```: how many there are, a number about the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        known = evidence(self.env)
        try:
            number = count(self.text, known.rows, known.corrections)
        except ValueError as error:
            message = self.inliner.reporter.error(f"count: {error}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [nodes.Text(str(number))], []


def _discussed(env: BuildEnvironment) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return, by page and row, the id and title of each section with a badge of the row."""
    if not hasattr(env, "nk_discussed"):
        env.nk_discussed = {}
    return env.nk_discussed


def _note_badges(app: Sphinx, doctree: nodes.document) -> None:
    """Record the sections of a page in which badges stand."""
    if app.env.docname in ABOUT_THE_LEDGER:
        return
    found: dict[str, list[tuple[str, str]]] = {}
    for node in doctree.findall(lambda n: isinstance(n, nodes.raw) and "nk_claim" in n):
        section = node.parent
        while not isinstance(section, nodes.section | nodes.document):
            section = section.parent
        nested = isinstance(section.parent, nodes.section)
        heading = section.next_node(nodes.title)
        place = (section["ids"][0] if nested else "", heading.astext() if heading else "")
        places = found.setdefault(node["nk_claim"], [])
        if place not in places:
            places.append(place)
    _discussed(app.env)[app.env.docname] = found


def _forget_badges(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _discussed(env).pop(docname, None)


def _merge_badges(
    _app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    theirs = _discussed(other)
    _discussed(env).update({name: theirs[name] for name in docnames if name in theirs})


def _link_badges(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write into the ledger's rows where the book discusses them."""
    for node in doctree.findall(lambda n: isinstance(n, nodes.raw) and "nk_discussed" in n):
        places = []
        for page, rows in sorted(_discussed(app.env).items()):
            address = app.builder.get_relative_uri(docname, page)
            for ident, title in rows.get(node["nk_discussed"], []):
                places.append(Place(f"{address}#{ident}" if ident else address, title))
        node += nodes.Text(places_html(places))


def _write_csv(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the ledger as CSV, once every page has been read."""
    titles: dict[str, list[str]] = {}
    for _page, rows in sorted(_discussed(env).items()):
        for row, places in rows.items():
            titles.setdefault(row, []).extend(title for _ident, title in places)
    text = as_csv(evidence(env).rows, titles)
    (assets_folder(app) / "claims.csv").write_text(text, encoding="utf-8")


def _write_assets(app: Sphinx, _config: Config) -> None:
    """Write the ledger's style and script."""
    ship(app, "ledger.css", (STATIC / "ledger.css").read_text(encoding="utf-8"))
    ship(app, "ledger.js", classic_module(STATIC / "ledger.js", ".nk-ledger", "openLedger"))


def _load_assets(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the ledger's style and script where they are needed."""
    app.add_css_file(f"{ASSETS}/ledger.css")
    if 'class="nk-ledger"' in context.get("body", ""):
        app.add_js_file(f"{ASSETS}/ledger.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the ledger with Sphinx."""
    app.add_role("claim", ClaimRole())
    app.add_role("count", CountRole())
    for name in LedgerDirective.makers:
        app.add_directive(name, LedgerDirective)
    app.add_directive("ledger-picture", LedgerPictureDirective)
    app.add_directive("all-parameters", AllParametersDirective)
    app.connect("doctree-read", _note_badges)
    app.connect("env-purge-doc", _forget_badges)
    app.connect("env-merge-info", _merge_badges)
    app.connect("env-check-consistency", _write_csv)
    app.connect("doctree-resolved", _link_badges)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
