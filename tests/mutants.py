"""Break the book on purpose, one fault at a time, and tell which faults no test sees.

``make mutants`` runs this; ``python tests/mutants.py WORD …`` tries only mutants whose names hold
one of the words. The list is ``mutants.yml``. mutmut changes Python alone and Stryker JavaScript
alone, both blindly at every operator and neither in a built page, so a short script with a list of
faults that a reader would suffer from serves better.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".yml")
SHIPPED = Path("_build/html/_static/nkreview")  # copies of scripts and styles, for the built pages
LONGEST = 600  # seconds; a test that hangs has seen the fault
PASSED, FAILED = 0, 1  # pytest's exit codes; any other is no verdict


@dataclass(frozen=True)
class Mutant:
    """A fault, and the tests that must see it.

    Attributes
    ----------
    name : str
        What is wrong, in words.
    file : Path
        Where, below the root of the repository.
    old, new : str
        The text that is there, once, and what takes its place.
    tests : tuple of str
        What pytest is to run.
    """

    name: str
    file: Path
    old: str
    new: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """Return the file's text with the fault; ValueError where the list is out of date."""
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.name}: {self.file} holds the old text {text.count(self.old)} times; "
                f"correct {LIST.name}"
            )
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Result:
    """What became of a mutant: killed, survived, or neither with what pytest said."""

    mutant: Mutant
    seconds: float
    code: int
    said: str

    @property
    def word(self) -> str:
        """The result in a word."""
        return {PASSED: "SURVIVED", FAILED: "killed"}.get(self.code, "BROKEN")


def read_list(path: Path = LIST) -> list[Mutant]:
    """Read the mutants: by area, each with name, file, old, new and tests."""
    areas = YAML(typ="safe").load(path)
    return [
        Mutant(
            f"{area}: {given['name']}",
            Path(given["file"]),
            given["old"].rstrip("\n"),
            given["new"].rstrip("\n"),
            tuple(given["tests"].split()),
        )
        for area, mutants in areas.items()
        for given in mutants
    ]


def copy_of(root: Path, folder: Path) -> Path:
    """Return a copy of the repository: what git knows, and the built book."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout
    for name in known.splitlines():
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, folder / name)
    # Linked, because it is large; `put` never writes through a link.
    shutil.copytree(root / "_build" / "html", folder / "_build" / "html", copy_function=os.link)
    return folder


def put(path: Path, text: str) -> None:
    """Write a file anew, whatever shares its contents."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


def break_copy(mutant: Mutant, folder: Path) -> None:
    """Apply a mutant to a copy, and to what the built pages load of it."""
    path = folder / mutant.file
    put(path, mutant.applied(path.read_text(encoding="utf-8")))
    if mutant.file.suffix in (".js", ".css"):
        for shipped in (folder / SHIPPED).glob("*.*s"):  # a tool's script brings its style
            text = shipped.read_text(encoding="utf-8")
            if text.count(mutant.old) == 1:
                put(shipped, mutant.applied(text))


def run_tests(folder: Path, tests: Iterable[str], *options: str) -> tuple[int, str]:
    """Run tests in a copy; return pytest's exit code and what it said."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", *options, *tests]
    try:
        run = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return FAILED, f"hung for {LONGEST} s"
    return run.returncode, run.stdout + run.stderr


def attempt(mutant: Mutant) -> Result:
    """Apply a mutant to a copy of its own and run its tests."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nkreview-mutant-") as name:
        folder = copy_of(ROOT, Path(name))
        break_copy(mutant, folder)
        code, said = run_tests(folder, mutant.tests)
    return Result(mutant, time.monotonic() - started, code, said)


def check_unbroken(mutants: list[Mutant], workers: int) -> None:
    """Make sure that the tests pass on what is not broken, or they would prove nothing."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    with tempfile.TemporaryDirectory(prefix="nkreview-mutant-") as name:
        folder = copy_of(ROOT, Path(name))
        code, said = run_tests(folder, tests, f"--numprocesses={workers}")
    if code != PASSED:
        sys.exit(f"The tests do not pass on the repository as it is:\n{said}")


def main(words: list[str]) -> int:
    """Try the mutants; return the exit code (0 all killed, 1 a survivor or no verdict)."""
    started = time.monotonic()
    mutants = [m for m in read_list() if not words or any(word in m.name for word in words)]
    for mutant in mutants:
        mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8"))
    workers = os.cpu_count() or 1
    check_unbroken(mutants, workers)
    missed = []
    with ThreadPoolExecutor(workers) as pool:
        for result in pool.map(attempt, mutants):
            print(f"{result.word:9} {result.seconds:5.1f} s  {result.mutant.name}", flush=True)
            if result.word != "killed":
                missed.append(result)
            if result.word == "BROKEN":
                print(result.said)
    killed = len(mutants) - len(missed)
    print(f"{killed} of {len(mutants)} mutants killed in {time.monotonic() - started:.0f} s")
    for result in missed:
        print(f"{result.word}: {result.mutant.name} ({result.mutant.file})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
