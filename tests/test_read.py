"""Files that break a rule of SBML: what can be read is read, with a warning that says what not."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import roadrunner

from nkreview.sbml.javascript import to_javascript
from nkreview.sbml.network import read_network
from nkreview.sbml.read import ModelFileError, ModelFileWarning, load_sbml

LEVEL_3 = "http://www.sbml.org/sbml/level3/version1"
LEVEL_2 = "http://www.sbml.org/sbml/level2/version4"
PACKAGES = "".join(
    f' xmlns:{name}="{LEVEL_3}/{name}/version1" {name}:required="false"'
    for name in ("layout", "render")
)

# A turns into B. As part of a document it ends on line 13.
BODY = """<listOfCompartments><compartment id="C" size="2" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="A" compartment="C" initialConcentration="3" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/>
<species id="B" compartment="C" initialConcentration="1" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfReactions><reaction id="R" reversible="false" fast="false"><listOfReactants>
<speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants><listOfProducts>
<speciesReference species="B" stoichiometry="1" constant="true"/></listOfProducts><kineticLaw>
<math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><cn>0.1</cn><ci>A</ci></apply></math>
</kineticLaw></reaction></listOfReactions>"""


def document(body: str = BODY, more: str = "", packages: str = "") -> str:
    """Return an SBML document of level 3."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sbml xmlns="{LEVEL_3}/core" level="3" version="1"{packages}>\n'
        f'<model id="m">{body}\n{more}</model></sbml>'
    )


def level_2() -> str:
    """Return the same model in level 2, with a layout as programs wrote it then."""
    text = document(BODY.replace(' stoichiometry="1" constant="true"', ""))
    text = text.replace(
        f'"{LEVEL_3}/core" level="3" version="1"', f'"{LEVEL_2}" level="2" version="4"'
    )
    return text.replace(
        '<model id="m">',
        '<model id="m"><annotation><listOfLayouts xmlns="http://projects.eml.org/bcb/sbml/level2">'
        '<layout id="l"><dimensions width="1" height="1"/><listOfSpeciesGlyphs><speciesGlyph/>'
        "</listOfSpeciesGlyphs></layout></listOfLayouts></annotation>",
    )


def layout(inner: str, attributes: str = "") -> str:
    """Return a layout, on line 14 of the document."""
    return (
        f'<layout:listOfLayouts><layout:layout layout:id="l" {attributes}>'
        f'<layout:dimensions layout:width="9" layout:height="9"/>{inner}'
        "</layout:layout></layout:listOfLayouts>"
    )


GLYPHS = (
    '<layout:listOfSpeciesGlyphs><layout:speciesGlyph layout:id="g"><layout:boundingBox>'
    '<layout:position layout:x="left" layout:y="0"/>'
    '<layout:dimensions layout:width="1" layout:height="1"/>'
    "</layout:boundingBox></layout:speciesGlyph></layout:listOfSpeciesGlyphs>"
)
COLOURS = (
    "<layout:listOfLayouts><render:listOfGlobalRenderInformation>"
    '<render:renderInformation render:id="r" render:shade="3"/>'
    "</render:listOfGlobalRenderInformation></layout:listOfLayouts>"
)
NOTE = "<listOfCompartments>"

HARMLESS = {
    "an unknown element of a layout": (
        document(more=layout("<layout:cloud/>"), packages=PACKAGES),
        "line 14: .*'cloud'.*: ignored with all of 'layout'",
    ),
    "an unknown attribute of a layout": (
        document(more=layout("", 'layout:mood="blue"'), packages=PACKAGES),
        "line 14: .*'mood'.*: ignored with all of 'layout'",
    ),
    "a place that is no number": (
        document(more=layout(GLYPHS), packages=PACKAGES),
        "line 14: .*'x' on the <position>.*'layout'",
    ),
    "an id of the model in a layout": (
        document(more=layout("").replace('"l"', '"A"'), packages=PACKAGES),
        "line 14: .*conflicts with the previously defined <species> id 'A'.*'layout'",
    ),
    "colours that break their schema": (
        document(more=COLOURS, packages=PACKAGES),
        "line 14: .*'shade'.*'layout' and 'render'",
    ),
    "a layout that claims to matter": (
        document(packages=PACKAGES.replace('layout:required="false"', 'layout:required="true"')),
        "line 2: The layout:required attribute",
    ),
    "a layout in the annotation": (level_2(), r"line \d+: Layout elements.*'layout'"),
    "a package that nobody knows": (
        document(
            more="<foo:bar/>",
            packages=f' xmlns:foo="{LEVEL_3}/foo/version1" foo:required="false"',
        ),
        "line 2: .*'foo'.*: ignored, since the file says",
    ),
    "a second annotation": (
        document(BODY.replace(NOTE, "<annotation/><annotation/>" + NOTE, 1)),
        "line 3: Only one Annotation.*: ignored, since notes and annotations",
    ),
    "notes that are no XHTML": (
        document(BODY.replace(NOTE, "<notes><b>!</b></notes>" + NOTE, 1)),
        "line 3: Notes must be placed.*: ignored, since notes",
    ),
    "an empty list": (document("<listOfParameters/>" + BODY), "line 3: Empty ListOf.*: ignored"),
}


def final(sbml: str) -> np.ndarray:
    """Return the end of A and B at time 5, as libRoadRunner has it."""
    runner = roadrunner.RoadRunner(sbml)
    runner.timeCourseSelections = ["[A]", "[B]"]
    return np.array(runner.simulate(0, 5, 2))[-1]


@pytest.mark.parametrize("case", HARMLESS)
def test_harmless_faults_are_told_and_change_nothing(tmp_path: Path, case: str) -> None:
    text, message = HARMLESS[case]
    path = tmp_path / "model.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.warns(ModelFileWarning) as told:
        sbml = load_sbml(path)
    said = [str(warning.message).removeprefix(f"{path}: ") for warning in told]
    assert all(text.startswith("line ") for text in said)
    assert any(re.match(message, text) for text in said), said
    assert read_network(sbml).variables == ["A", "B"]
    assert to_javascript(sbml, "x") == to_javascript(document(), "x")
    exact = 3 * np.exp(-0.1 * 5 / 2)
    assert final(sbml) == pytest.approx([exact, 4 - exact], rel=1e-5)


def test_a_valid_file_gives_no_warning(tmp_path: Path) -> None:
    text = document(more=layout(""), packages=PACKAGES)
    (tmp_path / "model.xml").write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_sbml(tmp_path / "model.xml") == text


def test_each_kind_of_fault_is_told_once(tmp_path: Path) -> None:
    text = document(more=layout("<layout:cloud/><layout:rain/>"), packages=PACKAGES)
    (tmp_path / "model.xml").write_text(text, encoding="utf-8")
    with pytest.warns(ModelFileWarning) as told:
        load_sbml(tmp_path / "model.xml")
    assert len(told) == 1


@pytest.mark.parametrize("level", [2, 3])  # that of level 2 has a layout at fault too
def test_a_constant_species_stays_although_it_reacts(tmp_path: Path, level: int) -> None:
    """Left as it is, libRoadRunner would use it up."""
    text = (document() if level == 3 else level_2()).replace(
        'constant="false"/>', 'constant="true"/>', 1
    )
    (tmp_path / "model.xml").write_text(text, encoding="utf-8")
    with pytest.warns(ModelFileWarning) as told:
        sbml = load_sbml(tmp_path / "model.xml")
    assert any("'A'" in str(w.message) and "a boundary species" in str(w.message) for w in told)
    assert final(sbml) == pytest.approx([3, 1 + 3 * 0.1 * 5 / 2], rel=1e-5)
    assert 'states:["B"]' in to_javascript(sbml)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (document(more="<listOfThings/>"), "listOfThings"),
        (document(BODY.replace("initialConc", "initialKonc", 1)), "initialKonc"),
        (document(BODY.replace('hasOnlySubstanceUnits="false"', "", 1)), "hasOnlySubstanceUnits"),
        (document(BODY.replace('species="B"', 'species="Q"')), "'Q'"),
        # What is harmless does not hide what is not.
        (document("<listOfParameters/>" + BODY.replace("<ci>A<", "<ci>Q<")), "'Q'"),
        (document(BODY.replace("<ci>A<", "<ci>Q<"), layout("<layout:cloud/>"), PACKAGES), "'Q'"),
        (document(more=layout("<layout:cloud/>") + "<listOfThings/>", packages=PACKAGES), "Things"),
        (document(packages=f' xmlns:foo="{LEVEL_3}/foo/version1" foo:required="true"'), "'foo'"),
        (document(packages=f' xmlns:comp="{LEVEL_3}/comp/version1" comp:required="false"'), "comp"),
        (document(more="<a>"), "XML"),
    ],
)
def test_what_leaves_the_mathematics_in_doubt_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "model.xml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelFileError, match=rf"model\.xml: .*{message}"):
        load_sbml(tmp_path / "model.xml")
