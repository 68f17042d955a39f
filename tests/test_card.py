"""Cards: what is wrong with one is said with file, field and remedy."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from nkreview.living.axes import time_step
from nkreview.model import shelf
from nkreview.model.card import CardError
from nkreview.model.checks import check
from nkreview.model.model import Model
from nkreview.model.shelf import names

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
}  # fmt: skip
EVIDENCE = {
    "parameters": {
        "k": {"meaning": "rate", "status": "assumed"},
        "start": {"meaning": "amount at the start", "status": "assumed"},
    },
    "claims": [
        {"id": "falls", "says": "A falls.", "kind": "check",
         "value": {"readout": "end", "in": "usual"}, "expect": {"value": [0, 1]}},
        {"id": "halves", "says": "A halves in 1.4 h.", "kind": "prediction",
         "compare": {"expression": "A / 2 * 2", "of": {"at": 1.4}, "to": {"at": 0}},
         "expect": {"ratio": [0.4, 0.6]}},
    ],
}  # fmt: skip


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Model]:
    """Return a function that writes the three files of a model and loads it."""

    def write(card: dict = CARD, evidence: dict = EVIDENCE, antimony: str = ANTIMONY) -> Model:
        path = tmp_path / "tiny.ant"
        path.write_text(antimony)
        YAML().dump(card, path.with_suffix(".yml"))
        YAML().dump(evidence, path.with_suffix(".evidence.yml"))
        return Model.load(path)

    return write


def test_a_good_card_gives_curves_readouts_and_claims(load: Callable) -> None:
    """The decay is the exponential that it should be."""
    model = load()
    frame = model.simulate("course", "slow")
    np.testing.assert_allclose(frame["a"], 8 * np.exp(-0.25 * np.arange(11)), rtol=1e-5)
    assert model.readouts()["end"] == pytest.approx(8 * np.exp(-5), rel=1e-5)
    falls, halves = check(model)
    assert falls.holds and falls.value == pytest.approx(8 * np.exp(-5), rel=1e-5)
    assert halves.holds and halves.value == pytest.approx(np.exp(-0.7), rel=1e-6)


def damaged(whole: dict, path: str, value: object) -> dict:
    """Return a card or evidence with one field changed; ``path`` is like ``sliders.0.id``."""
    whole = copy.deepcopy(whole)
    *parents, last = path.split(".")
    place = whole
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    place[int(last) if last.isdigit() else last] = value
    return whole


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("sliders.0.lable", "x", "sliders[k].lable: unknown key; did you mean 'label'?"),
        ("titel", "x", "titel: unknown key; did you mean 'title'?"),
        ("question", None, "question: Input should be a valid string"),
        ("parameters", {}, "parameters: unknown key"),
        ("views.0.y.unnit", "x", "views[course].y.unnit: unknown key; did you mean 'unit'?"),
        ("views.0.series.0.rolle", "x", "views[course].series[a].rolle: unknown key; did you mean"),
        ("views.0.kind", "time-curse", "views[course]: "),
        ("sliders.0.id", "kk", "sliders[kk].id: no constant of the model 'kk'; did you mean 'k'?"),
        ("sliders.0.min", 3, "sliders[k]: min (3) must be below max (2)"),
        ("sliders.0.step", 0.3, "sliders[k]: the model's value 0.5 is not a position"),
        ("sliders.0.max", 0.25, "sliders[k]: the model's value 0.5 is not a position"),
        ("scenarios.1.set.k", 0.3, "sliders[k]: scenario 'slow' 0.3 is not a position"),
        ("scenarios.1.set", {"q": 1}, "scenarios[slow].set: no constant of the model 'q'"),
        ("scenarios.0.shown", False, "scenarios[usual].shown: the first scenario is the default"),
        ("scenarios.1.id", "usual", "scenarios[usual]: this id is used twice"),
        ("readouts.0.max", [0, 1], "readouts[end]: give exactly one of"),
        ("views.0.series.0.expression", "A*scale", "the model has no 'scale'"),
        ("views.0.series.0.expression", "A*(", "expression 'A*('"),
    ],
)  # fmt: skip
def test_a_bad_card_is_named(path: str, value: object, says: str, load: Callable) -> None:
    """File, field and remedy are in the message."""
    with pytest.raises(CardError) as caught:
        load(damaged(CARD, path, value)).simulate()
    assert str(caught.value).startswith("tiny.yml: ")
    assert says in str(caught.value)


COMPARE = {"expression": "A", "of": {"at": 1.4}, "to": {"at": 0}}


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("claims.0.value", {"readout": "end", "in": "unusual"},
         "claims[falls].value.in: no scenario 'unusual'; did you mean 'usual'?"),
        ("claims.0.value", {"readout": "and", "in": "usual"},
         "claims[falls].value.readout: no readout 'and'; did you mean 'end'?"),
        ("claims.0.value", {"readout": "end", "set": {"kk": 1}},
         "claims[falls].value.set: no constant of the model 'kk'; did you mean 'k'?"),
        ("claims.0.value", {"readout": "end", "at": 3}, "claims[falls].value: an expression needs"),
        ("claims.0.value", {"at": 3}, "claims[falls].value: give either `readout` or `expression`"),
        ("claims.0.value", {"expression": "A"}, "claims[falls].value: an expression needs one of"),
        ("claims.0.value", {"expression": "B", "at": 1}, "the model has no 'B'"),
        ("claims.0.kind", "guess", "claims[falls].kind: Input should be 'calibration'"),
        ("claims.0.calibrated", True, "claims[falls].calibrated: unknown key"),
        ("claims.1.compare", {**COMPARE, "of": "slwo", "at": 1},
         "claims[halves].compare.of.in: no scenario 'slwo'; did you mean 'slow'?"),
        ("claims.1.compare", {**COMPARE, "ta": {}}, "claims[halves].compare.ta: unknown key"),
        ("claims.1.compare", {**COMPARE, "to": {"in": "slow"}}, "claims[halves].compare.to: "),
        ("claims.0.expect", {"ratio": [0, 1]}, "claims[falls]: `expect` needs exactly the key"),
        ("claims.0.expect", {"value": [None, None]}, "nothing could fail"),
        ("claims.0.expect", {"value": [7, 9]}, "claims[falls].why_missed: the model gives 0.05"),
        ("claims.0.why_missed", "bad luck", "claims[falls].why_missed: the claim holds"),
        ("claims.1.id", "falls", "claims[falls]: this id is used twice"),
        ("parameters", {"k": {"meaning": "rate", "status": "assumed"}},
         "parameters: 'start' has no provenance"),
        ("parameters.kk", {"status": "assumed"}, "parameters: no constant of the model 'kk'"),
        ("parameters.k", {"meaning": "rate", "status": "measured"}, "measured value needs `cite`"),
        ("parameters.k.statsu", "x", "parameters.k.statsu: unknown key; did you mean 'status'"),
    ],
)  # fmt: skip
def test_bad_evidence_is_named(path: str, value: object, says: str, load: Callable) -> None:
    """File, field and remedy are in the message."""
    with pytest.raises(ValueError) as caught:
        check(load(evidence=damaged(EVIDENCE, path, value)))
    assert str(caught.value).startswith("tiny.evidence.yml: ")
    assert says in str(caught.value)


NAMED = """
model tiny
  unit substance = item; unit time_unit = 3600 second; unit per_hour = 1 / 3600 second
  substanceOnly species A in box, B in box; compartment box = 1; A = start; B = 0
  decay: A => B; k*A
  k = 0.5 per_hour; start = 8
  A is "cells that wait"; k is "rate of leaving"
end
"""
SHORT = {
    "title": "Waiting",
    "question": "How long do they wait?",
    "sliders": [{"id": "k"}],
    "views": [
        {"kind": "time-course", "id": "course", "title": "Cells", "x": {"max": 10},
         "y": {"max": 8}, "series": [{"id": "A"}, {"id": "B"}]}
    ],
}  # fmt: skip


def test_a_card_need_not_say_what_the_model_says(load: Callable) -> None:
    """Ten lines do for somebody else's model; names and units come from its file."""
    model = load(SHORT, {}, NAMED)
    card = model.card
    (slider,), (view,), (scenario,) = card.sliders, card.views, card.scenarios
    assert (card.time.label, card.time.unit) == ("time", "h")
    assert (slider.label, slider.unit, slider.help) == ("Rate of leaving", "1/h", "")
    assert (slider.min, slider.max, slider.snap(0.5)) == (0, 1, 0.5)
    assert (view.x.label, view.x.unit, view.x.min, view.y.unit) == ("time", "h", 0, "cells")
    assert [series.label for series in view.series] == ["cells that wait", "B"]
    assert len({series.role for series in view.series}) == len(view.series)
    assert view.describe and scenario.label == "as published"
    assert model.readouts() == {} and check(model) == [] and model.evidence.parameters == {}
    last = model.simulate(scenario="as-published")["A"].iloc[-1]
    assert last == pytest.approx(8 * np.exp(-5), rel=1e-5)
    assert model.meaning("k") == "Rate of leaving." and model.unit("k") == "1/h"


def test_what_a_card_says_stands(load: Callable) -> None:
    """A label of the card's own replaces the model's name, which then helps."""
    card = damaged(SHORT, "sliders.0", {"id": "k", "label": "Speed", "unit": "a day"})
    evidence = {"parameters": {**EVIDENCE["parameters"], "k": {"status": "assumed"}}}
    model = load(card, evidence, NAMED)
    slider = model.card.sliders[0]
    assert (slider.label, slider.unit, slider.help) == ("Speed", "a day", "Rate of leaving.")
    assert model.meaning("k") == "Rate of leaving."
    assert model.meaning("start") == "amount at the start"


def test_minted_ids_give_way_to_those_of_the_model(load: Callable) -> None:
    """A constant may be named as a formula of the card would be."""
    text = ANTIMONY.replace("start = 8", "start = 8; nk_0 = 3; nk_1 = 4")
    readouts = [{"id": "twice", "label": "twice", "expression": "nk_0 * A", "at": 0}]
    model = load({**CARD, "readouts": readouts}, {}, text)
    assert model.readouts()["twice"] == pytest.approx(24)
    assert not set(model.symbols.values()) & set(model.constants)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tiny.ant", "start = 8", "start = 9"),
        ("tiny.yml", "slow", "idle"),
        ("tiny.evidence.yml", "A falls", "A sinks"),
    ],
)
def test_an_edited_file_is_read_again(name: str, old: str, new: str, load: Callable) -> None:
    """Whichever of the three it is; otherwise the same object comes back, with its caches."""

    def seen(model: Model) -> tuple:
        return model.readouts(), model.card.scenarios[1].id, check(model)[0].claim.says

    model = load()
    before = seen(model)
    assert Model.load(model.path) is model
    path = model.path.with_name(name)
    path.write_text(path.read_text().replace(old, new))
    assert seen(Model.load(model.path)) != before


def test_many_models_stay_loaded(tmp_path: Path) -> None:
    """Reading the twenty-fifth does not drop the first."""
    paths = [tmp_path / f"m{i}.ant" for i in range(25)]
    for path in paths:
        path.write_text(ANTIMONY.replace("tiny", path.stem))
    models = [Model.load(path) for path in paths]
    assert all(Model.load(path) is model for path, model in zip(paths, models, strict=True))


def test_seven_sliders_in_a_group_are_too_many(load: Callable) -> None:
    """No more than six may be visible at once."""
    text = "".join(f"p{i} = 1; " for i in range(6))
    sliders = [{"id": "k"}, *({"id": f"p{i}"} for i in range(6))]
    crowded = load({**CARD, "sliders": sliders}, {}, ANTIMONY.replace("k = 0.5;", f"k=0.5; {text}"))
    with pytest.raises(CardError, match="show at most 6 at once: split the group"):
        _ = crowded.card


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


@pytest.fixture
def shelf_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a second folder of models, on the shelf for the time of a test."""
    monkeypatch.setattr(shelf, "_folders", [shelf.BOOK])
    folder = tmp_path / "others"
    (folder / "tiny").mkdir(parents=True)
    (folder / "tiny" / "tiny.ant").write_text(ANTIMONY)
    (folder / "tiny" / "scratch.ant").write_text("not a model")
    shelf.add_folder(folder)
    return folder


def test_a_folder_of_models_can_be_added(shelf_of_two: Path) -> None:
    """Its models are loaded by name; other files in it are not taken for models."""
    assert set(names()) > {"tiny"} and "scratch" not in names()
    assert Model.load("tiny").constants == {"k": 0.5, "start": 8}
    (shelf_of_two / "tiny" / "tiny.xml").write_text("<sbml/>")
    with pytest.raises(ValueError, match="two models are named 'tiny'"):
        names()
    with pytest.raises(NotADirectoryError, match="no folder of models"):
        shelf.add_folder(shelf_of_two / "nowhere")


def test_an_unknown_model_is_named() -> None:
    """A misspelt name gets the nearest one."""
    with pytest.raises(KeyError, match="did you mean 'metastasis_window'"):
        Model.load("metastasis_windows")


@pytest.mark.parametrize("name", names())
def test_every_card_of_the_book_is_good(name: str) -> None:
    """Each model loads with its card, and its SBML has neither error nor unit warning."""
    import libsbml

    model = Model.load(name)
    assert set(model.evidence.parameters) == set(model.constants), "a value without provenance"
    assert model.evidence.claims and set(model.constants) <= set(model.network.labels)
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
        ("metastasis_window", "p_kill", ""),
        ("cytokine_fuel", "course", "d"),
        ("cytokine_fuel", "ec50_nk", "µg/kg"),
        ("cytokine_fuel", "appetite", "µg/kg/d/cell"),
        ("engager_bridge", "cd16", "thousand"),
        ("engager_bridge", "crowding", "pmol/L"),
    ],
)
def test_units_are_written_as_readers_write_them(name: str, constant: str, unit: str) -> None:
    """Factors go into the name of the time and a prefix."""
    assert Model.load(name).unit(constant) == unit


@pytest.mark.parametrize("name", names())
def test_sliders_name_the_unit_of_the_model(name: str) -> None:
    """What a slider says agrees with the model; a share for one cell may leave the cell out."""
    model = Model.load(name)
    for slider in model.card.sliders:
        assert model.unit(slider.id).removesuffix("/cell") == slider.unit, slider.id


@pytest.mark.parametrize(
    ("span", "unit", "step"),
    [(72, "h", 12), (48, "h", 6), (336, "h", 48), (22, "d", 2), (100, "d", 14), (8, "d", 1)],
)
def test_ticks_of_time_are_natural(span: float, unit: str, step: float) -> None:
    """Hours are parts of a day or days, days are whole or weeks."""
    assert time_step(span, unit) == step
