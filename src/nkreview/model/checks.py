"""The claims that a model must reproduce, run and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from nkreview.model.draws import DRAWS
from nkreview.model.evidence import Claim
from nkreview.model.model import Model
from nkreview.model.probes import Probes


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
    held : int or None
        In how many of the model's draws a prediction holds; None for a model without draws, and
        for calibrations and checks, of which the count says nothing.
    """

    claim: Claim
    value: float
    holds: bool
    held: int | None = None

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
    def fragile(self) -> bool:
        """Whether the claim holds, but in fewer than half of the draws."""
        return self.holds and self.held is not None and self.held < DRAWS / 2

    @property
    def sureness(self) -> str:
        """How far the outcome depends on what the evidence leaves open, in words; may be empty."""
        if self.held is None:
            return ""
        return f"holds in {self.held} of {DRAWS} draws" + (", fragile" if self.fragile else "")

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
        basis = "; ".join(filter(None, [self.basis, self.sureness]))
        return (
            f"{self.word} {self.claim.id}: {self.computed} "
            f"(expected {self.expected}; {basis}) {self.claim.says}"
        )


_checked: WeakKeyDictionary[Model, list[Outcome]] = WeakKeyDictionary()


def check(model: Model) -> list[Outcome]:
    """Run every claim of a model, once for each model object.

    Raises
    ------
    ValueError
        When a claim that is missed does not say why, or one that holds says why it is missed.
    nkreview.model.draws.DrawsError
        When the model's draws were made for another model or other evidence.
    """
    if model not in _checked:
        where = f"{model.name}.evidence.yml"
        values = Probes(model, model.evidence.claims).measure()
        outcomes = [
            _explained(judge(claim, values[claim.id]), where) for claim in model.evidence.claims
        ]
        held = times_held(model) if model.has_draws else {}
        _checked[model] = [replace(one, held=held.get(one.claim.id)) for one in outcomes]
    return _checked[model]


def times_held(model: Model) -> Counter[str]:
    """Return in how many of the model's draws each prediction holds, by its id."""
    predictions = [claim for claim in model.evidence.claims if claim.kind == "prediction"]
    probes = Probes(model, predictions)
    held = Counter({claim.id: 0 for claim in predictions})
    for draw in model.draws.to_dict("records"):
        values = probes.measure(draw)
        held.update(claim.id for claim in predictions if judge(claim, values[claim.id]).holds)
    return held


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
