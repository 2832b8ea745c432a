"""The store file is a GeoPackage by the standard, and GDAL (so QGIS) finds the current state in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas
import pyogrio
import pytest
import shapely

from geoplan.output import qml
from tests.helpers import EAST, NORTH, make_layer, square
from tests.store.conftest import FileBackend
from tests.store.drafts import FACILITIES, FINDINGS, draft, squares, zones_of
from tests.store.gpkg_rules import violations

LAYERS = ["facilities", "findings_line", "findings_point", "findings_polygon", "findings_unplaced", "zones"]


@pytest.fixture
def path(file_backend: FileBackend) -> Path:
    """A store of two plans, one of two revisions with findings and facilities, one in degrees."""
    store = file_backend.open()
    store.publish("valley", draft(squares(2), findings=FINDINGS), parent=None)
    fields = {"area": [1.5, float("nan"), 2.0], "code": [1, 2, 3], "done": [True, None, False], "mixed": [1, "a", None]}
    second = draft(zones_of(squares(3), **fields), findings=FINDINGS, facilities=FACILITIES)
    store.publish("valley", second, parent=1)
    store.publish("near-hill", draft(zones_of({"z1": square(117.2, 31.8, 0.01)}, crs="EPSG:4490")), parent=None)
    store.close()
    return Path(file_backend.address)


def test_the_file_follows_the_standard(path: Path) -> None:
    assert violations(path) == []


def test_the_file_follows_it_with_a_system_of_its_own_and_odd_shapes(file_backend: FileBackend) -> None:
    store = file_backend.open()
    odd = {
        "none": None,
        "empty": shapely.Polygon(),
        "high": shapely.force_3d(square(EAST, NORTH, 1), 4.0),
        "line": shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)]),
    }
    crs = "+proj=tmerc +lon_0=117.25 +k=1 +x_0=500000 +ellps=GRS80 +units=m"
    store.publish("odd.Plan", draft(zones_of(odd, crs=crs)), parent=None)
    store.close()
    assert violations(Path(file_backend.address)) == []
    frame = geopandas.read_file(file_backend.address, layer=pyogrio.list_layers(file_backend.address)[0][0])
    assert '"Longitude of natural origin",117.25' in frame.crs.to_wkt()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("PRAGMA application_id = 7", "R2"),
        ("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 0", "R11"),
        ("UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'zones_valley'", "R146"),
        ("UPDATE gpkg_contents SET max_x = 0 WHERE table_name = 'zones_valley'", "bounds"),
        ("UPDATE zones_valley SET geom = zeroblob(100)", "R19"),
        ("DELETE FROM gpkg_geometry_columns WHERE table_name = 'zones_valley'", "R22"),
        ("DELETE FROM gpkg_extensions", "R59"),
    ],
)
def test_the_checker_of_the_standard_can_fail(path: Path, sql: str, expected: str) -> None:
    FileBackend(str(path)).tamper(sql)
    assert any(expected in violation for violation in violations(path))


def test_gdal_lists_the_layers_of_every_plan_and_no_table_of_the_store(path: Path) -> None:
    layers = {name: kind for name, kind in pyogrio.list_layers(path)}  # noqa: C416 - an array of pairs
    expected = {f"{kind}_{plan}" for kind in LAYERS for plan in ("valley", "near_hill")}
    assert set(layers) == expected | {"layer_styles"}
    assert layers["zones_valley"] == "MultiPolygon"
    assert layers["facilities_valley"] == "Point"
    assert layers["findings_unplaced_valley"] is None


def test_gdal_reads_the_current_zones_with_their_fields(path: Path) -> None:
    frame = geopandas.read_file(path, layer="zones_valley")
    assert list(frame["id"]) == ["z1", "z2", "z3"]
    assert list(frame["name_zh"]) == ["区域 z1", "区域 z2", "区域 z3"]
    assert frame.crs.to_epsg() == 4548
    assert [shape.geoms[0].equals(want) for shape, want in zip(frame.geometry, squares(3).values(), strict=True)] == [
        True
    ] * 3
    assert frame["area"].tolist()[0::2] == [1.5, 2.0]
    assert frame["area"].isna().tolist() == [False, True, False]
    assert frame["code"].tolist() == [1, 2, 3]
    assert list(frame["mixed"])[:2] == ["1", "a"]
    degrees = geopandas.read_file(path, layer="zones_near_hill")
    assert degrees.crs.to_epsg() == 4490
    assert degrees.total_bounds.tolist() == pytest.approx([117.2, 31.8, 117.21, 31.81])


def test_gdal_reads_facilities_and_findings_where_they_are(path: Path) -> None:
    facilities = geopandas.read_file(path, layer="facilities_valley")
    assert list(facilities["id"]) == ["lab", "hub"]
    assert (facilities.geometry[0].x, facilities.geometry[0].y) == (117.25, 31.84)
    assert facilities.geometry[1] is None
    found = {kind: geopandas.read_file(path, layer=f"findings_{kind}_valley") for kind in ("polygon", "line", "point")}
    assert {kind: list(frame["check"]) for kind, frame in found.items()} == {
        "polygon": ["overlap"],
        "line": ["sliver"],
        "point": ["unmatched-vertex"],
    }
    assert found["polygon"].geometry.area.tolist() == [4.0]
    unplaced = pyogrio.read_dataframe(path, layer="findings_unplaced_valley")
    assert list(unplaced["check"]) == ["area-total"]


def test_qgis_finds_a_style_for_every_layer_with_geometry(path: Path) -> None:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles")
    styles = {name: (column, default, ET.fromstring(text.split("\n", 1)[1])) for name, column, default, text in rows}  # noqa: S314
    connection.close()
    assert set(styles) == {
        f"{kind}_{plan}" for kind in LAYERS if "unplaced" not in kind for plan in ("valley", "near_hill")
    }
    assert all((column, default) == ("geom", 1) for column, default, _ in styles.values())
    dashes = [
        option.get("value")
        for option in styles["zones_valley"][2].iter("Option")
        if option.get("name") == "outline_style"
    ]
    assert dashes == ["dash"]  # the plan's boundaries are indicative
    categories = [category.get("value") for category in styles["facilities_valley"][2].iter("category")]
    assert categories == ["research", "service"]


def test_facilities_get_one_colour_per_category() -> None:
    root = ET.fromstring(qml.facilities_style(["b", 'a<>&"', "b"]).split("\n", 1)[1])  # noqa: S314
    assert [category.get("value") for category in root.iter("category")] == ['a<>&"', "b"]
    colours = {option.get("value") for option in root.iter("Option") if option.get("name") == "color"}
    assert len(colours) == 2


def test_gdal_cannot_edit_what_was_published(path: Path) -> None:
    frame = geopandas.read_file(path, layer="zones_valley")
    with pytest.raises(pyogrio.errors.FeatureError, match="published by geoplan"):
        pyogrio.write_dataframe(frame, path, layer="zones_valley", append=True)


def test_reading_with_gdal_leaves_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    geopandas.read_file(path, layer="zones_valley")
    pyogrio.list_layers(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_layer_named_like_one_of_the_store_s_columns_is_shown_beside_it(file_backend: FileBackend) -> None:
    store = file_backend.open()
    layer = make_layer([square(EAST, NORTH, 1)], ids=["a"], fid=[7], geom=["x"], Geom=["y"], ID=["z"])
    store.publish("valley", draft(layer), parent=None)
    frame = geopandas.read_file(file_backend.address, layer="zones_valley")
    assert [(name, frame[name][0]) for name in frame.columns if name != "geometry"] == [
        ("id", "a"), ("fid_2", 7), ("geom_2", "x"), ("Geom_3", "y"), ("ID_2", "z"),
    ]  # fmt: skip
    store.close()
