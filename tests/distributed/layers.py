"""Layers to check on one machine and on several workers, and the whole documents that both come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import affinity

from benchmarks.fabric import make_fabric, twice_digitised
from geoplan.checks import Subject
from geoplan.crs import norm_crs, to_lonlat
from geoplan.distributed import Spreading
from geoplan.distributed.spread import Crew
from geoplan.output.documents import check_document, dumps, measure_document
from geoplan.types import Tolerance
from geoplan.workflow import FileOptions, check_layer, measure_layer
from geoplan.zones import ZoneLayer
from tests.distributed.crews import Here
from tests.helpers import EAST, NORTH, make_layer, rectangle, square

STRICT = FileOptions(tolerance=Tolerance(0.0, 0.0))


def cut_in(parts: int) -> Callable[[int], list[int]]:
    """Return where to cut rows into so many parts, some of them empty when there are few rows."""
    return lambda count: [count * place // parts for place in range(parts + 1)]


def checked(
    layer: ZoneLayer, options: FileOptions = STRICT, make: Callable[..., Subject] = Subject, **given: Any
) -> str:
    """Return the document of a check."""
    return dumps(check_document(check_layer(layer, options, make=make, **given)))


def measured(layer: ZoneLayer, make: Callable[..., Subject] = Subject, **given: Any) -> str:
    """Return the document of a measurement."""
    return dumps(measure_document(measure_layer(layer, make=make, **given)))


def spread_over(parts: int, crew: Crew | None = None) -> Callable[..., Subject]:
    """Return what makes the subject of a layer cut into so many parts."""
    return Spreading(crew or Here(), cut=cut_in(parts)).subject


def fabric(count: int = 100, **planted: int) -> ZoneLayer:
    """Return a parcel fabric with defects of every kind, which lie across any cut of its rows."""
    planting = {"overlaps": 4, "gaps": 4, "vertices": 1} | planted
    return numbered(make_fabric(count, seed=5, **planting).polygons)


def numbered(polygons: Sequence[Any], crs: object = "EPSG:4548") -> ZoneLayer:
    return make_layer(list(polygons), ids=[f"P{number}" for number in range(len(polygons))], crs=crs)


def shuffled(layer: ZoneLayer, seed: int = 3) -> ZoneLayer:
    return layer.take(np.random.default_rng(seed).permutation(len(layer)).tolist())


def hostile() -> ZoneLayer:
    """Return everything a layer can hold that is no sound polygon, beside some that are."""
    x, y = EAST, NORTH
    bow = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(x, y), (x + 5, np.nan), (x + 5, y + 5)])
    holed = square(x + 30, y, 20).difference(square(x + 35, y + 5, 5))
    return numbered(
        [
            square(x, y, 10),
            None,
            shapely.Polygon(),
            bow,
            square(x + 10, y, 10),
            broken,
            shapely.Point(x, y),
            shapely.MultiPolygon([square(x, y + 10, 10), square(x + 60, y, 10)]),
            rectangle(x + 20, y, 10.0, 0.004),
            holed,
            square(x + 36, y + 6, 3),
            square(1e9, -1e9, 10),
            shapely.GeometryCollection([square(x, y, 3), shapely.Point(x, y)]),
            shapely.MultiPolygon([square(x + 5, y + 5, 10), shapely.Polygon()]),
            shapely.LineString([(x, y), (x + 1, y)]),
            square(x, y, 10),
            shapely.Polygon([(x, y, 5.0), (x + 4, y, 5.0), (x + 4, y - 4, 6.0)]),
        ]
    )


def two_layers() -> ZoneLayer:
    """Return a grid of cells twice, the edges of the second split differently: no seed lies within it."""
    cells = [square(EAST + 10 * column, NORTH + 10 * row, 10) for row in range(4) for column in range(5)]
    return numbered([*cells, *(shapely.segmentize(cell, 4.0) for cell in cells), *cells[::2]])


def in_degrees() -> ZoneLayer:
    layer = fabric()
    return ZoneLayer(to_lonlat(layer.geometry, layer.crs), norm_crs("EPSG:4490"), layer.fields)


def far_apart() -> ZoneLayer:
    """Return a crowded city, and a few parcels in another cell of the plane and in one of their own."""
    city = make_fabric(900, seed=2).polygons
    return numbered([*city[:700], *(affinity.translate(one, 90_000.0, 0.0) for one in city[:40]), *city[700:]])


def multipolygons() -> ZoneLayer:
    layer = fabric()
    joined = [shapely.MultiPolygon([one]) for one in layer.geometry[:50]]
    pairs = [shapely.multipolygons(list(layer.geometry[at : at + 2])) for at in range(50, len(layer) - 1, 2)]
    return numbered([*joined, *pairs])


def with_classes() -> ZoneLayer:
    """Return zones that share their key, some of them copies, some overlapping, some apart."""
    cells = [square(EAST + 10 * place, NORTH, 10) for place in range(6)]
    return make_layer([*cells, cells[0], square(EAST + 15, NORTH, 10)], ids=["a", "b", "c", "a", "d", "b", "a", "b"])


LAYERS: dict[str, Callable[[], ZoneLayer]] = {
    "fabric": fabric,
    "shuffled fabric": lambda: shuffled(fabric()),
    "fabric in degrees": in_degrees,
    "fabric of multipolygons": multipolygons,
    "fabric digitised twice": lambda: numbered(twice_digitised(16, seed=1)),
    "clean fabric": lambda: fabric(overlaps=0, gaps=0, vertices=0),
    "far apart": far_apart,
    "hostile": hostile,
    "two layers": two_layers,
    "same keys": with_classes,
    "one square": lambda: make_layer([square(EAST, NORTH, 10)]),
    "nothing measurable": lambda: make_layer([None, shapely.Point(1, 1)]),
}
