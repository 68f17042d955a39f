"""The ids, classes and data attributes that HTML and script share, from ``static/names.js``."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

FILE = Path(__file__).parent / "static" / "names.js"


def _read() -> SimpleNamespace:
    """Return the names; the module's default export is written as JSON."""
    text = FILE.read_text(encoding="utf-8")
    opening, closing = "export default ", ";"
    start = text.index(opening) + len(opening)
    return SimpleNamespace(**json.loads(text[start : text.rindex(closing)]))


NAMES = _read()
