"""Draws: vectors of a model's free constants that are consistent with what is known of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nkreview.model.probes import Probes

if TYPE_CHECKING:
    from nkreview.model.evidence import Claim
    from nkreview.model.model import Model

#: How many draws a model has.
DRAWS = 64

# A range that spans a decade or more says that the order of magnitude is open.
DECADE = 10.0


class DrawsError(ValueError):
    """A model's draws cannot be used; the message names file and remedy."""


@dataclass(frozen=True)
class Free:
    """A constant that the evidence leaves open, and its prior.

    Attributes
    ----------
    id : str
    low, high : float
        Ends of its plausible range, in the model's unit.
    """

    id: str
    low: float
    high: float

    @property
    def log(self) -> bool:
        """Whether the prior is even on a log scale."""
        return self.low > 0 and self.high >= DECADE * self.low

    def value(self, place: np.ndarray | float) -> np.ndarray | float:
        """Return the value at a place in the prior, from 0 (`low`) to 1 (`high`)."""
        if self.log:
            return self.low * (self.high / self.low) ** place
        return self.low + (self.high - self.low) * place

    def place(self, value: float) -> float:
        """Return the place of a value in the prior: the inverse of `value`."""
        if self.log:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)


def free_constants(model: Model) -> list[Free]:
    """Return the constants of a model that are drawn: neither settings nor without a range."""
    return [
        Free(ident, *origin.range)
        for ident, origin in model.evidence.parameters.items()
        if origin.role == "constant" and origin.range and origin.range[0] < origin.range[1]
    ]


def opened(model: Model, settings: Mapping[str, float], hold: Collection[str] = ()) -> pd.DataFrame:
    """Return a model's draws of what is left open.

    Parameters
    ----------
    model : Model
    settings : mapping
        Constants that a scenario or a reader sets; what they move is not drawn.
    hold : collection of str
        Statuses of the constants that stay at their values.
    """
    return model.draws[[ident for ident in model.draws if _open(model, ident, settings, hold)]]


def _open(model: Model, ident: str, settings: Mapping[str, float], hold: Collection[str]) -> bool:
    """Tell whether a constant is drawn: its status is not held, and nobody has moved it."""
    usual = model.constants[ident]
    moved = not math.isclose(settings.get(ident, usual), usual, rel_tol=1e-9)
    return not moved and model.evidence.parameters[ident].status not in hold


def calibrations(model: Model) -> list[Claim]:
    """Return the claims that the draws have to satisfy."""
    return [claim for claim in model.evidence.claims if claim.kind == "calibration"]


def draws_file(model: Model) -> Path:
    """Return the file in which a model's draws are, or would be."""
    return model.path.with_suffix(".draws.csv")


def fingerprint(model: Model) -> str:
    """Return a hash of all that the draws rest on: what `digest` says, of the calibrations."""
    return digest(model, calibrations(model))


def digest(model: Model, claims: list[Claim]) -> str:
    """Return a hash of what a model and some claims amount to.

    These are the model's file, the ranges of its free constants, the claims with the runs and
    formulas that they use, and what it takes from other models. A change of wording does not count.
    """
    basis = [
        model.path.read_text(encoding="utf-8"),
        [[free.id, free.low, free.high] for free in free_constants(model)],
        [[claim.id, claim.bounds] for claim in claims],
        Probes(model, claims).described,
        *({ident: model.constants[ident]} for ident in model.loans),
    ]
    return hashlib.sha256(json.dumps(basis).encode()).hexdigest()[:16]


def read_draws(model: Model) -> pd.DataFrame:
    """Return a model's draws; see `Model.draws`."""
    path, remedy = draws_file(model), "run `make draws`"
    if not path.exists():
        raise DrawsError(f"{path.name}: no draws beside {model.path.name}; {remedy}")
    stale = f"{remedy}, or delete the file to do without"
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    if f"# hash: {fingerprint(model)}" not in head:
        raise DrawsError(
            f"{path.name}: hash: the draws were made for another state of {model.path.name} "
            f"or its evidence; {stale}"
        )
    try:
        draws = pd.read_csv(path, comment="#", dtype=float)
    except ValueError as error:
        raise DrawsError(f"{path.name}: no table of numbers ({error}); {stale}") from error
    wanted = [free.id for free in free_constants(model)]
    shape = (DRAWS, len(wanted))
    if (
        list(draws.columns) != wanted
        or draws.shape != shape
        or not np.isfinite(draws.to_numpy()).all()
    ):
        raise DrawsError(
            f"{path.name}: expected {DRAWS} rows of numbers, in the columns {', '.join(wanted)}; "
            f"{stale}"
        )
    return draws
