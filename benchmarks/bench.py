"""Measure what the book costs: runs a second, a slider's frames, the pages, the build.

Run with ``make bench``; the numbers depend on the machine and are no test.
``python benchmarks/bench.py runs`` measures the runs alone and needs no built book.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import roadrunner  # noqa: E402
from beside import measure_beside  # noqa: E402
from browser import launch_options  # noqa: E402
from conftest import QuietHandler  # noqa: E402
from distributed import Client, LocalCluster  # noqa: E402
from playwright.sync_api import Locator, sync_playwright  # noqa: E402

from nkreview.living.assets import style_of  # noqa: E402
from nkreview.living.bundle import EXPLORER  # noqa: E402
from nkreview.living.page import model_script  # noqa: E402
from nkreview.model.engine import ATOL, RTOL  # noqa: E402
from nkreview.model.model import Model, axis_points  # noqa: E402
from nkreview.model.shelf import names  # noqa: E402

BUILT = ROOT / "_build" / "html"

SLOWER = 4  # times; what a phone of some years ago is beside a laptop

# Moves every slider through its range; times each move until the frame that shows it is painted,
# and the longest task.
TIME_FRAMES = """async element => {
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(null);
    }));
    const tasks = [0];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
        .observe({ type: "longtask" });
    const frames = [];
    const move = async (input, to) => {
        await painted();
        input.value = to;
        const start = performance.now();
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await painted();
        frames.push(performance.now() - start);
    };
    for (const input of element.querySelectorAll("form input[type=range]")) {
        const [min, max, home] = [Number(input.min), Number(input.max), input.value];
        for (let i = 0; i <= 8; i++) await move(input, min + (max - min) * i / 8);
        await move(input, home);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { frames, longest: Math.max(...tasks) };
}"""


def packed(path: Path) -> int:
    """Return a file's size as a server would send it, in bytes."""
    body = path.read_bytes()
    compressed = path.suffix in (".woff2", ".png", ".jpg", ".gz")
    return len(body) if compressed else len(gzip.compress(body))


def measure_pages() -> None:
    """Print weight of every page and the cost of its sliders."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(BUILT)))
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for path in sorted([*BUILT.glob("book/*.html"), *BUILT.glob("notebooks/*.html")]):
            page = browser.new_page()
            asked: set[str] = set()
            page.on("request", lambda request, asked=asked: asked.add(urlsplit(request.url).path))
            name = path.relative_to(BUILT)
            page.goto(f"{address}/{name}", wait_until="networkidle")
            files = [BUILT / part.lstrip("/") for part in asked]
            weight = sum(packed(file) for file in files if file.is_file())
            print(f"{name}: {weight / 1000:.0f} kB gzipped in {len(asked)} requests")
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            for element in page.locator("nk-explorer").all():
                measure_frames(element)
            page.close()
        browser.close()
    server.shutdown()


def measure_frames(element: Locator) -> None:
    """Print how long a figure takes from a slider's move to the painted frame."""
    element.scroll_into_view_if_needed()
    view, model = (element.get_attribute(f"data-{what}") for what in ("view", "model"))
    spent = element.evaluate(TIME_FRAMES)
    frames = sorted(spent["frames"])
    print(
        f"    {model} {view}: {statistics.median(frames):.0f} ms from slider to painted frame at "
        f"1/{SLOWER} of the speed (median of {len(frames)}; nine in ten below "
        f"{frames[len(frames) * 9 // 10]:.0f} ms); longest task {spent['longest']:.0f} ms"
    )


def measure_scripts() -> None:
    """Print the weight of the explorer and of each generated model."""
    for path in EXPLORER:
        print(f"{path.name}: {packed(path) / 1000:.1f} kB gzipped")
    print(
        f"explorer.css: {len(gzip.compress(style_of('explorer').encode())) / 1000:.1f} kB gzipped"
    )
    for name in names():
        module = gzip.compress(model_script(Model.load(name)).encode())
        print(f"{name}.js: {len(module) / 1000:.1f} kB gzipped")


ROWS = 4000  # some ten seconds, so that starting a pool does not count


def measure_runs() -> None:
    """Print runs a second of bare libRoadRunner, of a model's methods and of its tables."""
    model = Model.load("metastasis_window")
    rng = np.random.default_rng(1)
    settings = pd.DataFrame(
        {"nk_cells": rng.uniform(1e6, 3e6, ROWS), "vulnerable_for": rng.uniform(8, 24, ROWS)}
    )
    rows = settings.iloc[: ROWS // 4].to_dict("records")
    reading = model.reading(model.card.readouts)
    view = model.card.views[0]
    curves = [model.symbols[series.formula] for series in view.series]
    bare = {
        "readouts": bare_run(model, reading.times, reading.columns),
        "simulate": bare_run(model, axis_points(view.x), curves),
    }
    ours = {
        "readouts": lambda row: model.readouts(settings=row),
        "simulate": lambda row: model.simulate(settings=row),
    }
    for name, run in bare.items():
        raw, own = per_second(run, rows), per_second(ours[name], rows)
        print(f"{name}(): {own:.0f} runs/s, bare libRoadRunner {raw:.0f} ({own / raw:.0%})")
    serial = rows_per_second(model, settings, None)
    print(f"table: {serial:.0f} rows/s in this process")
    with ProcessPoolExecutor(2) as pool:
        print_table("2 processes", rows_per_second(model, settings, pool), serial)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        rate = rows_per_second(model, settings, client.get_executor())
        print_table("2 Dask workers", rate, serial)


def bare_run(model: Model, times: np.ndarray, columns: list[str]) -> Callable[[dict], object]:
    """Return a run with nothing around libRoadRunner, at the same times and tolerances."""
    engine = roadrunner.RoadRunner(model.extended_sbml)
    engine.integrator.relative_tolerance = RTOL
    states = {*engine.model.getFloatingSpeciesIds(), *engine.getRateRuleIds()}
    engine.integrator.absolute_tolerance = [ATOL] * len(states)
    engine.timeCourseSelections = ["time", *columns]
    grid = times.tolist()

    def run(row: dict[str, float]) -> object:
        engine.resetAll()
        for name, value in row.items():
            engine[name] = value
        return engine.simulate(times=grid)

    return run


def per_second(run: Callable[[dict], object], rows: list[dict[str, float]]) -> float:
    """Return runs a second, in this process's own time."""
    run(rows[0])
    start = time.process_time()
    for row in rows:
        run(row)
    return len(rows) / (time.process_time() - start)


def rows_per_second(model: Model, settings: pd.DataFrame, executor: Executor | None) -> float:
    """Return rows of a table a second by the clock, with workers that have the model compiled."""
    model.table(settings.iloc[:100], executor=executor)
    start = time.perf_counter()
    model.table(settings, executor=executor)
    return len(settings) / (time.perf_counter() - start)


def print_table(who: str, rate: float, serial: float) -> None:
    """Print a table's speed beside twice the speed of one process."""
    print(f"table: {rate:.0f} rows/s in {who} ({rate / serial / 2:.0%} of twice one process)")


def measure_build() -> None:
    """Print how long the book takes from its sources, notebooks executed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "book"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "_build"))
        start = time.perf_counter()
        command = [str(Path(sys.executable).parent / "jupyter-book"), "build", ".", "-W"]
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
        print(f"book built in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    measure_runs()
    if sys.argv[1:] == ["runs"]:
        sys.exit()
    if not (BUILT / "index.html").exists():
        sys.exit("The book is not built; run `make book`.")
    measure_scripts()
    measure_pages()
    measure_beside()
    measure_build()
