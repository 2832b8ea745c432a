"""A plan's facilities and innovation network: point features with names, categories and accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.crs import to_lonlat
from geoplan.errors import InputError
from geoplan.read.vector import read_features
from geoplan.types import Facility, Text
from geoplan.zones import as_text


def read_facilities(path: Path) -> tuple[Facility, ...]:
    """Return the facilities in a vector file, located or not, with lon/lat points.

    Fields: id, name_en, name_zh (at least one name), category, and optionally zone, basis, accuracy_m,
    source, address_en/_zh, note_en/_zh. Raises InputError for a file that cannot be read, a feature
    without a name, an id used twice, or geometry other than single points.
    """
    layer = read_features(path)
    points = _points(to_lonlat(layer.geometry, layer.crs), path)
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


def _points(geometry: NDArray[Any], path: Path) -> list[shapely.Point | None]:
    kinds = shapely.get_type_id(geometry)
    located = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    wrong = np.flatnonzero(located & (kinds != 0))
    if len(wrong):
        kind = geometry[wrong[0]].geom_type
        raise _mistake(path, f"feature #{wrong[0] + 1} is a {kind}, not a point", f"第 {wrong[0] + 1} 个要素不是点")
    return [point if here else None for point, here in zip(geometry, located, strict=True)]


def _facility(row: Mapping[str, Any], point: shapely.Point | None, place: int, path: Path) -> Facility:
    text = {name: as_text(value) for name, value in row.items()}
    name = bilingual(text, "name")
    if name is None:
        raise _mistake(path, f"feature #{place} has no name", f"第 {place} 个要素没有名称")
    accuracy = text.get("accuracy_m", "")
    try:
        radius = float(accuracy) if accuracy else None
    except ValueError:
        raise _mistake(
            path, f"feature #{place}: accuracy_m is not a number", f"第 {place} 个要素的精度不是数字"
        ) from None
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


def bilingual(row: Mapping[str, str], field: str) -> Text | None:
    """Return `field`_en and `field`_zh (or plain `field`) as one text; a missing side repeats the other."""
    english = row.get(f"{field}_en") or row.get(field, "")
    chinese = row.get(f"{field}_zh") or row.get(field, "")
    return Text(english or chinese, chinese or english) if english or chinese else None


def _mistake(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"{reason}.", f"{reason_zh}。"), where=str(path))
