"""Two viruses in one mouse: what its equations must keep, whatever the constants."""

from __future__ import annotations

import numpy as np
import pytest

from nkreview.model.model import Model
from nkreview.sbml.chance import NoCountsError

MODEL = Model.load("virus_race")
DAYS = np.linspace(0, 14, 57)
CELLS = ["U", "R", "E", "I", "D"]
# What makes a virus; all else belongs to the mouse.
VIRUS = {"inoculum", "infection", "shedding", "virus_kills", "nk_kill"}


@pytest.mark.parametrize("scenario", [s.id for s in MODEL.card.scenarios])
def test_no_cell_is_lost_or_made(scenario: str) -> None:
    """A cell of the tissue is whole, guarded, infected or lost, and nothing else."""
    course = MODEL.run(DAYS, MODEL.settings(scenario))
    assert course[CELLS].sum(axis=1).to_numpy() == pytest.approx(MODEL.constants["cells"], rel=1e-6)
    assert (course[CELLS] >= -1e-6).all(axis=None)


@pytest.mark.parametrize("dose", ["low", "medium", "high"])
def test_the_mouse_is_the_same(dose: str) -> None:
    """LCMV differs from influenza in constants of the virus only."""
    assert set(MODEL.settings(f"lcmv-{dose}")) == VIRUS
    assert set(MODEL.settings(f"flu-{dose}")) <= {"inoculum"}


def test_without_nk_cells_what_they_do_is_no_matter() -> None:
    """A mouse without NK cells does not notice how they would kill, harm and hold."""
    without = MODEL.readouts("no-nk")
    abilities = {"nk_kill": 5.0, "nk_harm": 2.0, "nk_restrain": 3.0}
    assert MODEL.readouts("no-nk", abilities) == pytest.approx(without)


def test_it_is_no_model_for_chance() -> None:
    """Ten million cells are too many to draw one by one."""
    with pytest.raises(NoCountsError, match="measured in 1000"):
        MODEL.ensemble(10, 1.0, ["D"], seed=1)
