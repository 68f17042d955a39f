"""The bridge that an engager makes: its equilibrium, which is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from nkreview.model.model import Model
from nkreview.sbml.chance import NoCountsError

MODEL = Model.load("engager_bridge")
# Nothing is cut or cleared, and there is so much fluid that the drug is not used up.
AT_REST = {"adam17": 0.0, "half_life": 1e9, "fluid": 1e6, "kill_own": 0.0}
LONG = np.array([0.0, 3000.0, 6000.0])  # hours


def bridges(**settings: float) -> float:
    """Return the bridges of one NK cell at equilibrium, in thousands."""
    course = MODEL.run(LONG, {**AT_REST, **settings})["CDA"]
    assert course.iloc[2] == pytest.approx(course.iloc[1], rel=1e-4), "not yet at rest"
    return course.iloc[2]


@pytest.mark.parametrize("crowding", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("igg", [0.0, 4e4])
@pytest.mark.parametrize(
    ("dose", "k_cd16", "k_antigen"), [(0.1, 10, 10), (10, 500, 5), (3e3, 2, 80)]
)
def test_bridges_at_equilibrium(
    dose: float, k_cd16: float, k_antigen: float, igg: float, crowding: float
) -> None:
    """For bridges x of receptors C and antigens A, x / ((C - x)(A - x)) is known."""
    settings = {"dose": dose, "k_cd16": k_cd16, "k_antigen": k_antigen}
    x = bridges(**settings, igg=igg, crowding=crowding)
    held = k_cd16 * (1 + igg / MODEL.constants["k_igg"])
    expected = crowding * dose / ((held + dose) * (k_antigen + dose))
    receptors, antigens = MODEL.constants["cd16"], MODEL.constants["antigen"]
    assert x / ((receptors - x) * (antigens - x)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("crowding", [1e-3, 10.0])
def test_the_best_dose_is_halfway(crowding: float) -> None:
    """On a logarithmic scale, between the two constants, whatever the crowding."""
    best, *others = (
        bridges(dose=dose, k_cd16=200.0, k_antigen=2.0, crowding=crowding)
        for dose in (20.0, 16.0, 25.0)
    )
    assert best > max(others)
    assert others[0] == pytest.approx(others[1], rel=1e-3)


def test_it_is_no_model_for_chance() -> None:
    """A hundred thousand receptors are too many to draw one by one."""
    with pytest.raises(NoCountsError, match="measured in 1000"):
        MODEL.ensemble(10, 1.0, ["K"], seed=1)
