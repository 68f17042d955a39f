"""The evidence ledger: its data, and its pages in a real browser."""

from __future__ import annotations

import csv
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from contents import PAGES
from playwright.sync_api import Page
from ruamel.yaml import YAML

from nkreview.book.ledger import tables
from nkreview.book.ledger.corrections import WEIGHTS, load_corrections
from nkreview.book.ledger.count import count
from nkreview.book.ledger.download import COLUMNS, as_csv
from nkreview.book.ledger.ledger import CLAIMS, CORRECTIONS, Ledger, read_ledger
from nkreview.book.ledger.outcomes import modelled_rows, outcomes_by_row
from nkreview.book.ledger.picture import PAPER
from nkreview.book.ledger.rows import CHECKED, DOCUMENTS, LedgerError, Row, load_rows
from nkreview.book.ledger.verdicts import FITS, VERDICTS, Look
from nkreview.living.tables import range_text, value_text
from nkreview.model.model import Model
from nkreview.model.shelf import names

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
# The notes from which the ledger was made; they are not part of the repository.
NOTES = ROOT.parent / "shared" / "facts" / "facts.md"
PAGE = "book/evidence.html"
LATER = [
    "checked_on",
    "would_change",
    "changed_on",
    "changed_was",
    "changed_why",
]  # columns of the table that came after the others


def marked(entries: str, pattern: str) -> set[str]:
    """Return the keys of the BibTeX entries in which a pattern occurs."""
    found = [entry for entry in re.split(r"\n(?=@)", entries) if re.search(pattern, entry)]
    return {re.match(r"@\w+\{([^,]+),", entry)[1] for entry in found}


BIBLIOGRAPHY = (ROOT / "references.bib").read_text(encoding="utf-8")
READ_LATER = marked(BIBLIOGRAPHY, r"\n  read = \{abstract\}\n")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(BOOK)


@pytest.fixture(scope="module")
def rows(ledger: Ledger) -> dict[str, Row]:
    return ledger.rows


@pytest.fixture(scope="module")
def keys() -> set[str]:
    return set(re.findall(r"^@\w+\{([^,\s]+),", BIBLIOGRAPHY, re.M))


@pytest.fixture(scope="module")
def page_of(built: Path) -> Callable[[str], BeautifulSoup]:
    """Return what reads a built page."""
    read: dict[str, BeautifulSoup] = {}

    def page(name: str) -> BeautifulSoup:
        if name not in read:
            read[name] = BeautifulSoup((built / name).read_text(encoding="utf-8"), "lxml")
        return read[name]

    return page


@pytest.fixture(scope="module")
def shown_rows(page_of: Callable[[str], BeautifulSoup]) -> dict[str, Tag]:
    """Return the ledger's rows on the built page, by id."""
    return {row["id"]: row for row in page_of(PAGE).select(".nk-ledger tbody tr")}


def words(tag: Tag) -> str:
    """Return an element's text with single spaces, as a browser shows it."""
    return " ".join(tag.get_text().split())


def facts(row: Tag) -> dict[str, Tag]:
    """Return the facts below a row or a finding, by their names."""
    names = row.select(".nk-facts dt")
    return {words(name): name.find_next_sibling("dd") for name in names}


def verdict_of(badge: Tag) -> str:
    """Return the verdict that a badge shows; its colour, its sign and its word must agree."""
    word = words(badge).split()[-1]
    look = VERDICTS[word]
    assert look.css in badge["class"]
    assert len({*badge["class"]} & {other.css for other in VERDICTS.values()}) == 1
    assert words(badge.select_one("[aria-hidden=true]")) == look.sign
    return word


# ------------------------------------------------------------------ the data


def test_every_claim_is_there(rows: dict[str, Row]) -> None:
    """The claims of each document are numbered from 1 without a gap, document after document."""
    numbers = Counter(row.document for row in rows.values())
    expected = [
        f"{letter}{n:0{3 if letter == 'R' else 2}d}"
        for letter in DOCUMENTS
        for n in range(1, numbers[letter] + 1)
    ]
    assert list(rows) == expected
    assert all(row.document == row.id[0] for row in rows.values())


def test_every_claim_has_reason_and_source(rows: dict[str, Row], keys: set[str]) -> None:
    for row in rows.values():
        assert len(row.why.split()) >= 3, row.id
        assert set(row.cite) <= keys, row.id
        assert row.cite or row.verdict in ("opinion", "marketing"), row.id


@pytest.mark.parametrize("looks", [VERDICTS, FITS], ids=["verdicts", "fits"])
def test_looks_can_be_told_apart(looks: dict[str, Look]) -> None:
    for part in ("sign", "css", "fill", "word"):
        assert len({getattr(look, part) for look in looks.values()}) == len(looks), part


def test_style_has_the_colours_of_the_picture() -> None:
    style = tables.verdict_style()
    for look in [*VERDICTS.values(), *FITS.values()]:
        tint = re.search(rf"\.{look.css} {{ --nk-tint: (.+?);", style)[1]
        assert tint == (look.fill or "transparent")


HOW = "checked: {how: read-abstract, on: 2026-11-21}"  # of R001


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("verdict: supported", "verdict: maybe"), "R001: verdict: Input should be 'supported'"),
        ((HOW, "checked: glanced"), "R001: checked.how: Input should be 'read-"),
        ((HOW, "checked: {how: glanced}"), "R001: checked.how: Input should be 'read-"),
        (
            (HOW, "checked: {how: recalled, on: last week}"),
            "R001: checked.on: Input should be a valid date",
        ),
        ((HOW, "checked: {how: recalled, by: me}"), "R001: unknown key 'checked.by'; known"),
        ((HOW, "checked: 3"), "R001: checked: Input should be a valid dict"),
        (
            (HOW, "checked: recalled\n  would_change: ''"),
            "R001: would_change: String should have at",
        ),
        ((HOW, f"{HOW}\n  changed: {{on: 2026-11-21}}"), "R001: changed.why: Field required"),
        (
            (HOW, f"{HOW}\n  changed: {{on: 2026-11-21, was: maybe, why: So.}}"),
            "R001: changed.was: Input should be 'supported'",
        ),
        (
            (HOW, f"{HOW}\n  changed: {{on: 2026-11-21, wos: wrong, why: So.}}"),
            "R001: unknown key 'changed.wos'; did you mean",
        ),
        (("  kind: qualitative\n", ""), "R001: kind: Field required"),
        (("  kind: qualitative", "  knd: qualitative"), "R001: unknown key 'knd'; did you mean"),
        (("- id: R002", "- id: R001"), "R001: this id is used twice"),
    ],
)
def test_a_bad_row_is_named(change: tuple[str, str], told: str, tmp_path: Path) -> None:
    text = (BOOK / CLAIMS).read_text(encoding="utf-8")
    assert change[0] in text
    copy = tmp_path / CLAIMS
    copy.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(LedgerError) as error:
        load_rows(copy)
    assert f"{CLAIMS}: {told}" in str(error.value)


@pytest.mark.parametrize(
    ("strange", "remedy"),
    [
        (
            "checked: 3",
            "; write `checked: {how: read-abstract, on: 2026-11-21}`, or the first word",
        ),
        ("checked: {how: recalled, on: last week}", "; write the day as 2026-11-21"),
        ("checked: recalled\n  would_change: ''", "; write what evidence would change the verdict"),
        (f"{HOW}\n  changed: {{on: lately, why: So.}}", "; write the day as 2026-11-21"),
        (
            f"{HOW}\n  changed: {{on: 2026-11-21, was: maybe, why: So.}}",
            "; write the first verdict, or leave the key out where it is the same",
        ),
    ],
)
def test_a_bad_check_has_a_remedy(strange: str, remedy: str, tmp_path: Path) -> None:
    text = (BOOK / CLAIMS).read_text(encoding="utf-8")
    (tmp_path / CLAIMS).write_text(text.replace(HOW, strange, 1), encoding="utf-8")
    with pytest.raises(LedgerError) as error:
        load_rows(tmp_path / CLAIMS)
    assert remedy in str(error.value)


def test_a_row_says_when_it_was_checked_and_what_would_change_it(tmp_path: Path) -> None:
    """Both are shown on the page and stand in the table; a row without them is as good."""
    text = (BOOK / CLAIMS).read_text(encoding="utf-8")
    path = tmp_path / CLAIMS
    more = (
        "checked: {how: read-abstract, on: 2026-03-04}\n  would_change: A trial <b>like</b> that."
    )
    text = text.replace(HOW, more, 1).replace(HOW, "checked: read-abstract", 1)
    path.write_text(text, encoding="utf-8")
    (tmp_path / CORRECTIONS).write_bytes((BOOK / CORRECTIONS).read_bytes())
    ledger = read_ledger(tmp_path)
    page = BeautifulSoup(tables.part("ledger", ledger, _Nowhere()), "lxml")
    told, plain = (facts(page.find(id=ident)) for ident in ("R001", "R002"))
    assert words(told["Checked"]) == "abstract read on 4 March 2026"
    assert words(told["Would change it"]) == "A trial <b>like</b> that."
    assert words(plain["Checked"]) == CHECKED[ledger.rows["R002"].checked.how]
    assert "Would change it" not in plain
    lines = list(csv.DictReader(as_csv(ledger.rows, {}).splitlines()))
    assert [lines[0][key] for key in LATER[:2]] == ["2026-03-04", "A trial <b>like</b> that."]
    assert [lines[1][key] for key in LATER[:2]] == ["", ""]


@pytest.mark.parametrize(
    ("was", "told", "marked"),
    [
        (
            "wrong",
            "on 4 March 2026. Before, the verdict was wrong. A <b>trial</b>.",
            "was wrong, changed 4 March 2026",
        ),
        (None, "on 4 March 2026. A <b>trial</b>.", "changed 4 March 2026"),
    ],
)
def test_a_row_says_what_changed(was: str | None, told: str, marked: str, tmp_path: Path) -> None:
    """On the page beside the verdict and among the facts, and in the table; other rows do not."""
    text = (BOOK / CLAIMS).read_text(encoding="utf-8")
    change = (
        "changed: {on: 2026-03-04, why: A <b>trial</b>." + (f", was: {was}" if was else "") + "}"
    )
    (tmp_path / CLAIMS).write_text(text.replace(HOW, f"{HOW}\n  {change}", 1), encoding="utf-8")
    (tmp_path / CORRECTIONS).write_bytes((BOOK / CORRECTIONS).read_bytes())
    ledger = read_ledger(tmp_path)
    page = BeautifulSoup(tables.part("ledger", ledger, _Nowhere()), "lxml")
    changed, plain = (page.find(id=ident) for ident in ("R001", "R002"))
    assert words(facts(changed)["Changed"]) == told
    assert words(changed.select_one(".nk-changed")) == marked
    assert changed["data-changed"] == "yes"
    assert "Changed" not in facts(plain)
    assert plain.select(".nk-changed") == [] and not plain.has_attr("data-changed")
    lines = list(csv.DictReader(as_csv(ledger.rows, {}).splitlines()))
    assert [lines[0][key] for key in LATER[2:]] == ["2026-03-04", was or "", "A <b>trial</b>."]
    assert [lines[1][key] for key in LATER[2:]] == ["", "", ""]


def test_every_row_says_when_it_was_checked(rows: dict[str, Row]) -> None:
    assert [row.id for row in rows.values() if row.checked.on is None] == []


def test_every_open_verdict_says_what_would_change_it(rows: dict[str, Row]) -> None:
    settled = ("supported", "marketing", "opinion")
    judged = [row for row in rows.values() if row.verdict not in settled]
    assert judged
    assert [row.id for row in judged if not row.would_change] == []


def test_a_change_of_verdict_is_a_change(rows: dict[str, Row]) -> None:
    """What a row was is not what it is; a row that changed was looked at again by then."""
    for row in rows.values():
        if row.changed:
            assert row.changed.was != row.verdict, row.id
            assert row.checked.on is None or row.changed.on <= row.checked.on, row.id


def test_what_the_first_version_said_is_told(rows: dict[str, Row]) -> None:
    """Every verdict and value that is not the first one is marked, with the first verdict."""
    try:
        first = first_version()
    except (OSError, subprocess.CalledProcessError, IndexError) as error:
        pytest.skip(f"the history of {CLAIMS} is not here: {error}")
    assert set(first) == set(rows)
    for row in rows.values():
        before = first[row.id]
        same = (before["verdict"], before.get("value")) == (row.verdict, row.value)
        assert same or row.changed, row.id
        was = row.changed.was if row.changed else None
        assert (was or row.verdict) == before["verdict"], row.id


def first_version() -> dict[str, dict]:
    """Return the rows as they were in the first version of the ledger in this history."""

    def git(*command: str) -> str:
        run = ["git", "-C", str(ROOT), *command]
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout

    path = f"{BOOK.name}/{CLAIMS}"
    commit = git("log", "--diff-filter=A", "--format=%H", "--", path).split()[-1]
    claims = YAML(typ="safe").load(git("show", f"{commit}:{path}"))["claims"]
    return {claim["id"]: claim for claim in claims}


class _Nowhere:
    """Stands for a page on which nothing leads elsewhere."""

    def __getattr__(self, _name: str) -> Callable[..., str]:
        return lambda *_: ""


def test_a_bad_finding_is_named(tmp_path: Path, rows: dict[str, Row]) -> None:
    text = (BOOK / CORRECTIONS).read_text(encoding="utf-8")
    copy = tmp_path / CORRECTIONS
    copy.write_text(text.replace("weight: high", "weight: huge", 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"E01\.weight"):
        load_corrections(copy, rows)
    copy.write_text(text.replace("[R007, R061, R063]", "[R999]", 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"E01\.claims: no ledger row R999"):
        load_corrections(copy, rows)


def test_a_changed_ledger_is_read_again(tmp_path: Path) -> None:
    for name in (CLAIMS, CORRECTIONS):
        (tmp_path / name).write_bytes((BOOK / name).read_bytes())
    before = read_ledger(tmp_path)
    assert read_ledger(tmp_path) is before
    path = tmp_path / CLAIMS
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("verdict: supported", "verdict: partly", 1), encoding="utf-8")
    assert read_ledger(tmp_path).rows["R001"].verdict == "partly" != before.rows["R001"].verdict


def test_what_was_read_is_not_called_unread() -> None:
    assert READ_LATER
    assert not READ_LATER & marked(BIBLIOGRAPHY, r"note = \{(Not read|Recalled,|Cited for the)")
    assert marked(BIBLIOGRAPHY, r"\n  read =") == READ_LATER


@pytest.mark.skipif(not NOTES.exists(), reason=f"the notes of the ledger are not at {NOTES}")
def test_no_claim_is_checked_further_than_its_sources(rows: dict[str, Row]) -> None:
    ids = re.findall(r"^\| ([RABCD]\d{2,3}) \|", NOTES.read_text(encoding="utf-8"), re.M)
    assert ids == list(rows)
    entries = NOTES.with_name("references.bib").read_text(encoding="utf-8")
    # the papers in which something was read: as the notes say, or looked up after them
    read = marked(entries, r"=\{\[V") | READ_LATER
    for row in rows.values():
        if row.checked.how == "read-full-text":  # the two papers that were
            assert set(row.cite) <= {"Ichise2022", "Huang2025"}, row.id
        if row.checked.how == "read-abstract":
            assert set(row.cite) <= read, row.id


def test_every_finding_and_reference_is_there(ledger: Ledger, keys: set[str]) -> None:
    """Findings stand by weight; both are numbered from 1, each number once."""
    findings, references = ledger.corrections.findings, ledger.corrections.references
    order = [WEIGHTS.index(f.weight) for f in findings]
    assert order == sorted(order)
    assert sorted(int(f.id[1:]) for f in findings) == list(range(1, len(findings) + 1))
    assert [r.number for r in references] == list(range(1, len(references) + 1))
    cited = {key for f in findings for key in [*f.cite, *f.use]}
    assert cited | {r.key for r in references} <= keys


def test_misfitting_references_name_their_finding(ledger: Ledger) -> None:
    misfits = [r for r in ledger.corrections.references if r.fit == "no"]
    assert misfits
    assert [r.number for r in misfits if not r.findings] == []


def test_counts_in_sentences(ledger: Ledger) -> None:
    rows, corrections = ledger.rows.values(), ledger.corrections
    assert count("claims", ledger) == len(rows)
    for document in DOCUMENTS:
        for verdict in VERDICTS:
            wanted = [r for r in rows if (r.document, r.verdict) == (document, verdict)]
            assert count(f"claims {document} {verdict}", ledger) == len(wanted)
    assert count("claims R miscited", ledger) == sum(r.miscited for r in rows if r.document == "R")
    assert count("claims modelled", ledger) == len(outcomes_by_row())
    assert count("claims changed", ledger) == sum(r.changed is not None for r in rows)
    for fit in FITS:
        assert count(f"references {fit}", ledger) == sum(
            r.fit == fit for r in corrections.references
        )
    for weight in WEIGHTS:
        assert count(f"findings {weight}", ledger) == sum(
            f.weight == weight for f in corrections.findings
        )


@pytest.mark.parametrize("query", ["claim R", "claims Q", "findings huge", "references high"])
def test_a_strange_count_is_refused(query: str, ledger: Ledger) -> None:
    with pytest.raises(ValueError, match=r"unknown|no count"):
        count(query, ledger)


def test_models_name_rows_that_exist(rows: dict[str, Row]) -> None:
    assert modelled_rows()
    assert modelled_rows() <= set(rows)


# ------------------------------------------------------------------ the built page


def test_every_row_is_complete(shown_rows: dict[str, Tag], rows: dict[str, Row]) -> None:
    outcomes = outcomes_by_row()
    assert list(shown_rows) == list(rows)
    for row in rows.values():
        shown, told = shown_rows[row.id], facts(shown_rows[row.id])
        assert verdict_of(shown.select_one(".nk-verdict")) == row.verdict
        assert words(told["Checked"]) == row.checked.told
        assert ("Would change it" in told) == (row.would_change is not None)
        assert ("Changed" in told) == (row.changed is not None)
        cited = told["Sources"].select('a[href^="bibliography.html#id"]') if row.cite else []
        assert len(cited) == len(row.cite), row.id
        assert "In the book" in told
        runs = [words(item) for item in shown.select("li")]
        assert len(runs) == len(outcomes.get(row.id, []))
        for run, (model, found) in zip(runs, outcomes.get(row.id, []), strict=True):
            assert run.startswith(f"{found.sign} {found.word} ({found.basis}, {model}): ")
            told = f"Computed {found.computed}, expected {found.expected}."
            assert f"{told} {found.sureness.capitalize()}".strip() in run
            assert run.endswith(" ".join((found.claim.why_missed or "").split()))


def test_cells_name_their_columns(page_of: Callable[[str], BeautifulSoup]) -> None:
    """On a phone a cell stands without its column's head, and says its name itself."""
    tables_found = [
        table for page in PAGES for table in page_of(f"{page}.html").select("table.nk-cards")
    ]
    assert tables_found
    for table in tables_found:
        head = [words(cell) for cell in table.select("thead th")]
        for row in table.select("tbody tr"):
            assert [cell["data-label"] for cell in row.find_all(["th", "td"])] == head


def test_picture_table_badges_and_csv_agree(
    built: Path,
    page_of: Callable[[str], BeautifulSoup],
    shown_rows: dict[str, Tag],
    rows: dict[str, Row],
) -> None:
    expected = {row.id: row.verdict for row in rows.values()}
    assert {ident: row["data-verdict"] for ident, row in shown_rows.items()} == expected
    fills = {(look.fill or PAPER).lower(): verdict for verdict, look in VERDICTS.items()}
    tiles = page_of(PAGE).select('[id^="ledger-tile-"]')
    drawn = {
        tile["id"].removeprefix("ledger-tile-"): re.search(r"fill: (#\w{6})", str(tile))[1]
        for tile in tiles
    }
    assert {ident: fills[colour.lower()] for ident, colour in drawn.items()} == expected
    with (built / "_static" / "nkreview" / "claims.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["id"]: line["verdict"] for line in lines} == expected
    badges = [a for page in PAGES for a in page_of(f"{page}.html").select("a.nk-claim")]
    assert badges
    for badge in badges:
        assert verdict_of(badge) == expected[badge["href"].split("#")[1]]
        assert words(badge).split()[1] == badge["href"].split("#")[1]


def test_counts_add_up(page_of: Callable[[str], BeautifulSoup], rows: dict[str, Row]) -> None:
    tally = Counter((row.verdict, row.document) for row in rows.values())
    lines = {line["data-verdict"]: line for line in page_of(PAGE).select(".nk-counts tbody tr")}
    assert list(lines) == list(VERDICTS)
    for verdict, line in lines.items():
        numbers = [int(words(cell)) for cell in line.find_all("td")[1:]]
        by_document = [tally[verdict, document] for document in DOCUMENTS]
        assert numbers == [*by_document, sum(by_document)]


def test_the_csv_has_what_the_table_has(built: Path, rows: dict[str, Row]) -> None:
    with (built / "_static" / "nkreview" / "claims.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines = {line["id"]: line for line in reader}
    # Whoever downloaded the ledger before finds the same columns again.
    columns = "id document section says kind value unit verdict miscited why cite"
    columns += " design species n effect checked discussed models"
    assert reader.fieldnames == [*columns.split(), *LATER] == list(COLUMNS)
    outcomes = outcomes_by_row()
    for row in rows.values():
        line = lines[row.id]
        assert line["says"] == row.says
        assert line["cite"].split() == row.cite
        assert line["checked"] == row.checked.how
        assert line["checked_on"] == str(row.checked.on or "")
        assert line["would_change"] == " ".join((row.would_change or "").split())
        assert line["design"] == (row.study.design if row.study else "")
        told = [f"{model}: {found.line}" for model, found in outcomes.get(row.id, [])]
        assert line["models"] == "; ".join(told)


def test_rows_and_badges_link_to_each_other(
    page_of: Callable[[str], BeautifulSoup], shown_rows: dict[str, Tag]
) -> None:
    """A badge leads to its row; the row leads back, or says that no chapter discusses it."""
    used: dict[str, set[str]] = {}
    for page in set(PAGES) - {"book/evidence", "book/corrections"}:
        for badge in page_of(f"{page}.html").select("a.nk-claim"):
            inner, *outer = badge.find_parents("section")
            place = f"{page}.html#{inner['id']}" if outer else f"{page}.html"
            used.setdefault(badge["href"].split("#")[1], set()).add(place)
    assert used
    for ident, row in shown_rows.items():
        told = facts(row)["In the book"]
        links = {f"book/{link['href']}" for link in told.select("a")}
        assert links == used.get(ident, set()), ident
        assert ("no chapter discusses it" in words(told)) == (not links), ident


def test_all_parameters_are_listed(page_of: Callable[[str], BeautifulSoup]) -> None:
    page = page_of("book/parameters.html")
    for name in names():
        model = Model.load(name)
        for ident, origin in model.evidence.parameters.items():
            row = page.find(id=f"{name}-{ident}")
            assert row["data-status"] == origin.status
            told = words(row)
            assert value_text(model, ident) in told
            assert origin.range is None or range_text(model, ident) in told
            assert len(row.select('a[href^="bibliography.html#"]')) == len(origin.cite), ident


@pytest.mark.parametrize("name", names())
def test_a_model_has_one_table_of_parameters(
    name: str, page_of: Callable[[str], BeautifulSoup]
) -> None:
    """What a chapter shows of a model's parameters is what the page of all parameters shows."""
    ident = f"{name}-{next(iter(Model.load(name).evidence.parameters))}"
    tables_found = [
        row.find_parent("table")
        for page in PAGES
        if (row := page_of(f"{page}.html").find(id=ident)) is not None
    ]
    assert len({words(table) for table in tables_found}) == 1


def test_corrections_are_listed(page_of: Callable[[str], BeautifulSoup], ledger: Ledger) -> None:
    """Each finding leads to its rows, and each row to its findings; references show their fit."""
    page, corrections = page_of("book/corrections.html"), ledger.corrections
    findings = {div["id"]: div for div in page.select(".nk-finding")}
    # Within a weight statements come before references.
    by_weight = sorted(
        corrections.findings,
        key=lambda f: (WEIGHTS.index(f.weight), f.where.startswith("Reference")),
    )
    assert list(findings) == [f.id for f in by_weight]
    for finding in corrections.findings:
        shown = [words(badge).split()[1] for badge in findings[finding.id].select("a.nk-claim")]
        assert shown == finding.claims
    entries = page.select('tr[id^="reference-"]')
    assert len(entries) == len(corrections.references)
    for entry, reference in zip(entries, corrections.references, strict=True):
        assert entry["id"] == f"reference-{reference.number}"
        badge = entry.select_one(".nk-verdict")
        assert words(badge) == f"{FITS[reference.fit].sign} {FITS[reference.fit].word}"
        assert FITS[reference.fit].css in badge["class"]
        links = [a["href"] for a in entry.select('a[href^="#E"]')]
        assert links == [f"#{ident}" for ident in reference.findings]


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


def test_filter_by_depth_chapter_and_change(open_page: Callable, rows: dict[str, Row]) -> None:
    visit = open_page(PAGE)
    page = visit.page
    page.locator("input[value=recalled]").check()
    assert shown(page) == [r.id for r in rows.values() if r.checked.how == "recalled"]
    page.locator("input[value=recalled]").uncheck()
    page.get_by_label("Only claims that changed").check()
    changed = [r.id for r in rows.values() if r.changed]
    assert shown(page) == changed
    assert f"({len(changed)})" in page.locator("label:has(input[name=changed])").inner_text()
    chapter = page.locator("select[name=chapter]")
    labels = chapter.locator("option").all_inner_texts()
    assert (labels[0], labels[-1]) == ("all", "in no chapter")
    chapter.select_option("metastasis.html")
    there = {
        ident
        for ident in rows
        if page.locator(f'#{ident} .nk-discussed a[href^="metastasis.html"]').count()
    }
    assert shown(page) == [ident for ident in changed if ident in there]
    page.get_by_label("Only claims that changed").uncheck()
    assert set(shown(page)) == there
    option = chapter.locator("option[value='metastasis.html']").inner_text()
    assert option.endswith(f"({len(there)})")
    chapter.select_option("none")
    assert all(
        "no chapter" in page.locator(f"#{i} .nk-discussed").inner_text() for i in shown(page)
    )
    assert len(shown(page)) > 0
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
    for _ in ("chapter", "sort", "show all"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#R001").wait_for(state="visible")
    assert shown(page) == list(rows)


def test_sorting(open_page: Callable, rows: dict[str, Row]) -> None:
    page = open_page(PAGE).page
    page.locator("select[name=sort]").select_option("verdict")
    by_verdict = sorted(rows.values(), key=lambda r: list(VERDICTS).index(r.verdict))
    assert shown(page) == [row.id for row in by_verdict]
    page.locator("select[name=sort]").select_option("checked")
    levels = [rows[i].checked.how for i in shown(page)]
    assert levels == sorted(levels, key=list(CHECKED).index)
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
    for control in page.locator(".nk-filter :is(input, select, button)").all():
        box = control.bounding_box()
        assert box["x"] + box["width"] <= 360
    cell = page.locator("#R026 td").nth(3)
    assert cell.bounding_box()["width"] > 280
    assert not page.locator(".nk-ledger thead").is_visible()
