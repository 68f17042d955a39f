"""The command ``nkreview``: list | simulate | table | export | check."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from tqdm import tqdm

from nkreview.living.page import model_script
from nkreview.model.checks import check
from nkreview.model.evidence import Claim
from nkreview.model.experiments import view_files
from nkreview.model.model import Model
from nkreview.model.shelf import names
from nkreview.model.tablefile import TableFile, read_settings
from nkreview.model.tipping import nearest_tips
from nkreview.sbml.antimony import to_antimony
from nkreview.sbml.archive import write_archive
from nkreview.sbml.javascript import to_javascript
from nkreview.sbml.latex import aligned_equations

if TYPE_CHECKING:
    from distributed import Client

SCHEDULER_SECONDS = 5  # how long to wait for a scheduler that may not be there


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code (0 well, 1 a claim not as said, 2 bad input)."""
    parsed = _parser().parse_args(arguments)
    try:
        return parsed.run(parsed)
    except (KeyError, ValueError, RuntimeError, OSError) as error:
        message = error.args[0] if isinstance(error, KeyError) else error
        print(f"nkreview: {message}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nkreview", description="Toy models of NK cells.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("list", help="name the models of the book")
    command.set_defaults(run=_list)

    command = commands.add_parser("simulate", help="print the curves of a model as CSV")
    command.add_argument("model", help="a model of the book, or an Antimony or SBML file")
    _add_run(command)
    command.add_argument("--csv", type=Path, metavar="FILE", help="write here, not to the terminal")
    command.add_argument("--readouts", action="store_true", help="print the readouts instead")
    command.add_argument("--end", type=float, help="last time, for a file without a card")
    command.add_argument("--points", type=int, help="number of points, for a file without a card")
    command.set_defaults(run=_simulate)

    command = commands.add_parser("table", help="run a model once for each row of a table")
    command.add_argument("model", help="a model of the book, or an Antimony or SBML file")
    command.add_argument(
        "--settings", type=Path, required=True, metavar="FILE", help="CSV, a column a constant"
    )
    command.add_argument("--readouts", metavar="ID,ID", help="readouts of the card; default all")
    command.add_argument("--scenario", help="what the rows change; default the model's values")
    command.add_argument(
        "--csv", type=Path, metavar="FILE", help="write here; goes on where a broken run ended"
    )
    who = command.add_mutually_exclusive_group()
    who.add_argument("--workers", type=int, default=1, help="processes on this machine; default 1")
    who.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster's, tcp://host:8786")
    command.set_defaults(run=_table)

    command = commands.add_parser("export", help="print a model in another form")
    command.add_argument("model", help="a model of the book, or an Antimony or SBML file")
    forms = ["js", "sbml", "latex", "antimony", "omex"]
    command.add_argument("--to", required=True, choices=forms)
    command.add_argument("-o", "--output", type=Path, metavar="FILE")
    _add_run(command, "for omex: ")
    command.set_defaults(run=_export)

    command = commands.add_parser("check", help="run the claims of the models")
    command.add_argument("model", nargs="?", help="one model; default all")
    command.add_argument(
        "--tipping",
        action="store_true",
        help="tell where in its range a constant changes an outcome",
    )
    command.set_defaults(run=_check)
    return parser


def _add_run(command: argparse.ArgumentParser, when: str = "") -> None:
    """Let a command say which run it is about."""
    command.add_argument("--view", help=f"{when}a view of the card; default its first")
    command.add_argument(
        "--scenario", help=f"{when}a scenario of the card; default the model's values"
    )
    command.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="ID=VALUE",
        help=f"{when}change constants",
    )  # fmt: skip


def _list(_: argparse.Namespace) -> int:
    for name in names():
        print(f"{name}: {Model.load(name).card.question}")
    return 0


def _settings(pairs: list[str]) -> dict[str, float]:
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        try:
            settings[name] = float(value)
        except ValueError:
            equals = ""
        if not equals or not np.isfinite(settings[name]):
            raise ValueError(f"--set {pair}: write ID=VALUE with a finite number")
    return settings


def _simulate(parsed: argparse.Namespace) -> int:
    model = Model.load(parsed.model)
    settings = _settings(parsed.set)
    bare = not model.has_card
    if bare or parsed.end is not None or parsed.points is not None:
        frame = _simulate_plain(model, settings, parsed)
    elif parsed.readouts:
        values = model.readouts(parsed.scenario, settings)
        frame = pd.DataFrame({"value": values}).rename_axis("readout")
    else:
        frame = model.simulate(parsed.view, parsed.scenario, settings)
    frame.to_csv(parsed.csv or sys.stdout, float_format="%.12g")
    return 0


def _simulate_plain(
    model: Model, settings: dict[str, float], parsed: argparse.Namespace
) -> pd.DataFrame:
    """Simulate every variable on an even grid, without the card."""
    for option in ("view", "scenario", "readouts"):
        if getattr(parsed, option):
            raise ValueError(f"--{option} belongs to a card; leave out --end and --points")
    end = 100.0 if parsed.end is None else parsed.end
    points = 101 if parsed.points is None else parsed.points
    if not end > 0 or points < 2:
        raise ValueError("--end needs a time above 0, and --points at least 2")
    return model.run(np.linspace(0, end, points), model.settings(None, settings))


def _table(parsed: argparse.Namespace) -> int:
    model = Model.load(parsed.model)
    readouts = parsed.readouts.split(",") if parsed.readouts else None
    settings = read_settings(parsed.settings)
    made = TableFile(model, settings, readouts, parsed.scenario)
    done = made.resume(parsed.csv) if parsed.csv else 0
    bar = partial(tqdm, total=len(settings), initial=done, unit="row", file=sys.stderr)
    with _executor(parsed) as executor:
        if not parsed.csv:
            made.write(sys.stdout, 0, executor, bar)
        else:
            with parsed.csv.open("a", encoding="utf-8", newline="") as stream:
                made.write(stream, done, executor, bar)
    return 0


@contextmanager
def _executor(parsed: argparse.Namespace) -> Iterator[Executor | None]:
    """Give the workers that the options name; None is this process."""
    if parsed.scheduler:
        with _client(parsed.scheduler) as client:
            yield client.get_executor()
    elif parsed.workers < 1:
        raise ValueError(f"--workers {parsed.workers}: write 1 or more")
    elif parsed.workers == 1:
        yield None
    else:
        fresh = multiprocessing.get_context("spawn")  # a fork would copy the progress bar's thread
        with ProcessPoolExecutor(parsed.workers, fresh) as pool:
            try:
                yield pool
            except BrokenExecutor as error:
                raise RuntimeError(
                    "a worker process was ended from outside, perhaps for want of memory; "
                    "give fewer --workers. With --csv the same command goes on from there."
                ) from error


def _client(address: str) -> Client:
    """Return a client of a Dask scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        raise RuntimeError(
            "--scheduler needs Dask, which is not installed: pip install 'nkreview[cluster]'"
        ) from error
    try:
        return Client(address, timeout=SCHEDULER_SECONDS)
    except (OSError, ValueError) as error:
        raise RuntimeError(
            f"--scheduler {address}: no Dask scheduler answers there; start one with "
            "`dask scheduler` and workers with `dask worker ADDRESS`, or use --workers"
        ) from error


def _export(parsed: argparse.Namespace) -> int:
    model = Model.load(parsed.model)
    if parsed.to == "omex":
        return _export_archive(model, parsed)
    for option in ("view", "scenario", "set"):
        if getattr(parsed, option):
            raise ValueError(f"--{option} is for --to omex; other forms hold the model alone")
    text = {
        "js": lambda: _javascript(model),
        "sbml": lambda: model.sbml,
        "latex": lambda: aligned_equations(model.sbml),
        "antimony": lambda: to_antimony(model.sbml),
    }[parsed.to]()
    if parsed.output:
        parsed.output.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


def _export_archive(model: Model, parsed: argparse.Namespace) -> int:
    """Write a COMBINE archive of one run; it is no text for a terminal."""
    if not parsed.output:
        raise ValueError("--to omex needs a file to write: -o FILE.omex")
    files = view_files(model, parsed.view, parsed.scenario, _settings(parsed.set))
    parsed.output.write_bytes(write_archive(files))
    return 0


def _javascript(model: Model) -> str:
    """Export the page's own module for a model with a card, else the bare model."""
    if model.has_card:
        return model_script(model)
    return to_javascript(model.sbml, source=model.path.name)


def _check(parsed: argparse.Namespace) -> int:
    for name in [parsed.model] if parsed.model else names():
        print(name)
        model = Model.load(name)
        for outcome in check(model):
            print(f"  {outcome.line}")
            if parsed.tipping:
                print(f"    {_tipping(model, outcome.claim)}")
    return 0


def _tipping(model: Model, claim: Claim) -> str:
    """Say where a claim's outcome tips, a constant after the other, the nearest first."""
    told = [
        f"{ident} = {value:.3g} {model.unit(ident)}".strip()
        for ident, value in nearest_tips(model, claim).items()
    ]
    return "tips at " + ", ".join(told) if told else "no constant tips it within its range"


if __name__ == "__main__":
    sys.exit(main())
