"""The Sphinx extension of the evidence ledger: its directives, roles and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.osutil import relative_uri

from nkreview.book.ledger.badges import (
    CORRECTIONS_PAGE,
    Chapters,
    badge,
    discussion,
    link,
    places,
    setup_badges,
)
from nkreview.book.ledger.count import count
from nkreview.book.ledger.download import as_csv
from nkreview.book.ledger.ledger import CLAIMS, Ledger, read_ledger
from nkreview.book.ledger.picture import picture
from nkreview.book.ledger.tables import PARTS, part, verdict_style
from nkreview.living.assets import ASSETS, assets_folder, classic_module, makes_pages, ship
from nkreview.living.slots import Slots
from nkreview.living.sphinx import NumberedFigure
from nkreview.sbml.naming import suggestion

STATIC = Path(__file__).parent / "static"
FOLDER = "book"  # where the ledger lies, below the book's root
CSV = "claims.csv"


def ledger_of(env: BuildEnvironment) -> Ledger:
    """Return the book's ledger; a broken one, or none where one is asked for, ends the build."""
    try:
        return read_ledger(Path(env.srcdir) / FOLDER)
    except FileNotFoundError as error:
        raise ExtensionError(f"the ledger needs {error.filename}, which is not there") from error
    except ValueError as error:
        raise ExtensionError(str(error)) from error


class ClaimRole(SphinxRole):
    """``{claim}`R026```: the verdict on a claim of the source documents, as a badge."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge; a link to the ledger where the book has that page."""
        rows = ledger_of(self.env).rows
        if self.text in rows:
            return [badge(rows[self.text])], []
        told = f"claim: no ledger row {self.text!r}{suggestion(self.text, rows)}"
        message = self.inliner.reporter.error(told, line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class CountRole(SphinxRole):
    """``{count}`claims R supported```: how many there are, a number about the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        try:
            return [nodes.Text(str(count(self.text, ledger_of(self.env))))], []
        except ValueError as error:
            message = self.inliner.reporter.error(f"count: {error}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class LedgerSlots(Slots):
    """What stands in the ledger's templates and leads elsewhere (see ``tables.Marks``)."""

    def __init__(self, directive: SphinxDirective, ledger: Ledger) -> None:
        super().__init__(directive)
        self._rows = ledger.rows

    def claim(self, row: str) -> str:
        """Show the badge of a row."""
        return self.put(nodes.inline("", "", badge(self._rows[row])))

    def discussed(self, row: str) -> str:
        """List the sections that discuss a row."""
        return self.put(discussion(row))

    def chapters(self) -> str:
        """Offer the pages that discuss rows, as options of a select."""
        return self.put(Chapters())

    def correction(self, finding: str) -> str:
        """Lead to a finding."""
        there = link(CORRECTIONS_PAGE, finding, nodes.Text(finding))
        return self.put(nodes.inline("", "", there))


class LedgerDirective(SphinxDirective):
    """``{ledger}`` and what else is generated from the evidence."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the generated part of the page."""
        ledger = ledger_of(self.env)
        slots = LedgerSlots(self, ledger)
        argument = self.arguments[0] if self.arguments else ""
        download = relative_uri(f"{self.env.docname}.html", f"_static/{ASSETS}/{CSV}")
        try:
            html = part(self.name, ledger, slots, argument, download)
        except ValueError as error:
            raise self.error(f"{self.name}: {error}") from error
        classes = []
        if self.name == "ledger":
            classes.append("full-width")
            self.env.metadata[self.env.docname]["nk-ledger"] = True
        return [nodes.container("", *slots.fill(html), classes=classes)]


class LedgerPictureDirective(NumberedFigure):
    """``{ledger-picture}``: verdicts by document, numbered; its content is the caption."""

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        caption = " ".join(self.content) or "Verdicts by document; each tile is a claim."
        return self.figure(picture(ledger_of(self.env).rows), "fig-ledger", caption)


def _write_csv(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the ledger as CSV, once every page has been read."""
    if not makes_pages(app.builder) or not (Path(env.srcdir) / FOLDER / CLAIMS).exists():
        return
    titles: dict[str, list[str]] = {}
    for _page, rows in sorted(places(env).items()):
        for row, found in rows.items():
            titles.setdefault(row, []).extend(place.title for place in found)
    text = as_csv(ledger_of(env).rows, titles)
    (assets_folder(app) / CSV).write_text(text, encoding="utf-8")


def _write_assets(app: Sphinx, _config: Config) -> None:
    """Write the ledger's style and script."""
    ship(app, "ledger.css", (STATIC / "ledger.css").read_text(encoding="utf-8") + verdict_style())
    ship(app, "ledger.js", classic_module(STATIC / "ledger.js", ".nk-ledger", "openLedger"))


def _load_assets(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the ledger's style, and its script where the table stands."""
    if not makes_pages(app.builder):
        return
    app.add_css_file(f"{ASSETS}/ledger.css")
    if "nk-ledger" in (context.get("meta") or {}):
        app.add_js_file(f"{ASSETS}/ledger.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the ledger with Sphinx."""
    app.setup_extension("nkreview.living.sphinx")  # the style of its tables
    app.add_role("claim", ClaimRole())
    app.add_role("count", CountRole())
    for name in PARTS:
        app.add_directive(name, LedgerDirective)
    app.add_directive("ledger-picture", LedgerPictureDirective)
    setup_badges(app)
    app.connect("env-check-consistency", _write_csv)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
