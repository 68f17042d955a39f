"""The pages of the book, as its table of contents names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML


def pages_of(node: object) -> Iterator[str]:
    """Yield the pages that a part of the table of contents names."""
    if isinstance(node, list):
        for item in node:
            yield from pages_of(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("root", "file"):
                yield value
            else:
                yield from pages_of(value)


ROOT = Path(__file__).parents[1]
PAGES = list(pages_of(YAML(typ="safe").load(ROOT / "_toc.yml")))


def page_with(built: Path, mark: str) -> str:
    """Return the first page of the built book that has a mark in its HTML."""
    for page in PAGES:
        if mark in (built / f"{page}.html").read_text(encoding="utf-8"):
            return page
    raise LookupError(f"no page of the book has {mark}")
