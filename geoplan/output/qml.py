"""Styles for QGIS (QML) in the product's own colours: findings by severity, zones by status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from geoplan.output.escape import visible
from geoplan.output.labels import SEVERITY_LABELS
from geoplan.output.style import OUTLINE, SEVERITY_STYLES, boundary_dashes, category_colours, zone_colour
from geoplan.types import Severity

_KINDS = {0: ("marker", "SimpleMarker"), 1: ("line", "SimpleLine"), 2: ("fill", "SimpleFill")}


def findings_style(dimension: int) -> str:
    """Return the style of findings of this dimension (0 points, 1 lines, 2 polygons): one colour per severity."""
    root = ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "categorizedSymbol", "attr": "severity"})
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for place, severity in enumerate(Severity):
        label = SEVERITY_LABELS[severity]
        attributes = {
            "value": severity.value,
            "symbol": str(place),
            "label": f"{label.en} {label.zh}",
            "render": "true",
        }
        ET.SubElement(categories, "category", attributes)
        _symbol(symbols, str(place), dimension, _options(dimension, SEVERITY_STYLES[severity].fill))
    return _text(root)


def zones_style(status: str | None) -> str:
    """Return the style of zones: a pale fill, and an outline dashed unless the boundaries are official."""
    root = ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "singleSymbol"})
    symbols = ET.SubElement(renderer, "symbols")
    options = {
        "color": _rgba(zone_colour(0), 40),
        "style": "solid",
        "outline_color": _rgba(OUTLINE),
        "outline_style": "dash" if boundary_dashes(status) else "solid",
        "outline_width": "0.5",
        "outline_width_unit": "MM",
    }
    _symbol(symbols, "0", 2, options)
    return _text(root)


def facilities_style(used: Iterable[str] | Mapping[str, str], named: Iterable[str] = ()) -> str:
    """Return the style of facilities: an entry for each category `used`, in the colour it has on the map.

    A mapping says the colours; without one they go by all categories, those `named` by the plan and those used.
    """
    shown = sorted(set(used))
    colours = used if isinstance(used, Mapping) else category_colours([*shown, *named])
    root = ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "categorizedSymbol", "attr": "category"})
    entries = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for place, category in enumerate(shown):
        name = visible(category)
        attributes = {"value": name, "symbol": str(place), "label": name, "render": "true"}
        ET.SubElement(entries, "category", attributes)
        _symbol(symbols, str(place), 0, _options(0, colours[category]))
    return _text(root)


def _options(dimension: int, colour: str) -> dict[str, str]:
    if dimension == 0:
        return {
            "name": "circle",
            "color": _rgba(colour),
            "outline_color": _rgba(OUTLINE),
            "size": "3",
            "size_unit": "MM",
        }
    if dimension == 1:
        return {"line_color": _rgba(colour), "line_style": "solid", "line_width": "0.8", "line_width_unit": "MM"}
    # A sliver narrower than a pixel is seen by its outline alone.
    return {
        "color": _rgba(colour, 120),
        "style": "solid",
        "outline_color": _rgba(colour),
        "outline_style": "solid",
        "outline_width": "0.6",
        "outline_width_unit": "MM",
    }


def _symbol(parent: ET.Element, name: str, dimension: int, options: dict[str, str]) -> None:
    kind, layer_class = _KINDS[dimension]
    symbol = ET.SubElement(parent, "symbol", {"type": kind, "name": name, "alpha": "1", "clip_to_extent": "1"})
    layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    table = ET.SubElement(layer, "Option", {"type": "Map"})
    for key, value in options.items():
        ET.SubElement(table, "Option", {"type": "QString", "name": key, "value": value})


def _rgba(colour: str, alpha: int = 255) -> str:
    return ",".join([*(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)), str(alpha)])


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")
