"""The book's directives and roles, and what its pages load."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nkreview import schematic
from nkreview.card import suggestion
from nkreview.claims import SHAPES, load_ledger
from nkreview.explorer import figure_html, model_script
from nkreview.model import Model, names
from nkreview.tables import equations, model_claims, parameters

ASSETS = "nkreview"  # folder under _static
STYLES = ("theme.css", "explorer.css")


# ------------------------------------------------------------------ directives and roles


class _OfModel(SphinxDirective):
    """A directive whose argument is a model's name."""

    required_arguments = 1
    has_content = True

    def name_of_model(self) -> str:
        name = self.arguments[0]
        if name not in names():
            raise self.error(f"{self.name}: no model {name!r}{suggestion(name, names())}")
        return name

    def figure(self, html: str, name: str, caption: str) -> list[nodes.Node]:
        """Return a numbered figure around raw HTML."""
        figure = nodes.figure("", nodes.raw("", html, format="html"), ids=[name], names=[name])
        parsed, messages = self.parse_inline(caption)
        figure += nodes.caption("", "", *parsed)
        self.state.document.note_explicit_target(figure, figure)
        return [figure, *messages]


class ExplorerDirective(_OfModel):
    """``{explorer} NAME``: the living figure, numbered; its content is the caption."""

    option_spec: ClassVar[dict[str, Callable]] = {"view": str, "name": str}

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        model = Model.load(self.name_of_model())
        try:
            view = model.card.find("views", self.options.get("view"))
        except KeyError as error:
            raise self.error(f"explorer: {error.args[0]}") from error
        name = self.options.get("name", f"fig-{model.name}-{view.id}".replace("_", "-"))
        caption = " ".join(self.content) or view.describe
        return self.figure(figure_html(model, view.id, caption=False), name, caption)


class SchematicDirective(_OfModel):
    """``{schematic} figure_2``: one of the drawn figures, numbered."""

    option_spec: ClassVar[dict[str, Callable]] = {"name": str}

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        function = self.arguments[0]
        known = [name for name in dir(schematic) if name.startswith("figure_")]
        if function not in known:
            raise self.error(f"schematic: no figure {function!r}{suggestion(function, known)}")
        drawing = getattr(schematic, function)()
        name = self.options.get("name", function.replace("figure_", "fig-"))
        caption = " ".join(self.content) or drawing.caption
        return self.figure(drawing.html(caption=False), name, caption)


class GeneratedDirective(_OfModel):
    """``{equations}``, ``{parameters}`` and ``{model-claims}``: text generated from a model."""

    makers: ClassVar[dict[str, Callable[[str], str]]] = {
        "equations": lambda name: f"$$\n{equations(name).latex}\n$$",
        "parameters": lambda name: parameters(name).myst,
        "model-claims": lambda name: model_claims(name).myst,
    }

    def run(self) -> list[nodes.Node]:
        """Return the parsed text."""
        text = self.makers[self.name](self.name_of_model())
        holder = nodes.container(classes=["nk-generated", f"nk-{self.name}"])
        self.state.nested_parse(text.splitlines(), self.content_offset, holder)
        return [holder]


class ReadoutRole(SphinxRole):
    """``{readout}`MODEL READOUT in SCENARIO / SCENARIO | FORMAT```: a number in a sentence."""

    pattern = re.compile(
        r"(?P<model>\S+) +(?P<readout>\S+)(?: +in +(?P<of>\S+)(?: */ *(?P<to>\S+))?)?"
        r"(?: *\| *(?P<format>\S+))?$"
    )

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        match = self.pattern.match(self.text.strip())
        if not match:
            return self._refuse(
                "write MODEL READOUT in SCENARIO, optionally / SCENARIO and | FORMAT"
            )
        try:
            value = self._value(**match.groupdict())
            text = format(value, match["format"] or ".3g")
        except (KeyError, ValueError) as error:
            return self._refuse(str(error.args[0]))
        return [nodes.inline(self.rawtext, text.replace("-", "−"), classes=["nk-readout"])], []

    @staticmethod
    def _value(model: str, readout: str, of: str | None, to: str | None, **_: Any) -> float:
        loaded = Model.load(model)
        loaded.card.find("readouts", readout)
        value = loaded.readouts(of)[readout]
        return value / loaded.readouts(to)[readout] if to else value

    def _refuse(self, why: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        message = self.inliner.reporter.error(f"readout `{self.text}`: {why}", line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class ClaimRole(SphinxRole):
    """``{claim}`R026```: the verdict on a claim of the source documents, as a badge."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge; a link to the ledger where the book has that page."""
        ledger = load_ledger(Path(self.env.srcdir) / "book" / "claims.yml")
        row = ledger.get(self.text)
        if row is None:
            message = self.inliner.reporter.error(
                f"claim: no ledger row {self.text!r}{suggestion(self.text, ledger)}",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        cited = ", cited to the wrong paper" if row.miscited else ""
        told = escape(f"“{row.says}” Verdict: {row.verdict}{cited}. {row.why}", quote=True)
        inside = f'<span aria-hidden="true">{SHAPES[row.verdict]}</span> {row.id} {row.verdict}'
        html = f'<span class="nk-claim nk-{row.verdict}" title="{told}">{inside}</span>'
        return [nodes.raw("", html, format="html")], []


# ------------------------------------------------------------------ mathematics as MathML


def _math(display: str) -> Callable[[Any, nodes.Element], None]:
    def visit(translator: Any, node: nodes.Element) -> None:
        # The converter knows `split`, which means the same in a displayed equation.
        latex = node.astext().replace("{aligned}", "{split}")
        mathml = convert(latex, display=display)
        number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
        tag = "div" if display == "block" else "span"
        # A wide equation scrolls in its own box, which the keyboard must be able to reach.
        focus = ' tabindex="0" role="group" aria-label="equation"' if display == "block" else ""
        translator.body.append(f'<{tag} class="math nk-math"{focus}>{mathml}{number}</{tag}>')
        raise nodes.SkipNode

    return visit


# ------------------------------------------------------------------ what the pages load


def classic_script() -> str:
    """Return solver and explorer as one classic script.

    A browser refuses ES modules on pages opened from disk (``file:``), so the book loads the
    same source wrapped in functions.
    """
    static = resources.files("nkreview") / "static"
    solver, explorer = (
        re.sub(r"^export ", "", (static / name).read_text(encoding="utf-8"), flags=re.M)
        for name in ("solver.js", "explorer.js")
    )
    explorer = re.sub(r"^import .*\n", "", explorer, flags=re.M)
    return (
        '(() => {\n"use strict";\n'
        f"const simulate = (() => {{\n{solver}\nreturn simulate;\n}})();\n{explorer}\n"
        "defineExplorers(globalThis.nkreviewModels ?? {}, document.currentScript.src);\n})();\n"
    )


def classic_model(model: Model) -> str:
    """Return the generated model as a classic script that registers it."""
    script, count = re.subn(
        r"^export default ",
        f'(globalThis.nkreviewModels ??= {{}})["{model.name}"] = ',
        model_script(model),
        flags=re.M,
    )
    if count != 1:
        raise ExtensionError(f"{model.name}: the generated module has {count} default exports")
    return f"{{\n{script}\n}}\n"


def _write_assets(app: Sphinx, config: Config) -> None:
    """Write what pages load into a folder that Sphinx copies to ``_static``."""
    root = Path(app.outdir).parent / "assets"
    folder = root / ASSETS
    folder.mkdir(parents=True, exist_ok=True)
    for name in STYLES:
        css = (resources.files("nkreview") / "static" / name).read_text(encoding="utf-8")
        (folder / name).write_text(css, encoding="utf-8")
    (folder / "explorer.js").write_text(classic_script(), encoding="utf-8")
    for name in names():
        model = Model.load(name)
        (folder / f"{name}.js").write_text(classic_model(model), encoding="utf-8")
        (folder / f"{name}.xml").write_text(model.sbml, encoding="utf-8")
    config.html_static_path.append(str(root))
    config.templates_path.append(str(resources.files("nkreview") / "templates"))
    config.html_context.setdefault("default_mode", "auto")  # else the theme logs an error


def _load_assets(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the scripts of the models that stand on it, and no others."""
    for name in STYLES:
        app.add_css_file(f"{ASSETS}/{name}")
    used = sorted(set(re.findall(r'<nk-explorer data-model="(\w+)"', context.get("body", ""))))
    for name in used:
        app.add_js_file(f"{ASSETS}/{name}.js", loading_method="defer")
    if used:
        app.add_js_file(f"{ASSETS}/explorer.js", loading_method="defer", priority=900)


# What the theme and the bibliography write that a screen reader cannot use.
MENDS = {
    '<span class="toctree-toggle" role="presentation">': (
        '<span class="toctree-toggle" role="img" aria-label="pages of this chapter">'
    ),
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}


def _mend_theme(app: Sphinx, error: Exception | None) -> None:
    """Name what has no name, and keep the theme from reporting to the console."""
    if error is not None:
        return
    script = Path(app.outdir) / "_static" / "scripts" / "pydata-sphinx-theme.js"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("console.log(", "void("), encoding="utf-8")
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for bad, good in MENDS.items():
            text = text.replace(bad, good)
        page.write_text(text, encoding="utf-8")


# ------------------------------------------------------------------ where the repository is


def repository_address(configured: str, folder: Path) -> str:
    """Return the repository's public address, or an empty text when nobody knows it.

    Parameters
    ----------
    configured : str
        ``repository.url`` of ``_config.yml``.
    folder : Path
        Where to ask git for the remote ``origin``.
    """
    if configured:
        return configured.rstrip("/")
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{slug}"
    asked = subprocess.run(
        ["git", "config", "--get", "remote.origin.url"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    remote = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", asked.stdout.strip())
    return remote.removesuffix(".git") if remote.startswith("https://") else ""


def _show_buttons(app: Sphinx, config: Config) -> None:
    """Offer Binder, Colab and 'open an issue' only where they lead somewhere."""
    options = config.html_theme_options
    address = repository_address(options.get("repository_url", ""), Path(app.srcdir))
    options["repository_url"] = address
    on_github = address.startswith("https://github.com/")
    options["use_repository_button"] = bool(address)
    options["use_issues_button"] = on_github
    launchers = {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
    if on_github:
        launchers["colab_url"] = "https://colab.research.google.com"
    options["launch_buttons"] = launchers if address else {}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.add_directive("explorer", ExplorerDirective)
    app.add_directive("schematic", SchematicDirective)
    for name in GeneratedDirective.makers:
        app.add_directive(name, GeneratedDirective)
    app.add_role("readout", ReadoutRole())
    app.add_role("claim", ClaimRole())
    app.add_html_math_renderer("mathml", (_math("inline"), None), (_math("block"), None))
    app.connect("config-inited", _show_buttons, priority=100)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    app.connect("build-finished", _mend_theme)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
