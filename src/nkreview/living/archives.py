"""What a page needs to write COMBINE archives of a model: all but the settings."""

from __future__ import annotations

from typing import Any

from nkreview.model.experiments import REPEATABLE, view_files
from nkreview.model.model import Model
from nkreview.sbml.archive import MODEL_FILE


def archives(model: Model, view_id: str | None = None) -> dict[str, Any]:
    """Return the files of a model's archives, at the model's own values.

    Parameters
    ----------
    model : Model
    view_id : str, optional
        For this view only; default all that can be archived.

    Returns
    -------
    dict
        ``model``, the SBML that all of them hold; ``views``, the other files by view and path.
    """
    views = [
        view
        for view in model.card.views
        if isinstance(view, REPEATABLE) and view_id in (None, view.id)
    ]
    files = {view.id: view_files(model, view.id) for view in views}
    for held in files.values():
        held.pop(MODEL_FILE)
    return {"model": model.extended_sbml, "views": files}
