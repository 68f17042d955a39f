"""The molecules of the drawings, each with a point where it sits and a side that it turns."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from nkreview.living.style import INK
from nkreview.schematic.shapes import (
    Mark,
    Point,
    Words,
    circle,
    polar,
    polygon,
    polyline,
    ring,
    smooth,
)
from nkreview.schematic.tints import TINTS

MIDDLE = (17.0, 14.0)  # of an icon in the key


class Molecule(NamedTuple):
    """A kind of molecule."""

    draw: Callable[[float, float, float], list[Mark | Words]]  # x, y and angle in degrees
    name: str  # in the key
    key_place: Point = (14.0, 14.0)  # where its icon begins


def _receptor(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a Y that opens away from its cell."""
    fork = polar(x, y, angle, 6)
    arms = [polar(*fork, angle - 40, 5), fork, polar(*fork, angle + 40, 5)]
    return [Mark(polyline([(x, y), fork]), edge=INK, width=2.0),
            Mark(polyline(arms), edge=INK, width=2.0)]  # fmt: skip


def _ligand(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a knob on a stalk."""
    knob = polar(x, y, angle, 7.5)
    return [
        Mark(polyline([(x, y), knob]), edge=INK, width=1.6),
        Mark(circle(*knob, 3.0), *TINTS["signal"], width=1.0),
    ]


def _unproven(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a ligand that is inferred and not identified: dashed and empty."""
    knob = polar(x, y, angle, 11)
    return [
        Mark(polyline([(x, y), polar(x, y, angle, 7)]), edge=INK, dashed=True),
        Mark(circle(*knob, 4.2), edge=INK, dashed=True),
    ]


def _fragment(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a ligand's head that floats free with a piece of its stalk."""
    stalk = Mark(polyline([(x, y), polar(x, y, angle, 6)]), edge=INK, width=1.6)
    head = Mark(circle(x, y, 3.0), *TINTS["signal"], width=1.0)
    return [stalk, head]


def _granule(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [Mark(circle(x, y, 2.4), *TINTS["nk"], width=1.0)]


def _enzyme(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an open jaw that faces its substrate."""
    jaw = [polar(x, y, angle + a, 8) for a in range(35, 326, 15)]
    return [Mark(polygon([(x, y), *jaw]), fill=TINTS["protein"].body, edge=INK)]


def _chemokine(x: float, y: float, angle: float) -> list[Mark | Words]:
    return [Mark(polygon(ring(x, y, [3.2] * 4)), fill=TINTS["nk"].body, edge=INK, width=0.8)]


def _shed_receptor(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a receptor's head that floats free."""
    arms = [polar(x, y, angle - 40, 5), (x, y), polar(x, y, angle + 40, 5)]
    stalk = [(x, y), polar(x, y, angle + 180, 3)]
    return [Mark(polyline(p), edge=INK, width=2.0) for p in (arms, stalk)]


def _brake_ligand(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a square on a stalk: the ligand that holds an NK cell back."""
    head = polar(x, y, angle, 8)
    square = polygon(ring(*head, [4.4] * 4, math.radians(angle + 45)))
    return [
        Mark(polyline([(x, y), head]), edge=INK, width=1.6),
        Mark(square, *TINTS["suppressor"], width=1.0),
    ]


def _antigen(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw a spike on a tumour cell: what an engager or an antibody recognises."""
    base, tip = polar(x, y, angle, 3), polar(x, y, angle, 11)
    spike = [polar(*base, angle - 90, 4.5), tip, polar(*base, angle + 90, 4.5)]
    return [
        Mark(polyline([(x, y), base]), edge=INK, width=1.6),
        Mark(polygon(spike), fill=TINTS["tumour"].body, edge=INK, width=0.9),
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
    tether = Mark(polyline([(x, y), side]), edge=INK, width=1.4)
    return [tether, *_engager(x, y, angle), _drop(*side)]


def _engager_masked(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw an engager whose ends are covered."""
    fill = TINTS["protein"].body
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
        rod = polyline([(x, y), polar(x, y, angle + turn, 8)])
        marks += [Mark(rod, edge=INK, width=5.0), Mark(rod, edge=TINTS["protein"].body, width=3.2)]
    return marks[::2] + marks[1::2]


def _warning(x: float, y: float, angle: float) -> list[Mark | Words]:
    """Draw the price of a treatment: a triangle with an exclamation mark."""
    triangle = Mark(polygon([(x - 11, y + 8), (x, y - 11), (x + 11, y + 8)]), edge=INK, width=1.6)
    return [triangle, Words(x, y + 1, "!", bold=True, align="center")]


MOLECULES = {
    "receptor": Molecule(_receptor, "receptor"),
    "ligand": Molecule(_ligand, "activating ligand"),
    "unproven-ligand": Molecule(_unproven, "ligand not identified"),
    "fragment": Molecule(_fragment, "shed ligand"),
    "granule": Molecule(_granule, "cytotoxic granule", MIDDLE),
    "enzyme": Molecule(_enzyme, "protease", MIDDLE),
    "chemokine": Molecule(_chemokine, "chemokine", MIDDLE),
    "shed-receptor": Molecule(_shed_receptor, "shed receptor"),
    "brake-ligand": Molecule(_brake_ligand, "inhibitory ligand"),
    "antigen": Molecule(_antigen, "tumour antigen"),
    "engager": Molecule(_engager, "engager, two ends", MIDDLE),
    "engager-three": Molecule(_engager_three, "engager, three ends", MIDDLE),
    "engager-fuelled": Molecule(_engager_fuelled, "engager with cytokine", (17.0, 18.5)),
    "engager-masked": Molecule(_engager_masked, "masked engager", MIDDLE),
    "cytokine": Molecule(_cytokine, "cytokine", MIDDLE),
    "tgf-beta": Molecule(_tgf, "TGF-β", MIDDLE),
    "pge2": Molecule(_pge2, "PGE2", MIDDLE),
    "antibody": Molecule(_antibody, "blocking antibody", MIDDLE),
    "warning": Molecule(_warning, "toxicity", (17.0, 15.0)),
}
