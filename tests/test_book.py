"""Every page of the built book in a real browser: quiet, legible, complete."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from contents import PAGES
from drawing import Picture
from playwright.sync_api import Page

from nkreview.model.model import Model

ROOT = Path(__file__).parents[1]


# Without `preload: false` axe fetches style sheets itself, one of them from where it is not.
AXE = {"resultTypes": ["violations"], "preload": False}
# In dark mode nothing but the colours differs. Their rules take axe longest.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
COLOURS = {**AXE, "runOnly": {"type": "rule", "values": COLOUR_RULES}}
OTHERS = {**AXE, "rules": {rule: {"enabled": False} for rule in COLOUR_RULES}}

# Three elements with text of each look on a page: what axe says of their colours holds for all.
# A look is all that decides on colours, of the element and of what it stands in. The longest texts
# are taken, because axe does not judge a single letter, or what something else covers.
LOOKS = """() => {
    const parts = ["color", "backgroundColor", "backgroundImage", "opacity", "position", "filter",
        "fontSize", "fontWeight", "textDecorationLine", "textShadow", "borderBottom"];
    const looks = new Map([[null, ""]]), alike = new Map();
    const look = (element) => {
        if (!looks.has(element)) {
            const style = getComputedStyle(element);
            const own = [element.localName, ...parts.map((part) => style[part])];
            looks.set(element, look(element.parentElement) + own.join());
        }
        return looks.get(element);
    };
    const length = (element) => [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .reduce((sum, node) => sum + node.data.trim().length, 0);
    for (const element of document.body.querySelectorAll("*")) {
        if (!length(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
        alike.set(look(element), [...(alike.get(look(element)) ?? []), element]);
    }
    return [...alike.values()].flatMap((group) =>
        group.sort((one, other) => length(other) - length(one)).slice(0, 3));
}"""


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, open_page: Callable) -> None:
    """One visit: accessible in light and dark, fit for a phone, quiet, and asking nobody."""
    visit = open_page(f"{page}.html", reduced_motion="reduce")
    shown = visit.page
    shown.evaluate(AXE_SCRIPT)
    faults = violations(shown, "light", OTHERS, "() => document")
    faults += violations(shown, "light", COLOURS, LOOKS)
    shown.emulate_media(color_scheme="dark")
    faults += violations(shown, "dark", COLOURS, LOOKS)
    shown.set_viewport_size({"width": 320, "height": 740})
    # Nothing but a table's own box scrolls sideways, in 320 px or in 1280 px at 400 %.
    width = shown.evaluate("document.documentElement.scrollWidth")
    faults += [f"{width} px wide where 320 px are there"] * (width > 320)
    assert faults + visit.console + visit.foreign == []


def test_open_tools_suit_the_theme(open_page: Callable) -> None:
    """With every tool of a figure and every help open, in dark and in light."""
    shown = open_page("book/engagers.html", dark=True, reduced_motion="reduce").page
    picture = Picture.find(shown, Model.load("engager_bridge"), "bell")
    for tool in ("many", "compare", "listen", "carry"):
        picture.use(tool)
    picture.element.get_by_role("button", name="Pin this run").click()
    for button in picture.element.locator(".nk-help:visible").all():
        button.click()
    picture.element.locator(".nk-interval").first.wait_for()  # the band is drawn
    shown.evaluate(AXE_SCRIPT)
    faults = violations(shown, "dark", OTHERS, "() => document")
    faults += violations(shown, "dark", COLOURS, LOOKS)
    shown.emulate_media(color_scheme="light")
    assert faults + violations(shown, "light", COLOURS, LOOKS) == []


def test_paper_is_white_and_nothing_is_folded(open_page: Callable) -> None:
    """From a dark screen the ink is dark, answers are open; afterwards all is as it was."""
    page = open_page("book/engagers.html", dark=True).page
    page.evaluate(
        """() => matchMedia("print").addEventListener("change", ({ matches }) => {
            const { color } = getComputedStyle(document.querySelector("article p"));
            const folds = "article details:not(nk-explorer *)[open]";
            const open = document.querySelectorAll(folds).length;
            (window.seen ??= []).push({ matches, open, ink: color.match(/[\\d.]+/g).map(Number) });
        })"""
    )
    page.pdf()
    page.wait_for_function("window.seen?.length === 2")
    paper, screen = page.evaluate("window.seen")
    assert (paper["matches"], screen["matches"]) == (True, False)
    assert max(paper["ink"][:3]) < 90 and min(screen["ink"][:3]) > 150
    assert paper["open"] > 0 and screen["open"] == 0


def violations(page: Page, mode: str, options: dict, where: str) -> list[str]:
    """Return what axe finds serious or critical, once the theme has settled in a mode."""
    page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=mode)
    # The theme fades its colours in; readers see the settled page.
    page.evaluate(
        "Promise.all(document.getAnimations().map((fading) => fading.finished.catch(() => {})))"
    )
    found = page.evaluate(f"options => axe.run(({where})(), options)", options)["violations"]
    return [
        f"{mode}: {v['id']}: {v['help']}: {v['nodes'][0]['html'][:150]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_notebooks_have_their_outputs(built: Path) -> None:
    """Every notebook page shows results; a build can be green without any."""
    notebooks = [page for page in PAGES if page.startswith("notebooks/")]
    assert notebooks
    for page in notebooks:
        html = (built / f"{page}.html").read_text(encoding="utf-8")
        assert "cell_output" in html, page


def test_every_page_exists(built: Path) -> None:
    """The table of contents names no page that was not built."""
    missing = [page for page in PAGES if not (built / f"{page}.html").exists()]
    assert missing == []


def test_a_term_tells_its_meaning_before_it_is_followed(built: Path) -> None:
    """A link to the glossary has the first sentence of the entry as its title."""
    text = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    meaning = re.search(r"^engager\n +(.*)", text, re.M)[1]
    page = (built / "book" / "engagers.html").read_text(encoding="utf-8")
    assert re.search(rf'href="glossary\.html#term-engager" title="{re.escape(meaning)}"', page)


def test_a_drawing_s_key_leads_to_the_glossary(built: Path) -> None:
    """What a sign stands for is explained where the glossary has a word for it."""
    page = (built / "book" / "engagers.html").read_text(encoding="utf-8")
    for term, label in (("ILC1", "ILC1"), ("engager", "engager, two ends")):
        assert re.search(
            rf'<a href="glossary\.html#term-{term}" title="[^"]+">{label}</a></li>', page
        )
    assert "<a" not in re.search(r"<li>(?:(?!<li>).)*toxicity</li>", page, re.S)[0]


def test_no_line_ends_between_a_number_and_its_unit(built: Path) -> None:
    """In running text the space before a unit breaks no line."""
    page = (built / "book" / "engagers.html").read_text(encoding="utf-8")
    text = re.sub(
        r"<(svg|script|pre|code|table|nk-explorer)\b.*?</\1>|<[^>]+>", "", page, flags=re.S
    )
    assert re.findall(r"\d (?:%|h\b|kg\b)", text) == []
    assert "\u00a0%" in text
