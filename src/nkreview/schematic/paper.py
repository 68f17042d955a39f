"""A schematic on paper: where panels and key stand on a page, and its pictures."""

from __future__ import annotations

import io
import math
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

from nkreview.living.picture import with_palette
from nkreview.living.style import style
from nkreview.schematic.elements import PANEL_WIDTH
from nkreview.schematic.painting import axes, paint
from nkreview.schematic.panels import KEY_ICON, Panel, Sign
from nkreview.schematic.shapes import Words

#: Width on paper, in millimetres, by how many panels stand side by side.
PAPER_WIDTHS = {1: 89.0, 2: 183.0}
MARGIN, GAP = 14.0, 28.0
KEY_WIDTH, KEY_PITCH = 174, 28.0


class Page(NamedTuple):
    """Where things stand on a page: panels and signs with x and y, and the page's size."""

    panels: list[tuple[Panel, float, float]]
    signs: list[tuple[Sign, float, float]]
    width: float  # in panel units, as the places and the height
    height: float
    millimetres: float

    @property
    def scale(self) -> float:
        """How many points a panel unit has."""
        return self.millimetres / 25.4 * 72 / self.width


def lay_out(panels: list[Panel], key: list[Sign], columns: int) -> Page:
    """Lay panels out from left to right, and the key below them from top to bottom."""
    columns = min(columns, len(panels))
    placed: list[tuple[Panel, float, float]] = []
    y = MARGIN
    for i in range(0, len(panels), columns):
        row = panels[i : i + columns]
        placed += [(panel, MARGIN + j * (PANEL_WIDTH + GAP), y) for j, panel in enumerate(row)]
        y += max(panel.height for panel in row) + GAP
    width = max(x + panel.width for panel, x, _ in placed) + MARGIN
    abreast = max(1, int(width // KEY_WIDTH))
    rows = math.ceil(len(key) / abreast)
    pitch = (width - 2 * MARGIN) / abreast
    signs = [
        (sign, MARGIN + i // rows * pitch, y + i % rows * KEY_PITCH) for i, sign in enumerate(key)
    ]
    return Page(placed, signs, width, y + rows * KEY_PITCH + MARGIN, PAPER_WIDTHS[columns])


def sign_words(sign: Sign) -> Words:
    """Return what stands beside the icon of a sign."""
    return Words(KEY_ICON[0] + 6, KEY_ICON[1] / 2, sign.name, size=11)


def still(page: Page) -> Figure:
    """Draw a page on one matplotlib figure, as wide as on paper."""
    scale = page.scale
    size = (page.width * scale / 72, page.height * scale / 72)
    with style():
        figure = Figure(figsize=size, facecolor="white")
        for panel, x, y in page.panels:
            ax = axes(figure, x, y, panel.width, panel.height, scale)
            paint(ax, panel.title_words(), scale)
            for element in panel.elements:
                paint(ax, element.marks, scale)
        for sign, x, y in page.signs:
            ax = axes(figure, x, y, KEY_WIDTH, KEY_ICON[1], scale)
            paint(ax, [*sign.marks, sign_words(sign)], scale)
    return figure


def png(page: Page, dpi: int) -> bytes:
    """Return a page as a PNG on white; the same bytes every time."""
    figure, buffer = still(page), io.BytesIO()
    with style():
        figure.savefig(buffer, format="png", dpi=dpi)
    return with_palette(buffer.getvalue())


def pdf(page: Page) -> bytes:
    """Return a page as a PDF whose text can be selected; the same bytes every time."""
    figure, buffer = still(page), io.BytesIO()
    with style(), mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(buffer, format="pdf", metadata={"CreationDate": None})
    return buffer.getvalue()
