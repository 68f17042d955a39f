"""Turn a model in SBML into a JavaScript module, equations or Antimony.

What the JavaScript cannot do exactly is refused: `ExportError` names the construct.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import antimony
import libsbml

from nkreview import formula
from nkreview.formula import Expr, UnsupportedMath
from nkreview.sbml import ModelFileError, check_sbml


class ExportError(ValueError):
    """A model holds something that cannot be exported exactly; the message names it."""


# --- Reading the model ----------------------------------------------------------------------


@dataclass(slots=True)
class Symbol:
    """A quantity of the model.

    Its `kind` is compartment, species, parameter, stoichiometry, or local (not for others to see).
    """

    id: str
    kind: str
    value: float
    constant: bool
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


_LEVEL_3 = 3
#: Packages that change nothing here, at least as long as their functions do not occur.
_UNDERSTOOD = {"comp", "distrib", "groups", "l3v2extendedmath", "layout", "render"}


class _Model:
    """What libSBML knows of the model, in the shape that the printers need."""

    def __init__(self, document: libsbml.SBMLDocument) -> None:
        _flatten(document)
        written = {item.getId() for item in document.getListOfAllElements()}
        _raise_level(document)
        self.document = document  # kept, because it owns what follows
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
            if symbol.kind == "stoichiometry" and symbol.id not in written:
                symbol.kind = "local"

    def parse(self, ast, where: str, bindings=None) -> Expr:
        try:
            return formula.parse(ast, self.functions, bindings)
        except UnsupportedMath as error:
            raise ExportError(f"{where}: {error}.") from error

    def _add(self, symbol: Symbol) -> Symbol:
        self.symbols[symbol.id] = symbol
        return symbol

    def _compartments(self) -> None:
        for item in self.source.getListOfCompartments():
            # Without a size a compartment counts as 1, as all simulators have it.
            size = item.getSize() if item.isSetSize() else 1.0
            self._add(Symbol(item.getId(), "compartment", size, item.getConstant()))

    def _species(self) -> None:
        for item in self.source.getListOfSpecies():
            compartment = self.source.getCompartment(item.getCompartment())
            flat = compartment.getSpatialDimensions() == 0 and not compartment.isSetSize()
            substance = item.getHasOnlySubstanceUnits() or flat
            symbol = self._add(Symbol(item.getId(), "species", float("nan"), item.getConstant()))
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
                    volume = formula.name(compartment.getId())
                    symbol.initial = Expr("times", (formula.number(symbol.value), volume))

    def _parameters(self) -> None:
        for item in self.source.getListOfParameters():
            value = item.getValue() if item.isSetValue() else float("nan")
            self._add(Symbol(item.getId(), "parameter", value, item.getConstant()))

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
                return formula.number(0)
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
            self._add(Symbol(local, "local", value, True))
            bindings[item.getId()] = formula.name(local)
        return self.parse(law.getMath(), f"Reaction {reaction.getId()!r}", bindings)

    def _reference(self, reaction: str, reference: libsbml.SpeciesReference, sign: int) -> None:
        where = f"Reaction {reaction!r}"
        identifier = reference.getId()
        if identifier:
            value = reference.getStoichiometry() if reference.isSetStoichiometry() else float("nan")
            self._add(Symbol(identifier, "stoichiometry", value, reference.getConstant()))
            stoichiometry = formula.name(identifier)
        elif reference.isSetStoichiometry():
            stoichiometry = formula.number(reference.getStoichiometry())
        else:
            raise ExportError(
                f"{where}: the stoichiometry of {reference.getSpecies()!r} is not given."
            )
        if sign < 0:
            stoichiometry = (
                formula.number(-stoichiometry.value)
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

    def knows(self, identifier: str) -> bool:
        return identifier in self.symbols or identifier in self.reactions

    def rate(self, identifier: str) -> Expr:
        """Return the rate of change of what the solver holds for a symbol."""
        symbol = self.symbols[identifier]
        if symbol.rule is not None:
            return symbol.rule
        total = _sum((factor, formula.name(reaction)) for factor, reaction in _net(symbol.changes))
        if symbol.factor and symbol.changes:
            total = Expr("times", (formula.name(symbol.factor), total))
        return total


def _net(changes: Iterable[tuple[Expr, str]]) -> list[tuple[Expr, str]]:
    """Add up the numbers by which one reaction takes a thing and makes it again."""
    numbers: dict[str, float] = {}
    others = []
    for factor, reaction in changes:
        if factor.op == "number":
            numbers[reaction] = numbers.get(reaction, 0) + factor.value
        else:
            others.append((factor, reaction))
    return [(formula.number(n), reaction) for reaction, n in numbers.items() if n] + others


def _sum(terms: Iterable[tuple[Expr, Expr]]) -> Expr:
    """Add up factor times term, with the signs that a reader expects."""
    total = None
    for factor, term in terms:
        negative = factor.op == "minus" or (factor.op == "number" and factor.value < 0)
        if factor.op == "number":
            factor = formula.number(abs(factor.value))
        elif negative:
            factor = factor.args[0]
        product = term if factor == formula.number(1) else Expr("times", (factor, term))
        if total is None:
            total = Expr("minus", (product,)) if negative else product
        else:
            total = Expr("minus" if negative else "plus", (total, product))
    return total or formula.number(0)


def _read(sbml: str) -> _Model:
    document = libsbml.readSBMLFromString(sbml)
    try:
        check_sbml(sbml)
    except ModelFileError as error:
        if document.getModel() is not None:
            # Where we know better than libSBML what is wrong, say that.
            with suppress(KeyError, AttributeError):
                _Model(document)
        raise ExportError(str(error)) from error
    return _Model(document)


def _flatten(document: libsbml.SBMLDocument) -> None:
    """Put submodels in the place of their references, and refuse packages not known here."""
    if document.getPlugin("comp") is not None:
        properties = libsbml.ConversionProperties()
        properties.addOption("flatten comp", True)
        properties.addOption("performValidation", False)
        if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
            raise ExportError(
                "The model uses the package 'comp' and could not be flattened. "
                "Flatten it first, for instance with libSBML."
            )
    _check_packages(document)


def _raise_level(document: libsbml.SBMLDocument) -> None:
    """Make levels 1 and 2 level 3, whose attributes say what lower levels imply."""
    if document.getLevel() < _LEVEL_3 and not document.setLevelAndVersion(3, 1, False, True):
        first = document.getError(document.getNumErrors() - 1).getMessage()
        raise ExportError(f"The model could not be converted to SBML level 3: {first.strip()}")


def _check_packages(document: libsbml.SBMLDocument) -> None:
    if document.getLevel() < _LEVEL_3:
        return  # no packages there, though libSBML reports some
    for index in range(document.getNumPlugins()):
        package = document.getPlugin(index).getPackageName()
        if document.getPackageRequired(package) and package not in _UNDERSTOOD:
            raise ExportError(f"The model requires the SBML package {package!r}: not supported.")
    for index in range(document.getNumUnknownPackages()):
        prefix = document.getUnknownPackagePrefix(index)
        if document.getUnknownPackageRequired(index):
            raise ExportError(f"The model requires the SBML package {prefix!r}: not supported.")


# --- JavaScript -----------------------------------------------------------------------------

_KINDS = {"lt": 0, "leq": 1, "gt": 2, "geq": 3, "eq": 4, "floor": 5, "ceiling": 6, "quotient": 7}
_CONSTANT, _LINEAR, _OTHER = range(3)


class _Switches:
    """The places at which rates can jump.

    During a step the solver holds each at one value, so that what it integrates is smooth.
    When one depends on time alone, and linearly, the solver computes at which time it changes;
    the others it watches.
    """

    def __init__(self, model: _Model) -> None:
        self.model = model
        self.found: dict[tuple[str, Expr], int] = {}
        self._orders: dict[str, int] = {}

    def hold(self, expr: Expr) -> str | None:
        """Return what stands for a subformula during a step, or None when it cannot jump."""
        kind = "eq" if expr.op == "neq" else expr.op
        margin = _margin(expr)
        if self.order(margin) == _CONSTANT:
            return None
        held = f"s[{self.found.setdefault((kind, margin), len(self.found))}]"
        # An equality is held as the sign of the difference, so that a crossing is seen.
        return {"eq": f"({held}===0)", "neq": f"({held}!==0)"}.get(expr.op, held)

    def order(self, expr: Expr) -> int:
        """Tell how a formula depends on time while the switches are held."""
        op = expr.op
        if op == "name":
            return self._order_of(expr.value)
        if op == "time":
            return _LINEAR
        if op == "rateOf":
            return _OTHER
        if op in _KINDS or op in ("neq", "and", "or", "xor", "not", "implies"):
            return _CONSTANT
        orders = [self.order(arg) for arg in expr.args]
        if op in ("plus", "minus", "abs", "min", "max", "rem"):
            # With bends in time held as well, see _Scope.bend.
            return max(orders, default=_CONSTANT)
        if op == "times":
            return min(sum(orders), _OTHER)
        if op == "divide":
            return _OTHER if orders[1] else orders[0]
        if op == "piecewise":
            return max(orders[0::2])
        return _OTHER if any(orders) else _CONSTANT

    def _order_of(self, identifier: str) -> int:
        if identifier not in self._orders:
            self._orders[identifier] = _OTHER  # a circle is reported where it is printed
            self._orders[identifier] = self._compute(identifier)
        return self._orders[identifier]

    def _compute(self, identifier: str) -> int:
        if identifier in self.model.reactions:
            return self.order(self.model.reactions[identifier])
        symbol = self.model.symbols[identifier]
        if symbol.role == "rule":
            return self.order(symbol.rule)
        if symbol.role == "ode":
            return _OTHER
        if symbol.as_amount and self._order_of(symbol.compartment):
            return _OTHER
        return _CONSTANT


def _margin(expr: Expr) -> Expr:
    """Return the quantity whose sign, or whose rounding, decides a switch."""
    if expr.op == "quotient":
        return Expr("divide", expr.args)
    if expr.op in ("floor", "ceiling"):
        return expr.args[0]
    left, right = expr.args
    return left if right == formula.number(0) else Expr("minus", (left, right))


class _Scope:
    """The body of one generated function: the quantities it needs, each after those it uses."""

    def __init__(
        self, writer: _Writer, switches: _Switches | None = None, initial: bool = False
    ) -> None:
        self.writer, self.model, self.switches = writer, writer.model, switches
        self.initial = initial
        self.lines: list[str] = []
        self._known: dict[str, str] = {}
        self._open: list[str] = []

    def js(self, expr: Expr, boolean: bool = False) -> str:
        try:
            return formula.to_js(
                expr,
                self.ref,
                time="0" if self.initial else "t",
                rate_of=self.rate_of,
                switch=self.switch if self.switches else None,
                boolean=boolean,
            )
        except UnsupportedMath as error:
            raise ExportError(f"{error}.") from error

    def switch(self, expr: Expr) -> str | None:
        if expr.op in ("abs", "min", "max"):
            return self.bend(expr)
        return self.switches.hold(expr)

    def bend(self, expr: Expr) -> str | None:
        """Write a bend at a computable time as a choice; leave others to the error control."""
        if self.switches.order(expr) != _LINEAR:
            return None
        first, *rest = expr.args
        if expr.op == "abs":
            rest = [Expr("minus", (first,))]
        relation = "leq" if expr.op == "min" else "geq"
        for other in rest:
            first = Expr("piecewise", (first, Expr(relation, (first, other)), other))
        return f"({self.js(first)})"

    def ref(self, identifier: str) -> str:
        """Return the text that stands for a symbol, after writing what it needs."""
        return self._once(identifier, lambda: self._define(identifier))

    def rate_of(self, identifier: str) -> str:
        """Return the text that stands for the rate of change of a symbol."""
        return self._once(f"rateOf({identifier})", lambda: self._define_rate(identifier))

    def _once(self, key: str, define: Callable[[], str]) -> str:
        if key not in self._known:
            if key in self._open:
                circle = " → ".join([*self._open[self._open.index(key) :], key])
                raise ExportError(f"These depend on each other in a circle: {circle}.")
            self._open.append(key)
            self._known[key] = define()
            self._open.pop()
        return self._known[key]

    def _const(self, variable: str, text: str) -> str:
        self.lines.append(f"const {variable}={text};")
        return variable

    def _define(self, identifier: str) -> str:
        if identifier in self.model.reactions:
            return self._const(f"_{identifier}", self.js(self.model.reactions[identifier]))
        symbol = self.model.symbols[identifier]
        if symbol.role == "rule":
            return self._const(f"_{identifier}", self.js(symbol.rule))
        if self.initial:
            return self._define_initial(symbol)
        stored = self.writer.stored(symbol)
        if symbol.as_amount:
            return self._const(f"_{identifier}", f"{stored}/{self.ref(symbol.compartment)}")
        return stored

    def _define_initial(self, symbol: Symbol) -> str:
        slot = self.writer.slots[symbol.id]
        start = None
        if symbol.initial is not None:
            start = self.js(symbol.initial)
        elif symbol.compartment and symbol.amount is not None:
            amount = formula.to_js(formula.number(symbol.amount), {})
            start = f"{amount}/{self.ref(symbol.compartment)}"
        if start is not None:
            self.lines.append(f"if(!set[{slot}])p[{slot}]={start};")
        return f"p[{slot}]"

    def _define_rate(self, identifier: str) -> str:
        symbol = self.model.symbols.get(identifier)
        if symbol is None or symbol.role == "rule":
            raise ExportError(
                f"rateOf({identifier}) is not supported: {identifier!r} is not set by a rate rule "
                "or by reactions."
            )
        rate = self.js(self.model.rate(identifier)) if symbol.role == "ode" else "0"
        if symbol.as_amount:
            space = self.model.symbols[symbol.compartment]
            growth = self.rate_of(space.id)  # refuses a volume that follows an assignment rule
            if growth != "0":
                rate = f"{rate}-{self.ref(identifier)}*{growth}"
            rate = f"({rate})/{self.ref(space.id)}"
        return "0" if rate == "0" else self._const(f"d_{identifier}", rate)

    def amount(self, identifier: str, value: str) -> str:
        """Return what the solver holds when the symbol is to have `value`."""
        symbol = self.model.symbols[identifier]
        return f"{value}*{self.ref(symbol.compartment)}" if symbol.as_amount else value


class _Writer:
    """Writes the JavaScript module of one model."""

    def __init__(self, model: _Model) -> None:
        self.model = model
        self.switches = _Switches(model)
        settable = [symbol for symbol in model.symbols.values() if symbol.role != "rule"]
        # Constants come first, so that one number tells how many there are.
        settable.sort(key=lambda symbol: not _is_plain(symbol))
        self.constants = sum(map(_is_plain, settable))
        self.settable = settable
        self.slots = {symbol.id: index for index, symbol in enumerate(settable)}
        self.states = [symbol for symbol in settable if symbol.role == "ode"]
        self.state_slots = {symbol.id: index for index, symbol in enumerate(self.states)}
        self.outputs = [
            symbol.id
            for symbol in model.symbols.values()
            if symbol.kind != "local" and not _is_plain(symbol)
        ]

    def stored(self, symbol: Symbol) -> str:
        if symbol.id in self.state_slots:
            return f"y[{self.state_slots[symbol.id]}]"
        return f"p[{self.slots[symbol.id]}]"

    def module(self, source: str) -> str:
        rates = self.rates()
        triggers = self.triggers()
        clock, margins, kinds, clocks, texts = self.margins()
        parts = [
            f"id:{json.dumps(self.model.id)}",
            f"name:{json.dumps(self.model.name)}",
            f"source:{json.dumps(source)}",
            f"ids:{_json([symbol.id for symbol in self.settable])}",
            f"defaults:[{','.join(_number(symbol.value) for symbol in self.settable)}]",
            f"constants:{self.constants}",
            f"rules:{_json([i for i, s in self.model.symbols.items() if s.role == 'rule'])}",
            f"states:{_json([symbol.id for symbol in self.states])}",
            f"outputs:{_json(self.outputs)}",
            f"timed:{_json(_uses_time(rates))}",
            f"kinds:{_json(kinds)}",
            f"clocks:{_json(clocks)}",
            f"conditions:{_json(texts)}",
            f"init(p,set,y,w){self.init()}",
            f"rates(t,y,p,s,d){rates}",
            f"clock(t,p,s,g){clock}",
            f"margins(t,y,p,s,g){margins}",
            f"triggers(t,y,p,s,b){triggers}",
            f"observe(t,y,p,o){self.observe()}",
            "events:[" + ",".join(f"\n{self.event(event)}" for event in self.model.events) + "]",
        ]
        body = "export default {\n" + ",\n".join(parts) + "\n};\n"
        helpers = [code for helper, code in formula.JS_HELPERS.items() if _calls(body, helper)]
        intro = f"// {self.model.name}: generated from {source}. Run it with solver.js."
        return "\n".join([" ".join(intro.split()), *helpers, body])

    def init(self) -> str:
        scope = _Scope(self, initial=True)
        for symbol in self.settable:
            scope.ref(symbol.id)
        states, others = [], []
        for symbol in self.settable:
            slot = self.slots[symbol.id]
            held = scope.amount(symbol.id, f"p[{slot}]")
            if symbol.as_amount and symbol.initial is None and symbol.amount is not None:
                # Exact, and right for a compartment without size.
                held = f"set[{slot}]?{held}:{_number(symbol.amount)}"
            if symbol.role == "ode":
                states.append(f"{self.stored(symbol)}={held};")
                if symbol.as_amount:
                    volume = scope.ref(symbol.compartment)
                    states.append(f"w[{self.state_slots[symbol.id]}]={volume};")
            elif symbol.as_amount:
                others.append(f"p[{slot}]={held};")
        return _block(scope.lines + states + others)

    def rates(self) -> str:
        scope = _Scope(self, self.switches)
        ends = [
            f"d[{index}]={scope.js(self.model.rate(symbol.id))};"
            for index, symbol in enumerate(self.states)
        ]
        return _block(scope.lines + ends)

    def triggers(self) -> str:
        scope = _Scope(self, self.switches)
        ends = [
            f"b[{index}]={scope.js(event.trigger, boolean=True)};"
            for index, event in enumerate(self.model.events)
        ]
        return _block(scope.lines + ends)

    def margins(self) -> tuple[str, str, list[int], list[int], list[str]]:
        scopes = {clock: _Scope(self, self.switches) for clock in (True, False)}
        ends: dict[bool, list[str]] = {True: [], False: []}
        kinds, clocks, texts = [], [], []
        found = self.switches.found
        # Printing a margin may find further switches inside it.
        while len(kinds) < len(found):
            kind, margin = list(found)[len(kinds)]
            clock = self.switches.order(margin) == _LINEAR
            ends[clock].append(f"g[{len(kinds)}]={scopes[clock].js(margin)};")
            if clock:
                clocks.append(len(kinds))
            kinds.append(_KINDS[kind])
            texts.append(_condition(kind, margin))
        bodies = (_block(scopes[clock].lines + ends[clock]) for clock in (True, False))
        return *bodies, kinds, clocks, texts

    def observe(self) -> str:
        scope = _Scope(self)
        ends = [
            f"o[{index}]={scope.ref(identifier)};" for index, identifier in enumerate(self.outputs)
        ]
        return _block(scope.lines + ends)

    def event(self, event: Event) -> str:
        parts = [
            f"id:{json.dumps(event.id)}",
            f"initial:{_json(event.initial)}",
            f"persistent:{_json(event.persistent)}",
            f"atTrigger:{_json(event.at_trigger)}",
            f"count:{len(event.assign)}",
            f"values(t,y,p,o){self.event_values(event)}",
            f"apply(t,y,p,o){self.event_apply(event)}",
        ]
        for key, expr in (("delay", event.delay), ("priority", event.priority)):
            if expr is not None:
                scope = _Scope(self)
                result = f"return {scope.js(expr)};"
                parts.append(f"{key}(t,y,p){_block([*scope.lines, result])}")
        return "{" + ",".join(parts) + "}"

    def event_values(self, event: Event) -> str:
        scope = _Scope(self)
        ends = [f"o[{index}]={scope.js(expr)};" for index, expr in enumerate(event.assign.values())]
        return _block(scope.lines + ends)

    def event_apply(self, event: Event) -> str:
        """Write the new values.

        A concentration is turned into an amount with the volume before the event, even when the
        event changes the volume too: both assignments refer to the same state of the model.
        """
        before = _Scope(self)
        amounts, others = [], []
        for index, target in enumerate(event.assign):
            symbol = self.model.symbols[target]
            value = before.amount(target, f"o[{index}]")
            (amounts if symbol.as_amount else others).append(f"{self.stored(symbol)}={value};")
        # Species that are held as concentrations keep their amounts when the volume jumps.
        scaled = [
            symbol
            for symbol in self.states
            if symbol.compartment
            and not symbol.as_amount
            and self.may_change(symbol.compartment, event)
        ]
        volumes = list(dict.fromkeys(symbol.compartment for symbol in scaled))
        saved = [f"const v{i}={before.ref(volume)};" for i, volume in enumerate(volumes)]
        lines = before.lines + saved + amounts + others
        if scaled:
            after = _Scope(self)
            ends = [
                f"{self.stored(symbol)}*=v{volumes.index(symbol.compartment)}/"
                f"{after.ref(symbol.compartment)};"
                for symbol in scaled
            ]
            lines += ["{", *after.lines, *ends, "}"]
        return _block(lines)

    def may_change(self, compartment: str, event: Event) -> bool:
        symbol = self.model.symbols[compartment]
        return compartment in event.assign or symbol.role == "rule"


def _is_plain(symbol: Symbol) -> bool:
    return symbol.role == "constant" and symbol.kind in (
        "compartment",
        "parameter",
        "stoichiometry",
    )


def _condition(kind: str, margin: Expr) -> str:
    text = formula.to_js(margin, lambda identifier: identifier, time="time", rate_of=str)
    sign = {"lt": " < 0", "leq": " <= 0", "gt": " > 0", "geq": " >= 0", "eq": " = 0"}.get(kind)
    return text + sign if sign else f"{kind}({text})"


def _block(lines: list[str]) -> str:
    return "{" + "\n".join(lines) + "}"


def _json(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _number(value: float) -> str:
    return formula.to_js(formula.number(value), {})


def _calls(body: str, function: str) -> bool:
    return re.search(rf"(?<![\w.]){function}\(", body) is not None


def _uses_time(body: str) -> bool:
    return re.search(r"(?<![\w.])t(?!\w)", body) is not None


def to_javascript(sbml: str, source: str = "an SBML model") -> str:
    """Write a model as a JavaScript module for `solver.js`.

    Parameters
    ----------
    sbml
        The model as SBML text.
    source
        Where the model comes from, for the reader of the module.

    Returns
    -------
    str
        The text of an ES module whose default export is the model.

    Raises
    ------
    ExportError
        If the model holds something that cannot be solved exactly; the message names it.
    """
    return _Writer(_read(sbml)).module(source)


def to_antimony(sbml: str) -> str:
    """Write a model as Antimony."""
    antimony.clearPreviousLoads()
    antimony.freeAll()
    if antimony.loadSBMLString(sbml) < 0:
        raise ExportError(f"Antimony cannot express this model: {antimony.getLastError()}")
    return antimony.getAntimonyString(None)


# --- Equations ------------------------------------------------------------------------------


def equations(sbml: str) -> list[tuple[str, str]]:
    """List the equations of a model as LaTeX.

    Parameters
    ----------
    sbml
        The model as SBML text.

    Returns
    -------
    list of (str, str)
        Left and right-hand sides, each right-hand side with its sign: rates of the reactions,
        differential equations, assignments, and what events set, with the moment.

    Raises
    ------
    ExportError
        If the model holds something that cannot be exported.
    """
    model = _read(sbml)
    rates = {identifier: f"v_{{{_index(identifier)}}}" for identifier in model.reactions}

    def latex(expr: Expr) -> str:
        try:
            return formula.to_latex(expr, rates)
        except UnsupportedMath as error:
            raise ExportError(f"{error}.") from error

    rows = [(rates[identifier], f"= {latex(expr)}") for identifier, expr in model.reactions.items()]
    for symbol in model.symbols.values():
        left = formula.latex_name(symbol.id)
        if symbol.role == "ode":
            space = model.symbols.get(symbol.compartment or "")
            if symbol.as_amount and not (space.role == "constant" and space.value == 1):
                left = rf"\left({formula.latex_name(space.id)}\,{left}\right)"
            rate = latex(model.rate(symbol.id))
            rows.append((rf"\frac{{\mathrm{{d}}{left}}}{{\mathrm{{d}}t}}", f"= {rate}"))
        elif symbol.role == "rule":
            rows.append((left, f"= {latex(symbol.rule)}"))
        if symbol.initial is not None:
            rows.append((rf"{left}\left(0\right)", f"= {latex(symbol.initial)}"))
    for event in model.events:
        moment = rf"\text{{when }} {latex(event.trigger)}"
        if event.delay is not None:
            moment += rf"\text{{, after }} {latex(event.delay)}"
        for target, value in event.assign.items():
            left = formula.latex_name(target)
            rows.append((left, rf"\leftarrow {latex(value)} \quad {moment}"))
    return rows


def _index(identifier: str) -> str:
    words = [word for word in identifier.split("_") if word]
    return "\\mathrm{" + r"\,".join(words) + "}"


def to_latex(sbml: str) -> str:
    """Write the equations of a model as an aligned LaTeX environment, to stand inside `$$`."""
    rows = [f"{left} &{right}" for left, right in equations(sbml)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
