"""A map to matplotlib: one readout as colour over two constants."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke

from nkreview.living.axes import plain_number, recolour, set_axes, with_unit
from nkreview.living.names import NAMES
from nkreview.living.style import INK, PALETTE, style
from nkreview.model.card import Colour, Map
from nkreview.model.maps import best_of, grid_of
from nkreview.model.model import axis_points

#: Steps of the colour scale, from viridis: its lightness rises evenly, whatever colours one sees.
LEVELS = [
    mpl.colors.to_hex(colour) for colour in mpl.colormaps["viridis"](np.linspace(0.04, 0.97, 20))
]
#: What marks a place of the map, and what is around it: seen on every colour, on any paper.
MARK, RIM = "#101010", "#ffffff"

WIDTH, PLOT, BAR, ROW = 4.7, 2.6, 0.12, 0.21  # inches
LEFT, RIGHT, TOP, TICKS = 0.55, 0.13, 0.30, 0.50  # around the plot, in inches


def levels_of(colour: Colour) -> list[str]:
    """Return the colours of a map: steps of a scale, or one a category."""
    return PALETTE[: len(colour.categories)] or LEVELS


BEST = {"max": "highest", "min": "lowest"}
RIDGE = {"max": "where each row is highest", "min": "where each row is lowest"}


def draw_map(view: Map, default: pd.DataFrame, cells: pd.DataFrame | None, ink: str) -> Figure:
    """Draw a map.

    Parameters
    ----------
    view : Map
    default, cells : DataFrame
        The cells of the default run, and those to be shown if they are others.
    ink : str
        Colour of text and axes.

    Returns
    -------
    matplotlib.figure.Figure
        All cells of a colour are one path with the gid ``level-NUMBER``. The best cell has the
        gid ``curve-best``, the ridge ``curve-ridge``, where they were in the default run
        ``ghost-best`` and ``ghost-ridge``, and the words below ``legend-colour`` and
        ``legend-best``.
    """
    shown = grid_of(view, default if cells is None else cells)
    rows = (view.best is not None) + (view.ridge is not None)
    with style():
        height = TOP + PLOT + TICKS + 2 * ROW + BAR + 0.1 + rows * ROW + 0.08
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        axes = _axes(figure, TOP, PLOT)
        set_axes(axes, view.x, view.y)
        if view.y.scale == "linear":
            axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.set_axisbelow(False)
        _draw_cells(axes, view.colour, shown)
        _draw_marks(axes, view, grid_of(view, default), NAMES.ghost, 0.55)
        _draw_marks(axes, view, shown, NAMES.curve, 1)
        _draw_scale(_axes(figure, TOP + PLOT + TICKS + 1.3 * ROW, BAR), view.colour)
        _draw_legend(figure, view, shown)
        if ink != INK:
            recolour(figure, ink)
    return figure


def _axes(figure: Figure, top: float, height: float) -> Any:
    """Return axes at a distance from the top, as wide as the figure lets them be."""
    wide, high = figure.get_size_inches()
    across = 1 - (LEFT + RIGHT) / wide
    return figure.add_axes((LEFT / wide, 1 - (top + height) / high, across, height / high))


def _draw_cells(axes: Any, colour: Colour, values: np.ndarray) -> None:
    """Draw one path for each colour: few bytes, and a page rewrites it as a whole.

    Neighbours of one colour in a row are one box.
    """
    faces = levels_of(colour)
    levels = np.clip(np.floor(colour.position(values) * len(faces)), 0, len(faces) - 1)
    up, across = values.shape
    for number, face in enumerate(faces):
        boxes = [
            Path([(i, j), (end, j), (end, j + 1), (i, j + 1), (i, j)], closed=True)
            for j, row in enumerate(levels == number)
            for i, end in np.flatnonzero(np.diff(row, prepend=False, append=False)).reshape(-1, 2)
        ]
        outline = Path.make_compound_path(*boxes or [Path([(0, 0)] * 4, closed=True)])
        scaled = mpl.transforms.Affine2D().scale(1 / across, 1 / up).transform_path(outline)
        patch = PathPatch(
            scaled,
            transform=axes.transAxes,
            facecolor=face,
            linewidth=0,
            clip_on=False,
            gid=f"{NAMES.level}{number}",
        )
        axes.add_artist(patch)


def _draw_marks(axes: Any, view: Map, values: np.ndarray, kind: str, alpha: float) -> None:
    """Mark the ridge and the best cell, at the middles of their cells."""
    up, across = values.shape
    look = {"transform": axes.transAxes, "clip_on": False, "alpha": alpha, "zorder": 3}
    if view.ridge:
        steps = view.colour.position(values) * len(LEVELS)
        told = np.flatnonzero(np.ptp(steps, axis=1) >= 1)  # rows of more than a colour
        line = _ridge((best_of(values[told], view.ridge) + 0.5) / across, (told + 0.5) / up)
        line.set(gid=kind + "ridge", **look)
        axes.add_artist(line)
    if view.best:
        j, i = divmod(int(best_of(values.ravel(), view.best)), across)
        spot = _spot((i + 0.5) / across, (j + 0.5) / up)
        spot.set(gid=kind + "best", **look)
        axes.add_artist(spot)


def _ridge(x: Any, y: Any) -> Line2D:
    rim = [Stroke(linewidth=4, foreground=RIM), Normal()]
    return Line2D(x, y, color=MARK, linewidth=1.8, path_effects=rim)


def _spot(x: float, y: float) -> Line2D:
    look = {"markersize": 9, "markerfacecolor": RIM, "markeredgecolor": MARK}
    return Line2D([x], [y], linestyle="none", marker="o", markeredgewidth=2.2, **look)


def _draw_scale(axes: Any, colour: Colour) -> None:
    """Draw the colours in a row, with ticks and what they mean."""
    faces = levels_of(colour)
    for number, face in enumerate(faces):
        left = number / len(faces)  # each begins on top of the one before: no seams
        box = mpl.patches.Rectangle((left, 0), 1 - left, 1, facecolor=face, linewidth=0)
        box.set(transform=axes.transAxes, clip_on=False)
        axes.add_artist(box)
    axes.set(xscale=colour.scale, xlim=(colour.min, colour.max), yticks=[])
    axes.spines[:].set_visible(False)
    if colour.categories:
        axes.set_xticks(range(len(faces)), colour.categories)
    elif colour.scale == "log":
        axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(plain_number))
    label = axes.set_title(with_unit(colour.label, colour.unit), loc="left", pad=5)
    label.set(gid=f"{NAMES.legend}colour", parse_math=False)


def _draw_legend(figure: Figure, view: Map, values: np.ndarray) -> None:
    """Say below what the marks are, and where the best cell is."""
    wide, high = figure.get_size_inches()
    told = []
    if view.best:
        text = f"{BEST[view.best]}: {_best_text(view, values)}"
        told.append((_spot, f"{NAMES.legend}best", text))
    if view.ridge:
        told.append((_ridge, f"{NAMES.legend}ridge", RIDGE[view.ridge]))
    for row, (mark, gid, text) in enumerate(told):
        y = (0.08 + (len(told) - row - 0.5) * ROW) / high
        sample = [0.62 * LEFT / wide, 1.02 * LEFT / wide] if mark is _ridge else LEFT * 0.82 / wide
        figure.add_artist(mark(sample, [y, y] if mark is _ridge else y))
        figure.text(1.25 * LEFT / wide, y, text, va="center_baseline", gid=gid, parse_math=False)


def _best_text(view: Map, values: np.ndarray) -> str:
    """Return the best value and where it is."""
    place = int(best_of(values.ravel(), view.best))
    j, i = divmod(place, view.x.points)
    told = [
        (values.ravel()[place], view.colour.unit),
        (axis_points(view.x)[i], view.x.unit),
        (axis_points(view.y)[j], view.y.unit),
    ]
    value, x, y = (f"{number:.3g} {unit}".strip() for number, unit in told)
    return f"{value} at {x}, {y}"
