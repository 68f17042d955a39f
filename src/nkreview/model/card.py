"""The card: how people meet a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from nkreview.model.defaults import Names, complete_card
from nkreview.model.schema import (
    CardError,
    Id,
    Part,
    check_unique,
    ids,
    need,
    read_part,
)
from nkreview.sbml.naming import suggestion

Role = Literal["tumour", "nk", "tcell", "drug", "effect", "cost", "neutral"]
Scale = Literal["linear", "log"]
Range = tuple[float, float]

MOST_SLIDERS_VISIBLE = 6
MOST_CATEGORIES = 7  # as many colours can be told apart
RULES = ("at", "max", "min", "time_of_min", "time_of_max")


class Time(Part):
    """The model's time axis: its label and its unit as readers see them."""

    label: str
    unit: str


class Slider(Part):
    """A control that moves one constant of the model.

    On a log scale `step` is in decades, and every value between the ends that has three
    significant digits is a position.
    """

    id: Id
    label: str
    unit: str = ""
    min: float
    max: float
    step: float = Field(gt=0)
    scale: Scale = "linear"
    group: str
    help: str
    at_max: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Slider:
        if not self.min < self.max:
            raise ValueError(f"min ({self.min:g}) must be below max ({self.max:g})")
        if self.scale == "log":
            if self.min <= 0:
                raise ValueError("a log scale needs min > 0")
            for end in (self.min, self.max):
                if three_digits(end) != end:
                    raise ValueError(f"min and max need at most three digits, not {end!r}")
        return self

    def snap(self, value: float) -> float:
        """Return the nearest position the control can take (browsers do the same)."""
        if self.scale == "log":
            return min(max(three_digits(value), self.min), self.max)
        steps = round((value - self.min) / self.step)
        return min(max(self.min + steps * self.step, self.min), self.max)

    @property
    def positions(self) -> str:
        """Where the control can stand, in words."""
        where = f"{self.min:g} to {self.max:g}"
        if self.scale == "log":
            return f"{where}, three significant digits"
        return f"{where} in steps of {self.step:g}"


class Axis(Part):
    """A plotted axis with fixed limits, so that a moved curve can be compared."""

    label: str
    unit: str = ""
    scale: Scale = "linear"
    min: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> Axis:
        if not self.min < self.max:
            raise ValueError(f"min ({self.min:g}) must be below max ({self.max:g})")
        if self.scale == "log" and self.min <= 0:
            raise ValueError("a log scale needs min > 0")
        return self

    @property
    def limits(self) -> Range:
        """Where the drawn axis begins and ends."""
        return self.min, self.max

    def position(self, values: np.ndarray) -> np.ndarray:
        """Return where values lie between `min` (0) and `max` (1), those beyond at the end."""
        low, high = self.min, self.max
        if self.scale == "log":
            values, low, high = (np.log(np.maximum(v, low)) for v in (values, low, high))
        return np.clip((values - low) / (high - low), 0, 1)


class SampledAxis(Axis):
    """The x axis, with the number of points at which curves are computed."""

    points: int = Field(default=145, ge=2, le=2001)


class SweptAxis(SampledAxis):
    """The x axis of a dose-response view: the constant that is swept."""

    parameter: Id


class Curve(Part):
    """A series of a time-course view; `expression` defaults to the id."""

    id: Id
    label: str
    role: Role
    expression: str | None = None

    @property
    def formula(self) -> str:
        """The infix formula over the model's ids."""
        return self.expression or self.id


class Response(Part):
    """A series of a dose-response view: one readout of every run."""

    id: Id
    label: str
    role: Role
    readout: Id
    scenario: Id | None = None


class Anchor(Part):
    """Where a relative measurement is tied to the default run."""

    series: Id
    x: float


class Reference(Part):
    """A curve, band or points from the literature."""

    id: Id
    label: str
    cite: str
    kind: Literal["points", "line", "band"]
    x: list[float]
    y: list[float] | None = None
    y_low: list[float] | None = None
    y_high: list[float] | None = None
    anchor: Anchor | None = None
    note: str = ""

    @model_validator(mode="after")
    def _shape(self) -> Reference:
        needed = ["y_low", "y_high"] if self.kind == "band" else ["y"]
        for name in needed:
            values = getattr(self, name)
            if values is None or len(values) != len(self.x):
                raise ValueError(f"a {self.kind} needs `{name}` with as many values as `x`")
        return self


class TimeCourse(Part):
    """A view whose x axis is time.

    Where it is `stacked`, each series is an area on top of those before it in the card.
    """

    kind: Literal["time-course"]
    id: Id
    title: str
    describe: str
    x: SampledAxis
    y: Axis
    series: list[Curve] = Field(min_length=1)
    references: list[Reference] = []
    stacked: bool = False

    @model_validator(mode="after")
    def _adds_up(self) -> TimeCourse:
        if self.stacked and self.y.scale != "linear":
            raise ValueError("stacked areas add up on a linear y axis only; set its scale")
        return self


class DoseResponse(Part):
    """A view whose x axis is a parameter and whose y values are readouts."""

    kind: Literal["dose-response"]
    id: Id
    title: str
    describe: str
    x: SweptAxis
    y: Axis
    series: list[Response] = Field(min_length=1)
    references: list[Reference] = []


class ChanceAxis(SampledAxis):
    """The x axis of an ensemble: time, or a readout, whose points are the middles of bins."""

    readout: Id | None = None
    categories: list[str] = []

    @model_validator(mode="after")
    def _linear(self) -> ChanceAxis:
        if self.scale != "linear":
            raise ValueError("an ensemble's axis is linear")
        return self

    @property
    def width(self) -> float:
        """How wide a bin is, or 0 where there are none."""
        return (self.max - self.min) / (self.points - 1) if self.readout else 0.0

    @property
    def limits(self) -> Range:
        """Where the drawn axis begins and ends: half a bin beyond the points."""
        return self.min - self.width / 2, self.max + self.width / 2


class Share(Part):
    """A series of an ensemble: the share of runs in each bin, or for which an expression holds."""

    id: Id
    label: str
    role: Role
    scenario: Id | None = None
    expression: str | None = None


class Ensemble(Part):
    """A view of many runs by chance, of numbers small enough for it; or of one for each draw.

    What it sets stays set: sliders and scenarios of these constants are not offered beside it.
    A run for each draw is no matter of chance; what a reader moves is not drawn.
    """

    kind: Literal["ensemble"]
    id: Id
    title: str
    describe: str
    runs: int = Field(default=400, ge=10, le=2000)
    over: Literal["chances", "draws"] = "chances"
    set: dict[Id, float] = {}
    x: ChanceAxis
    y: Axis
    series: list[Share] = Field(min_length=1)
    references: list[Reference] = []

    @model_validator(mode="after")
    def _one_form(self) -> Ensemble:
        if self.over == "draws" and not self.x.readout:
            raise ValueError("over draws a readout is counted; give x a `readout`")
        for series in self.series:
            if bool(series.expression) == bool(self.x.readout):
                raise ValueError(
                    "give either x a `readout`, for the share of runs in each bin, or each series "
                    f"an `expression`, for the share in which it holds (series {series.id!r})"
                )
        if self.y.scale != "linear":
            raise ValueError("shares stand on a linear axis")
        return self


class MapAxis(SweptAxis):
    """An axis of a map: the constant that is swept, and how many cells there are along it."""

    points: int = Field(default=25, ge=2, le=60)

    @property
    def limits(self) -> Range:
        """Where the drawn axis begins and ends: half a cell beyond the points."""
        half = 1 / (self.points - 1) / 2
        if self.scale == "log":
            beyond = (self.max / self.min) ** half
            return self.min / beyond, self.max * beyond
        beyond = (self.max - self.min) * half
        return self.min - beyond, self.max + beyond


class Colour(Axis):
    """The readout that a map shows as colour: on a scale with fixed ends, or by category."""

    readout: Id
    categories: list[str] = []


class Map(Part):
    """A view of one readout as colour over two constants.

    The constants of its axes have no slider beside it. What its scenario sets otherwise stays set.
    """

    kind: Literal["map"]
    id: Id
    title: str
    describe: str
    x: MapAxis
    y: MapAxis
    colour: Colour
    best: Literal["max", "min"] | None = None
    ridge: Literal["max", "min"] | None = None
    scenario: Id | None = None
    series: ClassVar[tuple] = ()
    references: ClassVar[tuple] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Map:
        if len({self.x.parameter, self.y.parameter, self.colour.readout}) < 3:
            raise ValueError(
                "the parameters of x and y and the readout of colour need three different names"
            )
        if self.colour.categories and (self.best or self.ridge):
            raise ValueError("no category is highest or lowest; leave out `best` and `ridge`")
        return self


View = Annotated[TimeCourse | DoseResponse | Ensemble | Map, Field(discriminator="kind")]


class Ruled(Part):
    """How an expression becomes a number: its value at a time, or its extreme in an interval."""

    at: float | None = None
    max: Range | None = None
    min: Range | None = None
    time_of_min: Range | None = None
    time_of_max: Range | None = None

    @property
    def rules(self) -> list[str]:
        """Which of the five rules are given."""
        return [rule for rule in RULES if getattr(self, rule) is not None]

    @property
    def rule(self) -> str:
        """The rule, where there is one."""
        return self.rules[0]


class Readout(Ruled):
    """One number of a run.

    One that stands in no list beside the figure, but in a view or in a sentence of the text,
    has `shown: false`. One that tells which of several things is the case lists them as
    `categories`, in the order of its values 0, 1, …; a view tells which it is.
    """

    id: Id
    label: str
    unit: str = ""
    expression: str
    shown: bool = True
    categories: list[str] = Field(default=[], max_length=MOST_CATEGORIES)

    @model_validator(mode="after")
    def _one_rule(self) -> Readout:
        if len(self.rules) != 1:
            raise ValueError(f"give exactly one of {', '.join(RULES)}; found {len(self.rules)}")
        if self.categories and self.shown:
            raise ValueError("a category is no number to list; set `shown: false`")
        return self


class Scenario(Part):
    """A named set of parameter values and what to notice in it.

    One that only a sentence of the text needs is not offered beside the figure (`shown: false`).
    The first is the default run, so it is always shown.
    """

    id: Id
    label: str
    notice: str = ""
    set: dict[Id, float] = {}
    shown: bool = True


class Card(Part):
    """How readers meet a model."""

    title: str
    question: str
    time: Time
    sliders: list[Slider] = Field(min_length=1)
    views: list[View] = Field(min_length=1)
    readouts: list[Readout]
    scenarios: list[Scenario] = Field(min_length=1)

    def find(self, kind: str, wanted: str | None) -> Any:
        """Return one item of a list of the card, by its id.

        Parameters
        ----------
        kind : str
            The list: ``views``, ``scenarios``, ``readouts`` or ``sliders``.
        wanted : str or None
            The id; None gives the first.

        Raises
        ------
        KeyError
            When there is no such id; the message lists those that exist.
        """
        items = getattr(self, kind)
        if wanted is None:
            return items[0]
        for item in items:
            if item.id == wanted:
                return item
        raise KeyError(f"no {kind.rstrip('s')} {wanted!r}{suggestion(wanted, ids(items))}")

    @property
    def offered(self) -> list[Scenario]:
        """Scenarios that a reader can choose beside the figure."""
        return self.offered_by(None)

    def offered_by(self, view: View | None) -> list[Scenario]:
        """Return the scenarios that a reader can choose beside a view."""
        held, swept = self.held_by(view), swept_by(view)
        return [
            s
            for s in self.scenarios
            if s.shown and not held.keys() & s.set and (not s.set or s.set.keys() - swept)
        ]

    @property
    def groups(self) -> dict[str, list[Slider]]:
        """Sliders by group, in the order of the card."""
        return self.groups_of(None)

    def groups_of(self, view: View | None) -> dict[str, list[Slider]]:
        """Return the sliders beside a view, by group, in the order of the card."""
        groups: dict[str, list[Slider]] = {}
        taken = self.held_by(view).keys() | swept_by(view)
        for slider in self.sliders:
            if slider.id not in taken:
                groups.setdefault(slider.group, []).append(slider)
        return groups

    def held_by(self, view: View | None) -> dict[str, float]:
        """Return the constants that a view sets, whatever sliders and scenarios say."""
        if isinstance(view, Ensemble):
            return view.set
        if isinstance(view, Map) and view.scenario:
            held = self.find("scenarios", view.scenario).set
            return {name: value for name, value in held.items() if name not in swept_by(view)}
        return {}


def swept_by(view: View | None) -> set[str]:
    """Return the constants of a map's axes, which take every value there."""
    return {view.x.parameter, view.y.parameter} if isinstance(view, Map) else set()


def three_digits(value: float) -> float:
    """Return a value rounded to three significant digits."""
    return float(f"{value:.3g}")


def load_card(path: Path, names: Names) -> Card:
    """Read a card and check it against its schema and its model.

    Parameters
    ----------
    path : Path
        The YAML file.
    names : Names
        What the model's file says; a card need not repeat it.

    Returns
    -------
    Card

    Raises
    ------
    CardError
        Naming the file, the field and the remedy.
    """
    card = read_part(path, Card, lambda data: complete_card(data, names))
    check_unique(
        path,
        sliders=card.sliders,
        views=card.views,
        readouts=card.readouts,
        scenarios=card.scenarios,
    )
    _check_sliders(path, card, names.constants)
    _check_scenarios(path, card, names.constants)
    for view in card.views:
        _check_view(path, card, view, names.constants)
    return card


def _check_sliders(path: Path, card: Card, constants: Mapping[str, float]) -> None:
    for slider in card.sliders:
        need(path, f"sliders[{slider.id}].id", "constant of the model", slider.id, constants)
        _check_positions(path, card, slider, constants[slider.id])
    for group, sliders in card.groups.items():
        if len(sliders) > MOST_SLIDERS_VISIBLE:
            raise CardError(
                f"{path.name}: sliders: group {group!r} has {len(sliders)} sliders; "
                f"show at most {MOST_SLIDERS_VISIBLE} at once: split the group"
            )


def _check_positions(path: Path, card: Card, slider: Slider, default: float) -> None:
    """Refuse values at which a control cannot stand: it would silently move them."""
    named = {"the model's value": default}
    named |= {f"scenario {s.id!r}": s.set.get(slider.id, default) for s in card.scenarios}
    for who, value in named.items():
        if abs(slider.snap(value) - value) > 1e-9 * max(slider.step, abs(value)):
            raise CardError(
                f"{path.name}: sliders[{slider.id}]: {who} {value:g} is not a position of the "
                f"slider ({slider.positions}); change min, max or step"
            )


def _check_scenarios(path: Path, card: Card, constants: Mapping[str, float]) -> None:
    first = card.scenarios[0]
    if not first.shown:
        raise CardError(
            f"{path.name}: scenarios[{first.id}].shown: the first scenario is the "
            "default run and must be shown; put another one first"
        )
    for scenario in card.scenarios:
        for name in scenario.set:
            field = f"scenarios[{scenario.id}].set"
            need(path, field, "constant of the model", name, constants)


def _check_view(path: Path, card: Card, view: View, constants: Mapping[str, float]) -> None:
    where = f"views[{view.id}]"
    if isinstance(view, DoseResponse):
        field = f"{where}.x.parameter"
        need(path, field, "constant of the model", view.x.parameter, constants)
        for item in view.series:
            field = f"{where}.series[{item.id}]"
            need(path, f"{field}.readout", "readout", item.readout, ids(card.readouts))
            need(path, f"{field}.scenario", "scenario", item.scenario, ids(card.scenarios))
    if isinstance(view, Ensemble):
        for name in view.set:
            need(path, f"{where}.set", "constant of the model", name, constants)
        need(path, f"{where}.x.readout", "readout", view.x.readout, ids(card.readouts))
        for item in view.series:
            field = f"{where}.series[{item.id}].scenario"
            need(path, field, "scenario", item.scenario, ids(card.scenarios))
    if isinstance(view, Map):
        for axis in ("x", "y"):
            swept = getattr(view, axis).parameter
            need(path, f"{where}.{axis}.parameter", "constant of the model", swept, constants)
        shown = view.colour.readout
        need(path, f"{where}.colour.readout", "readout", shown, ids(card.readouts))
        need(path, f"{where}.scenario", "scenario", view.scenario, ids(card.scenarios))
    if card.held_by(view).keys() & card.scenarios[0].set:
        field = "set" if isinstance(view, Ensemble) else "scenario"
        raise CardError(
            f"{path.name}: {where}.{field}: the first scenario sets one of these constants too; "
            "leave it to one of them"
        )
    for ref in view.references:
        if ref.anchor:
            field = f"{where}.references[{ref.id}].anchor.series"
            need(path, field, "series", ref.anchor.series, ids(view.series))
