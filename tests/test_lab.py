"""A notebook in a real JupyterLab: it runs, a slider moves, the next cell knows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from nkreview.model.model import Model

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
WITH_EXPLORER = [p for p in sorted(NOTEBOOKS.glob("*.ipynb")) if "explore(" in p.read_text()]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Start a JupyterLab on a free port; return its address and its folder."""
    options = [
        "--no-browser", "--allow-root", "--expose-app-in-browser", "--ServerApp.port=0",
        "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}",
    ]  # fmt: skip
    log = tmp_path / "lab.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stdout=stream, stderr=stream
        )
        yield wait_for_address(log), tmp_path
        server.terminate()
        server.wait(timeout=20)


def wait_for_address(log: Path) -> str:
    """Return the address that the server writes into its log once it listens."""
    for _ in range(240):
        found = re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/lab", log.read_text())
        if found:
            address = f"http://127.0.0.1:{found[1]}"
            urllib.request.urlopen(f"{address}/api")
            return address
        time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def command(page: Page, name: str) -> None:
    """Run one of JupyterLab's commands and wait for it."""
    page.evaluate("name => window.jupyterapp.commands.execute(name)", name)


@pytest.mark.parametrize("notebook", WITH_EXPLORER, ids=lambda path: path.stem)
def test_a_slider_moves_the_figure_and_the_settings(
    notebook: Path, lab: tuple[str, Path], browser: Browser
) -> None:
    """The whole way: run all, move a slider with the keyboard, read `.settings`."""
    address, folder = lab
    copy = nbformat.read(notebook, as_version=4)
    code = "\n".join(cell.source for cell in copy.cells if cell.cell_type == "code")
    name = re.search(r"^(\w+) = explore\(", code, flags=re.M)[1]
    question = f"import json; print('SETTINGS', json.dumps({name}.settings))"
    nbformat.write(copy, folder / notebook.name)

    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(f"{address}/lab/tree/{notebook.name}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    command(page, "notebook:run-all-cells")
    errors = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
    figure = page.locator(".jp-OutputArea .widget-html svg.nk-plot").first
    figure.wait_for(timeout=120_000)
    assert errors.filter(has_text="Error").count() == 0

    before = figure.inner_html()
    handle = page.locator(".widget-slider [role=slider]:visible").first
    handle.scroll_into_view_if_needed()
    started = float(handle.get_attribute("aria-valuenow"))
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "old => document.querySelector('.widget-html svg.nk-plot').innerHTML !== old", arg=before
    )
    moved = float(handle.get_attribute("aria-valuenow"))
    assert moved != started

    told = settings_in_next_cell(page, question)
    model = Model.load(re.search(r"explore\(\"(\w+)\"", code)[1])
    usual = {**model.constants, **model.card.scenarios[0].set}
    changed = [value for key, value in told.items() if value != pytest.approx(usual[key])]
    # The slider tells screen readers one decimal.
    assert len(changed) == 1 and changed[0] == pytest.approx(moved, abs=0.051)
    page.close()


def settings_in_next_cell(page: Page, question: str) -> dict[str, float]:
    """Put a cell at the notebook's end, run it, and read what it prints."""
    command(page, "notebook:move-cursor-down")
    page.evaluate(
        """source => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = notebook.widgets.length - 1;
            return window.jupyterapp.commands.execute('notebook:insert-cell-below').then(() => {
                notebook.activeCell.model.sharedModel.setSource(source);
                return window.jupyterapp.commands.execute('notebook:run-cell');
            });
        }""",
        question,
    )
    printed = page.locator(".jp-OutputArea-output", has_text="SETTINGS {").last
    printed.wait_for(timeout=120_000)
    return json.loads(printed.inner_text().split("SETTINGS ")[1])
