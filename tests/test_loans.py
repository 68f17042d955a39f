"""Constants that a model takes from another: one place for what is known, and clear errors."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nkreview.living.page import model_script
from nkreview.living.tables import parameters, parameters_html
from nkreview.model import shelf
from nkreview.model.draws import fingerprint, free_constants
from nkreview.model.model import Model
from nkreview.model.schema import CardError
from nkreview.model.units import same
from nkreview.sbml.network import Unit

LENDER = """
model lender
  unit time_unit = 3600 second
  unit per_hour = 1 / 3600 second
  substanceOnly species A
  A = 8
  J: A => ; k * A
  k = 0.5 per_hour
  k is "rate of loss"
end
"""
BORROWER = """
model borrower
  unit time_unit = 3600 second
  unit per_hour = 1 / 3600 second
  substanceOnly species A
  A = 8
  J: A => ; loss * A
  loss has per_hour
end
"""
CARD = """
title: A toy
question: How fast?
sliders: [{id: SLIDER, max: 2}]
views:
  - {id: course, kind: time-course, title: A, x: {max: 4}, y: {max: 8}, series: [{id: A}]}
"""
LENT = """
parameters:
  k: {meaning: How fast., status: measured, cite: [A2001], range: [0.2, 0.9], note: In mice.}
"""
TAKEN = "parameters: {loss: {from: {model: lender, parameter: k}}}"


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what writes a file of a model on a shelf of the test's own; both models lie there."""
    monkeypatch.setattr(shelf, "_folders", [tmp_path])

    def write(name: str, ending: str, text: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"{name}{ending}").write_text(text, encoding="utf-8")

    for name, text, evidence, slider in (
        ("lender", LENDER, LENT, "k"),
        ("borrower", BORROWER, TAKEN, "loss"),
    ):
        write(name, ".ant", text)
        write(name, ".yml", CARD.replace("SLIDER", slider))
        write(name, ".evidence.yml", evidence)
    return write


def test_a_constant_is_what_it_is_in_the_other_model(put: Callable) -> None:
    """Value, range, status, source and remark come from there, into SBML, page, runs and draws."""
    model = Model.load("borrower")
    assert model.constants == {"loss": 0.5}
    assert '<parameter id="loss" value="0.5"' in model.sbml
    assert model.simulate()["A"].iloc[-1] == pytest.approx(8 * 2.718281828**-2, rel=1e-4)
    script = model_script(model)
    ids, values = (
        json.loads(script.split(f"{key}:", 1)[1].split("]")[0].replace("NaN", "0") + "]")
        for key in ("ids", "defaults")
    )
    assert values[ids.index("loss")] == 0.5
    origin = model.evidence.parameters["loss"]
    assert (origin.status, origin.cite, origin.range) == ("measured", ["A2001"], (0.2, 0.9))
    assert (origin.meaning, origin.note) == ("How fast.", "In mice.")
    assert [(free.id, free.low, free.high) for free in free_constants(model)] == [
        ("loss", 0.2, 0.9)
    ]


def test_a_word_of_its_own_goes_first(put: Callable) -> None:
    """The borrower may say what the constant means to it."""
    put("borrower", ".evidence.yml", TAKEN.replace("k}", "k}, note: Taken for granted."))
    assert Model.load("borrower").evidence.parameters["loss"].note == "Taken for granted."


def test_a_changed_value_arrives(put: Callable) -> None:
    """Model and draws notice what changed in the other model, and only that."""
    before = Model.load("borrower")
    assert Model.load("borrower") is before
    put("lender", ".ant", LENDER.replace("k = 0.5", "k = 0.26"))
    after = Model.load("borrower")
    assert after.constants == {"loss": 0.26} and fingerprint(after) != fingerprint(before)


def test_another_process_gets_the_values(put: Callable) -> None:
    """What is sent to a worker has been filled in, and knows where from."""
    make, (parcel,) = Model.load("borrower").__reduce__()
    sent = make(parcel)
    assert sent.constants == {"loss": 0.5} and sent.loans["loss"].model == "lender"


def test_a_chain_of_models_ends_where_the_value_is(put: Callable) -> None:
    """What is taken may have been taken."""
    put("third", ".ant", BORROWER.replace("borrower", "third"))
    put("third", ".yml", CARD.replace("SLIDER", "loss"))
    put(
        "third",
        ".evidence.yml",
        TAKEN.replace("lender", "borrower").replace("r: k", "r: loss"),
    )
    third = Model.load("third")
    assert third.constants == {"loss": 0.5} and third.evidence.parameters["loss"].cite == ["A2001"]


@pytest.mark.parametrize(
    ("evidence", "says"),
    [
        (
            TAKEN.replace("lender", "lendr"),
            r"parameters\[loss\].from.model: no model 'lendr'; did you mean 'lender'",
        ),
        (
            TAKEN.replace("r: k", "r: kk"),
            r"parameters\[loss\].from.parameter: no constant of lender 'kk'; did you mean 'k'",
        ),
        (
            TAKEN.replace("loss", "lost"),
            r"parameters\[lost\]: no constant of the model 'lost'; did you mean 'loss'",
        ),
        (TAKEN.replace("model: lender, ", ""), r"loss.from.model: this key is required; add it"),
        (
            TAKEN.replace("k}", "k}, range: [0, 1]"),
            r"parameters\[loss\].range: stands in the evidence of lender; delete it here",
        ),
    ],
)
def test_a_slip_is_named(evidence: str, says: str, put: Callable) -> None:
    """File, field and remedy."""
    put("borrower", ".evidence.yml", evidence)
    with pytest.raises(CardError, match=f"^borrower.evidence.yml: .*{says}"):
        _ = Model.load("borrower").evidence


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("loss has per_hour", "loss = 0.5 per_hour", "borrower.ant gives it a value too; delete"),
        (
            "3600",
            "60",
            "'k' of lender is in 1/h, and 'loss' in 1/min; give it that unit in borrower.ant",
        ),
        ("loss has per_hour", "loss has dimensionless", "and 'loss' in dimensionless; give it"),
        ("loss has per_hour\n", "const loss\n", "and 'loss' in no unit; give it"),
    ],
)
def test_a_value_or_another_unit_is_refused(old: str, new: str, says: str, put: Callable) -> None:
    """Nothing stands twice, and no hour is taken for a minute."""
    put("borrower", ".ant", BORROWER.replace(old, new))
    where = r"^borrower.evidence.yml: parameters\[loss\].from: .*"
    with pytest.raises(CardError, match=where + says):
        Model.load("borrower")


def test_a_unit_may_be_put_together_otherwise() -> None:
    """What counts is what it comes to."""
    rate = Unit(1 / 60, (("second", -1.0),))
    assert same(rate, Unit(1 / 60, (("second", 1.0), ("second", -2.0))))
    assert not same(rate, Unit(60, (("second", -1.0),))) and not same(rate, None)
    assert same(None, None)


def test_a_circle_is_refused(put: Callable) -> None:
    """Two models that wait for each other would wait for ever."""
    put("lender", ".evidence.yml", "parameters: {k: {from: {model: borrower, parameter: loss}}}")
    circle = "borrower takes from lender takes from borrower, in a circle; give one"
    with pytest.raises(CardError, match=circle):
        Model.load("borrower")


def test_the_table_says_where_it_stands(put: Callable) -> None:
    """As text in a notebook; the book links to the row."""
    assert "taken from k of lender" in parameters("borrower").lines[0]
    linked = parameters_html(
        Model.load("borrower"), ", ".join, lambda loan: f"row {loan.parameter}"
    )
    assert "taken from row k" in linked and 'id="borrower-loss"' in linked
    assert "taken from" not in parameters("lender").html
