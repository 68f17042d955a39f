"""How the living figures of the built book behave: keys, windows, links, failures, weights.

What they draw and tell is compared with the models in ``test_drawing.py``.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from contents import page_with
from drawing import MOVE, Picture
from playwright.sync_api import Browser, Page

from nkreview.living.assets import classic_model, classic_script, classic_tool
from nkreview.living.bundle import STATIC, TOOLS
from nkreview.model.model import Model
from nkreview.model.shelf import names

FIRST = Model.load(names()[0])
# The figure whose legend leaves the least room.
TALLEST = max(
    ((model, view) for model in map(Model.load, names()) for view in model.card.views),
    key=lambda figure: len(figure[1].series) + len(figure[1].references),
)


def page_of(built: Path, model: Model, view: str) -> str:
    """Return the address of a page that shows a view."""
    return page_with(built, f'<nk-explorer data-model="{model.name}" data-view="{view}">') + ".html"


@pytest.fixture
def first(built: Path, open_page: Callable) -> Callable[..., Picture]:
    """Return a function that opens the page with the first model's first view."""

    def show(**options: object) -> Picture:
        view = FIRST.card.views[0].id
        return Picture.find(open_page(page_of(built, FIRST, view), **options).page, FIRST, view)

    return show


def test_keyboard_moves_a_slider(first: Callable) -> None:
    """Tab reaches a slider, arrow keys move it, and the drawing answers."""
    picture = first()
    page: Page = picture.element.page
    picture.element.evaluate(
        "e => e.addEventListener('nk-update', () => { e.updates = (e.updates ?? 0) + 1; })"
    )
    slider = picture.element.locator("details[open] input[type=range]").first
    picture.element.locator("details[open] summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "range"
    before = slider.input_value()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert slider.input_value() != before
    assert picture.element.evaluate("e => e.updates") == 2
    picture.check(moved=True)


@pytest.mark.parametrize(
    ("width", "height"), [(360, 740), (768, 1024), (1280, 900)], ids=["phone", "tablet", "desk"]
)
def test_the_plot_stays_in_sight_of_every_slider(
    width: int, height: int, built: Path, open_page: Callable
) -> None:
    """Whatever slider is at hand, the axes are in the window, and nothing moves with its value."""
    model, view = TALLEST
    page = open_page(page_of(built, model, view.id), width=width, height=height).page
    element = Picture.find(page, model, view.id).element
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


def test_on_its_side_a_phone_shows_the_sliders(first: Callable) -> None:
    """Where the window is low the plot scrolls away instead of filling it."""
    slider = first(width=640, height=360).element.locator("details[open] input").last
    slider.evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
    assert slider.evaluate(IS_ON_TOP)


def test_what_is_read_aloud(first: Callable) -> None:
    """Scenario and reset are announced; the steps of a slider are told by the slider alone."""
    picture = first()
    picture.element.evaluate(LISTEN)
    slider, scenario = FIRST.card.sliders[0], FIRST.card.scenarios[1]
    picture.move({slider.id: slider.min + slider.step})
    assert picture.element.evaluate("e => e.heard") == []
    picture.choose(scenario.id)
    assert picture.element.evaluate("e => e.heard.at(-1)") == scenario.notice
    picture.reset()
    assert "All controls are reset." in picture.element.evaluate("e => e.heard")


LISTEN = """element => {
    element.heard = [];
    const live = "[aria-live=polite], [role=status], output:not([aria-live=off])";
    for (const region of element.querySelectorAll(live)) {
        new MutationObserver(() => element.heard.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true });
    }
}"""


def test_a_bad_link_is_clamped_and_said(first: Callable) -> None:
    """A link from elsewhere cannot bring a setting that the sliders do not have."""
    picture = first()
    slider = FIRST.card.sliders[0]
    for fragment, says, value in (
        (f"{slider.id}=9e99", "was moved to", slider.max),
        (f"{slider.id}=-9e99", "was moved to", slider.min),
        (f"{slider.id}=many", "is not a number", FIRST.constants[slider.id]),
        ("no_such_thing=1", "there is no setting “no_such_thing”", FIRST.constants[slider.id]),
        ("scenario=none", "scenario “none” does not exist", FIRST.constants[slider.id]),
    ):
        key = f"nk={FIRST.name}.{picture.view.id}"
        picture.element.page.evaluate("hash => { location.hash = hash; }", f"#{key}&{fragment}")
        picture.element.locator(".nk-remark", has_text=says).wait_for(state="visible")
        seen = picture.check(moved=value != FIRST.constants[slider.id])
        assert seen["sliders"][0]["value"] == pytest.approx(value)


def test_a_failing_solver_shows_no_curve(first: Callable) -> None:
    """When the model cannot be solved the page says so in words and draws nothing."""
    picture = first()
    slider = FIRST.card.sliders[0]
    picture.element.evaluate("e => { e.run.solve = () => { throw new Error('too stiff'); }; }")
    picture.move({slider.id: slider.max})
    seen = picture.look()
    assert "could not be solved" in seen["status"] and "too stiff" in seen["status"]
    assert [line["seen"] for line in seen["curves"].values()] == [False] * len(seen["curves"])
    assert picture.element.evaluate("e => [e.trajectories, e.readouts]") == [None, None]


def test_the_sbml_is_the_model(first: Callable) -> None:
    """What a reader downloads is what the kernel simulates."""
    picture = first()
    panel = picture.use("carry")
    with picture.element.page.expect_download() as download:
        panel.locator(".nk-sbml").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == FIRST.sbml


def test_without_javascript_the_figures_stand(built: Path, open_page: Callable) -> None:
    """Figure, number and caption are there, and no control that would not work."""
    page = open_page(page_of(built, FIRST, FIRST.card.views[0].id), javascript=False).page
    figures = page.locator("figure:has(nk-explorer)").all()
    assert figures
    for figure in figures:
        assert figure.locator("svg.nk-plot").is_visible()
        assert not figure.locator("form").is_visible()
        caption = figure.locator("figcaption").inner_text()
        assert re.match(r"(Fig\.|Figure) \d", caption) and len(caption.split()) > 10


def test_a_page_opened_from_disk_is_alive(built: Path, browser: Browser) -> None:
    """Without any server the figures move too."""
    view = FIRST.card.views[0].id
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((built / page_of(built, FIRST, view)).as_uri())
    picture = Picture.find(page, FIRST, view)
    slider = FIRST.card.sliders[0]
    picture.move({slider.id: slider.max})
    picture.check(moved=True)
    context.close()


def packed(text: str) -> int:
    """Return the size after gzip, in bytes."""
    return len(gzip.compress(text.encode()))


def test_weights() -> None:
    """What every page of a figure loads stays light, and so do all its tools together."""
    style = (STATIC / "explorer.css").read_text(encoding="utf-8")
    assert packed(classic_script()) + packed(style) < 20_000
    tools = {name: packed(classic_tool(name)) for name in TOOLS}
    assert sum(tools.values()) < 25_000, tools
    assert tools["carry"] + tools["compare"] < 7_500, tools
    for name in names():
        assert packed(classic_model(Model.load(name))) < 5_000, name
