from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs
from geoplan.pyramid.parcels import Parcels, write_parcels
from geoplan.types import Text
from geoplan.zones import ZoneLayer
from tests.pyramid.fabrics import squares

METRES = norm_crs("EPSG:4548")
HOSTILE = [
    "a\nb",
    "\x00",
    "<script>",
    "'; DROP TABLE",
    "\x1f",
    "ｐ１",
    "宗地 7",
    "\ud800",
    "..",
    "",
    "p1\x1fp2",
    "e\u0301",
]


def kept(folder: Path, geometry: object, labels: list[str] | None = None, names: list[Text] | None = None) -> Parcels:
    layer = ZoneLayer(np.asarray(geometry, dtype=object), METRES)
    own = labels or [f"p{place}" for place in range(len(layer))]
    write_parcels(layer, own, names or [Text.same(label) for label in own], folder)
    return Parcels.open(folder)


@pytest.fixture(scope="module")
def fabric(tmp_path_factory: pytest.TempPathFactory) -> tuple[Parcels, np.ndarray]:
    polygons = make_fabric(1_000, seed=2, overlaps=8, gaps=4).polygons
    return kept(tmp_path_factory.mktemp("parcels"), polygons), polygons


def test_a_place_has_the_parcels_that_lie_on_it_and_no_other(fabric: tuple[Parcels, np.ndarray]) -> None:
    parcels, polygons = fabric
    west, south, east, north = shapely.total_bounds(polygons)
    rng = np.random.default_rng(1)
    middles = shapely.get_coordinates(shapely.point_on_surface(polygons[::97]))
    anywhere = rng.uniform([west - 50, south - 50], [east + 50, north + 50], (60, 2))
    found = 0
    for x, y in np.concatenate([middles, anywhere, polygons[5].exterior.coords[:2]]).tolist():
        true = np.flatnonzero(shapely.intersects(polygons, shapely.Point(x, y)))
        assert sorted(parcels.at(x, y)) == true.tolist()
        found += len(true)
    assert found > 60


def test_parcels_of_a_view_are_told_from_its_middle_outwards(fabric: tuple[Parcels, np.ndarray]) -> None:
    parcels, polygons = fabric
    bounds = shapely.bounds(polygons)
    west, south, east, north = shapely.total_bounds(polygons).tolist()
    for x, y, half in (
        (west + 300, south + 300, 200.0),
        ((west + east) / 2, (south + north) / 2, 90.0),
        (west, north, 60.0),
    ):
        box = shapely.box(x - half, y - half, x + half, y + half)
        inside = np.flatnonzero(shapely.intersects(shapely.box(*bounds.T), box))
        away = shapely.distance(shapely.box(*bounds[inside].T), shapely.Point(x, y))
        found = parcels.near((x - half, y - half, x + half, y + half), len(polygons))
        assert sorted(found) == inside.tolist()
        nearest = parcels.near((x - half, y - half, x + half, y + half), 7)
        assert len(nearest) == min(7, len(inside))
        told = shapely.distance(shapely.box(*bounds[list(nearest)].T), shapely.Point(x, y))
        assert told == pytest.approx(np.sort(away)[: len(nearest)])
    assert parcels.near((west - 500, south - 500, west - 400, south - 400), 7) == ()


def test_many_points_are_told_as_each_alone(fabric: tuple[Parcels, np.ndarray]) -> None:
    parcels, polygons = fabric
    points = shapely.get_coordinates(shapely.point_on_surface(polygons[::31]))
    points = np.concatenate([points, points[:1] - 1e6])
    told = parcels.at_many(points[:, 0], points[:, 1])
    assert told == tuple(parcels.at(x, y) for x, y in points.tolist())
    assert told[-1] == ()
    assert parcels.at_many(np.zeros(0), np.zeros(0)) == ()


def test_of_parcels_on_top_of_each_other_the_last_comes_first(tmp_path: Path) -> None:
    parcels = kept(tmp_path, [shapely.box(0, 0, 9, 9), shapely.box(2, 2, 4, 4), shapely.box(20, 0, 29, 9)])
    assert parcels.at(3, 3) == (1, 0)
    assert parcels.at(15, 3) == ()


def test_every_parcel_comes_back_vertex_by_vertex(fabric: tuple[Parcels, np.ndarray]) -> None:
    parcels, polygons = fabric
    assert len(parcels) == len(polygons)
    for place in (0, 1, 255, 256, 500, len(polygons) - 1):
        assert shapely.equals_identical(parcels.geometry(place), polygons[place])


def test_features_without_a_polygon_are_kept_and_lie_nowhere(tmp_path: Path) -> None:
    bow = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    parcels = kept(tmp_path, [None, shapely.Polygon(), shapely.Point(3, 3), bow, shapely.box(2, 2, 4, 4)])
    assert parcels.at(3, 3) == (4,)
    assert parcels.geometry(0) is None
    assert parcels.geometry(3) == bow
    assert parcels.places_of("p1") == (1,)


def test_a_layer_of_nothing_but_missing_shapes_is_no_trouble(tmp_path: Path) -> None:
    parcels = kept(tmp_path, [None, None])
    assert (parcels.at(0, 0), parcels.search("p", 9), parcels.places_of("p1")) == ((), (0, 1), (1,))


def test_hostile_ids_are_found_as_they_are(tmp_path: Path) -> None:
    parcels = kept(tmp_path, squares(1, len(HOSTILE)), HOSTILE)
    for place, label in enumerate(HOSTILE):
        assert parcels.places_of(label) == (place,)
        assert parcels.label(place) == label
    assert parcels.places_of("a") == ()


def test_one_id_on_several_parcels_means_all_of_them(tmp_path: Path) -> None:
    parcels = kept(tmp_path, squares(1, 4), ["a", "b", "a", "c"])
    assert parcels.places_of("a") == (0, 2)


def test_search_finds_a_few_letters_of_an_id_or_either_name_however_written(tmp_path: Path) -> None:
    names = [Text("North Park", "北园"), Text("South Park", "南园"), Text("Lake", "湖")]
    parcels = kept(tmp_path, squares(1, 3), ["ZD-001", "ZD-002", "ZD-103"], names)
    assert parcels.search("park", 9) == (0, 1)
    assert parcels.search("  SOUTH  ", 9) == (1,)
    assert parcels.search("园", 9) == (0, 1)
    assert parcels.search("ｚｄ－１", 9) == (2,)
    assert parcels.search("-00", 1) == (0,)
    assert parcels.search("nothing", 9) == ()
    assert parcels.search("", 9) == ()
    assert parcels.search("   ", 9) == ()


def test_search_never_joins_one_parcel_to_the_next(tmp_path: Path) -> None:
    parcels = kept(tmp_path, squares(1, 2), ["ab", "cd"])
    for text in ("bc", "abcd", "b cd", "\x1f"):
        assert parcels.search(text, 9) == ()


def test_search_tells_a_parcel_once_however_often_it_holds_the_text(tmp_path: Path) -> None:
    parcels = kept(tmp_path, squares(1, 2), ["aaaa", "ba"], [Text("aa", "aa"), Text("a", "a")])
    assert parcels.search("a", 9) == (0, 1)
