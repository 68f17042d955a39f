"""The Sphinx extension: living figures and text generated from models, in any book."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nkreview.living.assets import (
    ASSETS,
    classic_script,
    classic_tool,
    makes_pages,
    ship,
    ship_model,
    style_of,
)
from nkreview.living.bundle import STATIC, TOOLS
from nkreview.living.focus import Focus
from nkreview.living.gallery import note_figure, setup_gallery
from nkreview.living.names import NAMES
from nkreview.living.page import figure_html
from nkreview.living.plot import view_png
from nkreview.living.slots import Slots
from nkreview.living.tables import (
    claims_html,
    equations,
    loan_text,
    parameters_html,
    range_text,
    row_id,
)
from nkreview.living.widget import IN_BOOK
from nkreview.model.card import Ensemble
from nkreview.model.loans import Loan
from nkreview.model.model import Model
from nkreview.model.shelf import ENDINGS, add_folder, names
from nkreview.sbml.naming import suggestion

logger = logging.getLogger(__name__)

FOCUS = ("controls", "scenarios", "predict")


def load_model(env: BuildEnvironment, name: str) -> Model:
    """Load a model by its name, or by the path of its file from the page that is read.

    Raises
    ------
    KeyError
        For an unknown name; the message lists the nearest.
    OSError, ValueError
        For a file that is not there or cannot be used.
    """
    if Path(name).suffix in ENDINGS:
        model = Model.load(env.relfn2path(name)[1])
    else:
        model = Model.load(name)
    _depend(env, model)
    return model


def _depend(env: BuildEnvironment, model: Model) -> None:
    """Let the page be read again when a file has changed that the model rests on."""
    for ending in ("", ".yml", ".evidence.yml"):
        beside = model.path.with_suffix(ending) if ending else model.path
        if beside.exists():
            env.note_dependency(str(beside.resolve()))
    for lender in model.lenders.values():
        _depend(env, lender)


def _listed(text: str | None) -> tuple[str, ...]:
    """Read an option that lists ids between commas."""
    found = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if not found:
        raise ValueError("name at least one id, with commas between several")
    return found


class NumberedFigure(SphinxDirective):
    """A directive that makes a numbered figure; its content is the caption."""

    has_content = True

    def figure(self, html: str, name: str, caption: str) -> list[nodes.Node]:
        """Return a numbered figure around raw HTML."""
        return self.numbered(nodes.raw("", html, format="html"), name, caption)

    def numbered(self, content: nodes.Node, name: str, caption: str) -> list[nodes.Node]:
        """Return a numbered figure around what it shows."""
        figure = nodes.figure("", content, ids=[name], names=[name])
        parsed, messages = self.parse_inline(caption)
        figure += nodes.caption("", "", *parsed)
        self.set_source_info(content)
        self.state.document.note_explicit_target(figure, figure)
        return [figure, *messages]


class OfModel(NumberedFigure):
    """A directive whose argument is a model: its name, or its file's path from the page."""

    required_arguments = 1

    def model(self) -> Model:
        """Return the model that the argument names."""
        try:
            return load_model(self.env, self.arguments[0])
        except (KeyError, OSError, ValueError) as error:
            raise self.error(f"{self.name}: {_message(error)}") from error


class living_figure(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Where a living figure stands, until the builder is known."""


class ExplorerDirective(OfModel):
    """``{explorer} NAME``: the living figure, numbered; its content is the caption."""

    option_spec: ClassVar[dict[str, Callable]] = {
        "view": str,
        "name": str,
        "controls": _listed,
        "scenarios": _listed,
        "predict": str,
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        model = self.model()
        try:
            view = model.card.find("views", self.options.get("view"))
            asked = {key: self.options[key] for key in FOCUS if key in self.options}
            focus = Focus(**asked)
            focus.check(model.card, view)
        except (KeyError, ValueError) as error:
            raise self.error(f"explorer: {_message(error)}") from error
        place = self._place(model, view.id)
        parts = ["fig", model.name, view.id, *([place] if place else [])]
        name = self.options.get("name", "-".join(parts).replace("_", "-"))
        note_figure(self.env, model, name)
        content = living_figure(path=str(model.path), view=view.id, place=place, focus=focus)
        return self.numbered(content, name, " ".join(self.content) or view.describe)

    def _place(self, model: Model, view_id: str) -> str:
        """Return what tells this figure from others of the same view on the page."""
        seen = self.env.temp_data.setdefault("nkreview-figures", Counter())
        seen[model.name, view_id] += 1
        number = seen[model.name, view_id]
        return str(number) if number > 1 else ""


class DrawFigures(SphinxPostTransform):
    """Draw the living figures: HTML for pages with scripts, else a picture, else words."""

    default_priority = 50

    def run(self, **_: Any) -> None:
        """Replace each living figure by what the builder can show."""
        for node in list(self.document.findall(living_figure)):
            try:
                node.replace_self(self._drawn(Model.load(node["path"]), node))
            except (KeyError, OSError, ValueError, RuntimeError) as error:
                message = "explorer: %s cannot be drawn: %s"
                logger.error(message, node["path"], _message(error), location=node)
                node.parent.remove(node)

    def _drawn(self, model: Model, node: living_figure) -> nodes.Node:
        if makes_pages(self.app.builder):
            html = figure_html(
                model, node["view"], caption=False, place=node["place"], focus=node["focus"]
            )
            return nodes.raw("", html, format="html", nk_model=node["path"])
        describe = model.card.find("views", node["view"]).describe
        if "image/png" not in self.app.builder.supported_image_types:
            return nodes.paragraph("", describe)
        folder = Path(self.app.doctreedir) / ASSETS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{model.name}-{node['view']}.png"
        path.write_bytes(view_png(model, node["view"]))
        self.env.images.add_file(self.env.docname, str(path))
        return nodes.image(uri=str(path), candidates={"*": str(path)}, alt=describe)


class EquationsDirective(OfModel):
    """``{equations} NAME``: the model's equations, generated from its reactions and rules."""

    def run(self) -> list[nodes.Node]:
        """Return them as one block of mathematics."""
        latex = equations(str(self.model().path)).latex
        block = nodes.math_block(latex, latex, nowrap=False, number=None, label=None)
        self.set_source_info(block)
        return [nodes.container("", block, classes=["nk-generated", "nk-equations"])]


class TableDirective(OfModel):
    """A table generated from a model."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        slots = Slots(self)
        classes = ["nk-generated", f"nk-{self.name}"]
        return [nodes.container("", *slots.fill(self.html(self.model(), slots)), classes=classes)]

    def html(self, model: Model, slots: Slots) -> str:
        """Return it in HTML."""
        raise NotImplementedError


class ParametersDirective(TableDirective):
    """``{parameters} NAME``: the model's constants, and where they come from."""

    def html(self, model: Model, slots: Slots) -> str:
        """Return it in HTML; other models' tables point to its rows."""
        _labels(self.env).update(_rows(self.env, model))
        return parameters_html(model, slots.cite, partial(_linked, slots))


class ModelClaimsDirective(TableDirective):
    """``{model-claims} NAME``: the model's claims, run and judged."""

    def html(self, model: Model, slots: Slots) -> str:
        """Return it in HTML."""
        return claims_html(model, slots.cite, tips=True)


class AllParametersDirective(SphinxDirective):
    """``{all-parameters}``: a section with the table of parameters for each model of the shelf."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        return [self._section(Model.load(name)) for name in names()]

    def _section(self, model: Model) -> nodes.section:
        slots = Slots(self)
        for label, place in _rows(self.env, model).items():
            _labels(self.env).setdefault(label, place)  # a page of the model's own goes first
        table = slots.fill(parameters_html(model, slots.cite, partial(_linked, slots)))
        section = nodes.section(ids=[f"parameters-{model.name}".replace("_", "-")])
        section += nodes.title("", model.card.title)
        section += nodes.container("", *table, classes=["full-width"])
        return section


def _labels(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return where each label is that has no title: its page, and its place there."""
    return env.get_domain("std").anonlabels


def _rows(env: BuildEnvironment, model: Model) -> dict[str, tuple[str, str]]:
    """Return a label for each row of a table of parameters on the page that is read."""
    ids = (row_id(model.name, ident) for ident in model.evidence.parameters)
    return {_label(ident): (env.docname, ident) for ident in ids}


def _linked(slots: Slots, loan: Loan) -> str:
    """Point to the row in which a constant stands."""
    return slots.link(loan_text(loan), _label(row_id(loan.model, loan.parameter)))


def _label(ident: str) -> str:
    return f"parameter-{ident}".lower()  # Sphinx looks for labels in small letters


class NumberRole(SphinxRole):
    """A role that puts what a model gives into a sentence."""

    pattern: ClassVar[re.Pattern[str]]
    usage: ClassVar[str]

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        match = self.pattern.match(self.text.strip())
        if not match:
            return self._refuse(f"write {self.usage}")
        try:
            text = self.told(**match.groupdict())
        except (KeyError, OSError, ValueError) as error:
            return self._refuse(_message(error))
        return [nodes.inline(self.rawtext, text.replace("-", "−"), classes=["nk-readout"])], []

    def told(self, **parts: str | None) -> str:
        """Return the text that stands for the parts of the pattern."""
        raise NotImplementedError

    def _refuse(self, why: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        message = self.inliner.reporter.error(f"{self.name} `{self.text}`: {why}", line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class ReadoutRole(NumberRole):
    """``{readout}`MODEL READOUT in SCENARIO / SCENARIO | FORMAT```: a number of a run."""

    pattern = re.compile(
        r"(?P<model>\S+) +(?P<readout>\S+)(?: +in +(?P<of>\S+)(?: */ *(?P<to>\S+))?)?"
        r"(?: *\| *(?P<form>\S+))?$"
    )
    usage = "MODEL READOUT in SCENARIO, optionally / SCENARIO and | FORMAT"

    def told(
        self, model: str, readout: str, of: str | None, to: str | None, form: str | None
    ) -> str:
        """Return the readout in a scenario, or its ratio in two."""
        loaded = load_model(self.env, model)
        asked = loaded.reading([loaded.card.find("readouts", readout)])  # runs no longer than that

        def value(scenario: str | None) -> float:
            return loaded.observer.read(asked, loaded.settings(scenario))[0]

        return format(value(of) / value(to) if to else value(of), form or ".3g")


class ShareRole(NumberRole):
    """``{share}`MODEL VIEW SERIES PLACE```: what an ensemble counts there, in per cent."""

    pattern = re.compile(r"(?P<model>\S+) +(?P<view>\S+) +(?P<series>\S+) +(?P<place>\S+)$")
    usage = "MODEL VIEW SERIES PLACE, the place by its number or by its category"

    def told(self, model: str, view: str, series: str, place: str) -> str:
        """Return the share."""
        loaded = load_model(self.env, model)
        found = loaded.card.find("views", view)
        if not isinstance(found, Ensemble):
            raise ValueError(f"view {view!r} is of kind {found.kind}; an ensemble counts")
        shares = loaded.simulate(view)
        if series not in shares:
            raise KeyError(f"no series {series!r}{suggestion(series, shares)}")
        known = found.x.categories or [f"{at:g}" for at in shares.index]
        if place not in known:
            raise KeyError(f"no place {place!r}{suggestion(place, known)}")
        return f"{shares[series].iloc[known.index(place)]:.0f}"


class RangeRole(NumberRole):
    """``{range}`MODEL CONSTANT```: the plausible range of a constant."""

    pattern = re.compile(r"(?P<model>\S+) +(?P<ident>\S+)$")
    usage = "MODEL CONSTANT"

    def told(self, model: str, ident: str) -> str:
        """Return the range."""
        loaded = load_model(self.env, model)
        ranged = [key for key, one in loaded.evidence.parameters.items() if one.range]
        if ident not in ranged:
            raise KeyError(f"no constant with a range {ident!r}{suggestion(ident, ranged)}")
        return range_text(loaded, ident)


def _message(error: Exception) -> str:
    """Return what an error says; a KeyError would put it into quotes."""
    return str(error.args[0]) if isinstance(error, KeyError) else str(error)


def _open_shelf(app: Sphinx, config: Config) -> None:
    """Let the book's own models be found by name."""
    for folder in config.nkreview_models:
        try:
            add_folder(Path(app.confdir) / folder)
        except OSError as error:
            raise ExtensionError(f"nkreview_models in conf.py: {error}") from error


def _write_assets(app: Sphinx, _config: Config) -> None:
    """Ship what every page with a figure needs."""
    ship(app, "explorer.css", style_of("explorer"))
    ship(app, "explorer.js", classic_script())
    for name in TOOLS:
        ship(app, f"{name}.js", classic_tool(name))
    ship(app, "tables.css", (STATIC / "tables.css").read_text(encoding="utf-8"))


def _tell_kernels(_app: Sphinx) -> None:
    """Let the kernels of the notebooks that a build runs know that they run for a book."""
    os.environ[IN_BOOK] = "1"


def _tell_no_more(_app: Sphinx, _error: Exception | None) -> None:
    """Leave the process as it was, for whatever it does after the build."""
    os.environ.pop(IN_BOOK, None)


def _load_assets(
    app: Sphinx,
    page: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Let a page load what its tables and figures need: the scripts of its models, and no others.

    A figure in a notebook's output carries its model.
    """
    if not makes_pages(app.builder):
        return
    body = context.get("body", "")
    if 'class="nk-cards' in body:
        app.add_css_file(f"{ASSETS}/tables.css")
    if f"<{NAMES.element}" not in body:
        return
    app.add_css_file(f"{ASSETS}/explorer.css")
    for path in {node["nk_model"]: None for node in _figures_on(doctree)}:
        app.add_js_file(_ship(app, page, Model.load(path)), loading_method="defer")
    app.add_js_file(f"{ASSETS}/explorer.js", loading_method="defer", priority=900)


def _figures_on(doctree: nodes.document | None) -> list[nodes.raw]:
    """Return the drawn figures of a page; pages that no source stands for have none."""
    raws = doctree.findall(nodes.raw) if doctree else ()
    return [node for node in raws if "nk_model" in node]


def _ship(app: Sphinx, page: str, model: Model) -> str:
    """Write what a model's figures load; refuse a second model of one name."""
    first = app.nkreview_shipped.setdefault(model.name, model.path.resolve())
    if first != model.path.resolve():
        raise ExtensionError(
            f"{page}: two models are named {model.name!r}: {first} and {model.path}; rename one"
        )
    return ship_model(app, model)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.nkreview_shipped = {}  # where each model of this build lies, by its name
    app.add_config_value("nkreview_models", [], "env", list)
    app.add_node(living_figure)
    app.add_directive("explorer", ExplorerDirective)
    app.add_post_transform(DrawFigures)
    app.add_directive("equations", EquationsDirective)
    app.add_directive("all-parameters", AllParametersDirective)
    app.add_directive("parameters", ParametersDirective)
    app.add_directive("model-claims", ModelClaimsDirective)
    app.add_role("readout", ReadoutRole())
    app.add_role("share", ShareRole())
    app.add_role("range", RangeRole())
    setup_gallery(app)
    app.connect("config-inited", _open_shelf)
    app.connect("config-inited", _write_assets)
    app.connect("builder-inited", _tell_kernels)
    app.connect("build-finished", _tell_no_more)
    app.connect("html-page-context", _load_assets)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
