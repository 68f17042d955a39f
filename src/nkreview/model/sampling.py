"""Sample models' draws: ``python -m nkreview.model.sampling [NAME …]``, as `make draws` does.

The prior is even over the plausible ranges of the evidence. The likelihood takes the range of each
calibration for two standard deviations to either side. Constants that no calibration depends on
come straight from the prior; emcee samples the others.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import emcee
import numpy as np
import pandas as pd
from tqdm import tqdm

from nkreview.model import shelf
from nkreview.model.checks import judge
from nkreview.model.draws import DRAWS, Free, calibrations, draws_file, fingerprint, free_constants
from nkreview.model.evidence import Claim
from nkreview.model.model import Model
from nkreview.model.probes import Probes

SEED = 1
WALKERS = 40  # at least; never fewer than twice the constants
# The walkers stop when there are enough effective samples, but not before as many steps: from a
# short chain the autocorrelation looks shorter than it is.
ENOUGH = 8 * DRAWS
LEAST = 2500
MOST = 10_000  # steps, at which they stop in any case
LOOK = 250  # steps between two looks
BURN_IN = 0.2  # share of the steps in which the walkers leave the default
SPREAD = 0.02  # of the walkers at the start, as a share of each range

# One standard deviation of a range with one end: 5 per cent, or 0.05 where the end is not positive.
OPEN = 0.05

# A constant that moves no calibrated number by more than this share plays no part in them; the
# solver's own error lies well below, what a calibration allows well above.
UNFELT = 1e-4
BASES = 4  # places in the prior where that is tried, beside the default


class SamplingError(RuntimeError):
    """A model's draws cannot be sampled; the message names the claims that stand in the way."""


@dataclass(frozen=True)
class Sampled:
    """Draws of a model, and how they were come by.

    Attributes
    ----------
    draws : DataFrame
        One row a draw, one column a free constant.
    notes : list of str
        Seed, steps, acceptance, autocorrelation and effective sample size, a line each.
    """

    draws: pd.DataFrame
    notes: list[str]


class Likelihood:
    """How well the calibrated claims of a model are met.

    Parameters
    ----------
    model : Model
    """

    def __init__(self, model: Model) -> None:
        self.claims = calibrations(model)
        self._probes = Probes(model, self.claims)

    def numbers(self, values: Mapping[str, float]) -> np.ndarray:
        """Return the number of each calibration; all are NaN when a run fails."""
        try:
            found = self._probes.measure(values)
            return np.array([judge(claim, found[claim.id]).value for claim in self.claims])
        except (RuntimeError, ValueError):  # the solver gave up, or a ratio to zero
            return np.full(len(self.claims), np.nan)

    def log(self, numbers: np.ndarray) -> float:
        """Return the log likelihood of the calibrations' numbers."""
        terms = [misfit(claim, x) for claim, x in zip(self.claims, numbers, strict=True)]
        total = -0.5 * float(np.sum(np.square(terms)))
        return total if np.isfinite(total) else -np.inf

    def met(self, numbers: np.ndarray) -> np.ndarray:
        """Return for each calibration whether its number lies in its range."""
        bounds = [claim.bounds for claim in self.claims]
        low = np.array([-np.inf if low is None else low for low, _ in bounds])
        high = np.array([np.inf if high is None else high for _, high in bounds])
        return (low <= numbers) & (numbers <= high)


def misfit(claim: Claim, number: float) -> float:
    """Return how far a number lies from what a claim expects, in standard deviations.

    On a log scale where the range is positive. A range with one end asks for nothing inside.
    """
    ends = [end for end in claim.bounds if end is not None]
    if min(ends) > 0:
        if not number > 0:
            return np.inf
        ends, number = np.log(ends).tolist(), float(np.log(number))
    if len(ends) == 2:
        low, high = ends
        return (number - (low + high) / 2) / ((high - low) / 4)
    beyond = ends[0] - number if claim.bounds[1] is None else number - ends[0]
    return max(0.0, beyond) / OPEN if np.isfinite(beyond) else np.inf


def sample(model: Model) -> Sampled:
    """Sample the draws of a model, which takes minutes.

    Raises
    ------
    SamplingError
        When too few samples satisfy every calibration.
    """
    rng = np.random.default_rng(SEED)
    free, likelihood = free_constants(model), Likelihood(model)
    felt = _felt(model, free, likelihood, rng)
    if not felt:
        draws = _pick(model, np.empty((DRAWS, 0)), felt, free, likelihood, rng)
        return Sampled(draws, [f"seed: {SEED}; from the prior, as there is nothing to fit"])
    sampler = _walk(model, felt, likelihood, rng)
    times = _autocorrelation(sampler)
    thin = max(1, int(times.max() / 2))
    samples = sampler.get_chain(discard=_burn_in(sampler), thin=thin, flat=True)
    draws = _pick(model, rng.permutation(samples), felt, free, likelihood, rng)
    steps = f"steps: {sampler.iteration}, the first {_burn_in(sampler)} left out"
    unfelt = [one.id for one in free if one not in felt]
    notes = [
        f"seed: {SEED}; walkers: {sampler.nwalkers}; {steps}",
        f"acceptance: {sampler.acceptance_fraction.mean():.2f}",
        f"autocorrelation: {np.median(times):.0f} steps (median), {times.max():.0f} (longest)",
        f"effective sample size: {_effective(sampler):.0f}",
        f"from the prior, as no calibration depends on them: {', '.join(unfelt) or 'none'}",
    ]
    return Sampled(draws, notes)


def write(model: Model, sampled: Sampled) -> None:
    """Write a model's draws beside it, with the notes and the hash at their head."""
    head = [
        f"{model.name}: {DRAWS} draws of the free constants that fit the calibrations",
        f"hash: {fingerprint(model)}",
        *sampled.notes,
    ]
    with draws_file(model).open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"# {line}\n" for line in head)
        sampled.draws.to_csv(stream, index=False, lineterminator="\n")


def renew(names: list[str]) -> None:
    """Sample the named models' draws, default those of the whole shelf, and write them."""
    for name in names or shelf.names():
        model = Model.load(name)
        sampled = sample(model)
        write(model, sampled)
        print(draws_file(model).name, *sampled.notes, sep="\n  ")


def _walk(
    model: Model, felt: list[Free], likelihood: Likelihood, rng: np.random.Generator
) -> emcee.EnsembleSampler:
    """Let walkers go from the default on, until there are enough effective samples."""
    walkers = max(WALKERS, 2 * len(felt) + 2)
    sampler = emcee.EnsembleSampler(
        walkers,
        len(felt),
        lambda places: _log_posterior(places, felt, likelihood),
        moves=[(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)],
    )
    default = np.array([one.place(model.constants[one.id]) for one in felt])
    scattered = default + SPREAD * rng.standard_normal((walkers, len(felt)))
    # A default at the end of its range has the walkers on one side of it.
    inside = 1 - np.abs(1 - np.abs(scattered))
    seeded = np.random.RandomState(SEED).get_state()  # emcee uses the older generator
    steps = sampler.sample(emcee.State(inside, random_state=seeded), iterations=MOST)
    for _ in tqdm(steps, total=MOST, desc=model.name, file=sys.stderr, mininterval=10):
        due = sampler.iteration >= LEAST and sampler.iteration % LOOK == 0
        if due and _effective(sampler) >= ENOUGH:
            break
    return sampler


def _burn_in(sampler: emcee.EnsembleSampler) -> int:
    return int(BURN_IN * sampler.iteration)


def _autocorrelation(sampler: emcee.EnsembleSampler) -> np.ndarray:
    """Return the integrated autocorrelation time of each constant, in steps."""
    return sampler.get_autocorr_time(discard=_burn_in(sampler), tol=0)


def _effective(sampler: emcee.EnsembleSampler) -> float:
    """Return the effective sample size of the constant that mixes worst."""
    kept = sampler.nwalkers * (sampler.iteration - _burn_in(sampler))
    return kept / _autocorrelation(sampler).max()


def _values(free: list[Free], places: np.ndarray) -> dict[str, float]:
    return {one.id: float(one.value(u)) for one, u in zip(free, places, strict=True)}


def _felt(
    model: Model, free: list[Free], likelihood: Likelihood, rng: np.random.Generator
) -> list[Free]:
    """Return the free constants that some calibration depends on."""
    default = np.array([one.place(model.constants[one.id]) for one in free])
    felt: set[str] = set()
    for base in [default, *rng.uniform(size=(BASES, len(free)))]:
        before = likelihood.numbers(_values(free, base))
        for i, end in product(range(len(free)), (0.0, 1.0)):
            if free[i].id not in felt:
                after = likelihood.numbers(
                    _values(free, np.where(np.arange(len(free)) == i, end, base))
                )
                if not np.allclose(before, after, rtol=UNFELT, atol=0):
                    felt.add(free[i].id)
    return [one for one in free if one.id in felt]


def _log_posterior(places: np.ndarray, felt: list[Free], likelihood: Likelihood) -> float:
    if (places < 0).any() or (places > 1).any():
        return -np.inf
    return likelihood.log(likelihood.numbers(_values(felt, places)))


def _pick(
    model: Model,
    samples: np.ndarray,
    felt: list[Free],
    free: list[Free],
    likelihood: Likelihood,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the first samples that satisfy every calibration as they will be written."""
    picked: dict[tuple, dict[str, float]] = {}
    met = np.zeros(len(likelihood.claims), int)
    for places in samples:
        values = {**_values(free, rng.uniform(size=len(free))), **_values(felt, places)}
        rounded = {one.id: _rounded(one, values[one.id]) for one in free}
        holds = likelihood.met(likelihood.numbers(rounded))
        met += holds
        if holds.all():
            picked[tuple(rounded.values())] = rounded
        if len(picked) == DRAWS:
            return pd.DataFrame(picked.values())
    counts = ", ".join(f"{c.id} {n}" for c, n in zip(likelihood.claims, met, strict=True))
    raise SamplingError(
        f"{model.name}: {len(picked)} of {len(samples)} samples satisfy every calibration, "
        f"{DRAWS} are needed; each is satisfied by: {counts}"
    )


def _rounded(one: Free, value: float) -> float:
    """Return a value to six digits, still in its range."""
    return min(max(float(f"{value:.6g}"), one.low), one.high)


if __name__ == "__main__":
    renew(sys.argv[1:])
