"""The rows of the evidence ledger: what the source documents say, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from ruamel.yaml import YAML

from nkreview.book.ledger.verdicts import VERDICTS
from nkreview.model.model import Model
from nkreview.sbml.naming import suggestion

# The source documents by letter, in words short enough for a cell of a table.
DOCUMENTS = {
    "R": "main review",
    "A": "summary page",
    "B": "company blog",
    "C": "health article",
    "D": "clinic post",
}

# How far a verdict was checked, the surest way first.
CHECKED = {
    "read-full-text": "full text read",
    "read-abstract": "abstract read",
    "secondary": "read in somebody else's account",
    "derived": "our arithmetic on numbers that were read",
    "recalled": "from memory, not looked up",
}


# What to write instead, where the reader's own words would not say it.
REMEDIES = {
    "checked": "; write `checked: {how: read-abstract, on: 2026-11-21}`, or the first word alone",
    "checked.on": "; write the day as 2026-11-21",
    "changed.was": "; write the first verdict, or leave the key out where it is the same",
    "changed.on": "; write the day as 2026-11-21",
    "would_change": "; write what evidence would change the verdict, or leave the key out",
}


def _written(day: date) -> str:
    """Return a day as readers write it."""
    return f"{day.day} {day:%B %Y}"


class LedgerError(ValueError):
    """A ledger row that cannot be used; the message names its id and field."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(_Part):
    """A source document, as far as the copy that was read shows it."""

    title: str | None
    author: str | None
    publisher: str | None
    year: int | None
    kind: str

    @property
    def maker(self) -> str:
        """Who made it, where and when."""
        made = [self.author or "author not shown", self.publisher, self.year]
        return ", ".join(str(part) for part in made if part)


class Study(_Part):
    """The study behind a verdict, as far as it is known."""

    design: str = ""
    species: str = ""
    n: str | int | float | None = None
    effect: str = ""

    @property
    def texts(self) -> list[str]:
        """What is known of it, one text each."""
        size = f"n = {self.n}" if self.n else ""
        return [text for text in (self.design, self.species, size, self.effect) if text]


class Check(_Part):
    """How far a verdict was checked, and when, as far as that is known."""

    how: Literal[tuple(CHECKED)]
    on: date | None = None

    @property
    def told(self) -> str:
        """Both, in words."""
        day = f" on {_written(self.on)}" if self.on else ""
        return f"{CHECKED[self.how]}{day}"


class Change(_Part):
    """What changed in a row since the ledger was first published.

    Attributes
    ----------
    on : date
        The day of the last change.
    was : str or None
        The first verdict, where it was another.
    why : str
        What else changed, and the reason.
    """

    on: date
    was: Literal[tuple(VERDICTS)] | None = None
    why: Annotated[str, Field(min_length=1)]

    @property
    def day(self) -> str:
        """The day in words."""
        return _written(self.on)

    @property
    def told(self) -> str:
        """All of it, in words."""
        before = f"Before, the verdict was {self.was}. " if self.was else ""
        return f"on {self.day}. {before}{self.why}"


class Row(_Part):
    """One claim of a source document and its verdict."""

    id: Annotated[str, Field(pattern=r"^[RABCD]\d{2,3}$")]
    document: Literal[tuple(DOCUMENTS)]
    section: str
    says: str
    kind: Literal["qualitative", "quantitative", "opinion"]
    value: str | float | None = None
    unit: str | None = None
    verdict: Literal[tuple(VERDICTS)]
    changed: Change | None = None
    why: str
    cite: list[str] = []
    study: Study | None = None
    checked: Check
    would_change: Annotated[str, Field(min_length=1)] | None = None
    miscited: bool = False

    @field_validator("checked", mode="before")
    @classmethod
    def _without_a_day(cls, checked: Any) -> Any:
        """Read a plain text as how far, with no day."""
        return {"how": checked} if isinstance(checked, str) else checked

    @property
    def amount(self) -> str:
        """The value with its unit, or an empty text."""
        value = f"{self.value:g}" if isinstance(self.value, float) else self.value
        return f"{value} {self.unit or ''}".strip() if value else ""


def load_rows(path: Path) -> dict[str, Row]:
    """Read the rows of the ledger.

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
    data = _read(path)
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


def load_documents(path: Path) -> dict[str, Document]:
    """Read the source documents that the ledger's file describes, by letter.

    Raises
    ------
    LedgerError
        Naming the document's letter and field.
    """
    try:
        return TypeAdapter(dict[str, Document]).validate_python(_read(path)["documents"])
    except ValidationError as error:
        letter, *field = error.errors()[0]["loc"]
        where = ".".join(map(str, field))
        raise LedgerError(
            f"{path.name}: document {letter}: {where}: {error.errors()[0]['msg']}"
        ) from error


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _explain(path: Path, name: str, error: ValidationError) -> str:
    # A misspelt key is also one that is missing; its own name is what the writer looks for.
    item = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        parts = {"checked": Check, "changed": Change}
        known = parts.get(key.partition(".")[0], Row).model_fields
        meant = suggestion(str(item["loc"][-1]), known)
        return f"{path.name}: {name}: unknown key {key!r}{meant}"
    remedy = REMEDIES.get(key, "")
    return f"{path.name}: {name}: {key}: {item['msg']}{remedy}"


def missing_rows(model: Model, ledger: Iterable[str]) -> list[str]:
    """Return the ledger ids that the model's claims name and the ledger lacks."""
    known = set(ledger)
    return sorted({i for claim in model.evidence.claims for i in claim.ledger} - known)
