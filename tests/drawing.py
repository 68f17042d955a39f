"""What a reader sees of a living figure, and what should be seen there.

Nothing here looks at the element's own numbers. Positions are read off the drawn ticks,
numbers are read as text, and what they should be comes from libRoadRunner.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
from playwright.sync_api import Locator

from nkreview.living.axes import with_unit
from nkreview.living.style import COLOURS, DASHES
from nkreview.model.card import DoseResponse, Readout, Slider, TimeCourse
from nkreview.model.model import Model
from nkreview.model.observe import READOUT_POINTS

RESOLUTION = 0.1  # units of the SVG; a screen's pixel is wider
ROUNDING = 2e-3  # how far the page's solver may be from libRoadRunner's, of a value
SVG = "{http://www.w3.org/2000/svg}"
NOISE = 1e-6  # what is zero in truth is the rounding noise of either solver

LOOK = """element => {
    const svg = element.querySelector("svg.nk-plot");
    const seen = (node) => {
        const { width, height } = node.getBoundingClientRect();
        const { visibility, strokeOpacity } = getComputedStyle(node);
        for (let at = node; at; at = at.parentElement) if (getComputedStyle(at).opacity < 0.1) return false;
        return width + height > 0 && visibility === "visible" && strokeOpacity > 0.1;
    };
    const middle = (node) => { const b = node.getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; };
    const text = (node) => node?.textContent.replace(/[ \\n]+/g, " ").trim();
    const ticks = (axis) => [...svg.querySelectorAll(`[id*="${axis}tick_"]`)]
        .filter((tick) => tick.querySelector("text"))
        .map((tick) => [text(tick), Number(tick.querySelector("use").getAttribute(axis))]);
    const style = (node) => {
        const { stroke, strokeDasharray, strokeWidth } = getComputedStyle(node);
        return { stroke, width: parseFloat(strokeWidth),
            dashes: strokeDasharray === "none" ? [] : strokeDasharray.split(",").map(parseFloat) };
    };
    const clip = (path) => {
        const id = /url\\("?#([^")]+)/.exec(path.getAttribute("clip-path"))[1];
        const box = document.getElementById(id);
        if (!svg.contains(box)) return null;
        return ["x", "y", "width", "height"].map((name) => Number(box.querySelector("rect").getAttribute(name)));
    };
    const lines = (kind) => Object.fromEntries([...svg.querySelectorAll(`[id*="${kind}-"]`)].map((line) => {
        const path = line.querySelector("path");
        return [line.id.split(`${kind}-`).pop(),
            { d: path.getAttribute("d"), seen: seen(path), clip: clip(path), ...style(path) }];
    }));
    const legend = svg.querySelector('[id*="legend_"]');
    return {
        x: ticks("x"), y: ticks("y"), curves: lines("curve"), ghosts: lines("ghost"),
        legend: {
            texts: [...legend.querySelectorAll("text")].map((t) => [text(t), ...middle(t)]),
            lines: [...legend.querySelectorAll("path")].filter((p) => !p.closest("defs"))
                .map((p) => [style(p), ...middle(p)]),
        },
        readouts: [...element.querySelectorAll(".nk-readouts > div")]
            .map((item) => [text(item.querySelector("dt")), text(item.querySelector("dd"))]),
        sliders: [...element.querySelectorAll(".nk-slider")].map((slider) => ({
            label: text(slider.querySelector("label")),
            told: [...slider.querySelector(".nk-value").children].map((part) => part.value ?? text(part)).join(" ").trim(),
            aloud: slider.querySelector("input").getAttribute("aria-valuetext"),
            id: slider.querySelector("input").name, stand: Number(slider.querySelector("input").value),
            step: slider.querySelector("input").step })),
        scenario: element.querySelector("select[name=scenario]").value,
        words: text(element.querySelector(".nk-words")),
        notice: text(element.querySelector(".nk-notice")),
        status: text(element.querySelector(".nk-status")),
    };
}"""  # noqa: E501

# The names of curves in the axes, and what they must keep away from.
NAMES = """element => {
    const svg = element.querySelector("svg.nk-plot");
    const box = (node) => {
        const { x, y, width, height } = node.getBBox();
        return [node.textContent, x, y, x + width, y + height];
    };
    return {
        marks: [...svg.querySelectorAll('[id*="reference-"] use')]
            .map((mark) => [mark.x.baseVal.value, mark.y.baseVal.value]),
        names: [...svg.querySelectorAll(".nk-layer-labels text")]
            .filter((node) => getComputedStyle(node).visibility === "visible").map(box),
    };
}"""

# The control of a slider over decades takes any step.
MOVE = """(element, settings) => {
    for (const [id, value] of Object.entries(settings)) {
        const input = element.querySelector(`input[name="${id}"]`);
        input.value = input.step === "any" ? Math.log10(value) : value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    }
}"""


def anywhere(model: Model, seed: str) -> dict[str, float]:
    """Return a position of every slider, drawn at random."""
    draw = random.Random(seed)
    return {s.id: _position(s, draw) for s in model.card.sliders}


def _position(slider: Slider, draw: random.Random) -> float:
    """Return a position of a slider, drawn at random on its scale."""
    if slider.scale == "log":
        return slider.snap(slider.min * (slider.max / slider.min) ** draw.random())
    steps = round((slider.max - slider.min) / slider.step)
    return slider.min + slider.step * draw.randint(0, steps)


# ------------------------------------------------------------------ numbers as text


def written(value: float) -> str:
    """Write a number as the page should: three digits, thousands spaced, a true minus."""
    if value and not (float(f"{abs(value):.1e}") >= 1e-3 and abs(value) < 1e9):
        mantissa, power = f"{value:.1e}".split("e")
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa}×10{raised}".replace("-", "−")
    short = float(f"{value:.3g}") if abs(value) < 1000 else value
    plain = f"{short:,.0f}" if abs(short) >= 1000 else f"{short:g}"
    return plain.replace(",", "\u202f").replace("-", "−")


def number(text: str) -> float:
    """Return the number that a reader understands."""
    plain = text.replace("\u202f", "").replace(",", "")
    mantissa, _, power = plain.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")).partition(
        "×10"
    )
    # A tick says 10⁴ where a text would say 1.0×10⁴.
    if re.fullmatch("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", plain):
        return 10.0 ** int(mantissa[2:])
    return float(mantissa) * 10.0 ** int(power or 0)


def tells(text: str, value: float, margin: float | None = None) -> bool:
    """Tell whether a text is how the page should write a value that libRoadRunner gives.

    The page's solver may be off by `margin`, by default its tolerance, before it rounds.
    """
    if abs(value) < NOISE:
        return abs(number(text)) < 2 * NOISE
    margin = ROUNDING * abs(value) if margin is None else margin
    low, high = (number(written(value + m)) for m in (-margin, margin))
    return low <= number(text) <= high and written(number(text)) == text


def tells_readout(
    text: str, readout: Readout, value: float, model: Model, settings: dict[str, float]
) -> bool:
    """Tell the same of a readout.

    The time of an extreme is as fine as its sampling, and where two extremes are as good as
    each other, either may be told.
    """
    if not readout.rule.startswith("time"):
        return tells(text, value)
    start, end = getattr(readout, readout.rule)
    if tells(text, value, 4 * (end - start) / (READOUT_POINTS - 1)):
        return True
    column = model.symbols[readout.expression]
    curve = model.run(np.unique([start, end, value, number(text)]), settings, [column])[column]
    noise = 1e-9 * curve.abs().max()
    return math.isclose(curve[value], curve[number(text)], rel_tol=ROUNDING, abs_tol=noise)


# ------------------------------------------------------------------ positions


def read_ticks(svg: str) -> dict[str, list[tuple[str, float]]]:
    """Return text and place of each tick of a drawing that stands in no page."""
    ticks: dict[str, list[tuple[str, float]]] = {"x": [], "y": []}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        axis = re.search(r"([xy])tick_\d+$", group.get("id", ""))
        text = next(group.iter(f"{SVG}text"), None)
        if axis and text is not None:
            mark = next(group.iter(f"{SVG}use"))
            ticks[axis[1]].append(("".join(text.itertext()).strip(), float(mark.get(axis[1]))))
    return ticks


@dataclass(frozen=True)
class Scale:
    """An axis as its ticks define it: ``at = start + slope * f(value)``."""

    log: bool
    start: float
    slope: float

    @staticmethod
    def read(ticks: list[tuple[str, float]], log: bool) -> Scale:
        """Fit the axis to its ticks; all of them must agree."""
        bent = [math.log(number(text)) if log else number(text) for text, _ in ticks]
        places = [place for _, place in ticks]
        slope, start = np.polyfit(bent, places, 1)
        scale = Scale(log, start, slope)
        np.testing.assert_allclose([scale.at(number(text)) for text, _ in ticks], places, atol=0.05)
        return scale

    def at(self, value: float) -> float:
        """Return where a value lies, in units of the SVG."""
        if self.log and value <= 0:
            return -math.inf if self.slope > 0 else math.inf
        return float(self.start + self.slope * (math.log(value) if self.log else value))


@dataclass(frozen=True)
class Axes:
    """The axes of a drawing, as its ticks and the card define them."""

    x: Scale
    y: Scale
    view: TimeCourse | DoseResponse

    @staticmethod
    def read(seen: dict, view: TimeCourse | DoseResponse) -> Axes:
        """Read the axes off the ticks."""
        x, y = (Scale.read(seen[a], getattr(view, a).scale == "log") for a in "xy")
        return Axes(x, y, view)

    @property
    def box(self) -> list[float]:
        """Left, top, width and height of the axes, where their limits lie."""
        left, right = (self.x.at(value) for value in (self.view.x.min, self.view.x.max))
        bottom, top = (self.y.at(value) for value in (self.view.y.min, self.view.y.max))
        return [left, top, right - left, bottom - top]

    def place(self, curve: pd.Series) -> np.ndarray:
        """Return where the points of a curve lie."""
        return np.array([(self.x.at(x), self.y.at(y)) for x, y in curve.items()])

    def inside(self, points: np.ndarray) -> np.ndarray:
        """Tell which points lie well inside the axes' height."""
        _, top, _, height = self.box
        return (points[:, 1] > top + 0.2) & (points[:, 1] < top + height - 0.2)

    def check_curve(self, d: str, curve: pd.Series) -> None:
        """Check a drawn path: its points are the curve's, and outside it they are outside."""
        drawn, wanted = path(d), self.place(curve)
        assert len(drawn) == len(wanted)
        np.testing.assert_allclose(drawn[:, 0], wanted[:, 0], atol=RESOLUTION)
        inside = self.inside(wanted)
        np.testing.assert_allclose(drawn[inside], wanted[inside], atol=RESOLUTION)
        _, top, _, height = self.box
        above, below = (wanted[:, 1] < top - 0.2), (wanted[:, 1] > top + height + 0.2)
        assert (drawn[above, 1] < top).all() and (drawn[below, 1] > top + height).all()

    def check_ghost(self, d: str, curve: pd.Series) -> None:
        """Check matplotlib's path, which leaves out what lies far outside the axes."""
        drawn, wanted = path(d), self.place(curve)
        for some, others in ((wanted, drawn), (drawn, wanted)):
            for point in some[self.inside(some)]:
                assert np.abs(others - point).max(axis=1).min() < RESOLUTION, point


def path(d: str) -> np.ndarray:
    """Return the points of a path of straight lines."""
    d = d.strip().removesuffix("z")
    assert re.fullmatch(r"[ML\d.\s-]+", d), d
    return np.array(re.findall(r"-?\d[\d.]*", d), float).reshape(-1, 2)


def dense(points: np.ndarray) -> np.ndarray:
    """Return the points of a path with many between them."""
    along = np.linspace(0, len(points) - 1, 20 * len(points))
    return np.column_stack([np.interp(along, range(len(points)), axis) for axis in points.T])


def distance(box: list[float], points: np.ndarray) -> float:
    """Return how near points come to a box; 0 when one lies in it."""
    low, high = np.array(box[:2]), np.array(box[2:])
    return float(np.hypot(*np.maximum(np.maximum(low - points, points - high), 0).T).min())


def is_stacked(view: TimeCourse | DoseResponse) -> bool:
    """Tell whether the series of a view are areas on top of each other."""
    return getattr(view, "stacked", False)


def outline(curves: pd.DataFrame, series: str) -> pd.Series:
    """Return the outline of a series that is stacked: along its top, and back along its bottom."""
    top = curves.loc[:, :series].sum(axis=1)
    bottom = top - curves[series]
    return pd.concat([top, bottom[::-1]])


# ------------------------------------------------------------------ the figure


@dataclass(frozen=True)
class Picture:
    """A living figure in a browser, with what should be seen of it."""

    element: Locator
    model: Model
    view: TimeCourse | DoseResponse

    @staticmethod
    def find(
        page: object, model: Model, view: str | None, nth: int = 0, skip: bool = True
    ) -> Picture:
        """Wait for the figure of a view on a page until it is alive; skip a guess if it asks."""
        found = model.card.find("views", view)
        marks = f'[data-model="{model.name}"][data-view="{found.id}"]'
        element = page.locator(f"nk-explorer{marks}").nth(nth)
        element.scroll_into_view_if_needed()  # a figure asks for a guess when it is seen
        leave, form = element.get_by_role("button", name="Skip"), element.locator("form")
        leave.or_(form).locator("visible=true").first.wait_for()
        if skip and leave.is_visible():
            leave.click()
        form.wait_for(state="visible" if skip else "attached")
        return Picture(element, model, found)

    def look(self) -> dict:
        """Return what is to be seen."""
        seen = self.element.evaluate(LOOK)
        for slider in seen["sliders"]:
            decades = slider["step"] == "any"
            value = float(f"{10 ** slider['stand']:.3g}") if decades else slider["stand"]
            slider["value"] = value
        return seen

    def move(self, settings: dict[str, float]) -> None:
        """Move sliders as a hand does, and check that they moved there."""
        self.element.evaluate(MOVE, settings)
        told = {s["id"]: s["value"] for s in self.look()["sliders"]}
        assert np.allclose([told[i] for i in settings], list(settings.values()), rtol=1e-9)

    def choose(self, scenario: str) -> None:
        """Choose a scenario from the list."""
        self.element.locator("select[name=scenario]").select_option(scenario)

    def use(self, tool: str) -> Locator:
        """Press the button of a tool; return its panel, filled."""
        self.element.locator(f"[data-tool={tool}]").click()
        panel = self.element.locator(f".nk-drawer[id$={tool}]")
        panel.locator(":scope > *").first.wait_for()
        return panel

    def reset(self) -> None:
        """Press the button."""
        self.element.locator("button[type=reset]").click()

    def settings(self, seen: dict) -> dict[str, float]:
        """Return what the controls say."""
        scenario = self.model.card.find("scenarios", seen["scenario"])
        return {**scenario.set, **{s["id"]: s["value"] for s in seen["sliders"]}}

    def curves(self, settings: dict[str, float]) -> pd.DataFrame:
        """Return libRoadRunner's curves."""
        return self.model.simulate(self.view.id, settings=settings)

    def check(self, moved: bool) -> dict:
        """Check everything that changes with the controls; return what was seen."""
        seen = self.look()
        settings = self.settings(seen)
        self.check_lines(seen, settings, moved)
        self.check_names()
        self.check_readouts(seen, settings)
        self.check_controls(seen)
        return seen

    def check_lines(self, seen: dict, settings: dict[str, float], moved: bool) -> None:
        """Check curves, ghosts, and the word about curves that leave the axes."""
        axes = Axes.read(seen, self.view)
        curves, default = self.curves(settings), self.model.simulate(self.view.id)
        stacked = is_stacked(self.view)
        assert list(seen["curves"]) == list(seen["ghosts"]) == list(curves)
        for series, line in seen["curves"].items():
            axes.check_curve(line["d"], outline(curves, series) if stacked else curves[series])
            np.testing.assert_allclose(line["clip"], axes.box, atol=0.01)
            assert line["seen"]
        default = default.cumsum(axis=1) if stacked else default
        for series, line in seen["ghosts"].items():
            axes.check_ghost(line["d"], default[series])
            assert line["seen"] == moved, f"{series}: the ghost of the default run"
        tops = curves.cumsum(axis=1) if stacked else curves
        highest = min(axes.y.at(value) for value in tops.to_numpy().ravel())
        above = axes.box[1] - highest
        # Less than a thousandth of the height is within the line's own width.
        if not 0 < above < 2e-3 * axes.box[3]:
            assert ("leaves the axes" in seen["status"]) == (above > 0), seen["status"]

    def check_names(self) -> int:
        """Check that names cover nothing and are next to their curves; tell how many."""
        seen, found = self.look(), self.element.evaluate(NAMES)
        left, top, width, height = Axes.read(seen, self.view).box
        lines = {series: dense(path(line["d"])) for series, line in seen["curves"].items()}
        labels = {s.id: re.sub(r" \(.*\)$", "", s.label) for s in self.view.series}
        for nth, (name, *box) in enumerate(found["names"]):
            assert left <= box[0] < box[2] <= left + width, f"{name}: outside the axes, {box}"
            assert top - 3 <= box[1] < box[3] <= top + height + 3, f"{name}: outside, {box}"
            away = {series: distance(box, line) for series, line in lines.items()}
            assert min(away.values()) > 0, f"{name}: a curve goes through it"
            assert is_stacked(self.view) or labels[min(away, key=away.get)] == name, (name, away)
            for mark in found["marks"]:
                assert distance(box, np.array([mark])) > 1, f"{name}: covers a mark"
            for other, *there in found["names"][:nth]:
                apart = (box[0] > there[2], there[0] > box[2], box[1] > there[3], there[1] > box[3])
                assert any(apart), f"{name} covers {other}"
        return len(found["names"])

    def check_readouts(self, seen: dict, settings: dict[str, float]) -> None:
        """Check the numbers below the drawing, as text beside their labels."""
        shown = [readout for readout in self.model.card.readouts if readout.shown]
        assert [label for label, _ in seen["readouts"]] == [
            with_unit(r.label, r.unit) for r in shown
        ]
        values = self.model.readouts(settings=settings)
        for readout, (label, text) in zip(shown, seen["readouts"], strict=True):
            assert tells_readout(text, readout, values[readout.id], self.model, settings), (
                f"{label}: {text} on the screen, {values[readout.id]:.6g} by libRoadRunner"
            )
        told = f"; {shown[0].label}: {seen['readouts'][0][1]} {shown[0].unit}".rstrip() + "."
        assert seen["words"].endswith(told)
        for series in self.view.series:
            label = re.sub(r" \(.*\)$", "", series.label)
            assert f"{label}: ".lower() in seen["words"].lower()

    def check_controls(self, seen: dict) -> None:
        """Check what stands beside each slider, and what a scenario says."""
        assert len(seen["sliders"]) == len(self.model.card.sliders)
        for control in seen["sliders"]:
            slider = self.model.card.find("sliders", control["id"])
            end = math.isclose(control["value"], slider.max, rel_tol=1e-9)
            text = f"{written(control['value'])} {slider.unit}".strip()
            text = slider.at_max if end and slider.at_max else text
            assert (control["label"], control["told"], control["aloud"]) == (
                slider.label, text, text
            )  # fmt: skip
        assert seen["notice"] == self.model.card.find("scenarios", seen["scenario"]).notice

    def check_looks(self) -> None:
        """Check that each curve looks like its line in the legend, and as its role should."""
        seen = self.look()
        lines, texts = seen["legend"]["lines"], seen["legend"]["texts"]
        for nth, series in enumerate(self.view.series):
            label, left, height = texts[nth]
            assert label == series.label
            style, right, level = min(lines, key=lambda line: abs(line[2] - height))
            assert abs(level - height) < 4 and right < left, series.id
            curve, ghost = seen["curves"][series.id], seen["ghosts"][series.id]
            assert style == {key: curve[key] for key in style}, series.id
            assert curve["stroke"] == ghost["stroke"] == rgb(COLOURS[series.role])
            assert ghost["width"] < curve["width"]
            for line in (curve, ghost):
                plain = is_stacked(self.view) or DASHES[nth] == "solid"
                wanted = [] if plain else DASHES[nth][1]
                drawn = [length / line["width"] for length in line["dashes"]]
                np.testing.assert_allclose(drawn, wanted, rtol=0.01)


def rgb(colour: str) -> str:
    """Write a colour as browsers do."""
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"
