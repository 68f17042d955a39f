"""Fixtures shared by the tests: the built book, a server for it, and a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser import NoBrowserError, launch_options, node_path
from drawing import Picture, anywhere
from pages import write_page
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from nkreview.living.page import figure_html
from nkreview.model.model import Model

ROOT = Path(__file__).parents[1]


# Tests that share what is dear to make: the cells of a notebook a kernel, others a small book.
TOGETHER = (".ipynb", "test_roles.py", "test_foreign_book.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run notebooks first, and what needs the browser last.

    Playwright keeps an event loop running in this thread from its first use on,
    and what starts a loop of its own (a notebook's kernel, for one) would trip over it.
    """
    items.sort(
        key=lambda item: (
            "browser" in getattr(item, "fixturenames", ()),
            item.path.suffix != ".ipynb",
        )
    )


class Spread(LoadScopeScheduling):
    """Give each worker the next test, in order; keep those together that share something.

    xdist's own groups (``--dist loadgroup``) have no effect with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return file if file.endswith(TOGETHER) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spread:
    """Spread the tests over the workers, whatever ``--dist`` says."""
    config.option.loadscopereorder = False  # the largest first would put browsers before kernels
    return Spread(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def node() -> str:
    """Return the path of a Node.js, the one that Playwright brings along."""
    return node_path()


@pytest.fixture(scope="session")
def built() -> Path:
    """Return the folder of the built book."""
    html = ROOT / "_build" / "html"
    if not (html / "index.html").exists():
        pytest.fail(f"The book is not built: there is no {html}/index.html. Run `make book`.")
    return html


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line on the screen for each."""

    # On some systems the registered type is text/plain, and a browser refuses such a module.
    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
    }

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Return a function that serves a folder on a free port and returns its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        handler = partial(QuietHandler, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        # It looks often whether it is to stop: by default each of many servers takes half a second.
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(built: Path, serve: Callable[[Path], str]) -> str:
    """Return the address at which the built book is served, without a slash at its end."""
    return serve(built)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium that lasts for the whole run."""
    try:
        options = launch_options()
    except NoBrowserError as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def new_tab(browser: Browser) -> Callable[..., Page]:
    """Return ``new_tab(width, height, **context) -> Page``, a tab in which nobody was before.

    Tabs with the same options share a context: Chromium takes as long to make one as to show a
    page of the book. Nothing that an earlier page stored is left.
    """
    contexts: dict[str, BrowserContext] = {}

    def open_tab(width: int = 1280, height: int = 900, **options: object) -> Page:
        key = repr(sorted(options.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**options)
            contexts[key].new_page()  # Chromium puts away most of a context without any page
        page = contexts[key].new_page()
        page.set_viewport_size({"width": width, "height": height})
        chromium = contexts[key].new_cdp_session(page)
        chromium.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
        chromium.detach()
        return page

    return open_tab


@dataclass
class Visit:
    """A page in the browser, with what it said and asked for.

    Attributes
    ----------
    page
        Playwright's page.
    console
        Every console message and uncaught error, as ``"type: text"``.
    requests
        The address of every request.
    foreign
        The requests to any server but the book's; none of them gets an answer.
    """

    page: Page
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(new_tab: Callable, site: str) -> Iterator[Callable[..., Visit]]:
    """Return ``open_page(path, *, at, width, height, dark, javascript, **context) -> Visit``.

    ``path`` is relative to the book (``"book/index.html#k=1"``), or to the address ``at``.
    The network is cut off: only that server answers.
    """
    pages = []

    def visit(
        path: str,
        *,
        at: str = site,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        javascript: bool = True,
        **options: object,
    ) -> Visit:
        options |= {
            "color_scheme": "dark" if dark else "light",
            "java_script_enabled": javascript,
        }
        pages.append(new_tab(width, height, **options))
        seen = Visit(pages[-1])
        seen.page.route("**/*", partial(answer, seen, at))
        seen.page.on("console", lambda m: seen.console.append(f"{m.type}: {m.text}"))
        seen.page.on("pageerror", lambda e: seen.console.append(f"uncaught: {e}"))
        seen.page.goto(f"{at}/{path}", wait_until="load")
        return seen

    yield visit
    for page in pages:
        page.close()


def answer(seen: Visit, site: str, route: Route) -> None:
    """Let a request through if it is for the book, and note it either way."""
    url = route.request.url
    seen.requests.append(url)
    if url.startswith((f"{site}/", "data:", "blob:")):
        route.continue_()
    else:
        seen.foreign.append(url)
        route.abort()


@pytest.fixture(scope="session")
def figure_page(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that writes a page with a figure; the same one for the same figure."""
    pages: dict[tuple, Path] = {}

    def page(name: str, view: str, carried: bool = False) -> Path:
        key = (name, view, carried)
        if key not in pages:
            model = Model.load(name)
            html = figure_html(model, view, carry=carried)
            pages[key] = write_page(tmp_path_factory.mktemp("carry"), model, html)
        return pages[key]

    return page


@pytest.fixture
def show_alone(
    figure_page: Callable, serve: Callable, open_page: Callable
) -> Callable[..., Picture]:
    """Return a function that opens a figure's page, moved; its console must stay empty."""
    visits = []

    def find(name: str, view: str, carried: bool = False, moved: bool = True, **options: object):
        model = Model.load(name)
        address = serve(figure_page(name, view, carried).parent)
        allowed = ["clipboard-read", "clipboard-write"]
        visits.append(open_page("index.html", at=address, permissions=allowed, **options))
        picture = Picture.find(visits[-1].page, model, view)
        if moved:
            picture.choose(model.card.offered_by(picture.view)[-1].id)
            if picture.view.kind != "ensemble":
                picture.move(anywhere(model, f"{model.name}.{view}"))
        return picture

    yield find
    assert [line for visit in visits for line in visit.console] == []


@pytest.fixture
def from_disk(new_tab: Callable, tmp_path: Path) -> Iterator[Callable[..., Locator]]:
    """Return a function that shows a view on a page from disk; nothing may go wrong in it."""
    page = new_tab(width=1100)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def open_view(model: Model, view: str, html: str | None = None) -> Locator:
        page.goto(write_page(tmp_path, model, html or figure_html(model, view)).as_uri())
        return page.locator("nk-explorer")

    yield open_view
    page.close()
    assert wrong == []
