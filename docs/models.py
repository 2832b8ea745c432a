"""The models of plan.toml as readers see them: tables, keys, types in words, defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docs.sources import texts_under_keys
from geoplan.plan.fields import BilingualText, PartialDate, PlainText, RelativePath, Slug
from geoplan.plan.model import Plan, ProjectedCode

# The field types that have a name, in words; docs/plan.md explains them above its tables.
NAMED_TYPES: tuple[tuple[Any, str], ...] = (
    (Slug, "id"),
    (BilingualText, "text, or { en, zh }"),
    (PlainText, "text"),
    (PartialDate, "date, of any precision"),
    (RelativePath, "path inside the plan folder"),
    (ProjectedCode, "CRS code"),
    (date, "TOML date"),
    (str, "text"),
    (bool, "true or false"),
    (int, "whole number"),
    (float, "number"),
)
BOUNDS = ((Ge, "ge", "≥"), (Gt, "gt", ">"), (Le, "le", "≤"), (Lt, "lt", "<"))


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: its name in plan.toml, its type and default in words, what it means.

    `values` are the values it may take, when they can be listed.
    """

    name: str
    type: str
    default: str
    meaning: str
    values: tuple[str, ...] = ()


def tables_of(plan: type[Plan]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the tables of plan.toml: the heading as it is written there, and the model."""
    yield "Top of the file", plan
    for name, field in plan.model_fields.items():
        key, record = field.alias or name, _record(field.annotation)
        if record is not None:
            heading = f"`[[{key}]]`" if get_origin(field.annotation) is tuple else f"`[{key}]`"
            yield heading, record


def keys_of(model: type[BaseModel]) -> list[Key]:
    """Return the keys of a table in the order of the model, sub-tables left out."""
    hints = get_type_hints(model, include_extras=True)
    meanings = meaning_of(model)
    return [
        Key(
            name=field.alias or name,
            type=in_words(hints[name]),
            default=default_of(field),
            meaning=meanings.get(name, ""),
            values=_values(hints[name]),
        )
        for name, field in model.model_fields.items()
        if _record(field.annotation) is None and name != "rules"
    ]


def meaning_of(model: type[BaseModel]) -> dict[str, str]:
    """Return what each key means; a key without a text is a mistake, except `check`, which names the rule."""
    texts = {"check": "Name of the check."} | texts_under_keys(model)
    lacking = [
        name
        for name, field in model.model_fields.items()
        if name not in texts and _record(field.annotation) is None and name != "rules"
    ]
    if lacking:
        raise LookupError(f"{model.__name__} has no text under {', '.join(lacking)}")
    return texts


def in_words(hint: Any) -> str:
    """Return a type in words; raises TypeError for one this page has no words for."""
    named = next((words for kind, words in NAMED_TYPES if hint == kind), None)
    if named is not None:
        return named
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return f"{in_words(arguments[0])}{_bounds(arguments[1:])}"
    if origin in (Union, UnionType):
        return " or ".join(in_words(argument) for argument in arguments if argument is not NoneType)
    if origin is tuple:
        return f"list of {in_words(arguments[0])}"
    if origin is dict:
        return f"table of {in_words(arguments[1])}"
    values = _values(hint)
    if values:
        return ", ".join(f"`{value}`" for value in values)
    raise TypeError(f"no words for the type {hint}")


def default_of(field: FieldInfo) -> str:
    """Return a default as plan.toml would write it, "required" for a key without one, "–" for none."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or value in ((), {}):
        return "–"
    if isinstance(value, bool | int | float | tuple):
        return f"`{json.dumps(value)}`"
    return f'`"{value}"`'


def _values(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return tuple(str(value) for value in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return tuple(hint)
    return ()


def _bounds(extras: tuple[Any, ...]) -> str:
    """Return the limits of a number: " ≥ 0"; a pattern or length is told with the named types."""
    found = [item for extra in extras for item in (extra.metadata if isinstance(extra, FieldInfo) else [extra])]
    limits = [
        f"{sign} {getattr(item, attribute):g}"
        for kind, attribute, sign in BOUNDS
        for item in found
        if isinstance(item, kind)
    ]
    return f" {', '.join(limits)}" if limits else ""


def _record(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a sub-table or of a list of tables, if a key is one; rules have a page of their own."""
    inner = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
