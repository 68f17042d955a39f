"""The ledger as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from nkreview.book.ledger.outcomes import outcomes_by_row
from nkreview.book.ledger.rows import Row, Study

PLAIN = ("id", "document", "section", "says", "kind", "value", "unit", "verdict", "miscited")
STUDY = tuple(Study.model_fields)
COLUMNS = (
    *PLAIN,
    "why",
    "cite",
    *STUDY,
    "checked",
    "discussed",
    "models",
    "checked_on",
    "would_change",
    "changed_on",
    "changed_was",
    "changed_why",
)


def as_csv(rows: Mapping[str, Row], discussed: Mapping[str, list[str]]) -> str:
    """Return the ledger's rows as CSV.

    Parameters
    ----------
    rows : mapping of str to Row
    discussed : mapping
        Titles of the sections that discuss a row, by its id.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    outcomes = outcomes_by_row()
    for row in rows.values():
        told = [f"{model}: {outcome.line}" for model, outcome in outcomes.get(row.id, [])]
        about = {
            "why": " ".join(row.why.split()),
            "cite": " ".join(row.cite),
            "checked": row.checked.how,
            "checked_on": row.checked.on,
            "would_change": " ".join((row.would_change or "").split()),
            "discussed": "; ".join(discussed.get(row.id, [])),
            "models": "; ".join(told),
        }
        if row.changed:
            about |= {f"changed_{key}": value for key, value in row.changed.model_dump().items()}
        study = row.study.model_dump() if row.study else {}
        writer.writerow({**{key: getattr(row, key) for key in PLAIN}, **study, **about})
    return buffer.getvalue()
