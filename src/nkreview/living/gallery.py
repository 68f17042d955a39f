"""All models of a book at a glance: what each asks, shows and claims, and where it can be tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from nkreview.living.assets import makes_pages
from nkreview.living.svg import living_svg
from nkreview.living.templates import templates
from nkreview.model.bands import STATUSES
from nkreview.model.checks import Outcome, check
from nkreview.model.model import Model
from nkreview.model.shelf import names

_LOGGER = logging.getLogger(__name__)

FIGURES = "nk-figures"  # under this key a page's metadata hold what its figures show


@dataclass(frozen=True)
class Spot:
    """The first figure of a model on one page.

    Attributes
    ----------
    page, anchor : str
        The page's name, and the figure's id on it.
    title : str
        The page's title.
    """

    page: str
    anchor: str
    title: str


@dataclass(frozen=True)
class Tally:
    """How a model's claims came out, and where its constants come from.

    Attributes
    ----------
    outcomes : tuple of Outcome
    statuses : dict of str to int
        How many constants of each status there are, the surest first; settings do not count.
    drawn : bool
        Whether the model has draws, without which no claim can be called fragile.
    """

    outcomes: tuple[Outcome, ...]
    statuses: dict[str, int]
    drawn: bool

    def count(self, kind: str | None = None, holds: bool | None = None) -> int:
        """Return how many claims are of a kind, hold or are missed; None asks for any."""
        return sum(
            kind in (None, one.basis) and holds in (None, one.holds) for one in self.outcomes
        )

    @property
    def fragile(self) -> int:
        """How many claims hold, but in fewer than half of the draws."""
        return sum(one.fragile for one in self.outcomes)


def tally(model: Model) -> Tally:
    """Count a model's claims and constants; the claims are run once for each model object."""
    origins = model.evidence.parameters.values()
    found = Counter(origin.status for origin in origins if origin.role == "constant")
    statuses = {status: found[status] for status in STATUSES if found[status]}
    return Tally(tuple(check(model)), statuses, model.has_draws)


def note_figure(env: BuildEnvironment, model: Model, anchor: str) -> None:
    """Remember that the page that is read shows a model; Sphinx forgets it with the page."""
    env.metadata[env.docname].setdefault(FIGURES, []).append((str(model.path), anchor))


def spots(env: BuildEnvironment) -> dict[str, list[Spot]]:
    """Return where each model is shown, by its file, in the order in which the book shows them.

    A model's home stands first: the page with most of its figures.
    """
    order = list(env.collect_relations())
    pages = sorted((page for page in env.metadata if page in order), key=order.index)
    found: dict[str, list[tuple[int, Spot]]] = {}
    for page in pages:
        shown = env.metadata[page].get(FIGURES, [])
        number = Counter(path for path, _ in shown)
        for path, anchor in reversed(dict(reversed(shown)).items()):
            spot = Spot(page, anchor, env.titles[page].astext())
            found.setdefault(path, []).append((number[path], spot))
    ranked = {
        path: [spot for _, spot in sorted(those, key=lambda one: -one[0])]
        for path, those in found.items()
    }
    return dict(sorted(ranked.items(), key=lambda item: order.index(item[1][0].page)))


def ordered(wanted: Iterable[str], shown: dict[str, list[Spot]]) -> list[Model]:
    """Return models in the order in which the book shows them; those it does not show come last."""
    models = [model for name in wanted if (model := Model.load(name)).has_card]
    place = {path: number for number, path in enumerate(shown)}
    return sorted(models, key=lambda model: place.get(str(model.path), len(place)))


class model_list(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Where models are listed, until every page is read.

    Attributes of the node: ``form``, a "table", a "list" of questions or a "line" of titles after
    a ``label``; ``homes``, the pages whose models are listed, default all.
    """


class ModelListDirective(SphinxDirective):
    """``{all-models}``: a table of all models; ``{model-questions}``: a list that leads to them."""

    makers: ClassVar[dict[str, str]] = {"all-models": "table", "model-questions": "list"}

    def run(self) -> list[nodes.Node]:
        """Return the place of the list; the page is read again when a model changes."""
        for name in names():
            for file in Model.load(name).path.parent.iterdir():
                self.env.note_dependency(str(file.resolve()))
        place = model_list(form=self.makers[self.name])
        self.set_source_info(place)
        return [place]


class ListModels(SphinxPostTransform):
    """Write the lists of models, with links to where each can be tried."""

    default_priority = 50

    def run(self, **_: Any) -> None:
        """Replace each place by its list; builders without pages get no table."""
        for node in list(self.document.findall(model_list)):
            try:
                node.replace_self(self._written(node))
            except (OSError, ValueError, RuntimeError) as error:
                _LOGGER.error("models cannot be listed: %s", error, location=node)
                node.parent.remove(node)

    def _written(self, node: model_list) -> nodes.Element | list[nodes.Element]:
        shown = spots(self.env)
        models = ordered(names(), shown)
        if "homes" in node:
            homes = {path: found[0].page for path, found in shown.items()}
            models = [one for one in models if homes.get(str(one.path)) in node["homes"]]
        if node["form"] == "table" and makes_pages(self.app.builder):
            html = gallery_html(models, shown, self._address)
            return nodes.container("", nodes.raw("", html, format="html"), classes=["full-width"])
        if node["form"] == "line":
            return self._line(node["label"], models, shown) if models else []
        items = (nodes.list_item("", self._question(model, shown)) for model in models)
        return nodes.bullet_list("", *items)

    def _line(self, label: str, models: list[Model], shown: dict[str, list[Spot]]) -> nodes.Element:
        """Return the titles of models, each of which leads to the model's home."""
        line = nodes.paragraph("", label)
        for number, model in enumerate(models):
            line += [nodes.Text(", ")] if number else []
            line += self._link(model.card.title, shown[str(model.path)][0])
        return line

    def _question(self, model: Model, shown: dict[str, list[Spot]]) -> nodes.Element:
        """Return a model's question, which leads to the model's home, and the home's title."""
        home = next(iter(shown.get(str(model.path), [])), None)
        if home is None:
            return nodes.paragraph("", model.card.question)
        link = self._link(model.card.question, home)
        return nodes.paragraph("", "", link, nodes.Text(" "), nodes.emphasis("", home.title))

    def _link(self, text: str, spot: Spot) -> nodes.reference:
        return nodes.reference("", text, internal=True, refuri=self._address(spot))

    def _address(self, spot: Spot) -> str:
        page = self.app.builder.get_relative_uri(self.env.docname, spot.page)
        return f"{page}#{spot.anchor}"


def gallery_html(
    models: list[Model], shown: dict[str, list[Spot]], address: Callable[[Spot], str]
) -> str:
    """Return the table of models in HTML.

    Parameters
    ----------
    models : list of Model
    shown : dict
        As :func:`spots` returns it.
    address : callable
        Returns the address of a spot from the page with the table.
    """
    rows = [
        {
            "model": model,
            "view": model.card.find("views", None),
            "svg": living_svg(model, place="all")[0],
            "prefix": f"{model.name}-{model.card.find('views', None).id}.all-",
            "tally": tally(model),
            "spots": shown.get(str(model.path), []),
        }
        for model in models
    ]
    outcomes = tuple(one for row in rows for one in row["tally"].outcomes)
    together = Tally(outcomes, {}, drawn=any(row["tally"].drawn for row in rows))
    template = templates().get_template("gallery.html")
    return template.render(rows=rows, together=together, address=address)


def setup_gallery(app: Sphinx) -> None:
    """Register the lists of models."""
    app.add_node(model_list)
    app.add_post_transform(ListModels)
    for name in ModelListDirective.makers:
        app.add_directive(name, ModelListDirective)
