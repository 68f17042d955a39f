"""`explore()` in Python: its traits, its errors, and how often it simulates."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import pandas as pd
import pytest
import traitlets
from ipywidgets import HBox, link

from nkreview import explore
from nkreview.living import widget
from nkreview.living.widget import IN_BOOK, WIDGET_VIEW
from nkreview.model.engine import Engine
from nkreview.model.model import Model

NAME, SLIDER, SCENARIO = "metastasis_window", "nk_cells", "anticoagulated"
SWEEP = "window"


@pytest.fixture
def model() -> Model:
    return Model.load(NAME)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list that grows with every simulation."""
    counted: list[None] = []
    run = Engine.run

    def count(*arguments: object) -> object:
        counted.append(None)
        return run(*arguments)

    monkeypatch.setattr(Engine, "run", count)
    return counted


def moved_by_page(explorer: widget.Explorer, **settings: float) -> None:
    """Say what a page says when a slider has moved."""
    explorer.set_state({"settings": {**explorer.settings, **settings}})


def test_it_begins_with_the_default_run(model: Model) -> None:
    window = explore(NAME)
    assert window.scenario == model.card.scenarios[0].id
    for slider in model.card.sliders:
        assert window.settings[slider.id] == model.constants[slider.id]
    pd.testing.assert_frame_equal(window.trajectories, model.simulate(), rtol=1e-5)
    assert window.readouts == pytest.approx(model.readouts(), rel=1e-5)


def test_settings_from_python_move_the_sliders(model: Model) -> None:
    window = explore(NAME)
    before = window.settings
    window.settings = {SLIDER: 1e6}
    assert window.settings == {**before, SLIDER: 1e6}
    assert window.readouts["foci"] == pytest.approx(
        model.readouts(settings={SLIDER: 1e6})["foci"], rel=1e-5
    )
    pd.testing.assert_frame_equal(
        window.trajectories, model.simulate(settings={SLIDER: 1e6}), rtol=1e-5
    )


def test_a_slider_stands_at_its_steps() -> None:
    """A browser would move it there, and then Python and page would differ."""
    window = explore(NAME)
    window.settings = {SLIDER: 1_049_999}
    assert window.settings[SLIDER] == 1e6
    written = 0.1 + 0.2  # the steps may add up to this, and browsers write 0.3
    window.settings = {"liver_first": 0.3}
    moved_by_page(window, liver_first=written)
    assert window.settings["liver_first"] == written


def test_a_scenario_sets_sliders_and_hidden_constants() -> None:
    price = explore("cytokine_fuel", view="price")
    price.scenario = "il2-high-dose"
    scenario = price.model.card.find("scenarios", "il2-high-dose")
    hidden = set(scenario.set) - {slider.id for slider in price.model.card.sliders}
    assert hidden and scenario.set.items() <= price.settings.items()
    expected = price.model.readouts("il2-high-dose")
    assert price.readouts == pytest.approx(expected, rel=1e-5)
    price.scenario = price.model.card.scenarios[0].id
    assert not hidden & set(price.settings)


def test_what_a_page_sends_is_taken_as_it_is() -> None:
    """A link on a page chooses a scenario and moves a slider at once."""
    window = explore(NAME)
    settings = {**window._preset(SCENARIO), SLIDER: 1e6}
    window.set_state({"scenario": SCENARIO, "settings": settings})
    assert (window.scenario, window.settings) == (SCENARIO, settings)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"nk_cell": 1}, "no control sets 'nk_cell'.*did you mean 'nk_cells'"),
        ({SLIDER: 1e9}, "nk_cells goes from 0 to 4.8e.06; 1e.09 is outside"),
        ({SLIDER: -1}, "is outside"),
        ({SLIDER: "many"}, "nk_cells must be a finite number, not 'many'"),
        ({SLIDER: math.nan}, "must be a finite number"),
        ({SLIDER: True}, "must be a finite number"),
    ],
)
def test_bad_settings_are_refused_and_change_nothing(settings: dict, says: str) -> None:
    window = explore(NAME)
    before = dict(window.settings)
    with pytest.raises(traitlets.TraitError, match=says):
        window.settings = settings
    assert window.settings == before


def test_unknown_names_are_refused_with_the_nearest() -> None:
    window = explore(NAME)
    with pytest.raises(traitlets.TraitError, match="did you mean 'no-nk'"):
        window.scenario = "no-nks"
    assert window.scenario == window.model.card.scenarios[0].id
    with pytest.raises(KeyError, match="did you mean 'window'"):
        explore(NAME, view="windows")
    with pytest.raises(KeyError, match="did you mean 'metastasis_window'"):
        explore("metastasis_windows")
    with pytest.raises(traitlets.TraitError, match="engine"):
        explore(NAME, engine="copasi")


def test_the_page_s_solver_costs_no_simulation(runs: list[None]) -> None:
    """libRoadRunner runs when Python asks, once for each settings."""
    window = explore(NAME)
    runs.clear()  # the figure itself is drawn from one
    moved_by_page(window, **{SLIDER: 1e6})
    moved_by_page(window, **{SLIDER: 2e6})
    assert len(runs) == 0
    assert window.readouts and window.readouts and len(window.trajectories)
    assert len(runs) == 1
    moved_by_page(window, **{SLIDER: 1e6})
    assert window.readouts
    assert len(runs) == 2


def test_roadrunner_costs_one_simulation_a_movement(runs: list[None], model: Model) -> None:
    window = explore(NAME, engine="roadrunner")
    runs.clear()
    moved_by_page(window, **{SLIDER: 1e6})
    assert len(runs) == 1
    sent = window._result
    assert window.readouts == sent["readouts"]
    assert sent["trajectories"]["series"].keys() == set(window.trajectories)
    assert sent["trajectories"]["x"] == list(window.trajectories.index)
    for name, curve in window.trajectories.items():
        assert sent["trajectories"]["series"][name] == list(curve)
    assert len(runs) == 1
    window.scenario = SCENARIO
    assert len(runs) == 2


def test_roadrunner_draws_a_sweep(model: Model) -> None:
    window = explore(NAME, view=SWEEP, engine="roadrunner")
    window.settings = {SLIDER: 1e6}
    expected = model.simulate(SWEEP, settings=window.settings)
    assert window._result["trajectories"]["series"]["foci"] == pytest.approx(expected["foci"])


def test_a_failing_run_is_told_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    window = explore(NAME, engine="roadrunner")

    def fail(*_: object) -> None:
        raise RuntimeError("too stiff")

    monkeypatch.setattr(widget, "solve", fail)
    window.settings = {SLIDER: 1e6}
    assert window._result == {"error": "too stiff"}
    with pytest.raises(RuntimeError, match="too stiff"):
        assert window.readouts


def test_it_composes_with_ipywidgets() -> None:
    """Observed, linked with another, and in a row."""
    window, other = explore(NAME), explore(NAME, view=SWEEP)
    seen = []
    window.observe(lambda change: seen.append(change["new"][SLIDER]), "settings")
    link((window, "settings"), (other, "settings"))
    moved_by_page(window, **{SLIDER: 1e6})
    assert seen == [1e6] and other.settings == window.settings
    other.settings = {SLIDER: 2e6}
    assert window.settings[SLIDER] == 2e6
    window.scenario = SCENARIO
    assert other.settings == window.settings
    assert HBox([window, other]).children == (window, other)


def test_every_front_end_finds_its_form() -> None:
    window = explore(NAME)
    data, _ = window._repr_mimebundle_()
    assert data[WIDGET_VIEW]["model_id"] == window.model_id
    assert data["image/png"].startswith("iVBOR")
    assert data["text/plain"] == f"Explorer({NAME!r}, view='burden')"
    html = data["text/html"]
    assert "customElements.define" in html and "<style>" in html  # it needs nothing else
    assert "//" not in {html[m : m + 2] for m in _after(html, 'src="')}
    again = window._repr_mimebundle_()[0]["text/html"]
    assert _prefix(html) != _prefix(again) != window._html


def _after(text: str, mark: str) -> list[int]:
    return [i + len(mark) for i in range(len(text)) if text.startswith(mark, i)]


def _prefix(html: str) -> str:
    return html.partition('<select id="')[2].partition("scenario")[0]


def test_in_a_book_the_page_brings_script_and_style(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, IN_BOOK, "1")
    html = explore(NAME)._repr_mimebundle_()[0]["text/html"]
    assert "customElements.define" not in html and "<style>" not in html
    assert "nkreviewModels" in html  # but the model it carries itself, wherever it lies


def test_colab_gets_html_and_no_widget_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    window = explore(NAME)
    monkeypatch.setitem(sys.modules, "google.colab", object())
    data, _ = window._repr_mimebundle_()
    assert WIDGET_VIEW not in data and "customElements.define" in data["text/html"]


def test_a_moved_explorer_is_pictured_as_it_is() -> None:
    window = explore(NAME)
    first = window._repr_mimebundle_()[0]["image/png"]
    assert window._repr_mimebundle_()[0]["image/png"] == first
    window.settings = {SLIDER: 0}
    assert window._repr_mimebundle_()[0]["image/png"] != first


def test_a_kernel_needs_no_sphinx() -> None:
    """The library's own dependencies do for a notebook."""
    script = (
        "import sys; sys.modules['sphinx'] = sys.modules['docutils'] = None\n"
        "import nkreview; nkreview.explore('metastasis_window')._repr_mimebundle_()"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
