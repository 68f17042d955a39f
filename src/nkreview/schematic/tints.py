"""The colours of the drawings: for each role a body and its dark partner."""

from __future__ import annotations

from typing import NamedTuple

from nkreview.living.style import COLOURS


class Tint(NamedTuple):
    """A role's colours."""

    body: str
    dark: str  # outline and nucleus; carries white letters


#: What has a colour in the living figures too has it from there; the others are Okabe and Ito's.
TINTS: dict[str, Tint] = {
    "nk": Tint("#56B4E9", COLOURS["nk"]),
    "tcell": Tint(COLOURS["tcell"], "#00573F"),
    "tumour": Tint(COLOURS["tumour"], "#7A3600"),
    "cdc1": Tint("#F0E442", "#6A6200"),
    "platelet": Tint("#CC79A7", "#7C3F62"),
    "liver": Tint("#E69F00", "#8A5F00"),
    "lung": Tint("#8C8C8C", "#6E6E6E"),
    "signal": Tint("#E69F00", "#8A5F00"),
    "protein": Tint("#8C8C8C", "#6E6E6E"),
    "ilc1": Tint("#A9B8C6", "#4C6074"),
    "suppressor": Tint("#CC79A7", "#7C3F62"),
    "cytokine": Tint("#F0E442", "#6A6200"),
}
