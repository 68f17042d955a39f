"""Toy models of natural killer cells that live in a notebook and on a static page."""

from importlib.metadata import version

from nkreview.explorer import explore
from nkreview.model import Model
from nkreview.tables import equations, model_claims, parameters

__version__ = version("nkreview")
__all__ = ["Model", "equations", "explore", "model_claims", "parameters"]
