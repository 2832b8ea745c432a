"""Drafts to publish: squares a to …, and whatever else a test is about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geoplan.store import Draft, SourceFile
from geoplan.types import Facility, Finding, Severity, Text
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, make_layer, square

TOML = 'format = 1\nid = "valley"\nname = "Valley"\nstatus = "indicative"\n'


def squares(count: int = 3) -> dict[str, BaseGeometry]:
    """Return squares of 100 m side by side, called z1, z2, …"""
    return {f"z{place}": square(EAST + 100 * place, NORTH, 100) for place in range(1, count + 1)}


def zones_of(
    shapes: Mapping[str, BaseGeometry | None], *, crs: object = "EPSG:4548", **fields: Sequence[Any]
) -> ZoneLayer:
    """Return a layer of zones by id with their names, and any other fields."""
    names = {"name_en": [f"Zone {zone}" for zone in shapes], "name_zh": [f"区域 {zone}" for zone in shapes]}
    return make_layer(list(shapes.values()), ids=list(shapes), crs=crs, **names | fields)


def draft(zones: ZoneLayer | Mapping[str, BaseGeometry | None] | None = None, **changes: Any) -> Draft:
    """Return a draft of these zones (three squares, unless given), with any of its parts changed."""
    layer = zones if isinstance(zones, ZoneLayer) else zones_of(squares() if zones is None else zones)
    content = changes.pop("content", b"the file as it came")
    parts: dict[str, Any] = {
        "zones": layer,
        "plan_toml": TOML,
        "source": source(content),
        "author": "Li Wei",
        "message": "first boundaries",
        "time": "2025-03-01T09:30:00+08:00",
        "tool_version": "0.1.0",
        "total_m2": 30_000.0,
        "passed": True,
        "check": {"schema": "geoplan.check/1", "passed": True},
    }
    return Draft(**parts | changes)


def source(content: bytes, **changes: Any) -> SourceFile:
    """Return a source file of these bytes."""
    parts: dict[str, Any] = {
        "path": "边界.zip",
        "sha256": hashlib.sha256(content).hexdigest(),
        "crs": "EPSG:4527",
        "operation": "same datum",
        "decision": {"verdict": "declared", "score": 0.998},
        "content": content,
    }
    return SourceFile(**parts | changes)


FINDINGS = (
    Finding("overlap", Severity.ERROR, ("z1", "z2"), Text("overlap", "重叠"), "s1", square(EAST, NORTH, 2), 4.0, 2.0),
    Finding(
        "sliver", Severity.WARNING, ("z1",), Text("thin", "狭长"), "s2", LineString([(EAST, NORTH), (EAST, NORTH + 1)])
    ),
    Finding("unmatched-vertex", Severity.INFO, ("z1", "z3"), Text("vertex", "节点"), "s3", Point(EAST, NORTH)),
    Finding("area-total", Severity.ERROR, (), Text("total", "总面积"), expected=8.22, measured=8.5, unit="km2"),
)
FACILITIES = (
    Facility("lab", Text("Laboratory", "实验室"), "research", Point(117.25, 31.84), "z1", "address", 50.0),
    Facility("hub", Text("Hub", "中心"), "service", None),
)
