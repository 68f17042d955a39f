"""What a reader takes away from a figure: it must give what the screen shows."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from copasi import reports
from drawing import Axes, Picture
from PIL import Image
from playwright.sync_api import Browser, Locator
from test_archive import curves

from nkreview.living.bundle import STATIC
from nkreview.living.page import model_script
from nkreview.model.experiments import REPEATABLE, view_files
from nkreview.model.model import Model

BUDGET = str(Path(__file__).parent / "figures" / "budget.ant")
BOOK = [("metastasis_window", "burden"), ("metastasis_window", "window"), ("cytokine_fuel", "dose")]
MADE_UP = [(BUDGET, "course"), (BUDGET, "response"), (BUDGET, "extremes")]
CHANCE = ("metastasis_window", "mice")
SVG = "{http://www.w3.org/2000/svg}"


def figures(*wanted: tuple[str, str]) -> pytest.MarkDecorator:
    """Run a test for some figures."""
    return pytest.mark.parametrize(
        ("name", "view"), wanted, ids=lambda part: Path(part).stem if part else ""
    )


def taken(picture: Picture, words: str, folder: Path) -> Path:
    """Press a button of the menu; return the file that the browser saves."""
    button = menu(picture).get_by_role("button", name=words)
    with picture.element.page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def menu(picture: Picture) -> Locator:
    """Return the open menu."""
    panel = picture.element.locator(".nk-drawer[id$=carry]")
    return panel if panel.is_visible() else picture.use("carry")


def check_screen(picture: Picture, found: pd.DataFrame) -> None:
    """Compare the curves that somebody else computed with those that are drawn."""
    seen = picture.look()
    axes = Axes.read(seen, picture.view)
    assert list(found) == list(seen["curves"])
    for series, line in seen["curves"].items():
        axes.check_curve(line["d"], found[series])
        _, top, _, height = axes.box
        heights = axes.place(found[series])[:, 1]
        # Of a curve that lies outside the axes not much is checked.
        assert ((heights > top) & (heights < top + height + 0.2)).any(), series


# ------------------------------------------------------------------ the archive


@figures(*BOOK, *MADE_UP)
def test_copasi_draws_what_is_on_the_screen(
    name: str, view: str, show_alone: Callable, tmp_path: Path
) -> None:
    """The archive that the page writes, opened by COPASI, gives the curves that are drawn."""
    picture = show_alone(name, view)
    file = taken(picture, "COMBINE", tmp_path)
    check_screen(picture, curves(reports(file, tmp_path), picture.model, picture.view))


@figures(BOOK[0], MADE_UP[1])
def test_page_and_kernel_write_the_same_archive(
    name: str, view: str, show_alone: Callable, tmp_path: Path
) -> None:
    """Every file, byte by byte but for the order of the settings."""
    picture = show_alone(name, view)
    with zipfile.ZipFile(taken(picture, "COMBINE", tmp_path)) as archive:
        assert archive.testzip() is None
        ours = {path: archive.read(path).decode() for path in archive.namelist()}
    model, seen = picture.model, picture.look()
    usual = {**model.constants, **model.settings(seen["scenario"])}
    changed = {i: v for i, v in picture.settings(seen).items() if v != usual[i]}
    theirs = view_files(model, view, seen["scenario"], changed)
    assert ours.keys() == theirs.keys() and next(iter(ours)) == next(iter(theirs))
    for path, text in theirs.items():
        if path.endswith(".sedml"):
            assert sorted_changes(ours[path]) == sorted_changes(text)
        else:
            assert ours[path] == text


def sorted_changes(sedml: str) -> tuple[list, str]:
    """Return what an experiment changes of the model, and the rest of it."""
    root = ET.fromstring(sedml)
    changes = root.find(".//{*}model/{*}listOfChanges")
    told = sorted((c.get("target"), float(c.get("newValue"))) for c in changes)
    changes.clear()
    return told, ET.canonicalize(ET.tostring(root, encoding="unicode"), strip_text=True)


# ------------------------------------------------------------------ as code


def copied(picture: Picture, language: str) -> str:
    """Show the run as code and copy it; return what the clipboard holds."""
    panel = menu(picture)
    button = panel.get_by_role("button", name=f"As {language}", exact=True)
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    panel.get_by_role("button", name="Copy the code").click()
    panel.get_by_text("The code is copied.").wait_for()
    return picture.element.page.evaluate("navigator.clipboard.readText()")


def printed(command: list[str], folder: Path, **options: object) -> pd.DataFrame:
    """Run a command; return the table that it prints."""
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **options
    )
    assert ran.returncode == 0, ran.stderr
    return pd.read_csv(io.StringIO(ran.stdout), index_col=0)


@figures(*BOOK)
def test_the_command_and_the_python_are_this_run(
    name: str, view: str, show_alone: Callable, tmp_path: Path
) -> None:
    """As copied, in a shell and by Python, they print the curves on the screen."""
    picture = show_alone(name, view)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path}
    shell = ["sh", "-c", copied(picture, "a command")]
    check_screen(picture, printed(shell, tmp_path, env=environment))
    python = [sys.executable, "-c", copied(picture, "Python")]
    check_screen(picture, printed(python, tmp_path))


@figures(*BOOK, *MADE_UP)
def test_the_javascript_is_this_run(
    name: str, view: str, show_alone: Callable, tmp_path: Path, node: str
) -> None:
    """As copied, beside the two files that its first lines name, Node prints the curves."""
    picture = show_alone(name, view)
    code = copied(picture, "JavaScript")
    exported = tmp_path / f"{picture.model.name}.mjs"
    exported.write_text(model_script(picture.model), encoding="utf-8")
    shutil.copy(STATIC / "solver.js", tmp_path / "solver.mjs")
    assert f"--to js --output {exported.name}" in code and "solver.mjs" in code
    (tmp_path / "run.mjs").write_text(code, encoding="utf-8")
    check_screen(picture, printed([node, "run.mjs"], tmp_path))


def test_code_follows_the_sliders(show_alone: Callable) -> None:
    """What is shown is the run on the screen, also after a slider has moved."""
    picture = show_alone(*BOOK[0])
    panel = menu(picture)
    panel.get_by_role("button", name="As a command").click()
    slider = picture.model.card.sliders[0]
    for value in (slider.min, slider.min + slider.step):
        picture.move({slider.id: value})
        assert f" {slider.id}={value:.0f}" in panel.locator("pre").inner_text()
    panel.get_by_role("button", name="As a command").click()
    assert not panel.locator("pre").is_visible()


# ------------------------------------------------------------------ pictures


@figures(BOOK[0], MADE_UP[1], CHANCE)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pictures_stand_alone(
    name: str, view: str, dark: bool, show_alone: Callable, tmp_path: Path
) -> None:
    """Dark ink on white whatever the page's colours, with caption, settings and address."""
    picture = show_alone(name, view, dark=dark)
    if view == CHANCE[1]:
        picture.element.get_by_text(re.compile(rf"^{picture.view.runs} runs drawn")).wait_for()
    svg = taken(picture, "SVG", tmp_path)
    text = svg.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    for foreign in ("currentColor", "inherit", "var(", "http://127.0.0.1:0", "NaN", "undefined"):
        assert foreign not in text
    fonts = root.get("font-family")
    assert fonts.split(",")[0] == "Helvetica" and fonts.endswith("sans-serif")
    paper = next(root.iter(f"{SVG}rect"))
    assert (
        paper.get("fill") == "#ffffff"
        and [paper.get(side) for side in ("x", "y", "width", "height")]
        == root.get("viewBox").split()
    )
    check_ink(root)
    written = " ".join("".join(t.itertext()) for t in root.iter(f"{SVG}text"))
    shown = picture.view
    for words in (shown.title, shown.describe, shown.y.label, *(s.label for s in shown.series)):
        assert words in written
    assert f"Settings: {picture.element.locator('option:checked').inner_text()}" in written
    link = menu(picture).locator(".nk-link").evaluate("a => a.href")
    assert link in written.replace(" ", "") if " " not in link else link in written
    drawn = picture.element.evaluate(
        "e => [...e.querySelectorAll('[id*=\"-curve-\"] path')].map((p) => p.getAttribute('d'))"
    )
    assert drawn and all(d in text for d in drawn)
    check_raster(picture, svg, tmp_path, drawn_in=root)


def check_ink(root: ET.Element) -> None:
    """Check that each text can be read on white, at 4.5 to 1."""
    for text in root.iter(f"{SVG}text"):
        fill = (
            text.get("fill")
            or dict(rule.split(": ", 1) for rule in text.get("style").split("; "))["fill"]
        )
        red, green, blue = (
            [int(fill[i : i + 2], 16) for i in (1, 3, 5)]
            if fill.startswith("#")
            else [int(part) for part in fill[4:-1].split(",")]
        )
        channels = [(c / 255) ** 2.2 for c in (red, green, blue)]
        light = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        assert 1.05 / (light + 0.05) > 4.5, fill


def check_raster(picture: Picture, svg: Path, folder: Path, drawn_in: ET.Element) -> None:
    """Check that the PNG is what the SVG alone looks like, twice as fine."""
    png = Image.open(taken(picture, "PNG", folder)).convert("RGB")
    width, height = (int(drawn_in.get(side)) for side in ("width", "height"))
    assert png.size == (2 * width, 2 * height)
    pixels = np.asarray(png)
    assert (pixels[[0, -1]] == 255).all() and (pixels[:, [0, -1]] == 255).all()
    alone = picture.element.page.context.browser.new_page(
        viewport={"width": width, "height": height}, device_scale_factor=2
    )
    alone.goto(svg.as_uri())
    seen = Image.open(io.BytesIO(alone.screenshot())).convert("RGB")
    alone.close()
    apart = np.abs(np.asarray(seen, int) - pixels.astype(int)).max(axis=2)
    assert (apart > 64).mean() < 0.02  # letters lie between pixels
    assert 0.01 < (pixels.min(axis=2) < 128).mean() < 0.3  # neither empty nor black


# ------------------------------------------------------------------ the menu


def test_keys_reach_everything(show_alone: Callable) -> None:
    """Enter opens the menu, Tab goes through it in order, and Enter takes something away."""
    picture = show_alone(*BOOK[0])
    page = picture.element.page
    picture.element.locator("[data-tool=carry]").focus()
    page.keyboard.press("Enter")
    picture.element.get_by_role("button", name="Curves (CSV)").wait_for()
    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
        if reached[-1] == "Curves (CSV)":
            with page.expect_download():
                page.keyboard.press("Enter")
    assert reached == [
        "Curves (CSV)", "Picture (SVG)", "Picture (PNG)", "Model (SBML)",
        "COMBINE archive of these settings", "Link to these settings", "Copy the link",
        "As a command", "As Python", "As JavaScript",
    ]  # fmt: skip


def test_the_link_is_copied_and_said(show_alone: Callable) -> None:
    """The clipboard has the address of these settings, and a live region says so."""
    picture = show_alone(*BOOK[0])
    panel = menu(picture)
    panel.get_by_role("button", name="Copy the link").click()
    panel.locator("output", has_text="The link is copied.").wait_for()
    link = panel.locator(".nk-link").evaluate("a => a.href")
    assert picture.element.page.evaluate("navigator.clipboard.readText()") == link
    assert "#nk=" in link and link.startswith("http")


def test_a_clipboard_that_is_closed_is_said(show_alone: Callable) -> None:
    """Where a browser forbids it, the reader is told what to do instead."""
    picture = show_alone(*BOOK[0])
    panel = menu(picture)
    picture.element.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    panel.get_by_role("button", name="Copy the link").click()
    panel.locator("output", has_text="copy it by hand").wait_for()


def test_by_chance_only_what_makes_sense(show_alone: Callable, tmp_path: Path) -> None:
    """Curves, pictures and the model of an ensemble; no run that others could repeat."""
    picture = show_alone(*CHANCE)
    assert not isinstance(picture.view, REPEATABLE)
    words = menu(picture).get_by_role("button").all_inner_texts()
    assert words == [
        "Curves (CSV)", "Picture (SVG)", "Picture (PNG)", "Model (SBML)", "Copy the link",
    ]  # fmt: skip
    assert "<sbml" in taken(picture, "SBML", tmp_path).read_text(encoding="utf-8")


def test_without_a_curve_there_is_no_picture_of_one(show_alone: Callable) -> None:
    """When the model cannot be solved, numbers and pictures are not to be had."""
    picture = show_alone(*BOOK[0])
    panel = menu(picture)
    picture.element.evaluate("e => { e.run.solve = () => { throw new Error('too stiff'); }; }")
    slider = picture.model.card.sliders[0]
    picture.move({slider.id: slider.min})
    for words in ("Curves (CSV)", "Picture (SVG)", "Picture (PNG)"):
        panel.get_by_role("button", name=words).click()
        panel.locator("output", has_text="no curve at these settings").wait_for()
        picture.move({slider.id: slider.min})
        assert panel.locator("output").inner_text() == ""


def test_from_disk_offline(
    figure_page: Callable, browser: Browser, tmp_path: Path, node: str
) -> None:
    """A page opened from disk gives all of it, and keeps the reader's folders to itself."""
    name, view = BOOK[0]
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(figure_page(name, view).as_uri())
    picture = Picture.find(page, Model.load(name), view)
    for words in ("CSV", "PNG", "SBML"):
        assert taken(picture, words, tmp_path).stat().st_size > 1000
    assert zipfile.ZipFile(taken(picture, "COMBINE", tmp_path)).testzip() is None
    assert "file:" not in taken(picture, "SVG", tmp_path).read_text(encoding="utf-8")
    context.close()


def test_in_a_kernel_there_is_no_link(show_alone: Callable, tmp_path: Path) -> None:
    """A figure that carries its model needs no page, and offers no address that is not its own."""
    picture = show_alone(*BOOK[0], carried=True)
    picture.element.evaluate("() => { globalThis.nkreviewModels = {}; }")
    panel = menu(picture)
    assert panel.locator("a").count() == 0
    assert "<sbml" in taken(picture, "SBML", tmp_path).read_text(encoding="utf-8")
    assert zipfile.ZipFile(taken(picture, "COMBINE", tmp_path)).testzip() is None
    assert "http://127" not in taken(picture, "SVG", tmp_path).read_text(encoding="utf-8")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_menu_is_accessible_and_fits_a_phone(dark: bool, show_alone: Callable) -> None:
    """Axe has nothing to say of the open menu, and only the code's box scrolls sideways."""
    picture = show_alone(*BOOK[0], dark=dark, width=360, height=740)
    panel = menu(picture)
    panel.get_by_role("button", name="As JavaScript").click()
    page = picture.element.page
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, context={"include": ["nk-explorer"]}, options=options)
    assert [json.dumps(v)[:300] for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
