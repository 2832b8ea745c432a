"""The GeoPackage of a comparison: read back by another way, and by the tables of the standard."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from geoplan.diff import Comparison, Version, compare
from geoplan.errors import UsageError
from geoplan.output.diff_gpkg import diff_gpkg_bytes, write_diff_gpkg
from tests.diffs import PLANE, at, comparison, zone_set
from tests.output import examples
from tests.output.test_diff_document import everything

WEST, EAST_HALF = at(0, 0, 50, 100), at(50, 0, 50, 100)
LAYERS = {"moved_in", "moved_out", "before", "after"}


def shifted_boundary() -> Comparison:
    return comparison(
        {"a": WEST, "b": EAST_HALF, "c": at(0, 200, 5, 5)},
        {"a": at(0, 0, 60, 100), "b": at(60, 0, 40, 100), "c": at(0, 200, 5, 5)},
    )


def written(tmp_path: Path, made: Comparison) -> Path:
    path = tmp_path / "diff.gpkg"
    write_diff_gpkg(made, path)
    return path


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def test_the_layers_are_always_there_with_crs_and_one_geometry_type(tmp_path: Path) -> None:
    same = Version("a", zone_set({"a": WEST}))
    for made in (shifted_boundary(), compare(same, same)):
        path = written(tmp_path, made)
        rows = query(path, "SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns")
        assert set(rows) == {(name, "MULTIPOLYGON", 4548) for name in LAYERS}


def test_the_pieces_are_in_the_layers_with_their_areas(tmp_path: Path) -> None:
    path = written(tmp_path, shifted_boundary())
    moved_in = pyogrio.read_dataframe(path, layer="moved_in")
    assert list(moved_in["id"]) == ["a"]
    assert moved_in.geometry[0].equals(at(50, 0, 10, 100))
    assert moved_in["moved_in_m2"][0] == pytest.approx(1000, rel=PLANE)
    moved_out = pyogrio.read_dataframe(path, layer="moved_out")
    assert list(moved_out["id"]) == ["b"]
    assert moved_out.geometry[0].equals(at(50, 0, 10, 100))


def test_before_and_after_have_the_changed_zones_only(tmp_path: Path) -> None:
    path = written(tmp_path, shifted_boundary())
    before, after = (pyogrio.read_dataframe(path, layer=name) for name in ("before", "after"))
    assert list(before["id"]) == list(after["id"]) == ["a", "b"]
    assert before.geometry[0].equals(WEST)
    assert after.geometry[0].equals(at(0, 0, 60, 100))
    assert list(after["change"]) == ["reshaped", "reshaped"]


def test_zones_added_and_removed_are_on_their_side_only(tmp_path: Path) -> None:
    path = written(tmp_path, comparison({"a": WEST, "n": None}, {"b": at(500, 0, 5, 5), "n": None}))
    assert list(pyogrio.read_dataframe(path, layer="before")["id"]) == ["a"]
    assert list(pyogrio.read_dataframe(path, layer="after")["id"]) == ["b"]


def test_every_layer_has_a_default_style_where_qgis_looks(tmp_path: Path) -> None:
    path = written(tmp_path, shifted_boundary())
    rows = query(path, "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles")
    assert {(name, column, default) for name, column, default, _ in rows} == {(name, "geom", 1) for name in LAYERS}
    styles = {str(name): str(style) for name, _, _, style in rows}
    for style in styles.values():
        assert ET.fromstring(style).tag == "qgis"  # noqa: S314 - written by ourselves
    assert "0,158,115,120" in styles["moved_in"]  # the green of #009E73
    assert "213,94,0,120" in styles["moved_out"]  # the vermilion of #D55E00
    assert 'name="outline_style" value="dash"' in styles["before"]
    assert 'name="outline_style" value="solid"' in styles["after"]


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_hostile_names_are_stored_visibly_and_drop_no_table(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, everything(name))
    assert len(pyogrio.read_dataframe(path, layer="before")) == 3
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


def test_an_older_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "diff.gpkg").write_bytes(b"older")
    path = written(tmp_path, shifted_boundary())
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_does_not_exist_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written") as caught:
        write_diff_gpkg(shifted_boundary(), tmp_path / "nowhere" / "diff.gpkg")
    assert caught.value.hint is not None


def test_the_bytes_are_those_of_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "bytes.gpkg"
    path.write_bytes(diff_gpkg_bytes(shifted_boundary()))
    assert len(pyogrio.read_dataframe(path, layer="moved_in")) == 1
