"""The evidence ledger of a book: its rows, their documents and the corrections, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nkreview.book.ledger.corrections import Corrections, load_corrections
from nkreview.book.ledger.rows import Document, Row, load_documents, load_rows

CLAIMS, CORRECTIONS = "claims.yml", "corrections.yml"


@dataclass(frozen=True)
class Ledger:
    """What the source documents say, the verdicts, and what should be put right.

    Attributes
    ----------
    rows : dict of str to Row
    documents : dict of str to Document
        The source documents by letter.
    corrections : Corrections
    """

    rows: dict[str, Row]
    documents: dict[str, Document]
    corrections: Corrections


def read_ledger(folder: Path) -> Ledger:
    """Read ``claims.yml`` and ``corrections.yml``; again only after a change of either.

    Raises
    ------
    FileNotFoundError
        When one of the files is not there.
    ValueError
        Naming the row or finding, the field and the remedy.
    """
    paths = folder / CLAIMS, folder / CORRECTIONS
    return _read(*paths, *(path.stat().st_mtime_ns for path in paths))


@lru_cache(maxsize=4)
def _read(claims: Path, corrections: Path, *_stamps: int) -> Ledger:
    rows = load_rows(claims)
    return Ledger(rows, load_documents(claims), load_corrections(corrections, rows))
