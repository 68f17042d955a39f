"""Where the parts of the figures lead: to the passage of the book that explains them."""

from __future__ import annotations

from collections.abc import Iterable


def chapter_links(chapter: str, anchors: Iterable[str]) -> dict[str, str]:
    """Return links to anchors of one chapter, for pages in ``book/`` and ``notebooks/`` alike."""
    return {anchor: f"../book/{chapter}.html#{anchor}" for anchor in anchors}


LINKS = (
    chapter_links("armed-not-dangerous", ("reading-a-cell", "contact-to-death"))
    | chapter_links("metastasis", ("liver-first", "the-first-day", "clusters",
                                   "when-t-cells-take-over"))
    | chapter_links("field-commanders", ("the-call", "pge2"))
    | chapter_links("challenges", ("living-on-supply",))
    | chapter_links("engagers", ("engager-idea", "which-handle", "hook-effect", "who-sheds-what",
                                 "extra-fuel", "engager-with-cells"))
    | chapter_links("minefield", ("three-injuries", "ilc1-controversy", "blockade"))
    | chapter_links("cytokine-fuel", ("five-cytokines", "brakes"))
    | chapter_links("cells-as-drugs", ("car-nk",))
    | chapter_links("outlook", ("where-things-stand",))
)  # fmt: skip
