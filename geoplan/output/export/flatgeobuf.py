"""FlatGeobuf: one layer with a packed Hilbert R-tree, so that a viewer can read a window of it over HTTP."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pyogrio

from geoplan.output.export.frames import attributes, with_shapes
from geoplan.output.export.placing import one_kind
from geoplan.output.export.values import Loss, Package, Table, Written
from geoplan.types import Text


def write_flatgeobuf(package: Package) -> Written:
    """Return a FlatGeobuf file of the package's one table; features stand in the order of the index."""
    (table,) = package.tables
    losses = []
    if len(table) > 1:
        losses.append(
            Loss(
                table.name,
                Text(
                    "features stand in the order of the spatial index, not of the plan",
                    "要素按空间索引排列，而非规划中的顺序",
                ),
            )
        )
    with tempfile.TemporaryDirectory(prefix="geoplan-") as folder:
        path = Path(folder) / "whole.fgb"  # without this ending GDAL makes a folder
        _write(package, table, path)
        return Written(path.read_bytes(), tuple(losses))


def _write(package: Package, table: Table, path: Path) -> None:
    shapes, kind = one_kind(table.shapes)
    about = package.facts.lines()
    pyogrio.write_dataframe(
        with_shapes(table, attributes(table), shapes),
        path,
        layer=table.name,
        driver="FlatGeobuf",
        geometry_type=kind,
        promote_to_multi=False,
        layer_options={
            "SPATIAL_INDEX": "YES",
            "TITLE": f"{package.facts.name.en} / {package.facts.name.zh}: {table.name}",
            "DESCRIPTION": json.dumps(about, ensure_ascii=False),
        },
    )
