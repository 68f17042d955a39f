"""The claims that a model must reproduce, run and judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from nkreview.model.card import Claim, Value
from nkreview.model.model import Model


@dataclass(frozen=True)
class Outcome:
    """A claim with the number that the model gives for it.

    Attributes
    ----------
    claim : Claim
    value : float
        The readout, or the ratio of readouts.
    holds : bool
        Whether the value lies in the published range, ends included.
    """

    claim: Claim
    value: float
    holds: bool

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
        """One line for the terminal."""
        sign = "holds " if self.holds else "MISSED"
        basis = "calibrated" if self.claim.calibrated else "predicted"
        return (
            f"{sign}  {self.claim.id}: {self.value:.4g} "
            f"(expected {self.expected}; {basis}) {self.claim.says}"
        )


def check(model: Model) -> list[Outcome]:
    """Run every claim of a model's card.

    Raises
    ------
    ValueError
        When a claim that is missed does not say why, or one that holds says why it is missed.
    """
    return list(_check(model))


@lru_cache(maxsize=8)
def _check(model: Model) -> tuple[Outcome, ...]:
    values = {s.id: model.readouts(s.id) for s in model.card.scenarios}
    outcomes = tuple(_judge(claim, values) for claim in model.card.claims)
    for outcome in outcomes:
        claim = outcome.claim
        where = f"{model.name}.yml: claims[{claim.id}].why_missed"
        if not outcome.holds and not claim.why_missed:
            raise ValueError(
                f"{where}: the model gives {outcome.value:.4g}, expected {outcome.expected}; "
                "say in a sentence why it misses, do not widen the range"
            )
        if outcome.holds and claim.why_missed:
            raise ValueError(f"{where}: the claim holds ({outcome.value:.4g}); remove the key")
    return outcomes


def _judge(claim: Claim, values: dict[str, dict[str, float]]) -> Outcome:
    value = _level(claim.value, values) if claim.value else _ratio(claim, values)
    low, high = claim.bounds
    holds = (low is None or value >= low) and (high is None or value <= high)
    return Outcome(claim, value, holds)


def _level(value: Value, values: dict[str, dict[str, float]]) -> float:
    return values[value.in_][value.readout]


def _ratio(claim: Claim, values: dict[str, dict[str, float]]) -> float:
    compare = claim.compare
    top = values[compare.of][compare.readout]
    if compare.less:
        top -= values[compare.less][compare.readout]
    bottom = values[compare.to][compare.to_readout or compare.readout]
    if bottom == 0:
        raise ValueError(f"claims[{claim.id}].compare.to: the readout is 0 there; no ratio exists")
    return top / bottom
