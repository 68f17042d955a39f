"""A view as a living SVG, which a page can redraw."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree as ET

from nkreview.living.names import NAMES
from nkreview.living.plot import draw
from nkreview.living.style import INK, style
from nkreview.model.model import Model

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"


def living_svg(
    model: Model, view_id: str | None = None, place: str = ""
) -> tuple[str, dict[str, Any]]:
    """Return a view as SVG, and what a page needs to redraw its curves.

    Parameters
    ----------
    model, view_id
        As for :func:`draw`.
    place : str
        Tells apart figures of one view on a page.

    Returns
    -------
    svg : str
        Text stays text; text and axes use ``currentColor``; ids begin with the prefix.
    geometry : dict
        ``box`` (left, top, width and height of the axes in SVG units), ``prefix`` of the ids;
        of a map also ``bar``, the box of its colours.
    """
    view = model.card.find("views", view_id)
    figure = draw(model, view.id)
    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        extents = [axes.get_window_extent() for axes in figure.axes]
    # No id of a model or a view has a dot.
    prefix = f"{model.name}-{view.id}{f'.{place}' if place else ''}-"
    height = figure.get_figheight() * 72
    boxes = [[e.x0, height - e.y1, e.width, e.height] for e in extents]
    rounded = [[round(float(v), 3) for v in box] for box in boxes]
    svg = clean_svg(buffer.getvalue(), prefix, view.title, view.describe)
    return svg, {"prefix": prefix, **dict(zip(("box", "bar"), rounded, strict=False))}


def clean_svg(svg: str, prefix: str, title: str, describe: str) -> str:
    """Make matplotlib's SVG fit to stand inside a page, more than once.

    Parameters
    ----------
    svg : str
    prefix : str
        What every id begins with.
    title, describe : str
        For readers who do not see the figure.

    Returns
    -------
    str
        The ``<svg>`` element, without declarations, metadata and comments.
    """
    root = ET.fromstring(svg)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    _inherit_global_style(root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        element.tail = None
        if element.tag not in ("style", "text", "tspan"):
            element.text = None
        _adapt(element, prefix)
    box = root.get("viewBox")
    labels = f"{prefix}title {prefix}desc"
    root.attrib = {"xmlns": SVG, "role": "img", "aria-labelledby": labels, **root.attrib}
    root.attrib |= {"class": NAMES.plot, "viewBox": box}
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    for place, (tag, text) in enumerate((("title", title), ("desc", describe))):
        child = ET.Element(tag, id=prefix + tag)
        child.text = text
        root.insert(place, child)
    return ET.tostring(root, encoding="unicode")


def _inherit_global_style(root: ET.Element) -> None:
    """Put matplotlib's ``*{…}`` on the drawing itself: inside a page it would style the page."""
    for defs in root.findall(f"{{{SVG}}}defs"):
        for sheet in defs.findall(f"{{{SVG}}}style"):
            selector, _, rule = sheet.text.strip().partition("{")
            if selector != "*":
                raise ValueError(f"matplotlib's style sheet is not as expected: {sheet.text}")
            root.set("style", rule.removesuffix("}"))
            defs.remove(sheet)
        if len(defs) == 0:
            root.remove(defs)


def _adapt(element: ET.Element, prefix: str) -> None:
    """Prefix an element's id and those that it refers to; give it the page's font and colour."""
    if "id" in element.attrib:
        element.set("id", prefix + element.get("id"))
    if XLINK in element.attrib:
        element.set("href", f"#{prefix}{element.attrib.pop(XLINK).removeprefix('#')}")
    style_ = element.attrib.pop("style", "")
    for name, value in element.attrib.items():
        element.set(name, _value(name, value, prefix))
    rules = [rule.strip().split(": ", 1) for rule in style_.split(";") if rule.strip()]
    if rules:
        element.set("style", "; ".join(f"{name}: {_value(name, v, prefix)}" for name, v in rules))


def _value(name: str, value: str, prefix: str) -> str:
    """Return what a presentation attribute has in a page."""
    if name == "font-family":
        return "inherit"
    if value.startswith("url(#"):
        return f"url(#{prefix}{value.removeprefix('url(#')}"
    return "currentColor" if value == INK else value
