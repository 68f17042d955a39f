"""What the book changes in its theme, and in no other: icons, a script, a label, the buttons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from nkreview.book.theme.repository import show_buttons
from nkreview.living.assets import ASSETS, makes_pages, ship

HERE = Path(__file__).parent
THEME = "sphinx_book_theme"
SCRIPT = "pydata-sphinx-theme.js"
SOURCE = (
    Path(pydata_sphinx_theme.__file__).parent
    / "theme"
    / "pydata_sphinx_theme"
    / "static"
    / "scripts"
    / SCRIPT
)


def setup_book_theme(app: Sphinx) -> None:
    """Adjust the book's theme where it is in use."""
    app.connect("config-inited", _configure, priority=100)
    app.connect("html-page-context", _adjust_page, priority=600)  # after the theme's own


def our_script() -> str:
    """Return the theme's script without its messages to the console, and fit for paper.

    Raises
    ------
    ExtensionError
        When there is nothing to silence: another version of the theme, to be looked at.
    """
    script = SOURCE.read_text(encoding="utf-8")
    if "console.log(" not in script:
        raise ExtensionError(f"{SOURCE}: the theme's script no longer says console.log")
    paper = (HERE / "static" / "paper.js").read_text(encoding="utf-8")
    return f"{script.replace('console.log(', 'void(')}\n{paper}"


def _configure(app: Sphinx, config: Config) -> None:
    """Ship our style and the theme's script; our macros, which load them, replace the theme's."""
    if config.html_theme != THEME:
        return
    ship(app, "theme.css", (HERE / "static" / "theme.css").read_text(encoding="utf-8"))
    ship(app, SCRIPT, our_script())
    config.templates_path.append(str(HERE / "templates"))
    config.html_context.setdefault("default_mode", "auto")  # else the theme logs an error
    config.html_context["quiet_script"] = f"_static/{ASSETS}/{SCRIPT}"
    show_buttons(app, config)


def _adjust_page(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Let a page load our style, and give its navigation's toggles a name."""
    if app.config.html_theme != THEME or not makes_pages(app.builder):
        return
    app.add_css_file(f"{ASSETS}/theme.css")
    context["generate_toctree_html"] = _named_toggles(context["generate_toctree_html"])


def _named_toggles(made: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the theme's maker of the navigation, a tree of tags: toggles get a role and a label."""

    def named(*args: Any, **options: Any) -> Any:
        tree = made(*args, **options)
        for toggle in tree.select(".toctree-toggle"):
            toggle["role"] = "img"
            toggle["aria-label"] = "pages of this chapter"
        return tree

    return named
