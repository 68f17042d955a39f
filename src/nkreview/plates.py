"""The four schematic figures of the review, drawn anew and corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from nkreview.schematic import PANEL_WIDTH, Element, Panel, Schematic
from nkreview.shapes import polar, ring


def chapter_links(chapter: str, anchors: Iterable[str]) -> dict[str, str]:
    """Return links to anchors of one chapter, for pages in ``book/`` and ``notebooks/`` alike."""
    return {anchor: f"../book/{chapter}.html#{anchor}" for anchor in anchors}


#: How to draw a panel, its height, its heading, and what it shows in a sentence.
PanelPlan = tuple[Callable[[Panel], None], float, str, str]


def _plate(
    figure: str,
    title: str,
    alt: str,
    caption: str,
    links: Mapping[str, str],
    plans: list[PanelPlan],
) -> Schematic:
    """Draw the panels of one figure, lettered from a on."""
    panels = []
    for letter, (draw, height, heading, says) in zip("abcd", plans, strict=True):
        panels.append(Panel(letter, heading, says, height))
        draw(panels[-1])
    return Schematic(figure, title, alt, caption, panels, links)


# ------------------------------------------------------------------------------ Figure 2


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
    return _plate(
        "figure-2",
        "NK cells against tumour cells on the way to the lung",
        FIGURE_2_ALT,
        FIGURE_2_CAPTION,
        links,
        [
            (
                _leaving,
                290,
                "Cells leave the primary tumour",
                "NK cells kill single tumour cells in the blood; clusters resist them.",
            ),
            (
                _liver_first,
                290,
                "Through the liver first?",
                "The review leads tumour cells through the liver; from a tail vein they reach the "
                "lung first.",
            ),
            (
                _first_day,
                300,
                "Lung: the first 24 hours",
                "NK cells kill at half of their contacts at first and hardly at all a day later, "
                "because the tumour cells change.",
            ),
            (
                _later,
                300,
                "Lung: the days after",
                "T cells control what has grown; NK cells help to bring them in from outside.",
            ),
        ],
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
    return _plate(
        "figure-1",
        "NK cells in cancer: functions, barriers, opportunities",
        FIGURE_1_ALT,
        FIGURE_1_CAPTION,
        links,
        [
            (
                _functions,
                306,
                "Functions",
                "What NK cells do: patrol, read, kill, and call others.",
            ),
            (
                _barriers_at_the_cell,
                306,
                "Barriers at the tumour cell",
                "Four ways in which tumour cells escape NK cells.",
            ),
            (
                _barriers_in_the_tumour,
                296,
                "Barriers inside the tumour",
                "Four ways in which NK cells lose their power in a tumour.",
            ),
            (
                _opportunities,
                352,
                "Opportunities",
                "Six treatments; each bar ends at the numbers of the barriers that it answers.",
            ),
        ],
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
    return _plate(
        "figure-3",
        "Engagers and cytokines against the barriers of the tumour",
        FIGURE_3_ALT,
        FIGURE_3_CAPTION,
        links,
        [
            (
                _forced_contact,
                296,
                "An engager forces contact",
                "Each engager ties a receptor of the NK cell to an antigen of the tumour cell.",
            ),
            (
                _against_it,
                296,
                "What works against it",
                "Receptors are lowered or cut off, ligands are shed, cells may change type.",
            ),
            (
                _fuel_and_price,
                314,
                "Fuel, and its price",
                "A cytokine on the engager feeds the NK cell; in the whole body it is toxic.",
            ),
            (
                _where_and_with_whom,
                314,
                "Where, and with whose cells",
                "Masks and local delivery are ideas; donor NK cells have results in patients.",
            ),
        ],
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
        hook.molecule("engager", *polar(192, 236, angle, 36), angle)
        hook.around("antigen", 306, 236, 12, (180 - angle,))
        hook.molecule("engager", *polar(306, 236, 180 - angle, 37), -angle)
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
    return _plate(
        "figure-4",
        "How an engager overcomes the barriers of the tumour",
        FIGURE_4_ALT,
        FIGURE_4_CAPTION,
        links,
        [
            (
                _six_steps,
                360,
                "From antigen to death",
                "Six steps lead from an antigen to a dead tumour cell and an NK cell that "
                "is free again.",
            ),
            (
                _extra_fuel,
                306,
                "Extra fuel",
                "A cytokine on the engager makes the NK cell divide, unless TGF-β cuts the line.",
            ),
            (
                _constraints,
                306,
                "Constraints",
                "Four things limit an engager, one of them too much of it.",
            ),
            (
                _remedies,
                306,
                "Answers",
                "Donor NK cells did well in a trial without controls; TGF-β blockade failed.",
            ),
        ],
    )
