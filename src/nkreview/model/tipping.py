"""Tipping points: how far a constant can move before a claim's outcome changes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from nkreview.model.checks import judge
from nkreview.model.draws import digest, free_constants
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
        constant's prior. None where it never does. Where a run fails or a ratio does not exist
        a claim does not hold.
    """
    probes = Probes(model, [claim])

    def holds(changed: dict[str, float]) -> bool:
        try:
            return judge(claim, probes.measure(changed)[claim.id]).holds
        except (RuntimeError, ValueError):
            return False

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


def nearest_tips(model: Model, claim: Claim) -> dict[str, float]:
    """Return the tipping points of a claim that exist, the nearest to the default first.

    They are computed once for each state of model and claim, some seconds each, and kept in the
    user's cache.

    Parameters
    ----------
    model : Model
    claim : Claim
        One of the model's.
    """
    kept = _cache() / f"{digest(model, [claim])}.json"
    with suppress(OSError, ValueError):
        return json.loads(kept.read_text(encoding="utf-8"))
    found = tipping_points(model, claim)
    away = {
        free.id: abs(free.place(found[free.id]) - free.place(model.constants[free.id]))
        for free in free_constants(model)
        if found[free.id] is not None
    }
    tips = {ident: found[ident] for ident in sorted(away, key=away.get)}
    with suppress(OSError):  # without a place to write it is computed again
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(tips), encoding="utf-8")
    return tips


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "nkreview" / "tipping"


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
