"""The map on a page: it shows a state, and tells what a person picked or drew on it.

The component stays the same on every page, so the browser loads it once. A rerun sends a few hundred
bytes: which scene and overlays (the browser fetches each once, by address), what is picked, what is hidden.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import shapely
import streamlit as st
from shapely.geometry.base import BaseGeometry
from streamlit_folium import st_folium

from geoplan.basemaps.link import BasemapLink
from geoplan.inspection import Offset
from geoplan.output.assets import AssetLinks
from geoplan.output.map import (
    Bounds,
    MapScene,
    Overlay,
    Pick,
    corners,
    digest,
    drawn_zones,
    folium_map,
    map_scene,
    overlay_payload,
    update_group,
)
from geoplan.output.map.drawing import around, bounds_of, one_shifted
from geoplan.pyramid import FabricView
from geoplan.ui.deposit import deposit
from geoplan.ui.state import MAX_ID
from geoplan.ui.texts import LANGUAGES
from geoplan.ui.visit import Visit, pick
from geoplan.workflow import PlanView

HEIGHT = 480  # pixels until the style sheet, which knows the window, takes over
ROOT = "../.."  # the component's frame lies at component/NAME/index.html, so the app is two folders up
KEY = "gp-map"
_HELD = "gp-held-scene"
MAX_TURNED = 200  # zones of a plan whose map the browser holds in every language
MAX_FOUND = 2_000  # facilities the browser filters while somebody types
MAX_DRAWN = 5_000_000  # characters of what a browser may say was drawn

Kind = Literal["zone", "facility", "finding", "shape"]


@dataclass(frozen=True, slots=True)
class Compare:
    """Overlays held against each other: ids to the `left` and `right` of a curtain, or fading into one another."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    left_name: str
    right_name: str
    mode: Literal["swipe", "opacity"] = "swipe"


@dataclass(frozen=True, slots=True)
class Find:
    """What the map filters by while somebody types: the searched text of each facility, folded, and which are `among`.

    The page's answer comes after and is what counts; the map only need not wait for it.
    """

    texts: Mapping[str, str]
    among: Collection[str]


@dataclass(frozen=True, slots=True)
class MapState:
    """What a map shows besides its plan.

    `shown` are the ids of the facilities to show (None: all), `hidden` categories left out, `without`
    whole parts ("zones", "facilities", "lines", "labels"). `focus` (lon, lat) is brought into view
    whenever `turn` is another than before; a map that is not told to move keeps its view. `draw` is
    what can be drawn, as the script of the browser takes it. With `room_above` the map keeps its upper
    left corner free for controls of the page.
    """

    overlays: tuple[Overlay, ...] = ()
    shown: Collection[str] | None = None
    hidden: Collection[str] = ()
    without: Collection[str] = ()
    focus: BaseGeometry | Bounds | None = None
    turn: str | None = None
    compare: Compare | None = None
    draw: Mapping[str, object] | None = None
    basemap: BasemapLink | None = None
    notices: tuple[str, ...] = ()
    without_pick: bool = False
    room_above: bool = False
    find: Find | None = None


def show_map(
    visit: Visit,
    state: MapState | None = None,
    *,
    on_pick: Callable[[Pick], None] | None = None,
    on_drawn: Callable[[tuple[Mapping[str, Any], ...]], None] | None = None,
    view: PlanView | None = None,
) -> None:
    """Show the plan of a visit on the map, or another `view` of it, in a state.

    A click picks a zone or facility in the address unless `on_pick` says otherwise, which also gets
    findings and shapes; `on_drawn` gets the features that were drawn. Both are called before the page runs.
    """
    asked = state or MapState()
    offset = asked.basemap.offset if asked.basemap is not None else None
    scene = _scene(visit, view or visit.view, offset)
    told = state_json(visit, asked, scene) | {"marks": on_pick is None and not asked.without_pick}
    if view is None:
        told["tongues"] = _tongues(visit, offset)
    st_folium(
        folium_map(map_links()),
        key=KEY,
        height=HEIGHT,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=update_group(told),
        on_change=lambda: _happened(on_pick, on_drawn),
    )


def place_of(view: PlanView, chosen: Pick | None) -> Bounds | None:
    """Return the surroundings of a zone or facility in lon, lat; None for nothing picked, and for what has no place."""
    if chosen is None:
        return None
    if chosen.kind == "zone":
        if isinstance(view, FabricView):
            parts = [shape.bounds for shape in view.fabric.outline(chosen.id)]
        else:
            parts = [zone.geometry.bounds for zone in drawn_zones(view)[0] if zone.id == chosen.id]
        if not parts:
            return None
        west, south, east, north = zip(*parts, strict=True)
        return around((min(west), min(south), max(east), max(north)))
    place = next((one for one in (*view.facilities, *view.network) if one.id == chosen.id), None)
    if place is None or place.point is None:
        return None
    return around(bounds_of(place.point), max(place.accuracy_m or 0.0, 600.0))


def map_links() -> AssetLinks:
    """Return the links the map's frame loads: one script and one style sheet, with the libraries in them."""
    whole = f"{ROOT}/assets/map/{digest()}"
    return AssetLinks((f"{whole}.js",), (f"{whole}.css",))


def state_json(visit: Visit, state: MapState, scene: MapScene) -> dict[str, object]:
    """Return the state as the browser's script takes it; what is heavy is deposited, and named by its address."""
    basemap = state.basemap
    offset = basemap.offset if basemap is not None else None
    chosen = None if state.without_pick else visit.address.pick
    told_as = "info" if offset in (None, Offset.NONE) else "shift"
    told: dict[str, object] = {
        "scene": _link(scene.payload),
        "overlays": [_link(overlay_payload(overlay, visit.language, offset)) for overlay in state.overlays],
        "pick": {"kind": chosen.kind, "id": chosen.id} if chosen is not None else None,
        "shown": sorted(state.shown) if state.shown is not None else None,
        "hidden": sorted(state.hidden),
        "without": sorted(state.without),
        "notices": [
            *({"kind": told_as, "text": one.get(visit.language)} for one in (basemap.notices if basemap else ())),
            *({"kind": "info", "text": text} for text in state.notices),
        ],
        "basemap": _basemap(basemap, visit.language),
        "draw": state.draw,
        "room_above": state.room_above,
    }
    if state.find is not None and len(state.find.texts) <= MAX_FOUND:
        texts = json.dumps(state.find.texts, ensure_ascii=False, separators=(",", ":"))
        told["find"] = _link(texts) | {"among": sorted(state.find.among)}
    if state.turn is not None:
        told["turn"] = state.turn
    if state.focus is not None:
        told["focus"] = corners(_bounds(state.focus, offset))
    if state.compare is not None:
        compare = state.compare
        names = {"left_name": compare.left_name, "right_name": compare.right_name}
        told["compare"] = names | {"left": compare.left, "right": compare.right, "mode": compare.mode}
    return told


def event_of(value: object) -> Mapping[str, Any]:
    """Return what the browser says happened, {} for anything that is no event of ours."""
    event = value.get("geoplan") if isinstance(value, dict) else None
    return event if isinstance(event, dict) else {}


def picked_by(event: Mapping[str, Any]) -> Pick | None:
    """Return what an event picked, None when it picked nothing."""
    kind: Any = event.get("kind")
    identifier = event.get("id")
    if kind not in get_args(Kind) or not isinstance(identifier, str) or not 0 < len(identifier) <= MAX_ID:
        return None
    return Pick(kind, identifier)


def drawn_by(event: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the GeoJSON features an event drew, () when it drew none; their geometry is not looked at yet."""
    features = event.get("features") if event.get("kind") == "drawn" else None
    if not isinstance(features, list) or len(json.dumps(features)) > MAX_DRAWN:
        return ()
    return tuple(feature for feature in features if isinstance(feature, dict))


def _happened(
    on_pick: Callable[[Pick], None] | None, on_drawn: Callable[[tuple[Mapping[str, Any], ...]], None] | None
) -> None:
    event = event_of(st.session_state.get(KEY))
    chosen = picked_by(event)
    if chosen is not None and on_pick is not None:
        on_pick(chosen)
    elif chosen is not None and chosen.kind in ("zone", "facility"):
        pick(chosen, move=event.get("move") is True)  # a row names what the map may not show
    elif on_drawn is not None and (drawn := drawn_by(event)):
        on_drawn(drawn)


def _scene(visit: Visit, view: PlanView, offset: Offset | None) -> MapScene:
    here = visit.address
    if view is not visit.view:  # a draft: the same object while nothing of it changes
        held = st.session_state.get(_HELD)
        if held is None or held[0] is not view or held[1] != (here.language, offset):
            held = (view, (here.language, offset), map_scene(view, here.language, offset=offset))
            st.session_state[_HELD] = held
        scene: MapScene = held[2]
        return scene
    return _kept_scene(view.plan.id, visit.stamp, (here.revision, here.language, offset), view)


def _tongues(visit: Visit, offset: Offset | None) -> dict[str, dict[str, str]]:
    """Return the scenes in the other languages by what a click on them reads: the map turns before the page does."""
    here, view = visit.address, visit.view
    if view.layer is not None and len(view.layer.geometry) > MAX_TURNED:
        return {}
    others = [language for language in LANGUAGES if language != here.language]
    return {
        LANGUAGES[other]: _link(_kept_scene(view.plan.id, visit.stamp, (here.revision, other, offset), view).payload)
        for other in others
    }


@st.cache_resource(max_entries=32, show_spinner=False)
def _kept_scene(
    plan: str,  # noqa: ARG001 - part of the key
    stamp: object,  # noqa: ARG001 - part of the key: a changed plan is drawn anew
    asked: tuple[int | None, str, Offset | None],
    _view: PlanView,
) -> MapScene:
    _, language, offset = asked
    return map_scene(_view, language, offset=offset)


def _link(payload: str) -> dict[str, str]:
    return {"link": f"{ROOT}/{deposit(payload.encode(errors='surrogatepass'), 'application/json')}"}


def _basemap(link: BasemapLink | None, language: str) -> dict[str, object] | None:
    if link is None:
        return None
    return {
        "url": f"{ROOT}/{link.url}",
        "attribution": link.attribution.get(language),
        "min_zoom": link.min_zoom,
        "max_zoom": link.max_zoom,
        "tile_size": link.tile_size,
    }


def _bounds(focus: BaseGeometry | Bounds, offset: Offset | None) -> Bounds:
    if isinstance(focus, tuple):
        return bounds_of(one_shifted(shapely.box(*focus), offset))
    return around(bounds_of(one_shifted(focus, offset)), 60.0)
