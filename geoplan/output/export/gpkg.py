"""GeoPackage: one layer a table, styled for QGIS, with what the file is about in its metadata."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio

from geoplan.output import qml
from geoplan.output.export.frames import attributes, with_shapes
from geoplan.output.export.placing import Piece, one_kind, pieces
from geoplan.output.export.values import Package, Written, crs_words
from geoplan.output.whole import whole_bytes


def write_gpkg(package: Package) -> Written:
    """Return a GeoPackage: findings in a layer per kind of geometry, `layer_styles` as QGIS keeps them.

    Exact: coordinates, numbers and text come back as they were. The times in it are the revision's.
    """
    return Written(whole_bytes(partial(_write, package)))


def _write(package: Package, path: Path) -> None:
    told = package.facts.lines() | {f"loss_{place}": loss.message.en for place, loss in enumerate(package.losses, 1)}
    told["coordinates"] = crs_words(package.crs).en
    styles: list[tuple[str, str]] = []
    for table in package.tables:
        for piece in pieces(table):
            _write_piece(piece, package, told, path)
            if piece.dimension is not None:
                styles.append((piece.name, _style(piece, package)))
    pyogrio.write_dataframe(_styles(styles), path, layer="layer_styles", driver="GPKG")
    _without_clock(path, package.facts.time.strftime("%Y-%m-%dT%H:%M:%S.000Z"))


def _write_piece(piece: Piece, package: Package, told: dict[str, str], path: Path) -> None:
    frame = attributes(piece.table)
    worth = package.facts.worth
    options = {
        "IDENTIFIER": f"{package.facts.plan}: {piece.name}",
        "DESCRIPTION": f"{worth.en} · {worth.zh} · {package.facts.origin.en}",
    }
    if piece.dimension is None:
        pyogrio.write_dataframe(
            frame, path, layer=piece.name, driver="GPKG", layer_options=options, dataset_metadata=told
        )
        return
    shapes, kind = one_kind(piece.table.shapes)
    pyogrio.write_dataframe(
        with_shapes(piece.table, frame, shapes),
        path,
        layer=piece.name,
        driver="GPKG",
        geometry_type=kind,
        promote_to_multi=False,
        layer_options=options | {"GEOMETRY_NAME": "geom"},
        dataset_metadata=told,
    )


def _style(piece: Piece, package: Package) -> str:
    if piece.table.name == "zones" and piece.dimension == 2:
        return qml.zones_style(package.facts.status)
    if piece.table.name == "findings":
        return qml.findings_style(piece.dimension or 0)
    return qml.facilities_style(dict(zip(piece.table.groups, piece.table.colours, strict=True)))


def _styles(styles: list[tuple[str, str]]) -> pd.DataFrame:
    """Return the rows of the table in which QGIS keeps default styles, in its own spelling."""
    names = [name for name, _ in styles]
    count = len(styles)
    return pd.DataFrame(
        {
            "f_table_catalog": [""] * count,
            "f_table_schema": [""] * count,
            "f_table_name": names,
            "f_geometry_column": ["geom"] * count,
            "styleName": names,
            "styleQML": [style for _, style in styles],
            "styleSLD": [""] * count,
            "useAsDefault": np.ones(count, dtype=bool),
            "description": ["geoplan"] * count,
            "owner": [""] * count,
            "ui": [""] * count,
        }
    )


def _without_clock(path: Path, time: str) -> None:
    """Put the revision's time where GDAL wrote the clock's, and the pages in order, so that bytes come out the same."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE gpkg_contents SET last_change = ?", (time,))
        db.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (time,))
        db.execute("VACUUM")
