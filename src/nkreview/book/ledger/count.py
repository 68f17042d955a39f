"""Numbers about the ledger that sentences need."""

from __future__ import annotations

from nkreview.book.ledger.corrections import FITS, WEIGHTS, Corrections
from nkreview.book.ledger.rows import Row
from nkreview.book.ledger.tables import CHECKED, DOCUMENTS, VERDICTS, outcomes


def count(query: str, ledger: dict[str, Row], corrections: Corrections) -> int:
    """Return a number that a sentence needs.

    Parameters
    ----------
    query : str
        ``claims`` with any of a document's letter, a verdict, a way of checking, ``miscited``,
        ``modelled``; ``findings`` with a weight; or ``references`` with a fit.

    Raises
    ------
    ValueError
        When a word is unknown.
    """
    kind, *words = query.split()
    things: dict[str, list[set[str]]] = {
        "claims": [_words_of(row) for row in ledger.values()],
        "findings": [{f.weight} for f in corrections.findings],
        "references": [{r.fit} for r in corrections.references],
    }
    known: dict[str, set[str]] = {
        "claims": {*DOCUMENTS, *VERDICTS, *CHECKED, "miscited", "modelled"},
        "findings": set(WEIGHTS),
        "references": set(FITS),
    }
    if kind not in things:
        raise ValueError(f"no count of {kind!r}; write one of {', '.join(things)}")
    if strange := sorted(set(words) - known[kind]):
        raise ValueError(f"{kind}: unknown {strange[0]!r}; write {', '.join(sorted(known[kind]))}")
    return sum(set(words) <= thing for thing in things[kind])


def _words_of(row: Row) -> set[str]:
    words = {row.document, row.verdict, row.checked}
    if row.miscited:
        words.add("miscited")
    if row.id in outcomes():
        words.add("modelled")
    return words
