"""The book's text: sources, originality, style, terms, citations and descriptions of pictures.

Only pages that the table of contents names are read, and the glossary with them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import proselint.checks
import pytest
from contents import PAGES
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile
from ruamel.yaml import YAML

from nkreview.model.model import Model
from nkreview.model.shelf import names

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
GLOSSARY = "book/glossary"
# The documents under audit; they are not part of the repository.
DOCUMENTS = ROOT.parent / "shared" / "seeds"

# Pages whose paragraphs need no citation, each for a reason.
WITHOUT_CITATIONS = {
    "book/index": "says what the book is and how to read it",
    "book/how-it-works": "describes our own software",
    "book/about": "describes how we worked",
    "book/accessibility": "describes our own pages",
    "book/glossary": "says what words mean; entries with a number or a dispute do cite",
    "book/bibliography": "is a list of sources",
    "book/evidence": "is generated from the ledger, where each row has its sources",
    "book/corrections": "is generated from a list in which each finding has its sources",
    "book/all-models": "is generated from the models, and their evidence cites",
    "book/parameters": "is generated from the cards, where each constant has its source",
}

# Paragraphs that need no citation wherever they stand, each for a reason.
EXCUSED = {
    "says what the page or its model is about": r"(In )?[Tt]h(is|e) (chapter|page|model|figure)\b",
    "explains the marks": r"(A badge|Badges) ",
    "is a picture": r"!\[[^\]]*\]\([^)]*\)$",
    "introduces what follows": r"(?s).*:$",
    "says itself that it was not measured, not checked, or assumed by us": (
        r"(?s).*\b(recalled|from memory|textbook|assume[sd]?|assumptions?"
        r"|[Oo]ur (reading|arithmetic|setting)|[Ww]e (found no|could not|did not)"
        r"|not (checked|known|read|measured))\b"
    ),
}
# Boxes that need none: what the reader is asked or told to try, and what the chapter says again
# with its sources.
OWN = r"Try it|Takeaways"
SOURCE = re.compile(r"\{(cite(:\w+)?|claim|readout|share|range|count)\}`|\]\(https?://")

PROSE = {"admonition", "dropdown", "note", "tip", "warning", "important", "figure", "schematic"}
TABLES = {"list-table", "table"}

BRITISH = {
    "tumor": "tumour",
    r"color(?=s?\b|ed|ful)": "colour",
    "behavior": "behaviour",
    "favor": "favour",
    "center": "centre",
    "fiber": "fibre",
    r"liter(?=s?\b)": "litre",
    "leukemia": "leukaemia",
    "anemia": "anaemia",
    "hematolog": "haematolog",
    "hematopoie": "haematopoie",
    "estrogen": "oestrogen",
    "edema": "oedema",
    "aging": "ageing",
    "gray": "grey",
    "labeled": "labelled",
    "labeling": "labelling",
    "modeled": "modelled",
    "modeling": "modelling",
    "signaling": "signalling",
    "traveler": "traveller",
    "analyze": "analyse",
    "randomiz": "randomis",
    "recogniz": "recognis",
    "neutraliz": "neutralis",
    "immuniz": "immunis",
    "characteriz": "characteris",
    "hypothesiz": "hypothesis",
    "summariz": "summaris",
    "organiz": "organis",
}
HYPE = re.compile(
    r"\b(breakthroughs?|revolution\w+|game.?changer|ground-?breaking|cutting.edge|unprecedented"
    r"|paradigm shift|remarkabl[ey]|miracles?|unleash\w*|supercharge\w*|dramatic(ally)?"
    r"|holy grail|world.class|state.of.the.art|amazing\w*|fascinating|exciting(ly)?|incredibl[ey]"
    r"|powerful|elegant(ly)?|stunning|tremendous(ly)?)\b",
    re.I,
)
MAKING = re.compile(
    r"language models?|chat ?bots?|\b(LLMs?|GPT\S*)\b|facts\.md|design\.md|seeds/"
    r"|\bth(is|e) draft\b"
)
# What the linter finds and we keep, each for a reason: a rule, and the words that it may find.
KEPT = {
    "dates_times.am_pm.lowercase_periods": (r"\d* ?[ap]m\.?", "British style: without points"),
    "lexical_illusions": (r".*code and code", "each stands for a name in the source"),
    "psychology.p_equals_zero": (r"= 0\.00\d+", "the rule takes 0.0056 for 0.00"),
}
# The most years of schooling that a page may ask for; a reader with a first degree has more.
SCHOOLING = 10
LONGEST_SENTENCE = 45  # words
# Full stops that end no sentence.
ABBREVIATIONS = re.compile(r"\b(e\.g|i\.e|et al|vs|cf|ca|approx|Fig|Figs|Dr|St|vol|[A-Z])\.(?=\s)")
# The end of a sentence, what may stand behind it, and the beginning of another.
TWO_SENTENCES = re.compile(r"[.!?][\"'”’)*_]*\s+[\"'“‘(*_]*[A-Z0-9]")


# ------------------------------------------------------------------ the pages


def markdown(page: str) -> str:
    """Return a page's Markdown; of a notebook, that of its text cells."""
    path = ROOT / f"{page}.md"
    if path.exists():
        return path.read_text(encoding="utf-8")
    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


CHAPTERS = [p for p in PAGES if p.startswith("book/") and p not in WITHOUT_CITATIONS]
# The introduction and the chapters link each term where they first use it, and cite no paper by
# a bare link.
STORY = ["book/index", *CHAPTERS]


@dataclass(frozen=True)
class Piece:
    """A paragraph, a list item or a table, and where it stands."""

    line: int
    text: str
    section: str
    inside: tuple[str, ...]  # the directives around it, outermost first, with their titles

    @property
    def is_table(self) -> bool:
        """Whether it is a table as a whole."""
        return self.text.startswith("|") or any(d.split()[0] in TABLES for d in self.inside)


FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(?:\{([\w:-]+)\}\s*(.*)|(.*))$")
ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+")


def pieces(text: str) -> list[Piece]:
    """Return a page's prose, without front matter, code, headings and options of directives."""
    found: list[Piece] = []
    fences: list[tuple[str, str]] = []  # marker, and the directive (empty for code)
    block: list[str] = []
    start, section, options = 0, "", False

    def flush() -> None:
        if block:
            inside = tuple(name for _, name in fences)
            found.append(Piece(start, "\n".join(block), section, inside))
            block.clear()

    lines = text.splitlines()
    skip = lines.index("---", 1) + 1 if lines and lines[0] == "---" else 0
    for number, line in enumerate(lines[skip:], skip + 1):
        fence = FENCE.match(line)
        if fence and fences and line.strip() == fences[-1][0]:
            flush()
            fences.pop()
            continue
        coded = bool(fences) and fences[-1][1].split(" ")[0] not in PROSE | TABLES | {"glossary"}
        if fence and not coded:
            flush()
            fences.append((fence[1], f"{fence[2] or ''} {fence[3] or ''}".strip()))
            options = True
            continue
        if coded:
            continue
        options = options and bool(fences) and re.match(r"^\s*:[\w-]+:", line) is not None
        if options:
            continue
        heading = re.match(r"^#+\s+(.*)", line)
        if heading and not fences:
            flush()
            section = heading[1]
        elif not line.strip() or re.match(r"^(\([\w-]+\)=|%|---)", line):
            flush()
        else:
            table = bool(fences) and fences[-1][1].split(" ")[0] in TABLES
            if ITEM.match(line) and not table:
                flush()
            if not block:
                start = number
            block.append(line.strip())
    flush()
    return found


def plain(text: str) -> str:
    """Return text as a reader sees it: roles, links and code replaced by words."""
    text = re.sub(r"\s*\{(?:cite(?::p)?|claim)\}`[^`]*`", "", text)
    text = re.sub(r"\{cite:t\}`[^`]*`", "Author", text)
    text = re.sub(r"\{term\}`([^`<]*?)(?:\s*<[^`]*>)?`", r"\1", text)
    text = re.sub(r"\{[\w:]+\}`[^`]*`", "7", text)
    text = re.sub(r"`[^`]*`", "code", text)
    text = re.sub(r"!?\[\]\([^)]*\)", "Page", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"https?://\S+", "address", text)


def own_words(text: str) -> str:
    """Return text as a reader sees it, without what stands in quotation marks."""
    return re.sub(r"\"[^\"]*\"|“[^”]*”", "quoted", plain(text))


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"[a-z0-9]+", plain(text).lower())


# ------------------------------------------------------------------ sources


@pytest.mark.parametrize("page", CHAPTERS)
def test_paragraphs_have_a_source(page: str) -> None:
    """Each paragraph cites, judges a claim, computes a number, or has an excuse."""
    bare = without_source(pieces(markdown(page)))
    assert [f"{page}.md:{piece.line}: {piece.text[:90]}" for piece in bare] == []


def without_source(listed: list[Piece]) -> list[Piece]:
    """Return what no source covers and nothing excuses.

    A source covers the paragraph in which it stands, wherever it stands there, so that sentences
    may run on and be cited at their end; one in a paragraph that ends in a colon covers the list
    that follows as well.
    """
    bare: list[Piece] = []
    introduced = False  # whether a source before a list covers its items
    for piece in listed:
        sourced = bool(SOURCE.search(" ".join((piece.text, *piece.inside))))
        item = bool(ITEM.match(piece.text))
        if not (sourced or (item and introduced) or excused(piece)):
            bare.append(piece)
        introduced = introduced if item else sourced and piece.text.endswith(":")
    return bare


def excused(piece: Piece) -> bool:
    """Return whether a paragraph needs no source."""
    if piece.section == "See also" or any(re.search(OWN, name) for name in piece.inside):
        return True
    text = ITEM.sub("", piece.text)
    return not piece.is_table and any(re.match(p, text) for p in EXCUSED.values())


CITED = "{cite:p}`Liu2020`"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (f"NK cells kill.\nThey also die {CITED}.", []),
        (f"NK cells kill {CITED}.\nThey also die.", []),
        (f"NK cells kill {CITED}.\n\nThey also die.", ["They also die."]),
        (f"They do three things {CITED}:\n\n- kill\n- die", []),
        (f"They do three things {CITED}.\n\n- kill", ["- kill"]),
        (f"They do two things:\n\n- kill {CITED}\n- die", ["- die"]),
        ("The model has no T cells.", []),
        (":::{admonition} Takeaways\nNK cells kill.\n:::", []),
        (":::{note}\nNK cells kill.\n:::", ["NK cells kill."]),
    ],
)
def test_what_a_source_covers(text: str, bare: list[str]) -> None:
    assert [piece.text for piece in without_source(pieces(text))] == bare


@pytest.mark.parametrize("page", STORY)
def test_readers_are_sent_to_controls_that_exist(page: str) -> None:
    """What a "Try it" names in italics is a scenario, a slider or a group of sliders."""
    cards = [Model.load(name).card for name in names()]
    labels = {slider.label for card in cards for slider in card.sliders}
    labels |= {slider.group for card in cards for slider in card.sliders}
    labels |= {scenario.label for card in cards for scenario in card.offered}
    told = [p.text for p in pieces(markdown(page)) if p.text.startswith("**Settings.**")]
    named = {name for text in told for name in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", text)}
    assert named - labels == set()


# ------------------------------------------------------------------ originality

LENGTH = 8
beside_the_documents = pytest.mark.skipif(
    not DOCUMENTS.is_dir(), reason=f"the documents under audit are not in {DOCUMENTS}"
)


def shingles(text: str) -> set[tuple[str, ...]]:
    """Return all runs of eight words."""
    listed = words(text)
    return {tuple(listed[i : i + LENGTH]) for i in range(len(listed) - LENGTH + 1)}


@pytest.fixture(scope="module")
def documents() -> set[tuple[str, ...]]:
    """Return all runs of eight words in the documents under audit."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(DOCUMENTS.glob("*.txt"))]
    assert texts
    return set().union(*map(shingles, texts))


@beside_the_documents
@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_is_reused(page: str, documents: set[tuple[str, ...]]) -> None:
    """No eight words in a row stand in a document under audit."""
    assert [" ".join(run) for run in shingles(markdown(page)) & documents] == []


@beside_the_documents
def test_no_claim_is_copied(documents: set[tuple[str, ...]]) -> None:
    """The ledger restates the claims."""
    rows = YAML(typ="safe").load(BOOK / "claims.yml")["claims"]
    told = [f"{row['says']} {row['why']}" for row in rows]
    assert [" ".join(run) for text in told for run in shingles(text) & documents] == []


# ------------------------------------------------------------------ style


@pytest.mark.parametrize("page", PAGES)
def test_one_sentence_per_line(page: str) -> None:
    """A line holds one sentence; a run-in head and a row of a Markdown table may go before it."""
    found = []
    for piece in pieces(markdown(page)):
        for line in piece.text.splitlines():
            text = re.sub(r"^(?:\*\s+)?(?:-\s+)?(?:\d+\.\s+)?(?:\*\*[^*]+\*\*:?\s*)?", "", line)
            text = ABBREVIATIONS.sub(r"\1", plain(text))
            text = re.sub(r"\s\(Page\)$", "", text)  # a link in brackets is no sentence
            if not line.startswith("|") and (match := TWO_SENTENCES.search(text)):
                found.append(f"near line {piece.line}: …{text[max(0, match.start() - 40) :][:80]}")
    assert found == []


@pytest.mark.parametrize("page", PAGES)
def test_british_spelling(page: str) -> None:
    """A small vocabulary is spelt the British way; quotations and titles keep their own."""
    text = " ".join(own_words(piece.text) for piece in pieces(markdown(page)))
    american = "|".join(BRITISH)
    found = re.findall(rf"\b(?:{american})\w*", text, re.I)
    assert [f"{w}: write {british(w)}" for w in found] == []


def british(word: str) -> str:
    """Return the British form of a word of the vocabulary."""
    stem = next(stem for stem in BRITISH if re.match(stem, word, re.I))
    return re.sub(f"^{stem}", BRITISH[stem], word.lower())


@pytest.mark.parametrize("page", PAGES)
def test_plain_words(page: str) -> None:
    """No em-dash, no hype, and not a word on how the text came about."""
    found = []
    for piece in pieces(markdown(page)):
        text = own_words(piece.text)
        for pattern in (re.compile("—|\\s--\\s"), HYPE, MAKING):
            found += [f"line {piece.line}: {match[0]!r}" for match in pattern.finditer(text)]
    assert found == []


@pytest.fixture(scope="session")
def linted() -> None:
    """Make the linter's rules known to it."""
    CheckRegistry().register_many(proselint.checks.__register__)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("linted")
def test_linter_has_nothing_to_say(page: str) -> None:
    """Proselint finds no cliché, redundancy, weasel word or the like; see `KEPT`."""
    text = "\n\n".join(own_words(piece.text) for piece in pieces(markdown(page)))
    found = []
    for result in LintFile(page, text).lint(DEFAULT):
        check = result.check_result
        words = text[slice(*check.span)].strip()
        if not re.fullmatch(KEPT.get(check.check_path, ("(?!)",))[0], words):
            found.append(f"{words!r}: {check.message} ({check.check_path})")
    assert found == []


def sentences(page: str) -> list[list[str]]:
    """Return the words of each sentence of a page's running text."""
    running = (own_words(p.text) for p in pieces(markdown(page)) if not p.is_table)
    text = ABBREVIATIONS.sub(r"\1", "\n".join(running))
    found = (re.findall(r"[^\W\d_][\w'’-]*", x) for x in re.split(r"[.!?][\s\"”)*]+|\n", text))
    return [sentence for sentence in found if sentence]


@pytest.mark.parametrize("page", PAGES)
def test_reading_level(page: str) -> None:
    """A page asks for no more schooling than its readers have, by the index of Coleman and Liau.

    Their index counts letters and sentences per hundred words (J. Appl. Psychol. 60, 283-284,
    1975), so names such as IFN-γ need no syllables.
    """
    listed = sentences(page)
    words = [word for sentence in listed for word in sentence]
    letters = sum(map(str.isalpha, "".join(words)))
    grade = (5.88 * letters - 29.6 * len(listed)) / len(words) - 15.8
    assert grade < SCHOOLING
    assert [" ".join(s) for s in listed if len(s) > LONGEST_SENTENCE] == []


# ------------------------------------------------------------------ terms


def glossary_terms() -> list[str]:
    """Return the terms of the glossary in their order."""
    body = markdown(GLOSSARY).split("```{glossary}\n")[1].split("\n```")[0]
    return [line for line in body.splitlines() if line and not line[0].isspace()]


def used_terms(text: str) -> set[str]:
    """Return the entries to which a text's terms lead."""
    roles = re.findall(r"\{term\}`([^`]+)`", text)
    return {re.sub(r".*<(.*)>$", r"\1", role) for role in roles}


def forms(term: str) -> re.Pattern[str]:
    """Return what finds a term in a text, in the singular and the plural."""
    stem = re.escape(term[:-2]) + "[ei]s" if term.endswith("is") else re.escape(term) + "(?:e?s)?"
    flag = re.I if term.islower() else re.NOFLAG
    return re.compile(rf"(?<![\w-]){stem}(?![\w-])", flag)


def unlinked_terms(text: str, terms: Iterable[str]) -> list[str]:
    """Return the terms that a text uses before it links them, or without a link."""
    rest = text
    found = []
    for term in sorted(terms, key=len, reverse=True):  # "CAR-T cell" goes before "CAR"
        use = forms(term).search(rest)
        link = rest.find(f"⟦{term}⟧")
        if use and not 0 <= link < use.start():
            found.append(f"{term}: …{rest[max(0, use.start() - 30) : use.end() + 20]}…")
        rest = forms(term).sub("", rest.replace(f"⟦{term}⟧", ""))
    return found


def story(page: str) -> str:
    """Return what a page tells, its links to terms as ⟦term⟧.

    The line that says what the chapter settles and the takeaways repeat the story: what they
    link is linked, and what they do not is linked in the story.
    """
    told = []
    for piece in pieces(markdown(page)):
        text = re.sub(r"\{term\}`(?:[^`<]*<)?([^`>]*)>?`", r"⟦\1⟧", piece.text)
        ahead = any("Takeaways" in name for name in piece.inside)
        if ahead or text.startswith("This chapter settles"):
            text = " ".join(re.findall("⟦[^⟧]*⟧", text))
        if piece.section != "See also":
            told.append(text)
    return plain("\n\n".join(told))


@pytest.mark.parametrize("page", PAGES)
def test_terms_are_in_the_glossary(page: str) -> None:
    assert used_terms(markdown(page)) - set(glossary_terms()) == set()


@pytest.mark.parametrize("page", STORY)
def test_terms_are_linked_at_first_use(page: str) -> None:
    """A chapter leads to the glossary where it first uses one of its terms."""
    assert unlinked_terms(story(page), glossary_terms()) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("An ⟦NK cell⟧ meets NK cells.", []),
        ("NK cells meet an ⟦NK cell⟧.", ["NK cell"]),
        ("A ⟦CAR-T cell⟧ has one.", []),
        ("CAR-T cells carry a CAR; ⟦metastasis⟧.", ["CAR-T cell", "CAR"]),
        ("Few metastases, and a scar.", ["metastasis"]),
    ],
)
def test_a_missing_link_is_found(text: str, missing: list[str]) -> None:
    """A longer term hides a shorter one, and plurals count."""
    terms = ["CAR", "CAR-T cell", "NK cell", "metastasis"]
    assert [line.split(":")[0] for line in unlinked_terms(text, terms)] == missing


def test_glossary_is_in_order() -> None:
    """Terms stand once, alphabetically, and numbers in them count as numbers."""

    def key(term: str) -> list[object]:
        return [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", term.casefold())]

    terms = glossary_terms()
    assert terms == sorted(set(terms), key=key)


# ------------------------------------------------------------------ citations


def cited_in_text(text: str) -> set[str]:
    """Return the keys that the citation roles of a text name."""
    roles = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
    return {key.strip() for role in roles for key in role.split(",")}


def cited_in_data(node: object, fields: Iterable[str]) -> set[str]:
    """Return the keys that stand in certain fields of a YAML file."""
    if isinstance(node, list):
        return set().union(*(cited_in_data(item, fields) for item in node))
    if not isinstance(node, dict):
        return set()
    found: set[str] = set()
    for field, value in node.items():
        if field in fields and value is not None:
            found |= {value} if isinstance(value, str) else set(map(str, value))
        else:
            found |= cited_in_data(value, fields)
    return found


def cited_by_data() -> set[str]:
    """Return the keys that cards, ledger and corrections cite."""
    load = YAML(typ="safe").load
    found = cited_in_data(load(BOOK / "claims.yml"), {"cite"})
    found |= cited_in_data(load(BOOK / "corrections.yml"), {"cite", "use", "key"})
    for card in (ROOT / "src" / "nkreview" / "book" / "models").glob("*/*.yml"):
        found |= cited_in_data(load(card), {"cite"})
    return found


@pytest.fixture(scope="module")
def entries() -> list[str]:
    """Return the keys of the bibliography."""
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    return re.findall(r"^@\w+\{([^,\s]+),", text, re.M)


@pytest.mark.parametrize("page", STORY)
def test_papers_are_in_the_bibliography(page: str) -> None:
    """A paper is cited by its key, so that the bibliography has it and says how it was read."""
    paper = r"\]\((https?://(?:doi\.org|pubmed|pmc|[\w.]*ncbi)[^)]*)\)"
    assert re.findall(paper, markdown(page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_citations_resolve(page: str, entries: list[str]) -> None:
    assert cited_in_text(markdown(page)) - set(entries) == set()


def test_data_cites_what_is_there(entries: list[str]) -> None:
    assert cited_by_data() - set(entries) == set()


def test_every_reference_is_cited(entries: list[str]) -> None:
    """The bibliography holds nothing that no page, card, row or caption cites."""
    texts = [*BOOK.glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")]
    texts += (ROOT / "src" / "nkreview").rglob("*.py")  # captions of the drawn figures
    cited = cited_by_data().union(*(cited_in_text(p.read_text(encoding="utf-8")) for p in texts))
    assert [key for key in entries if key not in cited] == []
    assert len(entries) == len(set(entries))


def test_no_paper_stands_twice() -> None:
    """No two entries have the same DOI or PubMed number."""
    text = (ROOT / "references.bib").read_text(encoding="utf-8").lower()
    for field in ("doi", "pmid"):
        listed = re.findall(rf"^  {field} = \{{(.+?)\}}", text, re.M)
        assert [x for x in set(listed) if listed.count(x) > 1] == []


def test_no_private_note_in_the_bibliography() -> None:
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    assert re.findall(r"\bannote\s*=.*", text) == []


# ------------------------------------------------------------------ directives


@pytest.mark.parametrize("page", PAGES)
def test_directives_open(page: str) -> None:
    """No role stands in a directive's first line; a fence of backticks may hold none there."""
    assert re.findall(r"^\s*```+\{[^`\n]*`.*$", markdown(page), re.M) == []


# ------------------------------------------------------------------ pictures


@pytest.mark.parametrize("page", PAGES)
def test_pictures_are_described(page: str) -> None:
    """Each picture in Markdown or HTML has words for those who cannot see it."""
    text = markdown(page)
    assert [m for m in re.findall(r"!\[([^\]]*)\]\([^)]+\)", text) if len(m.split()) < 3] == []
    for tag in re.findall(r"<img\b[^>]*>", text):
        assert re.search(r"\balt=\"[^\"]+\"", tag), tag
    for name, body in re.findall(r"`{3,}\{(image|figure)\}(.*?)\n`{3,}", text, re.S):
        alt = re.search(r"^:alt:\s*(.+)$", body, re.M)
        assert alt, f"{name}{body.splitlines()[0]} has no :alt:"
        caption = body.split("\n\n", 1)[-1].strip() if "\n\n" in body else ""
        assert alt[1].strip() != caption, f"{name}{body.splitlines()[0]} repeats its caption"
