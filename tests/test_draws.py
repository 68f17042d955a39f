"""What the evidence leaves open: draws that fit it, and what holds in them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from nkreview.cli import main
from nkreview.living.tables import claims_html
from nkreview.model import sampling, tipping
from nkreview.model.checks import Outcome, check, judge, times_held
from nkreview.model.draws import (
    DRAWS,
    DrawsError,
    Free,
    calibrations,
    draws_file,
    fingerprint,
    free_constants,
)
from nkreview.model.evidence import Claim
from nkreview.model.model import Model
from nkreview.model.probes import Probes
from nkreview.model.shelf import names
from nkreview.model.tipping import nearest_tips, tipping_points

DRAWN = [name for name in names() if Model.load(name).has_draws]


def test_the_models_of_the_book_have_draws() -> None:
    """Else the tests below would pass for want of files."""
    assert {"cytokine_fuel", "metastasis_window"} <= set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_draws_belong_to_the_model_of_today(name: str) -> None:
    """`make draws` was run after the last change that counts."""
    model = Model.load(name)
    assert f"# hash: {fingerprint(model)}\n" in draws_file(model).read_text(encoding="utf-8")
    assert list(model.draws.columns) == [free.id for free in free_constants(model)]


@pytest.mark.parametrize("name", DRAWN)
def test_draws_lie_in_their_ranges(name: str) -> None:
    """Each draw is a set of plausible constants, and no two are the same."""
    model = Model.load(name)
    draws = model.draws
    for free in free_constants(model):
        low, high = model.evidence.parameters[free.id].range
        assert draws[free.id].between(low, high).all(), free.id
        assert low <= model.constants[free.id] <= high, free.id
    assert len(draws.drop_duplicates()) == DRAWS


@pytest.mark.parametrize("name", DRAWN)
def test_draws_give_what_the_model_was_calibrated_to(name: str) -> None:
    """All of them, in every calibration."""
    model = Model.load(name)
    claims = calibrations(model)
    probes = Probes(model, claims)
    for draw in model.draws.to_dict("records"):
        values = probes.measure(draw)
        missed = [claim.id for claim in claims if not judge(claim, values[claim.id]).holds]
        assert missed == []


@pytest.mark.parametrize("name", DRAWN)
def test_settings_are_not_drawn(name: str) -> None:
    """What the experimenter chooses is not uncertain."""
    model = Model.load(name)
    roles = {ident: origin.role for ident, origin in model.evidence.parameters.items()}
    assert {roles[column] for column in model.draws.columns} == {"constant"}
    assert all(
        ident in model.draws.columns or not origin.range
        for ident, origin in model.evidence.parameters.items()
        if origin.role == "constant"
    )


@pytest.mark.parametrize("name", DRAWN)
def test_counts_are_those_of_the_draws(name: str) -> None:
    """Counted here one draw after the other with `Model.table`, for claims on one readout."""
    model = Model.load(name)
    seen = 0
    for outcome in check(model):
        claim = outcome.claim
        assert (outcome.held is None) == (claim.kind != "prediction")
        probe = claim.value
        if claim.kind != "prediction" or not (probe and probe.readout):
            continue
        rows = model.draws.assign(**model.settings(probe.in_, probe.set))
        found = model.table(rows, [probe.readout])[probe.readout]
        low, high = (-np.inf if claim.bounds[0] is None else claim.bounds[0],
                     np.inf if claim.bounds[1] is None else claim.bounds[1])  # fmt: skip
        assert outcome.held == found.between(low, high).sum(), claim.id
        seen += 1
    if not seen:
        pytest.skip(f"{name} makes no prediction of one readout")


@pytest.mark.parametrize("name", DRAWN)
def test_counts_stand_beside_predictions(name: str) -> None:
    """In the table of the page, and in the line of the terminal; not beside other kinds."""
    model = Model.load(name)
    rows = claims_html(model, ", ".join).split("<tr ")[1:]
    for outcome, row in zip(check(model), rows[-len(check(model)) :], strict=True):
        told = f"olds in {outcome.held} of {DRAWS} draws"
        predicted = outcome.claim.kind == "prediction"
        for text in (row, outcome.line):
            assert (told in text) == predicted
            assert (" draws" in text) == predicted


@pytest.mark.parametrize(
    ("holds", "held", "words", "fragile"),
    [
        (True, None, "", False),
        (True, 64, "holds in 64 of 64 draws", False),
        (True, 32, "holds in 32 of 64 draws", False),
        (True, 31, "holds in 31 of 64 draws, fragile", True),
        (False, 3, "holds in 3 of 64 draws", False),  # missed, and firmly so
    ],
)
def test_a_claim_is_fragile_below_half(
    holds: bool, held: int | None, words: str, fragile: bool
) -> None:
    """What holds by the luck of its default says so."""
    outcome = Outcome(claim([0, 1]), 0.5, holds, held)
    assert (outcome.sureness, outcome.fragile) == (words, fragile)


def claim(bounds: list) -> Claim:
    """Return a claim with a range."""
    body = {"value": {"readout": "a"}, "expect": {"value": bounds}}
    return Claim(id="c", says="Some say so.", kind="prediction", **body)


@pytest.mark.parametrize(
    ("low", "high", "middle"),
    [(1, 100, 10), (2, 20, 40**0.5), (2, 19, 10.5), (0, 100, 50), (-1, 1, 0)],
)
def test_a_range_over_a_decade_is_drawn_on_a_log_scale(
    low: float, high: float, middle: float
) -> None:
    """Else nine tenths of the draws would lie in its uppermost decade."""
    free = Free("k", low, high)
    assert [free.value(place) for place in (0, 0.5, 1)] == pytest.approx([low, middle, high])
    assert free.place(middle) == pytest.approx(0.5)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Model]:
    """Return a function that loads a copy of a model, one file of which was changed."""
    source = Model.load("metastasis_window").path

    def load(ending: str = "", old: str = "", new: str = "") -> Model:
        for path in source.parent.glob("metastasis_window.*"):
            shutil.copy(path, tmp_path)
        if ending:
            path = tmp_path / f"metastasis_window{ending}"
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1
            path.write_text(text.replace(old, new), encoding="utf-8")
        return Model.load(tmp_path / source.name)

    return load


@pytest.mark.parametrize(
    ("ending", "old", "new"),
    [
        (".ant", "settling = 0.1 per_hour", "settling = 0.11 per_hour"),
        (".evidence.yml", "range: [0.05, 0.3]", "range: [0.05, 0.4]"),
        (".evidence.yml", "{ratio: [3.6, 4.4]}", "{ratio: [3.6, 4.5]}"),
        (".evidence.yml", "value: {readout: kill_2h, in: intact}",
         "value: {readout: kill_2h, in: no-t-cells}"),
        (".yml", "set: {t_nk_removed: 24}", "set: {t_nk_removed: 23}"),
        (".yml", "expression: kill_chance, at: 2}", "expression: kill_chance, at: 3}"),
    ],
)  # fmt: skip
def test_draws_of_another_state_are_refused(
    ending: str, old: str, new: str, copied: Callable[..., Model]
) -> None:
    """Whatever they rest on has changed, whichever file says it; nothing is counted either."""
    model = copied(ending, old, new)
    assert fingerprint(model) != fingerprint(Model.load("metastasis_window"))
    told = "metastasis_window.draws.csv: hash: .*run `make draws`, or delete the file"
    for use in (lambda: model.draws, lambda: times_held(model)):
        with pytest.raises(DrawsError, match=told):
            use()


def test_a_change_of_wording_needs_no_new_draws(copied: Callable[..., Model]) -> None:
    """Sampling takes minutes."""
    model = copied(".evidence.yml", "About one day, with or", "Roughly one day, with or")
    assert model.draws.equals(Model.load("metastasis_window").draws)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text[: text.rindex("\n", 0, -1)] + "\n", "expected 64 rows of numbers"),
        (lambda text: text.replace("lodging,", "lodge,"), "expected .* in the columns lodging, "),
        (lambda text: text[: text.rindex(",")] + ",few\n", "no table of numbers"),
        (lambda text: text[: text.rindex(",")] + ",\n", "expected 64 rows of numbers"),
    ],
)
def test_damaged_draws_are_named(
    damage: Callable[[str], str], told: str, copied: Callable[..., Model]
) -> None:
    """The message has the file, what is wrong with it, and the remedy."""
    model = copied()
    path = draws_file(model)
    assert len(model.draws) == DRAWS
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DrawsError, match=f"metastasis_window.draws.csv: {told}.*run `make draws`"):
        _ = Model.load(model.path).draws


def test_a_model_without_draws_is_checked_all_the_same(copied: Callable[..., Model]) -> None:
    """Draws come last when a model is made; asked for, their absence is an error."""
    whole = copied()
    draws_file(whole).unlink()
    model = Model.load(whole.path)
    assert {outcome.held for outcome in check(model)} == {None}
    with pytest.raises(
        DrawsError, match=r"no draws beside metastasis_window.ant; run `make draws`"
    ):
        _ = model.draws


def test_the_outcome_flips_at_the_tipping_point() -> None:
    """On one side of it the claim holds, on the other it does not; elsewhere nothing flips."""
    model = Model.load("metastasis_window")
    found = next(one for one in model.evidence.claims if one.id == "growth-is-the-same")
    probes = Probes(model, [found])

    def holds(ident: str, value: float) -> bool:
        return judge(found, probes.measure({ident: value})[found.id]).holds

    points = tipping_points(model, found)
    assert list(points) == [free.id for free in free_constants(model)]
    tipping = {ident: value for ident, value in points.items() if value is not None}
    assert {"escape", "vulnerable_for"} <= set(tipping)
    for free in free_constants(model):
        if free.id in tipping:
            place = free.place(tipping[free.id])
            sides = [holds(free.id, free.value(place + step)) for step in (-2e-4, 2e-4)]
            assert sorted(sides) == [False, True], free.id
        else:
            assert holds(free.id, free.low) and holds(free.id, free.high), free.id


def test_the_command_tells_tipping_points(
    copied: Callable[..., Model], capsys: pytest.CaptureFixture
) -> None:
    """Below the line of each claim, with units."""
    model = copied()
    draws_file(model).unlink()
    evidence = model.path.with_suffix(".evidence.yml")
    data = YAML(typ="safe").load(evidence)
    kept = ("growth-is-the-same", "t-cells-come-too-late")
    data["claims"] = [one for one in data["claims"] if one["id"] in kept]
    YAML().dump(data, evidence)
    assert main(["check", str(model.path), "--tipping"]) == 0
    _, first, points, second, none = capsys.readouterr().out.splitlines()
    model = Model.load(model.path)
    assert [first, second] == [f"  {outcome.line}" for outcome in check(model)]
    value = nearest_tips(model, check(model)[0].claim)["vulnerable_for"]
    assert points.startswith("    tips at ") and f"vulnerable_for = {value:.3g} h" in points
    assert none == "    no constant tips it within its range"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the user's cache, and empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_claims_tell_what_would_change_them(
    pair: Callable[..., Model], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest constant first, in words; computed once for each state of the model."""
    model = pair()
    product, grows = model.evidence.claims
    # On the scales of their priors 3 to 3.3 is further than 2 to 1.8.
    assert list(nearest_tips(model, product)) == ["a", "b"]
    assert nearest_tips(model, grows) == {}
    html = claims_html(model, ", ".join, tips=True)
    told = re.findall(r'nk-tips">(.*?)</span>', html)
    a, b = nearest_tips(model, product).values()
    assert told == [
        f"Ceases to hold at: a = {a:.3g}; b = {b:.3g}.",
        "No constant alone changes that within its range.",
    ]
    assert a == pytest.approx(2.2, rel=1e-3) and b == pytest.approx(2.7, rel=1e-3)
    assert "nk-tips" not in claims_html(model, ", ".join)
    assert len(list(cache.rglob("*.json"))) == 2

    monkeypatch.setattr(tipping, "tipping_points", lambda *_: {"a": 1.0, "b": None})
    assert nearest_tips(model, product) == {"a": a, "b": b}
    wider = pair("range: [2, 4]", "range: [2.5, 4]")
    assert nearest_tips(wider, wider.evidence.claims[0]) == {"a": 1.0}


def test_where_a_ratio_does_not_exist_a_claim_does_not_hold(
    pair: Callable[..., Model], cache: Path
) -> None:
    ratio = "compare: {expression: s, of: {at: 1}, to: {at: 0}}, expect: {ratio: [0, 1]}}"
    model = pair("value: {expression: s, at: 1},\n     expect: {value: [0, null]}}", ratio)
    assert tipping_points(model, model.evidence.claims[1])["a"] is None
    model = pair(
        "value: {expression: s, at: 1},\n     expect: {value: [0, null]}}",
        ratio.replace("{at: 0}", "{expression: s * (b < 3.9), at: 0}"),
    )
    assert tipping_points(model, model.evidence.claims[1])["b"] == pytest.approx(3.9, rel=1e-2)


PAIR = {
    ".ant": "model pair\n  s = a * b\n  s' = -0.1 * s\n  a = 2\n  b = 3\nend\n",
    ".yml": """
title: Two factors
question: Which two?
time: {label: time, unit: h}
sliders:
  - {id: a, min: 1, max: 3, step: 1, help: h.}
views:
  - {id: v, kind: time-course, title: v, describe: d., x: {max: 1}, y: {label: y, min: 0, max: 9},
     series: [{id: s, role: nk, label: s, expression: s}]}
scenarios: [{id: usual, label: Usual, notice: Nothing.}]
""",
    ".evidence.yml": """
parameters:
  a: {meaning: One factor., status: assumed, range: [0.1, 10]}
  b: {meaning: The other., status: assumed, range: [2, 4]}
claims:
  - {id: product, kind: calibration, says: The product is known., value: {expression: s, at: 0},
     expect: {value: [5.4, 6.6]}}
  - {id: grows, kind: calibration, says: It is large., value: {expression: s, at: 1},
     expect: {value: [0, null]}}
""",
}


@pytest.fixture
def pair(tmp_path: Path) -> Callable[..., Model]:
    """Return a function that writes a model of two factors, of which the product is known."""

    def load(old: str = "", new: str = "") -> Model:
        for ending, text in PAIR.items():
            (tmp_path / f"pair{ending}").write_text(text.replace(old, new) if old else text)
        return Model.load(tmp_path / "pair.ant")

    return load


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the walkers stop as early as they may."""
    monkeypatch.setattr(sampling, "LEAST", 50)
    monkeypatch.setattr(sampling, "LOOK", 50)
    monkeypatch.setattr(sampling, "ENOUGH", 1)


@pytest.mark.usefixtures("quick")
def test_sampling_finds_what_fits_together(pair: Callable[..., Model]) -> None:
    """The factors vary more than their product; the file can be read and says how it was made."""
    model = pair()
    sampled = sampling.sample(model)
    sampling.write(model, sampled)
    draws = Model.load(model.path).draws
    assert draws.equals(sampled.draws)
    assert (draws.a * draws.b).between(5.4, 6.6).all()
    assert draws.b.max() / draws.b.min() > 1.5 > 6.6 / 5.4
    head = draws_file(model).read_text().split("\na,b\n")[0]
    for told in ("seed: 1;", "steps: 50,", "acceptance: 0.", "effective sample size: ", ": none"):
        assert told in head
    np.random.rand()  # noqa: NPY002  # whatever else has drawn numbers meanwhile
    assert sampling.sample(model).draws.equals(draws)


def test_without_calibrations_draws_come_from_the_prior(pair: Callable[..., Model]) -> None:
    """Evenly over each range, on a log scale for the factor that spans two decades."""
    model = pair("kind: calibration", "kind: prediction")
    draws = sampling.sample(model).draws
    assert draws.shape == (DRAWS, 2)
    assert np.log10(draws.a).mean() == pytest.approx(0, abs=0.3)
    assert draws.b.mean() == pytest.approx(3, abs=0.3)


@pytest.mark.usefixtures("quick")
def test_sampling_names_the_claims_that_nothing_satisfies(pair: Callable[..., Model]) -> None:
    """Rather than to write draws that do not fit."""
    model = pair("value: [0, null]", "value: [7, null]")
    with pytest.raises(
        sampling.SamplingError, match=r"pair: \d+ of \d+ samples .*product \d+, grows"
    ):
        sampling.sample(model)


@pytest.mark.parametrize(
    ("bounds", "number", "misfit"),
    [
        ([1, 16], 4, 0),
        ([1, 16], 16, 2),
        ([1, 16], 1, -2),
        ([1, 16], 0, np.inf),
        ([0, 4], 4, 2),
        ([-1, 1], 0.5, 1),
        ([1, None], 5, 0),
        ([1, None], np.exp(-0.1), 2),
        ([None, 1], np.exp(0.1), 2),
        ([None, 1], 0.5, 0),
        ([0, None], -0.1, 2),
        ([1, 16], np.nan, np.inf),
    ],
)
def test_a_range_is_two_standard_deviations_to_either_side(
    bounds: list, number: float, misfit: float
) -> None:
    """On a log scale where it is positive, and to one side only where it has one end."""
    assert sampling.misfit(claim(bounds), number) == pytest.approx(misfit)
