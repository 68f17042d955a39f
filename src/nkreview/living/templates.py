"""HTML from templates: escaped by default, and a name that is missing is an error."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "templates"


def templates(*folders: Path) -> Environment:
    """Return an environment for the templates of a room.

    Parameters
    ----------
    *folders : Path
        Where templates lie, the nearest first; those of the living figure come last, so that
        other rooms can use its macros.

    Returns
    -------
    jinja2.Environment
        Its templates escape whatever is not marked as HTML.
    """
    return Environment(
        loader=FileSystemLoader([*folders, FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
