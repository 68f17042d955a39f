"""Somebody else's book: a wheel of ours, a plain Sphinx project, a model from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page

from nkreview.living.bundle import TOOLS
from nkreview.sbml.read import load_sbml

ROOT = Path(__file__).parents[1]

# Goldbeter's minimal mitotic oscillator (1991), as an SBML file that knows nothing of us.
OSCILLATOR = ROOT / "tests" / "models" / "goldbeter1991.ant"
CARD = """
title: A minimal mitotic oscillator
question: How fast must cyclin be made for a cell to divide?
sliders:
  - {id: vi, label: Synthesis of cyclin, max: 0.05}
views:
  - id: cycle
    kind: time-course
    title: Cyclin and the kinase that it wakes
    x: {max: 100}
    y: {max: 1}
    series: [{id: C, label: cyclin}, {id: M, label: active kinase}]
"""

DECAY = """
model decay
  S = 1
  k = 0.5
  S => ; k * S
end
"""
DECAY_CARD = """
title: Decay
question: How long?
sliders: [{id: k}]
views:
  - id: rest
    kind: time-course
    title: What is left
    x: {max: 10}
    y: {max: 1}
    series: [{id: S}]
readouts: [{id: late, label: after ten, expression: S, at: 10}]
"""

CONF = """
from pathlib import Path

project = "Somebody else's book"
extensions = ["myst_nb", "nkreview.living.sphinx"]
html_theme = "alabaster"
nkreview_models = ["models"]
nb_execution_mode = "cache"
nb_execution_cache_path = str(Path(__file__).parents[1] / "cache")
latex_engine = "xelatex"
numfig = True
html_static_path = ["_static"]
html_favicon = "_static/icon.svg"
mathjax_path = "mathjax.js"  # else from a server of others
"""

INDEX = """
Cells that divide
=================

.. toctree::

   notes/markdown
   notes/kernel
   plain

.. explorer:: goldbeter1991

   When cyclin is made **slowly**, nothing happens.

.. explorer:: goldbeter1991
"""
MARKDOWN = """
# A model beside its page

```{explorer} decay.ant
:name: my-decay
```

After ten hours {readout}`decay.ant late | .4f` is left, see {numref}`my-decay`.
"""
PLAIN = """
A page without any figure
=========================

.. equations:: goldbeter1991
"""


def in_site(site: Path) -> dict[str, str]:
    """Return an environment in which the installed wheel comes before everything else."""
    return {**os.environ, "PYTHONPATH": str(site)}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel without any network, and unpack it where Python finds it first."""
    wheels, site = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    build = "import sys; from flit_core import buildapi; print(buildapi.build_wheel(sys.argv[1]))"
    run = subprocess.run(
        [sys.executable, "-c", build, str(wheels)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    zipfile.ZipFile(wheels / run.stdout.split()[-1]).extractall(site)
    where = "import nkreview; print(nkreview.__file__)"
    run = subprocess.run(
        [sys.executable, "-c", where],
        cwd=site.parent, env=in_site(site), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.startswith(str(site))
    return site


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the project: no ledger, no theme of ours, no Jupyter Book."""
    folder = tmp_path_factory.mktemp("project")
    files = {
        "conf.py": CONF,
        "index.rst": INDEX,
        "plain.rst": PLAIN,
        "_static/custom.css": "",  # alabaster's pages ask for it
        "_static/mathjax.js": "",
        "_static/icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
        "notes/markdown.md": MARKDOWN,
        "notes/decay.ant": DECAY,
        "notes/decay.yml": DECAY_CARD,
        "models/goldbeter1991/goldbeter1991.xml": load_sbml(OSCILLATOR),
        "models/goldbeter1991/goldbeter1991.yml": CARD,
        "models/idle/idle.ant": DECAY.replace("decay", "idle"),
        "models/idle/idle.yml": DECAY_CARD,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# A notebook"),
        nbformat.v4.new_code_cell('from nkreview import explore\n\nexplore("decay.ant")', id="c"),
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, folder / "notes" / "kernel.ipynb")
    return folder


def sphinx(site: Path, project: Path, builder: str, out: Path) -> subprocess.CompletedProcess:
    """Build a project with warnings as errors."""
    return subprocess.run(
        [
            sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", builder, project, out,
            "-d", project / ".doctrees",  # what is read once does for every builder
        ],
        env=in_site(site), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def html(site: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built pages."""
    out = tmp_path_factory.mktemp("html")
    run = sphinx(site, project, "html", out)
    assert run.returncode == 0, run.stdout + run.stderr
    return out


@pytest.fixture
def visit(html: Path, serve: Callable, new_tab: Callable) -> Iterator[Callable[[str], Page]]:
    """Return a function that opens a page; nothing may go wrong there or come from elsewhere."""
    address, said, pages = serve(html), [], []

    def opened(path: str) -> Page:
        page = new_tab(height=720)
        pages.append(page)
        page.on("console", lambda m: said.append(m.text))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("request", lambda r: r.url.startswith((address, "blob:")) or said.append(r.url))
        page.goto(f"{address}/{path}")
        return page

    yield opened
    for page in pages:
        page.close()
    assert said == []


def drawn(figure: object) -> list[str]:
    """Return the paths of a figure's curves."""
    curves = figure.locator("[id*='-curve-'] path")
    return curves.evaluate_all("paths => paths.map((path) => path.getAttribute('d'))")


def moved(page: Page, figure: object) -> bool:
    """Move a figure's first slider with the keyboard; tell whether its curves have changed."""
    slider = figure.locator("details[open] input").first
    slider.wait_for(state="visible")
    before, start = drawn(figure), slider.input_value()
    slider.focus()
    page.keyboard.press("End")
    assert slider.input_value() != start
    return drawn(figure) != before


def test_a_slider_moves_the_curves(visit: Callable) -> None:
    """In a page of reStructuredText, each of two figures of one view by itself."""
    page = visit("index.html")
    first, second = page.locator("nk-explorer").all()
    before = drawn(second)
    assert moved(page, first)
    assert drawn(second) == before
    assert moved(page, second)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    assert first.locator("xpath=..//figcaption//strong").inner_text() == "slowly"
    assert "<sbml" in sbml_of(page, first)


def sbml_of(page: Page, figure: Locator) -> str:
    """Return the file that a figure's menu gives."""
    figure.locator("[data-tool=carry]").click()
    with page.expect_download() as download:
        figure.locator("button", has_text="SBML").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["notes/markdown.html", "notes/kernel.html"])
def test_a_model_beside_its_page(path: str, visit: Callable) -> None:
    """By a path from a MyST page, and from a notebook, whose output carries the model."""
    page = visit(path)
    assert moved(page, page.locator("nk-explorer").first)
    assert "<sbml" in sbml_of(page, page.locator("nk-explorer").first)


def test_a_number_in_a_sentence(html: Path) -> None:
    assert "0.0067" in (html / "notes" / "markdown.html").read_text(encoding="utf-8")


def test_a_page_loads_what_stands_on_it(html: Path) -> None:
    """Models that no page shows are not shipped, and a page without figures loads nothing."""
    shipped = {path.name for path in (html / "_static" / "nkreview").iterdir()}
    assert shipped == {
        "explorer.css", "explorer.js", "tables.css", *(f"{tool}.js" for tool in TOOLS),
        "goldbeter1991.js", "goldbeter1991.sbml.js", "goldbeter1991.archive.js",
        "decay.js", "decay.sbml.js", "decay.archive.js",
    }  # fmt: skip
    assert "nkreview/" not in (html / "plain.html").read_text(encoding="utf-8")
    index = (html / "index.html").read_text(encoding="utf-8")
    assert "nkreview/goldbeter1991.js" in index and "nkreview/decay.js" not in index


def test_explorers_look_the_same_by_day(visit: Callable) -> None:
    """Without a theme that we know the texts are legible: as dark as the text around."""
    page = visit("index.html")
    colour = "e => getComputedStyle(e).color"
    around = page.locator("h1").first.evaluate(colour)
    assert page.locator("nk-explorer svg text").first.evaluate("e => getComputedStyle(e).fill")
    assert page.locator("figcaption").first.evaluate(colour) == around


@pytest.mark.parametrize(
    ("builder", "file", "shows"),
    [
        ("dirhtml", "notes/markdown/index.html", "../../_static/nkreview/decay.js"),
        ("singlehtml", "index.html", "_static/nkreview/decay.js"),
        ("dummy", None, ""),
        ("latex", "somebodyelsesbook.tex", "\\sphinxincludegraphics{{goldbeter1991-cycle}.png}"),
        ("text", "index.txt", "Cyclin and the kinase that it wakes"),
    ],
)
def test_any_builder(
    builder: str, file: str | None, shows: str, site: Path, project: Path, tmp_path: Path
) -> None:
    """Pages with scripts get the figure, print gets a picture, plain text gets words."""
    out = tmp_path / builder
    run = sphinx(site, project, builder, out)
    assert run.returncode == 0, run.stdout + run.stderr
    if file is None:
        assert not list(out.rglob("*.js"))
    else:
        assert shows in (out / file).read_text(encoding="utf-8")
    if builder == "latex":
        assert (out / "goldbeter1991-cycle.png").read_bytes().startswith(b"\x89PNG")


def test_an_electronic_book_gets_a_picture(site: Path, project: Path, tmp_path: Path) -> None:
    """Readers of EPUB run no scripts."""
    run = sphinx(site, project, "epub", tmp_path / "epub")
    assert "goldbeter1991" not in run.stderr, run.stderr
    page = (tmp_path / "epub" / "index.xhtml").read_text(encoding="utf-8")
    assert "<nk-explorer" not in page and "goldbeter1991-cycle.png" in page


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (".. explorer:: goldbeter", "no model 'goldbeter'; did you mean 'goldbeter1991'?"),
        (".. explorer:: nowhere.ant", "nowhere.ant: cannot be read"),
        (
            ".. explorer:: goldbeter1991\n   :view: cycles",
            "no view 'cycles'; did you mean 'cycle'?",
        ),
    ],
)
def test_errors_name_file_line_and_remedy(
    page: str, says: str, site: Path, project: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(
        f'extensions = ["nkreview.living.sphinx"]\nnkreview_models = [{str(project / "models")!r}]'
    )
    (source / "index.rst").write_text(f"Title\n=====\n\n{page}\n")
    run = sphinx(site, source, "dummy", tmp_path / "out")
    assert run.returncode != 0
    assert "index.rst:4: ERROR: " in run.stderr and says in run.stderr


def test_a_folder_that_is_not_there(site: Path, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        'extensions = ["nkreview.living.sphinx"]\nnkreview_models = ["elsewhere"]\n'
    )
    (tmp_path / "index.rst").write_text("Title\n=====\n")
    run = sphinx(site, tmp_path, "dummy", tmp_path / "out")
    assert run.returncode != 0
    assert "nkreview_models in conf.py" in run.stderr and "no folder of models" in run.stderr
