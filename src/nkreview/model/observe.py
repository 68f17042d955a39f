"""Formulas that are watched during a run, and the numbers that are read from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from nkreview.model.card import Ruled
from nkreview.model.engine import Engine
from nkreview.model.schema import CardError
from nkreview.sbml.network import FormulaError, Network

READOUT_POINTS = 481  # samples of the interval in which a readout looks for an extreme


class Observer:
    """A model with one assignment rule for each of some formulas.

    Parameters
    ----------
    network : Network
    formulas : iterable of str
        Infix formulas over the model's ids.
    where : str
        The file that they stand in, for error messages.

    Attributes
    ----------
    symbols : dict
        Id that stands for each formula. A formula that is just a variable keeps its id.
    """

    def __init__(self, network: Network, formulas: Iterable[str], where: str) -> None:
        self._network, self._where = network, where
        self.symbols = _mint(network, formulas)

    @cached_property
    def sbml(self) -> str:
        """The model with the rules; CardError for a formula that cannot be read."""
        rules = {name: formula for formula, name in self.symbols.items() if name != formula}
        try:
            return self._network.with_rules(rules, self._where)
        except FormulaError as error:
            raise CardError(str(error)) from error

    @cached_property
    def engine(self) -> Engine:
        """What runs it."""
        return Engine(self._network, self.sbml)

    def read(self, reading: Reading, settings: Mapping[str, float]) -> list[float]:
        """Return the numbers of a reading for one run."""
        return reading.reduce(self.engine.run(reading.times, reading.columns, settings))

    def curves(
        self, times: np.ndarray, columns: Sequence[str], settings: Mapping[str, float]
    ) -> np.ndarray:
        """Return columns at any increasing times, as an array of times by columns."""
        grid = np.unique(np.concatenate([[0.0], times]))
        whole = grid if len(grid) > 1 else np.array([0.0, 1e-9])
        return self.engine.run(whole, columns, settings)[np.searchsorted(grid, times)]


class Reading:
    """What one run has to report so that some numbers can be read from it.

    Parameters
    ----------
    rules : sequence of Ruled
        How each number is read.
    symbols : sequence of str
        Id of the quantity that each is read from.
    """

    def __init__(self, rules: Sequence[Ruled], symbols: Sequence[str]) -> None:
        grids = [readout_times(rule) for rule in rules]
        self.times = np.unique(np.concatenate([[0.0], *grids]))
        if len(self.times) == 1:  # libRoadRunner needs somewhere to go
            self.times = np.array([0.0, 1e-9])
        self.columns = sorted(set(symbols))
        self._parts = [
            (rule, grid, np.searchsorted(self.times, grid), self.columns.index(symbol))
            for rule, grid, symbol in zip(rules, grids, symbols, strict=True)
        ]

    def reduce(self, course: np.ndarray) -> list[float]:
        """Return the numbers, given the columns at the times."""
        return [
            reduce_readout(rule, grid, course[rows, column])
            for rule, grid, rows, column in self._parts
        ]


def readout_times(readout: Ruled) -> np.ndarray:
    """Return the times at which a readout looks at its expression."""
    rule = getattr(readout, readout.rule)
    if readout.rule == "at":
        return np.array([rule], float)
    return np.linspace(rule[0], rule[1], READOUT_POINTS)


def reduce_readout(readout: Ruled, times: np.ndarray, values: np.ndarray) -> float:
    """Reduce the sampled expression to the readout's one number."""
    if readout.rule == "at":
        return float(values[0])
    if readout.rule in ("max", "min"):
        return float(getattr(values, readout.rule)())
    find = np.argmin if readout.rule == "time_of_min" else np.argmax
    return float(times[find(values)])


def _mint(network: Network, formulas: Iterable[str]) -> dict[str, str]:
    """Give each formula an id, one that the model does not use where it needs a new one."""
    variables, taken = set(network.variables), set(network.ids)
    symbols: dict[str, str] = {}
    for formula in dict.fromkeys(formulas):
        if formula in variables:
            symbols[formula] = formula
            continue
        number = len(symbols)
        while f"nk_{number}" in taken:
            number += 1
        symbols[formula] = f"nk_{number}"
        taken.add(symbols[formula])
    return symbols
