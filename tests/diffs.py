"""Small sets of zones for tests of differences: squares near Hefei in EPSG:4548, named by letters."""

from __future__ import annotations

from collections.abc import Mapping

from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.diff import Comparison, Version, ZoneChange, ZoneSet, between, compare
from geoplan.types import Tolerance
from tests.helpers import EAST, NORTH, make_layer, rectangle

# Piece areas follow the ellipsoid: near the central meridian a plane square metre is one within this.
PLANE = 1.5e-5


def at(x: float, y: float, width: float, height: float) -> BaseGeometry:
    """Return a rectangle with its south-west corner x, y metres from the place of the tests."""
    return rectangle(EAST + x, NORTH + y, width, height)


def zone_set(
    shapes: Mapping[str, BaseGeometry | None], *, crs: object = "EPSG:4548", **fields: list[object]
) -> ZoneSet:
    layer = make_layer(list(shapes.values()), ids=list(shapes), crs=crs, **fields)
    del layer.fields["id"]  # type: ignore[attr-defined]
    return ZoneSet.from_layer(layer, list(shapes))


def changes(
    before: Mapping[str, BaseGeometry | None], after: Mapping[str, BaseGeometry | None], **how: float
) -> dict[str, ZoneChange]:
    tolerance = Tolerance(**how) if how else None
    return {change.id: change for change in between(zone_set(before), zone_set(after), tolerance=tolerance).changes}


def kinds(before: Mapping[str, BaseGeometry | None], after: Mapping[str, BaseGeometry | None]) -> dict[str, str]:
    return {key: change.kind.value for key, change in changes(before, after).items()}


def comparison(before: Mapping[str, BaseGeometry | None], after: Mapping[str, BaseGeometry | None]) -> Comparison:
    return compare(Version("old.gpkg", zone_set(before)), Version("new.gpkg", zone_set(after)))


def shifted(shape: BaseGeometry, x: float, y: float) -> BaseGeometry:
    return affinity.translate(shape, x, y)
