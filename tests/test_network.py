"""What other rooms learn of a model from its SBML, and the formulas that they add to it."""

from __future__ import annotations

import math

import antimony
import libsbml
import pytest
import roadrunner

from nkreview.sbml.network import FormulaError, Network, Unit, read_network
from nkreview.sbml.read import ModelFileError, check_sbml
from nkreview.sbml.system import ExportError, read_system

TEXT = """
function double(x); 2*x; end
model *cells()
  unit volume = 1e-3 litre; unit substance = 1e-9 mole; unit time_unit = 3600 second
  unit hour = 3600 second; unit rate = 1/(3600 second); unit clearance = litre/(3600 second)
  compartment V; V is "a well"; V = 2
  species A in V, $B in V; substanceOnly species C in V
  A is "tumour cells"; A = 3; B = 1; C = 7
  k is "killing"; k = 0.5; k has rate
  flow = 4; flow has clearance
  ratio = 1; ratio has dimensionless
  start = 2*k
  level := A + B
  on = 0
  free' = k
  free = 1
  decay: A => C; k*A*V
  switch: at time >= 3: on = 1
end
"""


def sbml_of(text: str) -> str:
    """Return Antimony as SBML."""
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return antimony.getSBMLString(None)


def in_level(level: int, version: int, text: str) -> Network:
    """Return Antimony as a network whose SBML is of an older level."""
    document = libsbml.readSBMLFromString(sbml_of(text))
    assert document.setLevelAndVersion(level, version, False)
    return read_network(libsbml.writeSBMLToString(document))


@pytest.fixture(scope="module")
def network() -> Network:
    """Return a model that has one of each."""
    return read_network(sbml_of(TEXT))


def test_constants_are_what_a_run_can_be_given(network: Network) -> None:
    # Those that events change have a value at the start; what rules compute cannot be set.
    values = network.constants
    assert list(values) == ["k", "flow", "ratio", "start", "on"]
    assert [values[name] for name in ("k", "flow", "ratio", "on")] == [0.5, 4, 1, 0]
    assert math.isnan(values["start"])  # it follows from k unless it is given


def test_what_an_event_fills_later_is_no_constant() -> None:
    network = read_network(sbml_of("model m; var later; at time > 1: later = 2; k = 1; end"))
    assert network.constants == {"k": 1}
    assert network.variables == ["later"]


def test_variables_are_what_a_run_reports(network: Network) -> None:
    assert network.variables == ["A", "B", "C", "level", "on", "free"]


def test_labels_are_the_names_that_were_given(network: Network) -> None:
    assert network.labels == {"V": "a well", "A": "tumour cells", "k": "killing"}


def test_species_are_concentrations_unless_they_say_otherwise(network: Network) -> None:
    said = {name: network.is_concentration(name) for name in ("A", "B", "C", "k", "V", "nothing")}
    assert said == {"A": True, "B": True, "C": False, "k": False, "V": False, "nothing": False}


def test_ids_hold_everything_that_a_new_id_could_clash_with(network: Network) -> None:
    assert {"A", "V", "k", "level", "decay", "switch", "double", "hour", "cells"} <= network.ids
    assert "nk_0" not in network.ids


def test_the_same_text_is_read_once() -> None:
    text = sbml_of("model m; x = 1; end")
    assert read_network(text) is read_network(str(text.encode(), "utf-8"))


def test_what_is_no_sbml_is_refused() -> None:
    with pytest.raises(ModelFileError, match="not"):
        read_network("<html/>")


# --- Formulas of others -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1e3 * A", 3000),
        ("2.5E-1*k", 0.125),
        ("double(A) + level", 10),
        ("piecewise(1, A > 2 && !(B > 2), 0)", 1),
        ("decay/V", 1.5),
        ("max(A, C)*pi/pi + time", 7),
    ],
)
def test_a_rule_has_the_value_of_its_formula(network: Network, formula: str, value: float) -> None:
    runner = roadrunner.RoadRunner(network.with_rules({"new": formula}, "here"))
    assert runner["new"] == pytest.approx(value)
    assert "new" not in read_network(sbml_of(TEXT)).ids


def test_several_rules_become_one_text(network: Network) -> None:
    text = network.with_rules({"one": "A", "two": "B"}, "here")
    assert read_network(text).variables == [*network.variables, "one", "two"]


@pytest.mark.parametrize("level", [(1, 2), (2, 4), (3, 1)])
def test_models_of_older_levels_take_the_same_formulas(level: tuple[int, int]) -> None:
    network = in_level(*level, "model m; species A in V, B in V; V = 2; A = 3; B = 1; end")
    for formula in ("max(A, B) - min(A, 2)", "piecewise(1, A > B && A < 5, 0)"):
        text = network.with_rules({"new": formula}, "here")
        assert roadrunner.RoadRunner(text)["new"] == pytest.approx(1)
        check_sbml(text)


def test_a_fast_reaction_stays_fast() -> None:
    document = in_level(3, 1, "model m; species A; A = 1; R: A => ; A; end").document
    text = libsbml.writeSBMLToString(document).replace('fast="false"', 'fast="true"')
    with pytest.raises(ExportError, match="'R' is fast"):
        read_system(read_network(text).with_rules({"new": "max(A, 2)"}, "here"))


def test_a_model_stays_in_its_level_while_that_has_the_words() -> None:
    text = in_level(2, 4, "model m; A = 1; end").with_rules({"new": "2*A"}, "here")
    assert libsbml.readSBMLFromString(text).getLevel() == 2


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("2*lewel", r"card.yml: expression '2\*lewel': the model has no 'lewel'.* 'level'\?"),
        ("1e3 * switch", "no 'switch'"),  # an event has no value
        ("double + 1", "no 'double'"),
        ("doublet(A)", r"no function 'doublet'; did you mean 'double'\?"),
        ("exponent(A)", r"no function 'exponent'"),
        ("double(A, B)", "takes 1 arguments, not 2"),
        ("2 A", "units"),
        ("A +", "syntax error"),
        ("", "missing"),
        ("delay(A, 1)", "delay"),
    ],
)
def test_formulas_that_make_no_sense_are_refused(
    network: Network, formula: str, message: str
) -> None:
    with pytest.raises(FormulaError, match=message):
        network.with_rules({"new": formula}, "card.yml")


@pytest.mark.parametrize("taken", ["A", "decay", "double", "cells"])
def test_an_id_that_is_taken_is_refused(network: Network, taken: str) -> None:
    with pytest.raises(FormulaError, match=f"{taken!r} is taken"):
        network.with_rules({taken: "2"}, "card.yml")


# --- Units ------------------------------------------------------------------------------------


def test_units_are_those_of_the_file(network: Network) -> None:
    units = network.units
    assert units["k"] == Unit(pytest.approx(1 / 3600), (("second", -1),))
    assert units["flow"] == Unit(pytest.approx(1 / 3600), (("litre", 1), ("second", -1)))
    assert units["ratio"] == Unit(1.0)
    assert not {"level", "on", "start", ""} & set(units)
    assert network.time_unit == Unit(3600, (("second", 1),))


def test_the_unit_of_a_species_is_that_of_its_symbol(network: Network) -> None:
    amount = Unit(pytest.approx(1e-9), (("mole", 1),))
    assert network.units["C"] == amount
    assert network.units["A"] == Unit(pytest.approx(1e-6), (("mole", 1), ("litre", -1)))


def test_level_2_has_units_of_its_own() -> None:
    network = in_level(2, 4, "model m; species A in V; A = 1; V = 1; end")
    assert network.units["V"] == Unit(1.0, (("litre", 1),))
    assert network.units["A"] == Unit(1.0, (("mole", 1), ("litre", -1)))
    assert network.time_unit == Unit(1.0, (("second", 1),))
