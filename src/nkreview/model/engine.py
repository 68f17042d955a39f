"""libRoadRunner, and what one has to know to use it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock

import numpy as np

# After every event CVODE warns of its short first step, on standard output, where CSV goes.
# SUNDIALS reads this when libRoadRunner is loaded; its errors still become exceptions.
os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)

import roadrunner

from nkreview.sbml.javascript import check_chance
from nkreview.sbml.network import Network, without_rules
from nkreview.sbml.system import read_system

# Against runs at 1e-11, 1e-7 keeps the first four digits of every claim of the book, which 1e-6
# does not; its curves are within 1e-5 of their maximum.
RTOL, ATOL = 1e-7, 1e-12

# libRoadRunner's Gillespie looks at events when a reaction happens, and only then. So it gets a
# reaction that changes nothing, this often in a run: an event is late by that part of a run.
BEATS = 1000
BEAT, BEAT_RATE = "nk_beat", "nk_beat_rate"


class Engine:
    """A model, compiled once and run many times; one run at a time, whoever calls.

    Parameters
    ----------
    network : Network
        The model as it was read: it tells concentrations from amounts.
    sbml : str
        The same model, with as many rules added as are wanted.
    """

    def __init__(self, network: Network, sbml: str) -> None:
        self._network = network
        self._sbml = sbml
        self._lock = Lock()  # threads of a worker share a model
        self._selected: tuple[str, ...] = ()
        constants = network.constants
        # What events may have changed; one at time 0 does so before there are settings.
        self._changing = {name: constants[name] for name in network.variables if name in constants}

    def run(
        self, times: np.ndarray, columns: Sequence[str], settings: Mapping[str, float]
    ) -> np.ndarray:
        """Integrate the ODEs with CVODE.

        Parameters
        ----------
        times : array of shape (n,)
            Increasing, the first 0, at least two.
        columns : sequence of str
            Ids to report, species in the sense of their SBML symbol.
        settings : mapping
            Constants that differ from the file.

        Returns
        -------
        array of shape (n, number of columns)

        Raises
        ------
        RuntimeError
            When the integration fails.
        """
        with self._lock:
            self._select(columns)
            self._reset(self._cvode, settings)
            return np.array(self._cvode.simulate(times=times.tolist()))[:, 1:]

    def steps(self, end: float, settings: Mapping[str, float], points: int = 1) -> int:
        """Return how many steps CVODE takes: what a run costs on any machine.

        Parameters
        ----------
        end : float
            Where the run ends.
        settings : mapping
            Constants that differ from the file.
        points : int
            No step is longer than `end` divided by this, as when there are so many output times.
            A switch that chatters may show only then.
        """
        with self._lock:
            self._counter.integrator.maximum_time_step = end / points
            self._reset(self._counter, settings)
            return len(self._counter.simulate(0, end)) - 1

    def realise(
        self,
        times: np.ndarray,
        columns: Sequence[str],
        settings: Mapping[str, float],
        seeds: Sequence[int],
    ) -> Iterator[np.ndarray]:
        """Yield the columns at some times, one realisation of the reactions for each seed.

        Parameters
        ----------
        times : array of shape (n,)
            Increasing, the first 0, at least two.
        columns, settings
            As for :meth:`run`.
        seeds : sequence of int

        Yields
        ------
        array of shape (n, number of columns)

        Raises
        ------
        nkreview.sbml.chance.NoCountsError
            When the model is no network of reactions between counts; the message says why.
        """
        engine = self._gillespie
        with self._lock, _quiet():
            self._reset(self._cvode, settings)
            fixed = {name: self._cvode[name] for name in self._fixed}
            engine.timeCourseSelections = ["time", *self._selections(columns)]
            for seed in seeds:
                self._reset(engine, {**settings, **fixed, BEAT_RATE: BEATS / times[-1]})
                engine.integrator.seed = seed
                yield np.array(engine.simulate(times=times.tolist()))[:, 1:]

    def _reset(self, engine: roadrunner.RoadRunner, settings: Mapping[str, float]) -> None:
        """Go back to the file's values, then to `settings` with all that depends on them."""
        engine.resetAll()  # reset() alone would keep what events did to parameters
        for name, value in (self._changing | dict(settings)).items():
            engine[name] = value
        engine.reset()

    def _select(self, columns: Sequence[str]) -> None:
        if tuple(columns) != self._selected:
            self._cvode.timeCourseSelections = ["time", *self._selections(columns)]
            self._selected = tuple(columns)

    def _selections(self, columns: Sequence[str]) -> list[str]:
        """Return libRoadRunner's names: [S] is a concentration, S an amount."""
        return [f"[{c}]" if self._network.is_concentration(c) else c for c in columns]

    @cached_property
    def _cvode(self) -> roadrunner.RoadRunner:
        return self._deterministic()

    @cached_property
    def _fixed(self) -> list[str]:
        system = read_system(self._sbml)
        return [name for name in system.fixed if system.symbols[name].kind == "parameter"]

    @cached_property
    def _counter(self) -> roadrunner.RoadRunner:
        # One of its own, because CVODE does not forget a longest step once it had one.
        engine = self._deterministic()
        engine.integrator.variable_step_size = True
        engine.timeCourseSelections = ["time"]
        return engine

    def _deterministic(self) -> roadrunner.RoadRunner:
        engine = self._compiled(self._sbml)
        engine.setIntegrator("cvode")
        engine.integrator.relative_tolerance = RTOL
        # One number would be scaled by the amounts after an event, to zero for some species.
        states = {*engine.model.getFloatingSpeciesIds(), *engine.getRateRuleIds()}
        engine.integrator.absolute_tolerance = [ATOL] * len(states) if states else ATOL
        return engine

    def _compiled(self, sbml: str) -> roadrunner.RoadRunner:
        # Otherwise a second object of the same text shares what was compiled for the first, and
        # takes slightly different steps: a table would depend on which worker had it when.
        options = roadrunner.LoadSBMLOptions()
        options.recompile = True
        # The numbers are the same, to the last bit; the other compiler takes seconds over rules
        # that stand in rules.
        options.setLLVMBackend(options.LLJIT)
        return roadrunner.RoadRunner(sbml, options)

    @cached_property
    def _gillespie(self) -> roadrunner.RoadRunner:
        check_chance(self._sbml)
        # At every event libRoadRunner computes all rules; those that never change become numbers.
        engine = self._compiled(without_rules(self._sbml, self._fixed))
        engine.addParameter(BEAT_RATE, 0, False)
        engine.addReaction(BEAT, [], [], BEAT_RATE)  # forgets the integrator's settings
        engine.setIntegrator("gillespie")
        engine.integrator.variable_step_size = False
        return engine


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep libRoadRunner from repeating, for every run, when events take effect."""
    level = roadrunner.Logger.getLevel()
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_CRITICAL)
    try:
        yield
    finally:
        roadrunner.Logger.setLevel(level)
