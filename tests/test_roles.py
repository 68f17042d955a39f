"""Roles and directives in a small book of their own, built anew: right ones, and wrong ones."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from contents import ROOT
from ruamel.yaml import YAML

from nkreview.book.ledger.outcomes import outcomes_by_row
from nkreview.book.ledger.rows import load_rows
from nkreview.model.model import Model
from nkreview.model.shelf import names

MODEL = Model.load(names()[0])
READOUT = MODEL.card.readouts[0].id
USUAL, OTHER = (scenario.id for scenario in MODEL.card.scenarios[:2])
VIEW = MODEL.card.views[-1]
CONF = """
extensions = ["nkreview.living.sphinx", "nkreview.book.ledger.sphinx"]
html_theme = "basic"
numfig = True
"""
GOOD = f"""
Right
=====

.. _numbers:

default: :readout:`{MODEL.name} {READOUT}`.
scenario: :readout:`{MODEL.name} {READOUT} in {OTHER}`.
ratio: :readout:`{MODEL.name} {READOUT} in {OTHER} / {USUAL}`.
format: :readout:`{MODEL.name} {READOUT} in {OTHER} | .1e`.
count: :count:`claims R supported`.
share: :share:`weakest_link next now arrive`.
place: :share:`nk_cohort towns towns 1`.
range: :range:`weakest_link p_arrive`.

.. parameters:: nk_decision

.. parameters:: weakest_link

Here stand :claim:`R026` and :claim:`A01`.

.. explorer:: {MODEL.name}

   A caption of the page's own.

.. explorer:: {MODEL.name}
   :view: {VIEW.id}
"""
BAD = {
    ":readout:`no_such_model foci`": "no model 'no_such_model'",
    f":readout:`{MODEL.name} no_such_readout`": "no readout 'no_such_readout'",
    f":readout:`{MODEL.name} {READOUT} in nowhere`": "no scenario 'nowhere'",
    ":readout:`only`": "write MODEL READOUT",
    ":share:`weakest_link course tumour none`": "an ensemble counts",
    ":share:`weakest_link next now arrives`": "no place 'arrives'; did you mean 'arrive'",
    ":share:`weakest_link next nobody arrive`": "no series 'nobody'",
    ":range:`weakest_link nothing`": "no constant with a range 'nothing'",
    ":range:`weakest_link`": "write MODEL CONSTANT",
    ":claim:`R999`": "no ledger row 'R999'",
    ":count:`claims purple`": "unknown 'purple'",
    ".. explorer:: no_such_model": "no model 'no_such_model'",
    f".. explorer:: {MODEL.name}\n   :view: nothing": "no view 'nothing'",
    f".. explorer:: {MODEL.name}\n   :controls: nowt": ":controls: no slider 'nowt'",
    f".. explorer:: {MODEL.name}\n   :scenarios: {USUAL}, nil": ":scenarios: no scenario 'nil'",
    f".. explorer:: {MODEL.name}\n   :predict: luck": ":predict: no curve 'luck'",
}


@dataclass(frozen=True)
class Built:
    """A small book, built."""

    folder: Path
    html: str
    warnings: str


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a book with the ledger's files, one page of right and one of wrong markup."""
    folder = tmp_path_factory.mktemp("small")
    book = folder / "book"
    book.mkdir()
    for name in ("claims.yml", "corrections.yml"):
        shutil.copy(ROOT / "book" / name, book)
    (folder / "conf.py").write_text(CONF)
    (folder / "index.rst").write_text(
        "Small\n=====\n\n.. toctree::\n\n   book/right\n   book/wrong\n   book/evidence\n"
    )
    (book / "right.rst").write_text(GOOD)
    (book / "wrong.rst").write_text("Wrong\n=====\n\n" + "\n\n".join(BAD) + "\n")
    (book / "evidence.rst").write_text("Evidence\n========\n\n.. ledger::\n")
    out = folder / "_build"
    # In a process of its own: an extension may change the environment and docutils for good.
    command = [sys.executable, "-m", "sphinx", "-q", "-E", str(folder), str(out)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return Built(out, (out / "book" / "right.html").read_text(encoding="utf-8"), run.stderr)


def words(html: str) -> str:
    """Return the text of a piece of HTML."""
    return re.sub(r"<[^>]+>", "", html)


def test_readouts_are_the_model_s(small: Built) -> None:
    """The default run, a scenario, a ratio of two, and a format."""
    usual, other = (MODEL.readouts(scenario)[READOUT] for scenario in (None, OTHER))
    assert f"{usual:.3g}" != f"{other:.3g}"
    told = dict(re.findall(r"(\w+): ([^\s.]+(?:\.\d\S*)?)\.(?=\s|$)", words(small.html)))
    assert told["default"] == f"{usual:.3g}"
    assert told["scenario"] == f"{other:.3g}"
    assert told["ratio"] == f"{other / usual:.3g}"
    assert told["format"] == f"{other:.1e}".replace("-", "−")


def test_shares_and_ranges_are_the_model_s(small: Built) -> None:
    """What an ensemble counts, at a category or a number, and a constant's plausible range."""
    next_, towns = (
        Model.load(n).simulate(v) for n, v in (("weakest_link", "next"), ("nk_cohort", "towns"))
    )
    told = words(small.html)
    assert f"share: {next_['now'][2]:.0f}." in told and next_["now"][2] != next_["now"][1]
    assert f"place: {towns['towns'][1.0]:.0f}." in told
    assert "range: 0.02 to 0.5." in told


def test_a_taken_constant_leads_to_where_it_stands(small: Built) -> None:
    """To its row in the table of the other model, or nowhere when that table is not there."""
    row = small.html.split('id="weakest_link-able_rest"')[1].split("</tr>")[0]
    assert re.search(r'taken from\s+<span><a [^>]*href="#nk_decision-able_rest"', row), row
    assert 'id="nk_decision-able_rest"' in small.html
    row = small.html.split('id="weakest_link-grow_rate"')[1].split("</tr>")[0]
    assert "grow_rate of cytokine_fuel" in words(row) and "<a " not in row


def test_a_count_is_the_ledger_s(small: Built) -> None:
    """The number in a sentence is that of the rows."""
    claims = YAML(typ="safe").load(ROOT / "book" / "claims.yml")["claims"]
    number = sum(c["document"] == "R" and c["verdict"] == "supported" for c in claims)
    assert f"count: {number}." in words(small.html)


def test_a_badge_leads_to_its_own_row(small: Built) -> None:
    """Number, verdict and address belong to one row, which is there."""
    rows = load_rows(ROOT / "book" / "claims.yml")
    badges = re.findall(r'<a class="([^"]*)"[^>]*href="([^"]+)"[^>]*>(.*?)</a>', small.html)
    found = {words(text).split(" ", 1)[1]: href for css, href, text in badges if "nk-claim" in css}
    assert found == {
        f"{ident} {rows[ident].verdict}": f"evidence.html#{ident}" for ident in ("R026", "A01")
    }
    ledger = (small.folder / "book" / "evidence.html").read_text(encoding="utf-8")
    for ident in ("R026", "A01"):
        row = ledger.split(f'<tr id="{ident}"')[1].split("</tr>")[0]
        assert "right.html" in row


def test_figures_are_numbered_and_captioned(small: Built) -> None:
    """A caption of the page's own, or the description of the view."""
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", small.html, re.S)
    told = [" ".join(words(caption).replace("¶", "").split()) for caption in captions]
    assert [re.sub(r"^Fig\. \d+ ?", "", text) for text in told] == [
        "A caption of the page's own.".replace("'", "’"),
        VIEW.describe,
    ]
    assert [text.split()[:2] for text in told] == [["Fig.", "1"], ["Fig.", "2"]]
    assert f'data-view="{VIEW.id}"' in small.html


@pytest.mark.parametrize("markup", BAD)
def test_wrong_markup_is_said_where_it_stands(markup: str, small: Built) -> None:
    """Each mistake is reported with its line and its remedy."""
    line = 4 + "\n\n".join(BAD).split(markup)[0].count("\n")
    reports = [text for text in small.warnings.splitlines() if "wrong.rst" in text]
    assert any(f"wrong.rst:{line}:" in text and BAD[markup] in text for text in reports), reports
    assert not [text for text in small.warnings.splitlines() if "right.rst" in text]


def test_the_ledger_says_what_its_rows_say(small: Built) -> None:
    """Every row of the table has its verdict in words, in its class and for the filter."""
    html = (small.folder / "book" / "evidence.html").read_text(encoding="utf-8")
    shown = {part.split('"')[0]: part.split("</tr>")[0] for part in html.split('<tr id="')[1:]}
    rows = load_rows(ROOT / "book" / "claims.yml")
    assert list(shown) == list(rows)
    for ident, row in rows.items():
        assert f'data-verdict="{row.verdict}"' in shown[ident]
        badge = re.search(r'class="nk-verdict (nk-\w+)"><span[^>]*>.</span> (\w+)<', shown[ident])
        assert badge.groups() == (f"nk-{row.verdict}", row.verdict)
        for name, outcome in outcomes_by_row().get(ident, []):
            told = f"{outcome.word} ({outcome.basis}, {name}): "
            assert told in words(shown[ident])
            told = f"Computed {outcome.computed}, expected {outcome.expected}."
            assert f"{told} {outcome.sureness.capitalize()}".strip() in words(shown[ident])


def test_the_csv_says_what_the_rows_say(small: Built) -> None:
    """Verdicts, places and the models' outcomes, one line a row."""
    path = small.folder / "_static" / "nkreview" / "claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        lines = {line["id"]: line for line in csv.DictReader(file)}
    rows = load_rows(ROOT / "book" / "claims.yml")
    assert {i: line["verdict"] for i, line in lines.items()} == {
        i: row.verdict for i, row in rows.items()
    }
    assert {i for i, line in lines.items() if line["discussed"]} == {"R026", "A01"}
    for ident, found in outcomes_by_row().items():
        for name, outcome in found:
            assert f"{name}: {outcome.line}" in lines[ident]["models"]
