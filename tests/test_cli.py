"""The command line, as its users call it."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nkreview.cli import main
from nkreview.model.model import Model
from nkreview.model.shelf import names

DELAY = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
  <model id="late"><listOfParameters>
    <parameter id="x" value="1" constant="false"/></listOfParameters>
  <listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">d
    </csymbol><ci>x</ci><cn>1</cn></apply></math></rateRule></listOfRules></model></sbml>
"""


def table(capsys: pytest.CaptureFixture[str], *arguments: str) -> pd.DataFrame:
    """Run the command and read the CSV that it prints."""
    assert main(list(arguments)) == 0
    return pd.read_csv(io.StringIO(capsys.readouterr().out), index_col=0)


@pytest.mark.parametrize(
    ("name", "view"), [(n, v.id) for n in names() for v in Model.load(n).card.views]
)
def test_simulate_prints_the_view(name: str, view: str, capsys: pytest.CaptureFixture) -> None:
    """Plain ids in the header, the x axis first, the page's points."""
    model = Model.load(name)
    scenario = model.card.scenarios[-1].id
    frame = table(capsys, "simulate", name, "--view", view, "--scenario", scenario)
    wanted = model.simulate(view, scenario)
    assert [frame.index.name, *frame.columns] == [wanted.index.name, *wanted.columns]
    np.testing.assert_allclose(frame, wanted, rtol=1e-9)


def test_settings_and_readouts(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    """--set changes constants, --readouts prints numbers, --csv writes a file."""
    name = names()[0]
    model = Model.load(name)
    slider = model.card.sliders[0]
    moved = ["--set", f"{slider.id}={slider.min}"]
    assert main(["simulate", name, *moved, "--readouts"]) == 0
    printed = pd.read_csv(io.StringIO(capsys.readouterr().out), index_col=0)["value"]
    wanted = model.readouts(settings={slider.id: slider.min})
    np.testing.assert_allclose(printed, pd.Series(wanted), rtol=1e-9)
    assert main(["simulate", name, *moved, "--csv", str(tmp_path / "curves.csv")]) == 0
    assert capsys.readouterr().out == ""
    written = pd.read_csv(tmp_path / "curves.csv", index_col=0)
    wanted = model.simulate(settings={slider.id: slider.min})
    np.testing.assert_allclose(written, wanted, rtol=1e-9)


def test_nothing_but_csv_reaches_standard_output() -> None:
    """Not even warnings of the solver's C library, which capsys would not see."""
    command = [sys.executable, "-m", "nkreview.cli", "simulate", "metastasis_window"]
    command += ["--scenario", "second-dose-at-24h"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("time,")
    assert {line.count(",") for line in lines} == {lines[0].count(",")}


def test_a_file_that_nobody_here_wrote(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    """An SBML and an Antimony file simulate alike, with --end and --points."""
    antimony = tmp_path / "decay.ant"
    antimony.write_text("model decay\n compartment c=2; species S in c=8; S => ; c*k*S; k=0.5\nend")
    assert main(["export", str(antimony), "--to", "sbml", "--output", f"{tmp_path}/d.xml"]) == 0
    for path in (antimony, tmp_path / "d.xml"):
        frame = table(capsys, "simulate", str(path), "--end", "4", "--points", "5", "--set", "k=1")
        np.testing.assert_allclose(frame["S"], 8 * np.exp(-np.arange(5)), rtol=1e-6)


@pytest.mark.parametrize("form", ["js", "sbml", "latex", "antimony"])
@pytest.mark.parametrize("name", names())
def test_export(name: str, form: str, capsys: pytest.CaptureFixture) -> None:
    """Every form of every model."""
    assert main(["export", name, "--to", form]) == 0
    marks = {"js": "export default", "sbml": "<sbml", "latex": "\\frac{", "antimony": "model"}
    assert marks[form] in capsys.readouterr().out


def test_check_prints_every_claim(capsys: pytest.CaptureFixture) -> None:
    """One line a claim, with its value."""
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    for name in names():
        for claim in Model.load(name).evidence.claims:
            assert f" {claim.id}: " in printed


def test_list(capsys: pytest.CaptureFixture) -> None:
    """Each model with its question."""
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(f"{name}: {Model.load(name).card.question}" in printed for name in names())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate", "metastasis"], "no model 'metastasis'"),
        (["simulate", "metastasis_window", "--view", "burdn"], "did you mean 'burden'"),
        (["simulate", "metastasis_window", "--scenario", "x"], "no scenario 'x'; known: intact"),
        (["simulate", "metastasis_window", "--set", "dosis=1"], "did you mean 'dose'"),
        (["simulate", "metastasis_window", "--set", "dose=much"], "write ID=VALUE"),
        (["simulate", "metastasis_window", "--set", "dose=nan"], "finite"),
        (["simulate", "no/such/file.xml"], "no/such/file.xml"),
    ],
)
def test_wrong_input(arguments: list[str], says: str, capsys: pytest.CaptureFixture) -> None:
    """Exit code 2, and one message on standard error."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nkreview: ") and says in captured.err


@pytest.mark.parametrize(
    ("text", "says"),
    [("Dear reader,", "wrong.xml"), ("<html></html>", "wrong.xml"), (DELAY, "delay")],
)
def test_files_that_cannot_be_used(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """A file that is no model, and a model that cannot be printed, are refused by name."""
    path = tmp_path / "wrong.xml"
    path.write_text(text)
    assert main(["export", str(path), "--to", "js"]) == 2
    assert says in capsys.readouterr().err
