"""COMBINE archives: what is in them, and what another program makes of them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from copasi import experiment_files, reports

from nkreview.cli import main
from nkreview.model.card import View
from nkreview.model.experiments import REPEATABLE
from nkreview.model.model import Model
from nkreview.model.shelf import names

TOLERANCE = 1e-3  # of each curve's maximum
VIEWS = [
    (name, view.id)
    for name in names()
    for view in Model.load(name).card.views
    if isinstance(view, REPEATABLE)
]
EVERY_VIEW = pytest.mark.parametrize(("name", "view"), VIEWS)

# In a process of its own: libSEDML and libSBML do not live together.
READ_SEDML = """
import sys, zipfile, libsedml
with zipfile.ZipFile(sys.argv[1]) as archive:
    for path in archive.namelist():
        if path.endswith(".sedml"):
            document = libsedml.readSedMLFromString(archive.read(path).decode())
            print(path, document.getNumErrors(), document.getErrorLog().toString())
"""


def export(model: Model, view: str, file: Path, **run: object) -> Path:
    """Write the archive of a view by the command line."""
    command = ["export", str(model.path), "--to", "omex", "--view", view, "-o", str(file)]
    if "scenario" in run:
        command += ["--scenario", run["scenario"]]
    for name, value in run.get("settings", {}).items():
        command += ["--set", f"{name}={value!r}"]
    assert main(command) == 0
    return file


def curves(found: dict[str, pd.DataFrame], model: Model, view: View) -> pd.DataFrame:
    """Return the curves of a view from what COPASI reports."""
    if view.kind == "time-course":
        return found[f"{view.id}.sedml"].set_index("time")
    columns = {}
    for series in view.series:
        report = found[f"{series.id}.sedml"]
        runs = report.groupby(view.x.parameter)[["time", series.id]]
        readout = model.card.find("readouts", series.readout)
        columns[series.id] = runs.apply(lambda run, r=readout: reduced(r, run))
    return pd.DataFrame(columns)


def reduced(readout: object, run: pd.DataFrame) -> float:
    """Return what a readout makes of a reported run."""
    times, values = run.to_numpy().T
    if readout.rule == "at":
        assert times[-1] == readout.at
        return values[-1]
    start, end = getattr(readout, readout.rule)
    within = (times >= start - 1e-9) & (times <= end + 1e-9)
    best = getattr(np, f"arg{readout.rule[-3:]}")(values[within])
    return (times if readout.rule.startswith("time") else values)[within][best]


def check_curves(drawn: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Compare curves; at the very time of an event either side of a jump is right."""
    assert len(drawn) == len(wanted)
    np.testing.assert_allclose(drawn.index, wanted.index, rtol=1e-5, atol=1e-9)
    for series in wanted:
        ours, theirs = wanted[series].to_numpy(), drawn[series].to_numpy()
        scale = np.abs(ours).max()
        jumps = np.abs(np.diff(ours, prepend=ours[0], append=ours[-1])) > 0.2 * scale
        smooth = ~(jumps[1:] | jumps[:-1])
        assert smooth.sum() > len(ours) / 2
        worst = np.abs(theirs - ours)[smooth].max()
        assert worst <= TOLERANCE * scale + 1e-9, f"{series}: {worst / scale:.2g}"


@EVERY_VIEW
def test_copasi_opens_it_and_draws_the_curves(name: str, view: str, tmp_path: Path) -> None:
    """The last scenario with a moved slider: COPASI's own report holds libRoadRunner's curves."""
    model = Model.load(name)
    shown, slider = model.card.find("views", view), model.card.sliders[0]
    scenario = model.card.scenarios[-1].id
    moved = {slider.id: slider.min + 2 * slider.step}
    file = export(model, view, tmp_path / "a.omex", scenario=scenario, settings=moved)
    found = curves(reports(file, tmp_path), model, shown)
    check_curves(found, model.simulate(view, scenario, moved))


@EVERY_VIEW
def test_what_is_in_it(name: str, view: str, tmp_path: Path) -> None:
    """The manifest names each file and one master; libSEDML has nothing to say."""
    file = export(Model.load(name), view, tmp_path / "a.omex")
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        listed = {f"./{path}" for path in archive.namelist()}
        manifest = ET.fromstring(archive.read("manifest.xml"))
        told = ET.fromstring(archive.read("metadata.rdf"))
        assert b"<sbml" in archive.read("model.xml")
    assert {content.get("location") for content in manifest} - {"."} == listed
    master = [c.get("location") for c in manifest if c.get("master") == "true"]
    assert master == [f"./{experiment_files(file)[0]}"]
    assert Model.load(name).card.find("views", view).title in "".join(told.itertext())
    command = [sys.executable, "-c", READ_SEDML, str(file)]
    read = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert read.stdout.split() == [part for f in experiment_files(file) for part in (f, "0")]


def test_the_same_archive_every_time(tmp_path: Path) -> None:
    """No date, no chance."""
    one, two = (export(Model.load(names()[0]), VIEWS[0][1], tmp_path / f) for f in "ab")
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "omex"], "-o FILE.omex"),
        (["--to", "omex", "-o", "x", "--view", "mice"], "name another view"),
        (["--to", "omex", "-o", "x", "--set", "dosis=1"], "did you mean 'dose'"),
        (["--to", "js", "--set", "dose=1"], "--set is for --to omex"),
    ],
)
def test_what_cannot_be_written(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    """Exit code 2 and the remedy; nothing is written."""
    written = [str(tmp_path / "x") if a == "x" else a for a in arguments]
    assert main(["export", "metastasis_window", *written]) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
