"""How the living figures of the built book behave: keys, windows, links, failures, weights.

What they draw and tell is compared with the models in ``test_drawing.py``.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from contents import page_with
from drawing import MOVE, Picture
from pages import write_page
from playwright.sync_api import Browser, Page

from nkreview.living.assets import classic_model, classic_script, classic_tool, style_of
from nkreview.living.bundle import TOOLS
from nkreview.living.page import figure_html
from nkreview.model.model import Model
from nkreview.model.shelf import names

FIRST = Model.load("metastasis_window")
BUDGET = Path(__file__).parent / "figures" / "budget.ant"
# The figure whose legend leaves the least room.
TALLEST = max(
    ((model, view) for model in map(Model.load, names()) for view in model.card.views),
    key=lambda figure: len(figure[1].series) + len(figure[1].references),
)


def page_of(built: Path, model: Model, view: str) -> str:
    """Return the address of a page that shows a view."""
    return page_with(built, f'<nk-explorer data-model="{model.name}" data-view="{view}"') + ".html"


@pytest.fixture
def first(built: Path, open_page: Callable) -> Callable[..., Picture]:
    """Return a function that opens the page with the first model's first view."""

    def show(**options: object) -> Picture:
        view = FIRST.card.views[0].id
        return Picture.find(open_page(page_of(built, FIRST, view), **options).page, FIRST, view)

    return show


@pytest.fixture
def made_up(tmp_path: Path, new_tab: Callable) -> Iterator[Callable[[str], Picture]]:
    """Return a function that opens a page with a view of the made-up model, from disk."""
    model = Model.load(BUDGET)
    page = new_tab(height=720, has_touch=True)

    def show(view: str) -> Picture:
        page.goto(write_page(tmp_path, model, figure_html(model, view)).as_uri())
        return Picture.find(page, model, view)

    yield show
    page.close()


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
    boxes(page, Picture.find(page, model, view.id))
    page.add_style_tag(content=NO_BUTTON)
    for group in element.locator("details").all():
        if group.get_attribute("open") is None:
            group.locator(":scope > summary").click()
        for slider in group.locator("input[type=range]:visible").all():
            slider.evaluate("e => e.scrollIntoView({ block: 'nearest', behavior: 'instant' })")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            plot, input_ = element.locator(".nk-cursor").bounding_box(), slider.bounding_box()
            assert plot["y"] >= 0 and plot["y"] + plot["height"] <= height
            assert slider.evaluate(IS_ON_TOP), slider.get_attribute("name")
            for value in (slider.get_attribute("min"), slider.get_attribute("max")):
                element.evaluate(MOVE, {slider.get_attribute("name"): value})
                assert slider.bounding_box() == pytest.approx(input_)


NO_BUTTON = "#pst-back-to-top { display: none !important }"  # the theme's, wherever one scrolls up
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
    assert packed(classic_script()) + packed(style_of("explorer")) < 20_000
    tools = {name: packed(classic_tool(name)) for name in TOOLS}
    assert sum(tools.values()) < 25_000, tools
    assert tools["carry"] + tools["compare"] < 8_300, tools
    for name in names():
        assert packed(classic_model(Model.load(name))) < 5_000, name


# ------------------------------------------------------------------ one screen

HEADER = 64  # pixels that the theme's bar may cover

BOXES = """element => {
    const box = (node) => {
        const { left, top, right, bottom } = node.getBoundingClientRect();
        return { left, top, right, bottom };
    };
    const shown = (all) => [...all].filter((node) => node.checkVisibility({ visibilityProperty: true }));
    const one = (css) => box(element.querySelector(css));
    const texts = [...element.querySelectorAll("svg.nk-plot text")];
    return {
        whole: box(element), plot: one(".nk-plot"), axes: one(".nk-cursor"),
        scenario: one(".nk-scenario"), words: one(".nk-words"), readouts: one(".nk-readouts"),
        sliders: shown(element.querySelectorAll(".nk-slider")).map(box),
        labels: shown(element.querySelectorAll(".nk-slider label")).map((label) => {
            const lines = label.clientHeight / parseFloat(getComputedStyle(label).lineHeight);
            return [Math.round(lines), label.textContent, label.title];
        }),
        sizes: texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d),
        texts: texts.map(box), page: document.documentElement.scrollWidth,
    };
}"""  # noqa: E501


def boxes(page: Page, picture: Picture) -> dict:
    """Bring a figure to the top of the window, below the theme's bar; return where things are."""
    picture.element.evaluate(
        "(e, header) => scrollTo({ behavior: 'instant',"
        " top: scrollY + e.getBoundingClientRect().top - header })",
        HEADER,
    )
    picture.element.locator(".nk-words").wait_for(state="visible")  # runs by chance take a while
    return picture.element.evaluate(BOXES)


@pytest.mark.parametrize("name", names())
def test_views_fit_desk_phone_and_phone_on_its_side(
    name: str, built: Path, open_page: Callable
) -> None:
    """Each view of a model, in a visit to each page that shows some: three sizes of the window."""
    model = Model.load(name)
    homes: dict[str, list[str]] = {}
    for view in model.card.views:
        homes.setdefault(page_of(built, model, view.id), []).append(view.id)
    for address, views in homes.items():
        page = open_page(address, height=720).page
        pictures = [Picture.find(page, model, view) for view in views]
        for picture in pictures:
            check_desk(boxes(page, picture))
        page.set_viewport_size({"width": 390, "height": 844})
        for picture in pictures:
            check_phone(boxes(page, picture))
        page.set_viewport_size({"width": 844, "height": 390})
        for picture in pictures:
            check_side(boxes(page, picture), page, picture)


def check_desk(seen: dict) -> None:
    """At 1280 by 720 plot, at most six sliders and the readouts are in sight, each on a line."""
    assert 1 <= len(seen["sliders"]) <= 6
    for box in (seen["plot"], seen["readouts"], seen["words"], *seen["sliders"]):
        assert HEADER <= box["top"] <= box["bottom"] <= 720
        assert seen["whole"]["left"] <= box["left"] < box["right"] <= seen["whole"]["right"]
    assert seen["plot"]["right"] <= seen["sliders"][0]["left"]
    assert seen["plot"]["right"] - seen["plot"]["left"] > 360
    for lines, text, title in seen["labels"]:
        assert (lines, title) == (1, text)


def check_phone(seen: dict) -> None:
    """At 390 by 844; no text of the plot is below 12 pixels, or out of the window."""
    for box in (seen["plot"], seen["scenario"], *seen["sliders"][:3]):
        assert box["top"] >= HEADER and box["bottom"] <= 844
    assert min(seen["sizes"]) >= 12
    assert all(text["left"] >= 0 and text["right"] <= 390 for text in seen["texts"])
    assert seen["page"] <= 390


def check_side(seen: dict, page: Page, picture: Picture) -> None:
    """At 844 by 390 the axes are in sight while each slider is."""
    assert seen["axes"]["bottom"] <= 390
    assert seen["axes"]["right"] <= seen["sliders"][0]["left"]
    assert seen["sliders"][1]["bottom"] <= 390
    last = picture.element.locator("details[open] .nk-slider").last
    last.evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    axes = picture.element.locator(".nk-cursor").bounding_box()
    assert axes["y"] >= 0 and axes["y"] + axes["height"] <= 390


@pytest.mark.parametrize(
    ("width", "height"), [(320, 640), (320, 180)], ids=["narrow", "zoomed four times"]
)
def test_nothing_is_lost_on_a_narrow_page(
    width: int, height: int, built: Path, open_page: Callable
) -> None:
    """At 320 pixels, also as a window of 1280 by 720 at 400 per cent, nothing sticks out."""
    model, view = TALLEST
    page = open_page(page_of(built, model, view.id), width=width, height=height).page
    picture = Picture.find(page, model, view.id)
    seen = boxes(page, picture)
    assert seen["page"] <= width
    for box in (seen["plot"], seen["readouts"], *seen["sliders"], *seen["texts"]):
        assert box["left"] >= 0 and box["right"] <= width
    slider = picture.element.locator(".nk-slider input[type=range]:visible").last
    slider.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.add_style_tag(content=NO_BUTTON)
    assert slider.evaluate(IS_ON_TOP)


def test_one_scenario_needs_no_list(tmp_path: Path, new_tab: Callable) -> None:
    """Where there is nothing to choose no list is shown."""
    text = BUDGET.with_suffix(".yml").read_text(encoding="utf-8")
    (tmp_path / "budget.yml").write_text(
        text.replace("{id: gifted, label: A", "{shown: false, id: gifted, label: A").replace(
            "{id: poor", "{shown: false, id: poor"
        )
    )
    (tmp_path / BUDGET.name).write_text(BUDGET.read_text(encoding="utf-8"))
    model = Model.load(tmp_path / BUDGET.name)
    page = new_tab(height=720)
    page.goto(write_page(tmp_path, model, figure_html(model)).as_uri())
    picture = Picture.find(page, model, None)
    assert picture.element.locator(".nk-slider").first.is_visible()
    assert not picture.element.locator(".nk-scenario").is_visible()
    page.close()


# ------------------------------------------------------------------ controls


def test_help_comes_when_asked(first: Callable, made_up: Callable) -> None:
    """The button shows the sentence and hides it again, by key and by touch, and says so.

    In the book, whose theme has styles of its own, and on a page of the figure alone.
    """
    for picture in (first(has_touch=True), made_up("course")):
        slider = picture.element.locator(".nk-slider").first
        button, text = slider.locator("button"), slider.locator("small")
        assert not text.is_visible()
        for press in (partial(button.press, "Enter"), button.tap):
            for shown in (True, False):
                press()
                assert text.is_visible() == shown
                assert button.get_attribute("aria-expanded") == str(shown).lower()
        assert text.text_content() == picture.model.card.sliders[0].help


def test_a_number_can_be_typed(made_up: Callable) -> None:
    """What fits is taken as it is, what does not is clamped or refused, in words."""
    picture = made_up("course")
    income, habit, prices = (picture.model.card.find("sliders", i) for i in NUMBERED)
    remark = picture.element.locator(".nk-remark")
    for slider, typed, value, said in (
        (income, "2.5", 2.5, ""),
        (income, "1,25", 1.25, ""),
        (income, "2.4", 2.5, ""),  # the nearest position
        (income, "9", 4, "goes from 0 to 4 $/d; 9 was moved to 4."),
        (income, "−1", 0, "−1 was moved to 0."),
        (income, "many", 0, "takes a number; what was typed is none."),
        (habit, "all of it", 1, ""),
        (prices, "0.0333", 0.0333, ""),
        (prices, "12.3456", 12.3, ""),
        (prices, "0", 0.02, "0 was moved to 0.02."),
    ):
        field = picture.element.locator(f".nk-slider:has([name={slider.id}]) [inputmode]")
        field.fill(typed)
        field.press("Enter")
        seen = picture.check(moved=True)
        told = next(s for s in seen["sliders"] if s["id"] == slider.id)
        assert told["value"] == pytest.approx(value), typed
        assert (said in remark.inner_text()) if said else not remark.is_visible(), typed


NUMBERED = ("income", "habit", "prices")


def test_keys_take_fine_and_coarse_steps(made_up: Callable) -> None:
    """Shift and the page keys: on a straight scale, and over decades by factors."""
    picture = made_up("course")
    keyboard = picture.element.page.keyboard

    def after(ident: str, key: str) -> float:
        picture.element.locator(f"[name={ident}]").focus()
        keyboard.press(key)
        seen = picture.check(moved=True)
        return next(s["value"] for s in seen["sliders"] if s["id"] == ident)

    picture.move({"prices": 1})
    assert after("prices", "ArrowRight") == 1.12  # 0.05 decades
    assert after("prices", "Shift+ArrowRight") == 1.13
    assert after("prices", "PageDown") == pytest.approx(1.13 * (50 / 0.02) ** -0.1, rel=0.005)
    assert after("prices", "Home") == 0.02
    assert after("prices", "Shift+ArrowDown") == 0.02
    assert after("income", "PageUp") == 1.5
    assert after("income", "ArrowLeft") == 1.25
    assert after("income", "Shift+ArrowUp") == 1.5


def test_the_sentence_is_said_when_a_hand_rests(first: Callable) -> None:
    """Not during a drag, and once after it."""
    picture = first()
    page: Page = picture.element.page
    picture.element.evaluate(LISTEN)
    slider = picture.element.locator("details[open] input[type=range]").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for share in (0.4, 0.3, 0.2):
        page.mouse.move(box["x"] + share * box["width"], middle)
    page.wait_for_timeout(1000)  # the hand pauses, and holds the slider
    assert picture.element.evaluate("e => e.heard") == []
    page.mouse.up()
    page.wait_for_timeout(1000)
    assert picture.element.evaluate("e => e.heard") == [picture.look()["words"]]


def test_forced_colours_leave_everything_in_sight(first: Callable) -> None:
    """Where the reader's colours rule, a curve and the lines of the controls stand out."""
    picture = first(forced_colors="active")
    ink, paper, line = picture.element.evaluate(
        """e => [getComputedStyle(e).color,
            getComputedStyle(e).getPropertyValue("--nk-paper").trim(),
            getComputedStyle(e.querySelector(".nk-value input")).borderTopColor]"""
    )
    assert paper == "Canvas" and line == ink
    picture.check(moved=False)
