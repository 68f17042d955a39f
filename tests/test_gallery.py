"""The page of all models, and what leads to each of them from the first page and the figures."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from contents import PAGES
from ruamel.yaml import YAML

from nkreview.book.plates import PLATES
from nkreview.living.gallery import FIGURES, Spot, Tally, ordered, spots
from nkreview.model.checks import Outcome, check
from nkreview.model.draws import DRAWS
from nkreview.model.model import Model
from nkreview.model.shelf import BOOK, names

PAGE = "book/all-models"
BUDGET = 200_000  # bytes of the page, compressed
OURS = sorted(path.name for path in BOOK.iterdir() if (path / f"{path.name}.yml").exists())


@pytest.fixture(scope="module")
def page_of(built: Path) -> Callable[[str], BeautifulSoup]:
    """Return what reads a built page, once."""
    read: dict[str, BeautifulSoup] = {}

    def page(name: str) -> BeautifulSoup:
        if name not in read:
            text = (built / f"{name}.html").read_text(encoding="utf-8")
            read[name] = BeautifulSoup(text, "lxml")
        return read[name]

    return page


@pytest.fixture(scope="module")
def rows(page_of: Callable[[str], BeautifulSoup]) -> dict[str, Tag]:
    """Return the rows of the table by the model's name, in their order."""
    found = page_of(PAGE).select(".nk-gallery tbody tr")
    return {row.select_one("code").get_text(): row for row in found}


def words(tag: Tag) -> str:
    """Return an element's text with single spaces."""
    return " ".join(tag.get_text().split())


def figure_at(link: Tag, page: str, page_of: Callable[[str], BeautifulSoup]) -> Tag:
    """Return the living figure at which a link from a page arrives."""
    path, _, anchor = link["href"].partition("#")
    where = path.removesuffix(".html").removeprefix("../")
    there = page_of(f"{Path(page).parent}/{where}" if path else page)
    figure = there.find(id=anchor)
    assert figure is not None, f"{page}: nothing at {link['href']}"
    return figure.select_one("nk-explorer")


def evidence_of(name: str) -> dict:
    """Return the evidence as its file has it."""
    return YAML(typ="safe").load(BOOK / name / f"{name}.evidence.yml")


# ------------------------------------------------------------------ the page of all models


def test_every_model_has_a_row_with_its_question(rows: dict[str, Tag]) -> None:
    assert sorted(rows) == OURS
    for name, row in rows.items():
        card = YAML(typ="safe").load(BOOK / name / f"{name}.yml")
        told = words(row.select_one("th"))
        assert told.startswith(" ".join(card["title"].split()))
        assert " ".join(card["question"].split()) in told


def test_models_stand_in_the_order_of_the_chapters(rows: dict[str, Tag]) -> None:
    homes = [
        row.select_one("th a")["href"].split("#")[0].removesuffix(".html") for row in rows.values()
    ]
    order = [PAGES.index(f"book/{home}") for home in homes]
    assert order == sorted(order)
    assert "book/index" not in {f"book/{home}" for home in homes}


@pytest.mark.parametrize("name", OURS)
def test_a_row_counts_what_the_evidence_says(name: str, rows: dict[str, Tag]) -> None:
    """Claims are counted from the file and the run, constants from the file alone."""
    evidence = evidence_of(name)
    kinds = Counter(claim["kind"] for claim in evidence["claims"])
    missed = {claim["id"] for claim in evidence["claims"] if claim.get("why_missed")}
    predicted = [claim["id"] for claim in evidence["claims"] if claim["kind"] == "prediction"]
    outcomes = {one.claim.id: one for one in check(Model.load(name))}
    fragile = sum(
        one.holds and one.held is not None and one.held < DRAWS / 2 for one in outcomes.values()
    )
    claims, constants = rows[name].select("td")[1:]
    assert [words(item) for item in claims.select("li")] == [
        f"{some(len(outcomes), 'claim')}: {len(outcomes) - len(missed)} held, {len(missed)} missed",
        f"{some(len(predicted), 'prediction')}: {len(set(predicted) - missed)} held, "
        f"{len(set(predicted) & missed)} missed; {fragile} fragile",
        f"{some(kinds['check'], 'check')}, {some(kinds['calibration'], 'calibration')}",
    ]
    origins = Model.load(name).evidence.parameters.values()  # of another model's constant, too
    statuses = Counter(origin.status for origin in origins if origin.role == "constant")
    told = dict(reversed(words(item).split()) for item in constants.select("li"))
    assert told == {status: str(number) for status, number in statuses.items()}
    bar = constants.select_one(".nk-shares")
    widths = [re.search(r"flex-grow: (\d+)", part["style"])[1] for part in bar.select("i")]
    assert widths == list(told.values())


def some(number: int, thing: str) -> str:
    """Return a number with its noun."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def test_the_sum_is_that_of_the_rows(
    page_of: Callable[[str], BeautifulSoup], rows: dict[str, Tag]
) -> None:
    def numbers(text: str) -> Counter:
        return Counter({kind: int(n) for n, kind in re.findall(r"(\d+) ([a-z]+?)s?\b", text)})

    def first(row: Tag) -> Counter:
        return numbers(words(row.select("td")[1].select_one("li")))

    together = numbers(words(page_of(PAGE).select_one(".nk-together li")))
    assert together == sum((first(row) for row in rows.values()), Counter())
    assert together["claim"] >= 8 * len(OURS)


def test_a_picture_is_the_first_view_and_leads_to_the_figure(
    page_of: Callable[[str], BeautifulSoup], rows: dict[str, Tag]
) -> None:
    for name, row in rows.items():
        model = Model.load(name)
        link = row.select_one("a.nk-thumb")
        assert figure_at(link, PAGE, page_of)["data-model"] == name
        assert link["href"] == row.select_one("th a")["href"]
        title, desc = (row.find(id=link[key]) for key in ("aria-labelledby", "aria-describedby"))
        view = model.card.find("views", None)
        assert (words(title), words(desc)) == (words_of(view.title), words_of(view.describe))
        assert link.select('svg [id*="curve-"], svg [id*="-level-"]')


def words_of(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def test_no_id_stands_twice_and_every_reference_arrives(
    page_of: Callable[[str], BeautifulSoup],
) -> None:
    page = page_of(PAGE)
    ids = Counter(tag["id"] for tag in page.select("[id]"))
    assert [ident for ident, number in ids.items() if number > 1] == []
    used = re.findall(r'(?:url\(#|href="#)([^)"]+)', str(page.select_one(".nk-gallery")))
    assert set(used) <= set(ids)


def test_the_page_is_light(built: Path) -> None:
    page = (built / f"{PAGE}.html").read_bytes()
    assert len(gzip.compress(page)) < BUDGET
    assert b"nk-explorer" not in page  # pictures, and no script


def test_a_picture_fits_a_phone_and_leads_away(open_page: Callable) -> None:
    visit = open_page(f"{PAGE}.html", width=360, height=740)
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for link in page.locator("a.nk-thumb").all():
        link.scroll_into_view_if_needed()
        box = link.bounding_box()
        assert 280 < box["width"] <= 360
        assert 150 < box["height"] < 400
    page.locator("a.nk-thumb").first.click()
    page.wait_for_url("**/book/*.html#fig-*")
    assert visit.console == []


# ------------------------------------------------------------------ what leads to the models


def test_the_first_page_leads_to_every_model(page_of: Callable[[str], BeautifulSoup]) -> None:
    """Each question leads to the model's first figure in its chapter."""
    questions = {" ".join(Model.load(name).card.question.split()): name for name in OURS}
    links = {words(a): a for a in page_of("book/index").select("a") if words(a) in questions}
    assert sorted(links) == sorted(questions)
    for question, link in links.items():
        assert figure_at(link, "book/index", page_of)["data-model"] == questions[question]


def test_every_figure_leads_to_its_models(page_of: Callable[[str], BeautifulSoup]) -> None:
    """Below each of Figures 1 to 4 stand the models of the chapters to which it leads."""
    lines = {}
    for page in PAGES:
        for figure in page_of(page).select("figure:has(> .nk-schematic)"):
            line = figure.find_next_sibling("p")
            assert words(line).startswith("Models to try: "), page
            shown = {figure_at(a, page, page_of)["data-model"] for a in line.select("a")}
            lines[figure["id"]] = shown
    assert len(lines) == len(PLATES)
    assert all(lines.values())
    assert {"metastasis_window", "ctc_clusters"} <= lines["fig-2"]
    assert "engager_bridge" in lines["fig-4"]


# ------------------------------------------------------------------ how they are put in order


@dataclass
class _Page:
    title: str

    def astext(self) -> str:
        return self.title


class _Book:
    """A book of three pages, of which the second shows most of a model."""

    def __init__(self, shown: dict[str, list[tuple[str, str]]]) -> None:
        self.metadata = {page: {FIGURES: figures} for page, figures in shown.items()}
        self.titles = {page: _Page(page.upper()) for page in shown}
        self._order = list(shown)

    def collect_relations(self) -> dict[str, list]:
        return {page: [] for page in self._order}


def test_a_model_is_at_home_where_most_of_it_is_shown() -> None:
    book = _Book(
        {
            "first": [("late", "a")],
            "second": [("early", "b"), ("late", "c"), ("late", "d")],
            "third": [("early", "e")],
        }
    )
    assert spots(book) == {
        "early": [Spot("second", "b", "SECOND"), Spot("third", "e", "THIRD")],
        "late": [Spot("second", "c", "SECOND"), Spot("first", "a", "FIRST")],
    }


def test_a_model_that_no_page_shows_comes_last() -> None:
    first, last = names()[0], names()[-1]
    shown = {str(Model.load(last).path): [Spot("page", "a", "Page")]}
    assert [model.name for model in ordered([first, last], shown)] == [last, first]


def test_a_tally_asks_for_kinds_and_outcomes() -> None:
    claims = {claim.id: claim for claim in Model.load(OURS[0]).evidence.claims}
    kinds = {claim.kind: claim for claim in claims.values()}
    outcomes = (
        Outcome(kinds["prediction"], 1.0, holds=True, held=DRAWS // 2 - 1),
        Outcome(kinds["prediction"], 1.0, holds=True, held=DRAWS // 2),
        Outcome(kinds["prediction"], 1.0, holds=False, held=0),
        Outcome(kinds["calibration"], 1.0, holds=True),
    )
    counted = Tally(outcomes, {}, drawn=True)
    assert (counted.count(), counted.count(holds=True), counted.fragile) == (4, 3, 1)
    assert counted.count("prediction", False) == counted.count("calibration") == 1
