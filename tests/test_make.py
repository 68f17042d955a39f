"""What ``make book`` does again after a change; an empty builder stands for the real one."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

BUILDER = """#!/bin/sh
mkdir -p _build/html _build/.jupyter_cache
ls _build/.jupyter_cache > _build/found
touch _build/.jupyter_cache/notebook
"""
TRACKED = (
    "Makefile",
    "_config.yml",
    "_toc.yml",
    "references.bib",
    "requirements.lock",
    "pyproject.toml",
)


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which nothing is installed or executed."""
    folder = tmp_path_factory.mktemp("project")
    for name in TRACKED:
        shutil.copy(root / name, folder / name)
    for name in ("src", "book", "notebooks"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    builder = folder / ".venv" / "bin" / "jupyter-book"
    builder.parent.mkdir(parents=True)
    builder.write_text(BUILDER)
    builder.chmod(0o755)
    (folder / ".venv" / ".installed-locked").touch()
    make(folder)
    return folder


def make(folder: Path) -> str:
    """Run ``make book`` and tell what it did."""
    found = folder / "_build" / "found"
    found.unlink(missing_ok=True)
    subprocess.run(["make", "book"], cwd=folder, check=True, capture_output=True)
    if not found.exists():
        return "nothing"
    return "text" if "notebook" in found.read_text() else "notebooks and text"


def change(path: Path) -> None:
    """Change a file, later than whatever was made before."""
    time.sleep(0.05)
    path.write_bytes(path.read_bytes() + b"\n")


def test_nothing_changed(project: Path) -> None:
    make(project)
    assert make(project) == "nothing"


@pytest.mark.parametrize(
    ("name", "done"),
    [
        ("src/nkreview/living/static/explorer.css", "text"),
        ("src/nkreview/living/static/explorer.js", "text"),
        ("src/nkreview/living/static/names.js", "notebooks and text"),
        ("src/nkreview/book/ledger/static/ledger.css", "text"),
        ("src/nkreview/schematic/static/schematic.css", "text"),
        ("book/claims.yml", "text"),
        ("book/index.md", "text"),
        ("notebooks/cytokine-fuel.ipynb", "text"),  # the cache knows which notebook changed
        ("references.bib", "text"),
        ("_toc.yml", "text"),
        ("_config.yml", "text"),
        ("src/nkreview/living/plot.py", "notebooks and text"),
        ("src/nkreview/living/templates/explorer.html", "notebooks and text"),
        ("src/nkreview/book/models/cytokine_fuel/cytokine_fuel.ant", "notebooks and text"),
        ("src/nkreview/book/models/cytokine_fuel/cytokine_fuel.evidence.yml", "notebooks and text"),
        ("src/nkreview/book/models/cytokine_fuel/cytokine_fuel.draws.csv", "notebooks and text"),
        (".venv/.installed-locked", "notebooks and text"),
    ],
)
def test_what_a_change_makes_again(project: Path, name: str, done: str) -> None:
    change(project / name)
    assert make(project) == done
    assert make(project) == "nothing"


def test_notebooks_run_again_when_their_execution_is_configured_anew(project: Path) -> None:
    path = project / "_config.yml"
    time.sleep(0.05)
    path.write_text(path.read_text().replace("timeout: 300", "timeout: 299"))
    assert make(project) == "notebooks and text"
    assert make(project) == "nothing"


def test_a_failed_build_is_not_taken_for_a_book(project: Path) -> None:
    builder = project / ".venv" / "bin" / "jupyter-book"
    builder.write_text("#!/bin/sh\nexit 1\n")
    change(project / "book" / "index.md")
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            make(project)
    builder.write_text(BUILDER)
    assert make(project) == "text"
