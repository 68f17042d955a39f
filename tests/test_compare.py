"""Pinned runs: their curves, names and numbers, as a reader sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from drawing import Axes, Picture, anywhere, tells_readout, written
from playwright.sync_api import Locator
from test_carry import BOOK, BUDGET, CHANCE, MADE_UP, figures

LAYER = """element => {
    const all = (tag) => [...element.querySelectorAll(`.nk-layer-compare ${tag}`)].filter(shown);
    const shown = (node) => node.getBoundingClientRect().width > 0;
    return {
        lines: all("path").map((path) => [path.getAttribute("d"),
            getComputedStyle(path).stroke, parseFloat(getComputedStyle(path).strokeWidth)]),
        numbers: all("text").map((text) =>
            [text.textContent, text.x.baseVal[0].value, text.y.baseVal[0].value]),
    };
}"""

# Without the button that stands below a name.
FIRST_TEXT = "cell => cell.firstChild?.textContent.trim() ?? ''"


def panel_of(picture: Picture) -> Locator:
    """Return the open panel."""
    panel = picture.element.locator(".nk-drawer[id$=compare]")
    return panel if panel.is_visible() else picture.use("compare")


def pin(picture: Picture) -> str:
    """Pin the run that is shown; return what is said."""
    panel = panel_of(picture)
    panel.get_by_role("button", name="Pin this run").click()
    return panel.locator("output").inner_text()


def table(picture: Picture) -> pd.DataFrame:
    """Return the table as it is read: readouts by runs."""
    rows = [
        [cell.evaluate(FIRST_TEXT) for cell in row.locator("th, td").all()]
        for row in panel_of(picture).locator("tr").all()
    ]
    return pd.DataFrame([r[1:] for r in rows[1:]], [r[0] for r in rows[1:]], rows[0][1:])


@figures(BOOK[0], BOOK[2], MADE_UP[1])
def test_pinned_runs_stay(name: str, view: str, show_alone: Callable) -> None:
    """Two runs are pinned and the sliders move on: lines, numbers and table are theirs."""
    picture = show_alone(name, view, moved=False)
    runs = []
    for seed in range(3):
        picture.move(anywhere(picture.model, f"{picture.model.name}.{view}.pin{seed}"))
        runs.append(picture.settings(picture.look()))
        if seed < 2:
            assert pin(picture).startswith(f"Pinned as run {seed + 1}: ")
    seen, layer = picture.look(), picture.element.evaluate(LAYER)
    axes = Axes.read(seen, picture.view)
    wanted = [picture.curves(run) for run in runs]
    drawn = iter(layer["lines"])
    for curves in wanted[:2]:
        for series in curves:
            d, stroke, width = next(drawn)
            axes.check_curve(d, curves[series])
            assert stroke == seen["curves"][series]["stroke"]
            assert width < seen["curves"][series]["width"]
    assert next(drawn, None) is None
    check_numbers(layer["numbers"], axes, wanted)
    check_table(picture, runs)
    picture.check_lines(seen, runs[2], moved=True)


def check_numbers(numbers: list, axes: Axes, wanted: list[pd.DataFrame]) -> None:
    """Each run in sight has its number, which stands on one of its curves, in the middle."""
    in_sight = {
        str(k)
        for k, curves in enumerate(wanted[:2], start=1)
        if any(axes.inside(axes.place(curve)).any() for _, curve in curves.items())
    }
    assert {text for text, *_ in numbers} == in_sight
    for text, x, y in numbers:
        places = [axes.place(curve) for _, curve in wanted[int(text) - 1].items()]
        near = min(np.abs(place - (x, y - 3)).max(axis=1).min() for place in places)
        assert near < 0.2


def check_table(picture: Picture, runs: list[dict[str, float]]) -> None:
    """Names say what was moved; each number is what the model gives for that run."""
    found = table(picture)
    shown = [readout for readout in picture.model.card.readouts if readout.shown]
    assert [head.split(":")[0] for head in found] == ["1", "2", "now"]
    for head, run in zip(found, runs, strict=True):
        values = picture.model.readouts(settings=run)
        for readout, text in zip(shown, found[head], strict=True):
            assert tells_readout(text, readout, values[readout.id], picture.model, run)
        for slider in picture.model.card.sliders:
            moved = abs(run[slider.id] - picture.model.constants[slider.id]) > 1e-9
            end = run[slider.id] >= slider.max - slider.step / 2
            told = f"{written(run[slider.id])} {slider.unit}".strip()
            told = slider.at_max if end and slider.at_max else told
            assert (f"{slider.label} {told}" in head) == moved, (head, slider.id)


def test_three_runs_and_no_more(show_alone: Callable) -> None:
    """A fourth is refused, and so is one that is pinned; unpinning makes room."""
    picture = show_alone(*BOOK[0], moved=False)
    slider = picture.model.card.sliders[0]
    places = [slider.min, slider.min + slider.step, slider.min + 2 * slider.step]
    for place in places:
        picture.move({slider.id: place})
        pin(picture)
        assert "already, as run" in pin(picture)
    picture.move({slider.id: slider.max})
    assert "unpin one" in pin(picture)
    per_run = len(picture.view.series)
    assert len(picture.element.evaluate(LAYER)["lines"]) == 3 * per_run
    panel = panel_of(picture)
    panel.get_by_role("button", name="Unpin run 2").click()
    assert "Run 2 is unpinned" in panel.locator("output").inner_text()
    assert [head.split(":")[0] for head in table(picture)] == ["1", "3", "now"]
    layer = picture.element.evaluate(LAYER)
    assert len(layer["lines"]) == 2 * per_run and {n[0] for n in layer["numbers"]} == {"1", "3"}
    focused = picture.element.page.evaluate("document.activeElement.textContent")
    assert focused == "Pin this run"
    assert pin(picture).startswith("Pinned as run 2")
    for run in (1, 2, 3):
        panel.get_by_role("button", name=f"Unpin run {run}").click()
    assert (
        picture.element.evaluate(LAYER)["lines"] == [] and not panel.locator("table").is_visible()
    )


def test_a_scenario_names_its_run(show_alone: Callable) -> None:
    """The default run is named by its scenario, another one by scenario and what was moved."""
    picture = show_alone(*BOOK[0], moved=False)
    default, other = picture.model.card.offered[:2]
    assert pin(picture) == f"Pinned as run 1: {default.label}."
    picture.choose(other.id)
    assert pin(picture) == f"Pinned as run 2: {other.label}."
    picture.reset()
    assert [head.split(": ")[1] for head in table(picture)] == [
        default.label, other.label, default.label
    ]  # fmt: skip


def test_shares_can_be_pinned(show_alone: Callable) -> None:
    """Of an ensemble the outlines stay as they were when they were pinned."""
    picture = show_alone(*CHANCE, moved=False)
    picture.element.get_by_text(re.compile(rf"^{picture.view.runs} runs drawn")).wait_for()
    drawn = [line["d"] for line in picture.look()["curves"].values()]
    pin(picture)
    assert [line[0] for line in picture.element.evaluate(LAYER)["lines"]] == drawn


def test_areas_are_compared_by_numbers(show_alone: Callable) -> None:
    """Stacked areas would hide each other: the table has the run, the drawing does not."""
    picture = show_alone(BUDGET, "shared", moved=False)
    pin(picture)
    assert [head.split(":")[0] for head in table(picture)] == ["1", "now"]
    assert picture.element.locator(".nk-layer-compare").count() == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_table_is_accessible_and_fits_a_phone(dark: bool, show_alone: Callable) -> None:
    """Axe is silent, the table scrolls in its own box, and the picture names the pinned runs."""
    picture = show_alone(*BOOK[0], moved=False, dark=dark, width=360, height=740)
    slider = picture.model.card.sliders[0]
    for place in (slider.min, slider.min + slider.step):
        picture.move({slider.id: place})
        pin(picture)
    page = picture.element.page
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, context={"include": ["nk-explorer"]}, options=options)
    assert [json.dumps(v)[:300] for v in found.response["violations"]] == []
    box = panel_of(picture).locator("[role=region]")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
