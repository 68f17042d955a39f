"""The Sphinx extension for what the book changes in its text and in its theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from nkreview.book.theme.book_theme import setup_book_theme
from nkreview.book.theme.citations import setup_citations
from nkreview.book.theme.mathematics import setup_mathematics
from nkreview.book.theme.terms import setup_terms
from nkreview.living.assets import ASSETS, makes_pages, ship

TEXT_STYLE = Path(__file__).parent / "static" / "text.css"


def _write_style(app: Sphinx, _config: Config) -> None:
    """Ship the style of mathematics and captions."""
    ship(app, "text.css", TEXT_STYLE.read_text(encoding="utf-8"))


def _load_style(app: Sphinx, *_: object) -> None:
    """Let every page load the style."""
    if makes_pages(app.builder):
        app.add_css_file(f"{ASSETS}/text.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the adjustments with Sphinx."""
    setup_mathematics(app)
    setup_citations(app)
    setup_terms(app)
    setup_book_theme(app)
    app.connect("config-inited", _write_style)
    app.connect("html-page-context", _load_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
