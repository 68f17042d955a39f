"""Print the mathematics of a model as LaTeX and as JavaScript.

libSBML's syntax tree is read into a small tree of `Expr`, in the author's order and with the
author's numbers; nothing is simplified.
What has no exact counterpart raises `UnsupportedMath`, which names the construct.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import libsbml


class UnsupportedMath(ValueError):  # noqa: N818, the name says what it is
    """A formula holds something that cannot be printed; the message names it."""


@dataclass(frozen=True, slots=True)
class Expr:
    """One node of a formula.

    Attributes
    ----------
    op
        `number`, `name`, `time`, `call`, `rateOf`, or the operation (`plus`, `lt`, `sin` …).
    args
        The operands. Those of `piecewise` are value, condition, value, condition …, otherwise.
    value
        The number of a `number`; the identifier of a `name`, a `call` or a `rateOf`.
    """

    op: str
    args: tuple[Expr, ...] = ()
    value: float | str | None = None

    def walk(self) -> Iterator[Expr]:
        """Yield this node and every node below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()


def number(value: float) -> Expr:
    """Return the node of a number."""
    return Expr("number", value=float(value))


def name(identifier: str) -> Expr:
    """Return the node of an identifier."""
    return Expr("name", value=identifier)


_TYPES = {
    "plus": "AST_PLUS",
    "minus": "AST_MINUS",
    "times": "AST_TIMES",
    "divide": "AST_DIVIDE",
    "power": "AST_POWER AST_FUNCTION_POWER",
    "lt": "AST_RELATIONAL_LT",
    "leq": "AST_RELATIONAL_LEQ",
    "gt": "AST_RELATIONAL_GT",
    "geq": "AST_RELATIONAL_GEQ",
    "eq": "AST_RELATIONAL_EQ",
    "neq": "AST_RELATIONAL_NEQ",
    "and": "AST_LOGICAL_AND",
    "or": "AST_LOGICAL_OR",
    "xor": "AST_LOGICAL_XOR",
    "not": "AST_LOGICAL_NOT",
    "implies": "AST_LOGICAL_IMPLIES",
    "piecewise": "AST_FUNCTION_PIECEWISE",
    "abs": "AST_FUNCTION_ABS",
    "ceiling": "AST_FUNCTION_CEILING",
    "floor": "AST_FUNCTION_FLOOR",
    "exp": "AST_FUNCTION_EXP",
    "ln": "AST_FUNCTION_LN",
    "log": "AST_FUNCTION_LOG",
    "root": "AST_FUNCTION_ROOT",
    "factorial": "AST_FUNCTION_FACTORIAL",
    "quotient": "AST_FUNCTION_QUOTIENT",
    "rem": "AST_FUNCTION_REM",
    "max": "AST_FUNCTION_MAX",
    "min": "AST_FUNCTION_MIN",
    "rateOf": "AST_FUNCTION_RATE_OF",
    "time": "AST_NAME_TIME",
    "true": "AST_CONSTANT_TRUE",
    "false": "AST_CONSTANT_FALSE",
    "pi": "AST_CONSTANT_PI",
    "exponentiale": "AST_CONSTANT_E",
    "avogadro": "AST_NAME_AVOGADRO",
}
_TRIGONOMETRIC = [
    f"{arc}{function}{h}"
    for arc in ("", "arc")
    for function in ("sin", "cos", "tan", "sec", "csc", "cot")
    for h in ("", "h")
]
_OPERATION = {
    getattr(libsbml, constant): op for op, names in _TYPES.items() for constant in names.split()
} | {getattr(libsbml, f"AST_FUNCTION_{op.upper()}"): op for op in _TRIGONOMETRIC}

_RELATIONS = {"lt": "<", "leq": "<=", "gt": ">", "geq": ">=", "eq": "===", "neq": "!=="}
_BOOLEAN = {*_RELATIONS, "and", "or", "xor", "not", "implies", "true", "false"}
_ARITY = {
    **dict.fromkeys(_TRIGONOMETRIC, (1, 1)),
    **dict.fromkeys(("abs", "ceiling", "floor", "exp", "ln", "factorial", "not"), (1, 1)),
    **dict.fromkeys(("divide", "power", "quotient", "rem", "implies", "neq"), (2, 2)),
    **dict.fromkeys(("log", "root", "minus"), (1, 2)),
    **dict.fromkeys(("lt", "leq", "gt", "geq", "eq"), (2, None)),
    **dict.fromkeys(("max", "min", "piecewise"), (1, None)),
    "rateOf": (1, 1),
}


def is_boolean(expr: Expr) -> bool:
    """Tell whether a formula yields true or false rather than a number."""
    if expr.op == "piecewise":
        return all(is_boolean(value) for value in pieces(expr)[1])
    return expr.op in _BOOLEAN


def pieces(expr: Expr) -> tuple[list[tuple[Expr, Expr]], list[Expr]]:
    """Return the (value, condition) pairs of a `piecewise` and all values, otherwise included."""
    pairs = list(zip(expr.args[0::2], expr.args[1::2], strict=False))
    return pairs, list(expr.args[0::2])


def parse(
    ast: libsbml.ASTNode,
    functions: Mapping[str, libsbml.ASTNode] | None = None,
    bindings: Mapping[str, Expr] | None = None,
    _inside: tuple[str, ...] = (),
) -> Expr:
    """Read a libSBML syntax tree.

    Parameters
    ----------
    ast
        The tree.
    functions
        The lambdas of the function definitions. When given, calls are replaced by the bodies.
    bindings
        What identifiers stand for: the arguments of a function, the local parameters of a
        reaction. Other identifiers stay as they are.

    Raises
    ------
    UnsupportedMath
        If the tree holds a construct without exact counterpart.
    """
    bindings = bindings or {}
    kind = ast.getType()
    if kind == libsbml.AST_NAME:
        return bindings.get(ast.getName(), name(ast.getName()))
    if ast.isNumber():
        return _number(ast)
    if kind == libsbml.AST_FUNCTION_DELAY:
        raise UnsupportedMath(
            "the csymbol delay (a delay differential equation) cannot be solved here"
        )
    args = tuple(
        parse(ast.getChild(index), functions, bindings, _inside)
        for index in range(ast.getNumChildren())
    )
    if kind == libsbml.AST_FUNCTION:
        return _call(ast.getName(), args, functions, _inside)
    op = _OPERATION.get(kind)
    if op is None:
        label = ast.getName() or ast.getOperatorName() or f"type {kind}"
        what = "csymbol" if kind == libsbml.AST_CSYMBOL_FUNCTION else "function or symbol"
        raise UnsupportedMath(f"the {what} {label!r} is not supported")
    low, high = _ARITY.get(op, (0, None))
    if len(args) < low or (high is not None and len(args) > high):
        raise UnsupportedMath(f"{op!r} with {len(args)} arguments has no meaning")
    if op == "log" and len(args) == 1:
        args = (number(10), *args)
    if op == "root" and len(args) == 1:
        args = (number(2), *args)
    if op == "rateOf":
        if args[0].op != "name":
            raise UnsupportedMath("rateOf of something else than an identifier is not supported")
        return Expr("rateOf", value=args[0].value)
    return Expr(op, args)


def _number(ast: libsbml.ASTNode) -> Expr:
    kind = ast.getType()
    if kind == libsbml.AST_INTEGER:
        return number(ast.getInteger())
    if kind == libsbml.AST_REAL_E:
        # Through the text, because mantissa times a power of ten would round twice.
        return number(float(f"{ast.getMantissa()!r}e{ast.getExponent()}"))
    if kind == libsbml.AST_RATIONAL:
        top, bottom = number(ast.getNumerator()), number(ast.getDenominator())
        return Expr("divide", (top, bottom))
    return number(ast.getReal())


def _call(
    function: str,
    args: tuple[Expr, ...],
    functions: Mapping[str, libsbml.ASTNode] | None,
    inside: tuple[str, ...],
) -> Expr:
    if functions is None:
        return Expr("call", args, function)
    if function not in functions:
        raise UnsupportedMath(f"the function {function!r} is not defined in the model")
    if function in inside:
        raise UnsupportedMath(f"the function {function!r} calls itself")
    definition = functions[function]
    count = definition.getNumBvars()
    if count != len(args):
        raise UnsupportedMath(f"the function {function!r} takes {count} arguments, not {len(args)}")
    if definition.getNumChildren() <= count:
        raise UnsupportedMath(f"the function {function!r} has no body")
    bound = {definition.getChild(index).getName(): arg for index, arg in enumerate(args)}
    body = definition.getChild(definition.getNumChildren() - 1)
    return parse(body, functions, bound, (*inside, function))


def _as_expr(ast: libsbml.ASTNode | Expr) -> Expr:
    return ast if isinstance(ast, Expr) else parse(ast)


# --- JavaScript -----------------------------------------------------------------------------

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
_ATOM, _POWER, _UNARY, _TIMES, _PLUS, _COMPARE, _EQUAL, _AND, _OR, _IF = range(20, 0, -2)

Reference = Callable[[str], str] | Mapping[str, str]


def to_js(
    ast: libsbml.ASTNode | Expr,
    names: Reference,
    *,
    time: str = "t",
    rate_of: Callable[[str], str] | None = None,
    switch: Callable[[Expr], str | None] | None = None,
    boolean: bool = False,
) -> str:
    """Print a formula as a JavaScript expression.

    Parameters
    ----------
    ast
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
    expr = _as_expr(ast)
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
        op, args = expr.op, expr.args
        if self.switch and op in _JUMPS and (text := self.switch(expr)) is not None:
            return text, _ATOM
        if op == "number":
            return _js_number(expr.value)
        if op == "name":
            return self.lookup(expr.value), _ATOM
        if op == "time":
            return self.time, _ATOM
        if op in _JS_CONSTANT:
            return _JS_CONSTANT[op], _ATOM
        if op == "rateOf":
            if self.rate_of is None:
                raise UnsupportedMath(f"rateOf({expr.value}) is not supported here")
            return self.rate_of(expr.value), _ATOM
        if op in _BOOLEAN:
            return f"{self.truth(expr, _OR)}?1:0", _IF
        if op == "piecewise":
            return self.branches(expr, self.text, "NaN")
        if op in ("plus", "minus", "times", "divide", "power"):
            return self.arithmetic(op, args)
        return self.function(op, args, expr)

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

    def function(self, op: str, args: tuple[Expr, ...], expr: Expr) -> tuple[str, int]:
        if op in _JS_FUNCTION:
            return f"{_JS_FUNCTION[op]}({self.list(args)})", _ATOM
        if op in _RECIPROCAL:
            return f"1/Math.{_RECIPROCAL[op]}({self.list(args)})", _TIMES
        if op.startswith("arc") and op[3:] in _RECIPROCAL:
            inverse = _RECIPROCAL[op[3:]]
            return f"Math.a{inverse}(1/{self.text(args[0], _UNARY)})", _ATOM
        if op == "log":
            base, argument = args
            if base.op == "number" and base.value in (2, 10):
                return f"Math.log{base.value:g}({self.text(argument, _IF)})", _ATOM
            top, bottom = self.text(argument, _IF), self.text(base, _IF)
            return f"Math.log({top})/Math.log({bottom})", _TIMES
        if op == "root":
            degree, argument = args
            if degree.op == "number" and degree.value in (2, 3):
                function = "sqrt" if degree.value == 2 else "cbrt"
                return f"Math.{function}({self.text(argument, _IF)})", _ATOM
            return f"root({self.list(args)})", _ATOM
        if op == "quotient":
            top, bottom = self.text(args[0], _TIMES), self.text(args[1], _TIMES + 1)
            return f"Math.trunc({top}/{bottom})", _ATOM
        if op == "rem":
            return self.remainder(args)
        label = f"the function {expr.value!r}" if op == "call" else repr(op)
        raise UnsupportedMath(f"{label} cannot be printed as JavaScript")

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
        if self.switch and op in _RELATIONS and len(args) == 2:
            text = self.switch(expr)
            if text is not None:
                return text, _ATOM
        if op in ("true", "false"):
            return op, _ATOM
        if op in _RELATIONS:
            if len(args) > 2:
                links = pairwise(args)
                return self.condition(Expr("and", tuple(Expr(op, pair) for pair in links)))
            left, right = (self.text(arg, _PLUS) for arg in args)
            return f"{left}{_RELATIONS[op]}{right}", _EQUAL if op in ("eq", "neq") else _COMPARE
        if op in ("and", "or"):
            if len(args) < 2:
                return self.condition(args[0]) if args else (str(op == "and").lower(), _ATOM)
            symbol, level = ("&&", _AND) if op == "and" else ("||", _OR)
            return symbol.join(self.truth(arg, level) for arg in args), level
        if op == "xor":
            if not args:
                return "false", _ATOM
            # `!==` of booleans is exclusive or; `!` makes a boolean of a held switch.
            terms = [f"!!{self.truth(arg, _UNARY)}" for arg in args]
            return "!==".join(terms), _EQUAL
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


#: Operations at which a value jumps or bends.
_JUMPS = {"floor", "ceiling", "quotient", "abs", "max", "min"}


def _js_number(value: float) -> tuple[str, int]:
    if math.isnan(value):
        return "NaN", _ATOM
    if math.isinf(value):
        return ("Infinity", _ATOM) if value > 0 else ("-Infinity", _UNARY)
    text = repr(int(value)) if value == int(value) and abs(value) < 1e6 else repr(value)
    text = text.removesuffix(".0").replace("e+", "e").replace("e-0", "e-").replace("e0", "e")
    if math.copysign(1, value) < 0:
        return (text if text.startswith("-") else f"-{text}"), _UNARY
    return text, _ATOM


# --- LaTeX ----------------------------------------------------------------------------------

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|"
    "upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_LATEX_RELATION = {
    "lt": "<",
    "leq": r"\leq",
    "gt": ">",
    "geq": r"\geq",
    "eq": "=",
    "neq": r"\neq",
    "and": r"\wedge",
    "or": r"\vee",
    "xor": r"\oplus",
    "implies": r"\Rightarrow",
}
_LATEX_CONSTANT = {
    "time": "t",
    "pi": r"\pi",
    "exponentiale": r"\mathrm{e}",
    "avogadro": r"N_{\mathrm{A}}",
    "true": r"\mathrm{true}",
    "false": r"\mathrm{false}",
}
_LATEX_KNOWN = {"sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "coth"} | {
    "arcsin",
    "arccos",
    "arctan",
    "ln",
    "min",
    "max",
}
_L_WORD = re.compile(r"\\mathrm\{\w\w")
_L_OR, _L_COMPARE, _L_PLUS, _L_TIMES, _L_POWER, _L_ATOM = range(6)


def latex_name(identifier: str) -> str:
    """Write an identifier as a symbol: `k_kill` as k with the index kill, `alpha` as α.

    A number behind a single letter is its index (`V1`); behind a word it belongs to the name
    (`cd8`).
    """
    base, _, index = identifier.strip("_").partition("_")
    if not index:
        stem = base.rstrip("0123456789")
        if len(base) > len(stem) and (len(stem) == 1 or _GREEK.fullmatch(stem)):
            base, index = stem, base[len(stem) :]
    parts = [_latex_word(part) for part in index.split("_") if part]
    symbol = _latex_word(base) or r"\_"
    return f"{symbol}_{{{','.join(parts)}}}" if parts else symbol


def _latex_word(word: str) -> str:
    if _GREEK.fullmatch(word):
        return f"\\{word}"
    return word if len(word) == 1 or word.isdigit() else f"\\mathrm{{{word}}}" if word else ""


def to_latex(
    ast: libsbml.ASTNode | Expr, names: Callable[[str], str] | Mapping[str, str] | None = None
) -> str:
    """Print a formula as LaTeX.

    Parameters
    ----------
    ast
        The formula.
    names
        The symbols of the identifiers, as a mapping or a function; those that a mapping lacks
        are made by `latex_name`.

    Raises
    ------
    UnsupportedMath
        If the formula holds a construct that has no notation here.
    """
    if names is None:
        lookup = latex_name
    elif callable(names):
        lookup = names
    else:
        lookup = {**names}.get

    def symbol(identifier: str) -> str:
        return lookup(identifier) or latex_name(identifier)

    return _Latex(symbol).text(_as_expr(ast), _L_OR)


class _Latex:
    def __init__(self, symbol: Callable[[str], str]) -> None:
        self.symbol = symbol

    def text(self, expr: Expr, outer: int) -> str:
        text, level = self.write(expr)
        return rf"\left({text}\right)" if level < outer else text

    def list(self, args: tuple[Expr, ...]) -> str:
        return ", ".join(self.text(arg, _L_OR) for arg in args)

    def write(self, expr: Expr) -> tuple[str, int]:
        op, args = expr.op, expr.args
        if op == "number":
            return _latex_number(expr.value)
        if op == "name":
            return self.symbol(expr.value), _L_ATOM
        if op in _LATEX_CONSTANT:
            return _LATEX_CONSTANT[op], _L_ATOM
        if op in ("plus", "minus", "times", "divide", "power"):
            return self.arithmetic(op, args)
        if op in _LATEX_RELATION:
            if not args:
                return rf"\mathrm{{{str(op == 'and').lower()}}}", _L_ATOM
            level = _L_COMPARE if op in _RELATIONS else _L_OR
            sign = f" {_LATEX_RELATION[op]} "
            return sign.join(self.text(arg, level + 1) for arg in args), level
        if op == "piecewise":
            return self.cases(expr), _L_ATOM
        return self.function(op, args, expr), _L_ATOM

    def arithmetic(self, op: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        if op == "divide":
            return rf"\frac{{{self.list(args[:1])}}}{{{self.list(args[1:])}}}", _L_POWER
        if op == "power":
            base = self.text(args[0], _L_ATOM)
            return f"{{{base}}}^{{{self.text(args[1], _L_OR)}}}", _L_POWER
        if not args:
            return ("0" if op == "plus" else "1"), _L_ATOM
        if len(args) == 1:
            return (
                (f"-{self.text(args[0], _L_TIMES)}", _L_PLUS)
                if op == "minus"
                else self.write(args[0])
            )
        if op == "times":
            return self.product(args), _L_TIMES
        text = self.text(args[0], _L_PLUS)
        for arg in args[1:]:
            part = self.text(arg, _L_PLUS if op == "plus" else _L_TIMES)
            text += f" {'+' if op == 'plus' else '-'} {self.bracket_sign(part)}"
        return text, _L_PLUS

    def product(self, args: tuple[Expr, ...]) -> str:
        parts = [self.text(arg, _L_TIMES) for arg in args]
        text = parts[0]
        for before, part in pairwise(parts):
            # A thin space between letters; a dot beside a word, and before a digit, which would
            # join what precedes.
            words = _L_WORD.match(before) or _L_WORD.match(part)
            sign = r" \cdot " if words or part[0].isdigit() else r"\,"
            text += sign + self.bracket_sign(part)
        return text

    @staticmethod
    def bracket_sign(part: str) -> str:
        return rf"\left({part}\right)" if part.startswith("-") else part

    def cases(self, expr: Expr) -> str:
        pairs, values = pieces(expr)
        rows = [rf"{self.text(v, _L_OR)} & \text{{if }} {self.text(c, _L_OR)}" for v, c in pairs]
        if len(values) > len(pairs):
            rows.append(rf"{self.text(values[-1], _L_OR)} & \text{{otherwise}}")
        return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"

    def function(self, op: str, args: tuple[Expr, ...], expr: Expr) -> str:
        fences = {"abs": "||", "floor": (r"\lfloor", r"\rfloor"), "ceiling": (r"\lceil", r"\rceil")}
        if op in fences:
            left, right = fences[op]
            return rf"\left{left} {self.list(args)} \right{right}"
        if op == "exp":
            return rf"\mathrm{{e}}^{{{self.list(args)}}}"
        if op == "root":
            degree = "" if args[0] == number(2) else f"[{self.list(args[:1])}]"
            return rf"\sqrt{degree}{{{self.list(args[1:])}}}"
        if op == "log":
            return rf"\log_{{{self.list(args[:1])}}}\left({self.list(args[1:])}\right)"
        if op == "factorial":
            return f"{self.text(args[0], _L_ATOM)}!"
        if op == "not":
            return rf"\neg {self.text(args[0], _L_ATOM)}"
        if op == "rateOf":
            return rf"\frac{{\mathrm{{d}}{self.symbol(expr.value)}}}{{\mathrm{{d}}t}}"
        if op == "rem":
            top, bottom = (self.text(arg, _L_TIMES) for arg in args)
            return rf"\left({top} \bmod {bottom}\right)"
        if op == "quotient":
            ratio = self.text(Expr("divide", args), _L_OR)
            return rf"\operatorname{{trunc}}\left({ratio}\right)"
        if op == "call":
            head = latex_name(expr.value)
        else:
            head = f"\\{op}" if op in _LATEX_KNOWN else rf"\operatorname{{{op}}}"
        return rf"{head}\left({self.list(args)}\right)"


def _latex_number(value: float) -> tuple[str, int]:
    if math.isnan(value):
        return r"\mathrm{NaN}", _L_ATOM
    if math.isinf(value):
        return (r"\infty", _L_ATOM) if value > 0 else (r"-\infty", _L_PLUS)
    text, _ = _js_number(value)
    if 1e6 <= abs(value) < 1e300 or "e" in text:
        mantissa, exponent = f"{Decimal(text):e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
        if mantissa in ("1", "-1"):
            text = rf"{mantissa.removesuffix('1')}10^{{{int(exponent)}}}"
        return text, _L_TIMES if value > 0 else _L_PLUS
    return text, _L_ATOM if value >= 0 else _L_PLUS
