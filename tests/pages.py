"""A page of a model's figures alone, with all that a built book ships for it."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator

from nkreview.living.assets import classic_script, classic_tool, model_files
from nkreview.living.bundle import STATIC, TOOLS
from nkreview.model.model import Model


def write_page(folder: Path, model: Model, html: str) -> Path:
    """Write ``index.html`` and what it loads into a folder; return its path."""
    files = {
        "explorer.css": (STATIC / "explorer.css").read_text(encoding="utf-8"),
        "explorer.js": classic_script(),
        **model_files(model),
        "index.html": '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="explorer.css">'
        f'<script defer src="{model.name}.js"></script><script defer src="explorer.js"></script>'
        f"</head><body>{html}</body></html>",
    }
    files |= {f"{name}.js": classic_tool(name) for name in TOOLS}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "index.html"


# A page of nothing but a figure has no heading, and from disk its style sheet cannot be fetched.
_AXE = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def faults_of(element: Locator) -> list[str]:
    """Return what axe finds in the page of a figure against WCAG 2.2 AA."""
    found = Axe().run(element.page, options=_AXE).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found]
