"""Marks on a panel, and the paths that they follow.

Lengths are in panel units (one unit is one CSS pixel at natural size); x grows to the right and
y downwards, so that angles in degrees turn clockwise from the right, as in SVG.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

from nkreview.living.style import INK

Point = tuple[float, float]

FONT_SIZE = 12.0


class SchematicError(ValueError):
    """A schematic asks for something that the vocabulary or its links do not have."""


@dataclass(frozen=True)
class Mark:
    """One path on a panel; ``INK`` stands for the colour of the text around it."""

    path: Path
    fill: str | None = None
    edge: str | None = None
    width: float = 1.2
    dashed: bool = False
    fill_alpha: float = 1.0
    solid: bool = False  # a body that no label may cover

    def box(self) -> Bbox:
        """Return the box around the path."""
        return self.path.get_extents()


@dataclass(frozen=True)
class Words:
    """One line of text; ``badge`` letters stand on a cell's nucleus."""

    x: float
    y: float
    text: str
    size: float = FONT_SIZE
    bold: bool = False
    align: str = "left"
    colour: str = INK
    badge: bool = False

    def box(self) -> Bbox:
        """Return the box around the line; its width is a guess, made without a font."""
        width, height = 0.56 * self.size * len(self.text), self.size
        left = self.x - width * {"left": 0, "center": 0.5, "right": 1}[self.align]
        return Bbox.from_bounds(left, self.y - height / 2, width, height)


def pick(table: Mapping, key: object, what: str) -> object:
    """Look a word of the vocabulary up, or say which words there are."""
    if key not in table:
        raise SchematicError(
            f"unknown {what} {key!r}; choose one of: {', '.join(map(str, sorted(table)))}"
        )
    return table[key]


def enlarged(marks: Iterable[Mark | Words], x: float, y: float, size: float) -> list[Mark | Words]:
    """Return the marks ``size`` times as large around (x, y)."""
    grow = Affine2D().translate(-x, -y).scale(size).translate(x, y)

    def one(mark: Mark | Words) -> Mark | Words:
        if isinstance(mark, Mark):
            return replace(mark, path=grow.transform_path(mark.path), width=size * mark.width)
        left, middle = grow.transform((mark.x, mark.y))
        return replace(mark, x=left, y=middle, size=size * mark.size)

    return [one(mark) for mark in marks]


def ellipse(x: float, y: float, rx: float, ry: float) -> Path:
    """Return an ellipse of four Bezier segments (matplotlib's own has eight)."""
    k = 0.5522847
    unit = [(1, 0), (1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0), (-1, -k), (-k, -1), (0, -1),
            (k, -1), (1, -k), (1, 0), (1, 0)]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 12, Path.CLOSEPOLY]
    return Path([(x + rx * u, y + ry * v) for u, v in unit], codes)


def circle(x: float, y: float, r: float) -> Path:
    """Return a circle around (x, y)."""
    return ellipse(x, y, r, r)


def polygon(points: Iterable[Point]) -> Path:
    """Return straight lines from point to point, and back to the first."""
    points = list(points)
    return Path([*points, points[0]], closed=True)


def polyline(points: Iterable[Point]) -> Path:
    """Return straight lines from point to point."""
    return Path(list(points))


def smooth(points: list[Point]) -> Path:
    """Return a closed curve through ``points`` (Catmull-Rom, written as Bezier segments)."""
    n = len(points)
    vertices, codes = [points[0]], [Path.MOVETO]
    for i in range(n):
        before, here, there, after = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        vertices += [
            (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6),
            (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6),
            there,
        ]
        codes += [Path.CURVE4] * 3
    return Path([*vertices, points[0]], [*codes, Path.CLOSEPOLY])


def ring(x: float, y: float, radii: Iterable[float], turn: float = 0.0) -> list[Point]:
    """Return points around (x, y) at equal angles, one for each radius, from ``turn`` on."""
    radii = list(radii)
    step = 2 * math.pi / len(radii)
    return [
        (x + r * math.cos(turn + i * step), y + r * math.sin(turn + i * step))
        for i, r in enumerate(radii)
    ]


def polar(x: float, y: float, degrees: float, distance: float) -> Point:
    """Return the point at an angle from (x, y): 0 is right, 90 is down, as in SVG."""
    a = math.radians(degrees)
    return x + distance * math.cos(a), y + distance * math.sin(a)
