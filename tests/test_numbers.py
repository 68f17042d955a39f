"""The numbers of every view of every model: the page's scripts in Node against libRoadRunner."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from contents import ROOT
from drawing import Axes, anywhere, is_stacked, outline, read_ticks, tells_readout

from nkreview.living.assets import STATIC
from nkreview.living.page import model_script, page_setup
from nkreview.living.svg import living_svg
from nkreview.model.card import TimeCourse
from nkreview.model.model import Model
from nkreview.model.shelf import names

ASK = ROOT / "tests" / "figures" / "ask.mjs"
SETTINGS = 20  # random positions of all sliders, for each view
TOLERANCE = 1e-3  # of each curve's maximum
# A view by chance has no right answer of one run: `test_ensemble.py` looks at these.
ALL = [(name, view) for name in names() for view in Model.load(name).card.views]
VIEWS = [(name, view.id) for name, view in ALL if view.kind not in ("ensemble", "map")]
MAPS = [(name, view.id) for name, view in ALL if view.kind == "map"]
CELLS = 60  # of a map at random settings
# What a reader waits for at most, whatever the machine; a switch that chatters costs a hundred
# times as much. Steps of the kernel are counted in `test_model.py`.
MOST_STEPS = 5_000
POSITIONS = 300


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
            drawn = outline(curves, series) if is_stacked(shown) else curves[series]
            axes.check_curve(answer["paths"][series], drawn)
        for readout in model.card.readouts:
            text, value = answer["texts"][readout.id], readouts[readout.id]
            assert tells_readout(text, readout, value, model, wanted), (text, value, wanted)


@pytest.mark.parametrize(("name", "view"), MAPS)
def test_every_map_agrees_with_libroadrunner(name: str, view: str, ask: Callable) -> None:
    """In cells drawn at random, at random positions of all sliders."""
    model = Model.load(name)
    shown = model.card.find("views", view)
    settings = anywhere(model, f"{name}.{view}")
    cells = model.simulate(view, settings=settings).reset_index().sample(CELLS, random_state=1)
    axes, readout = [shown.x.parameter, shown.y.parameter], shown.colour.readout
    tasks = [{**settings, **task} for task in cells[axes].to_dict("records")]
    found = ask("cells", model, setup=page_setup(model, view), settings=tasks, readout=readout)
    scale = shown.colour.max - shown.colour.min
    close = TOLERANCE * (np.abs(cells[readout]) + scale * (shown.colour.scale == "linear"))
    assert (np.abs(found - cells[readout]) <= close).all()


@pytest.mark.parametrize("name", names())
def test_no_run_is_costly_in_the_page(name: str, ask: Callable) -> None:
    """No scenario and no position of the sliders lets a reader wait."""
    model = Model.load(name)
    runs = {scenario.id: model.settings(scenario.id) for scenario in model.card.scenarios}
    runs |= {f"position {n}": anywhere(model, f"{name}.{n}") for n in range(POSITIONS)}
    end = max(view.x.max for view in model.card.views if isinstance(view, TimeCourse))
    counts = ask("steps", model, end=end, settings=list(runs.values()))
    dear = {run: n for run, n in zip(runs, counts, strict=True) if n > MOST_STEPS}
    assert dear == {}, {run: runs[run] for run in dear}
