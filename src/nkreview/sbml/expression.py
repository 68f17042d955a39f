"""Read the mathematics of a model into a small tree.

libSBML's syntax tree is read in the author's order and with the author's numbers; nothing is
simplified.
What has no exact counterpart raises `UnsupportedMath`, which names the construct.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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


#: Operations that compare numbers, and all that yield true or false.
RELATIONS = frozenset({"lt", "leq", "gt", "geq", "eq", "neq"})
BOOLEAN = RELATIONS | {"and", "or", "xor", "not", "implies", "true", "false"}


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
    return expr.op in BOOLEAN


def pieces(expr: Expr) -> tuple[list[tuple[Expr, Expr]], list[Expr]]:
    """Return the (value, condition) pairs of a `piecewise` and all values, otherwise included."""
    pairs = list(zip(expr.args[0::2], expr.args[1::2], strict=False))
    return pairs, list(expr.args[0::2])


def number_text(value: float) -> str:
    """Write a finite number with as few characters as give it back exactly."""
    text = repr(int(value)) if value == int(value) and abs(value) < 1e6 else repr(value)
    text = text.removesuffix(".0").replace("e+", "e").replace("e-0", "e-").replace("e0", "e")
    return f"-{text}" if math.copysign(1, value) < 0 and not text.startswith("-") else text


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
    return _operation(ast, args)


def _operation(ast: libsbml.ASTNode, args: tuple[Expr, ...]) -> Expr:
    kind = ast.getType()
    op = _OPERATION.get(kind)
    if op is None:
        label = ast.getName() or ast.getOperatorName() or f"type {kind}"
        what = "csymbol" if kind == libsbml.AST_CSYMBOL_FUNCTION else "function or symbol"
        raise UnsupportedMath(f"the {what} {label!r} is not supported")
    low, high = _ARITY.get(op, (0, None))
    if len(args) < low or (high is not None and len(args) > high):
        raise UnsupportedMath(f"{op!r} with {len(args)} arguments has no meaning")
    if op in _FIRST_BY_DEFAULT and len(args) == 1:
        args = (number(_FIRST_BY_DEFAULT[op]), *args)
    if op == "rateOf":
        if args[0].op != "name":
            raise UnsupportedMath("rateOf of something else than an identifier is not supported")
        return Expr("rateOf", value=args[0].value)
    return Expr(op, args)


#: Base of a logarithm and degree of a root that are not written.
_FIRST_BY_DEFAULT = {"log": 10, "root": 2}


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
