"""GeoJSON as RFC 7946 has it: WGS84, 7 decimals, outer rings counter-clockwise, boxes, no `crs` member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import shapely

from geoplan.arrays import objects
from geoplan.output.export.placing import counter_clockwise, rounded
from geoplan.output.export.values import Loss, Package, Table, Written
from geoplan.types import Text

DECIMALS = 7  # of a degree: 1.1 cm; RFC 7946 §11.2 speaks of 6 as sensible


def write_geojson(package: Package) -> Written:
    """Return GeoJSON of the package's one table, one feature a line; what the file is about is in `geoplan`.

    Source: RFC 7946 §3.1.6 (right-hand rule), §4 (WGS84), §5 (bbox), §6.1 (foreign members).
    """
    (table,) = package.tables
    table, moved = rounded(table, DECIMALS)
    table = counter_clockwise(table)
    losses = (_rounding(table),) if moved else ()
    text = "".join(_lines(table, package, (*package.losses, *losses)))
    return Written(text.encode("utf-8"), losses)


def _rounding(table: Table) -> Loss:
    return Loss(
        table.name,
        Text(
            f"coordinates are rounded to {DECIMALS} decimals of a degree, which moves a vertex by up to 0.008 m",
            f"坐标取至 {DECIMALS} 位小数（度），节点最多移动 0.008 m",
        ),
    )


def _lines(table: Table, package: Package, losses: tuple[Loss, ...]) -> Iterator[str]:
    about: dict[str, Any] = dict(package.facts.lines())
    about["losses"] = [loss.message.en for loss in losses]
    head: dict[str, Any] = {"type": "FeatureCollection", "name": table.name, "geoplan": about}
    there = [shape for shape in table.shapes if shape is not None]
    if there:
        head["bbox"] = [float(value) for value in shapely.total_bounds(there)]
    yield f'{_json(head)[:-1]},\n"features": [\n'
    names = [column.name for column in table.columns]
    geometry = shapely.to_geojson(objects(table.shapes))
    last = len(table) - 1
    for place, row in enumerate(table.rows):
        properties = _json(dict(zip(names, row, strict=True)))
        shape, box = table.shapes[place], ""
        if shape is not None:
            box = f', "bbox": {_json([float(value) for value in shape.bounds])}'
        drawn = "null" if shape is None else geometry[place]
        yield f'{{"type": "Feature"{box}, "properties": {properties}, "geometry": {drawn}}}'
        yield "\n" if place == last else ",\n"
    yield "]}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
