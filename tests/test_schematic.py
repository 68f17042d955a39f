"""The schematic figures: every element is named, linked and legible, and drawing is repeatable."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from nkreview import schematic
from nkreview.plates import BOOK_LINKS, FIGURE_2_LINKS, figure_1, figure_2, figure_3, figure_4
from nkreview.schematic import Panel, Schematic
from nkreview.shapes import (
    ARROWS,
    CELLS,
    INK,
    MOLECULES,
    ORGANS,
    Mark,
    SchematicError,
    Words,
)

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = [figure_1, figure_2, figure_3, figure_4]


@pytest.fixture(scope="module", params=FIGURES, ids=lambda make: make.__name__)
def drawing(request: pytest.FixtureRequest) -> Schematic:
    return request.param()


def panel_trees(drawing: Schematic) -> Iterator[tuple[Panel, ElementTree.Element]]:
    for panel in drawing.panels:
        yield panel, ElementTree.fromstring(drawing.panel_svg(panel.letter))


def word_boxes(panel: Panel) -> list[tuple[Words, Bbox]]:
    """Measure every line of text in panel units, in the font that matplotlib draws."""
    words = [*panel.title_words(), *(m for e in panel.elements for m in e.marks)]
    words = [w for w in words if isinstance(w, Words)]
    with matplotlib.rc_context(schematic._STYLE):
        figure = Figure(figsize=(panel.width / 72, panel.height / 72), dpi=72)
        renderer = FigureCanvasAgg(figure).get_renderer()
        ax = schematic._axes(figure, 0, 0, panel.width, panel.height)
        artists: list[Text] = [schematic._artist(w, ax, "black") for w in words]
        boxes = [
            a.get_window_extent(renderer).transformed(ax.transData.inverted()) for a in artists
        ]
    return list(zip(words, boxes, strict=True))


def overlap(one: Bbox, other: Bbox) -> bool:
    """Say whether two boxes share more than a hair's breadth."""
    shared = Bbox.intersection(one, other)
    return shared is not None and abs(shared.width) > 0.5 and abs(shared.height) > 0.5


def test_every_element_has_a_name_a_link_and_a_tooltip(drawing: Schematic) -> None:
    for panel, tree in panel_trees(drawing):
        links = tree.findall(f"{SVG}a")
        assert len(links) == len(panel.elements)
        for element, link in zip(panel.elements, links, strict=True):
            group = link.find(f"{SVG}g")
            assert link.get("href") == drawing.links[element.link]
            assert link.get("aria-label") == f"{element.name}: {element.says}"
            assert group.get("id") == f"{drawing.prefix}-{panel.letter}-{element.id}"
            assert group.find(f"{SVG}title").text == element.says
            assert element.says.endswith(".")
            assert element.says.count(". ") == 0, "one sentence"
            assert list(group.iter(f"{SVG}path")) or list(group.iter(f"{SVG}text"))


@pytest.mark.parametrize("links", [FIGURE_2_LINKS, BOOK_LINKS], ids=["figure 2", "book"])
def test_links_lead_to_labels_of_the_chapters(links: dict[str, str], root: Path) -> None:
    for key, link in links.items():
        chapter, anchor = re.fullmatch(r"\.\./book/([a-z-]+)\.html#([a-z0-9-]+)", link).groups()
        assert anchor == key
        assert f"({anchor})=" in (root / "book" / f"{chapter}.md").read_text(encoding="utf-8")


def test_every_link_of_the_book_is_used() -> None:
    figures = (figure_1(), figure_3(), figure_4())
    used = {e.link for drawn in figures for panel in drawn.panels for e in panel.elements}
    assert used == set(BOOK_LINKS)


def test_captions_say_what_was_corrected(drawing: Schematic) -> None:
    assert "Changed from the original: " in drawing.caption
    assert "tumour growth factor" not in drawing.html().lower()
    if drawing.id != "figure-2":
        for word in ("ransforming growth factor beta (TGF-β)", "TGF-β carries its right name"):
            assert word in drawing.caption
        assert "Cho2023" in drawing.caption or "Castriconi2003" in drawing.caption


@pytest.mark.parametrize("make", [figure_1, figure_3, figure_4])
def test_conversion_to_ilc1_is_drawn_as_uncertain(make: Callable[[], Schematic]) -> None:
    conversion = [e for p in make().panels for e in p.elements if "ilc1" in e.used]
    assert [e.id for e in conversion] == ["ilc1"]
    assert "uncertain" in conversion[0].used
    assert "(disputed)" in conversion[0].name


def test_every_treatment_points_to_a_barrier() -> None:
    def numbers(element: schematic.Element) -> set[str]:
        return {m.text for m in element.marks if isinstance(m, Words) and m.text.isdigit()}

    drawn = {p.letter: p for p in figure_1().panels}
    barriers = [numbers(e) for letter in "bc" for e in drawn[letter].elements]
    assert barriers == [{str(n)} for n in range(1, 9)]
    *treatments, unanswered = (numbers(e) for e in drawn["d"].elements)
    assert all(treatments)
    assert set().union(*treatments) == set().union(*barriers) - unanswered


def test_citations_of_the_caption_exist(drawing: Schematic, root: Path) -> None:
    keys = {k for m in re.findall(r"\{cite:p\}`([^`]+)`", drawing.caption) for k in m.split(",")}
    entries = set(re.findall(r"@\w+\{([^,\s]+)", (root / "references.bib").read_text("utf-8")))
    assert keys
    assert keys <= entries
    assert "{cite" not in drawing.plain_caption()


def test_ids_are_unique_and_begin_with_the_figures_prefix(drawing: Schematic) -> None:
    ids = re.findall(r'\sid="([^"]+)"', drawing.html())
    assert len(ids) == len(set(ids))
    assert all(i == drawing.prefix or i.startswith(f"{drawing.prefix}-") for i in ids)


def test_every_panel_says_what_it_shows(drawing: Schematic) -> None:
    for panel, tree in panel_trees(drawing):
        assert tree.find(f"{SVG}title").text == panel.heading
        assert tree.find(f"{SVG}desc").text == panel.says
    assert len(drawing.alt) > 100
    assert drawing.alt != drawing.caption


def test_text_and_lines_follow_the_page(drawing: Schematic) -> None:
    html = drawing.html()
    assert "currentColor" in html
    assert INK not in html
    assert "font-family" not in html
    assert "<metadata" not in html
    assert "<defs" not in html
    for _, tree in panel_trees(drawing):
        for text in tree.iter(f"{SVG}text"):
            assert re.search(r"fill:(currentColor|#ffffff)", text.get("style"))


def test_no_text_overlaps_or_leaves_its_panel(drawing: Schematic) -> None:
    for panel in drawing.panels:
        boxes = word_boxes(panel)
        for words, box in boxes:
            assert -0.5 <= box.xmin <= box.xmax <= panel.width + 0.5, words.text
            assert min(box.ymin, box.ymax) >= -0.5, words.text
            assert max(box.ymin, box.ymax) <= panel.height + 0.5, words.text
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            assert not overlap(a, b), f"panel {panel.letter}: {one.text!r} on {other.text!r}"


def test_no_label_lies_on_a_cell(drawing: Schematic) -> None:
    for panel in drawing.panels:
        bodies = [m for e in panel.elements for m in e.marks if isinstance(m, Mark) and m.solid]
        for words, box in word_boxes(panel):
            for body in () if words.badge else bodies:
                assert not overlap(box, body.path.get_extents()), words.text


def test_labels_are_large_enough_to_read(drawing: Schematic) -> None:
    """A panel is 320 units wide: on a screen of 360 pixels a unit is about one pixel."""
    for panel in drawing.panels:
        assert panel.width <= 320
        sizes = [w.size for w, _ in word_boxes(panel) if not w.badge]
        assert min(sizes) >= 12


@pytest.mark.parametrize("make", FIGURES)
def test_drawing_is_repeatable(make: Callable[[], Schematic]) -> None:
    assert make().html() == make().html()
    assert make().png() == make().png()


def test_mime_bundle(drawing: Schematic) -> None:
    data, metadata = drawing._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert data["text/plain"] == repr(drawing)
    assert f"elements: {len(drawing.elements())}>" in repr(drawing)
    assert metadata["image/png"]["width"] > 600
    assert "<figcaption>" in data["text/html"]
    assert "<figcaption>" not in drawing.html(caption=False)
    assert "<style>" not in drawing.html(css=False)


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_savefig(tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{n}.{suffix}" for n in (1, 2)]
    for path in paths:
        figure_2().savefig(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    if suffix == "svg":
        tree = ElementTree.parse(paths[0]).getroot()
        assert len(tree.findall(f"{SVG}svg")) == 4


def test_savefig_refuses_other_formats(tmp_path: Path) -> None:
    with pytest.raises(SchematicError, match=r"suffix \.svg, \.png or \.pdf"):
        figure_2().savefig(tmp_path / "figure.gif")


def test_the_whole_vocabulary_draws() -> None:
    panel = Panel("a", "Vocabulary", "Every word once.", 300, width=1000)
    element = panel.element("all", "All", "Every word of the vocabulary.", "here")
    for i, kind in enumerate(CELLS):
        element.cell(kind, 20 + 38 * i, 60)
    for i, kind in enumerate(MOLECULES):
        element.molecule(kind, 20 + 38 * i, 110)
    for i, kind in enumerate(ORGANS):
        element.organ(kind, 60 + 100 * i, 160, 60, 50)
    for i, kind in enumerate(ARROWS):
        element.arrow(kind, (20 + 70 * i, 220), (70 + 70 * i, 220))
    drawn = Schematic("sheet", "Sheet", "Sheet.", "Sheet.", [panel], {"here": "#here"})
    key = re.findall(r"</svg>([^<]+)</li>", drawn.html())
    names = [name for *_, name in CELLS.values()] + [name for _, name in MOLECULES.values()]
    assert set(key) == {*names, *ARROWS.values()} - {"tumour cell cluster"}


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda e: e.cell("neuron", 0, 0), "unknown cell 'neuron'; choose one of: cdc1, "),
        (
            lambda e: e.organ("spleen", 0, 0, 1, 1),
            "unknown organ 'spleen'; choose one of: bag, liver",
        ),
        (lambda e: e.molecule("lipid", 0, 0), "unknown molecule 'lipid'; choose one of: "),
        (lambda e: e.arrow("eats", (0, 0), (1, 1)), "unknown arrow 'eats'; choose one of: "),
        (lambda e: e.area([(0, 0), (1, 1)], "villain"), "unknown role 'villain'; choose one of: "),
    ],
)
def test_unknown_words_are_refused(draw: Callable, message: str) -> None:
    element = Panel("a", "A", "A.", 10).element("one", "One", "One.", "here")
    with pytest.raises(SchematicError, match=re.escape(message)):
        draw(element)


def test_a_mark_outside_its_panel_is_refused() -> None:
    panel = Panel("a", "A", "A.", 50)
    panel.element("one", "One", "One.", "here").line([(400, 20), (450, 20)])
    with pytest.raises(SchematicError, match="outside its panel; move it"):
        Schematic("f", "F", "F.", "F.", [panel], {"here": "#here"}).html()


def test_bad_elements_are_refused() -> None:
    panel = Panel("a", "A", "A.", 10)
    panel.element("one", "One", "One.", "here")
    with pytest.raises(SchematicError, match="two elements 'one'; rename one"):
        panel.element("one", "One", "One.", "here")
    with pytest.raises(SchematicError, match="lower-case letters"):
        panel.element("Not An Id", "One", "One.", "here")
    with pytest.raises(SchematicError, match="needs a name, a sentence and a link"):
        panel.element("two", "Two", "", "here")
    with pytest.raises(SchematicError, match=r"unknown link of element 'one'.*'here'"):
        Schematic("f", "F", "F.", "F.", [panel], {"there": "#there"})
    with pytest.raises(SchematicError, match="unknown panel 'z'"):
        figure_2().panel_svg("z")
