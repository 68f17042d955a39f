"""Many runs, by chance or over the draws, and what share of them shows something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from nkreview.model.card import ChanceAxis, Ensemble, Share
from nkreview.model.draws import opened

if TYPE_CHECKING:
    from nkreview.model.model import Model


def shares(
    model: Model,
    view: Ensemble,
    series: Share,
    points: np.ndarray,
    settings: Mapping[str, float],
) -> np.ndarray:
    """Return the share of runs in each bin, or for which an expression holds at each time.

    Parameters
    ----------
    model : Model
    view : Ensemble
        A view of its card. By chance, run ``i`` of its runs has the seed ``i``, from 1 on.
    series : Share
        A series of the view.
    points : array of shape (n,)
        The points of the x axis.
    settings : mapping
        Constants that differ from the file.

    Returns
    -------
    array of shape (n,)
        In per cent.
    """
    seeds = range(1, view.runs + 1)
    engine = model.observer.engine
    if view.x.readout:
        reading = model.reading([model.card.find("readouts", view.x.readout)])
        if view.over == "draws":
            runs = ({**settings, **draw} for draw in opened(model, settings).to_dict("records"))
            found = [model.observer.read(reading, run)[0] for run in runs]
            return 100 * in_bins(view.x, np.array(found))
        runs = engine.realise(reading.times, reading.columns, settings, seeds)
        return 100 * in_bins(view.x, np.array([reading.reduce(run)[0] for run in runs]))
    times = np.union1d([0.0], points)
    runs = engine.realise(times, [model.symbols[series.expression]], settings, seeds)
    holds = np.mean([run[:, 0] > 0 for run in runs], axis=0)
    return 100 * holds[np.searchsorted(times, points)]


def in_bins(axis: ChanceAxis, values: np.ndarray) -> np.ndarray:
    """Return the share of values in each bin of an axis; those beyond it are in none."""
    places = np.floor((values - axis.min) / axis.width + 0.5).astype(int)
    inside = places[(places >= 0) & (places < axis.points)]
    return np.bincount(inside, minlength=axis.points) / len(values)
