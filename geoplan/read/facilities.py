"""A plan's facilities and innovation network: point features with names, categories and accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geoplan.crs import norm_crs, outside_range, project
from geoplan.errors import CrsError, InputError
from geoplan.read.vector import read_features
from geoplan.types import Facility, Text
from geoplan.zones import ZoneLayer, as_text


def read_facilities(path: Path) -> tuple[Facility, ...]:
    """Return the facilities in a vector file, located or not, with lon/lat points.

    Fields: id, name_en, name_zh (at least one name), category, and optionally zone, basis, accuracy_m,
    source, address_en/_zh, note_en/_zh. Raises InputError for a file that cannot be read, a feature
    without a name, an id used twice, geometry other than single points or a point that is no place;
    CrsError when the file's datum cannot be taken to WGS84.
    """
    layer = read_features(path)
    points = _points(layer, path)
    rows = [{name: values[row] for name, values in layer.fields.items()} for row in range(len(layer))]
    facilities = tuple(
        _facility(row, point, place, path) for place, (row, point) in enumerate(zip(rows, points, strict=True), 1)
    )
    seen: set[str] = set()
    for facility in facilities:
        if facility.id in seen:
            raise _mistake(path, f'the id "{facility.id}" is used twice', f"编号“{facility.id}”重复")
        seen.add(facility.id)
    return facilities


def _points(layer: ZoneLayer, path: Path) -> list[shapely.Point | None]:
    geometry = layer.geometry
    kinds = shapely.get_type_id(geometry)
    located = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    wrong = np.flatnonzero(located & (kinds != 0))
    if len(wrong):
        kind = geometry[wrong[0]].geom_type
        raise _mistake(path, f"feature #{wrong[0] + 1} is a {kind}, not a point", f"第 {wrong[0] + 1} 个要素不是点")
    astray = np.flatnonzero(located & outside_range(geometry, layer.crs))
    if len(astray):
        place = astray[0] + 1
        raise _mistake(path, f"feature #{place} has coordinates that are no place", f"第 {place} 个要素坐标无效")
    try:
        points = project(geometry, layer.crs, norm_crs(4326))
    except CrsError as error:
        raise error.at(str(path)) from None
    return [point if here else None for point, here in zip(points, located, strict=True)]


def _facility(row: Mapping[str, Any], point: shapely.Point | None, place: int, path: Path) -> Facility:
    text = {name: as_text(value) for name, value in row.items()}
    name = bilingual(text, "name")
    if name is None:
        raise _mistake(path, f"feature #{place} has no name", f"第 {place} 个要素没有名称")
    radius = _radius(text.get("accuracy_m", ""), place, path)
    return Facility(
        id=text.get("id") or f"#{place}",
        name=name,
        category=text.get("category", ""),
        point=point,
        zone=text.get("zone") or None,
        basis=text.get("basis", ""),
        accuracy_m=radius,
        source=text.get("source") or None,
        address=bilingual(text, "address"),
        note=bilingual(text, "note"),
    )


def _radius(text: str, place: int, path: Path) -> float | None:
    if not text:
        return None
    try:
        radius = float(text)
    except ValueError:
        radius = math.nan
    if not (math.isfinite(radius) and radius >= 0):
        raise _mistake(path, f"feature #{place}: accuracy_m is not a distance", f"第 {place} 个要素的精度不是距离")
    return radius


def bilingual(row: Mapping[str, str], field: str) -> Text | None:
    """Return `field`_en and `field`_zh (or plain `field`) as one text; a missing side repeats the other."""
    english = row.get(f"{field}_en") or row.get(field, "")
    chinese = row.get(f"{field}_zh") or row.get(field, "")
    return Text(english or chinese, chinese or english) if english or chinese else None


def _mistake(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"{reason}.", f"{reason_zh}。"), where=str(path))
