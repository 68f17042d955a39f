"""Read a model from an Antimony or an SBML file, as SBML text."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from xml.dom import minidom
from xml.parsers.expat import ExpatError

import antimony
import libsbml


class ModelFileError(ValueError):
    """A model file cannot be read; the message names the file, the problem and the remedy."""


class ModelFileWarning(UserWarning):
    """Something in a model file was ignored; the message names file, line and what it was."""


#: What libSBML calls an error although it leaves no doubt about the mathematics, and what is done.
_HARMLESS = {
    "": {libsbml.MissingXMLDecl, libsbml.MissingXMLEncoding},  # not worth a warning
    "ignored, since notes and annotations do not enter the mathematics": {
        *range(10307, 10310),
        *range(10401, 10405),
        *range(10801, 10806),
    },
    "ignored, since units do not enter the mathematics": {
        *range(10311, 10314),
        *range(10501, 10571),
        *range(20401, 20422),
    },
    "ignored, since an empty list says nothing": {
        libsbml.EmptyListElement,
        libsbml.EmptyListInReaction,
        libsbml.EmptyListInKineticLaw,
    },
    "the species counts as a modifier": {libsbml.UndeclaredSpeciesRef},
    "taken as a boundary species, since its amount is constant": {libsbml.NonConstantSpeciesUsed},
    "ignored, since the file says that the mathematics does not need it": {
        libsbml.UnrequiredPackagePresent
    },
}

#: Namespaces of packages that describe pictures, groupings and optima, never the course in time.
_DECORATION = re.compile(
    r"http://www\.sbml\.org/sbml/level3/version1/(fbc|groups|layout|render)/version\d+"
    r"|http://projects\.eml\.org/bcb/sbml/(?:render/)?level2"
)

_REMEDY = "Give an Antimony file or a valid SBML file (https://sbml.org has a validator)."


def load_sbml(path: Path | str) -> str:
    """Read an Antimony or an SBML file.

    Faults of an SBML file that leave no doubt about the mathematics give a `ModelFileWarning`.

    Parameters
    ----------
    path
        The file. What it holds decides how it is read, not the ending of its name.

    Returns
    -------
    str
        The model as SBML: an Antimony file converted, an SBML file as it stands, except for what a
        warning names (a package for pictures that is at fault is left out as a whole).

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
        return _usable(text, str(path))
    return _from_antimony(text, path)


def check_sbml(text: str, where: str = "the SBML text") -> None:
    """Raise `ModelFileError` when `text` is not valid SBML with a model in it."""
    _refuse(_doubtful(_faults(text, where)), where)


@dataclass(frozen=True)
class _Fault:
    """What libSBML finds wrong, and what is done about it: None when nothing can be."""

    number: int
    line: int
    what: str
    done: str | None


def _doubtful(faults: list[_Fault]) -> list[_Fault]:
    return [fault for fault in faults if fault.done is None]


def _refuse(faults: list[_Fault], where: str) -> None:
    if faults:
        first = f"Line {faults[0].line}: {faults[0].what}"
        raise ModelFileError(f"{where}: this is not valid SBML. {first}. {_REMEDY}")


def _usable(text: str, where: str) -> str:
    """Return what can be used of an SBML text, after a warning for each kind of fault."""
    faults = _faults(text, where)
    if doubtful := _doubtful(faults):
        text, packages = _undecorated(text)
        faults = _faults(text, where)
        remaining = _doubtful(faults)
        # In the first text, because there the lines are those of the file.
        rules = {fault.what for fault in remaining}
        _refuse([fault for fault in doubtful if fault.what in rules] or remaining, where)
        names = " and ".join(map(repr, packages))
        done = f"ignored with all of {names}, since such packages do not enter the mathematics"
        faults = [replace(fault, done=done) for fault in doubtful] + faults
    if any(fault.number == libsbml.NonConstantSpeciesUsed for fault in faults):
        text = _with_boundary_species(text)
    told = set()
    for fault in faults:
        if fault.done and fault.number not in told:
            told.add(fault.number)
            message = f"{where}: line {fault.line}: {fault.what}: {fault.done}."
            warnings.warn(message, ModelFileWarning, stacklevel=3)
    return text


def _faults(text: str, where: str) -> list[_Fault]:
    """List what is wrong with an SBML text, as it is read and as its parts fit together."""
    document = libsbml.readSBMLFromString(text)
    found = _listed(document)
    if document.getModel() is None and not _doubtful(found):
        said = document.getError(0).getShortMessage() if document.getNumErrors() else ""
        first = said.rstrip(".") or "no <model> element"
        raise ModelFileError(f"{where}: this is not an SBML model ({first}). {_REMEDY}")
    if _doubtful(found):
        return found
    for category in (
        libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
        libsbml.LIBSBML_CAT_MODELING_PRACTICE,
        libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    ):
        document.setConsistencyChecks(category, False)
    document.getErrorLog().clearLog()  # otherwise a harmless error would keep it from looking
    document.checkConsistency()
    return found + [fault for fault in _listed(document) if fault not in found]


def _listed(document: libsbml.SBMLDocument) -> list[_Fault]:
    errors = [document.getError(index) for index in range(document.getNumErrors())]
    return [
        _Fault(error.getErrorId(), error.getLine(), _in_words(error), _done(error.getErrorId()))
        for error in errors
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR
        or error.getErrorId() == libsbml.UnrequiredPackagePresent
    ]


def _done(number: int) -> str | None:
    return next((done for done, numbers in _HARMLESS.items() if number in numbers), None)


def _in_words(error: libsbml.SBMLError) -> str:
    """Return the general rule, then what breaks it, if libSBML knows."""
    rule = " ".join(error.getShortMessage().split()).rstrip(".")
    details = [line for line in error.getMessage().splitlines() if line.startswith(" ")]
    return rule + (f" ({' '.join(details[-1].split()).rstrip('.')})" if details else "")


def _undecorated(text: str) -> tuple[str, list[str]]:
    """Return an SBML text without packages for pictures and the like, and their names."""
    try:
        document = minidom.parseString(text.encode())
    except ExpatError:
        return text, []
    found = set()
    for element in document.getElementsByTagName("*"):
        for attribute in list(element.attributes.values()):
            declares = attribute.prefix == "xmlns"
            package = _decoration(attribute.value if declares else attribute.namespaceURI)
            if package:
                found.add(package)
                element.removeAttributeNode(attribute)
        if package := _decoration(element.namespaceURI):
            found.add(package)
            element.parentNode.removeChild(element)
    return document.toxml("UTF-8").decode(), sorted(found)


def _with_boundary_species(text: str) -> str:
    """Say of constant species that reactions do not change them; some simulators only heed that."""
    document = minidom.parseString(text.encode())
    for species in document.getElementsByTagNameNS("*", "species"):
        if species.getAttribute("constant") == "true":
            species.setAttribute("boundaryCondition", "true")
    return document.toxml("UTF-8").decode()


def _decoration(namespace: str | None) -> str | None:
    """Return the name of the package with a namespace when it is one that may be left out."""
    match = _DECORATION.fullmatch(namespace or "")
    return (match[1] or "layout") if match else None


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
