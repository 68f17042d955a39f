"""The arrows of the drawings: an activation ends in an arrowhead, an inhibition in a bar."""

from __future__ import annotations

import math

from matplotlib.path import Path

from nkreview.living.style import INK
from nkreview.schematic.shapes import Mark, Point, pick, polar, polygon, polyline

#: Each kind of arrow, and its name in the key.
ARROWS = {
    "moves": "moves or becomes",
    "activates": "activates, recruits",
    "inhibits": "inhibits",
    "fails": "attack that fails",
}


def arrow(
    kind: str, start: Point, end: Point, bend: float = 0.0, uncertain: bool = False
) -> list[Mark]:
    """Draw an arrow of ``ARROWS``.

    Parameters
    ----------
    kind : str
    start, end : tuple of float
    bend : float, optional
        How far it bows to one side, as a part of its length.
    uncertain : bool, optional
        Whether it is dashed.

    Returns
    -------
    list of Mark
        The shaft, and what tells the kinds apart.

    Raises
    ------
    SchematicError
        If there is no such kind.
    """
    pick(ARROWS, kind, "arrow")
    dx, dy = end[0] - start[0], end[1] - start[1]
    control = ((start[0] + end[0]) / 2 - bend * dy, (start[1] + end[1]) / 2 + bend * dx)
    path = Path([start, control, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    shaft = Mark(path, edge=INK, width=1.6, dashed=uncertain)
    angle = math.degrees(math.atan2(end[1] - control[1], end[0] - control[0]))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return [shaft, *_head(kind, end, angle, middle)]


def _head(kind: str, tip: Point, angle: float, middle: Point) -> list[Mark]:
    """Draw what tells arrows apart: an open or filled head, a bar, a cross on the shaft."""
    if kind == "inhibits":
        bar = [polar(*tip, angle - 90, 7), polar(*tip, angle + 90, 7)]
        return [Mark(polyline(bar), edge=INK, width=2.4)]
    barbs = [polar(*tip, angle + 180 - 25, 9), tip, polar(*tip, angle + 180 + 25, 9)]
    if kind == "activates":
        return [Mark(polygon(barbs), fill=INK, edge=INK, width=0.8)]
    head = Mark(polyline(barbs), edge=INK, width=1.6)
    return [*_cross(middle, angle), head] if kind == "fails" else [head]


def _cross(middle: Point, angle: float) -> list[Mark]:
    """Draw a cross over the middle of a shaft."""
    strokes = [[polar(*middle, angle + a, d) for d in (-4.6, 4.6)] for a in (45, -45)]
    return [Mark(polyline(stroke), edge=INK, width=2.0) for stroke in strokes]
