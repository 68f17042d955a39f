"""Toy models of natural killer cells that live in a notebook and on a static page."""

from importlib.metadata import version

from nkreview.living.tables import equations, model_claims, parameters
from nkreview.living.widget import explore
from nkreview.model.model import Model

__version__ = version("nkreview")
__all__ = ["Model", "equations", "explore", "model_claims", "parameters"]
