"""The claims that a model must reproduce, run and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from nkreview.model.card import Card, Ruled
from nkreview.model.evidence import Claim, Probe
from nkreview.model.model import Model
from nkreview.model.observe import Observer, Reading


@dataclass(frozen=True)
class Outcome:
    """A claim with the number that the model gives for it, and the words to say so.

    Attributes
    ----------
    claim : Claim
    value : float
        The number, or the ratio of numbers.
    holds : bool
        Whether the value lies in the published range, ends included.
    """

    claim: Claim
    value: float
    holds: bool

    @property
    def sign(self) -> str:
        """A sign for the outcome, to stand beside its word."""
        return "✓" if self.holds else "✗"

    @property
    def word(self) -> str:
        """The outcome in a word."""
        return "holds" if self.holds else "missed"

    @property
    def basis(self) -> str:
        """What the outcome proves: a calibration, a check or a prediction."""
        return self.claim.kind

    @property
    def computed(self) -> str:
        """The value that the model gives, as text."""
        return f"{self.value:.3g}"

    @property
    def expected(self) -> str:
        """The published range in words."""
        low, high = self.claim.bounds
        if low is None:
            return f"at most {high:g}"
        if high is None:
            return f"at least {low:g}"
        return f"{low:g} to {high:g}"

    @property
    def line(self) -> str:
        """One plain line, for the terminal and for CSV."""
        return (
            f"{self.word} {self.claim.id}: {self.computed} "
            f"(expected {self.expected}; {self.basis}) {self.claim.says}"
        )


_checked: WeakKeyDictionary[Model, list[Outcome]] = WeakKeyDictionary()


def check(model: Model) -> list[Outcome]:
    """Run every claim of a model, once for each model object.

    Raises
    ------
    ValueError
        When a claim that is missed does not say why, or one that holds says why it is missed.
    """
    if model not in _checked:
        where = f"{model.name}.evidence.yml"
        values = _measure(model, where)
        _checked[model] = [
            _explained(judge(claim, values[claim.id]), where) for claim in model.evidence.claims
        ]
    return _checked[model]


def judge(claim: Claim, values: Mapping[str, float]) -> Outcome:
    """Hold a claim against the values of its probes, by their place in the file."""
    value = values["value"] if claim.value else _ratio(claim, values)
    low, high = claim.bounds
    holds = (low is None or value >= low) and (high is None or value <= high)
    return Outcome(claim, value, holds)


def _ratio(claim: Claim, values: Mapping[str, float]) -> float:
    bottom = values["compare.to"]
    if bottom == 0:
        raise ValueError(f"claims[{claim.id}].compare.to: the number is 0 there; no ratio exists")
    return (values["compare.of"] - values.get("compare.less", 0.0)) / bottom


def _explained(outcome: Outcome, where: str) -> Outcome:
    """Return an outcome that is as its claim says, or complain."""
    claim = outcome.claim
    field = f"{where}: claims[{claim.id}].why_missed"
    if not outcome.holds and not claim.why_missed:
        raise ValueError(
            f"{field}: the model gives {outcome.value:.4g}, expected {outcome.expected}; "
            "say in a sentence why it misses, do not widen the range"
        )
    if outcome.holds and claim.why_missed:
        raise ValueError(f"{field}: the claim holds ({outcome.value:.4g}); remove the key")
    return outcome


def _measure(model: Model, where: str) -> dict[str, dict[str, float]]:
    """Return the value of each probe of each claim; probes of the same run share it."""
    probes = {
        (claim.id, field): probe
        for claim in model.evidence.claims
        for field, probe in claim.probes.items()
    }
    runs: dict[tuple, dict[tuple[str, str], Probe]] = {}
    for place, probe in probes.items():
        run = model.settings(probe.in_, probe.set)
        runs.setdefault(tuple(sorted(run.items())), {})[place] = probe
    formulas = [_formula(probe, model.card) for probe in probes.values()]
    observer = Observer(model.network, formulas, where)
    values: dict[str, dict[str, float]] = {}
    for run, asked in runs.items():
        symbols = [observer.symbols[_formula(probe, model.card)] for probe in asked.values()]
        reading = Reading([_rule(probe, model.card) for probe in asked.values()], symbols)
        found = observer.read(reading, dict(run))
        for (claim, field), value in zip(asked, found, strict=True):
            values.setdefault(claim, {})[field] = value
    return values


def _formula(probe: Probe, card: Card) -> str:
    return probe.expression or card.find("readouts", probe.readout).expression


def _rule(probe: Probe, card: Card) -> Ruled:
    return card.find("readouts", probe.readout) if probe.readout else probe
