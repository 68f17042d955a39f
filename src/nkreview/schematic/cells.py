"""The cells of the drawings: the same cell has the same shape, colour and letters everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from matplotlib.path import Path

from nkreview.schematic.shapes import Mark, Words, circle, polar, polygon, polyline, ring, smooth
from nkreview.schematic.tints import TINTS


class Cell(NamedTuple):
    """A kind of cell."""

    draw: Callable[[float, float, float], list[Mark | Words]]  # x, y and radius
    radius: float  # its natural one
    name: str  # in the key
    key_radius: float = 10.5


def _body(path: Path, role: str, **more: object) -> Mark:
    fill, edge = TINTS[role]
    return Mark(path, fill=fill, edge=edge, solid=True, **more)


#: Size of the letters on a nucleus, as a part of its radius, by how many they are.
_LETTERS = {1: 1.3, 2: 1.02, 3: 0.95}
SMALLEST_LETTERS = 7.0  # smaller ones could not be read in print, and are left out


def _nucleus(x: float, y: float, r: float, role: str, letters: str) -> list[Mark | Words]:
    nucleus = Mark(circle(x, y, r), fill=TINTS[role].dark)
    size = r * _LETTERS[len(letters)]
    if size < SMALLEST_LETTERS:
        return [nucleus]
    words = Words(x, y, letters, size, bold=True, align="center", colour="#FFFFFF", badge=True)
    return [nucleus, words]


def _nk(x: float, y: float, r: float) -> list[Mark | Words]:
    granules = [Mark(circle(*polar(x, y, a, r * 0.83), r * 0.07), fill=TINTS["nk"].dark)
                for a in range(0, 360, 45)]  # fmt: skip
    return [_body(circle(x, y, r), "nk"), *granules, *_nucleus(x, y, r * 0.69, "nk", "NK")]


def _weak_nk(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw an NK cell that does not act: pale, dashed, without granules."""
    body = _body(circle(x, y, r), "nk", fill_alpha=0.3, dashed=True)
    return [body, *_nucleus(x, y, r * 0.69, "nk", "NK")]


def _ilc1(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw an ILC1: the NK cell's relative, square and grey."""
    outline = smooth(ring(x, y, [r * f for _ in range(4) for f in (0.92, 1.12)]))
    return [_body(outline, "ilc1"), *_nucleus(x, y, r * 0.72, "ilc1", "ILC")]


def _tcell(x: float, y: float, r: float, letters: str = "T") -> list[Mark | Words]:
    receptors = [
        Mark(
            polyline([polar(x, y, a, r * 0.95), polar(x, y, a, r * 1.22)]),
            edge=TINTS["tcell"].body,
            width=r * 0.17,
        )
        for a in range(15, 375, 30)
    ]
    body = _body(circle(x, y, r), "tcell")
    return [*receptors, body, *_nucleus(x, y, r * 0.68, "tcell", letters)]


def _treg(x: float, y: float, r: float) -> list[Mark | Words]:
    return _tcell(x, y, r, "Tr")


_TUMOUR_OUTLINE = (1.07, 0.95, 0.98, 0.92, 1.06, 1.0, 0.91, 1.02, 0.94)


def _tumour(x: float, y: float, r: float) -> list[Mark | Words]:
    turn = 0.37 * x + 0.11 * y  # neighbours are not copies of one another
    nucleus = [r * f for f in (0.56, 0.45, 0.53, 0.5, 0.57, 0.46)]
    spot = polar(x, y, math.degrees(turn) * 3, r * 0.16)
    return [
        _body(smooth(ring(x, y, [r * f for f in _TUMOUR_OUTLINE], turn)), "tumour"),
        Mark(smooth(ring(x, y, nucleus, turn)), fill=TINTS["tumour"].dark),
        Mark(circle(*spot, r * 0.13), fill=TINTS["tumour"].body),
    ]


def _dying(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw a tumour cell that has come apart: fragments, each with a crumb of nucleus."""
    pieces = ((0, 0, 0.5), (20, 0.82, 0.3), (95, 0.78, 0.26), (160, 0.85, 0.33), (235, 0.8, 0.24),
              (300, 0.84, 0.3))  # fmt: skip
    marks: list[Mark | Words] = []
    for angle, away, size in pieces:
        px, py = polar(x, y, angle, away * r)
        marks.append(_body(circle(px, py, size * r), "tumour", width=1.0))
        marks.append(Mark(circle(px, py, size * r * 0.4), fill=TINTS["tumour"].dark))
    return marks


def _cluster(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw four tumour cells that travel together; ``r`` is the radius of one of them."""
    places = ((-0.95, -0.55), (0.95, -0.6), (0.0, 0.98), (1.85, 0.8))
    return [m for dx, dy in places for m in _tumour(x + dx * r, y + dy * r, r)]


def _cdc1(x: float, y: float, r: float) -> list[Mark | Words]:
    radii = [r * f for _ in range(8) for f in (1.22, 0.7)]
    star = smooth(ring(x, y, radii, 0.2))
    return [_body(star, "cdc1"), *_nucleus(x, y, r * 0.66, "cdc1", "DC")]


def _platelet(x: float, y: float, r: float) -> list[Mark | Words]:
    points = [(x - r, y), (x - r * 0.3, y - r * 0.45), (x + r, y), (x + r * 0.3, y + r * 0.45)]
    return [_body(smooth(points), "platelet")]


def _hepatocyte(x: float, y: float, r: float) -> list[Mark | Words]:
    return [
        _body(polygon(ring(x, y, [r] * 6, math.pi / 6)), "liver"),
        Mark(circle(x, y, r * 0.36), fill=TINTS["liver"].dark),
    ]


CELLS = {
    "nk": Cell(_nk, 16.0, "NK cell"),
    "tumour": Cell(_tumour, 14.0, "tumour cell"),
    "dying": Cell(_dying, 14.0, "killed tumour cell"),
    "cluster": Cell(_cluster, 11.0, "tumour cell cluster"),
    "tcell": Cell(_tcell, 13.0, "T cell"),
    "cdc1": Cell(_cdc1, 17.0, "dendritic cell (cDC1)"),
    "platelet": Cell(_platelet, 6.0, "platelet", 7.0),
    "hepatocyte": Cell(_hepatocyte, 13.0, "liver cell"),
    "weak-nk": Cell(_weak_nk, 16.0, "NK cell, inactive"),
    "ilc1": Cell(_ilc1, 18.0, "ILC1"),
    "treg": Cell(_treg, 13.0, "regulatory T cell"),
}
