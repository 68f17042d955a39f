"""A view as a living SVG, which a page can redraw."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from nkreview.living.plot import draw
from nkreview.living.style import INK, style
from nkreview.model.model import Model


def living_svg(
    model: Model, view_id: str | None = None, curves: pd.DataFrame | None = None
) -> tuple[str, dict[str, Any]]:
    """Return a view as SVG, and what a page needs to redraw its curves.

    Parameters
    ----------
    model, view_id, curves
        As for :func:`draw`.

    Returns
    -------
    svg : str
        Text stays text; text and axes use ``currentColor``; ids begin with ``MODEL-VIEW-``.
    geometry : dict
        ``box`` (left, top, width and height of the axes in SVG units), ``prefix`` of the ids.
    """
    view = model.card.find("views", view_id)
    figure = draw(model, view.id, curves)
    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        extent = figure.axes[0].get_window_extent()
    prefix = f"{model.name}-{view.id}-"
    height = figure.get_figheight() * 72
    box = [extent.x0, height - extent.y1, extent.width, extent.height]
    svg = clean_svg(buffer.getvalue(), prefix, view.title, view.describe)
    return svg, {"prefix": prefix, "box": [round(float(v), 3) for v in box]}


def clean_svg(svg: str, prefix: str, title: str, describe: str) -> str:
    """Make matplotlib's SVG fit to stand inside a page, more than once.

    Parameters
    ----------
    svg : str
    prefix : str
        What every id begins with.
    title, describe : str
        For readers who do not see the figure.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1; font-family: inherit", svg)
    svg = re.sub(r"font-family: [^;\"]*", "font-family: inherit", svg)
    svg = svg.replace(INK, "currentColor")
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", svg, count=1)
    labels = f"{prefix}title {prefix}desc"
    head = f'<svg role="img" aria-labelledby="{labels}" class="nk-plot" '
    texts = (
        f'<title id="{prefix}title">{escape(title)}</title>'
        f'<desc id="{prefix}desc">{escape(describe)}</desc>'
    )
    svg = head + svg.removeprefix("<svg ")
    return re.sub(r"(<svg [^>]*>)", lambda m: m[1] + texts, svg, count=1)
