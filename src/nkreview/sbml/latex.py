"""Write a formula, or the equations of a model, as LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise

from nkreview.sbml.expression import (
    RELATIONS,
    Expr,
    UnsupportedMath,
    number,
    number_text,
    pieces,
)
from nkreview.sbml.system import Event, ExportError, Symbol, System, read_system

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|"
    "upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)


_RELATION = {
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


_CONSTANT = {
    "time": "t",
    "pi": r"\pi",
    "exponentiale": r"\mathrm{e}",
    "avogadro": r"N_{\mathrm{A}}",
    "true": r"\mathrm{true}",
    "false": r"\mathrm{false}",
}


_KNOWN = {"sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "coth"} | {
    "arcsin",
    "arccos",
    "arctan",
    "ln",
    "min",
    "max",
}


#: Functions with a notation of their own, by what stands where the arguments go.
_NOTATION = {
    "abs": r"\left| {} \right|",
    "floor": r"\left\lfloor {} \right\rfloor",
    "ceiling": r"\left\lceil {} \right\rceil",
    "exp": r"\mathrm{{e}}^{{{}}}",
    "log": r"\log_{{{}}}\left({}\right)",
}


_WORD = re.compile(r"\\mathrm\{\w\w")


_OR, _COMPARE, _PLUS, _TIMES, _POWER, _ATOM = range(6)


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


def to_latex(expr: Expr, names: Callable[[str], str] | Mapping[str, str] | None = None) -> str:
    """Print a formula as LaTeX.

    Parameters
    ----------
    expr
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

    return _Latex(symbol).text(expr, _OR)


class _Latex:
    def __init__(self, symbol: Callable[[str], str]) -> None:
        self.symbol = symbol

    def text(self, expr: Expr, outer: int) -> str:
        text, level = self.write(expr)
        return rf"\left({text}\right)" if level < outer else text

    def list(self, args: tuple[Expr, ...]) -> str:
        return ", ".join(self.text(arg, _OR) for arg in args)

    def write(self, expr: Expr) -> tuple[str, int]:
        op, args = expr.op, expr.args
        if op == "number":
            return _latex_number(expr.value)
        if op == "name":
            return self.symbol(expr.value), _ATOM
        if op in _CONSTANT:
            return _CONSTANT[op], _ATOM
        if op in ("plus", "minus", "times", "divide", "power"):
            return self.arithmetic(op, args)
        if op in _RELATION:
            return self.relation(op, args)
        if op == "piecewise":
            return self.cases(expr), _ATOM
        return self.function(expr), _ATOM

    def relation(self, op: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        if not args:
            return rf"\mathrm{{{str(op == 'and').lower()}}}", _ATOM
        level = _COMPARE if op in RELATIONS else _OR
        sign = f" {_RELATION[op]} "
        return sign.join(self.text(arg, level + 1) for arg in args), level

    def arithmetic(self, op: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        if op == "divide":
            return rf"\frac{{{self.list(args[:1])}}}{{{self.list(args[1:])}}}", _POWER
        if op == "power":
            base = self.text(args[0], _ATOM)
            return f"{{{base}}}^{{{self.text(args[1], _OR)}}}", _POWER
        if not args:
            return ("0" if op == "plus" else "1"), _ATOM
        if len(args) == 1:
            negative = op == "minus"
            return (f"-{self.text(args[0], _TIMES)}", _PLUS) if negative else self.write(args[0])
        if op == "times":
            return self.product(args), _TIMES
        text = self.text(args[0], _PLUS)
        for arg in args[1:]:
            part = self.text(arg, _PLUS if op == "plus" else _TIMES)
            text += f" {'+' if op == 'plus' else '-'} {self.bracket_sign(part)}"
        return text, _PLUS

    def product(self, args: tuple[Expr, ...]) -> str:
        parts = [self.text(arg, _TIMES) for arg in args]
        text = parts[0]
        for before, part in pairwise(parts):
            # A thin space between letters; a dot beside a word, and before a digit, which would
            # join what precedes.
            words = _WORD.match(before) or _WORD.match(part)
            sign = r" \cdot " if words or part[0].isdigit() else r"\,"
            text += sign + self.bracket_sign(part)
        return text

    @staticmethod
    def bracket_sign(part: str) -> str:
        return rf"\left({part}\right)" if part.startswith("-") else part

    def cases(self, expr: Expr) -> str:
        pairs, values = pieces(expr)
        rows = [rf"{self.text(v, _OR)} & \text{{if }} {self.text(c, _OR)}" for v, c in pairs]
        if len(values) > len(pairs):
            rows.append(rf"{self.text(values[-1], _OR)} & \text{{otherwise}}")
        return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"

    def function(self, expr: Expr) -> str:
        op, args = expr.op, expr.args
        if op in _NOTATION:
            return _NOTATION[op].format(*(self.text(arg, _OR) for arg in args))
        if op in ("factorial", "not"):
            inner = self.text(args[0], _ATOM)
            return f"{inner}!" if op == "factorial" else rf"\neg {inner}"
        if op == "root":
            degree = "" if args[0] == number(2) else f"[{self.list(args[:1])}]"
            return rf"\sqrt{degree}{{{self.list(args[1:])}}}"
        if op == "rem":
            top, bottom = (self.text(arg, _TIMES) for arg in args)
            return rf"\left({top} \bmod {bottom}\right)"
        if op == "quotient":
            ratio = self.text(Expr("divide", args), _OR)
            return rf"\operatorname{{trunc}}\left({ratio}\right)"
        if op == "rateOf":
            return rf"\frac{{\mathrm{{d}}{self.symbol(expr.value)}}}{{\mathrm{{d}}t}}"
        head = f"\\{op}" if op in _KNOWN else rf"\operatorname{{{op}}}"
        head = latex_name(expr.value) if op == "call" else head
        return rf"{head}\left({self.list(args)}\right)"


def _latex_number(value: float) -> tuple[str, int]:
    if math.isnan(value):
        return r"\mathrm{NaN}", _ATOM
    if math.isinf(value):
        return (r"\infty", _ATOM) if value > 0 else (r"-\infty", _PLUS)
    text = number_text(value)
    if 1e6 <= abs(value) < 1e300 or "e" in text:
        mantissa, exponent = f"{Decimal(text):e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
        if mantissa in ("1", "-1"):
            text = rf"{mantissa.removesuffix('1')}10^{{{int(exponent)}}}"
        return text, _TIMES if value > 0 else _PLUS
    return text, _ATOM if value >= 0 else _PLUS


def equation_rows(sbml: str) -> list[tuple[str, str]]:
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
    system = read_system(sbml)
    rates = {identifier: f"v_{{{_index(identifier)}}}" for identifier in system.reactions}

    def latex(expr: Expr) -> str:
        try:
            return to_latex(expr, rates)
        except UnsupportedMath as error:
            raise ExportError(f"{error}.") from error

    rows = [(rates[name], f"= {latex(expr)}") for name, expr in system.reactions.items()]
    for symbol in system.symbols.values():
        rows += _symbol_rows(system, symbol, latex)
    for event in system.events:
        rows += _event_rows(event, latex)
    return rows


_Rows = list[tuple[str, str]]


def _symbol_rows(system: System, symbol: Symbol, latex: Callable[[Expr], str]) -> _Rows:
    rows = []
    left = latex_name(symbol.id)
    if symbol.role == "ode":
        space = system.symbols.get(symbol.compartment or "")
        if symbol.as_amount and not (space.role == "constant" and space.value == 1):
            left = rf"\left({latex_name(space.id)}\,{left}\right)"
        rate = latex(system.rate(symbol.id))
        rows.append((rf"\frac{{\mathrm{{d}}{left}}}{{\mathrm{{d}}t}}", f"= {rate}"))
    elif symbol.role == "rule":
        rows.append((left, f"= {latex(symbol.rule)}"))
    if symbol.initial is not None:
        rows.append((rf"{left}\left(0\right)", f"= {latex(symbol.initial)}"))
    return rows


def _event_rows(event: Event, latex: Callable[[Expr], str]) -> _Rows:
    moment = rf"\text{{when }} {latex(event.trigger)}"
    if event.delay is not None:
        moment += rf"\text{{, after }} {latex(event.delay)}"
    return [
        (latex_name(target), rf"\leftarrow {latex(value)} \quad {moment}")
        for target, value in event.assign.items()
    ]


def _index(identifier: str) -> str:
    words = [word for word in identifier.split("_") if word]
    return "\\mathrm{" + r"\,".join(words) + "}"


def aligned_equations(sbml: str) -> str:
    """Write the equations of a model as an aligned LaTeX environment, to stand inside `$$`."""
    rows = [f"{left} &{right}" for left, right in equation_rows(sbml)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
