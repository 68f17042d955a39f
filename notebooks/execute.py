"""Run every notebook and keep its outputs, in a form that the next run can be compared with.

Run with ``make notebooks`` after a change to a notebook or a model.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from nkreview.living.picture import with_palette

WIDGET = "application/vnd.jupyter.widget-view+json"


def _small(png: str) -> str:
    """Return a picture with a palette, as text like the one that is given."""
    return base64.b64encode(with_palette(base64.b64decode(png))).decode("ascii")


def execute(path: Path) -> None:
    """Run one notebook in place."""
    notebook = nbformat.read(path, as_version=4)
    options = {"record_timing": False, "store_widget_state": False, "timeout": 300}
    NotebookClient(notebook, resources={"metadata": {"path": path.parent}}, **options).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            # Its id is new in each run, and without a kernel it shows an error, not the figure.
            data.pop(WIDGET, None)
            # GitHub, and Jupyter before it trusts a notebook, prefer HTML and strip its drawings.
            if "image/png" in data:
                data.pop("text/html", None)
                data["image/png"] = _small(data["image/png"])
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


if __name__ == "__main__":
    chosen = [Path(name) for name in sys.argv[1:]]
    for path in chosen or sorted(Path(__file__).parent.glob("*.ipynb")):
        print(path.name, flush=True)
        execute(path)
