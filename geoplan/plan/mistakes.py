"""Every mistake of a plan.toml at once, in words: what pydantic found, and references that lead nowhere."""

from __future__ import annotations

import difflib
import reprlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from geoplan.errors import Mistake
from geoplan.plan.model import Plan
from geoplan.plan.rules import RULE_MODELS
from geoplan.plan.wording import KINDS, kind_text
from geoplan.types import Text

Raw: TypeAlias = Mapping[str, Any]

CHECK_NAMES: tuple[str, ...] = tuple(
    name for model in RULE_MODELS for name in get_args(model.model_fields["check"].annotation)
)
# Which key of which table names an entry of which other table.
REFERENCES = (
    ("zones", "groups", "groups"),
    ("zones", "source", "sources"),
    ("groups", "groups", "groups"),
    ("categories", "source", "sources"),
    ("rules", "group", "groups"),
    ("rules", "source", "sources"),
)
_SHOWN = 80  # characters of a wrong value worth showing


def validation_mistakes(error: ValidationError, raw: Raw) -> list[Mistake]:
    """Return pydantic's findings as mistakes with a key path, what was found and what is allowed."""
    return [_mistake(details, raw) for details in error.errors(include_url=False)]


def _mistake(details: ErrorDetails, raw: Raw) -> Mistake:
    location = details["loc"]
    if location[:1] == ("rules",):  # pydantic names the kind of rule after its place
        location = (*location[:2], *location[3:])
    kind, context = details["type"], details.get("ctx", {})
    key = _key(location)
    if kind == "extra_forbidden":
        allowed = _allowed_keys(location[:-1], raw)
        close = difflib.get_close_matches(str(location[-1]), allowed, n=1)
        guess = Text(f", did you mean {close[0]}?", f"，是否应为 {close[0]}？") if close else Text.same("")
        return Mistake(key, Text(f"unknown key{guess.en}", f"未知的键{guess.zh}"), "", ", ".join(allowed))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        said, found = Text("is not a check geoplan knows", "不是 geoplan 的检查项"), _shown(context.get("tag"))
        if kind == "union_tag_not_found":
            said, found = KINDS["missing"], ""
        return Mistake(f"{key}.check", said, found, ", ".join(sorted(CHECK_NAMES)))
    allowed_values = str(context.get("expected", context.get("pattern", ""))).replace("' or '", "', '")
    found = "" if kind == "missing" else _shown(details["input"])
    return Mistake(key, kind_text(details), found, allowed_values)


def _shown(value: object) -> str:
    """Return a wrong value as Python writes it, cut to a length and depth that can be read."""
    shorten = reprlib.Repr()
    shorten.maxstring = shorten.maxother = shorten.maxlong = _SHOWN
    text = shorten.repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _key(location: tuple[int | str, ...]) -> str:
    """Return ("rules", 1, "km2") as rules[2].km2: tables are counted from 1, as people do."""
    key = ""
    for part in location:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else part
    return key or "plan.toml"


def _allowed_keys(location: tuple[int | str, ...], raw: Raw) -> list[str]:
    """Return the keys the table at `location` may have, by walking the models down to it."""
    model: type[BaseModel] = Plan
    if location[:1] == ("rules",) and len(location) == 2:
        check = raw["rules"][location[1]]["check"]
        model = next(m for m in RULE_MODELS if check in get_args(m.model_fields["check"].annotation))
    else:
        for part in location:
            if isinstance(part, str):
                names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
                model = _record_in(names.get(part)) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) is None:
        return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return next((found for inner in get_args(annotation) if (found := _record_in(inner))), None)


def reference_mistakes(raw: Raw) -> list[Mistake]:
    """Return duplicate ids, references that lead nowhere, empty groups and groups that contain themselves.

    Works on the raw document, so that these are told together with everything else that is wrong.
    """
    found = [mistake for table in ("zones", "groups", "sources", "categories") for mistake in _duplicates(table, raw)]
    for table, key, target in REFERENCES:
        declared = _ids(raw, target)
        for place, record in _records(raw, table):
            value = record.get(key, [])
            found += [
                Mistake(f"{table}[{place}].{key}", _undeclared(target, declared), _shown(name), ", ".join(declared))
                for name in (value if isinstance(value, list) else [value])
                if name not in declared
            ]
    return found + _service_mistakes(raw) + _alias_mistakes(raw) + _group_mistakes(raw)


def _service_mistakes(raw: Raw) -> list[Mistake]:
    service, declared = raw.get("service"), _ids(raw, "sources")
    source = service.get("source", "") if isinstance(service, dict) else ""
    if source == "" or source in declared:
        return []
    return [Mistake("service.source", _undeclared("sources", declared), _shown(source), ", ".join(declared))]


def _records(raw: Raw, table: str) -> Iterator[tuple[int, Raw]]:
    entries = raw.get(table, ())
    if isinstance(entries, list):
        for place, record in enumerate(entries, start=1):
            if isinstance(record, dict):
                yield place, record


def _ids(raw: Raw, table: str) -> list[str]:
    return [record["id"] for _, record in _records(raw, table) if isinstance(record.get("id"), str)]


def _undeclared(target: str, declared: list[str]) -> Text:
    table = {"groups": "分组", "sources": "来源"}[target]
    if not declared:
        return Text(f"none of the {target} is declared", f"没有声明任何{table}")
    return Text(f"is not among the {target} declared", f"不在已声明的{table}之中")


def _duplicates(table: str, raw: Raw) -> list[Mistake]:
    return [
        Mistake(f"{table}.id", Text("is used more than once", "重复使用"), _shown(name))
        for name, count in Counter(_ids(raw, table)).items()
        if count > 1
    ]


def _alias_mistakes(raw: Raw) -> list[Mistake]:
    """Return the names two zones share: such a name could never be matched to one of them."""
    owners: dict[str, set[int]] = {}
    for place, record in _records(raw, "zones"):
        name, aliases = record.get("name"), record.get("aliases", ())
        names = list(name.values()) if isinstance(name, dict) else [name]
        for text in [record.get("id"), *names, *(aliases if isinstance(aliases, list) else ())]:
            if isinstance(text, str):
                # As geoplan.match compares names.
                folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
                owners.setdefault(folded, set()).add(place)
    shared = Text("shares an id, name or alias with another zone", "与其他分区共用编号、名称或别名")
    return [
        Mistake(f"zones[{max(places)}]", shared, _shown(text)) for text, places in owners.items() if len(places) > 1
    ]


def _group_mistakes(raw: Raw) -> list[Mistake]:
    parents = {
        record["id"]: [name for name in record.get("groups", ()) if isinstance(name, str)]
        for _, record in _records(raw, "groups")
        if isinstance(record.get("id"), str) and isinstance(record.get("groups", []), list)
    }
    filled: set[str] = set()
    for _, zone in _records(raw, "zones"):
        listed = zone.get("groups", ())
        for name in listed if isinstance(listed, list) else ():
            if isinstance(name, str):
                filled |= _ancestors(name, parents)
    found = []
    for place, record in _records(raw, "groups"):
        name = record.get("id")
        if not isinstance(name, str):
            continue
        above = set().union(*(_ancestors(parent, parents) for parent in parents.get(name, [])))
        if name in above:
            said = Text("makes a group part of itself", "使分组包含自身")
            found.append(Mistake(f"groups[{place}].groups", said, _shown(name)))
        if name not in filled:
            said = Text("no zone belongs to this group", "没有分区属于该分组")
            found.append(Mistake(f"groups[{place}]", said, _shown(name)))
    return found


def _ancestors(group: str, parents: Mapping[str, list[str]]) -> set[str]:
    """Return a group with all groups it belongs to, however the groups are linked."""
    seen: set[str] = set()
    waiting = [group]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += parents.get(name, [])
    return seen
