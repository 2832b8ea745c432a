from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs, to_lonlat
from geoplan.facility_counts import FacilityCounts, count_facilities
from geoplan.plan import load_plan
from geoplan.pyramid import MOST_ZONES, FabricView, fabric_source, fabric_view, prepare
from geoplan.pyramid.cache import VARIABLE
from geoplan.pyramid.facilities import fabric_counts
from geoplan.workflow import open_plan
from tests.pyramid.fabrics import write_plan

N = MOST_ZONES + 200
METRES = norm_crs("EPSG:4548")


def facility(number: int, at: shapely.Point | None, zone: str | None, accuracy_m: float | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"id": f"f{number}", "name": f"Place {number}", "category": "ab"[number % 2], "zone": zone,
                       "accuracy_m": accuracy_m},
        "geometry": None if at is None else {"type": "Point", "coordinates": [at.x, at.y]},
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fabric with facilities inside, on an edge, in an overlap, far away, nowhere, and vaguely known."""
    polygons = make_fabric(N, seed=4, overlaps=6, gaps=4).polygons
    inside = to_lonlat(shapely.point_on_surface(polygons[::400]), METRES)
    pair = shapely.STRtree(polygons).query(polygons, predicate="overlaps")
    doubled = to_lonlat(
        np.array([shapely.point_on_surface(shapely.intersection(*polygons[pair[:, 0]]))], dtype=object), METRES
    )[0]
    corner = shapely.Point(to_lonlat(polygons[77:78], METRES)[0].exterior.coords[0])
    told = [facility(number, point, f"p{400 * number}", None) for number, point in enumerate(inside)]
    more = [(doubled, "p1", 30.0), (corner, None, 5.0), (shapely.Point(10.0, 10.0), "p2", 1.0), (None, "p3", None)]
    more += [(inside[0], "no such zone", 500.0), (inside[1], " P9 ", None)]
    told += [facility(len(told) + number, *one) for number, one in enumerate(more)]
    folder = write_plan(tmp_path_factory.mktemp("plans") / "city", polygons, more='facilities = "facilities.geojson"')
    (folder / "facilities.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": told}), "utf-8")
    return folder


@pytest.fixture(scope="module")
def whole(plan: Path) -> FacilityCounts:
    return count_facilities(open_plan(plan))


@pytest.fixture(scope="module")
def view(plan: Path, tmp_path_factory: pytest.TempPathFactory) -> FabricView:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("cache")))
        source = fabric_source(load_plan(plan))
        assert source is not None
        prepare(source)
        found = fabric_view(source)
    assert found is not None
    return found


def test_every_facility_lies_where_it_does_in_the_plan_opened_whole(view: FabricView, whole: FacilityCounts) -> None:
    found = fabric_counts(view)
    assert (found.inside, found.outside, found.unlocated) == (whole.inside, whole.outside, whole.unlocated)
    assert len(found.several) == len(whole.several) >= 2
    for one, other in zip(found.placed, whole.placed, strict=True):
        assert (one.facility.id, set(one.inside), one.stated) == (other.facility.id, set(other.inside), other.stated)
        assert (one.distance_m is None) == (other.distance_m is None)
        assert one.distance_m is None or one.distance_m == pytest.approx(other.distance_m, rel=1e-9)
        assert one.standing is other.standing


def test_the_zones_with_facilities_are_counted_as_in_the_plan_opened_whole(
    view: FabricView, whole: FacilityCounts
) -> None:
    found = fabric_counts(view)
    expected = {zone.id: zone for zone in whole.zones if zone.count or zone.stated}
    assert {zone.id for zone in found.zones} == set(expected)
    for zone in found.zones:
        other = expected[zone.id]
        assert (zone.count, zone.sure, zone.possible, zone.stated) == (
            other.count, other.sure, other.possible, other.stated,
        )  # fmt: skip
        assert dict(zone.by_category) == dict(other.by_category)
        assert zone.area_m2 == pytest.approx(other.area_m2, rel=1e-12)


def test_a_plan_without_facilities_has_no_counts(view: FabricView) -> None:
    found = fabric_counts(replace(view, facilities=()))
    assert (found.zones, found.placed, found.inside) == ((), (), 0)
