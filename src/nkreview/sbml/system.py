"""A model as a dynamical system: its symbols, reactions, rules and events, as small trees."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import libsbml

from nkreview.sbml.expression import Expr, UnsupportedMath, name, number, parse
from nkreview.sbml.network import Network, read_network
from nkreview.sbml.read import ModelFileError


class ExportError(ValueError):
    """A model holds something that cannot be exported exactly; the message names it."""


@dataclass(slots=True)
class Symbol:
    """A quantity of the model.

    Its `kind` is compartment, species, parameter, stoichiometry, or local (not for others to see).
    """

    id: str
    kind: str
    value: float
    role: str = "constant"  # constant, discrete (changed by events), ode, or rule
    initial: Expr | None = None  # initial assignment
    rule: Expr | None = None  # assignment rule or rate rule
    # Species only.
    compartment: str | None = None  # set when the symbol is a concentration
    amount: float | None = None  # the initial amount, when that is what the model gives
    fixed: bool = False  # not changed by reactions
    factor: str | None = None  # conversion factor
    as_amount: bool = False  # the solver holds the amount, the symbol is a concentration
    changes: list[tuple[Expr, str]] = field(default_factory=list)  # stoichiometry, reaction

    @property
    def is_plain(self) -> bool:
        """Whether it is a number that nothing in the model changes, and that others may see."""
        return self.role == "constant" and self.kind in (
            "compartment",
            "parameter",
            "stoichiometry",
        )


@dataclass(slots=True)
class Event:
    """An event: `assign` maps what it sets to the formula of the new value."""

    id: str
    trigger: Expr
    delay: Expr | None
    priority: Expr | None
    persistent: bool
    initial: bool
    at_trigger: bool
    assign: dict[str, Expr]


class System:
    """What the printers need of a model."""

    def __init__(self, network: Network) -> None:
        self.document = _in_level_3(network.document)  # kept, because it owns what follows
        source = self.document.getModel()
        self.source = source
        self.id = source.getId() or "model"
        self.name = source.getName() or self.id
        self.symbols: dict[str, Symbol] = {}
        self.reactions: dict[str, Expr] = {}
        self.events: list[Event] = []
        self.functions = {
            item.getId(): item.getMath()
            for item in source.getListOfFunctionDefinitions()
            if item.isSetMath()
        }
        self._compartments()
        self._species()
        self._parameters()
        self._reactions()
        self._initial_assignments()
        self._rules()
        self._events()
        self._roles()
        self._check_identifiers()
        for symbol in self.symbols.values():
            # libSBML makes up names for stoichiometries that level 3 gives by a rule.
            if symbol.kind == "stoichiometry" and symbol.id not in network.ids:
                symbol.kind = "local"

    def parse(self, ast, where: str, bindings=None) -> Expr:
        """Read a formula of the model; `where` names it in an error."""
        try:
            return parse(ast, self.functions, bindings)
        except UnsupportedMath as error:
            raise ExportError(f"{where}: {error}.") from error

    def _add(self, symbol: Symbol) -> Symbol:
        self.symbols[symbol.id] = symbol
        return symbol

    def _compartments(self) -> None:
        for item in self.source.getListOfCompartments():
            # Without a size a compartment counts as 1, as all simulators have it.
            size = item.getSize() if item.isSetSize() else 1.0
            self._add(Symbol(item.getId(), "compartment", size))

    def _species(self) -> None:
        for item in self.source.getListOfSpecies():
            compartment = self.source.getCompartment(item.getCompartment())
            flat = compartment.getSpatialDimensions() == 0 and not compartment.isSetSize()
            substance = item.getHasOnlySubstanceUnits() or flat
            symbol = self._add(Symbol(item.getId(), "species", float("nan")))
            symbol.fixed = item.getBoundaryCondition() or item.getConstant()
            symbol.compartment = None if substance else compartment.getId()
            symbol.factor = item.getConversionFactor() or self.source.getConversionFactor() or None
            if item.isSetInitialAmount():
                symbol.amount = item.getInitialAmount()
                if substance:
                    symbol.value = symbol.amount
            elif item.isSetInitialConcentration():
                symbol.value = item.getInitialConcentration()
                if substance:
                    volume = name(compartment.getId())
                    symbol.initial = Expr("times", (number(symbol.value), volume))

    def _parameters(self) -> None:
        for item in self.source.getListOfParameters():
            value = item.getValue() if item.isSetValue() else float("nan")
            self._add(Symbol(item.getId(), "parameter", value))

    def _reactions(self) -> None:
        for item in self.source.getListOfReactions():
            if item.isSetFast() and item.getFast():
                raise ExportError(
                    f'Reaction {item.getId()!r} is fast (fast="true"); fast reactions are not '
                    "supported. Give it an ordinary rate."
                )
            self.reactions[item.getId()] = self._rate(item)
        for item in self.source.getListOfReactions():
            for sign, references in (
                (-1, item.getListOfReactants()),
                (1, item.getListOfProducts()),
            ):
                for reference in references:
                    self._reference(item.getId(), reference, sign)

    def _rate(self, reaction: libsbml.Reaction) -> Expr:
        law = reaction.getKineticLaw()
        if law is None or not law.isSetMath():
            if reaction.getNumReactants() + reaction.getNumProducts() == 0:
                return number(0)
            raise ExportError(
                f"Reaction {reaction.getId()!r} has no rate law, so its speed is unknown. "
                "Give it a kinetic law."
            )
        bindings = {}
        for item in [*law.getListOfLocalParameters(), *law.getListOfParameters()]:
            local = f"{reaction.getId()}_{item.getId()}"
            while local in self.symbols or self.source.getElementBySId(local):
                local += "_"
            value = item.getValue() if item.isSetValue() else float("nan")
            self._add(Symbol(local, "local", value))
            bindings[item.getId()] = name(local)
        return self.parse(law.getMath(), f"Reaction {reaction.getId()!r}", bindings)

    def _reference(self, reaction: str, reference: libsbml.SpeciesReference, sign: int) -> None:
        where = f"Reaction {reaction!r}"
        identifier = reference.getId()
        if identifier:
            value = reference.getStoichiometry() if reference.isSetStoichiometry() else float("nan")
            self._add(Symbol(identifier, "stoichiometry", value))
            stoichiometry = name(identifier)
        elif reference.isSetStoichiometry():
            stoichiometry = number(reference.getStoichiometry())
        else:
            raise ExportError(
                f"{where}: the stoichiometry of {reference.getSpecies()!r} is not given."
            )
        if sign < 0:
            stoichiometry = (
                number(-stoichiometry.value)
                if stoichiometry.op == "number"
                else Expr("minus", (stoichiometry,))
            )
        species = self.symbols[reference.getSpecies()]
        if not species.fixed:
            species.changes.append((stoichiometry, reaction))

    def _initial_assignments(self) -> None:
        for item in self.source.getListOfInitialAssignments():
            if item.isSetMath():
                where = f"Initial assignment of {item.getSymbol()!r}"
                self.symbols[item.getSymbol()].initial = self.parse(item.getMath(), where)

    def _rules(self) -> None:
        for item in self.source.getListOfRules():
            if not item.isSetMath():
                continue
            if item.isAlgebraic():
                text = libsbml.formulaToL3String(item.getMath())
                raise ExportError(
                    f"The algebraic rule 0 = {text} is not supported. "
                    "Solve it for one variable and write an assignment rule."
                )
            symbol = self.symbols[item.getVariable()]
            symbol.rule = self.parse(item.getMath(), f"Rule of {symbol.id!r}")
            symbol.role = "rule" if item.isAssignment() else "ode"

    def _events(self) -> None:
        for index, item in enumerate(self.source.getListOfEvents()):
            identifier = item.getId() or f"event {index + 1}"
            where = f"Event {identifier!r}"

            def math(part, where=where) -> Expr | None:
                return self.parse(part.getMath(), where) if part and part.isSetMath() else None

            trigger = item.getTrigger()
            condition = math(trigger)
            if condition is None:
                continue  # without a condition an event never happens
            assign = {part.getVariable(): math(part) for part in item.getListOfEventAssignments()}
            self.events.append(
                Event(
                    identifier,
                    condition,
                    math(item.getDelay()),
                    math(item.getPriority()),
                    trigger.getPersistent(),
                    trigger.getInitialValue(),
                    item.getUseValuesFromTriggerTime(),
                    {target: value for target, value in assign.items() if value is not None},
                )
            )

    def _roles(self) -> None:
        assigned = {target for event in self.events for target in event.assign}
        for symbol in self.symbols.values():
            if symbol.role == "constant" and symbol.changes:
                symbol.role = "ode"
            elif symbol.role == "constant" and symbol.id in assigned:
                symbol.role = "discrete"
        for symbol in self.symbols.values():
            if symbol.compartment and symbol.role in ("constant", "discrete", "ode"):
                steady = self.symbols[symbol.compartment].role == "constant"
                # A rate rule gives the rate of the concentration, so that is what is held.
                symbol.as_amount = symbol.rule is None and (symbol.role == "ode" or not steady)

    def _check_identifiers(self) -> None:
        for where, expr in self._formulas():
            for node in expr.walk():
                if node.op in ("name", "rateOf") and not self.knows(node.value):
                    raise ExportError(f"{where}: {node.value!r} is not defined in the model.")

    def _formulas(self) -> Iterable[tuple[str, Expr]]:
        for symbol in self.symbols.values():
            for expr in (symbol.initial, symbol.rule, *(change[0] for change in symbol.changes)):
                if expr is not None:
                    yield f"The formula of {symbol.id!r}", expr
        for reaction, expr in self.reactions.items():
            yield f"Reaction {reaction!r}", expr
        for event in self.events:
            for expr in (event.trigger, event.delay, event.priority, *event.assign.values()):
                if expr is not None:
                    yield f"Event {event.id!r}", expr

    @cached_property
    def fixed(self) -> list[str]:
        """Ids of the assignment rules that rest on nothing but constants, also through others."""
        known: dict[str, bool] = {}
        return [i for i, s in self.symbols.items() if s.role == "rule" and self._holds(i, known)]

    def _holds(self, identifier: str, known: dict[str, bool]) -> bool:
        """Tell whether a quantity keeps the value that it has at the start, whatever happens."""
        if identifier not in known:
            known[identifier] = False  # rules that name each other in a circle
            symbol = self.symbols.get(identifier)
            known[identifier] = symbol is not None and (
                symbol.is_plain
                or (
                    symbol.role == "rule"
                    and not any(node.op in ("time", "rateOf") for node in symbol.rule.walk())
                    and all(
                        self._holds(n.value, known) for n in symbol.rule.walk() if n.op == "name"
                    )
                )
            )
        return known[identifier]

    def knows(self, identifier: str) -> bool:
        """Tell whether the model defines an identifier."""
        return identifier in self.symbols or identifier in self.reactions

    def rate(self, identifier: str) -> Expr:
        """Return the rate of change of what the solver holds for a symbol."""
        symbol = self.symbols[identifier]
        if symbol.rule is not None:
            return symbol.rule
        total = _sum((factor, name(reaction)) for factor, reaction in net_changes(symbol.changes))
        if symbol.factor and symbol.changes:
            total = Expr("times", (name(symbol.factor), total))
        return total


def net_changes(changes: Iterable[tuple[Expr, str]]) -> list[tuple[Expr, str]]:
    """Add up the numbers by which one reaction takes a thing and makes it again."""
    numbers: dict[str, float] = {}
    others = []
    for factor, reaction in changes:
        if factor.op == "number":
            numbers[reaction] = numbers.get(reaction, 0) + factor.value
        else:
            others.append((factor, reaction))
    return [(number(n), reaction) for reaction, n in numbers.items() if n] + others


def _sum(terms: Iterable[tuple[Expr, Expr]]) -> Expr:
    """Add up factor times term, with the signs that a reader expects."""
    total = None
    for factor, term in terms:
        negative = factor.op == "minus" or (factor.op == "number" and factor.value < 0)
        if factor.op == "number":
            factor = number(abs(factor.value))
        elif negative:
            factor = factor.args[0]
        product = term if factor == number(1) else Expr("times", (factor, term))
        if total is None:
            total = Expr("minus", (product,)) if negative else product
        else:
            total = Expr("minus" if negative else "plus", (total, product))
    return total or number(0)


@lru_cache(maxsize=16)
def read_system(sbml: str) -> System:
    """Read the mathematics of a model from SBML text.

    Raises
    ------
    ExportError
        If the model holds something that cannot be solved exactly; the message names it.
    """
    try:
        return System(read_network(sbml))
    except ModelFileError as error:
        document = libsbml.readSBMLFromString(sbml)
        if document.getModel() is not None:
            # Where we know better than libSBML what is wrong, say that.
            with suppress(KeyError, AttributeError, ModelFileError):
                System(Network(document))
        raise ExportError(str(error)) from error


def _in_level_3(document: libsbml.SBMLDocument) -> libsbml.SBMLDocument:
    """Make levels 1 and 2 level 3, whose attributes say what lower levels imply."""
    raised = document.clone()
    if raised.getLevel() < _LEVEL_3 and not raised.setLevelAndVersion(3, 1, False, True):
        first = raised.getError(raised.getNumErrors() - 1).getMessage()
        raise ExportError(f"The model could not be converted to SBML level 3: {first.strip()}")
    return raised


_LEVEL_3 = 3
