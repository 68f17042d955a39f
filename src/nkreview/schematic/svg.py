"""Marks as SVG: shapes that take their ink and their font from the page."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.path import Path
from matplotlib.transforms import Bbox

from nkreview.living.style import INK
from nkreview.schematic.shapes import Mark, Words

COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
DASH_AND_GAP = (4, 3)  # a dash and a gap, in widths of the line
BASELINE = 0.38  # how far it lies below the middle of the letters, in sizes of the font


class Shape(NamedTuple):
    """One SVG element: its tag, its attributes, and its text if it has some."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


def shape(mark: Mark | Words) -> Shape:
    """Return a mark or a line of text as an SVG element."""
    return _text(mark) if isinstance(mark, Words) else _path(mark)


def ground(box: Bbox) -> Shape:
    """Return an invisible rectangle, so that a finger finds what lies on it."""
    sides = zip(("x", "y", "width", "height"), box.bounds, strict=True)
    where = {name: f"{length:.0f}" for name, length in sides}
    return Shape("rect", {**where, "fill": "none", "pointer-events": "all"})


def _text(words: Words) -> Shape:
    style = {"fill": _paint(words.colour), "font-size": f"{words.size:g}px"}
    if words.align != "left":
        style["text-anchor"] = ANCHORS[words.align]
    if words.bold:
        style["font-weight"] = "bold"
    place = {"x": _short(words.x), "y": _short(words.y + BASELINE * words.size)}
    badge = {"class": "nk-badge"} if words.badge else {}
    return Shape("text", {**badge, **place, "style": _css(style)}, words.text)


def _path(mark: Mark) -> Shape:
    style = {"fill": _paint(mark.fill)}
    if mark.fill_alpha < 1:
        style["fill-opacity"] = f"{mark.fill_alpha:g}"
    if mark.edge:
        style |= {"stroke": _paint(mark.edge), "stroke-width": f"{mark.width:g}"}
    if mark.dashed:
        style["stroke-dasharray"] = ",".join(f"{part * mark.width:g}" for part in DASH_AND_GAP)
    return Shape("path", {"d": _outline(mark.path), "style": _css(style)})


def _outline(path: Path) -> str:
    """Write a path in SVG's commands."""
    return "".join(
        "z" if code == Path.CLOSEPOLY else COMMANDS[code] + " ".join(map(_short, numbers))
        for numbers, code in path.iter_segments(simplify=False)
    )


def _paint(colour: str | None) -> str:
    """Return a colour as the page knows it: ink is the colour of the text around."""
    return "none" if colour is None else "currentColor" if colour == INK else colour.lower()


def _short(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")


def _css(style: dict[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in style.items())
