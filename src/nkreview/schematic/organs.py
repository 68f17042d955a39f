"""The organs of the drawings, and what hangs beside a bed."""

from __future__ import annotations

from nkreview.living.style import INK
from nkreview.schematic.shapes import Mark, Words, circle, polyline, smooth
from nkreview.schematic.tints import TINTS


def _liver(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    outline = ((-0.5, -0.08), (-0.43, -0.4), (-0.15, -0.5), (0.2, -0.44), (0.46, -0.33),
               (0.5, -0.16), (0.3, 0.08), (0.02, 0.22), (-0.2, 0.44), (-0.4, 0.46))  # fmt: skip
    path = smooth([(x + w * px, y + h * py) for px, py in outline])
    return [
        Mark(path, fill=TINTS["liver"].body, edge=TINTS["liver"].body, width=1.6, fill_alpha=0.22)
    ]


def _lung(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    lobe = ((0.08, -0.2), (0.16, -0.38), (0.29, -0.4), (0.41, -0.16), (0.49, 0.2), (0.47, 0.46),
            (0.3, 0.42), (0.12, 0.38), (0.1, 0.1))  # fmt: skip
    fill = TINTS["lung"].body
    marks: list[Mark | Words] = []
    for side in (-1, 1):
        path = smooth([(x + side * w * px, y + h * py) for px, py in lobe])
        marks.append(Mark(path, fill=fill, edge=fill, width=1.6, fill_alpha=0.28))
        airway = [(x, y - h * 0.24), (x + side * w * 0.17, y - h * 0.06)]
        marks.append(Mark(polyline(airway), edge=fill, width=3.0))
    trachea = [(x, y - h * 0.5), (x, y - h * 0.23)]
    return [*marks, Mark(polyline(trachea), edge=fill, width=4.0)]


def _bag(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    """Draw an infusion bag with its loop and tube."""
    body = [(x + w * u, y + h * v) for u, v in
            ((-0.42, -0.4), (0, -0.44), (0.42, -0.4), (0.46, 0), (0.42, 0.3), (0, 0.36),
             (-0.42, 0.3), (-0.46, 0))]  # fmt: skip
    tube = [(x, y + h * 0.35), (x, y + h * 0.5)]
    return [
        Mark(smooth(body), fill=TINTS["nk"].body, edge=INK, width=1.4, fill_alpha=0.25),
        Mark(polyline(tube), edge=INK, width=2.4),
        Mark(circle(x, y - h * 0.48, h * 0.05), edge=INK, width=1.4),
    ]


ORGANS = {"liver": _liver, "lung": _lung, "bag": _bag}
