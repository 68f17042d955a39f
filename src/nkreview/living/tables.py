"""Text generated from a model: its equations, its parameters, its claims.

A notebook shows them as HTML; the book makes them again with the directive of the same name,
so that one template serves both and only the citations differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from nkreview.living.templates import templates
from nkreview.model.checks import Outcome, check
from nkreview.model.loans import Loan
from nkreview.model.model import Model
from nkreview.model.tipping import nearest_tips
from nkreview.sbml.latex import aligned_equations

# How a template cites: from the keys of papers to the text that stands for them.
Cite = Callable[[Iterable[str]], str]
# How it points to the model in which a constant stands.
Link = Callable[[Loan], str]

# How far a constant was checked, by its status.
SURENESS = {
    "measured": "the number was read in the source",
    "derived": "our arithmetic on numbers read in the source",
    "calibrated": "fitted by us; the target was read in the source",
    "assumed": "an assumption or a setting, with no source to check",
}


#: So many tipping points of a claim are told, the nearest to the default.
TIPS_TOLD = 3


@dataclass(frozen=True)
class Equations:
    """A model's equations, which a notebook and the book show as mathematics."""

    latex: str

    def __repr__(self) -> str:
        return self.latex

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/latex": f"$$\n{self.latex}\n$$", "text/plain": self.latex}


@dataclass(frozen=True)
class Table:
    """A table made from a model.

    Attributes
    ----------
    directive : str
        What makes the same table in the book, such as ``{parameters} NAME``.
    html : str
        The table in HTML, citations as keys.
    lines : list of str
        The rows as plain text.
    """

    directive: str
    html: str
    lines: list[str]

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/html": self.html,
            "text/markdown": f"```{self.directive}\n```",
            "text/plain": repr(self),
        }


def equations(name: str) -> Equations:
    """Return the equations of a model, generated from its reactions and rules."""
    return Equations(aligned_equations(Model.load(name).sbml))


def parameters(name: str) -> Table:
    """Return every constant of a model: value, plausible range, meaning, status, source."""
    model = Model.load(name)
    lines = []
    for ident, origin in model.evidence.parameters.items():
        about = [ident, value_text(model, ident), origin.meaning, origin.status, *origin.cite]
        taken = [f"taken from {loan_text(origin.from_)}"] if origin.from_ else []
        lines.append(" | ".join(about + taken))
    return Table(f"{{parameters}} {name}", parameters_html(model, ", ".join), lines)


def model_claims(name: str) -> Table:
    """Return every claim of a model with the value that the model gives."""
    model = Model.load(name)
    lines = [outcome.line for outcome in check(model)]
    return Table(f"{{model-claims}} {name}", claims_html(model, ", ".join), lines)


def loan_text(loan: Loan) -> str:
    """Say in which model a constant stands, and what it is called there."""
    return f"{loan.parameter} of {loan.model}"


def row_id(model: str, ident: str) -> str:
    """Return the id of a constant's row in the table of its model."""
    return f"{model}-{ident}"


def parameters_html(model: Model, cite: Cite, link: Link = loan_text) -> str:
    """Return the table of a model's constants in HTML.

    Parameters
    ----------
    model : Model
    cite : callable
        Takes the keys of papers and returns the text of a citation.
    link : callable
        Takes where a constant stands and returns what points there.
    """
    return _TEMPLATES.get_template("parameters.html").render(model=model, cite=cite, link=link)


def claims_html(model: Model, cite: Cite, tips: bool = False) -> str:
    """Return the table of a model's claims, run and judged, in HTML.

    Parameters
    ----------
    model, cite
        As above.
    tips : bool
        Whether each claim says which constants would change its outcome; to find them takes
        half a minute for a model, the first time.
    """
    template = _TEMPLATES.get_template("model-claims.html")
    outcomes = check(model)
    told = {one.claim.id: tips_text(model, one) for one in outcomes} if tips else {}
    return template.render(model=model, outcomes=outcomes, cite=cite, tips=told)


def tips_text(model: Model, outcome: Outcome) -> str:
    """Say which constants, moved alone, change a claim's outcome within their ranges."""
    points = nearest_tips(model, outcome.claim)
    if not points:
        return "No constant alone changes that within its range."
    told = [
        f"{model.label(ident)} = {value:.3g} {model.unit(ident)}".strip()
        for ident, value in list(points.items())[:TIPS_TOLD]
    ]
    rest = len(points) - len(told)
    more = f"; {rest} more" if rest else ""
    return f"{'Ceases' if outcome.holds else 'Begins'} to hold at: {'; '.join(told)}{more}."


def value_text(model: Model, ident: str) -> str:
    """Return a constant's value with its unit."""
    return f"{spaced_number(model.constants[ident])} {model.unit(ident)}".strip()


def range_text(model: Model, ident: str) -> str:
    """Return a constant's plausible range, which it must have, with its unit."""
    low, high = map(spaced_number, model.evidence.parameters[ident].range)
    return f"{low} to {high} {model.unit(ident)}".strip()


def spaced_number(value: float) -> str:
    """Return a number with its thousands apart, and without an exponent up to ten million."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 and value == int(value) else f"{value:g}"


_TEMPLATES = templates()
_TEMPLATES.globals.update(
    checked=SURENESS, value_text=value_text, range_text=range_text, row_id=row_id
)
