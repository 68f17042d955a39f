"""Marks on paper: matplotlib's artists for whatever is a picture or a printed page."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from nkreview.living.style import INK
from nkreview.schematic.shapes import Mark, Words
from nkreview.schematic.svg import DASH_AND_GAP

PAPER_INK = "#1b1b1b"


def axes(
    figure: Figure, x: float, y: float, width: float, height: float, scale: float = 1.0
) -> Axes:
    """Lay axes over a box given in panel units from the figure's top left corner.

    Parameters
    ----------
    figure : Figure
    x, y, width, height : float
        In panel units.
    scale : float, optional
        Points to a panel unit.

    Returns
    -------
    Axes
        Without a frame; its data coordinates are panel units.
    """
    full_w, full_h = (72 * inches / scale for inches in figure.get_size_inches())
    ax = figure.add_axes((x / full_w, 1 - (y + height) / full_h, width / full_w, height / full_h))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_axis_off()
    return ax


def paint(ax: Axes, marks: Iterable[Mark | Words], scale: float = 1.0) -> list[Artist]:
    """Draw marks one over the other, at ``scale`` points to a panel unit; return the artists."""
    artists = [
        _text(mark, scale) if isinstance(mark, Words) else _patch(mark, scale) for mark in marks
    ]
    for artist in artists:
        artist.set_zorder(1)  # later ones lie on top, text or not
        ax.add_artist(artist)
        artist.set_clip_on(False)
    return artists


def _ink(colour: str | None) -> str:
    return "none" if colour is None else PAPER_INK if colour == INK else colour


def _text(words: Words, scale: float) -> Text:
    return Text(
        words.x,
        words.y,
        words.text,
        fontsize=words.size * scale,
        fontweight="bold" if words.bold else "normal",
        color=_ink(words.colour),
        ha=words.align,
        va="center_baseline",
        parse_math=False,
    )


def _patch(mark: Mark, scale: float) -> PathPatch:
    return PathPatch(
        mark.path,
        facecolor=to_rgba(_ink(mark.fill), mark.fill_alpha if mark.fill else None),
        edgecolor=_ink(mark.edge),
        linewidth=mark.width * scale if mark.edge else 0,
        linestyle=(0, DASH_AND_GAP) if mark.dashed else "solid",
        capstyle="butt" if mark.dashed else "round",
        joinstyle="round",
    )
