"""The book's directives and roles, and what its pages load."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from html import escape
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from docutils import nodes
from latex2mathml.converter import convert
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nkreview import ledger, plates
from nkreview.card import suggestion
from nkreview.claims import SHAPES, load_ledger
from nkreview.explorer import figure_html, model_script
from nkreview.model import Model, names
from nkreview.tables import equations, model_claims, parameters

ASSETS = "nkreview"  # folder under _static
GLOSSARY_PAGE = "book/glossary"
LEDGER_PAGE = "book/evidence"
# Pages about the ledger itself; a row that only they mention is discussed by no chapter.
ABOUT_THE_LEDGER = (LEDGER_PAGE, "book/corrections")
STYLES = ("theme.css", "explorer.css", "ledger.css")


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
        known = [name for name in dir(plates) if name.startswith("figure_")]
        if function not in known:
            raise self.error(f"schematic: no figure {function!r}{suggestion(function, known)}")
        drawing = getattr(plates, function)()
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
        rows = evidence(self.env).rows
        row = rows.get(self.text)
        if row is None:
            message = self.inliner.reporter.error(
                f"claim: no ledger row {self.text!r}{suggestion(self.text, rows)}",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        cited = ", cited to the wrong paper" if row.miscited else ""
        told = escape(f"“{row.says}” Verdict: {row.verdict}{cited}. {row.why}", quote=True)
        inside = f'<span aria-hidden="true">{SHAPES[row.verdict]}</span> {row.id} {row.verdict}'
        tag, link = "span", ""
        if LEDGER_PAGE in self.env.found_docs:
            page = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
            tag, link = "a", f' href="{page}#{row.id}"'
        look = f'class="nk-claim nk-{row.verdict}" title="{told}"'
        html = f"<{tag} {look}{link}>{inside}</{tag}>"
        return [nodes.raw("", html, format="html", nk_claim=row.id)], []


# ------------------------------------------------------------------ the evidence ledger


def evidence(env: BuildEnvironment) -> SimpleNamespace:
    """Return the ledger's ``rows``, the ``corrections`` and the ``path`` of the ledger."""
    path = Path(env.srcdir) / "book" / "claims.yml"
    try:
        rows = load_ledger(path)
        corrections = ledger.load_corrections(path.with_name("corrections.yml"), rows)
    except ValueError as error:
        raise ExtensionError(str(error)) from error
    return SimpleNamespace(rows=rows, corrections=corrections, path=path)


def _with_roles(directive: SphinxDirective, html: str) -> list[nodes.Node]:
    """Return HTML in which MyST roles stand as nodes, so that citations and links resolve."""
    found: list[nodes.Node] = []
    for place, part in enumerate(re.split(r"(\{[\w:]+\}`[^`]+`)", html)):
        if place % 2 == 0:
            found.append(nodes.raw("", part, format="html"))
        elif part.startswith("{discussed}"):
            row = part.split("`")[1]
            found.append(nodes.raw("", "", format="html", nk_discussed=row))
        else:
            parsed, messages = directive.parse_inline(part)
            found += [nodes.inline("", "", *parsed), *messages]
    return found


class LedgerDirective(SphinxDirective):
    """``{ledger}``, ``{ledger-picture}`` and what else is generated from the evidence."""

    optional_arguments = 1
    makers: ClassVar[dict[str, Callable[[SimpleNamespace, str], str]]] = {
        "ledger": lambda e, _: ledger.table(e.rows, e.corrections),
        "ledger-counts": lambda e, _: ledger.counts(e.rows),
        "ledger-documents": lambda e, _: ledger.documents(e.path),
        "corrections": lambda e, weight: ledger.findings(e.corrections, weight),
        "reference-audit": lambda e, _: ledger.audit(e.corrections),
    }

    def run(self) -> list[nodes.Node]:
        """Return the generated part of the page."""
        argument = self.arguments[0] if self.arguments else ""
        try:
            html = self.makers[self.name](evidence(self.env), argument)
        except ValueError as error:
            raise self.error(f"{self.name}: {error}") from error
        wide = ["full-width"] if self.name == "ledger" else []
        return [nodes.container("", *_with_roles(self, html), classes=wide)]


class LedgerPictureDirective(_OfModel):
    """``{ledger-picture}``: verdicts by document, numbered; its content is the caption."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        html = ledger.picture(evidence(self.env).rows)
        caption = " ".join(self.content) or "Verdicts by document; each tile is a claim."
        return self.figure(html, "fig-ledger", caption)


class AllParametersDirective(SphinxDirective):
    """``{all-parameters}``: a section with a table for each model."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        sections = []
        for name, (title, html) in ledger.all_parameters().items():
            section = nodes.section(ids=[f"parameters-{name}".replace("_", "-")])
            section += nodes.title("", title)
            section += nodes.container("", *_with_roles(self, html), classes=["full-width"])
            sections.append(section)
        return sections


class CountRole(SphinxRole):
    """``{count}`claims R supported```: how many there are, see :func:`nkreview.ledger.count`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        known = evidence(self.env)
        try:
            number = ledger.count(self.text, known.rows, known.corrections)
        except ValueError as error:
            message = self.inliner.reporter.error(f"count: {error}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [nodes.Text(str(number))], []


def _discussed(env: BuildEnvironment) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return, by page and row, the id and title of each section with a badge of the row."""
    if not hasattr(env, "nk_discussed"):
        env.nk_discussed = {}
    return env.nk_discussed


def _note_badges(app: Sphinx, doctree: nodes.document) -> None:
    """Record the sections of a page in which badges stand."""
    if app.env.docname in ABOUT_THE_LEDGER:
        return
    found: dict[str, list[tuple[str, str]]] = {}
    for node in doctree.findall(lambda n: isinstance(n, nodes.raw) and "nk_claim" in n):
        section = node.parent
        while not isinstance(section, nodes.section | nodes.document):
            section = section.parent
        nested = isinstance(section.parent, nodes.section)
        heading = section.next_node(nodes.title)
        place = (section["ids"][0] if nested else "", heading.astext() if heading else "")
        places = found.setdefault(node["nk_claim"], [])
        if place not in places:
            places.append(place)
    _discussed(app.env)[app.env.docname] = found


def _forget_badges(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _discussed(env).pop(docname, None)


def _merge_badges(
    _app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    theirs = _discussed(other)
    _discussed(env).update({name: theirs[name] for name in docnames if name in theirs})


def _link_badges(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write into the ledger's rows where the book discusses them."""
    for node in doctree.findall(lambda n: isinstance(n, nodes.raw) and "nk_discussed" in n):
        places = []
        for page, rows in sorted(_discussed(app.env).items()):
            address = app.builder.get_relative_uri(docname, page)
            for ident, title in rows.get(node["nk_discussed"], []):
                places.append(ledger.Place(f"{address}#{ident}" if ident else address, title))
        node += nodes.Text(ledger.places_html(places))


def _write_csv(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the ledger as CSV, once every page has been read."""
    titles: dict[str, list[str]] = {}
    for _page, rows in sorted(_discussed(env).items()):
        for row, places in rows.items():
            titles.setdefault(row, []).extend(title for _ident, title in places)
    text = ledger.as_csv(evidence(env).rows, titles)
    (assets_folder(app) / "claims.csv").write_text(text, encoding="utf-8")


# ------------------------------------------------------------------ the text itself

NUMBER_AND_UNIT = re.compile(
    r"(?<=\d) (?=%|°C|(?:min|[smhd]|[kmµn]?g|[mµn]?l|[mµnp]?M|[cmµn]m|IU|Gy|kDa)(?![\w-]))"
)
KEY_ITEM = re.compile(r"</svg>([^<]+)</li>")  # what a sign in the key of a drawing stands for


def _keep_units_with_numbers(_app: Sphinx, doctree: nodes.document) -> None:
    """Put a space that breaks no line between a number and its unit."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.FixedTextElement | nodes.literal | nodes.raw):
            kept = NUMBER_AND_UNIT.sub("\u00a0", text)
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))


def _definitions(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return the id and the first sentence of each entry of the glossary, by its term."""
    if GLOSSARY_PAGE not in env.all_docs:
        return {}
    found = {}
    for item in env.get_doctree(GLOSSARY_PAGE).findall(nodes.definition_list_item):
        paragraph = next(item.findall(nodes.paragraph))
        for link in list(paragraph.findall(addnodes.pending_xref)):
            if link["refdomain"] == "cite":
                link.parent.remove(link)
        sentence = re.sub(r"\s+([.,;])", r"\1", paragraph.astext().splitlines()[0])
        term = next(item.findall(nodes.term))
        found[term.astext()] = term["ids"][0], sentence
    return found


def _explain_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let a link to the glossary tell what the word means, and lead there from a figure's key."""
    definitions = _definitions(app.env)
    sentences = dict(definitions.values())
    for link in doctree.findall(nodes.reference):
        entry = link.get("refuri", "").partition("#")[2]
        if entry in sentences:
            link["reftitle"] = sentences[entry]
    address = app.builder.get_relative_uri(docname, GLOSSARY_PAGE)

    def explained(item: re.Match[str]) -> str:
        term = re.split(r",| \(| with ", item[1])[0]  # "engager, two ends" is an engager
        if term not in definitions:
            return item[0]
        entry, sentence = definitions[term]
        return f'</svg><a href="{address}#{entry}" title="{escape(sentence)}">{item[1]}</a></li>'

    for drawing in doctree.findall(lambda n: isinstance(n, nodes.raw) and "nk-key" in n.astext()):
        drawing.children = [nodes.Text(KEY_ITEM.sub(explained, drawing.astext()))]


# ------------------------------------------------------------------ mathematics as MathML


# The converter writes a name letter by letter, which screen readers then spell.
UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">\w</mi>){2,}')


def _one_word(letters: re.Match[str]) -> str:
    return f"<mi>{re.sub(r'<[^>]+>', '', letters[0])}</mi>"


def _math(display: str) -> Callable[[Any, nodes.Element], None]:
    def visit(translator: Any, node: nodes.Element) -> None:
        # The converter knows `split`, which means the same in a displayed equation.
        latex = node.astext().replace("{aligned}", "{split}")
        mathml = UPRIGHT.sub(_one_word, convert(latex, display=display))
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


#: What the modules without a model do for each element of a page: selector and function.
STARTS = {
    "ledger": (".nk-ledger", "openLedger"),
    "schematic": (".nk-schematic", "tellBeforeLeaving"),
}


def classic_module(name: str) -> str:
    """Return a module of ``STARTS`` as one classic script."""
    module = (resources.files("nkreview") / "static" / f"{name}.js").read_text(encoding="utf-8")
    script = re.sub(r"^export ", "", module, flags=re.M)
    selector, function = STARTS[name]
    start = f'document.querySelectorAll("{selector}").forEach({function});'
    return f'(() => {{\n"use strict";\n{script}\n{start}\n}})();\n'


def assets_folder(app: Sphinx) -> Path:
    """Return the folder for what pages load, which Sphinx copies to ``_static``."""
    return Path(app.outdir).parent / "assets" / ASSETS


def _write_assets(app: Sphinx, config: Config) -> None:
    """Write what pages load into a folder that Sphinx copies to ``_static``."""
    folder = assets_folder(app)
    folder.mkdir(parents=True, exist_ok=True)
    for name in STYLES:
        css = (resources.files("nkreview") / "static" / name).read_text(encoding="utf-8")
        (folder / name).write_text(css, encoding="utf-8")
    (folder / "explorer.js").write_text(classic_script(), encoding="utf-8")
    for name in STARTS:
        (folder / f"{name}.js").write_text(classic_module(name), encoding="utf-8")
    for name in names():
        model = Model.load(name)
        (folder / f"{name}.js").write_text(classic_model(model), encoding="utf-8")
        (folder / f"{name}.xml").write_text(model.sbml, encoding="utf-8")
    config.html_static_path.append(str(folder.parent))
    config.templates_path.append(str(resources.files("nkreview") / "templates"))
    config.html_context.setdefault("default_mode", "auto")  # else the theme logs an error


def _load_assets(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Let a page load the scripts of the models that stand on it, and no others."""
    for name in STYLES:
        app.add_css_file(f"{ASSETS}/{name}")
    for name in STARTS:
        if f'class="nk-{name}"' in context.get("body", ""):
            app.add_js_file(f"{ASSETS}/{name}.js", loading_method="defer")
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
    app.add_role("count", CountRole())
    for name in LedgerDirective.makers:
        app.add_directive(name, LedgerDirective)
    app.add_directive("ledger-picture", LedgerPictureDirective)
    app.add_directive("all-parameters", AllParametersDirective)
    app.connect("doctree-read", _keep_units_with_numbers)
    app.connect("doctree-read", _note_badges)
    app.connect("env-purge-doc", _forget_badges)
    app.connect("env-merge-info", _merge_badges)
    app.connect("env-check-consistency", _write_csv)
    app.connect("doctree-resolved", _link_badges)
    app.connect("doctree-resolved", _explain_terms)
    app.add_html_math_renderer("mathml", (_math("inline"), None), (_math("block"), None))
    app.connect("config-inited", _show_buttons, priority=100)
    app.connect("config-inited", _write_assets, priority=100)
    app.connect("html-page-context", _load_assets)
    app.connect("build-finished", _mend_theme)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
