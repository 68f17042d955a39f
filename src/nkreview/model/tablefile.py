"""A table of runs as a CSV file that grows row by row, and goes on where a broken run ended."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np
import pandas as pd

from nkreview.model.table import Progress, checked, chosen, rows

if TYPE_CHECKING:
    from nkreview.model.model import Model


def read_settings(path: Path) -> pd.DataFrame:
    """Read a CSV file of settings; a first column without a name holds the rows' labels.

    Raises
    ------
    ValueError
        When the file is no table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            head = next(csv.reader(stream), [])
        labelled = bool(head) and head[0] == ""
        return pd.read_csv(path, index_col=0 if labelled else False, skipinitialspace=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        told = f"{path}: not a CSV table ({error}); write a header and a row a run"
        raise ValueError(told) from error


class TableFile:
    """The rows of a table as text: label, settings, readouts, with all their digits.

    Parameters
    ----------
    model : Model
    settings : DataFrame
        As for `Model.table`.
    readouts : sequence of str, optional
    scenario : str, optional
    """

    def __init__(
        self,
        model: Model,
        settings: pd.DataFrame,
        readouts: Sequence[str] | None = None,
        scenario: str | None = None,
    ) -> None:
        self._model, self._scenario = model, scenario
        self._settings = checked(model, settings)
        self._readouts = chosen(model, readouts)
        self._head = [self._settings.index.name or "", *self._settings.columns, *self._readouts]

    def write(
        self,
        stream: TextIO,
        done: int = 0,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Write the header, unless some rows are done, and the rows that are not."""
        writer = csv.writer(stream, lineterminator="\n")
        if not done:
            writer.writerow(self._head)
        counted = range(done, len(self._settings))
        results = self._run(slice(done, None), executor) if len(counted) else ()
        for row, found in zip(progress(counted) if progress else counted, results, strict=True):
            writer.writerow([*self._begins(row), *map(repr, found)])
            stream.flush()

    def resume(self, path: Path) -> int:
        """Return how many rows a file holds, after cutting off a last one that is not whole.

        Raises
        ------
        ValueError
            When the file holds another table; it is left as it was.
        """
        if not path.exists():
            return 0
        text = path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        head, *written = list(csv.reader(io.StringIO(whole))) or [self._head]
        if head != self._head:
            raise _other(path, f"its columns are {','.join(head)}, not {','.join(self._head)}")
        for row, cells in enumerate(written):
            if row >= len(self._settings) or cells[: -len(self._readouts)] != self._begins(row):
                raise _other(path, f"line {row + 2} has not the settings of row {row + 1}")
        if written:
            self._compare_last(path, len(written) - 1, written[-1])
        path.write_text(whole if written else "", encoding="utf-8")
        return len(written)

    def _begins(self, row: int) -> list[str]:
        """Return the label and the settings of a row as they stand in the file."""
        return [str(self._settings.index[row]), *map(repr, self._settings.iloc[row].tolist())]

    def _compare_last(self, path: Path, row: int, cells: list[str]) -> None:
        """Run the last row again: a file of another model or scenario looks the same."""
        (again,) = self._run(slice(row, row + 1), None)
        before = [float(cell) for cell in cells[-len(again) :]]
        if not np.allclose(before, again, rtol=1e-6, atol=0, equal_nan=True):
            raise _other(path, f"row {row + 1} gives other numbers now (another model or scenario)")

    def _run(self, part: slice, executor: Executor | None) -> Iterator[list[float]]:
        settings = self._settings.iloc[part]
        return rows(self._model, settings, self._readouts, self._scenario, executor)


def _other(path: Path, why: str) -> ValueError:
    return ValueError(
        f"{path}: it does not belong to this table: {why}; name another file, or delete it"
    )
