"""What models must reproduce, and the ledger of what the source documents say."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nkreview.book.ledger.rows import LedgerError, load_rows, missing_rows
from nkreview.model.checks import check, judge
from nkreview.model.evidence import Claim
from nkreview.model.model import Model
from nkreview.model.shelf import names

LEDGER = Path(__file__).parents[1] / "book" / "claims.yml"


@pytest.mark.parametrize("name", names())
def test_every_claim_is_as_it_says(name: str) -> None:
    """A claim holds, or the file says why it is missed: `check` refuses any other state.

    That it does is tested with the faults of `test_bad_evidence_is_named`.
    """
    model = Model.load(name)
    assert [outcome.claim for outcome in check(model)] == model.evidence.claims


def test_claims_are_run_once_for_each_model() -> None:
    """A page that shows an outcome twice does not compute it twice."""
    model = Model.load(names()[0])
    assert check(model) is check(model)


@pytest.mark.parametrize("name", names())
def test_claims_name_rows_of_the_ledger(name: str) -> None:
    """Every ledger id in a model's evidence exists."""
    assert missing_rows(Model.load(name), load_rows(LEDGER)) == []


def claim(body: dict) -> Claim:
    """Return a claim of a form, all else being plain."""
    return Claim(id="c", says="Some say so.", kind="prediction", **body)


COMPARE = {"compare": {"readout": "a", "of": "x", "to": "y"}}


@pytest.mark.parametrize(
    ("body", "values", "value", "holds"),
    [
        ({"value": {"readout": "a"}, "expect": {"value": [4, 5]}}, {"value": 4}, 4, True),
        ({"value": {"readout": "a"}, "expect": {"value": [4, 5]}}, {"value": 5}, 5, True),
        ({"value": {"readout": "a"}, "expect": {"value": [None, 3.9]}}, {"value": 4}, 4, False),
        ({"value": {"readout": "a"}, "expect": {"value": [4.1, None]}}, {"value": 4}, 4, False),
        ({**COMPARE, "expect": {"ratio": [1.6, None]}},
         {"compare.of": 6, "compare.to": 4}, 1.5, False),
        ({**COMPARE, "expect": {"ratio": [0.5, 0.5]}},
         {"compare.of": 6, "compare.less": 4, "compare.to": 4}, 0.5, True),
    ],
)  # fmt: skip
def test_a_claim_is_judged_by_its_number(
    body: dict, values: dict, value: float, holds: bool
) -> None:
    """Each form of a claim computes what it says."""
    outcome = judge(claim(body), values)
    assert (outcome.value, outcome.holds) == (value, holds)


@pytest.mark.parametrize(
    ("compare", "of", "to"),
    [
        ({"readout": "a", "of": "x", "to": "y"},
         {"readout": "a", "in_": "x"}, {"readout": "a", "in_": "y"}),
        ({"readout": "a", "of": "x", "to": {"in": "x", "readout": "b"}},
         {"readout": "a", "in_": "x"}, {"readout": "b", "in_": "x"}),
        ({"expression": "e", "of": {"at": 4}, "to": {"at": 1}},
         {"expression": "e", "at": 4}, {"expression": "e", "at": 1}),
        ({"expression": "e", "at": 4, "of": {"expression": "f"}, "to": {"max": [0, 1]}},
         {"expression": "f", "at": 4}, {"expression": "e", "max": (0, 1)}),
        ({"readout": "a", "of": {"set": {"k": 1}}, "to": {"expression": "e", "at": 2}},
         {"readout": "a", "set": {"k": 1}}, {"expression": "e", "at": 2}),
    ],
)  # fmt: skip
def test_what_two_runs_share_is_written_once(compare: dict, of: dict, to: dict) -> None:
    """A probe takes over what it does not say, but no rule beside its own."""
    read = claim({"compare": compare, "expect": {"ratio": [1, None]}}).compare
    for probe, wanted in ((read.of, of), (read.to, to)):
        assert probe.model_dump(exclude_defaults=True) == wanted


def test_a_ratio_to_zero_is_an_error() -> None:
    """A quotient that does not exist is no miss and no pass."""
    ratio = claim({**COMPARE, "expect": {"ratio": [1, None]}})
    with pytest.raises(ValueError, match=r"claims\[c\].compare.to: the number is 0"):
        judge(ratio, {"compare.of": 1, "compare.to": 0})


@pytest.mark.parametrize(
    ("bounds", "line"),
    [
        ([4, None], "holds c: 4 (expected at least 4; prediction) Some say so."),
        ([None, 3.9], "missed c: 4 (expected at most 3.9; prediction) Some say so."),
        ([1, 2], "missed c: 4 (expected 1 to 2; prediction) Some say so."),
    ],
)
def test_an_outcome_has_its_words(bounds: list, line: str) -> None:
    """The one place from which every page, table and terminal takes them."""
    body = {"value": {"readout": "a"}, "expect": {"value": bounds}}
    outcome = judge(claim(body), {"value": 4.0004})
    assert outcome.line == line
    assert f"{outcome.sign} {outcome.word}" == ("✓ holds" if outcome.holds else "✗ missed")
    assert outcome.basis == "prediction" and outcome.computed == "4"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"verdict": "certain"}, "R001: verdict: "),
        ({"verdickt": "wrong"}, "R001: unknown key 'verdickt'; did you mean 'verdict'"),
        ({"why": None}, "R001: why: "),
    ],
)
def test_a_bad_row_is_named(change: dict, says: str, tmp_path: Path) -> None:
    """The message has the row's id and the field."""
    row = {
        "id": "R001", "document": "R", "section": "s", "says": "s", "kind": "opinion",
        "verdict": "opinion", "why": "w", "checked": "recalled",
    }  # fmt: skip
    path = tmp_path / "claims.yml"
    YAML().dump({"claims": [{**row, **change}]}, path)
    with pytest.raises(LedgerError) as caught:
        load_rows(path)
    assert str(caught.value).startswith("claims.yml: ") and says in str(caught.value)
