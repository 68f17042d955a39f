"""The model of six steps: what it takes from others, as chances, and a design sent as a link."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from drawing import LOOK, MOVE

from nkreview.model.model import Model

MODEL = Model.load("weakest_link")


@pytest.mark.parametrize("ident", MODEL.loans)
def test_what_it_takes_is_what_the_others_say(ident: str) -> None:
    """Value, unit, range and status of each constant that stands in another chapter's model."""
    loan = MODEL.loans[ident]
    lender = MODEL.lenders[loan.model]
    assert MODEL.constants[ident] == lender.constants[loan.parameter]
    assert MODEL.unit(ident) == lender.unit(loan.parameter)
    ours, theirs = (
        model.evidence.parameters[name]
        for model, name in ((MODEL, ident), (lender, loan.parameter))
    )
    assert (ours.range, ours.status, ours.cite) == (theirs.range, theirs.status, theirs.cite)
    assert f"{ident} = " not in MODEL.path.read_text(encoding="utf-8")


def test_chances_have_the_means_of_the_equations() -> None:
    """A thousand pieces of tumour, by chance: the mean of sixty runs is near the curve."""
    runs = MODEL.ensemble(60, 30, ["N", "T"], scenario="cells-and-engager")
    curve = MODEL.run([0, 30], MODEL.settings("cells-and-engager"), ["N", "T"]).iloc[-1]
    errors = runs.std() / np.sqrt(len(runs))
    assert ((runs.mean() - curve).abs() < 4.5 * errors).all()


def test_a_design_is_sent_as_a_link(from_disk: Callable) -> None:
    """Whoever opens it sees the same sliders, prices and curve."""
    model = Model.load("weakest_link")
    element = from_disk(model, "course")
    design = {"cells": 1, "engager": 0.5, "price_engager": 4, "price_cells": 0.2, "p_touch": 0.2}
    element.evaluate(MOVE, design)
    seen = element.evaluate(LOOK)
    element.locator("[data-tool=carry]").click()
    link = element.locator(".nk-link")
    link.wait_for()
    address = link.evaluate("a => a.href")
    assert "price_engager=4" in address and "price_cox" not in address
    element.page.goto("about:blank")
    element.page.goto(address)
    element.locator(".nk-words", has_text="Tumour").wait_for()
    again = element.evaluate(LOOK)
    for what in ("sliders", "readouts", "words"):
        assert again[what] == seen[what]
    assert again["curves"]["tumour"]["d"] == seen["curves"]["tumour"]["d"]
    assert again["curves"]["tumour"]["d"] != again["ghosts"]["tumour"]["d"]
