"""One reading of SBML, and what it is turned into: JavaScript, equations, Antimony, archives."""
