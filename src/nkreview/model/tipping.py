"""Tipping points: how far a constant can move before a claim's outcome changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nkreview.model.checks import judge
from nkreview.model.draws import free_constants
from nkreview.model.evidence import Claim
from nkreview.model.model import Model
from nkreview.model.probes import Probes

LOOKS = 4  # places between the default and each end of the range; a flip and back between two hides
CLOSE = 1e-4  # of the range: how closely a tipping point is found


def tipping_points(model: Model, claim: Claim) -> dict[str, float | None]:
    """Return where a claim's outcome flips when one constant moves and all others stay.

    Parameters
    ----------
    model : Model
    claim : Claim
        One of the model's.

    Returns
    -------
    dict
        For each free constant the value in its range, in the model's unit, at which the claim
        begins or ceases to hold; of several the nearest to the default, on the scale of the
        constant's prior. None where it never does.

    Raises
    ------
    RuntimeError
        When a run fails.
    """
    probes = Probes(model, [claim])

    def holds(changed: dict[str, float]) -> bool:
        return judge(claim, probes.measure(changed)[claim.id]).holds

    points: dict[str, float | None] = {}
    usual = holds({})
    for free in free_constants(model):
        start = free.place(model.constants[free.id])
        flips = [
            _flip(lambda place, free=free: holds({free.id: free.value(place)}) != usual, start, end)
            for end in (0.0, 1.0)
        ]
        found = [place for place in flips if place is not None]
        nearest = min(found, key=lambda place, start=start: abs(place - start), default=None)
        points[free.id] = None if nearest is None else float(free.value(nearest))
    return points


def _flip(flipped: Callable[[float], bool], start: float, end: float) -> float | None:
    """Return the first place on the way from start to end where the outcome flips."""
    inner = start
    for outer in np.linspace(start, end, LOOKS + 1)[1:]:
        if outer != start and flipped(outer):
            break
        inner = outer
    else:
        return None
    while abs(outer - inner) > CLOSE:
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if flipped(middle) else (middle, outer)
    return float(inner + outer) / 2
