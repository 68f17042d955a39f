"""Units as readers write them."""

from __future__ import annotations

import math
from collections import Counter

from nkreview.sbml.network import Unit

_SECONDS = {1: "s", 60: "min", 3600: "h", 86400: "d", 604800: "week", 31557600: "year"}


_PREFIXES = {"": 1, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "p": 1e-12}


def same(one: Unit | None, other: Unit | None) -> bool:
    """Tell whether two units are the same, however they are put together; None is no unit."""
    if one is None or other is None:
        return one is other
    return math.isclose(one.factor, other.factor) and _powers(one) == _powers(other)


def _powers(unit: Unit) -> dict[str, float]:
    powers = Counter()
    for kind, power in unit.parts:
        powers[kind] += power
    return {kind: power for kind, power in powers.items() if power}


def written(unit: Unit) -> str:
    """Return a unit as readers write it, for example ``1/h``; nothing for a plain number."""
    factor, parts = unit.factor, unit.parts
    seconds = 1
    for power in (power for kind, power in parts if kind == "second"):
        fitting = (n for n in _SECONDS if _prefix(factor / n**power) is not None)
        seconds = next(fitting, 1)
        factor /= seconds**power
    above, below = [], []
    for kind, power in parts:
        name = _SECONDS[seconds] if kind == "second" else _reader_unit(kind)
        name = "cell" if name == "cells" and power < 0 else name
        raised = "" if abs(power) == 1 else f"^{abs(power):g}"
        (above if power > 0 else below).append(name + raised)
    prefix = _prefix(factor)
    front = f"{factor:g} " if prefix is None else prefix
    if not parts:
        return {1: "", 1000: "thousand"}.get(factor, f"{factor:g}")
    return "/".join([front + ("·".join(above) or "1"), *below])


def _prefix(factor: float) -> str | None:
    """Return the prefix that stands for a factor, if there is one."""
    return next((p for p, size in _PREFIXES.items() if math.isclose(factor, size)), None)


def _reader_unit(kind: str) -> str:
    return {
        "item": "cells",
        "litre": "L",
        "metre": "m",
        "gram": "g",
        "kilogram": "kg",
        "mole": "mol",
    }.get(kind, kind)
