"""A model: an Antimony file and its card, simulated with libRoadRunner."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import libsbml
import numpy as np
import pandas as pd

# After every event CVODE warns of its short first step, on standard output, where CSV goes.
# SUNDIALS reads this when libRoadRunner is loaded; its errors still become exceptions.
os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)

import roadrunner

from nkreview.model.card import (
    Card,
    CardError,
    DoseResponse,
    Readout,
    TimeCourse,
    load_card,
    suggestion,
)
from nkreview.sbml.read import load_sbml

MODELS = Path(__file__).parents[1] / "book" / "models"
RTOL, ATOL = 1e-8, 1e-12
READOUT_POINTS = 481  # samples of the interval in which a readout looks for an extreme


@dataclass(frozen=True, eq=False)
class Model:
    """A model that can be simulated, with its card when it is one of the book's.

    Parameters
    ----------
    name : str
        The model's id.
    path : Path
        The Antimony or SBML file.
    sbml : str
        The model as SBML, without anything from the card.
    """

    name: str
    path: Path
    sbml: str

    @staticmethod
    def load(name: str | Path) -> Model:
        """Load a model of the book by name, or any Antimony or SBML file by path.

        Raises
        ------
        KeyError
            For an unknown name; the message lists the known ones.
        nkreview.sbml.ModelFileError, nkreview.card.CardError
            For a file that cannot be used.
        """
        return _load(str(name))

    @cached_property
    def card(self) -> Card:
        """The model's card; CardError when there is none beside the model's file."""
        path = self.path.with_suffix(".yml")
        if not path.exists():
            raise CardError(
                f"{path.name}: no card beside {self.path.name}; views, scenarios and readouts "
                "need one, see 'Add a toy model' in CONTRIBUTING.md"
            )
        card = load_card(path, self.constants)
        self._check_positions(path, card)
        return card

    @cached_property
    def constants(self) -> dict[str, float]:
        """Value of each constant that may be set, by id.

        An event may change a constant later in a run; what counts is its value at the start.
        """
        model = _document(self.sbml).getModel()
        ruled = {model.getRule(i).getVariable() for i in range(model.getNumRules())}
        return {
            p.getId(): p.getValue()
            for p in (model.getParameter(i) for i in range(model.getNumParameters()))
            if p.getId() not in ruled and (p.getConstant() or p.isSetValue())
        }

    @cached_property
    def variables(self) -> list[str]:
        """Ids whose course a simulation reports: species, then variable parameters."""
        model = _document(self.sbml).getModel()
        species = [model.getSpecies(i).getId() for i in range(model.getNumSpecies())]
        others = [model.getParameter(i) for i in range(model.getNumParameters())]
        others += [model.getCompartment(i) for i in range(model.getNumCompartments())]
        return species + [item.getId() for item in others if not item.getConstant()]

    @cached_property
    def symbols(self) -> dict[str, str]:
        """Id that stands in the extended SBML for each formula of the card.

        A formula that is just one of the model's variables keeps that id.
        """
        formulas = [
            curve.formula
            for view in self.card.views
            if isinstance(view, TimeCourse)
            for curve in view.series
        ]
        formulas += [readout.expression for readout in self.card.readouts]
        variables = set(self.variables)
        symbols: dict[str, str] = {}
        for formula in formulas:
            if formula not in symbols:
                symbols[formula] = formula if formula in variables else f"nk_{len(symbols)}"
        return symbols

    @cached_property
    def extended_sbml(self) -> str:
        """The SBML with one assignment rule for each formula of the card.

        libRoadRunner and the page's solver then compute it from the same text.
        """
        document = _document(self.sbml)
        for formula, name in self.symbols.items():
            if name != formula:
                _add_rule(document.getModel(), name, formula, self.path.with_suffix(".yml").name)
        return libsbml.writeSBMLToString(document)

    def _check_positions(self, path: Path, card: Card) -> None:
        """Refuse values at which a control cannot stand: it would silently move them."""
        named = [("the model's value", {s.id: self.constants[s.id] for s in card.sliders})]
        named += [(f"scenario {s.id!r}", s.set) for s in card.scenarios]
        for slider in card.sliders:
            for who, values in named:
                value = values.get(slider.id, slider.min)
                if abs(slider.snap(value) - value) > 1e-9 * max(1.0, abs(value)):
                    raise CardError(
                        f"{path.name}: sliders[{slider.id}]: {who} {value:g} is not a position of "
                        f"the slider ({slider.min:g} to {slider.max:g} in steps of {slider.step:g})"
                    )

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
        grid = np.unique(np.concatenate([[0.0], np.asarray(list(times), float)]))
        if len(grid) == 1:
            grid = np.array([0.0, 1e-9])
        engine = self._prepared("cvode", settings)
        engine.timeCourseSelections = ["time", *self._selections(columns)]
        raw = np.array(engine.simulate(times=grid.tolist()))
        frame = pd.DataFrame(raw[:, 1:], index=pd.Index(grid, name="time"), columns=columns)
        return frame.loc[np.asarray(list(times), float)]

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
            Index: the view's x axis (named ``time`` or after the swept constant).
            One column a series, named after its id.
        """
        view_ = self.card.find("views", view)
        changed = self.settings(scenario, settings)
        if isinstance(view_, TimeCourse):
            symbols = [self.symbols[s.formula] for s in view_.series]
            frame = self.run(axis_points(view_.x), changed, symbols)
            return frame.set_axis([s.id for s in view_.series], axis=1)
        return self._sweep(view_, changed)

    def _sweep(self, view: DoseResponse, changed: Mapping[str, float]) -> pd.DataFrame:
        grid = axis_points(view.x)
        columns = {}
        for series in view.series:
            readout = self.card.find("readouts", series.readout)
            base = {**changed, **self.settings(series.scenario)}
            columns[series.id] = [
                self._read([readout], {**base, view.x.parameter: x})[readout.id] for x in grid
            ]
        return pd.DataFrame(columns, index=pd.Index(grid, name=view.x.parameter))

    def readouts(
        self, scenario: str | None = None, settings: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return every readout of the card for one run, by id."""
        return self._read(self.card.readouts, self.settings(scenario, settings))

    def _read(self, readouts: list[Readout], changed: Mapping[str, float]) -> dict[str, float]:
        grids = {r.id: readout_times(r) for r in readouts}
        times = np.unique(np.concatenate(list(grids.values())))
        symbols = {r.id: self.symbols[r.expression] for r in readouts}
        frame = self.run(times, changed, sorted(set(symbols.values())))
        return {
            r.id: reduce_readout(r, grids[r.id], frame[symbols[r.id]].loc[grids[r.id]])
            for r in readouts
        }

    def ensemble(
        self,
        n: int,
        end: float,
        columns: list[str],
        scenario: str | None = None,
        settings: Mapping[str, float] | None = None,
        seed: int = 1,
        progress: Callable[[Iterable[int]], Iterable[int]] | None = None,
    ) -> pd.DataFrame:
        """Run the same reactions as chance events (Gillespie's direct method).

        An event at a set time takes effect with the first reaction after that time.

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
        progress : callable, optional
            Wraps the loop, for example ``tqdm.auto.tqdm``.

        Returns
        -------
        DataFrame
            One row a run, one column an id.
        """
        changed = self.settings(scenario, settings)
        engine = self._prepared("gillespie", changed)
        engine.timeCourseSelections = ["time", *self._selections(columns)]
        rows = []
        with _quiet():
            for i in progress(range(n)) if progress else range(n):
                _reset(engine, changed)
                engine.integrator.seed = seed + i
                rows.append(np.array(engine.simulate(0, end, 2))[-1, 1:])
        return pd.DataFrame(rows, columns=columns)

    def _selections(self, columns: list[str]) -> list[str]:
        """Return libRoadRunner's names: [S] is a concentration, S an amount."""
        model = _document(self.sbml).getModel()
        return [
            f"[{name}]"
            if (s := model.getSpecies(name)) is not None and not s.getHasOnlySubstanceUnits()
            else name
            for name in columns
        ]

    def _prepared(
        self, integrator: str, settings: Mapping[str, float] | None
    ) -> roadrunner.RoadRunner:
        has_card = self.path.with_suffix(".yml").exists()
        engine = _engine(self.extended_sbml if has_card else self.sbml, integrator)
        if integrator == "cvode":
            engine.integrator.relative_tolerance = RTOL
            # One number would be scaled by the amounts after an event, to zero for some species.
            states = {*engine.model.getFloatingSpeciesIds(), *engine.getRateRuleIds()}
            engine.integrator.absolute_tolerance = [ATOL] * len(states) if states else ATOL
        else:
            engine.integrator.variable_step_size = False
        _reset(engine, settings or {})
        return engine


@lru_cache(maxsize=16)
def _load(name: str) -> Model:
    path = Path(name)
    if path.suffix:
        return Model(path.stem, path, load_sbml(path))
    path = MODELS / name / f"{name}.ant"
    if not path.exists():
        raise KeyError(f"no model {name!r}{suggestion(name, names())}; or give a file's path")
    return Model(name, path, load_sbml(path))


def names() -> list[str]:
    """Return the names of the book's models."""
    return sorted(path.stem for path in MODELS.glob("*/*.ant"))


def axis_points(axis: object) -> np.ndarray:
    """Return the points of a view's x axis, evenly spaced on its scale."""
    spaced = np.geomspace if axis.scale == "log" else np.linspace
    return spaced(axis.min, axis.max, axis.points)


def readout_times(readout: Readout) -> np.ndarray:
    """Return the times at which a readout looks at its expression."""
    rule = getattr(readout, readout.rule)
    if readout.rule == "at":
        return np.array([rule], float)
    return np.linspace(rule[0], rule[1], READOUT_POINTS)


def reduce_readout(readout: Readout, times: np.ndarray, values: pd.Series) -> float:
    """Reduce the sampled expression to the readout's one number."""
    array = np.asarray(values, float)
    if readout.rule == "at":
        return float(array[0])
    if readout.rule in ("max", "min"):
        return float(getattr(array, readout.rule)())
    find = np.argmin if readout.rule == "time_of_min" else np.argmax
    return float(times[find(array)])


@lru_cache(maxsize=8)
def _engine(sbml: str, integrator: str) -> roadrunner.RoadRunner:
    engine = roadrunner.RoadRunner(sbml)
    engine.setIntegrator(integrator)
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


def _reset(engine: roadrunner.RoadRunner, settings: Mapping[str, float]) -> None:
    """Go back to the file's values, then to `settings` with all that depends on them."""
    engine.resetAll()  # reset() alone would keep what events did to parameters
    for name, value in settings.items():
        engine[name] = value
    engine.reset()


def _document(sbml: str) -> libsbml.SBMLDocument:
    return _parsed(sbml).clone()


@lru_cache(maxsize=8)
def _parsed(sbml: str) -> libsbml.SBMLDocument:
    return libsbml.readSBMLFromString(sbml)


def _add_rule(model: libsbml.Model, name: str, formula: str, source: str) -> None:
    math = libsbml.parseL3FormulaWithModel(formula, model)
    if math is None:
        raise CardError(f"{source}: expression {formula!r}: {libsbml.getLastParseL3Error()}")
    known = re.findall(r"[A-Za-z_]\w*(?!\w*\s*\()", formula)
    for word in known:
        if word not in ("time", "pi") and model.getElementBySId(word) is None:
            ids = [element.getId() for element in model.getListOfAllElements() if element.getId()]
            raise CardError(
                f"{source}: expression {formula!r}: the model has no {word!r}"
                f"{suggestion(word, ids)}"
            )
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setConstant(False)
    rule = model.createAssignmentRule()
    rule.setVariable(name)
    rule.setMath(math)
