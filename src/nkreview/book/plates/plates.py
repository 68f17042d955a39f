"""The four schematic figures of the review, drawn anew and corrected.

Positions are in panel units: a panel is 320 wide, x grows to the right and y downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from nkreview.schematic.schematic import PANEL_WIDTH, Element, Panel, Schematic
from nkreview.schematic.shapes import polar, ring


def chapter_links(chapter: str, anchors: Iterable[str]) -> dict[str, str]:
    """Return links to anchors of one chapter, for pages in ``book/`` and ``notebooks/`` alike."""
    return {anchor: f"../book/{chapter}.html#{anchor}" for anchor in anchors}


#: Where the elements of Figure 2 lead.
FIGURE_2_LINKS = chapter_links(
    "metastasis", ("liver-first", "the-first-day", "clusters", "when-t-cells-take-over")
)

#: Where the elements of Figures 1, 3 and 4 lead.
BOOK_LINKS = (
    chapter_links("armed-not-dangerous", ("reading-a-cell", "contact-to-death"))
    | chapter_links("metastasis", ("the-first-day", "clusters"))
    | chapter_links("field-commanders", ("the-call", "pge2"))
    | chapter_links("challenges", ("living-on-supply",))
    | chapter_links("engagers", ("engager-idea", "which-handle", "hook-effect", "who-sheds-what",
                                 "extra-fuel", "engager-with-cells"))
    | chapter_links("minefield", ("three-injuries", "ilc1-controversy", "blockade"))
    | chapter_links("cytokine-fuel", ("five-cytokines", "brakes"))
    | chapter_links("cells-as-drugs", ("car-nk",))
    | chapter_links("outlook", ("where-things-stand",))
)  # fmt: skip


class Plan(NamedTuple):
    """A panel to be drawn: how, how high, its heading, and what it shows in a sentence."""

    draw: Callable[[Panel], None]
    height: float
    heading: str
    says: str


def _panels(*plans: Plan) -> list[Panel]:
    """Draw the panels of one figure, lettered from a on."""
    panels = []
    for letter, plan in zip("abcd", plans, strict=True):
        panels.append(Panel(letter, plan.heading, plan.says, plan.height))
        plan.draw(panels[-1])
    return panels


# ------------------------------------------------------------------------------ scenes

#: The left edges of a panel's two columns.
LEFT, RIGHT = 2.0, 168.0


def _scene(
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


def _tgf_lowers(scene: Element, x: float, y: float) -> None:
    """Draw TGF-beta that holds an NK cell back, from (x, y) to the right."""
    for dx, dy, angle in ((12, -16, 20), (28, 0, 80), (12, 16, 140)):
        scene.molecule("tgf-beta", x + dx, y + dy, angle)
    scene.arrow("inhibits", (x + 44, y), (x + 84, y)).cell("nk", x + 112, y, 21)


def _ligands_shed(scene: Element, x: float, y: float) -> None:
    """Draw a tumour cell that sheds its ligands, from (x, y) to the right."""
    scene.cell("tumour", x + 24, y, 20).around("ligand", x + 24, y, 19, (-65, 70))
    scene.molecule("enzyme", x + 57, y, 180)
    for dx, dy, angle in ((76, -22, 160), (94, -2, 200), (78, 20, 230), (114, 14, 170)):
        scene.molecule("fragment", x + dx, y + dy, angle)


def _cd16_cut(scene: Element, x: float, y: float) -> None:
    """Draw an NK cell that cuts off its own CD16, from (x, y) to the right."""
    scene.cell("nk", x + 24, y, 21).around("receptor", x + 24, y, 20, (-70, 75))
    scene.molecule("enzyme", x + 57, y, 180)
    for dx, dy, angle in ((78, -22, -30), (94, 0, 20), (78, 20, 50)):
        scene.molecule("shed-receptor", x + dx, y + dy, angle)


def _conversion(scene: Element, x: float, y: float) -> None:
    """Draw the disputed change of an NK cell into an ILC1, from (x, y) to the right."""
    scene.cell("nk", x + 21, y, 19).cell("ilc1", x + 118, y, 20)
    scene.arrow("moves", (x + 45, y), (x + 92, y), uncertain=True)
    scene.molecule("tgf-beta", x + 67, y - 16, 30)


# ------------------------------------------------------------------------------ Figure 1


FIGURE_1_ALT = (
    "A map of the book in four panels. NK cells patrol the blood and kill tumour cells there, read "
    "activating against inhibitory signals, and call dendritic cells, which bring T cells. Eight "
    "numbered barriers stand against them: at the tumour cell clusters, HLA-E, shed ligands and "
    "PGE2; inside the tumour TGF-β, too little cytokine, the loss of CD16 and a disputed "
    "conversion to ILC1. A table sets six treatments against the eight barriers. Its column for "
    "clusters is empty, and the two blockades were tried in patients and failed."
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
    patrol.vessel(0, 320, 82, 54).text(2, 42, "Patrol the blood", bold=True)
    patrol.cell("nk", 30, 82, 17).arrow("moves", (54, 82), (94, 82))

    killing = panel.element(
        "killing",
        "Killing of circulating tumour cells",
        "An NK cell empties its granules against a tumour cell, which dies within hours.",
        "contact-to-death",
    )
    killing.text(146, 42, "Kill tumour cells in it", bold=True)
    killing.cell("nk", 164, 82, 17).cell("tumour", 214, 82, 15)
    for dy in (-6, 0, 6):
        killing.molecule("granule", 190 - abs(dy) * 0.4, 82 + dy)
    killing.arrow("moves", (236, 82), (262, 82)).cell("dying", 292, 82, 15)

    recognition = panel.element(
        "recognition",
        "Recognition",
        "The NK cell weighs activating ligands against inhibitory ones, such as MHC class I.",
        "reading-a-cell",
    )
    recognition.text(2, 132, "Read cells: two kinds of signal", bold=True)
    recognition.cell("nk", 30, 184, 22).around("receptor", 30, 184, 21, (-28, 28))
    recognition.cell("tumour", 292, 184, 22).around("ligand", 292, 184, 21, (208,))
    recognition.around("brake-ligand", 292, 184, 21, (152,))
    recognition.arrow("activates", (256, 173), (74, 173)).arrow("inhibits", (254, 196), (76, 196))
    recognition.text(165, 159, "activating ligand", align="center")
    recognition.text(165, 210, "MHC class I", align="center")

    recruitment = panel.element(
        "recruitment",
        "Recruitment",
        "With XCL1 and CCL5 NK cells draw in cDC1, which show tumour antigen to CD8 T cells.",
        "the-call",
    )
    recruitment.text(2, 240, "Call cDC1, which bring T cells", bold=True)
    recruitment.cell("nk", 22, 282, 17).arrow("activates", (45, 282), (95, 282))
    for x, y in ((56, 270), (70, 273), (82, 268)):
        recruitment.molecule("chemokine", x, y)
    recruitment.cell("cdc1", 122, 282).arrow("activates", (148, 282), (188, 282))
    recruitment.cell("tcell", 210, 282, 15).arrow("inhibits", (233, 282), (274, 282))
    recruitment.cell("tumour", 300, 282, 16)


def _barriers_at_the_cell(panel: Panel) -> None:
    clusters = _scene(
        panel, (LEFT, 44),
        ("clusters", "Barrier 1: clusters",
         "Tumour cells that travel in clusters resist NK cells.", "clusters"),
        "Clusters", "resist NK cells", number=1,
    )  # fmt: skip
    clusters.cell("nk", 22, 90, 19).arrow("fails", (46, 90), (84, 90)).cell("cluster", 110, 88, 12)

    disguise = _scene(
        panel, (RIGHT, 44),
        ("hla-e", "Barrier 2: HLA-E",
         "HLA-E on the tumour cell holds the NK cell back through its receptor NKG2A.", "clusters"),
        "HLA-E", "brakes by way of NKG2A", number=2,
    )  # fmt: skip
    disguise.cell("tumour", 188, 90, 18).around("brake-ligand", 188, 90, 17, (0,))
    disguise.arrow("inhibits", (221, 90), (262, 90))
    disguise.cell("nk", 299, 90, 19).around("receptor", 299, 90, 18, (180,))

    shedding = _scene(
        panel, (LEFT, 186),
        ("shed-ligands", "Barrier 3: shed ligands",
         "Tumour cells shed MICA and MICB, so that NKG2D finds less to bind.", "who-sheds-what"),
        "Shed ligands", "MICA and MICB", number=3,
    )  # fmt: skip
    _ligands_shed(shedding, LEFT, 232)

    pge2 = _scene(
        panel, (RIGHT, 186),
        ("pge2", "Barrier 4: PGE2",
         "PGE2 harms NK cells, lowers their chemokines and makes cDC1 deaf to them.", "pge2"),
        "PGE2", number=4,
    )  # fmt: skip
    pge2.cell("nk", 188, 226, 18).arrow("activates", (211, 226), (272, 226)).cell("cdc1", 298, 226)
    pge2.cell("tumour", 241, 282, 16).arrow("inhibits", (241, 261), (241, 233))
    for x, y in ((222, 252), (259, 247), (264, 262), (215, 268)):
        pge2.molecule("pge2", x, y)


def _barriers_in_the_tumour(panel: Panel) -> None:
    tgf = _scene(
        panel, (LEFT, 46),
        ("tgf-beta", "Barrier 5: TGF-β",
         "Transforming growth factor beta lowers NKp30, in part NKG2D, and blocks the IL-15 "
         "signal.", "three-injuries"),
        "TGF-β", "lowers NKp30, partly", "NKG2D, not NKp46", number=5,
    )  # fmt: skip
    _tgf_lowers(tgf, LEFT, 92)

    hunger = _scene(
        panel, (RIGHT, 46),
        ("hunger", "Barrier 6: too little cytokine",
         "NK cells live on IL-15 that other cells, such as dendritic cells, hold out to them.",
         "living-on-supply"),
        "Little IL-15", "other cells supply it", number=6,
    )  # fmt: skip
    hunger.cell("cdc1", 190, 92).arrow("activates", (217, 92), (240, 92))
    hunger.molecule("cytokine", 226, 78)
    hunger.cell("nk", 261, 92, 17).cell("weak-nk", 302, 75, 15).cell("weak-nk", 302, 110, 15)

    cut = _scene(
        panel, (LEFT, 202),
        ("cd16", "Barrier 7: loss of CD16",
         "On activation the NK cell's own ADAM17 cuts CD16 off, which may also help it to move on.",
         "who-sheds-what"),
        "Loss of CD16", "by its own ADAM17", number=7,
    )  # fmt: skip
    _cd16_cut(cut, LEFT, 248)

    conversion = _scene(
        panel, (RIGHT, 202),
        ("ilc1", "Barrier 8: conversion to ILC1 (disputed)",
         "In mouse tumours TGF-β turned NK cells into ILC1; elsewhere ILC1 were found to kill.",
         "ilc1-controversy"),
        "Into ILC1?", "harm or help?", number=8,
    )  # fmt: skip
    _conversion(conversion, RIGHT, 248)


def _column(barrier: int) -> float:
    """Return where the column of a barrier stands in Figure 1d."""
    return 164.0 + 20.5 * (barrier - 1)


def _barrier_columns(panel: Panel) -> None:
    """Head the columns of the opportunities with a sign and the number of each barrier."""
    heads = panel.element(
        "columns",
        "Barriers 1 to 8",
        "Each column is a barrier of panels b and c; the first, clusters, has no answer here.",
        "where-things-stand",
    )
    heads.cell("cluster", _column(1) - 2.2, 42, 4.6)
    heads.molecule("brake-ligand", _column(2) - 6, 42).molecule("fragment", _column(3) - 2, 42)
    heads.molecule("pge2", _column(4), 43).molecule("tgf-beta", _column(5), 42)
    heads.molecule("cytokine", _column(6), 43).molecule("shed-receptor", _column(7), 42)
    heads.cell("ilc1", _column(8), 42, 8)
    for barrier in range(1, 9):
        heads.text(_column(barrier), 63, str(barrier), align="center", bold=True)
    heads.line([(2, 78), (319, 78)], 0.8)


def _answer(
    panel: Panel,
    row: int,
    told: tuple[str, str, str, str],
    lines: tuple[str, str],
    answers: tuple[int, ...],
    uncertain: bool = False,
) -> tuple[Element, float]:
    """Write one row of the opportunities; return it and the height at which to draw its icon."""
    y = 102.0 + 39 * row
    drawn = panel.element(*told)
    drawn.text(49, y - 7, lines[0], bold=True).text(49, y + 8, lines[1])
    for barrier in range(1, 9):
        if barrier in answers:
            drawn.number(_column(barrier), y, barrier, uncertain)
        else:
            drawn.dot(_column(barrier), y)
    return drawn, y


def _opportunities(panel: Panel) -> None:
    _barrier_columns(panel)
    engager, y = _answer(panel, 0, (
        "engagers", "Engagers",
        "An engager brings the signal that is missing; by way of NKp46 it avoids barriers 5 and 7.",
        "engager-idea",
    ), ("Engagers", "best with cells"), (3, 5, 7))  # fmt: skip
    engager.molecule("engager", 21, y, 0, 1.35)

    fuel, y = _answer(panel, 1, (
        "cytokines", "Cytokine support",
        "IL-15, or a variant of IL-2, makes NK cells multiply; toxicity limits the dose.",
        "five-cytokines",
    ), ("Cytokines", "toxicity limits"), (6,))  # fmt: skip
    fuel.molecule("cytokine", 7, y - 7).molecule("cytokine", 11, y + 8).cell("nk", 30, y, 13)

    donor, y = _answer(panel, 2, (
        "donor-cells", "Adoptive transfer",
        "NK cells from a donor, activated before infusion, stand in for the patient's own.",
        "car-nk",
    ), ("Donor NK cells", "no control groups"), (6, 8), uncertain=True)  # fmt: skip
    donor.organ("bag", 8, y, 15, 32).cell("nk", 30, y, 13)

    _blockades(panel)

    partner, y = _answer(panel, 5, (
        "t-cell-therapy", "Combination with T-cell therapy",
        "In mice, stopping the enzyme that makes PGE2 worked together with anti-PD-1.",
        "pge2",
    ), ("With T cells", "in mice"), (4,))  # fmt: skip
    partner.cell("nk", 12, y, 11).cell("tcell", 34, y, 9.5)


def _blockades(panel: Panel) -> None:
    """Draw the two opportunities that failed in phase 3."""
    brake, y = _answer(panel, 3, (
        "nkg2a-blockade", "Checkpoint blockade",
        "Blocking NKG2A freed NK cells in models; a phase 3 trial of monalizumab was futile.",
        "blockade",
    ), ("Block NKG2A", "phase 3: failed"), (2,), uncertain=True)  # fmt: skip
    brake.molecule("antibody", 9, y, 0).cell("nk", 35, y, 11).around("receptor", 35, y, 10, (180,))

    trap, y = _answer(panel, 4, (
        "tgf-blockade", "TGF-β blockade",
        "Trapping TGF-β and blocking PD-L1 worked in mice and failed in a phase 3 trial.",
        "blockade",
    ), ("Block TGF-β", "phase 3: failed"), (5, 8), uncertain=True)  # fmt: skip
    trap.molecule("antibody", 12, y, 0).molecule("tgf-beta", 32, y, 90)


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
    panels = _panels(
        Plan(_functions, 306, "Functions",
             "What NK cells do: patrol, read, kill, and call others."),
        Plan(_barriers_at_the_cell, 306, "Barriers at the tumour cell",
             "Four ways in which tumour cells escape NK cells."),
        Plan(_barriers_in_the_tumour, 324, "Barriers inside the tumour",
             "Four ways in which NK cells lose their power in a tumour."),
        Plan(_opportunities, 324, "Opportunities",
             "Six treatments; the rings in a row are the barriers that the treatment answers."),
    )  # fmt: skip
    title = "NK cells in cancer: functions, barriers, opportunities"
    return Schematic("figure-1", title, FIGURE_1_ALT, FIGURE_1_CAPTION, panels, links)


# ------------------------------------------------------------------------------ Figure 2


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
    singles.text(118, 44, "Single cells", bold=True).text(
        118, 60, "NK cells kill them in the blood"
    )

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
    cluster.text(118, 150, "Clusters", bold=True).text(
        118, 251, "resist NK cells and are", "23 to 50 times as metastatic"
    )


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
    redundancy.molecule("unproven-ligand", *polar(158, 100, 15, 15), 15)

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
    for x, y in [*ring(92, 140, [25] * 6, 0.3), *ring(92, 140, [49] * 11), (92, 140)]:
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
    panels = _panels(
        Plan(_leaving, 290, "Cells leave the primary tumour",
             "NK cells kill single tumour cells in the blood; clusters resist them."),
        Plan(_liver_first, 290, "Through the liver first?",
             "The review leads tumour cells through the liver; from a tail vein they reach the "
             "lung first."),
        Plan(_first_day, 300, "Lung: the first 24 hours",
             "NK cells kill at half of their contacts at first and hardly at all a day later, "
             "because the tumour cells change."),
        Plan(_later, 300, "Lung: the days after",
             "T cells control what has grown; NK cells help to bring them in from outside."),
    )  # fmt: skip
    title = "NK cells against tumour cells on the way to the lung"
    return Schematic("figure-2", title, FIGURE_2_ALT, FIGURE_2_CAPTION, panels, links)


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
    "different patients, neither with a control; alone it did better in T-cell lymphoma "
    "{cite:p}`BioSpace2022`. "
    "Changed from the original: TGF-β carries its right name, it is said who sheds what, NKp46 is "
    "spared, conversion to ILC1 does not follow from the loss of receptors and is in dispute, and "
    "price and proof are drawn in."
)


#: The two membranes of Figure 3a at the panel's edges, and how far each bulges towards the other.
_TOP, _FLOOR, _BULGE = 106.0, 190.0, 4.0
_CLOSE_UP = 1.55


def _on_membrane(y: float, bulge: float, x: float) -> float:
    """Return the height of a membrane that begins at ``y``, at ``x``."""
    t = x / PANEL_WIDTH
    return y + 4 * bulge * t * (1 - t)


def _handle(panel: Panel, x: float, name: str, says: str) -> None:
    """Draw a receptor on the NK cell of Figure 3a, with its name inside the cell."""
    handle = panel.element(name.lower(), name, says, "which-handle")
    y = _on_membrane(_TOP, _BULGE, x)
    handle.molecule("receptor", x, y, 90, _CLOSE_UP).text(x, y - 17, name, align="center")


def _two_cells(panel: Panel, places: tuple[int, ...]) -> None:
    """Draw the two cells of Figure 3a, with antigens at the places."""
    tumour = panel.element(
        "antigens",
        "Tumour antigens",
        "The engager's other end binds a molecule that the tumour cell carries.",
        "engager-idea",
    )
    tumour.membrane("tumour", _FLOOR, 132, -_BULGE).nucleus("tumour", 160, 287, 64, 27)
    tumour.text(12, 216, "tumour cell", bold=True)
    for x in places:
        y = _on_membrane(_FLOOR, -_BULGE, x)
        tumour.molecule("antigen", x, y, -90, _CLOSE_UP)

    nk = panel.element(
        "nk-cell",
        "NK cell",
        "Receptors that are pulled together make the NK cell empty its granules.",
        "contact-to-death",
    )
    nk.membrane("nk", _TOP, -76, _BULGE).text(12, 48, "NK cell", bold=True)
    for x, y in ((112, 52), (132, 62), (152, 50), (166, 66), (186, 52), (206, 64), (232, 50),
                 (254, 62), (278, 48), (300, 60)):  # fmt: skip
        nk.molecule("granule", x, y, 0, _CLOSE_UP)


def _forced_contact(panel: Panel) -> None:
    places = (40, 112, 208, 280)
    _two_cells(panel, places)
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
        middle = (_on_membrane(_TOP, _BULGE, x) + _on_membrane(_FLOOR, -_BULGE, x)) / 2 - 1
        bridges.molecule("engager", x, middle, 90, _CLOSE_UP)

    release = panel.element(
        "degranulation",
        "Degranulation and death",
        "Granules pass into the tumour cell, which dies.",
        "contact-to-death",
    )
    release.arrow("moves", (160, 116), (160, 222))
    for x, y in ((149, 122), (171, 132), (149, 146), (171, 158), (149, 172), (171, 200)):
        release.molecule("granule", x, y, 0, _CLOSE_UP)
    release.text(160, 240, "granules kill the cell", align="center")


def _against_it(panel: Panel) -> None:
    tgf = _scene(
        panel, (LEFT, 44),
        ("tgf-beta", "TGF-β and the receptors",
         "Transforming growth factor beta lowers NKp30 and in part NKG2D, but not NKp46.",
         "three-injuries"),
        "TGF-β", "lowers NKp30, partly", "NKG2D, not NKp46",
    )  # fmt: skip
    _tgf_lowers(tgf, LEFT, 90)

    shed = _scene(
        panel, (RIGHT, 44),
        ("shed-ligands", "Shed ligands",
         "Tumour cells shed the ligands MICA and MICB, not the receptors of NK cells.",
         "who-sheds-what"),
        "Shed ligands", "tumour cells lose", "MICA and MICB",
    )  # fmt: skip
    _ligands_shed(shed, RIGHT, 90)

    cut = _scene(
        panel, (LEFT, 200),
        ("cd16-cut", "CD16, cut off by its own cell",
         "ADAM17 of the NK cell itself cuts CD16 off, which may help it to move on.",
         "who-sheds-what"),
        "Loss of CD16", "NK cells cut it with", "their own ADAM17",
    )  # fmt: skip
    _cd16_cut(cut, LEFT, 246)

    conversion = _scene(
        panel, (RIGHT, 200),
        ("ilc1", "Conversion to ILC1 (disputed)",
         "TGF-β turned NK cells into ILC1 in mice; whether ILC1 harm or help is disputed.",
         "ilc1-controversy"),
        "Into ILC1?", "with more NKG2A,", "CD96 and LAG-3?",
    )  # fmt: skip
    _conversion(conversion, RIGHT, 246)
    conversion.around("receptor", RIGHT + 118, 246, 21, (-45, 0, 45))


def _fuel_and_price(panel: Panel) -> None:
    armed = panel.element(
        "armed-engager",
        "Engager with a cytokine",
        "A variant of IL-2 on the engager puts the fuel where the engager binds.",
        "extra-fuel",
    )
    armed.text(2, 44, "On the engager", bold=True)
    armed.cell("tumour", 24, 92, 21).around("antigen", 24, 92, 20, (0,))
    armed.molecule("engager-fuelled", 72, 92, 180).text(2, 138, "fuel where it is needed")
    armed.cell("nk", 119, 92, 23).around("receptor", 119, 92, 22, (180,))

    growth = panel.element(
        "growth",
        "More NK cells",
        "IL-2 and IL-15 make NK cells multiply and keep them active.",
        "five-cytokines",
    )
    growth.arrow("activates", (150, 92), (194, 92))
    for x, y in ((220, 76), (256, 76), (292, 76), (238, 108), (274, 108)):
        growth.cell("nk", x, y, 15)
    growth.text(256, 138, "more NK cells", align="center")

    systemic = panel.element(
        "whole-body",
        "Cytokine in the whole body",
        "Given to the whole body, IL-2 and IL-15 reach the limit of toxicity.",
        "five-cytokines",
    )
    systemic.text(2, 176, "In the whole body", bold=True).vessel(0, 320, 220, 56)
    for i in range(7):
        systemic.molecule("cytokine", 20 + 24 * i, 212 + 16 * (i % 2), 0, 1.15)
    systemic.arrow("activates", (184, 220), (228, 220)).cell("treg", 258, 220, 16)
    systemic.text(318, 264, "IL-2 feeds Treg too", align="right")

    price = panel.element(
        "price",
        "The price",
        "On high-dose IL-2, 6 of 270 patients with melanoma died of the treatment.",
        "five-cytokines",
    )
    price.molecule("warning", 16, 288, 0, 1.2).text(42, 280, "high-dose IL-2:")
    price.text(42, 296, "6 of 270 patients died")


def _where_and_with_whom(panel: Panel) -> None:
    mask = panel.element(
        "mask",
        "Masked engager (no clinical result found)",
        "Enzymes of the tumour would take the mask off, so that the engager works only there.",
        "extra-fuel",
    )
    mask.text(2, 44, "Masked", bold=True)
    mask.molecule("engager-masked", 22, 84, 0, 1.2).molecule("enzyme", 68, 66, 90)
    mask.arrow("moves", (50, 84), (88, 84), uncertain=True).molecule("engager", 114, 84, 0, 1.2)
    mask.text(2, 118, "bare in the tumour")

    local = panel.element(
        "local",
        "Local delivery (no clinical result found)",
        "An engager given into the tumour would spare the rest of the body.",
        "extra-fuel",
    )
    local.text(RIGHT, 44, "Local", bold=True)
    for x, y in ((292, 66), (300, 93), (274, 88)):
        local.cell("tumour", x, y, 14)
    local.molecule("engager", RIGHT + 20, 84, 0, 1.2)
    local.arrow("moves", (214, 84), (250, 84), uncertain=True)
    local.text(RIGHT, 118, "into the tumour")

    donor = panel.element(
        "donor-cells",
        "Pre-activated donor NK cells",
        "NK cells from a donor are activated, multiplied and loaded with the engager beforehand.",
        "engager-with-cells",
    )
    donor.text(2, 152, "With activated donor NK cells", bold=True)
    donor.organ("bag", 22, 202, 36, 64).arrow("moves", (48, 202), (78, 202))
    donor.cell("nk", 108, 202, 23).around("receptor", 108, 202, 22, (0,))
    donor.molecule("engager", 154, 202, 0)
    donor.cell("tumour", 202, 202, 21).around("antigen", 202, 202, 20, (180,))
    donor.arrow("moves", (229, 202), (258, 202)).cell("dying", 290, 202, 17)
    _responses(panel)


def _responses(panel: Panel) -> None:
    """Draw the shares of patients who responded as two bars."""
    proof = panel.element(
        "afm13",
        "AFM13 alone and with donor NK cells",
        "In two trials 3 of 26 patients responded to AFM13 alone, 39 of 42 to AFM13 with cells.",
        "engager-with-cells",
    )
    proof.text(2, 258, "Responses in two separate trials", bold=True)
    left, full = 84.0, 164.0
    rows = ((280, "alone", 3, 26), (303, "with cells", 39, 42))
    for y, label, responses, patients in rows:
        right = left + full * responses / patients
        bar = [(left, y - 8), (right, y - 8), (right, y + 8), (left, y + 8)]
        proof.area(bar, "nk").line([*bar, bar[0]]).text(left - 8, y, label, align="right")
        proof.text(right + 7, y, f"{responses} of {patients}")


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
    panels = _panels(
        Plan(_forced_contact, 324, "An engager forces contact",
             "Each engager ties a receptor of the NK cell to an antigen of the tumour cell."),
        Plan(_against_it, 324, "What works against it",
             "Receptors are lowered or cut off, ligands are shed, cells may change type."),
        Plan(_fuel_and_price, 320, "Fuel, and its price",
             "A cytokine on the engager feeds the NK cell; in the whole body it is toxic."),
        Plan(_where_and_with_whom, 320, "Where, and with whose cells",
             "Masks and local delivery are ideas; donor NK cells have results in patients."),
    )  # fmt: skip
    title = "Engagers and cytokines against the barriers of the tumour"
    return Schematic("figure-3", title, FIGURE_3_ALT, FIGURE_3_CAPTION, panels, links)


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


#: How far apart the centres of two cells stand that an engager holds together, beyond their radii.
_BRIDGE = 52.0
_STEP_R = 20.0


def _step(panel: Panel, number: int, *told: str) -> tuple[Element, float, float]:
    """Begin one of the six steps of Figure 4a; return it, and where its NK cell stands."""
    x, y = 2 + 108 * ((number - 1) % 3), 44 + 172 * ((number - 1) // 3)
    step = panel.element(*told).number(x + 9.5, y, number).text(x + 25, y, told[1], bold=True)
    return step, x + 44, y + 36


def _six_steps(panel: Panel) -> None:
    below = 2 * _STEP_R + _BRIDGE
    antigen, x, y = _step(
        panel, 1, "antigen", "Antigen",
        "An antigen is a molecule of the tumour cell that the engager is built to bind.",
        "engager-idea",
    )  # fmt: skip
    antigen.cell("tumour", x, y + below, _STEP_R)
    antigen.around("antigen", x, y + below, _STEP_R - 1, (-130, -90, -50))

    engager, x, y = _step(
        panel, 2, "engager", "Engager",
        "One end of the engager binds the antigen.",
        "engager-idea",
    )  # fmt: skip
    engager.cell("tumour", x, y + below, _STEP_R)
    engager.around("antigen", x, y + below, _STEP_R - 1, (-90,))
    engager.molecule("engager", x, y + _STEP_R + 24, 90)

    receptor, x, y = _step(
        panel, 3, "receptor", "Receptor",
        "The other end grips an activating receptor, such as CD16 or NKp46.",
        "which-handle",
    )  # fmt: skip
    receptor.cell("nk", x, y, _STEP_R).cell("tumour", x, y + below, _STEP_R)
    _bridge(receptor, x, y, 0, 0.0)
    _last_steps(panel, below)


def _bridge(element: Element, x: float, y: float, aside: float, sink: float) -> None:
    """Draw an engager from the NK cell at (x, y) to the tumour cell below it."""
    element.molecule("antigen", x + aside, y + _STEP_R + _BRIDGE + 1 + sink * 0.6, -90)
    element.molecule("receptor", x + aside, y + _STEP_R - 1 - sink, 90)
    element.molecule("engager", x + aside, y + _STEP_R + 24, 90)


def _last_steps(panel: Panel, below: float) -> None:
    crosslink, x, y = _step(
        panel, 4, "cross-linking", "Cross-link",
        "Several bridges pull receptors together, and that triggers the NK cell.",
        "engager-idea",
    )  # fmt: skip
    crosslink.cell("nk", x, y, _STEP_R).cell("tumour", x, y + below, _STEP_R)
    for aside, sink in ((-13, 5.0), (0, 0.0), (13, 5.0)):
        _bridge(crosslink, x, y, aside, sink)

    release, x, y = _step(
        panel, 5, "degranulation", "Granules",
        "The NK cell empties its granules, with perforin and granzymes, into the cleft.",
        "contact-to-death",
    )  # fmt: skip
    release.cell("nk", x, y, _STEP_R).cell("tumour", x, y + below, _STEP_R)
    release.arrow("moves", (x, y + 25), (x, y + 66))
    for dx, dy in ((-12, 27), (12, 28), (-10, 41), (10, 42), (-12, 55), (12, 56)):
        release.molecule("granule", x + dx, y + dy)

    death, x, y = _step(
        panel, 6, "death", "Death",
        "The tumour cell dies, and the NK cell lets go, sheds CD16 and may move on.",
        "who-sheds-what",
    )  # fmt: skip
    death.cell("nk", x, y, _STEP_R).arrow("moves", (x + 26, y), (x + 56, y))
    death.molecule("shed-receptor", x - 12, y + 36, 70)
    death.molecule("shed-receptor", x + 10, y + 44, 120)
    death.cell("dying", x, y + below, _STEP_R)


def _extra_fuel(panel: Panel) -> None:
    fuel = panel.element(
        "fuelled-engager",
        "Engager with a cytokine",
        "The engager carries a variant of IL-2 that feeds the NK cell which it holds.",
        "extra-fuel",
    )
    fuel.text(2, 44, "Engager with IL-2 variant", bold=True)
    fuel.cell("tumour", 24, 98, 20).around("antigen", 24, 98, 19, (0,))
    fuel.molecule("engager-fuelled", 71, 98, 180)
    fuel.cell("nk", 118, 98, 23).around("receptor", 118, 98, 22, (180,))

    growth = panel.element(
        "growth",
        "Division and fitness",
        "By way of mTOR the cytokine makes the NK cell divide and use nutrients.",
        "three-injuries",
    )
    growth.arrow("activates", (147, 98), (178, 98))
    growth.line([(184, 83), (232, 83), (232, 113), (184, 113), (184, 83)], 1.4)
    growth.text(208, 98, "mTOR", align="center").arrow("activates", (238, 98), (262, 98))
    growth.cell("nk", 294, 80, 17).cell("nk", 298, 117, 17).text(318, 148, "divides", align="right")

    block = panel.element(
        "tgf-block",
        "TGF-β cuts the fuel line",
        "TGF-β stops the signal of IL-15 before mTOR, so that more fuel may not help.",
        "brakes",
    )
    block.arrow("inhibits", (162, 158), (162, 109), uncertain=True)
    for x, y, angle in ((148, 174, 20), (166, 180, 80), (184, 172, 140)):
        block.molecule("tgf-beta", x, y, angle)
    block.text(2, 206, "TGF-β cuts the line before mTOR")

    _two_prices(panel)


def _two_prices(panel: Panel) -> None:
    """Draw what else a cytokine does."""
    bystander = _scene(
        panel, (LEFT, 262),
        ("treg", "Regulatory T cell",
         "Natural IL-2 also feeds regulatory T cells; the variant is built to pass them by.",
         "five-cytokines"),
        "Natural IL-2", "feeds Treg as well",
    )  # fmt: skip
    bystander.molecule("cytokine", 14, 300, 0, 1.15).molecule("cytokine", 30, 312, 0, 1.15)
    bystander.arrow("activates", (46, 308), (84, 308)).cell("treg", 112, 308, 17)

    price = _scene(
        panel, (RIGHT, 262),
        ("toxicity", "Toxicity",
         "Given to the whole body, IL-2 and IL-15 reach the limit of toxicity.",
         "five-cytokines"),
        "In the whole body", "toxicity sets the dose",
    )  # fmt: skip
    price.molecule("cytokine", 180, 300, 0, 1.15).molecule("cytokine", 196, 312, 0, 1.15)
    price.arrow("moves", (212, 308), (250, 308)).molecule("warning", 278, 310, 0, 1.4)


def _constraints(panel: Panel) -> None:
    tgf = _scene(
        panel, (LEFT, 44),
        ("tgf-beta", "TGF-β and the receptors",
         "Transforming growth factor beta lowers NKp30 and in part NKG2D, but not NKp46.",
         "three-injuries"),
        "TGF-β", "lowers NKp30, partly", "NKG2D, not NKp46",
    )  # fmt: skip
    _tgf_lowers(tgf, LEFT, 90)

    cut = _scene(
        panel, (RIGHT, 44),
        ("cd16-cut", "CD16, cut off by its own cell",
         "ADAM17 of the NK cell itself cuts CD16 off, and an engager on CD16 loses its hold.",
         "who-sheds-what"),
        "Loss of CD16", "NK cells cut it with", "their own ADAM17",
    )  # fmt: skip
    _cd16_cut(cut, RIGHT, 90)
    cut.molecule("engager", RIGHT + 97, 61, -30)

    conversion = _scene(
        panel, (LEFT, 200),
        ("ilc1", "Conversion to ILC1 (disputed)",
         "TGF-β turned NK cells into ILC1 in mice; whether ILC1 harm or help is disputed.",
         "ilc1-controversy"),
        "Into ILC1?", "harm or help?",
    )  # fmt: skip
    _conversion(conversion, LEFT, 246)

    hook = _scene(
        panel, (RIGHT, 200),
        ("hook", "Too much drug: the hook effect",
         "With too much drug every receptor and every antigen holds an engager of its own.",
         "hook-effect"),
        "Too much drug", "", "both ends full, no bridge",
    )  # fmt: skip
    for angle in (-42, 0, 42):
        hook.around("receptor", 184, 254, 15, (angle,))
        hook.molecule("engager", *polar(184, 254, angle, 38), angle)
        hook.around("antigen", 304, 254, 14, (180 - angle,))
        hook.molecule("engager", *polar(304, 254, 180 - angle, 39), -angle)
    hook.cell("nk", 184, 254, 16).cell("tumour", 304, 254, 15)


def _remedies(panel: Panel) -> None:
    three = _scene(
        panel, (LEFT, 44),
        ("three-ends", "A third end",
         "An engager that holds NKp46 as well as CD16 keeps its grip when one of them is lost.",
         "which-handle"),
        "A third end: NKp46", "controlled tumours", "in mice",
    )  # fmt: skip
    three.cell("nk", 23, 90, 21).around("receptor", 23, 90, 20, (-24, 24))
    three.molecule("engager-three", 64, 90, 0)
    three.around("antigen", 110, 90, 19, (180,)).cell("tumour", 110, 90, 20)

    trap = _scene(
        panel, (RIGHT, 44),
        ("tgf-blockade", "TGF-β blockade, with or without PD-L1",
         "Trapping TGF-β and blocking PD-L1 helped mice and failed in a phase 3 trial.",
         "blockade"),
        "TGF-β blockade", "± PD-L1: helped mice,", "failed in phase 3",
    )  # fmt: skip
    trap.molecule("antibody", 180, 90, 0, 1.3).molecule("tgf-beta", 206, 90, 90, 1.2)
    trap.arrow("inhibits", (222, 90), (260, 90), uncertain=True).cell("nk", 292, 90, 21)

    local = _scene(
        panel, (LEFT, 200),
        ("local", "Local or masked engagers (no clinical result found)",
         "Given into the tumour, or unmasked only there, an engager would spare the body.",
         "extra-fuel"),
        "Local or masked", "no trial result found",
    )  # fmt: skip
    local.cell("tumour", 118, 232, 15).cell("tumour", 128, 262, 15)
    local.molecule("engager", 22, 233, 0, 1.2).molecule("engager-masked", 22, 261, 0, 1.2)
    local.arrow("moves", (52, 246), (96, 246), uncertain=True)

    donor = _scene(
        panel, (RIGHT, 200),
        ("donor-cells", "Donor NK cells",
         "39 of 42 patients responded to donor NK cells loaded with AFM13; nobody was a control.",
         "engager-with-cells"),
        "Donor NK cells", "39 of 42 responded", "(no controls)",
    )  # fmt: skip
    donor.organ("bag", 184, 246, 30, 54).arrow("moves", (206, 246), (234, 246))
    donor.cell("nk", 260, 246, 20).around("receptor", 260, 246, 19, (0,))
    donor.molecule("engager", 302, 246, 0)


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
    panels = _panels(
        Plan(_six_steps, 372, "From antigen to death",
             "Six steps lead from an antigen to a dead tumour cell and an NK cell that is free "
             "again."),
        Plan(_extra_fuel, 372, "Extra fuel",
             "A cytokine on the engager makes the NK cell divide, unless TGF-β cuts the line."),
        Plan(_constraints, 324, "Constraints",
             "Four things limit an engager, one of them too much of it."),
        Plan(_remedies, 324, "Answers",
             "Donor NK cells did well in a trial without controls; TGF-β blockade failed."),
    )  # fmt: skip
    title = "How an engager overcomes the barriers of the tumour"
    return Schematic("figure-4", title, FIGURE_4_ALT, FIGURE_4_CAPTION, panels, links)
