"""A schematic figure: panels side by side, and the forms in which they can be had.

In a page every panel is an SVG of its own, so that a narrow page stacks panels instead of
shrinking them.
Lines and text take the page's text colour, each element is a link with a tooltip, and a line
below the panel says what the element under the pointer or the keyboard focus is.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nkreview.living.templates import templates
from nkreview.living.widget import IN_BOOK
from nkreview.schematic.captions import plain
from nkreview.schematic.panels import KEY_ICON, MOST_ELEMENTS, Panel, Sign, signs
from nkreview.schematic.paper import PAPER_WIDTHS, Page, lay_out, pdf, png, sign_words
from nkreview.schematic.shapes import SchematicError, pick
from nkreview.schematic.svg import ground, shape

STATIC = Path(__file__).parent / "static"
MOST_NUMBERS = 8
SCREEN_DPI, PAPER_DPI = 160, 200

TEMPLATES = templates(Path(__file__).parent / "templates")
TEMPLATES.filters |= {"shape": shape, "ground": ground, "sign_words": sign_words}
TEMPLATES.filters["units"] = "{:g}".format


def style_sheet() -> str:
    """Return the style sheet of all schematics."""
    static = (STATIC / "schematic.css").read_text(encoding="utf-8")
    parts = TEMPLATES.get_template("parts.css")
    return static + parts.render(most_elements=MOST_ELEMENTS, most_numbers=MOST_NUMBERS)


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

    Raises
    ------
    SchematicError
        If an element follows a link that is not there, or lies outside its panel.

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
            panel.check()
            for element in panel.elements:
                pick(self.links, element.link, f"link of element {element.id!r}:")

    @property
    def prefix(self) -> str:
        """What every id of this figure begins with."""
        return f"nk-{self.id}"

    @property
    def tied(self) -> bool:
        """Whether numbers tie elements to one another, and do not just count them."""
        numbers = [n for panel in self.panels for e in panel.elements for n in e.numbers]
        return len(numbers) > len(set(numbers))

    def elements(self) -> dict[str, str]:
        """Return the name of every element by its id in the page."""
        return {
            f"{self.prefix}-{panel.letter}-{e.id}": e.name
            for panel in self.panels
            for e in panel.elements
        }

    def key(self) -> list[Sign]:
        """Return the words of the vocabulary that the figure uses."""
        return signs(self.panels)

    def plain_caption(self) -> str:
        """Return the caption with its citations as author and year, for use outside the book."""
        return plain(self.caption)

    def page(self, columns: int = 2) -> Page:
        """Return where everything stands on paper, with so many panels side by side."""
        pick(PAPER_WIDTHS, columns, "number of columns")
        return lay_out(self.panels, self.key(), columns)

    def html(
        self,
        css: bool = True,
        caption: bool = True,
        link_for: Callable[[str], tuple[str, str] | None] | None = None,
    ) -> str:
        """Return the figure as HTML: panels as inline SVG, notes, key and caption.

        Parameters
        ----------
        css : bool
            Bring the style sheet along; switch off where the page has it already.
        caption : bool
            End with the caption; switch off where the page prints its own.
        link_for : callable, optional
            Given a name in the key, such as ``engager, two ends``, returns the address at which
            it is explained and a sentence for the tooltip, or None.

        Returns
        -------
        str
            A ``<figure>``, before it a ``<style>`` if asked for.
        """
        return TEMPLATES.get_template("schematic.html").render(
            drawing=self,
            key=[(sign, link_for(sign.name) if link_for else None) for sign in self.key()],
            icon=KEY_ICON,
            style_sheet=style_sheet() if css else "",
            caption=self.plain_caption() if caption else "",
        )

    def panel_svg(self, letter: str) -> str:
        """Return one panel as an SVG element that takes its colour and font from the page."""
        panel = pick({p.letter: p for p in self.panels}, letter, "panel")
        return TEMPLATES.get_template("panel.svg").render(drawing=self, panel=panel)

    def svg(self, columns: int = 2) -> str:
        """Return the figure as one SVG file, as wide as on paper."""
        return TEMPLATES.get_template("page.svg").render(drawing=self, page=self.page(columns))

    def png(self, dpi: int = SCREEN_DPI, columns: int = 2) -> bytes:
        """Return the figure as a PNG on white; the same bytes every time."""
        return png(self.page(columns), dpi)

    def savefig(self, path: str | Path, columns: int = 2) -> None:
        """Write the figure to a file, at the width of a journal's page or column.

        Parameters
        ----------
        path : str or Path
            The suffix (svg, png, pdf) says in which format.
        columns : int
            Two panels side by side are 183 mm wide, one above the other 89 mm.

        Raises
        ------
        SchematicError
            If the suffix is another one, or there is no such number of columns.
        """
        path = Path(path)
        if path.suffix == ".svg":
            path.write_text(self.svg(columns), encoding="utf-8")
        elif path.suffix == ".png":
            path.write_bytes(self.png(PAPER_DPI, columns))
        elif path.suffix == ".pdf":
            path.write_bytes(pdf(self.page(columns)))
        else:
            raise SchematicError(f"cannot write {path.name!r}: use the suffix .svg, .png or .pdf")

    def __repr__(self) -> str:
        panels = ", ".join(p.letter for p in self.panels)
        return f"<Schematic {self.id}, panels: {panels}, elements: {len(self.elements())}>"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """Give a front end the figure as HTML, as PNG and as one line of text."""
        bundle = {
            "text/html": self.html(css=IN_BOOK not in os.environ),
            "image/png": base64.b64encode(self.png()).decode("ascii"),
            "text/plain": repr(self),
        }
        return bundle, {"image/png": {"width": round(self.page().width)}}
