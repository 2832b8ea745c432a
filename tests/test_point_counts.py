"""Points of a file per zone: the same as of a plan's facilities, in any CRS, number and order of batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon

from geoplan import point_counts
from geoplan.counting import PointSource, count_in_layer, count_in_plan
from geoplan.crs import norm_crs, project
from geoplan.errors import CrsError, InputError, UsageError
from geoplan.facility_counts import count_facilities
from geoplan.parallel import MAX_THREADS
from geoplan.point_counts import PointCounts
from geoplan.read import point_streams
from geoplan.types import Facility, Text
from geoplan.workflow import open_plan
from geoplan.zones import ZoneLayer
from tests.facility_views import opened, without_boundaries
from tests.helpers import EAST, NORTH, make_layer, square
from tests.read.point_files import wkb_of, write_parquet

WEST, MIDDLE = square(EAST, NORTH, 1_000), square(EAST + 1_000, NORTH, 1_000)


def file_of(
    folder: Path,
    places: Sequence[tuple[float, float] | None],
    kinds: Sequence[str] | None = None,
    crs: str = "EPSG:4548",
) -> Path:
    """Write points in metres from the corner of WEST, unless they are in another CRS."""
    metric = crs == "EPSG:4548"
    moved = [None if p is None else (EAST + p[0], NORTH + p[1]) if metric else p for p in places]
    return write_parquet(folder / f"points-{len(list(folder.iterdir()))}.parquet", wkb_of(moved), kinds, crs=crs)


def counted(layer: ZoneLayer | Sequence[Any], path: Path, **options: Any) -> PointCounts:
    zones = layer if isinstance(layer, ZoneLayer) else make_layer(layer)
    return count_in_layer(zones, PointSource(path, **options)).counts


def kinds_in(counts: PointCounts, place: int) -> dict[str, int]:
    pairs = zip(counts.categories, counts.by_category[:, place].tolist(), strict=True)
    return {kind: number for kind, number in pairs if number}


class TestCounts:
    def test_every_point_is_inside_outside_no_place_or_not_located(self, tmp_path: Path) -> None:
        bad = [(np.nan, 5.0), (np.inf, 0.0), (1e300, -1e300)]
        path = file_of(tmp_path, [(500, 500), (600, 500), (1_500, 500), (5_000, 0), None, None, *bad])
        found = counted([WEST, MIDDLE], path)
        assert found.labels == ("a", "b")
        assert found.count.tolist() == [2, 1]
        assert (found.total, found.inside, found.outside, found.no_place, found.unlocated) == (9, 3, 1, 3, 2)
        assert found.points.features == 9

    def test_a_point_on_an_edge_or_in_an_overlap_counts_in_each_zone_and_once_inside(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, [(1_000, 500), (500, 500), (2_000, 1_000)])
        found = counted([WEST, MIDDLE, WEST], path)
        assert found.count.tolist() == [2, 2, 2]
        assert (found.inside, found.several, found.outside) == (3, 2, 0)

    def test_zones_deep_on_top_of_each_other_count_by_category(self, tmp_path: Path) -> None:
        places = [(x, y) for x in range(50, 1_000, 100) for y in range(50, 1_000, 100)]
        path = file_of(tmp_path, places, [f"k{x % 3}" for x, _ in places])
        found = counted([WEST] * 5, path)
        expected = {f"k{rest}": sum(1 for x, _ in places if x % 3 == rest) for rest in range(3)}
        assert [kinds_in(found, place) for place in range(5)] == [expected] * 5
        assert (found.inside, found.several) == (100, 100)

    def test_a_zone_of_several_overlapping_features_counts_a_point_once(self, tmp_path: Path) -> None:
        parts = MultiPolygon([WEST, square(EAST + 5_000, NORTH, 1_000)])
        layer = make_layer([parts, WEST, parts, MIDDLE], ids=["a", "a", "a", "b"])
        found = counted(layer, file_of(tmp_path, [(500, 500), (5_500, 500), (1_000, 500)]))
        assert (found.labels, found.count.tolist()) == (("a", "b"), [3, 1])
        assert (found.inside, found.several) == (3, 1)
        assert found.area_m2[0] == pytest.approx(5 * found.area_m2[1], rel=1e-3)

    def test_a_zone_without_geometry_holds_none_and_has_no_area(self, tmp_path: Path) -> None:
        found = counted([WEST, None], file_of(tmp_path, [(500, 500)]), nearest=True)
        assert found.count.tolist() == [1, 0]
        assert np.isnan(found.per_km2).tolist() == [False, True]
        assert found.nearest_m is not None
        assert np.isnan(found.nearest_m).tolist() == [False, True]

    def test_density_is_per_km2_of_the_zone_as_measured(self, tmp_path: Path) -> None:
        found = counted([square(EAST, NORTH, 2_000)], file_of(tmp_path, [(1, 1), (2, 2), (3, 3)]))
        assert found.per_km2.tolist() == [pytest.approx(3 / 4, rel=1e-4)]

    def test_one_category_alone_leaves_the_others_out_of_every_number(self, tmp_path: Path) -> None:
        path = file_of(
            tmp_path,
            [(500, 500), (600, 500), None, None, (9_000, 0)],
            ["school", "clinic", "clinic", "school", "school"],
        )
        found = counted([WEST], path, category="school")
        assert (found.count.tolist(), found.total, found.outside, found.unlocated, found.points.features) == (
            [1],
            3,
            1,
            1,
            5,
        )
        with pytest.raises(UsageError, match=r"no point is of the category “park”.*school, clinic"):
            counted([WEST], path, category="park")

    def test_an_empty_file_of_points_counts_nothing(self, tmp_path: Path) -> None:
        found = counted([WEST], file_of(tmp_path, []), nearest=True)
        assert (found.total, found.count.tolist()) == (0, [0])
        assert found.nearest_m is not None
        assert np.isnan(found.nearest_m).all()

    def test_more_categories_than_can_be_held_for_so_many_zones_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(point_counts, "_MOST_COUNTS", 2)  # one category in two zones, and one more
        path = file_of(tmp_path, [(500, 500)] * 3, ["a", "b", "c"])
        with pytest.raises(UsageError, match=r"cannot be counted apart in 2 zones.*--category-field"):
            counted([WEST, MIDDLE], path)


class TestSystems:
    def test_degrees_are_taken_to_the_plane_of_the_zones(self, tmp_path: Path) -> None:
        lonlat = project(
            [shapely.Point(EAST + 999.9, NORTH + 500), shapely.Point(EAST + 1_000.1, NORTH + 500)],
            norm_crs(4548),
            norm_crs(4490),
        )
        far = [(0.0, 0.0), (-117.0, -31.0), (500.0, 31.8), (117.2, 91.0), (np.nan, 31.0)]
        path = file_of(tmp_path, [*((point.x, point.y) for point in lonlat), *far], crs="EPSG:4326")
        found = counted([WEST, MIDDLE], path)
        assert found.count.tolist() == [1, 1]
        assert (found.outside, found.no_place) == (2, 3)

    def test_zones_in_degrees_have_edges_straight_in_the_plane(self, tmp_path: Path) -> None:
        """In EPSG:4548 the northern edge of 2° of longitude sags; halfway along, the parallel lies outside the zone."""
        wide = shapely.Polygon([(116.0, 31.0), (118.0, 31.0), (118.0, 32.0), (116.0, 32.0)])
        layer = make_layer([wide], crs="EPSG:4490")
        path = file_of(tmp_path, [(117.0, 31.0001), (117.0, 31.9999), (117.0, 32.0 + 1e-6)], crs="EPSG:4490")
        found = counted(layer, path)
        plane = project(layer.geometry, layer.crs, found.ground.crs)[0]
        points = project(
            shapely.points([(117.0, 31.0001), (117.0, 31.9999), (117.0, 32.000001)]), layer.crs, found.ground.crs
        )
        assert found.count.tolist() == [int(shapely.intersects(plane, points).sum())]

    def test_another_datum_without_known_parameters_is_refused_by_the_file_of_points(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, [(117.2, 31.8)], crs="EPSG:4610")
        with pytest.raises(CrsError, match=r"points-0\.parquet.*No public parameters"):
            counted([WEST], path)

    def test_web_mercator_is_taken_to_the_plane_too(self, tmp_path: Path) -> None:
        inside = project([shapely.Point(EAST + 10, NORTH + 10)], norm_crs(4548), norm_crs(3857))[0]
        path = file_of(tmp_path, [(inside.x, inside.y), (0.0, 0.0), (1e12, 0.0)], crs="EPSG:3857")
        found = counted([WEST], path)
        assert (found.count.tolist(), found.inside, found.outside + found.no_place) == ([1], 1, 2)

    def test_zones_whose_coordinates_are_of_another_system_are_refused(self, tmp_path: Path) -> None:
        layer = make_layer([square(1e9, 1e9, 10)], crs="EPSG:4548")
        with pytest.raises(InputError, match="can be one of EPSG:4548"):
            counted(layer, file_of(tmp_path, [(0, 0)]))


class TestNearest:
    def test_the_distance_is_in_metres_from_the_edge_and_nothing_where_a_point_is_inside(self, tmp_path: Path) -> None:
        found = counted(
            [WEST, square(EAST + 3_000, NORTH, 1_000)], file_of(tmp_path, [(500, 500), (2_700, 1_400)]), nearest=True
        )
        assert found.nearest_m is not None
        # 3-4-5 from the corner at 3000 m, 1000 m; 18 km from its meridian the plane is 4e-6 larger.
        assert found.nearest_m.tolist() == [0.0, pytest.approx(500, rel=1e-4)]

    def test_only_points_of_the_category_count_as_near(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, [(500, 500), (1_200, 500)], ["school", "clinic"])
        found = counted([WEST], path, category="clinic", nearest=True)
        assert found.nearest_m is not None
        assert found.nearest_m.tolist() == [pytest.approx(200, rel=1e-4)]

    def test_points_in_degrees_and_those_that_are_no_place_do_not_disturb(self, tmp_path: Path) -> None:
        lonlat = project([shapely.Point(EAST - 300, NORTH + 500)], norm_crs(4548), norm_crs(4490))[0]
        path = file_of(tmp_path, [(np.nan, 1.0), (500.0, 95.0), (lonlat.x, lonlat.y), (-60.0, -60.0)], crs="EPSG:4490")
        found = counted([WEST], path, nearest=True)
        assert found.nearest_m is not None
        assert found.nearest_m.tolist() == [pytest.approx(300, rel=1e-4)]
        assert found.no_place == 2

    def test_a_zone_of_two_features_is_as_near_as_the_nearer_one(self, tmp_path: Path) -> None:
        layer = make_layer([WEST, square(EAST + 3_000, NORTH, 1_000)], ids=["a", "a"])
        found = counted(layer, file_of(tmp_path, [(2_900, 500)]), nearest=True)
        assert found.nearest_m is not None
        assert found.nearest_m.tolist() == [pytest.approx(100, rel=1e-4)]


class TestPlans:
    def test_a_plan_counts_the_points_of_a_file_as_it_counts_its_own(self, tmp_path: Path) -> None:
        view = open_plan("ustc-silicon-valley")
        located = [one for one in view.facilities if one.point is not None]
        places = [(one.point.x, one.point.y) for one in located if one.point is not None]
        path = file_of(tmp_path, places, [one.category for one in located], crs="EPSG:4326")
        own, found = count_facilities(view), count_in_plan(view, PointSource(path)).counts
        assert found.labels == tuple(zone.id for zone in own.zones)
        assert found.count.tolist() == [zone.count for zone in own.zones]
        assert [kinds_in(found, place) for place in range(len(own.zones))] == [dict(z.by_category) for z in own.zones]
        assert (found.inside, found.outside) == (own.inside, own.outside)

    def test_a_plan_without_boundaries_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="boundaries loaded"):
            count_in_plan(without_boundaries(opened([WEST])), PointSource(file_of(tmp_path, [(0, 0)])))


ZONES = (
    shapely.Polygon(square(EAST, NORTH, 300).exterior, [square(EAST + 100, NORTH + 100, 100).exterior]),
    MultiPolygon([square(EAST + 300, NORTH, 100), square(EAST + 500, NORTH + 200, 100)]),
    square(EAST + 200, NORTH + 50, 200),
    None,
    square(EAST + 100, NORTH + 100, 100),
)
STEPS = st.integers(-2, 13).map(lambda step: 50.0 * step)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(STEPS, STEPS, st.sampled_from(["school", "clinic", ""])), max_size=40),
    st.integers(1, 50),
)
def test_counts_are_those_of_a_plan_with_the_same_facilities(
    tmp_path_factory: pytest.TempPathFactory, points: list[tuple[float, float, str]], rows: int
) -> None:
    """On corners and edges half of the time; in batches of any size."""
    shapes = [shapely.Point(EAST + x, NORTH + y) for x, y, _ in points]
    column = pa.array(shapely.to_wkb(np.array(shapes, dtype=object)).tolist() if shapes else [], pa.binary())
    path = write_parquet(
        tmp_path_factory.mktemp("p") / "p.parquet", column, [kind for *_, kind in points], crs="EPSG:4548"
    )
    lonlat = project(shapes, norm_crs(4548), norm_crs(4490))
    facilities = [
        Facility(f"f{place}", Text.same("f"), kind, point, accuracy_m=0.0)
        for place, ((*_, kind), point) in enumerate(zip(points, lonlat, strict=True))
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(point_streams, "ROWS", rows)
        found = counted(ZONES, path)
    every = [[shape is not None and bool(shape.intersects(point)) for shape in ZONES] for point in shapes]
    columns = np.array(every, dtype=bool).reshape(len(shapes), len(ZONES))
    assert found.count.tolist() == columns.sum(axis=0).tolist()
    assert (found.inside, found.several) == (int(columns.any(axis=1).sum()), int((columns.sum(axis=1) > 1).sum()))
    for place in range(len(ZONES)):
        within = [kind for (*_, kind), row in zip(points, every, strict=True) if row[place]]
        assert kinds_in(found, place) == {kind: within.count(kind) for kind in set(within)}
    # The way to degrees and back moves a place by a nanometre, so a plan's own count may differ on edges alone.
    own = count_facilities(opened(ZONES, *facilities))
    on_edge = [any(s is not None and s.boundary.distance(p) < 1e-6 for s in ZONES) for p in shapes]
    assert abs(own.inside - found.inside) <= sum(on_edge)


def test_memory_does_not_grow_with_the_number_of_points(tmp_path: Path) -> None:
    """A batch is some megabytes; a hundred batches must not be held at once, in whatever order threads finish."""
    rng = np.random.default_rng(0)
    places = rng.uniform([EAST, NORTH], [EAST + 2_000, NORTH + 1_000], (20_000, 2))
    column = pa.array(shapely.to_wkb(shapely.points(places)).tolist(), pa.binary())
    path = write_parquet(tmp_path / "p.parquet", column, None, crs="EPSG:4548")
    alive, most = 0, 0
    usual = point_counts.chosen

    def watched(*given: Any) -> Any:
        nonlocal alive, most
        alive += 1
        most = max(most, alive)
        return usual(*given)

    def done(self: Any, part: Any) -> None:
        nonlocal alive
        alive -= 1
        added(self, part)

    added = point_counts._Table.add
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(point_streams, "ROWS", 200)
        patched.setattr(point_counts, "chosen", watched)
        patched.setattr(point_counts._Table, "add", done)
        found = counted([WEST, MIDDLE], path)
    assert found.total == len(places)
    assert most <= MAX_THREADS + 2


def test_a_layer_counts_the_same_whatever_the_order_of_its_zones(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    path = file_of(tmp_path, list(map(tuple, rng.uniform(-100, 2_200, (500, 2)).tolist())))
    layer = make_layer([WEST, MIDDLE, square(EAST + 500, NORTH, 900)])
    forward, backward = counted(layer, path), counted(layer.take([2, 1, 0]), path)
    assert dict(zip(forward.labels, forward.count.tolist(), strict=True)) == dict(
        zip(backward.labels, backward.count.tolist(), strict=True)
    )
    assert replace(forward, ground=backward.ground).inside == backward.inside
