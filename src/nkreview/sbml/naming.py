"""What an error says of a name that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(wanted: str, known: Iterable[str]) -> str:
    """Return the tail of an error message: the nearest known name, or all of them."""
    known = list(known)
    near = difflib.get_close_matches(wanted, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known) or 'none'}"
