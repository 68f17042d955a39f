"""Figure 1: a map of the book."""

from __future__ import annotations

from collections.abc import Mapping

from nkreview.book.plates.links import LINKS
from nkreview.book.plates.scenes import (
    LEFT,
    RIGHT,
    Plan,
    cd16_cut,
    conversion,
    draw_panels,
    ligands_shed,
    scene,
    tgf_lowers,
)
from nkreview.schematic import Panel, Schematic
from nkreview.schematic.elements import Element

ALT = (
    "A map of the book in four panels. NK cells patrol the blood and kill tumour cells there, read "
    "activating against inhibitory signals, and call dendritic cells, which bring T cells. Eight "
    "numbered barriers stand against them: at the tumour cell clusters, HLA-E, shed ligands and "
    "PGE2; inside the tumour TGF-β, too little cytokine, the loss of CD16 and a disputed "
    "conversion to ILC1. A table sets six treatments against the eight barriers. Its column for "
    "clusters is empty, and of the two blockades some trials succeeded and others failed."
)

CAPTION = (
    "NK cells in cancer: a map of this book. "
    "(a) NK cells kill tumour cells in capillaries {cite:p}`Ichise2022`, weigh activating against "
    "inhibitory signals {cite:p}`Fauriat2010` and draw in cDC1 {cite:p}`Bottcher2018`. "
    "(b, c) Barriers: 1, clusters {cite:p}`Lo2020`; 2, HLA-E on NKG2A {cite:p}`Liu2023`; "
    "3, ligands shed by the tumour cell {cite:p}`Salih2006`; 4, PGE2 {cite:p}`Bottcher2018`; "
    "5, transforming growth factor beta (TGF-β) {cite:p}`Castriconi2003,Viel2016`; 6, IL-15 that "
    "only other cells can supply {cite:p}`Lucas2007`; 7, CD16 cut off by the NK cell itself "
    "{cite:p}`Romee2013`; 8, conversion to ILC1 in mice {cite:p}`Gao2017`, dashed because others "
    "found ILC1 that kill {cite:p}`Dadi2016,Kansler2022`. "
    "(d) What is tried, and against which barrier; dashed where trials disagree "
    "{cite:p}`Herbst2022,Fayette2025,Cho2023,SHR1701ESMO2024` or where the link is our inference. "
    "Engagers answer 5 and 7 if they hold "
    "on to NKp46. "
    "Changed from the original: TGF-β carries its right name, tumour cells shed ligands while NK "
    "cells shed CD16, clusters are a barrier and not prey, each treatment points to its barrier, "
    "and what trials said is shown."
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
    clusters = scene(
        panel, (LEFT, 44),
        ("clusters", "Barrier 1: clusters",
         "Tumour cells that travel in clusters resist NK cells.", "clusters"),
        "Clusters", "resist NK cells", number=1,
    )  # fmt: skip
    clusters.cell("nk", 22, 90, 19).arrow("fails", (46, 90), (84, 90)).cell("cluster", 110, 88, 12)

    disguise = scene(
        panel, (RIGHT, 44),
        ("hla-e", "Barrier 2: HLA-E",
         "HLA-E on the tumour cell holds the NK cell back through its receptor NKG2A.", "clusters"),
        "HLA-E", "brakes by way of NKG2A", number=2,
    )  # fmt: skip
    disguise.cell("tumour", 188, 90, 18).around("brake-ligand", 188, 90, 17, (0,))
    disguise.arrow("inhibits", (221, 90), (262, 90))
    disguise.cell("nk", 299, 90, 19).around("receptor", 299, 90, 18, (180,))

    shedding = scene(
        panel, (LEFT, 186),
        ("shed-ligands", "Barrier 3: shed ligands",
         "Tumour cells shed MICA and MICB, so that NKG2D finds less to bind.", "who-sheds-what"),
        "Shed ligands", "MICA and MICB", number=3,
    )  # fmt: skip
    ligands_shed(shedding, LEFT, 232)

    pge2 = scene(
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
    tgf = scene(
        panel, (LEFT, 46),
        ("tgf-beta", "Barrier 5: TGF-β",
         "Transforming growth factor beta lowers NKp30, in part NKG2D, and blocks the IL-15 "
         "signal.", "three-injuries"),
        "TGF-β", "lowers NKp30, partly", "NKG2D, not NKp46", number=5,
    )  # fmt: skip
    tgf_lowers(tgf, LEFT, 92)

    hunger = scene(
        panel, (RIGHT, 46),
        ("hunger", "Barrier 6: too little cytokine",
         "NK cells live on IL-15 that other cells, such as dendritic cells, hold out to them.",
         "living-on-supply"),
        "Little IL-15", "other cells supply it", number=6,
    )  # fmt: skip
    hunger.cell("cdc1", 190, 92).arrow("activates", (217, 92), (240, 92))
    hunger.molecule("cytokine", 226, 78)
    hunger.cell("nk", 261, 92, 17).cell("weak-nk", 302, 75, 15).cell("weak-nk", 302, 110, 15)

    cut = scene(
        panel, (LEFT, 202),
        ("cd16", "Barrier 7: loss of CD16",
         "On activation the NK cell's own ADAM17 cuts CD16 off, which may also help it to move on.",
         "who-sheds-what"),
        "Loss of CD16", "by its own ADAM17", number=7,
    )  # fmt: skip
    cd16_cut(cut, LEFT, 248)

    change = scene(
        panel, (RIGHT, 202),
        ("ilc1", "Barrier 8: conversion to ILC1 (disputed)",
         "In mouse tumours TGF-β turned NK cells into ILC1; elsewhere ILC1 were found to kill.",
         "ilc1-controversy"),
        "Into ILC1?", "harm or help?", number=8,
    )  # fmt: skip
    conversion(change, RIGHT, 248)


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
    ), ("Donor NK cells", "small trials"), (6, 8), uncertain=True)  # fmt: skip
    donor.organ("bag", 8, y, 15, 32).cell("nk", 30, y, 13)

    _blockades(panel)

    partner, y = _answer(panel, 5, (
        "t-cell-therapy", "Combination with T-cell therapy",
        "In mice, stopping the enzyme that makes PGE2 worked together with anti-PD-1.",
        "pge2",
    ), ("With T cells", "in mice"), (4,))  # fmt: skip
    partner.cell("nk", 12, y, 11).cell("tcell", 34, y, 9.5)


def _blockades(panel: Panel) -> None:
    """Draw the two opportunities whose trials disagree."""
    brake, y = _answer(panel, 3, (
        "nkg2a-blockade", "Checkpoint blockade",
        "Blocking NKG2A helped in a trial in lung cancer; in head and neck cancer it was futile.",
        "blockade",
    ), ("Block NKG2A", "trials disagree"), (2,), uncertain=True)  # fmt: skip
    brake.molecule("antibody", 9, y, 0).cell("nk", 35, y, 11).around("receptor", 35, y, 10, (180,))

    trap, y = _answer(panel, 4, (
        "tgf-blockade", "TGF-β blockade",
        "Drugs against TGF-β and PD-L1 failed in lung cancer and helped in stomach cancer.",
        "blockade",
    ), ("Block TGF-β", "trials disagree"), (5, 8), uncertain=True)  # fmt: skip
    trap.molecule("antibody", 12, y, 0).molecule("tgf-beta", 32, y, 90)


def figure_1(links: Mapping[str, str] = LINKS) -> Schematic:
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
    panels = draw_panels(
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
    return Schematic("figure-1", title, ALT, CAPTION, panels, links)
