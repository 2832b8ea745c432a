"""A plan as a drawing: closed lines on a layer per zone, labels, points, in metres of the projected system.

Attributes are extended data (XDATA) of the application GEOPLAN on the first line of each zone, and of each
point. A hole and every further part is a closed line of its own on the zone's layer.
"""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.errors import UsageError
from geoplan.output.escape import clip
from geoplan.output.export.dbf import cut_text
from geoplan.output.export.dxf_file import APPLICATION, MODEL_SPACE, Drawing, Tag, text_value
from geoplan.output.export.values import Loss, Package, Table, Written, crs_words
from geoplan.output.style import INK, boundary_dashes
from geoplan.types import Text

LABEL_CHARACTERS = 80
_DATA_BYTES = 250  # of one string of extended data; AutoCAD's limit is 255
_DATA_IN_ALL = 15_000  # of one entity; AutoCAD's limit is 16 KB


def write_dxf(package: Package) -> Written:
    """Return a DXF of every table of the package; raises UsageError unless its CRS is in metres."""
    if not package.crs.is_projected or package.crs.axis_info[0].unit_conversion_factor != 1.0:
        raise UsageError(
            Text("a drawing is in metres of a projected system.", "DXF 须采用以米为单位的投影坐标系。"),
            where="--crs",
            hint=Text("Name one such as EPSG:4548.", "请指定如 EPSG:4548 的坐标系。"),
        )
    shapes = [shape for table in package.tables for shape in table.shapes if shape is not None]
    west, south, east, north = shapely.total_bounds(shapes).tolist() if shapes else (0.0, 0.0, 1.0, 1.0)
    size = max(east - west, north - south, 1.0)
    comments = [f"{key} = {value}" for key, value in package.facts.lines().items()]
    comments.append(f"coordinates = {crs_words(package.crs).en}")
    drawing = Drawing((west, south, east, north), size / 150, comments=comments)
    losses: list[Loss] = []
    for table in package.tables:
        losses += _draw(table, drawing, package, size / 90)
    _note(drawing, package, (*package.losses, *losses), size / 90)
    return Written(drawing.text().encode("utf-8", errors="replace"), tuple(losses))


def _draw(table: Table, drawing: Drawing, package: Package, height: float) -> Iterator[Loss]:
    dashed = table.name == "zones" and bool(boundary_dashes(package.facts.status))
    cut = several = 0
    for place, shape in enumerate(table.shapes):
        if shape is None:
            continue
        layer = drawing.layer(table.name, table.groups[place], table.colours[place], dashed=dashed)
        data, shortened = _data(table, place)
        cut += shortened
        lines = list(_entities(shape))
        several += len(lines) > 1
        for number, (kind, tags) in enumerate(lines):
            drawing.entities += _entity(drawing, kind, layer, tags, data if number == 0 else ())
        if table.name != "findings":
            _label(drawing, table, place, shape, package.language, height)
    if several and table.name == "zones":
        yield _loss(
            table,
            several,
            "with holes or several parts: each ring is a closed line of its own on the zone's layer",
            "含岛洞或多个部分：每个环在该分区图层上各成一条闭合线",
        )
    if cut:
        yield _loss(table, cut, f"texts of extended data cut at {_DATA_BYTES} bytes", "扩展数据文本被截断")


def _loss(table: Table, count: int, said: str, zh: str) -> Loss:
    return Loss(table.name, Text(f"{count} {said}", f"{count} 个{zh}"))


def _entities(shape: BaseGeometry) -> Iterator[tuple[str, list[Tag]]]:
    """Yield the entities of a shape: closed lines for rings, open ones for lines, points."""
    if shape.geom_type == "Polygon":
        for ring in (shape.exterior, *shape.interiors):
            yield "LWPOLYLINE", _polyline(shapely.get_coordinates(ring)[:-1].tolist(), closed=True)
    elif shape.geom_type in ("LineString", "LinearRing"):
        yield "LWPOLYLINE", _polyline(shapely.get_coordinates(shape).tolist(), closed=shape.geom_type == "LinearRing")
    elif shape.geom_type == "Point":
        yield "POINT", [(100, "AcDbPoint"), (10, float(shape.x)), (20, float(shape.y)), (30, 0.0)]
    else:
        for part in shapely.get_parts(shape):
            yield from _entities(part)


def _polyline(points: list[list[float]], *, closed: bool) -> list[Tag]:
    tags: list[Tag] = [(100, "AcDbPolyline"), (90, len(points)), (70, int(closed)), (43, 0.0)]
    for x, y in points:
        tags += [(10, x), (20, y)]
    return tags


def _entity(drawing: Drawing, kind: str, layer: str, tags: list[Tag], data: tuple[Tag, ...] = ()) -> list[Tag]:
    head: list[Tag] = [(0, kind), (5, drawing.handle()), (330, MODEL_SPACE), (100, "AcDbEntity"), (8, layer)]
    return [*head, *tags, *data]


def _data(table: Table, place: int) -> tuple[tuple[Tag, ...], int]:
    """Return the known cells of a row as extended data, "name=value", and how many texts were cut or left out."""
    tags: list[Tag] = [(1001, APPLICATION)]
    cut = used = 0
    for column, value in zip(table.columns, table.rows[place], strict=True):
        if value is None:
            continue
        whole = f"{column.name}={value!r}" if isinstance(value, float) else f"{column.name}={value}"
        text = cut_text(whole, _DATA_BYTES)
        used += len(text.encode()) + 3
        cut += text != whole or used > _DATA_IN_ALL
        if used <= _DATA_IN_ALL:
            tags.append((1000, text_value(text)))
    return tuple(tags), cut


def _label(drawing: Drawing, table: Table, place: int, shape: BaseGeometry, language: str, height: float) -> None:
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    if point.is_empty:
        return
    layer = drawing.layer("labels", table.name, INK)
    y = point.y + height if table.name != "zones" else point.y
    text = clip(table.labels[place].get(language), LABEL_CHARACTERS)
    drawing.entities += _entity(drawing, "TEXT", layer, _text(text, point.x, y, height, centred=True))


def _note(drawing: Drawing, package: Package, losses: tuple[Loss, ...], height: float) -> None:
    """Write below the drawing what it is: plan, status, revision, coordinate system, what it cannot hold."""
    facts, language = package.facts, package.language
    said = [facts.name, facts.worth, facts.origin, crs_words(package.crs), *(loss.message for loss in losses)]
    if facts.how is not None:
        said.insert(3, facts.how)
    layer = drawing.layer("note", "", INK)
    west, south, _, _ = drawing.bounds
    for row, text in enumerate(said, start=2):
        tags = _text(clip(text.get(language), 240), west, south - 1.6 * row * height, height)
        drawing.entities += _entity(drawing, "TEXT", layer, tags)


def _text(text: str, x: float, y: float, height: float, *, centred: bool = False) -> list[Tag]:
    tags: list[Tag] = [(100, "AcDbText"), (10, x), (20, y), (30, 0.0), (40, height), (1, text_value(text))]
    tags += [(7, "Standard")]
    if centred:
        tags += [(72, 1), (11, x), (21, y), (31, 0.0), (100, "AcDbText"), (73, 2)]
    else:
        tags += [(100, "AcDbText")]
    return tags
