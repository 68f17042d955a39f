"""Guess first: the reader draws a curve before seeing the model's.

What is compared is what is on the screen: paths mapped through the ticks, sentences as text.
The sentence is made without a page; it is tested in Node, on curves made for the purpose.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from drawing import Axes, Picture, path
from pages import write_page
from playwright.sync_api import Page
from test_drawing import BUDGET

from nkreview.living.bundle import STATIC
from nkreview.living.focus import Focus
from nkreview.living.page import figure_html
from nkreview.model.model import Model
from nkreview.model.shelf import names

# A time course and a sweep, on straight axes and on logarithmic ones.
GUESSED = [(str(BUDGET), "course"), (str(BUDGET), "response")] + [
    next(
        (name, view.id)
        for name in names()
        for view in Model.load(name).card.views
        if (view.kind, view.y.scale) == (kind, "log")
    )
    for kind in ("time-course", "dose-response")
]
EACH = pytest.mark.parametrize(("name", "view"), GUESSED, ids=lambda part: Path(part).stem)


def predicted(model: Model, view: str) -> str:
    """Return the series that is guessed: the first."""
    return model.card.find("views", view).series[0].id


def address(model: Model, view: str) -> str:
    """Return the folder of a figure's page."""
    return f"{model.name}-{view}/"


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> str:
    """Return the address of a folder with a page for each figure that asks for a guess."""
    folder = tmp_path_factory.mktemp("guesses")
    for name, view in GUESSED:
        model = Model.load(name)
        focus = Focus(predict=predicted(model, view))
        figure = figure_html(model, view, caption=False, focus=focus)
        page = folder / address(model, view)
        page.mkdir()
        caption = '<figcaption><p><span class="caption-text">What it shows.</span></p></figcaption>'
        write_page(page, model, f"<main><h1>Guess</h1><figure>{figure}{caption}</figure></main>")
    return serve(folder)


@pytest.fixture
def show(open_page: Callable, asked: str) -> Callable[..., Picture]:
    """Return a function that opens a figure's page; afterwards its console must be empty."""
    visits = []

    def find(name: str, view: str, fragment: str = "", **options: object) -> Picture:
        model = Model.load(name)
        visits.append(open_page(f"{address(model, view)}{fragment}", at=asked, **options))
        return Picture.find(visits[-1].page, model, view, skip=False)

    yield find
    assert [line for visit in visits for line in visit.console] == []


def prompt(picture: Picture) -> None:
    """Wait until the figure asks."""
    picture.element.get_by_role("button", name="Skip").wait_for()


def press(picture: Picture, words: str) -> None:
    """Press one of the buttons."""
    picture.element.get_by_role("button", name=words, exact=True).click()


def guess(picture: Picture) -> np.ndarray:
    """Return the points of the reader's line, as shares of the axes."""
    drawn = path(picture.element.locator(".nk-layer-guess path").get_attribute("d"))
    left, top, width, height = Axes.read(picture.look(), picture.view).box
    return np.column_stack([(drawn[:, 0] - left) / width, 1 - (drawn[:, 1] - top) / height])


def draw(picture: Picture, points: list[tuple[float, float]]) -> None:
    """Draw with the mouse, from point to point; they are shares of the axes."""
    mouse = picture.element.page.mouse
    box = picture.element.locator(".nk-pad").bounding_box()
    for nth, (x, y) in enumerate(points):
        mouse.move(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"], steps=5)
        if nth == 0:
            mouse.down()
    mouse.up()


def check_same(after: np.ndarray, before: np.ndarray) -> None:
    """Check that a line holds what was drawn, and reaches from end to end."""
    np.testing.assert_allclose(after[[0, -1], 0], [0, 1], atol=0.001)
    for point in before:
        assert np.abs(after - point).max(axis=1).min() < 0.001


def told(picture: Picture) -> str:
    """Return what the figure says of the guess."""
    said = picture.element.locator(".nk-guess p")
    said.get_by_text("You expected").wait_for()
    return said.inner_text()


@EACH
def test_nothing_tells_the_curve_before_the_guess(name: str, view: str, show: Callable) -> None:
    """No curve, no reference, no number and no description; on paper all of it is there."""
    picture = show(name, view)
    prompt(picture)
    page, plot = picture.element.page, picture.element.locator("svg.nk-plot")
    hidden = ".nk-plot :is([id*='-curve-'], [id*='-ghost-'], [id*='-reference-']) :is(path, use)"
    hidden += ", .nk-readouts, .nk-tools, .nk-controls select, .nk-status, .caption-text"
    shapes = page.locator(hidden)
    assert shapes.count() > 8
    assert [shape.is_visible() for shape in shapes.all()] == [False] * shapes.count()
    describe = picture.model.card.find("views", view).describe
    assert describe[:25] not in plot.evaluate("e => e.computedName ?? '' ")
    label = plot.get_attribute("aria-labelledby").split()
    assert describe not in "".join(page.locator(f"[id='{i}']").text_content() for i in label)
    assert page.locator(".nk-plot [id*='-legend-']").first.is_visible()
    page.emulate_media(media="print")
    assert all(line["seen"] for line in picture.look()["curves"].values())
    assert page.locator(".nk-readouts").is_visible() and page.locator(".caption-text").is_visible()
    assert not page.locator(".nk-guess").is_visible()


@EACH
def test_the_pointer_draws_and_the_curve_appears(name: str, view: str, show: Callable) -> None:
    """The line follows the pointer; then the model's curve is drawn, and the guess stays."""
    picture = show(name, view)
    prompt(picture)
    points = [(0.02, 0.7), (0.3, 0.2), (0.5, 0.6), (0.98, 0.45)]
    draw(picture, [(0.02, 0.1), (0.98, 0.95)])
    draw(picture, points)  # a second line takes the place of the first, however fast it is drawn
    line = guess(picture)
    wanted = np.interp(line[1:, 0], *zip(*points, strict=True))
    np.testing.assert_allclose(line[1:, 1], wanted, atol=0.04)
    assert line[-1, 0] > 0.95
    press(picture, "Show the model’s curve")
    assert "You expected it to " in told(picture)
    picture.check(moved=False)
    check_same(guess(picture), line)
    layer = picture.element.locator(".nk-layer-guess")
    assert layer.locator("text").text_content() == "your guess"
    assert layer.locator("path").is_visible()
    assert not picture.element.locator(".nk-pad").count()
    slider = picture.model.card.sliders[0]
    picture.move({slider.id: slider.max})
    picture.check(moved=True)
    check_same(guess(picture), line)


def test_the_guess_stays_until_it_is_erased(show: Callable) -> None:
    """It is there when the page is opened again; erased is erased; another figure asks anew."""
    picture = show(*GUESSED[0])
    page = picture.element.page
    prompt(picture)
    draw(picture, [(0.1, 0.5), (0.9, 0.9)])
    press(picture, "Show the model’s curve")
    line, said = guess(picture), told(picture)
    page.reload()
    assert told(picture) == said
    np.testing.assert_allclose(guess(picture), line)
    picture.check(moved=False)
    press(picture, "Erase my guess")
    assert picture.element.locator(".nk-guess").inner_text() == "Your guess is erased."
    assert picture.element.locator(".nk-layer-guess").count() == 0
    assert page.evaluate("localStorage.length") == 0
    picture.check(moved=False)
    page.reload()
    prompt(picture)


def test_skipping_is_one_button(show: Callable) -> None:
    picture = show(*GUESSED[2])
    prompt(picture)
    press(picture, "Skip")
    picture.check(moved=False)
    assert picture.element.locator(".nk-guess, .nk-layer-guess, .nk-pad").count() == 0
    assert picture.element.page.evaluate("document.activeElement.name") == "scenario"


def test_a_link_to_settings_asks_for_no_guess(show: Callable) -> None:
    """Whoever follows a link, or changes the address while asked, sees what the link shows."""
    name, view = GUESSED[2]
    slider = Model.load(name).card.sliders[0]
    link = f"#nk={name}.{view}&{slider.id}={slider.min}"
    picture = show(name, view, fragment=link)
    picture.check(moved=True)
    picture = show(name, view)
    prompt(picture)
    picture.element.page.evaluate("hash => { location.hash = hash; }", link)
    picture.element.locator("select[name=scenario]").wait_for()
    picture.check(moved=True)


@EACH
def test_the_keyboard_alone_suffices(name: str, view: str, show: Callable) -> None:
    """Tab reaches the plot; arrows draw and are told; Tab reaches the button, Enter shows."""
    picture = show(name, view)
    prompt(picture)
    page: Page = picture.element.page
    while not page.evaluate("document.activeElement.matches('.nk-pad')"):
        page.keyboard.press("Tab")
    pad = picture.element.locator(".nk-pad")
    for keys in (["Home", "PageUp"], ["ArrowRight"] * 12 + ["PageDown"] * 2, ["End", "ArrowUp"]):
        for key in keys:
            page.keyboard.press(key)
    axes = Axes.read(picture.look(), picture.view)
    line = guess(picture)
    assert len(line) == 49 and line[0, 0] == pytest.approx(0, abs=1e-3)
    assert line[24, 1] < line[0, 1]
    np.testing.assert_allclose(line[:25, 1], np.linspace(line[0, 1], line[24, 1], 25), atol=0.002)
    at, _, height = pad.get_attribute("aria-valuetext").partition(": ")
    at = at.replace("\u202f", "")  # between thousands
    assert at == f"{axes.view.x.max:g} {axes.view.x.unit or ''}".strip()
    unit = axes.view.y.unit or ""
    assert height.endswith(unit) or len(unit) > 25  # a unit that is a sentence is left out
    before = line[-1, 1]
    page.keyboard.press("Shift+ArrowUp")
    assert guess(picture)[-1, 1] - before == pytest.approx(0.01, abs=1e-3)
    while page.evaluate("document.activeElement.textContent") != "Show the model’s curve":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == told(picture)
    picture.check(moved=False)


@EACH
def test_a_course_in_words_suffices(name: str, view: str, show: Callable) -> None:
    """Three courses, none empty, no two alike; the one that is true is found to be so."""
    picture = show(name, view)
    prompt(picture)
    choices = picture.element.locator(".nk-guess [aria-pressed]")
    words = choices.all_inner_texts()
    assert len({*words}) == 3 and words == sorted(words)
    assert all(word.startswith("It ") and len(word) > 8 for word in words)
    found = []
    for nth in range(3):
        choices.nth(nth).click()
        assert choices.nth(nth).get_attribute("aria-pressed") == "true"
        assert len(guess(picture)) == 49
        press(picture, "Show the model’s curve")
        found.append("and so it does" in told(picture))
        press(picture, "Erase my guess")
        picture.element.page.reload()
        prompt(picture)
    assert sum(found) == 1


def test_a_finger_draws_across_and_scrolls_up(show: Callable) -> None:
    """A finger that moves across draws; one that the browser takes for scrolling draws nothing."""
    picture = show(*GUESSED[0], width=390, height=500, has_touch=True, is_mobile=True)
    prompt(picture)
    page = picture.element.page
    pad = picture.element.locator(".nk-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    session = page.context.new_cdp_session(page)

    def swipe(start: tuple[float, float], end: tuple[float, float]) -> None:
        for kind, share in (("touchStart", 0), *(("touchMove", n / 10) for n in range(1, 11))):
            x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
            point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe((0.1, 0.5), (0.9, 0.4))
    line = guess(picture)
    assert line[-1, 0] > 0.85 and line[-1, 1] == pytest.approx(0.6, abs=0.05)
    before = page.evaluate("scrollY")
    swipe((0.5, 0.9), (0.5, 0.1))
    page.wait_for_function("before => scrollY !== before", arg=before)
    np.testing.assert_allclose(guess(picture), line, atol=1e-3)


def test_where_nothing_can_be_kept(show: Callable, open_page: Callable, asked: str) -> None:
    """With storage blocked the guess works as long as the page is open."""
    picture = show(*GUESSED[0])
    page = picture.element.page
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('blocked', 'SecurityError'); } })"
    )
    page.reload()
    prompt(picture)
    draw(picture, [(0.1, 0.5), (0.9, 0.9)])
    press(picture, "Show the model’s curve")
    assert told(picture)
    picture.check(moved=False)


def test_where_the_tool_does_not_load_the_figure_is_whole(open_page: Callable, asked: str) -> None:
    model, view = Model.load(GUESSED[0][0]), GUESSED[0][1]
    visit = open_page(address(model, view), at=asked)
    visit.page.route("**/guess.js", lambda route: route.abort())
    visit.page.reload()
    picture = Picture.find(visit.page, model, view, skip=False)
    picture.element.locator(".nk-status", has_text="did not load").wait_for()
    assert all(line["seen"] for line in picture.look()["curves"].values())


def test_while_the_script_is_on_its_way_nothing_shows(open_page: Callable, asked: str) -> None:
    """The curve is not there for a moment before it is hidden; without any script it is there."""
    model, view = Model.load(GUESSED[2][0]), GUESSED[2][1]
    page = open_page(address(model, view), at=asked).page
    page.route("**/explorer.js", lambda route: route.abort())
    page.reload()
    figure = Picture(page.locator("nk-explorer"), model, model.card.find("views", view))
    assert not any(line["seen"] for line in figure.look()["curves"].values())
    page.wait_for_timeout(4500)
    assert all(line["seen"] for line in figure.look()["curves"].values())


def test_without_javascript_the_figure_is_whole(open_page: Callable, asked: str) -> None:
    model, view = Model.load(GUESSED[0][0]), GUESSED[0][1]
    page = open_page(address(model, view), at=asked, javascript=False).page
    figure = Picture(page.locator("nk-explorer"), model, model.card.find("views", view))
    assert all(line["seen"] for line in figure.look()["curves"].values())
    assert page.locator(".caption-text").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(dark: bool, show: Callable) -> None:
    """While the reader is asked, and when the curve is there."""
    picture = show(*GUESSED[2], dark=dark, width=360)
    prompt(picture)
    page = picture.element.page
    faults = Axe().run(page).response["violations"]
    draw(picture, [(0.1, 0.5), (0.9, 0.9)])
    press(picture, "Show the model’s curve")
    told(picture)
    faults += Axe().run(page).response["violations"]
    assert [f"{f['id']}: {f['nodes'][0]['html'][:120]}" for f in faults] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


# ------------------------------------------------------------------ the sentence

CURVES = {
    "falls": "0.9 - 0.8 * x",
    "rises": "0.1 + 0.8 * x",
    "level": "0.5",
    "wiggles": "0.5 + 0.02 * Math.sin(40 * x)",
    "turns": "x < 0.25 ? 0.9 - 3 * x : 0.15 + 0.8 * (x - 0.25)",
    "turns late": "x < 0.6 ? 0.9 - 1.2 * x : 0.18 + 0.8 * (x - 0.6)",
    "decays": "0.02 + 0.88 * Math.exp(-x / 0.15)",
    "switches": "0.1 + 0.8 / (1 + Math.exp(-(x - 0.5) * 40))",
    "peaks": "0.9 - 3.2 * (x - 0.5) ** 2",
    "swings": "0.5 + 0.4 * Math.sin(12 * x)",
    "little": "0.5 - 0.08 * x",
    "lands": "x < 0.02 ? 50 * x : 0.9 - 0.8 * x",
}
AXES = {
    "x": {"unit": "h", "min": 0, "max": 72, "scale": "linear"},
    "y": {"unit": "%", "min": 0, "max": 1, "scale": "linear"},
}
RUNNER = """
import * as course from {module};
const {{ curves, setup, asked }} = {given};
const heights = (text, points) => Array.from({{ length: points }},
  (_, i) => new Function("x", `return ${{text}}`)(i / (points - 1)));
const of = (name, points = 145) => heights(curves[name], points);
const values = (name) => of(name).map((at) => setup.y.scale === "log"
  ? setup.y.min * (setup.y.max / setup.y.min) ** at
  : setup.y.min + (setup.y.max - setup.y.min) * at);
console.log(JSON.stringify(asked.map((ask) =>
  new Function("course", "of", "values", "setup", `return ${{ask}}`)(course, of, values, setup))));
"""


@pytest.fixture(scope="session")
def in_words(node: str) -> Callable[..., list]:
    """Return a function that evaluates expressions over ``course.js`` and the curves."""

    def ask(*asked: str, axes: dict = AXES) -> list:
        given = json.dumps({"curves": CURVES, "setup": axes, "asked": asked})
        text = RUNNER.format(module=json.dumps((STATIC / "course.js").as_uri()), given=given)
        command = [node, "--input-type=module", "-e", text]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return ask


@pytest.mark.parametrize(
    ("curve", "moves"),
    [
        ("falls", [("down", 1)]),
        ("rises", [("up", 1)]),
        ("level", [("level", 1)]),
        ("wiggles", [("level", 1)]),
        ("turns", [("down", 0.25), ("up", 1)]),
        ("turns late", [("down", 0.6), ("up", 1)]),
        ("decays", [("down", 0.45), ("level", 1)]),
        ("switches", [("level", 0.42), ("up", 0.58), ("level", 1)]),
        ("peaks", [("up", 0.5), ("down", 1)]),
        ("swings", [("up", 0.13), ("down", 0.39), ("up", 0.65), ("down", 0.92), ("up", 1)]),
        ("little", [("down", 1)]),
        ("lands", [("down", 1)]),
    ],
)
def test_turning_points(curve: str, moves: list, in_words: Callable) -> None:
    """A curve's rises, falls and level stretches, on a fine grid and on a reader's."""
    for points, slack in ((145, 0.02), (49, 0.04)):
        (found,) = in_words(f"course.movesOf(of({curve!r}, {points}))")
        assert [move["way"] for move in found] == [way for way, _ in moves]
        assert [move["to"] for move in found] == pytest.approx([to for _, to in moves], abs=slack)


@pytest.mark.parametrize(
    ("guessed", "true", "says"),
    [
        ("falls", "turns", "You expected it to keep falling; it turns at 18 h."),
        ("falls", "decays", "You expected it to keep falling; it levels off at 33 h."),
        ("level", "switches", "You expected it to stay level; it rises from 31 h on."),
        ("turns", "falls", "You expected it to turn at 18 h; it keeps falling."),
        ("decays", "falls", "You expected it to level off at 33 h; it keeps falling."),
        ("rises", "falls", "You expected it to rise throughout; it falls throughout."),
        ("rises", "turns", "You expected it to rise throughout; it falls until 18 h, then rises."),
        ("peaks", "turns", "You expected it to rise, then fall; it falls until 18 h, then rises."),
        ("swings", "level", "You expected it to go up and down; it stays level throughout."),
        ("turns", "swings", "You expected it to fall, then rise; it goes up and down."),
        ("falls", "falls", "You expected it to fall throughout, and so it does."),
        ("turns", "turns", "You expected it to fall, then rise, and so it does; it turns at 18 h."),
        (
            "turns late",
            "turns",
            "You expected it to fall, then rise, and so it does, but it turns at 18 h, "
            "not at 44 h.",
        ),
        ("decays", "decays", "You expected it to fall, then level off, and so it does; it levels"),
    ],
)
def test_what_a_guess_is_told(guessed: str, true: str, says: str, in_words: Callable) -> None:
    """The shapes are compared, and where one turns and the other does not."""
    ask = f"course.compare(setup, of({guessed!r}, 49), values({true!r}), false)"
    (sentence,) = in_words(ask)
    assert sentence.startswith(says)
    if guessed == true:
        assert sentence.endswith("Your line is never far from it.")


def test_where_they_are_furthest_apart(in_words: Callable) -> None:
    """Place, the model's value and the drawn one, on straight and on logarithmic axes."""
    ask = "course.compare(setup, of('falls', 49), values('turns'), false)"
    assert in_words(ask)[0].endswith(
        "The two are furthest apart at 72 h: 0.75 %, where you drew 0.1."
    )
    log = {"x": AXES["x"], "y": {"unit": "", "min": 0.01, "max": 100, "scale": "log"}}
    assert in_words(ask, axes=log)[0].endswith(
        "The two are furthest apart at 72 h: 10, where you drew 0.025."
    )
    below = {**log, "y": {**log["y"], "min": 1}}
    (sentence,) = in_words("course.compare(setup, of('falls', 49), [63, 0, 0], false)", axes=below)
    assert sentence.endswith("The two are furthest apart at 36 h: 0, where you drew 10.")


def test_a_course_in_words_is_not_held_to_places(in_words: Callable) -> None:
    ask = "course.compare(setup, course.plainCourse(['down', 'up'], 0.9, 49), values({!r}), true)"
    turned, fell = in_words(ask.format("turns"), ask.format("falls"))
    assert turned == "You expected it to fall, then rise, and so it does; it turns at 18 h."
    assert fell == "You expected it to fall, then rise; it keeps falling."


@pytest.mark.parametrize("curve", CURVES)
def test_three_courses_hide_the_true_one(curve: str, in_words: Callable) -> None:
    """One is the curve's; their order is the alphabet's; each looks as it says, from any start."""
    (choices,) = in_words(f"course.choicesFor(of({curve!r}))")
    (ways,) = in_words(f"course.movesOf(of({curve!r})).map(({{way}}) => way)")
    assert choices.count(ways) == 1
    words = in_words(*(f"course.wordsOf({json.dumps(choice)})" for choice in choices))
    assert words == sorted({*words}) and len(words) == 3 and all(words)
    if len(ways) > 4:
        return
    for start in ("undefined", 0.02, 0.5, 0.98):
        drawn = in_words(
            *(f"course.movesOf(course.plainCourse({json.dumps(c)}, {start}, 49))" for c in choices)
        )
        assert [[move["way"] for move in moves] for moves in drawn] == choices
