"""Mathematics as MathML."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert

# The converter writes a name letter by letter, which screen readers then spell.
UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">\w</mi>){2,}')


def _one_word(letters: re.Match[str]) -> str:
    return f"<mi>{re.sub(r'<[^>]+>', '', letters[0])}</mi>"


def _math(display: str) -> Callable[[Any, nodes.Element], None]:
    def visit(translator: Any, node: nodes.Element) -> None:
        # The converter knows `split`, which means the same in a displayed equation.
        latex = node.astext().replace("{aligned}", "{split}")
        mathml = UPRIGHT.sub(_one_word, convert(latex, display=display))
        number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
        tag = "div" if display == "block" else "span"
        # A wide equation scrolls in its own box, which the keyboard must be able to reach.
        focus = ' tabindex="0" role="group" aria-label="equation"' if display == "block" else ""
        translator.body.append(f'<{tag} class="math nk-math"{focus}>{mathml}{number}</{tag}>')
        raise nodes.SkipNode

    return visit
