"""The maps of the page of revisions: what one changed, and two of them beside, over or faded into one another."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
import streamlit as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from streamlit_folium import st_folium

from geoplan.area import piece_areas
from geoplan.arrays import objects
from geoplan.crs import to_lonlat
from geoplan.diff import Comparison
from geoplan.diff.counted import counted_ground
from geoplan.diff.rows import ZoneRow
from geoplan.output import figures
from geoplan.output.escape import for_html
from geoplan.output.map import (
    Bounds,
    MapScene,
    Overlay,
    Pick,
    Shape,
    drawn_zones,
    folium_map,
    map_scene,
    update_group,
)
from geoplan.output.map.drawing import around
from geoplan.types import Text, ZoneId
from geoplan.ui.history_look import Pair, changed_rows, name_of, view_of
from geoplan.ui.mapview import (
    HEIGHT,
    KEY,
    Compare,
    MapState,
    event_of,
    map_links,
    picked_by,
    place_of,
    show_map,
    state_json,
)
from geoplan.ui.opening import Stamp
from geoplan.ui.texts import TEXTS
from geoplan.ui.visit import Visit, pick
from geoplan.workflow import PlanView

BESIDE = "gp-map-beside"
_HIDDEN = ("zones", "labels", "facilities")
_LAYERS = {"before": "history_before_layer", "after": "history_after_layer"}
# What became of ground that changed: how it is drawn, what the legend and a piece of it say.
_ROLES = {"gained": "gained", "handed": "draft", "lost": "lost"}
_LEGEND = {"gained": "history_gained", "handed": "history_handed", "lost": "history_lost"}
_PIECES = {"gained": "history_gained_by", "handed": "history_handed_by", "lost": "history_lost_by"}


def show_revision(visit: Visit, comparison: Comparison | None) -> None:
    """Show the revision of a visit, with the ground it gained and lost against the one before."""
    overlays = (_kept_pieces(visit, comparison),) if comparison is not None and changed_rows(comparison) else ()
    state = MapState(overlays=overlays, focus=place_of(visit.view, visit.address.pick), turn=_turn(visit, "timeline"))
    show_map(visit, state)


def show_over(visit: Visit, comparison: Comparison, pair: Pair, mode: str) -> None:
    """Show both sides on one map, with a curtain to move or one fading into the other."""
    names = [name_of(number, visit.language) for number in (pair.before, pair.after)]
    zone = _zone(visit)
    state = MapState(
        overlays=(*_sides(visit, pair), _kept_pieces(visit, comparison), *_chosen(comparison, zone)),
        without=_HIDDEN,
        focus=focus_on(comparison, zone) or _whole(comparison),
        turn=_turn(visit, f"compare-{pair.before}-{pair.after}"),
        compare=Compare(("before",), ("after",), names[0], names[1], "swipe" if mode == "swipe" else "opacity"),
        without_pick=True,
    )
    show_map(visit, state, on_pick=_picked)


def show_beside(visit: Visit, comparison: Comparison, pair: Pair) -> None:
    """Show both sides on two maps that move together; what is hidden in the legend of one stays on the other."""
    together = st.session_state.setdefault("gp-together", secrets.token_urlsafe(9))
    zone = _zone(visit)
    titles = ("history_was", "history_is")
    sides = zip(st.columns(2, gap="small"), (pair.before, pair.after), (KEY, BESIDE), titles, strict=True)
    for column, number, key, title in sides:
        view = view_of(visit, number)
        state = MapState(
            overlays=(_kept_pieces(visit, comparison), *_chosen(comparison, zone)),
            without=("facilities",),
            focus=focus_on(comparison, zone) or _whole(comparison),
            turn=_turn(visit, f"beside-{pair.before}-{pair.after}"),
            without_pick=True,
        )
        scene = _scene(view.plan.id, visit.stamp, number, visit.language, view)
        with column, st.container(key=f"gp-beside-{title}"):
            said = f"{for_html(visit.say(title))}<small>{for_html(name_of(number, visit.language))}</small>"
            st.html(f'<div class="gp-side-name">{said}</div>')
            _beside(key, state_json(visit, state, scene) | {"together": together})


def pieces_overlay(comparison: Comparison) -> Overlay:
    """Return the ground that changed, each piece once: new to a zone, passed from one to another, or in none any more.

    Each is named by its zone and its area (ellipsoidal, m²); a click picks the zone.
    """
    rows = changed_rows(comparison)
    gaining = [row for row in rows if row.moved_in is not None and not row.moved_in.is_empty]
    losing = [row for row in rows if row.moved_out is not None and not row.moved_out.is_empty]
    gained, lost = (objects([row.moved_in for row in gaining]), objects([row.moved_out for row in losing]))
    left, entered = shapely.union_all(lost), shapely.union_all(gained)
    found = [
        *_pieces("gained", gaining, shapely.difference(gained, left), comparison),
        *_pieces("handed", gaining, shapely.intersection(gained, left), comparison),
        *_pieces("lost", losing, shapely.difference(lost, entered), comparison),
    ]
    legend = tuple((_ROLES[what], TEXTS[_LEGEND[what]]) for what in _ROLES)
    return Overlay("pieces", TEXTS["history_pieces"], tuple(found), legend)


def _pieces(what: str, rows: Sequence[ZoneRow], pieces: NDArray[np.object_], comparison: Comparison) -> Iterator[Shape]:
    """Yield the pieces without hairs of rounding; the area is that of what is shown."""
    kept = counted_ground(list(pieces), comparison.crs, comparison.tolerance)
    there = np.array([piece is not None for piece in kept], dtype=np.bool_)
    areas = np.nan_to_num(piece_areas(kept[there], comparison.crs))
    placed = to_lonlat(kept[there], comparison.crs) if there.any() else kept[there]
    owners = (row for row, is_there in zip(rows, there.tolist(), strict=True) if is_there)
    for row, shape, area in zip(owners, placed, areas.tolist(), strict=True):
        if area > 0:
            yield Shape(shape, _ROLES[what], _piece_name(what, row.name, area), Pick("zone", row.id))


def focus_on(comparison: Comparison, zone: ZoneId | None) -> Bounds | None:
    """Return the surroundings of a zone as it was and as it is, in lon, lat; None for one of neither side."""
    shapes = [shape for row in comparison.rows if row.id == zone for shape in _both(row)]
    return _box(_degrees(shapes, comparison))


def _whole(comparison: Comparison) -> Bounds | None:
    return _box(_degrees([shape for row in comparison.rows for shape in _both(row)], comparison))


def _box(placed: Sequence[BaseGeometry]) -> Bounds | None:
    bounds = shapely.total_bounds(objects(placed)) if len(placed) else np.array([np.nan])
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = bounds.tolist()
    return around((west, south, east, north), 200.0)


def _sides(visit: Visit, pair: Pair) -> tuple[Overlay, Overlay]:
    return (
        _side_overlay("before", visit, pair.before),
        _side_overlay("after", visit, pair.after),
    )


def _side_overlay(role: str, visit: Visit, number: int) -> Overlay:
    """Return the zones of one side in their own colours, with the outline that tells the two sides apart."""
    zones, _ = drawn_zones(view_of(visit, number))
    shapes = tuple(Shape(zone.geometry, role, zone.name, Pick("zone", zone.id), zone.colour) for zone in zones)
    template = TEXTS[_LAYERS[role]]
    label = Text(*(template.get(code).format(name=name_of(number, code)) for code in ("en", "zh")))
    return Overlay(role, label, shapes, ((role, label),))


def _chosen(comparison: Comparison, zone: ZoneId | None) -> tuple[Overlay, ...]:
    shapes = [shape for row in comparison.rows if row.id == zone for shape in _both(row)]
    if not shapes:
        return ()
    made = tuple(Shape(shape.boundary, "chosen") for shape in _degrees(shapes, comparison))
    return (Overlay("chosen-zone", TEXTS["history_chosen"], made),)


def _both(row: ZoneRow) -> list[BaseGeometry]:
    sides = (row.change.before, row.change.after)
    found = [side.geometry for side in sides if side is not None]
    return [shape for shape in found if shape is not None and not shape.is_empty]


def _degrees(shapes: Sequence[BaseGeometry], comparison: Comparison) -> list[BaseGeometry]:
    return list(to_lonlat(objects(shapes), comparison.crs)) if shapes else []


def _piece_name(what: str, zone: Text, area_m2: float) -> Text:
    template = TEXTS[_PIECES[what]]
    said = (
        template.get(code).format(zone=zone.get(code), area=figures.square_metres(area_m2, code))
        for code in ("en", "zh")
    )
    return Text(*said)


def _beside(key: str, told: dict[str, object]) -> None:
    st_folium(
        folium_map(map_links()),
        key=key,
        height=HEIGHT,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=update_group(told),
        on_change=lambda: _happened(key),
    )


def _happened(key: str) -> None:
    chosen = picked_by(event_of(st.session_state.get(key)))
    if chosen is not None:
        _picked(chosen)


def _picked(chosen: Pick) -> None:
    if chosen.kind == "zone":
        pick(chosen, move=False)


def _zone(visit: Visit) -> ZoneId | None:
    here = visit.address.pick
    return here.id if here is not None and here.kind == "zone" else None


def _turn(visit: Visit, what: str) -> str:
    return visit.turn(f"{what}-{visit.address.revision}")


@st.cache_resource(max_entries=16, show_spinner=False)
def _scene(plan: str, stamp: Stamp, number: int, language: str, _view: PlanView) -> MapScene:  # noqa: ARG001 - the key
    return map_scene(_view, language)


def _kept_pieces(visit: Visit, comparison: Comparison) -> Overlay:
    sides = (comparison.before.revision, comparison.after.revision)
    return _made_pieces(visit.view.plan.id, visit.stamp, sides, comparison)


@st.cache_resource(max_entries=16, show_spinner=False)
def _made_pieces(plan: str, stamp: Stamp, sides: tuple[int | None, int | None], _comparison: Comparison) -> Overlay:  # noqa: ARG001
    return pieces_overlay(_comparison)
