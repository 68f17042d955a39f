"""The schematic figures: every element is named, linked and legible, and drawing is repeatable."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from nkreview.book.plates import PLATES, figure_1, figure_2, figure_3, figure_4
from nkreview.book.plates.links import LINKS
from nkreview.living.style import COLOURS, INK, style
from nkreview.schematic import Panel, Schematic
from nkreview.schematic.arrows import ARROWS
from nkreview.schematic.cells import CELLS
from nkreview.schematic.elements import PANEL_WIDTH
from nkreview.schematic.molecules import MOLECULES
from nkreview.schematic.organs import ORGANS
from nkreview.schematic.painting import axes, paint
from nkreview.schematic.paper import PAPER_WIDTHS, still
from nkreview.schematic.shapes import Mark, SchematicError, Words, circle
from nkreview.schematic.tints import TINTS

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = list(PLATES.values())


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
    with style():
        figure = Figure(figsize=(panel.width / 72, panel.height / 72), dpi=72)
        renderer = FigureCanvasAgg(figure).get_renderer()
        ax = axes(figure, 0, 0, panel.width, panel.height)
        to_units = ax.transData.inverted()
        boxes = [a.get_window_extent(renderer).transformed(to_units) for a in paint(ax, words)]
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


@pytest.mark.parametrize("key", LINKS)
def test_links_lead_to_labels_of_the_chapters(key: str, root: Path) -> None:
    pattern = r"\.\./book/([a-z-]+)\.html#([a-z0-9-]+)"
    chapter, anchor = re.fullmatch(pattern, LINKS[key]).groups()
    assert anchor == key
    assert f"({anchor})=" in (root / "book" / f"{chapter}.md").read_text(encoding="utf-8")


def test_every_link_is_used() -> None:
    drawn = [panel for make in FIGURES for panel in make().panels]
    assert {element.link for panel in drawn for element in panel.elements} == set(LINKS)


def test_captions_say_what_was_corrected(drawing: Schematic) -> None:
    assert "Changed from the original: " in drawing.caption
    assert "tumour growth factor" not in drawing.html().lower()
    if drawing.id != "figure-2":
        for word in ("ransforming growth factor beta (TGF-β)", "TGF-β carries its right name"):
            assert word in drawing.caption
        assert "Cho2023" in drawing.caption or "Castriconi2003" in drawing.caption


@pytest.mark.parametrize("make", [figure_1, figure_3, figure_4])
def test_conversion_to_ilc1_is_drawn_as_uncertain(make: Callable[[], Schematic]) -> None:
    drawn = [e for p in make().panels for e in p.elements if e.id != "columns"]
    conversion = [e for e in drawn if "ilc1" in e.used]
    assert [e.id for e in conversion] == ["ilc1"]
    assert "uncertain" in conversion[0].used
    assert "(disputed)" in conversion[0].name


def test_every_treatment_points_to_a_barrier() -> None:
    drawn = {p.letter: p for p in figure_1().panels}
    barriers = [e.numbers for letter in "bc" for e in drawn[letter].elements]
    assert barriers == [[n] for n in range(1, 9)]
    columns, *treatments = drawn["d"].elements
    assert columns.id == "columns"
    assert all(e.numbers for e in treatments)
    assert {n for e in treatments for n in e.numbers} == set(range(2, 9))
    assert "clusters" in columns.says


@pytest.mark.parametrize("make", [figure_1, figure_3, figure_4])
def test_the_map_leads_to_the_fuel(make: Callable[[], Schematic]) -> None:
    drawing = make()
    links = {drawing.links[e.link] for p in drawing.panels for e in p.elements}
    assert any("cytokine-fuel.html" in link for link in links)


def test_panels_of_a_row_are_equally_high(drawing: Schematic) -> None:
    a, b, c, d = drawing.panels
    assert (a.height, c.height) == (b.height, d.height)


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
    assert set(drawing.elements()) <= set(ids)


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
            white = text.get("class") == "nk-badge"
            assert f"fill:{'#ffffff' if white else 'currentColor'};" in text.get("style")


def numbers(shape: ElementTree.Element, *names: str) -> list[float]:
    return [float(n) for name in names for n in re.findall(r"-?[\d.]+", shape.get(name))]


def test_the_page_shows_each_mark_where_it_is(drawing: Schematic) -> None:
    """Paper and page draw the same marks, each in its own way."""
    letter = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}
    for panel, tree in panel_trees(drawing):
        groups = [tree.find(f"{SVG}g"), *tree.findall(f"{SVG}a/{SVG}g")]
        marks = [panel.title_words(), *(e.marks for e in panel.elements)]
        for group, drawn in zip(groups, marks, strict=True):
            shapes = [s for s in group if s.tag in (f"{SVG}path", f"{SVG}text")]
            for shape, mark in zip(shapes, drawn, strict=True):
                if isinstance(mark, Words):
                    assert shape.text == mark.text
                    x, y = numbers(shape, "x", "y")
                    assert x == pytest.approx(mark.x, abs=0.06)
                    assert 0.3 < (y - mark.y) / mark.size < 0.45, "capitals are 0.73 high"
                    continue
                steps = list(mark.path.iter_segments(simplify=False))
                points = [v for ends, code in steps if code != Outline.CLOSEPOLY for v in ends]
                assert numbers(shape, "d") == pytest.approx(points, abs=0.06)
                expected = "".join(letter.get(code, "z") for _, code in steps)
                assert re.sub(r"[^A-Za-z]", "", shape.get("d")) == expected
                assert ("stroke-dasharray" in shape.get("style")) == mark.dashed


def test_colours_that_the_living_figures_share_are_the_same() -> None:
    for role in set(TINTS) & set(COLOURS):
        assert COLOURS[role] in TINTS[role], role


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


@pytest.mark.parametrize("columns", PAPER_WIDTHS)
def test_print_is_large_enough_to_read(drawing: Schematic, columns: int) -> None:
    """Journals ask for 5 to 7 points; letters on a cell may be the smaller ones."""
    figure = still(drawing.page(columns))
    assert figure.get_figwidth() * 25.4 == pytest.approx(PAPER_WIDTHS[columns])
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    white = [t.get_fontsize() for t in texts if t.get_color() == "#FFFFFF"]
    assert min(white) >= 5
    assert min(t.get_fontsize() for t in texts if t.get_color() != "#FFFFFF") >= 7


@pytest.mark.parametrize("make", FIGURES)
def test_drawing_is_repeatable(make: Callable[[], Schematic]) -> None:
    assert make().html() == make().html()
    assert make().png() == make().png()


def test_mime_bundle(drawing: Schematic) -> None:
    data, metadata = drawing._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert len(data["image/png"]) < 150_000, "a notebook keeps it"
    assert data["text/plain"] == repr(drawing)
    assert f"elements: {len(drawing.elements())}>" in repr(drawing)
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    shown = metadata["image/png"]["width"]
    assert shown >= 2 * PANEL_WIDTH, "two panels at their natural size"
    assert 1.5 <= picture.width / shown <= 2, "sharp on a dense screen, and no larger"
    assert "<figcaption>" in data["text/html"]
    assert "<figcaption>" not in drawing.html(caption=False)
    assert "<style>" in data["text/html"]
    assert "<style>" not in drawing.html(css=False)


def test_words_of_the_key_can_lead_to_where_they_are_explained() -> None:
    drawing = figure_2()
    links = {"NK cell": ("terms.html#nk", 'A cell & its "licence".')}
    html = drawing.html(css=False, caption=False, link_for=links.get)
    items = ElementTree.fromstring(html).findall(".//ul/li")
    assert [item[-1].tail or item[-1].text for item in items] == [s.name for s in drawing.key()]
    (link,) = [item.find("a") for item in items if item.find("a") is not None]
    assert (link.text, link.get("href"), link.get("title")) == ("NK cell", *links["NK cell"])


def test_what_a_schematic_says_cannot_become_markup() -> None:
    panel = Panel("a", "<b>A & B</b>", "<i>Says.</i>", 60)
    one = panel.element("one", "<One>", 'It <says> "so".', "here")
    one.text(10, 40, "<text> & more")
    drawn = Schematic("f", "<F>", "<alt>", "<caption>", [panel], {"here": '#"here"'})
    tree = ElementTree.fromstring(drawn.html(css=False))
    assert tree.get("aria-label") == "<alt>"
    assert tree.find("figcaption").text == "<caption>"
    assert [e.text for e in tree.iter(f"{SVG}text")][1:] == ["<b>A & B</b>", "<text> & more"]
    assert next(tree.iter(f"{SVG}a")).get("aria-label") == '<One>: It <says> "so".'
    assert next(tree.iter(f"{SVG}a")).get("href") == '#"here"'
    assert ElementTree.fromstring(drawn.svg()).find(f"{SVG}title").text == "<F>"


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_savefig(tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{n}.{suffix}" for n in (1, 2)]
    for path in paths:
        figure_2().savefig(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    if suffix == "svg":
        tree = ElementTree.parse(paths[0]).getroot()
        page = figure_2().page()
        places = [(float(s.get("x")), float(s.get("y"))) for s in tree.findall(f"{SVG}svg")]
        assert places == [(x, y) for _, x, y in page.panels]
        signs = [sign.findall(f"{SVG}text")[-1].text for sign in tree.findall(f"{SVG}g")]
        assert signs == [sign.name for sign, _, _ in page.signs]
        assert tree.get("width") == "183mm"


def test_savefig_refuses_other_formats(tmp_path: Path) -> None:
    with pytest.raises(SchematicError, match=r"suffix \.svg, \.png or \.pdf"):
        figure_2().savefig(tmp_path / "figure.gif")
    with pytest.raises(SchematicError, match="unknown number of columns 3; choose one of: 1, 2"):
        figure_2().savefig(tmp_path / "figure.svg", columns=3)


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
    element.line([(20, 260), (90, 260)], uncertain=True).number(120, 260, 1, uncertain=True)
    drawn = Schematic("sheet", "Sheet", "Sheet.", "Sheet.", [panel], {"here": "#here"})
    items = ElementTree.fromstring(drawn.html(css=False)).findall(".//ul/li")
    names = [kind.name for kind in (*CELLS.values(), *MOLECULES.values())]
    names += [*ARROWS.values(), "disputed or inferred"]
    assert {item[0].tail for item in items} == set(names) - {"tumour cell cluster"}
    assert all(len(item[0]) for item in items), "an icon is empty"


def test_a_part_that_stands_alone_is_found_by_a_finger() -> None:
    """A box behind a part would cover its neighbours, so it is there only where it is alone."""
    panel = Panel("a", "A", "A.", 100)
    for key, x in (("one", 40), ("two", 55), ("three", 200)):
        panel.element(key, key, "It.", "here").line([(x, 20), (x + 30, 60)])
    tree = ElementTree.fromstring(
        Schematic("f", "F", "F.", "F.", [panel], {"here": "#here"}).panel_svg("a")
    )
    boxes = {g.get("id"): g.find(f"{SVG}rect") for g in tree.findall(f"{SVG}a/{SVG}g")}
    assert [key for key, box in boxes.items() if box is not None] == ["nk-f-a-three"]
    assert numbers(boxes["nk-f-a-three"], "x", "y", "width", "height") == [200, 20, 30, 40]
    assert boxes["nk-f-a-three"].get("fill") == "none"


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
    with pytest.raises(SchematicError, match="'one': a mark lies outside its panel; move it"):
        Schematic("f", "F", "F.", "F.", [panel], {"here": "#here"})


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


def pixels(png: bytes) -> np.ndarray:
    """Return a picture's pixels, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def differ(one: bytes, other: bytes) -> bool:
    """Say whether two pictures differ by more than a machine's rounding of edges."""
    a, b = pixels(one), pixels(other)
    return a.shape != b.shape or np.abs(a - b).max() > 40


def stored(notebook: Path) -> list[dict]:
    """Return the data of each output of a notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [o["data"] for c in cells for o in c.get("outputs", ()) if "data" in o]


def test_notebooks_hold_the_picture_as_it_is_now(drawing: Schematic, root: Path) -> None:
    """Where HTML is not trusted, as on GitHub, the stored PNG is what a reader sees."""
    (path,) = (root / "notebooks").glob(f"{drawing.id}-*.ipynb")
    outputs = stored(path)
    assert not [data for data in outputs if "image/png" in data and "text/html" in data]
    picture = base64.b64decode(outputs[0]["image/png"])
    assert not differ(picture, drawing.png()), f"run notebooks/execute.py {path}"


def test_pictures_differ_when_a_drawing_does() -> None:
    """A dot that is added, moved or painted anew must not pass for a rounding of edges."""

    def dotted(x: float, fill: str) -> bytes:
        panel = Panel("a", "A", "A.", 100)
        panel.element("one", "One", "One.", "here").line([(10, 60), (20, 60)]).marks.append(
            Mark(circle(x, 60, 3), fill=fill)
        )
        return Schematic("f", "F", "F.", "F.", [panel], {"here": "#here"}).png()

    blue, orange = TINTS["nk"].body, TINTS["tumour"].body
    assert not differ(dotted(100, blue), dotted(100, blue))
    assert differ(dotted(100, blue), dotted(102, blue))
    assert differ(dotted(100, blue), dotted(100, orange))


def test_notebooks_of_the_figures_are_small(root: Path) -> None:
    """Everybody who clones the repository fetches each version of them."""
    sizes = [path.stat().st_size for path in (root / "notebooks").glob("figure-*.ipynb")]
    assert len(sizes) == len(FIGURES)
    assert sum(sizes) < 600_000


def test_a_palette_is_not_seen() -> None:
    """Flat colours stay as they are, and edges nearly so."""
    drawing = figure_1()
    page, buffer = drawing.page(), io.BytesIO()
    still(page).savefig(buffer, format="png", dpi=160)
    full, few = pixels(buffer.getvalue()), pixels(drawing.png(160))
    off = np.abs(full - few).max(axis=2)
    assert off.max() <= 32
    assert off.mean() < 0.5
    colours, counts = np.unique(full.reshape(-1, 3), axis=0, return_counts=True)
    for colour in colours[np.argsort(counts)[-8:]]:
        assert off[(full == colour).all(axis=2)].max() <= 2, colour


# ------------------------------------------------------------------ in a page

CONF = """extensions = ["myst_parser", "nkreview.book.plates.sphinx"]"""
SOURCE = """# A page\n\n```{schematic} figure_2\n:name: fig-two\nHow it *looks*.\n```\n"""


def build(folder: Path, builder: str, source: str) -> subprocess.CompletedProcess[str]:
    """Build a book of one page with no theme, ledger or glossary of ours."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.md").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", builder, ".", "_build"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_figure_stands_in_any_book(tmp_path: Path) -> None:
    run = build(tmp_path, "html", SOURCE)
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "_build" / "index.html").read_text("utf-8")
    figure = ElementTree.fromstring(
        re.search(r'<figure class="nk-schematic".*?</figure>', page, re.S)[0]
    )
    assert not figure.findall(".//ul/li/a"), "nothing explains the words of the key"
    assert re.search(r'<figure [^>]*id="fig-two"', page)
    assert "How it <em>looks</em>." in page
    static = tmp_path / "_build" / "_static" / "nkreview"
    for name in re.findall(r"_static/nkreview/([\w.]+)", page):
        assert (static / name).stat().st_size > 0
    assert "schematic.css" in page
    assert "schematic.js" in page
    assert "schematic.css" not in (tmp_path / "_build" / "search.html").read_text("utf-8")


def test_where_nothing_is_drawn_the_caption_speaks(tmp_path: Path) -> None:
    run = build(tmp_path, "text", SOURCE)
    assert run.returncode == 0, run.stderr
    assert "How it *looks*." in (tmp_path / "_build" / "index.txt").read_text("utf-8")


def test_a_figure_that_is_not_there_is_refused(tmp_path: Path) -> None:
    run = build(tmp_path, "dummy", SOURCE.replace("figure_2", "figur_2"))
    assert run.returncode != 0
    assert "no figure 'figur_2'; did you mean 'figure_2'?" in run.stderr


# ------------------------------------------------------------------ in the browser

PAGES = {
    "figure-1": "book/index.html",
    "figure-2": "book/metastasis.html",
    "figure-3": "book/engagers.html",
    "figure-4": "book/engagers.html",
}

MEASURE = """figure => [...figure.querySelectorAll('.nk-panel > svg')].map(svg => ({
    view: [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height],
    scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,
    texts: [...svg.querySelectorAll('text')].map(text => {
        const {x, y, width, height} = text.getBBox();
        const size = parseFloat(getComputedStyle(text).fontSize);
        return {says: text.textContent, size, x, y, width, height,
                badge: text.style.fill === 'rgb(255, 255, 255)'};
    }),
}))"""


def box_of(text: dict) -> Bbox:
    """Return a text's box, without the room that a line keeps above and below its letters."""
    spare = 0.22 * text["height"]
    low, high = text["y"] + spare, text["y"] + text["height"] - spare
    return Bbox([(text["x"], low), (text["x"] + text["width"], high)])


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("figure", PAGES)
def test_text_is_clear_in_the_page(open_page: Callable, figure: str, width: int) -> None:
    """The page's own font is not the one that matplotlib measures with."""
    page = open_page(PAGES[figure], width=width).page
    for panel in page.locator(f"#nk-{figure}").evaluate(MEASURE):
        for text in panel["texts"]:
            box = box_of(text)
            assert -1 <= box.xmin <= box.xmax <= panel["view"][0] + 1, text["says"]
            assert -1 <= box.ymin <= box.ymax <= panel["view"][1] + 1, text["says"]
            assert text["badge"] or text["size"] * panel["scale"] >= 11.5, text["says"]
        for one, other in itertools.combinations(panel["texts"], 2):
            assert not overlap(box_of(one), box_of(other)), (one["says"], other["says"])


def test_a_part_tells_what_it_is_and_where_it_leads(open_page: Callable) -> None:
    page = open_page(PAGES["figure-1"]).page
    panel = page.locator("#nk-figure-1 .nk-panel").first
    shown = panel.locator(".nk-notes p:visible")
    assert shown.count() == 1
    assert "nk-n0" in shown.get_attribute("class")
    links = panel.locator("svg a")
    links.nth(0).focus()
    page.keyboard.press("Tab")
    assert shown.all_inner_texts()[0].startswith("Killing of circulating")
    assert links.nth(1).evaluate("a => getComputedStyle(a).outlineStyle") == "solid"
    links.nth(3).hover()
    assert [t.split(".")[0] for t in shown.all_inner_texts()] == ["Recruitment"], "pointer first"
    page.keyboard.press("Enter")
    page.wait_for_url("**/armed-not-dangerous.html#contact-to-death")


def test_a_treatment_singles_out_its_barriers(open_page: Callable) -> None:
    page = open_page(PAGES["figure-1"]).page
    page.locator("#nk-figure-1-d-tgf-blockade text").first.hover()
    bright = page.locator("#nk-figure-1 a[data-numbers]").evaluate_all(
        """all => all.filter(a => getComputedStyle(a).opacity === '1')
            .map(a => a.querySelector('g').id)"""
    )
    drawn = {f"nk-figure-1-{p.letter}-{e.id}": e for p in figure_1().panels for e in p.elements}
    answered = set(drawn["nk-figure-1-d-tgf-blockade"].numbers)
    assert bright == [key for key, element in drawn.items() if answered & set(element.numbers)]
    assert len(bright) < len([e for e in drawn.values() if e.numbers]), "some are dimmed"
    assert "data-numbers" not in figure_4().html(css=False), "its numbers only count steps"


def test_a_first_tap_tells_and_a_second_one_leads_on(open_page: Callable) -> None:
    page = open_page(PAGES["figure-1"], width=360, has_touch=True, is_mobile=True).page
    part = page.locator("#nk-figure-1-d-cytokines text").first
    part.tap()
    shown = page.locator("#nk-figure-1 .nk-panel").nth(3).locator(".nk-notes p:visible")
    assert [t.split(".")[0] for t in shown.all_inner_texts()] == ["Cytokine support"]
    assert page.url.endswith("index.html")
    page.locator("#nk-figure-1-d-engagers text").first.tap()
    assert [t.split(".")[0] for t in shown.all_inner_texts()] == ["Engagers"]
    part.tap()
    part.tap()
    page.wait_for_url("**/cytokine-fuel.html#five-cytokines")


@pytest.mark.parametrize("figure", PAGES)
def test_links_lead_to_a_place_on_the_page(built: Path, figure: str) -> None:
    page = built / PAGES[figure]
    found = re.search(rf'<figure class="nk-schematic" id="nk-{figure}".*?</figure>',
                      page.read_text("utf-8"), re.S)[0]  # fmt: skip
    drawing, tree = PLATES[figure.replace("-", "_")](), ElementTree.fromstring(found)
    parts, words = list(tree.iter(f"{SVG}a")), tree.findall(".//ul/li/a")
    assert len(parts) == len(drawing.elements())
    assert {word.text for word in words} <= {sign.name for sign in drawing.key()}
    assert "NK cell" in {word.text for word in words}, "a word of the glossary"
    assert all(word.get("href").startswith("glossary.html#") for word in words)
    assert all(word.get("title").endswith(".") for word in words)
    for link in (*parts, *words):
        address, anchor = link.get("href").split("#")
        assert f'id="{anchor}"' in (page.parent / address).resolve().read_text("utf-8")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("place", ["book/index.html", "notebooks/figure-2-liver-and-lung.html"])
def test_captions_are_as_legible_as_the_text(open_page: Callable, place: str, dark: bool) -> None:
    """A caption stands below a figure in a chapter, and inside of it in a notebook."""
    page = open_page(place, dark=dark).page
    look = """e => (({color, fontWeight, fontSize, textAlign}) =>
        [color, fontWeight, fontSize, textAlign])(getComputedStyle(e))"""
    captions = page.locator("figure:has(> .nk-schematic) > figcaption p, .nk-schematic figcaption")
    text = page.locator("article section > p").first.evaluate(look)
    seen = [captions.nth(i).evaluate(look) for i in range(captions.count())]
    assert seen
    for caption in seen:
        assert caption[:3] == text[:3]
        assert caption[3] in ("left", "start")


@pytest.mark.parametrize("figure", PAGES)
def test_sentences_of_a_row_begin_level(open_page: Callable, figure: str) -> None:
    page = open_page(PAGES[figure]).page
    boxes = page.locator(f"#nk-{figure} .nk-notes").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().toJSON())"
    )
    for left, right in (boxes[:2], boxes[2:]):
        assert left["top"] == pytest.approx(right["top"], abs=1)
        assert left["bottom"] == pytest.approx(right["bottom"], abs=1)


def test_print_has_two_columns_and_no_hidden_sentence(open_page: Callable) -> None:
    """The text of a page of A4 is about 180 mm wide."""
    page = open_page(PAGES["figure-1"], width=680).page
    page.emulate_media(media="print")
    boxes = page.locator("#nk-figure-1 .nk-panel").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().toJSON())"
    )
    assert boxes[0]["top"] == boxes[1]["top"]
    assert boxes[2]["top"] > boxes[1]["bottom"]
    points = page.locator("#nk-figure-1 .nk-panel svg").evaluate_all(
        "all => all.map(e => 12 * 0.75 * e.getBoundingClientRect().width / 320)"
    )
    assert min(points) >= 7
    assert (
        page.locator("#nk-figure-1 .nk-notes p").evaluate_all(
            "all => all.filter(p => p.getClientRects().length).length"
        )
        == 4
    )
