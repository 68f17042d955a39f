"""The living figure without a browser: its HTML, its drawing, its script in Node, its bundle."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from nkreview.living.assets import classic_model, classic_script, style_of
from nkreview.living.bundle import EXPLORER, STATIC, TOOLS, BundleError, bundle, module, sources
from nkreview.living.focus import Focus
from nkreview.living.names import NAMES
from nkreview.living.page import figure_html, model_script, page_setup
from nkreview.living.svg import clean_svg, living_svg
from nkreview.model.card import Slider
from nkreview.model.checks import check
from nkreview.model.model import Model
from nkreview.model.shelf import names

FIGURES = [(name, view.id) for name in names() for view in Model.load(name).card.views]
ATTRIBUTES = ("for", "aria-describedby", "aria-labelledby", "href", "clip-path")


def ids(html: str) -> list[str]:
    """Return every id in a piece of HTML."""
    return re.findall(r'\sid="([^"]+)"', html)


def referred(html: str) -> set[str]:
    """Return the ids to which labels, descriptions and the drawing refer."""
    found = re.findall(rf'\s(?:{"|".join(ATTRIBUTES)})="([^"]+)"', html)
    return {i.removeprefix("url(").rstrip(")").lstrip("#") for text in found for i in text.split()}


def test_ids_are_distinct_and_what_refers_to_them_follows() -> None:
    """A view may stand twice on a page: each has its own ids, and refers to its own only."""
    name, view = FIGURES[0]
    model = Model.load(name)
    first, second = figure_html(model, view), figure_html(model, view, place="2")
    assert Counter(ids(first + second)).most_common(1)[0][1] == 1
    assert len(ids(first)) == len(ids(second)) > 70
    for html in (first, second):
        assert referred(html) - {""} <= set(ids(html))
    assert page_setup(model, view, "2")["key"] == f"{name}.{view}.2"


def test_the_drawing_is_the_same_every_time() -> None:
    model = Model.load(FIGURES[0][0])
    assert living_svg(model) == living_svg(model)


@pytest.mark.parametrize(("name", "view"), FIGURES)
def test_every_series_has_its_pieces(name: str, view: str) -> None:
    """Curve, ghost and legend of each series are found by their ids."""
    model = Model.load(name)
    svg, geometry = living_svg(model, view)
    tree = ET.fromstring(svg)
    pieces = {element.get("id"): element for element in tree.iter() if element.get("id")}
    for series in model.card.find("views", view).series:
        for kind in (NAMES.curve, NAMES.ghost, NAMES.legend):
            assert geometry["prefix"] + kind + series.id in pieces
        legend = pieces[geometry["prefix"] + NAMES.legend + series.id]
        assert "".join(legend.itertext()).strip() == series.label


def test_the_page_s_look_and_nothing_for_the_rest_of_the_page() -> None:
    svg, _ = living_svg(Model.load(FIGURES[0][0]))
    assert "#010203" not in svg and "currentColor" in svg
    assert "DejaVu" not in svg
    assert "<style" not in svg


def test_an_unknown_style_sheet_is_refused() -> None:
    sheet = "<defs><style>p{color: red}</style></defs>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{sheet}</svg>'
    with pytest.raises(ValueError, match="not as expected"):
        clean_svg(svg, "x-", "title", "text")


@pytest.fixture
def priced(tmp_path: Path) -> Model:
    """Return a model with dollars, signs of HTML and the end of a script in its texts."""
    (tmp_path / "priced.ant").write_text(
        "model priced\n  species S = 1\n  k = 1\n  S => ; k * S\nend\n"
    )
    (tmp_path / "priced.yml").write_text(
        """
title: Prices
question: How much?
time: {label: time, unit: h}
sliders:
  - {id: k, label: "rate in $ per $", min: 0, max: 2, step: 0.1, group: "a < b", help: "<b>&</b>"}
views:
  - id: cost
    kind: time-course
    title: "</script><script>alert(1)</script>"
    describe: "5 $ < 6 $"
    x: {label: "from $1 to $2", unit: h, min: 0, max: 5}
    y: {label: "$x^2$", min: 0, max: 1}
    series:
      - {id: s, label: "between $5 and $6", role: cost, expression: S}
readouts:
  - {id: end, label: "</dl>", expression: S, at: 5}
scenarios:
  - {id: usual, label: "<i>usual</i>", notice: "</script>"}
"""
    )
    return Model.load(tmp_path / "priced.ant")


def test_texts_of_a_card_stay_texts(priced: Model) -> None:
    """Dollars are no mathematics, and nothing in a card is HTML."""
    svg, _ = living_svg(priced)
    told = "".join(ET.fromstring(svg).itertext())
    for text in ("between $5 and $6", "from $1 to $2", "$x^2$"):
        assert text in told
    html = figure_html(priced)
    assert html.count("<script") == html.count("</script") == 1
    assert "<i>" not in html and "<b>" not in html and html.count("</dl>") == 1


def test_what_a_place_names_stands_first_and_the_rest_behind_more() -> None:
    """Named controls are open to sight, named scenarios lead the list, the default ahead."""
    model = Model.load(FIGURES[0][0])
    card = model.card
    named = [card.sliders[-1].id, card.sliders[0].id]
    focus = Focus(controls=tuple(named), scenarios=(card.offered[2].id,))
    html = figure_html(model, focus=focus)
    first, more = html.split('<details class="nk-more">')
    assert re.findall(r'type="range"[^>]* name="(\w+)"', first) == named
    rest = re.findall(r'type="range"[^>]* name="(\w+)"', more)
    assert sorted(rest + named) == sorted(slider.id for slider in card.sliders)
    chosen, others = first.split('<optgroup label="More">')
    assert re.findall(r'option value="([^"]+)"', chosen) == [
        card.scenarios[0].id,
        card.offered[2].id,
    ]
    assert re.findall(r'option value="([^"]+)"', others)[0] == card.offered[1].id
    assert "predict" not in html
    curve = card.views[0].series[0].id
    assert f'"predict": "{curve}"' in figure_html(model, focus=Focus(predict=curve))


def test_a_slider_over_decades_takes_any_value_of_three_digits(
    node: str, tmp_path: Path, setup_of_first: tuple[Model, dict]
) -> None:
    """The page's control stands at decades, and its values are those of the kernel's snap."""
    slider = Slider(
        id="k", label="k", min=0.01, max=5000, step=0.05, scale="log", group="g", help="h"
    )
    page = json.dumps(slider.model_dump())
    for value in (0.01, 0.012345, 0.1, 1, 1.999, 33.3333, 4999, 5000):
        ask = f"figure.valueAt({page}, figure.standAt({page}, {value}))"
        found = in_node(node, tmp_path, *setup_of_first, {"value": ask})["value"]
        assert found == slider.snap(value) == pytest.approx(value, rel=5e-3)
    with pytest.raises(ValueError, match="needs min > 0"):
        Slider(**{**slider.model_dump(), "min": 0})
    with pytest.raises(ValueError, match="three digits"):
        Slider(**{**slider.model_dump(), "max": 1234})


RUNNER = """
import model from {model};
import * as figure from {figure};
import * as words from {words};
import {{ csvOf }} from {csv};
import {{ linkTo }} from {link};
const {{ setup, asked }} = {given};
const known = {{ figure, words, csvOf, linkTo, setup, model }};
const answer = {{}};
for (const [name, script] of Object.entries(asked)) {{
  const ask = new Function(...Object.keys(known), `return ${{script}}`);
  answer[name] = ask(...Object.values(known));
}}
console.log(JSON.stringify(answer));
"""


def in_node(node: str, folder: Path, model: Model, setup: dict, asked: dict[str, str]) -> dict:
    """Evaluate expressions over ``figure.js``, a figure's setup and its model."""
    script = folder / "model.mjs"
    script.write_text(model_script(model), encoding="utf-8")
    text = RUNNER.format(
        model=json.dumps(script.as_uri()),
        figure=json.dumps((STATIC / "figure.js").as_uri()),
        words=json.dumps((STATIC / "words.js").as_uri()),
        csv=json.dumps((STATIC / "csv.js").as_uri()),
        link=json.dumps((STATIC / "link.js").as_uri()),
        given=json.dumps({"setup": setup, "asked": asked}),
    )
    command = [node, "--input-type=module", "-e", text]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def course(kind: str, scale: str, values: str, **more: object) -> str:
    """Return the question what a curve over 100 hours is in words."""
    setup = {
        "kind": kind,
        "x": {"unit": "h"},
        "y": {"min": 0.01, "max": 100, "scale": scale},
        "series": [{"id": "a", "label": "cells"}],
        "readouts": [{"id": "r", "label": "at last", "unit": "mm", "shown": True}],
        **more,
    }
    x = "Array.from({ length: 101 }, (_, i) => i)"
    curves = f"{{ x: {x}, series: {{ a: {x}.map((t) => {values}) }} }}"
    return f"words.wordsOf({json.dumps(setup)}, {curves}, {{ r: 3.14159 }})"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (course("time-course", "log", "50 * 0.5 ** (t / 20)"), "halves every 20 h"),
        (
            course("time-course", "log", "t < 50 ? 0.1 * 2 ** (t / 10) : 3.2 - (t - 50) / 50"),
            "doubles every 10 h by 50 h, then falls by 31 % by 100 h",
        ),
        (
            course("time-course", "log", "t < 10 ? 50 - 4.95 * t : 0.5"),
            "falls 100-fold by 10 h",
        ),
        (course("time-course", "log", "t < 50 ? 10 : 0"), "falls below 0.01 by 50 h"),
        (course("time-course", "log", "t < 50 ? 0 : 10"), "rises to 10 by 50 h"),
        (course("time-course", "log", "7 + 0.2 * Math.sin(t)"), "stays between 6.8 and 7.2"),
        (course("time-course", "log", "7"), "stays at 7"),
        (course("time-course", "log", "1e-5"), "stays below 0.01"),
        (course("time-course", "linear", "20 + t / 2"), "rises from 20 to 70 by 100 h"),
        (
            course("dose-response", "linear", "Math.abs(50 - t)"),
            "falls from 50 to 0 up to 50 h, then rises from 0 to 50 up to 100 h",
        ),
        (
            course("ensemble", "linear", "t === 3 ? 62.5 : 0", bins={"width": 1}),
            "most often 3 (62.5 %)",
        ),
    ],
)
def test_what_a_figure_shows_in_words(
    asked: str, told: str, node: str, tmp_path: Path, setup_of_first: tuple[Model, dict]
) -> None:
    """Each way a curve may run has its words, and the first readout follows."""
    said = in_node(node, tmp_path, *setup_of_first, {"said": asked})["said"]
    assert said.startswith(f"Cells: {told}") and said.endswith("; at last: 3.14 mm.")


def test_text_is_large_enough_for_a_phone() -> None:
    """Where a phone of 390 pixels shows a drawing 358 wide, no letter is below 12 pixels."""
    for name, view in FIGURES:
        svg, _ = living_svg(Model.load(name), view)
        tree = ET.fromstring(svg)
        wide = float(tree.get("viewBox").split()[2])
        sizes = re.findall(r"font(?:-size)?: (?:[^;]*? )?([\d.]+)px", svg)
        assert sizes and min(map(float, sizes)) * 358 / wide >= 12, view


@pytest.fixture
def setup_of_first() -> tuple[Model, dict]:
    """Return a model whose first view is a course on a log axis, and the setup of that view."""
    model = Model.load("metastasis_window")
    return model, page_setup(model) | living_svg(model)[1]


def test_runs_paths_and_words_need_no_page(
    node: str, tmp_path: Path, setup_of_first: tuple[Model, dict]
) -> None:
    """From a setup to a path and a file, without any document."""
    model, setup = setup_of_first
    series = setup["series"][0]["id"]
    usual = "figure.preset(setup, setup.scenarios[0])"
    solved = f"new figure.Run(setup, model).solve({usual})"
    found = in_node(
        node, tmp_path, model, setup,
        {
            "solved": solved,
            "path": f"figure.pathOf(setup, {solved}.trajectories, {json.dumps(series)})",
            "still": f"figure.differs(setup, setup.scenarios[0], {usual})",
            "moved": f"figure.differs(setup, setup.scenarios[1], {usual})",
            "csv": f"csvOf(setup, setup.scenarios[0], {usual}, {solved}.trajectories)",
        },
    )  # fmt: skip
    frame = model.simulate()
    curve = found["solved"]["trajectories"]["series"][series]
    np.testing.assert_allclose(curve, frame[series], atol=1e-3 * frame[series].max())
    points = [point.split(" ") for point in found["path"].removeprefix("M").split("L")]
    left, top, width, height = setup["box"]
    y = setup["y"]
    for (px, py), (x, value) in zip(points, frame[series].items(), strict=True):
        across = left + width * (x - setup["x"]["min"]) / (setup["x"]["max"] - setup["x"]["min"])
        ends = np.array([y["min"], value, y["max"]])
        low, at, high = np.log(ends) if y["scale"] == "log" else ends
        share = (at - low) / (high - low)
        assert float(px) == pytest.approx(across, abs=0.01)
        assert float(py) == pytest.approx(top + height * (1 - min(max(share, -1), 2)), abs=0.1)
    assert (found["still"], found["moved"]) == (False, True)
    assert f"# {setup['sliders'][0]['id']} = " in found["csv"]


def test_a_link_leads_to_one_figure_of_the_page(
    node: str, tmp_path: Path, setup_of_first: tuple[Model, dict]
) -> None:
    """A link names its figure, also when the same view stands there twice."""
    model, setup = setup_of_first
    slider = setup["sliders"][0]
    moved = json.dumps({**setup["defaults"], slider["id"]: slider["min"]})
    link = f"linkTo(setup, setup.scenarios[0], {moved})"
    twin = f"{{...setup, key: {json.dumps(setup['key'] + '.2')}}}"
    found = in_node(
        node, tmp_path, model, setup,
        {
            "back": f"figure.readLink(setup, {link})",
            "other": f"figure.readLink({twin}, {link})",
            "twin": f"figure.readLink({twin}, {link.replace('setup,', twin + ',', 1)}) !== null",
        },
    )  # fmt: skip
    assert found["back"]["settings"][slider["id"]] == slider["min"]
    assert found["back"]["remarks"] == []
    assert found["other"] is None and found["twin"] is True


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.12345, "0.123"),
        (-1234567, "−1\u202f234\u202f567"),
        (999.6, "1\u202f000"),
        (0.000996, "0.000996"),
        (4.2e-7, "4.2×10⁻⁷"),
        (3.14e12, "3.1×10¹²"),
        (None, "not defined"),
    ],
)
def test_numbers_as_readers_see_them(
    value: float | None, text: str, node: str, tmp_path: Path, setup_of_first: tuple[Model, dict]
) -> None:
    model, setup = setup_of_first
    number = "NaN" if value is None else json.dumps(value)
    told = in_node(node, tmp_path, model, setup, {"told": f"figure.readable({number})"})["told"]
    assert told == text


def test_what_the_style_names_is_in_the_html() -> None:
    """No rule for what does not exist, no class that is spelt otherwise in HTML and style."""
    css = "".join(style_of(name) for name in ("explorer", *TOOLS))
    template = (STATIC.parent / "templates" / "explorer.html").read_text(encoding="utf-8")
    known = set(vars(NAMES).values()) | set(re.findall(r'class="(nk-[\w-]+)"', template))
    assert set(re.findall(r"\.(nk-[a-z-]+)", css)) <= known


def test_the_classic_scripts_are_understood(node: str, tmp_path: Path) -> None:
    """What a page opened from disk loads is a classic script, not a module."""
    for text in (classic_script(), classic_model(Model.load(FIGURES[0][0]))):
        path = tmp_path / "script.cjs"
        path.write_text(text, encoding="utf-8")
        run = subprocess.run(
            [node, "--check", str(path)], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr


def test_a_bundle_keeps_names_apart_and_exports_the_last(node: str) -> None:
    modules = {
        "first.js": 'const own = "first";\nexport const told = () => own;\nexport default {a: 1};',
        "last.js": 'import {\n  told,\n} from "./first.js";\nimport object from "./first.js";\n'
        'const own = "last";\nexport default `${told()} ${own} ${object.a}`;\n',
    }
    text = module(modules)
    assert "export default last_js.default;" in text
    script = bundle(modules) + "console.log(last_js.default);"
    run = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    assert run.stdout == "first last 1\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('import * as all from "./solver.js";', "is not understood"),
        ('import { a as b } from "./solver.js";', "is not understood"),
        ('import { a } from "https://elsewhere.example/a.js";', "write import"),
        ('import { a } from "./later.js";', "put it before"),
        ('import "./solver.js";', "write import"),
        ("export { a };", "export a function"),
        ("export let a = 1;", "export a function"),
        ("export const { a } = b;", "export a function"),
        ("export default class {}", "export a function"),
        ('export * from "./solver.js";', "export a function"),
        ("  export const a = 1;", "is not understood"),
        ("console.log(import.meta.url);", "is not understood"),
        ("import {\n  a", "no semicolon"),
        ("const a = `one\n  two`;", "must end on its line"),
    ],
)
def test_a_bundle_refuses_what_it_does_not_understand(text: str, why: str) -> None:
    with pytest.raises(BundleError, match=why) as raised:
        bundle({"solver.js": "export const a = 1;\n", "last.js": f"{text}\n"})
    assert str(raised.value).startswith("last.js:1: ")


def test_the_modules_are_bundled_in_the_order_they_need() -> None:
    assert bundle(sources(EXPLORER)).count("const make_") == len(EXPLORER)


def test_the_model_in_how_it_works_works(tmp_path: Path) -> None:
    """The three files that the book prints are a model: it is drawn, and its claims hold."""
    page = Path(__file__).parents[1] / "book" / "how-it-works.md"
    blocks = re.findall(
        r"^```\w+\n(?://|#) (meetings\.\S+)\n(.*?)^```", page.read_text(), re.M | re.S
    )
    assert len(blocks) == 3
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    model = Model.load(tmp_path / "meetings.ant")
    assert "Chance that a meeting kills" in figure_html(model)
    assert model.evidence.claims and all(outcome.holds for outcome in check(model))
