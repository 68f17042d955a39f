"""COPASI opens a COMBINE archive, runs what is in it, and tells what it reports."""

from __future__ import annotations

import io
import locale
import zipfile
from pathlib import Path

import pandas as pd


def reports(archive: Path, folder: Path) -> dict[str, pd.DataFrame]:
    """Return what each experiment of an archive reports, by its file; the master comes first.

    The master is what COPASI finds by itself; the others are imported one after the other.
    """
    before = locale.setlocale(locale.LC_ALL)
    import COPASI

    locale.setlocale(locale.LC_ALL, before)  # COPASI takes the machine's, often ASCII
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    found = {}
    for path in experiment_files(archive):
        data = COPASI.CRootContainer.addDatamodel()
        if found:
            assert data.importSEDML(str(folder / path)), COPASI.CCopasiMessage.getAllMessageText()
        else:
            assert data.openCombineArchive(str(archive)), COPASI.CCopasiMessage.getAllMessageText()
        found[path] = _report(COPASI, data, folder / f"{path}.txt")
        COPASI.CRootContainer.removeDatamodel(data)
    return found


def experiment_files(archive: Path) -> list[str]:
    """Return the SED-ML files of an archive, as its manifest orders them."""
    with zipfile.ZipFile(archive) as opened:
        return [name for name in opened.namelist() if name.endswith(".sedml")]


def _report(COPASI: object, data: object, target: Path) -> pd.DataFrame:  # noqa: N803
    """Run what was imported: a scan where there is one, else a time course."""
    scan, course = data.getTask("Scan"), data.getTask("Time-Course")
    task = scan if scan.getProblem().getNumberOfScanItems() else course
    task.getReport().setTarget(str(target))
    task.setScheduled(True)
    everything = COPASI.CCopasiTask.OUTPUT_UI
    assert task.initializeRaw(everything), COPASI.CCopasiMessage.getAllMessageText()
    assert task.processRaw(True), COPASI.CCopasiMessage.getAllMessageText()
    task.restore()
    text = target.read_text(encoding="utf-8")
    return pd.read_csv(io.StringIO(text), skipinitialspace=True).dropna(axis=1, how="all")
