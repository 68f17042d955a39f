"""Cards: what is wrong with one is said with file, field and remedy."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from nkreview.living.plot import time_step
from nkreview.model.card import CardError
from nkreview.model.model import MODELS, Model, names
from nkreview.model.units import unit_text

ANTIMONY = """
model tiny
  substanceOnly species A in box; compartment box = 1; A = start
  decay: A => ; k*A
  k = 0.5; start = 8
end
"""
CARD = {
    "title": "Tiny",
    "question": "How fast does it go?",
    "time": {"label": "time", "unit": "h"},
    "sliders": [
        {"id": "k", "label": "rate", "unit": "1/h", "min": 0, "max": 2, "step": 0.25,
         "group": "All", "help": "How fast A decays."}
    ],
    "views": [
        {"kind": "time-course", "id": "course", "title": "A", "describe": "A falls with time.",
         "x": {"label": "time", "unit": "h", "min": 0, "max": 10, "points": 11},
         "y": {"label": "A", "min": 0, "max": 10},
         "series": [{"id": "a", "label": "A", "role": "tumour", "expression": "A"}]}
    ],
    "readouts": [{"id": "end", "label": "A at 10", "expression": "A", "at": 10}],
    "scenarios": [
        {"id": "usual", "label": "usual", "notice": "Half is gone in 1.4 h.", "set": {}},
        {"id": "slow", "label": "slow", "notice": "Little happens.", "set": {"k": 0.25}},
    ],
    "parameters": {
        "k": {"meaning": "rate", "status": "assumed"},
        "start": {"meaning": "amount at the start", "status": "assumed"},
    },
    "claims": [
        {"id": "falls", "says": "A falls.", "value": {"readout": "end", "in": "usual"},
         "expect": {"value": [0, 1]}}
    ],
}  # fmt: skip


@pytest.fixture
def load(tmp_path: Path) -> Callable[[dict], Model]:
    """Return a function that writes a model with a card and loads it."""

    def write(card: dict) -> Model:
        (tmp_path / "tiny.ant").write_text(ANTIMONY)
        YAML().dump(card, tmp_path / "tiny.yml")
        return Model("tiny", tmp_path / "tiny.ant", Model.load(tmp_path / "tiny.ant").sbml)

    return write


def test_a_good_card_gives_curves_and_readouts(load: Callable) -> None:
    """The decay is the exponential that it should be."""
    model = load(CARD)
    frame = model.simulate("course", "slow")
    np.testing.assert_allclose(frame["a"], 8 * np.exp(-0.25 * np.arange(11)), rtol=1e-6)
    assert model.readouts()["end"] == pytest.approx(8 * np.exp(-5), rel=1e-6)


def damaged(path: str, value: object) -> dict:
    """Return the card with one field changed; ``path`` is like ``sliders.0.id``."""
    card = copy.deepcopy(CARD)
    *parents, last = path.split(".")
    place = card
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    place[int(last) if last.isdigit() else last] = value
    return card


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("sliders.0.lable", "x", "sliders[k].lable: unknown key; did you mean 'label'?"),
        ("titel", "x", "titel: unknown key; did you mean 'title'?"),
        ("views.0.y.unnit", "x", "views[course].y.unnit: unknown key; did you mean 'unit'?"),
        ("views.0.kind", "time-curse", "views[course]: "),
        ("sliders.0.id", "kk", "sliders[kk].id: no constant of the model 'kk'; did you mean 'k'?"),
        ("sliders.0.min", 3, "sliders[k]: min (3) must be below max (2)"),
        ("sliders.0.step", 0.3, "sliders[k]: the model's value 0.5 is not a position"),
        ("sliders.0.max", 0.25, "sliders[k]: the model's value 0.5 is not a position"),
        ("scenarios.1.set", {"q": 1}, "scenarios[slow].set: no constant of the model 'q'"),
        ("scenarios.0.shown", False, "scenarios[usual].shown: the first scenario is the default"),
        ("scenarios.1.id", "usual", "scenarios[usual]: this id is used twice"),
        ("claims.0.value", {"readout": "end", "in": "unusual"},
         "claims[falls].value.in: no scenario 'unusual'; did you mean 'usual'?"),
        ("claims.0.value", {"readout": "and", "in": "usual"},
         "claims[falls].value.readout: no readout 'and'; did you mean 'end'?"),
        ("claims.0.expect", {"ratio": [0, 1]}, "claims[falls]: `expect` needs exactly the key"),
        ("claims.0.expect", {"value": [None, None]}, "nothing could fail"),
        ("readouts.0.max", [0, 1], "readouts[end]: give exactly one of"),
        ("parameters", {"k": {"meaning": "rate", "status": "assumed"}},
         "parameters: 'start' has no provenance"),
        ("parameters.k", {"meaning": "rate", "status": "measured"}, "measured value needs `cite`"),
        ("views.0.series.0.expression", "A*scale", "the model has no 'scale'"),
        ("views.0.series.0.expression", "A*(", "expression 'A*('"),
    ],
)  # fmt: skip
def test_a_bad_card_is_named(path: str, value: object, says: str, load: Callable) -> None:
    """File, field and remedy are in the message."""
    with pytest.raises(CardError) as caught:
        load(damaged(path, value)).simulate()
    assert str(caught.value).startswith("tiny.yml: ")
    assert says in str(caught.value)


def test_seven_sliders_in_a_group_are_too_many(load: Callable) -> None:
    """No more than six may be visible at once."""
    text = "".join(f"p{i} = 1; " for i in range(7))
    card = copy.deepcopy(CARD)
    for i in range(7):
        card["sliders"].append({**CARD["sliders"][0], "id": f"p{i}"})
        card["parameters"][f"p{i}"] = {"meaning": "none", "status": "assumed"}
    model = load(card)
    model.path.write_text(ANTIMONY.replace("k = 0.5;", f"k = 0.5; {text}"))
    crowded = Model("tiny", model.path, _reread(model.path))
    with pytest.raises(CardError, match="show at most 6 at once: split the group"):
        _ = crowded.card


def _reread(path: Path) -> str:
    from nkreview.sbml.read import load_sbml

    return load_sbml(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: [", "not valid YAML"),
        ("title: a\ntitle: b\n", "not valid YAML"),
        ("- a", "mapping"),
    ],
)
def test_a_file_that_is_no_card(text: str, says: str, load: Callable) -> None:
    """Broken YAML, a key given twice, and a list are refused."""
    model = load(CARD)
    model.path.with_suffix(".yml").write_text(text)
    with pytest.raises(CardError, match=f"tiny.yml: .*{says}"):
        _ = model.card


def test_an_unknown_model_is_named() -> None:
    """A misspelt name gets the nearest one."""
    with pytest.raises(KeyError, match="did you mean 'metastasis_window'"):
        Model.load("metastasis_windows")


@pytest.mark.parametrize("name", names())
def test_every_card_of_the_book_is_good(name: str) -> None:
    """Each model loads with its card, and its SBML has neither error nor unit warning."""
    import libsbml

    model = Model.load(name)
    assert model.card.title and (MODELS / name / f"{name}.yml").exists()
    document = libsbml.readSBMLFromString(model.sbml)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.checkConsistency()
    found = [document.getError(i).getMessage() for i in range(document.getNumErrors())]
    assert found == []


@pytest.mark.parametrize(
    ("name", "constant", "unit"),
    [
        ("metastasis_window", "vulnerable_for", "h"),
        ("metastasis_window", "lodging", "1/h"),
        ("metastasis_window", "tcell_influx", "cells/h"),
        ("metastasis_window", "tcell_clear", "1/cell/h"),
        ("metastasis_window", "p_kill", "–"),
        ("cytokine_fuel", "course", "d"),
        ("cytokine_fuel", "ec50_nk", "µg/kg"),
        ("cytokine_fuel", "appetite", "µg/kg/d/cell"),
    ],
)
def test_units_are_written_as_readers_write_them(name: str, constant: str, unit: str) -> None:
    """Factors go into the name of the time and a prefix."""
    assert unit_text(Model.load(name), constant) == unit


@pytest.mark.parametrize("name", names())
def test_sliders_name_the_unit_of_the_model(name: str) -> None:
    """What a slider says agrees with the model; a share for one cell may leave the cell out."""
    model = Model.load(name)
    for slider in model.card.sliders:
        assert unit_text(model, slider.id).removesuffix("/cell") == (slider.unit or "–"), slider.id


@pytest.mark.parametrize(
    ("span", "unit", "step"),
    [(72, "h", 12), (48, "h", 6), (336, "h", 48), (22, "d", 2), (100, "d", 14), (8, "d", 1)],
)
def test_ticks_of_time_are_natural(span: float, unit: str, step: float) -> None:
    """Hours are parts of a day or days, days are whole or weeks."""
    assert time_step(span, unit) == step
