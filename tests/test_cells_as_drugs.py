"""What the model of infused cells must keep to, beside its claims."""

from __future__ import annotations

import numpy as np
import pytest

from nkreview import Model
from nkreview.sbml.chance import NoCountsError

MODEL = Model.load("cells_as_drugs")


def test_rejected_cells_do_not_come_back() -> None:
    """A millionth of a cell must not grow again once the T cells have gone quiet."""
    own = {"own": 200}
    blood = MODEL.run([0, 14, *range(30, 366)], own, ["blood"])["blood"]
    assert blood[14] > MODEL.constants["limit"]
    assert blood[30:].max() < 1e-3 * MODEL.constants["limit"]


def test_each_infusion_brings_a_bag_in_its_week() -> None:
    """Three infusions are three bags, a week apart, and the fourth does not come."""
    bag = MODEL.constants["dose"] * MODEL.constants["weight"]
    times = np.array([6.99, 7.01, 13.99, 14.01, 20.99, 21.01])
    donor = MODEL.run(times, {"infusions": 3}, ["donor"])["donor"].to_numpy()
    assert donor[1::2] - donor[::2] == pytest.approx([bag, bag, 0], abs=0.05 * bag)


def test_its_measures_are_no_counts() -> None:
    """Powers of ten and days cannot be drawn one by one, so that chance refuses them by name."""
    with pytest.raises(NoCountsError, match="log_blood follows a rate rule"):
        MODEL.ensemble(2, 7, ["donor"])
