"""What pages load."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from nkreview.living.bundle import EXPLORER, STATIC, bundle_name, classic, sources
from nkreview.living.names import NAMES
from nkreview.living.page import model_script
from nkreview.model.model import Model, names

ASSETS = "nkreview"  # folder under _static


def classic_script() -> str:
    """Return solver, figure and explorer as one classic script."""
    return classic(sources(EXPLORER), "explorer_js.defineExplorer(document.currentScript.src);")


def classic_model(model: Model) -> str:
    """Return the generated model as a classic script that registers it."""
    registry = f"(globalThis.{NAMES.registry} ??= {{}})"
    start = f"{registry}[{json.dumps(model.name)}] = model_js.default;"
    return classic({"model.js": model_script(model)}, start)


def classic_module(path: Path, selector: str, function: str) -> str:
    """Return a module as a classic script that calls a function for each element it is for."""
    exports = bundle_name(path.name)
    start = f"document.querySelectorAll({json.dumps(selector)}).forEach({exports}.{function});"
    return classic(sources([path]), start)


def assets_folder(app: Sphinx) -> Path:
    """Return the folder for what pages load, which Sphinx copies to ``_static``."""
    return Path(app.outdir).parent / "assets" / ASSETS


def ship(app: Sphinx, name: str, text: str) -> None:
    """Put a file into the folder that Sphinx copies to ``_static``."""
    folder = assets_folder(app)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    if str(folder.parent) not in app.config.html_static_path:
        app.config.html_static_path.append(str(folder.parent))


def _write_assets(app: Sphinx, config: Config) -> None:
    """Write what pages load into a folder that Sphinx copies to ``_static``."""
    ship(app, "explorer.css", (STATIC / "explorer.css").read_text(encoding="utf-8"))
    ship(app, "explorer.js", classic_script())
    for name in names():
        model = Model.load(name)
        ship(app, f"{name}.js", classic_model(model))
        ship(app, f"{name}.xml", model.sbml)


def _load_assets(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the scripts of the models that stand on it, and no others."""
    app.add_css_file(f"{ASSETS}/explorer.css")
    used = sorted(set(re.findall(r'<nk-explorer data-model="(\w+)"', context.get("body", ""))))
    for name in used:
        app.add_js_file(f"{ASSETS}/{name}.js", loading_method="defer")
    if used:
        app.add_js_file(f"{ASSETS}/explorer.js", loading_method="defer", priority=900)
