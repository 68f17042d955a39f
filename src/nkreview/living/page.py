"""The living figure as HTML, and what its script has to know."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from nkreview.living.plot import with_unit
from nkreview.living.svg import living_svg
from nkreview.model.card import DoseResponse, Readout, Slider, TimeCourse
from nkreview.model.model import READOUT_POINTS, Model
from nkreview.sbml.javascript import to_javascript

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
