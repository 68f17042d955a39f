"""The numbers of every view of every model: the page's scripts in Node against libRoadRunner."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from contents import ROOT
from drawing import Axes, anywhere, read_ticks, tells_readout

from nkreview.living.assets import STATIC
from nkreview.living.page import model_script, page_setup
from nkreview.living.svg import living_svg
from nkreview.model.card import TimeCourse
from nkreview.model.model import READOUT_POINTS, Model, names

ASK = ROOT / "tests" / "figures" / "ask.mjs"
SETTINGS = 20  # random positions of all sliders, for each view
TOLERANCE = 1e-3  # of each curve's maximum
VIEWS = [(name, view.id) for name in names() for view in Model.load(name).card.views]
# What a reader waits for at most, whatever the machine: in evaluations of the rates for the page;
# for the kernel in runs of the default scenario, because libRoadRunner does not tell the steps
# that it repeats at a switch. A switch that chatters costs thousands of default runs.
MOST_EVALUATIONS = 20_000
MOST_RUNS = 50


@pytest.fixture(scope="session")
def ask(node: str) -> Iterator[Callable]:
    """Return ``ask(what, model, **question)``; one Node answers all questions."""
    scripts = [(STATIC / name).as_uri() for name in ("figure.js", "solver.js")]
    process = subprocess.Popen(
        [node, str(ASK), *scripts],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def put(what: str, model: Model, **question: object) -> object:
        coded = base64.b64encode(model_script(model).encode()).decode()
        script = f"data:text/javascript;base64,{coded}"
        process.stdin.write(json.dumps({"ask": what, "script": script, **question}) + "\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
        assert "error" not in reply, reply["error"]
        return reply["answer"]

    yield put
    process.stdin.close()
    process.wait(timeout=20)


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_every_view_agrees_with_libroadrunner(name: str, view: str, ask: Callable) -> None:
    """At random positions of all sliders: curves, the text of each readout, and drawn paths."""
    model = Model.load(name)
    shown = model.card.find("views", view)
    svg, geometry = living_svg(model, view)
    axes = Axes.read(read_ticks(svg), shown)
    np.testing.assert_allclose(geometry["box"], axes.box, atol=0.01)
    settings = [anywhere(model, f"{name}.{view}.{n}") for n in range(SETTINGS)]
    setup = {**page_setup(model, view), **geometry}
    answers = ask("figure", model, setup=setup, settings=settings)
    for wanted, answer in zip(settings, answers, strict=True):
        curves, readouts = model.simulate(view, settings=wanted), model.readouts(settings=wanted)
        np.testing.assert_allclose(answer["trajectories"]["x"], curves.index, rtol=1e-12, atol=1e-9)
        for series in curves:
            worst = np.abs(answer["trajectories"]["series"][series] - curves[series]).max()
            assert worst <= TOLERANCE * curves[series].abs().max() + 1e-12, (series, wanted)
            axes.check_curve(answer["paths"][series], curves[series])
        for readout in model.card.readouts:
            text, value = answer["texts"][readout.id], readouts[readout.id]
            assert tells_readout(text, readout, value, model, wanted), (text, value, wanted)


@pytest.mark.parametrize("name", names())
def test_no_scenario_is_costly(name: str, ask: Callable) -> None:
    """Neither the page nor the kernel lets a reader wait, in any scenario."""
    model = Model.load(name)
    scenarios = model.card.scenarios
    settings = [model.settings(scenario.id) for scenario in scenarios]
    end = max(view.x.max for view in model.card.views if isinstance(view, TimeCourse))
    counts = ask("evaluations", model, end=end, settings=settings)
    dear = {s.id: n for s, n in zip(scenarios, counts, strict=True) if n > MOST_EVALUATIONS}
    assert dear == {}, "evaluations of the rates in the page"
    times = np.linspace(0, end, READOUT_POINTS)
    model.run(times)  # compiles
    unit = min(cost(model, times, {}) for _ in range(5))
    dear = {
        s.id: cost(model, times, changed) / unit
        for s, changed in zip(scenarios, settings, strict=True)
        if min(cost(model, times, changed) for _ in range(2)) > MOST_RUNS * unit
    }
    assert dear == {}, "default runs of CVODE"


def cost(model: Model, times: np.ndarray, settings: dict[str, float]) -> float:
    """Return the processor's seconds for one run, whoever else uses the machine."""
    started = time.process_time()
    model.run(times, settings)
    return time.process_time() - started
