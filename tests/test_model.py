"""What a run costs, and that it stays what it is whatever ran before."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nkreview.model.card import TimeCourse
from nkreview.model.model import Model
from nkreview.model.observe import READOUT_POINTS
from nkreview.model.shelf import names

# About 12 ms in CVODE on a machine of today: a slider's curve within a frame of the screen.
# The longest run of the book takes 3,000, a dozen injections with a few hundred steps each.
MOST_STEPS = 5_000


def cost(model: Model, scenario: str) -> int:
    """Return the most steps that a scenario takes, with few output times and with many."""
    end = max(view.x.max for view in model.card.views if isinstance(view, TimeCourse))
    settings = model.settings(scenario)
    return max(model.observer.engine.steps(end, settings, n) for n in (1, 150, READOUT_POINTS))


def scenarios() -> Iterator[tuple[str, str]]:
    """Yield each model with each of its scenarios."""
    for name in names():
        for scenario in Model.load(name).card.scenarios:
            yield name, scenario.id


@pytest.mark.parametrize(("name", "scenario"), list(scenarios()))
def test_no_scenario_costs_too_many_steps(name: str, scenario: str) -> None:
    """Counted in steps, so that a slow machine does not matter."""
    assert cost(Model.load(name), scenario) <= MOST_STEPS


@pytest.mark.filterwarnings("ignore:Simulation requested end time point")
def test_a_switch_without_a_dead_band_is_seen(tmp_path: Path) -> None:
    """The fault that the limit is for: two sides of a comparison that both decay to zero."""
    model = Model.load("cytokine_fuel")
    text = model.path.read_text(encoding="utf-8")
    band = "insult > shock - 1e-9 dimensionless"
    assert band in text
    path = tmp_path / model.path.name
    path.write_text(text.replace(band, "insult > shock"), encoding="utf-8")
    card = model.path.with_suffix(".yml").read_text(encoding="utf-8")
    path.with_suffix(".yml").write_text(card, encoding="utf-8")
    assert cost(Model.load(path), "no-support") > 10 * MOST_STEPS


@pytest.mark.parametrize("name", names())
def test_a_run_does_not_depend_on_those_before(name: str) -> None:
    """Events change constants, and so do settings; the next run starts from the file again."""
    model = Model.load(name)
    sent = pickle.loads(pickle.dumps(model))
    for other in (Model(model.name, model.path, model.sbml), sent):
        expected = {s.id: other.readouts(s.id) for s in reversed(model.card.scenarios)}
        assert {s.id: model.readouts(s.id) for s in model.card.scenarios} == expected


@pytest.mark.parametrize("name", names())
def test_what_a_reader_sets_holds_in_a_scenario(name: str) -> None:
    """With everything moved back that it sets, a scenario is the default run."""
    model = Model.load(name)
    usual, *others = model.card.scenarios
    assert any(scenario.set for scenario in others)
    for scenario in others:
        back = {ident: model.constants[ident] for ident in scenario.set}
        assert model.readouts(scenario.id, back) == model.readouts(usual.id)


def test_counting_steps_leaves_no_trace() -> None:
    """CVODE keeps a longest step, so that counting has a compiled model of its own."""
    model = Model.load("cytokine_fuel")
    before = model.readouts()
    model.observer.engine.steps(22, {}, 500)
    assert model.readouts() == before


def test_times_may_be_few_and_begin_late() -> None:
    """One point, the start alone, and times that skip the start."""
    model = Model.load("metastasis_window")
    whole = model.run(np.linspace(0, 48, 49), columns=["lung_cells", "B"])
    assert list(whole.index) == list(range(49))
    np.testing.assert_allclose(model.run([24.0, 48.0], columns=["B"])["B"], 0, atol=1e-9)
    late = model.run([24.0, 48.0], columns=["lung_cells"])["lung_cells"]
    np.testing.assert_allclose(late, whole.loc[[24, 48], "lung_cells"], rtol=1e-6)
    assert model.run([0.0], columns=["B"]).loc[0.0, "B"] == model.constants["dose"]


def test_a_setting_that_does_not_exist_is_named() -> None:
    """In a plain run too."""
    with pytest.raises(KeyError, match="did you mean 'dose'"):
        Model.load("metastasis_window").run([1.0], {"dosis": 1})


def test_an_event_at_the_start_asks_the_settings(tmp_path: Path) -> None:
    """Whether it happens then is decided by the run's own values, not by the file's."""
    path = tmp_path / "late.ant"
    path.write_text(
        "model late\n  unit time_unit = second\n  begin: at time >= start, t0 = false: on = 1\n"
        "  start = 0; on = 0\nend\n",
        encoding="utf-8",
    )
    model = Model.load(path)
    for start, course in ((0, [1, 1, 1]), (1.5, [0, 0, 1]), (0, [1, 1, 1])):
        assert model.run([0, 1, 2], {"start": start}, ["on"])["on"].tolist() == course
