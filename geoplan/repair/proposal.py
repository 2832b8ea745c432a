"""The proposal: all steps in turn until nothing changes, every change in the ledger, limits that refuse the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import shapely

from geoplan.area import piece_areas
from geoplan.crs import metres_per_unit, require_projected
from geoplan.repair.cleaning import drop_heights, drop_repeated_vertices, make_valid, orient
from geoplan.repair.pieces import close_gaps, close_overlaps
from geoplan.repair.shapes import Bools, Reach, Shapes, Step, changed
from geoplan.repair.snapping import moves, snap
from geoplan.types import Text, Tolerance, ZoneId
from geoplan.zones import ZoneLayer, feature_labels

# In this order: what a later step needs, an earlier one has seen to.
STEPS: tuple[tuple[str, Step], ...] = (
    ("heights", drop_heights),
    ("repeated-vertices", drop_repeated_vertices),
    ("orientation", orient),
    ("validity", make_valid),
    ("snapping", snap),
    ("overlaps", close_overlaps),
    ("gaps", close_gaps),
)
_ROUNDS = 8  # what one step leaves another may find; two rounds are usual, the last of which changes nothing


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one step did to one zone: areas in m² before and after it, ground gained and lost, vertices moved.

    `after_m2 − before_m2` is `gained_m2 − lost_m2` to 1e-6 of the area, and the entries of a zone
    follow each other: each begins with the area that the one before left. Where the shape before was
    invalid, only the net change of area is known. `parts_before − parts_after` parts fell off or were joined.
    """

    zone: ZoneId
    step: str
    before_m2: float
    after_m2: float
    gained_m2: float
    lost_m2: float
    vertices_before: int
    vertices_after: int
    vertices_moved: int
    largest_move_m: float
    parts_before: int
    parts_after: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a repair is refused, and the zone it is about (None for the whole)."""

    zone: ZoneId | None
    reason: Text


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposed repair. `layer` is the repaired layer, None when it is `refused`; `ledger` is there either way."""

    layer: ZoneLayer | None
    ledger: tuple[LedgerEntry, ...]
    refused: tuple[Refusal, ...]
    tolerance: Tolerance
    limit_share: float
    limit_m2: float

    @property
    def changed(self) -> tuple[ZoneId, ...]:
        """Return the zones that the repair changes, sorted."""
        return tuple(sorted({entry.zone for entry in self.ledger}))

    def records(self) -> tuple[Mapping[str, Any], ...]:
        """Return the ledger as plain values for JSON and the store of revisions."""
        return tuple(asdict(entry) for entry in self.ledger)


@dataclass(frozen=True, slots=True)
class _Limits:
    share: float
    m2: float

    def exceeded_by(self, change_m2: float, area_m2: float) -> bool:
        return change_m2 > self.m2 or change_m2 > self.share * area_m2


def propose(
    layer: ZoneLayer,
    *,
    ids: Sequence[ZoneId] | None = None,
    tolerance: Tolerance | None = None,
    limit_share: float = 0.001,
    limit_m2: float = 100.0,
) -> Repair:
    """Return what could be mended in a layer in a projected CRS, or why that is refused.

    `ids` name the zones in the ledger (such as `Matching.labels`; "#1", "#2", … if not given). The
    repair is refused when a zone would vanish, gain or lose more than `limit_share` of its area or more
    than `limit_m2`, or when a vertex would move by more than the width tolerance.
    Raises CrsError for a layer in degrees: project it first.
    """
    require_projected(layer.crs)
    held_to = tolerance or Tolerance()
    labels = tuple(ids) if ids is not None else feature_labels([""] * len(layer))
    reach = Reach(held_to, held_to.width_m / metres_per_unit(layer.crs), layer.crs)
    shapes, ledger, settled = _run(layer.geometry, labels, reach)
    refused = _refusals(labels, (layer.geometry, shapes), ledger, _Limits(limit_share, limit_m2), reach)
    if not settled:
        refused.append(Refusal(None, Text("the repair does not come to rest.", "修复未能收敛。")))
    repaired = None if refused else replace(layer, geometry=shapes)
    return Repair(repaired, tuple(ledger), tuple(refused), held_to, limit_share, limit_m2)


def _run(shapes: Shapes, labels: Sequence[ZoneId], reach: Reach) -> tuple[Shapes, list[LedgerEntry], bool]:
    """Return the shapes after all steps, the ledger, and whether a last round changed nothing."""
    ledger: list[LedgerEntry] = []
    for _ in range(_ROUNDS):
        entries = []
        for name, step in STEPS:
            mended = step(shapes, reach)
            which = changed(shapes, mended)
            if which.any():
                entries += _entries(name, labels, (shapes, mended), which, reach)
                shapes = mended
        if not entries:
            return shapes, ledger, True
        ledger += entries
    return shapes, ledger, False


def _entries(
    step: str, labels: Sequence[ZoneId], pair: tuple[Shapes, Shapes], which: Bools, reach: Reach
) -> list[LedgerEntry]:
    """Return the ledger's entries for the shapes that a step changed."""
    before, after = (shapes[which] for shapes in pair)
    old, new = _areas(before, reach), _areas(after, reach)
    gained, lost = np.maximum(new - old, 0.0), np.maximum(old - new, 0.0)
    sound = np.asarray(shapely.is_valid(before) & shapely.is_valid(after))
    for figures, one, other in ((gained, after, before), (lost, before, after)):
        pieces = shapely.difference(one[sound], other[sound])
        figures[sound] = np.nan_to_num(piece_areas(_polygons(pieces), reach.crs))
    moved, largest = moves(before, after) if step == "snapping" else (np.zeros(len(before), int), np.zeros(len(before)))
    return [
        LedgerEntry(
            zone=labels[place],
            step=step,
            before_m2=float(old[row]),
            after_m2=float(new[row]),
            gained_m2=float(gained[row]),
            lost_m2=float(lost[row]),
            vertices_before=int(shapely.get_num_coordinates(before[row])),
            vertices_after=int(shapely.get_num_coordinates(after[row])),
            vertices_moved=int(moved[row]),
            largest_move_m=float(largest[row]) * metres_per_unit(reach.crs),
            parts_before=int(shapely.get_num_geometries(before[row])),
            parts_after=int(shapely.get_num_geometries(after[row])),
        )
        for row, place in enumerate(np.flatnonzero(which).tolist())
    ]


def _refusals(
    labels: Sequence[ZoneId],
    pair: tuple[Shapes, Shapes],
    ledger: Sequence[LedgerEntry],
    limits: _Limits,
    reach: Reach,
) -> list[Refusal]:
    """Return why the repair is refused, zone by zone."""
    refused = []
    areas = [_areas(shapes, reach) for shapes in pair]
    changes: dict[ZoneId, list[LedgerEntry]] = {}
    for entry in ledger:
        changes.setdefault(entry.zone, []).append(entry)
    for place, zone in enumerate(labels):
        entries = changes.get(zone, [])
        before, after = float(areas[0][place]), float(areas[1][place])
        gained, lost = sum(entry.gained_m2 for entry in entries), sum(entry.lost_m2 for entry in entries)
        way = largest_way_m(entries, pair[0][place], pair[1][place], reach)
        if entries and after <= 0.0:
            refused.append(Refusal(zone, Text(f"{before:,.2f} m² would vanish.", f"{before:,.2f} m² 将消失。")))
        elif limits.exceeded_by(max(gained, lost), before):
            refused.append(Refusal(zone, _beyond(gained, lost, limits)))
        elif way > reach.tolerance.width_m * (1.0 + 1e-6):
            far = Text(f"a vertex would move by {way:.3f} m.", f"有节点将移动 {way:.3f} m。")
            refused.append(Refusal(zone, far))
    return refused


def largest_way_m(entries: Sequence[LedgerEntry], before: Any, after: Any, reach: Reach) -> float:
    """Return how far in metres a vertex of a zone was moved by all its entries together, or an upper bound of it.

    Ways of several rounds add up at most; where a vertex is nearer than that to one of the repaired zone, that counts.
    A vertex that another step took away has none near, and then their sum is all that is known.
    """
    ways = [entry.largest_move_m for entry in entries if entry.step == "snapping"]
    if len(ways) < 2:
        return sum(ways)
    _, largest = moves(*(np.array([shape, None], dtype=object)[:1] for shape in (before, after)))
    return min(sum(ways), float(largest[0]) * metres_per_unit(reach.crs))


def _beyond(gained: float, lost: float, limits: _Limits) -> Text:
    share = f"{limits.share * 100:g} %"
    return Text(
        f"would gain {gained:,.4f} m² and lose {lost:,.4f} m²; the limit is {share} and {limits.m2:g} m².",
        f"将增加 {gained:,.4f} m²、减少 {lost:,.4f} m²；限值为 {share} 和 {limits.m2:g} m²。",
    )


def _areas(shapes: Shapes, reach: Reach) -> Any:
    """Return areas in m², 0 for what has none."""
    return np.nan_to_num(piece_areas(shapely.force_2d(shapes), reach.crs))


def _polygons(shapes: Shapes) -> Shapes:
    """Return the polygons of each shape as one geometry, None without any."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    merged = np.full(len(shapes), None, dtype=object)
    if polygons.any():
        shapely.multipolygons(parts[polygons], indices=owner[polygons], out=merged)
    return merged
