"""How fast areas, pieces and widths are measured, and that it is the right figure: python -m benchmarks.areas."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import shapely

from geoplan.area import ellipsoidal_areas, geodesic_areas, perimeters, piece_areas, planar_areas, widths
from geoplan.crs import norm_crs

DEGREES, PLANE = norm_crs(4490), norm_crs(4548)


def parcels(count: int, segments: int) -> np.ndarray:
    """Return `count` discs of about 100 m with 4 × `segments` vertices, in degrees round Hefei."""
    random = np.random.default_rng(7)
    centres = shapely.points(random.uniform(116.5, 117.5, count), random.uniform(31.5, 32.5, count))
    return np.asarray(shapely.buffer(centres, 0.001, quad_segs=segments))


def slivers(count: int) -> np.ndarray:
    """Return `count` rectangles 50 m × 0.5 mm in EPSG:4548."""
    random = np.random.default_rng(8)
    x, y = random.uniform(480_000, 520_000, count), random.uniform(3.5e6, 3.54e6, count)
    return np.asarray(shapely.box(x, y, x + 50, y + 0.0005))


def main() -> None:
    """Print one line per measurement: vertices, seconds, vertices per second, and the sum measured."""
    shapes = parcels(10_000, 25)
    thin = slivers(10_000)
    work: list[tuple[str, np.ndarray, Callable[[], np.ndarray]]] = [
        ("ellipsoidal", shapes, lambda: ellipsoidal_areas(shapes, DEGREES, PLANE)),
        ("ellipsoidal, rounded", shapes, lambda: ellipsoidal_areas(shapes, DEGREES, PLANE, official_rounding=True)),
        ("geodesic", shapes, lambda: geodesic_areas(shapes, DEGREES)),
        ("planar", shapes, lambda: planar_areas(shapes, DEGREES, PLANE)),
        ("perimeter", shapes, lambda: perimeters(shapes, DEGREES)),
        ("pieces 50 m × 0.5 mm", thin, lambda: piece_areas(thin, PLANE)),
        ("widths 50 m × 0.5 mm", thin, lambda: widths(thin, PLANE)),
    ]
    for name, geometries, run in work:
        vertices = int(shapely.get_num_coordinates(geometries).sum())
        begin = time.perf_counter()
        total = float(run().sum())
        seconds = time.perf_counter() - begin
        print(f"{name:22} {vertices:9d} vertices {seconds:7.3f} s {vertices / seconds / 1e6:6.2f} M/s  sum {total:.6g}")


if __name__ == "__main__":
    main()
