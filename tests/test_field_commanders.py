"""The chain of commanders: mice by chance, and what its links do."""

from __future__ import annotations

import pandas as pd
import pytest

from nkreview.model.model import Model

MODEL = Model.load("field_commanders")
# A hundred times as many NK cells, each of which kills a hundredth.
MANY = {"n_normal": 2000, "kill_n": 2.7e-5, "d_normal": 2000, "tumour_start": 200}


def alive(mass: float) -> pd.Series:
    """Return the share of operated mice alive in the end, without and with given NK cells."""
    return MODEL.simulate("mice", settings={"mass": mass}).iloc[-1]


def test_operated_mice_live_as_often_as_measured() -> None:
    """Huang and others 2025: 33 and 68 % after removal of 95 to 400 mg, from few mice each."""
    shares = alive(230)
    assert shares["alive"] == pytest.approx(33, abs=7)
    assert shares["given"] == pytest.approx(68, abs=7)


def test_given_cells_gain_most_in_between() -> None:
    """The story of the chapter: small tumours need no help, large ones are beyond it."""
    gains = {mass: alive(mass)["given"] - alive(mass)["alive"] for mass in (20, 230, 800)}
    assert gains[230] > 2 * max(gains[20], gains[800])


def test_where_cells_are_many_chance_gives_the_means() -> None:
    course = MODEL.run([0, 5], MANY, ["N", "D", "T"]).iloc[-1]
    runs = MODEL.ensemble(20, 5, ["N", "D", "T"], settings=MANY)
    for name, mean in runs.mean().items():
        assert mean == pytest.approx(course[name], rel=0.03), name


@pytest.mark.parametrize(("weakest", "gain"), [(0, 3), (1, 1)])
def test_one_repair_triples_the_call_unless_the_weakest_link_decides(
    weakest: float, gain: float
) -> None:
    held = {"tumour_start": 500, "growth": 0, "kill_n": 0, "kill_c": 0, "weakest": weakest}
    before, after = (
        MODEL.readouts(settings={**held, "mend_hear": mended})["call21"] for mended in (0, 1)
    )
    assert after / before == pytest.approx(gain, rel=0.03)
