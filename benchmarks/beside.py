"""One model three ways: how long a slider takes to a painted frame, beside Bokeh and a live kernel.

``python benchmarks/beside.py`` runs it alone. Bokeh is asked for by the extra ``bench`` only;
without it that row is left out. All three run on this machine, so no network is measured.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import nbformat
from browser import launch_options
from pages import write_page
from playwright.sync_api import Browser, sync_playwright
from test_lab import command, wait_for_address

from nkreview.living.page import figure_html
from nkreview.model.model import Model

MODEL, VIEW, SLIDER = "metastasis_window", "burden", "nk_cells"
MOVES = 60

# `move(k)` moves a slider and returns a promise of the new curves; then the frame is awaited.
MEASURE = """
const pause = (time) => new Promise((done) => setTimeout(done, time));
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
async function measure(move, moves) {
    const spent = [];
    for (let k = 0; k < moves; k++) {
        await pause(60 + 30 * Math.random());
        const start = performance.now();
        await move(k);
        await painted();
        spent.push(performance.now() - start);
    }
    return spent.slice(5); // the first moves warm up
}
"""
FIGURE = f"""([id, moves]) => {{ {MEASURE}
    const figure = document.querySelector("nk-explorer");
    const input = figure.querySelector(`input[name=${{id}}]`);
    const [min, max] = [Number(input.min), Number(input.max)];
    return measure((k) => new Promise((done) => {{
        figure.addEventListener("nk-update", done, {{ once: true }});
        input.value = min + (max - min) * ((k * 7) % 20 + 1) / 21;
        input.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }}), moves);
}}"""
BOKEH = f"""([id, moves]) => {{ {MEASURE}
    const [page] = Bokeh.documents;
    const [slider, source] = [id, "source"].map((name) => page.get_model_by_name(name));
    const {{ start, end }} = slider;
    return measure((k) => new Promise((done) => {{
        const seen = () => {{ source.properties.data.change.disconnect(seen); done(); }};
        source.properties.data.change.connect(seen);
        slider.value = start + (end - start) * ((k * 7) % 20 + 1) / 21;
    }}), moves);
}}"""

CELL = f"""from nkreview import explore
window = explore({MODEL!r}, {VIEW!r}, engine="roadrunner")
window"""

SERVER = """
import sys
from bokeh.layouts import column
from bokeh.models import ColumnDataSource, Slider
from bokeh.plotting import figure
from bokeh.server.server import Server
from nkreview.model.model import Model

name, view, moved = sys.argv[1:]
model = Model.load(name)
shown, slider = model.card.find("views", view), model.card.find("sliders", moved)

def columns(value):
    curves = model.simulate(view, settings={moved: value})
    return {"x": curves.index.to_numpy(), **{c: curves[c].to_numpy() for c in curves}}

def page(document):
    source = ColumnDataSource(columns(model.constants[moved]), name="source")
    plot = figure(width=480, height=300, y_axis_type=shown.y.scale,
                  x_range=(shown.x.min, shown.x.max), y_range=(shown.y.min, shown.y.max))
    for series in shown.series:
        plot.line("x", series.id, source=source)
    control = Slider(start=slider.min, end=slider.max, step=slider.step,
                     value=model.constants[moved], name=moved)
    control.on_change("value", lambda _name, _old, new: setattr(source, "data", columns(new)))
    document.add_root(column(plot, control))

server = Server({"/": page}, port=0)
server.start()
print(f"http://localhost:{server.port}/", flush=True)
server.io_loop.start()
"""


def measure_beside() -> None:
    """Print the median and the slowest of each way."""
    ways: dict[str, Callable[[Browser], list[float]]] = {
        "this book's page": measure_page,
        "Bokeh server": measure_bokeh,
        "live kernel (engine='roadrunner' in JupyterLab)": measure_kernel,
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for name, measure in ways.items():
            if measure is measure_bokeh and not find_spec("bokeh"):
                print(f"{name}: not measured; pip install 'nkreview[bench]' brings Bokeh")
                continue
            spent = measure(browser)
            print(
                f"{name}: {statistics.median(spent):.0f} ms from slider to frame "
                f"(median of {len(spent)}; slowest {max(spent):.0f} ms)"
            )
        browser.close()


def measure_page(browser: Browser) -> list[float]:
    """Measure the living figure on a page opened from disk."""
    model = Model.load(MODEL)
    with tempfile.TemporaryDirectory() as folder:
        page = browser.new_page()
        page.goto(write_page(Path(folder), model, figure_html(model, VIEW)).as_uri())
        page.locator("nk-explorer.nk-live").wait_for()
        spent = page.evaluate(FIGURE, [SLIDER, MOVES])
        page.close()
    return spent


def measure_bokeh(browser: Browser) -> list[float]:
    """Measure a Bokeh server that solves the same model with libRoadRunner."""
    with running([sys.executable, "-c", SERVER, MODEL, VIEW, SLIDER], subprocess.PIPE) as server:
        page = browser.new_page()
        page.goto(server.stdout.readline().strip())
        page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle")
        spent = page.evaluate(BOKEH, [SLIDER, MOVES])
        page.close()
    return spent


def measure_kernel(browser: Browser) -> list[float]:
    """Measure the widget in a JupyterLab whose kernel solves the model."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cells = [nbformat.v4.new_code_cell(CELL)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / "bench.ipynb")
        options = [
            "--no-browser", "--allow-root", "--expose-app-in-browser", "--ServerApp.port=0",
            "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
        ]  # fmt: skip
        log = folder / "lab.log"
        with (
            log.open("w") as stream,
            running([sys.executable, "-m", "jupyterlab", *options], stream),
        ):
            page = browser.new_page()
            page.goto(f"{wait_for_address(log)}/lab/tree/bench.ipynb")
            page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
            ready = "window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady"
            page.wait_for_function(ready, timeout=60_000)
            command(page, "notebook:run-all-cells")
            page.locator("nk-explorer.nk-live").wait_for(timeout=60_000)
            time.sleep(2)
            spent = page.evaluate(FIGURE, [SLIDER, MOVES])
            page.close()
    return spent


@contextmanager
def running(arguments: list[str], out: object) -> Iterator[subprocess.Popen]:
    """Run a server for a while; what it says goes to a file, or what it prints to a pipe."""
    errors = subprocess.DEVNULL if out is subprocess.PIPE else subprocess.STDOUT
    server = subprocess.Popen(arguments, stdout=out, stderr=errors, text=True)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    measure_beside()
