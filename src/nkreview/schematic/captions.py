"""Captions outside the book, where nothing resolves a citation."""

from __future__ import annotations

import re

CITE = re.compile(r"\{cite:p\}`([^`]+)`")
ACCENTED = {"Bottcher": "Böttcher"}  # citation keys are plain ASCII


def plain(caption: str) -> str:
    """Return a caption with its MyST citations as author and year."""
    return CITE.sub(
        lambda cite: f"({'; '.join(_author_year(key) for key in cite[1].split(','))})", caption
    )


def _author_year(key: str) -> str:
    name, year = re.fullmatch(r"(\D+)(\d{4})\w*", key.strip()).groups()
    return f"{ACCENTED.get(name, name)} {year}"
