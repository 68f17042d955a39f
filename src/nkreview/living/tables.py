"""Text generated from a model: its equations, parameters and claims, as MyST and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from nkreview.model.checks import Outcome, check
from nkreview.model.model import Model
from nkreview.sbml.equations import aligned_equations


@dataclass(frozen=True)
class Table:
    """Rows that a notebook shows as HTML and the book as MyST, with its citations.

    Attributes
    ----------
    head : tuple of str
    rows : list of tuple of str
        Cells as MyST; a citation is the role ``{cite:p}`KEY```.
    """

    head: tuple[str, ...]
    rows: list[tuple[str, ...]]

    @property
    def myst(self) -> str:
        """The table in MyST Markdown."""
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        return "\n".join(f"| {' | '.join(_cell(c) for c in line)} |" for line in lines) + "\n"

    @property
    def html(self) -> str:
        """The table in HTML, citations as keys."""
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in self.head)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(_plain(cell))}</td>' for cell in row)}</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def __repr__(self) -> str:
        return "\n".join(
            " | ".join(_plain(cell) for cell in row) for row in [self.head, *self.rows]
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/markdown": self.myst, "text/plain": repr(self)}


@dataclass(frozen=True)
class Equations:
    """A model's equations, which a notebook and the book show as mathematics."""

    latex: str

    def __repr__(self) -> str:
        return self.latex

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/latex": f"$$\n{self.latex}\n$$", "text/plain": self.latex}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _plain(text: str) -> str:
    return text.replace("{cite:p}", "").replace("`", "")


def _citations(keys: list[str]) -> str:
    return f"{{cite:p}}`{','.join(keys)}`" if keys else ""


def equations(name: str) -> Equations:
    """Return the equations of a model, generated from its reactions and rules."""
    return Equations(aligned_equations(Model.load(name).sbml))


def parameters(name: str) -> Table:
    """Return every constant of a model: value, unit, meaning, status, source."""
    model = Model.load(name)
    rows = []
    for ident, origin in model.evidence.parameters.items():
        note = f" {origin.note}" if origin.note else ""
        spread = f" ({origin.range[0]:g} to {origin.range[1]:g})" if origin.range else ""
        rows.append(
            (
                f"`{ident}`",
                f"{model.constants[ident]:g}{spread}",
                model.unit(ident) or "–",
                f"{origin.meaning}{note}",
                origin.status,
                _citations(origin.cite),
            )
        )
    head = ("Name", "Value (plausible range)", "Unit", "Meaning", "Status", "Source")
    return Table(head, rows)


def model_claims(name: str) -> Table:
    """Return every claim of a model with the value that the model gives."""
    rows = [_claim_row(outcome) for outcome in check(Model.load(name))]
    return Table(("", "Claim", "Model", "Published", "Basis", "Ledger and source"), rows)


def _claim_row(outcome: Outcome) -> tuple[str, ...]:
    claim = outcome.claim
    missed = f" *Missed:* {claim.why_missed}" if claim.why_missed else ""
    return (
        f"{outcome.sign} {outcome.word}",
        f"{claim.says}{missed}",
        outcome.computed,
        outcome.expected,
        outcome.basis,
        f"{', '.join(claim.ledger)} {_citations(claim.cite)}".strip(),
    )
