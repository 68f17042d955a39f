"""The directive for the drawn figures.

A figure is drawn when its page is written, so that whoever knows what the words in its key mean
can say so before: on ``doctree-resolved`` it gives the node its ``link_for``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.nodes import NodeVisitor
from sphinx.application import Sphinx
from sphinx.config import Config

from nkreview.book.plates import PLATES
from nkreview.living.assets import ASSETS, classic_module, makes_pages, ship
from nkreview.living.gallery import model_list
from nkreview.living.sphinx import NumberedFigure
from nkreview.sbml.naming import suggestion
from nkreview.schematic.schematic import STATIC, Schematic, style_sheet

NOT_HTML = ("latex", "text", "man", "texinfo")


class Plate(nodes.General, nodes.Element):
    """One of the drawn figures.

    Attributes of the node: ``plate``, its name in ``PLATES``; ``link_for``, which leads from a
    name in its key to where that is explained (see :meth:`Schematic.html`), or None.
    """

    def drawing(self) -> Schematic:
        """Draw the figure."""
        return PLATES[self["plate"]]()


class SchematicDirective(NumberedFigure):
    """``{schematic} figure_2``: one of the drawn figures, numbered; its content is the caption."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable]] = {"name": str}

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        plate = self.arguments[0]
        if plate not in PLATES:
            raise self.error(f"schematic: no figure {plate!r}{suggestion(plate, PLATES)}")
        self.env.note_dependency(inspect.getsourcefile(PLATES[plate]))
        node = Plate(plate=plate, link_for=None)
        name = self.options.get("name", plate.replace("figure_", "fig-"))
        drawing = node.drawing()
        figure = self.numbered(node, name, " ".join(self.content) or drawing.caption)
        models = model_list(form="line", label="Models to try: ", homes=sorted(_pages(drawing)))
        self.set_source_info(models)
        return [*figure, models]


def _pages(drawing: Schematic) -> set[str]:
    """Return the pages to which the elements of a figure lead, as Sphinx names them."""
    links = {drawing.links[one.link] for panel in drawing.panels for one in panel.elements}
    return {link.partition(".html")[0].removeprefix("../") for link in links}


def _write_html(translator: NodeVisitor, node: Plate) -> None:
    html = node.drawing().html(css=False, caption=False, link_for=node["link_for"])
    translator.body.append(html)
    raise nodes.SkipNode


def _leave_out(_translator: NodeVisitor, _node: Plate) -> None:
    """Leave the caption alone to say what the figure shows."""
    raise nodes.SkipNode


def _write_assets(app: Sphinx, _config: Config) -> None:
    """Write the figures' style sheet and script."""
    script = classic_module(STATIC / "schematic.js", ".nk-schematic", "tellBeforeLeaving")
    ship(app, "schematic.js", script)
    ship(app, "schematic.css", style_sheet())


def _load_assets(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Let a page load style sheet and script where a figure stands, also in a notebook's output."""
    if makes_pages(app.builder) and 'class="nk-schematic"' in context.get("body", ""):
        app.add_css_file(f"{ASSETS}/schematic.css", priority=900)
        app.add_js_file(f"{ASSETS}/schematic.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.setup_extension("nkreview.living.sphinx")  # the models to which a figure leads
    others = dict.fromkeys(NOT_HTML, (_leave_out, None))
    app.add_node(Plate, html=(_write_html, None), **others)
    app.add_directive("schematic", SchematicDirective)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
