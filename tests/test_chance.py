"""`chance.js` against published means and variances, and against libRoadRunner's Gillespie.

The published cases are from the discrete stochastic models test suite (Evans, Gillespie and
Wilkinson 2008, Bioinformatics 24:285), by their names there: means and standard deviations follow
from a formula, or were computed there from the master equation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import antimony
import numpy as np
import pytest
import roadrunner
from chances import Realise, realiser

from nkreview.model.model import Model
from nkreview.sbml.javascript import to_javascript
from nkreview.sbml.network import read_network
from nkreview.sbml.read import load_sbml

RUNS = 2000
LIMIT = 4.5  # standard errors; one in 150,000 normal deviates is farther off
MODELS = Path(__file__).parent / "models"


@pytest.fixture(scope="module")
def realise(node: str) -> Realise:
    """Return a function that runs SBML by chance in Node, as an array of seeds, ids and times."""
    return realiser(node)


def network(body: str) -> str:
    """Return a network of counts as SBML; every species must be declared substanceOnly."""
    antimony.clearPreviousLoads()
    text = f"model m\n compartment cell = 1;\n {body}\nend"
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


def species(sbml: str) -> list[str]:
    """Return the ids of a model's species."""
    return [item.getId() for item in read_network(sbml).document.getModel().getListOfSpecies()]


# --- Published cases ------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A published case.

    Attributes
    ----------
    body
        In Antimony, without the event.
    expected
        Mean and standard deviation at a time, by id.
    at
        The time of an event, if there is one, and what it sets.
    trigger
        The condition of an event that waits for counts.
    """

    body: str
    times: Sequence[float]
    expected: dict[str, Callable[[float], tuple[float, float]]] = field(default_factory=dict)
    at: float | None = None
    trigger: str = ""
    sets: dict[str, float] = field(default_factory=dict)

    @property
    def sbml(self) -> str:
        """The model with its event."""
        trigger = self.trigger or (self.at and f"time >= {self.at}")
        sets = ", ".join(f"{name} = {value}" for name, value in self.sets.items())
        return network(self.body + (f"; at {trigger}: {sets}" if trigger else ""))


def table(rows: dict[float, tuple[float, float]]) -> Callable[[float], tuple[float, float]]:
    """Return a published table as a function of time."""
    return rows.__getitem__


def birth_death(t: float) -> tuple[float, float]:
    """Mean and deviation of a birth-death process from 100, birth 0.1 and death 0.11."""
    growth = math.exp((0.1 - 0.11) * t)
    return 100 * growth, math.sqrt(100 * 0.21 / -0.01 * growth * (growth - 1))


def immigration(t: float, start: int = 0) -> tuple[float, float]:
    """Mean and deviation with immigration 1 and death 0.1: survivors and a Poisson number."""
    stays = math.exp(-0.1 * t)
    new = 10 * (1 - stays)
    return start * stays + new, math.sqrt(start * stays * (1 - stays) + new)


def reset_to_20(t: float) -> tuple[float, float]:
    """Immigration and death, whatever there is replaced by 20 at 22.5."""
    return immigration(t) if t < 22.5 else immigration(t - 22.5, 20)


def batches(t: float) -> tuple[float, float]:
    """Mean and deviation with immigration of 5 at a time at rate 1, death 0.2."""
    stays = math.exp(-0.2 * t)
    twice = (1 - stays**2) / 0.4
    return 25 * (1 - stays), math.sqrt(25 * twice + 5 * (twice - (stays - stays**2) / 0.2))


DIMERS = """substanceOnly species P in cell, P2 in cell; P = 100; P2 = 0; k1 = 0.001; k2 = 0.01
    bind: 2 P => P2; k1*P*(P - 1)/2; part: P2 => 2 P; k2*P2"""
IMMIGRATION = """substanceOnly species X in cell; X = 0; alpha = 1; mu = 0.1
    come: => X; alpha; die: X => ; mu*X"""
PREY = """substanceOnly species prey in cell, hunter in cell; prey = 100; hunter = 50
    breed: prey => 2 prey; 1.0*prey; eat: prey + hunter => 2 hunter; 0.005*prey*hunter
    starve: hunter => ; 0.6*hunter"""
TOGGLE = """substanceOnly species U in cell, V in cell; U = 0; V = 0
    make_u: => U; 20/(1 + (V/10)^2); lose_u: U => ; U
    make_v: => V; 20/(1 + (U/10)^2); lose_v: V => ; V"""

CASES = {
    "dsmts-001-01 birth-death": Case(
        """substanceOnly species X in cell; X = 100; birth = 0.1; death = 0.11
        born: X => 2 X; birth*X; die: X => ; death*X""",
        [1, 5, 20, 50],
        {"X": birth_death},
    ),
    "dsmts-002-01 immigration-death": Case(IMMIGRATION, [1, 5, 20, 50], {"X": immigration}),
    "dsmts-002-10 with an event at a time": Case(
        IMMIGRATION, [22, 23, 30, 50], {"X": reset_to_20}, at=22.5, sets={"X": 20}
    ),
    "dsmts-003-01 dimerisation": Case(
        DIMERS,
        [1, 5, 20, 50],
        {
            "P": table(
                {
                    1: (91.031766, 3.862504),
                    5: (67.583559, 5.592782),
                    20: (38.315665, 5.085969),
                    50: (28.542298, 4.789331),
                }
            )
        },
    ),
    "dsmts-003-03 with an event at a time": Case(
        DIMERS,
        [24, 26, 40, 50],
        {
            "P2": table(
                {
                    24: (32.267044, 2.492374),
                    26: (4.484117, 1.931252),
                    40: (28.19917, 2.635027),
                    50: (32.556273, 2.482345),
                }
            )
        },
        at=25,
        sets={"P": 100, "P2": 0},
    ),
    "dsmts-003-04 with an event at a count": Case(
        DIMERS,
        [5, 12, 20, 35, 50],
        {
            "P2": table(
                {
                    5: (16.208215, 2.796391),
                    12: (24.685496, 5.009163),
                    20: (18.922952, 9.258434),
                    35: (21.054906, 8.45313),
                    50: (20.97955, 8.026242),
                }
            )
        },
        trigger="P2 > 30",
        sets={"P": 100, "P2": 0},
    ),
    "dsmts-004-01 immigration in batches": Case(
        """substanceOnly species X in cell; X = 0; alpha = 1; mu = 0.2
        come: => 5 X; alpha; die: X => ; mu*X""",
        [1, 5, 20, 50],
        {"X": batches},
    ),
    "predator and prey": Case(PREY, [1, 2.5, 5]),
    "toggle switch": Case(TOGGLE, [0.5, 2, 10]),
}


@lru_cache
def by_roadrunner(name: str) -> np.ndarray:
    """Return libRoadRunner's runs of a case, as an array of runs, ids and times."""
    case = CASES[name]
    # It would notice a timed event with the next reaction only, so it gets the parts one by one.
    engine = roadrunner.RoadRunner(network(case.body) if case.at else case.sbml)
    engine.setIntegrator("gillespie")
    engine.integrator.variable_step_size = False
    engine.timeCourseSelections = species(case.sbml)
    parts = [[0, *(t for t in case.times if not case.at or t < case.at)]]
    if case.at:
        parts = [[*parts[0], case.at], [case.at, *(t for t in case.times if t > case.at)]]

    def run(seed: int) -> Iterator[np.ndarray]:
        engine.resetAll()
        engine.integrator.seed = seed
        for number, times in enumerate(parts):
            if number:
                for target, value in case.sets.items():
                    engine[target] = value
            inner = len(times) - (number < len(parts) - 1)
            yield np.array(engine.simulate(times=times))[1:inner]

    return np.array([np.concatenate(list(run(seed))).T for seed in range(1, RUNS + 1)])


def spread_of_variance(sample: np.ndarray) -> float:
    """Return the standard error of a sample's variance."""
    gaps = sample - sample.mean()
    return math.sqrt(max(np.mean(gaps**4) - np.mean(gaps**2) ** 2, 1e-12) / len(sample))


def deviations(sample: np.ndarray, mean: float, deviation: float) -> list[float]:
    """Return how many standard errors a sample's mean and variance are off."""
    return [
        (sample.mean() - mean) / (deviation / math.sqrt(len(sample))),
        (sample.var(ddof=1) - deviation**2) / spread_of_variance(sample),
    ]


def differences(one: np.ndarray, other: np.ndarray) -> list[float]:
    """Return by how many standard errors means and variances of two samples differ."""
    errors = [math.sqrt(one.var() / len(one) + other.var() / len(other))]
    errors.append(math.hypot(spread_of_variance(one), spread_of_variance(other)))
    gaps = [one.mean() - other.mean(), one.var() - other.var()]
    return [gap / error if gap else 0.0 for gap, error in zip(gaps, errors, strict=True)]


@pytest.mark.parametrize("name", CASES)
def test_means_and_variances_agree(realise: Realise, name: str) -> None:
    """With what is published, and with libRoadRunner."""
    case = CASES[name]
    theirs = by_roadrunner(name)
    ids = species(case.sbml)
    ours = realise(case.sbml, case.times, ids, range(1, RUNS + 1))
    assert ours.shape == theirs.shape
    found = {}
    for i, ident in enumerate(ids):
        for j, time in enumerate(case.times):
            sample = ours[:, i, j]
            found[ident, time, "libRoadRunner"] = differences(sample, theirs[:, i, j])
            if ident in case.expected:
                found[ident, time, "published"] = deviations(sample, *case.expected[ident](time))
    wrong = {key: z for key, z in found.items() if not max(map(abs, z)) < LIMIT}
    assert not wrong


def test_a_book_model_agrees(realise: Realise) -> None:
    """The window with few cells: events at 0, 24 and 144 hours that all matter."""
    model = Model.load("metastasis_window")
    few = {"dose": 200, "doubling_time": 48, "t_nk_removed": 24, "second_dose": 100}
    theirs = model.ensemble(RUNS // 4, 336, ["foci", "R", "T"], settings=few)
    ours = realise(model.sbml, [336], list(theirs), range(1, RUNS // 4 + 1), few)
    for column, values in theirs.items():
        sample = ours[:, list(theirs).index(column), 0]
        assert np.abs(differences(sample, values.to_numpy())).max() < LIMIT, column
    assert theirs["foci"].var() > 0


# --- Events and time ------------------------------------------------------------------------


def test_an_event_takes_effect_at_its_time(realise: Realise) -> None:
    """Even when no reaction happens for long before and after it."""
    body = """substanceOnly species A in cell, B in cell, C in cell; A = 0; B = 0; C = 0; q = 0
        slow: => C; 1e-9; make: => B; q; at time >= 10: q = 5, A = 3"""
    runs = realise(network(body), [9.99, 10, 20], ["A", "B"], range(1, 401))
    assert (runs[:, 0] == [0, 3, 3]).all()
    assert not runs[:, 1, :2].any()
    assert abs(runs[:, 1, 2].mean() - 50) < LIMIT * math.sqrt(50 / 400)


def test_rates_may_switch_at_set_times(realise: Realise) -> None:
    body = """substanceOnly species B in cell; B = 0
        make: => B; piecewise(5, (time > 2) && (time < 4), 0)"""
    runs = realise(network(body), [2, 3, 4, 9], ["B"], range(1, 401))[:, 0]
    assert not runs[:, 0].any()
    assert (runs[:, 2] == runs[:, 3]).all()
    for column, mean in ((1, 5), (3, 10)):
        assert max(map(abs, deviations(runs[:, column], mean, math.sqrt(mean)))) < LIMIT


def test_delays_priorities_and_values_at_the_trigger(realise: Realise) -> None:
    """As in the solver, which this shares: the clock starts when the count is reached."""
    body = """substanceOnly species A in cell, B in cell, C in cell, D in cell; A = 0; B = 0; C = 0
        D = 1; make: => A; 2
        at 2.5 after (A >= 3): B = A; at 2.5 after (A >= 3), fromTrigger = false: C = A
        at A >= 3, priority = 1, fromTrigger = false: D = D*2
        at A >= 3, priority = 5, fromTrigger = false: D = D + 3"""
    times = np.linspace(0, 10, 10001)
    a, b, c, d = realise(network(body), times, ["A", "B", "C", "D"])[0]
    reached, happened = np.argmax(a >= 3), np.argmax(b > 0)
    assert times[happened] - times[reached] == pytest.approx(2.5, abs=0.0015)
    assert b[-1] == 3
    assert c[-1] == a[happened - 1] > 3
    assert d[reached - 1] == 1
    assert d[-1] == 8


def test_a_count_that_jumps_over_a_value_never_has_it(realise: Realise) -> None:
    body = """substanceOnly species A in cell, B in cell, C in cell; A = 0; B = 0; C = 0
        make: => 2 A; 5; at A == 3: B = 1; at A == 4: C = 1"""
    (_, b, c) = realise(network(body), [20], ["A", "B", "C"])[0]
    assert (b, c) == (0, 1)


# --- The same runs --------------------------------------------------------------------------


def test_a_seed_gives_one_run(realise: Realise) -> None:
    sbml, times = CASES["dsmts-001-01 birth-death"].sbml, [1, 5, 20]
    runs = realise(sbml, times, ["X"], [1, 2, 1, 2**40 + 1])
    assert (runs[0] == runs[2]).all()
    assert len({tuple(run[0]) for run in runs}) == 3
    more = realise(sbml, [0.5, *times], ["X"], [1])
    assert (more[0, 0, 1:] == runs[0, 0]).all(), "looking more often must not change the run"


# --- What is refused ------------------------------------------------------------------------

COUNTS = "substanceOnly species A in cell; A = 10; k = 1;"
REFUSED = {
    "x follows a rate rule": f"{COUNTS} A => ; k*A; x = 1; x' = 1",
    "A is a concentration": "species A in cell; A = 10; A => ; A",
    "stoichiometry of A in r is 2.5": f"{COUNTS} r: 2.5 A => ; k*A",
    "stoichiometry of A in r is not a plain number": f"{COUNTS} n = 2; r: n A => ; k*A",
    "it has no reactions": "k = 1",
    "the rate of r changes with time": f"{COUNTS} r: A => ; k*A*(1 + sin(time))",
    "the rate of late changes with time": f"{COUNTS} late: A => ; x*A; x := time*k",
    "is not decided by counts or by a set time": f"{COUNTS} r: A => ; k*A; at A < time: k = 2",
    "A is measured in 1 mole": f"unit substance = mole; {COUNTS} r: A => ; k*A; A has mole",
    "A is measured in 1000 item": f"{COUNTS} r: A => ; k*A; unit lot = 1000 item; A has lot",
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_no_network_of_counts_is_refused_by_name(realise: Realise, why: str) -> None:
    with pytest.raises(RuntimeError, match=f"^m cannot be run by chance: .*{why}"):
        realise(network(REFUSED[why]), [1], [])


FAILING = {
    "The rate of r is -10": f"{COUNTS} r: A => ; -k*A",
    "r takes more A than there is": f"{COUNTS} r: 3 A => ; k*A",
    "A is 2.5, but chance needs whole numbers": f"{COUNTS} r: A => ; k*A; at time > 2: A = 2.5",
    "A is 0.5, but": "substanceOnly species A in cell; A = 0.5; r: A => ; A",
    "million reactions, most of them grow; lower": f"{COUNTS} grow: A => 2 A; k*A; A => ; A/9",
}


@pytest.mark.parametrize("why", FAILING)
def test_a_run_that_cannot_go_on_says_why(realise: Realise, why: str) -> None:
    with pytest.raises(RuntimeError, match=rf"{why}.*\(m, time "):
        realise(network(FAILING[why]), [100], [])


@pytest.mark.parametrize("name", ["robertson", "repressilator"])
def test_a_refused_model_is_still_solved(name: str) -> None:
    """The reason is data of the module, which is made all the same."""
    module = to_javascript(load_sbml(MODELS / f"{name}.ant"))
    assert "chance:null" in module
    assert "rates(t,y,p,s,d)" in module
