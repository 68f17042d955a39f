"""A model: a folder of three files, simulated with libRoadRunner."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nkreview.model import shelf
from nkreview.model.bands import Band, band_of
from nkreview.model.card import (
    Axis,
    Card,
    DoseResponse,
    Ensemble,
    Map,
    Readout,
    TimeCourse,
    load_card,
)
from nkreview.model.defaults import Names
from nkreview.model.draws import draws_file, read_draws
from nkreview.model.ensemble import shares
from nkreview.model.evidence import Evidence, load_evidence
from nkreview.model.loans import Loan, filled, lenders_of, loans_of, with_lent
from nkreview.model.maps import cells_of
from nkreview.model.observe import Observer, Reading
from nkreview.model.schema import CardError
from nkreview.model.table import realise, spread, table
from nkreview.model.units import written
from nkreview.sbml.naming import suggestion
from nkreview.sbml.network import Network, read_network
from nkreview.sbml.read import load_sbml


@dataclass(frozen=True, eq=False)
class Model:
    """A model that can be simulated, with its card where there is one.

    Parameters
    ----------
    name : str
        The model's id.
    path : Path
        The Antimony or SBML file.
    sbml : str
        The model as SBML, without anything from the card.
    loans : mapping
        Where each constant stands that the model takes from another.
    """

    name: str
    path: Path
    sbml: str
    loans: Mapping[str, Loan] = field(default_factory=dict)

    @staticmethod
    def load(name: str | Path) -> Model:
        """Load a model of the shelf by name, or any Antimony or SBML file by path.

        The same object comes back until one of the model's files has changed.

        Raises
        ------
        KeyError
            For an unknown name; the message lists the known ones.
        nkreview.sbml.read.ModelFileError
            For a file that cannot be used.
        """
        path = Path(name) if Path(name).suffix else shelf.find(str(name))
        return _load(path.resolve())

    def __reduce__(self) -> tuple[Callable[[bytes], Model], tuple[bytes]]:
        """Travel as text: a process that got the same model before has it compiled."""
        return _unpack, (self._parcel,)

    @cached_property
    def _parcel(self) -> bytes:
        card = self.card if self.has_card else None
        return zlib.compress(pickle.dumps((self.name, self.path, self.sbml, self.loans, card)))

    @property
    def has_card(self) -> bool:
        """Whether a card lies beside the model's file."""
        return "card" in self.__dict__ or self.path.with_suffix(".yml").exists()

    @cached_property
    def card(self) -> Card:
        """The model's card; CardError when there is none beside the model's file."""
        path = self.path.with_suffix(".yml")
        if not path.exists():
            raise CardError(
                f"{path.name}: no card beside {self.path.name}; views, scenarios and readouts "
                "need one, see 'Add a toy model' in CONTRIBUTING.md"
            )
        return load_card(path, self._names)

    @cached_property
    def evidence(self) -> Evidence:
        """Where the model's values come from, and its claims; empty without such a file."""
        path = self.path.with_suffix(".evidence.yml")
        if not path.exists():
            return Evidence()
        complete = partial(with_lent, path, loans=self.loans, lenders=self.lenders)
        return load_evidence(path, self._names, self.card, complete)

    @property
    def lenders(self) -> dict[str, Model]:
        """The models from which this one takes constants, by name."""
        return lenders_of(self.path, self.loans, _load)

    @property
    def has_draws(self) -> bool:
        """Whether draws lie beside the model's file."""
        return draws_file(self).exists()

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Vectors of the free constants that fit the evidence: 64 rows, a column a constant.

        Raises
        ------
        nkreview.model.draws.DrawsError
            When there is no such file, or it was made for another model or other evidence.
        """
        return read_draws(self)

    @property
    def network(self) -> Network:
        """The model as it was read."""
        return read_network(self.sbml)

    @cached_property
    def _names(self) -> Names:
        network = self.network
        units = {ident: written(unit) for ident, unit in network.units.items()}
        time = written(network.time_unit) if network.time_unit else ""
        return Names(network.labels, units, time, network.constants)

    @property
    def constants(self) -> dict[str, float]:
        """Value of each constant that may be set, by id.

        An event may change a constant later in a run; what counts is its value at the start.
        """
        return self.network.constants

    @property
    def variables(self) -> list[str]:
        """Ids whose course a simulation reports: species, then variable parameters."""
        return self.network.variables

    def label(self, ident: str) -> str:
        """Return the readable name of a quantity; its id when it has none."""
        return self._names.label(ident)

    def unit(self, ident: str) -> str:
        """Return the unit of a quantity as readers write it, for example ``1/h``; "" for none."""
        return self._names.units.get(ident, "")

    def meaning(self, ident: str) -> str:
        """Return a sentence on what a constant means: the evidence's, else its readable name."""
        origin = self.evidence.parameters.get(ident)
        return origin.meaning if origin else self._names.meaning(ident)

    @cached_property
    def observer(self) -> Observer:
        """The model with the formulas of its card, if it has one."""
        card = self.path.with_suffix(".yml").name
        return Observer(self.network, self._formulas() if self.has_card else (), card)

    def _formulas(self) -> list[str]:
        courses = [view for view in self.card.views if isinstance(view, TimeCourse)]
        formulas = [curve.formula for view in courses for curve in view.series]
        mixed = [view for view in self.card.views if isinstance(view, Ensemble)]
        formulas += [
            share.expression for view in mixed for share in view.series if share.expression
        ]
        return formulas + [readout.expression for readout in self.card.readouts]

    @property
    def symbols(self) -> dict[str, str]:
        """Id that stands in the extended SBML for each formula of the card."""
        return self.observer.symbols

    @property
    def extended_sbml(self) -> str:
        """The SBML with one assignment rule for each formula of the card.

        libRoadRunner and the page's solver then compute it from the same text.
        """
        return self.observer.sbml

    def settings(
        self, scenario: str | None = None, changes: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return the constants that a run changes: the scenario's, then the reader's.

        Raises
        ------
        KeyError
            For a scenario or constant that does not exist.
        """
        changed = dict(self.card.find("scenarios", scenario).set) if scenario else {}
        changed.update(changes or {})
        for name in changed:
            if name not in self.constants:
                raise KeyError(
                    f"{self.name} has no constant {name!r}{suggestion(name, self.constants)}"
                )
        return changed

    def run(
        self,
        times: Iterable[float],
        settings: Mapping[str, float] | None = None,
        columns: list[str] | None = None,
    ) -> pd.DataFrame:
        """Integrate the ODEs with CVODE.

        Parameters
        ----------
        times : iterable of float
            Increasing times, in the model's unit; the integration starts at 0.
        settings : mapping, optional
            Constants that differ from the file.
        columns : list of str, optional
            Ids to return; default :attr:`variables`.

        Returns
        -------
        DataFrame
            Index: time. One column an id, species in the sense of their SBML symbol.
        """
        columns = columns or self.variables
        points = np.asarray(list(times), float)
        course = self.observer.curves(points, columns, self.settings(None, settings))
        return pd.DataFrame(course, index=pd.Index(points, name="time"), columns=columns)

    def simulate(
        self,
        view: str | None = None,
        scenario: str | None = None,
        settings: Mapping[str, float] | None = None,
    ) -> pd.DataFrame:
        """Compute the curves of a view at the points where the page computes them.

        Parameters
        ----------
        view, scenario : str, optional
            Ids from the card; default the first of each.
        settings : mapping, optional
            Constants that differ from the scenario.

        Returns
        -------
        DataFrame
            Index: the view's x axis (named ``time``, or after the swept constant or the readout).
            One column a series, named after its id; of a map, one row a cell, with y and the
            readout as columns.
        """
        view_ = self.card.find("views", view)
        changed = self.settings(scenario, settings)
        if isinstance(view_, Map):
            return self._cells(view_, changed).copy()
        points = axis_points(view_.x)
        if isinstance(view_, TimeCourse):
            columns = [self.symbols[series.formula] for series in view_.series]
            course, axis = self.observer.curves(points, columns, changed), "time"
        elif isinstance(view_, Ensemble):
            course, axis = self._shares(view_, points, changed), view_.x.readout or "time"
        else:
            course, axis = self._sweep(view_, points, changed), view_.x.parameter
        ids = [series.id for series in view_.series]
        return pd.DataFrame(course, index=pd.Index(points, name=axis), columns=ids)

    def _sweep(
        self, view: DoseResponse, points: np.ndarray, changed: Mapping[str, float]
    ) -> np.ndarray:
        columns = []
        for series in view.series:
            reading = self.reading([self.card.find("readouts", series.readout)])
            base = {**changed, **self.settings(series.scenario)}
            runs = ({**base, view.x.parameter: x} for x in points)
            columns.append([self.observer.read(reading, run)[0] for run in runs])
        return np.array(columns).T

    def _shares(
        self, view: Ensemble, points: np.ndarray, changed: Mapping[str, float]
    ) -> np.ndarray:
        """Return the shares of an ensemble in per cent, as an array of points by series."""
        settings = [
            {**changed, **self.settings(series.scenario), **view.set} for series in view.series
        ]
        key = (view.id, *(tuple(sorted(setting.items())) for setting in settings))
        if key not in self._known:
            pairs = zip(view.series, settings, strict=True)
            columns = [shares(self, view, series, points, setting) for series, setting in pairs]
            self._known[key] = np.array(columns).T
        return self._known[key]

    def _cells(self, view: Map, changed: Mapping[str, float]) -> pd.DataFrame:
        """Return the cells of a map."""
        setting = {**changed, **self.card.held_by(view)}
        key = (view.id, tuple(sorted(setting.items())))
        if key not in self._known:
            x, y = axis_points(view.x), axis_points(view.y)
            self._known[key] = cells_of(self, view, x, y, setting)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple, Any]:
        """Ensembles and maps of this process: each takes seconds."""
        return {}

    def readouts(
        self, scenario: str | None = None, settings: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return every readout of the card for one run, by id."""
        values = self.observer.read(self._all_readouts, self.settings(scenario, settings))
        return {r.id: value for r, value in zip(self.card.readouts, values, strict=True)}

    def band(
        self,
        view: str | None = None,
        scenario: str | None = None,
        settings: Mapping[str, float] | None = None,
        hold: Iterable[str] = (),
    ) -> Band:
        """Return what the model's draws leave open of a view, as the page draws it.

        Each draw gives the constants that the evidence leaves open. A constant that scenario or
        settings put elsewhere than the file has it is held there.

        Parameters
        ----------
        view, scenario : str, optional
            Ids from the card; default the first of each. The view is a time course or a
            dose-response.
        settings : mapping, optional
            Constants that differ from the scenario.
        hold : iterable of str
            Statuses (``measured``, ``derived``, ``calibrated``, ``assumed``) of constants that
            are held at the file's value.

        Returns
        -------
        nkreview.model.bands.Band

        Raises
        ------
        ValueError
            For a view of another kind, or a word that is no status.
        nkreview.model.draws.DrawsError
            When the model has no draws, or they were made for another model.
        """
        changed = self.settings(scenario, settings)
        return band_of(self, self.card.find("views", view), changed, set(hold))

    def reading(self, readouts: list[Readout]) -> Reading:
        """Return what a run has to report for some readouts of the card."""
        return Reading(readouts, [self.symbols[readout.expression] for readout in readouts])

    @cached_property
    def _all_readouts(self) -> Reading:
        return self.reading(self.card.readouts)

    def table(
        self,
        settings: pd.DataFrame,
        readouts: Sequence[str] | None = None,
        scenario: str | None = None,
        executor: Executor | None = None,
        progress: Callable[[Iterable[int]], Iterable[int]] | None = None,
    ) -> pd.DataFrame:
        """Return readouts of many runs.

        Parameters
        ----------
        settings : DataFrame
            One row a run, one column a constant that it sets.
        readouts : sequence of str, optional
            Ids from the card; default all.
        scenario : str, optional
            What the rows change; default the model's own values.
        executor : concurrent.futures.Executor, optional
            Who computes: None is this process. A ``ProcessPoolExecutor`` and a Dask cluster's
            ``Client.get_executor()`` give the same numbers. Their workers need this library, but
            neither the model's files nor a second compilation for each chunk.
        progress : callable, optional
            Wraps the loop over rows, for example ``tqdm.auto.tqdm``.

        Returns
        -------
        DataFrame
            The index of `settings`; one column a readout.

        Raises
        ------
        KeyError
            For a column that is no constant, or a readout or scenario that does not exist.
        ValueError
            For a cell that is no finite number, or an empty table.
        nkreview.model.table.RunError
            When a run fails; it names the row.
        """
        return table(self, settings, readouts, scenario, executor, progress)

    def ensemble(
        self,
        n: int,
        end: float,
        columns: list[str],
        scenario: str | None = None,
        settings: Mapping[str, float] | None = None,
        seed: int = 1,
        executor: Executor | None = None,
        progress: Callable[[Iterable[int]], Iterable[int]] | None = None,
    ) -> pd.DataFrame:
        """Run the same reactions as chance events (Gillespie's direct method).

        An event at a set time is late by a thousandth of the run, on average.

        Parameters
        ----------
        n : int
            Number of runs (mice).
        end : float
            When to look, in the model's unit of time.
        columns : list of str
            Ids to report at `end`.
        scenario, settings
            As in :meth:`simulate`. Choose few cells: the cost grows with every event.
        seed : int
            Run ``i`` uses ``seed + i``: the same call gives the same mice.
        executor : concurrent.futures.Executor, optional
            As in :meth:`table`; the mice do not depend on it.
        progress : callable, optional
            Wraps the loop, for example ``tqdm.auto.tqdm``.

        Returns
        -------
        DataFrame
            One row a run, one column an id.

        Raises
        ------
        nkreview.sbml.chance.NoCountsError
            When the model is no network of reactions between counts; the message says why.
        """
        changed = self.settings(scenario, settings)
        seeds = range(seed, seed + n)
        times = np.array([0.0, end])
        runs = spread(partial(realise, self, times, columns, changed), seeds, executor)
        counted = progress(range(n)) if progress else range(n)
        ends = [run[-1] for _, run in zip(counted, runs, strict=True)]
        return pd.DataFrame(ends, columns=columns)


@lru_cache(maxsize=16)
def _unpack(parcel: bytes) -> Model:
    """Return a model that another process sent, with all that was compiled for it before."""
    *about, card = pickle.loads(zlib.decompress(parcel))
    model = Model(*about)
    if card is not None:
        model.__dict__["card"] = card  # as if it had been read here
    return model


#: Endings of the files that may lie beside a model's.
BESIDE = (".yml", ".evidence.yml", ".draws.csv")

_loaded: dict[Path, tuple[object, dict[str, Model], Model]] = {}


def _load(path: Path, waiting: tuple[Path, ...] = ()) -> Model:
    """Return the model of a file, read again when a file that it rests on is not what it was.

    Those that wait for it take constants from it, directly or through others.
    """
    if path in waiting:
        circle = " takes from ".join(one.stem for one in (*waiting[waiting.index(path) :], path))
        raise CardError(
            f"{path.stem}.evidence.yml: parameters: {circle}, in a circle; give one of these "
            "constants a value of its own"
        )
    stamp = [_stamp(path)] + [_stamp(path.with_suffix(ending)) for ending in BESIDE]
    old_stamp, old_lenders, old = _loaded.get(path, (None, None, None))
    loans = old.loans if old_stamp == stamp else loans_of(path)
    lenders = lenders_of(path, loans, partial(_load, waiting=(*waiting, path)))
    if old_stamp != stamp or old_lenders != lenders:
        sbml = load_sbml(path)
        sbml = filled(path, sbml, loans, lenders) if loans else sbml
        _loaded[path] = (stamp, lenders, Model(path.stem, path, sbml, loans))
    return _loaded[path][2]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def axis_points(axis: Axis) -> np.ndarray:
    """Return the points of a view's x axis, evenly spaced on its scale."""
    spaced = np.geomspace if axis.scale == "log" else np.linspace
    return spaced(axis.min, axis.max, axis.points)
