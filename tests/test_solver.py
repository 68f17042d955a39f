"""The exported JavaScript against libRoadRunner, and against answers known exactly."""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
import subprocess
from pathlib import Path

import antimony
import libsbml
import numpy as np
import pytest
import roadrunner

from nkreview.sbml.antimony import to_antimony
from nkreview.sbml.javascript import to_javascript
from nkreview.sbml.read import ModelFileError, load_sbml
from nkreview.sbml.system import ExportError

HERE = Path(__file__).parent
SOLVER = HERE.parent / "src" / "nkreview" / "living" / "static" / "solver.js"

_RUNNER = """
import { readFileSync, writeSync } from "node:fs";
const { simulate } = await import(process.argv[1]);
const replies = [];
for (const { module, options } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const url = "data:text/javascript;base64," + Buffer.from(module).toString("base64");
    replies.push(simulate((await import(url)).default, options));
  } catch (error) {
    replies.push({ error: error.message });
  }
}
let text = JSON.stringify(replies, (key, x) =>
  typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
for (text = Buffer.from(text); text.length; ) text = text.subarray(writeSync(1, text));
"""


class Curves(dict):
    """The values of a run by id."""

    def __init__(self, reply: dict) -> None:
        super().__init__(
            {id_: np.array([float(v) for v in column]) for id_, column in reply["values"].items()}
        )
        self.steps = reply["steps"]


@pytest.fixture(scope="session")
def solve(node):
    """Return a function that simulates SBML texts with `solver.js`, in one Node process."""

    def run(jobs):
        work = [{"module": to_javascript(sbml), "options": opts} for sbml, opts in jobs]
        done = subprocess.run(
            [node, "--input-type=module", "-e", _RUNNER, SOLVER.as_uri()],
            input=json.dumps(work),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def one(sbml, times, **options):
        reply = run([(sbml, {"times": [float(t) for t in times], **options})])[0]
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return Curves(reply)

    one.many = run
    return one


def from_antimony(text: str) -> str:
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return antimony.getSBMLString(None)


def _with_values(sbml: str, parameters: dict[str, float]) -> str:
    # In the file, because libRoadRunner does not renew parameters that depend on a changed one.
    document = libsbml.readSBMLFromString(sbml).clone()
    for id_, value in parameters.items():
        document.getModel().getParameter(id_).setValue(value)
        document.getModel().removeInitialAssignment(id_)
    return libsbml.writeSBMLToString(document)


def reference(sbml: str, times, ids, parameters=None) -> dict[str, np.ndarray]:
    """Simulate with libRoadRunner, each species in the sense of its symbol."""
    sbml = _with_values(sbml, parameters or {})
    document = libsbml.readSBMLFromString(sbml)
    runner = roadrunner.RoadRunner(sbml)
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.absolute_tolerance = 1e-14

    def column(id_):
        species = document.getModel().getSpecies(id_)
        return f"[{id_}]" if species and not species.getHasOnlySubstanceUnits() else id_

    runner.timeCourseSelections = ["time", *map(column, ids)]
    data = np.array(runner.simulate(times=[float(t) for t in times]))
    return {id_: data[:, index + 1] for index, id_ in enumerate(ids)}


def worst(curves, expected) -> tuple[float, str]:
    """Return the largest error relative to the maximum of its curve, and the curve."""
    errors = [
        (np.max(np.abs(curves[id_] - values)) / (np.max(np.abs(values)) or 1), id_)
        for id_, values in expected.items()
    ]
    return max((e if e == e else math.inf, id_) for e, id_ in errors)


def agrees(solve, sbml, times, tolerance=1e-5, **options) -> Curves:
    curves = solve(sbml, times, **options)
    expected = reference(sbml, times, list(curves), options.get("parameters"))
    error, id_ = worst(curves, expected)
    assert error < tolerance, f"{id_} is off by {error:.2g} of its maximum"
    return curves


# --- Published models -----------------------------------------------------------------------

PUBLISHED = {
    "robertson": [0, *np.logspace(-5, 6, 100)],
    "hires": np.linspace(0, 321.8122, 300),
    "oregonator": np.linspace(0, 360, 721),
    "tyson1991": np.linspace(0, 100, 401),
    "goldbeter1991": np.linspace(0, 100, 301),
    "repressilator": np.linspace(0, 100, 301),
    "toggle_switch": np.linspace(0, 100, 401),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_models_agree_with_roadrunner(solve, name):
    curves = agrees(solve, load_sbml(HERE / "models" / f"{name}.ant"), PUBLISHED[name], 1e-3)
    assert all(np.isfinite(values).all() for values in curves.values())


def test_toggle_switch_flips_twice(solve):
    curves = solve(load_sbml(HERE / "models" / "toggle_switch.ant"), [0, 100])
    assert curves["flips"][-1] == 2


def test_a_tight_tolerance_converges(solve):
    sbml = load_sbml(HERE / "models" / "oregonator.ant")
    times = np.linspace(0, 300, 50)
    rough, fine, finest = (solve(sbml, times, rtol=rtol) for rtol in (1e-4, 1e-7, 1e-9))
    assert worst(fine, finest)[0] < 1e-4
    assert worst(fine, finest)[0] < worst(rough, finest)[0]


@pytest.mark.parametrize("method", ["dopri", "rodas"])
def test_order_of_the_methods(node, method):
    """Halving the step divides the error by 2 to the order, for the step and within it."""
    code = SOLVER.read_text(encoding="utf-8")
    script = """
      const url = "data:text/javascript;base64," + process.argv[1];
      const { Run } = await import(url);
      const model = { id: "m", states: ["x", "y"], ids: ["x", "y"], defaults: [1, 0.5], rules: [],
        constants: 0, outputs: [], kinds: [], clocks: [], conditions: [], events: [], timed: true,
        init(p, set, y) { y.set(p); },
        rates(t, y, p, s, d) { d[0] = -y[0] * y[1] + Math.cos(t); d[1] = y[0] - y[1] ** 2; },
        clock() {}, margins() {}, triggers() {}, observe() {} };
      const errors = [[], []];
      const walk = (count, half) => {
        const run = new Run(model, { times: [1] });
        run.begin(1);
        if (process.argv[2] === "rodas") run.becomeStiff();
        const out = new Float64Array(2);
        for (let i = 0; i < count; i++) {
          run[process.argv[2]](1 / count);
          if (half && i === count - 1) { run.interpolate(0.5, out); return Array.from(out); }
          run.accept((i + 1) / count);
        }
        return Array.from(run.y);
      };
      const answer = [];
      for (const half of [false, true]) {
        const gap = (n) => {
          // The middle of the last of n steps is where twice as many steps end but one.
          const run = new Run(model, { times: [1] });
          run.begin(1);
          const fine = 1024 * (half ? 2 * n : 1);
          const stop = half ? fine - fine / (2 * n) : fine;
          for (let i = 0; i < stop; i++) { run.dopri(1 / fine); run.accept((i + 1) / fine); }
          return Math.abs(walk(n, half)[0] - run.y[0]);
        };
        answer.push(Math.log2(gap(8) / gap(16)));
      }
      console.log(JSON.stringify(answer));
    """
    packed = base64.b64encode(code.encode()).decode()
    done = subprocess.run(
        [node, "--input-type=module", "-e", script, packed, method],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    step, within = json.loads(done.stdout)
    assert step > (4.5 if method == "dopri" else 3.6)
    assert within > (3.6 if method == "dopri" else 2.6)


# --- Constructs, written in Antimony --------------------------------------------------------

ANTIMONY = {
    "reactions": "A = 10; B = 0; k = 0.3; A => 2 B; k*A; 3 B => A; 0.01*B",
    "boundary": "$A = 4; B = 0; A => B; 0.3*A; at time >= 5: A = 1",
    "volume": "compartment V = 2; species A in V = 4, $B in V = 1; A => ; 0.3*A*V; B' = 0.1",
    "volume changes": """compartment V = 1; V' = 0.1; species A in V = 10, B in V = 2;
        species $C in V = 3; substanceOnly species D in V = 3; A => D; 0.3*A""",
    "volume follows a rule": "compartment V := 1 + 0.1*time; species A in V = 10; A => ; 0.3*A",
    "volume jumps": """compartment V = 1; species A in V = 10, B in V = 2; species $C in V = 4;
        C' = 0.1; A => ; 0.3*A*V; at time >= 2: V = 2; at time >= 3: V = 3, A = 5, C = 1""",
    "volume rates with events": """compartment V = 0.5; V' = 0.2; species $A in V = 0; A' = 0.4;
        x := A; at time >= 0.45: A = 0.2; at time >= 1.2: V = 0.3""",
    "initial assignments": """k = 3; a = 2*k; b = a + c; c = 4*k; x = b; x' = -x*a/100;
        at time >= 2: x = b""",
    "assignment rules": "x = 1; x' = -p; p := q*x; q := 0.3 + r; r := x/10",
    "functions": """function f(x, y); x^2/(y + x^2); end
        model *main() ; x = 2; y = 3; x' = -0.1*f(y, x); y' = f(f(x, y), x) - 0.1*y""",
    "bends": "x = 2; x' = min(1, x, time) - max(0.2*x, abs(x - 3))",
    "logarithms": "x = 2; x' = log10(x) - ln(x) + log(3, x) + root(3, x) - sqrt(x) + x^0.3",
    "trigonometry": """x = 0.5; x' = -0.1*x; a := sec(x) + csc(x) + cot(x) + sech(x) + csch(x);
        b := coth(x) + arccot(x) + arcsec(1/x) + arccsc(1/x) + arcsinh(x) + arccosh(1 + x);
        c := arctanh(x) + arccoth(1/x) + arcsech(x) + arccsch(x) + arcsin(x) + arccos(x);
        d := arctan(x) + sinh(x) + cosh(x) + tanh(x) + sin(x) + cos(x) + tan(x) + exp(x)""",
    "integers": """x = 0; x' = factorial(floor(time)) - 3; w := floor(-x/3);
        y := ceil(x/10) + quotient(time, 3)*rem(time, 3)""",
    "powers and signs": "x = 1; x' = -x^2 + 2^-x^2 - (-x)^2*0.1; y := -x^2; z := (-2)^3 - -x",
    "steps": "x = 0; x' = piecewise(1, x < 2, 0.5, x < 3, 0.1)",
    "no otherwise": "x = 0; x' = 1; y := piecewise(1, x < 100)",
    "logic": """x = 0; y = 0; x' = 1; at xor(x > 1, x > 2, x > 3): y = y + 1;
        at (x > 4 && !(x > 5)) || x >= 6: y = y + 10; z := piecewise(1, 1.1 < x && x < 3.1, 0)""",
    "delay": """x = 0; y = 0; z = 0; x' = 1; at 2.5 after (x >= 3): y = x;
        at 2.5 after (x >= 3), fromTrigger = false: z = x""",
    "not persistent": """x = 0; y = 0; x' = cos(time);
        at 2 after (x >= 0.5), persistent = false: y = y + 1;
        at 0.5 after (x >= 0.7), persistent = false: y = y + 10""",
    "priority": """x = 0; y = 1; x' = 1; at x >= 3, priority = 1: y = y*2;
        at x >= 3, priority = 5, fromTrigger = false: y = y + 3;
        at time >= 4, priority = 2, fromTrigger = false: y = y*7;
        at time >= 4, priority = 1, fromTrigger = false: y = y + 1""",
    "at the start": "y = 0; z = 0; at (time >= 0), t0 = false: y = 1; at (y > 0.5): z = 3",
    "cascade": """a = 0; b = 0; c = 0; q = 0; at time >= 2: a = 1; at a > 0: b = b + 1;
        at b > 0: c = a + b; q' = c""",
    "simultaneous": "a = 1; b = 2; at time >= 2: a = b, b = a",
    "hysteresis": "x = 0; on = 1; x' = on - 0.3*x; at x > 2: on = 0; at x < 1: on = 1",
    "reset": "x = 1; x' = -0.5*x; at x < 0.1: x = 1",
    "periodic": "y = 0; at sin(time*3) > 0.5: y = y + 1; at cos(2*time) < 0: y = y + 0.1",
    "equality of times": "y = 0; at time == 3: y = 1; at time != 6: y = y + 1",
    "each day": "x = 0; k := piecewise(1, rem(time, 2.4) < 0.1, 0); x' = 10*k - 0.1*x",
    "steps of time": "x = 0; x' = floor(time/0.7) - 0.3*x",
    "bend in time": "x = 0; x' = abs(time - 5) - 0.3*x + max(0, time - 7)",
    "tiny": """compartment V = 1e-15; species A in V = 1e-6, B in V = 0;
        A => B; V*(2*A - B)""",
}


@pytest.mark.parametrize("case", ANTIMONY)
def test_constructs_agree_with_roadrunner(solve, case):
    text = ANTIMONY[case]
    text = f"{text}\nend" if "model *" in text else f"model m\n{text}\nend"
    agrees(solve, from_antimony(text), np.linspace(0, 10, 41), 1e-4)


# --- Constructs, written in SBML ------------------------------------------------------------


def mathml(formula: str) -> str:
    text = libsbml.writeMathMLToString(libsbml.parseL3Formula(formula))
    return text.split("?>", 1)[1]


def sbml_text(body: str, level=3, version=1, attributes="") -> str:
    """Write an SBML document; `{{formula}}` in the body becomes MathML."""
    base = "http://www.sbml.org/sbml/level"
    space = f"{base}3/version{version}/core" if level == 3 else f"{base}2/version{version}"
    body = re.sub(r"\{\{(.*?)\}\}", lambda match: mathml(match[1]), body)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="{space}" level="{level}" '
        f'version="{version}"><model id="m" {attributes}>{body}</model></sbml>'
    )


def listing(**lists: str) -> str:
    return "".join(f"<listOf{name}>{items}</listOf{name}>" for name, items in lists.items())


def compartment(size: float | None = 2, constant="true", dimensions=3) -> str:
    given = "" if size is None else f'size="{size}"'
    return f'<compartment id="C" spatialDimensions="{dimensions}" {given} constant="{constant}"/>'


def species(id_: str, value="", substance="false", boundary="false", more="") -> str:
    return (
        f'<species id="{id_}" compartment="C" {value} hasOnlySubstanceUnits="{substance}" '
        f'boundaryCondition="{boundary}" constant="false" {more}/>'
    )


def parameter(id_: str, value: float | None = None, constant="true") -> str:
    given = "" if value is None else f'value="{value}"'
    return f'<parameter id="{id_}" {given} constant="{constant}"/>'


def part(id_: str, stoichiometry: float | None = 1, more='constant="true"') -> str:
    given = "" if stoichiometry is None else f'stoichiometry="{stoichiometry}"'
    return f'<speciesReference species="{id_}" {given} {more}/>'


def reaction(id_: str, reactants: str, products: str, law: str, local="", fast="false") -> str:
    return (
        f'<reaction id="{id_}" reversible="false" fast="{fast}">'
        f"<listOfReactants>{reactants}</listOfReactants>"
        f"<listOfProducts>{products}</listOfProducts>"
        f"<kineticLaw>{{{{{law}}}}}{local}</kineticLaw></reaction>"
    )


def assign(id_: str, formula: str) -> str:
    return f'<assignmentRule variable="{id_}">{{{{{formula}}}}}</assignmentRule>'


def rate(id_: str, formula: str) -> str:
    return f'<rateRule variable="{id_}">{{{{{formula}}}}}</rateRule>'


def start(id_: str, formula: str) -> str:
    return f'<initialAssignment symbol="{id_}">{{{{{formula}}}}}</initialAssignment>'


A3, B1 = species("A", 'initialConcentration="3"'), species("B", 'initialAmount="1"')
DECAY = reaction("R", part("A"), part("B", 2), "0.1*A*C")
VARIABLE = 'id="n" constant="false"'

SBML = {
    "conversion factors": sbml_text(
        listing(
            Compartments=compartment(),
            Species=A3 + species("B", 'initialAmount="1"', more='conversionFactor="cb"'),
            Parameters=parameter("cm") + parameter("cb", 0.5),
            InitialAssignments=start("cm", "cb*4"),
            Reactions=DECAY,
        ),
        attributes='conversionFactor="cm"',
    ),
    "initial stoichiometry": sbml_text(
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Parameters=parameter("k", 3),
            InitialAssignments=start("n", "k/2"),
            Reactions=reaction(
                "R", part("A", None, 'id="n" constant="true"'), part("B", 2), "0.1*A*C"
            ),
        )
    ),
    "stoichiometry with a rate": sbml_text(
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Rules=rate("n", "0.5"),
            Reactions=reaction("R", part("A", 1, VARIABLE), part("B", 2), "0.1*A*C"),
        )
    ),
    "stoichiometry with a rule": sbml_text(
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Rules=assign("n", "1 + time"),
            Reactions=reaction("R", part("A", 1, VARIABLE), part("B", 2), "0.1*A*C"),
        )
    ),
    "species on both sides": sbml_text(
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Reactions=reaction(
                "R", part("A") + part("A", 1.5) + part("B"), part("B", 2) + part("A"), "0.1*A*C"
            ),
        )
    ),
    "amounts in a growing volume": sbml_text(
        listing(
            Compartments=compartment(constant="false"),
            Species=species("A", 'initialConcentration="3"', "true")
            + B1
            + species("D", 'initialConcentration="2"', "true", "true")
            + species("F", "", "false", "true")
            + species("G", "", "true", "true"),
            Rules=rate("C", "0.3") + rate("D", "0.1*A") + assign("F", "2*B") + assign("G", "F*C"),
            Reactions=reaction("R", part("A"), part("B", 2), "0.1*A*C"),
        )
    ),
    "everything initially assigned": sbml_text(
        listing(
            Compartments=compartment(None),
            Species=species("A", 'initialAmount="3"')
            + species("B")
            + species("D", "", "true")
            + species("E", 'initialConcentration="3"', "true"),
            Parameters=parameter("x", 1) + parameter("y"),
            InitialAssignments=start("C", "x*4")
            + start("B", "A + E")
            + start("D", "A*C + B")
            + start("y", "D + B + x"),
            Reactions=reaction("R", part("A"), part("B"), "0.1*A*y"),
        )
    ),
    "local parameters": sbml_text(
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Parameters=parameter("k", 5),
            Reactions=reaction(
                "R",
                part("A"),
                part("B"),
                "k*A*B*C",
                '<listOfLocalParameters><localParameter id="k" value="0.1"/>'
                '<localParameter id="B" value="0.7"/><localParameter id="C" value="2"/>'
                "</listOfLocalParameters>",
            )
            + reaction("Q", part("B"), part("A"), "k*B*0.01 + R"),
        )
    ),
    "swapped arguments": sbml_text(
        listing(
            FunctionDefinitions='<functionDefinition id="f">{{lambda(x, y, x - 2*y)}}'
            '</functionDefinition><functionDefinition id="g">{{lambda(y, x, f(x, y))}}'
            "</functionDefinition>",
            Parameters=parameter("x", 3, "false") + parameter("y", 4, "false"),
            Rules=rate("x", "0.1*f(y, x)") + rate("y", "0.1*g(x, f(x, y))"),
        )
    ),
    "rates of change": sbml_text(
        listing(
            Compartments=compartment(constant="false"),
            Species=A3,
            Parameters=parameter("p", 0, "false") + parameter("z", 1, "false") + parameter("w"),
            InitialAssignments=start("w", "rateOf(A) + rateOf(z)"),
            Rules=rate("C", "0.3") + assign("p", "rateOf(A) + w") + rate("z", "0.1*A"),
            Reactions=reaction("R", part("A"), "", "0.1*A*C")
            .replace(' fast="false"', "")
            .replace("<listOfProducts></listOfProducts>", ""),
            Events='<event useValuesFromTriggerTime="true"><trigger persistent="true" '
            'initialValue="true">{{rateOf(z) < 0.2}}</trigger><listOfEventAssignments>'
            '<eventAssignment variable="z">{{rateOf(A)}}</eventAssignment>'
            "</listOfEventAssignments></event>",
        ),
        version=2,
    ),
    "truth as a number": sbml_text(
        listing(
            Parameters=parameter("x", 0, "false") + parameter("y", 0, "false"),
            Rules=rate("x", "(time > 2) + true") + assign("y", "piecewise(3, x, 4) + (x > 1)*2"),
        ),
        version=2,
    ),
    "no size": sbml_text(
        listing(
            Compartments=compartment(None, dimensions=0),
            Species=species("A", 'initialAmount="3"') + species("B", 'initialAmount="0"', "true"),
            Reactions=reaction("R", part("A"), part("B"), "0.1*A"),
        )
    ),
    "level 2": sbml_text(
        listing(
            Compartments='<compartment id="C" size="2"/>',
            Species='<species id="A" compartment="C" initialAmount="3"/>'
            '<species id="B" compartment="C" initialConcentration="1"/>',
            Parameters='<parameter id="k" value="0.1"/><parameter id="x" constant="false"/>',
            InitialAssignments=start("x", "k*2"),
            Reactions='<reaction id="R" reversible="false"><listOfReactants>'
            '<speciesReference species="A"><stoichiometryMath>{{1 + time + B}}'
            "</stoichiometryMath></speciesReference></listOfReactants><listOfProducts>"
            '<speciesReference species="B" stoichiometry="2"/></listOfProducts>'
            "<kineticLaw>{{k*A*C*q}}<listOfParameters>"
            '<parameter id="q" value="0.5"/></listOfParameters></kineticLaw></reaction>',
            Events='<event id="e" useValuesFromTriggerTime="false"><trigger>{{time >= 1.2}}'
            "</trigger><delay>{{0.5}}</delay><listOfEventAssignments>"
            '<eventAssignment variable="x">{{B}}</eventAssignment>'
            "</listOfEventAssignments></event>",
        ),
        level=2,
        version=4,
    ),
    "level 1": '<?xml version="1.0" encoding="UTF-8"?>'
    '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m">'
    '<listOfCompartments><compartment name="C"/><compartment name="D" volume="2"/>'
    '</listOfCompartments><listOfSpecies><species name="A" compartment="C" initialAmount="3"/>'
    '<species name="B" compartment="D" initialAmount="1"/></listOfSpecies><listOfParameters>'
    '<parameter name="k" value="0.1"/><parameter name="x" value="0.1"/></listOfParameters>'
    '<listOfRules><parameterRule name="x" formula="k*A+B^2+log10(A)+log(A)"/></listOfRules>'
    '<listOfReactions><reaction name="R" reversible="false"><listOfReactants>'
    '<speciesReference species="A" stoichiometry="3" denominator="2"/></listOfReactants>'
    '<listOfProducts><speciesReference species="B"/></listOfProducts>'
    '<kineticLaw formula="k*A*pow(B,2)"/></reaction></listOfReactions></model></sbml>',
}


@pytest.mark.parametrize("case", SBML)
def test_sbml_constructs_agree_with_roadrunner(solve, case):
    curves = agrees(solve, SBML[case], np.linspace(0, 5, 21), 1e-5)
    assert set(curves) <= set("ABCDEFGkpqwxyzn") | {"cm", "cb"}, set(curves)


def test_submodels_are_flattened(solve):
    antimony.clearPreviousLoads()
    antimony.loadAntimonyString(
        "model sub(k, S); S = 3; k = 0.2; S => ; k*S; end\n"
        "model top; A: sub(kk, Q); kk = 0.5; Q = 7; at time > 2: kk = 1; end"
    )
    composed = antimony.getCompSBMLString("top")
    assert "comp:required" in composed
    times = np.linspace(0, 5, 11)
    expected = reference(antimony.getSBMLString("top"), times, ["Q", "kk"])
    assert worst(solve(composed, times), expected)[0] < 1e-5


# --- Answers known exactly ------------------------------------------------------------------


def test_a_concentration_with_its_own_rate_in_a_volume_with_a_rule(solve):
    sbml = from_antimony(
        "model m; compartment V := 1 + 0.1*time; species $A in V = 2; A' = 0.3; end"
    )
    assert solve(sbml, [0, 5])["A"][1] == pytest.approx(3.5)


def test_a_short_pulse_is_not_stepped_over(solve):
    sbml = from_antimony(
        "model m; x = 0; k := piecewise(1, time >= 50.003 && time < 50.004, 0);"
        "x' = 1000*k - 0.01*x; end"
    )
    exact = 1e5 * (1 - math.exp(-1e-5)) * math.exp(-0.01 * (55 - 50.004))
    assert solve(sbml, [0, 55])["x"][1] == pytest.approx(exact, rel=1e-6)


def test_short_pulses_of_a_nonlinear_clock(solve):
    sbml = from_antimony("model m; x = 0; x' = piecewise(1, sin(time) > 0.99, 0); end")
    width = math.pi - 2 * math.asin(0.99)
    assert solve(sbml, [0, 240])["x"][1] == pytest.approx(38 * width, rel=1e-6)


def test_a_fast_clock_is_followed_although_nothing_else_moves(solve):
    sbml = from_antimony("model m; n = 0; at sin(1000*time) > 0.5: n = n + 1; end")
    assert solve(sbml, [0, 10])["n"][1] == 1592


def test_a_conserved_sum_at_a_threshold_does_not_slow_the_solver(solve):
    sbml = from_antimony(
        "model m; A = 3; B = 7; n = 0; A => B; 0.3*A; B => A; 0.2*B; at A + B > 10.1: n = 1; end"
    )
    assert solve(sbml, [0, 1000])["n"][1] == 0


def test_a_fast_switch_of_the_state_is_followed(solve):
    sbml = from_antimony("model m; x = 0; x' = piecewise(1, sin(20*x + time) > 0, 0.5); end")
    period, advance = math.pi / 21 + math.pi / 11, math.pi / 21 + math.pi / 22
    curves = solve(sbml, [0, 11 * period, 11 * period + 0.1])
    assert curves["x"].tolist() == pytest.approx([0, 11 * advance, 11 * advance + 0.1], rel=1e-9)


def test_an_event_triggers_itself_again(solve):
    sbml = from_antimony(
        "model m; p = 1.5; at 2.3 after (p > 1), t0 = false: p = 3;"
        "at 1.5 after (p > 1), t0 = false: p = 0; end"
    )
    # Set to 0 at 1.5, 3.8, 6.1 and 8.4; to 3 at 2.3, 4.6, 6.9 and 9.2.
    times = [1, 2, 3, 4, 5, 6.5, 7, 8.5, 10]
    assert solve(sbml, times)["p"].tolist() == [1.5, 0, 3, 0, 3, 0, 3, 0, 3]


def test_what_triggers_and_lapses_at_one_moment(solve):
    flips = "".join(f"at time >= 1, priority = {9 - i}: on = {'01'[i % 2 == 0]};" for i in range(5))
    sbml = from_antimony(
        f"model m; on = 0; x = 0; y = 0; z = 0; {flips}"
        "at on > 0.5, priority = 1, fromTrigger = false: x = x + 1;"
        "at on > 0.5, priority = 1: y = y + 1;"
        "at on > 0.5, priority = 1, fromTrigger = false, persistent = false: z = z + 1; end"
    )
    curves = solve(sbml, [0, 2])
    assert (curves["x"][1], curves["y"][1], curves["z"][1]) == (3, 1, 1)


@pytest.mark.parametrize(
    "name", [*"bdgopstwy", "time", "avogadro", "Math", "set", "class", "NaN", "undefined", "eval"]
)
def test_any_name_may_be_used(solve, name):
    law = f"<math xmlns='http://www.w3.org/1998/Math/MathML'><ci> {name} </ci></math>"
    sbml = sbml_text(
        listing(
            Parameters=parameter("x", 1, "false") + parameter(name, 3),
            Rules=f"<rateRule variable='x'>{law}</rateRule>",
        )
    )
    assert solve(sbml, [0, 2])["x"][1] == pytest.approx(7)


def test_a_brief_dip_below_a_threshold_is_seen(solve):
    sbml = from_antimony(
        "model m; x = 0; y = 1; n = 0; x' = y; y' = -x; at x < -0.99999: n = n + 1; end"
    )
    assert solve(sbml, [0, 100])["n"][1] == 16


def test_strict_and_plain_comparison_with_an_output_time(solve):
    sbml = from_antimony("model m; a = 0; b = 0; at time >= 5: a = 1; at time > 5: b = 1; end")
    curves = solve(sbml, [0, 5, 5.5])
    assert list(curves["a"]) == [0, 1, 1]
    assert list(curves["b"]) == [0, 0, 1]


def test_rate_of_a_concentration(solve):
    sbml = sbml_text(
        listing(
            Compartments=compartment(constant="false"),
            Species=species("A", 'initialConcentration="3"', more='conversionFactor="f"'),
            Parameters=parameter("f", 2) + parameter("p", constant="false"),
            Rules=assign("p", "rateOf(A)"),
            Reactions=reaction("R", part("A"), "", "0.1*A*C")
            .replace(' fast="false"', "")
            .replace("<listOfProducts></listOfProducts>", ""),
            Events='<event useValuesFromTriggerTime="true"><trigger persistent="true" '
            'initialValue="true">{{time >= 2}}</trigger><listOfEventAssignments>'
            '<eventAssignment variable="C">{{4}}</eventAssignment>'
            "</listOfEventAssignments></event>",
        ),
        version=2,
    )
    # The rate is 0.2 a unit of time throughout; the volume halves the concentration.
    exact = [-0.6, -0.6 * math.exp(-0.2), -0.3 * math.exp(-0.6)]
    assert solve(sbml, [0, 1, 3])["p"].tolist() == pytest.approx(exact, rel=1e-6)


def test_moments_that_differ_by_rounding_are_one(solve):
    sbml = from_antimony(
        "model m; x = 1; at 0.1 after (time >= 0.2), priority = 1, fromTrigger = false: x = x + 1;"
        "at time >= 0.3, priority = 2, fromTrigger = false: x = x*10; end"
    )
    assert solve(sbml, [0, 1])["x"][1] == 11


def test_events_of_equal_priority_take_turns_at_random(solve):
    sbml = from_antimony(
        "model m; q = 0; r = 0; last = 0;"
        "at time - last >= 0.01, priority = 1, persistent = false: last = time, q = q + 1;"
        "at time - last >= 0.01, priority = 1, persistent = false: last = time, r = r + 1; end"
    )
    curves = solve(sbml, [0, 100])
    assert curves["q"][1] + curves["r"][1] == pytest.approx(10_000, abs=1)
    assert abs(curves["q"][1] - curves["r"][1]) < 400


def test_an_equality_holds_for_a_moment(solve):
    sbml = from_antimony("model m; x = 0; n = 0; x' = 1/3; at x == 1: n = n + 1; end")
    assert solve(sbml, [0, 2.9, 3.1])["n"].tolist() == [0, 0, 1]


def test_empty_mathematics_changes_nothing(solve):
    sbml = sbml_text(
        listing(
            Parameters=parameter("p", 3, "false")
            + parameter("q", 4, "false")
            + parameter("r", 2, "false"),
            Rules='<assignmentRule variable="q"/>',
            Events='<event useValuesFromTriggerTime="true"/><event useValuesFromTriggerTime="true">'
            '<trigger persistent="true" initialValue="true">{{time >= 1}}</trigger><delay/>'
            '<priority/><listOfEventAssignments><eventAssignment variable="p"/>'
            '<eventAssignment variable="r">{{5}}</eventAssignment>'
            "</listOfEventAssignments></event>",
        ),
        version=2,
    )
    curves = solve(sbml, [0, 2])
    assert (curves["p"][1], curves["q"][1], curves["r"][1]) == (3, 4, 5)


def test_variables_that_start_at_zero_in_a_long_chain(solve):
    steps = "".join(f"b{i} => b{i + 1}; b{i};" for i in range(11))
    zeros = "".join(f"b{i + 1} = 0;" for i in range(11))
    sbml = from_antimony(f"model m; b0 = 1; {zeros} {steps} end")
    times = np.linspace(0, 10, 11)
    exact = np.exp(-times) * times**8 / math.factorial(8)
    assert np.max(np.abs(solve(sbml, times)["b8"] - exact)) < 1e-6


def test_rounding_errors_do_not_stop_the_solver(solve):
    sbml = from_antimony(
        "model m; a = 1; b = 1; c = 0; a' = -0.1*a; b' = -0.1*b;"
        "c' = 1e3*(0.1*a + 0.2*a - 0.3*b) - c; end"
    )
    assert abs(solve(sbml, [0, 30])["c"][1]) < 1e-9


def test_a_switch_between_what_has_decayed_to_nothing_costs_no_steps(solve):
    """Below 1e-308 numbers lose digits; there, steps once shrank to a millionth of what they were.

    The condition fails from the time ln(2.5)/5 on.
    """
    sbml = from_antimony(
        "model m; x = 1; y = 1; z = 0; x' = -20*x; y' = -15*y;"
        "z' = piecewise(1, x > 0.4*y, 0) - z; end"
    )
    curves = solve(sbml, [0, 2, 40, 300])
    assert curves["z"][1] == pytest.approx((2.5**0.2 - 1) * math.exp(-2), rel=1e-5)
    assert np.all(np.abs(curves["z"][2:]) < 1e-9)
    assert curves.steps < 5000


def test_the_cost_of_a_run_is_counted_in_steps(solve):
    """The steps before the solver takes the run for stiff count too."""
    sbml = from_antimony(
        "model m; x = 1; y = 1; k = 1; fast = 20; x' = k*(y - x); y' = -y*fast*cos(fast*time);"
        "at time >= 10: k = 1e5, fast = 0.1; end"
    )
    before, after = (solve(sbml, [0, end]).steps for end in (9.9, 30))
    assert 10 < before < after < 10_000
    assert solve(sbml, [0, 9.9], rtol=1e-9).steps > before


# --- Settings -------------------------------------------------------------------------------

SETTABLE = """model m
  compartment V = 2; species A in V = 6/V, B in V = 1; k = 0.1; twice = 2*k
  A => B; twice*A*V; late := time > 1; z = 1; z' = k
end"""


def test_a_setting_reaches_what_depends_on_it(solve):
    curves = agrees(solve, from_antimony(SETTABLE), np.linspace(0, 5, 11), parameters={"k": 0.4})
    assert curves["twice"].tolist() == pytest.approx([0.8] * 11)


def test_what_follows_from_constants_is_computed_once(solve):
    """A rule over constants leaves the rates; one over what an event changes stays in them."""
    sbml = from_antimony(
        "S = 1; k = 2; f = 1; a := exp(k); b := a * 3; c := f * a; S' = c - b * S / 100;"
        "at time >= 1: f = 5"
    )
    rates = to_javascript(sbml).split("rates(")[1].split("chance:")[0]
    assert "Math.exp" not in rates
    curves, a = solve(sbml, [0, 2], parameters={"k": 0.5}), math.exp(0.5)
    assert curves["a"].tolist() == [a, a] and curves["b"].tolist() == [3 * a, 3 * a]
    assert curves["c"].tolist() == [a, 5 * a]


def test_a_setting_supersedes_an_initial_assignment(solve):
    curves = solve(from_antimony(SETTABLE), [0, 1], parameters={"A": 5, "twice": 0, "V": 4, "z": 3})
    assert curves["A"].tolist() == [5, 5]
    assert curves["z"][0] == 3
    assert curves["V"].tolist() == [4, 4]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parameters": {"typo": 1}}, "typo"),
        ({"parameters": {"late": 1}}, "late follows from an assignment rule"),
        ({"parameters": {"k": None}}, "k must be a finite number"),
        ({"times": [0, 2, 2]}, "times must increase"),
        ({"times": [-1, 2]}, "not negative"),
        ({"times": []}, "at least one time"),
        ({"rtol": 0}, "rtol"),
        ({"atol": -1}, "atol"),
    ],
)
def test_wrong_settings_are_named(solve, options, message):
    reply = solve.many([(from_antimony(SETTABLE), {"times": [0, 1], **options})])[0]
    assert message in reply["error"]


def test_a_given_tolerance_is_in_the_unit_of_the_symbol(solve):
    sbml = from_antimony("model m; compartment V = 1e-15; A in V = 1; A => ; V*A; end")
    end = solve(sbml, [0, 5], rtol=1e-3, atol=1e-10)["A"][1]
    assert end == pytest.approx(math.exp(-5), rel=1e-2)


def test_output_may_start_late_and_hold_one_time(solve):
    sbml = from_antimony("model m; x = 1; x' = -x; end")
    assert solve(sbml, [2])["x"][0] == pytest.approx(math.exp(-2))
    assert solve(sbml, [0])["x"][0] == 1


# --- Refusals -------------------------------------------------------------------------------

X = parameter("x", 1, "false")
REFUSED = {
    "delay": (listing(Parameters=X, Rules=rate("x", "-delay(x, 1)")), "csymbol delay"),
    "algebraic rule": (
        listing(Parameters=X, Rules="<algebraicRule>{{x - 2}}</algebraicRule>"),
        "algebraic rule 0 = x - 2",
    ),
    "fast reaction": (
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Reactions=reaction("R", part("A"), part("B"), "A", fast="true"),
        ),
        "'R' is fast",
    ),
    "reaction without rate": (
        listing(
            Compartments=compartment(),
            Species=A3,
            Reactions='<reaction id="R" reversible="false" fast="false"><listOfReactants>'
            f"{part('A')}</listOfReactants></reaction>",
        ),
        "'R' has no rate law",
    ),
    "stoichiometry": (
        listing(
            Compartments=compartment(),
            Species=A3 + B1,
            Reactions=reaction("R", part("A", None), part("B"), "A"),
        ),
        "stoichiometry of 'A'",
    ),
    "unknown function": (listing(Parameters=X, Rules=rate("x", "q(x)")), "'q'"),
    "unknown name": (listing(Parameters=X, Rules=rate("x", "q*x")), "'q'"),
    "circle": (
        listing(
            Parameters=X + parameter("y", 1, "false"),
            Rules=assign("x", "y") + assign("y", "2*x"),
        ),
        "(?i)circ",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_solved_is_refused_by_name(case):
    body, message = REFUSED[case]
    with pytest.raises(ExportError, match=message):
        to_javascript(sbml_text(body))


def test_random_distributions_and_unknown_packages_are_refused():
    text = sbml_text(listing(Parameters=X, Rules=rate("x", "x")))
    space = "http://www.sbml.org/sbml/level3/version1/"
    multi = text.replace(
        "<sbml ", f'<sbml xmlns:multi="{space}multi/version1" multi:required="true" ', 1
    )
    with pytest.raises(ExportError, match="'multi'"):
        to_javascript(multi)
    normal = text.replace(
        "<sbml ", f'<sbml xmlns:distrib="{space}distrib/version1" distrib:required="true" ', 1
    ).replace(
        "<ci> x </ci>",
        '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/'
        'distrib/normal"> normal </csymbol><ci> x </ci><cn> 1 </cn></apply>',
    )
    with pytest.raises(ExportError, match="'normal'"):
        to_javascript(normal)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1; x' = x^2", "small enough for x .m, time 1"),
        ("x' = 1", "x has no initial value"),
        ("x = 1; x' = ln(-x)", "rate of change of x is not a number"),
        ("x = 0; x' = piecewise(1, x < 1, -1)", "to and fro at the condition x-1"),
        ("a = 0; b = 0; at (a <= b), t0 = false: a = a + 1; at a > b: b = b + 1", "without end"),
        ("x = 0; at -1 after (time > 1): x = 1", "delay of _E0 is -1"),
    ],
)
def test_failures_are_told_in_words(solve, text, message):
    with pytest.raises(RuntimeError, match=message):
        solve(from_antimony(f"model m; {text}; end"), [0, 10])


# --- Files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("<html><body/></html>", "SBML"),
        ("this is no model at all", "neither SBML .XML. nor valid Antimony"),
        (sbml_text("").replace("<model", "<modell").replace("/model>", "/modell>"), "SBML"),
        (sbml_text(listing(Parameters=X, Rules=rate("x", "q*x"))), "'q'"),
    ],
)
def test_wrong_files_are_named(tmp_path, content, message):
    path = tmp_path / "some_model.xml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelFileError, match=rf"some_model\.xml: (?s:.*){message}"):
        load_sbml(path)


def test_missing_and_binary_files_are_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"nothing\.ant: cannot be read"):
        load_sbml(tmp_path / "nothing.ant")
    (tmp_path / "binary.ant").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(ModelFileError, match="not a text file"):
        load_sbml(tmp_path / "binary.ant")


def test_sbml_files_are_read_as_they_stand(tmp_path):
    text = SBML["level 2"]
    (tmp_path / "model").write_text(text, encoding="utf-8")
    assert load_sbml(tmp_path / "model") == text


# --- The module -----------------------------------------------------------------------------


def test_the_export_statement_stands_alone():
    module = to_javascript(load_sbml(HERE / "models" / "tyson1991.ant"), "tyson1991.ant")
    assert len(re.findall(r"^export default \{", module, re.MULTILINE)) == 1
    assert module.count("export") == 1
    assert module.startswith("// tyson1991: generated from tyson1991.ant.")


def test_weights():
    assert len(gzip.compress(SOLVER.read_bytes())) < 10_500
    for path in (HERE / "models").glob("*.ant"):
        assert len(gzip.compress(to_javascript(load_sbml(path)).encode())) < 2_000


def test_antimony_round_trip(solve):
    sbml = load_sbml(HERE / "models" / "toggle_switch.ant")
    again = from_antimony(to_antimony(sbml))
    times = np.linspace(0, 100, 11)
    assert worst(solve(again, times), solve(sbml, times))[0] < 1e-9
