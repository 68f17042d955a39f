"""What a place in the text needs of a figure: which controls and scenarios stand first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nkreview.model.card import Card, DoseResponse, Scenario, Slider, TimeCourse, View
from nkreview.sbml.naming import suggestion


@dataclass(frozen=True)
class Focus:
    """The options of one figure on a page.

    Attributes
    ----------
    controls, scenarios : tuple of str
        Ids of those that stand first; the others are behind "more". Empty is the card's order.
    predict : str, optional
        A series that the reader is asked to draw before the model does.
    """

    controls: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    predict: str | None = None

    def check(self, card: Card, view: View) -> None:
        """Raise KeyError, naming option and nearest, for what does not stand beside the view."""
        beside = [slider.id for group in card.groups_of(view).values() for slider in group]
        offered = [scenario.id for scenario in card.offered_by(view)]
        _need("controls", "slider", self.controls, beside)
        _need("scenarios", "scenario", self.scenarios, offered)
        if self.predict is not None:
            curves = isinstance(view, TimeCourse | DoseResponse)
            series = [one.id for one in view.series] if curves else []
            _need("predict", "curve", [self.predict], series)

    def sliders(self, card: Card, view: View) -> tuple[list[Slider], dict[str, list[Slider]]]:
        """Return the sliders that stand first, and the others by group."""
        groups = card.groups_of(view)
        if not self.controls:
            return [], groups
        first = [card.find("sliders", name) for name in self.controls]
        rest = {name: [s for s in group if s not in first] for name, group in groups.items()}
        return first, {name: group for name, group in rest.items() if group}

    def choices(self, card: Card, view: View) -> tuple[list[Scenario], list[Scenario]]:
        """Return the scenarios that stand first, the default run ahead of them, and the others."""
        offered = card.offered_by(view)
        if not self.scenarios:
            return offered, []
        named = [card.find("scenarios", name) for name in self.scenarios]
        first = [*(s for s in offered[:1] if s not in named), *named]
        return first, [scenario for scenario in offered if scenario not in first]


def _need(option: str, what: str, wanted: Any, known: list[str]) -> None:
    for name in wanted:
        if name not in known:
            raise KeyError(f":{option}: no {what} {name!r}{suggestion(name, known)}")
        if list(wanted).count(name) > 1:
            raise KeyError(f":{option}: {name!r} stands there twice; name it once")
