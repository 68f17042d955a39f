"""The living figures of the built book in a real browser."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from contents import PAGES
from playwright.sync_api import Browser, Page

from nkreview.living.page import model_script
from nkreview.living.svg import living_svg
from nkreview.model.model import Model, names

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "src" / "nkreview" / "living" / "static"
SETTINGS = 20  # random settings of all sliders, for each living figure
TOLERANCE = 1e-3  # of each curve's maximum
FIGURES = [(name, view.id) for name in names() for view in Model.load(name).card.views]


def page_with(built: Path, model: str, view: str) -> str:
    """Return a page on which the living figure stands."""
    mark = f'<nk-explorer data-model="{model}" data-view="{view}">'
    for page in PAGES:
        if mark in (built / f"{page}.html").read_text(encoding="utf-8"):
            return page
    pytest.fail(f"no page shows the view {view} of {model}")


def explorer(page: Page, model: str, view: str) -> object:
    """Return the living figure's element, once it is alive."""
    element = page.locator(f'nk-explorer[data-model="{model}"][data-view="{view}"]').first
    element.locator("form").wait_for(state="visible")
    return element


MOVE = """(element, settings) => {
    for (const [id, value] of Object.entries(settings)) {
        const input = element.querySelector(`input[name="${id}"]`);
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const set = Object.fromEntries([...element.querySelectorAll("form input[type=range]")]
        .map((input) => [input.name, Number(input.value)]));
    return { set, trajectories: element.trajectories, readouts: element.readouts,
        status: element.querySelector(".nk-status").textContent };
}"""


@pytest.mark.parametrize(("name", "view"), FIGURES)
def test_moved_curves_agree_with_libroadrunner(
    name: str, view: str, built: Path, open_page: Callable
) -> None:
    """Every slider at random positions gives the kernel's curves and readouts."""
    model = Model.load(name)
    visit = open_page(f"{page_with(built, name, view)}.html")
    element = explorer(visit.page, name, view)
    draw = random.Random(f"{name}.{view}")
    for _ in range(SETTINGS):
        wanted = {
            s.id: s.min + s.step * draw.randint(0, round((s.max - s.min) / s.step))
            for s in model.card.sliders
        }
        shown = element.evaluate(MOVE, wanted)
        assert shown["set"] == pytest.approx(wanted)
        assert shown["trajectories"], shown["status"]
        frame = model.simulate(view, settings=shown["set"])
        np.testing.assert_allclose(shown["trajectories"]["x"], frame.index, rtol=1e-12, atol=1e-9)
        for series in frame:
            drawn = np.array(shown["trajectories"]["series"][series])
            worst = np.abs(drawn - frame[series]).max()
            assert worst <= TOLERANCE * np.abs(frame[series]).max() + 1e-12, (series, shown["set"])
        check_readouts(model, shown)
    assert visit.console == []


def check_readouts(model: Model, shown: dict) -> None:
    """Compare the readouts; a time of an extreme is as fine as its sampling."""
    expected = model.readouts(settings=shown["set"])
    for readout in model.card.readouts:
        value, wanted = shown["readouts"][readout.id], expected[readout.id]
        if readout.rule.startswith("time"):
            start, end = getattr(readout, readout.rule)
            assert value == pytest.approx(wanted, abs=(end - start) / 100), readout.id
        else:
            # What is zero in truth is rounding noise in both.
            assert value == pytest.approx(wanted, rel=TOLERANCE, abs=1e-6), readout.id


@pytest.mark.parametrize(("name", "view"), FIGURES)
def test_scenarios_set_what_the_card_says(
    name: str, view: str, built: Path, open_page: Callable
) -> None:
    """Choosing a scenario gives its run, and reset gives the default again."""
    model = Model.load(name)
    page = open_page(f"{page_with(built, name, view)}.html").page
    element = explorer(page, name, view)
    default = element.evaluate("e => e.trajectories")
    for scenario in model.card.offered:
        element.locator("select[name=scenario]").select_option(scenario.id)
        assert element.locator(".nk-notice").inner_text() == scenario.notice
        shown = element.evaluate("e => e.trajectories.series")
        frame = model.simulate(view, scenario.id)
        for series in frame:
            scale = np.abs(frame[series]).max()
            np.testing.assert_allclose(shown[series], frame[series], atol=TOLERANCE * scale + 1e-12)
    element.locator("button[type=reset]").click()
    assert element.evaluate("e => e.trajectories") == default


def test_the_drawn_path_is_the_curve(built: Path, open_page: Callable) -> None:
    """The rewritten path lies where matplotlib drew the same curve."""
    name, view = FIGURES[0]
    visit = open_page(f"{page_with(built, name, view)}.html", javascript=False)
    series = Model.load(name).card.find("views", view).series[0].id
    path = f"#{name}-{view}-curve-{series} path"
    by_matplotlib = visit.page.locator(path).first.get_attribute("d")
    live = open_page(f"{page_with(built, name, view)}.html").page
    explorer(live, name, view)
    by_page = live.locator(path).first.get_attribute("d")
    assert by_page != by_matplotlib  # the page has rewritten it
    first, second = (
        np.array(re.findall(r"-?[\d.]+", d), float).reshape(-1, 2) for d in (by_matplotlib, by_page)
    )
    box = Model.load(name), view
    left, top, _, height = living_svg(*box)[1]["box"]
    inside = (second[:, 1] >= top) & (second[:, 1] <= top + height) & (second[:, 0] >= left)
    assert inside.sum() > len(second) / 2
    np.testing.assert_allclose(first[inside], second[inside], atol=0.05)


def test_keyboard_moves_a_slider(built: Path, open_page: Callable) -> None:
    """Tab reaches a slider, arrow keys move it, and the figure answers."""
    name, view = FIGURES[0]
    page = open_page(f"{page_with(built, name, view)}.html").page
    element = explorer(page, name, view)
    element.evaluate(
        "e => e.addEventListener('nk-update', () => { e.updates = (e.updates ?? 0) + 1; })"
    )
    slider = element.locator("details[open] input[type=range]").first
    element.locator("details[open] summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "range"
    before = slider.input_value()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert slider.input_value() != before
    assert element.evaluate("e => e.updates") >= 1


@pytest.mark.parametrize(("name", "view"), FIGURES)
def test_the_cursor_reads_the_curves(
    name: str, view: str, built: Path, open_page: Callable
) -> None:
    """Pointer and keys on the plot put the curves' values into the legend."""
    visit = open_page(f"{page_with(built, name, view)}.html")
    element = explorer(visit.page, name, view)
    cursor = element.locator(".nk-cursor")
    shown = Model.load(name).card.find("views", view)
    frame = Model.load(name).simulate(view)
    legend = element.locator("svg.nk-plot").text_content
    plain = legend()

    cursor.focus()
    visit.page.keyboard.press("End")
    told = cursor.get_attribute("aria-valuetext")
    place, *values = told.split("; ")
    assert place.split()[0] == f"{shown.x.max:g}"
    assert len(values) == len(shown.series)
    for series, text in zip(shown.series, values, strict=True):
        label, _, number = text.rpartition(": ")
        assert label == series.label and text in legend()
        expected = frame[series.id].iloc[-1]
        assert read_number(number) == pytest.approx(expected, rel=6e-3, abs=1e-6)
    visit.page.keyboard.press("ArrowLeft")
    assert cursor.get_attribute("aria-valuetext") != told
    cursor.evaluate("e => e.blur()")
    assert legend() == plain

    cursor.scroll_into_view_if_needed()
    box = cursor.bounding_box()
    visit.page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert int(cursor.input_value()) == pytest.approx((len(frame) - 1) / 4, abs=0.6)
    assert legend() != plain
    visit.page.mouse.move(0, 0)
    assert legend() == plain
    assert visit.console == []


def read_number(text: str) -> float:
    """Turn a number as readers see it back into a number."""
    digits = text.replace("\u202f", "").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-"))
    mantissa, _, power = digits.partition("×10")
    return float(mantissa) * 10 ** int(power or 0)


@pytest.mark.parametrize(
    ("width", "height"), [(360, 740), (768, 1024), (1280, 900)], ids=["phone", "tablet", "desk"]
)
@pytest.mark.parametrize(("name", "view"), [FIGURES[0], FIGURES[-1]])
def test_the_plot_stays_in_sight_of_every_slider(
    name: str, view: str, width: int, height: int, built: Path, open_page: Callable
) -> None:
    """Whatever slider is at hand, the axes are in the window, and nothing moves with its value."""
    page = open_page(f"{page_with(built, name, view)}.html", width=width, height=height).page
    element = explorer(page, name, view)
    stage, readouts = (element.locator(c).bounding_box() for c in (".nk-stage", ".nk-readouts"))
    assert stage["y"] + stage["height"] <= readouts["y"]
    for group in element.locator("details").all():
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        for slider in group.locator("input").all():
            slider.evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            plot, input_ = element.locator(".nk-cursor").bounding_box(), slider.bounding_box()
            assert plot["y"] >= 0 and plot["y"] + plot["height"] <= height
            assert slider.evaluate(IS_ON_TOP), slider.get_attribute("name")
            for value in (slider.get_attribute("min"), slider.get_attribute("max")):
                element.evaluate(MOVE, {slider.get_attribute("name"): value})
                assert slider.bounding_box() == pytest.approx(input_)


IS_ON_TOP = """e => {
    const { left, top, width, height } = e.getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2) === e;
}"""


def test_on_its_side_a_phone_shows_the_sliders(built: Path, open_page: Callable) -> None:
    """Where the window is low the plot scrolls away instead of filling it."""
    name, view = FIGURES[0]
    page = open_page(f"{page_with(built, name, view)}.html", width=640, height=360).page
    element = explorer(page, name, view)
    slider = element.locator("details[open] input").last
    slider.evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
    assert slider.evaluate(IS_ON_TOP)


def test_what_is_read_aloud(built: Path, open_page: Callable) -> None:
    """Scenario and reset are announced; the steps of a slider are told by the slider alone."""
    name, view = FIGURES[0]
    page = open_page(f"{page_with(built, name, view)}.html").page
    element = explorer(page, name, view)
    element.evaluate(LISTEN)
    slider = Model.load(name).card.sliders[0]
    element.evaluate(MOVE, {slider.id: slider.min + slider.step})
    assert element.evaluate("e => e.heard") == []
    scenario = Model.load(name).card.scenarios[1]
    element.locator("select[name=scenario]").select_option(scenario.id)
    assert element.evaluate("e => e.heard.at(-1)") == scenario.notice
    element.locator("button[type=reset]").click()
    assert "All controls are reset." in element.evaluate("e => e.heard")


LISTEN = """element => {
    element.heard = [];
    const live = "[aria-live=polite], [role=status], output:not([aria-live=off])";
    for (const region of element.querySelectorAll(live)) {
        new MutationObserver(() => element.heard.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true });
    }
}"""


def test_a_link_restores_the_settings(built: Path, open_page: Callable) -> None:
    """The link that a figure offers brings the same settings back."""
    name, view = FIGURES[0]
    path = f"{page_with(built, name, view)}.html"
    page = open_page(path).page
    element = explorer(page, name, view)
    slider = Model.load(name).card.sliders[0]
    moved = element.evaluate(MOVE, {slider.id: slider.min + slider.step})
    link = element.locator(".nk-link").get_attribute("href")
    other = explorer(open_page(path + link).page, name, view)
    assert other.evaluate(MOVE, {})["trajectories"] == moved["trajectories"]


@pytest.mark.parametrize(
    ("fragment", "says"),
    [
        ("{id}=9e99", "was moved to"),
        ("{id}=-9e99", "was moved to"),
        ("{id}=many", "is not a number"),
        ("no_such_thing=1", "there is no setting “no_such_thing”"),
        ("scenario=no-such", "scenario “no-such” does not exist"),
    ],
)
def test_a_bad_link_is_clamped_and_said(
    fragment: str, says: str, built: Path, open_page: Callable
) -> None:
    """A link from elsewhere cannot bring a setting that the sliders do not have."""
    name, view = FIGURES[0]
    slider = Model.load(name).card.sliders[0]
    path = f"{page_with(built, name, view)}.html"
    address = f"{path}#nk={name}.{view}&{fragment.format(id=slider.id)}"
    visit = open_page(address)
    element = explorer(visit.page, name, view)
    assert says in element.locator(".nk-remark").inner_text()
    assert slider.min <= element.evaluate(MOVE, {})["set"][slider.id] <= slider.max
    assert visit.console == []


def test_a_failing_solver_shows_no_curve(built: Path, open_page: Callable) -> None:
    """When the model cannot be solved the page says so in words and draws nothing."""
    name, view = FIGURES[0]
    page = open_page(f"{page_with(built, name, view)}.html").page
    element = explorer(page, name, view)
    element.evaluate("e => { e.run.solve = () => { throw new Error('too stiff'); }; }")
    shown = element.evaluate(MOVE, {Model.load(name).card.sliders[0].id: 0})
    assert shown["trajectories"] is None
    assert "could not be solved" in shown["status"] and "too stiff" in shown["status"]
    series = Model.load(name).card.find("views", view).series[0].id
    assert not element.locator(f"#{name}-{view}-curve-{series}").is_visible()


@pytest.mark.parametrize(("name", "view"), FIGURES)
def test_downloads(name: str, view: str, built: Path, open_page: Callable) -> None:
    """The CSV holds the curves, and the SBML is the model."""
    page = open_page(f"{page_with(built, name, view)}.html").page
    element = explorer(page, name, view)
    with page.expect_download() as download:
        element.locator(".nk-csv").click()
    text = Path(download.value.path()).read_text().splitlines()
    lines = [line for line in text if not line.startswith("#")]
    frame = Model.load(name).simulate(view)
    assert lines[0].split(",") == [frame.index.name, *frame.columns]
    assert len(lines) == len(frame) + 1
    notes = text[: -len(lines)]
    card = Model.load(name).card
    for slider in card.sliders:
        assert any(n.startswith(f"# {slider.id} = ") and n.endswith(slider.unit) for n in notes)
    axis = card.find("views", view).x
    assert f"# Column {frame.index.name}: {axis.label} ({axis.unit or 'no unit'})" in notes
    with page.expect_download() as download:
        element.locator(".nk-sbml").click()
    assert Path(download.value.path()).read_text() == Model.load(name).sbml


@pytest.mark.parametrize(("name", "view"), FIGURES)
def test_without_javascript_the_figure_stands(
    name: str, view: str, built: Path, open_page: Callable
) -> None:
    """Figure and caption are there, and no control that would not work."""
    page = open_page(f"{page_with(built, name, view)}.html", javascript=False).page
    element = page.locator(f'nk-explorer[data-model="{name}"][data-view="{view}"]').first
    assert element.locator("svg.nk-plot").is_visible()
    assert not element.locator("form").is_visible()
    caption = element.locator("xpath=ancestor::figure//figcaption | .//*[@class='nk-caption']")
    assert len(caption.first.inner_text()) > 40


def test_a_page_opened_from_disk_is_alive(built: Path, browser: Browser) -> None:
    """Without any server the figures move too."""
    name, view = FIGURES[0]
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((built / f"{page_with(built, name, view)}.html").as_uri())
    assert explorer(page, name, view).evaluate(MOVE, {})["trajectories"]
    context.close()


def packed(*texts: str) -> int:
    """Return the size after gzip, in bytes."""
    return sum(len(gzip.compress(text.encode())) for text in texts)


def test_weights() -> None:
    """The explorer stays light."""
    shared = [
        STATIC / name
        for name in ("solver.js", "figure.js", "names.js", "explorer.js", "explorer.css")
    ]
    assert packed(*(path.read_text(encoding="utf-8") for path in shared)) < 20_000
    for name in names():
        assert packed(model_script(Model.load(name))) < 5_000, name
