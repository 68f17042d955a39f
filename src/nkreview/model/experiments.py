"""What a view shows, as experiments that other programs can repeat."""

from __future__ import annotations

from collections.abc import Mapping

from nkreview.model.card import DoseResponse, Readout, Response, TimeCourse
from nkreview.model.model import Model
from nkreview.model.observe import READOUT_POINTS
from nkreview.sbml.archive import Experiment, Output, Sweep, archive_files

#: Kinds of view that SED-ML and the programs that read it have words for.
REPEATABLE = (TimeCourse, DoseResponse)


def view_files(
    model: Model,
    view_id: str | None = None,
    scenario: str | None = None,
    settings: Mapping[str, float] | None = None,
) -> dict[str, str]:
    """Return the files of a COMBINE archive with what a view shows, by path.

    Parameters
    ----------
    model : Model
    view_id, scenario : str, optional
        Ids from the card; default its first view, and the model's own values.
    settings : mapping, optional
        Constants that differ from the scenario.

    Raises
    ------
    ValueError
        For a view that is drawn by chance or as a map.
    """
    view = model.card.find("views", view_id)
    if not isinstance(view, REPEATABLE):
        raise ValueError(
            f"--to omex: {view.id!r} is no single run or sweep of runs; name another view of "
            f"{model.name} by --view"
        )
    changed = model.settings(scenario, settings)
    made = _course(model, view, changed) if isinstance(view, TimeCourse) else [
        _sweep(model, view, series, changed) for series in view.series
    ]  # fmt: skip
    return archive_files(model.extended_sbml, view.title, view.describe, made)


def _course(model: Model, view: TimeCourse, changed: Mapping[str, float]) -> list[Experiment]:
    outputs = [Output(s.id, s.label, model.symbols[s.formula]) for s in view.series]
    steps = view.x.points - 1
    file = f"{view.id}.sedml"
    return [
        Experiment(
            file, view.title, view.describe, view.x.max, steps, tuple(outputs), changes=changed
        )
    ]


def _sweep(
    model: Model, view: DoseResponse, series: Response, changed: Mapping[str, float]
) -> Experiment:
    readout = model.card.find("readouts", series.readout)
    x = view.x
    end, steps, how = _reading(readout)
    return Experiment(
        f"{series.id}.sedml",
        f"{view.title}: {series.label}",
        f"{view.describe} The curve is {how}, for each value of {x.parameter}.",
        end,
        steps,
        (Output(series.id, series.label, model.symbols[readout.expression]),),
        Sweep(x.parameter, x.min, x.max, x.points - 1, x.scale == "log"),
        {**changed, **model.settings(series.scenario)},
    )


def _reading(readout: Readout) -> tuple[float, int, str]:
    """Return end and steps of a run from which a readout is read, and how it is read."""
    if readout.rule == "at":
        return readout.at, 1, "the last value of each run"
    start, end = getattr(readout, readout.rule)
    steps = round((READOUT_POINTS - 1) * end / (end - start))
    words = readout.rule.replace("time_of_", "the time of the ")
    words = words.replace("max", "largest").replace("min", "smallest")
    words = words if words.startswith("the time") else f"the {words}"
    return end, steps, f"{words} value from time {start:g} to {end:g} of each run"
