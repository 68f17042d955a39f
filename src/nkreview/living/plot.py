"""Trajectories to matplotlib."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nkreview.living.axes import recolour, set_axes, title_height
from nkreview.living.mapplot import draw_map
from nkreview.living.names import NAMES
from nkreview.living.style import COLOURS, DASHES, INK, MARKERS, style
from nkreview.model.card import Ensemble, Map, Reference, TimeCourse, View
from nkreview.model.model import Model

WIDTH, PLOT_HEIGHT, LEGEND_ROW = 4.7, 1.95, 0.212  # inches
LEFT, ACROSS = 0.135, 0.84  # of the width: where the axes begin, and how wide they are


def draw(
    model: Model, view_id: str | None = None, curves: pd.DataFrame | None = None, ink: str = INK
) -> Figure:
    """Draw a view of a model.

    Parameters
    ----------
    model : Model
    view_id : str, optional
        A view of its card; default the first.
    curves : DataFrame, optional
        What :meth:`Model.simulate` returned for other settings.
        The default run then stays behind it as a thin line.
    ink : str
        Colour of text and axes.

    Returns
    -------
    matplotlib.figure.Figure
        Each series' line has the gid ``curve-ID``, its thin copy ``ghost-ID``, its text in the
        legend ``legend-ID``; what is drawn for comparison has ``reference-ID``. A map is drawn as
        :func:`nkreview.living.mapplot.draw_map` says.
    """
    view = model.card.find("views", view_id)
    default = model.simulate(view.id)
    if isinstance(view, Map):
        return draw_map(view, default, curves, ink)
    rows = len(view.series) + len(view.references)
    with style():
        below = 0.58 + rows * LEGEND_ROW
        height = PLOT_HEIGHT + below + title_height(view.y)
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        axes = figure.add_axes((LEFT, below / height, ACROSS, PLOT_HEIGHT / height))
        set_axes(axes, view.x, view.y)
        shown = default if curves is None else curves
        for number, series in enumerate(view.series):
            look = {"color": COLOURS[series.role], "linestyle": DASHES[number % len(DASHES)]}
            ghost = {"gid": NAMES.ghost + series.id, "lw": 0.9, "alpha": 0.55}
            curve = {"gid": NAMES.curve + series.id, "lw": 2.2, "label": series.label}
            _draw_series(axes, view, default, series.id, **ghost, **look)
            _draw_series(axes, view, shown, series.id, **curve, **look)
        for number, reference in enumerate(view.references):
            _draw_reference(axes, reference, default, MARKERS[number % len(MARKERS)])
        legend = axes.legend(
            loc="upper left",
            bbox_to_anchor=(-LEFT / ACROSS, -0.53 / PLOT_HEIGHT),
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            labelspacing=0.3,
            handlelength=2.4,
            handletextpad=0.6,
        )
        items = [series.id for series in view.series] + [None] * len(view.references)
        for text, item in zip(legend.get_texts(), items, strict=True):
            text.set(gid=item and NAMES.legend + item, parse_math=False)
        if ink != INK:
            recolour(figure, ink)
    return figure


def _draw_series(
    axes: Any, view: View, curves: pd.DataFrame, series: str, color: str, **look: Any
) -> None:
    """Draw a curve, the outline of a histogram, or an area; what has no label is a ghost."""
    x, y, ghost = curves.index, curves[series], "label" not in look
    if isinstance(view, Ensemble) and view.x.readout:
        face = "none" if ghost else mpl.colors.to_rgba(color, 0.25)
        edges = np.linspace(*view.x.limits, view.x.points + 1)
        axes.stairs(y, edges, fill=True, facecolor=face, edgecolor=color, **look)
    elif isinstance(view, TimeCourse) and view.stacked:
        top = curves.loc[:, :series].sum(axis=1)
        look["linestyle"] = "solid"
        if ghost:
            axes.plot(x, top, color=color, **look)
            return
        face = mpl.colors.to_rgba(color, 0.5)
        corners = [*x, *x[::-1]], [*top, *(top - y)[::-1]]
        axes.fill(*corners, facecolor=face, edgecolor=color, **{**look, "lw": 1.2})
    else:
        axes.plot(x, y, color=color, **look)


def _draw_reference(axes: Any, reference: Reference, default: pd.DataFrame, marker: str) -> None:
    scale = 1.0
    if reference.anchor:
        curve = default[reference.anchor.series]
        scale = float(np.interp(reference.anchor.x, curve.index.to_numpy(), curve.to_numpy()))
    about = {"color": INK, "label": reference.label, "gid": NAMES.reference + reference.id}
    if reference.kind == "band":
        low, high = (scale * np.array(v) for v in (reference.y_low, reference.y_high))
        axes.fill_between(reference.x, low, high, alpha=0.13, lw=0, **about)
    elif reference.kind == "line":
        y = scale * np.array(reference.y)
        axes.plot(reference.x, y, lw=1.1, ls=(0, (1, 1.5)), **about)
    else:
        y = scale * np.array(reference.y)
        axes.plot(reference.x, y, marker, mfc="none", ms=5.5, mew=1.2, **about)


def view_png(model: Model, view_id: str | None = None, curves: pd.DataFrame | None = None) -> bytes:
    """Return a view as a PNG on white, for front ends that show neither HTML nor widgets.

    Parameters
    ----------
    model, view_id, curves
        As for :func:`draw`.
    """
    buffer = io.BytesIO()
    figure = draw(model, view_id, curves, ink="#222222")
    figure.savefig(buffer, format="png", dpi=144, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()
