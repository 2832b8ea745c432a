"""A plan document that is right in every key, for tests that then make one thing wrong."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

VALID: dict[str, Any] = {
    "format": 1,
    "id": "test-plan",
    "name": {"en": "Test", "zh": "测试"},
    "summary": "One sentence.",
    "status": "draft",
    "area": {"method": "geodesic", "projected": "EPSG:4548"},
    "tolerance": {"area_m2": 2.0, "width_m": 0.02},
    "layers": {"facilities": "facilities.geojson"},
    "sources": [{"id": "notice", "title": "Notice", "publisher": {"en": "Bureau", "zh": "局"}, "date": "2026-05"}],
    "categories": [{"id": "office", "name": "Offices"}],
    "zones": [
        {
            "id": "core",
            "name": {"en": "Core", "zh": "核心区"},
            "aliases": ["Zone A"],
            "groups": ["inner"],
            "published_km2": 2.5,
            "basis": "drawn",
            "source": "notice",
            "accuracy_m": 100.0,
            "note": "a note",
            "awaiting": False,
            "named": True,
        },
        {"id": "rim", "name": "Rim", "groups": ["outer"]},
    ],
    "groups": [
        {"id": "inner", "name": "Inner", "groups": ["all"]},
        {"id": "outer", "name": "Outer", "groups": ["all"]},
        {"id": "all", "name": "All"},
    ],
    "rules": [
        {"check": "area-total", "km2": 8.22, "tolerance_km2": 0.005, "source": "notice", "published": "8.22 km²"},
        {"check": "area-share", "group": "inner", "min": 0.88, "max": 0.90},
        {"check": "zone-count", "count": 2},
        {"check": "area-minimum", "m2": 200.0, "field": "DLBM", "classes": {"01": 400.0}},
        {"check": "gap", "enabled": False, "severity": "warning", "note": "why"},
    ],
    "accepted": [{"finding": "gap-0123456789ab", "reason": "a lake", "author": "someone", "expires": "2027-12-31"}],
    "known": [{"finding": "overlap-0123456789ab", "reason": "to be mended", "author": "someone"}],
}


def valid() -> dict[str, Any]:
    """Return a document of one's own to spoil."""
    return copy.deepcopy(VALID)


def toml(value: Any) -> str:
    """Return a document as TOML: everything below the top level as inline tables, which JSON almost is."""
    return "".join(f"{_key(key)} = {_inline(item)}\n" for key, item in value.items())


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, str):
        return _key(value)
    return str(value)  # nan and inf are written alike


def _key(text: str) -> str:
    """Return a basic string with everything but plain letters escaped, so that any text goes."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'


def write(folder: Path, document: dict[str, Any] | str | bytes) -> Path:
    """Write plan.toml (and the facilities file VALID names) into a folder and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = toml(document) if isinstance(document, dict) else document
    (folder / "plan.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "facilities.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    return folder


def chinese_alone(text: str) -> bool:
    """Return whether a text is Chinese: no two English words in a row stand in it, though names may."""
    return bool(re.search(r"[\u4e00-\u9fff]", text)) and not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text)
