"""The living figure as HTML, and what its script has to know."""

from __future__ import annotations

import math
from typing import Any

from nkreview.living.archives import archives
from nkreview.living.axes import with_unit
from nkreview.living.focus import Focus
from nkreview.living.mapplot import levels_of
from nkreview.living.names import NAMES
from nkreview.living.svg import living_svg
from nkreview.living.templates import templates
from nkreview.model.card import Axis, DoseResponse, Ensemble, Map, Readout, Slider, TimeCourse, View
from nkreview.model.draws import DRAWS
from nkreview.model.model import Model
from nkreview.model.observe import READOUT_POINTS
from nkreview.sbml.javascript import to_javascript

#: The tools that a reader opens, by name, and the words on their buttons.
BUTTONS = {
    "many": "How sure?",
    "compare": "Compare",
    "listen": "Table and sound",
    "carry": "Take away",
}

_SLIDER = {"id", "label", "unit", "min", "max", "step", "scale", "group", "at_max"}
_SCENARIO = {"id", "label", "notice", "set"}
_AXIS = {"label", "unit", "min", "max", "scale", "points", "parameter", "categories"}


def model_script(model: Model) -> str:
    """Return the model as the ES module that a page runs, with the card's quantities in it."""
    return to_javascript(model.extended_sbml, source=model.path.name)


def page_setup(model: Model, view_id: str | None = None, place: str = "") -> dict[str, Any]:
    """Return what the script in a page has to know of a view (see ``static/figure.js``).

    Parameters
    ----------
    model, view_id, place
        As for :func:`figure_html`.
    """
    card, view = model.card, model.card.find("views", view_id)
    sliders = [slider for group in card.groups_of(view).values() for slider in group]
    setup = {
        "model": model.name,
        "view": view.id,
        "key": ".".join(part for part in (model.name, view.id, place) if part),
        "kind": view.kind,
        "title": view.title,
        "describe": view.describe,
        "x": view.x.model_dump(include=_AXIS),
        "y": view.y.model_dump(include=_AXIS),
        "series": [_page_series(model, view, s) for s in view.series],
        "readouts": [_page_readout(r, model.symbols[r.expression]) for r in card.readouts],
        "sliders": [s.model_dump(include=_SLIDER) for s in sliders],
        "defaults": {s.id: model.constants[s.id] for s in sliders},
        "scenarios": [s.model_dump(include=_SCENARIO) for s in card.offered_by(view)],
    }
    if isinstance(view, Map):
        return {**setup, **_page_map(view), "held": card.held_by(view)}
    if isinstance(view, Ensemble):
        return {**setup, **_page_ensemble(view), "held": card.held_by(view)}
    return setup | ({"stacked": True} if isinstance(view, TimeCourse) and view.stacked else {})


def page_draws(model: Model) -> dict[str, Any]:
    """Return a model's draws as ``static/bands.js`` reads them."""
    constants = [
        {
            "id": ident,
            "label": model.label(ident),
            "status": model.evidence.parameters[ident].status,
            "value": model.constants[ident],
        }
        for ident in model.draws
    ]
    return {"constants": constants, "rows": model.draws.to_numpy().tolist()}


def _page_map(view: Map) -> dict[str, Any]:
    """Return what makes a view a map; the columns are those of its file."""
    columns = [_column(view.y.parameter, view.y), _column(view.colour.readout, view.colour)]
    if view.colour.categories:
        told = (f"{value} {name}" for value, name in enumerate(view.colour.categories))
        columns[1]["unit"] = ", ".join(told)
    return {
        "runs": view.x.points * view.y.points,
        "columns": columns,
        "colour": view.colour.model_dump(include={*_AXIS, "readout"}),
        "levels": len(levels_of(view.colour)),
        **view.model_dump(include={"best", "ridge"}),
    }


def _column(ident: str, axis: Axis) -> dict[str, str]:
    return {"id": ident, "label": axis.label, "unit": axis.unit}


def _page_ensemble(view: Ensemble) -> dict[str, Any]:
    """Return what makes a view an ensemble; the drawn axis is half a bin longer on each side."""
    draws = view.over == "draws"
    about = {"runs": DRAWS, "over": view.over} if draws else {"runs": view.runs}
    if not view.x.readout:
        return about
    low, high = view.x.limits
    x = view.x.model_dump(include=_AXIS)
    drawn = {**x, "min": low, "max": high, "parameter": view.x.readout}
    return {**about, "x": drawn, "bins": {**x, "width": view.x.width}}


def _page_series(model: Model, view: View, series: Any) -> dict[str, Any]:
    about = {"id": series.id, "label": series.label}
    if isinstance(view, TimeCourse):
        return {**about, "symbol": model.symbols[series.formula]}
    if isinstance(view, Ensemble):
        symbol = {"symbol": model.symbols[series.expression]} if series.expression else {}
        return {**about, **symbol, "set": model.settings(series.scenario)}
    return {**about, "readout": series.readout, "set": model.settings(series.scenario)}


def _page_readout(readout: Readout, symbol: str) -> dict[str, Any]:
    at = readout.rule == "at"
    span = [readout.at, readout.at] if at else list(getattr(readout, readout.rule))
    points = 1 if at else READOUT_POINTS
    about = readout.model_dump(include={"id", "label", "unit", "shown"})
    about |= {"symbol": symbol, "rule": readout.rule}
    return {**about, "span": span, "points": points}


def _buttons(model: Model, view: View) -> dict[str, str]:
    """Return the tools that fit a view: bands need draws, and a map has no curve to hear."""
    stacked = isinstance(view, TimeCourse) and view.stacked
    bands = isinstance(view, TimeCourse | DoseResponse) and not stacked and model.has_draws
    fits = {"many": bands, "listen": bool(view.series)}
    return {tool: label for tool, label in BUTTONS.items() if fits.get(tool, True)}


def _stand(slider: Slider, value: float) -> str:
    """Return where a slider's control stands at a value: on a log scale it moves by decades."""
    return f"{math.log10(value) if slider.scale == 'log' else value:.12g}"


def figure_html(
    model: Model,
    view_id: str | None = None,
    caption: bool = True,
    place: str = "",
    carry: bool = False,
    focus: Focus | None = None,
) -> str:
    """Return the living figure as HTML.

    Parameters
    ----------
    model : Model
    view_id : str, optional
        A view of the card; default the first.
    caption : bool
        Whether the view's description stands below; a page that numbers its figures
        puts a caption of its own there.
    place : str
        Tells apart figures of one view on a page: it becomes part of every id and of the link
        to the settings. At most one may be without.
    carry : bool
        Whether the figure carries what a page would load when a reader takes it away.
    focus : Focus, optional
        Which controls and scenarios stand first, and what the reader is asked to draw;
        default the card's order, and nothing.

    Returns
    -------
    str
        An ``<nk-explorer>``: without its script it is the figure and its caption.
    """
    view = model.card.find("views", view_id)
    svg, geometry = living_svg(model, view.id, place)
    setup = {**page_setup(model, view.id, place), **geometry}
    if carry:
        setup |= {"sbml": model.sbml, "archive": archives(model, view.id)}
        if model.has_draws:
            setup["draws"] = page_draws(model)
    focus = focus or Focus()
    if focus.predict:
        setup["predict"] = focus.predict
    first, groups = focus.sliders(model.card, view)
    scenarios, more_scenarios = focus.choices(model.card, view)
    return (
        templates()
        .get_template("explorer.html")
        .render(
            model=model,
            view=view,
            first=first,
            groups=groups,
            scenarios=scenarios,
            more_scenarios=more_scenarios,
            stand=_stand,
            svg=svg,
            setup=setup,
            caption=caption,
            buttons=_buttons(model, view),
            names=NAMES,
            with_unit=with_unit,
        )
    )
