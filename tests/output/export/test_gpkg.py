"""The GeoPackage by SQL: styled layers, metadata, the revision's time and no other, findings by their kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyogrio
import pytest

from geoplan.output.export import write_export
from geoplan.workflow import PlanView
from tests.output.export.ground import squares


@contextmanager
def opened(view: PlanView, folder: Path) -> Iterator[sqlite3.Connection]:
    path = folder / "out.gpkg"
    write_export(view, "gpkg", path)
    with closing(sqlite3.connect(path)) as db:
        yield db


def test_every_layer_has_the_style_of_the_map(tmp_path: Path) -> None:
    with opened(squares(tmp_path), tmp_path) as db:
        styles = dict(db.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    assert set(styles) == {"zones", "facilities", "findings_polygon"}
    assert 'value="dash"' in styles["zones"]
    assert 'attr="category"' in styles["facilities"]


def test_the_metadata_says_what_the_boundaries_are_worth(tmp_path: Path) -> None:
    with opened(squares(tmp_path), tmp_path) as db:
        ((metadata,),) = db.execute("SELECT group_concat(metadata) FROM gpkg_metadata")
        titles = dict(db.execute("SELECT table_name, description FROM gpkg_contents"))
    assert "INDICATIVE BOUNDARIES" in metadata
    assert "示意边界" in titles["zones"]
    assert "not published" in titles["zones"]


def test_no_clock_is_in_the_file(tmp_path: Path) -> None:
    with opened(squares(tmp_path), tmp_path) as db:
        times = {time for (time,) in db.execute("SELECT last_change FROM gpkg_contents")}
        times |= {time for (time,) in db.execute("SELECT timestamp FROM gpkg_metadata_reference")}
        assert list(db.execute("PRAGMA integrity_check")) == [("ok",)]
    assert times == {"1980-01-01T00:00:00.000Z"}  # zones of a folder have no time


def test_zones_are_indexed(tmp_path: Path) -> None:
    with opened(squares(tmp_path), tmp_path) as db:
        assert list(db.execute("SELECT count(*) FROM rtree_zones_geom")) == [(2,)]


def test_findings_lie_in_layers_by_their_kind_of_geometry(tmp_path: Path) -> None:
    rule = '[[rules]]\ncheck = "area-total"\nkm2 = 9.0\ntolerance_km2 = 0.1\nsource = "survey"\n'
    view = squares(tmp_path, more=rule)
    write_export(view, "gpkg", tmp_path / "out.gpkg", layer="findings")
    layers = dict(pyogrio.list_layers(tmp_path / "out.gpkg").tolist())
    assert layers["findings"] is None  # the total is nowhere in particular
    gaps = pyogrio.read_dataframe(tmp_path / "out.gpkg", layer="findings_polygon")
    assert gaps.geometry.area.tolist() == pytest.approx([40_000.0])  # the hole of zone a
    frame = pyogrio.read_dataframe(tmp_path / "out.gpkg", layer="findings")
    assert list(frame["check"]) == ["area-total"]
    assert frame["plan_status"].tolist() == ["indicative"]


def test_the_coordinate_system_is_the_plans_or_the_one_asked_for(tmp_path: Path) -> None:
    view = squares(tmp_path)
    for asked, expected in ((None, "EPSG:4548"), ("EPSG:4490", "EPSG:4490"), ("3857", "EPSG:3857")):
        write_export(view, "gpkg", tmp_path / "out.gpkg", crs=asked)
        assert pyogrio.read_info(tmp_path / "out.gpkg", layer="zones")["crs"] == expected
