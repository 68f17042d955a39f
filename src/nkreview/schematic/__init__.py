"""Schematic figures: panels of named elements, as HTML, SVG, PNG or PDF.

A schematic is a row of panels, a panel is a list of named elements, and an element is a few
words of a vocabulary: cells, organs, molecules, arrows and text.
"""

from nkreview.schematic.panels import Panel
from nkreview.schematic.schematic import Schematic

__all__ = ["Panel", "Schematic"]
