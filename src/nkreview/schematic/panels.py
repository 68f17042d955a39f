"""A panel: a heading and the elements below it, and the key to what panels show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from matplotlib.transforms import Bbox

from nkreview.living.style import INK
from nkreview.schematic.arrows import ARROWS, arrow
from nkreview.schematic.cells import CELLS
from nkreview.schematic.elements import PANEL_WIDTH, Element
from nkreview.schematic.molecules import MOLECULES
from nkreview.schematic.shapes import Mark, SchematicError, Words, polyline

HEADING_SIZE = 13.5
MOST_ELEMENTS = 14
KEY_ICON = (34, 28)  # width and height


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
        """Begin a new element of this panel; later elements lie on top of earlier ones.

        Parameters
        ----------
        key : str
            Its id, unlike any other of the panel: lower-case letters, digits and hyphens.
        name, says : str
            What it is, and one sentence on what it shows.
        link : str
            Which of the figure's links it follows.

        Raises
        ------
        SchematicError
            If one of these is missing or wrong, or the panel is full.
        """
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

    def stands_alone(self, element: Element) -> bool:
        """Tell whether no other element comes near this one."""
        box = element.box()
        return not any(box.overlaps(e.box()) for e in self.elements if e is not element)

    def check(self) -> None:
        """Raise ``SchematicError`` if a mark cannot be seen, because it lies outside."""
        paper = Bbox.from_bounds(0, 0, self.width, self.height)
        for element in self.elements:
            if not all(paper.overlaps(mark.box()) for mark in element.marks):
                raise SchematicError(
                    f"panel {self.letter}, element {element.id!r}: a mark lies outside its panel; "
                    "move it, or make the panel larger"
                )


class Sign(NamedTuple):
    """A line of the key: a word of the vocabulary, what readers call it, and its marks."""

    word: str
    name: str
    marks: list[Mark | Words]


def signs(panels: Iterable[Panel]) -> list[Sign]:
    """Return the key to some panels, in the order of the vocabulary."""
    used = {word for panel in panels for element in panel.elements for word in element.used}
    return [sign for sign in _vocabulary() if sign.word in used]


def _vocabulary() -> list[Sign]:
    """Return a sign for each word that needs one; a cluster is its cells."""
    middle = KEY_ICON[1] / 2
    cells = [
        Sign(word, cell.name, cell.draw(17, middle, cell.key_radius))
        for word, cell in CELLS.items()
        if word != "cluster"
    ]
    molecules = [Sign(w, m.name, m.draw(*m.key_place, 0.0)) for w, m in MOLECULES.items()]
    ends = (3, middle), (31, middle)
    arrows = [Sign(word, name, arrow(word, *ends)) for word, name in ARROWS.items()]
    dash = Mark(polyline(ends), edge=INK, width=1.6, dashed=True)
    return [*cells, *molecules, *arrows, Sign("uncertain", "disputed or inferred", [dash])]
