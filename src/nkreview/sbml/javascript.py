"""Turn a model into a JavaScript module.

What the JavaScript cannot do exactly is refused: `ExportError` names the construct.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from nkreview.sbml.chance import Changes, NoCountsError, changes, check_times
from nkreview.sbml.expression import Expr, UnsupportedMath, number
from nkreview.sbml.network import Unit, read_network
from nkreview.sbml.system import Event, ExportError, Symbol, System, read_system
from nkreview.sbml.to_js import JS_HELPERS, to_js

_KINDS = {"lt": 0, "leq": 1, "gt": 2, "geq": 3, "eq": 4, "floor": 5, "ceiling": 6, "quotient": 7}


_CONSTANT, _LINEAR, _OTHER = range(3)


class _Switches:
    """The places at which rates can jump.

    During a step the solver holds each at one value, so that what it integrates is smooth.
    When one depends on time alone, and linearly, the solver computes at which time it changes;
    the others it watches.
    """

    def __init__(self, model: System) -> None:
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
    return left if right == number(0) else Expr("minus", (left, right))


class _Scope:
    """The body of one generated function: the quantities it needs, each after those it uses."""

    def __init__(
        self, writer: _Writer, switches: _Switches | None = None, initial: bool = False
    ) -> None:
        self.writer, self.model, self.switches = writer, writer.model, switches
        self.initial = initial
        self.fixed = {} if initial else writer.fixed
        self.lines: list[str] = []
        self._known: dict[str, str] = {}
        self._open: list[str] = []

    def js(self, expr: Expr, boolean: bool = False) -> str:
        try:
            return to_js(
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
        if identifier in self.fixed:
            return f"p[{self.fixed[identifier]}]"
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
            amount = to_js(number(symbol.amount), {})
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

    def __init__(self, model: System, units: dict[str, Unit]) -> None:
        self.model, self.units = model, units
        self.switches = _Switches(model)
        settable = [symbol for symbol in model.symbols.values() if symbol.role != "rule"]
        # Constants come first, so that one number tells how many there are.
        settable.sort(key=lambda symbol: not symbol.is_plain)
        self.constants = sum(symbol.is_plain for symbol in settable)
        self.settable = settable
        self.slots = {symbol.id: index for index, symbol in enumerate(settable)}
        self.states = [symbol for symbol in settable if symbol.role == "ode"]
        self.state_slots = {symbol.id: index for index, symbol in enumerate(self.states)}
        # What follows from constants alone is computed once a run, and kept behind them.
        self.fixed = {identifier: len(settable) + i for i, identifier in enumerate(model.fixed)}
        self.outputs = [
            symbol.id
            for symbol in model.symbols.values()
            if symbol.kind != "local" and not symbol.is_plain
        ]

    def stored(self, symbol: Symbol) -> str:
        if symbol.id in self.state_slots:
            return f"y[{self.state_slots[symbol.id]}]"
        return f"p[{self.slots[symbol.id]}]"

    def module(self, source: str) -> str:
        rates = self.rates()
        triggers = self.triggers()
        chance = self.chance()
        clock, margins, kinds, clocks, texts = self.margins()
        parts = [
            f"id:{json.dumps(self.model.id)}",
            f"name:{json.dumps(self.model.name)}",
            f"source:{json.dumps(source)}",
            f"ids:{_json([symbol.id for symbol in self.settable])}",
            f"defaults:[{','.join([_number(s.value) for s in self.settable] + self.room())}]",
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
            chance,
            f"clock(t,p,s,g){clock}",
            f"margins(t,y,p,s,g){margins}",
            f"triggers(t,y,p,s,b){triggers}",
            f"observe(t,y,p,o){self.observe()}",
            "events:[" + ",".join(f"\n{self.event(event)}" for event in self.model.events) + "]",
        ]
        body = "export default {\n" + ",\n".join(parts) + "\n};\n"
        helpers = [code for helper, code in JS_HELPERS.items() if _calls(body, helper)]
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
        return _block(scope.lines + self.once() + states + others)

    def once(self) -> list[str]:
        """Write what follows from constants alone into the room behind them."""
        scope = _Scope(self)
        scope.fixed = {}
        ends = [f"p[{slot}]={scope.ref(identifier)};" for identifier, slot in self.fixed.items()]
        return ["{", *scope.lines, *ends, "}"] if ends else []

    def room(self) -> list[str]:
        return ["0"] * len(self.fixed)

    def rates(self) -> str:
        scope = _Scope(self, self.switches)
        ends = [
            f"d[{index}]={scope.js(self.model.rate(symbol.id))};"
            for index, symbol in enumerate(self.states)
        ]
        return _block(scope.lines + ends)

    def chance(self) -> str:
        """Write the reactions as chances, or why the model cannot be run so.

        The margins are printed here as well, because that is how the conditions in them are found.
        """
        try:
            steps, body = self.chances()
        except NoCountsError as error:
            return f"chance:null,\nwhyNot:{json.dumps(str(error))}"
        flat = [[number for change in found for number in change] for found in steps.values()]
        return (
            f"chance:{{reactions:{_json(list(steps))},\nchanges:{_json(flat)},\n"
            f"chances(t,y,p,s,a){body}}}"
        )

    def chances(self) -> tuple[Changes, str]:
        steps = changes(self.states, self.model.reactions, self.units)
        scope = _Scope(self, self.switches)
        ends = [f"a[{index}]={scope.ref(reaction)};" for index, reaction in enumerate(steps)]
        self.margins()
        found = self.switches.found
        watched = [margin for margin in found if self.switches.order(margin[1]) != _LINEAR]
        check_times(self.model, steps, [(m, _condition(k, m)) for k, m in watched])
        return steps, _block(scope.lines + ends)

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
        saved, rescaled = self.rescaling(event, before)
        return _block(before.lines + saved + amounts + others + rescaled)

    def rescaling(self, event: Event, before: _Scope) -> tuple[list[str], list[str]]:
        """Keep the amounts of species that are held as concentrations when their volume jumps.

        Return the lines that save the volumes, and those that use them after the event.
        """
        scaled = [
            symbol
            for symbol in self.states
            if symbol.compartment
            and not symbol.as_amount
            and self.may_change(symbol.compartment, event)
        ]
        if not scaled:
            return [], []
        volumes = list(dict.fromkeys(symbol.compartment for symbol in scaled))
        saved = [f"const v{i}={before.ref(volume)};" for i, volume in enumerate(volumes)]
        after = _Scope(self)
        ends = [
            f"{self.stored(symbol)}*=v{volumes.index(symbol.compartment)}/"
            f"{after.ref(symbol.compartment)};"
            for symbol in scaled
        ]
        return saved, ["{", *after.lines, *ends, "}"]

    def may_change(self, compartment: str, event: Event) -> bool:
        symbol = self.model.symbols[compartment]
        return compartment in event.assign or symbol.role == "rule"


def _condition(kind: str, margin: Expr) -> str:
    text = to_js(margin, lambda identifier: identifier, time="time", rate_of=str)
    sign = {"lt": " < 0", "leq": " <= 0", "gt": " > 0", "geq": " >= 0", "eq": " = 0"}.get(kind)
    return text + sign if sign else f"{kind}({text})"


def _block(lines: list[str]) -> str:
    return "{" + "\n".join(lines) + "}"


def _json(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _number(value: float) -> str:
    return to_js(number(value), {})


def _calls(body: str, function: str) -> bool:
    return re.search(rf"(?<![\w.]){function}\(", body) is not None


def _uses_time(body: str) -> bool:
    return re.search(r"(?<![\w.])t(?!\w)", body) is not None


def check_chance(sbml: str) -> None:
    """Raise `NoCountsError` when chance cannot run a model; the message says why."""
    writer = _Writer(read_system(sbml), read_network(sbml).units)
    writer.triggers()
    writer.chances()


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
    return _Writer(read_system(sbml), read_network(sbml).units).module(source)
