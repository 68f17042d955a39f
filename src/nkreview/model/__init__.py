"""A model and its card: simulated, checked, tabulated."""
