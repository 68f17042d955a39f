"""Figure 4: how an engager works, and where it stops."""

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
    scene,
    tgf_lowers,
)
from nkreview.schematic import Panel, Schematic
from nkreview.schematic.elements import Element
from nkreview.schematic.shapes import polar

ALT = (
    "Four panels. In six steps an engager binds an antigen of a tumour cell, is gripped by "
    "receptors of an NK cell, several bridges form, granules are released, and the tumour cell "
    "dies while the NK cell moves on. Fuel on the engager makes the NK cell divide by way of mTOR, "
    "a line that TGF-β cuts. Four constraints follow: lowered receptors, CD16 that the NK cell "
    "cuts off, a disputed change into ILC1, and too much drug, which leaves no bridges. Of the "
    "answers, donor NK cells have results in patients; trials of TGF-β blockade disagree."
)

CAPTION = (
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
    "without PD-L1, which helped mice {cite:p}`Kment2024`, failed in lung cancer {cite:p}`Cho2023` "
    "and helped in stomach cancer {cite:p}`SHR1701ESMO2024`; local or masked engagers, "
    "without a clinical result that we found; donor NK cells "
    "{cite:p}`Nieto2025`. "
    "Changed from the original: TGF-β carries its right name, the NK cell and not the tumour sheds "
    "CD16, NKp46 is spared, conversion is in dispute, the hook effect is added, and trials "
    "are shown."
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
    bystander = scene(
        panel, (LEFT, 262),
        ("treg", "Regulatory T cell",
         "Natural IL-2 also feeds regulatory T cells; the variant is built to pass them by.",
         "five-cytokines"),
        "Natural IL-2", "feeds Treg as well",
    )  # fmt: skip
    bystander.molecule("cytokine", 14, 300, 0, 1.15).molecule("cytokine", 30, 312, 0, 1.15)
    bystander.arrow("activates", (46, 308), (84, 308)).cell("treg", 112, 308, 17)

    price = scene(
        panel, (RIGHT, 262),
        ("toxicity", "Toxicity",
         "Given to the whole body, IL-2 and IL-15 reach the limit of toxicity.",
         "five-cytokines"),
        "In the whole body", "toxicity sets the dose",
    )  # fmt: skip
    price.molecule("cytokine", 180, 300, 0, 1.15).molecule("cytokine", 196, 312, 0, 1.15)
    price.arrow("moves", (212, 308), (250, 308)).molecule("warning", 278, 310, 0, 1.4)


def _constraints(panel: Panel) -> None:
    tgf = scene(
        panel, (LEFT, 44),
        ("tgf-beta", "TGF-β and the receptors",
         "Transforming growth factor beta lowers NKp30 and in part NKG2D, but not NKp46.",
         "three-injuries"),
        "TGF-β", "lowers NKp30, partly", "NKG2D, not NKp46",
    )  # fmt: skip
    tgf_lowers(tgf, LEFT, 90)

    cut = scene(
        panel, (RIGHT, 44),
        ("cd16-cut", "CD16, cut off by its own cell",
         "ADAM17 of the NK cell itself cuts CD16 off, and an engager on CD16 loses its hold.",
         "who-sheds-what"),
        "Loss of CD16", "NK cells cut it with", "their own ADAM17",
    )  # fmt: skip
    cd16_cut(cut, RIGHT, 90)
    cut.molecule("engager", RIGHT + 97, 61, -30)

    change = scene(
        panel, (LEFT, 200),
        ("ilc1", "Conversion to ILC1 (disputed)",
         "TGF-β turned NK cells into ILC1 in mice; whether ILC1 harm or help is disputed.",
         "ilc1-controversy"),
        "Into ILC1?", "harm or help?",
    )  # fmt: skip
    conversion(change, LEFT, 246)

    hook = scene(
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
    three = scene(
        panel, (LEFT, 44),
        ("three-ends", "A third end",
         "An engager that holds NKp46 as well as CD16 keeps its grip when one of them is lost.",
         "which-handle"),
        "A third end: NKp46", "controlled tumours", "in mice",
    )  # fmt: skip
    three.cell("nk", 23, 90, 21).around("receptor", 23, 90, 20, (-24, 24))
    three.molecule("engager-three", 64, 90, 0)
    three.around("antigen", 110, 90, 19, (180,)).cell("tumour", 110, 90, 20)

    trap = scene(
        panel, (RIGHT, 44),
        ("tgf-blockade", "TGF-β blockade, with or without PD-L1",
         "Drugs against TGF-β and PD-L1 failed in lung cancer and helped in stomach cancer.",
         "blockade"),
        "TGF-β blockade", "± PD-L1: helped mice,", "trials disagree",
    )  # fmt: skip
    trap.molecule("antibody", 180, 90, 0, 1.3).molecule("tgf-beta", 206, 90, 90, 1.2)
    trap.arrow("inhibits", (222, 90), (260, 90), uncertain=True).cell("nk", 292, 90, 21)

    local = scene(
        panel, (LEFT, 200),
        ("local", "Local or masked engagers (no clinical result found)",
         "Given into the tumour, or unmasked only there, an engager would spare the body.",
         "extra-fuel"),
        "Local or masked", "no trial result found",
    )  # fmt: skip
    local.cell("tumour", 118, 232, 15).cell("tumour", 128, 262, 15)
    local.molecule("engager", 22, 233, 0, 1.2).molecule("engager-masked", 22, 261, 0, 1.2)
    local.arrow("moves", (52, 246), (96, 246), uncertain=True)

    donor = scene(
        panel, (RIGHT, 200),
        ("donor-cells", "Donor NK cells",
         "39 of 42 patients responded to donor NK cells loaded with AFM13; nobody was a control.",
         "engager-with-cells"),
        "Donor NK cells", "39 of 42 responded", "(no controls)",
    )  # fmt: skip
    donor.organ("bag", 184, 246, 30, 54).arrow("moves", (206, 246), (234, 246))
    donor.cell("nk", 260, 246, 20).around("receptor", 260, 246, 19, (0,))
    donor.molecule("engager", 302, 246, 0)


def figure_4(links: Mapping[str, str] = LINKS) -> Schematic:
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
    panels = draw_panels(
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
    return Schematic("figure-4", title, ALT, CAPTION, panels, links)
