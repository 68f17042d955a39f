"""Print a formula as JavaScript."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

from nkreview.sbml.expression import (
    BOOLEAN,
    RELATIONS,
    Expr,
    UnsupportedMath,
    is_boolean,
    number,
    number_text,
    pieces,
)

#: Functions that JavaScript lacks, by the name under which `to_js` calls them.
JS_HELPERS = {
    "factorial": (
        "const factorial = (n) => {\n"
        "  if (!(n >= 0) || n !== Math.floor(n)) return NaN;\n"
        "  let product = 1;\n"
        "  for (let i = 2; i <= n && product < Infinity; i++) product *= i;\n"
        "  return product;\n"
        "};"
    ),
    "root": (
        "const root = (n, x) => (x < 0 && n % 2 !== 0 && n === Math.floor(n)"
        " ? -((-x) ** (1 / n)) : x ** (1 / n));"
    ),
}


_JS_FUNCTION = {
    **{op: f"Math.{op}" for op in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "abs")},
    **{op: f"Math.{op}" for op in ("exp", "floor", "max", "min")},
    **{f"arc{op}": f"Math.a{op}" for op in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "ceiling": "Math.ceil",
    "ln": "Math.log",
    "factorial": "factorial",
}


# 1/f(x) and f(1/x), by the function f.
_RECIPROCAL = {"sec": "cos", "csc": "sin", "cot": "tan", "sech": "cosh", "csch": "sinh"} | {
    "coth": "tanh"
}


_JS_CONSTANT = {
    "pi": "Math.PI",
    "exponentiale": "Math.E",
    "avogadro": "6.02214179e23",
    "true": "1",
    "false": "0",
}


_SIGN = {"lt": "<", "leq": "<=", "gt": ">", "geq": ">=", "eq": "===", "neq": "!=="}


#: How tightly the operators of JavaScript bind.
_ATOM, _POWER, _UNARY, _TIMES, _PLUS, _COMPARE, _EQUAL, _AND, _OR, _IF = range(20, 0, -2)


Lookup = Callable[[str], str] | Mapping[str, str]


def to_js(
    expr: Expr,
    names: Lookup,
    *,
    time: str = "t",
    rate_of: Callable[[str], str] | None = None,
    switch: Callable[[Expr], str | None] | None = None,
    boolean: bool = False,
) -> str:
    """Print a formula as a JavaScript expression.

    Parameters
    ----------
    expr
        The formula.
    names
        What stands for each identifier, as a mapping or a function. It is taken as it is, so it
        must bind tightly (a variable, an array element, something in brackets).
    time
        What stands for the time.
    rate_of
        What stands for the rate of change of an identifier.
    switch
        Called for each subformula at which the value can jump or bend. When it returns a text,
        that is printed in place of the subformula.
    boolean
        Print a JavaScript boolean instead of a number.

    Raises
    ------
    UnsupportedMath
        If something in the formula has no exact counterpart.
    """
    lookup = names if callable(names) else names.__getitem__
    printer = _JavaScript(lookup, time, rate_of, switch)
    return printer.truth(expr, _IF) if boolean else printer.text(expr, _IF)


class _JavaScript:
    def __init__(self, lookup, time, rate_of, switch) -> None:
        self.lookup, self.time, self.rate_of, self.switch = lookup, time, rate_of, switch

    def text(self, expr: Expr, outer: int) -> str:
        """Print a number; in brackets when it binds less tightly than `outer` asks."""
        text, level = self.number(expr)
        return f"({text})" if level < outer else text

    def truth(self, expr: Expr, outer: int) -> str:
        text, level = self.condition(expr)
        return f"({text})" if level < outer else text

    def list(self, args: tuple[Expr, ...]) -> str:
        return ",".join(self.text(arg, _IF) for arg in args)

    def number(self, expr: Expr) -> tuple[str, int]:
        op = expr.op
        if self.switch and op in _JUMPS and (text := self.switch(expr)) is not None:
            return text, _ATOM
        if op == "number":
            return _number(expr.value)
        if op in ("name", "rateOf", "time") or op in _JS_CONSTANT:
            return self.atom(expr), _ATOM
        if op in BOOLEAN:
            return f"{self.truth(expr, _OR)}?1:0", _IF
        if op == "piecewise":
            return self.branches(expr, self.text, "NaN")
        if op in ("plus", "minus", "times", "divide", "power"):
            return self.arithmetic(op, expr.args)
        return self.function(expr)

    def atom(self, expr: Expr) -> str:
        if expr.op == "name":
            return self.lookup(expr.value)
        if expr.op == "time":
            return self.time
        if expr.op in _JS_CONSTANT:
            return _JS_CONSTANT[expr.op]
        if self.rate_of is None:
            raise UnsupportedMath(f"rateOf({expr.value}) is not supported here")
        return self.rate_of(expr.value)

    def arithmetic(self, op: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        if op == "power":
            base, exponent = args
            return f"{self.text(base, _POWER + 1)}**{self.text(exponent, _POWER)}", _POWER
        if not args:
            return ("0" if op == "plus" else "1"), _ATOM
        if len(args) == 1:
            if op != "minus":
                return self.number(args[0])
            # In brackets: JavaScript forbids -x**2, and two minus signs would be a decrement.
            return f"-{self.text(args[0], _ATOM)}", _UNARY
        symbol, level = {
            "plus": ("+", _PLUS),
            "minus": ("-", _PLUS),
            "times": ("*", _TIMES),
            "divide": ("/", _TIMES),
        }[op]
        text = self.text(args[0], level)
        for arg in args[1:]:
            # The right-hand operand of an equally strong operator keeps its brackets: floating
            # point sums and products depend on their order.
            part = self.text(arg, level + 1)
            text += symbol + (f"({part})" if part.startswith("-") else part)
        return text, level

    def function(self, expr: Expr) -> tuple[str, int]:
        op, args = expr.op, expr.args
        if op in _JS_FUNCTION:
            return f"{_JS_FUNCTION[op]}({self.list(args)})", _ATOM
        if op in _RECIPROCAL:
            return f"1/Math.{_RECIPROCAL[op]}({self.list(args)})", _TIMES
        if op.startswith("arc") and op[3:] in _RECIPROCAL:
            inverse = _RECIPROCAL[op[3:]]
            return f"Math.a{inverse}(1/{self.text(args[0], _UNARY)})", _ATOM
        if op == "log":
            return self.logarithm(*args)
        if op == "root":
            return self.root(*args), _ATOM
        if op == "quotient":
            top, bottom = self.text(args[0], _TIMES), self.text(args[1], _TIMES + 1)
            return f"Math.trunc({top}/{bottom})", _ATOM
        if op == "rem":
            return self.remainder(args)
        label = f"the function {expr.value!r}" if op == "call" else repr(op)
        raise UnsupportedMath(f"{label} cannot be printed as JavaScript")

    def logarithm(self, base: Expr, argument: Expr) -> tuple[str, int]:
        top = self.text(argument, _IF)
        if base.op == "number" and base.value in (2, 10):
            return f"Math.log{base.value:g}({top})", _ATOM
        return f"Math.log({top})/Math.log({self.text(base, _IF)})", _TIMES

    def root(self, degree: Expr, argument: Expr) -> str:
        if degree.op == "number" and degree.value in (2, 3):
            function = "sqrt" if degree.value == 2 else "cbrt"
            return f"Math.{function}({self.text(argument, _IF)})"
        return f"root({self.list((degree, argument))})"

    def remainder(self, args: tuple[Expr, ...]) -> tuple[str, int]:
        quotient = Expr("quotient", args)
        held = self.switch(quotient) if self.switch else None
        if held is None:
            return f"{self.text(args[0], _TIMES)}%{self.text(args[1], _TIMES + 1)}", _TIMES
        top, bottom = self.text(args[0], _PLUS), self.text(args[1], _TIMES)
        return f"{top}-{bottom}*{held}", _PLUS

    def branches(self, expr: Expr, leaf, otherwise: str) -> tuple[str, int]:
        pairs, values = pieces(expr)
        text = ""
        for value, condition in pairs:
            text += f"{self.truth(condition, _OR)}?{leaf(value, _OR)}:"
        last = leaf(values[-1], _OR) if len(values) > len(pairs) else otherwise
        return text + last, _IF if pairs else _OR - 1

    def condition(self, expr: Expr) -> tuple[str, int]:
        op, args = expr.op, expr.args
        if op in ("true", "false"):
            return op, _ATOM
        if op in RELATIONS:
            return self.relation(expr)
        if op in ("and", "or"):
            return self.junction(op, args)
        if op == "xor":
            # `!==` of booleans is exclusive or; `!` makes a boolean of a held switch.
            terms = [f"!!{self.truth(arg, _UNARY)}" for arg in args]
            return ("!==".join(terms), _EQUAL) if terms else ("false", _ATOM)
        if op == "not":
            return f"!{self.truth(args[0], _UNARY)}", _UNARY
        if op == "implies":
            return f"!{self.truth(args[0], _UNARY)}||{self.truth(args[1], _OR)}", _OR
        if op == "piecewise" and is_boolean(expr):
            return self.branches(expr, self.truth, "false")
        nonzero = Expr("neq", (expr, number(0)))
        if self.switch and (text := self.switch(nonzero)) is not None:
            return text, _ATOM
        return f"{self.text(expr, _PLUS)}!==0", _EQUAL

    def relation(self, expr: Expr) -> tuple[str, int]:
        op, args = expr.op, expr.args
        if len(args) > 2:
            links = pairwise(args)
            return self.condition(Expr("and", tuple(Expr(op, pair) for pair in links)))
        if self.switch and (text := self.switch(expr)) is not None:
            return text, _ATOM
        left, right = (self.text(arg, _PLUS) for arg in args)
        return f"{left}{_SIGN[op]}{right}", _EQUAL if op in ("eq", "neq") else _COMPARE

    def junction(self, op: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        if len(args) < 2:
            return self.condition(args[0]) if args else (str(op == "and").lower(), _ATOM)
        symbol, level = ("&&", _AND) if op == "and" else ("||", _OR)
        return symbol.join(self.truth(arg, level) for arg in args), level


#: Operations at which a value jumps or bends.
_JUMPS = {"floor", "ceiling", "quotient", "abs", "max", "min"}


def _number(value: float) -> tuple[str, int]:
    if math.isnan(value):
        return "NaN", _ATOM
    if math.isinf(value):
        return ("Infinity", _ATOM) if value > 0 else ("-Infinity", _UNARY)
    text = number_text(value)
    return text, _UNARY if text.startswith("-") else _ATOM
