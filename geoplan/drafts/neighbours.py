"""What a drawn boundary does to those beside it: joined to them, cut out of them, or kept clear of them.

Each is asked for by name and says in the ledger what it cost whom. docs/draw.md says when to take which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.crs import metres_per_unit
from geoplan.drafts.edits import gains
from geoplan.drafts.shapes import polygons_of, require_sound
from geoplan.drafts.values import Deed, Draft, Edit, with_rows
from geoplan.errors import InputError
from geoplan.types import Text, ZoneId
from geoplan.zones import polygonal

_SAME_M = 1e-6  # crossings of the same two edges, computed twice, are this close
_Points = NDArray[np.float64]


def overlapping(draft: Draft, zone: ZoneId) -> tuple[tuple[ZoneId, float], ...]:
    """Return the zones that a zone overlaps with the area in m², the largest first; nothing for unsound ones."""
    shape = draft.geometry(zone)
    if shape is None or not shape.is_valid:
        return ()
    found = _near(draft, zone, 0.0)
    pieces = {key: (None, shapely.intersection(shape, other)) for key, other in found.items() if other.is_valid}
    return tuple(
        sorted(((key, area) for key, area in gains(pieces, draft.zones.crs) if area > 0.0), key=lambda one: -one[1])
    )


def snapped(draft: Draft, zone: ZoneId, tolerance_m: float) -> Draft:
    """Return the draft with a zone's boundary joined to its neighbours' where it runs within the tolerance.

    A vertex near a neighbour's vertex goes there, one near a neighbour's edge onto it, and neighbours'
    vertices near its edges become its own: where both run together they then share every edge exactly. The
    neighbours stay as they are to the last bit. Raises InputError when the tolerance is too large for it:
    the outline would cross itself or vanish.
    """
    shape = require_sound(draft.geometry(zone) or shapely.Polygon())
    reach = tolerance_m / metres_per_unit(draft.zones.crs)
    beside = list(_near(draft, zone, reach).values())
    if not beside or reach <= 0:
        return draft.edited(draft.zones, Edit(Deed.SNAPPED, zone, ((zone, 0.0),)))
    magnet = _Magnet.of(beside, reach)
    moves: list[float] = []
    result = _per_ring(shape, lambda ring: magnet.join(ring, moves))
    if result is None or not result.is_valid or result.is_empty:
        raise InputError(
            Text(
                f"joining within {tolerance_m:g} m would make the outline of “{zone}” cross itself.",
                f"按 {tolerance_m:g} m 捕捉会使“{zone}”的轮廓自相交。",
            ),
            hint=Text("Take a smaller distance.", "请减小捕捉距离。"),
        )
    sound = require_sound(result)
    scale = metres_per_unit(draft.zones.crs)
    edit = Edit(
        Deed.SNAPPED,
        zone,
        gains({zone: (shape, sound)}, draft.zones.crs),
        moved=len(moves),
        farthest_m=max(moves, default=0.0) * scale,
    )
    return draft.edited(with_rows(draft.zones, {draft.place(zone): sound}, {}), edit)


def cut_from_neighbours(draft: Draft, zone: ZoneId) -> Draft:
    """Return the draft with a zone's ground taken from every zone it overlaps; the ledger says how much from whom.

    The zone gets the neighbours' new vertices, so that both sides share their edges exactly. Raises
    InputError when nothing would be left of a neighbour, naming it, and for an unsound one in the way.
    """
    shape = require_sound(draft.geometry(zone) or shapely.Polygon())
    others = {key: _sound_neighbour(key, draft.geometry(key)) for key, _ in overlapping_or_unsound(draft, zone)}
    rests = {key: polygons_of(shapely.difference(other, shape)) for key, other in others.items()}
    gone = [key for key, rest in rests.items() if rest.is_empty]
    if gone:
        raise InputError(
            Text(f"nothing would be left of “{gone[0]}”.", f"“{gone[0]}”将无剩余。"),
            hint=Text("Delete that zone first, or draw a smaller one.", "请先删除该分区，或缩小绘制范围。"),
        )
    if not rests:
        return draft.edited(draft.zones, Edit(Deed.CUT, zone, ((zone, 0.0),)))
    near = _SAME_M / metres_per_unit(draft.zones.crs)
    known = np.vstack([shapely.get_coordinates(list(others.values())), shapely.get_coordinates(shape)])
    joined = dict(zip(rests, _one_crossing(list(rests.values()), known, near), strict=True))
    own = _with_vertices_of(shape, list(joined.values()), near)
    places = {draft.place(key): rest for key, rest in joined.items()}
    edit = Edit(Deed.CUT, zone, gains({key: (others[key], rest) for key, rest in joined.items()}, draft.zones.crs))
    return draft.edited(with_rows(draft.zones, {**places, draft.place(zone): own}, {}), edit)


def kept_clear(draft: Draft, zone: ZoneId) -> Draft:
    """Return the draft with a zone trimmed to the ground no other zone has; the others stay to the last bit.

    Raises InputError when nothing is left of it, and for an unsound neighbour in the way.
    """
    shape = require_sound(draft.geometry(zone) or shapely.Polygon())
    others = [_sound_neighbour(key, draft.geometry(key)) for key, _ in overlapping_or_unsound(draft, zone)]
    rest = shape
    for other in others:
        rest = polygons_of(shapely.difference(rest, other))
    rest = require_sound(rest)
    edit = Edit(Deed.TRIMMED, zone, gains({zone: (shape, rest)}, draft.zones.crs))
    return draft.edited(with_rows(draft.zones, {draft.place(zone): rest}, {}), edit)


def overlapping_or_unsound(draft: Draft, zone: ZoneId) -> tuple[tuple[ZoneId, float], ...]:
    """Return the zones that a zone overlaps, and unsound ones at hand of which nobody can tell."""
    unsound = [(key, 0.0) for key, other in _near(draft, zone, 0.0).items() if not other.is_valid]
    return (*overlapping(draft, zone), *unsound)


def _near(draft: Draft, zone: ZoneId, reach: float) -> dict[ZoneId, BaseGeometry]:
    """Return the other zones within `reach` (in units of the CRS) of a zone, by id."""
    shape = draft.geometry(zone)
    if shape is None or shape.is_empty:
        return {}
    shapes = draft.zones.geometry
    solid = polygonal(shapes)
    tree = shapely.STRtree(np.where(solid, shapes, np.array(None, dtype=object)))
    ids = draft.ids
    found = sorted(tree.query(shape, predicate="dwithin", distance=reach).tolist())
    return {ids[place]: shapes[place] for place in found if ids[place] != zone}


def _sound_neighbour(key: ZoneId, shape: BaseGeometry | None) -> BaseGeometry:
    if shape is None or not shape.is_valid:
        raise InputError(
            Text(
                f"the boundary of “{key}” crosses itself, so nothing can be cut along it.",
                f"“{key}”的边界自相交，无法据此切割。",
            ),
            hint=Text("Draw that zone again first.", "请先重新绘制该分区。"),
        )
    return shape


@dataclass(frozen=True, slots=True)
class _Magnet:
    """The vertices and edges of neighbours that a boundary is joined to, within `reach` units."""

    vertices: _Points
    tree: shapely.STRtree
    lines: BaseGeometry
    reach: float

    @classmethod
    def of(cls, shapes: list[BaseGeometry], reach: float) -> _Magnet:
        vertices = np.unique(shapely.get_coordinates(shapes), axis=0)
        lines = shapely.multilinestrings([shapely.linestrings(ring.coords) for ring in _rings(shapes)])
        return cls(vertices, shapely.STRtree(shapely.points(vertices)), lines, reach)

    def join(self, ring: _Points, moves: list[float]) -> _Points:
        """Return a closed ring joined to the neighbours; the lengths of its vertices' ways are put into `moves`."""
        open_ring = ring[:-1].copy()
        points = shapely.points(open_ring)
        places, found = self.tree.query_nearest(points, max_distance=self.reach, all_matches=False)
        settled = np.zeros(len(open_ring), dtype=np.bool_)
        open_ring[places], settled[places] = self.vertices[found], True
        for place in np.flatnonzero(~settled & shapely.dwithin(points, self.lines, self.reach)).tolist():
            along = shapely.shortest_line(self.lines, points[place])
            open_ring[place] = shapely.get_coordinates(along)[0]
        ways = np.hypot(*(open_ring - ring[:-1]).T)
        moves += ways[ways > 0].tolist()
        return self._filled(open_ring)

    def _filled(self, ring: _Points) -> _Points:
        """Return the ring, closed, with the neighbours' vertices that lie along its edges put in their order."""
        starts, ends = ring, np.roll(ring, -1, axis=0)
        rows = []
        for start, end in zip(starts, ends, strict=True):
            rows.append(start)
            rows += _between(start, end, self.vertices, self.tree, self.reach)
        kept = [row for place, row in enumerate(rows) if place == 0 or (row != rows[place - 1]).any()]
        while len(kept) > 1 and (kept[0] == kept[-1]).all():
            kept.pop()
        return np.array([*kept, kept[0]])


def _between(start: _Points, end: _Points, vertices: _Points, tree: shapely.STRtree, reach: float) -> list[_Points]:
    """Return the vertices within reach of an edge and strictly between its ends, in the order they come."""
    length = float(np.hypot(*(end - start)))
    if length == 0.0:
        return []
    found = tree.query(shapely.linestrings([start, end]), predicate="dwithin", distance=reach)
    along = (vertices[found] - start) @ (end - start) / length
    inside = [
        (float(way), place)
        for way, place in zip(along, found.tolist(), strict=True)
        if 0.0 < way < length and (vertices[place] != start).any() and (vertices[place] != end).any()
    ]
    return [vertices[place] for _, place in sorted(inside)]


def _rings(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    return list(shapely.get_rings(shapely.get_parts(np.array(shapes, dtype=object))))


def _per_ring(shape: BaseGeometry, change: Callable[[_Points], _Points]) -> BaseGeometry | None:
    """Return a polygon with each of its rings changed; None when one has fewer than three corners left."""
    parts = []
    for part in shapely.get_parts(shape):
        rings = [change(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        if any(len(ring) < 4 for ring in rings):
            return None
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _one_crossing(shapes: list[BaseGeometry], known: _Points, near: float) -> list[BaseGeometry]:
    """Return shapes whose new vertices, where two of them are one crossing computed twice, are one."""
    old = {tuple(xy) for xy in known.tolist()}
    new = [xy for xy in np.unique(shapely.get_coordinates(shapes), axis=0).tolist() if tuple(xy) not in old]
    first: dict[tuple[float, float], tuple[float, float]] = {}
    for x, y in new:
        same = next(((a, b) for a, b in first.values() if abs(a - x) <= near and abs(b - y) <= near), (x, y))
        first[x, y] = same
    if all(key == value for key, value in first.items()):
        return shapes

    def moved(xy: _Points) -> _Points:
        return np.array([first.get((x, y), (x, y)) for x, y in xy.tolist()])

    return [shapely.transform(shape, moved) for shape in shapes]


def _with_vertices_of(shape: BaseGeometry, others: list[BaseGeometry], near: float) -> BaseGeometry:
    """Return a polygon with the vertices of others that lie on its edges put into its rings."""
    vertices = np.unique(shapely.get_coordinates(others), axis=0)
    magnet = _Magnet(vertices, shapely.STRtree(shapely.points(vertices)), shapely.MultiLineString(), near)
    filled = _per_ring(shape, lambda ring: magnet._filled(ring[:-1]))
    return shape if filled is None else require_sound(filled)
