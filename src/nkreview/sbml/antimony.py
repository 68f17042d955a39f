"""Write a model as Antimony."""

from __future__ import annotations

import antimony

from nkreview.sbml.system import ExportError


def to_antimony(sbml: str) -> str:
    """Write a model as Antimony."""
    antimony.clearPreviousLoads()
    antimony.freeAll()
    if antimony.loadSBMLString(sbml) < 0:
        raise ExportError(f"Antimony cannot express this model: {antimony.getLastError()}")
    return antimony.getAntimonyString(None)
