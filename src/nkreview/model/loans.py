"""Constants that a model takes from another, so that what is known of them stands once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from nkreview.model import shelf
from nkreview.model.schema import CardError, Id, Part, need, read_part
from nkreview.model.units import same, written
from nkreview.sbml.network import read_network, with_values

if TYPE_CHECKING:
    from nkreview.model.evidence import Provenance
    from nkreview.model.model import Model

#: What a model may say in its own words of a constant that it takes.
OWN = ("from", "meaning", "note")


class Loan(Part):
    """Where a constant stands: a model of the shelf, and what the constant is called there."""

    model: Id
    parameter: Id


class _Entry(Part):
    from_: Loan = Field(alias="from")


class _Loans(Part):
    parameters: dict[Id, _Entry]


def loans_of(path: Path) -> dict[str, Loan]:
    """Return what the evidence beside a model's file takes from other models, by its own ids.

    Raises
    ------
    CardError
        Naming the file, the field and the remedy.
    """
    evidence = _evidence(path)
    if not evidence.exists() or "from:" not in evidence.read_text(encoding="utf-8"):
        return {}
    entries = read_part(evidence, _Loans, _only_loans).parameters
    return {ident: entry.from_ for ident, entry in entries.items()}


def _only_loans(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out all that belongs to the evidence alone, which is read later."""
    given = data.get("parameters")
    entries = given.items() if isinstance(given, dict) else ()
    taken = {key: entry for key, entry in entries if isinstance(entry, dict) and "from" in entry}
    return {"parameters": {ident: {"from": entry["from"]} for ident, entry in taken.items()}}


def lenders_of(
    path: Path, loans: Mapping[str, Loan], load: Callable[[Path], Model]
) -> dict[str, Model]:
    """Return the models from which one takes constants, by name.

    Parameters
    ----------
    path : Path
        The file of the model that takes them.
    loans : mapping
        What it takes, by its own ids.
    load : callable
        Loads a model from its file.

    Raises
    ------
    CardError
        For a model that is not on the shelf.
    """
    lenders = {}
    for ident, loan in loans.items():
        field = f"parameters[{ident}].from.model"
        need(_evidence(path), field, "model", loan.model, shelf.names())
        lenders[loan.model] = load(shelf.find(loan.model))
    return lenders


def filled(path: Path, sbml: str, loans: Mapping[str, Loan], lenders: Mapping[str, Model]) -> str:
    """Return a model's SBML with the values of what it takes.

    Raises
    ------
    CardError
        For a constant that one of the two models does not have, that has a value of its own as
        well, or that has another unit there.
    """
    network, values = read_network(sbml), {}
    for ident, loan in loans.items():
        lender, field = lenders[loan.model], f"parameters[{ident}]"
        need(_evidence(path), field, "constant of the model", ident, network.constants)
        what = f"constant of {loan.model}"
        need(_evidence(path), f"{field}.from.parameter", what, loan.parameter, lender.constants)
        where = f"{_evidence(path).name}: {field}.from"
        if not math.isnan(network.constants[ident]):
            raise CardError(f"{where}: {path.name} gives it a value too; delete that value")
        here, there = network.units.get(ident), lender.network.units.get(loan.parameter)
        if not same(here, there):
            said, wanted = (unit and (written(unit) or "dimensionless") for unit in (here, there))
            raise CardError(
                f"{where}: {loan.parameter!r} of {loan.model} is in {wanted or 'no unit'}, and "
                f"{ident!r} in {said or 'no unit'}; give it that unit in {path.name}"
            )
        values[ident] = lender.constants[loan.parameter]
    return with_values(sbml, values)


def with_lent(
    path: Path, data: dict[str, Any], loans: Mapping[str, Loan], lenders: Mapping[str, Model]
) -> dict[str, Any]:
    """Return the data of a model's evidence with what others know of the constants it takes.

    Raises
    ------
    CardError
        For an entry that says again, or otherwise, what stands in the other model.
    """
    entries = dict(data.get("parameters") or {})
    for ident, loan in loans.items():
        again = sorted(set(entries[ident]) - set(OWN))
        if again:
            raise CardError(
                f"{path.name}: parameters[{ident}].{again[0]}: stands in the evidence of "
                f"{loan.model}; delete it here"
            )
        known: Provenance = lenders[loan.model].evidence.parameters[loan.parameter]
        entries[ident] = {**known.model_dump(exclude={"from_"}), **entries[ident]}
    return {**data, "parameters": entries}


def _evidence(path: Path) -> Path:
    return path.with_suffix(".evidence.yml")
