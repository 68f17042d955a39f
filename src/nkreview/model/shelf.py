"""Where models lie: folders that hold one folder a model."""

from __future__ import annotations

from pathlib import Path

from nkreview.sbml.naming import suggestion

#: The models of this book; data beside the library, not a module of it.
BOOK = Path(__file__).parents[1] / "book" / "models"
ENDINGS = (".ant", ".xml", ".sbml")

_folders = [BOOK]


def add_folder(path: Path | str) -> None:
    """Let `names` and `find` look into one more folder of models.

    Parameters
    ----------
    path
        A folder that holds ``NAME/NAME.ant`` (or ``.xml``, ``.sbml``) for each model.

    Raises
    ------
    NotADirectoryError
        When there is no such folder.
    """
    folder = Path(path).resolve()
    if not folder.is_dir():
        raise NotADirectoryError(f"{path}: no folder of models; it holds NAME/NAME.ant for each")
    if folder not in _folders:
        _folders.append(folder)


def names() -> list[str]:
    """Return the names of all models on the shelf, in alphabetical order."""
    return sorted(_files())


def find(name: str) -> Path:
    """Return the Antimony or SBML file of a model.

    Raises
    ------
    KeyError
        For an unknown name; the message lists the known ones.
    """
    files = _files()
    if name not in files:
        raise KeyError(f"no model {name!r}{suggestion(name, files)}; or give a file's path")
    return files[name]


def _files() -> dict[str, Path]:
    """Return each model's file by name; two of one name would hide each other."""
    found: dict[str, Path] = {}
    for folder in _folders:
        for path in sorted(folder.glob("*/*")):
            if path.suffix not in ENDINGS or path.stem != path.parent.name:
                continue
            if path.stem in found:
                raise ValueError(
                    f"two models are named {path.stem!r}: {found[path.stem]} and {path}; rename one"
                )
            found[path.stem] = path
    return found
