"""What the models say of the ledger's rows."""

from __future__ import annotations

from nkreview.model.checks import Outcome, check
from nkreview.model.model import Model
from nkreview.model.shelf import names


def modelled_rows() -> set[str]:
    """Return the ids of the rows that a model's claim names; nothing is run for that."""
    claims = (claim for name in names() for claim in Model.load(name).evidence.claims)
    return {row for claim in claims for row in claim.ledger}


def outcomes_by_row() -> dict[str, list[tuple[str, Outcome]]]:
    """Return the models' claims, run and judged, with their models' names, by ledger row."""
    found: dict[str, list[tuple[str, Outcome]]] = {}
    for name in names():
        for outcome in check(Model.load(name)):
            for row in outcome.claim.ledger:
                found.setdefault(row, []).append((name, outcome))
    return found
