"""Every mistake of a basemaps.toml at once, in words; an address or a key is never repeated."""

from __future__ import annotations

import difflib
import reprlib
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from geoplan.basemaps.model import Document, FileEntry, TiandituEntry, WmtsEntry, XyzEntry
from geoplan.errors import Mistake
from geoplan.plan.wording import kind_text
from geoplan.types import Text

Raw: TypeAlias = Mapping[str, Any]

MODELS: Mapping[str, type[BaseModel]] = {
    "mbtiles": FileEntry,
    "pmtiles": FileEntry,
    "geotiff": FileEntry,
    "xyz": XyzEntry,
    "wmts": WmtsEntry,
    "tianditu": TiandituEntry,
}
# Their values may be, or hold, somebody's key.
_SECRET = frozenset({"url", "capabilities", "server", "key_env"})
_SHOWN = 80  # characters of a wrong value worth showing


def validation_mistakes(error: ValidationError) -> list[Mistake]:
    """Return pydantic's findings as mistakes with a key path, what was found and what is allowed."""
    return [_mistake(details) for details in error.errors(include_url=False)]


def duplicate_mistakes(raw: Raw) -> list[Mistake]:
    """Return the ids used more than once; ids are compared without regard to case, as some file systems do."""
    entries = raw.get("basemaps")
    ids = [
        entry["id"].casefold()
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    ]
    said = Text("is used more than once", "重复使用")
    return [Mistake("basemaps.id", said, _shown(name)) for name, count in Counter(ids).items() if count > 1]


def _mistake(details: ErrorDetails) -> Mistake:
    location, tag = _without_tag(details["loc"])
    key, kind, context = _key(location), details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        allowed = _allowed_keys(tag)
        close = difflib.get_close_matches(str(location[-1]), allowed, n=1)
        guess = Text(f", did you mean {close[0]}?", f"，是否应为 {close[0]}？") if close else Text.same("")
        return Mistake(key, Text(f"unknown key{guess.en}", f"未知的键{guess.zh}"), "", ", ".join(allowed))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        said, found = Text("is not a kind of basemap geoplan knows", "不是 geoplan 支持的底图类型"), context.get("tag")
        if kind == "union_tag_not_found":
            said, found = Text("is missing", "缺失"), None
        return Mistake(f"{key}.kind", said, "" if found is None else _shown(found), ", ".join(MODELS))
    # A whole record is not shown: one of its values may be a key.
    hidden = kind == "missing" or isinstance(details["input"], dict | list) or _SECRET & {str(p) for p in location}
    allowed_values = str(context.get("expected", context.get("pattern", ""))).replace("' or '", "', '")
    return Mistake(key, kind_text(details), "" if hidden else _shown(details["input"]), allowed_values)


def _without_tag(location: tuple[int | str, ...]) -> tuple[tuple[int | str, ...], str]:
    """Return a place without the kind of entry that pydantic names after its number, and that kind."""
    if location[:1] == ("basemaps",) and len(location) > 2:
        return (*location[:2], *location[3:]), str(location[2])
    return location, ""


def _key(location: tuple[int | str, ...]) -> str:
    """Return ("basemaps", 1, "url") as basemaps[2].url: entries are counted from 1, as people do."""
    key = ""
    for part in location:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else part
    return key or "basemaps.toml"


def _allowed_keys(tag: str) -> list[str]:
    model = MODELS.get(tag, Document)
    return [field.alias or name for name, field in model.model_fields.items()]


def _shown(value: object) -> str:
    shorten = reprlib.Repr()
    shorten.maxstring = shorten.maxother = shorten.maxlong = _SHOWN
    return shorten.repr(value)[:_SHOWN]
