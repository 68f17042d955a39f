"""What a card need not say: names, units and plain choices, from what the model says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ROLES = ("nk", "tumour", "tcell", "drug", "effect", "cost", "neutral")
SLIDER_STEPS = 100
AS_PUBLISHED = {"id": "as-published", "label": "as published"}


@dataclass(frozen=True)
class Names:
    """How a model's file names things.

    Attributes
    ----------
    labels : dict
        Readable names by id, where the file gives one.
    units : dict
        Units as readers write them, by id, where there is one.
    time : str
        The unit of time, or nothing.
    constants : dict
        Value of each constant that may be set, by id.
    """

    labels: dict[str, str]
    units: dict[str, str]
    time: str
    constants: dict[str, float]

    def label(self, ident: str) -> str:
        """Return the readable name, or the id."""
        return self.labels.get(ident, ident)

    def heading(self, ident: str) -> str:
        """Return the readable name as it begins a line."""
        return capital(self.labels[ident]) if ident in self.labels else ident

    def meaning(self, ident: str) -> str:
        """Return the readable name as a sentence."""
        return f"{self.heading(ident)}."


def capital(text: str) -> str:
    """Return a text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]


def complete_card(data: dict[str, Any], names: Names) -> dict[str, Any]:
    """Return a card's data with all that it leaves to the model; it may still be faulty."""
    data = {"scenarios": [{**AS_PUBLISHED}], "readouts": [], "time": {}, **data}
    time = _mapping(data["time"])
    time.update({"label": "time", "unit": names.time, **time})
    for item in _items(data, "sliders"):
        _complete_slider(item, names)
    for item in _items(data, "scenarios"):
        item.setdefault("label", item.get("id"))
    for item in _items(data, "readouts"):
        _named_after(item, item.get("expression"), names)
    readouts = {str(item.get("id")): item for item in _items(data, "readouts")}
    for view in _items(data, "views"):
        _complete_series(view, readouts, names)
        _complete_axes(view, time, readouts, names)
    return data


def complete_evidence(data: dict[str, Any], names: Names) -> dict[str, Any]:
    """Return the data of a model's evidence with each meaning that the model's names give."""
    for ident, origin in _mapping(data.get("parameters")).items():
        if isinstance(origin, dict):
            origin.setdefault("meaning", names.meaning(str(ident)))
    return data


def _complete_slider(item: dict[str, Any], names: Names) -> None:
    ident = str(item.get("id"))
    named = "label" in item and ident in names.labels
    item.setdefault("help", names.meaning(ident) if named else "")
    item.setdefault("label", names.heading(ident))
    item.setdefault("unit", names.units.get(ident, ""))
    item.setdefault("group", "Settings")
    item.setdefault("min", 0)
    if names.constants.get(ident, 0) > 0:
        item.setdefault("max", 2 * names.constants[ident])
    low, high = item["min"], item.get("max")
    if isinstance(low, int | float) and isinstance(high, int | float) and high > low:
        item.setdefault("step", (high - low) / SLIDER_STEPS)


def _complete_series(
    view: dict[str, Any], readouts: dict[str, dict[str, Any]], names: Names
) -> None:
    for number, item in enumerate(_items(view, "series")):
        item.setdefault("role", ROLES[number % len(ROLES)])
        if view.get("kind") == "ensemble":
            item.setdefault("label", item.get("expression", item.get("id")))
        elif view.get("kind") == "dose-response":
            item.setdefault("readout", item.get("id"))
            readout = readouts.get(str(item["readout"]), {})
            item.setdefault("label", readout.get("label", item["readout"]))
        else:
            item.setdefault("label", names.label(_formula(item)))


def _complete_shares(
    x: dict[str, Any], y: dict[str, Any], readouts: dict[str, dict[str, Any]]
) -> None:
    """Count things one by one, and shares in per cent."""
    readout = readouts.get(str(x.get("readout")))
    if readout:
        x.setdefault("label", readout.get("label"))
        x.setdefault("unit", readout.get("unit", ""))
        if categories := readout.get("categories"):
            x.update({"categories": categories, "min": 0, "max": len(categories) - 1})
        low, high = x.get("min", 0), x.get("max")
        if isinstance(low, int | float) and isinstance(high, int | float) and high > low:
            x.setdefault("points", round(high - low) + 1)
    y.update({"label": "share of runs", "unit": "%", "max": 100, **y})


def _complete_map(
    y: dict[str, Any],
    colour: dict[str, Any],
    readouts: dict[str, dict[str, Any]],
    names: Names,
) -> None:
    """Name the second axis after its constant, and the colour after its readout."""
    _named_after(y, y.get("parameter"), names)
    readout = {"label": colour.get("readout"), **readouts.get(str(colour.get("readout")), {})}
    colour.update({**{key: readout[key] for key in ("label", "unit") if key in readout}, **colour})
    if categories := readout.get("categories"):
        colour.update({"categories": categories, "min": -0.5, "max": len(categories) - 0.5})


def _complete_axes(
    view: dict[str, Any],
    time: dict[str, Any],
    readouts: dict[str, dict[str, Any]],
    names: Names,
) -> None:
    if view.get("kind") == "ensemble":
        view.setdefault("y", {})
    x, y = _mapping(view.get("x")), _mapping(view.get("y"))
    view.setdefault("describe", view.get("title"))
    colour = _mapping(view.get("colour"))
    if view.get("kind") == "ensemble":
        _complete_shares(x, y, readouts)
    if view.get("kind") == "map":
        _complete_map(y, colour, readouts, names)
    for axis in (x, y, colour):
        if axis.get("scale", "linear") == "linear":
            axis.setdefault("min", 0)
    if "parameter" in x:
        _named_after(x, x["parameter"], names)
    elif "label" not in x:
        x.update({"label": time.get("label"), "unit": time.get("unit"), **x})
    series = list(_items(view, "series"))
    formulas = {_formula(item) for item in series}
    if len(formulas) == 1:
        _named_after(y, formulas.pop(), names)
    elif "label" not in y:
        units = {names.units.get(formula, "") for formula in formulas}
        y.update({"label": "level", "unit": units.pop() if len(units) == 1 else "", **y})


def _formula(series: dict[str, Any]) -> str:
    """Return the formula of a series, or the readout that it follows."""
    return str(series.get("expression", series.get("readout", series.get("id"))))


def _named_after(item: dict[str, Any], formula: Any, names: Names) -> None:
    """Give an item without a label the name and the unit of a quantity of the model."""
    if "label" not in item and isinstance(formula, str):
        item.update({"label": names.label(formula), "unit": names.units.get(formula, ""), **item})


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(data: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a list; whatever else stands there the schema refuses."""
    items = data.get(key)
    yield from (item for item in (items if isinstance(items, list) else ()) if _mapping(item))
