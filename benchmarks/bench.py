"""Measure what the book costs: a slider's script time, the pages' weight, the build's time.

Run with ``make bench``; the numbers depend on the machine and are no test.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import launch_options  # noqa: E402
from conftest import QuietHandler  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from nkreview.living.page import model_script  # noqa: E402
from nkreview.model.model import Model, names  # noqa: E402

BUILT = ROOT / "_build" / "html"

# Moves every slider through its range and times the handler of each event.
TIME_EVENTS = """element => {
    const spent = [];
    for (const input of element.querySelectorAll("form input[type=range]")) {
        const [min, max, home] = [Number(input.min), Number(input.max), input.value];
        for (let i = 0; i <= 20; i++) {
            input.value = min + (max - min) * i / 20;
            const start = performance.now();
            input.dispatchEvent(new Event("input", { bubbles: true }));
            spent.push(performance.now() - start);
        }
        input.value = home;
    }
    return spent;
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
            for element in page.locator("nk-explorer").all():
                view = element.get_attribute("data-view")
                model = element.get_attribute("data-model")
                spent = element.evaluate(TIME_EVENTS)
                print(
                    f"    {model} {view}: {statistics.median(spent):.2f} ms a slider event "
                    f"(median of {len(spent)}; slowest {max(spent):.1f} ms)"
                )
            page.close()
        browser.close()
    server.shutdown()


def measure_scripts() -> None:
    """Print the weight of the explorer and of each generated model."""
    static = ROOT / "src" / "nkreview" / "static"
    for name in ("solver.js", "figure.js", "names.js", "explorer.js", "explorer.css"):
        print(f"{name}: {packed(static / name) / 1000:.1f} kB gzipped")
    for name in names():
        module = gzip.compress(model_script(Model.load(name)).encode())
        print(f"{name}.js: {len(module) / 1000:.1f} kB gzipped")


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
    if not (BUILT / "index.html").exists():
        sys.exit("The book is not built; run `make book`.")
    measure_scripts()
    measure_pages()
    measure_build()
