"""What the book changes in its theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from nkreview.book.theme.mathematics import _math
from nkreview.book.theme.repository import _show_buttons
from nkreview.book.theme.terms import _explain_terms, _keep_units_with_numbers
from nkreview.living.assets import ASSETS, ship

HERE = Path(__file__).parent

# What the theme and the bibliography write that a screen reader cannot use.
MENDS = {
    '<span class="toctree-toggle" role="presentation">': (
        '<span class="toctree-toggle" role="img" aria-label="pages of this chapter">'
    ),
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}


def _mend_theme(app: Sphinx, error: Exception | None) -> None:
    """Name what has no name, and keep the theme from reporting to the console."""
    if error is not None:
        return
    script = Path(app.outdir) / "_static" / "scripts" / "pydata-sphinx-theme.js"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("console.log(", "void("), encoding="utf-8")
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for bad, good in MENDS.items():
            text = text.replace(bad, good)
        page.write_text(text, encoding="utf-8")


def _write_assets(app: Sphinx, config: Config) -> None:
    """Write the theme's style sheet and macros."""
    ship(app, "theme.css", (HERE / "static" / "theme.css").read_text(encoding="utf-8"))
    config.templates_path.append(str(HERE / "templates"))
    config.html_context.setdefault("default_mode", "auto")  # else the theme logs an error


def _load_assets(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the theme's style sheet and macros."""
    app.add_css_file(f"{ASSETS}/theme.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the theme's adjustments with Sphinx."""
    app.connect("doctree-read", _keep_units_with_numbers)
    app.connect("doctree-resolved", _explain_terms)
    app.add_html_math_renderer("mathml", (_math("inline"), None), (_math("block"), None))
    app.connect("config-inited", _show_buttons, priority=100)
    app.connect("build-finished", _mend_theme)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
