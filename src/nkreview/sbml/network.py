"""What a model consists of: its constants, variables, names and units, read once from SBML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import libsbml

from nkreview.sbml.expression import UnsupportedMath, parse
from nkreview.sbml.naming import suggestion
from nkreview.sbml.read import ModelFileError, check_sbml


class FormulaError(ValueError):
    """A formula cannot be used with a model; the message names it, the problem and the remedy."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `factor` times the product of `parts`.

    Attributes
    ----------
    factor
        What the multipliers and scales of the parts come to, for example 3600 for an hour.
    parts
        SBML's base kinds (`second`, `mole`, `item` …), each with its exponent, in the order of the
        file; none for a plain number.
    """

    factor: float
    parts: tuple[tuple[str, float], ...] = ()

    def per(self, other: Unit) -> Unit:
        """Return this unit divided by another."""
        inverse = tuple((kind, -power) for kind, power in other.parts)
        return Unit(self.factor / other.factor, self.parts + inverse)


#: Units that levels 1 and 2 define without being asked.
_PREDEFINED = {
    "substance": Unit(1.0, (("mole", 1.0),)),
    "volume": Unit(1.0, (("litre", 1.0),)),
    "area": Unit(1.0, (("metre", 2.0),)),
    "length": Unit(1.0, (("metre", 1.0),)),
    "time": Unit(1.0, (("second", 1.0),)),
}

_SPACE = {1: "length", 2: "area", 3: "volume"}


class Network:
    """A model as other rooms see it.

    Submodels stand in the place of their references.
    The mathematics, for those who print it, is in `nkreview.sbml.system`.

    Attributes
    ----------
    document
        The model in libSBML's form. It is shared: clone it before changing it.
    """

    def __init__(self, document: libsbml.SBMLDocument) -> None:
        _flatten(document)
        self.document = document
        self._model = document.getModel()

    @cached_property
    def constants(self) -> dict[str, float]:
        """Value of each parameter that may be set, by id.

        An event may change it later in a run; what counts is its value at the start.
        """
        ruled = {rule.getVariable() for rule in self._model.getListOfRules()}
        return {
            item.getId(): item.getValue()
            for item in self._model.getListOfParameters()
            if item.getId() not in ruled and (item.getConstant() or item.isSetValue())
        }

    @cached_property
    def variables(self) -> list[str]:
        """Ids whose course a simulation reports: species, then what else is not constant."""
        model = self._model
        species = [item.getId() for item in model.getListOfSpecies()]
        others = [*model.getListOfParameters(), *model.getListOfCompartments()]
        return species + [item.getId() for item in others if not item.getConstant()]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The name that readers see, by id, for what has one."""
        return {
            item.getId(): item.getName()
            for item in (*self._quantities(), *self._model.getListOfEvents())
            if item.isSetName()
        }

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The unit of each quantity that has one, by id; of a species, that of its symbol."""
        found = {item.getId(): self._unit_of(item) for item in self._quantities()}
        return {identifier: unit for identifier, unit in found.items() if unit is not None}

    @cached_property
    def time_unit(self) -> Unit | None:
        """The unit of time, if the model tells."""
        return self._unit(self._model.getTimeUnits() or self._by_default("time"))

    @cached_property
    def ids(self) -> set[str]:
        """Everything in the model that has an id, so that a new one can avoid them."""
        elements = self.document.getListOfAllElements()
        return {item.getId() for item in elements if item.getId()}

    def is_concentration(self, identifier: str) -> bool:
        """Tell whether an id stands for a concentration (libRoadRunner's `[S]`, not `S`)."""
        species = self._model.getSpecies(identifier)
        return species is not None and not species.getHasOnlySubstanceUnits()

    def with_rules(self, rules: Mapping[str, str], where: str) -> str:
        """Write the model with one assignment rule more for each formula.

        Parameters
        ----------
        rules
            Formulas in infix notation (libSBML's level 3) by the id of the new quantity. They may
            name what the model defines, not each other.
        where
            Where the formulas come from, for error messages.

        Returns
        -------
        str
            SBML of the model's own level and version, or of level 3 version 2 where a formula uses
            `max`, `rateOf` or the like, which older ones have no words for.

        Raises
        ------
        FormulaError
            If a formula cannot be read, calls a function or names a quantity that the model does
            not have, or if an id is taken.
        """
        maths = {}
        for identifier, formula in rules.items():
            if identifier in self.ids:
                raise FormulaError(f"{where}: the id {identifier!r} is taken; choose another")
            maths[identifier] = self._read_formula(formula, f"{where}: expression {formula!r}")
        document = self._document_for(maths.values())
        model = document.getModel()
        for identifier, math in maths.items():
            parameter = model.createParameter()
            parameter.setId(identifier)
            parameter.setConstant(False)
            rule = model.createAssignmentRule()
            rule.setVariable(identifier)
            rule.setMath(math)
        return libsbml.writeSBMLToString(document)

    def _document_for(self, maths: Iterable[libsbml.ASTNode]) -> libsbml.SBMLDocument:
        """Return a copy in a level that has words for the formulas."""
        document = self.document.clone()
        old = document.getLevel() == 1 or any(math.usesL3V2MathConstructs() for math in maths)
        # Version 2 would make an ordinary reaction of a fast one, which the page must refuse.
        if old and not any(item.getFast() for item in self._model.getListOfReactions()):
            document.setLevelAndVersion(3, 2, False, True)
        return document

    def _read_formula(self, formula: str, where: str) -> libsbml.ASTNode:
        settings = libsbml.L3ParserSettings()
        settings.setModel(self._model)
        settings.setParseUnits(False)  # otherwise `2 A` is a number, with A for its unit
        math = libsbml.parseL3FormulaWithSettings(formula, settings)
        if math is None:
            problem = libsbml.getLastParseL3Error() or "a formula is missing"
            raise FormulaError(f"{where}: {problem}")
        defined = self._model.getListOfFunctionDefinitions()
        functions = {item.getId(): item.getMath() for item in defined if item.isSetMath()}
        for call in _calls(math):
            if call not in functions:
                known = suggestion(call, [*functions, *_FUNCTIONS])
                raise FormulaError(f"{where}: the model has no function {call!r}{known}")
        try:
            read = parse(math, functions)
        except UnsupportedMath as error:
            raise FormulaError(f"{where}: {error}") from error
        known = [item.getId() for item in self._quantities()]
        for node in read.walk():
            if node.op in ("name", "rateOf") and node.value not in known:
                raise FormulaError(
                    f"{where}: the model has no {node.value!r}{suggestion(node.value, known)}"
                )
        return math

    def _quantities(self) -> Iterator[libsbml.SBase]:
        """Yield all that a formula may name."""
        model = self._model
        yield from model.getListOfCompartments()
        yield from model.getListOfSpecies()
        yield from model.getListOfParameters()
        for reaction in model.getListOfReactions():
            yield reaction
            for reference in (*reaction.getListOfReactants(), *reaction.getListOfProducts()):
                if reference.getId():
                    yield reference

    def _unit_of(self, item: libsbml.SBase) -> Unit | None:
        if isinstance(item, libsbml.Species):
            return self._unit_of_species(item)
        if isinstance(item, libsbml.Compartment):
            space = _SPACE.get(item.getSpatialDimensions(), "")
            return self._unit(item.getUnits() or self._by_default(space))
        if isinstance(item, libsbml.Reaction):
            extent = self._unit(self._model.getExtentUnits() or self._by_default("substance"))
            return extent.per(self.time_unit) if extent and self.time_unit else None
        if isinstance(item, libsbml.SpeciesReference):
            return Unit(1.0)
        return self._unit(item.getUnits())

    def _unit_of_species(self, item: libsbml.Species) -> Unit | None:
        given = item.getSubstanceUnits() or self._by_default("substance")
        amount = self._unit(given)
        if amount is None or not self.is_concentration(item.getId()):
            return amount
        space = self._unit_of(self._model.getCompartment(item.getCompartment()))
        return amount.per(space) if space else None

    def _by_default(self, quantity: str) -> str:
        """Return the id of the unit that a model, or its level, gives to a kind of quantity."""
        if self.document.getLevel() < _LEVEL_3:
            return quantity
        given = {
            "substance": self._model.getSubstanceUnits,
            "volume": self._model.getVolumeUnits,
            "area": self._model.getAreaUnits,
            "length": self._model.getLengthUnits,
            "time": self._model.getTimeUnits,
        }
        return given[quantity]() if quantity in given else ""

    def _unit(self, identifier: str) -> Unit | None:
        definition = self._model.getUnitDefinition(identifier)
        if definition is not None:
            return _defined(definition)
        if libsbml.UnitKind_forName(identifier) != libsbml.UNIT_KIND_INVALID:
            return Unit(1.0, () if identifier == "dimensionless" else ((identifier, 1.0),))
        return _PREDEFINED.get(identifier)


_LEVEL_3 = 3

#: Functions to think of when a name is misspelt.
_FUNCTIONS = ("abs", "ceil", "exp", "floor", "ln", "log10", "max", "min", "piecewise", "sqrt")


def _calls(math: libsbml.ASTNode) -> Iterator[str]:
    """Yield the functions that a formula calls and libSBML does not know."""
    if math.getType() == libsbml.AST_FUNCTION:
        yield math.getName()
    for index in range(math.getNumChildren()):
        yield from _calls(math.getChild(index))


def _defined(definition: libsbml.UnitDefinition) -> Unit:
    factor, parts = 1.0, []
    for item in definition.getListOfUnits():
        power = item.getExponentAsDouble()
        factor *= (item.getMultiplier() * 10 ** item.getScale()) ** power
        kind = libsbml.UnitKind_toString(item.getKind())
        if kind != "dimensionless":
            parts.append((kind, power))
    return Unit(factor, tuple(parts))


def without_rules(sbml: str, ids: Iterable[str]) -> str:
    """Write a model with plain parameters in place of some assignment rules.

    Parameters
    ----------
    sbml : str
    ids : iterable of str
        Parameters that follow rules; their value is 0 then.
    """
    document = libsbml.readSBMLFromString(sbml)
    model = document.getModel()
    for identifier in ids:
        model.removeRuleByVariable(identifier)
        model.getParameter(identifier).setValue(0)
    return libsbml.writeSBMLToString(document)


def with_values(sbml: str, values: Mapping[str, float]) -> str:
    """Write a model with other values of some parameters."""
    document = libsbml.readSBMLFromString(sbml)
    for identifier, value in values.items():
        document.getModel().getParameter(identifier).setValue(value)
    return libsbml.writeSBMLToString(document)


@lru_cache(maxsize=64)
def read_network(sbml: str) -> Network:
    """Read a model from SBML text.

    Parameters
    ----------
    sbml
        The text. Reading the same text again costs nothing.

    Raises
    ------
    nkreview.sbml.read.ModelFileError
        If the text is not valid SBML, or requires a package that is not supported.
    """
    check_sbml(sbml)
    return Network(libsbml.readSBMLFromString(sbml))


#: Packages that change nothing here, at least as long as their functions do not occur.
_UNDERSTOOD = {"comp", "distrib", "groups", "l3v2extendedmath", "layout", "render"}


def _flatten(document: libsbml.SBMLDocument) -> None:
    """Put submodels in the place of their references, and refuse packages not known here."""
    if document.getPlugin("comp") is not None:
        properties = libsbml.ConversionProperties()
        properties.addOption("flatten comp", True)
        properties.addOption("performValidation", False)
        if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
            raise ModelFileError(
                "The model uses the package 'comp' and could not be flattened. "
                "Flatten it first, for instance with libSBML."
            )
    _check_packages(document)


def _check_packages(document: libsbml.SBMLDocument) -> None:
    if document.getLevel() < _LEVEL_3:
        return  # no packages there, though libSBML reports some
    for index in range(document.getNumPlugins()):
        package = document.getPlugin(index).getPackageName()
        if document.getPackageRequired(package) and package not in _UNDERSTOOD:
            raise ModelFileError(f"The model requires the SBML package {package!r}: not supported.")
