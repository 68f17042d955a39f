"""Pictures that stand still, small enough to be stored with a notebook."""

from __future__ import annotations

import io

from PIL import Image

COLOURS_OF_A_PICTURE = 128  # flat colours, and the steps between them at the edges of shapes


def with_palette(png: bytes) -> bytes:
    """Return a drawing as a PNG with a palette, a quarter as large and the same to the eye.

    Parameters
    ----------
    png : bytes
        A PNG without transparency; one that has a palette is returned as it is.

    Returns
    -------
    bytes
        As many pixels, at the same resolution; the same bytes every time.
    """
    picture = Image.open(io.BytesIO(png))
    if picture.mode == "P":
        return png
    few = picture.convert("RGB").quantize(
        COLOURS_OF_A_PICTURE,
        method=Image.Quantize.MAXCOVERAGE,
        kmeans=3,  # without it even flat colours are off by several levels
        dither=Image.Dither.NONE,
    )
    small = io.BytesIO()
    few.save(small, format="png", optimize=True, dpi=picture.info.get("dpi"))
    return small.getvalue()
