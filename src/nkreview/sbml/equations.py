"""List the equations of a model as LaTeX."""

from __future__ import annotations

from nkreview.sbml.expression import Expr, UnsupportedMath
from nkreview.sbml.latex import latex_name, to_latex
from nkreview.sbml.system import ExportError, read_system


def equation_rows(sbml: str) -> list[tuple[str, str]]:
    """List the equations of a model as LaTeX.

    Parameters
    ----------
    sbml
        The model as SBML text.

    Returns
    -------
    list of (str, str)
        Left and right-hand sides, each right-hand side with its sign: rates of the reactions,
        differential equations, assignments, and what events set, with the moment.

    Raises
    ------
    ExportError
        If the model holds something that cannot be exported.
    """
    model = read_system(sbml)
    rates = {identifier: f"v_{{{_index(identifier)}}}" for identifier in model.reactions}

    def latex(expr: Expr) -> str:
        try:
            return to_latex(expr, rates)
        except UnsupportedMath as error:
            raise ExportError(f"{error}.") from error

    rows = [(rates[identifier], f"= {latex(expr)}") for identifier, expr in model.reactions.items()]
    for symbol in model.symbols.values():
        left = latex_name(symbol.id)
        if symbol.role == "ode":
            space = model.symbols.get(symbol.compartment or "")
            if symbol.as_amount and not (space.role == "constant" and space.value == 1):
                left = rf"\left({latex_name(space.id)}\,{left}\right)"
            rate = latex(model.rate(symbol.id))
            rows.append((rf"\frac{{\mathrm{{d}}{left}}}{{\mathrm{{d}}t}}", f"= {rate}"))
        elif symbol.role == "rule":
            rows.append((left, f"= {latex(symbol.rule)}"))
        if symbol.initial is not None:
            rows.append((rf"{left}\left(0\right)", f"= {latex(symbol.initial)}"))
    for event in model.events:
        moment = rf"\text{{when }} {latex(event.trigger)}"
        if event.delay is not None:
            moment += rf"\text{{, after }} {latex(event.delay)}"
        for target, value in event.assign.items():
            left = latex_name(target)
            rows.append((left, rf"\leftarrow {latex(value)} \quad {moment}"))
    return rows


def _index(identifier: str) -> str:
    words = [word for word in identifier.split("_") if word]
    return "\\mathrm{" + r"\,".join(words) + "}"


def aligned_equations(sbml: str) -> str:
    """Write the equations of a model as an aligned LaTeX environment, to stand inside `$$`."""
    rows = [f"{left} &{right}" for left, right in equation_rows(sbml)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
