"""Counting as a whole: a file of points, in the zones of a plan or of a file, read as the caller says."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.counting import PointSource, count_in_layer, count_in_plan
from geoplan.errors import InputError, UsageError
from geoplan.read import read_zones
from geoplan.workflow import open_plan
from tests.plan_folders import write_plan
from tests.read.point_files import write_gdal

SPOTS = ((117.105, 31.805), (117.106, 31.806), (117.115, 31.805), (118.0, 31.0))
KINDS = ("school", "clinic", "school", "school")


@pytest.fixture
def points(tmp_path: Path) -> Path:
    return write_gdal(tmp_path / "points.gpkg", "GPKG", SPOTS, KINDS, field="kind")


def test_a_plan_and_the_file_of_its_zones_count_alike(tmp_path: Path, points: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    source = PointSource(points, category_field="kind")
    of_plan = count_in_plan(open_plan(folder), source)
    of_file = count_in_layer(read_zones(folder / "zones.geojson"), source)
    assert of_plan.counts.count.tolist() == of_file.counts.count.tolist() == [2, 1]
    assert of_plan.counts.labels == ("z0", "z1")
    assert of_plan.plan is not None
    assert of_file.plan is None
    assert of_file.zones.path.endswith("zones.geojson")
    assert of_plan.counts.area_m2 == pytest.approx(of_file.counts.area_m2, rel=1e-12)


def test_the_source_says_how_points_are_read_and_which(tmp_path: Path, points: Path) -> None:
    layer = read_zones(write_plan(tmp_path / "plan") / "zones.geojson")
    source = PointSource(
        points, layer="points", crs="EPSG:4326", category_field="kind", category="clinic", nearest=True
    )
    counts = count_in_layer(layer, source).counts
    assert (counts.count.tolist(), counts.total, counts.only) == ([1, 0], 1, "clinic")
    assert (counts.points.crs, counts.points.crs_how, counts.points.layer) == ("EPSG:4326", "override", "points")
    assert counts.nearest_m is not None
    # From 117.106° east to the next square at 117.11°: 0.004° at 31.8° of latitude, 94.6 m to a thousandth.
    assert counts.nearest_m.tolist() == [0.0, pytest.approx(4 * 94.65, rel=2e-3)]


def test_the_field_that_names_zones_is_the_one_asked_for(tmp_path: Path, points: Path) -> None:
    layer = read_zones(write_plan(tmp_path / "plan") / "zones.geojson")
    assert count_in_layer(layer, PointSource(points), id_field="id").counts.labels == ("z0", "z1")
    with pytest.raises(InputError, match='no field "nonsense"'):
        count_in_layer(layer, PointSource(points), id_field="nonsense")


def test_a_field_that_points_do_not_have_is_refused_before_anything_is_counted(tmp_path: Path, points: Path) -> None:
    layer = read_zones(write_plan(tmp_path / "plan") / "zones.geojson")
    with pytest.raises(UsageError, match="Fields in the file: kind"):
        count_in_layer(layer, PointSource(points, category_field="category"))
