"""What a draft comes to: its figures and findings by the plan's own checks, and what it changes.

`Ground` is what drafts of a plan are held against. It is read and checked once; every edit after that
costs one check of the draft and one comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pyproj import CRS

from geoplan.arrays import objects
from geoplan.current import store_address, with_acceptances
from geoplan.diff import Comparison, Version, ZoneSet, compare
from geoplan.drafts.document import label_of
from geoplan.drafts.values import Deed, Draft, Edit, checked_name
from geoplan.errors import InputError
from geoplan.plan import Plan, load_plan
from geoplan.result import CheckResult
from geoplan.revisions.current import Current, current_zones, in_crs, revision_label, site_of, target_crs, zones_of
from geoplan.revisions.job import as_zones
from geoplan.types import Facility, InputInfo, Text, ZoneId
from geoplan.workflow import PlanView, open_plan
from geoplan.zones import ZoneLayer

_OWN = ("id", "name_en", "name_zh")


@dataclass(frozen=True, slots=True)
class Ground:
    """A plan with its current zones as drafts start from them, and the check of these.

    `plan` accepts what its current revision accepts. `zones` has one feature per zone in the projected CRS
    the plan is stored in, none when it has no boundary yet; `hash` is the revision's, else a digest of the
    zones in the plan folder, "" without any. `number` is the revision, 0 for the folder. `before` is all of it as
    one side of a comparison.
    """

    plan: Plan
    store: str
    number: int
    hash: str
    zones: ZoneLayer
    result: CheckResult | None
    before: Version

    @classmethod
    def of(cls, plan: str | Path | Plan, store: str | Path | None = None) -> Ground:
        """Return the ground of a plan; raises InputError when nothing says where the plan lies, StoreError as ever."""
        opened = plan if isinstance(plan, Plan) else load_plan(plan)
        address = store_address(opened, store)
        current = current_zones(opened, address)
        accepting = with_acceptances(opened, current.revision)
        if current.zones is None:
            zones = _nothing(_place(opened))
            return cls(accepting, address, 0, "", zones, None, _version(opened, zones, 0, None))
        target = target_crs(opened, current.zones) or _place(opened)
        zones = as_zones(in_crs(current.zones, target), opened)
        result = open_plan(accepting, zones=zones, id_field="id").result
        number = current.number or 0
        before = _version(opened, zones, number, result)
        return cls(accepting, address, number, hash_of(current, zones), zones, result, before)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A draft as a plan opened for looking at, and what it changes against the current zones."""

    view: PlanView
    comparison: Comparison


def start(ground: Ground, name: str, author: str) -> Draft:
    """Return a draft of the current zones, which are in it to the last bit; InputError for an unfit name."""
    return Draft(ground.plan.id, checked_name(name), author, ground.zones, ground.number, ground.hash)


def assess(draft: Draft, ground: Ground, facilities: tuple[Facility, ...] | None = None) -> Assessment:
    """Return what a draft comes to when held against the current zones and the plan's checks.

    `facilities` spares reading them again. The draft is measured and checked as the file of an update is.
    """
    zones = replace(draft.zones, source=InputInfo(label_of(draft.name), None, len(draft.zones), None))
    view = open_plan(ground.plan, zones=zones, id_field="id")
    after = Version(label_of(draft.name), ZoneSet.from_layer(zones, draft.ids), None, None, None, view.result)
    comparison = compare(
        ground.before, after, tolerance=ground.plan.tolerance, facilities=facilities or view.facilities
    )
    return Assessment(view, comparison)


def is_behind(draft: Draft, ground: Ground) -> bool:
    """Return whether the current zones are others than those the draft was started from."""
    return (draft.parent, draft.parent_hash) != (ground.number, ground.hash)


def rebased(draft: Draft, ground: Ground) -> Draft:
    """Return the draft's own changes put on top of the current zones.

    Zones that only the draft changed are the draft's, all others the current ones, to the last bit. Raises
    InputError, naming them, when both changed a zone in different ways, or the zones the draft was started
    from are not to be had any more.
    """
    base = _started_from(draft, ground)
    old, mine, now = (_rows(layer) for layer in (base, draft.zones, ground.zones))
    clashing = [
        zone
        for zone in dict.fromkeys([*old, *mine, *now])
        if old.get(zone) != mine.get(zone) != now.get(zone) != old.get(zone)
    ]
    if clashing:
        named = ", ".join(f"“{zone}”" for zone in clashing[:5])
        raise InputError(
            Text(
                f"both you and revision {ground.number} changed {named}.",
                f"您与版本 {ground.number} 均修改了 {named}。",
            ),
            where=draft.name,
            hint=Text(
                "Compare both, and draw these zones again in a draft of the current revision.",
                "请比较两者，并在基于当前版本的草案中重新绘制这些分区。",
            ),
        )
    own = [zone for zone in mine if mine[zone] != old.get(zone)]
    gone = {zone for zone in old if zone not in mine}
    zones = _combined(ground.zones, draft.zones, own, gone)
    edit = Edit(Deed.REBASED, own[0] if own else "")
    return replace(draft.edited(zones, edit), parent=ground.number, parent_hash=ground.hash)


def hash_of(current: Current, zones: ZoneLayer) -> str:
    """Return what tells the current zones from others: the revision's hash, else a digest of those in the folder."""
    return current.revision.hash if current.revision is not None else zones.digest()


def _version(plan: Plan, zones: ZoneLayer, number: int, result: CheckResult | None) -> Version:
    label = revision_label(number) if len(zones) else f"{plan.id} (no boundaries yet)"
    held = ZoneSet.from_layer(zones, zones.text("id"))
    return Version(label, held, number or None, zones.source.sha256, None, result)


def _started_from(draft: Draft, ground: Ground) -> ZoneLayer:
    found = zones_of(ground.plan, draft.parent, ground.store)
    if found is None:
        return _nothing(draft.zones.crs)
    zones = found if draft.parent else as_zones(in_crs(found, draft.zones.crs), ground.plan)
    if not draft.parent and zones.digest() != draft.parent_hash and draft.parent_hash:
        raise InputError(
            Text(
                "the zones in the plan folder that the draft was started from were changed there.",
                "草案所依据的规划文件夹中的分区已被改动。",
            ),
            where=draft.name,
            hint=Text("Start a draft of the zones as they are now.", "请基于现有分区新建草案。"),
        )
    return in_crs(zones, draft.zones.crs)


def _rows(layer: ZoneLayer) -> dict[ZoneId, object]:
    """Return what each zone is, to be compared: canonical geometry and the fields that have a value."""
    zones = ZoneSet.from_layer(layer, layer.text("id")).zones
    return {key: (zone.wkb, zone.fields) for key, zone in zones.items()}


def _combined(now: ZoneLayer, mine: ZoneLayer, own: list[ZoneId], gone: set[ZoneId]) -> ZoneLayer:
    """Return the current zones with some of mine in their place, and without those that I removed."""
    ids, my_ids = now.text("id"), mine.text("id")
    wanted = {zone: (mine, my_ids.index(zone)) for zone in own}
    rows = [wanted.pop(zone, (now, place)) for place, zone in enumerate(ids) if zone not in gone]
    rows += wanted.values()
    names = list(dict.fromkeys([*now.fields, *mine.fields]))
    geometry = objects(layer.geometry[place] for layer, place in rows)
    fields = {}
    for name in names:
        column = objects(layer.fields[name][place] if name in layer.fields else None for layer, place in rows)
        known = [layer.fields[name].dtype for layer, _ in rows if name in layer.fields]
        same = len(set(known)) == 1 and len(known) == len(rows)
        fields[name] = column.astype(known[0]) if same else column
    return ZoneLayer(geometry, now.crs, fields, mine.source)


def _nothing(crs: CRS) -> ZoneLayer:
    empty = np.empty(0, dtype=object)
    return ZoneLayer(empty, crs, dict.fromkeys(_OWN, empty))


def _place(plan: Plan) -> CRS:
    site = site_of(plan, None)
    if site is None:
        raise InputError(
            Text("nothing says where the plan lies, so nothing can be drawn yet.", "规划未说明所在位置，尚无法绘制。"),
            where=plan.id,
            hint=Text(
                "Name its projected coordinate system in plan.toml: [area] projected, with facilities or a boundary.",
                "请在 plan.toml 中指定 [area] projected，并提供设施或边界图层。",
            ),
        )
    return site.target
