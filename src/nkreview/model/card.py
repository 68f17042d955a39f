"""The card: how people meet a model (its schema, and errors that name file and field)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nkreview.sbml.naming import suggestion

Role = Literal["tumour", "nk", "tcell", "drug", "effect", "cost", "neutral"]
Scale = Literal["linear", "log"]
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Bound = float | None
Range = tuple[float, float]

MOST_SLIDERS_VISIBLE = 6


class CardError(ValueError):
    """A card that cannot be used; the message names file, field and remedy."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Time(_Part):
    """The model's time axis: its label and its unit as readers see them."""

    label: str
    unit: str


class Slider(_Part):
    """A control that moves one constant of the model."""

    id: Id
    label: str
    unit: str = ""
    min: float
    max: float
    step: float = Field(gt=0)
    group: str
    help: str
    at_max: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Slider:
        if not self.min < self.max:
            raise ValueError(f"min ({self.min:g}) must be below max ({self.max:g})")
        return self

    def snap(self, value: float) -> float:
        """Return the nearest position the control can take (browsers do the same)."""
        steps = round((value - self.min) / self.step)
        return min(max(self.min + steps * self.step, self.min), self.max)


class Axis(_Part):
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


class SampledAxis(Axis):
    """The x axis, with the number of points at which curves are computed."""

    points: int = Field(default=145, ge=2, le=2001)


class SweptAxis(SampledAxis):
    """The x axis of a dose-response view: the constant that is swept."""

    parameter: Id


class Curve(_Part):
    """A series of a time-course view; `expression` defaults to the id."""

    id: Id
    label: str
    role: Role
    expression: str | None = None

    @property
    def formula(self) -> str:
        """The infix formula over the model's ids."""
        return self.expression or self.id


class Response(_Part):
    """A series of a dose-response view: one readout of every run."""

    id: Id
    label: str
    role: Role
    readout: Id
    scenario: Id | None = None


class Anchor(_Part):
    """Where a relative measurement is tied to the default run."""

    series: Id
    x: float


class Reference(_Part):
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


class TimeCourse(_Part):
    """A view whose x axis is time."""

    kind: Literal["time-course"]
    id: Id
    title: str
    describe: str
    x: SampledAxis
    y: Axis
    series: list[Curve] = Field(min_length=1)
    references: list[Reference] = []


class DoseResponse(_Part):
    """A view whose x axis is a parameter and whose y values are readouts."""

    kind: Literal["dose-response"]
    id: Id
    title: str
    describe: str
    x: SweptAxis
    y: Axis
    series: list[Response] = Field(min_length=1)
    references: list[Reference] = []


View = Annotated[TimeCourse | DoseResponse, Field(discriminator="kind")]


class Readout(_Part):
    """One number of a run: an expression at a time, or its extreme in an interval.

    One that only claims use is not shown beside the figure (`shown: false`).
    """

    id: Id
    label: str
    unit: str = ""
    expression: str
    at: float | None = None
    max: Range | None = None
    min: Range | None = None
    time_of_min: Range | None = None
    time_of_max: Range | None = None
    shown: bool = True

    @model_validator(mode="after")
    def _one_rule(self) -> Readout:
        rules = [r for r in READOUT_RULES if getattr(self, r) is not None]
        if len(rules) != 1:
            raise ValueError(f"give exactly one of {', '.join(READOUT_RULES)}; found {len(rules)}")
        return self

    @property
    def rule(self) -> str:
        """Which of the five rules this readout uses."""
        return next(r for r in READOUT_RULES if getattr(self, r) is not None)


READOUT_RULES = ("at", "max", "min", "time_of_min", "time_of_max")


class Scenario(_Part):
    """A named set of parameter values and what to notice in it.

    One that only claims and text use is not offered beside the figure (`shown: false`).
    The first is the default run, so it is always shown.
    """

    id: Id
    label: str
    notice: str
    set: dict[Id, float] = {}
    shown: bool = True


class Provenance(_Part):
    """Where a constant's value comes from."""

    meaning: str
    status: Literal["measured", "derived", "calibrated", "assumed"]
    cite: list[str] = []
    range: tuple[float, float] | None = None
    note: str = ""

    @model_validator(mode="after")
    def _cited(self) -> Provenance:
        if self.status in ("measured", "derived") and not self.cite:
            raise ValueError(f"a {self.status} value needs `cite`")
        return self


class Value(_Part):
    """A readout in one scenario."""

    readout: Id
    in_: Id = Field(alias="in")


class Compare(_Part):
    """The ratio of a readout in two scenarios."""

    readout: Id
    of: Id
    to: Id
    less: Id | None = None
    to_readout: Id | None = None


class Expect(_Part):
    """The published range, closed at both ends; null leaves an end open."""

    value: tuple[Bound, Bound] | None = None
    ratio: tuple[Bound, Bound] | None = None


class Claim(_Part):
    """A statement that the model must reproduce, or is shown to miss."""

    id: Id
    says: str
    ledger: list[str] = []
    value: Value | None = None
    compare: Compare | None = None
    expect: Expect
    calibrated: bool = False
    cite: list[str] = []
    why_missed: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Claim:
        if (self.value is None) == (self.compare is None):
            raise ValueError("give either `value` or `compare`")
        wanted = "value" if self.value else "ratio"
        given = self.expect.model_dump(exclude_none=True)
        if list(given) != [wanted]:
            raise ValueError(f"`expect` needs exactly the key `{wanted}`")
        if self.bounds == (None, None):
            raise ValueError("`expect` needs at least one bound, or nothing could fail")
        return self

    @property
    def bounds(self) -> tuple[Bound, Bound]:
        """Lower and upper end of the expected range."""
        return self.expect.value or self.expect.ratio


class Card(_Part):
    """Everything about a model that is not biology."""

    title: str
    question: str
    time: Time
    sliders: list[Slider] = Field(min_length=1)
    views: list[View] = Field(min_length=1)
    readouts: list[Readout] = Field(min_length=1)
    scenarios: list[Scenario] = Field(min_length=1)
    parameters: dict[Id, Provenance]
    claims: list[Claim] = []

    def find(self, kind: str, wanted: str | None) -> Any:
        """Return one item of a list of the card, by its id.

        Parameters
        ----------
        kind : str
            The list: ``views``, ``scenarios``, ``readouts``, ``sliders`` or ``claims``.
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
        known = [item.id for item in items]
        raise KeyError(f"no {kind.rstrip('s')} {wanted!r}{suggestion(wanted, known)}")

    @property
    def offered(self) -> list[Scenario]:
        """Scenarios that a reader can choose beside the figure."""
        return [scenario for scenario in self.scenarios if scenario.shown]

    @property
    def groups(self) -> dict[str, list[Slider]]:
        """Sliders by group, in the order of the card."""
        groups: dict[str, list[Slider]] = {}
        for slider in self.sliders:
            groups.setdefault(slider.group, []).append(slider)
        return groups


def load_card(path: Path, constants: Iterable[str]) -> Card:
    """Read a card and check it against its schema and its model.

    Parameters
    ----------
    path : Path
        The YAML file.
    constants : iterable of str
        Ids of the model's constants: sliders, scenarios and provenance refer to them.

    Returns
    -------
    Card

    Raises
    ------
    CardError
        Naming the file, the field and the remedy.
    """
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise CardError(f"{path.name}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise CardError(f"{path.name}: a card is a mapping with the keys {_keys(Card)}")
    try:
        card = Card.model_validate(data)
    except ValidationError as error:
        raise CardError(_explain(path, data, error)) from error
    _check_references(path, card, set(constants))
    return card


def _keys(part: type[BaseModel]) -> str:
    return ", ".join(field.alias or name for name, field in part.model_fields.items())


def _explain(path: Path, data: Any, error: ValidationError) -> str:
    """Turn pydantic's report into lines `file: field: problem; remedy`."""
    return "\n".join(_explain_one(path, data, item) for item in error.errors())


def _explain_one(path: Path, data: Any, item: Any) -> str:
    where = [part for part in item["loc"] if part not in ("time-course", "dose-response")]
    field = _field_name(data, where)
    if item["type"] == "extra_forbidden":
        key = str(where[-1])
        return f"{path.name}: {field}: unknown key{suggestion(key, _siblings(item['loc']))}"
    if item["type"] == "missing":
        return f"{path.name}: {field}: this key is required; add it"
    message = item["msg"].removeprefix("Value error, ")
    return f"{path.name}: {field}: {message} (found {item['input']!r:.80})"


def _field_name(data: Any, where: list[Any]) -> str:
    """Write a location as `sliders[nk_cells].min`: items of lists by their id."""
    name = ""
    for part in where:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
            name += f"[{data['id'] if isinstance(data, dict) and 'id' in data else part}]"
        else:
            data = data.get(part) if isinstance(data, dict) else None
            name += f".{part}" if name else str(part)
    return name or "card"


_PARTS: dict[str, list[type[BaseModel]]] = {
    "time": [Time],
    "sliders": [Slider],
    "views": [TimeCourse],
    "x": [SweptAxis],
    "y": [Axis],
    "series": [Curve, Response],
    "references": [Reference],
    "anchor": [Anchor],
    "readouts": [Readout],
    "scenarios": [Scenario],
    "parameters": [Provenance],
    "claims": [Claim],
    "value": [Value],
    "compare": [Compare],
    "expect": [Expect],
}


def _siblings(loc: tuple[Any, ...]) -> list[str]:
    """Keys that are allowed where an unknown one was found."""
    holders = [part for part in loc[:-1] if part in _PARTS]
    parts = _PARTS[holders[-1]] if holders else [Card]
    return [field.alias or name for part in parts for name, field in part.model_fields.items()]


def _check_references(path: Path, card: Card, constants: set[str]) -> None:
    """Check every id in the card that points at another place in it, or at the model."""
    known = {
        "readouts": {r.id for r in card.readouts},
        "scenarios": {s.id for s in card.scenarios},
        "constants": constants,
    }

    def need(kind: str, name: str | None, field: str) -> None:
        if name is not None and name not in known[kind]:
            what = "constant of the model" if kind == "constants" else kind.rstrip("s")
            raise CardError(
                f"{path.name}: {field}: no {what} {name!r}{suggestion(name, sorted(known[kind]))}"
            )

    _check_unique(path, card)
    if not card.scenarios[0].shown:
        raise CardError(
            f"{path.name}: scenarios[{card.scenarios[0].id}].shown: the first scenario is the "
            "default run and must be shown; put another one first"
        )
    for slider in card.sliders:
        need("constants", slider.id, f"sliders[{slider.id}].id")
    for group, sliders in card.groups.items():
        if len(sliders) > MOST_SLIDERS_VISIBLE:
            raise CardError(
                f"{path.name}: sliders: group {group!r} has {len(sliders)} sliders; "
                f"show at most {MOST_SLIDERS_VISIBLE} at once: split the group"
            )
    for scenario in card.scenarios:
        for name in scenario.set:
            need("constants", name, f"scenarios[{scenario.id}].set")
    for name in card.parameters:
        need("constants", name, "parameters")
    for name in sorted(constants - set(card.parameters)):
        raise CardError(f"{path.name}: parameters: {name!r} has no provenance; add its entry")
    for view in card.views:
        if isinstance(view, DoseResponse):
            need("constants", view.x.parameter, f"views[{view.id}].x.parameter")
            for series in view.series:
                need("readouts", series.readout, f"views[{view.id}].series[{series.id}].readout")
                need("scenarios", series.scenario, f"views[{view.id}].series[{series.id}].scenario")
        ids = [series.id for series in view.series]
        for ref in view.references:
            if ref.anchor and ref.anchor.series not in ids:
                raise CardError(
                    f"{path.name}: views[{view.id}].references[{ref.id}].anchor.series: "
                    f"no series {ref.anchor.series!r}{suggestion(ref.anchor.series, ids)}"
                )
    for claim in card.claims:
        field = f"claims[{claim.id}]"
        if claim.value:
            need("readouts", claim.value.readout, f"{field}.value.readout")
            need("scenarios", claim.value.in_, f"{field}.value.in")
        if claim.compare:
            need("readouts", claim.compare.readout, f"{field}.compare.readout")
            need("readouts", claim.compare.to_readout, f"{field}.compare.to_readout")
            for key in ("of", "to", "less"):
                need("scenarios", getattr(claim.compare, key), f"{field}.compare.{key}")


def _check_unique(path: Path, card: Card) -> None:
    for kind in ("sliders", "views", "readouts", "scenarios", "claims"):
        seen: set[str] = set()
        for item in getattr(card, kind):
            if item.id in seen:
                raise CardError(f"{path.name}: {kind}[{item.id}]: this id is used twice")
            seen.add(item.id)
