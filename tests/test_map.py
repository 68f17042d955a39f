"""Views of one readout over two constants: card, kernel, and what a reader sees in the page."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawing import MOVE, read_ticks, tells
from pages import faults_of
from playwright.sync_api import Locator

from nkreview.living.bundle import STATIC
from nkreview.living.page import figure_html, page_setup
from nkreview.living.svg import living_svg
from nkreview.living.widget import Explorer
from nkreview.model.model import Model
from nkreview.model.schema import CardError

ANT = """model land
  compartment well = 1
  substanceOnly species targets in well
  targets = 100
  dose = 1
  wait = 5
  clears = 0.1
  other = 1
  kill: targets => ; clears * other * dose / (1 + clears * dose^2) * wait * exp(-wait / 6) * targets
end
"""
CARD = """
title: Landscape
question: Which dose, and when?
time: {label: time, unit: h}
sliders:
  - {id: clears, label: clearing, min: 0, max: 1, step: 0.01}
  - {id: dose, label: dose, min: 0, max: 30, step: 0.5}
  - {id: other, label: other, min: 0, max: 1, step: 0.5}
views:
  - id: land
    kind: map
    title: Targets over dose and waiting time
    x: {parameter: dose, label: dose, unit: nM, scale: log, min: 0.1, max: 100}
    y: {parameter: wait, label: waiting time, unit: h, min: 0, max: 20, points: 11}
    colour: {readout: left, max: 100}
    best: min
    ridge: min
  - id: high
    kind: map
    title: The same at half the rate
    x: {parameter: wait, label: waiting time, unit: h, max: 20, points: 5}
    y: {parameter: clears, max: 1, points: 4}
    colour: {readout: left, scale: log, min: 0.1, max: 100}
    best: max
    scenario: half
readouts:
  - {id: left, label: targets alive at 10 h, unit: "%", expression: targets, at: 10}
scenarios:
  - {id: usual, label: usual, notice: ""}
  - {id: weak, label: weak, notice: "", set: {clears: 0.01}}
  - {id: dosed, label: dosed, notice: "", set: {dose: 10}}
  - {id: half, label: half, notice: "", set: {other: 0.5, wait: 3}}
"""
DOSES, WAITS = np.geomspace(0.1, 100, 25), np.linspace(0, 20, 11)


def written(folder: Path, card: str = CARD) -> Model:
    """Write a model and its card; return the model."""
    (folder / "land.ant").write_text(ANT, encoding="utf-8")
    (folder / "land.yml").write_text(card, encoding="utf-8")
    return Model.load(folder / "land.ant")


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model whose readout is known as a formula."""
    return written(tmp_path_factory.mktemp("land"))


def left(
    dose: np.ndarray, wait: np.ndarray, clears: float | np.ndarray = 0.1, other: float = 1
) -> np.ndarray:
    """Return how many targets are left; the faster the clearing, the lower the best dose."""
    rate = clears * other * dose / (1 + clears * dose**2) * wait * np.exp(-wait / 6)
    return 100 * np.exp(-10 * rate)


def grid(clears: float = 0.1) -> np.ndarray:
    """Return what the first map shows, a row for each waiting time."""
    return left(*np.meshgrid(DOSES, WAITS), clears)


# --- Card and kernel ------------------------------------------------------------------------


def test_the_kernel_computes_every_cell(land: Model) -> None:
    """Row after row from below, as a table of three columns."""
    found = land.simulate("land", settings={"clears": 0.3})
    assert found.index.name == "dose" and list(found) == ["wait", "left"]
    across, up = np.meshgrid(DOSES, WAITS)
    np.testing.assert_allclose(found.index, across.ravel())
    np.testing.assert_allclose(found["wait"], up.ravel())
    np.testing.assert_allclose(found["left"], grid(0.3).ravel(), rtol=1e-4)
    found["left"] = 0  # is the caller's own
    assert land.simulate("land", settings={"clears": 0.3})["left"].max() == 100


def test_a_scenario_holds_under_a_map(land: Model) -> None:
    """What it sets of the axes does not count; the rest does, whatever the reader moves."""
    found = land.simulate("high", settings={"other": 1, "clears": 0.7})
    wait, clears = found.index.to_numpy(), found["clears"].to_numpy()
    np.testing.assert_allclose(found["left"], left(1, wait, clears, 0.5), rtol=1e-4)
    setup = page_setup(land, "high")
    assert setup["held"] == {"other": 0.5}
    assert [slider["id"] for slider in setup["sliders"]] == ["dose"]


def test_an_axis_has_no_slider(land: Model) -> None:
    """Nor is a scenario offered that moves nothing else."""
    setup = page_setup(land, "land")
    assert [slider["id"] for slider in setup["sliders"]] == ["clears", "other"]
    assert [scenario["id"] for scenario in setup["scenarios"]] == ["usual", "weak", "half"]
    html = figure_html(land, "land")
    assert 'name="dose"' not in html and 'value="dosed"' not in html


def test_a_card_need_not_say_what_follows(land: Model) -> None:
    first, second = land.card.views
    assert (first.x.points, first.colour.label, first.colour.unit) == (
        25,
        "targets alive at 10 h",
        "%",
    )
    assert (second.y.label, second.y.min, first.colour.min) == ("clears", 0, 0)
    assert second.x.limits == (-2.5, 22.5)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("parameter: dose", "parameter: doze", r"views\[land\].x.parameter: no constant .*'dose'"),
        ("parameter: wait, label", "parameter: weight, label", r"y.parameter: no constant of the"),
        ("parameter: wait, label", "parameter: dose, label", "need three different names"),
        ("readout: left", "readout: lift", r"colour.readout: no readout 'lift'; did you mean"),
        ("scenario: half", "scenario: hall", r"views\[high\].scenario: no scenario 'hall'"),
        ("best: min", "best: least", r"views\[land\].best: Input should be 'max' or 'min'"),
        ("points: 11", "points: 100", "less than or equal to 60"),
        ("scale: log, min: 0.1, max: 100}\n    best: max", "scale: log, min: 0, max: 100}",
         "a log scale needs min > 0"),
        ('label: usual, notice: ""', 'label: usual, notice: "", set: {other: 1}',
         r"views\[high\].scenario: the first scenario sets one"),
    ],
)  # fmt: skip
def test_faults_of_a_card_are_named(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in CARD
    with pytest.raises(CardError, match=why):
        written(tmp_path, CARD.replace(old, new, 1)).card  # noqa: B018


def test_the_drawing_is_small(land: Model) -> None:
    """A path for each colour, not one for each cell."""
    svg, _ = living_svg(land, "land")
    assert len(svg) < 60_000
    assert svg.count("level-") == 20


# --- The page -------------------------------------------------------------------------------


@pytest.fixture
def show(from_disk: Callable[..., Locator]) -> Callable[..., Locator]:
    """Return a function that shows a map on a page from disk, and waits until it is whole."""

    def open_view(model: Model, view: str = "land") -> Locator:
        element = from_disk(model, view)
        done(element)
        return element

    return open_view


def done(element: Locator, cells: int | None = None) -> None:
    """Wait until every cell is computed."""
    element.page.wait_for_function(
        "([e, n]) => e.querySelector('.nk-runs').textContent === "
        "`${n ?? e.setup.runs} cells computed.`",
        arg=[element.element_handle(), cells],
        timeout=60_000,
    )


LOOK = """element => {
    const find = (id) => element.querySelector(`[id$="land-${id}"]`);
    const shown = (node) => getComputedStyle(node).display !== "none";
    const points = (d) => (d.match(/-?[\\d.]+/g) ?? []).map(Number);
    const drawn = (kind) => ({
        best: ["x", "y"].map((at) => Number(find(`${kind}-best`).querySelector("use").getAttribute(at))),
        ridge: [...find(`${kind}-ridge`).querySelectorAll("path")].map((p) => points(p.getAttribute("d"))),
        seen: shown(find(`${kind}-best`)) && shown(find(`${kind}-ridge`)),
    });
    return {
        levels: [...element.querySelectorAll('[id*="-level-"] path')].map((path) =>
            [path.getAttribute("d"), getComputedStyle(path).fill, shown(path.parentNode)]),
        curve: drawn("curve"), ghost: drawn("ghost"),
        best: find("legend-best").textContent.trim(), colour: find("legend-colour").textContent.trim(),
        said: element.querySelector(".nk-said").textContent, svg: element.querySelector("svg").outerHTML,
        status: element.querySelector(".nk-status").textContent,
    };
}"""  # noqa: E501


class Seen:
    """What a reader sees of the first map."""

    def __init__(self, element: Locator) -> None:
        self.raw = element.evaluate(LOOK)
        ticks = read_ticks(self.raw["svg"])
        # The ticks of the colours come after those of the plot, and begin again at 0.
        start = [text for text, _ in ticks["x"]].index("0")
        plot, bar = ticks["x"][:start], ticks["x"][start:]
        self.x = np.polyfit([np.log(float(t)) for t, _ in plot], [at for _, at in plot], 1)
        self.y = np.polyfit([float(t) for t, _ in ticks["y"]], [at for _, at in ticks["y"]], 1)
        self.bar = np.polyfit([float(t) for t, _ in bar], [at for _, at in bar], 1)

    def middle(self, dose: float, wait: float) -> list[float]:
        """Return where the ticks have a cell."""
        return [np.polyval(self.x, np.log(dose)), np.polyval(self.y, wait)]

    @property
    def steps(self) -> np.ndarray:
        """The number of the colour at the middle of each cell, a row for each waiting time."""
        boxes = [
            (number, *(float(part) for part in box))
            for number, (d, _, _) in enumerate(self.raw["levels"])
            for box in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)H[\d.]+z", d)
        ]
        found = np.full((len(WAITS), len(DOSES)), -1)
        for j, wait in enumerate(WAITS):
            for i, dose in enumerate(DOSES):
                x, y = self.middle(dose, wait)
                (found[j, i],) = (
                    number
                    for number, left, top, width, height in boxes
                    if left < x < left + width and top < y < top + height
                )
        return found


def check_cells(seen: Seen, values: np.ndarray) -> None:
    """Check each cell's colour: a step of the scale for each twentieth."""
    wanted = [np.clip(values / 5 + off, 0, 19.9).astype(int) for off in (-0.02, 0.02)]
    assert ((seen.steps == wanted[0]) | (seen.steps == wanted[1])).all()
    colours = mpl.colormaps["viridis"](np.linspace(0.04, 0.97, 20))
    for (_, fill, shown), colour in zip(seen.raw["levels"], colours, strict=True):
        told = [int(part) for part in re.findall(r"\d+", fill)]
        np.testing.assert_allclose(told, 255 * colour[:3], atol=1)
        assert shown


def check_marks(seen: Seen, kind: str, values: np.ndarray) -> None:
    """Check where the best cell and the ridge are marked."""
    j, i = np.unravel_index(values.argmin(), values.shape)
    np.testing.assert_allclose(seen.raw[kind]["best"], seen.middle(DOSES[i], WAITS[j]), atol=0.1)
    rows = [j for j, row in enumerate(values) if np.ptp(row) >= 5]
    assert 5 < len(rows) < len(values)  # without waiting no dose does anything
    ridge = [seen.middle(DOSES[values[j].argmin()], WAITS[j]) for j in rows]
    for line in seen.raw[kind]["ridge"]:  # the line and its rim
        np.testing.assert_allclose(np.reshape(line, (-1, 2)), ridge, atol=0.1)
    assert len(seen.raw[kind]["ridge"]) == 2


def test_the_cells_are_the_kernels(land: Model, show: Callable) -> None:
    """At first, after a slider has moved and in a scenario; the default's marks stay behind."""
    element = show(land)
    seen = Seen(element)
    check_cells(seen, grid())
    check_marks(seen, "curve", grid())
    assert not seen.raw["ghost"]["seen"] and seen.raw["said"] == ""

    element.evaluate(MOVE, {"clears": 0.04})
    done(element)
    seen, values = Seen(element), grid(0.04)
    check_cells(seen, values)
    check_marks(seen, "curve", values)
    check_marks(seen, "ghost", grid())
    assert seen.raw["ghost"]["seen"]
    low = re.fullmatch(r"lowest: ([\d.]+) % at 5.62 nM, 6 h", seen.raw["best"])[1]
    assert tells(low, values.min())
    assert seen.raw["said"] == (
        f"targets alive at 10 h: highest 100 % at 0.1 nM, 0 h; lowest {low} % at 5.62 nM, 6 h."
    )

    element.locator("select").select_option("weak")
    done(element)
    check_cells(Seen(element), grid(0.01))
    element.locator("button[type=reset]").click()
    done(element)
    seen = Seen(element)
    check_cells(seen, grid())
    assert not seen.raw["ghost"]["seen"]


def test_keys_and_pointer_read_a_cell(land: Model, show: Callable) -> None:
    """Its value stands beside the colours, on which a mark shows it, and is spoken."""
    element = show(land)
    element.evaluate(MOVE, {"clears": 0.04})
    done(element)
    values, plain = grid(0.04), Seen(element).raw["colour"]
    assert plain == "targets alive at 10 h (%)"
    page, cursor = element.page, element.locator(".nk-cursor")
    assert cursor.get_attribute("role") == "slider"
    label = "Read the map: left and right along dose, up and down along waiting time"
    assert cursor.get_attribute("aria-label") == label
    cursor.focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    i = j = 0
    for key, across, up in (
        ("ArrowRight", 12, 0), ("ArrowUp", 0, 3), ("ArrowLeft", -1, 0), ("ArrowDown", 0, -1),
        ("PageUp", 0, 8), ("End", 13, 0), ("PageDown", 0, -10),
        ("ArrowUp", 0, 3), ("Home", -24, 0), ("ArrowRight", 13, 0),
    ):  # fmt: skip
        for _ in range(
            1 if key in ("PageUp", "PageDown", "Home", "End") else abs(across + up) or 1
        ):
            page.keyboard.press(key)
        i, j = i + across, j + up
        check_reading(element, values, i, j)
    cursor.evaluate("e => e.blur()")
    assert Seen(element).raw["colour"] == plain
    assert element.locator(".nk-mark > *").count() == 0

    box = cursor.bounding_box()
    at = (20.5 / 25, 1 - 4.5 / 11)
    page.mouse.move(box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1])
    check_reading(element, values, 20, 4)
    page.mouse.move(0, 0)
    assert Seen(element).raw["colour"] == plain


def check_reading(element: Locator, values: np.ndarray, i: int, j: int) -> None:
    """Check what is told of a cell, and where the marks are."""
    seen = Seen(element)
    told = element.locator(".nk-cursor").get_attribute("aria-valuetext")
    value, dose, wait = re.fullmatch(r"(\S+) % at (\S+) nM, (\S+) h", told).groups()
    assert tells(value, values[j, i]) and tells(dose, DOSES[i]) and tells(wait, WAITS[j])
    assert seen.raw["colour"] == f"targets alive at 10 h: {told}"
    boxes = element.locator(".nk-mark rect").evaluate_all(
        "rects => rects.map((r) => { const b = r.getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; })"  # noqa: E501
    )
    for box in boxes:
        np.testing.assert_allclose(box, seen.middle(DOSES[i], WAITS[j]), atol=0.1)
    line = element.locator(".nk-mark path").evaluate("path => path.getBBox().x")
    assert line == pytest.approx(np.polyval(seen.bar, values[j, i]), abs=0.3)


def test_axe_finds_nothing(land: Model, show: Callable) -> None:
    """Its cursor has a name, a role and a value."""
    element = show(land)
    assert faults_of(element) == []


def test_only_the_newest_settings_count(land: Model, show: Callable) -> None:
    """A slider that keeps moving leaves nothing of the places that it passed."""
    element = show(land)
    for clears in np.linspace(0.5, 0.04, 24):
        element.evaluate(MOVE, {"clears": round(float(clears), 2)})
        element.page.wait_for_timeout(5)
    done(element)
    check_cells(Seen(element), grid(0.04))


COARSE = """
const { coarseFirst, filled } = await import(process.argv[1]);
const order = coarseFirst(25, 11);
const values = order.map(() => NaN);
const looks = order.map((cell) => { values[cell] = cell; return [...filled(values, 25)]; });
console.log(JSON.stringify([order, looks]));
"""


def test_a_coarse_map_comes_first(node: str) -> None:
    """Each cell has the colour of one that is known, at most seven to the left of it or below."""
    command = [node, "--input-type=module", "-e", COARSE, (STATIC / "map.js").as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    order, looks = json.loads(run.stdout)
    assert sorted(order) == list(range(275))
    assert all(cell % 25 % 8 == 0 and cell // 25 % 8 == 0 for cell in order[:8])
    for known, look in enumerate(looks[7:], 8):
        assert set(look) == set(order[:known])
        for cell, like in enumerate(look):
            assert 0 <= cell % 25 - like % 25 < 8 and 0 <= cell // 25 - like // 25 < 8
    assert looks[-1] == list(range(275))


def test_a_map_is_carried_away_as_a_table(land: Model, show: Callable) -> None:
    """Three columns with their units."""
    element = show(land)
    element.evaluate(MOVE, {"clears": 0.04})
    done(element)
    element.locator("[data-tool=carry]").click()
    with element.page.expect_download() as download:
        element.locator(".nk-csv").click()
    path = download.value.path()
    table = pd.read_csv(path, comment="#")
    assert list(table) == ["dose", "wait", "left"]
    np.testing.assert_allclose(table["left"], grid(0.04).ravel(), rtol=1e-3)
    np.testing.assert_allclose(table["dose"], np.tile(DOSES, 11))
    notes = Path(path).read_text(encoding="utf-8")
    for note in ("dose: dose (nM)", "wait: waiting time (h)", "left: targets alive at 10 h (%)"):
        assert f"# Column {note}\n" in notes


def test_the_kernels_cells_are_drawn_by_a_page(land: Model, show: Callable) -> None:
    """A widget that leaves the sums to libRoadRunner."""
    explorer = Explorer(land, "land", "roadrunner")
    explorer.settings = {"clears": 0.04}
    element = show(land)
    element.evaluate(
        "(e, result) => { e.remote = true; e.many = undefined; e.adopt('usual', {clears: 0.04});"
        " e.show(result); }",
        explorer._result,
    )
    element.page.wait_for_function("() => /5.62 nM, 6 h/.test(document.body.textContent)")
    check_cells(Seen(element), grid(0.04))


def test_what_cannot_be_solved_is_said(tmp_path: Path, show: Callable) -> None:
    """Words instead of colours."""
    model = written(tmp_path, CARD.replace("min: 0, max: 20, points", "min: -20, max: 20, points"))
    element = show(model, "high")
    element.evaluate("e => e.show({ error: 'too stiff' })")
    assert "could not be solved at these settings: too stiff" in (
        element.locator(".nk-status").inner_text()
    )
    shown = element.locator('[id*="-level-"]').evaluate_all(
        "all => all.filter((e) => getComputedStyle(e).display !== 'none').length"
    )
    assert shown == 0
