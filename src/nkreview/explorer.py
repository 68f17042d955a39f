"""`explore()`: one object that is ipywidgets beside a kernel and a living figure on a page."""

from __future__ import annotations

import base64
import json
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from nkreview.card import DoseResponse, Readout, Slider, TimeCourse
from nkreview.export import to_javascript
from nkreview.figure import living_svg, png, with_unit
from nkreview.model import READOUT_POINTS, Model

OUTSIDE = "A curve leaves the axes at the top."


def model_script(model: Model) -> str:
    """Return the model as the ES module that a page runs, with the card's quantities in it."""
    return to_javascript(model.extended_sbml, source=model.path.name)


def page_setup(model: Model, view_id: str | None) -> dict[str, Any]:
    """Return what the script in a page has to know of a view (see ``static/explorer.js``)."""
    card, view = model.card, model.card.find("views", view_id)
    axes = {
        name: axis.model_dump(
            include={"label", "unit", "min", "max", "scale", "points", "parameter"}
        )
        for name, axis in (("x", view.x), ("y", view.y))
    }
    return {
        "model": model.name,
        "view": view.id,
        "kind": view.kind,
        **axes,
        "series": [_page_series(model, view, s) for s in view.series],
        "readouts": [_page_readout(r, model.symbols[r.expression]) for r in card.readouts],
        "sliders": [
            s.model_dump(include={"id", "label", "min", "max", "step"}) for s in card.sliders
        ],
        "defaults": {s.id: model.constants[s.id] for s in card.sliders},
        "scenarios": [s.model_dump(include={"id", "notice", "set"}) for s in card.offered],
        "outside": OUTSIDE,
    }


def _page_series(model: Model, view: TimeCourse | DoseResponse, series: Any) -> dict[str, Any]:
    about = {"id": series.id, "label": series.label}
    if isinstance(view, TimeCourse):
        return {**about, "symbol": model.symbols[series.formula]}
    return {**about, "readout": series.readout, "set": model.settings(series.scenario)}


def _page_readout(readout: Readout, symbol: str) -> dict[str, Any]:
    at = readout.rule == "at"
    span = [readout.at, readout.at] if at else list(getattr(readout, readout.rule))
    points = 1 if at else READOUT_POINTS
    about = {"id": readout.id, "symbol": symbol, "rule": readout.rule}
    return {**about, "span": span, "points": points}


def figure_html(model: Model, view_id: str | None = None, caption: bool = True) -> str:
    """Return the living figure as HTML.

    Parameters
    ----------
    model : Model
    view_id : str, optional
        A view of the card; default the first.
    caption : bool
        Whether the view's description stands below; a page that numbers its figures
        puts a caption of its own there.

    Returns
    -------
    str
        An ``<nk-explorer>``: without its script it is the figure and its caption.
    """
    view = model.card.find("views", view_id)
    svg, geometry = living_svg(model, view.id)
    setup = json.dumps({**page_setup(model, view.id), **geometry}, separators=(",", ":"))
    setup = setup.replace("</", r"<\/")  # no text of the card may end the script
    below = f'<p class="nk-caption">{escape(view.describe)}</p>' if caption else ""
    return (
        f'<nk-explorer data-model="{model.name}" data-view="{view.id}">\n'
        f'<p class="nk-title">{escape(view.title)}</p>\n'
        f'<div class="nk-body"><div class="nk-view"><div class="nk-stage">{svg}'
        f'<p class="nk-status" role="status"></p></div>{_readouts(model)}</div>'
        f"{_controls(model, geometry['prefix'])}</div>{below}\n"
        f'<script type="application/json">{setup}</script>\n'
        "</nk-explorer>\n"
    )


def _controls(model: Model, prefix: str) -> str:
    scenarios = "".join(
        f'<option value="{s.id}">{escape(s.label)}</option>' for s in model.card.offered
    )
    groups = "".join(
        f"<details{' open' if number == 0 else ''}><summary>{escape(name)}</summary>"
        f"{''.join(_slider(s, model.constants[s.id], prefix) for s in sliders)}</details>"
        for number, (name, sliders) in enumerate(model.card.groups.items())
    )
    return (
        '<form class="nk-controls" autocomplete="off"><p class="nk-remark" role="status"></p>'
        f'<p><label for="{prefix}scenario">Scenario</label> '
        f'<select id="{prefix}scenario" name="scenario">{scenarios}</select></p>'
        '<p class="nk-notice" aria-live="polite"></p>'
        '<p class="nk-said visually-hidden" role="status"></p>'
        f"{groups}"
        '<p class="nk-actions"><button type="reset">Reset</button>'
        '<button type="button" class="nk-csv">Download CSV</button>'
        '<a class="nk-sbml" download>Download SBML</a>'
        '<a class="nk-link" href="#">Link to these settings</a></p></form>\n'
    )


def _readouts(model: Model) -> str:
    items = "".join(
        f"<div><dt>{escape(with_unit(r.label, r.unit))}</dt>"
        f'<dd><output data-readout="{r.id}" aria-live="off"></output></dd></div>'
        for r in model.card.readouts
        if r.shown
    )
    return f'<dl class="nk-readouts">{items}</dl>'


def _slider(slider: Slider, value: float, prefix: str) -> str:
    ident = f"{prefix}{slider.id}"
    word = f' data-at-max="{escape(slider.at_max)}"' if slider.at_max else ""
    return (
        f'<div class="nk-slider"><label for="{ident}">{escape(slider.label)}</label>'
        f'<output for="{ident}" aria-live="off"></output>'
        f'<input type="range" id="{ident}" name="{slider.id}" min="{slider.min:.12g}" '
        f'max="{slider.max:.12g}" step="{slider.step:.12g}" value="{value:.12g}" '
        f'data-unit="{escape(slider.unit)}"{word} aria-describedby="{ident}-help">'
        f'<small id="{ident}-help">{escape(slider.help)}</small></div>'
    )


class Explorer:
    """A model's controls and figure; see :func:`explore`.

    Attributes
    ----------
    settings : dict
        Constants that the controls set now.
    trajectories : DataFrame
        Curves of the view at these settings, computed by libRoadRunner.
    readouts : dict
        Readouts at these settings.
    """

    def __init__(self, model: Model, view_id: str | None) -> None:
        self.model = model
        self.view = model.card.find("views", view_id)
        self._moving = False
        self._scenario = widgets.Dropdown(
            options=[(s.label, s.id) for s in model.card.offered], description="Scenario"
        )
        self._sliders = {s.id: _widget(s, model.constants[s.id]) for s in model.card.sliders}
        self._figure = widgets.HTML()
        self._notice = widgets.HTML()
        self._numbers = widgets.HTML()
        self._reset = widgets.Button(description="Reset")
        self._scenario.observe(lambda _: self._choose(), "value")
        self._reset.on_click(lambda _: self._restart())
        for slider in self._sliders.values():
            slider.observe(lambda _: self._redraw(), "value")
        self.widget = self._layout()
        self._choose()

    def _layout(self) -> widgets.Widget:
        groups = widgets.Accordion(
            [
                widgets.VBox([self._sliders[s.id] for s in group])
                for group in self.model.card.groups.values()
            ],
            titles=list(self.model.card.groups),
            selected_index=0,
        )
        top = widgets.HBox([self._scenario, self._reset])
        return widgets.VBox([self._figure, top, self._notice, groups, self._numbers])

    def _choose(self) -> None:
        scenario = self.model.card.find("scenarios", self._scenario.value)
        self._notice.value = escape(scenario.notice)
        self._moving = True  # one redraw at the end, not one a slider
        for name, slider in self._sliders.items():
            slider.value = scenario.set.get(name, self.model.constants[name])
        self._moving = False
        self._redraw()

    def _restart(self) -> None:
        self._scenario.value = self.model.card.scenarios[0].id
        self._choose()

    def set(self, **settings: float) -> None:
        """Move controls from code, as a hand would.

        Raises
        ------
        KeyError
            For a name that is not a control.
        ValueError
            For a value outside the control's range.
        """
        for name, value in settings.items():
            slider = self.model.card.find("sliders", name)
            if not slider.min <= value <= slider.max:
                raise ValueError(
                    f"{name} goes from {slider.min:g} to {slider.max:g}; {value:g} is outside. "
                    "For values beyond the slider use Model.simulate."
                )
            self._sliders[name].value = value

    @property
    def settings(self) -> dict[str, float]:
        """Constants that the controls set now."""
        scenario = self.model.card.find("scenarios", self._scenario.value)
        return {**scenario.set, **{name: s.value for name, s in self._sliders.items()}}

    @property
    def trajectories(self) -> pd.DataFrame:
        """Curves of the view at these settings."""
        return self.model.simulate(self.view.id, settings=self.settings)

    @property
    def readouts(self) -> dict[str, float]:
        """Readouts at these settings, by id."""
        return self.model.readouts(settings=self.settings)

    def _redraw(self) -> None:
        if self._moving:
            return
        svg, _ = living_svg(self.model, self.view.id, self.trajectories)
        self._figure.value = f'<div style="max-width: 40rem">{svg}</div>'
        values = self.readouts
        self._numbers.value = "<br>".join(
            f"{escape(with_unit(r.label, r.unit))}: <b>{values[r.id]:.4g}</b>"
            for r in self.model.card.readouts
            if r.shown
        )

    def __repr__(self) -> str:
        return f"Explorer({self.model.name!r}, view={self.view.id!r})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return every form; each front end shows the richest that it can."""
        return {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.widget.model_id,
            },
            "text/html": figure_html(self.model, self.view.id),
            "image/png": base64.b64encode(png(self.model, self.view.id)).decode(),
            "text/plain": repr(self),
        }


def _widget(slider: Slider, value: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=slider.min,
        max=slider.max,
        step=slider.step,
        description=with_unit(slider.label, slider.unit),
        tooltip=slider.help,
        readout_format=",.0f" if float(slider.step).is_integer() else ".4g",
        continuous_update=False,
        layout={"width": "95%"},
        style={"description_width": "18em"},
    )


def explore(name: str, view: str | None = None) -> Explorer:
    """Show a model's controls beside its figure.

    In a kernel they are ipywidgets over libRoadRunner; in the built book, the living figure.

    Parameters
    ----------
    name : str
        A model of the book, or the path of an Antimony file with a card beside it.
    view : str, optional
        A view of the card; default the first.

    Returns
    -------
    Explorer
        Its ``settings``, ``trajectories`` and ``readouts`` are there for the next cell.
    """
    return Explorer(Model.load(name), view)
