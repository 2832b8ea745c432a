"""The map of an update: where each reading would put it, then what it changes, held against the current zones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
import streamlit as st
from shapely.geometry.base import BaseGeometry

from geoplan.output.map import Bounds, Overlay, Pick, Shape, drawn_zones
from geoplan.output.map.drawing import around
from geoplan.types import Text
from geoplan.ui.basemap_choice import choose_basemap
from geoplan.ui.draft_map import changes_overlay
from geoplan.ui.finding_map import findings_overlay, focus_of
from geoplan.ui.mapview import Compare, MapState, place_of, show_map
from geoplan.ui.texts import TEXTS
from geoplan.ui.update_desk import Desk, choose
from geoplan.ui.update_look import Found, Preview
from geoplan.ui.update_words import reading_words
from geoplan.ui.visit import Visit, pick
from geoplan.workflow import PlanView

_MODES = {
    "changes": "update_show_changes",
    "swipe": "update_show_swipe",
    "fade": "update_show_fade",
    "theirs": "update_show_theirs",
}
# Readings are told apart by fill, colour-blind safe.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#AA4499", "#7A868E", "#D55E00")


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is laid over the map and where it looks."""

    overlays: tuple[Overlay, ...] = ()
    focus: BaseGeometry | Bounds | None = None
    compare: Compare | None = None
    without: tuple[str, ...] = ()


def show_update_map(visit: Visit, desk: Desk, view: PlanView) -> None:
    """Show the map as far as the update has come."""
    with st.container(key="gp-over-map"), st.container(horizontal=True, vertical_alignment="center", gap="small"):
        basemap = choose_basemap(visit.language)
        scene = _scene(visit, desk, view)
    state = MapState(
        overlays=scene.overlays,
        focus=scene.focus,
        turn=visit.turn("update"),
        without=scene.without,
        compare=scene.compare,
        basemap=basemap,
        room_above=True,
    )

    def picked(what: Pick) -> None:
        if what.kind == "finding":
            desk.finding = what.id
        elif what.kind == "shape":
            pick_reading(desk, what.id)
        elif what.kind in ("zone", "facility"):
            pick(what, move=False)

    show_map(visit, state, on_pick=picked, view=view)


def _scene(visit: Visit, desk: Desk, view: PlanView) -> _Scene:
    here = place_of(view, visit.address.pick)
    shown = desk.shown
    if shown is not None and shown.result.comparison is not None:
        return _previewed(visit, desk, view, shown)
    if desk.found is not None and desk.found.inspection is not None and desk.found.inspection.crs.chosen is None:
        return _Scene(sketches(desk, desk.found), _around_readings(desk.found, view), without=("facilities",))
    done = desk.published
    if done is not None and done.comparison is not None:
        return _Scene((changes_overlay(done.comparison),), here or _extent(view), without=("facilities",))
    return _Scene(focus=here)


def _previewed(visit: Visit, desk: Desk, view: PlanView, shown: Preview) -> _Scene:
    modes = ["changes", "swipe", "fade"] + (["theirs"] if desk.conflict is not None else [])
    if view.layer is None:
        modes = ["changes"]
    mode = "changes"
    if len(modes) > 1:
        mode = (
            st.segmented_control(
                visit.say("update_show"),
                modes,
                default="theirs" if desk.conflict is not None else "changes",
                format_func=lambda name: visit.say(_MODES[name]),
                key=f"gp-update-mode-{desk.again}-{desk.conflict is not None}",
                label_visibility="collapsed",
            )
            or "changes"
        )
    result = shown.result
    check = result.check
    chosen = next((one for one in check.findings if one.id == desk.finding), None) if check else None
    focus: BaseGeometry | Bounds | None = _whole(shown, view)
    if check is not None and chosen is not None:
        focus = focus_of(replace(view, result=check), chosen)
    findings = (findings_overlay(check, check.findings, chosen),) if check is not None and check.findings else ()
    before, after, changes = shown.before, shown.after, shown.changes
    if mode == "theirs" and desk.conflict is not None:
        return _Scene((changes_overlay(desk.conflict.theirs),), focus, without=("facilities",))
    if mode in ("swipe", "fade") and before is not None and after is not None:
        names = visit.say("update_map_before"), visit.say("update_map_after")
        compare = Compare(("before",), ("after",), *names, mode="swipe" if mode == "swipe" else "opacity")
        return _Scene((before, after), focus, compare, ("zones", "facilities"))
    overlays = tuple(one for one in (_outlines(after), changes) if one is not None)
    return _Scene((*overlays, *findings), focus, without=("facilities",))


def _outlines(after: Overlay | None) -> Overlay | None:
    """Return the incoming zones as outlines over the current ones."""
    if after is None:
        return None
    shapes = tuple(Shape(one.geometry, "context", one.name) for one in after.shapes)
    return Overlay("incoming", TEXTS["update_map_after"], shapes, (("context", TEXTS["update_map_after"]),))


def sketches(desk: Desk, found: Found) -> tuple[Overlay, ...]:
    """Return where each reading would put the zones, each in a colour of its own; a click on one chooses it."""
    overlays = []
    for place, (candidate, sketch) in enumerate(zip(found.candidates, found.sketches, strict=True)):
        if sketch is None:
            continue
        name = Text(*(f"{place + 1}: {reading_words(candidate, language)}" for language in ("en", "zh")))
        role = "chosen" if candidate == desk.choice else "incoming"
        colour = _COLOURS[place % len(_COLOURS)]
        parts = shapely.get_parts(sketch)
        shapes = tuple(Shape(part, role, name, Pick("shape", str(place)), colour) for part in parts)
        number = TEXTS["update_reading"]
        label = Text(number.en.format(number=place + 1), number.zh.format(number=place + 1))
        overlays.append(Overlay(f"reading-{place}", label, shapes))
    return tuple(overlays)


def pick_reading(desk: Desk, place: str) -> None:
    """Choose the reading whose sketch was clicked; anything else a browser says is passed over."""
    found = desk.found
    if found is None or not (place.isascii() and place.isdecimal() and int(place) < len(found.candidates)):
        return
    choose(desk, found.candidates[int(place)])
    st.session_state[reading_key(desk)] = int(place)


def reading_key(desk: Desk) -> str:
    """Return the key of the control that chooses a reading: another one for every upload and way to read it."""
    reading = desk.reading
    return f"gp-update-reading-{desk.turn}-{desk.upload[:12]}-{reading.layer}-{reading.encoding}-{reading.crs}"


def _around_readings(found: Found, view: PlanView) -> Bounds | None:
    there = [
        sketch.bounds
        for candidate, sketch in zip(found.candidates, found.sketches, strict=True)
        if sketch is not None and candidate.lands_on_site
    ]
    zones = _extent(view)
    return _united([*there, *([zones] if zones else [])])


def _whole(shown: Preview, view: PlanView) -> Bounds | None:
    zones = _extent(view)
    drawn = [shape.geometry.bounds for shape in (shown.after.shapes if shown.after else ())]
    return _united([*drawn, *([zones] if zones else [])])


def _extent(view: PlanView) -> Bounds | None:
    return _united([zone.geometry.bounds for zone in drawn_zones(view)[0]])


def _united(boxes: list[Bounds]) -> Bounds | None:
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return around((float(low[0]), float(low[1]), float(high[2]), float(high[3])))
