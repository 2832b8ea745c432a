"""The same data written by other formats, and projected there and back, is unchanged (PITFALLS: a re-export)."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs, project
from geoplan.diff import ChangeKind, Version, ZoneSet, compare
from geoplan.types import Tolerance
from geoplan.zones import ZoneLayer
from tests.diffs import zone_set

PLANE = norm_crs("EPSG:4548")
PARCELS = make_fabric(64, seed=3).polygons
IDS = [f"p{place}" for place in range(len(PARCELS))]
FIELDS = {
    "name": [f"地块{place}" for place in range(len(PARCELS))],
    "area": [place / 7 for place in range(len(PARCELS))],
}
ONE_MILLIMETRE = Tolerance(area_m2=0.0, width_m=0.001)


def original() -> ZoneSet:
    return zone_set(dict(zip(IDS, PARCELS, strict=True)), key=IDS, **FIELDS)


def read_back(path: Path) -> ZoneSet:
    """Read a file as another program would, in no particular order, and take it back to the plane."""
    frame = geopandas.read_file(path).sample(frac=1.0, random_state=1)
    layer = ZoneLayer.from_frame(frame)
    shapes = project(layer.geometry, layer.crs, PLANE)
    fields = dict(reversed(layer.fields.items()))
    return ZoneSet.from_layer(ZoneLayer(shapes, PLANE, fields), list(layer.fields["key"]))


@pytest.mark.parametrize("crs", ["EPSG:4548", "EPSG:4527", "EPSG:4490", "EPSG:4549", "EPSG:3857"])
@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp"])
def test_a_re_export_is_unchanged_to_a_millimetre(tmp_path: Path, ending: str, crs: str) -> None:
    path = tmp_path / f"again.{ending}"
    frame = geopandas.GeoDataFrame({"key": IDS, **FIELDS}, geometry=PARCELS, crs="EPSG:4548").to_crs(crs)
    frame.to_file(path, encoding="UTF-8") if ending == "shp" else frame.to_file(path)
    made = compare(Version("old", original()), Version("new", read_back(path)), tolerance=ONE_MILLIMETRE)
    assert made.is_unchanged
    assert made.counts[ChangeKind.UNCHANGED] == len(PARCELS)


def test_one_parcel_that_moved_is_the_only_change(tmp_path: Path) -> None:
    shapes = PARCELS.copy()
    shapes[9] = shapes[9].buffer(0.5, join_style="mitre")
    path = tmp_path / "again.gpkg"
    geopandas.GeoDataFrame({"key": IDS, **FIELDS}, geometry=shapes, crs="EPSG:4548").to_crs(4490).to_file(path)
    made = compare(Version("old", original()), Version("new", read_back(path)), tolerance=ONE_MILLIMETRE)
    assert [row.id for row in made.rows if row.kind is not ChangeKind.UNCHANGED] == ["p9"]
    assert np.isclose(made.total_m2("after") - made.total_m2("before"), shapes[9].area - PARCELS[9].area, atol=0.1)
