"""`explore()`: one object that is a widget beside a kernel and a living figure on a page."""

from __future__ import annotations

import base64
import itertools
import math
import os
import sys
from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from nkreview.living.assets import (
    classic_model,
    classic_script,
    classic_tool,
    share,
    style_of,
)
from nkreview.living.bundle import TOOLS, WIDGET, module, sources
from nkreview.living.page import figure_html, model_script
from nkreview.living.plot import view_png
from nkreview.living.templates import templates
from nkreview.model.card import TimeCourse
from nkreview.model.model import Model, axis_points
from nkreview.sbml.naming import suggestion

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

#: Set while a book is built: its pages have no kernel, and load script and style by themselves.
IN_BOOK = "NKREVIEW_BOOK"
#: An explorer shares a row with others fairly.
LAYOUT = {"width": "100%", "min_width": "0", "flex": "1 1 0"}

_figures = itertools.count(1)  # each figure that leaves this process has ids of its own


class Explorer(anywidget.AnyWidget):
    """A model's controls and figure; see :func:`explore`.

    Attributes
    ----------
    settings : dict
        Constants that the controls set now, by id; observe it, link it, or assign to it.
        Assigning some of them moves these sliders, each to its nearest position.
    scenario : str
        Id of the chosen scenario; assigning another puts all sliders where it has them.
    engine : str
        Which solver draws the figure: ``page`` or ``roadrunner``.
    """

    _esm = module(sources(WIDGET), share())
    _css = style_of("explorer")
    _html = traitlets.Unicode().tag(sync=True)
    _source = traitlets.Unicode().tag(sync=True)
    _tools = traitlets.Dict().tag(sync=True)
    _result = traitlets.Dict().tag(sync=True)
    engine = traitlets.Enum(["page", "roadrunner"], "page", read_only=True).tag(sync=True)
    scenario = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(self, model: Model, view_id: str | None, engine: str) -> None:
        self.model, self.view = model, model.card.find("views", view_id)
        self._from_page = False
        self._solved: tuple[dict[str, float], tuple[pd.DataFrame, dict[str, float]]] | None = None
        self.set_trait("engine", engine)
        self._in_book = IN_BOOK in os.environ
        super().__init__(
            scenario=model.card.scenarios[0].id,
            settings=self._preset(model.card.scenarios[0].id),
            _html=self._figure(),
            _source=model_script(model),
            _tools={name: classic_tool(name) for name in TOOLS},
            **({} if self._in_book else {"layout": LAYOUT}),
        )

    def open(self) -> None:
        """Meet the front end; in a book there is none, and its pages need no widget manager."""
        if not self._in_book:
            super().open()

    @property
    def model_id(self) -> str:
        """Id by which a front end knows the widget; empty where there is none."""
        return super().model_id if self.comm else ""

    @property
    def trajectories(self) -> pd.DataFrame:
        """Curves of the view at these settings, by libRoadRunner."""
        return self._solution[0].copy()

    @property
    def readouts(self) -> dict[str, float]:
        """Readouts at these settings, by id, by libRoadRunner."""
        return dict(self._solution[1])

    @property
    def _solution(self) -> tuple[pd.DataFrame, dict[str, float]]:
        """Curves and readouts, computed once for each settings, and not before they are wanted."""
        if self._solved is None or self._solved[0] != self.settings:
            self._solved = dict(self.settings), solve(self.model, self.view.id, self.settings)
        return self._solved[1]

    def _preset(self, scenario: str) -> dict[str, float]:
        """Return what a scenario sets, and where it has the sliders."""
        card = self.model.card
        usual = {slider.id: self.model.constants[slider.id] for slider in card.sliders}
        return usual | card.find("scenarios", scenario).set

    @traitlets.validate("scenario")
    def _check_scenario(self, proposal: Any) -> str:
        offered = [scenario.id for scenario in self.model.card.offered]
        if proposal.value not in offered:
            raise traitlets.TraitError(
                f"scenario: {self.model.name} offers no {proposal.value!r}"
                f"{suggestion(proposal.value, offered)}"
            )
        return proposal.value

    @traitlets.validate("settings")
    def _check_settings(self, proposal: Any) -> dict[str, float]:
        """Complete the settings, and put each slider at its nearest position."""
        sliders = {slider.id: slider for slider in self.model.card.sliders}
        complete = self._preset(self.scenario or self.model.card.scenarios[0].id)
        complete |= {name: self.settings[name] for name in sliders if name in self.settings}
        hidden = {name for scenario in self.model.card.offered for name in scenario.set}
        for name, given in proposal.value.items():
            if name not in sliders and name not in hidden:
                raise traitlets.TraitError(
                    f"settings: no control sets {name!r}, and other constants are for "
                    f"Model.simulate{suggestion(name, sliders)}"
                )
            complete[name] = _number(name, given)
            if name in sliders:
                complete[name] = _position(sliders[name], complete[name])
        return complete

    @traitlets.observe("scenario")
    def _choose(self, _change: Any) -> None:
        """Put the sliders where the scenario has them, as the page does by itself."""
        if not self._from_page:
            self.settings = self._preset(self.scenario)

    @traitlets.observe("settings")
    def _answer(self, _change: Any) -> None:
        """Solve the model for a page that leaves it to the kernel."""
        if self.engine != "roadrunner":
            return
        try:
            curves, readouts = self._solution
        except RuntimeError as error:
            self._result = {"error": str(error)}
            return
        series = {name: _plain(curve) for name, curve in curves.items()}
        numbers = dict(zip(readouts, _plain(readouts.values()), strict=True))
        trajectories = {"x": _plain(curves.index), "series": series}
        self._result = {"trajectories": trajectories, "readouts": numbers}

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a page sends as it is; it has moved the sliders with the scenario."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_page = False

    def __repr__(self) -> str:
        return f"Explorer({self.model.name!r}, view={self.view.id!r})"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return every form; each front end shows the richest that it can."""
        moved = self.settings != self._preset(self.model.card.scenarios[0].id)
        picture = view_png(self.model, self.view.id, self.trajectories if moved else None)
        data = {
            "text/html": self._carried(),
            "image/png": base64.b64encode(picture).decode(),
            "text/plain": repr(self),
        }
        if self.model_id and "google.colab" not in sys.modules:
            data[WIDGET_VIEW] = {
                "version_major": 2,
                "version_minor": 1,
                "model_id": self.model_id,
            }
        return data, {}

    def _figure(self) -> str:
        return figure_html(self.model, self.view.id, place=f"k{next(_figures)}", carry=True)

    def _carried(self) -> str:
        """Return the figure with its model, and outside a book with script and style as well."""
        return (
            templates()
            .get_template("carried.html")
            .render(
                figure=self._figure(),
                model=_inside_html(classic_model(self.model)),
                tools=[_inside_html(classic_tool(name)) for name in TOOLS],
                alone=not self._in_book,
                style=self._css,
                explorer=_inside_html(classic_script()),
            )
        )


def _number(name: str, given: Any) -> float:
    """Return a setting as a number."""
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        raise traitlets.TraitError(f"settings: {name} must be a finite number, not {given!r}")
    return given


def _position(slider: Any, value: float) -> float:
    """Return the slider's position at a value, or nearest to it."""
    if not slider.min <= value <= slider.max:
        raise traitlets.TraitError(
            f"settings: {slider.id} goes from {slider.min:g} to {slider.max:g}; {value:g} is "
            "outside. For values beyond the slider use Model.simulate."
        )
    nearest = slider.snap(value)
    # A browser writes 0.3 where the steps add up to 0.30000000000000004.
    return value if math.isclose(value, nearest, rel_tol=1e-9, abs_tol=1e-12) else nearest


def _plain(values: Any) -> list[float | None]:
    """Return numbers as JSON can say them; what is no number is null."""
    return [float(value) if math.isfinite(value) else None for value in values]


def _inside_html(script: str) -> str:
    """Return a script in which no text can end it; strings mean the same with the backslash."""
    return script.replace("</", "<\\/")


def solve(
    model: Model, view_id: str, settings: Mapping[str, float]
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the curves of a view and all readouts, from one run where the view is one run.

    Parameters
    ----------
    model : Model
    view_id : str
        A view of its card.
    settings : mapping
        Constants that differ from the file.
    """
    view = model.card.find("views", view_id)
    if not isinstance(view, TimeCourse):
        held = {**settings, **model.card.held_by(view)}
        return model.simulate(view_id, settings=settings), model.readouts(settings=held)
    reading, points = model.reading(model.card.readouts), axis_points(view.x)
    times = np.union1d(points, reading.times)
    drawn = [model.symbols[series.formula] for series in view.series]
    columns = [*reading.columns, *drawn]
    course = model.observer.curves(times, columns, model.settings(None, settings))
    rows = course[np.searchsorted(times, points), len(reading.columns) :]
    ids = [series.id for series in view.series]
    curves = pd.DataFrame(rows, index=pd.Index(points, name="time"), columns=ids)
    values = reading.reduce(course[np.searchsorted(times, reading.times)])
    return curves, {r.id: value for r, value in zip(model.card.readouts, values, strict=True)}


def explore(name: str, view: str | None = None, engine: str = "page") -> Explorer:
    """Show a model's controls beside its figure.

    In JupyterLab, Notebook and VS Code it is a widget: the page's own figure, whose settings
    Python sees and can move. It composes with ipywidgets (``link``, ``observe``, ``HBox``).
    In a built book and other HTML it is the living figure, and where HTML is not shown a picture.
    In Colab, which would fetch a widget's script from elsewhere, it is the living figure too: it
    needs nothing but itself, and Python does not see its sliders.

    Parameters
    ----------
    name : str
        A model by name, or the path of an Antimony or SBML file with a card beside it.
    view : str, optional
        A view of the card; default the first.
    engine : {"page", "roadrunner"}
        What draws the figure when a slider moves: the page's solver, at once, or libRoadRunner.

    Returns
    -------
    Explorer
        Its ``settings``, ``trajectories`` and ``readouts`` are there for the next cell;
        the latter two are computed by libRoadRunner when they are asked for.

    Raises
    ------
    KeyError
        For an unknown model or view; the message lists the nearest.
    """
    return Explorer(Model.load(name), view, engine)
