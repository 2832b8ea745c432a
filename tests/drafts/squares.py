"""Plans, layers and shapes of the drafts' tests: squares of 100 m side by side near Hefei, calculated by hand.

What a browser would send (degrees) is made of metres by pyproj, never by geoplan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geoplan.drafts import Draft
from geoplan.plan import Plan, load_plan
from geoplan.result import CheckResult
from geoplan.types import Text
from tests.helpers import EAST, NORTH, make_layer, square

_TO_DEGREES = Transformer.from_crs(4548, 4326, always_xy=True)


def at(x: float, y: float, size: float) -> BaseGeometry:
    """Return a square whose south-west corner is x, y metres from the tests' place."""
    return square(EAST + x, NORTH + y, size)


def degrees(shape: BaseGeometry, decimals: int | None = None) -> BaseGeometry:
    """Return a shape in metres of EPSG:4548 as a browser has it: longitude and latitude."""

    def turned(xy: Any) -> Any:
        lonlat = np.column_stack(_TO_DEGREES.transform(xy[:, 0], xy[:, 1]))
        return lonlat if decimals is None else lonlat.round(decimals)

    return shapely.transform(shape, turned)


def draft_of(shapes: Mapping[str, BaseGeometry], **fields: Any) -> Draft:
    """Return a draft of these zones, named after their ids."""
    names = {"name_en": [f"Zone {key}" for key in shapes], "name_zh": [f"区域 {key}" for key in shapes]}
    layer = make_layer(list(shapes.values()), ids=list(shapes), **names | fields)
    return Draft("valley", "First try", "Li Wei", layer)


def bytes_of(draft: Draft) -> dict[str, bytes]:
    """Return the exact bytes of every zone's geometry."""
    return {zone: shapely.to_wkb(shape) for zone, shape in zip(draft.ids, draft.zones.geometry, strict=True)}


def shape_of(draft: Draft, zone: str) -> BaseGeometry:
    """Return the geometry of a zone, which it must have."""
    shape = draft.geometry(zone)
    assert shape is not None
    return shape


def total_of(result: CheckResult) -> float:
    """Return the measured total in m²."""
    assert result.measurement is not None
    return result.measurement.total_m2


def write_plan(folder: Path, shapes: Mapping[str, BaseGeometry] | None = None, rules: str = "") -> Plan:
    """Write a plan that declares the zones a, b, c, with the boundaries given (in metres), and return it."""
    folder.mkdir(parents=True)
    layers = 'zones = "zones.geojson"\n' if shapes else ""
    category = '[[categories]]\nid = "lab"\nname = "Laboratory"\n'
    zones = "".join(f'[[zones]]\nid = "{key}"\nname = "Zone {key}"\nawaiting = true\n' for key in "abc")
    head = f'format = 1\nid = "{folder.name}"\nname = "Valley"\nstatus = "draft"\n[area]\nprojected = "EPSG:4548"\n'
    places = 'facilities = "facilities.geojson"\n'
    (folder / "plan.toml").write_text(f"{head}[layers]\n{layers}{places}{category}{zones}{rules}", encoding="utf-8")
    write_geojson(folder / "facilities.geojson", {"lab": shapely.Point(EAST + 50, NORTH + 50)})
    if shapes:
        write_geojson(folder / "zones.geojson", shapes)
    return load_plan(folder)


def write_geojson(path: Path, shapes: Mapping[str, BaseGeometry]) -> None:
    """Write shapes in metres as GeoJSON in degrees, by their ids."""
    features = [
        {
            "type": "Feature",
            "properties": {"id": key, "name_en": key, "category": "lab"},
            "geometry": shapely.geometry.mapping(degrees(shape)),
        }
        for key, shape in shapes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def named(text: str) -> Text:
    """Return a name that reads the same in both languages."""
    return Text.same(text)
