"""An element: a named part of a panel, drawn with the words of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from matplotlib.path import Path
from matplotlib.transforms import Bbox

from nkreview.living.style import INK
from nkreview.schematic.arrows import arrow
from nkreview.schematic.cells import CELLS
from nkreview.schematic.molecules import MOLECULES
from nkreview.schematic.organs import ORGANS
from nkreview.schematic.shapes import (
    FONT_SIZE,
    Mark,
    Point,
    Words,
    circle,
    ellipse,
    enlarged,
    pick,
    polar,
    polygon,
    polyline,
    ring,
    smooth,
)
from nkreview.schematic.tints import TINTS

PANEL_WIDTH = 320


@dataclass
class Element:
    """A named part of a panel: what it shows, where it is explained, and its marks.

    Every drawing method returns the element, so that calls can be chained; a word that the
    vocabulary does not have raises ``SchematicError``.
    """

    id: str
    name: str
    says: str
    link: str
    marks: list[Mark | Words] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def _add(self, marks: Iterable[Mark | Words], *words: str) -> Element:
        self.marks.extend(marks)
        self.used.extend(words)
        return self

    def cell(self, kind: str, x: float, y: float, r: float | None = None) -> Element:
        """Draw a cell of ``CELLS`` with its centre at (x, y)."""
        cell = pick(CELLS, kind, "cell")
        return self._add(cell.draw(x, y, r or cell.radius), kind)

    def organ(self, kind: str, x: float, y: float, width: float, height: float) -> Element:
        """Draw an organ's outline around (x, y)."""
        return self._add(pick(ORGANS, kind, "organ")(x, y, width, height))

    def molecule(
        self, kind: str, x: float, y: float, angle: float = 0.0, size: float = 1.0
    ) -> Element:
        """Draw a molecule of ``MOLECULES`` at (x, y), pointing at ``angle`` degrees."""
        marks = pick(MOLECULES, kind, "molecule").draw(x, y, angle)
        return self._add(enlarged(marks, x, y, size), kind)

    def around(self, kind: str, x: float, y: float, r: float, angles: Iterable[float]) -> Element:
        """Set molecules on a cell's membrane, pointing outwards."""
        for angle in angles:
            self.molecule(kind, *polar(x, y, angle, r), angle)
        return self

    def vessel(self, left: float, right: float, y: float, height: float) -> Element:
        """Draw a stretch of a blood vessel: a tinted band between two walls."""
        top, bottom = y - height / 2, y + height / 2
        band = polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
        walls = [polyline([(left, wall), (right, wall)]) for wall in (top, bottom)]
        grey = TINTS["lung"].body
        edges = [Mark(wall, edge=grey, width=2.2) for wall in walls]
        return self._add([Mark(band, fill=grey, fill_alpha=0.16), *edges])

    def membrane(self, role: str, y: float, depth: float, bulge: float) -> Element:
        """Draw the edge of a large cell across the panel; ``depth`` says on which side it lies."""
        right = float(PANEL_WIDTH)
        edge = [(0.0, y), (right / 2, y + 2 * bulge), (right, y)]
        curve = [Path.MOVETO, Path.CURVE3, Path.CURVE3]
        corners = [(right, y + depth), (0.0, y + depth), (0.0, y)]
        inside = Path([*edge, *corners], [*curve, Path.LINETO, Path.LINETO, Path.CLOSEPOLY])
        tint = pick(TINTS, role, "role")
        outline = Path(edge, curve)
        return self._add(
            [
                Mark(inside, fill=tint.body, fill_alpha=0.3),
                Mark(outline, edge=tint.dark, width=4.4),
                Mark(outline, edge=tint.body, width=2.8),
            ]
        )

    def nucleus(self, role: str, x: float, y: float, rx: float, ry: float) -> Element:
        """Draw the nucleus of a large cell."""
        tint = pick(TINTS, role, "role")
        radii = (1.06, 0.94, 1.0, 0.95, 1.05, 0.97)
        outline = smooth([(x + rx * u, y + ry * v) for u, v in ring(0, 0, radii)])
        spot = ellipse(x + 0.3 * rx, y - 0.1 * ry, 0.13 * rx, 0.2 * ry)
        return self._add([Mark(outline, fill=tint.dark, fill_alpha=0.55), Mark(spot, tint.body)])

    def number(self, x: float, y: float, number: int, uncertain: bool = False) -> Element:
        """Write a number in a ring, by which one panel can point to another."""
        disc = Mark(circle(x, y, 9.5), edge=INK, width=1.4, dashed=uncertain)
        self.numbers.append(number)
        words = Words(x, y, str(number), bold=True, align="center")
        return self._add([disc, words], *self._doubt(uncertain))

    def dot(self, x: float, y: float) -> Element:
        """Draw a small dot: here is nothing."""
        return self._add([Mark(circle(x, y, 1.3), fill=INK, fill_alpha=0.55)])

    def area(self, points: Iterable[Point], role: str) -> Element:
        """Fill an outline with a tint of a role's colour."""
        tint = pick(TINTS, role, "role")
        return self._add([Mark(polygon(points), fill=tint.body, fill_alpha=0.3)])

    def line(self, points: Iterable[Point], width: float = 1.2, uncertain: bool = False) -> Element:
        """Draw a plain line, dashed when ``uncertain``."""
        mark = Mark(polyline(points), edge=INK, width=width, dashed=uncertain)
        return self._add([mark], *self._doubt(uncertain))

    def arrow(
        self, kind: str, start: Point, end: Point, bend: float = 0.0, uncertain: bool = False
    ) -> Element:
        """Draw an arrow of ``ARROWS``; ``bend`` bows it to one side, ``uncertain`` dashes it."""
        return self._add(arrow(kind, start, end, bend, uncertain), kind, *self._doubt(uncertain))

    def text(
        self, x: float, y: float, *lines: str, align: str = "left", bold: bool = False
    ) -> Element:
        """Write lines of text; (x, y) is the middle height of the first one."""
        return self._add(
            Words(x, y + i * FONT_SIZE * 1.25, line, bold=bold, align=align)
            for i, line in enumerate(lines)
            if line
        )

    @staticmethod
    def _doubt(uncertain: bool) -> tuple[str, ...]:
        return ("uncertain",) if uncertain else ()

    def box(self) -> Bbox:
        """Return the box around the marks, with a guess at how wide the text is."""
        return Bbox.union([mark.box() for mark in self.marks])
