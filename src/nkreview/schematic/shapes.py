"""The vocabulary of the schematic figures: cells, organs, molecules and arrowheads as marks.

The same cell has the same shape, colour and letters wherever it appears, an activation ends in
an arrowhead, an inhibition in a bar, and whatever is uncertain is dashed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

from nkreview.living.style import INK

Point = tuple[float, float]

#: Stands for the page's text colour while matplotlib draws; the SVG says ``currentColor``.
FONT_SIZE = 12.0

#: Okabe-Ito colours as (body, nucleus and outline); the dark partner carries white letters.
TINTS: dict[str, tuple[str, str]] = {
    "nk": ("#56B4E9", "#0072B2"),
    "tcell": ("#009E73", "#00573F"),
    "tumour": ("#D55E00", "#7A3600"),
    "cdc1": ("#F0E442", "#6A6200"),
    "platelet": ("#CC79A7", "#7C3F62"),
    "liver": ("#E69F00", "#8A5F00"),
    "lung": ("#8C8C8C", "#6E6E6E"),
    "signal": ("#E69F00", "#8A5F00"),
    "neutral": ("#8C8C8C", "#6E6E6E"),
    "ilc1": ("#A9B8C6", "#4C6074"),
    "suppressor": ("#CC79A7", "#7C3F62"),
    "cytokine": ("#F0E442", "#6A6200"),
}


class SchematicError(ValueError):
    """A schematic asks for something that the vocabulary or its links do not have."""


# ------------------------------------------------------------------------------ marks


@dataclass(frozen=True)
class Mark:
    """One path on a panel, in panel units (one unit is one CSS pixel at natural size)."""

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


def polygon(points: Iterable[Point], closed: bool = True) -> Path:
    """Return straight lines from point to point, and back to the first where ``closed``."""
    points = list(points)
    if closed:
        return Path([*points, points[0]], closed=True)
    return Path(points)


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


# ------------------------------------------------------------------------------ vocabulary


def _body(path: Path, role: str, **more: object) -> Mark:
    fill, edge = TINTS[role]
    return Mark(path, fill=fill, edge=edge, solid=True, **more)


#: Size of the letters on a nucleus, as a part of its radius, by how many they are.
_LETTERS = {1: 1.3, 2: 1.02, 3: 0.95}
SMALLEST_LETTERS = 7.0  # smaller ones could not be read in print, and are left out


def _nucleus(x: float, y: float, r: float, role: str, letters: str) -> list[Mark | Words]:
    nucleus = Mark(circle(x, y, r), fill=TINTS[role][1])
    size = r * _LETTERS[len(letters)]
    if size < SMALLEST_LETTERS:
        return [nucleus]
    words = Words(x, y, letters, size, bold=True, align="center", colour="#FFFFFF", badge=True)
    return [nucleus, words]


def _nk(x: float, y: float, r: float) -> list[Mark | Words]:
    granules = [Mark(circle(*polar(x, y, a, r * 0.83), r * 0.07), fill=TINTS["nk"][1])
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
            polygon([polar(x, y, a, r * 0.95), polar(x, y, a, r * 1.22)], closed=False),
            edge=TINTS["tcell"][0],
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
        Mark(smooth(ring(x, y, nucleus, turn)), fill=TINTS["tumour"][1]),
        Mark(circle(*spot, r * 0.13), fill=TINTS["tumour"][0]),
    ]


def _dying(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw a tumour cell that has come apart: fragments, each with a crumb of nucleus."""
    pieces = ((0, 0, 0.5), (20, 0.82, 0.3), (95, 0.78, 0.26), (160, 0.85, 0.33), (235, 0.8, 0.24),
              (300, 0.84, 0.3))  # fmt: skip
    marks: list[Mark | Words] = []
    for angle, away, size in pieces:
        px, py = polar(x, y, angle, away * r)
        marks.append(_body(circle(px, py, size * r), "tumour", width=1.0))
        marks.append(Mark(circle(px, py, size * r * 0.4), fill=TINTS["tumour"][1]))
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
        Mark(circle(x, y, r * 0.36), fill=TINTS["liver"][1]),
    ]


#: kind -> (how to draw it, natural radius, its name in the key)
CELLS = {
    "nk": (_nk, 16.0, "NK cell"),
    "tumour": (_tumour, 14.0, "tumour cell"),
    "dying": (_dying, 14.0, "killed tumour cell"),
    "cluster": (_cluster, 11.0, "tumour cell cluster"),
    "tcell": (_tcell, 13.0, "T cell"),
    "cdc1": (_cdc1, 17.0, "dendritic cell (cDC1)"),
    "platelet": (_platelet, 6.0, "platelet"),
    "hepatocyte": (_hepatocyte, 13.0, "liver cell"),
    "weak-nk": (_weak_nk, 16.0, "NK cell, inactive"),
    "ilc1": (_ilc1, 18.0, "ILC1"),
    "treg": (_treg, 13.0, "regulatory T cell"),
}


def _liver(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    outline = ((-0.5, -0.08), (-0.43, -0.4), (-0.15, -0.5), (0.2, -0.44), (0.46, -0.33),
               (0.5, -0.16), (0.3, 0.08), (0.02, 0.22), (-0.2, 0.44), (-0.4, 0.46))  # fmt: skip
    path = smooth([(x + w * px, y + h * py) for px, py in outline])
    return [Mark(path, fill=TINTS["liver"][0], edge=TINTS["liver"][0], width=1.6, fill_alpha=0.22)]


def _lung(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    lobe = ((0.08, -0.2), (0.16, -0.38), (0.29, -0.4), (0.41, -0.16), (0.49, 0.2), (0.47, 0.46),
            (0.3, 0.42), (0.12, 0.38), (0.1, 0.1))  # fmt: skip
    fill = TINTS["lung"][0]
    marks: list[Mark | Words] = []
    for side in (-1, 1):
        path = smooth([(x + side * w * px, y + h * py) for px, py in lobe])
        marks.append(Mark(path, fill=fill, edge=fill, width=1.6, fill_alpha=0.28))
        airway = [(x, y - h * 0.24), (x + side * w * 0.17, y - h * 0.06)]
        marks.append(Mark(polygon(airway, closed=False), edge=fill, width=3.0))
    trachea = [(x, y - h * 0.5), (x, y - h * 0.23)]
    return [*marks, Mark(polygon(trachea, closed=False), edge=fill, width=4.0)]


def _bag(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    """Draw an infusion bag with its loop and tube."""
    body = [(x + w * u, y + h * v) for u, v in
            ((-0.42, -0.4), (0, -0.44), (0.42, -0.4), (0.46, 0), (0.42, 0.3), (0, 0.36),
             (-0.42, 0.3), (-0.46, 0))]  # fmt: skip
    tube = [(x, y + h * 0.35), (x, y + h * 0.5)]
    return [
        Mark(smooth(body), fill=TINTS["nk"][0], edge=INK, width=1.4, fill_alpha=0.25),
        Mark(polygon(tube, closed=False), edge=INK, width=2.4),
        Mark(circle(x, y - h * 0.48, h * 0.05), edge=INK, width=1.4),
    ]


ORGANS = {"liver": _liver, "lung": _lung, "bag": _bag}


def _receptor(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a Y that opens away from its cell."""
    fork = polar(x, y, angle, 6)
    arms = [polar(*fork, angle - 40, 5), fork, polar(*fork, angle + 40, 5)]
    return [Mark(polygon([(x, y), fork], closed=False), edge=INK, width=2.0),
            Mark(polygon(arms, closed=False), edge=INK, width=2.0)]  # fmt: skip


def _ligand(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a knob on a stalk."""
    knob = polar(x, y, angle, 7.5)
    return [
        Mark(polygon([(x, y), knob], closed=False), edge=INK, width=1.6),
        Mark(circle(*knob, 3.0), *TINTS["signal"], width=1.0),
    ]


def _unproven(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a ligand that is inferred and not identified: dashed and empty."""
    knob = polar(x, y, angle, 11)
    return [
        Mark(polygon([(x, y), polar(x, y, angle, 7)], closed=False), edge=INK, dashed=True),
        Mark(circle(*knob, 4.2), edge=INK, dashed=True),
    ]


def _fragment(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a ligand's head that floats free with a piece of its stalk."""
    stalk = Mark(polygon([(x, y), polar(x, y, angle, 6)], closed=False), edge=INK, width=1.6)
    head = Mark(circle(x, y, 3.0), *TINTS["signal"], width=1.0)
    return [stalk, head]


def _granule(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [Mark(circle(x, y, 2.4), *TINTS["nk"], width=1.0)]


def _enzyme(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an open jaw that faces its substrate."""
    jaw = [polar(x, y, angle + a, 8) for a in range(35, 326, 15)]
    return [Mark(polygon([(x, y), *jaw]), fill=TINTS["neutral"][0], edge=INK)]


def _chemokine(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [Mark(polygon(ring(x, y, [3.2] * 4)), fill=TINTS["nk"][0], edge=INK, width=0.8)]


def _shed_receptor(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a receptor's head that floats free."""
    arms = [polar(x, y, angle - 40, 5), (x, y), polar(x, y, angle + 40, 5)]
    stalk = [(x, y), polar(x, y, angle + 180, 3)]
    return [Mark(polygon(p, closed=False), edge=INK, width=2.0) for p in (arms, stalk)]


def _brake_ligand(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a square on a stalk: the ligand that holds an NK cell back."""
    head = polar(x, y, angle, 8)
    square = polygon(ring(*head, [4.4] * 4, math.radians(angle + 45)))
    return [
        Mark(polygon([(x, y), head], closed=False), edge=INK, width=1.6),
        Mark(square, *TINTS["suppressor"], width=1.0),
    ]


def _antigen(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a spike on a tumour cell: what an engager or an antibody recognises."""
    base, tip = polar(x, y, angle, 3), polar(x, y, angle, 11)
    spike = [polar(*base, angle - 90, 4.5), tip, polar(*base, angle + 90, 4.5)]
    return [
        Mark(polygon([(x, y), base], closed=False), edge=INK, width=1.6),
        Mark(polygon(spike), fill=TINTS["tumour"][0], edge=INK, width=0.9),
    ]


def _lobe(x: float, y: float, angle: float, role: str) -> Mark:
    """Draw one binding end of an engager; its colour says what it binds."""
    near, far = polar(x, y, angle, 3), polar(x, y, angle, 15)
    middle = polar(x, y, angle, 10)
    sides = [polar(*middle, angle + side, 4.2) for side in (90, -90)]
    fill, _ = TINTS[role]
    return Mark(smooth([near, sides[0], far, sides[1]]), fill=fill, edge=INK, width=0.9)


def _engager(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager with its hub at (x, y) and its tumour end towards ``angle``."""
    ends = [_lobe(x, y, angle, "tumour"), _lobe(x, y, angle + 180, "nk")]
    return [*ends, Mark(circle(x, y, 2.6), fill=INK)]


def _engager_three(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager that holds two receptors of the NK cell."""
    ends = [_lobe(x, y, angle, "tumour")]
    ends += [_lobe(x, y, angle + turn, "nk") for turn in (140, 220)]
    return [*ends, Mark(circle(x, y, 2.6), fill=INK)]


def _drop(x: float, y: float) -> Mark:
    """Draw a drop around (x, y): a cytokine, the fuel."""
    points = [(x, y - 6.5), (x + 3.6, y - 0.5), (x + 3.2, y + 3.2), (x, y + 4.8),
              (x - 3.2, y + 3.2), (x - 3.6, y - 0.5)]  # fmt: skip
    fill, edge = TINTS["cytokine"]
    return Mark(smooth(points), fill=fill, edge=edge, width=1.0)


def _cytokine(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [_drop(x, y)]


def _engager_fuelled(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager that carries a cytokine on its side."""
    side = polar(x, y, angle - 90, 9)
    tether = Mark(polygon([(x, y), side], closed=False), edge=INK, width=1.4)
    return [tether, *_engager(x, y, angle), _drop(*side)]


def _engager_masked(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager whose ends are covered."""
    fill = TINTS["neutral"][0]
    caps = [Mark(circle(*polar(x, y, angle + turn, 10), 5.4), fill=fill, edge=INK, width=0.9)
            for turn in (0, 180)]  # fmt: skip
    return [*_engager(x, y, angle), *caps]


def _tgf(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw TGF-beta as the pair that it is."""
    halves = [polar(x, y, angle + turn, 2.8) for turn in (0, 180)]
    return [Mark(circle(*half, 3.6), *TINTS["suppressor"], width=1.0) for half in halves]


def _pge2(x: float, y: float, angle: float) -> list[Mark | Words]:
    triangle = polygon(ring(x, y, [4.8] * 3, math.radians(angle - 90)))
    return [Mark(triangle, *TINTS["suppressor"], width=1.0)]


def _antibody(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a blocking antibody: a Y of three thick arms, open towards ``angle``."""
    marks = []
    for turn in (-45, 45, 180):
        rod = polygon([(x, y), polar(x, y, angle + turn, 8)], closed=False)
        marks += [Mark(rod, edge=INK, width=5.0), Mark(rod, edge=TINTS["neutral"][0], width=3.2)]
    return marks[::2] + marks[1::2]


def _warning(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw the price of a treatment: a triangle with an exclamation mark."""
    triangle = Mark(polygon([(x - 11, y + 8), (x, y - 11), (x + 11, y + 8)]), edge=INK, width=1.6)
    return [triangle, Words(x, y + 1, "!", bold=True, align="center")]


MOLECULES = {
    "receptor": (_receptor, "receptor"),
    "ligand": (_ligand, "activating ligand"),
    "unproven-ligand": (_unproven, "ligand not identified"),
    "fragment": (_fragment, "shed ligand"),
    "granule": (_granule, "cytotoxic granule"),
    "enzyme": (_enzyme, "protease"),
    "chemokine": (_chemokine, "chemokine"),
    "shed-receptor": (_shed_receptor, "shed receptor"),
    "brake-ligand": (_brake_ligand, "inhibitory ligand"),
    "antigen": (_antigen, "tumour antigen"),
    "engager": (_engager, "engager, two ends"),
    "engager-three": (_engager_three, "engager, three ends"),
    "engager-fuelled": (_engager_fuelled, "engager with cytokine"),
    "engager-masked": (_engager_masked, "masked engager"),
    "cytokine": (_cytokine, "cytokine"),
    "tgf-beta": (_tgf, "TGF-β"),
    "pge2": (_pge2, "PGE2"),
    "antibody": (_antibody, "blocking antibody"),
    "warning": (_warning, "toxicity"),
}

#: Where a molecule's icon stands in the key; the others begin at (14, 14).
KEY_PLACE = {
    **dict.fromkeys(
        ("engager", "engager-three", "engager-masked", "cytokine", "tgf-beta", "pge2", "antibody",
         "granule", "chemokine", "enzyme"),
        (17.0, 14.0),
    ),
    "engager-fuelled": (17.0, 18.5),
    "warning": (17.0, 15.0),
}  # fmt: skip


def arrow_head(kind: str, tip: Point, start: Point, before: Point) -> list[Mark]:
    """Draw what tells arrows apart: an open or filled head, a bar, a cross on the shaft."""
    angle = math.degrees(math.atan2(tip[1] - before[1], tip[0] - before[0]))
    if kind == "inhibits":
        bar = [polar(*tip, angle - 90, 7), polar(*tip, angle + 90, 7)]
        return [Mark(polygon(bar, closed=False), edge=INK, width=2.4)]
    barbs = [polar(*tip, angle + 180 - 25, 9), tip, polar(*tip, angle + 180 + 25, 9)]
    if kind == "fails":
        middle = ((tip[0] + start[0]) / 2, (tip[1] + start[1]) / 2)
        cross = [[polar(*middle, angle + a, d) for d in (-4.6, 4.6)] for a in (45, -45)]
        strokes = [Mark(polygon(c, closed=False), edge=INK, width=2.0) for c in cross]
        return [*strokes, *arrow_head("moves", tip, start, before)]
    if kind == "activates":
        return [Mark(polygon(barbs), fill=INK, edge=INK, width=0.8)]
    return [Mark(polygon(barbs, closed=False), edge=INK, width=1.6)]


ARROWS = {
    "moves": "moves or becomes",
    "activates": "activates, recruits",
    "inhibits": "inhibits",
    "fails": "attack that fails",
}
