"""Figure 3: engagers and cytokines against the barriers of the tumour."""

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
from nkreview.schematic.elements import PANEL_WIDTH

ALT = (
    "Four panels. An engager ties receptors of an NK cell to antigens of a tumour cell, and "
    "granules cross the gap. The tumour works against it: TGF-β lowers NKp30 and in part NKG2D but "
    "not NKp46, the tumour cell sheds ligands, the NK cell cuts off its own CD16, and whether it "
    "turns into an ILC1 that does harm is disputed. A cytokine on the engager feeds the NK cell, "
    "while cytokine given to the whole body is toxic. Masks and local delivery are still ideas; "
    "with NK cells from a donor 39 of 42 patients responded, against 3 of 26 without them."
)

CAPTION = (
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
    tgf = scene(
        panel, (LEFT, 44),
        ("tgf-beta", "TGF-β and the receptors",
         "Transforming growth factor beta lowers NKp30 and in part NKG2D, but not NKp46.",
         "three-injuries"),
        "TGF-β", "lowers NKp30, partly", "NKG2D, not NKp46",
    )  # fmt: skip
    tgf_lowers(tgf, LEFT, 90)

    shed = scene(
        panel, (RIGHT, 44),
        ("shed-ligands", "Shed ligands",
         "Tumour cells shed the ligands MICA and MICB, not the receptors of NK cells.",
         "who-sheds-what"),
        "Shed ligands", "tumour cells lose", "MICA and MICB",
    )  # fmt: skip
    ligands_shed(shed, RIGHT, 90)

    cut = scene(
        panel, (LEFT, 200),
        ("cd16-cut", "CD16, cut off by its own cell",
         "ADAM17 of the NK cell itself cuts CD16 off, which may help it to move on.",
         "who-sheds-what"),
        "Loss of CD16", "NK cells cut it with", "their own ADAM17",
    )  # fmt: skip
    cd16_cut(cut, LEFT, 246)

    change = scene(
        panel, (RIGHT, 200),
        ("ilc1", "Conversion to ILC1 (disputed)",
         "TGF-β turned NK cells into ILC1 in mice; whether ILC1 harm or help is disputed.",
         "ilc1-controversy"),
        "Into ILC1?", "with more NKG2A,", "CD96 and LAG-3?",
    )  # fmt: skip
    conversion(change, RIGHT, 246)
    change.around("receptor", RIGHT + 118, 246, 21, (-45, 0, 45))


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


def figure_3(links: Mapping[str, str] = LINKS) -> Schematic:
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
    panels = draw_panels(
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
    return Schematic("figure-3", title, ALT, CAPTION, panels, links)
