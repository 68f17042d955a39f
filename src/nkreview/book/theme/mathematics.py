"""Mathematics as MathML: no script at all."""

from __future__ import annotations

from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, tostring

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def setup_mathematics(app: Sphinx) -> None:
    """Offer the renderer ``mathml`` for ``html_math_renderer``."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))


def mathml(latex: str, display: str) -> str:
    """Return LaTeX as MathML; `display` is ``inline`` or ``block``."""
    # The converter knows `split`, which means the same in a displayed equation.
    tree = convert_to_element(latex.replace("{aligned}", "{split}"), display=display)
    for element in list(tree.iter()):
        # The converter writes signs as entities, which would be escaped once more.
        element.text = element.text and unescape(element.text)
        _join_letters(element)
    return tostring(tree, encoding="unicode")


def _join_letters(parent: Element) -> None:
    """Write an upright name as one word; the converter's letters are spelt by screen readers."""
    word: Element | None = None
    for child in list(parent):
        upright = child.tag == "mi" and child.get("mathvariant") == "normal"
        if upright and word is not None:
            word.text += child.text
            word.attrib.pop("mathvariant", None)  # a name of several letters is upright anyway
            parent.remove(child)
        else:
            word = child if upright else None


def _visit_inline(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append(translator.starttag(node, "span", "", CLASS="math nk-math"))
    translator.body.append(f"{mathml(node.astext(), 'inline')}</span>")
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.Element) -> None:
    # A wide equation scrolls in its own box, which the keyboard must be able to reach.
    box: dict[str, Any] = {"tabindex": "0", "role": "group", "aria-label": "equation"}
    translator.body.append(translator.starttag(node, "div", "", CLASS="math nk-math", **box))
    translator.body.append(mathml(node.astext(), "block"))
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({node["number"]})</span>')
    translator.body.append("</div>")
    raise nodes.SkipNode
