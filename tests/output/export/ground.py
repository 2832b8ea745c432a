"""A plan of two zones in whole metres, so that every area is worked out by hand, with places and names to trip over.

Zone a is a square of 1000 m with a hole of 200 m: 960,000 m². Zone b is 500 m × 1000 m beside it and a
square of 100 m apart: 510,000 m². Together 1,470,000 m² in the plane of EPSG:4548, where
`method = "planar"`. The hole is a gap, which is the one finding.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geoplan.workflow import PlanView, open_plan

EAST, NORTH = 518_000.0, 3_521_000.0
AREAS = {"a": 960_000.0, "b": 510_000.0}
TOTAL = 1_470_000.0
FORMULA = "=cmd|' /C calc'!A0"

PLAN = """
format = 1
id = "{plan}"
name = {{ en = {name}, zh = "方块" }}
status = "{status}"
[area]
method = "planar"
projected = "EPSG:4548"
[layers]
zones = "zones.geojson"
facilities = "facilities.geojson"
[[sources]]
id = "survey"
title = {{ en = "Survey", zh = "测量" }}
publisher = {{ en = "Bureau", zh = "规划局" }}
date = "2024-05"
[[zones]]
id = "a"
name = {{ en = "Core", zh = "核心区" }}
groups = ["inner"]
basis = {{ en = "Stated in the survey", zh = "测量所载" }}
accuracy_m = 0.5
source = "survey"
[[zones]]
id = "b"
name = {{ en = {other}, zh = "乙" }}
[[groups]]
id = "inner"
name = {{ en = "Inner", zh = "内圈" }}
{more}
"""


def ring(x: float, y: float, width: float, height: float) -> list[list[float]]:
    """Return a closed ring from its south-west corner, in metres from the example's origin."""
    west, south = EAST + x, NORTH + y
    east, north = west + width, south + height
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


MIDDLE = [117.2033, 31.8163]  # in zone b, near 519250, 3521500
ZONE_A = {"type": "Polygon", "coordinates": [ring(0, 0, 1000, 1000), ring(400, 400, 200, 200)[::-1]]}
ZONE_B = {"type": "MultiPolygon", "coordinates": [[ring(1000, 0, 500, 1000)], [ring(2000, 2000, 100, 100)]]}


def write_squares(
    folder: Path,
    *,
    name: str = "Squares",
    other: str = FORMULA,
    status: str = "indicative",
    more: str = "",
    fields: dict[str, list[Any]] | None = None,
    facilities: tuple[str, ...] = ("Laboratory",),
) -> Path:
    """Write the plan; `fields` are further fields of zones a and b, `other` is the English name of zone b.

    The first facility lies in the middle of zone b, the others have no place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = PLAN.format(plan=folder.name, name=json.dumps(name), other=json.dumps(other), status=status, more=more)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    own = fields or {}
    rows = [{"id": key} | {field: values[row] for field, values in own.items()} for row, key in enumerate("ab")]
    save(folder / "zones.geojson", rows, [ZONE_A, ZONE_B], "EPSG:4548")
    middle = {"type": "Point", "coordinates": MIDDLE}
    places = [
        {"id": f"f{row}", "name_en": one, "name_zh": f"点{row}", "category": "lab", "zone": "b", "source": "survey"}
        for row, one in enumerate(facilities)
    ]
    save(folder / "facilities.geojson", places, [middle, *(None,) * (len(places) - 1)], "EPSG:4326")
    return folder


def squares(folder: Path, **changes: Any) -> PlanView:
    """Return the plan, written and opened."""
    return open_plan(write_squares(folder / changes.pop("plan", "squares"), **changes))


def save(path: Path, rows: list[dict[str, Any]], shapes: list[Any], crs: str) -> None:
    """Write features as GeoJSON in a CRS named the old way."""
    features = [
        {"type": "Feature", "properties": row, "geometry": shape} for row, shape in zip(rows, shapes, strict=True)
    ]
    head = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": crs}}, "features": features}
    path.write_text(json.dumps(head), encoding="utf-8")
