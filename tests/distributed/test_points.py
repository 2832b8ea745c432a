"""Points gone through by workers count as points gone through here: every zone, category and distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoplan.counting import CountedPoints, PointSource, count_in_layer, count_in_plan
from geoplan.errors import GeoplanError, UsageError
from geoplan.output.documents import dumps
from geoplan.output.points import points_document
from geoplan.read.points import open_points
from geoplan.workflow import open_plan
from geoplan.zones import ZoneLayer
from tests.cli.run import invoke
from tests.distributed import crews
from tests.helpers import EAST, NORTH, make_layer, rectangle, square
from tests.plan_folders import write_plan
from tests.read.point_files import wkb_of, write_gdal, write_parquet

points = pytest.importorskip("geoplan.distributed.points")


def zones() -> ZoneLayer:
    """Return zones that share edges, overlap, lie in layers, have several features, and some far from any point."""
    cells = [square(EAST + 100 * column, NORTH + 100 * row, 100) for row in range(3) for column in range(3)]
    odd = [square(EAST + 50, NORTH + 50, 100), rectangle(EAST, NORTH, 300, 40), None]
    far = [square(EAST + 700, NORTH, 30), square(EAST + 400, NORTH + 900, 30)]
    ids = [f"c{number}" for number in range(9)] + ["c0", "strip", "nothing", "far", "farther"]
    return make_layer([*cells, *odd, *far], ids=ids)


def places(count: int, seed: int = 4) -> list[tuple[float, float] | None]:
    """Return places on whole metres, so that some lie on edges and several are equally near; some are none."""
    drawn = np.random.default_rng(seed).integers(-40, 360, (count, 2))
    return [None if row % 17 == 3 else (EAST + x, NORTH + y) for row, (x, y) in enumerate(drawn.tolist())]


def kinds(count: int) -> list[str]:
    return [f"类{(7 * row) % 5}" for row in range(count)]


def document(found: CountedPoints) -> str:
    return dumps(points_document(found))


def both(layer: ZoneLayer, source: PointSource) -> tuple[str, str]:
    """Return the documents of one machine and of workers."""
    alone = count_in_layer(layer, source)
    return document(alone), document(count_in_layer(layer, source, passes=points.ByWorkers(crews.Here())))


@pytest.mark.parametrize("rows", [1, 7, 40, 1000])
@pytest.mark.parametrize("category", [None, "类2"])
def test_row_groups_of_any_size_come_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, category: str | None
) -> None:
    monkeypatch.setattr(points, "POINT_ROWS", 50)
    path = write_parquet(tmp_path / "p.parquet", wkb_of(places(200)), kinds(200), crs="EPSG:4548", rows=rows)
    alone, together = both(zones(), PointSource(path, category=category, nearest=True))
    assert together == alone
    assert '"count": 0' in alone


def _gdal(driver: str, **options: str) -> Callable[[Path], Path]:
    return lambda path: write_gdal(path, driver, places(90), kinds(90), crs="EPSG:4548", **options)


def _csv(path: Path) -> Path:
    rows = [f"{place[0]},{place[1]},{kind}" for place, kind in zip(places(90), kinds(90), strict=True) if place]
    path.write_text("\n".join(["x,y,category", *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.gpkg", _gdal("GPKG")), ("a.shp", _gdal("ESRI Shapefile", encoding="GB18030")), ("a.csv", _csv)],
)
def test_files_of_other_formats_are_read_here_and_come_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path], Path]
) -> None:
    monkeypatch.setattr("geoplan.read.point_streams.ROWS", 20)
    monkeypatch.setattr(points, "_WAITING", 1)
    for category in (None, "类3"):
        source = PointSource(write(tmp_path / name), crs="EPSG:4548", category=category, nearest=True)
        alone, together = both(zones(), source)
        assert together == alone
        assert "类3" in alone


def test_points_of_a_plan_are_counted_alike(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "plan"))
    source = PointSource(write_parquet(tmp_path / "p.parquet", wkb_of([(117.105, 31.805), (118.0, 31.0)]), ["a", "b"]))
    together = count_in_plan(view, source, passes=points.ByWorkers(crews.Here()))
    assert document(together) == document(count_in_plan(view, source))
    assert together.counts.count.tolist() == [1, 0]


def test_points_of_another_datum_are_counted_here(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "p.parquet", wkb_of([(117.0, 31.0)]), ["a"], crs="EPSG:4610")
    crew = crews.Here()
    with pytest.raises(GeoplanError, match="No public parameters"):
        count_in_layer(zones(), PointSource(path), passes=points.ByWorkers(crew))
    assert crew.asked == []


@pytest.mark.parametrize(
    ("category", "column"),
    [("nothing of the kind", ["a", "b"]), (None, None)],
    ids=["no such category", "a geometry that is no point"],
)
def test_what_is_refused_here_is_refused_in_the_same_words(
    tmp_path: Path, category: str | None, column: Sequence[str] | None
) -> None:
    geometry = wkb_of([(EAST, NORTH), (EAST + 1, NORTH)])
    if column is None:
        import pyarrow as pa  # noqa: PLC0415 - for this case alone
        import shapely  # noqa: PLC0415 - for this case alone

        geometry = pa.array([geometry[0].as_py(), shapely.to_wkb(square(EAST, NORTH, 1))], pa.binary())
    path = write_parquet(tmp_path / "p.parquet", geometry, column, crs="EPSG:4548", rows=1)
    source = PointSource(path, category=category)
    with pytest.raises(GeoplanError) as alone:
        count_in_layer(zones(), source)
    with pytest.raises(GeoplanError) as together:
        count_in_layer(zones(), source, passes=points.ByWorkers(crews.Here()))
    assert together.value.line("zh") == alone.value.line("zh")


def test_a_file_that_the_workers_do_not_see_is_one_line(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "p.parquet", wkb_of([(EAST, NORTH)]), None, crs="EPSG:4548")
    with open_points(path) as file:
        part = next(iter(points.parts_of_points(file)))
    path.unlink()
    with pytest.raises(UsageError, match=r"cannot open .*p\.parquet"):
        list(part.batches())


def test_row_groups_are_taken_together_up_to_a_part() -> None:
    assert list(points.grouped([10, 10, 10, 25, 1], 20)) == [(0, 1), (2,), (3,), (4,)]
    assert list(points.grouped([], 20)) == []


def test_the_command_counts_by_workers_only_the_points_of_a_file(tmp_path: Path) -> None:
    result = invoke("facilities", write_plan(tmp_path / "plan"), "--engine", "dask")
    assert result.exit_code == 2
    assert "--engine dask goes with --points" in str(result.exception)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 30))
def test_any_points_in_any_row_groups_come_to_the_same(tmp_path: Path, seed: int, count: int, rows: int) -> None:
    some = places(count, seed)
    path = write_parquet(tmp_path / "p.parquet", wkb_of(some), kinds(count), crs="EPSG:4548", rows=rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(points, "POINT_ROWS", 10)
        alone, together = both(zones(), PointSource(path, nearest=True))
    assert together == alone
