"""Draw the indicative zones of the USTC Silicon Valley from stated control points.

    python geodata/ustc-silicon-valley/build_zones.py [--output FILE]

Reads control_points.toml (places, streets, the streets each polygon follows) and plan.toml (names,
basis, source and accuracy of the zones) beside it and writes zones.geojson: WGS84, 7 decimals,
counter-clockwise, the same bytes every time.

1. Every street is a straight line in EPSG:4548, and every polygon a list of streets walked
   counter-clockwise. An edge keeps half the street's width away from its centre line; corners are
   where one edge meets the next, and are cut off where two arterials cross.
2. The one adjustment: all streets are widened (or narrowed) by the same number of metres, found by
   bisection, until the four zones total the published area. No zone's own area is published, so
   the split between the zones is what the assumed blocks give and nothing more.
3. Areas are geodesic (pyproj.Geod, CGCS2000 ellipsoid) on edges that are straight in EPSG:4548 and
   split at 70 m, which agrees with the survey formula of TD/T 1055-2019 to 1e-8.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pyproj import Geod, Transformer

HERE = Path(__file__).resolve().parent
TO_PLANE = Transformer.from_crs("EPSG:4326", "EPSG:4548", always_xy=True)
TO_DEGREES = Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True)
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
DECIMALS = 7  # about 1 cm
LONGEST_EDGE_M = 70.0  # the survey procedure splits edges longer than this

XY: TypeAlias = tuple[float, float]
Ring: TypeAlias = list[XY]


@dataclass(frozen=True)
class Line:
    """A street: a point on its centre line and a unit direction in EPSG:4548, half its width in metres."""

    x: float
    y: float
    dx: float
    dy: float
    half_width: float
    arterial: bool

    def moved_left(self, travel: float, distance: float) -> Line:
        """Return the line `distance` metres to the left of walking along it (`travel` +1) or against it (−1)."""
        x, y = self.x - self.dy * travel * distance, self.y + self.dx * travel * distance
        return Line(x, y, self.dx, self.dy, self.half_width, self.arterial)

    def meets(self, other: Line) -> XY:
        """Return where two lines cross.

        Raises ValueError when they are within half a degree of parallel, as the corner would then be arbitrary.
        """
        cross = self.dx * other.dy - self.dy * other.dx
        if abs(cross) < math.sin(math.radians(0.5)):
            raise ValueError(f"two consecutive lines of a ring are parallel, near x {self.x:.0f}, y {self.y:.0f}")
        t = ((other.x - self.x) * other.dy - (other.y - self.y) * other.dx) / cross
        return self.x + t * self.dx, self.y + t * self.dy


def read_lines(control: dict[str, Any]) -> dict[str, Line]:
    """Return the streets of control_points.toml by id, in EPSG:4548 (x east, y north)."""
    places = {point["id"]: TO_PLANE.transform(point["lon"], point["lat"]) for point in control["points"]}
    lines = {}
    for entry in control["lines"]:
        x, y = places[entry["through"]]
        east, north = entry.get("shift_m", (0, 0))
        angle = math.radians(entry["direction_deg"])
        lines[entry["id"]] = Line(
            x + east, y + north, math.cos(angle), math.sin(angle), entry["half_width_m"], entry.get("arterial", False)
        )
    return lines


def draw(lines: list[Line], widening: float, cut: float) -> Ring:
    """Return the open, counter-clockwise ring in EPSG:4548 that follows `lines` at their edges.

    `widening` (m) is added to every half width; `cut` (m) is taken off at crossings of two arterials.
    """
    count = len(lines)
    centre = [lines[i - 1].meets(lines[i]) for i in range(count)]
    edges = []
    for i, line in enumerate(lines):
        (x0, y0), (x1, y1) = centre[i], centre[(i + 1) % count]
        travel = math.copysign(1.0, (x1 - x0) * line.dx + (y1 - y0) * line.dy)
        edges.append(line.moved_left(travel, line.half_width + widening))
    corners = [edges[i - 1].meets(edges[i]) for i in range(count)]
    ring: Ring = []
    for i, corner in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % count]
        if lines[i - 1].arterial and lines[i].arterial and turns_left(before, corner, after):
            ring += [towards(corner, before, cut), towards(corner, after, cut)]
        else:
            ring.append(corner)
    return ring


def turns_left(a: XY, b: XY, c: XY) -> bool:
    """Return whether walking a, b, c turns left at b (a convex corner of a counter-clockwise ring)."""
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) > 0


def towards(start: XY, end: XY, distance: float) -> XY:
    """Return the point `distance` metres from `start` on the way to `end`."""
    share = distance / math.dist(start, end)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def to_degrees(ring: Ring) -> Ring:
    """Return an EPSG:4548 ring as WGS84 longitude and latitude, rounded as it is written."""
    lonlat = (TO_DEGREES.transform(x, y) for x, y in ring)
    return [(round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in lonlat]


def area_m2(ring: Ring) -> float:
    """Return the geodesic area of a longitude/latitude ring whose edges are straight in EPSG:4548."""
    plane = [TO_PLANE.transform(lon, lat) for lon, lat in ring]
    lons, lats = [], []
    for (x0, y0), (x1, y1) in zip(plane, plane[1:] + plane[:1], strict=True):
        pieces = int(math.dist((x0, y0), (x1, y1)) / LONGEST_EDGE_M) + 1
        for k in range(pieces):
            lon, lat = TO_DEGREES.transform(x0 + (x1 - x0) * k / pieces, y0 + (y1 - y0) * k / pieces)
            lons.append(lon)
            lats.append(lat)
    area: float = CGCS2000.polygon_area_perimeter(lons, lats)[0]
    return area


def draw_all(control: dict[str, Any], widening: float) -> dict[str, list[Ring]]:
    """Return the rings of every zone in degrees, with all half widths `widening` metres larger."""
    lines = read_lines(control)
    zones: dict[str, list[Ring]] = {}
    for part in control["parts"]:
        ring = draw([lines[line] for line in part["ring"]], widening, control["target"]["corner_cut_m"])
        zones.setdefault(part["zone"], []).append(to_degrees(ring))
    return zones


def total_m2(zones: dict[str, list[Ring]]) -> float:
    """Return the area of all zones together in m²."""
    return sum(area_m2(ring) for rings in zones.values() for ring in rings)


def find_widening(control: dict[str, Any]) -> float:
    """Return the widening (m, to the mm) at which the zones total the published area.

    Raises ValueError when it would be more than `largest_adjustment_m`: the blocks are then badly chosen.
    """
    target = control["target"]["total_km2"] * 1e6
    wide: float = control["target"]["largest_adjustment_m"]
    narrow = -wide
    if not total_m2(draw_all(control, wide)) < target < total_m2(draw_all(control, narrow)):
        raise ValueError("the published total cannot be reached by moving the streets' edges a few metres")
    while wide - narrow > 1e-4:
        middle = (narrow + wide) / 2
        if total_m2(draw_all(control, middle)) > target:
            narrow = middle
        else:
            wide = middle
    return round((narrow + wide) / 2, 3)


def feature(zone: dict[str, Any], rings: list[Ring]) -> dict[str, Any]:
    """Return one zone of plan.toml as a GeoJSON feature."""
    closed = [[[list(xy) for xy in [*ring, ring[0]]]] for ring in rings]
    note = zone.get("note", {"en": "", "zh": ""})
    return {
        "type": "Feature",
        "properties": {
            "id": zone["id"],
            "name_en": zone["name"]["en"],
            "name_zh": zone["name"]["zh"],
            "basis": zone["basis"]["en"],
            "accuracy_m": zone["accuracy_m"],
            "source": zone["source"],
            "note_en": note["en"],
            "note_zh": note["zh"],
        },
        "geometry": {"type": "Polygon", "coordinates": closed[0]}
        if len(closed) == 1
        else {"type": "MultiPolygon", "coordinates": closed},
    }


def document(plan: dict[str, Any], zones: dict[str, list[Ring]]) -> str:
    """Return the GeoJSON text: one feature a line, in the order of plan.toml."""
    rows = [json.dumps(feature(zone, zones[zone["id"]]), ensure_ascii=False) for zone in plan["zones"]]
    return '{"type": "FeatureCollection", "name": "zones", "features": [\n' + ",\n".join(rows) + "\n]}\n"


def main() -> None:
    """Write zones.geojson and print what each zone measures."""
    parser = argparse.ArgumentParser(description="Draw the indicative zones from control_points.toml.")
    parser.add_argument("--output", type=Path, default=HERE / "zones.geojson")
    output: Path = parser.parse_args().output
    control = tomllib.loads((HERE / "control_points.toml").read_text(encoding="utf-8"))
    plan = tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))
    widening = find_widening(control)
    zones = draw_all(control, widening)
    output.write_text(document(plan, zones), encoding="utf-8", newline="\n")
    total = total_m2(zones)
    print(f"streets widened by {2 * widening:+.3f} m; total {total / 1e6:.6f} km²", file=sys.stderr)
    for zone, rings in zones.items():
        area = sum(area_m2(ring) for ring in rings)
        print(f"{zone:15} {area / 1e6:.4f} km²  {area / total:.4f}", file=sys.stderr)


if __name__ == "__main__":
    main()
