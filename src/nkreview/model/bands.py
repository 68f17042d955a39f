"""Bands: what the draws of a model leave open of a view, and which constants leave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from nkreview.model.card import Axis, DoseResponse, TimeCourse, View
from nkreview.model.draws import opened
from nkreview.model.evidence import Provenance

if TYPE_CHECKING:
    from nkreview.model.model import Model

#: Ends of a band: nine tenths of the draws lie between them at each point.
LOW, HIGH = 0.05, 0.95

STATUSES = get_args(Provenance.model_fields["status"].annotation)


@dataclass(frozen=True)
class Band:
    """What the draws make of a view.

    Attributes
    ----------
    low, high : DataFrame
        The ends of the band of each series, like the curves of the view.
    readouts : DataFrame
        The ends of the interval of each readout: index its id, columns ``low`` and ``high``.
    owners : Series
        For each constant that was drawn, how much of the drawn width it explains, from 0 to 1,
        the largest first: the square of its rank correlation with the height of a curve, averaged
        over all points of all curves, each as heavy as the band is wide there. Constants that
        were drawn together may explain the same width, so the sum has no meaning.
    """

    low: pd.DataFrame
    high: pd.DataFrame
    readouts: pd.DataFrame
    owners: pd.Series


def band_of(model: Model, view: View, settings: Mapping[str, float], hold: set[str]) -> Band:
    """Return the band of a view; see `Model.band`.

    Parameters
    ----------
    model : Model
    view : View
    settings : mapping
        Constants that a scenario or a reader sets.
    hold : set of str
        Statuses of the constants that stay at their values.
    """
    if not isinstance(view, TimeCourse | DoseResponse):
        raise ValueError(
            f"{model.name}: view {view.id!r} is of kind {view.kind}; "
            "bands are for time courses and dose-responses"
        )
    if unknown := sorted(hold - set(STATUSES)):
        raise ValueError(f"hold: {unknown[0]!r} is no status; there are {', '.join(STATUSES)}")
    draws = opened(model, settings, hold)
    runs = [{**settings, **draw} for draw in draws.to_dict("records")]
    curves = [model.simulate(view.id, settings=run) for run in runs]
    readouts = pd.DataFrame([model.readouts(settings=run) for run in runs])
    stacked = np.array([curve.to_numpy() for curve in curves])
    low, high = np.quantile(stacked, [LOW, HIGH], axis=0)
    like = {"index": curves[0].index, "columns": curves[0].columns}
    ends = readouts.quantile([LOW, HIGH]).T.set_axis(["low", "high"], axis=1)
    owners = _owners(draws, stacked, view.y)
    return Band(pd.DataFrame(low, **like), pd.DataFrame(high, **like), ends, owners)


def _owners(draws: pd.DataFrame, curves: np.ndarray, y: Axis) -> pd.Series:
    """Return how much of the drawn width each constant explains, the largest first."""
    points = pd.DataFrame(curves.reshape(len(curves), -1))
    low, high = (y.position(np.quantile(points, end, axis=0)) for end in (LOW, HIGH))
    width = high - low
    wide = np.flatnonzero(width > 0)
    ranks, heights = (_standard(table.rank()) for table in (draws, points[wide]))
    squares = (ranks.T @ heights) ** 2
    shares = squares @ width[wide] / width.sum() if len(wide) else np.zeros(len(ranks.T))
    return pd.Series(shares, index=draws.columns).sort_values(ascending=False, kind="stable")


def _standard(ranks: pd.DataFrame) -> np.ndarray:
    """Return ranks with mean 0 and length 1 in each column; what does not vary becomes 0."""
    centred = (ranks - ranks.mean()).to_numpy()
    length = np.linalg.norm(centred, axis=0)
    return centred / np.where(length > 0, length, 1)
