"""Figure 2: liver and lung."""

from __future__ import annotations

from collections.abc import Mapping

from nkreview.book.plates.links import LINKS
from nkreview.book.plates.scenes import Plan, draw_panels
from nkreview.schematic import Panel, Schematic
from nkreview.schematic.shapes import polar, ring

ALT = (
    "Four panels. Single tumour cells that leave a tumour meet NK cells in the blood, while "
    "clusters resist them. Whether the liver comes first is disputed: after an injection into the "
    "tail vein the lung is the first capillary bed. In the lung, NK cells that patrol the "
    "capillaries kill at about half of their contacts at first and at almost none after 24 hours, "
    "because the tumour cells change. Later T cells control the foci, and NK cells, which stay "
    "outside, help to bring them in."
)

CAPTION = (
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
    _window(panel)


def _window(panel: Panel) -> None:
    """Draw how the chance that a contact kills falls within a day."""
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


def figure_2(links: Mapping[str, str] = LINKS) -> Schematic:
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
    panels = draw_panels(
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
    return Schematic("figure-2", title, ALT, CAPTION, panels, links)
