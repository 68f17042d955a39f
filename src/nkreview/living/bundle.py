"""ES modules as one script, for pages that cannot load modules.

A browser refuses ES modules on pages opened from disk (``file:``), and a widget is one module.
The sources stay modules; here they are put into one text, each in a function of its own.
Only the forms that our modules use are understood; anything else is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

STATIC = Path(__file__).parent / "static"

#: The living figure; each module after those that it imports.
EXPLORER = [
    STATIC / f"{name}.js"
    for name in ("solver", "figure", "names", "words", "controls", "cursor", "labels", "explorer")
]
#: What the figure loads when it is first needed, by name; the last module's exports are the tool.
TOOLS = {
    "many": [
        STATIC / f"{name}.js" for name in ("crew", "bands", "ensemble", "map", "sure", "many")
    ],
    "compare": [STATIC / "changes.js", STATIC / "compare.js"],
    "carry": [
        STATIC / f"{name}.js"
        for name in ("changes", "archive", "code", "csv", "link", "picture", "carry")
    ],
    "guess": [STATIC / "course.js", STATIC / "guess.js"],
    "listen": [STATIC / "listen.js"],
}
#: Modules of the explorer that tools use without carrying them.
SHARED = ("solver.js", "figure.js", "names.js", "words.js", "cursor.js")
#: What a worker runs beside the page; the first of it comes out of the explorer that is there.
WORKER = [STATIC / name for name in ("chance.js", "worker.js")]
WORKER_GIVEN = ("solver.js", "figure.js")
WIDGET = [*EXPLORER, STATIC / "widget.js"]

#: A comment behind code; what looks like one in a text has a quotation mark after it.
_REMARK = re.compile(r"([;{,)\]]) // [^\"`]*$")
_DECLARATIONS = ("function", "class", "const")
_DEFAULT = "default_"


class BundleError(ValueError):
    """A module that cannot be bundled; the message names file, line and remedy."""


def sources(paths: Iterable[Path]) -> dict[str, str]:
    """Return the text of each module by the name of its file."""
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def bundle(modules: Mapping[str, str], given: Mapping[str, str] | None = None) -> str:
    """Join ES modules into one text without ``import`` and ``export``.

    Parameters
    ----------
    modules : mapping
        Text by file name (``solver.js``), each module after those that it imports.
    given : mapping, optional
        Modules that are there already: what holds their exports, by file name.

    Returns
    -------
    str
        For each module a constant (``solver_js``) that holds its exports, and a function that
        makes them (``make_solver_js``).

    Raises
    ------
    BundleError
        For a form of ``import`` or ``export`` that is not understood, or a module that is
        imported before it is given.
    """
    there = given or {}
    held = "".join(f"const {bundle_name(file)} = {text};\n" for file, text in there.items())
    return held + joined(modules, there)


def joined(modules: Mapping[str, str], known: Iterable[str]) -> str:
    """Return a bundle over modules, named by `known`, whose constants whoever runs it has."""
    known, parts = set(known), []
    for file, text in modules.items():
        parts.append(_wrapped(file, text, known))
        known.add(file)
    return "".join(parts)


def bundle_name(file: str) -> str:
    """Return the constant that holds a module's exports in a bundle, by the name of its file."""
    name = file.replace(".", "_").replace("-", "_")
    if not file.endswith(".js") or not name.isidentifier():
        raise BundleError(f"{file}: name the file like solver.js")
    return name


def classic(modules: Mapping[str, str], start: str, given: Mapping[str, str] | None = None) -> str:
    """Return modules as a classic script that then runs `start`, a statement over the bundle."""
    return f'(() => {{\n"use strict";\n{bundle(modules, given)}{start}\n}})();\n'


def module(modules: Mapping[str, str], start: str = "") -> str:
    """Return modules as one ES module with the default export of the last.

    `start` is a statement over the bundle.
    """
    last = bundle_name(list(modules)[-1])
    return f"{bundle(modules)}{start}\nexport default {last}.default;\n"


def _wrapped(file: str, text: str, known: set[str]) -> str:
    """Return a module as a function that is called once and gives the exports."""
    lines, exports = [], []
    statements = _statements(file, text)
    for number, line in statements:
        if line.startswith("import "):
            line = _import(line, known, f"{file}:{number}")
        elif line.startswith("export "):
            line, export = _export(line, f"{file}:{number}")
            exports.append(export)
        elif line.count("`") % 2:
            raise BundleError(f"{file}:{number}: a text in backticks must end on its line")
        elif "import.meta" in line or line.lstrip().startswith(("export ", "export{", "import{")):
            raise BundleError(f"{file}:{number}: {line.strip()!r} is not understood; see bundle.py")
        lines.append(line.strip())  # a tenth of the weight, and no text goes over a line's end
    lines.append(f"return {{ {', '.join(exports)} }};")
    body = "\n".join(line for line in lines if line)
    name = bundle_name(file)
    return f"const make_{name} = () => {{\n{body}\n}};\nconst {name} = make_{name}();\n"


def _statements(file: str, text: str) -> Iterable[tuple[int, str]]:
    """Yield the lines with their numbers; an import over several lines comes as one.

    Comments stay behind, with a fifth of the weight.
    """
    pending, begun, in_comment = "", 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if in_comment or line.lstrip().startswith(("//", "/*")):
            opened = in_comment or line.lstrip().startswith("/*")
            in_comment = opened and not line.rstrip().endswith("*/")
            continue
        line = _REMARK.sub(r"\1", line)
        if pending or line.startswith("import "):
            begun = begun if pending else number
            pending = f"{pending} {line.strip()}".strip()
            if not pending.endswith(";"):
                continue
            yield begun, pending
            pending = ""
        else:
            yield number, line
    if pending:
        raise BundleError(f"{file}:{begun}: this import has no semicolon at its end")


def _import(statement: str, known: set[str], where: str) -> str:
    """Turn ``import what from "./file.js";`` into a constant."""
    what, joined, source = statement.removeprefix("import ").removesuffix(";").partition(" from ")
    file = source.strip('"').removeprefix("./")
    if not joined or source != f'"./{file}"':
        raise BundleError(f'{where}: write import … from "./FILE.js"; not {statement!r}')
    if file not in known:
        raise BundleError(f"{where}: {file} is not in the bundle, or comes later; put it before")
    if what.startswith("{") and what.endswith("}") and " as " not in what:
        return f"const {what} = {bundle_name(file)};"
    if what.isidentifier():
        return f"const {what} = {bundle_name(file)}.default;"
    raise BundleError(f"{where}: import a name or {{ names }}; {what!r} is not understood")


def _export(line: str, where: str) -> tuple[str, str]:
    """Return a line without its ``export``, and how the object of exports names it."""
    rest = line.removeprefix("export ")
    word, _, tail = rest.partition(" ")
    if word == "default" and not tail.startswith(_DECLARATIONS):
        return f"const {_DEFAULT} = {tail}", f"default: {_DEFAULT}"
    name = tail
    for sign in "( {=":
        name = name.partition(sign)[0]
    if word not in _DECLARATIONS or not name.isidentifier():
        raise BundleError(
            f"{where}: export a function, class, const or default value; not {line!r}"
        )
    return rest, name
