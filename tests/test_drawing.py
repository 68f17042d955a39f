"""The drawing that a reader sees, against libRoadRunner: a figure for each kind of view and scale.

The numbers of every view of every model are compared in ``test_numbers.py``, without a browser.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from contents import page_with
from drawing import RESOLUTION, Axes, Picture, anywhere, is_stacked, number, tells, written
from pages import write_page
from playwright.sync_api import Locator, Page

from nkreview.living.page import figure_html
from nkreview.model.model import Model
from nkreview.model.shelf import names

# Made up for these tests: straight axes, and what no card of the book has.
BUDGET = Path(__file__).parent / "figures" / "budget.ant"
SHOWN_TWICE = "course"


def kinds() -> list[tuple[str, str]]:
    """Return a figure for each kind of view and pair of scales, of the book or made up."""
    found: dict[tuple, tuple[str, str]] = {}
    for name in (str(BUDGET), *names()):  # the book has figures of most kinds, too
        for view in Model.load(name).card.views:
            if view.kind in ("ensemble", "map"):
                continue  # `test_ensemble.py` and `test_map.py` look at these
            kind = (view.kind, view.x.scale, view.y.scale, is_stacked(view))
            found.setdefault(kind, (name, view.id))
    return list(found.values())


KINDS = pytest.mark.parametrize(("name", "view"), kinds(), ids=lambda part: Path(part).stem)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> str:
    """Return the address of a page with the made-up model's figures, one of them twice."""
    folder = tmp_path_factory.mktemp("figures")
    model = Model.load(BUDGET)
    figures = [figure_html(model, view.id) for view in model.card.views]
    figures.append(figure_html(model, SHOWN_TWICE, place="again"))
    write_page(folder, model, "".join(figures))
    return serve(folder)


@pytest.fixture
def show(open_page: Callable, made_up: str, built: Path) -> Callable[..., Picture]:
    """Return a function that opens the page of a figure; afterwards its console must be empty."""
    visits = []

    def find(name: str, view: str, nth: int = 0, fragment: str = "") -> Picture:
        model = Model.load(name)
        if model.path == BUDGET:
            visits.append(open_page(f"index.html{fragment}", at=made_up))
        else:
            page = page_with(built, f'<nk-explorer data-model="{name}" data-view="{view}"')
            visits.append(open_page(f"{page}.html{fragment}"))
        return Picture.find(visits[-1].page, model, view, nth)

    yield find
    assert [line for visit in visits for line in visit.console] == []


@KINDS
def test_the_drawing_is_the_model(name: str, view: str, show: Callable) -> None:
    """Curves, ghosts, names, numbers, words: at first, moved, in each scenario, after a reset."""
    picture = show(name, view)
    first = picture.check(moved=False)
    picture.check_looks()
    for seed in range(3):
        picture.move(anywhere(picture.model, f"{picture.model.name}.{view}.{seed}"))
        picture.check(moved=True)
    check_scenarios(picture)
    picture.reset()
    assert picture.look() == first


def check_scenarios(picture: Picture) -> None:
    """The list names the card's scenarios; each gives its curves, its numbers and its sentence."""
    options = picture.element.locator("select[name=scenario] option").all_inner_texts()
    # A page may put some of them first.
    assert sorted(options) == sorted(s.label for s in picture.model.card.offered)
    for scenario in picture.model.card.offered:
        picture.choose(scenario.id)
        seen = picture.check(moved=scenario.id != picture.model.card.scenarios[0].id)
        wanted = {**picture.model.constants, **picture.model.settings(scenario.id)}
        assert {s["id"]: s["value"] for s in seen["sliders"]} == pytest.approx(
            {s.id: wanted[s.id] for s in picture.model.card.sliders}
        )


def test_curves_are_named_where_there_is_room(show: Callable) -> None:
    """Most curves have their names beside them; that they cover nothing is seen elsewhere, too."""
    named = curves = 0
    for name, view in kinds():
        picture = show(name, view)
        named += picture.check_names()
        curves += len(picture.view.series)
    assert named > curves / 2


def test_the_end_of_a_slider_has_its_word(show: Callable) -> None:
    """A word such as "never" stands at the slider's end, and a number one step before."""
    seen = 0
    for name in (*names(), str(BUDGET)):
        worded = [s for s in Model.load(name).card.sliders if s.at_max]
        if worded:
            picture = show(name, Model.load(name).card.views[0].id)
        for slider in worded:
            for value, text in (
                (slider.max, slider.at_max),
                (slider.max - slider.step, f"{written(slider.max - slider.step)} {slider.unit}"),
                (slider.max, slider.at_max),
            ):
                picture.move({slider.id: value})
                told = next(s for s in picture.look()["sliders"] if s["id"] == slider.id)
                assert told["told"] == told["aloud"] == text.strip()
                seen += 1
    assert seen


@KINDS
def test_what_is_moved_is_told_kept_and_linked(name: str, view: str, show: Callable) -> None:
    """In one visit: the cursor reads the curves, a CSV holds them, a link brings them back."""
    picture = show(name, view)
    picture.choose(picture.model.card.offered[-1].id)
    picture.move(anywhere(picture.model, f"{picture.model.name}.{view}.link"))
    check_keys_and_pointer(picture)
    panel = picture.use("carry")
    check_csv(picture, panel)
    link = panel.locator(".nk-link").get_attribute("href")
    assert show(name, view, fragment=link).look() == picture.look()


def check_keys_and_pointer(picture: Picture) -> None:
    """Keys and pointer put the values at a place into the legend, and a mark on each curve."""
    page, cursor = picture.element.page, picture.element.locator(".nk-cursor")
    seen = picture.look()
    plain = seen["legend"]
    cursor.focus()
    page.keyboard.press("Home")
    last = len(picture.curves(picture.settings(seen))) - 1
    for steps, key, place in ((1, "Home", 0), (3, "ArrowRight", 3), (1, "End", last)):
        for _ in range(steps):
            page.keyboard.press(key)
        check_cursor(picture, place)
    cursor.evaluate("e => e.blur()")
    assert picture.look()["legend"] == plain

    cursor.scroll_into_view_if_needed()
    box = cursor.bounding_box()
    place = round(last / 4)
    page.mouse.move(box["x"] + box["width"] * place / last, box["y"] + box["height"] / 2)
    check_cursor(picture, place)
    page.mouse.move(0, 0)
    assert picture.look()["legend"] == plain


MARK = """element => {
    const mark = element.querySelector(".nk-mark");
    return {
        text: mark.querySelector("text").textContent,
        line: mark.querySelector("path").getBBox().x,
        dots: [...mark.querySelectorAll("circle")].map((dot) =>
            [dot.cx.baseVal.value, dot.cy.baseVal.value, getComputedStyle(dot).fill]),
        aloud: element.querySelector(".nk-cursor").getAttribute("aria-valuetext"),
    };
}"""


def check_cursor(picture: Picture, place: int) -> None:
    """Check what the cursor tells at a point of the curves."""
    seen, mark = picture.look(), picture.element.evaluate(MARK)
    curves = picture.curves(picture.settings(seen))
    x, axes = curves.index[place], Axes.read(seen, picture.view)
    heights = curves.cumsum(axis=1) if is_stacked(picture.view) else curves
    assert tells(mark["text"].removesuffix(picture.view.x.unit).strip(), x)
    assert mark["line"] == pytest.approx(axes.x.at(x), abs=RESOLUTION)
    aloud = mark["aloud"].split("; ")
    assert aloud[0] == mark["text"]
    dots = []
    for nth, series in enumerate(picture.view.series):
        value = curves[series.id].iloc[place]
        said = seen["legend"]["texts"][nth][0]
        assert said == aloud[1 + nth]
        label, _, text = said.rpartition(": ")
        assert label == series.label
        # Beside a curve that is large elsewhere, what is left of it may be told as 0.
        spent = abs(value) < 1e-8 * curves[series.id].abs().max()
        assert (spent and number(text) == 0) or tells(text, value), (said, value)
        at = (axes.x.at(x), axes.y.at(heights[series.id].iloc[place]))
        _, top, _, height = axes.box
        if top - RESOLUTION < at[1] < top + height + RESOLUTION:
            dots.append((*at, seen["curves"][series.id]["stroke"]))
    assert len(mark["dots"]) == len(dots)
    for drawn, wanted in zip(mark["dots"], dots, strict=True):
        assert drawn[:2] == pytest.approx(wanted[:2], abs=RESOLUTION)
        assert drawn[2] == wanted[2]


def check_csv(picture: Picture, panel: Locator) -> None:
    """Column by column the file has libRoadRunner's numbers, and notes on the settings."""
    with picture.element.page.expect_download() as download:
        panel.locator(".nk-csv").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    table = pd.read_csv(download.value.path(), comment="#", index_col=0)
    settings = picture.settings(picture.look())
    wanted = picture.curves(settings)
    assert table.index.name == wanted.index.name
    assert list(table) == list(wanted)
    np.testing.assert_allclose(table.index, wanted.index, rtol=1e-9, atol=1e-9)
    for series in wanted:
        scale = wanted[series].abs().max()
        np.testing.assert_allclose(table[series], wanted[series], atol=1e-3 * scale + 1e-12)
    units = {slider.id: slider.unit for slider in picture.model.card.sliders}
    for ident, value in settings.items():
        note = next(n for n in notes if n.startswith(f"# {ident} = "))
        told, _, unit = note.removeprefix(f"# {ident} = ").partition(" ")
        assert (float(told), unit) == (pytest.approx(value), units.get(ident, ""))
    x, y = picture.view.x, picture.view.y
    assert f"# Column {wanted.index.name}: {x.label} ({x.unit or 'no unit'})" in notes
    for series in picture.view.series:
        about = f"{series.label}; {y.label} ({y.unit or 'no unit'})"
        assert f"# Column {series.id}: {about}" in notes


def test_two_figures_of_one_view(show: Callable) -> None:
    """No id stands twice on a page, and each figure moves alone."""
    one = show(str(BUDGET), SHOWN_TWICE)
    page: Page = one.element.page
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    other = Picture.find(page, one.model, SHOWN_TWICE, nth=1)
    first = other.look()
    one.move(anywhere(one.model, "one of two"))
    one.check(moved=True)
    assert other.look() == first
    other.check(moved=False)
    other.move(anywhere(one.model, "the other"))
    other.check(moved=True)
    one.check(moved=True)
    other.element.locator(".nk-cursor").focus()
    check_cursor(other, int(other.element.locator(".nk-cursor").input_value()))


def test_a_label_is_text(open_page: Callable, made_up: str) -> None:
    """Dollars and other signs in labels and units are no formula, in no part of the drawing."""
    page = open_page("index.html", at=made_up, javascript=False).page
    for view in Model.load(BUDGET).card.views:
        drawn = page.locator(f"nk-explorer[data-view={view.id}] svg.nk-plot").first
        texts = drawn.locator("text").all_text_contents()
        label = f"{view.y.label} ({view.y.unit})"
        for text in (label, *(series.label for series in view.series)):
            assert text in [found.strip() for found in texts]
