"""Print a formula as LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise

import libsbml

from nkreview.sbml.expression import _RELATIONS, Expr, _as_expr, number, pieces
from nkreview.sbml.to_js import _js_number

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
