"""Whether a model is a network of reactions between counts, so that chance can run it."""

from __future__ import annotations

from collections.abc import Iterable

from nkreview.sbml.expression import Expr
from nkreview.sbml.network import Unit
from nkreview.sbml.system import Symbol, System, net_changes

Changes = dict[str, list[tuple[int, int]]]

#: Operations whose value the solver holds, because they jump.
_HELD = frozenset({"lt", "leq", "gt", "geq", "eq", "neq", "floor", "ceiling", "quotient"})


class NoCountsError(ValueError):
    """A model is no network of reactions between counts; the message says what stands against."""


def changes(states: Iterable[Symbol], reactions: Iterable[str], units: dict[str, Unit]) -> Changes:
    """Return by which whole numbers each reaction changes which states.

    Parameters
    ----------
    states : iterable of Symbol
        What the solver holds, in its order.
    reactions : iterable of str
        In the order wanted.
    units : dict
        Unit of each quantity that has one, by id.

    Returns
    -------
    dict
        Pairs of state (its place among the states) and change, by reaction, without reactions
        that change nothing.

    Raises
    ------
    NoCountsError
        For what is no count, or does not change by whole numbers at once.
    """
    found: Changes = {}
    for place, symbol in enumerate(states):
        _check(symbol, units.get(symbol.id))
        for factor, reaction in net_changes(symbol.changes):
            found.setdefault(reaction, []).append((place, _whole(symbol, factor, reaction)))
    if not found:
        raise NoCountsError("it has no reactions")
    return {reaction: found[reaction] for reaction in reactions if reaction in found}


def _check(symbol: Symbol, unit: Unit | None) -> None:
    """Refuse a state that is no count."""
    who = symbol.id
    if symbol.rule is not None:
        raise NoCountsError(f"{who} follows a rate rule; write reactions")
    if symbol.compartment:
        raise NoCountsError(f"{who} is a concentration; make it substanceOnly, a number of things")
    if symbol.factor:
        raise NoCountsError(f"{who} has the conversion factor {symbol.factor}; count it in items")
    if unit and (unit.factor != 1 or {kind for kind, _ in unit.parts} - {"item"}):
        measure = " ".join(kind for kind, _ in unit.parts)
        raise NoCountsError(f"{who} is measured in {unit.factor:g} {measure}; count it in items")


def _whole(symbol: Symbol, factor: Expr, reaction: str) -> int:
    """Return a stoichiometry that is a plain whole number."""
    if factor.op != "number":
        raise NoCountsError(f"the stoichiometry of {symbol.id} in {reaction} is not a plain number")
    if not factor.value.is_integer():
        raise NoCountsError(
            f"the stoichiometry of {symbol.id} in {reaction} is {abs(factor.value):g}, "
            "no whole number"
        )
    return int(factor.value)


def check_times(
    system: System, reactions: Iterable[str], watched: Iterable[tuple[Expr, str]]
) -> None:
    """Refuse rates and conditions that drift with time while no reaction happens.

    Parameters
    ----------
    system : System
    reactions : iterable of str
        Those whose rates count.
    watched : iterable of (Expr, str)
        What decides a condition, beside the conditions that the clock alone decides; and a text
        for it.
    """
    for reaction in reactions:
        if _drifts(system, system.reactions[reaction]):
            raise NoCountsError(
                f"the rate of {reaction} changes with time while no reaction happens; "
                "let it jump at set times"
            )
    for margin, text in watched:
        if _drifts(system, margin):
            raise NoCountsError(f"the condition {text} is not decided by counts or by a set time")


def _drifts(system: System, expr: Expr) -> bool:
    """Tell whether a formula changes with time while counts and conditions stay."""
    if expr.op in ("time", "rateOf"):
        return True
    if expr.op in _HELD:
        return False
    if expr.op == "name" and (inner := _formula(system, expr.value)):
        return _drifts(system, inner)
    return any(_drifts(system, arg) for arg in expr.args)


def _formula(system: System, identifier: str) -> Expr | None:
    """Return what an identifier stands for, when that is a formula."""
    if identifier in system.reactions:
        return system.reactions[identifier]
    symbol = system.symbols[identifier]
    if symbol.role == "rule":
        return symbol.rule
    if symbol.as_amount:  # an amount in a volume that may change
        return Expr("name", value=symbol.compartment)
    return None
