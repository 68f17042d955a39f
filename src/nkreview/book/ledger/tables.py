"""The evidence ledger as pages: its table, its CSV, the corrections, all parameters.

The makers return HTML in which MyST roles may stand (``{cite:p}`KEY```, ``{claim}`R026```,
``{discussed}`R026```); the book's directives turn those into citations, badges and links.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import get_args

from ruamel.yaml import YAML

from nkreview.book.ledger.corrections import FITS, WEIGHTS, Corrections, Finding, ReviewReference
from nkreview.book.ledger.rows import SHAPES, Row, Verdict
from nkreview.model.checks import Outcome, check
from nkreview.model.evidence import Provenance
from nkreview.model.model import Model, names

# What the letters stand for, short enough for a cell of the table.
DOCUMENTS = {
    "R": "main review",
    "A": "summary page",
    "B": "company blog",
    "C": "health article",
    "D": "clinic post",
}


VERDICTS: tuple[str, ...] = get_args(Verdict)


MEANINGS = {
    "supported": "the evidence we found agrees",
    "partly": "true in part, or said more widely than the evidence reaches",
    "disputed": "good evidence points the other way, or studies disagree",
    "wrong": "the evidence, or the study cited for it, contradicts it",
    "outdated": "was true once",
    "marketing": "praise of what the writer sells, without evidence",
    "opinion": "a judgement or a figure of speech that no study could settle",
    "unverified": "we could not check it, or nothing we found speaks to it",
}


CHECKED = {
    "read-full-text": "full text read",
    "read-abstract": "abstract read",
    "secondary": "read in somebody else's account",
    "derived": "our arithmetic on numbers that were read",
    "recalled": "from memory, not looked up",
}


STATUS_CHECKED = {
    "measured": "the number was read in the source",
    "derived": "our arithmetic on numbers read in the source",
    "calibrated": "fitted by us; the target was read in the source",
    "assumed": "an assumption or a setting, with no source to check",
}


def _text(text: object) -> str:
    """Return plain text as HTML, with `names` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(str(text).split())))


def _cites(keys: Iterable[str]) -> str:
    keys = list(keys)
    return f'<span class="nk-cites">{{cite:p}}`{",".join(keys)}`</span>' if keys else ""


def badge(verdict: str) -> str:
    """Return a verdict as HTML: its sign, its colour (by class) and its name."""
    sign = f'<span aria-hidden="true">{SHAPES[verdict]}</span>'
    return f'<span class="nk-verdict nk-{verdict}">{sign} {verdict}</span>'


def _cell(label: str, html: str, tag: str = "td") -> str:
    scope = ' scope="row"' if tag == "th" else ""
    return f'<{tag}{scope} data-label="{escape(label)}">{html}</{tag}>'


def _table(caption: str, head: tuple[str, ...], rows: Iterable[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return (
        f'<table class="nk-cards"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _facts(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{name}</dt><dd>{html}</dd></div>" for name, html in pairs if html)
    return f'<dl class="nk-facts simple">{rows}</dl>' if rows else ""


@cache
def outcomes() -> dict[str, list[tuple[str, Outcome]]]:
    """Return the models' claims by the ledger row on which they bear, each with its value."""
    found: dict[str, list[tuple[str, Outcome]]] = {}
    for name in names():
        for outcome in check(Model.load(name)):
            for row in outcome.claim.ledger:
                found.setdefault(row, []).append((name, outcome))
    return found


def _outcome(name: str, outcome: Outcome) -> str:
    claim = outcome.claim
    missed = f" {_text(claim.why_missed)}" if claim.why_missed else ""
    return (
        f'<li class="nk-{outcome.word}"><strong><span aria-hidden="true">{outcome.sign}</span> '
        f"{outcome.word}</strong> "
        f"({outcome.basis}, <code>{name}</code>): {_text(claim.says)} "
        f"Computed {outcome.computed}, expected {outcome.expected}.{missed}</li>"
    )


def _outcome_line(name: str, outcome: Outcome) -> str:
    return f"{name}: {outcome.line}"


@dataclass(frozen=True)
class Place:
    """Where the book discusses a row: the address and the title of a section."""

    address: str
    title: str


def places_html(places: Iterable[Place]) -> str:
    """Return links to the sections that discuss a row, or words that none does."""
    links = [f'<a href="{escape(p.address)}">{escape(p.title)}</a>' for p in places]
    return "; ".join(links) or '<span class="nk-none">no chapter discusses it</span>'


def table(ledger: dict[str, Row], corrections: Corrections | None = None) -> str:
    """Return the ledger as a table, with the controls that a script brings to life."""
    head = ("Claim no.", "Document and section", "What it says", "Verdict", "Why")
    fixed = corrections.by_row if corrections else {}
    rows = (_row(row, fixed.get(row.id, [])) for row in ledger.values())
    body = _table(f"The {len(ledger)} claims and their verdicts", head, rows)
    return f'<div class="nk-ledger">{_controls(ledger)}{body}</div>'


def _row(row: Row, findings: list[str]) -> str:
    link = f'<a href="#{row.id}">{row.id}</a>'
    source = f"<b>{row.document}</b> {DOCUMENTS[row.document]}: {_text(row.section)}"
    amount = f"{row.value:g}" if isinstance(row.value, float) else row.value
    value = f" ({_text(amount)}{' ' + _text(row.unit) if row.unit else ''})" if amount else ""
    says = f'{_text(row.says)} <small class="nk-kind">{row.kind}{value}</small>'
    verdict = badge(row.verdict)
    if row.miscited:
        verdict += ' <small class="nk-miscited">cited to the wrong paper</small>'
    study = row.study.model_dump() if row.study else {}
    told = "; ".join(
        f"{'n = ' if key == 'n' else ''}{_text(value)}" for key, value in study.items() if value
    )
    corrected = ", ".join(f'<a href="corrections.html#{i}">{i}</a>' for i in findings)
    runs = "".join(_outcome(name, outcome) for name, outcome in outcomes().get(row.id, []))
    facts = _facts(
        [
            ("Sources", _cites(row.cite)),
            ("Study", told),
            ("Checked", CHECKED[row.checked]),
            ("Corrections", corrected),
            ("In the book", f"{{discussed}}`{row.id}`"),
            ("In the models", f"<ul>{runs}</ul>" if runs else ""),
        ]
    )
    cells = (
        _cell("Claim no.", link, "th")
        + _cell("Document and section", source)
        + _cell("What it says", says)
        + _cell("Verdict", verdict)
        + _cell("Why", f"{_text(row.why)}{facts}")
    )
    data = f'data-document="{row.document}" data-verdict="{row.verdict}"'
    depth = list(CHECKED).index(row.checked)
    return f'<tr id="{row.id}" {data} data-depth="{depth}">{cells}</tr>'


def _controls(ledger: dict[str, Row]) -> str:
    """Return the filter; it stays hidden where no script runs."""
    documents = Counter(row.document for row in ledger.values())
    verdicts = Counter(row.verdict for row in ledger.values())
    orders = {
        "number": "number",
        "verdict": "verdict",
        "document": "document, then verdict",
        "checked": "how far checked",
    }
    options = "".join(f'<option value="{key}">{text}</option>' for key, text in orders.items())
    return (
        '<form class="nk-filter" hidden>'
        + _boxes("document", {d: f"{d}, {DOCUMENTS[d]}" for d in documents}, documents)
        + _boxes("verdict", {v: f"{SHAPES[v]} {v}" for v in VERDICTS if verdicts[v]}, verdicts)
        + '<p><label>Words <input type="search" name="text" autocomplete="off"></label> '
        f'<label>Sort by <select name="sort">{options}</select></label> '
        '<button type="reset">Show all</button></p></form>'
        '<p class="nk-status" role="status"></p>'
        '<p><a class="nk-csv" download="claims.csv" href="../_static/nkreview/claims.csv">'
        "Download all claims (CSV)</a></p>"
    )


def _boxes(name: str, labels: dict[str, str], counts: Counter[str]) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="{name}" value="{value}"> '
        f"{label} ({counts[value]})</label> "
        for value, label in labels.items()
    )
    return f"<fieldset><legend>{name.capitalize()} (none ticked: all)</legend>{boxes}</fieldset>"


def as_csv(ledger: dict[str, Row], discussed: dict[str, list[str]]) -> str:
    """Return the ledger as CSV; `discussed` gives the titles of sections by row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    plain = ("id", "document", "section", "says", "kind", "value", "unit", "verdict", "miscited")
    study = ("design", "species", "n", "effect")
    writer.writerow([*plain, "why", "cite", *study, "checked", "discussed", "models"])
    for row in ledger.values():
        behind = row.study.model_dump() if row.study else {}
        writer.writerow(
            [
                *(getattr(row, key) for key in plain),
                " ".join(row.why.split()),
                " ".join(row.cite),
                *(behind.get(key, "") for key in study),
                row.checked,
                "; ".join(discussed.get(row.id, [])),
                "; ".join(_outcome_line(*pair) for pair in outcomes().get(row.id, [])),
            ]
        )
    return buffer.getvalue()


def documents(path: Path) -> str:
    """Return the source documents that the ledger's file describes, as a table."""
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["documents"]
    rows = []
    for letter, about in data.items():
        made = [about["author"] or "author not shown", about["publisher"], about["year"]]
        told = ", ".join(str(part) for part in made if part)
        rows.append(
            f"<tr>{_cell('Letter', letter, 'th')}"
            f"{_cell('Document', _text(about['title'] or 'untitled in the copy read'))}"
            f"{_cell('By', _text(told))}{_cell('Kind', _text(about['kind']))}</tr>"
        )
    head = ("Letter", "Document", "By", "Kind")
    return _table("The documents whose claims the ledger holds", head, rows)


def counts(ledger: dict[str, Row]) -> str:
    """Return how many claims of each document got each verdict, and what the verdicts mean."""
    tally = Counter((row.verdict, row.document) for row in ledger.values())
    rows = []
    for verdict in VERDICTS:
        numbers = [tally[verdict, letter] for letter in DOCUMENTS]
        cells = "".join(_cell(letter, str(n)) for letter, n in zip(DOCUMENTS, numbers, strict=True))
        rows.append(
            f'<tr data-verdict="{verdict}">{_cell("Verdict", badge(verdict), "th")}'
            f"{_cell('Meaning', MEANINGS[verdict])}{cells}{_cell('All', str(sum(numbers)))}</tr>"
        )
    head = ("Verdict", "Meaning", *DOCUMENTS, "All")
    return _table("Verdicts by document", head, rows).replace("nk-cards", "nk-cards nk-counts")


def findings(corrections: Corrections, weight: str) -> str:
    """Return the findings of one weight, each with what it says, what is shown, what to cite."""
    if weight not in WEIGHTS:
        raise ValueError(f"no weight {weight!r}; write one of {', '.join(WEIGHTS)}")
    return "".join(_finding(f) for f in corrections.findings if f.weight == weight)


def _finding(finding: Finding) -> str:
    claims = " ".join(f"{{claim}}`{row}`" for row in finding.claims)
    facts = _facts(
        [
            ("The review", _text(finding.says)),
            ("The evidence", f"{_text(finding.shows)} {_cites(finding.cite)}"),
            ("Instead", f"{_text(finding.instead)} {_cites(finding.use)}"),
            ("In the ledger", claims),
        ]
    )
    head = f'<a href="#{finding.id}">{finding.id}</a> {_text(finding.where)}'
    return (
        f'<div class="nk-finding" id="{finding.id}" data-weight="{finding.weight}">'
        f"<p><strong>{head}</strong></p>{facts}</div>"
    )


def audit(corrections: Corrections) -> str:
    """Return the reference list of the main review, each entry with how well it fits."""
    rows = (_reference(reference) for reference in corrections.references)
    head = ("No.", "Paper", "Cited for", "Fits?", "Note")
    return _table(f"The {len(corrections.references)} references of the review", head, rows)


def _reference(reference: ReviewReference) -> str:
    sign, word = FITS[reference.fit]
    fit = (
        f'<span class="nk-verdict nk-fit-{reference.fit}">'
        f'<span aria-hidden="true">{sign}</span> {word}</span>'
    )
    links = " ".join(f'<a href="#{i}">{i}</a>' for i in reference.findings)
    cells = (
        _cell("No.", str(reference.number), "th")
        + _cell("Paper", _cites([reference.key]))
        + _cell("Cited for", _text(reference.used_for))
        + _cell("Fits?", fit)
        + _cell("Note", f"{_text(reference.note)} {links}")
    )
    return f'<tr id="reference-{reference.number}" data-fit="{reference.fit}">{cells}</tr>'


def all_parameters() -> dict[str, tuple[str, str]]:
    """Return for each model its title and the table of its parameters."""
    return {name: (Model.load(name).card.title, _parameters(name)) for name in names()}


def _parameters(name: str) -> str:
    model = Model.load(name)
    head = ("Name", "Value", "Plausible range", "Meaning", "Status and check", "Source")
    rows = (_parameter(model, ident, p) for ident, p in model.evidence.parameters.items())
    return _table(f"Parameters of {name}", head, rows)


def _parameter(model: Model, ident: str, origin: Provenance) -> str:
    unit = f" {model.unit(ident)}" if model.unit(ident) else ""
    spread = " to ".join(_number(end) for end in origin.range) + unit if origin.range else "none"
    note = f" <small>{_text(origin.note)}</small>" if origin.note else ""
    cells = (
        _cell("Name", f"<code>{ident}</code>", "th")
        + _cell("Value", _text(_number(model.constants[ident]) + unit))
        + _cell("Plausible range", _text(spread))
        + _cell("Meaning", f"{_text(origin.meaning)}{note}")
        + _cell("Status and check", f"{origin.status}: {STATUS_CHECKED[origin.status]}")
        + _cell("Source", _cites(origin.cite) or "none")
    )
    return f'<tr id="{model.name}-{ident}" data-status="{origin.status}">{cells}</tr>'


def _number(value: float) -> str:
    """Return a number with its thousands apart, and without an exponent up to ten million."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 and value == int(value) else f"{value:g}"
