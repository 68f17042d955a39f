"""Views of many runs by chance: card, kernel, and what a reader sees in the page."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from chances import Realise, realiser
from drawing import LOOK, MOVE, Axes, path
from playwright.sync_api import Locator

from nkreview.living.page import figure_html, page_setup
from nkreview.living.widget import Explorer
from nkreview.model.card import ChanceAxis
from nkreview.model.ensemble import in_bins
from nkreview.model.model import Model
from nkreview.model.schema import CardError
from nkreview.sbml.chance import NoCountsError

LIMIT = 4.5  # standard errors
BIN = re.compile(r"(\d+) runs drawn for each curve(?:; (\d+) lie beyond the axis)?\.")

ANT = """model mice
  compartment lung = 1
  substanceOnly species foci in lung
  foci = 0
  seeds = 1
  clears = 0.1
  many = 1
  land: => foci; many * seeds
  clear: foci => ; clears * foci
end
"""
CARD = """
title: Mice
question: How many?
time: {label: time, unit: d}
sliders:
  - {id: seeds, label: seeds, min: 0, max: 4, step: 0.5}
  - {id: clears, label: clearing, min: 0, max: 1, step: 0.1}
  - {id: many, label: factor, min: 1, max: 1000, step: 1}
views:
  - id: numbers
    kind: ensemble
    title: Foci in a mouse
    runs: 200
    set: {many: 2}
    x: {readout: foci, max: 40}
    series:
      - {id: mice, label: as set}
      - {id: weak, label: not cleared, scenario: weak}
  - id: free
    kind: ensemble
    title: Mice free of foci
    runs: 200
    x: {max: 20, points: 11}
    series: [{id: free, label: free of foci, expression: foci < 1}]
readouts:
  - {id: foci, label: foci on day 10, expression: foci, at: 10}
scenarios:
  - {id: usual, label: usual, notice: ""}
  - {id: weak, label: weak, notice: "", set: {clears: 0}}
  - {id: flood, label: flood, notice: "", set: {many: 1000}}
"""


def written(folder: Path, card: str = CARD, text: str = ANT) -> Model:
    """Write a model and its card; return the model."""
    folder.mkdir(exist_ok=True)
    (folder / "mice.ant").write_text(text, encoding="utf-8")
    (folder / "mice.yml").write_text(card, encoding="utf-8")
    return Model.load(folder / "mice.ant")


@pytest.fixture(scope="module")
def mice(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model whose numbers of foci are known: Poisson distributed."""
    return written(tmp_path_factory.mktemp("mice"))


@pytest.fixture(scope="module")
def realise(node: str) -> Realise:
    """Return a function that runs SBML by chance in Node."""
    return realiser(node)


def poisson(mean: float, most: int) -> np.ndarray:
    """Return the chances of 0, 1, … `most`."""
    return np.array([math.exp(-mean) * mean**k / math.factorial(k) for k in range(most + 1)])


def near(found: np.ndarray, chances: np.ndarray, runs: int) -> bool:
    """Tell whether shares in per cent are what chances lead one to expect."""
    errors = np.sqrt(np.maximum(chances * (1 - chances), 1 / runs) / runs)
    return bool((np.abs(np.asarray(found) / 100 - chances) < LIMIT * errors).all())


# --- Card and kernel ------------------------------------------------------------------------


def test_the_kernel_counts_runs(mice: Model) -> None:
    found = mice.simulate("numbers")
    assert found.index.name == "foci"
    assert list(found.index) == list(range(41))
    assert near(found["mice"], poisson(20 * (1 - math.exp(-1)), 40), 200)
    assert near(found["weak"], poisson(20, 40), 200)
    assert not near(found["mice"], poisson(20, 40), 200)


def test_the_kernel_tells_how_often_something_holds(mice: Model) -> None:
    found = mice.simulate("free", settings={"seeds": 0.5})["free"]
    free = np.exp(-5 * (1 - np.exp(-0.1 * found.index.to_numpy())))
    assert found[0] == 100
    assert near(found, free, 200)


def test_a_bin_reaches_half_its_width_to_either_side() -> None:
    axis = ChanceAxis(label="foci", min=0, max=4, points=3, readout="foci")
    assert axis.limits == (-1, 5)
    values = np.array([0, 0.9, 1, 2, 2.9, 3, 4, 4.9, 5, 9, -1.1])
    np.testing.assert_allclose(in_bins(axis, values) * len(values), [2, 3, 3])


def test_what_a_view_sets_has_no_control(mice: Model) -> None:
    setup = page_setup(mice, "numbers")
    assert [slider["id"] for slider in setup["sliders"]] == ["seeds", "clears"]
    assert [scenario["id"] for scenario in setup["scenarios"]] == ["usual", "weak"]
    assert setup["held"] == {"many": 2}
    assert (setup["x"]["min"], setup["x"]["max"]) == (-0.5, 40.5)
    html = figure_html(mice, "numbers")
    assert 'name="many"' not in html and 'value="flood"' not in html
    assert 'name="many"' in figure_html(mice, "free")


def test_a_card_need_not_say_what_follows(mice: Model) -> None:
    numbers, free = mice.card.views
    assert (numbers.x.label, numbers.x.points, numbers.x.width) == ("foci on day 10", 41, 1)
    assert (numbers.y.label, numbers.y.unit, numbers.y.max) == ("share of runs", "%", 100)
    assert (free.x.label, free.x.unit, free.x.limits) == ("time", "d", (0, 20))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("{readout: foci, max: 40}", "{max: 40}", "give either x a `readout`"),
        (", expression: foci < 1", "", "give either x a `readout`"),
        ("readout: foci, max", "readout: focy, max", "no readout 'focy'; did you mean 'foci'"),
        ("set: {many: 2}", "set: {maney: 2}", r"views\[numbers\].set: no constant of the model"),
        ("scenario: weak}", "scenario: week}", "no scenario 'week'"),
        ("runs: 200", "runs: 5", "greater than or equal to 10"),
        ("{readout: foci,", "{readout: foci, scale: log, min: 1,", "an ensemble's axis is linear"),
        ('usual, notice: ""', 'usual, notice: "", set: {many: 3}', "the first scenario sets one"),
    ],
)
def test_faults_of_a_card_are_named(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in CARD
    with pytest.raises(CardError, match=why):
        written(tmp_path, CARD.replace(old, new, 1)).card  # noqa: B018


def test_the_kernel_refuses_what_is_no_network_of_counts(tmp_path: Path) -> None:
    model = written(tmp_path, text=ANT.replace("substanceOnly ", ""))
    with pytest.raises(NoCountsError, match="foci is a concentration"):
        model.simulate("numbers")
    with pytest.raises(NoCountsError, match="foci is a concentration"):
        model.ensemble(2, 1, ["foci"])


# A front end that does nothing but show a widget.
WIDGET = """async ([script, state]) => {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const { default: widget } = await import(address);
    const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
    await widget.render({ model, el: document.querySelector("main") });
}"""


# --- The page -------------------------------------------------------------------------------


def drawn(element: Locator, runs: int) -> dict:
    """Wait until all runs are drawn; return what is to be seen."""
    element.page.wait_for_function(
        "([element, begin]) => element.querySelector('.nk-runs').textContent.startsWith(begin)",
        arg=[element.element_handle(), f"{runs} runs drawn"],
        timeout=60_000,
    )
    return {**element.evaluate(LOOK), "runs": element.locator(".nk-runs").inner_text()}


def heights(seen: dict, kind: str, series: str, model: Model, view: str) -> np.ndarray:
    """Return the heights of drawn bars, or of a curve, read off the axes."""
    axes = Axes.read(seen, model.card.find("views", view))
    points = path(seen[kind][series]["d"].removesuffix("z").strip())
    (zero, hundred) = (axes.y.at(value) for value in (0, 100))
    return (points[:, 1] - zero) / (hundred - zero) * 100


def bars(seen: dict, series: str, model: Model) -> np.ndarray:
    """Return the height of each bar; its sides must stand half a bin beside its number."""
    axes = Axes.read(seen, model.card.find("views", "numbers"))
    points = path(seen["curves"][series]["d"])
    sides = [axes.x.at(k + side) for k in range(41) for side in (-0.5, 0.5)]
    np.testing.assert_allclose(points[1:-1, 0], sides, atol=0.1)
    found = heights(seen, "curves", series, model, "numbers")
    np.testing.assert_allclose([found[0], found[-1]], 0, atol=0.1)
    np.testing.assert_allclose(found[1:-1:2], found[2:-1:2])
    return found[1:-1:2]


def by_seeds(realise: Realise, model: Model, settings: dict[str, float]) -> np.ndarray:
    """Return the number of foci on day 10 of each of the view's runs, by Node."""
    return realise(model.sbml, [10], ["foci"], range(1, 201), settings)[:, 0, 0]


def shares(values: np.ndarray) -> np.ndarray:
    """Return how many per cent of values are 0, 1, … 40."""
    return np.array([100 * np.mean(values == k) for k in range(41)])


def test_the_bars_are_the_runs(mice: Model, realise: Realise, from_disk: Callable) -> None:
    """At first, after a slider has moved, and in a scenario; with the ghost of the default."""
    element = from_disk(mice, "numbers")
    seen = drawn(element, 200)
    usual = by_seeds(realise, mice, {"many": 2})
    weak = by_seeds(realise, mice, {"many": 2, "clears": 0})
    np.testing.assert_allclose(bars(seen, "mice", mice), shares(usual), atol=0.1)
    np.testing.assert_allclose(bars(seen, "weak", mice), shares(weak), atol=0.1)
    assert not any(line["seen"] for line in seen["ghosts"].values())
    assert seen["runs"] == "200 runs drawn for each curve."

    element.evaluate(MOVE, {"seeds": 2})
    seen = drawn(element, 200)
    more = {"many": 2, "seeds": 2}
    strong = by_seeds(realise, mice, more)
    np.testing.assert_allclose(bars(seen, "mice", mice), shares(strong), atol=0.1)
    beyond = np.sum(by_seeds(realise, mice, {**more, "clears": 0}) > 40) + np.sum(strong > 40)
    assert BIN.fullmatch(seen["runs"])[2] == str(beyond)
    assert all(line["seen"] for line in seen["ghosts"].values())
    ghost = heights(seen, "ghosts", "mice", mice, "numbers")
    assert ghost.max() == pytest.approx(mice.simulate("numbers")["mice"].max(), abs=0.1)
    (label, value) = seen["readouts"][0]
    assert label == "foci on day 10"
    assert float(value) == pytest.approx(40 * (1 - math.exp(-1)), rel=0.01)

    element.locator("button[type=reset]").click()
    seen = drawn(element, 200)
    np.testing.assert_allclose(bars(seen, "mice", mice), shares(usual), atol=0.1)


def test_the_share_over_time_is_drawn(mice: Model, realise: Realise, from_disk: Callable) -> None:
    element = from_disk(mice, "free")
    drawn(element, 200)
    element.evaluate(MOVE, {"seeds": 0.5})
    seen = drawn(element, 200)
    times = np.linspace(0, 20, 11)
    runs = realise(mice.sbml, times, ["foci"], range(1, 201), {"seeds": 0.5})[:, 0]
    found = heights(seen, "curves", "free", mice, "free")
    np.testing.assert_allclose(found, 100 * (runs < 1).mean(axis=0), atol=0.1)
    assert seen["runs"] == "200 runs drawn."


# Moves a slider while the page is busy: what the worker finds meanwhile arrives too late.
MOVE_BUSILY = f"""async (element, places) => {{
    const move = {MOVE};
    for (const settings of places) {{
        move(element, settings);
        for (let k = 0; k < 50; k++) await null; // the job is on its way, and no answer is heard
        for (const end = performance.now() + 150; performance.now() < end;);
    }}
}}"""


def test_only_the_newest_settings_count(mice: Model, realise: Realise, from_disk: Callable) -> None:
    """A slider that keeps moving leaves nothing of the places that it passed."""
    element = from_disk(mice, "numbers")
    drawn(element, 200)
    for seeds in (4, 3.5, 3, 2.5):
        element.evaluate(MOVE, {"seeds": seeds})
        element.page.wait_for_timeout(7)
    element.evaluate(MOVE_BUSILY, [{"seeds": 2}, {"seeds": 1.5}])
    seen = drawn(element, 200)
    wanted = shares(by_seeds(realise, mice, {"many": 2, "seeds": 1.5}))
    np.testing.assert_allclose(bars(seen, "mice", mice), wanted, atol=0.1)


def test_half_done_is_said_and_sliders_stay_free(tmp_path: Path, from_disk: Callable) -> None:
    """While the worker is busy, the page answers; what is drawn is a share of what is done."""
    model = written(tmp_path / "slow", CARD.replace("max: 1000", "max: 20000"))
    element = from_disk(model, "free")
    drawn(element, 200)
    element.evaluate(MOVE, {"many": 4000})
    element.page.wait_for_function(
        "() => /^\\d+ of 200 runs/.test(document.querySelector('.nk-runs').textContent)"
    )
    seen = element.evaluate(LOOK)
    assert heights(seen, "curves", "free", model, "free")[0] == pytest.approx(100, abs=0.1)
    element.evaluate(MOVE, {"many": 1})
    assert drawn(element, 200)["runs"] == "200 runs drawn."


def test_a_notebook_carries_what_the_view_needs(mice: Model, from_disk: Callable) -> None:
    """In HTML without files beside it, as GitHub's or Colab's, and as a widget."""
    explorer = Explorer(mice, "numbers", "page")
    page = from_disk(mice, "numbers", "").page
    element = page.locator("nk-explorer")
    page.goto("about:blank")  # where nothing is loaded
    page.set_content(explorer._repr_mimebundle_()[0]["text/html"])
    alone = bars(drawn(element, 200), "mice", mice)
    np.testing.assert_allclose(alone.sum(), 100, atol=0.5)

    page.goto("about:blank")
    page.set_content("<main></main>")
    state = {name: getattr(explorer, name) for name in explorer.traits(sync=True)}
    page.evaluate(
        WIDGET, [explorer._esm, {k: v for k, v in state.items() if isinstance(v, str | dict)}]
    )
    np.testing.assert_allclose(bars(drawn(element, 200), "mice", mice), alone)


def test_the_widget_solves_what_the_page_shows(mice: Model) -> None:
    explorer = Explorer(mice, "numbers", "page")
    assert explorer.readouts["foci"] == pytest.approx(20 * (1 - math.exp(-1)), rel=1e-4)
    assert list(explorer.trajectories) == ["mice", "weak"]


def test_what_cannot_be_run_is_said(tmp_path: Path, mice: Model, from_disk: Callable) -> None:
    """A run without end, and a model without counts: words instead of bars."""
    endless = written(tmp_path / "endless", CARD.replace("max: 1000", "max: 1000000"))
    element = from_disk(endless, "free")
    drawn(element, 200)
    element.evaluate(MOVE, {"many": 1_000_000})
    status = element.locator(".nk-status", has_text="More than a million reactions")
    status.wait_for(timeout=60_000)
    assert "most of them land; lower its rate" in status.inner_text()
    assert not any(line["seen"] for line in element.evaluate(LOOK)["curves"].values())
    element.evaluate(MOVE, {"many": 1})
    assert drawn(element, 200)["status"] == ""

    parts = written(tmp_path / "parts", text=ANT.replace("substanceOnly ", ""))
    element = from_disk(parts, "numbers", figure_html(mice, "numbers"))
    words = "mice cannot be run by chance: foci is a concentration"
    element.locator(".nk-status", has_text=words).wait_for()
