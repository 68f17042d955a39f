"""A third simulator: COPASI on the exported SBML."""

from __future__ import annotations

import locale

import libsbml
import numpy as np
import pandas as pd
import pytest

from nkreview.model.model import Model
from nkreview.model.shelf import names

TOLERANCE = 1e-3  # of each curve's maximum


@pytest.mark.parametrize("name", names())
def test_copasi_agrees_on_every_scenario(name: str) -> None:
    """All variables, at points that are not the time of an event."""
    before = locale.setlocale(locale.LC_ALL)
    import basico

    locale.setlocale(locale.LC_ALL, before)  # COPASI takes the machine's, often ASCII
    model = Model.load(name)
    end = next(v for v in model.card.views if v.kind == "time-course").x.max
    for scenario in model.card.scenarios:
        changed = model.settings(scenario.id)
        loaded = basico.load_model_from_string(with_values(model.sbml, changed))
        frame = basico.run_time_course(
            duration=end, intervals=97, use_sbml_id=True, use_numbers=True, r_tol=1e-9, a_tol=1e-12
        )
        basico.remove_datamodel(loaded)
        times = frame.index.to_numpy()
        ours = model.run(times, changed) * in_units(model)
        shared = [column for column in frame if column in ours]
        assert shared, "COPASI reports none of the model's variables"
        for column in shared:
            scale = np.abs(ours[column]).max()
            worst = np.abs(frame[column].to_numpy() - ours[column].to_numpy()).max()
            assert worst <= TOLERANCE * scale + 1e-12, (scenario.id, column)


def in_units(model: Model) -> pd.Series:
    """Return how many of a species its unit counts, where that is not one by one."""
    document = libsbml.readSBMLFromString(model.sbml)
    species = [one.getId() for one in document.getModel().getListOfSpecies()]
    size = {name: model.network.units[name].factor for name in species}
    return pd.Series({name: size.get(name, 1.0) for name in model.network.variables})


def with_values(sbml: str, changed: dict[str, float]) -> str:
    """Return the model with other values of its constants."""
    document = libsbml.readSBMLFromString(sbml)
    for name, value in changed.items():
        document.getModel().getParameter(name).setValue(value)
    return libsbml.writeSBMLToString(document)
