"""The numbers that claims rest on, from as few runs as can give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from nkreview.model.card import Card, Ruled
from nkreview.model.observe import Observer, Reading

if TYPE_CHECKING:
    from nkreview.model.evidence import Claim, Probe
    from nkreview.model.model import Model

_Place = tuple[str, str]  # a claim's id, and the field of one of its probes


class Probes:
    """The probes of some claims, compiled once and measured many times.

    Parameters
    ----------
    model : Model
    claims : iterable of Claim
        Probes of the same run share it.

    Attributes
    ----------
    runs : list of dict
        What each run changes.
    """

    def __init__(self, model: Model, claims: Iterable[Claim]) -> None:
        grouped: dict[tuple, dict[_Place, Probe]] = {}
        for claim in claims:
            for field, probe in claim.probes.items():
                run = model.settings(probe.in_, probe.set)
                grouped.setdefault(tuple(sorted(run.items())), {})[claim.id, field] = probe
        self.runs = [dict(run) for run in grouped]
        self._asked = list(grouped.values())
        self._card = model.card
        formulas = [self.formula(probe) for asked in self._asked for probe in asked.values()]
        self._observer = Observer(model.network, formulas, f"{model.name}.evidence.yml")
        self._readings = [self._reading(asked) for asked in self._asked]

    def measure(self, held: Mapping[str, float] | None = None) -> dict[str, dict[str, float]]:
        """Return the value of each probe, by claim and by its place in the file.

        Parameters
        ----------
        held : mapping, optional
            Constants that differ from the file in every run; what a run sets itself wins.

        Raises
        ------
        RuntimeError
            When a run fails.
        """
        values: dict[str, dict[str, float]] = {}
        for run, asked, reading in zip(self.runs, self._asked, self._readings, strict=True):
            found = self._observer.read(reading, {**(held or {}), **run})
            for (claim, field), value in zip(asked, found, strict=True):
                values.setdefault(claim, {})[field] = value
        return values

    def formula(self, probe: Probe) -> str:
        """Return the formula that a probe looks at."""
        return probe.expression or self._card.find("readouts", probe.readout).expression

    def _reading(self, asked: Mapping[_Place, Probe]) -> Reading:
        symbols = [self._observer.symbols[self.formula(probe)] for probe in asked.values()]
        return Reading([_rule(probe, self._card) for probe in asked.values()], symbols)

    @property
    def described(self) -> list:
        """Everything that the numbers rest on apart from the model, as plain data."""
        return [
            [
                run,
                [
                    [*place, self.formula(p), *_ruled(_rule(p, self._card))]
                    for place, p in a.items()
                ],
            ]
            for run, a in zip(self.runs, self._asked, strict=True)
        ]


def _rule(probe: Probe, card: Card) -> Ruled:
    return card.find("readouts", probe.readout) if probe.readout else probe


def _ruled(rule: Ruled) -> list:
    return [rule.rule, getattr(rule, rule.rule)]
