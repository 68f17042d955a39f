"""What the files beside a model have in common: reading, checking, and errors that help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nkreview.sbml.naming import suggestion

Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class CardError(ValueError):
    """A model's card or evidence cannot be used; the message names file, field and remedy."""


class Part(BaseModel):
    """A mapping of a card or of its evidence; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Whole = TypeVar("Whole", bound=Part)


def read_part(
    path: Path, kind: type[Whole], complete: Callable[[dict[str, Any]], dict[str, Any]]
) -> Whole:
    """Read a YAML file and check it against its schema.

    Parameters
    ----------
    path : Path
        The file.
    kind : type
        The schema of the whole file.
    complete : callable
        Adds what the file need not say, before the schema is applied.

    Raises
    ------
    CardError
        Naming the file, the field and the remedy.
    """
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise CardError(f"{path.name}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise CardError(f"{path.name}: write a mapping with the keys {', '.join(_keys(kind))}")
    data = complete(data)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        lines = (_explain(path, kind, data, item) for item in error.errors())
        raise CardError("\n".join(lines)) from error


def ids(items: Iterable[Any]) -> list[str]:
    """Return the ids of the items of a list."""
    return [item.id for item in items]


def check_unique(path: Path, **lists: Iterable[Any]) -> None:
    """Raise `CardError` when two items of one list have the same id."""
    for kind, items in lists.items():
        for ident, times in Counter(ids(items)).items():
            if times > 1:
                raise CardError(f"{path.name}: {kind}[{ident}]: this id is used twice")


def need(path: Path, field: str, what: str, name: str | None, known: Iterable[str]) -> None:
    """Raise `CardError` when a field names what does not exist; None names nothing."""
    known = sorted(known)
    if name is not None and name not in known:
        raise CardError(f"{path.name}: {field}: no {what} {name!r}{suggestion(name, known)}")


def _keys(part: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in part.model_fields.items()]


def _explain(path: Path, kind: type[Part], data: Any, item: Any) -> str:
    """Turn one item of pydantic's report into ``file: field: problem; remedy``."""
    field, keys = _place(kind, data, item["loc"])
    where = f"{path.name}: {field or 'the file'}"
    if item["type"] == "extra_forbidden":
        return f"{where}: unknown key{suggestion(str(item['loc'][-1]), keys)}"
    if item["type"] == "missing":
        return f"{where}: this key is required; add it"
    message = item["msg"].removeprefix("Value error, ")
    return f"{where}: {message} (found {item['input']!r:.80})"


def _place(kind: type[Part], data: Any, loc: tuple[int | str, ...]) -> tuple[str, list[str]]:
    """Write a location as ``sliders[nk_cells].min``, and list the keys that may stand there."""
    name, parts = "", [kind]
    for step in loc:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
            name += f"[{data['id'] if isinstance(data, dict) and 'id' in data else step}]"
        elif not isinstance(data, dict) or data.get("kind") != step:  # else which of a union it is
            data = data.get(step) if isinstance(data, dict) else None
            name += f".{step}" if name else step
            fields = [part.model_fields[step] for part in parts if step in part.model_fields]
            parts = [inner for field in fields for inner in _parts(field.annotation)] or parts
    return name, [key for part in parts for key in _keys(part)]


def _parts(annotation: Any) -> list[type[Part]]:
    """Return the schemas that a field's annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [annotation]
    return [part for inner in get_args(annotation) for part in _parts(inner)]
