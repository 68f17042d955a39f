"""What the main review should say otherwise, and the audit of its references."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML

from nkreview.book.ledger.rows import Row
from nkreview.book.ledger.verdicts import FITS

WEIGHTS = ("high", "medium", "low")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(_Part):
    """Something in the main review that should read otherwise."""

    id: Annotated[str, Field(pattern=r"^E\d{2}$")]
    weight: Literal[WEIGHTS]
    where: str
    says: str
    shows: str
    instead: str
    cite: list[str] = []
    use: list[str] = []
    claims: list[str] = []

    @property
    def of_reference(self) -> bool:
        """Whether it is about a reference and not about a statement."""
        return self.where.startswith("Reference")


class ReviewReference(_Part):
    """One entry of the main review's reference list, held against what it is cited for."""

    number: int
    key: str
    used_for: str
    fit: Literal[tuple(FITS)]
    note: str
    findings: list[str] = []


class Corrections(_Part):
    """The findings and the audit of the references."""

    findings: list[Finding]
    references: list[ReviewReference]

    @property
    def by_row(self) -> dict[str, list[str]]:
        """Findings by the ledger row on which they bear."""
        found: dict[str, list[str]] = {}
        for finding in self.findings:
            for row in finding.claims:
                found.setdefault(row, []).append(finding.id)
        return found


def load_corrections(path: Path, ledger: dict[str, Row]) -> Corrections:
    """Read ``book/corrections.yml``.

    Raises
    ------
    ValueError
        Naming the finding or reference and the field; also when a row or finding does not exist.
    """
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    try:
        read = Corrections.model_validate(data)
    except ValidationError as error:
        item = error.errors()[0]
        raise ValueError(f"{path.name}: {_where(data, item['loc'])}: {item['msg']}") from error
    known = {finding.id for finding in read.findings}
    for finding in read.findings:
        if wrong := [i for i in finding.claims if i not in ledger]:
            raise ValueError(f"{path.name}: {finding.id}.claims: no ledger row {wrong[0]}")
    for reference in read.references:
        if wrong := [i for i in reference.findings if i not in known]:
            raise ValueError(
                f"{path.name}: reference {reference.number}.findings: no finding {wrong[0]}"
            )
    return read


def _where(data: Any, loc: tuple[int | str, ...]) -> str:
    """Return the id of the item in which an error lies, and its field."""
    if len(loc) < 2:
        return ".".join(map(str, loc))
    item = data[loc[0]][loc[1]]
    name = item.get("id") or f"reference {item.get('number', loc[1] + 1)}"
    return ".".join(map(str, (name, *loc[2:])))
