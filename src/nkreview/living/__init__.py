"""Living figures: drawn once, redrawn in the page or beside a kernel."""
