"""Held or turned: what follows exactly from either, and what no drug undoes."""

from __future__ import annotations

import numpy as np
import pytest

from nkreview.model.model import Model
from nkreview.sbml.chance import NoCountsError

MODEL = Model.load("tgfb_minefield")
DAYS = np.arange(0.0, 28.5, 0.5)
# Nobody comes in, divides or dies, so that cells only change their kind; the block takes all.
CLOSED = {"influx": 0.0, "division": 0.0, "ilc1_division": 0.0, "loss": 0.0}
BLOCKED = {"t_block": 10.0, "efficacy": 1.0}


@pytest.mark.parametrize("tgfb", [0.0, 0.3, 3.0, 10.0])
def test_receptors_settle_where_the_hold_says(tgfb: float) -> None:
    """On a cell that is held for long, each is 1 less its share of the hold."""
    course, constants = MODEL.run(DAYS, {"tgfb": tgfb}), MODEL.constants
    hold = tgfb / (tgfb + constants["k_hold"])
    for receptor, fall in {"NKp30": "fall_30", "NKG2D": "fall_2d", "NKp46": "fall_46"}.items():
        assert course[receptor].iloc[-1] == pytest.approx(1 - constants[fall] * hold, rel=1e-4)


def test_turning_neither_makes_nor_loses_cells() -> None:
    course = MODEL.run(DAYS, CLOSED)
    assert course["X"].max() > 0.1 * course["N"].iloc[0]
    assert course[["N", "X", "L"]].sum(axis=1).to_numpy() == pytest.approx(course["N"].iloc[0])


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_turned_cells_come_back_only_if_they_can(rate: float) -> None:
    course = MODEL.run(DAYS, {**CLOSED, **BLOCKED, "return_rate": rate})
    at_first, at_the_block, in_the_end = course["N"].iloc[[0, 20, -1]]
    assert at_the_block < at_first / 4
    assert in_the_end == pytest.approx(at_first if rate else at_the_block, rel=0.05)


def test_it_is_no_model_for_chance() -> None:
    """Receptors of an average cell are no counts."""
    with pytest.raises(NoCountsError, match="NKp30 follows a rate rule"):
        MODEL.ensemble(10, 1.0, ["N"], seed=1)
