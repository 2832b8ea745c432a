"""A comparison as a GeoPackage: the pieces that moved in and out, and the changed zones before and after, styled.

Layers `moved_in`, `moved_out`, `before` and `after` are always there, in the CRS of the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas
import numpy as np
import pandas as pd
import pyogrio
from shapely.geometry.base import BaseGeometry

from geoplan.arrays import objects
from geoplan.diff import ChangeKind, Comparison
from geoplan.diff.rows import ZoneRow
from geoplan.output import qml
from geoplan.output.documents import finite
from geoplan.output.escape import visible
from geoplan.output.gpkg import parts_of_dimension
from geoplan.output.style import PASSED, SEVERITY_STYLES
from geoplan.output.whole import replace_whole, whole_bytes
from geoplan.types import Severity

# Colours that stay apart for readers with colour vision deficiency: green for gained, vermilion for lost ground.
_GAINED, _LOST = PASSED.fill, SEVERITY_STYLES[Severity.ERROR].fill


def write_diff_gpkg(comparison: Comparison, path: str | Path) -> None:
    """Write a comparison as a GeoPackage at `path`, replacing what is there only when all of it is written.

    Raises UsageError when the folder does not exist or cannot be written to.
    """
    replace_whole(path, partial(_write_layers, comparison))


def diff_gpkg_bytes(comparison: Comparison) -> bytes:
    """Return the GeoPackage of a comparison as bytes."""
    return whole_bytes(partial(_write_layers, comparison))


def _write_layers(comparison: Comparison, path: Path) -> None:
    changed = [row for row in comparison.told if row.kind is not ChangeKind.UNCHANGED]
    before = [row.change.before.geometry if row.change.before else None for row in changed]
    after = [row.change.after.geometry if row.change.after else None for row in changed]
    layers = (
        ("moved_in", [row.moved_in for row in changed], _piece_style(_GAINED)),
        ("moved_out", [row.moved_out for row in changed], _piece_style(_LOST)),
        ("before", before, qml.zones_style("indicative")),
        ("after", after, qml.zones_style("official")),
    )
    for name, shapes, _ in layers:
        polygons = [parts_of_dimension(shape, 2) for shape in shapes]
        places = [place for place, shape in enumerate(polygons) if shape is not None]
        frame = _frame([changed[place] for place in places])
        _write(frame, [polygons[place] for place in places], path, name, comparison)
    pyogrio.write_dataframe(
        _styles([(name, style) for name, _, style in layers]), path, layer="layer_styles", driver="GPKG"
    )


def _write(
    frame: pd.DataFrame, shapes: Sequence[BaseGeometry | None], path: Path, name: str, comparison: Comparison
) -> None:
    placed = geopandas.GeoDataFrame(frame, geometry=geopandas.array.GeometryArray(objects(shapes), crs=comparison.crs))
    pyogrio.write_dataframe(placed, path, layer=name, driver="GPKG", geometry_type="MultiPolygon")


def _frame(rows: Sequence[ZoneRow]) -> pd.DataFrame:
    text = {
        "id": [visible(row.id) for row in rows],
        "change": [row.kind.value for row in rows],
        "name_en": [visible(row.name.en) for row in rows],
        "name_zh": [visible(row.name.zh) for row in rows],
        "from_ids": [visible(", ".join(row.change.origins)) for row in rows],
        "into_ids": [visible(", ".join(row.change.targets)) for row in rows],
    }
    fields = {name: pd.Series(values, dtype="str") for name, values in text.items()}
    for name in ("area_before_m2", "area_after_m2", "moved_in_m2", "moved_out_m2"):
        fields[name] = pd.Series([finite(getattr(row, name)) for row in rows], dtype="float64")
    return pd.DataFrame(fields)


def _piece_style(colour: str) -> str:
    """Return a QGIS style of one colour; a piece narrower than a pixel is seen by its outline alone."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    root = ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "singleSymbol"})
    symbols = ET.SubElement(renderer, "symbols")
    symbol = ET.SubElement(symbols, "symbol", {"type": "fill", "name": "0", "alpha": "1", "clip_to_extent": "1"})
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", {"type": "Map"})
    for name, value in {
        "color": f"{red},{green},{blue},120",
        "style": "solid",
        "outline_color": f"{red},{green},{blue},255",
        "outline_style": "solid",
        "outline_width": "0.6",
        "outline_width_unit": "MM",
    }.items():
        ET.SubElement(options, "Option", {"type": "QString", "name": name, "value": value})
    ET.indent(root)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def _styles(styles: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the rows of the table in which QGIS keeps default styles, in its own spelling."""
    count = len(styles)
    names = [name for name, _ in styles]
    rows = pd.DataFrame({"f_table_catalog": [""] * count, "f_table_schema": [""] * count, "f_table_name": names})
    return rows.assign(
        f_geometry_column="geom",
        styleName=names,
        styleQML=[style for _, style in styles],
        styleSLD="",
        useAsDefault=np.ones(count, dtype=bool),
        description="geoplan",
        owner="",
        ui="",
        update_time=pd.Series([datetime.now(UTC)] * count, dtype="datetime64[ms, UTC]"),
    )
