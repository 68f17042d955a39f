"""`explore()`: one object that is a widget beside a kernel and a living figure on a page."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from nkreview.living.page import figure_html
from nkreview.living.plot import png, with_unit
from nkreview.living.svg import living_svg
from nkreview.model.card import Slider
from nkreview.model.model import Model


class Explorer:
    """A model's controls and figure; see :func:`explore`.

    Attributes
    ----------
    settings : dict
        Constants that the controls set now.
    trajectories : DataFrame
        Curves of the view at these settings, computed by libRoadRunner.
    readouts : dict
        Readouts at these settings.
    """

    def __init__(self, model: Model, view_id: str | None) -> None:
        self.model = model
        self.view = model.card.find("views", view_id)
        self._moving = False
        self._scenario = widgets.Dropdown(
            options=[(s.label, s.id) for s in model.card.offered], description="Scenario"
        )
        self._sliders = {s.id: _widget(s, model.constants[s.id]) for s in model.card.sliders}
        self._figure = widgets.HTML()
        self._notice = widgets.HTML()
        self._numbers = widgets.HTML()
        self._reset = widgets.Button(description="Reset")
        self._scenario.observe(lambda _: self._choose(), "value")
        self._reset.on_click(lambda _: self._restart())
        for slider in self._sliders.values():
            slider.observe(lambda _: self._redraw(), "value")
        self.widget = self._layout()
        self._choose()

    def _layout(self) -> widgets.Widget:
        groups = widgets.Accordion(
            [
                widgets.VBox([self._sliders[s.id] for s in group])
                for group in self.model.card.groups.values()
            ],
            titles=list(self.model.card.groups),
            selected_index=0,
        )
        top = widgets.HBox([self._scenario, self._reset])
        return widgets.VBox([self._figure, top, self._notice, groups, self._numbers])

    def _choose(self) -> None:
        scenario = self.model.card.find("scenarios", self._scenario.value)
        self._notice.value = escape(scenario.notice)
        self._moving = True  # one redraw at the end, not one a slider
        for name, slider in self._sliders.items():
            slider.value = scenario.set.get(name, self.model.constants[name])
        self._moving = False
        self._redraw()

    def _restart(self) -> None:
        self._scenario.value = self.model.card.scenarios[0].id
        self._choose()

    def set(self, **settings: float) -> None:
        """Move controls from code, as a hand would.

        Raises
        ------
        KeyError
            For a name that is not a control.
        ValueError
            For a value outside the control's range.
        """
        for name, value in settings.items():
            slider = self.model.card.find("sliders", name)
            if not slider.min <= value <= slider.max:
                raise ValueError(
                    f"{name} goes from {slider.min:g} to {slider.max:g}; {value:g} is outside. "
                    "For values beyond the slider use Model.simulate."
                )
            self._sliders[name].value = value

    @property
    def settings(self) -> dict[str, float]:
        """Constants that the controls set now."""
        scenario = self.model.card.find("scenarios", self._scenario.value)
        return {**scenario.set, **{name: s.value for name, s in self._sliders.items()}}

    @property
    def trajectories(self) -> pd.DataFrame:
        """Curves of the view at these settings."""
        return self.model.simulate(self.view.id, settings=self.settings)

    @property
    def readouts(self) -> dict[str, float]:
        """Readouts at these settings, by id."""
        return self.model.readouts(settings=self.settings)

    def _redraw(self) -> None:
        if self._moving:
            return
        svg, _ = living_svg(self.model, self.view.id, self.trajectories)
        self._figure.value = f'<div style="max-width: 40rem">{svg}</div>'
        values = self.readouts
        self._numbers.value = "<br>".join(
            f"{escape(with_unit(r.label, r.unit))}: <b>{values[r.id]:.4g}</b>"
            for r in self.model.card.readouts
            if r.shown
        )

    def __repr__(self) -> str:
        return f"Explorer({self.model.name!r}, view={self.view.id!r})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return every form; each front end shows the richest that it can."""
        return {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.widget.model_id,
            },
            "text/html": figure_html(self.model, self.view.id),
            "image/png": base64.b64encode(png(self.model, self.view.id)).decode(),
            "text/plain": repr(self),
        }


def _widget(slider: Slider, value: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=slider.min,
        max=slider.max,
        step=slider.step,
        description=with_unit(slider.label, slider.unit),
        tooltip=slider.help,
        readout_format=",.0f" if float(slider.step).is_integer() else ".4g",
        continuous_update=False,
        layout={"width": "95%"},
        style={"description_width": "18em"},
    )


def explore(name: str, view: str | None = None) -> Explorer:
    """Show a model's controls beside its figure.

    In a kernel they are ipywidgets over libRoadRunner; in the built book, the living figure.

    Parameters
    ----------
    name : str
        A model of the book, or the path of an Antimony file with a card beside it.
    view : str, optional
        A view of the card; default the first.

    Returns
    -------
    Explorer
        Its ``settings``, ``trajectories`` and ``readouts`` are there for the next cell.
    """
    return Explorer(Model.load(name), view)
