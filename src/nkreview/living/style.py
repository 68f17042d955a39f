"""How the figures of the book look: colours, dashes and matplotlib's settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl

# Okabe and Ito's palette, which readers with colour blindness can tell apart; its orange and its
# sky blue are darker here, or they would not stand out from white paper (3 : 1).
COLOURS = {
    "tumour": "#D55E00",
    "nk": "#0072B2",
    "tcell": "#009E73",
    "drug": "#C08400",
    "effect": "#3399D6",
    "cost": "#CC79A7",
    "neutral": "#7F7F7F",
}


#: Colours of categories, in their order; the first is for none of them.
PALETTE = [COLOURS[role] for role in ("neutral", "nk", "tumour", "drug", "tcell", "cost", "effect")]


DASHES = [
    "solid",
    (0, (5, 1.6)),
    (0, (1.5, 1.5)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (3, 3)),
    (0, (8, 2)),
]


MARKERS = ["o", "s", "^", "D", "v"]


INK = "#010203"  # stands for currentColor until the SVG is written


FONT = 11.5  # 12 pixels where a phone shows the drawing 353 wide


STYLE = {
    "font.family": "sans-serif",
    "font.size": FONT,
    "axes.labelsize": FONT,
    "axes.titlesize": FONT,
    "xtick.labelsize": FONT,
    "ytick.labelsize": FONT,
    "legend.fontsize": FONT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "nkreview",
    "path.simplify": False,
}


@contextmanager
def style() -> Iterator[None]:
    """Apply the book's figure style inside a ``with`` block."""
    with mpl.rc_context(STYLE):
        yield
