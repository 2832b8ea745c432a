"""The edits of a draft: pure functions from one draft to the next, each with its line in the ledger.

No edit touches a zone it does not name, not by a bit; what happens to neighbours is asked for by its own
name (`geoplan.drafts.neighbours`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry
from shapely.ops import split as shapely_split

from geoplan.area import piece_areas
from geoplan.crs import norm_crs, project
from geoplan.drafts.shapes import DRAWN_M, TYPED_M, from_lonlat, polygons_of, require_sound, with_known_vertices
from geoplan.drafts.values import MAX_ZONES, Deed, Draft, Edit, checked_id, with_rows, without_row
from geoplan.errors import InputError, UsageError
from geoplan.types import Text, ZoneId
from geoplan.zones import as_text

BASIS, ACCURACY = "basis", "accuracy_m"
_BEFORE = "; before: "


def with_zone(
    draft: Draft, zone: ZoneId, shape: BaseGeometry, name: Text | None = None, *, pixel_m: float | None = None
) -> Draft:
    """Return the draft with a zone drawn anew or given another boundary; `shape` is in degrees (WGS 84).

    A vertex that lies where a stored one does is that vertex: within 0.1 m when drawn on a map, within 1 mm when
    given as numbers. `name` is kept when not given. `pixel_m` is
    how many metres one pixel was when it was drawn: no vertex is known better than that, which the fields
    basis and accuracy_m then say. Raises InputError for an outline that is no sound polygon, an id that
    cannot be used, or too many zones.
    """
    identifier = checked_id(zone)
    reach = TYPED_M if pixel_m is None else DRAWN_M
    placed = with_known_vertices(from_lonlat(shape, draft.zones.crs), draft.zones, reach)
    return placed_zone(draft, identifier, placed, name, pixel_m=pixel_m)


def placed_zone(
    draft: Draft, zone: ZoneId, shape: BaseGeometry, name: Text | None = None, *, pixel_m: float | None = None
) -> Draft:
    """Return the draft with a zone of this boundary, given in the draft's own CRS; as `with_zone`."""
    sound = require_sound(shape)
    there = zone in draft.ids
    before = draft.geometry(zone) if there else None
    edit = Edit(
        Deed.RESHAPED if there else Deed.DRAWN, zone, gains({zone: (before, sound)}, draft.zones.crs), pixel_m=pixel_m
    )
    told = _told(draft, zone, pixel_m) | _named(zone, name, there=there)
    if there:
        place = draft.place(zone)
        return draft.edited(with_rows(draft.zones, {place: sound}, {place: told}), edit)
    if len(draft.zones) >= MAX_ZONES:
        raise InputError(
            Text(f"a draft holds {MAX_ZONES:,} zones at most.", f"草案最多容纳 {MAX_ZONES:,} 个分区。"),
            where=draft.name,
            hint=Text("Load them as a file instead.", "请改为按文件加载。"),
        )
    return draft.edited(with_rows(draft.zones, {}, {}, [(sound, {"id": zone} | told)]), edit)


def without_zone(draft: Draft, zone: ZoneId) -> Draft:
    """Return the draft without a zone; UsageError when there is none."""
    place = draft.place(zone)
    gained = gains({zone: (draft.geometry(zone), None)}, draft.zones.crs)
    return draft.edited(without_row(draft.zones, place), Edit(Deed.REMOVED, zone, gained))


def renamed(draft: Draft, zone: ZoneId, name: Text) -> Draft:
    """Return the draft with another name for a zone; UsageError when there is none."""
    place = draft.place(zone)
    fields = {"name_en": name.en.strip() or zone, "name_zh": name.zh.strip() or zone}
    return draft.edited(with_rows(draft.zones, {}, {place: fields}), Edit(Deed.NAMED, zone))


def split(draft: Draft, zone: ZoneId, line: BaseGeometry, new: ZoneId, name: Text | None = None) -> Draft:
    """Return the draft with a zone split along a line (in degrees): the larger part stays, the other is `new`.

    Raises InputError when the line does not cross the zone once from side to side, UsageError when there is
    no such zone or `new` is taken.
    """
    place, identifier = draft.place(zone), checked_id(new)
    if identifier in draft.ids:
        raise UsageError(
            Text(f"there is a zone “{identifier}” already.", f"已存在分区“{identifier}”。"),
            hint=Text("Give the other part an id of its own.", "请为另一部分另取编号。"),
        )
    shape = require_sound(draft.geometry(zone) or shapely.Polygon())
    across = project([shapely.force_2d(line)], norm_crs("EPSG:4326"), draft.zones.crs)[0]
    count = shapely.get_num_geometries(shape)
    parts = _split_parts(shape, across)
    if len(parts) != count + 1:
        raise InputError(
            Text(
                f"the line must cross “{zone}” once, from one side to the other.",
                f"分割线须一次穿过“{zone}”，从一侧到另一侧。",
            ),
            hint=Text("Draw it a little beyond the boundary at both ends.", "请将两端略微画出边界之外。"),
        )
    ordered = sorted(parts, key=lambda part: part.area)
    taken = next(part for part in ordered if not any(part.equals(whole) for whole in shapely.get_parts(shape)))
    rest = polygons_of(shapely.geometrycollections([part for part in parts if part is not taken]))
    fields = {key: values[place] for key, values in draft.zones.fields.items()}
    fields |= {"id": identifier} | _named(identifier, name, there=False)
    layer = with_rows(draft.zones, {place: rest}, {}, [(taken, fields)])
    gained = gains({zone: (shape, rest), identifier: (None, taken)}, draft.zones.crs)
    return draft.edited(layer, Edit(Deed.SPLIT, zone, gained))


def merge(draft: Draft, zone: ZoneId, other: ZoneId) -> Draft:
    """Return the draft with `other` made a part of `zone`, whose id, names and fields it takes.

    The ledger's sum is what they overlapped by, with a minus. UsageError when there is no such zone or both are one.
    """
    if zone == other:
        raise UsageError(
            Text("a zone cannot be merged with itself.", "分区不能与自身合并。"),
            hint=Text("Choose another zone.", "请选择其他分区。"),
        )
    one, two = (require_sound(draft.geometry(key) or shapely.Polygon()) for key in (zone, other))
    whole = require_sound(polygons_of(shapely.union(one, two)))
    layer = without_row(with_rows(draft.zones, {draft.place(zone): whole}, {}), draft.place(other))
    gained = gains({zone: (one, whole), other: (two, None)}, draft.zones.crs)
    return draft.edited(layer, Edit(Deed.MERGED, zone, gained))


def gains(
    changed: Mapping[ZoneId, tuple[BaseGeometry | None, BaseGeometry | None]], crs: CRS
) -> tuple[tuple[ZoneId, float], ...]:
    """Return by how many m² on the ellipsoid each zone grew from its shape before to its shape after."""
    pairs = np.full((2, len(changed)), None, dtype=object)
    for row, (before, after) in enumerate(changed.values()):
        pairs[0, row], pairs[1, row] = before, after
    before_m2, after_m2 = (np.nan_to_num(piece_areas(shapes, crs)) for shapes in pairs)
    return tuple(zip(changed, (after_m2 - before_m2).tolist(), strict=True))


def _split_parts(shape: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    if line.geom_type != "LineString" or line.is_empty or not line.is_simple:
        return []
    return list(shapely.get_parts(shapely_split(shape, line)))


def _named(zone: ZoneId, name: Text | None, *, there: bool) -> dict[str, object]:
    if name is None:
        return {} if there else {"name_en": zone, "name_zh": zone}
    return {"name_en": name.en.strip() or zone, "name_zh": name.zh.strip() or zone}


def _told(draft: Draft, zone: ZoneId, pixel_m: float | None) -> dict[str, object]:
    """Return what a drawn boundary says of itself: how it is known, and how well at best.

    Of a zone that was there, the accuracy is the worse of both and what was said before is kept, since the
    vertices nobody touched are as they were.
    """
    place = draft.ids.index(zone) if zone in draft.ids else None
    fields = draft.zones.fields
    old = as_text(fields[BASIS][place]) if place is not None and BASIS in fields else ""
    how = (
        "Coordinates given as numbers (坐标录入)"
        if pixel_m is None
        else f"Drawn on screen, one pixel = {pixel_m:.3g} m (屏幕绘制，1 像素 = {pixel_m:.3g} m)"
    )
    kept = old.split(_BEFORE, 1)[-1] if _BEFORE in old or not _is_own(old) else ""
    told: dict[str, object] = {BASIS: f"{how}{_BEFORE}{kept}" if kept else how}
    known = _number(fields[ACCURACY][place]) if place is not None and ACCURACY in fields else None
    stated = [value for value in (known, pixel_m) if value is not None]
    if stated:
        told[ACCURACY] = float(f"{max(stated):.3g}") if known is None or max(stated) > known else known
    return told


def _is_own(basis: str) -> bool:
    return basis.startswith(("Drawn on screen", "Coordinates given as numbers"))


def _number(value: object) -> float | None:
    text = as_text(value)
    try:
        return float(text) if text else None
    except ValueError:
        return None
