"""Read a model from an Antimony or an SBML file, as SBML text."""

from __future__ import annotations

from pathlib import Path

import antimony
import libsbml

#: What libSBML calls an error although it leaves no doubt about the mathematics: the XML
#: declaration, annotations, notes, units, and species not declared as modifiers.
_HARMLESS = {
    libsbml.MissingXMLDecl,
    libsbml.MissingXMLEncoding,
    *range(10307, 10310),
    *range(10311, 10314),
    *range(10401, 10405),
    *range(10501, 10571),
    *range(10801, 10806),
    *range(20401, 20422),
    libsbml.UndeclaredSpeciesRef,
}


class ModelFileError(ValueError):
    """A model file cannot be read; the message names the file, the problem and the remedy."""


def load_sbml(path: Path | str) -> str:
    """Read an Antimony or an SBML file.

    Parameters
    ----------
    path
        The file. What it holds decides how it is read, not the ending of its name.

    Returns
    -------
    str
        The model as SBML: an SBML file as it stands, an Antimony file converted.

    Raises
    ------
    ModelFileError
        If the file cannot be read, is neither Antimony nor SBML, or is not valid.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ModelFileError(
            f"{path}: this is not a text file. Give an Antimony (.ant) or an SBML (.xml) file."
        ) from error
    except OSError as error:
        raise ModelFileError(
            f"{path}: cannot be read ({error.strerror}). Check the name of the file."
        ) from error
    if not text.strip():
        raise ModelFileError(f"{path}: the file is empty. Give an Antimony or an SBML file.")
    if text.lstrip().startswith("<"):
        check_sbml(text, str(path))
        return text
    return _from_antimony(text, path)


def check_sbml(text: str, where: str = "the SBML text") -> None:
    """Raise `ModelFileError` when `text` is not valid SBML with a model in it."""
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    if model is None and not document.getNumErrors(libsbml.LIBSBML_SEV_ERROR):
        first = _first_error(document) or "no <model> element"
        raise ModelFileError(f"{where}: this is not an SBML model ({first}). {_REMEDY}")
    error = _first_error(document)
    if error is None:
        for category in (
            libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
            libsbml.LIBSBML_CAT_MODELING_PRACTICE,
            libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
        ):
            document.setConsistencyChecks(category, False)
        document.checkConsistency()
        error = _first_error(document)
    if error is not None:
        raise ModelFileError(f"{where}: this is not valid SBML. {error}. {_REMEDY}")


_REMEDY = "Give an Antimony file or a valid SBML file (https://sbml.org has a validator)."


def _first_error(document: libsbml.SBMLDocument) -> str | None:
    for index in range(document.getNumErrors()):
        error = document.getError(index)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR and (
            error.getErrorId() not in _HARMLESS
        ):
            # The general rule first, then on a line of its own what breaks it, if libSBML knows.
            rule = " ".join(error.getShortMessage().split()).rstrip(".")
            details = [line for line in error.getMessage().splitlines() if line.startswith(" ")]
            detail = f" ({' '.join(details[-1].split()).rstrip('.')})" if details else ""
            return f"Line {error.getLine()}: {rule}{detail}"
    return None


def _from_antimony(text: str, path: Path) -> str:
    antimony.clearPreviousLoads()
    antimony.freeAll()
    antimony.addDirectory(str(path.resolve().parent))
    try:
        # The text goes in, not the path: Antimony guesses the kind of a file from its content too.
        if antimony.loadAntimonyString(text) < 0:
            problem = " ".join(antimony.getLastError().split())
            raise ModelFileError(
                f"{path}: this is neither SBML (XML) nor valid Antimony. {problem} "
                "Correct the line, or give an SBML file."
            )
        sbml = antimony.getSBMLString(None)
    finally:
        antimony.clearDirectories()
    check_sbml(sbml, str(path))
    return sbml
