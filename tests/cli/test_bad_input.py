"""Bad input gives one clear line on standard error, exit code 3, no traceback, and nothing is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import shapely

from geoplan.errors import GeoplanError
from tests.cli.run import geoplan, invoke, main_here
from tests.helpers import EAST, NORTH
from tests.read.files import SQUARES, bad_files, frame, geojson, gpkg_of_wkb, polygon_wkb, save


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return bad_files(tmp_path_factory.mktemp("bad"))


def contents(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(
    "what",
    ["truncated gpkg", "truncated parquet", "points", "pipeline as geojson", "bomb"],
)
def test_the_command_says_one_line_and_touches_nothing(bad: dict[str, Path], what: str) -> None:
    path = bad[what]
    before = contents(path.parent)
    done = geoplan("check", path, cwd=path.parent)
    assert done.returncode == 3
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"geoplan: {path}")
    assert "Traceback" not in line
    assert contents(path.parent) == before


@pytest.mark.parametrize("command", ["check", "measure"])
def test_every_bad_file_ends_with_code_3_and_prints_nothing(bad: dict[str, Path], command: str) -> None:
    for what, path in bad.items():
        result = invoke(command, path, "--json")
        assert (what, result.exit_code, result.output) == (what, 3, "")


def test_as_the_zones_of_a_plan_a_bad_file_ends_the_same(bad: dict[str, Path]) -> None:
    for what, path in bad.items():
        result = invoke("check", "aust-wisdom-valley", "--zones", path)
        assert (what, result.exit_code, result.output) == (what, 3, "")


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe.geojson"
    os.mkfifo(path)
    assert main_here("check", str(path)) == (3, "", f"geoplan: {path}: is a device or pipe, not a file.\n")


@pytest.mark.parametrize("name", ["a\nb\x1b[31m.gpkg", "x" * 5000, "x" * 5000 + "/y.gpkg", "a\0b.gpkg"])
def test_hostile_names_are_not_echoed_raw(name: str) -> None:
    code, output, errors = main_here("check", name)
    assert (code, output) == (3, "")
    assert len(errors.splitlines()) == 1
    assert "\x1b" not in errors


def test_a_hostile_layer_name_is_not_echoed_raw(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg", layer="a\x1b[31mb")
    save(path, layer="c", mode="a")
    code, _, errors = main_here("check", str(path))
    assert code == 3
    assert "a\\x1b[31mb" in errors
    assert "\x1b" not in errors


@pytest.mark.parametrize("numbers", ["degrees called metres", "metres called degrees"])
@pytest.mark.parametrize("command", ["check", "measure"])
def test_numbers_of_another_system_never_pass(tmp_path: Path, numbers: str, command: str) -> None:
    path = tmp_path / "zones.geojson"
    if numbers == "degrees called metres":
        path.write_bytes(geojson(crs={"type": "name", "properties": {"name": "EPSG:4548"}}))
    else:
        path = save(tmp_path / "zones.gpkg", frame(crs=4326))
    result = invoke(command, path)
    assert result.exit_code in ((1, 3) if command == "check" else (3,))


@pytest.mark.parametrize("code", [2384, 2436, 4610])
def test_a_datum_without_public_parameters_is_explained_and_not_measured(tmp_path: Path, code: int) -> None:
    data = frame(crs=code) if code != 4610 else frame([shapely.box(117.2, 31.8, 117.21, 31.81)], crs=4610)
    path = save(tmp_path / "zones.gpkg", data)
    for command in ("check", "measure"):
        result = invoke(command, path)
        assert (result.exit_code, result.output) == (3, "")
        assert isinstance(result.exception, GeoplanError)
        assert str(result.exception).startswith(f"{path}: No public parameters take EPSG:{code}")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_coordinates_that_are_no_place_are_findings_or_one_line(tmp_path: Path, value: float) -> None:
    path = gpkg_of_wkb(tmp_path / "zones.gpkg", polygon_wkb((EAST, NORTH), (EAST, value), (EAST, NORTH), (EAST, NORTH)))
    code, _, errors = main_here("check", str(path))
    assert (code, errors) == (1, "")
    assert invoke("measure", path).exit_code == 3


def test_a_polygon_of_a_million_vertices_is_measured(tmp_path: Path) -> None:
    circle = shapely.Point(EAST, NORTH).buffer(1000, quad_segs=20_000)
    circle = shapely.segmentize(circle, circle.length / 1_000_000)
    assert invoke("measure", save(tmp_path / "zones.parquet", frame([circle])), "--json").exit_code == 0


def test_an_empty_polygon_among_others_is_a_finding(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.parquet", frame([SQUARES[0], shapely.Polygon()]))
    result = invoke("check", path)
    assert result.exit_code == 1
    assert "geometry-empty" in result.output


def test_an_empty_part_among_the_parts_of_a_zone_ends_no_check(tmp_path: Path) -> None:
    path = tmp_path / "hollow.csv"
    east = "((518100 3521000, 518200 3521000, 518200 3521100, 518100 3521100, 518100 3521000))"
    apart = east.replace("5181", "5191").replace("5182", "5192")
    path.write_text(f'id,wkt\na,"MULTIPOLYGON (EMPTY, {east})"\nb,"MULTIPOLYGON (EMPTY, {apart})"\n', encoding="utf-8")
    done = invoke("check", path, "--crs", "EPSG:4548", "--json")
    assert done.exit_code == 0
    result = json.loads(done.stdout)
    # Two squares of 100 m: the checks of slivers looked at two parts and found none.
    assert [run["examined"] for run in result["checked"] if run["check"] == "sliver"] == [2]
    assert result["findings"] == []
