"""A small drawing vocabulary for schematic figures, and the figures drawn with it.

A schematic is a row of panels, a panel is a list of named elements, and an element is a few
words of the vocabulary: cells, organs, vessels, molecules, arrows, labels.
The same cell has the same shape, colour and letters wherever it appears, an activation ends in
an arrowhead, an inhibition in a bar, and whatever is uncertain is dashed.

Every panel becomes an SVG of its own, so that a narrow page stacks panels instead of shrinking
them.
Lines and text take the page's text colour, each element is a link with a tooltip, and a line
below the panel says what the element under the pointer or the keyboard focus is.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path as FilePath
from xml.etree import ElementTree

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

Point = tuple[float, float]

#: Stands for the page's text colour while matplotlib draws; the SVG says ``currentColor``.
INK = "#010203"
PAPER_INK = "#1b1b1b"
FONT_SIZE = 12.0
HEADING_SIZE = 13.5
PANEL_WIDTH = 320
MOST_ELEMENTS = 14

#: Okabe-Ito colours as (body, nucleus and outline); the dark partner carries white letters.
COLOURS: dict[str, tuple[str, str]] = {
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

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nkreview",
    "font.family": "DejaVu Sans",
    "path.simplify": False,
}

_HOVER_RULES = ",".join(
    f".nk-panel:has(.nk-e{n}:is(:hover,:focus-visible)) .nk-n{n}"
    for n in range(1, MOST_ELEMENTS + 1)
)

SCHEMATIC_CSS = f"""
.nk-schematic{{margin:1rem 0;max-width:60rem;color:inherit}}
.nk-panels{{display:grid;gap:1.75rem 1.5rem;
grid-template-columns:repeat(auto-fit,minmax(min(100%,max(18rem,40%)),1fr))}}
.nk-panel{{break-inside:avoid;min-width:0}}
.nk-panel svg{{display:block;width:100%;max-width:30rem;height:auto;overflow:visible}}
.nk-schematic svg a{{color:inherit;text-decoration:none;cursor:pointer}}
.nk-schematic svg a:hover text:not([style*="#ffffff"]){{text-decoration:underline}}
.nk-schematic svg a:focus-visible{{outline:2px solid currentColor;outline-offset:2px}}
.nk-notes{{display:grid;font-size:.8125rem;line-height:1.4;max-width:28.5rem;margin-top:.75rem;
padding-left:.75rem;border-left:3px solid #8c8c8c}}
.nk-schematic .nk-notes p{{grid-area:1/1;margin:0;visibility:hidden}}
.nk-schematic .nk-notes .nk-n0{{visibility:visible}}
.nk-panel:has(svg a:is(:hover,:focus-visible)) .nk-notes .nk-n0{{visibility:hidden}}
{_HOVER_RULES.replace(" .nk-n", " .nk-notes .nk-n")}{{visibility:visible}}
.nk-schematic ul.nk-key{{display:grid;gap:.35rem 1rem;list-style:none;
grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));margin:1.5rem 0 0;padding:0;
font-size:.875rem}}
.nk-schematic .nk-key li{{display:flex;align-items:center;gap:.5rem;margin:0;line-height:1.2}}
.nk-key svg{{flex:none}}
.nk-schematic figcaption{{margin-top:1rem;font-size:.9rem;line-height:1.5;text-align:left}}
html[data-theme=dark] .bd-content div.cell_output .text_html:has(figure.nk-schematic){{
background:none;color:inherit;padding:0}}
@media print{{.nk-panels{{grid-template-columns:1fr 1fr}}}}
""".strip()


_CITE = re.compile(r"\{cite:p\}`([^`]+)`")
_ACCENTED = {"Bottcher": "Böttcher"}  # citation keys are plain ASCII


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


def _pick(table: Mapping[str, object], key: str, what: str) -> object:
    """Look a word of the vocabulary up, or say which words there are."""
    if key not in table:
        raise SchematicError(f"unknown {what} {key!r}; choose one of: {', '.join(sorted(table))}")
    return table[key]


def _ellipse(x: float, y: float, rx: float, ry: float) -> Path:
    """Return an ellipse of four Bezier segments (matplotlib's own has eight)."""
    k = 0.5522847
    unit = [(1, 0), (1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0), (-1, -k), (-k, -1), (0, -1),
            (k, -1), (1, -k), (1, 0), (1, 0)]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 12, Path.CLOSEPOLY]
    return Path([(x + rx * u, y + ry * v) for u, v in unit], codes)


def _circle(x: float, y: float, r: float) -> Path:
    return _ellipse(x, y, r, r)


def _polygon(points: Iterable[Point], closed: bool = True) -> Path:
    points = list(points)
    if closed:
        return Path([*points, points[0]], closed=True)
    return Path(points)


def _smooth(points: list[Point]) -> Path:
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


def _around(x: float, y: float, radii: Iterable[float], turn: float = 0.0) -> list[Point]:
    radii = list(radii)
    step = 2 * math.pi / len(radii)
    return [
        (x + r * math.cos(turn + i * step), y + r * math.sin(turn + i * step))
        for i, r in enumerate(radii)
    ]


def _at(x: float, y: float, degrees: float, distance: float) -> Point:
    """Return the point at an angle from (x, y): 0 is right, 90 is down, as in SVG."""
    a = math.radians(degrees)
    return x + distance * math.cos(a), y + distance * math.sin(a)


# ------------------------------------------------------------------------------ vocabulary


def _body(path: Path, role: str, **more: object) -> Mark:
    fill, edge = COLOURS[role]
    return Mark(path, fill=fill, edge=edge, solid=True, **more)


#: Size of the letters on a nucleus, as a part of its radius, by how many they are.
_LETTERS = {1: 1.3, 2: 0.95, 3: 0.78}


def _nucleus(x: float, y: float, r: float, role: str, letters: str) -> list[Mark | Words]:
    return [
        Mark(_circle(x, y, r), fill=COLOURS[role][1]),
        Words(
            x,
            y,
            letters,
            size=r * _LETTERS[len(letters)],
            bold=True,
            align="center",
            colour="#FFFFFF",
            badge=True,
        ),
    ]


def _nk(x: float, y: float, r: float) -> list[Mark | Words]:
    granules = [Mark(_circle(*_at(x, y, a, r * 0.8), r * 0.075), fill=COLOURS["nk"][1])
                for a in range(0, 360, 45)]  # fmt: skip
    return [_body(_circle(x, y, r), "nk"), *granules, *_nucleus(x, y, r * 0.6, "nk", "NK")]


def _weak_nk(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw an NK cell that does not act: pale, dashed, without granules."""
    body = _body(_circle(x, y, r), "nk", fill_alpha=0.3, dashed=True)
    return [body, *_nucleus(x, y, r * 0.6, "nk", "NK")]


def _ilc1(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw an ILC1: the NK cell's relative, square and grey."""
    outline = _smooth(_around(x, y, [r * f for _ in range(4) for f in (0.92, 1.12)]))
    return [_body(outline, "ilc1"), *_nucleus(x, y, r * 0.64, "ilc1", "ILC")]


def _tcell(x: float, y: float, r: float, letters: str = "T") -> list[Mark | Words]:
    receptors = [
        Mark(
            _polygon([_at(x, y, a, r * 0.95), _at(x, y, a, r * 1.22)], closed=False),
            edge=COLOURS["tcell"][0],
            width=r * 0.17,
        )
        for a in range(15, 375, 30)
    ]
    body = _body(_circle(x, y, r), "tcell")
    return [*receptors, body, *_nucleus(x, y, r * 0.6, "tcell", letters)]


def _treg(x: float, y: float, r: float) -> list[Mark | Words]:
    return _tcell(x, y, r, "Tr")


_TUMOUR_OUTLINE = (1.07, 0.95, 0.98, 0.92, 1.06, 1.0, 0.91, 1.02, 0.94)


def _tumour(x: float, y: float, r: float) -> list[Mark | Words]:
    turn = 0.37 * x + 0.11 * y  # neighbours are not copies of one another
    nucleus = [r * f for f in (0.56, 0.45, 0.53, 0.5, 0.57, 0.46)]
    spot = _at(x, y, math.degrees(turn) * 3, r * 0.16)
    return [
        _body(_smooth(_around(x, y, [r * f for f in _TUMOUR_OUTLINE], turn)), "tumour"),
        Mark(_smooth(_around(x, y, nucleus, turn)), fill=COLOURS["tumour"][1]),
        Mark(_circle(*spot, r * 0.13), fill=COLOURS["tumour"][0]),
    ]


def _dying(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw a tumour cell that has come apart: fragments, each with a crumb of nucleus."""
    pieces = ((0, 0, 0.5), (20, 0.82, 0.3), (95, 0.78, 0.26), (160, 0.85, 0.33), (235, 0.8, 0.24),
              (300, 0.84, 0.3))  # fmt: skip
    marks: list[Mark | Words] = []
    for angle, away, size in pieces:
        px, py = _at(x, y, angle, away * r)
        marks.append(_body(_circle(px, py, size * r), "tumour", width=1.0))
        marks.append(Mark(_circle(px, py, size * r * 0.4), fill=COLOURS["tumour"][1]))
    return marks


def _cluster(x: float, y: float, r: float) -> list[Mark | Words]:
    """Draw four tumour cells that travel together; ``r`` is the radius of one of them."""
    places = ((-0.95, -0.55), (0.95, -0.6), (0.0, 0.98), (1.85, 0.8))
    return [m for dx, dy in places for m in _tumour(x + dx * r, y + dy * r, r)]


def _cdc1(x: float, y: float, r: float) -> list[Mark | Words]:
    radii = [r * f for _ in range(8) for f in (1.22, 0.7)]
    star = _smooth(_around(x, y, radii, 0.2))
    return [_body(star, "cdc1"), *_nucleus(x, y, r * 0.57, "cdc1", "DC")]


def _platelet(x: float, y: float, r: float) -> list[Mark | Words]:
    points = [(x - r, y), (x - r * 0.3, y - r * 0.45), (x + r, y), (x + r * 0.3, y + r * 0.45)]
    return [_body(_smooth(points), "platelet")]


def _hepatocyte(x: float, y: float, r: float) -> list[Mark | Words]:
    return [
        _body(_polygon(_around(x, y, [r] * 6, math.pi / 6)), "liver"),
        Mark(_circle(x, y, r * 0.36), fill=COLOURS["liver"][1]),
    ]


#: kind -> (how to draw it, natural radius, its name in the key)
CELLS = {
    "nk": (_nk, 16.0, "NK cell"),
    "tumour": (_tumour, 14.0, "tumour cell"),
    "dying": (_dying, 14.0, "killed tumour cell"),
    "cluster": (_cluster, 11.0, "tumour cell cluster"),
    "tcell": (_tcell, 13.0, "T cell"),
    "cdc1": (_cdc1, 17.0, "cDC1 (dendritic cell)"),
    "platelet": (_platelet, 6.0, "platelet"),
    "hepatocyte": (_hepatocyte, 13.0, "liver cell"),
    "weak-nk": (_weak_nk, 16.0, "NK cell that does not act"),
    "ilc1": (_ilc1, 18.0, "ILC1"),
    "treg": (_treg, 13.0, "regulatory T cell"),
}


def _liver(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    outline = ((-0.5, -0.08), (-0.43, -0.4), (-0.15, -0.5), (0.2, -0.44), (0.46, -0.33),
               (0.5, -0.16), (0.3, 0.08), (0.02, 0.22), (-0.2, 0.44), (-0.4, 0.46))  # fmt: skip
    path = _smooth([(x + w * px, y + h * py) for px, py in outline])
    return [
        Mark(path, fill=COLOURS["liver"][0], edge=COLOURS["liver"][0], width=1.6, fill_alpha=0.22)
    ]


def _lung(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    lobe = ((0.08, -0.2), (0.16, -0.38), (0.29, -0.4), (0.41, -0.16), (0.49, 0.2), (0.47, 0.46),
            (0.3, 0.42), (0.12, 0.38), (0.1, 0.1))  # fmt: skip
    fill = COLOURS["lung"][0]
    marks: list[Mark | Words] = []
    for side in (-1, 1):
        path = _smooth([(x + side * w * px, y + h * py) for px, py in lobe])
        marks.append(Mark(path, fill=fill, edge=fill, width=1.6, fill_alpha=0.28))
        airway = [(x, y - h * 0.24), (x + side * w * 0.17, y - h * 0.06)]
        marks.append(Mark(_polygon(airway, closed=False), edge=fill, width=3.0))
    trachea = [(x, y - h * 0.5), (x, y - h * 0.23)]
    return [*marks, Mark(_polygon(trachea, closed=False), edge=fill, width=4.0)]


def _bag(x: float, y: float, w: float, h: float) -> list[Mark | Words]:
    """Draw an infusion bag with its loop and tube."""
    body = [(x + w * u, y + h * v) for u, v in
            ((-0.42, -0.4), (0, -0.44), (0.42, -0.4), (0.46, 0), (0.42, 0.3), (0, 0.36),
             (-0.42, 0.3), (-0.46, 0))]  # fmt: skip
    tube = [(x, y + h * 0.35), (x, y + h * 0.5)]
    return [
        Mark(_smooth(body), fill=COLOURS["nk"][0], edge=INK, width=1.4, fill_alpha=0.25),
        Mark(_polygon(tube, closed=False), edge=INK, width=2.4),
        Mark(_circle(x, y - h * 0.48, h * 0.05), edge=INK, width=1.4),
    ]


ORGANS = {"liver": _liver, "lung": _lung, "bag": _bag}


def _receptor(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a Y that opens away from its cell."""
    fork = _at(x, y, angle, 6)
    arms = [_at(*fork, angle - 40, 5), fork, _at(*fork, angle + 40, 5)]
    return [Mark(_polygon([(x, y), fork], closed=False), edge=INK, width=2.0),
            Mark(_polygon(arms, closed=False), edge=INK, width=2.0)]  # fmt: skip


def _ligand(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a knob on a stalk."""
    knob = _at(x, y, angle, 7.5)
    return [
        Mark(_polygon([(x, y), knob], closed=False), edge=INK, width=1.6),
        Mark(_circle(*knob, 3.0), *COLOURS["signal"], width=1.0),
    ]


def _unproven(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a ligand that is inferred and not identified: dashed and empty."""
    knob = _at(x, y, angle, 11)
    return [
        Mark(_polygon([(x, y), _at(x, y, angle, 7)], closed=False), edge=INK, dashed=True),
        Mark(_circle(*knob, 4.2), edge=INK, dashed=True),
    ]


def _fragment(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a ligand's head that floats free with a piece of its stalk."""
    stalk = Mark(_polygon([(x, y), _at(x, y, angle, 6)], closed=False), edge=INK, width=1.6)
    head = Mark(_circle(x, y, 3.0), *COLOURS["signal"], width=1.0)
    return [stalk, head]


def _granule(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [Mark(_circle(x, y, 2.4), fill=COLOURS["nk"][1], edge=COLOURS["nk"][0], width=0.8)]


def _enzyme(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an open jaw that faces its substrate."""
    jaw = [_at(x, y, angle + a, 8) for a in range(35, 326, 15)]
    return [Mark(_polygon([(x, y), *jaw]), fill=COLOURS["neutral"][0], edge=INK)]


def _chemokine(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [Mark(_polygon(_around(x, y, [3.2] * 4)), fill=COLOURS["nk"][0], edge=INK, width=0.8)]


def _shed_receptor(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a receptor's head that floats free."""
    arms = [_at(x, y, angle - 40, 5), (x, y), _at(x, y, angle + 40, 5)]
    stalk = [(x, y), _at(x, y, angle + 180, 3)]
    return [Mark(_polygon(p, closed=False), edge=INK, width=2.0) for p in (arms, stalk)]


def _brake_ligand(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a square on a stalk: the ligand that holds an NK cell back."""
    head = _at(x, y, angle, 8)
    square = _polygon(_around(*head, [4.4] * 4, math.radians(angle + 45)))
    return [
        Mark(_polygon([(x, y), head], closed=False), edge=INK, width=1.6),
        Mark(square, *COLOURS["suppressor"], width=1.0),
    ]


def _antigen(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a spike on a tumour cell: what an engager or an antibody recognises."""
    base, tip = _at(x, y, angle, 3), _at(x, y, angle, 11)
    spike = [_at(*base, angle - 90, 4.5), tip, _at(*base, angle + 90, 4.5)]
    return [
        Mark(_polygon([(x, y), base], closed=False), edge=INK, width=1.6),
        Mark(_polygon(spike), fill=COLOURS["tumour"][0], edge=INK, width=0.9),
    ]


def _lobe(x: float, y: float, angle: float, role: str) -> Mark:
    """Draw one binding end of an engager; its colour says what it binds."""
    near, far = _at(x, y, angle, 3), _at(x, y, angle, 15)
    middle = _at(x, y, angle, 10)
    sides = [_at(*middle, angle + side, 4.2) for side in (90, -90)]
    fill, _ = COLOURS[role]
    return Mark(_smooth([near, sides[0], far, sides[1]]), fill=fill, edge=INK, width=0.9)


def _engager(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager with its hub at (x, y) and its tumour end towards ``angle``."""
    ends = [_lobe(x, y, angle, "tumour"), _lobe(x, y, angle + 180, "nk")]
    return [*ends, Mark(_circle(x, y, 2.6), fill=INK)]


def _engager_three(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager that holds two receptors of the NK cell."""
    ends = [_lobe(x, y, angle, "tumour")]
    ends += [_lobe(x, y, angle + turn, "nk") for turn in (140, 220)]
    return [*ends, Mark(_circle(x, y, 2.6), fill=INK)]


def _drop(x: float, y: float) -> Mark:
    """Draw a drop around (x, y): a cytokine, the fuel."""
    points = [(x, y - 6.5), (x + 3.6, y - 0.5), (x + 3.2, y + 3.2), (x, y + 4.8),
              (x - 3.2, y + 3.2), (x - 3.6, y - 0.5)]  # fmt: skip
    fill, edge = COLOURS["cytokine"]
    return Mark(_smooth(points), fill=fill, edge=edge, width=1.0)


def _cytokine(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [_drop(x, y)]


def _engager_fuelled(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager that carries a cytokine on its side."""
    side = _at(x, y, angle - 90, 9)
    tether = Mark(_polygon([(x, y), side], closed=False), edge=INK, width=1.4)
    return [tether, *_engager(x, y, angle), _drop(*side)]


def _engager_masked(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager whose ends are covered."""
    fill = COLOURS["neutral"][0]
    caps = [Mark(_circle(*_at(x, y, angle + turn, 10), 5.4), fill=fill, edge=INK, width=0.9)
            for turn in (0, 180)]  # fmt: skip
    return [*_engager(x, y, angle), *caps]


def _tgf(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw TGF-beta as the pair that it is."""
    halves = [_at(x, y, angle + turn, 2.8) for turn in (0, 180)]
    return [Mark(_circle(*half, 3.6), *COLOURS["suppressor"], width=1.0) for half in halves]


def _pge2(x: float, y: float, angle: float) -> list[Mark | Words]:
    triangle = _polygon(_around(x, y, [4.8] * 3, math.radians(angle - 90)))
    return [Mark(triangle, *COLOURS["suppressor"], width=1.0)]


def _antibody(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a blocking antibody: a Y of three thick arms, open towards ``angle``."""
    marks = []
    for turn in (-45, 45, 180):
        rod = _polygon([(x, y), _at(x, y, angle + turn, 8)], closed=False)
        marks += [Mark(rod, edge=INK, width=5.0), Mark(rod, edge=COLOURS["neutral"][0], width=3.2)]
    return marks[::2] + marks[1::2]


def _warning(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw the price of a treatment: a triangle with an exclamation mark."""
    triangle = Mark(_polygon([(x - 11, y + 8), (x, y - 11), (x + 11, y + 8)]), edge=INK, width=1.6)
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

#: Where a molecule's icon stands in the key; the others begin at (12, 12).
_KEY_PLACE = {
    **dict.fromkeys(
        ("engager", "engager-three", "engager-masked", "cytokine", "tgf-beta", "pge2", "antibody"),
        (15.0, 12.0),
    ),
    "engager-fuelled": (15.0, 16.5),
    "warning": (15.0, 13.0),
}


def _head(kind: str, tip: Point, start: Point, before: Point) -> list[Mark]:
    """Draw what tells arrows apart: an open or filled head, a bar, a cross on the shaft."""
    angle = math.degrees(math.atan2(tip[1] - before[1], tip[0] - before[0]))
    if kind == "inhibits":
        bar = [_at(*tip, angle - 90, 7), _at(*tip, angle + 90, 7)]
        return [Mark(_polygon(bar, closed=False), edge=INK, width=2.4)]
    barbs = [_at(*tip, angle + 180 - 25, 9), tip, _at(*tip, angle + 180 + 25, 9)]
    if kind == "fails":
        middle = ((tip[0] + start[0]) / 2, (tip[1] + start[1]) / 2)
        cross = [[_at(*middle, angle + a, d) for d in (-4.6, 4.6)] for a in (45, -45)]
        strokes = [Mark(_polygon(c, closed=False), edge=INK, width=2.0) for c in cross]
        return [*strokes, *_head("moves", tip, start, before)]
    if kind == "activates":
        return [Mark(_polygon(barbs), fill=INK, edge=INK, width=0.8)]
    return [Mark(_polygon(barbs, closed=False), edge=INK, width=1.6)]


ARROWS = {
    "moves": "travels or becomes",
    "activates": "activates or recruits",
    "inhibits": "inhibits or holds in check",
    "fails": "attack that fails",
}


@dataclass
class Element:
    """A named part of a panel: what it shows, where it is explained, and its marks.

    Every drawing method returns the element, so that calls can be chained.
    """

    id: str
    name: str
    says: str
    link: str
    marks: list[Mark | Words] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def _add(self, marks: Iterable[Mark | Words], word: str | None = None) -> Element:
        self.marks.extend(marks)
        if word:
            self.used.append(word)
        return self

    def cell(self, kind: str, x: float, y: float, r: float | None = None) -> Element:
        """Draw a cell of ``CELLS`` with its centre at (x, y)."""
        draw, natural, _ = _pick(CELLS, kind, "cell")
        return self._add(draw(x, y, r or natural), kind)

    def organ(self, kind: str, x: float, y: float, width: float, height: float) -> Element:
        """Draw an organ's outline around (x, y)."""
        return self._add(_pick(ORGANS, kind, "organ")(x, y, width, height))

    def molecule(self, kind: str, x: float, y: float, angle: float = 0.0) -> Element:
        """Draw a molecule of ``MOLECULES`` at (x, y), pointing at ``angle`` degrees."""
        draw, _ = _pick(MOLECULES, kind, "molecule")
        return self._add(draw(x, y, angle), kind)

    def around(self, kind: str, x: float, y: float, r: float, angles: Iterable[float]) -> Element:
        """Set molecules on a cell's membrane, pointing outwards."""
        for angle in angles:
            self.molecule(kind, *_at(x, y, angle, r), angle)
        return self

    def vessel(self, left: float, right: float, y: float, height: float) -> Element:
        """Draw a stretch of a blood vessel: a tinted band between two walls."""
        top, bottom = y - height / 2, y + height / 2
        band = _polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
        walls = [_polygon([(left, wall), (right, wall)], closed=False) for wall in (top, bottom)]
        grey = COLOURS["lung"][0]
        return self._add(
            [
                Mark(band, fill=grey, fill_alpha=0.16),
                *(Mark(w, edge=grey, width=2.2) for w in walls),
            ]
        )

    def membrane(self, role: str, y: float, depth: float, bulge: float) -> Element:
        """Draw the edge of a large cell across the panel; ``depth`` says on which side it lies."""
        edge = [(0.0, y), (PANEL_WIDTH / 2, y + 2 * bulge), (float(PANEL_WIDTH), y)]
        curve = [Path.MOVETO, Path.CURVE3, Path.CURVE3]
        corners = [(float(PANEL_WIDTH), y + depth), (0.0, y + depth), (0.0, y)]
        inside = Path([*edge, *corners], [*curve, Path.LINETO, Path.LINETO, Path.CLOSEPOLY])
        fill, dark = _pick(COLOURS, role, "role")
        return self._add(
            [
                Mark(inside, fill=fill, fill_alpha=0.3),
                Mark(Path(edge, curve), edge=dark, width=4.4),
                Mark(Path(edge, curve), edge=fill, width=2.8),
            ]
        )

    def number(self, x: float, y: float, number: int) -> Element:
        """Write a number in a ring, by which one panel can point to another."""
        ring = Mark(_circle(x, y, 9.5), edge=INK, width=1.4)
        return self._add([ring, Words(x, y, str(number), bold=True, align="center")])

    def area(self, points: Iterable[Point], role: str, smooth: bool = False) -> Element:
        """Fill an outline with a tint of a role's colour."""
        fill, _ = _pick(COLOURS, role, "role")
        path = _smooth(list(points)) if smooth else _polygon(points)
        return self._add([Mark(path, fill=fill, fill_alpha=0.3)])

    def line(self, points: Iterable[Point], width: float = 1.2, uncertain: bool = False) -> Element:
        """Draw a plain line, dashed when ``uncertain``."""
        path = _polygon(points, closed=False)
        return self._add([Mark(path, edge=INK, width=width, dashed=uncertain)])

    def arrow(
        self, kind: str, start: Point, end: Point, bend: float = 0.0, uncertain: bool = False
    ) -> Element:
        """Draw an arrow of ``ARROWS``; ``bend`` bows it to one side, ``uncertain`` dashes it."""
        _pick(ARROWS, kind, "arrow")
        dx, dy = end[0] - start[0], end[1] - start[1]
        control = ((start[0] + end[0]) / 2 - bend * dy, (start[1] + end[1]) / 2 + bend * dx)
        path = Path([start, control, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        shaft = Mark(path, edge=INK, width=1.6, dashed=uncertain)
        self._add([shaft, *_head(kind, end, start, control)], kind)
        return self._add([], "uncertain") if uncertain else self

    def text(
        self, x: float, y: float, *lines: str, align: str = "left", bold: bool = False
    ) -> Element:
        """Write lines of text; (x, y) is the middle height of the first one."""
        return self._add(
            Words(x, y + i * FONT_SIZE * 1.25, line, bold=bold, align=align)
            for i, line in enumerate(lines)
        )


@dataclass
class Panel:
    """One panel: a letter, a heading, a sentence that says what it shows, and its elements."""

    letter: str
    heading: str
    says: str
    height: float
    width: float = PANEL_WIDTH
    elements: list[Element] = field(default_factory=list)

    def element(self, key: str, name: str, says: str, link: str) -> Element:
        """Begin a new element of this panel; later elements lie on top of earlier ones."""
        if not re.fullmatch(r"[a-z][a-z0-9-]*", key):
            raise SchematicError(f"element id {key!r}: use lower-case letters, digits and hyphens")
        if any(e.id == key for e in self.elements):
            raise SchematicError(f"panel {self.letter} has two elements {key!r}; rename one")
        if not (name and says and link):
            raise SchematicError(f"element {key!r} needs a name, a sentence and a link")
        if len(self.elements) == MOST_ELEMENTS:
            raise SchematicError(f"panel {self.letter} is full: {MOST_ELEMENTS} elements at most")
        self.elements.append(Element(key, name, says, link))
        return self.elements[-1]

    def title_words(self) -> list[Words]:
        """Return the panel's letter and heading as text."""
        return [
            Words(2, 12, self.letter, size=HEADING_SIZE + 1.5, bold=True),
            Words(20, 12, self.heading, size=HEADING_SIZE, bold=True),
        ]


# ------------------------------------------------------------------------------ painting


class _Group(Artist):
    """Artists that go into one named SVG group."""

    def __init__(self, gid: str, children: list[Artist]) -> None:
        super().__init__()
        self.set_gid(gid)
        self.children = children

    def draw(self, renderer: object) -> None:
        renderer.open_group("element", gid=self.get_gid())
        for child in self.children:
            child.draw(renderer)
        renderer.close_group("element")


def _artist(mark: Mark | Words, ax: Axes, ink: str) -> Artist:
    """Turn a mark into a matplotlib artist on ``ax``, with ``ink`` for the text colour."""

    def paint(colour: str | None) -> str:
        return "none" if colour is None else ink if colour == INK else colour

    if isinstance(mark, Words):
        artist: Artist = Text(
            mark.x,
            mark.y,
            mark.text,
            fontsize=mark.size,
            fontweight="bold" if mark.bold else "normal",
            color=paint(mark.colour),
            ha=mark.align,
            va="center_baseline",
            parse_math=False,
        )
    else:
        fill = matplotlib.colors.to_rgba(
            paint(mark.fill), None if mark.fill is None else mark.fill_alpha
        )
        artist = PathPatch(
            mark.path,
            facecolor=fill,
            edgecolor=paint(mark.edge),
            linewidth=mark.width if mark.edge else 0,
            linestyle=(0, (4, 3)) if mark.dashed else "solid",
            capstyle="butt" if mark.dashed else "round",
            joinstyle="round",
        )
    artist.set_figure(ax.figure)
    artist.axes = ax
    artist.set_transform(ax.transData)
    artist.set_clip_on(False)
    return artist


def _axes(figure: Figure, x: float, y: float, width: float, height: float) -> Axes:
    """Lay axes over a box given in panel units from the figure's top left corner."""
    full_w, full_h = (72 * inches for inches in figure.get_size_inches())
    ax = figure.add_axes((x / full_w, 1 - (y + height) / full_h, width / full_w, height / full_h))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_axis_off()
    return ax


def _groups(panel: Panel, prefix: str) -> list[tuple[str, list[Mark | Words]]]:
    named = [(f"{prefix}-{panel.letter}-{e.id}", e.marks) for e in panel.elements]
    return [(f"{prefix}-{panel.letter}-heading", panel.title_words()), *named]


def _paint(ax: Axes, groups: list[tuple[str, list[Mark | Words]]], ink: str) -> None:
    for gid, marks in groups:
        ax.figure.add_artist(_Group(gid, [_artist(mark, ax, ink) for mark in marks]))


_SVG = "{http://www.w3.org/2000/svg}"


def _svg_groups(
    groups: list[tuple[str, list[Mark | Words]]], width: float, height: float
) -> dict[str, str]:
    """Draw groups with matplotlib and return the bare SVG shapes of each."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width / 72, height / 72))
        _paint(_axes(figure, 0, 0, width, height), groups, INK)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    tree = ElementTree.fromstring(buffer.getvalue())
    wanted = {gid for gid, _ in groups}
    return {
        g.get("id"): "".join(_shape(node) for node in g.iter() if node.tag in _SHAPES)
        for g in tree.iter(f"{_SVG}g")
        if g.get("id") in wanted
    }


_SHAPES = {f"{_SVG}path": "path", f"{_SVG}text": "text"}


def _shape(node: ElementTree.Element) -> str:
    """Write one matplotlib shape again: short numbers, the page's font and text colour."""
    style = dict(part.split(": ", 1) for part in node.get("style", "").split("; ") if part)
    kept = {k: v.replace(INK, "currentColor") for k, v in style.items() if k in _KEPT}
    if node.tag == f"{_SVG}text":
        size = re.search(r"([\d.]+)px", style.get("font-size", style.get("font", "")))
        bold = "700" in style.get("font", "") or style.get("font-weight") in ("bold", "700")
        kept |= {"font-size": f"{float(size[1]):g}px"} | ({"font-weight": "bold"} if bold else {})
        x, y = (f"{float(node.get(k)):.1f}" for k in ("x", "y"))
        return f'<text x="{x}" y="{y}" style="{_css(kept)}">{escape(node.text or "")}</text>'
    if kept.get("stroke-linecap") == "round":
        del kept["stroke-linecap"]  # the panel's own setting
    if node.get("d") is None:
        raise SchematicError("a mark lies outside its panel; move it, or make the panel larger")
    d = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), node.get("d"))
    d = re.sub(r"\s*([A-Za-z])\s*", r"\1", d.strip())
    return f'<path d="{d}" style="{_css(kept)}"/>'


#: What of matplotlib's style a shape keeps; the rest is the panel's own or a default.
_KEPT = (
    "fill", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-linecap", "text-anchor",
)  # fmt: skip


def _css(style: Mapping[str, str]) -> str:
    return ";".join(f"{key}:{value}" for key, value in style.items())


@dataclass
class Schematic:
    """A schematic figure: panels side by side, or stacked where the page is narrow.

    Parameters
    ----------
    id : str
        Short id, such as ``figure-2``; every id in the SVG starts with it.
    title, alt, caption : str
        The figure's name, the finding in words, and the caption, which may cite in MyST.
    panels : list of Panel
    links : mapping
        Where each link key of the elements leads.

    Notes
    -----
    Evaluated at the end of a notebook cell, a schematic shows its HTML form, and the PNG where
    HTML cannot be shown.
    """

    id: str
    title: str
    alt: str
    caption: str
    panels: list[Panel]
    links: Mapping[str, str]

    def __post_init__(self) -> None:
        for panel in self.panels:
            for element in panel.elements:
                _pick(self.links, element.link, f"link of element {element.id!r}:")

    @property
    def prefix(self) -> str:
        """What every id of this figure begins with."""
        return f"nk-{self.id}"

    def elements(self) -> dict[str, str]:
        """Return the name of every element by its id in the page."""
        return {
            f"{self.prefix}-{panel.letter}-{e.id}": e.name
            for panel in self.panels
            for e in panel.elements
        }

    def plain_caption(self) -> str:
        """Return the caption with its citations as author and year, for use outside the book."""

        def author_year(key: str) -> str:
            name, year = re.fullmatch(r"(\D+)(\d{4})\w*", key.strip()).groups()
            return f"{_ACCENTED.get(name, name)} {year}"

        return _CITE.sub(
            lambda m: f"({'; '.join(author_year(key) for key in m[1].split(','))})", self.caption
        )

    def _key(self) -> list[tuple[str, str, list[Mark | Words]]]:
        """Return the words of the vocabulary that the figure uses: (word, name, marks)."""
        used = {word for p in self.panels for e in p.elements for word in e.used}
        key: list[tuple[str, str, list[Mark | Words]]] = []
        for kind, (draw, _, name) in CELLS.items():
            if kind in used and kind != "cluster":  # a cluster is its cells
                key.append((kind, name, draw(15, 12, 7 if kind == "platelet" else 10)))
        for kind, (draw, name) in MOLECULES.items():
            if kind in used:
                key.append((kind, name, draw(*_KEY_PLACE.get(kind, (12.0, 12.0)), 0.0)))
        for kind, name in ARROWS.items():
            if kind in used:
                key.append(
                    (kind, name, Element("", "", "", "").arrow(kind, (2, 12), (28, 12)).marks)
                )
        if "uncertain" in used:
            dash = Element("", "", "", "").line([(1, 12), (29, 12)], 1.6, uncertain=True)
            key.append(("uncertain", "dashed: disputed or inferred", dash.marks))
        return key

    def panel_svg(self, letter: str) -> str:
        """Return one panel as an SVG element that takes its colour and font from the page."""
        panels = {p.letter: p for p in self.panels}
        panel = _pick(panels, letter, "panel")
        base = f"{self.prefix}-{letter}"
        groups = _groups(panel, self.prefix)
        shapes = _svg_groups(groups, panel.width, panel.height)
        parts = [f'<g id="{base}-heading">{shapes[f"{base}-heading"]}</g>']
        for n, element in enumerate(panel.elements, start=1):
            gid = f"{base}-{element.id}"
            label = escape(f"{element.name}: {element.says}")
            parts.append(
                f'<a href="{escape(self.links[element.link])}" class="nk-e{n}"'
                f' aria-label="{label}">'
                f'<g id="{gid}"><title>{escape(element.says)}</title>{shapes[gid]}</g></a>'
            )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' viewBox="0 0 {panel.width:g} {panel.height:g}" role="group"'
            f' aria-labelledby="{base}-title" aria-describedby="{base}-desc"'
            ' stroke-linejoin="round" stroke-linecap="round">'
            f'<title id="{base}-title">{escape(panel.heading)}</title>'
            f'<desc id="{base}-desc">{escape(panel.says)}</desc>{"".join(parts)}</svg>'
        )

    def _panel_html(self, panel: Panel) -> str:
        notes = "".join(
            f'<p class="nk-n{n}" aria-hidden="true"><b>{escape(e.name)}.</b> {escape(e.says)}</p>'
            for n, e in enumerate(panel.elements, start=1)
        )
        return (
            f'<div class="nk-panel">{self.panel_svg(panel.letter)}'
            f'<div class="nk-notes"><p class="nk-n0">{escape(panel.says)}</p>{notes}</div></div>'
        )

    def _key_html(self) -> str:
        items = []
        for word, name, marks in self._key():
            gid = f"{self.prefix}-key-{word}"
            icon = _svg_groups([(gid, marks)], 30, 24)[gid]
            items.append(
                '<li><svg viewBox="0 0 30 24" width="30" height="24" aria-hidden="true"'
                f' stroke-linecap="round">{icon}</svg>'
                f"{escape(name)}</li>"
            )
        return f'<ul class="nk-key" aria-label="Key">{"".join(items)}</ul>'

    def html(self, css: bool = True, caption: bool = True) -> str:
        """Return the figure as HTML: panels as inline SVG, notes, key and caption.

        Parameters
        ----------
        css : bool
            Bring the style sheet along; switch off where the page has it already.
        caption : bool
            End with the caption; switch off where the page prints its own.
        """
        style = f"<style>{SCHEMATIC_CSS}</style>" if css else ""
        panels = "".join(self._panel_html(panel) for panel in self.panels)
        words = f"<figcaption>{escape(self.plain_caption())}</figcaption>" if caption else ""
        return (
            f'{style}<figure class="nk-schematic" id="{self.prefix}"'
            f' aria-label="{escape(self.alt)}">'
            f'<div class="nk-panels">{panels}</div>{self._key_html()}{words}</figure>'
        )

    def _places(self) -> tuple[list[tuple[Panel, float, float]], float, float]:
        """Lay the panels out two by two; return them with their corners, and the size."""
        gap, margin, y = 28.0, 14.0, 14.0
        places: list[tuple[Panel, float, float]] = []
        for i in range(0, len(self.panels), 2):
            row = self.panels[i : i + 2]
            x = margin
            for panel in row:
                places.append((panel, x, y))
                x += panel.width + gap
            y += max(panel.height for panel in row) + gap
        width = max(x + panel.width for panel, x, _ in places) + margin
        return places, width, y

    def _still(self) -> Figure:
        """Draw everything on one matplotlib figure, for files and for front ends without HTML."""
        places, width, below = self._places()
        columns = max(1, int(width // 215))
        key = self._key()
        height = below + 26 * math.ceil(len(key) / columns) + 8
        figure = Figure(figsize=(width / 72, height / 72), facecolor="white")
        for panel, x, y in places:
            ax = _axes(figure, x, y, panel.width, panel.height)
            _paint(ax, _groups(panel, self.prefix), PAPER_INK)
        for i, (word, name, marks) in enumerate(key):
            x, y = 14 + (i % columns) * (width - 28) / columns, below + 26 * (i // columns)
            words = [*marks, Words(36, 12, name, size=11)]
            _paint(_axes(figure, x, y, 160, 24), [(f"{self.prefix}-key-{word}", words)], PAPER_INK)
        return figure

    def png(self, dpi: int = 120) -> bytes:
        """Return the figure as a PNG on white; the same bytes every time."""
        buffer = io.BytesIO()
        with matplotlib.rc_context(_STYLE):
            self._still().savefig(
                buffer,
                format="png",
                dpi=dpi,
                metadata={"Software": None},
                pil_kwargs={"optimize": True},
            )
        return buffer.getvalue()

    def savefig(self, path: str | FilePath) -> None:
        """Write the figure to a file; the suffix (svg, png, pdf) says in which format."""
        path = FilePath(path)
        if path.suffix == ".svg":
            path.write_text(self._svg_file(), encoding="utf-8")
        elif path.suffix == ".png":
            path.write_bytes(self.png())
        elif path.suffix == ".pdf":
            with matplotlib.rc_context(_STYLE):
                self._still().savefig(path, metadata={"CreationDate": None})
        else:
            raise SchematicError(f"cannot write {path.name!r}: use the suffix .svg, .png or .pdf")

    def _svg_file(self) -> str:
        places, width, height = self._places()
        body = "".join(
            self.panel_svg(panel.letter).replace(
                "<svg ",
                f'<svg x="{x:g}" y="{y:g}" width="{panel.width:g}" height="{panel.height:g}" ',
                1,
            )
            for panel, x, y in places
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
            ' font-family="system-ui, sans-serif" role="group"'
            f' aria-labelledby="{self.prefix}-title" aria-describedby="{self.prefix}-desc">'
            f'<title id="{self.prefix}-title">{escape(self.title)}</title>'
            f'<desc id="{self.prefix}-desc">{escape(self.alt)}</desc>{body}</svg>\n'
        )

    def __repr__(self) -> str:
        panels = ", ".join(p.letter for p in self.panels)
        return f"<Schematic {self.id}, panels: {panels}, elements: {len(self.elements())}>"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """Give a front end the figure as HTML, as PNG and as one line of text."""
        png = self.png()
        bundle = {
            "text/html": self.html(),
            "image/png": base64.b64encode(png).decode("ascii"),
            "text/plain": repr(self),
        }
        return bundle, {"image/png": {"width": round(self._places()[1])}}


# ------------------------------------------------------------------------------ Figure 2


def chapter_links(chapter: str, anchors: Iterable[str]) -> dict[str, str]:
    """Return links to anchors of one chapter, for pages in ``book/`` and ``notebooks/`` alike."""
    return {anchor: f"../book/{chapter}.html#{anchor}" for anchor in anchors}


FIGURE_2_LINKS = chapter_links(
    "metastasis", ("liver-first", "the-first-day", "clusters", "when-t-cells-take-over")
)

FIGURE_2_ALT = (
    "Four panels. Single tumour cells that leave a tumour meet NK cells in the blood, while "
    "clusters resist them. Whether the liver comes first is disputed: after an injection into the "
    "tail vein the lung is the first capillary bed. In the lung, NK cells that patrol the "
    "capillaries kill at about half of their contacts at first and at almost none after 24 hours, "
    "because the tumour cells change. Later T cells control the foci, and NK cells, which stay "
    "outside, help to bring them in."
)

FIGURE_2_CAPTION = (
    "How NK cells meet tumour cells on the way to the lung. "
    "(a) Single tumour cells are open to NK cells; clusters resist them {cite:p}`Lo2020` and are "
    "23 to 50 times as metastatic {cite:p}`Aceto2014`. "
    "(b) Clearance on the first pass through the liver was concluded from a changed route of "
    "injection {cite:p}`Vyas2023`. It is dashed, because blood from a tail vein reaches the lung "
    "first, and that is where the cells were found {cite:p}`Fidler1970,Ichise2022`. "
    "(c) At first a contact with an NK cell kills in about half of the cases, a day later almost "
    "never; the tumour cells change, the NK cells do not tire {cite:p}`Ichise2022`. Thrombin "
    "removes the ligand CD155, yet cells that lack it are cleared as well, so a second ligand, not "
    "identified, is dashed. The line between the two measured ends is a sketch. "
    "(d) In established foci T cells are in control; NK cells are rare inside and still promote "
    "the recruitment of T cells {cite:p}`Vyas2023`. The way through cDC1 is inferred from other "
    "settings {cite:p}`Bottcher2018,Huang2025` and dashed. "
    "Changed from the original: clusters are no longer prey, the liver's place is disputed, the "
    "window closes for a reason, and what is inferred is dashed."
)


def _leaving(panel: Panel) -> None:
    mass = panel.element(
        "primary-tumour",
        "Primary tumour",
        "Tumour cells leave the primary tumour and enter the blood, alone or as a cluster.",
        "the-first-day",
    )
    for x, y in ((36, 104), (60, 98), (24, 128), (49, 124), (74, 121), (30, 152), (56, 149),
                 (80, 146), (44, 174), (69, 171)):  # fmt: skip
        mass.cell("tumour", x, y, 13)
    mass.text(50, 206, "primary tumour", align="center")

    singles = panel.element(
        "single-cells",
        "Single tumour cells",
        "Single tumour cells in the blood are open to attack by NK cells.",
        "the-first-day",
    )
    singles.vessel(118, 320, 98, 48).arrow("moves", (92, 114), (130, 100), bend=0.12)
    singles.cell("tumour", 150, 98).cell("tumour", 199, 98)
    singles.text(118, 60, "single cells: NK cells kill them")

    killing = panel.element(
        "nk-in-blood",
        "NK cell",
        "An NK cell binds a single tumour cell and kills it with the content of its granules.",
        "the-first-day",
    )
    killing.cell("nk", 230, 98)
    for dy in (-5, 0, 5):
        killing.molecule("granule", 212 - abs(dy) * 0.3, 98 + dy)
    killing.arrow("moves", (252, 98), (275, 98)).cell("dying", 296, 98)

    cluster = panel.element(
        "cluster",
        "Cluster of tumour cells",
        "Clusters resist NK cells and are 23 to 50 times as metastatic as single cells.",
        "clusters",
    )
    cluster.vessel(118, 320, 204, 64).arrow("moves", (92, 162), (134, 188), bend=-0.12)
    cluster.cell("cluster", 160, 205, 12)
    cluster.cell("nk", 288, 204).arrow("fails", (266, 204), (205, 204))
    cluster.text(118, 255, "clusters resist NK cells and are", "23 to 50 times as metastatic")


def _liver_first(panel: Panel) -> None:
    liver = panel.element(
        "liver",
        "Liver",
        "NK cells are very active in the liver: tumours spread to it in mice that lack NK cells.",
        "liver-first",
    )
    liver.organ("liver", 150, 98, 136, 92).text(150, 42, "liver: NK cells kill", align="center")
    liver.cell("nk", 127, 90).cell("tumour", 158, 94, 13)
    for dy in (-4, 1, 6):
        liver.molecule("granule", 144, 91 + dy)

    route = panel.element(
        "first-pass",
        "First pass through the liver (disputed)",
        "The review sends tumour cells through the liver first, so that fewer reach the lung.",
        "liver-first",
    )
    route.arrow("moves", (36, 148), (76, 110), bend=0.15, uncertain=True)
    route.arrow("moves", (222, 94), (272, 122), bend=0.15, uncertain=True)
    route.text(318, 80, "fewer arrive?", align="right")

    lung = panel.element(
        "lung",
        "Lung",
        "From five minutes after the injection the signal is almost only in the lung.",
        "the-first-day",
    )
    lung.organ("lung", 284, 165, 68, 78).text(284, 214, "lung", align="center")

    bypass = panel.element(
        "bypass",
        "Route that bypasses the liver",
        "More lung metastases were reported when the route of injection bypassed the liver.",
        "liver-first",
    )
    bypass.cell("tumour", 26, 168).arrow("moves", (48, 172), (240, 172))
    bypass.text(48, 190, "liver bypassed:", "more lung metastases")

    dispute = panel.element(
        "dispute",
        "Why the liver route is disputed",
        "Blood from a tail vein reaches the heart and then the lung, before it reaches the liver.",
        "liver-first",
    )
    box = [(2, 238), (318, 238), (318, 286), (2, 286), (2, 238)]
    dispute.line(box, uncertain=True)
    dispute.text(
        12, 254, "Disputed: after a tail-vein injection the", "lung is the first capillary bed."
    )


def _first_day(panel: Panel) -> None:
    capillary = panel.element(
        "capillary",
        "Lung capillary",
        "NK cells patrol inside the capillaries in which tumour cells are stuck.",
        "the-first-day",
    )
    capillary.organ("lung", 300, 19, 34, 34)
    capillary.vessel(0, 320, 94, 74).text(2, 44, "NK cells patrol inside the capillaries")

    contact = panel.element(
        "contact",
        "Contact",
        "At first about half of the contacts between an NK cell and a tumour cell kill it.",
        "the-first-day",
    )
    contact.cell("tumour", 67, 94, 15).around("ligand", 67, 94, 14, (-100, -50, 0, 50, 100))
    contact.cell("nk", 26, 94, 17)
    for dy in (-6, 0, 6):
        contact.molecule("granule", 47, 94 + dy)
    contact.text(46, 150, "half of the", "contacts kill", align="center")

    shedding = panel.element(
        "shedding",
        "Shedding of the ligand",
        "Thrombin cuts the ligand CD155 from the tumour cell, which then stops provoking NK cells.",
        "the-first-day",
    )
    shedding.cell("tumour", 158, 100, 15).around("ligand", 158, 100, 14, (-95, 150))
    shedding.molecule("enzyme", 133, 79, 30).molecule("fragment", 180, 74, 200)
    shedding.molecule("fragment", 196, 86, 150)
    shedding.text(160, 150, "thrombin cuts", "CD155 off", align="center")

    redundancy = panel.element(
        "other-ligand",
        "Another ligand?",
        "Tumour cells without CD155 and nectin-2 are cleared as well, so more must be at work.",
        "the-first-day",
    )
    redundancy.molecule("unproven-ligand", *_at(158, 100, 15, 15), 15)

    survivor = panel.element(
        "survivor",
        "Survivor",
        "After a day contacts hardly kill, though NK cells clear a new dose as well as the first.",
        "the-first-day",
    )
    survivor.cell("tumour", 226, 94, 15).cell("nk", 299, 94, 17)
    survivor.arrow("fails", (278, 94), (245, 94))
    survivor.text(268, 150, "contacts hardly", "kill any more", align="center")

    window = panel.element(
        "window",
        "The window",
        "The chance that a contact kills falls from one half to almost nothing within 24 hours.",
        "the-first-day",
    )
    left, right, floor, top = 24, 296, 270, 212
    window.area([(left, top), (right, floor - 3), (right, floor), (left, floor)], "nk")
    window.line([(left, floor), (right, floor)], 1.6)
    window.line([(left, top), (right, floor - 3)], 1.6, uncertain=True)
    for hours in (0, 12, 24):
        x = left + (right - left) * hours / 24
        window.line([(x, floor), (x, floor + 5)], 1.6)
        window.text(x, floor + 15, f"{hours} h", align="center")
    window.text(left, 198, "chance that a contact kills")
    window.text(left + 6, 242, "about 0.5").text(right, floor - 16, "≈ 0", align="center")


def _later(panel: Panel) -> None:
    focus = panel.element(
        "focus",
        "Metastatic focus",
        "Survivors grow into foci, whose interior is almost free of NK cells.",
        "when-t-cells-take-over",
    )
    for x, y in [*_around(92, 140, [25] * 6, 0.3), *_around(92, 140, [49] * 11), (92, 140)]:
        focus.cell("tumour", x, y, 12.5)
    focus.organ("lung", 300, 19, 34, 34).text(92, 62, "focus in the lung", align="center")

    control = panel.element(
        "t-cells",
        "T cells",
        "In established lung foci T cells are the ones that hold the tumour cells in check.",
        "when-t-cells-take-over",
    )
    control.cell("tcell", 58, 240).cell("tcell", 126, 240)
    control.arrow("inhibits", (61, 220), (67, 203)).arrow("inhibits", (123, 220), (117, 203))
    control.text(92, 276, "T cells control the focus", align="center")

    outside = panel.element(
        "nk-outside",
        "NK cell outside the focus",
        "NK cells are rare inside the focus and still promote the recruitment of T cells.",
        "when-t-cells-take-over",
    )
    outside.cell("nk", 266, 98, 17).text(266, 52, "NK cells,", "mostly outside", align="center")
    outside.arrow("activates", (246, 110), (146, 230), bend=-0.2)

    relay = panel.element(
        "cdc1",
        "cDC1 (inferred here)",
        "Elsewhere NK cells draw in cDC1 with XCL1 and CCL5, and cDC1 present antigen to T cells.",
        "when-t-cells-take-over",
    )
    relay.arrow("activates", (267, 121), (269, 170), uncertain=True)
    for x, y in ((280, 132), (287, 144), (279, 154)):
        relay.molecule("chemokine", x, y)
    relay.cell("cdc1", 270, 196)
    relay.arrow("activates", (246, 206), (148, 242), bend=0.1, uncertain=True)
    relay.text(262, 232, "via cDC1?", align="center")


def figure_2(links: Mapping[str, str] = FIGURE_2_LINKS) -> Schematic:
    """Return the review's Figure 2, drawn anew and corrected.

    Parameters
    ----------
    links : mapping, optional
        Where the keys ``liver-first``, ``the-first-day``, ``clusters`` and
        ``when-t-cells-take-over`` lead; by default to the chapter on metastasis.

    Returns
    -------
    Schematic
        Four panels: leaving the tumour, the liver, the first day in the lung, the days after.
    """
    panels = [
        Panel("a", "Cells leave the primary tumour",
              "NK cells kill single tumour cells in the blood; clusters resist them.", 290),
        Panel("b", "Through the liver first?",
              "The review leads tumour cells through the liver; from a tail vein they reach the "
              "lung first.", 290),
        Panel("c", "Lung: the first 24 hours",
              "NK cells kill at half of their contacts at first and hardly at all a day later, "
              "because the tumour cells change.", 300),
        Panel("d", "Lung: the days after",
              "T cells control what has grown; NK cells help to bring them in from outside.", 300),
    ]  # fmt: skip
    for panel, draw in zip(panels, (_leaving, _liver_first, _first_day, _later), strict=True):
        draw(panel)
    return Schematic(
        id="figure-2",
        title="NK cells against tumour cells on the way to the lung",
        alt=FIGURE_2_ALT,
        caption=FIGURE_2_CAPTION,
        panels=panels,
        links=links,
    )


# ------------------------------------------------------------------------------ Figure 1


#: Where the elements of Figures 1, 3 and 4 lead.
BOOK_LINKS = (
    chapter_links("armed-not-dangerous", ("reading-a-cell", "contact-to-death"))
    | chapter_links("metastasis", ("the-first-day", "clusters"))
    | chapter_links("field-commanders", ("the-call", "pge2"))
    | chapter_links("challenges", ("living-on-supply",))
    | chapter_links("engagers", ("engager-idea", "which-handle", "hook-effect", "who-sheds-what",
                                 "extra-fuel", "engager-with-cells"))
    | chapter_links("minefield", ("three-injuries", "ilc1-controversy", "blockade"))
    | chapter_links("cells-as-drugs", ("car-nk",))
)  # fmt: skip

FIGURE_1_ALT = (
    "A map of the book in four panels. NK cells patrol the blood and kill tumour cells there, read "
    "activating against inhibitory signals, and call dendritic cells, which bring T cells. Eight "
    "numbered barriers stand against them: at the tumour cell clusters, HLA-E, shed ligands and "
    "PGE2; inside the tumour TGF-β, too little cytokine, the loss of CD16 and a disputed "
    "conversion to ILC1. Six treatments each point to the numbers they answer. Nothing in the "
    "list answers clusters, and the two blockades were tried in patients and failed."
)

FIGURE_1_CAPTION = (
    "NK cells in cancer: a map of this book. "
    "(a) NK cells kill tumour cells in capillaries {cite:p}`Ichise2022`, weigh activating against "
    "inhibitory signals {cite:p}`Fauriat2010` and draw in cDC1 {cite:p}`Bottcher2018`. "
    "(b, c) Barriers: 1, clusters {cite:p}`Lo2020`; 2, HLA-E on NKG2A {cite:p}`Liu2023`; "
    "3, ligands shed by the tumour cell {cite:p}`Salih2006`; 4, PGE2 {cite:p}`Bottcher2018`; "
    "5, transforming growth factor beta (TGF-β) {cite:p}`Castriconi2003,Viel2016`; 6, IL-15 that "
    "only other cells can supply {cite:p}`Lucas2007`; 7, CD16 cut off by the NK cell itself "
    "{cite:p}`Romee2013`; 8, conversion to ILC1 in mice {cite:p}`Gao2017`, dashed because others "
    "found ILC1 that kill {cite:p}`Dadi2016,Kansler2022`. "
    "(d) What is tried, and against which barrier; dashed where a trial failed "
    "{cite:p}`Cho2023` or where the link is our inference. Engagers answer 5 and 7 if they hold "
    "on to NKp46. "
    "Changed from the original: TGF-β carries its right name, tumour cells shed ligands while NK "
    "cells shed CD16, clusters are a barrier and not prey, each treatment points to its barrier, "
    "and failed trials are shown."
)


def _functions(panel: Panel) -> None:
    patrol = panel.element(
        "patrol",
        "Patrol",
        "NK cells circulate in the blood and patrol the capillaries of the lung.",
        "the-first-day",
    )
    patrol.vessel(0, 320, 80, 54).text(2, 42, "patrol the blood")
    patrol.cell("nk", 30, 80).arrow("moves", (51, 80), (88, 80))

    killing = panel.element(
        "killing",
        "Killing of circulating tumour cells",
        "An NK cell empties its granules against a tumour cell, which dies within hours.",
        "contact-to-death",
    )
    killing.cell("nk", 148, 80).cell("tumour", 196, 80).text(146, 42, "kill tumour cells in it")
    for dy in (-6, 0, 6):
        killing.molecule("granule", 173 - abs(dy) * 0.4, 80 + dy)
    killing.arrow("moves", (216, 80), (246, 80)).cell("dying", 274, 80)

    recognition = panel.element(
        "recognition",
        "Recognition",
        "The NK cell weighs activating ligands against inhibitory ones, such as MHC class I.",
        "reading-a-cell",
    )
    recognition.text(2, 132, "read cells, weighing two kinds of signal")
    recognition.cell("nk", 40, 182, 21).around("receptor", 40, 182, 20, (-28, 28))
    recognition.cell("tumour", 268, 182, 20).around("ligand", 268, 182, 19, (208,))
    recognition.around("brake-ligand", 268, 182, 19, (152,))
    recognition.arrow("activates", (236, 170), (82, 170)).arrow("inhibits", (234, 194), (84, 194))
    recognition.text(158, 156, "activating ligand", align="center")
    recognition.text(158, 209, "MHC class I", align="center")

    recruitment = panel.element(
        "recruitment",
        "Recruitment",
        "With XCL1 and CCL5 NK cells draw in cDC1, which show tumour antigen to CD8 T cells.",
        "the-call",
    )
    recruitment.text(2, 243, "call cDC1, which bring CD8 T cells")
    recruitment.cell("nk", 26, 284).arrow("activates", (48, 284), (96, 284))
    for x, y in ((58, 272), (72, 275), (84, 270)):
        recruitment.molecule("chemokine", x, y)
    recruitment.cell("cdc1", 122, 284).arrow("activates", (148, 284), (184, 284))
    recruitment.cell("tcell", 206, 284).arrow("inhibits", (226, 284), (264, 284))
    recruitment.cell("tumour", 288, 284)


def _barriers_at_the_cell(panel: Panel) -> None:
    clusters = panel.element(
        "clusters",
        "Barrier 1: clusters",
        "Tumour cells that travel in clusters resist NK cells.",
        "clusters",
    )
    clusters.number(12, 44, 1).text(28, 44, "clusters")
    clusters.cell("nk", 22, 100).arrow("fails", (44, 100), (78, 100)).cell("cluster", 104, 98)
    clusters.text(2, 142, "resist NK cells")

    disguise = panel.element(
        "hla-e",
        "Barrier 2: HLA-E",
        "HLA-E on the tumour cell holds the NK cell back through its receptor NKG2A.",
        "clusters",
    )
    disguise.number(178, 44, 2).text(194, 44, "HLA-E on NKG2A")
    disguise.cell("tumour", 196, 100, 16).around("brake-ligand", 196, 100, 15, (0,))
    disguise.arrow("inhibits", (226, 100), (264, 100))
    disguise.text(178, 142, "the brake is on")
    disguise.cell("nk", 300, 100, 17).around("receptor", 300, 100, 16, (180,))

    shedding = panel.element(
        "shed-ligands",
        "Barrier 3: shed ligands",
        "Tumour cells shed MICA and MICB, so that NKG2D finds less to bind.",
        "who-sheds-what",
    )
    shedding.number(12, 178, 3).text(28, 178, "shed ligands")
    shedding.cell("tumour", 34, 234, 18).around("ligand", 34, 234, 17, (-60, 80))
    shedding.molecule("enzyme", 64, 234, 180)
    for x, y, angle in ((84, 212, 160), (98, 232, 200), (86, 252, 230), (112, 248, 170)):
        shedding.molecule("fragment", x, y, angle)
    shedding.text(2, 278, "MICA and MICB")

    pge2 = panel.element(
        "pge2",
        "Barrier 4: PGE2",
        "PGE2 harms NK cells, lowers their chemokines and makes cDC1 deaf to them.",
        "pge2",
    )
    pge2.number(178, 178, 4).text(194, 178, "PGE2")
    pge2.cell("nk", 188, 216).arrow("activates", (209, 216), (274, 216)).cell("cdc1", 298, 216)
    pge2.cell("tumour", 241, 274, 15).arrow("inhibits", (241, 254), (241, 223))
    for x, y in ((224, 246), (257, 240), (260, 254), (219, 260)):
        pge2.molecule("pge2", x, y)


def _barriers_in_the_tumour(panel: Panel) -> None:
    tgf = panel.element(
        "tgf-beta",
        "Barrier 5: TGF-β",
        "Transforming growth factor beta lowers NKp30, in part NKG2D, and blocks the IL-15 signal.",
        "three-injuries",
    )
    tgf.number(12, 44, 5).text(28, 44, "TGF-β")
    for x, y, angle in ((14, 86, 20), (28, 102, 80), (12, 114, 140)):
        tgf.molecule("tgf-beta", x, y, angle)
    tgf.arrow("inhibits", (44, 98), (80, 98)).cell("nk", 108, 98, 20)
    tgf.text(2, 142, "fewer NKp30")

    hunger = panel.element(
        "hunger",
        "Barrier 6: too little cytokine",
        "NK cells live on IL-15 that other cells, such as dendritic cells, hold out to them.",
        "living-on-supply",
    )
    hunger.number(178, 44, 6).text(194, 44, "too little IL-15")
    hunger.cell("cdc1", 192, 98).arrow("activates", (218, 99), (243, 99))
    hunger.molecule("cytokine", 223, 86)
    hunger.cell("nk", 264, 98).cell("weak-nk", 301, 84, 14).cell("weak-nk", 302, 116, 14)
    hunger.text(178, 142, "others supply it")

    cut = panel.element(
        "cd16",
        "Barrier 7: loss of CD16",
        "On activation the NK cell's own ADAM17 cuts CD16 off, which may also help it to move on.",
        "who-sheds-what",
    )
    cut.number(12, 178, 7).text(28, 178, "loss of CD16")
    cut.cell("nk", 38, 232, 20).around("receptor", 38, 232, 19, (-70, 75))
    cut.molecule("enzyme", 70, 232, 180)
    for x, y, angle in ((88, 210, -30), (102, 232, 20), (88, 252, 50)):
        cut.molecule("shed-receptor", x, y, angle)
    cut.text(2, 278, "by its own ADAM17")

    conversion = panel.element(
        "ilc1",
        "Barrier 8: conversion to ILC1 (disputed)",
        "In mouse tumours TGF-β turned NK cells into ILC1; elsewhere ILC1 were found to kill.",
        "ilc1-controversy",
    )
    conversion.number(178, 178, 8).text(194, 178, "conversion?")
    conversion.cell("nk", 196, 232, 18).cell("ilc1", 292, 232, 20)
    conversion.arrow("moves", (219, 232), (266, 232), uncertain=True)
    conversion.molecule("tgf-beta", 241, 217, 30).text(178, 278, "ILC1: harm or help?")


def _answer(
    panel: Panel,
    row: int,
    element: tuple[str, str, str, str],
    lines: tuple[str, str],
    answers: tuple[int, ...],
    uncertain: bool = False,
) -> tuple[Element, float]:
    """Write one row of the opportunities; return it and the height at which to draw its icon."""
    y = 58.0 + 46 * row
    drawn = panel.element(*element)
    drawn.text(62, y - 7, lines[0], bold=True).text(62, y + 8, lines[1])
    left = 320 - 22 * len(answers)
    drawn.arrow("inhibits", (left - 26, y - 7), (left - 6, y - 7), uncertain=uncertain)
    for i, number in enumerate(answers):
        drawn.number(left + 11 + 22 * i, y - 7, number)
    return drawn, y


def _opportunities(panel: Panel) -> None:
    engager, y = _answer(panel, 0, (
        "engagers", "Engagers",
        "An engager brings the signal that is missing; by way of NKp46 it avoids barriers 5 and 7.",
        "engager-idea",
    ), ("Engagers", "patients; best with cells"), (3, 5, 7))  # fmt: skip
    engager.cell("nk", 8, y, 9).molecule("engager", 29, y, 0).cell("tumour", 51, y, 8)

    fuel, y = _answer(panel, 1, (
        "cytokines", "Cytokine support",
        "IL-15, or a variant of IL-2, makes NK cells multiply; toxicity limits the dose.",
        "extra-fuel",
    ), ("Cytokines", "patients; toxicity limits it"), (6,))  # fmt: skip
    fuel.molecule("cytokine", 12, y - 7).molecule("cytokine", 22, y + 6)
    fuel.cell("nk", 43, y, 13)

    donor, y = _answer(panel, 2, (
        "donor-cells", "Adoptive transfer",
        "NK cells from a donor, activated before infusion, stand in for the patient's own.",
        "car-nk",
    ), ("Donor NK cells", "patients; no control groups"), (6, 8), uncertain=True)  # fmt: skip
    donor.organ("bag", 14, y, 22, 36).cell("nk", 43, y, 13)

    brake, y = _answer(panel, 3, (
        "nkg2a-blockade", "Checkpoint blockade",
        "Blocking NKG2A freed NK cells in models; a phase 3 trial of monalizumab was futile.",
        "blockade",
    ), ("NKG2A blockade", "phase 3: failed"), (2,), uncertain=True)  # fmt: skip
    brake.cell("nk", 43, y, 13).around("receptor", 43, y, 12, (180,))
    brake.molecule("antibody", 11, y, 0)

    trap, y = _answer(panel, 4, (
        "tgf-blockade", "TGF-β blockade",
        "Trapping TGF-β and blocking PD-L1 worked in mice and failed in a phase 3 trial.",
        "blockade",
    ), ("TGF-β blockade", "mice; phase 3: failed"), (5, 8), uncertain=True)  # fmt: skip
    trap.molecule("antibody", 16, y, 0).molecule("tgf-beta", 36, y, 90)

    partner, y = _answer(panel, 5, (
        "t-cell-therapy", "Combination with T-cell therapy",
        "In mice, stopping the enzyme that makes PGE2 worked together with anti-PD-1.",
        "pge2",
    ), ("With T-cell therapy", "mice; PGE2 and PD-1"), (4,))  # fmt: skip
    partner.cell("nk", 13, y, 12).cell("tcell", 43, y, 11)

    gap = panel.element(
        "unanswered",
        "Barrier 1 has no answer",
        "None of these treatments is aimed at clusters of tumour cells.",
        "clusters",
    )
    gap.number(43, 338, 1).text(62, 338, "clusters: no answer in this list")


def figure_1(links: Mapping[str, str] = BOOK_LINKS) -> Schematic:
    """Return the review's Figure 1, drawn anew: functions, barriers and opportunities.

    Parameters
    ----------
    links : mapping, optional
        Where the link keys of the elements lead; by default to the chapters of the book.

    Returns
    -------
    Schematic
        Four panels: functions, barriers at the tumour cell and in the tumour, opportunities.
    """
    panels = [
        Panel("a", "Functions",
              "What NK cells do: patrol, read, kill, and call others.", 306),
        Panel("b", "Barriers at the tumour cell",
              "Four ways in which tumour cells escape NK cells.", 306),
        Panel("c", "Barriers inside the tumour",
              "Four ways in which NK cells lose their power in a tumour.", 296),
        Panel("d", "Opportunities",
              "Six treatments; each bar ends at the numbers of the barriers that it answers.", 352),
    ]  # fmt: skip
    draws = (_functions, _barriers_at_the_cell, _barriers_in_the_tumour, _opportunities)
    for panel, draw in zip(panels, draws, strict=True):
        draw(panel)
    return Schematic(
        id="figure-1",
        title="NK cells in cancer: functions, barriers, opportunities",
        alt=FIGURE_1_ALT,
        caption=FIGURE_1_CAPTION,
        panels=panels,
        links=links,
    )


# ------------------------------------------------------------------------------ Figure 3


FIGURE_3_ALT = (
    "Four panels. An engager ties receptors of an NK cell to antigens of a tumour cell, and "
    "granules cross the gap. The tumour works against it: TGF-β lowers NKp30 and in part NKG2D but "
    "not NKp46, the tumour cell sheds ligands, the NK cell cuts off its own CD16, and whether it "
    "turns into an ILC1 that does harm is disputed. A cytokine on the engager feeds the NK cell, "
    "while cytokine given to the whole body is toxic. Masks and local delivery are still ideas; "
    "with NK cells from a donor 39 of 42 patients responded, against 3 of 26 without them."
)

FIGURE_3_CAPTION = (
    "Engagers and cytokines against the barriers of the tumour. "
    "(a) An engager ties CD16, NKG2D, NKp46 or NKp30 to an antigen of the tumour cell "
    "{cite:p}`Demaria2021,Gauthier2019`; the NK cell then empties its granules. "
    "(b) Transforming growth factor beta (TGF-β) lowers NKp30 and in part NKG2D, not NKp46 "
    "{cite:p}`Castriconi2003`; CD16 is cut off by the NK cell's own ADAM17 {cite:p}`Romee2013`; "
    "what tumour cells shed is the ligand {cite:p}`Salih2006`. The change into ILC1 was seen in "
    "mice {cite:p}`Gao2017`; it is dashed because others found ILC1 that kill "
    "{cite:p}`Dadi2016,Kansler2022`, and because more NKG2A, CD96 and LAG-3 on them is unchecked. "
    "(c) A variant of IL-2 can be joined to the engager {cite:p}`Demaria2022`; high-dose IL-2 in "
    "the whole body cost 6 of 270 patients their lives {cite:p}`Atkins1999`. "
    "(d) Masked and local engagers are dashed, as we found no clinical result. AFM13 alone "
    "{cite:p}`Rothe2015` and with cord-blood NK cells {cite:p}`Nieto2025` were two trials in "
    "different patients. "
    "Changed from the original: TGF-β carries its right name, it is said who sheds what, NKp46 is "
    "spared, conversion to ILC1 does not follow from the loss of receptors and is in dispute, and "
    "price and proof are drawn in."
)

_TOP, _FLOOR, _BULGE = 96.0, 151.0, 4.0


def _on_membrane(y: float, bulge: float, x: float) -> float:
    """Return the height of a membrane that begins at ``y``, at ``x``."""
    t = x / PANEL_WIDTH
    return y + 4 * bulge * t * (1 - t)


def _handle(panel: Panel, x: float, name: str, says: str) -> None:
    """Draw a receptor on the NK cell of Figure 3a, with its name inside the cell."""
    handle = panel.element(name.lower(), name, says, "which-handle")
    y = _on_membrane(_TOP, _BULGE, x)
    handle.molecule("receptor", x, y, 90).text(x, y - 17, name, align="center")


def _forced_contact(panel: Panel) -> None:
    tumour = panel.element(
        "antigens",
        "Tumour antigens",
        "The engager's other end binds a molecule that the tumour cell carries.",
        "engager-idea",
    )
    tumour.membrane("tumour", _FLOOR, 118, -_BULGE).text(12, 252, "tumour cell")
    places = (46, 122, 198, 274)
    for x in places:
        tumour.molecule("antigen", x, _on_membrane(_FLOOR, -_BULGE, x), -90)

    nk = panel.element(
        "nk-cell",
        "NK cell",
        "Receptors that are pulled together make the NK cell empty its granules.",
        "contact-to-death",
    )
    nk.membrane("nk", _TOP, -64, _BULGE).text(12, 46, "NK cell")
    for x, y in ((150, 52), (168, 46), (184, 56), (220, 50), (240, 58), (262, 47), (292, 56)):
        nk.molecule("granule", x, y)
    says = (
        "CD16 is on nearly all NK cells of the blood; the cell cuts it off when activated.",
        "NKG2D is lowered in part by TGF-β, and T cells carry it too.",
        "NKp46 was not lowered by TGF-β in the dish.",
        "NKp30 is lowered by TGF-β and by PGE2.",
    )
    for x, name, sentence in zip(places, ("CD16", "NKG2D", "NKp46", "NKp30"), says, strict=True):
        _handle(panel, x, name, sentence)

    bridges = panel.element(
        "engagers",
        "Engagers",
        "Each engager holds the tumour cell with one end and the NK cell with the other.",
        "engager-idea",
    )
    for x in places:
        bridges.molecule("engager", x, 122, 90)

    release = panel.element(
        "degranulation",
        "Degranulation and death",
        "Granules pass into the tumour cell, which dies.",
        "contact-to-death",
    )
    release.arrow("moves", (160, 106), (160, 180))
    for x, y in ((152, 112), (168, 118), (152, 128), (168, 136)):
        release.molecule("granule", x, y)
    release.text(160, 196, "granules kill the cell", align="center")


def _against_it(panel: Panel) -> None:
    tgf = panel.element(
        "tgf-beta",
        "TGF-β and the receptors",
        "Transforming growth factor beta lowers NKp30 and in part NKG2D, but not NKp46.",
        "three-injuries",
    )
    tgf.text(2, 44, "TGF-β lowers")
    for x, y, angle in ((14, 80, 20), (32, 94, 80), (14, 108, 140)):
        tgf.molecule("tgf-beta", x, y, angle)
    tgf.arrow("inhibits", (50, 94), (88, 94)).cell("nk", 118, 94, 20)
    tgf.text(2, 138, "NKp30, part of NKG2D,").text(2, 153, "not NKp46")

    shed = panel.element(
        "shed-ligands",
        "Shed ligands",
        "Tumour cells shed the ligands MICA and MICB, not the receptors of NK cells.",
        "who-sheds-what",
    )
    shed.text(178, 44, "tumour cells shed")
    shed.cell("tumour", 202, 94, 19).around("ligand", 202, 94, 18, (-65, 70))
    shed.molecule("enzyme", 235, 94, 180)
    for x, y, angle in ((254, 72, 160), (272, 92, 200), (256, 114, 230), (290, 106, 170)):
        shed.molecule("fragment", x, y, angle)
    shed.text(178, 138, "ligands: MICA, MICB")

    cut = panel.element(
        "cd16-cut",
        "CD16, cut off by its own cell",
        "ADAM17 of the NK cell itself cuts CD16 off, which may help it to move on.",
        "who-sheds-what",
    )
    cut.text(2, 190, "NK cells shed")
    cut.cell("nk", 38, 236, 20).around("receptor", 38, 236, 19, (-70, 75))
    cut.molecule("enzyme", 70, 236, 180)
    for x, y, angle in ((88, 214, -30), (102, 236, 20), (88, 256, 50)):
        cut.molecule("shed-receptor", x, y, angle)
    cut.text(2, 280, "CD16, by their ADAM17")

    conversion = panel.element(
        "ilc1",
        "Conversion to ILC1 (disputed)",
        "TGF-β turned NK cells into ILC1 in mice; whether ILC1 harm or help is disputed.",
        "ilc1-controversy",
    )
    conversion.text(178, 190, "conversion to ILC1?")
    conversion.cell("nk", 196, 236, 18).cell("ilc1", 290, 236, 20)
    conversion.around("receptor", 290, 236, 21, (-45, 0, 45))
    conversion.arrow("moves", (219, 236), (264, 236), uncertain=True)
    conversion.molecule("tgf-beta", 240, 220, 30)
    conversion.text(178, 280, "NKG2A, CD96, LAG-3?")


def _fuel_and_price(panel: Panel) -> None:
    armed = panel.element(
        "armed-engager",
        "Engager with a cytokine",
        "A variant of IL-2 on the engager puts the fuel where the engager binds.",
        "extra-fuel",
    )
    armed.text(2, 44, "on the engager: fuel where it is needed")
    armed.cell("tumour", 30, 100, 19).around("antigen", 30, 100, 18, (0,))
    armed.molecule("engager-fuelled", 76, 100, 180)
    armed.cell("nk", 121, 100, 22).around("receptor", 121, 100, 21, (180,))

    growth = panel.element(
        "growth",
        "More NK cells",
        "IL-2 and IL-15 make NK cells multiply and keep them active.",
        "living-on-supply",
    )
    growth.arrow("activates", (148, 100), (196, 100))
    for x, y in ((222, 84), (256, 84), (290, 84), (239, 116), (273, 116)):
        growth.cell("nk", x, y, 14)
    growth.text(256, 144, "more NK cells", align="center")

    systemic = panel.element(
        "whole-body",
        "Cytokine in the whole body",
        "Given to the whole body, IL-2 and IL-15 reach the limit of toxicity.",
        "extra-fuel",
    )
    systemic.text(2, 176, "in the whole body: a price").vessel(0, 320, 216, 50)
    for i in range(7):
        systemic.molecule("cytokine", 20 + 24 * i, 208 + 14 * (i % 2))
    systemic.arrow("activates", (182, 216), (222, 216)).cell("treg", 250, 216, 14)
    systemic.text(250, 254, "IL-2 feeds Treg too", align="center")

    price = panel.element(
        "price",
        "The price",
        "On high-dose IL-2, 6 of 270 patients with melanoma died of the treatment.",
        "extra-fuel",
    )
    price.molecule("warning", 14, 274).text(34, 266, "high-dose IL-2:")
    price.text(34, 281, "6 of 270 patients died")


def _where_and_with_whom(panel: Panel) -> None:
    mask = panel.element(
        "mask",
        "Masked engager (no clinical result found)",
        "Enzymes of the tumour would take the mask off, so that the engager works only there.",
        "extra-fuel",
    )
    mask.text(2, 44, "masked")
    mask.molecule("engager-masked", 26, 84, 0).molecule("enzyme", 74, 66, 90)
    mask.arrow("moves", (54, 84), (94, 84), uncertain=True).molecule("engager", 120, 84, 0)
    mask.text(2, 118, "unmasked in the tumour")

    local = panel.element(
        "local",
        "Local delivery (no clinical result found)",
        "An engager given into the tumour would spare the rest of the body.",
        "extra-fuel",
    )
    local.text(178, 44, "local")
    for x, y in ((290, 70), (296, 96), (270, 96)):
        local.cell("tumour", x, y, 13)
    local.molecule("engager", 198, 84, 0).arrow("moves", (220, 84), (252, 84), uncertain=True)
    local.text(178, 118, "into the tumour")

    donor = panel.element(
        "donor-cells",
        "Pre-activated donor NK cells",
        "NK cells from a donor are activated, multiplied and loaded with the engager beforehand.",
        "engager-with-cells",
    )
    donor.text(2, 156, "with activated NK cells from a donor")
    donor.organ("bag", 24, 206, 36, 64).arrow("moves", (50, 206), (80, 206))
    donor.cell("nk", 112, 206, 22).around("receptor", 112, 206, 21, (0,))
    donor.molecule("engager", 157, 206, 0)
    donor.cell("tumour", 203, 206, 19).around("antigen", 203, 206, 18, (180,))
    donor.arrow("moves", (228, 206), (256, 206)).cell("dying", 284, 206, 15)

    proof = panel.element(
        "afm13",
        "AFM13 alone and with donor NK cells",
        "3 of 26 patients responded to AFM13 alone, and 39 of 42 to AFM13 with donor NK cells.",
        "engager-with-cells",
    )
    proof.text(2, 260, "patients who responded (lymphoma):")
    left, full = 84.0, 150.0
    for y, label, share, count in ((282, "alone", 3 / 26, "3 of 26"),
                                   (302, "with cells", 39 / 42, "39 of 42")):  # fmt: skip
        right = left + full * share
        bar = [(left, y - 7), (right, y - 7), (right, y + 7), (left, y + 7)]
        proof.area(bar, "nk").line([*bar, bar[0]])
        proof.line([(left, y - 9), (left, y + 9)], 1.6)
        proof.text(left - 6, y, label, align="right").text(right + 6, y, count)


def figure_3(links: Mapping[str, str] = BOOK_LINKS) -> Schematic:
    """Return the review's Figure 3, drawn anew: engagers and cytokines against the barriers.

    Parameters
    ----------
    links : mapping, optional
        Where the link keys of the elements lead; by default to the chapters of the book.

    Returns
    -------
    Schematic
        Four panels: forced contact, what works against it, fuel and its price, place and partner.
    """
    panels = [
        Panel("a", "An engager forces contact",
              "Each engager ties a receptor of the NK cell to an antigen of the tumour cell.", 296),
        Panel("b", "What works against it",
              "Receptors are lowered or cut off, ligands are shed, cells may change type.", 296),
        Panel("c", "Fuel, and its price",
              "A cytokine on the engager feeds the NK cell; in the whole body it is toxic.", 314),
        Panel("d", "Where, and with whose cells",
              "Masks and local delivery are ideas; donor NK cells have results in patients.", 314),
    ]  # fmt: skip
    draws = (_forced_contact, _against_it, _fuel_and_price, _where_and_with_whom)
    for panel, draw in zip(panels, draws, strict=True):
        draw(panel)
    return Schematic(
        id="figure-3",
        title="Engagers and cytokines against the barriers of the tumour",
        alt=FIGURE_3_ALT,
        caption=FIGURE_3_CAPTION,
        panels=panels,
        links=links,
    )


# ------------------------------------------------------------------------------ Figure 4


FIGURE_4_ALT = (
    "Four panels. In six steps an engager binds an antigen of a tumour cell, is gripped by "
    "receptors of an NK cell, several bridges form, granules are released, and the tumour cell "
    "dies while the NK cell moves on. Fuel on the engager makes the NK cell divide by way of mTOR, "
    "a line that TGF-β cuts. Four constraints follow: lowered receptors, CD16 that the NK cell "
    "cuts off, a disputed change into ILC1, and too much drug, which leaves no bridges. Of the "
    "answers, donor NK cells have results in patients; TGF-β blockade failed in a phase 3 trial."
)

FIGURE_4_CAPTION = (
    "How an engager overcomes the barriers of the tumour, and where it stops. "
    "(a) From antigen to death in six steps. CD16 is cut off by the NK cell itself, and cells that "
    "shed it moved on to further targets {cite:p}`Romee2013,Srpan2018`. "
    "(b) Fuel: a variant of IL-2 is built to pass over the receptor's α chain "
    "{cite:p}`Demaria2022`, by which natural IL-2 also drives regulatory T cells "
    "{cite:p}`Ahmadzadeh2006`; TGF-β stops the signal of IL-15 before mTOR {cite:p}`Viel2016`. "
    "That it stops that of IL-2 as well is our inference, and dashed. "
    "(c) Constraints: transforming growth factor beta (TGF-β) lowers NKp30 and in part NKG2D, not "
    "NKp46 {cite:p}`Castriconi2003`; the change into ILC1 {cite:p}`Gao2017` is dashed, since "
    "others found ILC1 that kill {cite:p}`Dadi2016,Kansler2022`; too much of any bridging drug "
    "leaves no bridges {cite:p}`Douglass2013`. "
    "(d) Answers: a third end that holds NKp46 {cite:p}`Gauthier2019`; TGF-β blockade with or "
    "without PD-L1, which helped mice {cite:p}`Kment2024` and failed in phase 3 {cite:p}`Cho2023`; "
    "local or masked engagers, without a clinical result that we found; donor NK cells "
    "{cite:p}`Nieto2025`. "
    "Changed from the original: TGF-β carries its right name, the NK cell and not the tumour sheds "
    "CD16, NKp46 is spared, conversion is in dispute, the hook effect is added, and the failed "
    "trial is shown."
)


def _step(panel: Panel, number: int, key: str, name: str, says: str, link: str) -> Element:
    """Begin one of the six steps of Figure 4a: an element with its number and name."""
    x, y = 4 + 108 * ((number - 1) % 3), 44 + 148 * ((number - 1) // 3)
    step = panel.element(key, name.capitalize(), says, link)
    return step.number(x + 8, y, number).text(x + 22, y, name)


def _six_steps(panel: Panel) -> None:
    antigen = _step(
        panel, 1, "antigen", "antigen",
        "An antigen is a molecule of the tumour cell that the engager is built to bind.",
        "engager-idea",
    )  # fmt: skip
    antigen.cell("tumour", 50, 157, 17).around("antigen", 50, 157, 16, (-125, -90, -55))

    engager = _step(
        panel, 2, "engager", "engager",
        "One end of the engager binds the antigen.",
        "engager-idea",
    )  # fmt: skip
    engager.cell("tumour", 158, 157, 17).around("antigen", 158, 157, 16, (-90,))
    engager.molecule("engager", 158, 115, 90)

    receptor = _step(
        panel, 3, "receptor", "receptor",
        "The other end grips an activating receptor, such as CD16 or NKp46.",
        "which-handle",
    )  # fmt: skip
    receptor.cell("nk", 266, 76, 17).cell("tumour", 266, 157, 17)
    receptor.around("receptor", 266, 76, 16, (90,)).around("antigen", 266, 157, 16, (-90,))
    receptor.molecule("engager", 266, 115, 90)

    _last_steps(panel)


def _bridges(element: Element, x: float, y: float) -> None:
    """Draw an NK cell above a tumour cell, with three engagers between them."""
    element.cell("nk", x, y, 24).cell("tumour", x, y + 99, 24)
    for dx, sink in ((-14, 4.5), (0, 0.0), (14, 4.5)):
        element.molecule("antigen", x + dx, y + 73.5 + sink * 0.6, -90)
        element.molecule("receptor", x + dx, y + 23 - sink, 90)
        element.molecule("engager", x + dx, y + 48, 90)


def _last_steps(panel: Panel) -> None:
    crosslink = _step(
        panel, 4, "cross-linking", "cross-link",
        "Several bridges pull receptors together, and that triggers the NK cell.",
        "engager-idea",
    )  # fmt: skip
    _bridges(crosslink, 50, 232)

    release = _step(
        panel, 5, "degranulation", "granules",
        "The NK cell empties its granules, with perforin and granzymes, into the cleft.",
        "contact-to-death",
    )  # fmt: skip
    release.cell("nk", 158, 232, 24).cell("tumour", 158, 330, 24)
    release.arrow("moves", (158, 260), (158, 302))
    for x, y in ((146, 264), (170, 264), (149, 277), (168, 278), (147, 291), (169, 292)):
        release.molecule("granule", x, y)

    death = _step(
        panel, 6, "death", "death",
        "The tumour cell dies, and the NK cell lets go, sheds CD16 and may move on.",
        "who-sheds-what",
    )  # fmt: skip
    death.cell("nk", 254, 232, 24).arrow("moves", (283, 232), (314, 232))
    death.molecule("shed-receptor", 246, 272, 70).molecule("shed-receptor", 268, 278, 120)
    death.cell("dying", 258, 328, 22)


def _extra_fuel(panel: Panel) -> None:
    fuel = panel.element(
        "fuelled-engager",
        "Engager with a cytokine",
        "The engager carries a variant of IL-2 that feeds the NK cell which it holds.",
        "extra-fuel",
    )
    fuel.text(2, 44, "engager with IL-2 variant")
    fuel.cell("tumour", 28, 94, 18).around("antigen", 28, 94, 17, (0,))
    fuel.molecule("engager-fuelled", 73, 94, 180)
    fuel.cell("nk", 118, 94, 22).around("receptor", 118, 94, 21, (180,))

    growth = panel.element(
        "growth",
        "Division and fitness",
        "By way of mTOR the cytokine makes the NK cell divide and use nutrients.",
        "three-injuries",
    )
    growth.arrow("activates", (145, 94), (178, 94))
    growth.line([(184, 80), (232, 80), (232, 108), (184, 108), (184, 80)], 1.4)
    growth.text(208, 94, "mTOR", align="center").arrow("activates", (237, 94), (264, 94))
    growth.cell("nk", 288, 78, 15).cell("nk", 298, 110, 15).text(318, 142, "divides", align="right")

    block = panel.element(
        "tgf-block",
        "TGF-β cuts the fuel line",
        "TGF-β stops the signal of IL-15 before mTOR, so that more fuel may not help.",
        "three-injuries",
    )
    block.arrow("inhibits", (161, 150), (161, 104), uncertain=True)
    for x, y, angle in ((150, 164, 20), (168, 168, 80), (184, 161, 140)):
        block.molecule("tgf-beta", x, y, angle)
    block.text(161, 188, "TGF-β cuts the line", align="center")

    bystander = panel.element(
        "treg",
        "Regulatory T cell",
        "Natural IL-2 also feeds regulatory T cells; the variant is built to pass them by.",
        "extra-fuel",
    )
    bystander.text(2, 226, "natural IL-2:").text(2, 241, "also feeds Treg")
    bystander.molecule("cytokine", 20, 278).molecule("cytokine", 34, 286)
    bystander.arrow("activates", (46, 282), (82, 282)).cell("treg", 108, 282, 15)

    price = panel.element(
        "toxicity",
        "Toxicity",
        "Given to the whole body, IL-2 and IL-15 reach the limit of toxicity.",
        "extra-fuel",
    )
    price.text(178, 226, "in the whole body:").text(178, 241, "toxicity sets the dose")
    price.molecule("cytokine", 206, 278).molecule("cytokine", 220, 286)
    price.arrow("moves", (232, 282), (262, 282)).molecule("warning", 284, 284)


def _constraints(panel: Panel) -> None:
    tgf = panel.element(
        "tgf-beta",
        "TGF-β and the receptors",
        "Transforming growth factor beta lowers NKp30 and in part NKG2D, but not NKp46.",
        "three-injuries",
    )
    tgf.text(2, 44, "TGF-β lowers NKp30")
    for x, y, angle in ((14, 82, 20), (30, 96, 80), (14, 110, 140)):
        tgf.molecule("tgf-beta", x, y, angle)
    tgf.arrow("inhibits", (48, 96), (84, 96)).cell("nk", 112, 96, 20)
    tgf.text(2, 138, "and NKG2D in part")

    cut = panel.element(
        "cd16-cut",
        "CD16, cut off by its own cell",
        "ADAM17 of the NK cell itself cuts CD16 off, and an engager on CD16 loses its hold.",
        "who-sheds-what",
    )
    cut.text(178, 44, "NK cells shed CD16")
    cut.cell("nk", 208, 96, 20).around("receptor", 208, 96, 19, (-70, 75))
    cut.molecule("enzyme", 240, 96, 180)
    cut.molecule("shed-receptor", 262, 78, -20).molecule("engager", 281, 72, -20)
    cut.molecule("shed-receptor", 266, 112, 40)
    cut.text(178, 138, "by their own ADAM17")

    conversion = panel.element(
        "ilc1",
        "Conversion to ILC1 (disputed)",
        "TGF-β turned NK cells into ILC1 in mice; whether ILC1 harm or help is disputed.",
        "ilc1-controversy",
    )
    conversion.text(2, 179, "conversion to ILC1?")
    conversion.cell("nk", 24, 236, 18).cell("ilc1", 116, 236, 20)
    conversion.arrow("moves", (46, 236), (90, 236), uncertain=True)
    conversion.molecule("tgf-beta", 68, 220, 30).text(2, 288, "harm or help?")

    hook = panel.element(
        "hook",
        "Too much drug: the hook effect",
        "With too much drug every receptor and every antigen holds an engager of its own.",
        "hook-effect",
    )
    hook.text(178, 179, "too much drug:")
    hook.cell("nk", 192, 236, 15).cell("tumour", 306, 236, 13)
    for angle in (-52, 0, 52):
        hook.around("receptor", 192, 236, 14, (angle,))
        hook.molecule("engager", *_at(192, 236, angle, 36), angle)
        hook.around("antigen", 306, 236, 12, (180 - angle,))
        hook.molecule("engager", *_at(306, 236, 180 - angle, 37), -angle)
    hook.text(178, 288, "ends full, no bridge")


def _remedies(panel: Panel) -> None:
    three = panel.element(
        "three-ends",
        "A third end",
        "An engager that holds NKp46 as well as CD16 keeps its grip when one of them is lost.",
        "which-handle",
    )
    three.text(2, 44, "a third end: NKp46")
    three.cell("nk", 22, 96, 19).around("receptor", 22, 96, 18, (-26, 26))
    three.molecule("engager-three", 60, 96, 0)
    three.around("antigen", 105, 96, 18, (180,)).cell("tumour", 105, 96, 18)
    three.text(2, 138, "controlled tumours", "in mice")

    trap = panel.element(
        "tgf-blockade",
        "TGF-β blockade, with or without PD-L1",
        "Trapping TGF-β and blocking PD-L1 helped mice and failed in a phase 3 trial.",
        "blockade",
    )
    trap.text(178, 44, "TGF-β blockade").molecule("antibody", 190, 96, 0)
    trap.molecule("tgf-beta", 212, 96, 90).arrow("inhibits", (226, 96), (262, 96), uncertain=True)
    trap.cell("nk", 288, 96, 19).text(178, 138, "± PD-L1: helped mice,", "failed in phase 3")

    local = panel.element(
        "local",
        "Local or masked engagers (no clinical result found)",
        "Given into the tumour, or unmasked only there, an engager would spare the body.",
        "extra-fuel",
    )
    local.text(2, 194, "local or masked").cell("tumour", 116, 226, 13).cell("tumour", 128, 251, 13)
    local.molecule("engager", 22, 226, 0).molecule("engager-masked", 22, 250, 0)
    local.arrow("moves", (48, 238), (94, 238), uncertain=True).text(2, 292, "no trial result found")

    donor = panel.element(
        "donor-cells",
        "Donor NK cells",
        "39 of 42 patients responded to donor NK cells loaded with AFM13; nobody was a control.",
        "engager-with-cells",
    )
    donor.text(178, 194, "donor NK cells").organ("bag", 194, 240, 30, 54)
    donor.arrow("moves", (216, 240), (242, 240)).cell("nk", 264, 240, 17)
    donor.around("receptor", 264, 240, 16, (0,)).molecule("engager", 303, 240, 0)
    donor.text(178, 292, "39 of 42 responded")


def figure_4(links: Mapping[str, str] = BOOK_LINKS) -> Schematic:
    """Return the review's Figure 4, drawn anew: how an engager works, and where it stops.

    Parameters
    ----------
    links : mapping, optional
        Where the link keys of the elements lead; by default to the chapters of the book.

    Returns
    -------
    Schematic
        Four panels: six steps, extra fuel, constraints, answers.
    """
    panels = [
        Panel("a", "From antigen to death",
              "Six steps lead from an antigen to a dead tumour cell and an NK cell that is free "
              "again.", 360),
        Panel("b", "Extra fuel",
              "A cytokine on the engager makes the NK cell divide, unless TGF-β cuts the line.",
              306),
        Panel("c", "Constraints",
              "Four things limit an engager, one of them too much of it.", 306),
        Panel("d", "Answers",
              "Donor NK cells did well in a trial without controls; TGF-β blockade failed.", 306),
    ]  # fmt: skip
    for panel, draw in zip(panels, (_six_steps, _extra_fuel, _constraints, _remedies), strict=True):
        draw(panel)
    return Schematic(
        id="figure-4",
        title="How an engager overcomes the barriers of the tumour",
        alt=FIGURE_4_ALT,
        caption=FIGURE_4_CAPTION,
        panels=panels,
        links=links,
    )
