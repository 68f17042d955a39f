"""The evidence ledger: its data, and its pages in a real browser."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from nkreview.book.ledger import corrections as fixes
from nkreview.book.ledger import count, picture
from nkreview.book.ledger import tables as ledger
from nkreview.book.ledger.rows import SHAPES, LedgerError, Row, load_ledger
from nkreview.model.evidence import Provenance
from nkreview.model.model import Model, names

ROOT = Path(__file__).parents[1]
CLAIMS = ROOT / "book" / "claims.yml"
# The notes from which the ledger was made; they are not part of the repository.
NOTES = ROOT.parent / "shared" / "facts" / "facts.md"
PAGE = "book/evidence.html"
EXPECTED = {"R": 88, "A": 12, "B": 20, "C": 24, "D": 25}


def marked(entries: str, pattern: str) -> set[str]:
    """Return the keys of the BibTeX entries in which a pattern occurs."""
    found = [entry for entry in re.split(r"\n(?=@)", entries) if re.search(pattern, entry)]
    return {re.match(r"@\w+\{([^,]+),", entry)[1] for entry in found}


BIBLIOGRAPHY = (ROOT / "references.bib").read_text(encoding="utf-8")
READ_LATER = marked(BIBLIOGRAPHY, r"\n  read = \{abstract\}\n")


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return load_ledger(CLAIMS)


@pytest.fixture(scope="module")
def corrections(rows: dict[str, Row]) -> fixes.Corrections:
    return fixes.load_corrections(ROOT / "book" / "corrections.yml", rows)


@pytest.fixture(scope="module")
def keys() -> set[str]:
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    return set(re.findall(r"^@\w+\{([^,\s]+),", text, re.M))


@pytest.fixture(scope="module")
def page_text(built: Path) -> str:
    return (built / PAGE).read_text(encoding="utf-8")


# ------------------------------------------------------------------ the data


def test_every_claim_is_there(rows: dict[str, Row]) -> None:
    expected = [
        f"{letter}{n:0{3 if letter == 'R' else 2}d}"
        for letter, last in EXPECTED.items()
        for n in range(1, last + 1)
    ]
    assert list(rows) == expected
    assert all(row.document == row.id[0] for row in rows.values())


def test_every_claim_has_reason_and_source(rows: dict[str, Row], keys: set[str]) -> None:
    for row in rows.values():
        assert row.verdict in SHAPES
        assert len(row.why.split()) >= 3, row.id
        assert set(row.cite) <= keys, row.id
        assert row.cite or row.verdict in ("opinion", "marketing"), row.id


def test_signs_differ_and_every_verdict_has_its_looks() -> None:
    assert len(set(SHAPES.values())) == len(SHAPES)
    assert set(ledger.MEANINGS) == set(picture.TILES) == set(SHAPES) == set(ledger.VERDICTS)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("verdict: supported", "verdict: maybe"), "verdict"),
        (("checked: read-abstract", "checked: glanced"), "checked"),
        (("  kind: qualitative\n", ""), "kind"),
        (("  kind: qualitative", "  knd: qualitative"), "knd"),
    ],
)
def test_a_bad_row_is_named(change: tuple[str, str], named: str, tmp_path: Path) -> None:
    copy = tmp_path / "claims.yml"
    copy.write_text(CLAIMS.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(LedgerError, match=rf"R001.*{named}|R001: \w+"):
        load_ledger(copy)


def test_a_bad_finding_is_named(tmp_path: Path, rows: dict[str, Row]) -> None:
    text = (ROOT / "book" / "corrections.yml").read_text(encoding="utf-8")
    copy = tmp_path / "corrections.yml"
    copy.write_text(text.replace("weight: high", "weight: huge", 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"E01\.weight"):
        fixes.load_corrections(copy, rows)
    copy.write_text(text.replace("[R007, R061, R063]", "[R999]", 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"E01\.claims: no ledger row R999"):
        fixes.load_corrections(copy, rows)


def test_what_was_read_is_not_called_unread() -> None:
    assert READ_LATER
    assert not READ_LATER & marked(BIBLIOGRAPHY, r"note = \{(Not read|Recalled,|Cited for the)")
    assert marked(BIBLIOGRAPHY, r"\n  read =") == READ_LATER


if NOTES.exists():

    def test_no_claim_is_checked_further_than_its_sources(rows: dict[str, Row]) -> None:
        ids = re.findall(r"^\| ([RABCD]\d{2,3}) \|", NOTES.read_text(encoding="utf-8"), re.M)
        assert ids == list(rows)
        entries = NOTES.with_name("references.bib").read_text(encoding="utf-8")
        # the papers in which something was read: as the notes say, or looked up after them
        read = marked(entries, r"=\{\[V") | READ_LATER
        for row in rows.values():
            if row.checked == "read-full-text":  # the two papers that were
                assert set(row.cite) <= {"Ichise2022", "Huang2025"}, row.id
            if row.checked == "read-abstract":
                assert set(row.cite) <= read, row.id


def test_every_finding_and_reference_is_there(
    corrections: fixes.Corrections, keys: set[str]
) -> None:
    order = [fixes.WEIGHTS.index(f.weight) for f in corrections.findings]
    assert order == sorted(order)
    assert sorted(f.id for f in corrections.findings) == [f"E{n:02d}" for n in range(1, 32)]
    assert [r.number for r in corrections.references] == list(range(1, 34))
    cited = {key for f in corrections.findings for key in [*f.cite, *f.use]}
    assert cited | {r.key for r in corrections.references} <= keys


def test_misfitting_references_name_their_finding(corrections: fixes.Corrections) -> None:
    for reference in corrections.references:
        if reference.fit == "no":
            assert reference.findings, reference.number


def test_counts_in_sentences(rows: dict[str, Row], corrections: fixes.Corrections) -> None:
    verdicts = Counter(row.verdict for row in rows.values() if row.document == "R")
    for verdict, number in verdicts.items():
        assert count.count(f"claims R {verdict}", rows, corrections) == number
    assert sum(count.count(f"references {f}", rows, corrections) for f in fixes.FITS) == 33
    for query in ("claim R", "claims Q", "findings huge"):
        with pytest.raises(ValueError, match=r"unknown|no count"):
            count.count(query, rows, corrections)


def test_models_name_rows_that_exist(rows: dict[str, Row]) -> None:
    assert set(ledger.outcomes()) <= set(rows)


# ------------------------------------------------------------------ the built page


def test_every_row_is_complete(page_text: str, rows: dict[str, Row]) -> None:
    parts = page_text.split('<tr id="')[1:]
    shown = {part.split('"')[0]: part.split("</tr>")[0] for part in parts}
    for row in rows.values():
        html = shown[row.id]
        assert f'data-verdict="{row.verdict}"' in html
        assert ledger.badge(row.verdict) in html
        assert ledger.CHECKED[row.checked] in html
        links = re.findall(r'<a class="reference internal" href="bibliography.html#id\d+"', html)
        assert len(links) == len(row.cite), row.id
        assert "In the book" in html
        runs = ledger.outcomes().get(row.id, [])
        for _, outcome in runs:
            assert f"Computed {outcome.value:.3g}, expected {outcome.expected}" in html
        assert html.count('<li class="nk-') == len(runs)


def test_picture_table_badges_and_csv_agree(
    built: Path, page_text: str, rows: dict[str, Row]
) -> None:
    expected = {row.id: row.verdict for row in rows.values()}
    table = dict(
        re.findall(r'<tr id="([RABCD]\d+)" data-document="." data-verdict="(\w+)"', page_text)
    )
    assert table == expected
    badges = re.findall(
        r'<tr id="([RABCD]\d+)".*?<span class="nk-verdict nk-(\w+)">.*?</span> (\w+)</span>',
        page_text,
        re.S,
    )
    assert [(i, look) for i, look, _ in badges] == [(i, word) for i, _, word in badges]
    assert {i: word for i, _, word in badges} == expected
    fills = {colour.lower(): verdict for verdict, colour in picture.TILES.items()}
    tiles = re.findall(r'id="ledger-tile-(\w+)">.*?fill: (#\w{6})', page_text, re.S)
    assert {i: fills[colour.lower()] for i, colour in tiles} == expected
    with (built / "_static" / "nkreview" / "claims.csv").open(encoding="utf-8", newline="") as file:
        assert {line["id"]: line["verdict"] for line in csv.DictReader(file)} == expected
    for path in (built / "book").glob("*.html"):
        html = path.read_text(encoding="utf-8")
        for look, ident, word in re.findall(
            r'<a class="nk-claim nk-(\w+)".*?</span> (\w+) (\w+)</a>', html
        ):
            assert look == word == expected[ident], path.name
    for verdict in ledger.VERDICTS:
        line = page_text.split(f'<tr data-verdict="{verdict}">')[1].split("</tr>")[0]
        numbers = [int(n) for n in re.findall(r">(\d+)</td>", line)]
        by_document = [
            sum(r.verdict == verdict and r.document == d for r in rows.values()) for d in EXPECTED
        ]
        assert numbers == [*by_document, sum(by_document)]


def test_rows_and_badges_link_to_each_other(built: Path, page_text: str) -> None:
    """A badge leads to its row; the row leads back, or says that no chapter discusses it."""
    about = {"evidence.html", "corrections.html"}
    used: dict[str, set[str]] = {}
    for path in (built / "book").glob("*.html"):
        links = re.findall(
            r'<a class="nk-claim [^>]*href="evidence.html#(\w+)"', path.read_text(encoding="utf-8")
        )
        for ident in links if path.name not in about else []:
            used.setdefault(ident, set()).add(path.name)
    assert used
    for part in page_text.split('<tr id="')[1:]:
        ident, html = part.split('"')[0], part.split("</tr>")[0]
        told = html.split("<dt>In the book</dt><dd>")[1].split("</dd>")[0]
        back = set(re.findall(r'href="([\w.-]+\.html)', told))
        assert used.get(ident, set()) <= back, ident
        assert ("no chapter discusses it" in told) == (not back), ident


def test_all_parameters_are_listed(built: Path) -> None:
    html = (built / "book" / "parameters.html").read_text(encoding="utf-8")
    for name in names():
        for ident, origin in Model.load(name).evidence.parameters.items():
            row = html.split(f'<tr id="{name}-{ident}"')[1].split("</tr>")[0]
            assert isinstance(origin, Provenance)
            assert f'data-status="{origin.status}"' in row
            assert row.count('href="bibliography.html#') == len(origin.cite), ident


def test_corrections_are_listed(built: Path, corrections: fixes.Corrections) -> None:
    html = (built / "book" / "corrections.html").read_text(encoding="utf-8")
    order = re.findall(r'<div class="nk-finding" id="(E\d\d)"', html)
    assert order == [f.id for f in corrections.findings]
    fits = re.findall(r'<tr id="reference-(\d+)" data-fit="([\w-]+)"', html)
    assert fits == [(str(r.number), r.fit) for r in corrections.references]
    for fit in fixes.FITS:
        assert sum(r.fit == fit for r in corrections.references) == sum(f == fit for _, f in fits)


# ------------------------------------------------------------------ in the browser


def shown(page: Page) -> list[str]:
    """Return the ids of the rows that can be seen, in their order."""
    return page.evaluate(
        "[...document.querySelectorAll('.nk-ledger tbody tr')]"
        ".filter((row) => row.offsetHeight).map((row) => row.id)"
    )


def test_filter_by_document_verdict_and_words(open_page: Callable, rows: dict[str, Row]) -> None:
    visit = open_page(PAGE)
    page = visit.page
    assert shown(page) == list(rows)
    page.locator("input[value=R]").check()
    page.locator("input[value=wrong]").check()
    page.locator("input[value=disputed]").check()
    wanted = [
        r.id for r in rows.values() if r.document == "R" and r.verdict in ("wrong", "disputed")
    ]
    assert shown(page) == wanted
    assert page.locator(".nk-ledger .nk-status").inner_text() == (
        f"{len(wanted)} of {len(rows)} claims shown."
    )
    page.locator("input[name=text]").fill("ADAM17 cd16")
    assert shown(page) == ["R055"]
    page.locator("input[name=text]").fill("no such words")
    assert shown(page) == []
    assert "No claim fits" in page.locator(".nk-ledger .nk-status").inner_text()
    page.get_by_role("button", name="Show all").click()
    page.locator("#R001").wait_for(state="visible")
    assert shown(page) == list(rows)
    assert visit.console == []


def test_filter_by_keyboard_alone(open_page: Callable, rows: dict[str, Row]) -> None:
    page = open_page(PAGE).page
    page.locator(".nk-filter input").first.focus()
    page.keyboard.press("Space")
    assert shown(page) == [r.id for r in rows.values() if r.document == "R"]
    boxes = page.locator(".nk-filter input[type=checkbox]").count()
    for _ in range(boxes):
        page.keyboard.press("Tab")
    page.keyboard.type("pinometostat")
    assert shown(page) == []
    page.keyboard.press("Enter")  # sends nothing and leaves the page alone
    assert page.url.endswith(PAGE)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#R001").wait_for(state="visible")
    assert shown(page) == list(rows)


def test_sorting(open_page: Callable, rows: dict[str, Row]) -> None:
    page = open_page(PAGE).page
    page.locator("select[name=sort]").select_option("verdict")
    by_verdict = sorted(rows.values(), key=lambda r: ledger.VERDICTS.index(r.verdict))
    assert shown(page) == [row.id for row in by_verdict]
    page.locator("select[name=sort]").select_option("checked")
    levels = [rows[i].checked for i in shown(page)]
    assert levels == sorted(levels, key=list(ledger.CHECKED).index)
    page.locator("select[name=sort]").select_option("number")
    assert shown(page) == list(rows)


def comes_into_view(page: Page, ident: str) -> None:
    """Wait until a row stands in the upper part of the window; the theme scrolls smoothly."""
    page.wait_for_function(
        "id => { const box = document.getElementById(id)?.getBoundingClientRect();"
        " return box?.height > 0 && box.y >= 0 && box.y < 600; }",  # a hidden row has no height
        arg=ident,
        timeout=10_000,
    )


def test_a_link_opens_at_its_row(open_page: Callable, rows: dict[str, Row]) -> None:
    page = open_page(f"{PAGE}#R055").page
    comes_into_view(page, "R055")
    page.locator("input[value=marketing]").check()
    assert "R026" not in shown(page)
    page.evaluate("location.hash = '#R026'")
    comes_into_view(page, "R026")
    assert shown(page) == list(rows)  # the filter that hid the row is cleared
    assert not page.locator("input[value=marketing]").is_checked()
    page.evaluate("location.hash = '#R999'")
    page.wait_for_function(
        "document.querySelector('.nk-ledger .nk-status').textContent.includes('no claim R999')"
    )


def test_a_badge_leads_to_its_row(open_page: Callable) -> None:
    page = open_page("book/index.html").page
    page.locator("a.nk-claim").first.click()
    page.wait_for_url("**/book/evidence.html#R*")
    comes_into_view(page, page.url.split("#")[1])


def test_without_javascript_the_ledger_is_whole(open_page: Callable, rows: dict[str, Row]) -> None:
    page = open_page(PAGE, javascript=False).page
    assert not page.locator(".nk-filter").is_visible()
    assert page.locator(".nk-ledger tbody tr:visible").count() == len(rows)
    assert page.locator("a.nk-csv").is_visible()


def test_the_csv_downloads(open_page: Callable, rows: dict[str, Row]) -> None:
    page = open_page(PAGE).page
    with page.expect_download() as download:
        page.locator("a.nk-csv").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert len(list(csv.DictReader(text.splitlines()))) == len(rows)


def test_on_a_phone_rows_are_cards(open_page: Callable) -> None:
    page = open_page(PAGE, width=360, height=740).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cell = page.locator("#R026 td").nth(3)
    assert cell.bounding_box()["width"] > 280
    assert not page.locator(".nk-ledger thead").is_visible()
