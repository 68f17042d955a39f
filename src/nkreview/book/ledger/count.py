"""Numbers about the ledger that sentences need."""

from __future__ import annotations

from nkreview.book.ledger.corrections import WEIGHTS
from nkreview.book.ledger.ledger import Ledger
from nkreview.book.ledger.outcomes import modelled_rows
from nkreview.book.ledger.rows import CHECKED, DOCUMENTS, Row
from nkreview.book.ledger.verdicts import FITS, VERDICTS

# The words that may follow each kind of thing that is counted.
WORDS: dict[str, set[str]] = {
    "claims": {*DOCUMENTS, *VERDICTS, *CHECKED, "miscited", "modelled", "changed"},
    "findings": set(WEIGHTS),
    "references": set(FITS),
}


def count(query: str, ledger: Ledger) -> int:
    """Return a number that a sentence needs.

    Parameters
    ----------
    query : str
        ``claims`` with any of a document's letter, a verdict, a way of checking, ``miscited``,
        ``modelled``, ``changed``; ``findings`` with a weight; or ``references`` with a fit.
    ledger : Ledger

    Raises
    ------
    ValueError
        When a word is unknown.
    """
    kind, *words = query.split()
    if kind not in WORDS:
        raise ValueError(f"no count of {kind!r}; write one of {', '.join(WORDS)}")
    if strange := sorted(set(words) - WORDS[kind]):
        raise ValueError(f"{kind}: unknown {strange[0]!r}; write {', '.join(sorted(WORDS[kind]))}")
    return sum(set(words) <= thing for thing in _things(kind, ledger))


def _things(kind: str, ledger: Ledger) -> list[set[str]]:
    """Return the words that hold of each thing of a kind."""
    if kind == "findings":
        return [{finding.weight} for finding in ledger.corrections.findings]
    if kind == "references":
        return [{reference.fit} for reference in ledger.corrections.references]
    modelled = modelled_rows()
    return [_words_of(row, row.id in modelled) for row in ledger.rows.values()]


def _words_of(row: Row, modelled: bool) -> set[str]:
    marks = {
        "miscited": row.miscited,
        "modelled": modelled,
        "changed": row.changed is not None,
    }
    return {
        row.document,
        row.verdict,
        row.checked.how,
        *(word for word, true in marks.items() if true),
    }
