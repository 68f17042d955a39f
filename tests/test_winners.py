"""Readouts that tell which of several things is the case: by colour, by draw, and by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawing import LOOK, MOVE, Axes, path
from playwright.sync_api import Locator

from nkreview.living.page import page_setup
from nkreview.living.style import PALETTE
from nkreview.model.model import Model
from nkreview.model.sampling import sample, write
from nkreview.model.schema import CardError

ANT = """model race
  compartment track = 1
  substanceOnly species steps in track
  steps = 0
  anna = 2
  bert = 1
  wind = 1
  best := piecewise(0, max(anna, bert * wind) < 1, 1, anna >= bert * wind, 2)
  run: => steps; anna
end
"""
CARD = """
title: A race
question: Who wins?
time: {label: time, unit: s}
sliders:
  - {id: anna, label: Anna, scale: log, min: 0.1, max: 10}
  - {id: bert, label: Bert, scale: log, min: 0.1, max: 10}
  - {id: wind, label: wind, min: 0, max: 4, step: 0.5}
views:
  - id: where
    kind: map
    title: Who wins where
    x: {parameter: anna, scale: log, min: 0.1, max: 10, points: 9}
    y: {parameter: bert, scale: log, min: 0.1, max: 10, points: 7}
    colour: {readout: best}
  - id: draws
    kind: ensemble
    title: Who wins in how many draws
    over: draws
    x: {readout: best}
    series:
      - {id: now, label: now}
      - {id: calm, label: no wind, scenario: calm}
readouts:
  - {id: best, label: the winner, expression: best, at: 0, shown: false, categories: [nobody, Anna, Bert]}
  - {id: steps, label: steps, expression: steps, at: 1}
scenarios:
  - {id: usual, label: usual}
  - {id: calm, label: calm, set: {wind: 0}}
"""  # noqa: E501
EVIDENCE = """
parameters:
  anna: {meaning: Her speed., status: assumed, range: [0.1, 10]}
  bert: {meaning: His speed., status: assumed, range: [0.2, 5]}
  wind: {meaning: The wind., role: setting, status: assumed}
"""
NAMES = ["nobody", "Anna", "Bert"]
ANNA, BERT = np.geomspace(0.1, 10, 9), np.geomspace(0.1, 10, 7)


def written(folder: Path, card: str = CARD) -> Model:
    """Write a model, its card and its evidence; return the model."""
    for ending, text in ((".ant", ANT), (".yml", card), (".evidence.yml", EVIDENCE)):
        (folder / f"race{ending}").write_text(text, encoding="utf-8")
    return Model.load(folder / "race.ant")


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model, with draws, whose winner is known as a formula."""
    folder = tmp_path_factory.mktemp("race")
    model = written(folder)
    write(model, sample(model))
    return Model.load(model.path)


def winner(anna: np.ndarray, bert: np.ndarray, wind: float = 1) -> np.ndarray:
    """Return who wins, by number."""
    return np.select([np.maximum(anna, bert * wind) < 1, anna >= bert * wind], [0, 1], 2)


def shares(draws: pd.DataFrame, wind: float = 1) -> list[float]:
    """Return in how many per cent of the draws nobody, Anna and Bert win."""
    found = winner(draws["anna"], draws["bert"], wind)
    return [100 * float(np.mean(found == k)) for k in range(3)]


# --- Card and kernel ------------------------------------------------------------------------


def test_each_draw_has_a_say(race: Model) -> None:
    """What a reader moves is the same in all; a series' scenario goes first."""
    found = race.simulate("draws")
    assert list(found.index) == [0, 1, 2] and len(set(found["now"])) == 3
    assert list(found["now"]) == shares(race.draws)
    assert list(found["calm"]) == shares(race.draws, 0)
    moved = race.simulate("draws", settings={"anna": 3})
    assert list(moved["now"]) == shares(race.draws.assign(anna=3))


def test_categories_stand_once(race: Model) -> None:
    """Their names, and the axes that they need, follow from the readout."""
    where, draws = race.card.views
    assert where.colour.categories == draws.x.categories == NAMES
    assert (where.colour.min, where.colour.max) == (-0.5, 2.5)
    assert (draws.x.min, draws.x.max, draws.x.points, draws.x.width) == (0, 2, 3, 1)
    assert page_setup(race, "draws")["runs"] == 64


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("shown: false, ", "", r"readouts\[best\]: a category is no number to list; set `shown:"),
        (
            "    colour: {readout: best}",
            "    colour: {readout: best}\n    best: max",
            "no category",
        ),
        ("x: {readout: best}", "x: {max: 3}", "over draws a readout is counted; give x a `read"),
        ("[nobody, Anna, Bert]", "[a, b, c, d, e, f, g, h]", "categories: .*at most 7"),
    ],
)
def test_faults_of_a_card_are_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    """File, field and remedy."""
    with pytest.raises(CardError, match=f"^race.yml: .*{says}"):
        _ = written(tmp_path, CARD.replace(old, new)).card


# --- The page -------------------------------------------------------------------------------


def told(element: Locator, runs: str) -> None:
    """Wait until all runs are counted."""
    element.locator(".nk-runs", has_text=runs).wait_for(timeout=60_000)


def cells(element: Locator) -> np.ndarray:
    """Return the colour at the middle of each cell, a row for each of Bert's speeds."""
    return np.array(
        element.evaluate(
            """(element, [across, up]) => {
                const cursor = element.querySelector(".nk-cursor");
                cursor.scrollIntoView({ block: "center" });
                const { left, top, width, height } = cursor.getBoundingClientRect();
                cursor.style.pointerEvents = "none";
                const at = (i, j) => document.elementsFromPoint(left + width * (i + 0.5) / across,
                    top + height * (1 - (j + 0.5) / up)).find((e) => e.closest('[id*="-level-"]'));
                return Array.from({ length: up }, (_, j) => Array.from({ length: across }, (_, i) =>
                    getComputedStyle(at(i, j)).fill));
            }""",
            [len(ANNA), len(BERT)],
        )
    )


def colours(values: np.ndarray) -> np.ndarray:
    """Return the colour that each category should have, as a browser writes it."""
    parts = [[int(face[k : k + 2], 16) for k in (1, 3, 5)] for face in PALETTE]
    return np.array([f"rgb({r}, {g}, {b})" for r, g, b in parts])[values]


def test_each_category_has_its_colour(race: Model, from_disk: Callable) -> None:
    """At first and after a slider has moved; the names stand at the bar."""
    element = from_disk(race, "where")
    told(element, "63 cells computed.")
    anna, bert = np.meshgrid(ANNA, BERT)
    assert (cells(element) == colours(winner(anna, bert))).all()
    texts = [text.strip() for text in element.locator("svg.nk-plot text").all_text_contents()]
    assert [text for text in texts if text in NAMES] == NAMES
    element.evaluate(MOVE, {"wind": 0.5})
    told(element, "63 cells computed.")
    values = winner(anna, bert, 0.5)
    assert (cells(element) == colours(values)).all()
    each = (f"{name} in {100 * np.mean(values == k):.0f} %" for k, name in enumerate(NAMES))
    assert element.locator(".nk-words").inner_text() == f"the winner: {', '.join(each)}."


def test_a_cell_is_told_by_name(race: Model, from_disk: Callable) -> None:
    """To the ear and at the bar, where the mark stands in the middle of the category."""
    element = from_disk(race, "where")
    told(element, "63 cells computed.")
    cursor = element.locator(".nk-cursor")
    cursor.focus()
    for key, name in (("Home", "nobody at 0.1, 0.1"), ("End", "Anna at 10, 0.1")):
        element.page.keyboard.press("PageDown")
        element.page.keyboard.press(key)
        assert cursor.get_attribute("aria-valuetext") == name
        assert (
            element.locator('[id$="legend-colour"]').text_content().strip() == f"the winner: {name}"
        )
    mark = element.locator(".nk-mark path").bounding_box()
    label = element.locator("svg.nk-plot text", has_text=re.compile(r"^\s*Anna\s*$")).bounding_box()
    middle = label["x"] + label["width"] / 2
    assert mark["x"] + mark["width"] / 2 == pytest.approx(middle, abs=2)


def test_the_file_says_what_its_numbers_mean(race: Model, from_disk: Callable) -> None:
    """One number a category, and their names above."""
    element = from_disk(race, "where")
    told(element, "63 cells computed.")
    element.locator("[data-tool=carry]").click()
    with element.page.expect_download() as download:
        element.locator(".nk-csv").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "# Column best: the winner (0 nobody, 1 Anna, 2 Bert)\n" in text
    table = pd.read_csv(download.value.path(), comment="#")
    assert list(table["best"]) == list(winner(*np.meshgrid(ANNA, BERT)).ravel())


def bars(element: Locator, model: Model, series: str) -> np.ndarray:
    """Return the height of each bar as it is drawn, in per cent."""
    seen = element.evaluate(LOOK)
    seen["x"] = [(str(NAMES.index(name)), at) for name, at in seen["x"]]
    axes = Axes.read(seen, model.card.find("views", "draws"))
    heights = path(seen["curves"][series]["d"])[1:-1:2, 1]
    zero, hundred = axes.y.at(0), axes.y.at(100)
    return (heights - zero) / (hundred - zero) * 100


def test_the_page_counts_the_same_draws(race: Model, from_disk: Callable) -> None:
    """At first, and when a reader has measured something; the bars have names."""
    element = from_disk(race, "draws")
    told(element, "64 draws counted for each curve.")
    np.testing.assert_allclose(bars(element, race, "now"), shares(race.draws), atol=0.1)
    np.testing.assert_allclose(bars(element, race, "calm"), shares(race.draws, 0), atol=0.1)
    element.evaluate(MOVE, {"anna": 3})
    element.locator(".nk-words", has_text="Now: most often Anna (").wait_for()
    wanted = shares(race.draws.assign(anna=3))
    np.testing.assert_allclose(bars(element, race, "now"), wanted, atol=0.1)
    element.locator("input.nk-cursor").focus()
    element.page.keyboard.press("End")
    spoken = element.locator("input.nk-cursor").get_attribute("aria-valuetext")
    assert spoken.startswith("Bert; now: ")
    element.locator("[data-tool=listen]").click()
    heads = element.locator("tbody th")
    heads.first.wait_for()
    assert heads.all_inner_texts() == NAMES
