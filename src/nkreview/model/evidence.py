"""A model's evidence: where each value comes from, and what the model must reproduce."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from nkreview.model.card import RULES, Card, Ruled
from nkreview.model.defaults import Names, complete_evidence
from nkreview.model.loans import Loan
from nkreview.model.schema import CardError, Id, Part, check_unique, ids, need, read_part

Bound = float | None
Kind = Literal["calibration", "check", "prediction"]
Complete = Callable[[dict[str, Any]], dict[str, Any]]


class Provenance(Part):
    """Where a constant's value comes from.

    One that stands in another model is taken `from` there, with all that is said of it there.
    Its role says who chooses the value: a `setting` is the experimenter's, or a convention of the
    model; a `constant` is nature's, and is drawn from its range where the evidence leaves it open.
    """

    meaning: str
    role: Literal["setting", "constant"] = "constant"
    status: Literal["measured", "derived", "calibrated", "assumed"]
    cite: list[str] = []
    range: tuple[float, float] | None = None
    note: str = ""
    from_: Loan | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def _cited(self) -> Provenance:
        if self.status in ("measured", "derived") and not self.cite:
            raise ValueError(f"a {self.status} value needs `cite`")
        return self


class Probe(Ruled):
    """One number of one run: a readout of the card, or an expression of the claim's own.

    The run is a scenario of the card (`in`, default the model's own values), with `set` on top.
    """

    in_: Id | None = Field(default=None, alias="in")
    set: dict[Id, float] = {}
    readout: Id | None = None
    expression: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Probe:
        if (self.readout is None) == (self.expression is None):
            raise ValueError("give either `readout` or `expression`")
        if len(self.rules) != (0 if self.readout else 1):
            raise ValueError(f"an expression needs one of {', '.join(RULES)}; a readout none")
        return self


class Compare(Part):
    """The ratio of a number in two runs, `(of - less) / to`.

    Each is a scenario's id or a `Probe`. What they share (readout, expression, rule) is written
    once, beside them.
    """

    of: Probe
    to: Probe
    less: Probe | None = None

    @model_validator(mode="before")
    @classmethod
    def _share(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        shared = {key: data[key] for key in ("readout", "expression", *RULES) if key in data}
        rest = {key: value for key, value in data.items() if key not in shared}
        for key in ("of", "to", "less"):
            given = {"in": rest[key]} if isinstance(rest.get(key), str) else rest.get(key)
            if isinstance(given, dict):
                rest[key] = {**_inherited(shared, given), **given}
        return rest


def _inherited(shared: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return what a probe takes over: not a rule beside its own, nor anything beside a readout."""
    own_rule = any(rule in given for rule in RULES)
    taken = {"readout", "expression", *(() if own_rule else RULES)}
    if "readout" in given:
        taken = set()
    elif "expression" in given or own_rule:
        taken -= {"readout"}
    return {key: value for key, value in shared.items() if key in taken}


class Expect(Part):
    """The published range, closed at both ends; null leaves an end open."""

    value: tuple[Bound, Bound] | None = None
    ratio: tuple[Bound, Bound] | None = None


class Claim(Part):
    """A statement that the model must reproduce, or is shown to miss.

    Its kind says what it proves: a `calibration` was used to choose constants, a `check` is what
    the equations leave no choice about, a `prediction` could have come out otherwise.
    """

    id: Id
    says: str
    kind: Kind
    ledger: list[str] = []
    value: Probe | None = None
    compare: Compare | None = None
    expect: Expect
    cite: list[str] = []
    why_missed: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Claim:
        if (self.value is None) == (self.compare is None):
            raise ValueError("give either `value` or `compare`")
        wanted = "value" if self.value else "ratio"
        given = self.expect.model_dump(exclude_none=True)
        if list(given) != [wanted]:
            raise ValueError(f"`expect` needs exactly the key `{wanted}`")
        if self.bounds == (None, None):
            raise ValueError("`expect` needs at least one bound, or nothing could fail")
        return self

    @property
    def bounds(self) -> tuple[Bound, Bound]:
        """Lower and upper end of the expected range."""
        return self.expect.value or self.expect.ratio

    @property
    def probes(self) -> dict[str, Probe]:
        """The numbers that the claim rests on, by their place in the file."""
        if self.value:
            return {"value": self.value}
        parts = {f"compare.{key}": getattr(self.compare, key) for key in ("of", "less", "to")}
        return {field: probe for field, probe in parts.items() if probe}


class Evidence(Part):
    """Where a model's values come from, by constant, and its claims."""

    parameters: dict[Id, Provenance] = {}
    claims: list[Claim] = []


def load_evidence(
    path: Path, names: Names, card: Card, complete: Complete = lambda data: data
) -> Evidence:
    """Read a model's evidence and check it against its schema, its model and its card.

    Parameters
    ----------
    path : Path
        The YAML file.
    names : Names
        What the model's file says; a meaning equal to the name need not be repeated.
    card : Card
        Claims name its scenarios and readouts.
    complete : callable, optional
        Adds to the file's data what stands in other models.

    Raises
    ------
    CardError
        Naming the file, the field and the remedy.
    """
    evidence = read_part(path, Evidence, lambda data: complete_evidence(complete(data), names))
    check_unique(path, claims=evidence.claims)
    for name in evidence.parameters:
        need(path, "parameters", "constant of the model", name, names.constants)
    for name in sorted(set(names.constants) - set(evidence.parameters)):
        if evidence.parameters:
            raise CardError(f"{path.name}: parameters: {name!r} has no provenance; add its entry")
    for claim in evidence.claims:
        for field, probe in claim.probes.items():
            where = f"claims[{claim.id}].{field}"
            need(path, f"{where}.readout", "readout", probe.readout, ids(card.readouts))
            need(path, f"{where}.in", "scenario", probe.in_, ids(card.scenarios))
            for name in probe.set:
                need(path, f"{where}.set", "constant of the model", name, names.constants)
    return evidence
