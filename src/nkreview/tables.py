"""Text generated from a model: its equations, parameters and claims, as MyST and as HTML."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import Any

import libsbml

from nkreview.claims import Outcome, check
from nkreview.export import to_latex
from nkreview.model import Model

_SECONDS = {1: "s", 60: "min", 3600: "h", 86400: "d", 604800: "week"}
_PREFIXES = {"": 1, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "p": 1e-12}


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
    return Equations(to_latex(Model.load(name).sbml))


def parameters(name: str) -> Table:
    """Return every constant of a model: value, unit, meaning, status, source."""
    model = Model.load(name)
    rows = []
    for ident, origin in model.card.parameters.items():
        note = f" {origin.note}" if origin.note else ""
        spread = f" ({origin.range[0]:g} to {origin.range[1]:g})" if origin.range else ""
        rows.append(
            (
                f"`{ident}`",
                f"{model.constants[ident]:g}{spread}",
                unit_text(model, ident),
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
        "✓ holds" if outcome.holds else "✗ missed",
        f"{claim.says}{missed}",
        f"{outcome.value:.3g}",
        outcome.expected,
        "calibrated" if claim.calibrated else "predicted",
        f"{', '.join(claim.ledger)} {_citations(claim.cite)}".strip(),
    )


def unit_text(model: Model, ident: str) -> str:
    """Return the unit of a constant as readers write it, for example ``1/h``."""
    document = libsbml.readSBMLFromString(model.sbml).getModel()
    name = document.getParameter(ident).getUnits()
    definition = document.getUnitDefinition(name)
    if definition is None:
        return "–" if name in ("dimensionless", "") else _reader_unit(name)
    factor, parts = 1.0, []
    for unit in (definition.getUnit(i) for i in range(definition.getNumUnits())):
        power = unit.getExponentAsDouble()
        factor *= (unit.getMultiplier() * 10 ** unit.getScale()) ** power
        parts.append((libsbml.UnitKind_toString(unit.getKind()), power))
    return _written(factor, [part for part in parts if part[0] != "dimensionless"])


def _written(factor: float, parts: list[tuple[str, float]]) -> str:
    """Write a unit: its factor goes into the name of the time and a prefix in front."""
    seconds = 1
    for power in (power for kind, power in parts if kind == "second"):
        fitting = (n for n in _SECONDS if _prefix(factor / n**power) is not None)
        seconds = next(fitting, 1)
        factor /= seconds**power
    above, below = [], []
    for kind, power in parts:
        name = _SECONDS[seconds] if kind == "second" else _reader_unit(kind)
        name = "cell" if name == "cells" and power < 0 else name
        raised = "" if abs(power) == 1 else f"^{abs(power):g}"
        (above if power > 0 else below).append(name + raised)
    prefix = _prefix(factor)
    front = f"{factor:g} " if prefix is None else prefix
    if not parts:
        return "–" if factor == 1 else f"{factor:g}"
    return "/".join([front + ("·".join(above) or "1"), *below])


def _prefix(factor: float) -> str | None:
    """Return the prefix that stands for a factor, if there is one."""
    return next((p for p, size in _PREFIXES.items() if math.isclose(factor, size)), None)


def _reader_unit(kind: str) -> str:
    return {
        "item": "cells",
        "litre": "L",
        "metre": "m",
        "gram": "g",
        "kilogram": "kg",
        "mole": "mol",
    }.get(kind, kind)
