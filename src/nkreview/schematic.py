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
from xml.etree import ElementTree

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from nkreview.shapes import (
    ARROWS,
    CELLS,
    COLOURS,
    FONT_SIZE,
    INK,
    KEY_PLACE,
    MOLECULES,
    ORGANS,
    Mark,
    Point,
    SchematicError,
    Words,
    arrow_head,
    circle,
    pick,
    polar,
    polygon,
)

PAPER_INK = "#1b1b1b"
HEADING_SIZE = 13.5
PANEL_WIDTH = 320
MOST_ELEMENTS = 14

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
        draw, natural, _ = pick(CELLS, kind, "cell")
        return self._add(draw(x, y, r or natural), kind)

    def organ(self, kind: str, x: float, y: float, width: float, height: float) -> Element:
        """Draw an organ's outline around (x, y)."""
        return self._add(pick(ORGANS, kind, "organ")(x, y, width, height))

    def molecule(self, kind: str, x: float, y: float, angle: float = 0.0) -> Element:
        """Draw a molecule of ``MOLECULES`` at (x, y), pointing at ``angle`` degrees."""
        draw, _ = pick(MOLECULES, kind, "molecule")
        return self._add(draw(x, y, angle), kind)

    def around(self, kind: str, x: float, y: float, r: float, angles: Iterable[float]) -> Element:
        """Set molecules on a cell's membrane, pointing outwards."""
        for angle in angles:
            self.molecule(kind, *polar(x, y, angle, r), angle)
        return self

    def vessel(self, left: float, right: float, y: float, height: float) -> Element:
        """Draw a stretch of a blood vessel: a tinted band between two walls."""
        top, bottom = y - height / 2, y + height / 2
        band = polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
        walls = [polygon([(left, wall), (right, wall)], closed=False) for wall in (top, bottom)]
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
        fill, dark = pick(COLOURS, role, "role")
        return self._add(
            [
                Mark(inside, fill=fill, fill_alpha=0.3),
                Mark(Path(edge, curve), edge=dark, width=4.4),
                Mark(Path(edge, curve), edge=fill, width=2.8),
            ]
        )

    def number(self, x: float, y: float, number: int) -> Element:
        """Write a number in a ring, by which one panel can point to another."""
        disc = Mark(circle(x, y, 9.5), edge=INK, width=1.4)
        return self._add([disc, Words(x, y, str(number), bold=True, align="center")])

    def area(self, points: Iterable[Point], role: str) -> Element:
        """Fill an outline with a tint of a role's colour."""
        fill, _ = pick(COLOURS, role, "role")
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
                key.append((kind, name, draw(15, 12, 7 if kind == "platelet" else 10)))
        for kind, (draw, name) in MOLECULES.items():
            if kind in used:
                key.append((kind, name, draw(*KEY_PLACE.get(kind, (12.0, 12.0)), 0.0)))
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
        panel = pick(panels, letter, "panel")
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
