"""The directive for the drawn figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from nkreview.book.plates import plates
from nkreview.living.assets import ASSETS, classic_module, ship
from nkreview.living.sphinx import OfModel
from nkreview.sbml.naming import suggestion
from nkreview.schematic import schematic

STATIC = Path(schematic.__file__).parent / "static"


class SchematicDirective(OfModel):
    """``{schematic} figure_2``: one of the drawn figures, numbered."""

    option_spec: ClassVar[dict[str, Callable]] = {"name": str}

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        function = self.arguments[0]
        known = [name for name in dir(plates) if name.startswith("figure_")]
        if function not in known:
            raise self.error(f"schematic: no figure {function!r}{suggestion(function, known)}")
        drawing = getattr(plates, function)()
        name = self.options.get("name", function.replace("figure_", "fig-"))
        caption = " ".join(self.content) or drawing.caption
        return self.figure(drawing.html(caption=False), name, caption)


def _write_assets(app: Sphinx, _config: Config) -> None:
    """Write the figures' script."""
    script = classic_module(STATIC / "schematic.js", ".nk-schematic", "tellBeforeLeaving")
    ship(app, "schematic.js", script)


def _load_assets(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the figures' script where a figure stands."""
    if 'class="nk-schematic"' in context.get("body", ""):
        app.add_js_file(f"{ASSETS}/schematic.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("schematic", SchematicDirective)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
