"""Tables in the coordinate system of the file they go into, every vertex taken over, none added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.crs import code_of, project
from geoplan.errors import CrsError
from geoplan.output.export.values import Loss, Table
from geoplan.output.gpkg import parts_of_dimension
from geoplan.types import Text


def placed(table: Table, crs: CRS) -> tuple[Table, tuple[Loss, ...]]:
    """Return a table in `crs`, two-dimensional, and what lost its place on the way.

    A shape with a coordinate outside the range of either system has no place any more; empty geometry
    is no place. Raises CrsError, naming the layer, for a datum change without known parameters.
    """
    try:
        moved = project(objects(table.shapes), table.crs, crs)
    except CrsError as error:
        raise error.at(table.name) from None
    there = [shape is not None and not shape.is_empty for shape in table.shapes]
    flat = [_finite(shape) if here else None for shape, here in zip(moved, there, strict=True)]
    lost = sum(here and shape is None for here, shape in zip(there, flat, strict=True))
    losses = [_out_of_range(table.name, lost, crs)] if lost else []
    return replace(table, shapes=tuple(flat), crs=crs), tuple(losses)


def rounded(table: Table, decimals: int) -> tuple[Table, bool]:
    """Return a table with coordinates of so many decimals, and whether that moved any of them."""
    before = objects(table.shapes)
    # Adding 0.0 turns -0.0 into 0.0, which would be written with its sign.
    after = shapely.transform(before, lambda xy: xy.round(decimals) + 0.0)
    moved = bool((shapely.get_coordinates(before) != shapely.get_coordinates(after)).any())
    return replace(table, shapes=tuple(after)), moved


def counter_clockwise(table: Table) -> Table:
    """Return a table whose outer rings turn left and whose holes turn right, as RFC 7946 and GeoParquet want."""
    shapes = shapely.orient_polygons(objects(table.shapes), exterior_cw=False)
    return replace(table, shapes=tuple(shapes))


def one_kind(shapes: tuple[BaseGeometry | None, ...]) -> tuple[tuple[BaseGeometry | None, ...], str]:
    """Return shapes of one kind with its name, where a multi-geometry can stand for singles; else "Unknown"."""
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    if len(kinds) == 1:
        return shapes, next(iter(kinds))
    for single, multi, make in (
        ("Polygon", "MultiPolygon", shapely.multipolygons),
        ("LineString", "MultiLineString", shapely.multilinestrings),
        ("Point", "MultiPoint", shapely.multipoints),
    ):
        if kinds == {single, multi}:
            return tuple(make([s]) if s is not None and s.geom_type == single else s for s in shapes), multi
    return shapes, "Unknown"


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a table that a layer of one kind of geometry can hold; `dimension` None: rows without a place."""

    name: str
    table: Table
    dimension: int | None


def pieces(table: Table) -> tuple[Piece, ...]:
    """Return a table by kinds of geometry: zones as one piece where they are all polygons, findings always apart.

    A row whose shape has parts of two kinds is in both pieces; rows without a place are in the one
    piece there is, or in one of their own, named like the table when that is of findings.
    """
    placed_shapes = [shape for shape in table.shapes if shape is not None]
    dimensions = {int(shapely.get_dimensions(part)) for shape in placed_shapes for part in _flat(shape)}
    if table.name != "findings" and len(dimensions) <= 1:
        return (Piece(table.name, table, next(iter(dimensions), None)),)
    found: list[Piece] = []
    homeless = set(range(len(table)))
    for dimension, word in ((2, "polygon"), (1, "line"), (0, "point")):
        parts = [parts_of_dimension(shape, dimension) for shape in table.shapes]
        rows = [row for row, part in enumerate(parts) if part is not None]
        homeless.difference_update(rows)
        if rows:
            chosen = replace(take(table, rows), shapes=tuple(parts[row] for row in rows))
            found.append(Piece(f"{table.name}_{word}", chosen, dimension))
    if homeless:
        name = table.name if table.name == "findings" else f"{table.name}_unplaced"
        found.append(Piece(name, take(table, sorted(homeless)), None))
    return tuple(found)


def take(table: Table, rows: Sequence[int]) -> Table:
    """Return the table of these rows, in this order."""
    return replace(
        table,
        rows=tuple(table.rows[row] for row in rows),
        shapes=tuple(table.shapes[row] for row in rows),
        labels=tuple(table.labels[row] for row in rows),
        groups=tuple(table.groups[row] for row in rows),
        colours=tuple(table.colours[row] for row in rows),
    )


def _flat(shape: BaseGeometry) -> list[BaseGeometry]:
    if shape.geom_type != "GeometryCollection":
        return [shape]
    return [part for one in shapely.get_parts(shape) for part in _flat(one)]


def _finite(shape: BaseGeometry) -> BaseGeometry | None:
    flat: BaseGeometry = shapely.force_2d(shape)
    return flat if np.isfinite(shapely.get_coordinates(flat)).all() else None


def _out_of_range(layer: str, count: int, crs: CRS) -> Loss:
    plural = "" if count == 1 else "s"
    return Loss(
        layer,
        Text(
            f"{count} shape{plural} with coordinates outside the range of {code_of(crs)}: without a place in the file",
            f"{count} 个图形的坐标超出 {code_of(crs)} 的范围，在文件中没有位置",
        ),
    )
