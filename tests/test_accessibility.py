"""What the accessibility page says was tried, tried: keys, small windows, forced colours, targets.

A page with one living figure stands for all; axe looks at every page in ``test_book.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drawing import Picture
from pages import write_page
from playwright.sync_api import Page

from nkreview.living.focus import Focus
from nkreview.living.page import BUTTONS, figure_html
from nkreview.model.model import Model
from nkreview.model.shelf import names

# The first figure that offers every tool: bands need draws, and curves that are not stacked.
MODEL, VIEW = next(
    (model, view)
    for model in map(Model.load, names())
    for view in model.card.views
    if model.has_draws and view.kind == "time-course" and not view.stacked
)
# What a figure offers; hidden parts have no size.
CONTROLS = "nk-explorer :is(button, select, input, summary, a)"

# What keyboard users see of the element that has the focus.
FOCUSED = """() => {
    const e = document.activeElement;
    if (!e.closest("nk-explorer")) return null;
    const { left, top, width, height } = e.getBoundingClientRect();
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(e);
    const on = document.elementFromPoint(left + width / 2, top + height / 2);
    const label = e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent;
    return {
        what: `${e.localName} ${label.trim().split("\\n")[0]}`,
        ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 ? outlineColor : "",
        uncovered: Boolean(on) && (on === e || e.contains(on) || on.contains(e)),
    };
}"""


@pytest.fixture(scope="module")
def figure(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> str:
    """Return the address of a folder with two pages: a figure, and one that asks for a guess."""
    folder = tmp_path_factory.mktemp("accessible")
    for name, focus in (("plain", None), ("asks", Focus(predict=VIEW.series[0].id))):
        (folder / name).mkdir()
        drawn = figure_html(MODEL, VIEW.id, focus=focus)
        before, after = '<a href="#a">before</a>', '<a href="#b">after</a>'
        write_page(folder / name, MODEL, f"<main><h1>One</h1>{before}{drawn}{after}</main>")
    return serve(folder)


@pytest.fixture
def show(open_page: Callable, figure: str) -> Callable[..., Picture]:
    """Return a function that opens one of the two pages."""

    def find(which: str = "plain", **options: object) -> Picture:
        page = open_page(f"{which}/", at=figure, **options).page
        picture = Picture.find(page, MODEL, VIEW.id, skip=False)
        if which == "asks":
            page.get_by_role("button", name="Skip").wait_for()
        return picture

    return find


def tour(page: Page) -> Iterator[dict]:
    """Press Tab from before the figure until the focus has left it."""
    page.locator("main > a").first.focus()
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent === 'after'"):
            return
        yield page.evaluate(FOCUSED)
    pytest.fail("the focus does not leave the figure")


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (320, 640), (320, 256)], ids=["desk", "phone", "zoomed"]
)
@pytest.mark.parametrize("which", ["plain", "asks"])
def test_a_tour_by_keyboard(which: str, width: int, height: int, show: Callable) -> None:
    """Tab reaches every control in order and leaves again; each shows its focus, uncovered."""
    picture = show(which, width=width, height=height)
    page = picture.element.page
    stops = list(tour(page))
    assert [stop["what"] for stop in stops if not stop["ring"]] == []
    assert [stop["what"] for stop in stops if not stop["uncovered"]] == []
    there = [control for control in page.locator(CONTROLS).all() if control.is_visible()]
    able = [control for control in there if control.is_enabled()]
    assert len(stops) == len(able) >= 5


def test_every_tool_by_keyboard(show: Callable) -> None:
    """Enter opens each tool and says so; its controls follow by Tab; Enter closes it again."""
    picture = show()
    page = picture.element.page
    for tool in BUTTONS:
        button = picture.element.locator(f"[data-tool={tool}]")
        panel = page.locator(f"[id='{button.get_attribute('aria-controls')}']")
        assert button.get_attribute("aria-expanded") == "false" and not panel.is_visible()
        button.focus()
        page.keyboard.press("Enter")
        panel.locator(":is(button, select, input, a)").first.wait_for()
        assert button.get_attribute("aria-expanded") == "true"
        stops = [stop for stop in tour(page) if stop]
        assert [stop["what"] for stop in stops if not (stop["ring"] and stop["uncovered"])] == []
        able = panel.locator(":is(button, select, input, a, [tabindex='0'])").all()
        able = [control for control in able if control.is_visible() and control.is_enabled()]
        inside = page.locator(CONTROLS).all()
        outside = [c for c in inside if c.is_visible() and c.is_enabled()]
        assert len(stops) >= len(outside) and able
        button.focus()
        page.keyboard.press("Enter")
        assert not panel.is_visible() and button.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("which", ["plain", "asks"])
@pytest.mark.parametrize("width", [320, 1280])
def test_targets_are_large_enough(which: str, width: int, show: Callable) -> None:
    """Whatever can be pressed is 24 pixels wide and high, with every tool open."""
    picture = show(which, width=width)
    if which == "plain":
        for tool in BUTTONS:
            picture.use(tool)
    small = []
    for control in picture.element.locator(":is(button, select, input, summary, a)").all():
        box = control.bounding_box()
        if box and control.is_visible() and min(box["width"], box["height"]) < 24:
            small.append(f"{control.evaluate('e => e.outerHTML')[:80]} {box}")
    assert small == []


@pytest.mark.parametrize("which", ["plain", "asks"])
def test_four_times_as_large(which: str, show: Callable) -> None:
    """At 400 % zoom a window of 1280 × 1024 has room for 320 × 256: nothing scrolls sideways."""
    picture = show(which, width=320, height=256)
    page = picture.element.page
    if which == "plain":
        for tool in BUTTONS:
            picture.use(tool)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_forced_colours(dark: bool, show: Callable) -> None:
    """With the colours of the system every curve still stands out from the paper."""
    picture = show("plain", dark=dark, forced_colors="active")
    paper, ink = (
        picture.element.evaluate(
            """(e, name) => { const probe = document.createElement("i");
            probe.style.color = name; e.append(probe);
            const { color } = getComputedStyle(probe); probe.remove(); return color; }""",
            colour,
        )
        for colour in ("Canvas", "CanvasText")
    )
    assert contrast(paper, ink) > 7
    seen = picture.look()
    for name, line in seen["curves"].items():
        assert line["seen"] and contrast(line["stroke"], paper) >= 3, name
    text = picture.element.locator("svg.nk-plot text").first
    assert contrast(text.evaluate("e => getComputedStyle(e).fill"), paper) > 7
    stops = list(tour(picture.element.page))
    assert all(stop["ring"] and contrast(stop["ring"], paper) >= 3 for stop in stops)


def test_a_chosen_course_is_told_apart_in_forced_colours(show: Callable) -> None:
    picture = show("asks", forced_colors="active")
    choices = picture.element.locator(".nk-guess [aria-pressed]")
    choices.first.click()
    weights = [c.evaluate("e => getComputedStyle(e).fontWeight") for c in choices.all()]
    assert int(weights[0]) > int(weights[1]) == int(weights[2])


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as browsers write it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_nothing_moves_by_itself(show: Callable) -> None:
    """Whoever asks for reduced motion sees no animation when the figure changes."""
    picture = show("plain", reduced_motion="reduce")
    slider = MODEL.card.sliders[0]
    picture.move({slider.id: slider.max})
    assert picture.element.page.evaluate("document.getAnimations().length") == 0


def test_the_words_of_a_figure(show: Callable) -> None:
    """What a screen reader is given: a name and a value for each part, read here as text."""
    picture = show()
    picture.use("listen")
    words = picture.element.aria_snapshot()
    assert f'img "{VIEW.title}' in words
    assert 'combobox "Scenario"' in words
    told = {s["id"]: s for s in picture.look()["sliders"]}
    for slider in MODEL.card.groups_of(VIEW)[MODEL.card.sliders[0].group]:
        assert f'slider "{slider.label}"' in words
        assert told[slider.id]["aloud"]
    for word in BUTTONS.values():
        assert f'button "{word}"' in words
    assert 'button "Table and sound" [expanded]' in words
    assert re.search(r'- \'?table "[^"]+"', words) and "columnheader" in words
    assert "rowheader" in words


def test_the_page_says_what_was_tried() -> None:
    """The accessibility page names each thing that is tested here, and the standard."""
    page = (Path(__file__).parents[1] / "book" / "accessibility.md").read_text(encoding="utf-8")
    for word in ("wcag 2.2", "axe", "keyboard", "320", "400 %", "forced colours", "24", "motion"):
        assert word in page.lower()
