"""Schematic figures: panels of named elements, as HTML, SVG, PNG or PDF.

A schematic is a row of panels, a panel is a list of named elements, and an element is a few
words of the vocabulary in :mod:`nkreview.shapes`.

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
from typing import NamedTuple
from xml.etree import ElementTree

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from nkreview.living.style import INK
from nkreview.schematic.shapes import (
    ARROWS,
    CELLS,
    FONT_SIZE,
    KEY_PLACE,
    MOLECULES,
    ORGANS,
    TINTS,
    Mark,
    Point,
    SchematicError,
    Words,
    arrow_head,
    circle,
    ellipse,
    enlarged,
    pick,
    polar,
    polygon,
    ring,
    smooth,
)

PAPER_INK = "#1b1b1b"
HEADING_SIZE = 13.5
PANEL_WIDTH = 320
MOST_ELEMENTS = 14
MOST_NUMBERS = 8
KEY_ICON = (34, 28)  # width and height
KEY_PITCH = 28.0

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nkreview",
    "font.family": "DejaVu Sans",
    "path.simplify": False,
}

HINT = "Each part is a link: point at it, tap it or reach it with Tab to read what it shows."

#: Width on paper, in millimetres, by how many panels stand side by side.
PAPER_WIDTHS = {1: 89.0, 2: 183.0}


def _style_sheet() -> str:
    """Return the style sheet: the static one, and what is the same for each part or number."""
    static = FilePath(__file__).parent / "static" / "schematic.css"
    notes = ",".join(
        f".nk-panel:has(.nk-e{n}:hover) .nk-notes .nk-n{n},"
        # The pointer comes before the focus.
        f".nk-panel:not(:has(svg a:hover)):has(.nk-e{n}:is(:focus-visible,[data-told]))"
        f" .nk-notes .nk-n{n}"
        for n in range(1, MOST_ELEMENTS + 1)
    )
    chosen = ":is(:hover,:focus-visible,[data-told])"
    same = ",".join(
        f'.nk-schematic:has([data-numbers~="{n}"]{chosen}) [data-numbers~="{n}"]'
        for n in range(1, MOST_NUMBERS + 1)
    )
    return (
        f"{static.read_text(encoding='utf-8')}{notes}{{visibility:visible}}\n"
        f".nk-schematic:has([data-numbers]{chosen}) [data-numbers]{{opacity:.25}}\n"
        f"{same}{{opacity:1}}\n"
    )


_CITE = re.compile(r"\{cite:p\}`([^`]+)`")
_ACCENTED = {"Bottcher": "Böttcher"}  # citation keys are plain ASCII


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
    numbers: list[int] = field(default_factory=list)

    def _add(self, marks: Iterable[Mark | Words], word: str | None = None) -> Element:
        self.marks.extend(marks)
        if word:
            self.used.append(word)
        return self

    def cell(self, kind: str, x: float, y: float, r: float | None = None) -> Element:
        """Draw a cell of ``CELLS`` with its centre at (x, y)."""
        draw, natural, _ = pick(CELLS, kind, "cell")
        return self._add(draw(x, y, r or natural), kind)

    def organ(self, kind: str, x: float, y: float, width: float, height: float) -> Element:
        """Draw an organ's outline around (x, y)."""
        return self._add(pick(ORGANS, kind, "organ")(x, y, width, height))

    def molecule(
        self, kind: str, x: float, y: float, angle: float = 0.0, size: float = 1.0
    ) -> Element:
        """Draw a molecule of ``MOLECULES`` at (x, y), pointing at ``angle`` degrees."""
        draw, _ = pick(MOLECULES, kind, "molecule")
        return self._add(enlarged(draw(x, y, angle), x, y, size), kind)

    def around(self, kind: str, x: float, y: float, r: float, angles: Iterable[float]) -> Element:
        """Set molecules on a cell's membrane, pointing outwards."""
        for angle in angles:
            self.molecule(kind, *polar(x, y, angle, r), angle)
        return self

    def box(self) -> Bbox:
        """Return the box around the marks, with a guess at how wide the text is."""
        return Bbox.union([mark.box() for mark in self.marks])

    def vessel(self, left: float, right: float, y: float, height: float) -> Element:
        """Draw a stretch of a blood vessel: a tinted band between two walls."""
        top, bottom = y - height / 2, y + height / 2
        band = polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
        walls = [polygon([(left, wall), (right, wall)], closed=False) for wall in (top, bottom)]
        grey = TINTS["lung"][0]
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
        fill, dark = pick(TINTS, role, "role")
        return self._add(
            [
                Mark(inside, fill=fill, fill_alpha=0.3),
                Mark(Path(edge, curve), edge=dark, width=4.4),
                Mark(Path(edge, curve), edge=fill, width=2.8),
            ]
        )

    def number(self, x: float, y: float, number: int, uncertain: bool = False) -> Element:
        """Write a number in a ring, by which one panel can point to another."""
        disc = Mark(circle(x, y, 9.5), edge=INK, width=1.4, dashed=uncertain)
        self.numbers.append(number)
        words = Words(x, y, str(number), bold=True, align="center")
        return self._add([disc, words], "uncertain" if uncertain else None)

    def dot(self, x: float, y: float) -> Element:
        """Draw a small dot: here is nothing."""
        return self._add([Mark(circle(x, y, 1.3), fill=INK, fill_alpha=0.55)])

    def nucleus(self, role: str, x: float, y: float, rx: float, ry: float) -> Element:
        """Draw the nucleus of a large cell."""
        fill, dark = pick(TINTS, role, "role")
        radii = (1.06, 0.94, 1.0, 0.95, 1.05, 0.97)
        outline = [(x + rx * u, y + ry * v) for u, v in ring(0, 0, radii)]
        spot = ellipse(x + 0.3 * rx, y - 0.1 * ry, 0.13 * rx, 0.2 * ry)
        return self._add([Mark(smooth(outline), fill=dark, fill_alpha=0.55), Mark(spot, fill=fill)])

    def area(self, points: Iterable[Point], role: str) -> Element:
        """Fill an outline with a tint of a role's colour."""
        fill, _ = pick(TINTS, role, "role")
        return self._add([Mark(polygon(points), fill=fill, fill_alpha=0.3)])

    def line(self, points: Iterable[Point], width: float = 1.2, uncertain: bool = False) -> Element:
        """Draw a plain line, dashed when ``uncertain``."""
        path = polygon(points, closed=False)
        return self._add([Mark(path, edge=INK, width=width, dashed=uncertain)])

    def arrow(
        self, kind: str, start: Point, end: Point, bend: float = 0.0, uncertain: bool = False
    ) -> Element:
        """Draw an arrow of ``ARROWS``; ``bend`` bows it to one side, ``uncertain`` dashes it."""
        pick(ARROWS, kind, "arrow")
        dx, dy = end[0] - start[0], end[1] - start[1]
        control = ((start[0] + end[0]) / 2 - bend * dy, (start[1] + end[1]) / 2 + bend * dx)
        path = Path([start, control, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        shaft = Mark(path, edge=INK, width=1.6, dashed=uncertain)
        self._add([shaft, *arrow_head(kind, end, start, control)], kind)
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


def _artist(mark: Mark | Words, ax: Axes, ink: str, scale: float = 1.0) -> Artist:
    """Turn a mark into a matplotlib artist on ``ax``, with ``ink`` for the text colour."""

    def paint(colour: str | None) -> str:
        return "none" if colour is None else ink if colour == INK else colour

    if isinstance(mark, Words):
        artist: Artist = Text(
            mark.x,
            mark.y,
            mark.text,
            fontsize=mark.size * scale,
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
            linewidth=mark.width * scale if mark.edge else 0,
            linestyle=(0, (4, 3)) if mark.dashed else "solid",
            capstyle="butt" if mark.dashed else "round",
            joinstyle="round",
        )
    artist.set_figure(ax.figure)
    artist.axes = ax
    artist.set_transform(ax.transData)
    artist.set_clip_on(False)
    return artist


def _axes(
    figure: Figure, x: float, y: float, width: float, height: float, scale: float = 1.0
) -> Axes:
    """Lay axes over a box given in panel units from the figure's top left corner."""
    full_w, full_h = (72 * inches / scale for inches in figure.get_size_inches())
    ax = figure.add_axes((x / full_w, 1 - (y + height) / full_h, width / full_w, height / full_h))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_axis_off()
    return ax


def _groups(panel: Panel, prefix: str) -> list[tuple[str, list[Mark | Words]]]:
    named = [(f"{prefix}-{panel.letter}-{e.id}", e.marks) for e in panel.elements]
    return [(f"{prefix}-{panel.letter}-heading", panel.title_words()), *named]


def _paint(
    ax: Axes, groups: list[tuple[str, list[Mark | Words]]], ink: str, scale: float = 1.0
) -> None:
    for gid, marks in groups:
        ax.figure.add_artist(_Group(gid, [_artist(mark, ax, ink, scale) for mark in marks]))


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


def _ground(element: Element, panel: Panel) -> str:
    """Return an invisible box behind an element that stands alone, so that a finger finds it."""
    box = element.box()
    if any(box.overlaps(other.box()) for other in panel.elements if other is not element):
        return ""
    x, y, width, height = (f"{side:.0f}" for side in box.bounds)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none"'
        ' pointer-events="all"/>'
    )


def _key_words(name: str) -> Words:
    return Words(KEY_ICON[0] + 6, KEY_ICON[1] / 2, name, size=11)


class _Places(NamedTuple):
    """Where things stand on a page: panels, items of the key, and the page's size in units."""

    panels: list[tuple[Panel, float, float]]
    key: list[tuple[str, str, list[Mark | Words], float, float]]
    width: float
    height: float
    millimetres: float


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
                pick(self.links, element.link, f"link of element {element.id!r}:")

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
                key.append((kind, name, draw(17, 14, 7 if kind == "platelet" else 10.5)))
        for kind, (draw, name) in MOLECULES.items():
            if kind in used:
                key.append((kind, name, draw(*KEY_PLACE.get(kind, (14.0, 14.0)), 0.0)))
        for kind, name in ARROWS.items():
            if kind in used:
                shown = Element("", "", "", "").arrow(kind, (3, 14), (31, 14))
                key.append((kind, name, shown.marks))
        if "uncertain" in used:
            dash = Element("", "", "", "").line([(3, 14), (31, 14)], 1.6, uncertain=True)
            key.append(("uncertain", "disputed or inferred", dash.marks))
        return key

    def _tied(self) -> bool:
        """Tell whether numbers tie elements to one another, and do not just count them."""
        numbers = [n for panel in self.panels for e in panel.elements for n in e.numbers]
        return len(numbers) > len(set(numbers))

    def _part(self, panel: Panel, n: int, shapes: str) -> str:
        """Return the n-th element of a panel as a link around its shapes."""
        element = panel.elements[n - 1]
        tied = element.numbers and self._tied()
        numbers = f' data-numbers="{" ".join(map(str, element.numbers))}"' if tied else ""
        return (
            f'<a href="{escape(self.links[element.link])}" class="nk-e{n}"{numbers}'
            f' aria-label="{escape(f"{element.name}: {element.says}")}">'
            f'<g id="{self.prefix}-{panel.letter}-{element.id}">'
            f"<title>{escape(element.says)}</title>{_ground(element, panel)}{shapes}</g></a>"
        )

    def panel_svg(self, letter: str) -> str:
        """Return one panel as an SVG element that takes its colour and font from the page."""
        panels = {p.letter: p for p in self.panels}
        panel = pick(panels, letter, "panel")
        base = f"{self.prefix}-{letter}"
        groups = _groups(panel, self.prefix)
        shapes = _svg_groups(groups, panel.width, panel.height)
        heading = f'<g id="{base}-heading">{shapes[f"{base}-heading"]}</g>'
        parts = "".join(
            self._part(panel, n, shapes[f"{base}-{element.id}"])
            for n, element in enumerate(panel.elements, start=1)
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' viewBox="0 0 {panel.width:g} {panel.height:g}" role="group"'
            f' aria-labelledby="{base}-title" aria-describedby="{base}-desc"'
            ' stroke-linejoin="round" stroke-linecap="round">'
            f'<title id="{base}-title">{escape(panel.heading)}</title>'
            f'<desc id="{base}-desc">{escape(panel.says)}</desc>{heading}{parts}</svg>'
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

    def _key_icon(self, word: str, marks: list[Mark | Words]) -> str:
        gid = f"{self.prefix}-key-{word}"
        return _svg_groups([(gid, marks)], *KEY_ICON)[gid]

    def _key_html(self) -> str:
        wide, high = KEY_ICON
        items = "".join(
            f'<li><svg viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
            f' aria-hidden="true" stroke-linecap="round">{self._key_icon(word, marks)}</svg>'
            f"{escape(name)}</li>"
            for word, name, marks in self._key()
        )
        return f'<ul class="nk-key" aria-label="Key">{items}</ul>'

    def html(self, css: bool = True, caption: bool = True) -> str:
        """Return the figure as HTML: panels as inline SVG, notes, key and caption.

        Parameters
        ----------
        css : bool
            Bring the style sheet along; switch off where the page has it already.
        caption : bool
            End with the caption; switch off where the page prints its own.
        """
        style = f"<style>{_style_sheet()}</style>" if css else ""
        panels = "".join(self._panel_html(panel) for panel in self.panels)
        words = f"<figcaption>{escape(self.plain_caption())}</figcaption>" if caption else ""
        return (
            f'{style}<figure class="nk-schematic" id="{self.prefix}"'
            f' aria-label="{escape(self.alt)}">'
            f'<div class="nk-panels">{panels}</div><p class="nk-hint">{HINT}</p>'
            f"{self._key_html()}{words}</figure>"
        )

    def _places(self, columns: int = 2) -> _Places:
        """Lay panels out from left to right, and the key below them from top to bottom."""
        gap, margin, y = 28.0, 14.0, 14.0
        columns = min(columns, len(self.panels))
        panels: list[tuple[Panel, float, float]] = []
        for i in range(0, len(self.panels), columns):
            row = self.panels[i : i + columns]
            panels += [(p, margin + j * (PANEL_WIDTH + gap), y) for j, p in enumerate(row)]
            y += max(panel.height for panel in row) + gap
        width = max(x + panel.width for panel, x, _ in panels) + margin
        key = self._key()
        abreast = max(1, int(width // 174))
        rows = math.ceil(len(key) / abreast)
        pitch = (width - 2 * margin) / abreast
        items = [(*item, margin + i // rows * pitch, y + i % rows * KEY_PITCH)
                 for i, item in enumerate(key)]  # fmt: skip
        height = y + rows * KEY_PITCH + margin
        return _Places(panels, items, width, height, PAPER_WIDTHS[columns])

    def _still(self, columns: int = 2) -> Figure:
        """Draw everything on one matplotlib figure, as wide as on paper."""
        places = self._places(columns)
        scale = places.millimetres / 25.4 * 72 / places.width
        size = (places.width * scale / 72, places.height * scale / 72)
        figure = Figure(figsize=size, facecolor="white")
        for panel, x, y in places.panels:
            ax = _axes(figure, x, y, panel.width, panel.height, scale)
            _paint(ax, _groups(panel, self.prefix), PAPER_INK, scale)
        for word, name, marks, x, y in places.key:
            ax = _axes(figure, x, y, 174, KEY_ICON[1], scale)
            words = [*marks, _key_words(name)]
            _paint(ax, [(f"{self.prefix}-key-{word}", words)], PAPER_INK, scale)
        return figure

    def png(self, dpi: int = 200, columns: int = 2) -> bytes:
        """Return the figure as a PNG on white; the same bytes every time."""
        buffer = io.BytesIO()
        with matplotlib.rc_context(_STYLE):
            self._still(columns).savefig(
                buffer,
                format="png",
                dpi=dpi,
                metadata={"Software": None},
                pil_kwargs={"optimize": True},
            )
        return buffer.getvalue()

    def savefig(self, path: str | FilePath, columns: int = 2) -> None:
        """Write the figure to a file, at the width of a journal's page or column.

        Parameters
        ----------
        path : str or Path
            The suffix (svg, png, pdf) says in which format.
        columns : int
            Two panels side by side are 183 mm wide, one above the other 89 mm.
        """
        path = FilePath(path)
        pick(PAPER_WIDTHS, columns, "number of columns")
        if path.suffix == ".svg":
            path.write_text(self._svg_file(columns), encoding="utf-8")
        elif path.suffix == ".png":
            path.write_bytes(self.png(columns=columns))
        elif path.suffix == ".pdf":
            with matplotlib.rc_context({**_STYLE, "pdf.fonttype": 42}):
                self._still(columns).savefig(path, metadata={"CreationDate": None})
        else:
            raise SchematicError(f"cannot write {path.name!r}: use the suffix .svg, .png or .pdf")

    def _svg_file(self, columns: int) -> str:
        places = self._places(columns)
        panels = "".join(
            self.panel_svg(panel.letter).replace(
                "<svg ",
                f'<svg x="{x:g}" y="{y:g}" width="{panel.width:g}" height="{panel.height:g}" ',
                1,
            )
            for panel, x, y in places.panels
        )
        key = "".join(
            f'<g transform="translate({x:.1f} {y:.1f})" stroke-linecap="round">'
            f"{self._key_icon(word, [*marks, _key_words(name)])}</g>"
            for word, name, marks, x, y in places.key
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' viewBox="0 0 {places.width:g} {places.height:g}"'
            f' width="{places.millimetres:g}mm" font-family="system-ui, sans-serif"'
            ' role="group"'
            f' aria-labelledby="{self.prefix}-title" aria-describedby="{self.prefix}-desc">'
            f'<title id="{self.prefix}-title">{escape(self.title)}</title>'
            f'<desc id="{self.prefix}-desc">{escape(self.alt)}</desc>{panels}{key}</svg>\n'
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
        return bundle, {"image/png": {"width": round(self._places().width)}}
