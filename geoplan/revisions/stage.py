"""From the features of a file to the zones of a plan: matched by key, name and shape, one feature per zone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.diff import ChangeKind, ZoneSet, between
from geoplan.match import Matching, folded, match_zones
from geoplan.plan import Plan
from geoplan.revisions.values import How, MatchedFeature
from geoplan.types import Text, Tolerance, ZoneId
from geoplan.zones import ZoneLayer, as_text, feature_labels, polygonal

LEAST_SHARE = 0.5  # of intersection over union: no two current zones that do not overlap can both reach it
_ROUNDING = 1e-9
_BATCH = 1 << 16  # features that are held against the current zones at a time
_PLAIN = frozenset((str, int, bool, type(None)))  # kinds of values that are Python's own already
OWN_FIELDS = ("id", "name_en", "name_zh")
# What GDAL's drivers for KML and DXF add to every feature by themselves; it changes with every export.
_KML_FIELDS = frozenset(
    ("timestamp", "begin", "end", "altitudemode", "tessellate", "extrude", "visibility", "draworder", "icon", "snippet")
)
_DXF_FIELDS = frozenset(("entityhandle", "subclasses", "paperspace"))


@dataclass(frozen=True, slots=True)
class Staged:
    """The features of a file as zones of a plan: `layer` has the fields id, name_en, name_zh and the file's others."""

    layer: ZoneLayer
    matched: tuple[MatchedFeature, ...]

    @property
    def ids(self) -> tuple[ZoneId, ...]:
        """Return the zone id of each feature."""
        return tuple(feature.zone for feature in self.matched)


def stage(layer: ZoneLayer, plan: Plan, current: ZoneLayer | None, *, id_field: str | None = None) -> Staged:
    """Return the features of a layer as zones of a plan; `current` are its present zones, in the layer's CRS.

    Features are matched by id, alias and name; what is left by shape, to the one current zone that it
    shares most of its ground with; and only then, in file order, to zones whose names are not published.
    Raises InputError when there is no field `id_field`.
    """
    matching = match_zones(layer, plan, id_field=id_field)
    rows = _matched(layer, plan, matching, current)
    ids = [row.zone for row in rows]
    stored = _stored_names(current)
    names = [_name(plan, zone, own, stored) for zone, own in zip(ids, matching.names, strict=True)]
    own = {
        "id": objects(ids),
        "name_en": objects([name.en for name in names]),
        "name_zh": objects([name.zh for name in names]),
    }
    return Staged(replace(layer, fields=own | _others(layer.fields, own)), rows)


def joined(layer: ZoneLayer, ids: Sequence[ZoneId]) -> ZoneLayer:
    """Return the layer with one feature per zone: several become its parts, with the fields of the first."""
    if len(set(ids)) == len(layer):
        return layer
    places: dict[ZoneId, list[int]] = {}
    for place, zone in enumerate(ids):
        places.setdefault(zone, []).append(place)
    single = layer.take([group[0] for group in places.values()])
    geometry = single.geometry.copy()
    for row, group in enumerate(places.values()):
        if len(group) > 1:
            shapes = [shape for shape in layer.geometry[group] if shape is not None]
            geometry[row] = shapely.union_all(shapely.make_valid(np.array(shapes, dtype=object), method="structure"))
    return replace(single, geometry=geometry)


def keep_unchanged(layer: ZoneLayer, current: ZoneLayer, tolerance: Tolerance) -> ZoneLayer:
    """Return the layer with the stored geometry of every zone that did not change, to the last bit, and stored order.

    Both have one feature per zone and are in one CRS. A zone is unchanged when its boundary lies within
    the tolerance of the stored one, as `geoplan.diff.between` decides; then what it is stored as is kept,
    its fields too where their values are the same.
    """
    old_ids, new_ids = current.text("id"), layer.text("id")
    diff = between(ZoneSet.from_layer(current, old_ids), ZoneSet.from_layer(layer, new_ids), tolerance=tolerance)
    stored = {zone: place for place, zone in enumerate(old_ids)}
    places = np.array([stored.get(zone, -1) for zone in new_ids], dtype=np.int64)
    order = np.argsort(np.where(places < 0, len(stored), places), kind="stable")
    kept, places = layer.take(order.tolist()), places[order]
    row_of = {zone: row for row, zone in enumerate(kept.text("id"))}
    told = {row_of[change.id]: change for change in diff.changes if change.id in row_of}
    places[[row for row, change in told.items() if change.kind is not ChangeKind.UNCHANGED]] = -1
    rows = np.flatnonzero(places >= 0)
    geometry = kept.geometry.copy()
    geometry[rows] = current.geometry[places[rows]]
    differing = [(row, set(change.fields)) for row, change in told.items() if places[row] >= 0]
    fields = {}
    for name, values in kept.fields.items():
        fields[name] = values.copy()
        if name in current.fields:
            same = np.setdiff1d(rows, [row for row, names in differing if name in names])
            fields[name][same] = _plain_column(current.fields[name][places[same]])
    return replace(kept, geometry=geometry, fields=fields)


def _matched(layer: ZoneLayer, plan: Plan, matching: Matching, current: ZoneLayer | None) -> tuple[MatchedFeature, ...]:
    taken_in_order = {zone: place for place, zone in enumerate(matching.zones) if zone and zone in matching.filled}
    named = {place: zone for place, zone in enumerate(matching.zones) if zone and zone not in taken_in_order}
    open_places = [place for place in range(len(layer)) if place not in named]
    shapes = _by_shape(layer, open_places, current, set(named.values()))
    claimed = {zone for zone, _ in shapes.values()}
    # Zones without a published name are filled in file order only while none of them has a shape to go by.
    ordered = {} if claimed else {place: zone for zone, place in taken_in_order.items()}
    values = layer.text(matching.field) if matching.field else ("",) * len(layer)
    keys = _keys(values, matching)
    rows = []
    used = {*named.values(), *claimed, *ordered.values()}
    for place, key in enumerate(keys):
        if place in named:
            row = MatchedFeature(place + 1, named[place], _how(plan, values[place], named[place]), key)
        elif place in shapes:
            zone, share = shapes[place]
            # A feature that stands where the zone of its own key stands is not known by its shape alone.
            how, told = (How.ID, None) if key == zone else (How.SHAPE, share)
            row = MatchedFeature(place + 1, zone, how, key, told)
        elif place in ordered:
            row = MatchedFeature(place + 1, ordered[place], How.ORDER, key)
        else:
            row = MatchedFeature(place + 1, f"#{place + 1}" if key in used else key, How.NEW, key)
        rows.append(row)
    return tuple(rows)


def _keys(values: tuple[str, ...], matching: Matching) -> tuple[str, ...]:
    """Return what the file itself calls each feature: its value in the field that decided, its name, or its place."""
    if all(values):
        return values
    shown = [
        value or (name.zh if not name.zh.startswith("#") else "")
        for value, name in zip(values, matching.names, strict=True)
    ]
    return feature_labels(shown)


def _how(plan: Plan, text: str, zone: ZoneId) -> How:
    value = folded(text)
    declared = plan.zone_by_id[zone]
    if value == folded(zone):
        return How.ID
    return How.NAME if value in (folded(declared.name.en), folded(declared.name.zh)) else How.ALIAS


def _by_shape(
    layer: ZoneLayer, places: Sequence[int], current: ZoneLayer | None, taken: set[ZoneId]
) -> dict[int, tuple[ZoneId, float]]:
    """Return for features that no key tells which current zone they are, and the overlap share that says so."""
    if current is None or not places:
        return {}
    ids = current.text("id") if "id" in current.fields else ("",) * len(current)
    known = polygonal(current.geometry).tolist()
    free = [row for row, zone in enumerate(ids) if zone and known[row] and zone not in taken]
    usable = polygonal(layer.geometry).tolist()
    solid = [place for place in places if usable[place]]
    if not free or not solid:
        return {}
    features, zones, shares = _common_ground(layer.geometry[solid], current.geometry[free])
    # A feature with two such zones, or a zone with two such features, is left for a person to decide.
    single = (np.bincount(features)[features] == 1) & (np.bincount(zones)[zones] == 1)
    rows = zip(*(column[single].tolist() for column in (features, zones, shares)), strict=True)
    return {solid[i]: (ids[free[j]], share) for i, j, share in rows}


def _common_ground(one: NDArray[Any], other: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the pairs of polygons that share at least half of their ground: two places and the share, in three arrays.

    Of a city's parcels nearly all are as they were: for these, and for pairs whose boxes have too little in
    common, no geometry needs to be worked out. Each has some ten neighbours: pairs are tried a part at a time.
    """
    one, other = _valid(one), _valid(other)
    tree = shapely.STRtree(other)
    parts = [_sharing(one[start : start + _BATCH], other, tree, start) for start in range(0, max(len(one), 1), _BATCH)]
    first, second, shares = (np.concatenate(column) for column in zip(*parts, strict=True))
    return first, second, shares


def _sharing(
    one: NDArray[Any], other: NDArray[Any], tree: shapely.STRtree, start: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the pairs of some polygons, the first of which is at the place `start`, with those in the tree."""
    i, j = tree.query(one)
    boxes = _box_overlaps(shapely.bounds(one[i]), shapely.bounds(other[j]))
    most = np.minimum(boxes, np.minimum(shapely.area(one[i]), shapely.area(other[j])))
    likely = _share(most, one[i], other[j]) >= LEAST_SHARE - _ROUNDING
    i, j = i[likely], j[likely]
    shares = np.ones(len(i))
    differs = np.flatnonzero(~shapely.equals_exact(one[i], other[j], tolerance=0.0))
    shared = shapely.area(shapely.intersection(one[i[differs]], other[j[differs]]))
    shares[differs] = _share(shared, one[i[differs]], other[j[differs]])
    enough = shares >= LEAST_SHARE
    return start + i[enough], j[enough], shares[enough]


def _valid(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return the shapes, those that are not valid made so."""
    invalid = ~shapely.is_valid(shapes)
    found = shapes.copy()
    found[invalid] = shapely.make_valid(shapes[invalid], method="structure")
    return found


def _share(shared: NDArray[Any], one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return intersection over union of pairs of polygons, of the area they share."""
    union = shapely.area(one) + shapely.area(other) - shared
    return np.asarray(shared / np.maximum(union, np.finfo(float).tiny))


def _box_overlaps(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return the area that pairs of boxes share, which is at least what is shared by what lies in them."""
    sides = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    return np.asarray(np.prod(np.maximum(sides, 0.0), axis=1))


def _name(plan: Plan, zone: ZoneId, own: Text, stored: Mapping[ZoneId, tuple[str, str]]) -> Text:
    """Return the name to store: the plan's where it is published, else what the file calls the feature.

    A file without names does not take away the name that is stored already.
    """
    declared = plan.zone_by_id.get(zone)
    if declared is not None and declared.named:
        return declared.name
    unnamed = own.en.startswith("#") or own.en == zone or folded(own.en) == folded(zone)
    if not unnamed and (declared is None or own != declared.name):
        return own
    known = Text(*stored[zone]) if zone in stored else declared.name if declared else own
    return Text.same(zone) if known.en.startswith("#") else known


def _stored_names(current: ZoneLayer | None) -> dict[ZoneId, tuple[str, str]]:
    if current is None or not set(OWN_FIELDS) <= set(current.fields):
        return {}
    ids, english, chinese = (current.text(name) for name in OWN_FIELDS)
    return dict(zip(ids, zip(english, chinese, strict=True), strict=True))


def _others(fields: Mapping[str, NDArray[Any]], own: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the file's other fields; one that is called as ours but says something else becomes source_…."""
    kept: dict[str, NDArray[Any]] = {}
    for name, values in fields.items():
        plain, folded_name = _plain_column(values), name.casefold()
        if folded_name in _DXF_FIELDS or (folded_name in _KML_FIELDS and len(set(map(as_text, plain))) <= 1):
            continue
        if folded_name not in OWN_FIELDS:
            kept[name] = plain
            continue
        pairs = zip(plain.tolist(), own[folded_name].tolist(), strict=True)
        if any(value != mine and as_text(value) not in ("", as_text(mine)) for value, mine in pairs):
            kept[_free(f"source_{name.casefold()}", {*fields, *kept})] = plain
    return kept


def _free(name: str, taken: set[str]) -> str:
    known = {other.casefold() for other in taken}
    candidates = (name, *(f"{name}_{number}" for number in range(2, len(known) + 3)))
    return next(candidate for candidate in candidates if candidate.casefold() not in known)


def _listed(values: NDArray[Any]) -> list[Any]:
    """Return an array as a list; times in microseconds, since numpy turns finer ones into bare integers."""
    return list((values.astype("datetime64[us]") if values.dtype.kind == "M" else values).tolist())


def _plain_column(values: NDArray[Any]) -> NDArray[Any]:
    """Return a column as Python's own values; there is nothing to find out about each of a column of text."""
    listed = _listed(values)
    return objects(listed if set(map(type, listed)) <= _PLAIN else [_plain(value) for value in listed])


def _plain(value: Any) -> Any:
    """Return a value as Python's own, None for every kind of "no value"."""
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if type(value).__name__ in ("NAType", "NaTType") else value
