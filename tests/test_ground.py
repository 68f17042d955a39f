"""What the repository promises before any biology: one lock, one version, two commands."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from itertools import chain
from pathlib import Path

import pytest
from mutants import Mutant, read_list
from ruamel.yaml import YAML

COMMANDS = {
    "help",
    "book",
    "test",
    "mutants",
    "lab",
    "notebooks",
    "serve",
    "bench",
    "lock",
    "clean",
    "distclean",
}

# A room imports only from rooms above its own; the package and the command stand below all.
ROOMS = ["sbml", "model", "living", "schematic", "book", "cli", "__init__"]

# What a module of its kind must define: Sphinx asks each extension for `setup`; each plate tells
# its caption and what stands for it where it is not seen; folders are each module's own.
PER_MODULE = {"setup", "CAPTION", "ALT", "FOLDER", "STATIC"}

BROUGHT = {"docutils", "ipython", "myst-nb", "pybtex", "sphinx", "traitlets"}


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    """Return the table ``project`` of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def locked(root: Path) -> dict[str, str]:
    """Return the entry of each package in the lock, its hashes included."""
    text = (root / "requirements.lock").read_text().replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {entry.split("==")[0]: entry for entry in entries}


def read_yaml(path: Path) -> dict:
    """Return what a YAML file holds."""
    return YAML(typ="safe").load(path)


def plain(name: str) -> str:
    """Return a package's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def test_lock_pins_every_package_with_hashes(locked: dict[str, str]) -> None:
    assert len(locked) > 100
    shape = re.compile(r"[a-z0-9-]+==[\w.]+(\s*;[^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert not [entry for entry in locked.values() if not shape.fullmatch(entry)]


def test_lock_names_no_address(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links| @ ", text)


def test_lock_covers_every_declared_dependency(project: dict, locked: dict[str, str]) -> None:
    extras = project["optional-dependencies"].values()
    declared = chain(project["dependencies"], *extras)
    assert not {plain(name) for name in declared} - set(locked)


def test_library_imports_only_what_it_declares(root: Path, project: dict) -> None:
    """An undeclared import works only for as long as something else brings the package."""
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *extras["book"], *extras["cluster"]]
    # These come with ipywidgets and jupyter-book, and cannot come without.
    allowed = {plain(name) for name in declared} | BROUGHT
    names = packages_distributions()
    for path in (root / "src" / "nkreview").rglob("*.py"):
        top = {module.split(".")[0] for module in imports(path)} - sys.stdlib_module_names
        for module in top - {"nkreview"}:
            packages = {plain(name) for name in names[module]}
            assert packages & allowed, f"{path.name} imports {module}, from {packages}"


def test_library_imports_run_one_way(root: Path) -> None:
    """Rooms import from the rooms above them; a file in a subfolder belongs to its room."""
    package = root / "src" / "nkreview"
    seen = set()
    for path in package.rglob("*.py"):
        room = path.relative_to(package).with_suffix("").parts[0]
        assert room in ROOMS, f"{path} stands in no room"
        seen.add(room)
        for module in imports(path):
            if module == "nkreview":
                assert room == "__init__", f"{path} imports the whole package"
            if module.startswith("nkreview."):
                other = module.split(".")[1]
                assert ROOMS.index(other) <= ROOMS.index(room), f"{path} imports {module}"
    assert seen == set(ROOMS)


def test_a_public_name_stands_in_one_module(root: Path) -> None:
    """Two classes of one name are taken for each other; one of them needs a better name."""
    places: dict[str, set[str]] = {}
    package = root / "src" / "nkreview"
    for path in package.rglob("*.py"):
        for name in defined(path) - PER_MODULE:
            if not name.startswith("_"):
                places.setdefault(name, set()).add(str(path.relative_to(package)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def defined(path: Path) -> set[str]:
    """Return the classes, functions and constants that a module defines itself."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found.update(target.id for target in targets if isinstance(target, ast.Name))
    return found


def test_private_names_stay_in_their_module(root: Path) -> None:
    """What another module needs is public there, with a docstring."""
    found = [
        f"{path.relative_to(root)}: {node.module}.{alias.name}"
        for path in (root / "src" / "nkreview").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nkreview")
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert found == []


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports by their full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found.update(f"nkreview.{name}" for name in names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
            if node.module == "nkreview":
                found.update(f"nkreview.{alias.name}" for alias in node.names)
    return found


def test_version_is_the_same_everywhere(root: Path, project: dict) -> None:
    citation = read_yaml(root / "CITATION.cff")
    newest = re.search(r"^## \[([\d.]+)\]", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    found = {project["version"], str(citation["version"]), newest[1], version("nkreview")}
    assert found == {project["version"]}


def test_package_reports_its_version(project: dict) -> None:
    import nkreview

    assert nkreview.__version__ == project["version"]


def test_make_lists_every_command(root: Path) -> None:
    text = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {line.split()[0] for line in text.splitlines()} == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_make_knows_the_command(root: Path, command: str) -> None:
    run = subprocess.run(
        ["make", "--dry-run", command], cwd=root, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_make_without_python_says_what_to_do(root: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        ["make", "PYTHON=", f"VENV={tmp_path / 'none'}", "book"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "No Python 3.11 or newer" in run.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("mutant", read_list(), ids=lambda mutant: mutant.name)
def test_the_list_of_mutants_fits_the_sources(root: Path, mutant: Mutant) -> None:
    """`make mutants` takes minutes; that its list is out of date is seen here."""
    text = (root / mutant.file).read_text(encoding="utf-8")
    assert mutant.applied(text) != text
    for test in mutant.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (root / file).read_text(encoding="utf-8")


def test_continuous_integration_runs_the_tests(root: Path) -> None:
    script = root / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().rstrip().endswith("\nmake test")


@pytest.mark.parametrize("name", ["test", "book", "weekly"])
def test_workflow_runs_make(root: Path, name: str) -> None:
    workflow = read_yaml(root / ".github" / "workflows" / f"{name}.yml")
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert any(step.get("run", "").startswith("make test") for step in steps)
    pins = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", pin) for pin in pins)


def test_binder_installs_the_lock(root: Path) -> None:
    environment = read_yaml(root / "environment.yml")
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    # An entry without a hash would make pip refuse the whole list.
    assert pip == ["-r requirements.lock"]
    assert (root / "postBuild").stat().st_mode & 0o111


def test_binder_understands_the_repository(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert "python=3.11" in said
    assert '--file "environment.yml"' in said
    assert "RUN ./postBuild" in said
    # The lock lies in the repository, so the copy must come before the installation.
    assert said.index("COPY --chown=0:0 src/") < said.index("env update")


def test_hooks_use_the_locked_tools(root: Path, locked: dict[str, str]) -> None:
    config = read_yaml(root / ".pre-commit-config.yaml")
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    tools = {tool for hook in hooks for tool in hook["additional_dependencies"]}
    pinned = {tool for tool in tools if tool.split("==")[0] in locked}
    assert {tool.split("==")[0] for tool in pinned} == {"ruff", "codespell"}
    assert all(locked[tool.split("==")[0]].split()[0] == tool for tool in pinned)


@pytest.mark.parametrize(
    "command", [["ruff", "check"], ["ruff", "format", "--check"], ["codespell_lib"]]
)
def test_style(root: Path, command: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_readme_names_only_what_is_there(root: Path) -> None:
    text = (root / "README.md").read_text()
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    folders = re.findall(r"`([\w/.]+/)`", text)
    assert not [name for name in links + folders if not (root / name).exists()]
