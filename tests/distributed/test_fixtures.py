"""Whatever is tested on one machine, or comes with geoplan, holds when it is spread over workers: files by a glob."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.coverage import LAYERS, layer
from geoplan.counting import PointSource, count_in_layer
from geoplan.distributed.points import ByWorkers
from geoplan.errors import GeoplanError
from geoplan.output.documents import dumps
from geoplan.output.points import points_document
from geoplan.plan import load_plan
from geoplan.read import read_zones
from geoplan.workflow import own_zones
from tests.distributed.crews import Here
from tests.distributed.layers import checked, measured, numbered, spread_over

ROOT = Path(__file__).parents[2]
ENDINGS = {".parquet", ".geojson", ".gpkg", ".shp", ".fgb", ".kml", ".zip", ".dxf"}
FILES = sorted(
    path
    for folder in ("geodata", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix.lower() in ENDINGS and "__pycache__" not in path.parts
)


@pytest.mark.parametrize("tests", ["tests/checks", "tests/test_coverage.py"])
def test_what_checks_and_coverages_are_tested_with_holds_when_it_is_spread(tests: str) -> None:
    """The expected values are those of the tests themselves; see `substitute`."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.distributed.substitute", "-p", "no:cacheprovider", "-q"]
    ours = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTEST_ADDOPTS": ""}
    found = subprocess.run([*command, tests], cwd=ROOT, env=ours, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-1000:]
    (asked,) = (line for line in found.stdout.splitlines() if line.startswith("tasks of workers: "))
    assert int(asked.rpartition(" ")[2]) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_of_geometry_in_the_repository_is_checked_and_measured_alike(path: Path) -> None:
    try:
        found = read_zones(path)
    except GeoplanError:
        pytest.skip("it holds no polygons")
    assert checked(found, make=spread_over(2)) == checked(found)
    assert measured(found, make=spread_over(2)) == measured(found)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_fabric_that_is_measured_is_checked_alike(kind: str) -> None:
    found = numbered(list(layer(kind, 100 if kind == "twice" else 400).polygons))
    alone = checked(found)
    assert checked(found, make=spread_over(3)) == alone
    assert ('"findings": []' in alone) == (kind == "clean")


@pytest.mark.parametrize("path", sorted((ROOT / "geodata").glob("*/*.geojson")), ids=lambda path: path.name)
def test_the_points_that_come_with_geoplan_are_counted_alike(path: Path) -> None:
    zones = own_zones(load_plan(ROOT / "geodata" / "ustc-silicon-valley"))
    source = PointSource(path, nearest=True)
    try:
        alone = points_document(count_in_layer(zones, source))
    except GeoplanError:
        pytest.skip("it holds no points")
    together = count_in_layer(zones, source, passes=ByWorkers(Here()))
    assert dumps(points_document(together)) == dumps(alone)
