"""Many runs: the same table whoever computes it, and errors that name the cell or the row."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nkreview.cli import main
from nkreview.model.model import Model
from nkreview.model.table import CHUNK_SECONDS, FEWEST_CHUNKS, RunError, spread

NAME, QUICK = "metastasis_window", ["kill_2h"]


def draws(n: int) -> pd.DataFrame:
    """Return settings whose rows and labels differ from each other."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"nk_cells": rng.uniform(1e6, 3e6, n), "vulnerable_for": rng.uniform(8, 24, n)}
    )
    return frame.set_axis([f"mouse {i}" for i in range(n)])


@pytest.fixture(scope="module")
def model() -> Model:
    """Return a model whose early readout takes a fraction of a millisecond."""
    return Model.load(NAME)


def test_a_table_is_the_readouts_of_each_row(model: Model) -> None:
    """A row's settings stand on top of the scenario's."""
    settings = draws(3)
    table = model.table(settings, scenario="no-t-cells")
    assert_frame_equal(table, model.table(settings, scenario="no-t-cells", progress=list))
    assert list(table.columns) == [readout.id for readout in model.card.readouts]
    for label, row in settings.iterrows():
        wanted = model.readouts("no-t-cells", row.to_dict())
        np.testing.assert_allclose(table.loc[label], list(wanted.values()), rtol=1e-12)
    assert not np.allclose(table["foci"], model.table(settings)["foci"])


@pytest.mark.parametrize("pool", [ProcessPoolExecutor, ThreadPoolExecutor])
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        (NAME, draws(200)),
        ("cytokine_fuel", pd.DataFrame({"dose_multiple": np.linspace(0, 4, 100)})),
    ],
)
def test_a_pool_gives_the_same_table(
    pool: type[Executor], name: str, settings: pd.DataFrame
) -> None:
    """To the last bit and in the same order; threads take turns with one compiled model."""
    model = Model.load(name)
    with pool(2) as executor:
        assert_frame_equal(
            model.table(settings, executor=executor), model.table(settings), check_exact=True
        )


def test_a_cluster_that_loses_a_worker_gives_the_same_table(model: Model) -> None:
    """Two processes of a Dask cluster; one is killed while most of the work waits."""
    distributed = pytest.importorskip("distributed")
    settings = draws(2000)
    quiet = {"dashboard_address": None, "silence_logs": "CRITICAL"}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster,
        distributed.Client(cluster) as client,
    ):
        victim, _ = client.run(os.getpid).values()
        killed_at = []

        def kill_on_the_way(rows: Iterable[int]) -> Iterator[int]:
            for row in rows:
                if row == 300:
                    os.kill(victim, signal.SIGKILL)
                    killed_at.append(row)
                yield row

        table = model.table(
            settings, QUICK, executor=client.get_executor(), progress=kill_on_the_way
        )
        assert killed_at and victim not in client.run(os.getpid).values()
    assert_frame_equal(table, model.table(settings, QUICK), check_exact=True)


class Recorder(Executor):
    """An executor that works in another thread and notes how large the chunks were."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.pool = ThreadPoolExecutor(1)

    def submit(self, work, chunk) -> Future:
        self.sizes.append(len(chunk))
        return self.pool.submit(work, chunk)


@pytest.mark.parametrize("seconds", [0.0, 0.004])
def test_chunks_fit_what_a_run_costs(seconds: float) -> None:
    """Long enough to be worth sending, and enough of them to share."""

    def work(items: Sequence[int]) -> list[int]:
        time.sleep(seconds * len(items))
        return [2 * item for item in items]

    recorder = Recorder()
    assert list(spread(work, range(400), recorder)) == [2 * i for i in range(400)]
    assert len(recorder.sizes) >= FEWEST_CHUNKS
    assert max(recorder.sizes) >= (CHUNK_SECONDS / seconds / 3 if seconds else 50)
    assert seconds * max(recorder.sizes) <= CHUNK_SECONDS


def test_the_order_is_that_of_the_items() -> None:
    """Though the first chunks are the last to be done."""

    def work(items: Sequence[int]) -> list[int]:
        time.sleep(0.05 if items[0] < 20 else 0)
        return list(items)

    with ThreadPoolExecutor(8) as pool:
        assert list(spread(work, range(100), pool)) == list(range(100))


def test_mice_do_not_depend_on_who_runs_them(model: Model) -> None:
    """Each has a seed of its own."""
    few = {"dose": 300}
    alone = model.ensemble(12, 336, ["foci", "R"], settings=few, seed=5)
    assert alone["R"].nunique() > 1
    with ProcessPoolExecutor(2) as pool:
        together = model.ensemble(12, 336, ["foci", "R"], settings=few, seed=5, executor=pool)
    assert_frame_equal(together, alone, check_exact=True)
    later = model.ensemble(4, 336, ["foci", "R"], settings=few, seed=9)
    assert_frame_equal(later, alone.iloc[4:8].reset_index(drop=True), check_exact=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s.assign(nk_cell=1), "column 'nk_cell' is no constant of metastasis_window"),
        (lambda s: s.mask(s == s.iat[1, 0]), "column 'nk_cells', row 'mouse 1': nan is no finite"),
        (lambda s: s.replace(s.iat[2, 1], np.inf), "column 'vulnerable_for', row 'mouse 2': inf"),
        (lambda s: s.astype(object).replace(s.iat[0, 1], "long"),
         "column 'vulnerable_for', row 'mouse 0': 'long' is no finite number"),
        (lambda s: s.iloc[:0], "the table is empty"),
        (lambda s: s.iloc[:, :0], "the table is empty"),
        (lambda s: pd.concat([s, s], axis=1), "the column 'nk_cells' is there twice"),
        (lambda s: s.to_dict(), "give a DataFrame, one row a run, not dict"),
    ],
)  # fmt: skip
def test_bad_settings_are_named(change, says: str, model: Model) -> None:
    """Column, row and remedy are in the message."""
    with pytest.raises((KeyError, TypeError, ValueError)) as caught:
        model.table(change(draws(3)))
    assert says in str(caught.value.args[0])


def test_bad_readouts_are_named(model: Model) -> None:
    """One that does not exist, and none at all."""
    with pytest.raises(KeyError, match="did you mean 'foci'"):
        model.table(draws(2), ["fooci"])
    with pytest.raises(ValueError, match="no readouts to tabulate"):
        model.table(draws(2), [])


EXPLODES = """
model explodes
  species x in box; compartment box = 1; x = 1
  grow: => x; k * x^2
  k = 0.01
end
"""
CARD = """
title: Explodes
question: When?
sliders: [{id: k}]
views: [{kind: time-course, id: x, title: x, x: {max: 1}, y: {max: 9}, series: [{id: x}]}]
readouts: [{id: late, label: late, expression: x, at: 10}]
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_a_failing_run_names_its_row(workers: int, tmp_path: Path) -> None:
    """Wherever it failed."""
    path = tmp_path / "explodes.ant"
    path.write_text(EXPLODES)
    path.with_suffix(".yml").write_text(CARD)
    settings = pd.DataFrame({"k": [0.01] * 40}, index=[f"r{i}" for i in range(40)])
    settings.loc["r31", "k"] = 1.0
    with ProcessPoolExecutor(2) as pool, pytest.raises(RunError, match=r"row 'r31' \(k=1\): "):
        Model.load(path).table(settings, executor=pool if workers else None)


def test_a_model_travels_without_its_files(tmp_path: Path) -> None:
    """A worker on another machine has neither the model's file nor its card."""
    path = tmp_path / "explodes.ant"
    path.write_text(EXPLODES)
    path.with_suffix(".yml").write_text(CARD)
    model = Model.load(path)
    sent, wanted = pickle.dumps(model), model.readouts()
    path.unlink()
    path.with_suffix(".yml").unlink()
    assert pickle.loads(sent).readouts() == wanted


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, list[str]]:
    """Return where a table is to be written, and the command that writes it."""
    draws(30).to_csv(tmp_path / "settings.csv")
    written = tmp_path / "table.csv"
    command = ["table", NAME, "--settings", str(tmp_path / "settings.csv")]
    return written, [*command, "--readouts", "kill_2h", "--csv", str(written)]


def test_the_command_writes_the_table(files: tuple, model: Model, capfd) -> None:
    """Labels, settings and readouts with all their digits; a bar on standard error."""
    path, command = files
    assert main(command) == 0
    captured = capfd.readouterr()
    assert captured.out == "" and "30/30" in captured.err
    written = pd.read_csv(path, index_col=0)
    wanted = draws(30).join(model.table(draws(30), QUICK))
    assert_frame_equal(written, wanted, check_exact=True)
    assert main([*command[:-2], "--workers", "2"]) == 0
    assert capfd.readouterr().out == path.read_text()


def test_a_broken_run_is_resumed(files: tuple) -> None:
    """What was written stays, and a row that was cut off is run again."""
    path, command = files
    assert main(command) == 0
    whole = path.read_text()
    lines = whole.splitlines(keepends=True)
    lines[3] = lines[3].replace("\n", "1\n")  # a digit more, lost if the row were run again
    path.write_text("".join(lines[:11]) + lines[11][:20])
    assert main(command) == 0
    assert path.read_text() == "".join(lines)
    for kept in (0, 1, 31):
        path.write_text("".join(whole.splitlines(keepends=True)[:kept]))
        assert main(command) == 0
        assert path.read_text() == whole


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("kill_2h", "kill_24h"), "its columns are"),
        (lambda text: text.replace("mouse 4,", "mouse 40,"), "line 6 has not the settings"),
        (lambda text: text + text.splitlines()[-1] + "\n", "line 32 has not the settings"),
        (lambda text: text[:-15] + "\n", "row 30 gives other numbers now"),
    ],
)  # fmt: skip
def test_a_file_of_another_table_is_left_alone(change, says: str, files: tuple, capsys) -> None:
    """It is refused by name, with the first thing that does not fit."""
    path, command = files
    assert main(command) == 0
    other = change(path.read_text())
    assert other != path.read_text()
    path.write_text(other)
    capsys.readouterr()
    assert main(command) == 2
    told = capsys.readouterr().err
    assert str(path) in told and says in told and "name another file" in told
    assert path.read_text() == other


def test_a_scheduler_that_is_not_there(files: tuple, capsys) -> None:
    """Said within seconds."""
    pytest.importorskip("distributed")
    start = time.perf_counter()
    assert main([*files[1], "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert time.perf_counter() - start < 15
    assert "tcp://127.0.0.1:9: no Dask scheduler answers there" in capsys.readouterr().err


def test_without_dask_the_command_says_what_to_install(files: tuple, capsys, monkeypatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([*files[1], "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "pip install 'nkreview[cluster]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a CSV table"),
        ("nk_cells\n", "the table is empty"),
        ("nk_cells,dosis\n1,2\n", "column 'dosis' is no constant"),
        ("nk_cells,dose\n1,\n", "column 'dose', row 0: nan is no finite number"),
        ("nk_cells,dose\n1,2\n1,2,3,4\n", "not a CSV table"),
    ],
)
def test_a_bad_file_of_settings_is_named(text: str, says: str, tmp_path: Path, capsys) -> None:
    """Exit code 2, one message, nothing written."""
    path = tmp_path / "settings.csv"
    path.write_text(text)
    assert main(["table", NAME, "--settings", str(path), "--csv", str(tmp_path / "out.csv")]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("nkreview: ") and says in captured.err
    assert captured.out == "" and not (tmp_path / "out.csv").exists()
