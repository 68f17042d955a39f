"""Formulas of libSBML as JavaScript and as LaTeX."""

from __future__ import annotations

import json
import math
import random
import subprocess

import antimony
import libsbml
import pytest
from latex2mathml.converter import convert

from nkreview.sbml import expression
from nkreview.sbml.expression import UnsupportedMath
from nkreview.sbml.latex import aligned_equations, equation_rows, to_latex
from nkreview.sbml.to_js import JS_HELPERS, to_js

NAMES = {"x": 0.7, "y": -1.3, "n": 4.0, "k_kill": 2.5, "alpha": 1e-3}


def parse(text: str) -> libsbml.ASTNode:
    ast = libsbml.parseL3Formula(text)
    assert ast is not None, libsbml.getLastParseL3Error()
    return ast


def mathml(inner: str) -> libsbml.ASTNode:
    return libsbml.readMathMLFromString(
        f'<math xmlns="http://www.w3.org/1998/Math/MathML">{inner}</math>'
    )


@pytest.fixture(scope="module")
def evaluate(node):
    def run(codes: list[str]) -> list[float | None]:
        head = "\n".join(JS_HELPERS.values())
        names = "".join(f"const {name} = {value};" for name, value in NAMES.items())
        values = ",".join(f"() => ({code})" for code in codes)
        script = (
            f"{head}\n{names} const t = 3;"
            f"console.log(JSON.stringify([{values}].map((f) => Number(f()))))"
        )
        done = subprocess.run([node, "-e", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def js(text: str, **options) -> str:
    return to_js(expression.parse(parse(text)), lambda name: name, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1*x", "0.1*x"),
        ("x - (y - n)", "x-(y-n)"),
        ("x/(y*n)", "x/(y*n)"),
        ("x/y/n", "x/y/n"),
        ("x*(y/n)", "x*(y/n)"),
        ("-x^2", "-(x**2)"),
        ("(-x)^2", "(-x)**2"),
        ("x^-y", "x**(-y)"),
        ("x^y^n", "x**y**n"),
        ("(x^y)^n", "(x**y)**n"),
        ("x - -y", "x-(-y)"),
        ("-(-x)", "-(-x)"),
        ("1e-3*x", "0.001*x"),
        ("1e-9", "1e-9"),
        ("6.02e23", "6.02e23"),
        ("log10(x)", "Math.log10(x)"),
        ("ln(x)", "Math.log(x)"),
        ("x > 1 && !(y < 2)", "x>1&&!(y<2)?1:0"),
        ("piecewise(1, x > 1, 2)", "x>1?1:2"),
        ("piecewise(1, x > 1)", "x>1?1:NaN"),
        ("2*piecewise(1, x > 1, 2)", "2*(x>1?1:2)"),
        ("(x < 1) + true", "(x<1?1:0)+1"),
        ("time*x", "t*x"),
        ("avogadro", "6.02214179e23"),
        ("infinity - notanumber", "Infinity-NaN"),
    ],
)
def test_javascript_is_what_the_author_wrote(text, expected):
    assert js(text) == expected


FUNCTIONS = {
    "root(3, 8)": 2,
    "root(3, -8)": -2,
    "root(5, -32)": -2,
    "sqrt(2)": math.sqrt(2),
    "log(2, 8)": 3,
    "log(3, 9)": 2,
    "log10(1000)": 3,
    "ln(exponentiale)": 1,
    "factorial(5)": 120,
    "factorial(0)": 1,
    "quotient(-7, 2)": -3,
    "rem(-7, 2)": -1,
    "rem(7, -2)": 1,
    "max(1, x, 3)": 3,
    "min(1, x, 3)": 0.7,
    "abs(y)": 1.3,
    "ceil(-1.5)": -1,
    "floor(-1.5)": -2,
    "sec(x)": 1 / math.cos(0.7),
    "csc(x)": 1 / math.sin(0.7),
    "cot(x)": 1 / math.tan(0.7),
    "sech(x)": 1 / math.cosh(0.7),
    "csch(x)": 1 / math.sinh(0.7),
    "coth(x)": 1 / math.tanh(0.7),
    "arcsec(2)": math.acos(1 / 2),
    "arccsc(2)": math.asin(1 / 2),
    "arccot(-2)": math.atan(-1 / 2),
    "arcsech(x)": math.acosh(1 / 0.7),
    "arccsch(x)": math.asinh(1 / 0.7),
    "arccoth(2)": math.atanh(1 / 2),
    "xor(true, true, true)": 1,
    "xor(x > 0, y > 0, n > 0)": 0,
    "xor(true, x > 2) + 1": 2,
    "implies(true, false)": 0,
    "implies(x > 1, y > 1)": 1,
    "and()": 1,
    "or()": 0,
    "plus()": 0,
    "times()": 1,
    "not(x)": 0,
    "1 < 2 && 2 < 3": 1,
    "lt(1, 3, 2)": 0,
    "lt(1, 2, 3)": 1,
    "eq(2, 2, 2)": 1,
    "piecewise(1, x > 2, 5, y < 0, 3)": 5,
    "piecewise(x > 2, y < 0, true) + 0": 0,
    "eq(x > 0, y > 0)": 0,
    "pi*x^2": math.pi * 0.49,
    "1/sec(x)*2": 2 * math.cos(0.7),
    "time - k_kill": 0.5,
}


def test_functions_have_their_values(evaluate):
    values = evaluate([js(text) for text in FUNCTIONS])
    assert dict(zip(FUNCTIONS, values, strict=True)) == pytest.approx(FUNCTIONS, rel=1e-14)


def test_numbers_as_mathml_writes_them(evaluate):
    rational = mathml('<cn type="rational">3<sep/>8</cn>')
    scientific = mathml('<cn type="e-notation">6.02<sep/>23</cn>')
    product = mathml('<apply><divide/><cn>1</cn><cn type="rational">1<sep/>2</cn></apply>')
    codes = [to_js(expression.parse(ast), {}) for ast in (rational, scientific, product)]
    assert evaluate(codes) == [0.375, 6.02e23, 2]


def random_formula(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(["x", "y", "n", "2", "0.5", "1e-2", "3"])
    a, b, c = (random_formula(rng, depth - 1) for _ in range(3))
    return rng.choice(
        [
            f"({a}) {rng.choice('+-*/')} ({b})",
            f"-({a})",
            f"({a})^({rng.choice(['2', '3', '-1', '-(2)'])})",
            f"{rng.choice(['abs', 'exp', 'sin', 'tanh', 'floor'])}({a})",
            f"piecewise({a}, ({b}) {rng.choice(['<', '>=', '!='])} ({c}), {b})",
            f"({a} < {b}) + not({c})",
            f"max({a}, {b}, {c})",
        ]
    )


def test_random_formulas_have_the_value_that_libsbml_gives_them(evaluate):
    rng = random.Random(1)
    texts = [random_formula(rng, 4) for _ in range(400)]
    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    for name, value in NAMES.items():
        item = model.createParameter()
        item.setId(name)
        item.setValue(value)
        item.setConstant(True)
    for text, value in zip(texts, evaluate([js(text) for text in texts]), strict=True):
        expected = libsbml.SBMLTransforms.evaluateASTNode(parse(text), model)
        if value is None:  # JSON has no NaN and no infinity
            assert not math.isfinite(expected), text
        else:
            assert value == pytest.approx(expected, rel=1e-12), text


def test_switches_are_asked_for_what_can_jump():
    asked = []

    def switch(expr):
        asked.append(expr.op)
        return f"s[{len(asked) - 1}]"

    code = js("piecewise(1, x > 2 && y < 3, floor(n)) + rem(x, 2)", switch=switch)
    assert asked == ["gt", "lt", "floor", "quotient"]
    assert code == "(s[0]&&s[1]?1:s[2])+(x-2*s[3])"


def test_function_definitions_replace_all_arguments_at_once():
    functions = {"f": parse("lambda(x, y, x - 2*y)"), "g": parse("lambda(y, f(y, x))")}
    assert to_js(expression.parse(parse("f(y, x)"), functions), lambda name: name) == "y-2*x"
    assert to_js(expression.parse(parse("g(n + 1)"), functions), lambda name: name) == "n+1-2*x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("delay(x, 1)", "csymbol delay"),
        ("f(x)", "'f' is not defined"),
        ("g(x, y)", "takes 1 arguments, not 2"),
        ("h(x)", "calls itself"),
    ],
)
def test_what_has_no_counterpart_is_named(text, message):
    functions = {"g": parse("lambda(x, x)"), "h": parse("lambda(x, h(x))")}
    with pytest.raises(UnsupportedMath, match=message):
        expression.parse(parse(text), functions)


def test_operations_with_a_wrong_number_of_arguments_are_named():
    ast = mathml("<apply><plus/><ci>x</ci><ci>y</ci></apply>")
    ast.setType(libsbml.AST_FUNCTION_SIN)
    with pytest.raises(UnsupportedMath, match="'sin' with 2 arguments"):
        expression.parse(ast)


def test_calls_and_rates_need_a_meaning():
    with pytest.raises(UnsupportedMath, match="function 'f' cannot be printed"):
        js("f(x)")
    with pytest.raises(UnsupportedMath, match="rateOf"):
        js("rateOf(x)")


# --- LaTeX ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1*x", r"0.1\,x"),
        ("x*0.1", r"x \cdot 0.1"),
        ("k_kill*NK_cells", r"k_{\mathrm{kill}} \cdot \mathrm{NK}_{\mathrm{cells}}"),
        ("k_kill*x*cd8", r"k_{\mathrm{kill}}\,x \cdot \mathrm{cd8}"),
        ("k1 + alpha", r"k_{1} + \alpha"),
        ("x/(K + x)", r"\frac{x}{K + x}"),
        ("x^n/(s*T^n + x^n)", r"\frac{{x}^{n}}{s\,{T}^{n} + {x}^{n}}"),
        ("(x + y)*n", r"\left(x + y\right)\,n"),
        ("x - (y - n)", r"x - \left(y - n\right)"),
        ("-x^2", r"-{x}^{2}"),
        ("(-x)^2", r"{\left(-x\right)}^{2}"),
        ("(x/y)^2", r"{\left(\frac{x}{y}\right)}^{2}"),
        ("x + -y", r"x + \left(-y\right)"),
        ("2.4e6", r"2.4 \cdot 10^{6}"),
        ("1e-9*x", r"10^{-9}\,x"),
        ("exp(-x)", r"\mathrm{e}^{-x}"),
        ("log10(x)", r"\log_{10}\left(x\right)"),
        ("sqrt(x)", r"\sqrt{x}"),
        ("root(3, x)", r"\sqrt[3]{x}"),
        ("abs(x)", r"\left| x \right|"),
        ("ceil(x) - floor(x)", r"\left\lceil x \right\rceil - \left\lfloor x \right\rfloor"),
        ("factorial(x + 1)", r"\left(x + 1\right)!"),
        ("root(3, x) + log(2, x)", r"\sqrt[3]{x} + \log_{2}\left(x\right)"),
        ("x >= 1 && y != 2", r"x \geq 1 \wedge y \neq 2"),
        ("not(x > 1)", r"\neg \left(x > 1\right)"),
        ("f(x, y)", r"f\left(x, y\right)"),
        ("time", "t"),
    ],
)
def test_latex(text, expected):
    assert to_latex(expression.parse(parse(text))) == expected


def test_latex_takes_the_names_that_are_given():
    assert to_latex(expression.parse(parse("a*b")), {"a": r"\Omega"}) == r"\Omega\,b"
    assert to_latex(expression.parse(parse("a*b")), lambda name: name.upper()) == r"A\,B"


def test_all_latex_becomes_mathml():
    rng = random.Random(2)
    texts = [*FUNCTIONS, *(random_formula(rng, 3) for _ in range(100))]
    for text in texts:
        assert "<math" in convert(to_latex(expression.parse(parse(text)))), text


def test_equations_of_a_model():
    antimony.clearPreviousLoads()
    antimony.loadAntimonyString(
        "model m; compartment V = 2; species L in V = 1; D = 5; k_on = 0.3; y := 2*L; z = 3*D;"
        "bind: D => L; k_on*D; 2 L => ; L^2; r' = -r; r = 1;"
        "grow: D => 2 D; k_on*D; at 2 after (time >= 10): D = D + 7; end"
    )
    sbml = antimony.getSBMLString(None)
    listed = equation_rows(sbml)
    rows = dict(listed)
    assert rows[r"v_{\mathrm{bind}}"] == r"= k_{\mathrm{on}}\,D"
    assert rows[r"\frac{\mathrm{d}\left(V\,L\right)}{\mathrm{d}t}"].startswith(
        r"= v_{\mathrm{bind}} - 2\,v_{"
    )
    assert rows[r"\frac{\mathrm{d}D}{\mathrm{d}t}"] == (r"= -v_{\mathrm{bind}} + v_{\mathrm{grow}}")
    assert rows[r"\frac{\mathrm{d}r}{\mathrm{d}t}"] == "= -r"
    assert rows["y"] == r"= 2\,L"
    assert rows[r"z\left(0\right)"] == r"= 3\,D"
    assert (r"D", r"\leftarrow D + 7 \quad \text{when } t \geq 10\text{, after } 2") in listed
    text = aligned_equations(sbml)
    assert text.startswith("\\begin{aligned}\n")
    assert "<math" in convert(text)
