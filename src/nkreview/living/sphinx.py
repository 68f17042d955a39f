"""The Sphinx extension: living figures and text generated from models, in any book."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nkreview.living.assets import _load_assets, _write_assets
from nkreview.living.page import figure_html
from nkreview.living.tables import equations, model_claims, parameters
from nkreview.model.model import Model, names
from nkreview.sbml.naming import suggestion


class OfModel(SphinxDirective):
    """A directive whose argument is a model's name."""

    required_arguments = 1
    has_content = True

    def name_of_model(self) -> str:
        """Return the argument, when it names a model."""
        name = self.arguments[0]
        if name not in names():
            raise self.error(f"{self.name}: no model {name!r}{suggestion(name, names())}")
        return name

    def figure(self, html: str, name: str, caption: str) -> list[nodes.Node]:
        """Return a numbered figure around raw HTML."""
        figure = nodes.figure("", nodes.raw("", html, format="html"), ids=[name], names=[name])
        parsed, messages = self.parse_inline(caption)
        figure += nodes.caption("", "", *parsed)
        self.state.document.note_explicit_target(figure, figure)
        return [figure, *messages]


class ExplorerDirective(OfModel):
    """``{explorer} NAME``: the living figure, numbered; its content is the caption."""

    option_spec: ClassVar[dict[str, Callable]] = {"view": str, "name": str}

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        model = Model.load(self.name_of_model())
        try:
            view = model.card.find("views", self.options.get("view"))
        except KeyError as error:
            raise self.error(f"explorer: {error.args[0]}") from error
        place = self._place(model, view.id)
        parts = ["fig", model.name, view.id, *([place] if place else [])]
        name = self.options.get("name", "-".join(parts).replace("_", "-"))
        caption = " ".join(self.content) or view.describe
        return self.figure(figure_html(model, view.id, caption=False, place=place), name, caption)

    def _place(self, model: Model, view_id: str) -> str:
        """Return what tells this figure from others of the same view on the page."""
        seen = self.env.temp_data.setdefault("nkreview-figures", Counter())
        seen[model.name, view_id] += 1
        number = seen[model.name, view_id]
        return str(number) if number > 1 else ""


class GeneratedDirective(OfModel):
    """``{equations}``, ``{parameters}`` and ``{model-claims}``: text generated from a model."""

    makers: ClassVar[dict[str, Callable[[str], str]]] = {
        "equations": lambda name: f"$$\n{equations(name).latex}\n$$",
        "parameters": lambda name: parameters(name).myst,
        "model-claims": lambda name: model_claims(name).myst,
    }

    def run(self) -> list[nodes.Node]:
        """Return the parsed text."""
        text = self.makers[self.name](self.name_of_model())
        holder = nodes.container(classes=["nk-generated", f"nk-{self.name}"])
        self.state.nested_parse(text.splitlines(), self.content_offset, holder)
        return [holder]


class ReadoutRole(SphinxRole):
    """``{readout}`MODEL READOUT in SCENARIO / SCENARIO | FORMAT```: a number in a sentence."""

    pattern = re.compile(
        r"(?P<model>\S+) +(?P<readout>\S+)(?: +in +(?P<of>\S+)(?: */ *(?P<to>\S+))?)?"
        r"(?: *\| *(?P<format>\S+))?$"
    )

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        match = self.pattern.match(self.text.strip())
        if not match:
            return self._refuse(
                "write MODEL READOUT in SCENARIO, optionally / SCENARIO and | FORMAT"
            )
        try:
            value = self._value(**match.groupdict())
            text = format(value, match["format"] or ".3g")
        except (KeyError, ValueError) as error:
            return self._refuse(str(error.args[0]))
        return [nodes.inline(self.rawtext, text.replace("-", "−"), classes=["nk-readout"])], []

    @staticmethod
    def _value(model: str, readout: str, of: str | None, to: str | None, **_: Any) -> float:
        loaded = Model.load(model)
        loaded.card.find("readouts", readout)
        value = loaded.readouts(of)[readout]
        return value / loaded.readouts(to)[readout] if to else value

    def _refuse(self, why: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        message = self.inliner.reporter.error(f"readout `{self.text}`: {why}", line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.add_directive("explorer", ExplorerDirective)
    for name in GeneratedDirective.makers:
        app.add_directive(name, GeneratedDirective)
    app.add_role("readout", ReadoutRole())
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
