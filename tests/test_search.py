"""What readers type into the book's search, and what it finds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.search.en import SearchEnglish

# Names of drugs, molecules, cells and methods that somebody may come for.
SOUGHT = """
ADCC, AFM13, aldesleukin, ANKET, Anktiva, BiKE, bintrafusp alfa, CAR-NK, CD16, cDC1, cetuximab,
CISH, cytomegalovirus, engager, FCGR3A, HLA-E, IL-15, IL-21, ILC1, iPSC, KIR,
LAG3, memory-like, MICA, missing self, monalizumab, N-803, NKG2A, NKG2C, NKG2D, NKp46,
nogapendekin, obinutuzumab, PGE2, rituximab, TGF-β, TIGIT, trans-presentation, trastuzumab,
TriKE, V158
"""
TERMS = [term.strip() for term in SOUGHT.replace("\n", " ").split(",")]
# Pages that list everything: to be found there alone helps nobody.
LISTS = ("book/evidence", "book/bibliography", "book/parameters", "book/corrections")


@pytest.fixture(scope="module")
def index(built: Path) -> dict:
    text = (built / "searchindex.js").read_text(encoding="utf-8")
    return json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)\s*", text, re.S)[1])


def found(index: dict, query: str) -> set[str]:
    """Return the pages that hold every word of a query, as the page's script looks them up."""
    stem = SearchEnglish({}).stem
    pages: set[int] | None = None
    for word in re.findall(r"\w+", query.lower()):
        holds: set[int] = set()
        for part in ("terms", "titleterms"):
            for form in {word, stem(word)}:
                hits = index[part].get(form, [])
                holds |= {hits} if isinstance(hits, int) else set(hits)
        pages = holds if pages is None else pages & holds
    return {index["docnames"][number] for number in pages or ()}


@pytest.mark.parametrize("term", TERMS)
def test_a_name_is_found_in_the_book(term: str, index: dict) -> None:
    """In a chapter or in the glossary, not only in a list of everything."""
    assert found(index, term) - set(LISTS)


def test_a_name_that_is_nowhere_is_not_found(index: dict) -> None:
    assert found(index, "pinocytosis rituximab") == set()


def test_the_page_of_results_finds_what_the_index_holds(open_page: Callable, index: dict) -> None:
    page = open_page("search.html?q=rituximab").page
    links = page.locator("#search-results li a")
    links.first.wait_for()
    page.wait_for_function("/found \\d+ page/.test(document.body.innerText)")
    shown = {re.search(r"([\w-]+/[\w-]+)\.html", a.get_attribute("href"))[1] for a in links.all()}
    assert shown >= found(index, "rituximab") - set(LISTS)
