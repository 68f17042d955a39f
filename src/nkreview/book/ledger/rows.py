"""The rows of the evidence ledger: what the source documents say, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML

from nkreview.model.model import Model
from nkreview.sbml.naming import suggestion

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


def missing_rows(model: Model, ledger: Iterable[str]) -> list[str]:
    """Return the ledger ids that the model's claims name and the ledger lacks."""
    known = set(ledger)
    return sorted({i for claim in model.evidence.claims for i in claim.ledger} - known)
