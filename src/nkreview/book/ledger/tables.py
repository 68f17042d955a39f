"""The ledger's parts of a page as HTML, each from the template of its directive's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from nkreview.book.ledger.corrections import WEIGHTS
from nkreview.book.ledger.ledger import Ledger
from nkreview.book.ledger.outcomes import outcomes_by_row
from nkreview.book.ledger.rows import CHECKED, DOCUMENTS
from nkreview.book.ledger.verdicts import FITS, VERDICTS
from nkreview.living.templates import templates

_TEMPLATES = templates(Path(__file__).parent / "templates")
_TEMPLATES.globals.update(checked=CHECKED, documents=DOCUMENTS, fits=FITS, verdicts=VERDICTS)


class Marks(Protocol):
    """What a template calls where something stands that leads elsewhere."""

    def cite(self, keys: Iterable[str]) -> str:
        """Cite papers."""

    def claim(self, row: str) -> str:
        """Show the badge of a row."""

    def discussed(self, row: str) -> str:
        """List the sections that discuss a row."""

    def chapters(self) -> str:
        """Offer the pages that discuss rows, as options of a select."""

    def correction(self, finding: str) -> str:
        """Lead to a finding."""


def part(name: str, ledger: Ledger, marks: Marks, argument: str = "", csv: str = "") -> str:
    """Return a part of a page.

    Parameters
    ----------
    name : str
        One of :data:`PARTS`.
    ledger : Ledger
    marks : Marks
    argument : str
        The weight of the findings that ``corrections`` shows.
    csv : str
        Where the ledger can be downloaded.

    Raises
    ------
    ValueError
        For a weight that does not exist.
    """
    context = PARTS[name](ledger, argument)
    return _TEMPLATES.get_template(f"{name}.html").render(**context, marks=marks, csv=csv)


def _table(ledger: Ledger, _: str) -> dict[str, Any]:
    rows = ledger.rows.values()
    documents = Counter(row.document for row in rows)
    depths = Counter(row.checked.how for row in rows)
    verdicts = Counter(row.verdict for row in rows)
    return {
        "rows": ledger.rows,
        "findings": ledger.corrections.by_row,
        "outcomes": outcomes_by_row(),
        "document_boxes": {d: f"{d}, {DOCUMENTS[d]} ({n})" for d, n in documents.items()},
        "verdict_boxes": {
            verdict: f"{look.sign} {verdict} ({verdicts[verdict]})"
            for verdict, look in VERDICTS.items()
            if verdicts[verdict]
        },
        "depth_boxes": {
            how: f"{told} ({depths[how]})" for how, told in CHECKED.items() if depths[how]
        },
        "changed": sum(row.changed is not None for row in rows),
    }


def _counts(ledger: Ledger, _: str) -> dict[str, Any]:
    rows = ledger.rows.values()
    return {
        "tally": Counter((row.verdict, row.document) for row in rows),
        "totals": Counter(row.verdict for row in rows),
    }


def _documents(ledger: Ledger, _: str) -> dict[str, Any]:
    return {"described": ledger.documents}


def _findings(ledger: Ledger, weight: str) -> dict[str, Any]:
    if weight not in WEIGHTS:
        raise ValueError(f"no weight {weight!r}; write one of {', '.join(WEIGHTS)}")
    found = [f for f in ledger.corrections.findings if f.weight == weight]
    return {"findings": sorted(found, key=lambda finding: finding.of_reference)}


def _audit(ledger: Ledger, _: str) -> dict[str, Any]:
    return {"references": ledger.corrections.references}


# What the template of each directive has to know.
PARTS: dict[str, Callable[[Ledger, str], dict[str, Any]]] = {
    "ledger": _table,
    "ledger-counts": _counts,
    "ledger-documents": _documents,
    "corrections": _findings,
    "reference-audit": _audit,
}


def verdict_style() -> str:
    """Return the style sheet's part that gives verdicts their colours."""
    looks = [*VERDICTS.values(), *FITS.values()]
    return _TEMPLATES.get_template("verdicts.css").render(looks=looks)
