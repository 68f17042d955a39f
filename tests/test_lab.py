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
from playwright.sync_api import Browser, Locator, Page

from nkreview.model.model import Model

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "metastasis-window.ipynb"
ALIVE = "nk-explorer.nk-live"


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
        if found and answers(address := f"http://127.0.0.1:{found[1]}"):
            return address
        time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def answers(address: str) -> bool:
    """Tell whether the server is there; its address is in the log a little earlier."""
    try:
        urllib.request.urlopen(f"{address}/api", timeout=5)
    except OSError:
        return False
    return True


def command(page: Page, name: str) -> None:
    """Run one of JupyterLab's commands and wait for it."""
    page.evaluate("name => window.jupyterapp.commands.execute(name)", name)


def test_a_slider_moves_the_figure_and_the_settings(
    lab: tuple[str, Path], browser: Browser
) -> None:
    """The whole way: run all, move a slider with the keyboard, read and set `.settings`."""
    address, folder = lab
    copy = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.write(copy, folder / NOTEBOOK.name)
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    foreign = []
    page.on("request", lambda request: foreign.append(request.url))
    page.goto(f"{address}/lab/tree/{NOTEBOOK.name}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    command(page, "notebook:run-all-cells")
    errors = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
    page.locator(ALIVE).nth(2).wait_for(timeout=120_000)
    assert errors.filter(has_text="Error").count() == 0
    figure = page.locator(ALIVE).first

    before = drawn(figure)
    slider = figure.locator("details[open] input").first
    slider.scroll_into_view_if_needed()
    slider.focus()
    start = float(slider.input_value())
    # JupyterLab has the arrow keys for itself, unless a control says that they are its own.
    for key in ("Home", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    moved = float(slider.input_value())
    assert slider.evaluate("e => document.activeElement === e")
    assert start != moved > 0
    assert drawn(figure) != before

    name = slider.get_attribute("name")
    # The front end holds the last move back until the kernel has taken the one before.
    for _ in range(20):
        told = settings_in_next_cell(page, "window", "import json")
        if told[name] == moved:
            break
        time.sleep(0.5)
    usual = Model.load("metastasis_window").constants
    assert told.pop(name) == moved
    assert told == pytest.approx({key: usual[key] for key in told})

    # The second view of the widget and the linked widget have followed; so they do from Python.
    # The explorer of the fortnight, which comes last, goes its own way.
    assert positions(page, name) == [moved] * 3 + [start]
    settings_in_next_cell(page, "foci", f"foci.settings = {{{name!r}: {start!r}}}; import json")
    page.wait_for_function(
        "([name, at]) => [...document.querySelectorAll('nk-explorer')]"
        ".every((e) => e.settings[name] === at)",
        arg=[name, start],
    )
    assert drawn(figure) == before

    use_tools_by_key(page, figure)
    ids = page.evaluate("[...document.querySelectorAll('nk-explorer [id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids)) > 200
    assert [url for url in foreign if not url.startswith((address, "data:", "blob:"))] == []
    page.close()


def use_tools_by_key(page: Page, figure: Locator) -> None:
    """Open each tool with Enter, pin a run and type a number: no key is a command of JupyterLab."""
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    for tool in ("compare", "listen", "carry"):
        figure.locator(f"[data-tool={tool}]").focus()
        page.keyboard.press("Enter")
        figure.locator(f".nk-drawer[id$={tool}] > *").first.wait_for(state="visible")
    figure.get_by_role("button", name="Pin this run").focus()
    page.keyboard.press("Space")
    figure.get_by_role("button", name="Unpin").wait_for(state="visible")
    field = figure.locator(".nk-value input").first
    field.fill("")
    field.press_sequentially("2ddabx")  # in JupyterLab: delete, insert, cut
    assert field.input_value() == "2ddabx"
    field.press("Enter")
    assert "takes a number" in figure.locator(".nk-remark").inner_text()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells


def drawn(figure: object) -> list[str]:
    """Return the paths of a figure's curves."""
    curves = figure.locator("[id*='-curve-'] path")
    return curves.evaluate_all("paths => paths.map((path) => path.getAttribute('d'))")


def positions(page: Page, name: str) -> list[float]:
    """Return where a slider stands in each figure of the page."""
    return page.evaluate(
        "name => [...document.querySelectorAll(`nk-explorer input[name=${name}]`)]"
        ".map((input) => Number(input.value))",
        name,
    )


def settings_in_next_cell(page: Page, explorer: str, before: str) -> dict[str, float]:
    """Put a cell at the notebook's end, run it, and read the settings that it prints."""
    source = f"{before}; print('SETTINGS', json.dumps({explorer}.settings))"
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
        source,
    )
    printed = page.locator(".jp-OutputArea-output", has_text="SETTINGS {").last
    printed.wait_for(timeout=120_000)
    return json.loads(printed.inner_text().split("SETTINGS ")[1])
