"""A model, its card and its evidence: simulated, checked, tabulated, drawn from."""
