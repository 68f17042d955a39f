"""The picture of the ledger: a tile for each claim."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nkreview.book.ledger.rows import DOCUMENTS, Row
from nkreview.book.ledger.verdicts import VERDICTS
from nkreview.living.style import INK, style
from nkreview.living.svg import clean_svg

PAPER = "#FFFFFF"  # the fill of a tile whose verdict has none; its sign is black

_WIDTH, _ACROSS, _SIZE = 338.4, 25, 13.5  # points: width, tiles in a line, width of a tile
_TITLE, _GAP, _KEY = 17.0, 6.0, 17.0  # points: a document's title, the space below, a line of key
_LETTERS = 11  # points: readable on a phone, where the picture shrinks by a tenth


def picture(ledger: dict[str, Row]) -> str:
    """Return 'verdicts by document' as SVG: a tile for each claim, with its verdict's sign."""
    groups = {d: [r for r in ledger.values() if r.document == d] for d in DOCUMENTS}
    order = list(VERDICTS)
    groups = {d: sorted(g, key=lambda r: order.index(r.verdict)) for d, g in groups.items() if g}
    lines = sum(-(-len(g) // _ACROSS) for g in groups.values())
    height = len(groups) * (_TITLE + _GAP) + lines * _SIZE + 4 * _KEY + 2
    with style():
        figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        top = 0.0
        for letter, rows in groups.items():
            title = f"{letter}, {DOCUMENTS[letter]}: {len(rows)} claims"
            axes.text(0, top + _TITLE - 5, title, color=INK, fontsize=_LETTERS)
            top += _TITLE
            for place, row in enumerate(rows):
                line, column = divmod(place, _ACROSS)
                _tile(axes, column * _SIZE, top + line * _SIZE, row.verdict, f"tile-{row.id}")
            top += -(-len(rows) // _ACROSS) * _SIZE + _GAP
        _key(axes, top, Counter(row.verdict for row in ledger.values()))
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    told = "; ".join(_in_words(letter, rows) for letter, rows in groups.items())
    return clean_svg(buffer.getvalue(), "ledger-", "Verdicts by document", f"{told}.")


def _tile(axes: Any, x: float, y: float, verdict: str, gid: str | None = None) -> None:
    side = _SIZE - 1.2
    axes.add_patch(
        Rectangle(
            (x + 0.6, y + 0.6),
            side,
            side,
            fc=VERDICTS[verdict].fill or PAPER,
            ec=INK,
            lw=0.4,
            gid=gid,
            clip_on=False,
        )
    )
    middle = {"ha": "center", "va": "center_baseline", "fontsize": 9, "color": "#000000"}
    axes.text(x + _SIZE / 2, y + _SIZE / 2 + 0.3, VERDICTS[verdict].sign, **middle)


def _key(axes: Any, top: float, tally: Counter[str]) -> None:
    for place, verdict in enumerate(VERDICTS):
        column, line = divmod(place, 4)
        x, y = column * _WIDTH / 2, top + line * _KEY + 2
        _tile(axes, x, y, verdict)
        axes.text(
            x + _SIZE + 5, y + 11, f"{verdict}: {tally[verdict]}", color=INK, fontsize=_LETTERS
        )


def _in_words(letter: str, rows: list[Row]) -> str:
    tally = Counter(row.verdict for row in rows)
    told = ", ".join(f"{tally[v]} {v}" for v in VERDICTS if tally[v])
    return f"{DOCUMENTS[letter].capitalize()} ({len(rows)} claims): {told}"
