"""The living figure as HTML, and what its script has to know."""

from __future__ import annotations

from typing import Any

from nkreview.living.names import NAMES
from nkreview.living.plot import with_unit
from nkreview.living.svg import living_svg
from nkreview.living.templates import templates
from nkreview.model.card import DoseResponse, Readout, TimeCourse
from nkreview.model.model import READOUT_POINTS, Model
from nkreview.sbml.javascript import to_javascript

_SLIDER = {"id", "label", "unit", "min", "max", "step", "at_max"}
_SCENARIO = {"id", "notice", "set"}
_AXIS = {"label", "unit", "min", "max", "scale", "points", "parameter"}


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
    return {
        "model": model.name,
        "view": view.id,
        "key": ".".join(part for part in (model.name, view.id, place) if part),
        "kind": view.kind,
        "x": view.x.model_dump(include=_AXIS),
        "y": view.y.model_dump(include=_AXIS),
        "series": [_page_series(model, view, s) for s in view.series],
        "readouts": [_page_readout(r, model.symbols[r.expression]) for r in card.readouts],
        "sliders": [s.model_dump(include=_SLIDER) for s in card.sliders],
        "defaults": {s.id: model.constants[s.id] for s in card.sliders},
        "scenarios": [s.model_dump(include=_SCENARIO) for s in card.offered],
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


def figure_html(
    model: Model,
    view_id: str | None = None,
    caption: bool = True,
    place: str = "",
    carry: bool = False,
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
        Whether the figure carries its SBML for the download, instead of a link to a file.

    Returns
    -------
    str
        An ``<nk-explorer>``: without its script it is the figure and its caption.
    """
    view = model.card.find("views", view_id)
    svg, geometry = living_svg(model, view.id, place)
    setup = {**page_setup(model, view.id, place), **geometry}
    if carry:
        setup["sbml"] = model.sbml
    return (
        templates()
        .get_template("explorer.html")
        .render(
            model=model,
            view=view,
            svg=svg,
            setup=setup,
            caption=caption,
            names=NAMES,
            with_unit=with_unit,
            number="{:.12g}".format,
        )
    )
