"""What the draws leave open of a figure: in the kernel, in the page's script, and on the screen."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from contents import page_with
from drawing import LOOK, MOVE, Axes, Picture, anywhere, is_stacked, tells
from pages import faults_of
from playwright.sync_api import Locator

from nkreview.living.bundle import STATIC
from nkreview.living.page import figure_html, model_script, page_draws, page_setup
from nkreview.living.widget import Explorer
from nkreview.model.bands import HIGH, LOW, Band
from nkreview.model.draws import DRAWS, draws_file, fingerprint
from nkreview.model.model import Model
from nkreview.model.shelf import names

ANT = """model fade
  compartment box = 1
  substanceOnly species A in box
  A = start
  start = 8
  k = 0.5
  plain = 1
  dose = 1
  decay: A => ; k * dose * A
  start is "amount at the start"
  k is "rate"
end
"""
CARD = """
title: Fade
question: How fast?
time: {label: time, unit: h}
sliders:
  - {id: k, label: rate, min: 0, max: 2, step: 0.25}
  - {id: dose, label: dose, min: 0, max: 4, step: 0.5}
views:
  - id: course
    kind: time-course
    title: What is left
    x: {max: 10, points: 11}
    y: {label: amount, max: 12}
    series: [{id: A, label: left}, {id: gone, label: gone, expression: start - A}]
  - id: doses
    kind: dose-response
    title: What is left at 2 h
    x: {parameter: dose, max: 4, points: 5}
    y: {label: amount, scale: log, min: 0.1, max: 10}
    series: [{id: late}]
  - id: apart
    kind: map
    title: Both
    x: {parameter: dose, max: 4, points: 3}
    y: {parameter: k, max: 4, points: 3}
    colour: {readout: late, max: 10}
readouts:
  - {id: late, label: left at 2 h, expression: A, at: 2}
scenarios:
  - {id: usual, label: usual, notice: ""}
  - {id: much, label: much, notice: "", set: {start: 10}}
"""
EVIDENCE = """
parameters:
  start: {meaning: amount, status: assumed, range: [4, 12]}
  k: {meaning: rate, status: calibrated, range: [0.1, 1]}
  plain: {meaning: of no effect, status: calibrated, range: [0.5, 2]}
  dose: {meaning: dose, role: setting, status: assumed}
"""
T = np.arange(11)


@pytest.fixture(scope="module")
def fade(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model with draws whose curves are known as a formula."""
    folder = tmp_path_factory.mktemp("fade")
    for ending, text in ((".ant", ANT), (".yml", CARD), (".evidence.yml", EVIDENCE)):
        (folder / f"fade{ending}").write_text(text, encoding="utf-8")
    model = Model.load(folder / "fade.ant")
    draw = np.random.default_rng(1)
    rows = {
        "start": draw.uniform(4, 12, DRAWS),
        "k": draw.uniform(0.1, 1, DRAWS),
        "plain": draw.uniform(0.5, 2, DRAWS),
    }
    text = pd.DataFrame(rows).round(4).to_csv(index=False)
    draws_file(model).write_text(f"# hash: {fingerprint(model)}\n{text}", encoding="utf-8")
    return Model.load(model.path)


def left(t: np.ndarray | float, start: float, k: float, dose: float = 1) -> np.ndarray:
    """Return what is left."""
    return start * np.exp(-k * dose * np.asarray(t, float))


def ends(values: list) -> np.ndarray:
    """Return the quantiles between which nine tenths of some curves lie."""
    return np.quantile(np.array(values), [0.05, 0.95], axis=0)


# --- The kernel -----------------------------------------------------------------------------


def test_the_band_holds_nine_tenths_of_the_draws(fade: Model) -> None:
    """Of each series, at each point; and of each readout."""
    band = fade.band("course")
    draws = fade.draws.to_dict("records")
    curves = [left(T, draw["start"], draw["k"]) for draw in draws]
    for found, wanted in zip((band.low, band.high), ends(curves), strict=True):
        np.testing.assert_allclose(found["A"], wanted, rtol=1e-4)
        assert list(found.index) == list(T) and list(found) == ["A", "gone"]
    wanted = ends([left(2, draw["start"], draw["k"]) for draw in draws])
    np.testing.assert_allclose(band.readouts.loc["late"], wanted, rtol=1e-4)
    swept = fade.band("doses")
    wanted = ends([left(2, d["start"], d["k"], np.linspace(0, 4, 5)) for d in draws])
    np.testing.assert_allclose(swept.low["late"], wanted[0], rtol=1e-4)


def test_what_is_moved_or_held_is_not_drawn(fade: Model) -> None:
    """A slider, a scenario and a status; what stands where the file has it is drawn."""
    draws = fade.draws
    moved = fade.band("course", settings={"k": 1, "dose": 2})
    wanted = ends([left(T, start, 1, 2) for start in draws.start])
    np.testing.assert_allclose(moved.low["A"], wanted[0], rtol=1e-4)
    assert set(moved.owners.index) == {"start", "plain"}
    chosen = fade.band("course", "much", hold=["calibrated"])
    np.testing.assert_allclose(chosen.low, chosen.high)
    assert chosen.owners.empty
    held = fade.band("course", settings={"k": 0.5}, hold=["calibrated"])
    wanted = ends([left(T, start, 0.5) for start in draws.start])
    np.testing.assert_allclose(held.high["A"], wanted[1], rtol=1e-4)
    assert fade.band("course", settings={"k": 0.5}).high.equals(fade.band("course").high)


def test_owners_are_those_whose_ranks_go_with_the_curves(fade: Model) -> None:
    """Squared rank correlations, each point as heavy as the drawn band is wide there."""
    draws = fade.draws
    curves = {"A": [left(T, d.start, d.k) for d in draws.itertuples()]}
    curves["gone"] = [d.start - left(T, d.start, d.k) for d in draws.itertuples()]
    sums, whole = pd.Series(0.0, draws.columns), 0.0
    for values in curves.values():
        table = pd.DataFrame(values)
        for t in T:
            width = np.ptp(np.clip(table[t].quantile([0.05, 0.95]) / 12, 0, 1))
            if width > 1e-9:
                rho = draws.corrwith(table[t], method="spearman")
                sums, whole = sums + width * rho**2, whole + width
    wanted = (sums / whole).sort_values(ascending=False)
    found = fade.band("course").owners
    assert list(found.index) == list(wanted.index)
    assert list(found.index)[-1] == "plain"
    np.testing.assert_allclose(found, wanted, atol=0.01)
    alone = fade.band("doses", hold=["assumed"]).owners
    assert alone["k"] == pytest.approx(1)


def test_what_has_no_band_is_refused(fade: Model) -> None:
    with pytest.raises(ValueError, match="view 'apart' is of kind map; bands are for time"):
        fade.band("apart")
    with pytest.raises(ValueError, match="hold: 'guessed' is no status; there are measured, "):
        fade.band("course", hold=["guessed"])


# --- The page's script ----------------------------------------------------------------------

SCRIPT = """
import { readFileSync } from "node:fs";
const [figure, bands] = process.argv.slice(1);
const { Run } = await import(figure);
const { bandOf, openOf, ownersOf, tasksOf } = await import(bands);
const { script, setup, draws, settings, hold } = JSON.parse(readFileSync(0, "utf8"));
const url = "data:text/javascript;base64," + Buffer.from(script).toString("base64");
const run = new Run(setup, (await import(url)).default);
const open = openOf(draws, settings, hold);
const tasks = tasksOf(draws, open);
const runs = tasks.map((task) => run.solve({ ...settings, ...task }));
const band = bandOf(runs);
const owners = ownersOf(setup, open, tasks, runs, band);
console.log(JSON.stringify({ ...band, owners: owners.map(({ constant, share }) => [constant.id, share]) }));
"""  # noqa: E501

DRAWN = [
    (name, view.id)
    for name in names()
    if Model.load(name).has_draws
    for view in Model.load(name).card.views
    if view.kind in ("time-course", "dose-response") and not is_stacked(view)
]


@pytest.mark.parametrize(("name", "view"), DRAWN)
def test_page_and_kernel_agree(
    name: str, view: str, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On draws, bands, intervals and owners, as the card has it and with sliders moved."""
    model = Model.load(name)
    # How many there are is all the same to both.
    monkeypatch.setitem(vars(model), "draws", model.draws[::4])
    slider = model.card.sliders[0]
    some = {slider.id: anywhere(model, f"{name}.{view}.band")[slider.id]}
    usual = {s.id: model.constants[s.id] for s in model.card.sliders}
    for settings, hold in ((usual, []), ({**usual, **some}, ["assumed"])):
        check_agreement(model, view, settings, hold, node)


def check_agreement(model: Model, view: str, settings: dict, hold: list, node: str) -> None:
    """Compare what Node and libRoadRunner make of the draws."""
    wanted: Band = model.band(view, settings=settings, hold=hold)
    setup = {**page_setup(model, view), "box": [0, 0, 1, 1]}
    given = {"setup": setup, "draws": page_draws(model), "settings": settings, "hold": hold}
    scripts = [(STATIC / file).as_uri() for file in ("figure.js", "bands.js")]
    run = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, *scripts],
        input=json.dumps({"script": model_script(model), **given}),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    for series in wanted.low:
        scale = wanted.high[series].abs().max()
        for end, table in enumerate((wanted.low, wanted.high)):
            values = [both[end] for both in found["series"][series]]
            np.testing.assert_allclose(values, table[series], atol=2e-3 * scale + 1e-12)
    for ident, (low, high) in wanted.readouts.iterrows():
        np.testing.assert_allclose(found["readouts"][ident], [low, high], rtol=5e-3, atol=1e-6)
    owners = dict(found["owners"])
    assert set(owners) == set(wanted.owners.index)
    np.testing.assert_allclose([owners[i] for i in wanted.owners.index], wanted.owners, atol=0.02)


# --- The screen -----------------------------------------------------------------------------


@pytest.fixture
def show(from_disk: Callable[..., Locator]) -> Callable[..., Locator]:
    """Return a function that asks a view on a page from disk how sure it is."""

    def open_view(model: Model, view: str) -> Locator:
        element = from_disk(model, view)
        element.locator("[data-tool=many]").click()
        done(element)
        return element

    return open_view


def panel(element: Locator) -> Locator:
    """Return the panel below the figure."""
    return element.locator(".nk-drawer[id$=many]")


def done(element: Locator) -> None:
    """Wait until all draws are computed, or there is nothing to compute."""
    panel(element).locator("p", has_text="evidence").or_(
        panel(element).locator("p", has_text="nothing is left open")
    ).wait_for()


def settle(element: Locator, settings: dict[str, float]) -> None:
    """Move sliders and let them go."""
    element.evaluate(MOVE, settings)
    assert element.locator(".nk-layer-many path").count() == 0  # it belonged to other curves
    assert element.locator(".nk-interval").count() == 0
    control = element.locator("form input").first
    control.evaluate("e => e.dispatchEvent(new Event('change', { bubbles: true }))")


def check_drawn(element: Locator, model: Model, view: str, wanted: Band) -> None:
    """Check each drawn band against the kernel's, and the interval beside each readout."""
    element.page.wait_for_function(
        "() => document.querySelectorAll('.nk-layer-many path').length > 0"
    )
    done(element)
    seen, card = element.evaluate(LOOK), model.card.find("views", view)
    axes = Axes.read(seen, card)
    bands = element.locator(".nk-layer-many path").evaluate_all(
        "all => all.map((e) => [e.getAttribute('d'), getComputedStyle(e).fill,"
        " e.parentNode.getAttribute('clip-path')])"
    )
    assert len(bands) == len(card.series)
    for (d, fill, clip), series in zip(bands, card.series, strict=True):
        points = np.array(
            [p.split() for p in d.removeprefix("M").removesuffix("Z").split("L")], float
        )
        high, low = points[: len(points) // 2], points[len(points) // 2 :][::-1]
        for drawn, table in ((low, wanted.low), (high, wanted.high)):
            places = axes.place(table[series.id])
            inside = axes.inside(places)
            assert inside.any()
            np.testing.assert_allclose(drawn[inside], places[inside], atol=0.15)
        assert fill == seen["curves"][series.id]["stroke"]
        assert clip.startswith("url(#")
    (told,) = element.locator(".nk-interval").all_inner_texts()
    low, high = told.strip().split(" to ")
    assert tells(low, wanted.readouts.low["late"]) and tells(high, wanted.readouts.high["late"])


def test_the_band_on_the_screen_is_the_kernels(fade: Model, show: Callable) -> None:
    """At first, after a slider, with a status held, in a scenario; and gone when closed."""
    element = show(fade, "course")
    check_drawn(element, fade, "course", fade.band("course"))
    owners = fade.band("course").owners
    words = panel(element).locator("p").inner_text()
    first = f"amount at the start (assumed, {owners['start']:.0%}".replace("%", " %)")
    assert "64 sets of constants fit the evidence" in words
    assert f"Its width goes mostly with {first} and rate (calibrated, " in words
    assert "Held" not in words
    assert panel(element).locator("label").all_inner_texts() == ["calibrated (2)", "assumed (1)"]

    settle(element, {"k": 1, "dose": 2})
    moved = fade.band("course", settings={"k": 1, "dose": 2})
    check_drawn(element, fade, "course", moved)
    assert "Held where you put it: rate." in panel(element).inner_text()

    element.locator("button[type=reset]").click()
    panel(element).locator("input[value=assumed]").check()
    check_drawn(element, fade, "course", fade.band("course", hold=["assumed"]))
    assert "amount at the start" not in panel(element).locator("p").inner_text()
    panel(element).locator("input[value=calibrated]").check()
    done(element)
    assert element.locator(".nk-layer-many path").count() == 0
    assert "Every constant is held" in panel(element).inner_text()

    panel(element).locator("input[value=assumed]").uncheck()
    panel(element).locator("input[value=calibrated]").uncheck()
    element.locator("select").select_option("much")
    check_drawn(element, fade, "course", fade.band("course", "much"))
    element.locator("[data-tool=many]").click()
    assert element.locator(".nk-layer-many path").count() == 0
    assert element.locator(".nk-interval").count() == 0
    element.locator("[data-tool=many]").click()
    check_drawn(element, fade, "course", fade.band("course", "much"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(dark: bool, fade: Model, show: Callable) -> None:
    """In the panel, with bands and intervals; on a phone nothing is wider than the screen."""
    element = show(fade, "course")
    element.page.set_viewport_size({"width": 320, "height": 700})
    element.page.emulate_media(color_scheme="dark" if dark else "light")
    assert faults_of(element) == []
    assert element.page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_sweep_has_a_band(fade: Model, show: Callable) -> None:
    """On a log axis; what leaves it is clipped."""
    element = show(fade, "doses")
    check_drawn(element, fade, "doses", fade.band("doses"))


def test_only_what_can_have_a_band_offers_one(fade: Model, tmp_path: Path) -> None:
    """Not a map, and no model without draws; a figure in a notebook carries them."""
    assert 'data-tool="many"' in figure_html(fade, "course")
    assert 'data-tool="many"' not in figure_html(fade, "apart")
    for ending, text in ((".ant", ANT), (".yml", CARD)):
        (tmp_path / f"fade{ending}").write_text(text, encoding="utf-8")
    assert 'data-tool="many"' not in figure_html(Model.load(tmp_path / "fade.ant"), "course")


def test_a_notebook_carries_the_draws(fade: Model, new_tab: Callable) -> None:
    """In HTML without files beside it, as GitHub's or Colab's."""
    page = new_tab()
    page.set_content(Explorer(fade, "course", "page")._repr_mimebundle_()[0]["text/html"])
    element = page.locator("nk-explorer")
    element.locator("[data-tool=many]").click()
    check_drawn(element, fade, "course", fade.band("course"))
    page.close()


def test_the_ends_are_the_same_on_page_and_kernel() -> None:
    assert f"[{LOW}, {HIGH}]" in (STATIC / "bands.js").read_text(encoding="utf-8")


def test_the_panel_has_one_size_of_letters(open_page: Callable, built: Path) -> None:
    """The book's theme draws legends like headings; in the panel it is one text among others."""
    name, view = DRAWN[0]
    page = page_with(built, f'<nk-explorer data-model="{name}" data-view="{view}"')
    picture = Picture.find(open_page(f"{page}.html").page, Model.load(name), view)
    texts = picture.use("many").locator("p, legend, label")
    texts.nth(2).wait_for()
    assert len(set(texts.evaluate_all("all => all.map((e) => getComputedStyle(e).fontSize)"))) == 1
