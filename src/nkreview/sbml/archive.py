"""COMBINE archives (OMEX): a model in SBML, and what to do with it in SED-ML.

The XML is written here, because python-libsedml and python-libsbml do not live in one process:
importing the one after the other never returns. The tests let libSEDML read what is written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from nkreview.sbml.expression import number_text

MODEL_FILE = "model.xml"
MANIFEST_FILE = "manifest.xml"
METADATA_FILE = "metadata.rdf"

SEDML = "http://sed-ml.org/sed-ml/level1/version4"
MATHML = "http://www.w3.org/1998/Math/MathML"
MANIFEST = "http://identifiers.org/combine.specifications/omex-manifest"
SPECIFICATIONS = "http://identifiers.org/combine.specifications"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DCTERMS = "http://purl.org/dc/terms/"

TIME = "urn:sedml:symbol:time"
LSODA, RELATIVE, ABSOLUTE = "KISAO:0000560", "KISAO:0000209", "KISAO:0000211"
TOLERANCES = {RELATIVE: "1e-08", ABSOLUTE: "1e-12"}
LISTS = {"species": "Species", "parameter": "Parameters", "compartment": "Compartments"}


@dataclass(frozen=True)
class Output:
    """A curve: its id in the report, the name that readers see, and the model's symbol."""

    id: str
    name: str
    symbol: str


@dataclass(frozen=True)
class Sweep:
    """A constant that takes evenly spaced values, one run for each."""

    parameter: str
    start: float
    end: float
    steps: int
    log: bool = False


@dataclass(frozen=True)
class Experiment:
    """A run from time 0, or a sweep of runs, and what is reported of it.

    Attributes
    ----------
    file : str
        Its file in the archive.
    title, notes : str
        What it shows.
    end : float
        Where a run ends.
    steps : int
        How many steps of output it has.
    outputs : tuple of Output
    sweep : Sweep, optional
    changes : mapping, optional
        Constants that differ from the file.
    """

    file: str
    title: str
    notes: str
    end: float
    steps: int
    outputs: tuple[Output, ...]
    sweep: Sweep | None = None
    changes: Mapping[str, float] | None = None


def write_archive(files: Mapping[str, str]) -> bytes:
    """Return files by their path as an archive; the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def archive_files(
    sbml: str, title: str, describe: str, experiments: Iterable[Experiment]
) -> dict[str, str]:
    """Return what an archive holds, by path: manifest, metadata, model and experiments.

    Parameters
    ----------
    sbml : str
        The model, with every symbol that an experiment reports.
    title, describe : str
        For readers of the archive.
    experiments : iterable of Experiment
        The first is what a program opens.
    """
    root = ET.fromstring(sbml)
    sedml = {experiment.file: write_sedml(root, experiment) for experiment in experiments}
    language = f"{SPECIFICATIONS}/sbml.level-{root.get('level')}.version-{root.get('version')}"
    return {
        MANIFEST_FILE: _manifest(language, list(sedml)),
        METADATA_FILE: _metadata(title, describe),
        MODEL_FILE: sbml,
        **sedml,
    }


def write_sedml(model: ET.Element, experiment: Experiment) -> str:
    """Return an experiment as SED-ML.

    Parameters
    ----------
    model : Element
        The SBML that it is about: its names for things become XPaths.
    experiment : Experiment
    """
    paths = _Paths(model)
    root = ET.Element("sedML", {"xmlns": SEDML, "xmlns:sbml": paths.namespace})
    root.attrib |= {"level": "1", "version": "4", "name": experiment.title}
    notes = ET.SubElement(root, "notes")
    ET.SubElement(notes, "p", xmlns="http://www.w3.org/1999/xhtml").text = experiment.notes
    _add_model(root, paths, experiment)
    _add_simulation(root, experiment)
    tasks = ET.SubElement(root, "listOfTasks")
    ET.SubElement(tasks, "task", id="run", modelReference="model", simulationReference="course")
    if experiment.sweep:
        _add_sweep(tasks, paths, experiment.sweep)
    _add_outputs(root, paths, experiment)
    return _text(root)


class _Paths:
    """XPaths of the things in a model, by their ids."""

    def __init__(self, model: ET.Element) -> None:
        self.namespace = model.tag.removeprefix("{").partition("}")[0]
        self.language = f"sbml.level-{model.get('level')}.version-{model.get('version')}"
        self._kinds = {
            thing.get("id"): kind
            for kind, plural in LISTS.items()
            for thing in model.iterfind(f"{{*}}model/{{*}}listOf{plural}/{{*}}{kind}")
        }

    def of(self, symbol: str) -> str:
        """Return the path of a quantity."""
        kind = self._kinds[symbol]
        within = "/sbml:sbml/sbml:model"
        return f"{within}/sbml:listOf{LISTS[kind]}/sbml:{kind}[@id='{symbol}']"


def _add_model(root: ET.Element, paths: _Paths, experiment: Experiment) -> None:
    models = ET.SubElement(root, "listOfModels")
    model = ET.SubElement(models, "model", id="model", source=MODEL_FILE)
    model.set("language", f"urn:sedml:language:{paths.language}")
    changes = ET.SubElement(model, "listOfChanges")
    for name, value in (experiment.changes or {}).items():
        change = ET.SubElement(changes, "changeAttribute", target=f"{paths.of(name)}/@value")
        change.set("newValue", number_text(value))


def _add_simulation(root: ET.Element, experiment: Experiment) -> None:
    course = ET.SubElement(
        ET.SubElement(root, "listOfSimulations"), "uniformTimeCourse", id="course"
    )
    course.attrib |= {"initialTime": "0", "outputStartTime": "0"}
    course.attrib |= {"outputEndTime": number_text(experiment.end)}
    course.attrib |= {"numberOfSteps": str(experiment.steps)}
    algorithm = ET.SubElement(course, "algorithm", kisaoID=LSODA)
    parameters = ET.SubElement(algorithm, "listOfAlgorithmParameters")
    for kisao, value in TOLERANCES.items():
        ET.SubElement(parameters, "algorithmParameter", kisaoID=kisao, value=value)


def _add_sweep(tasks: ET.Element, paths: _Paths, sweep: Sweep) -> None:
    task = ET.SubElement(tasks, "repeatedTask", id="sweep", range="values", resetModel="true")
    values = ET.SubElement(ET.SubElement(task, "listOfRanges"), "uniformRange", id="values")
    values.attrib |= {"start": number_text(sweep.start), "end": number_text(sweep.end)}
    values.attrib |= {"numberOfSteps": str(sweep.steps), "type": "log" if sweep.log else "linear"}
    change = ET.SubElement(ET.SubElement(task, "listOfChanges"), "setValue", range="values")
    change.attrib |= {"modelReference": "model", "target": paths.of(sweep.parameter)}
    _add_math(change, "values")
    ET.SubElement(ET.SubElement(task, "listOfSubTasks"), "subTask", order="1", task="run")


def _add_outputs(root: ET.Element, paths: _Paths, experiment: Experiment) -> None:
    """Report time, the constant that is swept, and the curves; draw a plain run over time."""
    task = "sweep" if experiment.sweep else "run"
    reported = [Output("time", "time", TIME)]
    if experiment.sweep:
        swept = experiment.sweep.parameter
        reported.append(Output(swept, swept, swept))
    reported += experiment.outputs
    generators = ET.SubElement(root, "listOfDataGenerators")
    outputs = ET.SubElement(root, "listOfOutputs")
    table = ET.SubElement(outputs, "report", id="table", name=experiment.title)
    sets = ET.SubElement(table, "listOfDataSets")
    for number, output in enumerate(reported):
        generator, variable = f"data_{number}", f"variable_{number}"
        made = ET.SubElement(generators, "dataGenerator", id=generator, name=output.name)
        about = {"id": variable, "taskReference": task}
        about |= {"symbol": TIME} if output.symbol == TIME else {"target": paths.of(output.symbol)}
        ET.SubElement(ET.SubElement(made, "listOfVariables"), "variable", about)
        _add_math(made, variable)
        about = {"id": f"column_{number}", "label": output.id, "name": output.name}
        ET.SubElement(sets, "dataSet", about, dataReference=generator)
    if not experiment.sweep:
        _add_plot(outputs, experiment)


def _add_plot(outputs: ET.Element, experiment: Experiment) -> None:
    plot = ET.SubElement(outputs, "plot2D", id="plot", name=experiment.title)
    curves = ET.SubElement(plot, "listOfCurves")
    for number, output in enumerate(experiment.outputs, 1):
        curve = ET.SubElement(curves, "curve", id=f"curve_{number}", name=output.name)
        curve.attrib |= {"xDataReference": "data_0", "yDataReference": f"data_{number}"}


def _add_math(parent: ET.Element, name: str) -> None:
    math = ET.SubElement(parent, "math", xmlns=MATHML)
    ET.SubElement(math, "ci").text = name


def _manifest(language: str, sedml: list[str]) -> str:
    root = ET.Element("omexManifest", xmlns=MANIFEST)

    def add(path: str, form: str) -> ET.Element:
        return ET.SubElement(root, "content", location=path, format=form)

    add(".", f"{SPECIFICATIONS}/omex")
    add(f"./{MANIFEST_FILE}", f"{SPECIFICATIONS}/omex-manifest")
    add(f"./{METADATA_FILE}", f"{SPECIFICATIONS}/omex-metadata")
    add(f"./{MODEL_FILE}", language)
    for path in sedml:
        add(f"./{path}", f"{SPECIFICATIONS}/sed-ml")  # COPASI knows versions up to 3 by name
    root[-len(sedml)].set("master", "true")
    return _text(root)


def _metadata(title: str, describe: str) -> str:
    root = ET.Element("rdf:RDF", {"xmlns:rdf": RDF, "xmlns:dcterms": DCTERMS})
    about = ET.SubElement(root, "rdf:Description", {"rdf:about": "."})
    ET.SubElement(about, "dcterms:title").text = title
    ET.SubElement(about, "dcterms:description").text = describe
    return _text(root)


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
