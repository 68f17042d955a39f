"""Maps: one readout over two constants, and where it is best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nkreview.model.card import Map

if TYPE_CHECKING:
    from nkreview.model.model import Model


def cells_of(
    model: Model, view: Map, x: np.ndarray, y: np.ndarray, settings: Mapping[str, float]
) -> pd.DataFrame:
    """Return the readout of a map in each cell, from one run for each.

    Parameters
    ----------
    model : Model
    view : Map
        A view of its card.
    x, y : array
        The points of its axes.
    settings : mapping
        Constants that differ from the file.

    Returns
    -------
    DataFrame
        Index: the constant of the x axis. Columns: that of the y axis, and the readout.
        Row after row of the map, from below.
    """
    across, up = (values.ravel() for values in np.meshgrid(x, y))
    shown = model.card.find("readouts", view.colour.readout)
    reading = model.reading([shown])
    axes = view.x.parameter, view.y.parameter
    places = (dict(zip(axes, place, strict=True)) for place in zip(across, up, strict=True))
    values = [model.observer.read(reading, {**settings, **place})[0] for place in places]
    index = pd.Index(across, name=axes[0])
    return pd.DataFrame({axes[1]: up, shown.id: values}, index=index)


def grid_of(view: Map, cells: pd.DataFrame) -> np.ndarray:
    """Return the readout as an array of rows, the lowest first."""
    return cells[view.colour.readout].to_numpy().reshape(view.y.points, view.x.points)


def best_of(values: np.ndarray, which: str) -> np.ndarray:
    """Return where along the last axis the largest (``max``) or smallest (``min``) value is."""
    return (np.argmax if which == "max" else np.argmin)(values, axis=-1)
