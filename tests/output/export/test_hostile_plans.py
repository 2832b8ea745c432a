"""One plan in which everything that has a name is hostile, in every format, read back by a library that is not ours."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import ezdxf
import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geoplan.output.export import EXPORT_FORMATS, export_bytes
from geoplan.output.export.document import export_document
from geoplan.output.export.values import LAYERS
from geoplan.types import Acceptance, Facility, Text
from geoplan.workflow import PlanView
from tests.output.examples import HOSTILE
from tests.output.export.ground import squares

# What acts without being seen, or cannot be written as UTF-8.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# All of them in as few names as there are ways in which a name is hostile.
NAMES = {
    "formula": next(name for name in HOSTILE if name.startswith("=")),
    "markup": " ".join(name for name in HOSTILE if UNSEEN.search(name) is None and len(name) < 100),
    "unseen": "".join(name for name in HOSTILE if UNSEEN.search(name)),
    "lines": "line\nbreak\r\tand tab",
    "long": "长" * 5000,
}
GDAL = {"gpkg": "out.gpkg", "fgb": "out.fgb", "shp": "out.zip", "kml": "out.kml", "geojson": "out.geojson"}


def hostile(folder: Path, name: str) -> PlanView:
    """Return the plan of squares in which zones, fields, facilities, sources and findings are all called `name`."""
    view = squares(folder)
    text = Text.same(name)
    assert view.layer is not None
    assert view.result.measurement is not None
    measured = view.result.measurement
    zones = tuple(replace(zone, name=text) for zone in measured.zones)
    fields = dict(view.layer.fields) | {name: np.array([name, None], dtype=object), "use": np.array([name, ""], object)}
    place = replace(view.facilities[0], id=name, name=text, category=name, basis=name, source=name, zone=name)
    nowhere = Facility("nowhere", text, "", None, address=text, note=text, accuracy_m=1.5)
    accepted = Acceptance("known", text, name, date(2030, 1, 2))
    found = replace(view.result.findings[0], message=text, zones=(name,), expected=name, measured=name, unit=name)
    return replace(
        view,
        layer=replace(view.layer, fields=fields),
        result=replace(
            view.result,
            measurement=replace(measured, zones=zones, warning=text),
            findings=(found, replace(found, subject="x", accepted=accepted)),
        ),
        facilities=(place, nowhere),
        network=(place,),
    )


def texts_of(content: bytes, name: str, folder: Path) -> Iterator[str]:
    """Yield all text of a file as an independent reader has it."""
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book:
            yield sheet.title
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
                yield from (str(cell.value) for cell in row if cell.value is not None)
    elif name == "dxf":
        drawing = ezdxf.read(io.StringIO(content.decode("utf-8")))
        audit = drawing.audit()
        assert [str(error.message) for error in (*audit.errors, *audit.fixes)] == []
        yield from (layer.dxf.name for layer in drawing.layers)
        for entity in drawing.modelspace():
            if entity.dxftype() == "TEXT":
                yield entity.dxf.text
            if entity.has_xdata("GEOPLAN"):
                yield from (str(value) for _, value in entity.get_xdata("GEOPLAN"))
    elif name == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len({len(row) for row in rows}) == 1
        yield from (cell for row in rows for cell in row)
    elif name == "parquet":
        table = pq.read_table(io.BytesIO(content))
        yield from table.column_names
        yield from (str(cell) for row in table.to_pylist() for cell in row.values())
    else:
        yield from by_gdal(content, name, folder)


def by_gdal(content: bytes, name: str, folder: Path) -> Iterator[str]:
    path = folder / GDAL[name]
    path.write_bytes(content)
    address = f"/vsizip/{path}" if name == "shp" else path
    for layer, _ in pyogrio.list_layers(address):
        if layer == "layer_styles":
            continue
        frame = pyogrio.read_dataframe(address, layer=layer)
        yield layer
        yield from map(str, frame.columns)
        kept = [column for column in frame.columns if column != "geometry"]
        yield from (str(cell) for row in frame[kept].to_numpy().tolist() for cell in row)


@pytest.mark.parametrize("format_name", list(EXPORT_FORMATS))
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_whatever_things_are_called_a_file_is_sound_and_shows_it(name: str, format_name: str, tmp_path: Path) -> None:
    made = export_bytes(hostile(tmp_path, name), format_name)
    texts = list(texts_of(made.content, format_name, tmp_path))
    assert texts
    for text in texts:
        assert not UNSEEN.search(text), f"{text[:60]!r}"
        text.encode()
    json.dumps(export_document(made, "out"), allow_nan=False).encode()
    assert all(not UNSEEN.search(loss.message.get(language)) for loss in made.losses for language in ("en", "zh"))


@pytest.mark.parametrize("format_name", ["kml", "gpkg", "dxf", "xlsx"])
def test_the_same_plan_gives_the_same_bytes(format_name: str, tmp_path: Path) -> None:
    view = hostile(tmp_path, NAMES["markup"])
    first, second = (export_bytes(view, format_name, language="zh").content for _ in range(2))
    assert first == second


@pytest.mark.parametrize("format_name", ["gpkg", "kml", "shp", "geojson", "fgb", "parquet", "csv"])
def test_areas_come_back_as_the_squares_are_drawn(format_name: str, tmp_path: Path) -> None:
    """Zone a is 1000 m × 1000 m less 200 m × 200 m, zone b 500 m × 1000 m and 100 m × 100 m, planar in EPSG:4548."""
    view = squares(tmp_path, other="b")
    content = export_bytes(view, format_name, layer="zones").content
    if format_name == "parquet":
        path = tmp_path / "out.parquet"
        path.write_bytes(content)
        rows = pq.read_table(path).to_pylist()
        found = {row["id"]: row["area_m2"] for row in rows}
        drawn = {row["id"]: shapely.from_wkb(row["geometry"]).area for row in rows}
        assert drawn == pytest.approx({"a": 960_000.0, "b": 510_000.0})
    elif format_name == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        found = {row["id"]: float(row["area_m2"]) for row in rows}
        drawn = {row["id"]: shapely.from_wkt(row["WKT"]).area for row in rows}
        assert drawn == pytest.approx({"a": 960_000.0, "b": 510_000.0})
        assert all(row["axis_order"].startswith("east") for row in rows)
    else:
        path = tmp_path / GDAL[format_name]
        path.write_bytes(content)
        frame = pyogrio.read_dataframe(f"/vsizip/{path}" if format_name == "shp" else path, layer="zones")
        key = "key" if format_name == "kml" else "id"
        found = dict(zip(frame[key], frame["area_m2"], strict=True))
        metres = dict(zip(frame[key], frame.geometry.to_crs(4548).area, strict=True))
        assert metres == pytest.approx({"a": 960_000.0, "b": 510_000.0}, rel=1e-5)
    assert found == pytest.approx({"a": 960_000.0, "b": 510_000.0}, rel=1e-9)


def test_a_geopackage_is_sound_to_sqlite_and_names_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "out.gpkg"
    path.write_bytes(export_bytes(hostile(tmp_path, NAMES["unseen"]), "gpkg").content)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA application_id").fetchone() == (0x47504B47,)  # "GPKG", OGC 12-128r18 requirement 2
        tables = {name for (name,) in db.execute("SELECT table_name FROM gpkg_contents")}
        assert tables >= {"zones", "facilities", "network"}
        for name in tables:
            (declared,) = db.execute("SELECT count(*) FROM gpkg_contents WHERE table_name = ?", (name,)).fetchone()
            assert declared == 1
        boxes = db.execute("SELECT min_x, max_x FROM gpkg_contents WHERE table_name = 'zones'").fetchone()
        assert boxes == (518_000.0, 520_100.0)


@pytest.mark.parametrize("format_name", [one for one in EXPORT_FORMATS if one != "xlsx"])
@pytest.mark.parametrize("layer", LAYERS[1:])  # zones are the layer of all other tests
def test_each_layer_goes_alone_into_each_format(format_name: str, layer: str, tmp_path: Path) -> None:
    crs = "EPSG:4548" if format_name == "dxf" else None  # a drawing needs metres, and places elsewhere have degrees
    made = export_bytes(hostile(tmp_path, "Plain"), format_name, layer=layer, crs=crs)  # type: ignore[arg-type]
    assert {one.name for one in made.layers} == {layer}
    assert any("Plain" in text for text in texts_of(made.content, format_name, tmp_path))


BEGINNINGS = {
    "gpkg": b"SQLite format 3\0", "shp": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "fgb": b"fgb\x03fgb",
    "parquet": b"PAR1", "dxf": b"999\n", "csv": b"\xef\xbb\xbf", "kml": b"<?xml", "geojson": b'{"type": "Feature',
}  # fmt: skip


@pytest.mark.parametrize("format_name", list(EXPORT_FORMATS))
def test_a_file_is_by_its_first_bytes_what_it_is_called(format_name: str, tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path), format_name)
    assert made.content.startswith(BEGINNINGS[format_name])
    assert made.name.endswith(EXPORT_FORMATS[format_name].suffixes[0])
    if format_name == "kml":
        ET.fromstring(made.content)  # noqa: S314 - our own output
    if format_name in ("shp", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
            assert archive.testzip() is None
            assert all(not name.startswith(("/", "..")) for name in archive.namelist())
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


@pytest.mark.parametrize("format_name", list(EXPORT_FORMATS))
@pytest.mark.parametrize("spoilt", [None, shapely.MultiPolygon()], ids=["none", "no parts"])
def test_a_zone_without_ground_is_no_trouble_to_the_others(
    format_name: str, spoilt: shapely.Geometry | None, tmp_path: Path
) -> None:
    view = squares(tmp_path, other="b")
    assert view.layer is not None
    shapes = view.layer.geometry.copy()
    shapes[1] = spoilt
    made = export_bytes(replace(view, layer=replace(view.layer, geometry=shapes)), format_name)
    assert list(texts_of(made.content, format_name, tmp_path))
    zones = next(one for one in made.layers if one.name == "zones")
    assert zones.located <= zones.features
