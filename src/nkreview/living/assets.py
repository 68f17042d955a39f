"""What pages load, and how it comes to them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nkreview.living.archives import archives
from nkreview.living.bundle import (
    EXPLORER,
    SHARED,
    STATIC,
    TOOLS,
    WORKER,
    WORKER_GIVEN,
    bundle,
    bundle_name,
    classic,
    joined,
    sources,
)
from nkreview.living.names import NAMES
from nkreview.living.page import model_script, page_draws
from nkreview.model.model import Model

if TYPE_CHECKING:  # a kernel needs the scripts, and has no Sphinx
    from sphinx.application import Sphinx
    from sphinx.builders import Builder

ASSETS = "nkreview"  # folder under _static


def style_of(name: str) -> str:
    """Return the style of the explorer or of a tool, without comments, on one line.

    A tool without a style of its own has an empty one.
    """
    path = STATIC / f"{name}.css"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def share() -> str:
    """Return the statement that leaves to tools what they need of the explorer."""
    modules = ", ".join(f'"{name}": {bundle_name(name)}' for name in SHARED)
    makers = ", ".join(f'"{name}": make_{bundle_name(name)}' for name in WORKER_GIVEN)
    parts = f"globalThis.{NAMES.parts} ??= {{}}"
    script = "globalThis.document?.currentScript?.src"  # the tools lie beside the explorer
    shared = f"{{ {modules}, makers: {{ {makers} }} }}"
    return f"Object.assign({parts}, {{ shared: {shared}, script: {script} }});"


def classic_script() -> str:
    """Return solver, figure and explorer as one classic script."""
    return classic(sources(EXPLORER), f"{share()}\nexplorer_js.defineExplorer();")


def classic_tool(name: str) -> str:
    """Return a tool as a classic script that registers how to make it, for when it is needed.

    It brings its style along.

    Parameters
    ----------
    name : str
        A key of ``TOOLS``.
    """
    modules = sources(TOOLS[name])
    given = {file: f'shared["{file}"]' for file in SHARED}
    start = f"crew_js.Crew.script = {_worker()};\n" if name == "many" else ""
    if style := style_of(name):
        sheet = f'cursor_js.make("style", {{ textContent: {json.dumps(style)} }})'
        start += f"document.head.append({sheet});\n"
    body = f"{bundle(modules, given)}{start}return {bundle_name(list(modules)[-1])};\n"
    entry = f"(globalThis.{NAMES.parts} ??= {{}}).{name}"
    return f'{entry} = (shared) => {{\n"use strict";\n{body}}};\n'


def _worker() -> str:
    """Return an expression over the shared modules for what a worker runs on a model.

    A function can be asked for its text, so nothing that the page has is carried again.
    """
    given = "".join(
        f'const {bundle_name(file)} = (${{shared.makers["{file}"]}})();\n' for file in WORKER_GIVEN
    )
    carried = joined(sources(WORKER), WORKER_GIVEN) + "worker_js.serve(self, model);"
    return f"`{given}` + {json.dumps(carried)}"


def classic_model(model: Model) -> str:
    """Return the generated model as a classic script that registers it for the page's figures."""
    entry = f"(globalThis.{NAMES.registry} ??= {{}})[{json.dumps(model.name)}]"
    script = "document.currentScript.src"  # what belongs to the model lies beside it
    make = f"() => {{\n{bundle({'model.js': model_script(model)})}return model_js.default;\n}}"
    start = f"{entry} = {{ model: make(), source: `(${{make}})()`, script: {script} }};"
    return f'(() => {{\n"use strict";\nconst make = {make};\n{start}\n}})();\n'


def classic_data(model: Model, kind: str, data: Any) -> str:
    """Return what belongs to a model as a classic script, for when a figure first asks for it."""
    entry = f"globalThis.{NAMES.registry}[{json.dumps(model.name)}].{kind}"
    return f"{entry} = {json.dumps(data)};\n"


def classic_module(path: Path, selector: str, function: str) -> str:
    """Return a module as a classic script that calls a function for each element it is for."""
    called = f"{bundle_name(path.name)}.{function}"
    start = f"document.querySelectorAll({json.dumps(selector)}).forEach({called});"
    return classic(sources([path]), start)


def makes_pages(builder: Builder) -> bool:
    """Tell whether a builder writes pages that can load scripts; a book for readers cannot."""
    return builder.format == "html" and not getattr(builder, "embedded", False)


def assets_folder(app: Sphinx) -> Path:
    """Return the folder of what pages load, below the built pages."""
    folder = Path(app.outdir) / "_static" / ASSETS
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ship(app: Sphinx, name: str, text: str) -> None:
    """Give the pages of a build a file to load; builders that write no pages leave it out.

    Call it while Sphinx is configured (``config-inited``).
    """

    def write(app: Sphinx) -> None:
        if makes_pages(app.builder):
            (assets_folder(app) / name).write_text(text, encoding="utf-8")

    app.connect("builder-inited", write)


def model_files(model: Model) -> dict[str, str]:
    """Return the scripts of a model by the names of their files; a page loads the first."""
    data = {"sbml": model.sbml, "archive": archives(model)}
    if model.has_draws:
        data["draws"] = page_draws(model)
    return {
        f"{model.name}.js": classic_model(model),
        **{f"{model.name}.{kind}.js": classic_data(model, kind, data[kind]) for kind in data},
    }


def ship_model(app: Sphinx, model: Model) -> str:
    """Write what a model's figures load; return what a page has to load at once."""
    files = model_files(model)
    for name, text in files.items():
        (assets_folder(app) / name).write_text(text, encoding="utf-8")
    return f"{ASSETS}/{next(iter(files))}"
