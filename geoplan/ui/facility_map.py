"""The map of the page of facilities: those that are listed, which ground they serve and which they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shapely

from geoplan.arrays import objects
from geoplan.crs import to_lonlat
from geoplan.facility_counts import PlacedFacility
from geoplan.output import figures
from geoplan.output.map import Overlay, Pick, Shape
from geoplan.service import ServiceCoverage
from geoplan.types import Text
from geoplan.ui.mapview import Find, MapState, place_of, show_map
from geoplan.ui.texts import TEXTS
from geoplan.ui.visit import Visit, pick

MAX_PIECES = 1_000  # the largest; smaller ones could not be seen
_DETAIL_M = 0.2  # finer than a screen shows of a neighbourhood
_PIECE = "piece-"


def facility_map(
    visit: Visit,
    shown: Sequence[PlacedFacility],
    found: ServiceCoverage | None,
    piece: int | None,
    on_piece: Callable[[int], None],
    find: Find | None,
) -> None:
    """Show the map with the facilities `shown`, or with the ground served by those that were `found` to serve it.

    While somebody types, it shows those that `find` finds.
    `piece` is the place of the uncovered piece that is chosen; `on_piece` is told of one clicked on.
    """
    ids = tuple(one.facility.id for one in shown) if found is None else tuple(one.id for one in found.counted)
    focus: shapely.Geometry | tuple[float, float, float, float] | None = place_of(visit.view, visit.address.pick)
    overlays: tuple[Overlay, ...] = ()
    if found is not None:
        overlays = (service_overlay(found, piece),)
        if piece is not None:
            focus = _degrees(found, [found.uncovered[piece].geometry])[0]
    # With nothing to look at the map keeps its view, whatever the filters leave.
    turn = visit.turn("facilities") if focus is not None else None
    state = MapState(overlays=overlays, shown=ids, focus=focus, turn=turn, find=find)
    show_map(visit, state, on_pick=lambda chosen: _picked(chosen, on_piece))


def service_overlay(found: ServiceCoverage, piece: int | None) -> Overlay:
    """Return the served ground and the uncovered pieces, each to be picked; the chosen `piece` stands out."""
    names = {zone.id: zone.name for zone in found.zones}
    pieces = found.uncovered[:MAX_PIECES]
    shapes = [Shape(shape, "service") for shape in _degrees(found, [found.served])]
    for place, (one, shape) in enumerate(zip(pieces, _degrees(found, [each.geometry for each in pieces]), strict=True)):
        role = "chosen" if place == piece else "uncovered"
        shapes.append(Shape(shape, role, _piece_name(names[one.zone], one.area_m2), Pick("shape", f"{_PIECE}{place}")))
    legend = (("service", TEXTS["facilities_served"]), ("uncovered", TEXTS["facilities_gap"]))
    return Overlay("service", TEXTS["facilities_panel_coverage"], tuple(shapes), legend)


def _piece_name(zone: Text, area_m2: float) -> Text:
    area = figures.square_kilometres(area_m2)
    template = TEXTS["facilities_piece_name"]
    return Text(template.en.format(zone=zone.en, area=area), template.zh.format(zone=zone.zh, area=area))


def _degrees(found: ServiceCoverage, geometries: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return geometries of the result in degrees, as light as a screen can show, without those that are empty."""
    light = shapely.simplify(objects(geometries), _DETAIL_M)
    return [shape for shape in to_lonlat(light, found.crs) if not shape.is_empty]


def _picked(chosen: Pick, on_piece: Callable[[int], None]) -> None:
    if chosen.kind in ("zone", "facility"):
        pick(chosen, move=False)
    elif chosen.id.startswith(_PIECE) and chosen.id[len(_PIECE) :].isdecimal():
        on_piece(int(chosen.id[len(_PIECE) :]))
