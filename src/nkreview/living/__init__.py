"""Living figures, drawn once and redrawn in the page or beside a kernel; tables of models."""
