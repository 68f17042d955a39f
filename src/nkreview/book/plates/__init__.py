"""The review's four figures, drawn anew and corrected."""

from nkreview.book.plates.figure_1 import figure_1
from nkreview.book.plates.figure_2 import figure_2
from nkreview.book.plates.figure_3 import figure_3
from nkreview.book.plates.figure_4 import figure_4

#: Each figure's drawing by the name under which a page asks for it.
PLATES = {make.__name__: make for make in (figure_1, figure_2, figure_3, figure_4)}

__all__ = ["PLATES", "figure_1", "figure_2", "figure_3", "figure_4"]
