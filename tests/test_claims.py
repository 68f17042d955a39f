"""What models must reproduce, and the ledger of what the source documents say."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nkreview.book.ledger.rows import LedgerError, load_ledger, missing_rows
from nkreview.model.card import Claim
from nkreview.model.checks import _judge, check
from nkreview.model.model import Model, names

LEDGER = Path(__file__).parents[1] / "book" / "claims.yml"


@pytest.mark.parametrize(
    ("name", "claim"), [(n, c.id) for n in names() for c in Model.load(n).card.claims]
)
def test_claim(name: str, claim: str) -> None:
    """A claim holds, or the card says why it is missed (`check` refuses any other state)."""
    outcome = next(o for o in check(Model.load(name)) if o.claim.id == claim)
    assert outcome.holds or outcome.claim.why_missed


@pytest.mark.parametrize("name", names())
def test_claims_name_rows_of_the_ledger(name: str) -> None:
    """Every ledger id in a card exists."""
    assert missing_rows(Model.load(name), load_ledger(LEDGER)) == []


VALUES = {"usual": {"a": 4.0, "b": 0.0}, "other": {"a": 6.0, "b": 3.0}}


@pytest.mark.parametrize(
    ("body", "value", "holds"),
    [
        ({"value": {"readout": "a", "in": "usual"}, "expect": {"value": [4, 5]}}, 4, True),
        ({"value": {"readout": "a", "in": "usual"}, "expect": {"value": [None, 3.9]}}, 4, False),
        ({"compare": {"readout": "a", "of": "other", "to": "usual"},
          "expect": {"ratio": [1.6, None]}}, 1.5, False),
        ({"compare": {"readout": "a", "of": "other", "less": "usual", "to": "usual"},
          "expect": {"ratio": [0.5, 0.5]}}, 0.5, True),
        ({"compare": {"readout": "a", "of": "other", "to": "other", "to_readout": "b"},
          "expect": {"ratio": [2, 2]}}, 2, True),
    ],
)  # fmt: skip
def test_a_claim_is_judged_by_its_number(body: dict, value: float, holds: bool) -> None:
    """Each form of a claim computes what it says."""
    outcome = _judge(Claim(id="c", says="s", **body), VALUES)
    assert (outcome.value, outcome.holds) == (value, holds)


def test_a_ratio_to_zero_is_an_error() -> None:
    """A quotient that does not exist is no miss and no pass."""
    claim = Claim(
        id="c",
        says="s",
        compare={"readout": "b", "of": "other", "to": "usual"},
        expect={"ratio": [1, None]},
    )
    with pytest.raises(ValueError, match=r"claims\[c\].compare.to: the readout is 0"):
        _judge(claim, VALUES)


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
        load_ledger(path)
    assert str(caught.value).startswith("claims.yml: ") and says in str(caught.value)
