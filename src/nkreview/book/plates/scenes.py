"""What several figures draw alike: rows of panels, and scenes between a title and a remark.

Positions are in panel units: a panel is 320 wide, x grows to the right and y downwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nkreview.schematic import Panel
from nkreview.schematic.elements import Element


class Plan(NamedTuple):
    """A panel to be drawn: how, how high, its heading, and what it shows in a sentence."""

    draw: Callable[[Panel], None]
    height: float
    heading: str
    says: str


def draw_panels(*plans: Plan) -> list[Panel]:
    """Draw the panels of one figure, lettered from a on."""
    panels = []
    for letter, plan in zip("abcd", plans, strict=True):
        panels.append(Panel(letter, plan.heading, plan.says, plan.height))
        plan.draw(panels[-1])
    return panels


#: The left edges of a panel's two columns.
LEFT, RIGHT = 2.0, 168.0


def scene(
    panel: Panel,
    at: tuple[float, float],
    told: tuple[str, str, str, str],
    title: str,
    *remarks: str,
    number: int = 0,
) -> Element:
    """Begin an element whose picture stands between a title and a remark.

    Parameters
    ----------
    panel : Panel
    at : tuple of float
        Left edge, and the middle height of the title; the picture's is 46 below.
    told : tuple of str
        The element's id, name, sentence and link.
    title, *remarks : str
        What stands above the picture, and the lines below it.
    number : int, optional
        A number before the title.
    """
    x, y = at
    scene = panel.element(*told)
    if number:
        scene.number(x + 9.5, y, number)
    scene.text(x + 25 if number else x, y, title, bold=True)
    return scene.text(x, y + 92, *remarks)


def tgf_lowers(scene: Element, x: float, y: float) -> None:
    """Draw TGF-beta that holds an NK cell back, from (x, y) to the right."""
    for dx, dy, angle in ((12, -16, 20), (28, 0, 80), (12, 16, 140)):
        scene.molecule("tgf-beta", x + dx, y + dy, angle)
    scene.arrow("inhibits", (x + 44, y), (x + 84, y)).cell("nk", x + 112, y, 21)


def ligands_shed(scene: Element, x: float, y: float) -> None:
    """Draw a tumour cell that sheds its ligands, from (x, y) to the right."""
    scene.cell("tumour", x + 24, y, 20).around("ligand", x + 24, y, 19, (-65, 70))
    scene.molecule("enzyme", x + 57, y, 180)
    for dx, dy, angle in ((76, -22, 160), (94, -2, 200), (78, 20, 230), (114, 14, 170)):
        scene.molecule("fragment", x + dx, y + dy, angle)


def cd16_cut(scene: Element, x: float, y: float) -> None:
    """Draw an NK cell that cuts off its own CD16, from (x, y) to the right."""
    scene.cell("nk", x + 24, y, 21).around("receptor", x + 24, y, 20, (-70, 75))
    scene.molecule("enzyme", x + 57, y, 180)
    for dx, dy, angle in ((78, -22, -30), (94, 0, 20), (78, 20, 50)):
        scene.molecule("shed-receptor", x + dx, y + dy, angle)


def conversion(scene: Element, x: float, y: float) -> None:
    """Draw the disputed change of an NK cell into an ILC1, from (x, y) to the right."""
    scene.cell("nk", x + 21, y, 19).cell("ilc1", x + 118, y, 20)
    scene.arrow("moves", (x + 45, y), (x + 92, y), uncertain=True)
    scene.molecule("tgf-beta", x + 67, y - 16, 30)
