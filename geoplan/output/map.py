"""The map of a plan: an opened plan (`workflow.PlanView`) → a folium map that needs no basemap and no internet.

Geometry is shown in lon, lat (WGS84 = CGCS2000 here) with 6 decimals (0.1 m). Everything a person
wrote (names, sources) reaches the page as JSON in which every character but letters, digits and a few
harmless ones is an escape sequence, and is set as text, never as markup: folium's own tooltips and
popups put names into JavaScript and HTML, where a name can run.
"""

from __future__ import annotations

import hashlib
import json
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

import folium
import numpy as np
import shapely
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.crs import to_lonlat
from geoplan.match import match_zones
from geoplan.output import figures, style
from geoplan.output.assets import AssetLinks
from geoplan.output.escape import clip, for_html, visible
from geoplan.output.labels import AWAITED_NOTE, loaded_sentence
from geoplan.output.map_script import PICK_SCRIPT, SCENE_SCRIPT, STYLE
from geoplan.plan import Plan
from geoplan.result import CheckResult
from geoplan.types import Facility, Text, ZoneId
from geoplan.zones import ZoneLayer, polygonal

DECIMALS = 6  # of a degree: 0.1 m, finer than any screen
MAX_VERTICES = 60_000  # more than this is simplified for display, shared edges staying shared
MAX_LABELS = 300  # more cannot be read, and every one is a mark on the page
MAX_LABEL = 60  # characters

_HARMLESS = frozenset(string.ascii_letters + string.digits + " ,.-")

Bounds: TypeAlias = tuple[float, float, float, float]  # west, south, east, north in degrees
WORLD: Bounds = (-150.0, -55.0, 170.0, 70.0)

WORDS: Mapping[str, Text] = {
    "north": Text("North is up", "上方为北"),
    "zoom_in": Text("Zoom in", "放大"),
    "zoom_out": Text("Zoom out", "缩小"),
    "home": Text("Show the whole plan", "显示整个规划"),
    "legend": Text("Legend", "图例"),
    "zones": Text("Zones", "分区"),
    "facilities": Text("Facilities", "设施"),
    "accuracy": Text("Accuracy of the place picked", "所选位置的精度范围"),
    "indicative": Text("Indicative boundaries — not official", "示意边界 — 非官方边界"),
    "draft": Text("Draft boundaries — not official", "草案边界 — 非官方边界"),
    "simplified": Text("outlines simplified for display", "轮廓已为显示简化"),
    "degrees": Text("WGS 84 degrees", "WGS 84 经纬度"),
    "unknown_category": Text("Other", "其他"),
}


class OpenedPlan(Protocol):
    """What a map is drawn from. `workflow.PlanView` is one; this module lies below it and cannot name it."""

    @property
    def plan(self) -> Plan:
        """Return the plan."""

    @property
    def layer(self) -> ZoneLayer | None:
        """Return the boundaries, None when none is published."""

    @property
    def result(self) -> CheckResult:
        """Return the result of the plan's checks."""

    @property
    def facilities(self) -> tuple[Facility, ...]:
        """Return the facilities, located or not."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What is picked: a zone or a facility, by its id."""

    kind: Literal["zone", "facility"]
    id: str


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A feature as the map shows it: its zone id, name, fill, area in m² (None unknown) and lon/lat geometry."""

    id: ZoneId
    name: Text
    colour: str
    area_m2: float | None
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class MapScene:
    """A map as plain values, the same for the same content: safe JSON, zones and bounds, and a digest of it all."""

    payload: str
    zones: tuple[DrawnZone, ...]
    bounds: Bounds
    digest: str


def map_scene(view: OpenedPlan, language: str) -> MapScene:
    """Return what the map of a plan shows, with its texts in `language`; a large layer is simplified."""
    zones, simplified = drawn_zones(view)
    located = [facility for facility in view.facilities if facility.point is not None]
    colours = category_colours(view)
    bounds = _bounds(zones, located)
    payload = script_json(
        {
            "language": "zh-CN" if language.startswith("zh") else "en",
            "zones": _collection(
                (
                    zone.geometry,
                    {"kind": "zone", "id": zone.id, "name": visible(zone.name.get(language)), "colour": zone.colour}
                    | {"dashes": _dashes(view.plan.status)},
                )
                for zone in zones
            ),
            "places": _collection(
                (
                    place.point,
                    {"kind": "facility", "id": place.id, "name": visible(place.name.get(language))}
                    | {"colour": colours[place.category]},
                )
                for place in located
            ),
            "labels": _labels(zones, located, language),
            "legend": (legend := legend_html(view, zones, language)),
            "rows": legend.count("<li"),
            "notices": _notices(view, language),
            "attribution": _attribution(view, simplified, language),
            "outline": style.OUTLINE,
            "view": _corners(bounds),
            "texts": {name: WORDS[name].get(language) for name in ("north", "zoom_in", "zoom_out", "home")},
        }
    )
    digest = hashlib.sha256(payload.encode()).hexdigest()[:16]
    return MapScene(payload, zones, bounds, digest)


def drawn_zones(view: OpenedPlan) -> tuple[tuple[DrawnZone, ...], bool]:
    """Return the zones that have a polygon, in file order, and whether their outlines were simplified."""
    layer = view.layer
    if layer is None:
        return (), False
    matching = match_zones(layer, view.plan)
    geometry = to_lonlat(layer.geometry, layer.crs)
    usable = polygonal(geometry)
    usable[usable] = np.isfinite(shapely.bounds(geometry[usable])).all(axis=1)
    places = np.flatnonzero(usable)
    shown, simplified = _display(geometry[places])
    order = {zone.id: place for place, zone in enumerate(view.plan.zones)}
    areas = _areas(view)
    return tuple(
        DrawnZone(
            id=(label := matching.labels[place]),
            name=matching.names[place],
            colour=style.zone_colour(order.get(label, len(order) + int(place))),
            area_m2=areas.get(label),
            geometry=outline,
        )
        for place, outline in zip(places, shown, strict=True)
    ), simplified


def category_colours(view: OpenedPlan) -> dict[str, str]:
    """Return a colour per facility category of the plan; the same in map, tables and cards."""
    named = [category.id for category in view.plan.categories]
    return style.category_colours([*named, *(facility.category for facility in view.facilities)])


def category_name(view: OpenedPlan, category: str) -> Text:
    """Return what the plan calls a facility category; its id, or "Other", without a name."""
    names = {entry.id: entry.name for entry in view.plan.categories}
    return names.get(category, Text.same(category) if category else WORDS["unknown_category"])


def folium_map(scene: MapScene, links: AssetLinks) -> folium.Map:
    """Return a new folium map of a scene that loads only `links`: no tiles, no script but Leaflet and ours."""
    west, south, east, north = scene.bounds
    drawing = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=11,
        zoom_control=False,
        font_size="13px",
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
        min_zoom=2,
        max_zoom=20,
    )
    drawing.default_js = [("leaflet", links.scripts[0])] + [(link, link) for link in links.scripts[1:]]
    drawing.default_css = [(link, link) for link in links.styles]
    figure = drawing.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a folium map is always put into a figure")
    figure.header.add_child(Element(STYLE), name="geoplan_style")
    drawing.add_child(_Scene(scene.payload))
    return drawing


def pick_layer(view: OpenedPlan, scene: MapScene, pick: Pick | None, *, move: bool) -> folium.FeatureGroup:
    """Return the layer that marks what is picked, with its accuracy circle; `move` brings it into view.

    Nothing picked, or nothing that has a place, gives an empty layer that `move`s back to the whole plan.
    """
    shape, at, accuracy, target = None, None, None, scene.bounds
    if pick is not None and pick.kind == "zone":
        parts = [zone.geometry for zone in scene.zones if zone.id == pick.id]
        if parts:
            picked = shapely.unary_union([shapely.make_valid(part) for part in parts])
            shape, target = _collection([(picked, {})]), _around(_bounds_of(picked))
    elif pick is not None:
        place = next((f for f in view.facilities if f.id == pick.id and f.point is not None), None)
        if place is not None and place.point is not None:
            at, accuracy = [round(place.point.y, DECIMALS), round(place.point.x, DECIMALS)], place.accuracy_m
            target = _around(_bounds_of(place.point), max(accuracy or 0.0, 600.0))
    group = folium.FeatureGroup()
    data = {"shape": shape, "at": at, "accuracy": accuracy, "ink": style.INK, "dashes": _dashes(view.plan.status)}
    group.add_child(_Mark(script_json(data | {"view": _corners(target) if move else None})))
    return group


def legend_html(view: OpenedPlan, zones: tuple[DrawnZone, ...], language: str) -> str:
    """Return the legend as HTML: the zones (the first 12), the categories on the map, the accuracy circle."""

    def said(key: str) -> str:
        return for_html(WORDS[key].get(language))

    rows: list[str] = []
    if zones:
        line = "solid" if view.plan.status == "official" else "dashed"
        rows.append(f'<li class="gp-head">{said("zones")}</li>')
        rows += [
            f'<li><i style="background:{zone.colour}70;border:1.3px {line} {style.OUTLINE}"></i>'
            f"<span>{for_html(clip(zone.name.get(language), MAX_LABEL))}</span></li>"
            for zone in zones[:12]
        ]
        rows += [f"<li>… +{len(zones) - 12}</li>"] if len(zones) > 12 else []
    colours = category_colours(view)
    used = {facility.category for facility in view.facilities if facility.point is not None}
    if used:
        rows.append(f'<li class="gp-head">{said("facilities")}</li>')
        rows += [
            f'<li><i class="gp-dot" style="background:{colours[category]}"></i>'
            f"<span>{for_html(clip(category_name(view, category).get(language), MAX_LABEL))}</span></li>"
            for category in sorted(used)
        ]
        rows.append(f'<li><i class="gp-ring"></i><span>{said("accuracy")}</span></li>')
    return f"<details><summary>{said('legend')}</summary><ul>{''.join(rows)}</ul></details>"


def script_json(value: object) -> str:
    """Return JSON that is plain data wherever a script carries it.

    Inside strings everything but ASCII letters, digits, space, comma, point and hyphen is an escape
    sequence. So no string can end a script element, a template literal or a string, be taken for a
    template expression, or be rewritten by the programs that pass the script on (streamlit-folium
    replaces names such as `_x1` and expressions such as `{{ 'x' }}` in the whole script).
    """
    return re.sub(r'"(?:[^"\\]|\\.)*"', _escaped_string, json.dumps(value, allow_nan=False, separators=(",", ":")))


def _escaped_string(match: re.Match[str]) -> str:
    text: str = json.loads(match.group())
    units = text.encode("utf-16-be", "surrogatepass")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return '"' + "".join(chr(code) if chr(code) in _HARMLESS else f"\\u{code:04x}" for code in codes) + '"'


class _Script(MacroElement):
    """A piece of our own script with its data, for folium to carry; `{{` and `{%` in it mean nothing to jinja."""

    script: ClassVar[str] = ""
    _template = Template("{% macro script(this, kwargs) %}{{ this.code() }}{% endmacro %}")

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = type(self).__name__.strip("_").lower()
        self.data = data

    def code(self) -> str:
        """Return the script with the names of this element and its parents, which folium may change, filled in."""
        parent: Any = self._parent
        whole = parent if isinstance(parent, folium.Map) else parent._parent
        names = {"__NAME__": self.get_name(), "__GROUP__": parent.get_name(), "__MAP__": whole.get_name()}
        # The data comes last: what it holds is never looked at for names.
        filled = re.sub("|".join(names), lambda match: names[match.group()], self.script)
        before, _, after = filled.partition("__DATA__")
        return before + self.data + after


class _Scene(_Script):
    script = SCENE_SCRIPT


class _Mark(_Script):
    script = PICK_SCRIPT


def _display(geometry: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    """Return outlines light enough to send and to draw, and whether that took simplifying.

    Edges shared by two zones stay shared: a gap or overlap on the map is one in the data.
    """
    if not len(geometry) or shapely.get_num_coordinates(geometry).sum() <= MAX_VERTICES:
        return geometry, False
    west, south, east, north = shapely.total_bounds(geometry)
    tolerance = max(east - west, north - south) / 20_000
    shown = geometry
    for _ in range(12):
        shown = shapely.coverage_simplify(geometry, tolerance)
        if shapely.get_num_coordinates(shown).sum() <= MAX_VERTICES:
            break
        tolerance *= 2
    return shown, True


def _areas(view: OpenedPlan) -> dict[ZoneId, float | None]:
    measured = view.result.measurement
    return {} if measured is None else {zone.id: zone.area_m2(measured.method) for zone in measured.zones}


def _collection(features: Iterable[tuple[BaseGeometry | None, Mapping[str, object]]]) -> dict[str, object]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": dict(properties), "geometry": _rounded(geometry)}
            for geometry, properties in features
            if geometry is not None
        ],
    }


def _rounded(geometry: BaseGeometry) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return round(float(value), DECIMALS)

    if geometry.geom_type == "GeometryCollection":
        geometry = shapely.multipolygons([part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"])
    described = shapely.geometry.mapping(shapely.force_2d(geometry))
    return {"type": described["type"], "coordinates": plain(described["coordinates"])}


def _labels(zones: tuple[DrawnZone, ...], located: list[Facility], language: str) -> list[dict[str, object]]:
    """Return the labels in the order they claim room: zones by size, then facilities in their own order."""
    by_size = sorted(zones, key=lambda zone: -(zone.area_m2 or 0.0))
    labels: list[dict[str, object]] = []
    for zone in by_size:
        parts = shapely.get_parts(zone.geometry)
        at = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
        area = f"{figures.square_kilometres(zone.area_m2, language)} {figures.unit('km2', language)}"
        labels.append({"kind": "zone", "at": _at(at), "lines": [_short(zone.name, language), area]})
    labels += [
        {"kind": "place", "at": _at(place.point), "lines": [_short(place.name, language)]}
        for place in located
        if place.point is not None
    ]
    return labels[:MAX_LABELS]


def _short(name: Text, language: str) -> str:
    return clip(visible(name.get(language)), MAX_LABEL)


def _notices(view: OpenedPlan, language: str) -> list[dict[str, str]]:
    reference = view.result.plan
    if view.layer is None:
        declared = reference.declared if reference is not None else 0
        text = loaded_sentence(0, declared) if declared else AWAITED_NOTE
        return [{"kind": "empty", "text": text.get(language)}]
    if view.plan.status in ("indicative", "draft"):
        return [{"kind": "status", "text": WORDS[view.plan.status].get(language)}]
    return []


def _attribution(view: OpenedPlan, simplified: bool, language: str) -> str:
    """Return where the drawing comes from, as HTML (Leaflet sets it as markup)."""
    wanted = dict.fromkeys(zone.source for zone in view.plan.zones if zone.source)
    titles = [view.plan.source_by_id[source].title.get(language) for source in wanted if source is not None]
    parts = [view.plan.name.get(language), *titles, WORDS["degrees"].get(language)]
    parts += [WORDS["simplified"].get(language)] if simplified else []
    return for_html(" · ".join(clip(part, 90) for part in parts))


def _dashes(status: str) -> str | None:
    return " ".join(f"{length:g}" for length in style.boundary_dashes(status)) or None


def _bounds(zones: Iterable[DrawnZone], located: Iterable[Facility]) -> Bounds:
    shapes = [*(zone.geometry for zone in zones), *(facility.point for facility in located)]
    if not shapes:
        return WORLD
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    box = (float(west), float(south), float(east), float(north))
    return box if max(east - west, north - south) > 0.002 else _around(box)


def _bounds_of(geometry: BaseGeometry) -> Bounds:
    west, south, east, north = geometry.bounds
    return (west, south, east, north)


def _around(box: Bounds, radius_m: float = 400.0) -> Bounds:
    """Return a box with at least `radius_m` of surroundings on every side (1° of latitude is some 111 km)."""
    west, south, east, north = box
    high = radius_m / 111_000
    wide = high / max(float(np.cos(np.radians((south + north) / 2))), 0.05)
    return (west - wide, max(south - high, -85.0), east + wide, min(north + high, 85.0))


def _corners(box: Bounds) -> list[list[float]]:
    west, south, east, north = (round(value, DECIMALS) for value in box)
    return [[south, west], [north, east]]


def _at(point: shapely.Point) -> list[float]:
    return [round(point.y, DECIMALS), round(point.x, DECIMALS)]
