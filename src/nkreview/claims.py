"""The evidence ledger, and the claims that models must reproduce."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML

from nkreview.card import Claim, Value, suggestion
from nkreview.model import Model

Verdict = Literal[
    "supported", "partly", "disputed", "wrong", "outdated", "marketing", "opinion", "unverified"
]
# A shape for each verdict, so that colour never stands alone.
SHAPES: dict[str, str] = {
    "supported": "✓",
    "partly": "◐",
    "disputed": "≠",
    "wrong": "✗",
    "outdated": "↺",
    "marketing": "¤",
    "opinion": "“",
    "unverified": "?",
}


class LedgerError(ValueError):
    """A ledger row that cannot be used; the message names its id and field."""


class Study(BaseModel):
    """The study behind a verdict, as far as it is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    design: str = ""
    species: str = ""
    n: str | int | float | None = None
    effect: str = ""


class Row(BaseModel):
    """One claim of a source document and its verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, Field(pattern=r"^[RABCD]\d{2,3}$")]
    document: Literal["R", "A", "B", "C", "D"]
    section: str
    says: str
    kind: Literal["qualitative", "quantitative", "opinion"]
    value: str | float | None = None
    unit: str | None = None
    verdict: Verdict
    why: str
    cite: list[str] = []
    study: Study | None = None
    checked: Literal["read-full-text", "read-abstract", "secondary", "derived", "recalled"]
    miscited: bool = False


@lru_cache(maxsize=2)
def load_ledger(path: Path) -> dict[str, Row]:
    """Read the ledger.

    Parameters
    ----------
    path : Path
        ``book/claims.yml``.

    Returns
    -------
    dict of str to Row

    Raises
    ------
    LedgerError
        Naming the row's id and field, and the remedy.
    """
    data: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    rows = data.get("claims", []) if isinstance(data, dict) else []
    if not rows:
        raise LedgerError(f"{path.name}: no rows under the key `claims`")
    ledger: dict[str, Row] = {}
    for number, raw in enumerate(rows):
        name = raw.get("id", f"row {number + 1}") if isinstance(raw, dict) else f"row {number + 1}"
        try:
            row = TypeAdapter(Row).validate_python(raw)
        except ValidationError as error:
            raise LedgerError(_explain(path, name, error)) from error
        if row.id in ledger:
            raise LedgerError(f"{path.name}: {row.id}: this id is used twice")
        ledger[row.id] = row
    return ledger


def _explain(path: Path, name: str, error: ValidationError) -> str:
    item = error.errors()[0]
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return f"{path.name}: {name}: unknown key {key!r}{suggestion(key, Row.model_fields)}"
    return f"{path.name}: {name}: {key}: {item['msg']}"


@dataclass(frozen=True)
class Outcome:
    """A claim with the number that the model gives for it.

    Attributes
    ----------
    claim : Claim
    value : float
        The readout, or the ratio of readouts.
    holds : bool
        Whether the value lies in the published range, ends included.
    """

    claim: Claim
    value: float
    holds: bool

    @property
    def expected(self) -> str:
        """The published range in words."""
        low, high = self.claim.bounds
        if low is None:
            return f"at most {high:g}"
        if high is None:
            return f"at least {low:g}"
        return f"{low:g} to {high:g}"

    @property
    def line(self) -> str:
        """One line for the terminal."""
        sign = "holds " if self.holds else "MISSED"
        basis = "calibrated" if self.claim.calibrated else "predicted"
        return (
            f"{sign}  {self.claim.id}: {self.value:.4g} "
            f"(expected {self.expected}; {basis}) {self.claim.says}"
        )


def check(model: Model) -> list[Outcome]:
    """Run every claim of a model's card.

    Raises
    ------
    ValueError
        When a claim that is missed does not say why, or one that holds says why it is missed.
    """
    return list(_check(model))


@lru_cache(maxsize=8)
def _check(model: Model) -> tuple[Outcome, ...]:
    values = {s.id: model.readouts(s.id) for s in model.card.scenarios}
    outcomes = tuple(_judge(claim, values) for claim in model.card.claims)
    for outcome in outcomes:
        claim = outcome.claim
        where = f"{model.name}.yml: claims[{claim.id}].why_missed"
        if not outcome.holds and not claim.why_missed:
            raise ValueError(
                f"{where}: the model gives {outcome.value:.4g}, expected {outcome.expected}; "
                "say in a sentence why it misses, do not widen the range"
            )
        if outcome.holds and claim.why_missed:
            raise ValueError(f"{where}: the claim holds ({outcome.value:.4g}); remove the key")
    return outcomes


def _judge(claim: Claim, values: dict[str, dict[str, float]]) -> Outcome:
    value = _level(claim.value, values) if claim.value else _ratio(claim, values)
    low, high = claim.bounds
    holds = (low is None or value >= low) and (high is None or value <= high)
    return Outcome(claim, value, holds)


def _level(value: Value, values: dict[str, dict[str, float]]) -> float:
    return values[value.in_][value.readout]


def _ratio(claim: Claim, values: dict[str, dict[str, float]]) -> float:
    compare = claim.compare
    top = values[compare.of][compare.readout]
    if compare.less:
        top -= values[compare.less][compare.readout]
    bottom = values[compare.to][compare.to_readout or compare.readout]
    if bottom == 0:
        raise ValueError(f"claims[{claim.id}].compare.to: the readout is 0 there; no ratio exists")
    return top / bottom


def missing_rows(model: Model, ledger: Iterable[str]) -> list[str]:
    """Return the ledger ids that the model's claims name and the ledger lacks."""
    known = set(ledger)
    return sorted({i for claim in model.card.claims for i in claim.ledger} - known)
