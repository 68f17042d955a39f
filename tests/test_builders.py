"""The extensions in a small project: other themes, other builders, with and without a ledger."""

from __future__ import annotations

import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from nkreview.book.theme import book_theme
from nkreview.book.theme.mathematics import mathml

ROOT = Path(__file__).parents[1]
LIVING = "nkreview.living.sphinx"
LEDGER = "nkreview.book.ledger.sphinx"
PLATES = "nkreview.book.plates.sphinx"
THEME = "nkreview.book.theme.sphinx"

# A page for each extension, which uses what it offers.
PAGES = {
    LIVING: """
{readout}`metastasis_window foci in intact | .0f` foci

```{parameters} metastasis_window
```

```{model-claims} metastasis_window
```

```{equations} metastasis_window
```

```{all-parameters}
```

```{all-models}
```

```{model-questions}
```
""",
    LEDGER: """
{claim}`R001` of {count}`claims`

```{ledger-picture}
```

```{ledger-counts}
```

```{ledger-documents}
```

```{ledger}
```

```{corrections} high
```

```{reference-audit}
```
""",
    PLATES: """
```{schematic} figure_4
```
""",
    THEME: """
A dose of 5 mg in {term}`plasma`.

$$ \\mathrm{dose} = 1 $$
""",
}
GLOSSARY = """
# Glossary

```{glossary}
plasma
    What is left of blood without its cells.
```
"""


def build(
    folder: Path, extension: str, builder: str, theme: str, ledger: bool, page: str | None = None
) -> tuple[Path, str]:
    """Build one page with one extension; return the output's folder and every warning."""
    source, out = folder / "source", folder / builder
    (source / "book").mkdir(parents=True)
    text = PAGES[extension] if page is None else page
    (source / "index.md").write_text(
        f"# A page\n{text}\n```{{toctree}}\nbook/glossary\nbook/evidence\n```\n".replace(
            "\\\n", "\n"
        )
    )
    (source / "book" / "glossary.md").write_text(GLOSSARY)
    (source / "book" / "evidence.md").write_text("# The ledger\n")
    if ledger:
        for name in ("claims.yml", "corrections.yml"):
            shutil.copy(ROOT / "book" / name, source / "book" / name)
    shutil.copy(ROOT / "references.bib", source)
    config = {
        "extensions": ["myst_parser", "sphinxcontrib.bibtex", extension],
        "bibtex_bibfiles": ["references.bib"],
        "bibtex_reference_style": "author_year",
        "html_theme": theme,
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        # the papers have no bibliography here to lead to
        "suppress_warnings": ["bibtex", "ref"],
    }
    if extension == THEME:
        config["html_math_renderer"] = "mathml"
    warnings = StringIO()
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            source,
            None,
            out,
            folder / "doctrees",
            builder,
            confoverrides=config,
            status=None,
            warning=warnings,
            freshenv=True,
        )
        app.build()
    return out, re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())


@pytest.mark.parametrize(
    ("builder", "theme"),
    [("html", "alabaster"), ("html", "sphinx_book_theme"), ("dummy", "alabaster")],
    ids=["alabaster", "book-theme", "dummy"],
)
@pytest.mark.parametrize("extension", PAGES)
def test_extension_fits_any_project(
    extension: str, builder: str, theme: str, tmp_path: Path
) -> None:
    """Nothing is warned of, and every file that a page loads is there."""
    out, warnings = build(tmp_path, extension, builder, theme, ledger=extension == LEDGER)
    assert warnings == ""
    if builder == "dummy":
        assert not (out / "_static").exists()
        return
    page = (out / "index.html").read_text(encoding="utf-8")
    used = re.findall(r'(?:href|src)="(_static/[^"?]+)', page)
    assert used
    assert [name for name in used if not (out / name).exists()] == []


@pytest.mark.parametrize("builder", ["html", "dummy"])
def test_ledger_without_a_file_is_quiet_until_it_is_asked_for(builder: str, tmp_path: Path) -> None:
    out, warnings = build(tmp_path, LEDGER, builder, "alabaster", ledger=False, page="Nothing.")
    assert warnings == ""
    assert not list(out.rglob("claims.csv"))


def test_a_badge_without_a_ledger_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"the ledger needs .*claims\.yml, which is not there"):
        build(tmp_path, LEDGER, "html", "alabaster", ledger=False)


def test_what_the_ledger_shows_under_another_theme(tmp_path: Path) -> None:
    out, _ = build(tmp_path, LEDGER, "html", "alabaster", ledger=True)
    page = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "lxml")
    badge = page.select_one("p a.nk-claim")
    assert badge["href"] == "book/evidence.html#R001"
    download = page.select_one("a.nk-csv")["href"]
    assert (out / download).read_text(encoding="utf-8").startswith("id,document,section,says")
    assert page.select_one(".nk-finding a.nk-claim")
    assert page.select('link[href*="nkreview/ledger.css"]')
    assert page.select('script[src*="nkreview/ledger.js"]')
    other = (out / "book" / "evidence.html").read_text(encoding="utf-8")
    assert "nkreview/ledger.js" not in other


def test_tables_of_a_model_in_words(tmp_path: Path) -> None:
    """A builder without HTML keeps the citations, and stumbles over nothing."""
    out, _ = build(tmp_path, LIVING, "text", "alabaster", ledger=False)
    assert "foci" in (out / "index.txt").read_text(encoding="utf-8")


def test_tables_cite_in_restructuredtext_too(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "plain.rst").write_text(
        ":orphan:\n\nPlain\n=====\n\n.. parameters:: metastasis_window\n\n.. bibliography::\n"
    )
    out, warnings = build(tmp_path, LIVING, "html", "alabaster", ledger=False, page="Nothing.")
    assert warnings == ""
    page = BeautifulSoup((out / "plain.html").read_text(encoding="utf-8"), "lxml")
    assert page.select_one('#metastasis_window-dose .nk-cites a[href^="#"]')


def test_the_theme_s_own_adjustments_stay_with_the_theme(tmp_path: Path) -> None:
    plain, _ = build(tmp_path / "a", THEME, "html", "alabaster", ledger=False)
    book, _ = build(tmp_path / "b", THEME, "html", "sphinx_book_theme", ledger=False)
    static = Path("_static") / "nkreview"
    for name in ("theme.css", book_theme.SCRIPT):
        assert not (plain / static / name).exists()
        assert (book / static / name).exists()
    assert (plain / static / "text.css").exists()
    page = BeautifulSoup((book / "index.html").read_text(encoding="utf-8"), "lxml")
    scripts = [script["src"].split("?")[0] for script in page.select("script[src]")]
    assert f"{static}/{book_theme.SCRIPT}" in scripts
    assert f"_static/scripts/{book_theme.SCRIPT}" not in scripts
    assert "console.log(" not in (book / static / book_theme.SCRIPT).read_text(encoding="utf-8")


def test_a_theme_that_has_changed_is_not_taken_as_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / book_theme.SCRIPT
    script.write_text("say('hello')")
    monkeypatch.setattr(book_theme, "SOURCE", script)
    with pytest.raises(Exception, match=r"no longer says console\.log"):
        book_theme.our_script()


def test_terms_and_units_under_another_theme(tmp_path: Path) -> None:
    out, _ = build(tmp_path, THEME, "html", "alabaster", ledger=False)
    text = (out / "index.html").read_text(encoding="utf-8")
    link = BeautifulSoup(text, "lxml").select_one('a[href="book/glossary.html#term-plasma"]')
    assert link["title"] == "What is left of blood without its cells."
    assert "5\u00a0mg" in text


def test_signs_in_mathematics_are_signs() -> None:
    """An equals sign is read as one, and not as the entity that stands for it."""
    shown = BeautifulSoup(mathml(r"a = b + 1 \cdot c \leq d", "inline"), "xml").get_text()
    assert shown == "a=b+1\u00b7c\u2264d"


def test_a_name_in_mathematics_is_one_word() -> None:
    words = BeautifulSoup(mathml(r"\mathrm{dose} \cdot x_{\mathrm{in}}", "inline"), "xml")
    assert [mi.text for mi in words.find_all("mi")] == ["dose", "x", "in"]
