"""Axes, ticks and labels as readers of the book know them."""

from __future__ import annotations

import textwrap
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from nkreview.living.style import INK
from nkreview.model.card import Axis, ChanceAxis

TITLE_LENGTH = 54  # characters of the y axis' label that fit on a line above the axes
TIME_STEPS = {"h": (1, 2, 3, 6, 12, 24, 48, 72, 96, 168), "d": (1, 2, 7, 14, 28)}


def set_axes(axes: Any, x: Axis, y: Axis) -> None:
    """Give axes the scales, limits, labels and ticks of a view."""
    axes.set(xscale=x.scale, yscale=y.scale, xlim=x.limits, ylim=y.limits)
    # A dollar sign in a label is a dollar sign.
    axes.set_xlabel(with_unit(x.label, x.unit), parse_math=False)
    left, _, across, _ = axes.get_position().bounds
    title = "\n".join(_title(y))
    axes.set_title(title, loc="left", x=-left / across, pad=7, parse_math=False)
    if y.scale == "log":
        axes.yaxis.set_major_formatter(mpl.ticker.FuncFormatter(plain_number))
        axes.yaxis.set_minor_locator(mpl.ticker.NullLocator())
    if x.scale == "log":
        axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(plain_number))
    if isinstance(x, ChanceAxis) and x.categories:
        axes.set_xticks(range(len(x.categories)), x.categories)
    elif isinstance(x, ChanceAxis) and x.readout:
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    elif x.scale == "linear" and x.unit in TIME_STEPS:
        axes.xaxis.set_major_locator(mpl.ticker.MultipleLocator(time_step(x.max - x.min, x.unit)))


def title_height(y: Axis) -> float:
    """Return how much room the label of the y axis takes above the axes, in inches."""
    return 0.10 + 0.21 * len(_title(y))


def _title(y: Axis) -> list[str]:
    return textwrap.wrap(with_unit(y.label, y.unit), TITLE_LENGTH)


def with_unit(label: str, unit: str) -> str:
    """Return ``label (unit)``, or the label alone."""
    return f"{label} ({unit})" if unit else label


def plain_number(value: float, _position: int | None = None) -> str:
    """Return a tick label: a plain number where that is short, else a power of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:,.0f}" if abs(value) >= 1 else f"{value:g}"
    digits, power = f"{value:.0e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if digits == "1" else f"{digits}×10{raised}"


def time_step(span: float, unit: str) -> float:
    """Return a distance of ticks that readers think in: parts of a day, days or weeks."""
    return next((step for step in TIME_STEPS[unit] if span / step <= 11), span / 8)


def recolour(figure: Figure, ink: str) -> None:
    """Give every element drawn in the stand-in colour a real one (for PNG)."""
    for artist in figure.findobj():
        for kind in ("color", "edgecolor", "markeredgecolor", "facecolor"):
            getter, setter = (getattr(artist, f"{verb}_{kind}", None) for verb in ("get", "set"))
            value = getter() if getter and setter else None
            if isinstance(value, str) and value == INK:
                setter(ink)
