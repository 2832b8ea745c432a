"""KML 2.2 (OGC 07-147r2): a folder a table, the map's colours, attributes as typed data, WGS84."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.output.escape import for_html
from geoplan.output.export.placing import counter_clockwise, rounded
from geoplan.output.export.values import Loss, Package, Table, Written
from geoplan.output.style import OUTLINE
from geoplan.types import Text

NAMESPACE = "http://www.opengis.net/kml/2.2"
DECIMALS = 9  # of a degree: 0.1 mm
KEY = "key"
_TYPES = {"TEXT": "string", "REAL": "double", "INTEGER": "int", "BOOLEAN": "bool"}


def write_kml(package: Package) -> Written:
    """Return KML with every table of the package; what has no place is a placemark without one."""
    root = ET.Element("kml", {"xmlns": NAMESPACE})
    document = ET.SubElement(root, "Document")
    facts = package.facts
    _add(document, "name", facts.name.get(package.language))
    about = [facts.worth.get(package.language), facts.origin.get(package.language)]
    about += [f"{key}: {value}" for key, value in facts.lines().items()]
    about += [loss.message.get(package.language) for loss in package.losses]
    _add(document, "description", "<br>".join(map(for_html, about)))  # a description is HTML
    losses = tuple(_renamed(table) for table in package.tables)
    tables = [counter_clockwise(rounded(table, DECIMALS)[0]) for table in package.tables]
    for colour in sorted({colour for table in tables for colour in table.colours}):
        _style(document, colour)
    for table in tables:
        _schema(document, table)
    for table in tables:
        _folder(document, table, package.language)
    ET.indent(root)
    return Written(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n", losses)


def _renamed(table: Table) -> Loss:
    """Return that the column of ids has another name: in KML `id` is XML's own, and readers take it for that."""
    return Loss(table.name, Text(f"the field “id” is called “{KEY}”", f"字段“id”改名为“{KEY}”"))


def _style(document: ET.Element, colour: str) -> None:
    style = ET.SubElement(document, "Style", {"id": f"c{colour[1:]}"})
    icon = ET.SubElement(style, "IconStyle")
    _add(icon, "color", _abgr(colour))
    line = ET.SubElement(style, "LineStyle")
    _add(line, "color", _abgr(OUTLINE))
    _add(line, "width", "1.5")
    _add(ET.SubElement(style, "PolyStyle"), "color", _abgr(colour, 0x70))


def _schema(document: ET.Element, table: Table) -> None:
    schema = ET.SubElement(document, "Schema", {"name": table.name, "id": table.name})
    for place, column in enumerate(table.columns):
        # KML's int has 32 bits; a larger number is kept as text.
        wide = column.kind == "INTEGER" and any(abs(row[place] or 0) >= 2**31 for row in table.rows)
        kind = "string" if wide else _TYPES[column.kind]
        ET.SubElement(schema, "SimpleField", {"type": kind, "name": _name(column.name)})


def _folder(document: ET.Element, table: Table, language: str) -> None:
    folder = ET.SubElement(document, "Folder", {"id": f"folder-{table.name}"})
    _add(folder, "name", table.name)
    for place, row in enumerate(table.rows):
        mark = ET.SubElement(folder, "Placemark")
        _add(mark, "name", table.labels[place].get(language))
        _add(mark, "styleUrl", f"#c{table.colours[place][1:]}")
        data = ET.SubElement(ET.SubElement(mark, "ExtendedData"), "SchemaData", {"schemaUrl": f"#{table.name}"})
        for column, value in zip(table.columns, row, strict=True):
            if value is not None:
                _add(data, "SimpleData", _value(value), name=_name(column.name))
        shape = table.shapes[place]
        if shape is not None:
            _geometry(mark, shape)


def _name(column: str) -> str:
    return KEY if column == "id" else column


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, float) else str(value)


def _geometry(parent: ET.Element, shape: BaseGeometry) -> None:
    kind = shape.geom_type
    if kind == "Polygon":
        polygon = ET.SubElement(parent, "Polygon")
        _add(polygon, "tessellate", "1")
        _ring(ET.SubElement(polygon, "outerBoundaryIs"), shape.exterior)
        for hole in shape.interiors:
            _ring(ET.SubElement(polygon, "innerBoundaryIs"), hole)
    elif kind in ("LineString", "LinearRing"):
        line = ET.SubElement(parent, "LineString")
        _add(line, "tessellate", "1")
        _add(line, "coordinates", _coordinates(shape))
    elif kind == "Point":
        _add(ET.SubElement(parent, "Point"), "coordinates", _coordinates(shape))
    else:
        whole = ET.SubElement(parent, "MultiGeometry")
        for part in shapely.get_parts(shape):
            _geometry(whole, part)


def _ring(parent: ET.Element, ring: BaseGeometry) -> None:
    _add(ET.SubElement(parent, "LinearRing"), "coordinates", _coordinates(ring))


def _coordinates(shape: BaseGeometry) -> str:
    pairs: Iterable[list[float]] = shapely.get_coordinates(shape).tolist()
    return " ".join(f"{x!r},{y!r}" for x, y in pairs)


def _abgr(colour: str, alpha: int = 0xFF) -> str:
    """Return #rrggbb as KML wants it: alpha, blue, green, red."""
    return f"{alpha:02x}{colour[5:7]}{colour[3:5]}{colour[1:3]}".lower()


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text
