"""The GeoPackage of a check: read back by another way, and by the tables of the standard."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from geoplan.errors import UsageError
from geoplan.output.gpkg import gpkg_bytes, write_gpkg
from geoplan.output.style import SEVERITY_STYLES
from geoplan.result import CheckResult
from geoplan.types import Finding, Severity
from geoplan.zones import ZoneLayer
from tests.output import examples

LINE = shapely.LineString([(examples.EAST, examples.NORTH), (examples.EAST + 10, examples.NORTH)])


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def written(tmp_path: Path, result: CheckResult, layer: ZoneLayer | None = None) -> Path:
    path = tmp_path / "out.gpkg"
    write_gpkg(result, layer, path)
    return path


def contents(path: Path) -> dict[str, str]:
    with database(path) as connection:
        return dict(connection.execute("SELECT table_name, data_type FROM gpkg_contents"))


def rows(path: Path, layer: str) -> geopandas.GeoDataFrame:
    return pyogrio.read_dataframe(path, layer=layer)


def test_each_finding_goes_to_the_layer_of_its_geometry(tmp_path: Path) -> None:
    line = examples.overlap(subject="line", geometry=LINE)
    findings = (examples.overlap(), examples.facility(), line, examples.total())
    path = written(tmp_path, examples.result(*findings), examples.layer())
    assert contents(path) == {
        "findings_polygon": "features",
        "findings_line": "features",
        "findings_point": "features",
        "findings": "attributes",
        "zones": "features",
        "layer_styles": "attributes",
    }
    ids = {name: list(rows(path, name)["id"]) for name in contents(path) if name.startswith("findings")}
    assert ids == {
        "findings_polygon": [findings[0].id],
        "findings_point": [findings[1].id],
        "findings_line": [findings[2].id],
        "findings": [findings[3].id],
    }


def test_layers_carry_the_crs_of_the_result_and_one_geometry_type(tmp_path: Path) -> None:
    path = written(tmp_path, examples.result(examples.overlap(), examples.facility()), examples.layer())
    with database(path) as connection:
        columns = connection.execute("SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns")
        assert sorted(columns) == [
            ("findings_point", "MULTIPOINT", 4548),
            ("findings_polygon", "MULTIPOLYGON", 4548),
            ("zones", "MULTIPOLYGON", 4548),
        ]


def test_the_geometry_read_back_is_the_findings_own(tmp_path: Path) -> None:
    frame = rows(written(tmp_path, examples.result(examples.overlap())), "findings_polygon")
    assert frame.geometry[0].equals(examples.STRIP)
    assert frame.geometry[0].area == pytest.approx(300.0)  # 3 m × 100 m


def test_the_fields_say_what_the_finding_says(tmp_path: Path) -> None:
    finding = examples.overlap(accepted=examples.KNOWN)
    row = rows(written(tmp_path, examples.result(finding)), "findings_polygon").iloc[0]
    assert dict(row.drop("geometry")) == {
        "id": finding.id,
        "check": "overlap",
        "severity": "error",
        "zones": "a, b",
        "message_en": finding.message.en,
        "message_zh": finding.message.zh,
        "area_m2": 300.0,
        "width_m": 3.0,
        "expected": "0",
        "measured": "300",
        "unit": "m2",
        "accepted": "known",
        "reason": "Mended in the next survey / 下次测量时修正",
        "author": "Li",
        "expires": "2031-12-31",
    }


def test_what_is_not_known_is_null(tmp_path: Path) -> None:
    path = written(tmp_path, examples.result(examples.total()))
    with database(path) as connection:
        row = connection.execute("SELECT area_m2, width_m, accepted, reason, expires FROM findings").fetchone()
    assert row == (None,) * 5


def test_zones_carry_their_areas_by_three_methods(tmp_path: Path) -> None:
    frame = rows(written(tmp_path, examples.result(), examples.layer()), "zones")
    assert list(frame["id"]) == ["a", "b"]
    assert list(frame["name_zh"]) == ["甲区", "乙区"]
    assert list(frame["ellipsoidal_m2"]) == [10_000.0, 10_000.0]
    assert list(frame["planar_m2"]) == pytest.approx([10_000.1, 10_000.1])
    assert list(frame.geometry.area) == pytest.approx([10_000.0, 10_000.0])


def test_a_layer_of_another_length_gets_no_figures_that_are_not_its_own(tmp_path: Path) -> None:
    frame = rows(written(tmp_path, examples.result(), examples.layer().take([1])), "zones")
    assert len(frame) == 1
    assert frame[["id", "ellipsoidal_m2"]].isna().all(axis=None)


def test_missing_and_odd_zone_geometry_is_kept_as_it_is(tmp_path: Path) -> None:
    shapes = np.array([None, LINE], dtype=object)
    layer = ZoneLayer(shapes, examples.GAUSS_KRUGER)
    frame = rows(written(tmp_path, examples.result(), layer), "zones")
    assert frame.geometry[0] is None
    assert frame.geometry[1].equals(LINE)


def test_a_collection_is_split_among_the_layers(tmp_path: Path) -> None:
    shape = shapely.GeometryCollection([examples.STRIP, shapely.MultiPoint([LINE.coords[0]]), LINE])
    path = written(tmp_path, examples.result(examples.overlap(geometry=shape)))
    for name in ("findings_polygon", "findings_line", "findings_point"):
        assert len(rows(path, name)) == 1
    assert len(rows(path, "findings")) == 0


@pytest.mark.parametrize("geometry", [shapely.Polygon(), shapely.Point(np.inf, 0)], ids=["empty", "infinite"])
def test_a_geometry_without_a_place_is_listed_without_one(tmp_path: Path, geometry: shapely.Geometry) -> None:
    path = written(tmp_path, examples.result(examples.overlap(geometry=geometry)))
    assert len(rows(path, "findings")) == 1
    assert len(rows(path, "findings_polygon")) == len(rows(path, "findings_point")) == 0


def test_a_plan_without_boundaries_still_makes_a_file(tmp_path: Path) -> None:
    assert contents(written(tmp_path, examples.nothing_loaded())) == {
        "findings": "attributes",
        "layer_styles": "attributes",
    }


def test_every_layer_with_geometry_has_a_default_style_where_qgis_looks(tmp_path: Path) -> None:
    path = written(tmp_path, examples.result(examples.overlap()), examples.layer())
    with database(path) as connection:
        styles = connection.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        geometry = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert {(name, column) for name, column, _, _ in styles} == set(geometry.items())
    assert all(default == 1 for _, _, default, _ in styles)
    for _, _, _, qml in styles:
        assert ET.fromstring(qml).tag == "qgis"  # noqa: S314 - written by ourselves


def test_findings_are_coloured_by_severity_and_indicative_zones_dashed(tmp_path: Path) -> None:
    path = written(tmp_path, examples.result(examples.overlap()), examples.layer())
    with database(path) as connection:
        styles = dict(connection.execute("SELECT f_table_name, styleQML FROM layer_styles"))
    findings = ET.fromstring(styles["findings_polygon"])  # noqa: S314 - written by ourselves
    renderer = findings.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == "severity"
    assert [c.get("value") for c in findings.iter("category")] == ["error", "warning", "info"]
    red = ",".join(str(int(SEVERITY_STYLES[Severity.ERROR].fill[i : i + 2], 16)) for i in (1, 3, 5))
    symbol = findings.find("renderer-v2/symbols/symbol[@name='0']")
    assert symbol is not None
    assert any((option.get("value") or "").startswith(red) for option in symbol.iter("Option"))
    assert 'name="outline_style" value="dash"' in styles["zones"]


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_hostile_names_are_stored_visibly_and_drop_no_table(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, examples.named(name), examples.layer())
    assert len(rows(path, "findings_polygon")) == 2
    assert len(rows(path, "findings")) == 1
    with database(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_older_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "out.gpkg").write_bytes(b"older")
    path = written(tmp_path, examples.result(examples.overlap()))
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_older_file(tmp_path: Path) -> None:
    (tmp_path / "out.gpkg").write_bytes(b"older")
    unwritable = Finding("overlap", Severity.ERROR, (), examples.overlap().message, geometry="no geometry")  # type: ignore[arg-type]
    with pytest.raises((TypeError, AttributeError)):
        write_gpkg(examples.result(unwritable), None, tmp_path / "out.gpkg")
    assert (tmp_path / "out.gpkg").read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_does_not_exist_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written") as caught:
        write_gpkg(examples.result(), None, tmp_path / "nowhere" / "out.gpkg")
    assert caught.value.hint is not None


def test_a_folder_in_the_way_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "out.gpkg").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        write_gpkg(examples.result(), None, tmp_path / "out.gpkg")


def test_the_bytes_are_those_of_a_geopackage(tmp_path: Path) -> None:
    content = gpkg_bytes(examples.result(examples.overlap()), examples.layer())
    path = tmp_path / "bytes.gpkg"
    path.write_bytes(content)
    assert len(rows(path, "findings_polygon")) == 1
