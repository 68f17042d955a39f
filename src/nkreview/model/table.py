"""Many runs at once: in this process, in several, or on a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from nkreview.sbml.naming import suggestion

if TYPE_CHECKING:
    from nkreview.model.model import Model

Item = TypeVar("Item")
Result = TypeVar("Result")
LabelledRow = tuple[str, list[float]]  # its label, and the values of the constants that it sets
Progress = Callable[[Iterable[int]], Iterable[int]]

CHUNK_SECONDS = 0.2  # long beside the few milliseconds that it takes to send a chunk
FEWEST_CHUNKS = 8  # so that a short table keeps several workers busy
TIMED = 2  # runs by which the cost of one is judged, after a first that compiles the model
OUTSTANDING = 512  # chunks that wait at a time; each carries the model, some ten kilobytes


class RunError(RuntimeError):
    """A run failed; the message names its row and what was set."""


def table(
    model: Model,
    settings: pd.DataFrame,
    readouts: Sequence[str] | None = None,
    scenario: str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the readouts of many runs; see `Model.table`."""
    settings = checked(model, settings)
    names = chosen(model, readouts)
    results = rows(model, settings, names, scenario, executor)
    counted = range(len(settings))
    found = [r for _, r in zip(progress(counted) if progress else counted, results, strict=True)]
    return pd.DataFrame(found, index=settings.index, columns=names)


def rows(
    model: Model,
    settings: pd.DataFrame,
    readouts: Sequence[str],
    scenario: str | None = None,
    executor: Executor | None = None,
) -> Iterator[list[float]]:
    """Yield the readouts of each row of `settings`, in order, as soon as they are there."""
    base = model.settings(scenario)
    work = partial(_read_rows, model, list(readouts), base, list(settings.columns))
    labels = (str(label) for label in settings.index)
    return spread(work, list(zip(labels, settings.to_numpy().tolist(), strict=True)), executor)


def checked(model: Model, settings: pd.DataFrame) -> pd.DataFrame:
    """Return settings as numbers.

    Raises
    ------
    TypeError
        When they are no DataFrame.
    KeyError
        For a column that is no constant of the model.
    ValueError
        For a cell that is no finite number, named by column and row, and for an empty frame.
    """
    if not isinstance(settings, pd.DataFrame):
        raise TypeError(f"settings: give a DataFrame, one row a run, not {type(settings).__name__}")
    if settings.empty:
        raise ValueError("settings: the table is empty; give a column a constant and a row a run")
    if not settings.columns.is_unique:
        twice = settings.columns[settings.columns.duplicated()][0]
        raise ValueError(f"settings: the column {twice!r} is there twice; drop one")
    for column in settings.columns:
        if column not in model.constants:
            raise KeyError(
                f"settings: column {column!r} is no constant of {model.name}"
                f"{suggestion(str(column), model.constants)}"
            )
    numbers = settings.apply(pd.to_numeric, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers.to_numpy())
    if bad.any():
        row, column = np.argwhere(bad)[0]
        value = settings.astype(object).iat[row, column]
        raise ValueError(
            f"settings: column {settings.columns[column]!r}, row {settings.index[row]!r}: "
            f"{value!r} is no finite number; correct it or drop the row"
        )
    return numbers


def chosen(model: Model, readouts: Sequence[str] | None) -> list[str]:
    """Return the ids of the wanted readouts, default all of the card.

    Raises
    ------
    KeyError
        For one that does not exist.
    ValueError
        When there is none.
    """
    known = [readout.id for readout in model.card.readouts]
    wanted = known if readouts is None else list(readouts)
    if not wanted:
        raise ValueError(
            f"{model.name}: no readouts to tabulate; name some, or add them to its card"
        )
    return [model.card.find("readouts", name).id for name in wanted]


def spread(
    work: Callable[[Sequence[Item]], list[Result]],
    items: Sequence[Item],
    executor: Executor | None,
) -> Iterator[Result]:
    """Yield the result of each item, in order, whoever computes it.

    Parameters
    ----------
    work : callable
        From some items to their results. It is sent to the executor's workers.
    items : sequence
    executor : Executor or None
        None works here, item by item. Otherwise the first items are done here, to see how long
        they take, and the rest is cut into chunks.
    """
    if executor is None:
        for item in items:
            yield from work([item])
        return
    begun = work(items[:1])
    start = perf_counter()
    begun += work(items[1 : 1 + TIMED])
    each = (perf_counter() - start) / TIMED
    yield from begun
    rest = items[len(begun) :]
    size = max(1, min(int(CHUNK_SECONDS / each), -(-len(rest) // FEWEST_CHUNKS)))
    chunks = (rest[i : i + size] for i in range(0, len(rest), size))
    waiting = deque(executor.submit(work, chunk) for chunk in islice(chunks, OUTSTANDING))
    try:
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(executor.submit(work, chunk) for chunk in islice(chunks, 1))
    finally:
        for future in waiting:
            future.cancel()


def realise(
    model: Model,
    times: np.ndarray,
    columns: Sequence[str],
    changed: dict[str, float],
    seeds: Sequence[int],
) -> list[np.ndarray]:
    """Return the columns at some times of one realisation for each seed."""
    return list(model.observer.engine.realise(times, columns, changed, seeds))


def _read_rows(
    model: Model,
    readouts: list[str],
    base: dict[str, float],
    columns: list[str],
    rows: Sequence[LabelledRow],
) -> list[list[float]]:
    """Return the readouts of some rows; this is what workers do."""
    reading = model.reading([model.card.find("readouts", name) for name in readouts])
    found = []
    for label, values in rows:
        changed = {**base, **dict(zip(columns, values, strict=True))}
        try:
            found.append(model.observer.read(reading, changed))
        except RuntimeError as error:
            told = ", ".join(f"{name}={value:g}" for name, value in changed.items())
            raise RunError(f"row {label!r} ({told}): {error}") from error
    return found
