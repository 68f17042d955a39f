"""A run for those who do not see the drawing: its table against libRoadRunner, and its sound."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from drawing import Axes, Picture, anywhere, number, path, tells
from pages import write_page
from playwright.sync_api import Locator
from test_drawing import BUDGET, KINDS, kinds

from nkreview.living.axes import with_unit
from nkreview.living.bundle import STATIC
from nkreview.living.page import figure_html
from nkreview.model.model import Model

TIME = (str(BUDGET), "course")
SWEEP = ("cytokine_fuel", "dose")


@pytest.fixture(scope="session")
def heard(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> str:
    """Return the address of a folder with a page for each kind of figure."""
    folder = tmp_path_factory.mktemp("heard")
    for name, view in {*kinds(), TIME, SWEEP}:
        model = Model.load(name)
        page = folder / f"{model.name}-{view}"
        page.mkdir()
        figure = figure_html(model, view)
        write_page(page, model, f"<main><h1>Listen</h1>{figure}</main>")
    return serve(folder)


@pytest.fixture
def show(open_page: Callable, heard: str) -> Callable[..., Picture]:
    """Return a function that opens a figure's page; afterwards its console must be empty."""
    visits = []

    def find(name: str, view: str, script: str = "", **options: object) -> Picture:
        model = Model.load(name)
        visits.append(open_page(f"{model.name}-{view}/", at=heard, **options))
        if script:
            visits[-1].page.add_init_script(script)
            visits[-1].page.reload()
        return Picture.find(visits[-1].page, model, view)

    yield find
    assert [line for visit in visits for line in visit.console] == []


def frame(panel: Locator) -> pd.DataFrame:
    """Return the table as text, as assistive technology finds it: heads by their scope."""
    columns = panel.locator("thead th[scope=col]").all_inner_texts()
    rows = panel.locator("tbody tr").all()
    texts = [row.locator("td").all_inner_texts() for row in rows]
    index = [row.locator("th[scope=row]").inner_text() for row in rows]
    return pd.DataFrame(texts, index=pd.Index(index, name=columns[0]), columns=columns[1:])


def wanted(picture: Picture, xs: list[float]) -> pd.DataFrame:
    """Return libRoadRunner's values at some places of the x axis."""
    model, view, settings = picture.model, picture.view, picture.settings(picture.look())
    if view.kind == "time-course":
        columns = [model.symbols[series.formula] for series in view.series]
        return model.run(np.array(xs), settings, columns)[columns]
    told = {
        series.id: [
            model.readouts(
                settings={**settings, **model.settings(series.scenario), view.x.parameter: x}
            )[series.readout]
            for x in xs
        ]
        for series in view.series
    }
    return pd.DataFrame(told)


def check_table(picture: Picture, panel: Locator) -> None:
    """Check every cell of the table, and what its heads and its caption say."""
    seen, view = frame(panel), picture.view
    assert seen.index.name == with_unit(view.x.label, view.x.unit)
    assert list(seen) == [series.label for series in view.series]
    caption = panel.locator("caption").inner_text()
    scenario = picture.model.card.find("scenarios", picture.look()["scenario"])
    assert view.title in caption and with_unit(view.y.label, view.y.unit) in caption
    assert scenario.label in caption
    xs = [number(text) for text in seen.index]
    assert 8 <= len(xs) <= 16 and xs == sorted(xs) and xs[-1] == view.x.max
    truth = wanted(picture, xs)
    for column, label in enumerate(seen):
        values = truth.iloc[:, column]
        for text, value in zip(seen.iloc[:, column], values, strict=True):
            margin = max(2e-3 * abs(value), 1e-6 * values.abs().max())
            assert tells(text, value, margin), f"{label}: {text}, {value:.6g} by libRoadRunner"


@KINDS
def test_the_table_is_the_run(name: str, view: str, show: Callable) -> None:
    """About twelve round values of x, every series, at first and after the sliders moved."""
    picture = show(name, view)
    panel = picture.use("listen")
    check_table(picture, panel)
    before = panel.locator("tbody").inner_text()
    picture.move(anywhere(picture.model, f"{picture.model.name}.{view}.table"))
    panel.locator("caption", has_text="with controls moved").wait_for()
    assert panel.locator("tbody").inner_text() != before
    check_table(picture, panel)
    picture.choose(picture.model.card.offered[1].id)
    label = picture.model.card.offered[1].label
    panel.locator("caption", has_text=f"{label}.").wait_for()
    check_table(picture, panel)


@pytest.mark.parametrize(
    ("axis", "values"),
    [
        ((0, 72, "linear", "h"), range(0, 73, 6)),
        ((0, 336, "linear", "h"), range(0, 337, 24)),
        ((0, 48, "linear", "h"), range(0, 49, 6)),
        ((0, 22, "linear", "d"), range(0, 23, 2)),
        ((0, 1, "linear", ""), [n / 10 for n in range(11)]),
        ((2e4, 1e6, "linear", ""), range(100_000, 1_000_001, 100_000)),
        ((0, 7.5, "linear", "d"), [0, 1, 2, 3, 4, 5, 6, 7, 7.5]),
        ((0.01, 10, "log", ""), [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]),
        ((1e-3, 1e3, "log", ""), [a * 10.0**b for b in range(-3, 3) for a in (1, 3)] + [1e3]),
        ((1, 10, "log", ""), [1, 1.5, 2, 3, 5, 7, 10]),
    ],
)
def test_rows_are_round(axis: tuple, values: list, node: str) -> None:
    """Rows stand at values that people know, whatever the axis."""
    given = dict(zip(("min", "max", "scale", "unit"), axis, strict=True))
    text = (
        f"import {{ roundValues }} from {json.dumps((STATIC / 'listen.js').as_uri())};"
        f"console.log(JSON.stringify(roundValues({json.dumps(given)})));"
    )
    command = [node, "--input-type=module", "-e", text]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == pytest.approx(list(values))


# Stands in for the browser's audio: time runs twenty times as fast, and what is played is noted.
AUDIO = """
window.played = [];
const note = (kind) => (value, at) => { window.played.at(-1)[kind].push([value, at]); };
window.AudioContext = class {
    destination = {};
    #begun = performance.now();
    get currentTime() { return 20 * (performance.now() - this.#begun) / 1000; }
    resume() { return Promise.resolve(); }
    createOscillator() {
        const audio = this;
        window.played.push({ pitch: [], gain: [], stopped: null });
        const set = note("pitch");
        return {
            frequency: { setValueAtTime: set, exponentialRampToValueAtTime: set },
            connect: (to) => to, disconnect() {}, start() {},
            stop(at) {
                if (at === undefined) window.played.at(-1).stopped = audio.currentTime;
                else setTimeout(() => this.onended?.(), 1000 * (at - audio.currentTime) / 20);
            },
        };
    }
    createGain() {
        const set = note("gain");
        return { gain: { setTargetAtTime: set }, connect: (to) => to };
    }
};
"""
SLOW = AUDIO.replace("20 *", "1 *").replace("/ 20", "")


def heights(picture: Picture, series: str) -> np.ndarray:
    """Return where a drawn curve lies, as shares of the axes' height."""
    seen = picture.look()
    _, top, _, height = Axes.read(seen, picture.view).box
    return 1 - (path(seen["curves"][series]["d"])[:, 1] - top) / height


@pytest.mark.parametrize(("name", "view"), [TIME, SWEEP], ids=["time", "sweep"])
def test_the_sound_is_the_curve(name: str, view: str, show: Callable) -> None:
    """Pitch goes with the height of the drawn curve; what is below the axes is silent."""
    picture = show(name, view, script=AUDIO)
    panel = picture.use("listen")
    page = picture.element.page
    for nth, series in enumerate(picture.view.series, 1):
        panel.get_by_label("Curve").select_option(series.id)
        panel.get_by_role("button", name="Play").click()
        page.wait_for_function("nth => played.length === nth", arg=nth)
        panel.get_by_role("button", name="Play").wait_for()
        played = page.evaluate("played.at(-1)")
        pitch, at = np.array(played["pitch"]).T
        drawn = heights(picture, series.id)
        np.testing.assert_allclose(np.log2(pitch / 220) / 3, drawn.clip(0, 1), atol=0.001)
        assert np.ptp(at) == pytest.approx(5) and (np.diff(at) > 0).all()
        loud = np.array(played["gain"])[:, 0] > 0
        clear = np.abs(drawn) > 0.001
        assert (loud == (drawn > 0))[clear].all()
    assert page.evaluate("played.length") == len(picture.view.series)


def test_a_mark_goes_along_and_stops(show: Callable) -> None:
    """A dot runs along the curve with the sound; the button, and a moved slider, stop both."""
    picture = show(*TIME, script=SLOW)
    panel = picture.use("listen")
    page, dot = picture.element.page, picture.element.locator(".nk-layer-listen circle")
    series = picture.view.series[0].id
    panel.get_by_label("Curve").select_option(series)
    panel.get_by_role("button", name="Play").click()
    dot.wait_for()
    places = [float(dot.get_attribute("cx"))]
    page.wait_for_timeout(600)
    places += [float(dot.get_attribute("cx"))]
    assert places[1] > places[0] + 5
    drawn = path(picture.look()["curves"][series]["d"])
    spot = [float(dot.get_attribute(name)) for name in ("cx", "cy")]
    assert np.abs(drawn - spot).max(axis=1).min() < 0.01
    panel.get_by_role("button", name="Stop").click()
    assert dot.count() == 0 and page.evaluate("played[0].stopped") < 3
    panel.get_by_role("button", name="Play").click()
    dot.wait_for()
    slider = picture.model.card.sliders[0]
    picture.move({slider.id: slider.max})
    panel.get_by_role("button", name="Play").wait_for()
    assert dot.count() == 0 and page.evaluate("played[1].stopped") is not None


def test_nothing_moves_for_who_wants_no_motion(show: Callable) -> None:
    picture = show(*TIME, script=SLOW, reduced_motion="reduce")
    panel = picture.use("listen")
    panel.get_by_role("button", name="Play").click()
    panel.get_by_role("button", name="Stop").wait_for()
    picture.element.page.wait_for_timeout(200)
    assert picture.element.locator(".nk-layer-listen").count() == 0
    assert picture.element.page.evaluate("played.length") == 1


@pytest.mark.parametrize(
    "script",
    [
        "delete window.AudioContext; delete window.webkitAudioContext;",
        "AudioContext.prototype.resume = () => Promise.reject(new Error('no device'));",
    ],
    ids=["none", "refused"],
)
def test_without_audio_the_reader_is_told(script: str, show: Callable) -> None:
    picture = show(*TIME, script=script)
    panel = picture.use("listen")
    panel.get_by_role("button", name="Play").click()
    panel.get_by_role("status").get_by_text("This browser plays no sound").wait_for()
    assert panel.get_by_role("button", name="Play").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(dark: bool, show: Callable) -> None:
    """On a phone the table scrolls in a box of its own, which the keyboard reaches."""
    picture = show(*TIME, dark=dark, width=320)
    panel = picture.use("listen")
    panel.locator("table").wait_for()
    faults = Axe().run(picture.element.page).response["violations"]
    assert [f"{f['id']}: {f['nodes'][0]['html'][:120]}" for f in faults] == []
    assert picture.element.page.evaluate("document.documentElement.scrollWidth") == 320
