"""The difference between any two revisions, files or plan folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pyproj import CRS

from geoplan.current import has_store, opened_store, store_address, with_acceptances
from geoplan.diff import Comparison, Version, ZoneSet, compare
from geoplan.errors import UsageError
from geoplan.match import match_zones
from geoplan.plan import Plan, layer_path, load_plan
from geoplan.read import read_facilities, read_zones
from geoplan.revisions.current import FOLDER, current_zones, in_crs, target_crs
from geoplan.revisions.job import as_zones, version_of
from geoplan.revisions.pair import Pair, pair_of
from geoplan.store import Revision
from geoplan.types import Facility, Text
from geoplan.workflow import open_plan, projected_for
from geoplan.zones import ZoneLayer


def compare_revisions(
    plan: str | Path | Plan,
    before: int | None = None,
    after: int | None = None,
    *,
    store: str | Path | None = None,
    zones: str | Path | None = None,
) -> Comparison:
    """Return what changed between two revisions of a plan; 0 is the plan folder.

    Without numbers, from the revision before the current one to the current one; with one, from that to
    the current one. `zones` is a file to compare the current zones with instead. The findings compared are
    those of today's plan.toml. Raises StoreError for an unknown number, UsageError when there are no two.
    """
    opened = plan if isinstance(plan, Plan) else load_plan(plan)
    numbers: tuple[int | None, int | None]
    if zones is not None:
        current = current_zones(opened, store_address(opened, store))
        numbers = (current.number, None)
        pair = Pair(current.zones, read_zones(zones))
    else:
        last = _current_number(opened, store)
        if before is None and last is None:
            raise no_boundaries(opened)
        start = (last or 1) - 1 if before is None else before
        end = last if after is None and last is not None else after or FOLDER
        numbers = (start, end)
        pair = pair_of(opened, start, end, store)
    one, other = pair.before, pair.after
    if one is None or other is None:
        raise no_boundaries(opened)
    target = target_crs(opened, other) or projected_for(other, None)
    newer = _checked_version(opened, other, revision_of(opened, numbers[1], store), target)
    older = _checked_version(opened, one, revision_of(opened, numbers[0], store), target)
    if zones is not None:
        newer = replace(newer, label=str(zones))
    return compare(older, newer, tolerance=opened.tolerance, facilities=_facilities(opened))


def compare_files(one: str | Path, other: str | Path) -> Comparison:
    """Return what changed between two polygon files or plan folders, matched by their own keys.

    Both are compared in the projected CRS usual where the first one lies. Errors as for `read_zones`.
    """
    layers = [_file_or_plan(Path(path)) for path in (one, other)]
    target = projected_for(layers[0][0], None)
    sides = []
    for path, (layer, ids) in zip((one, other), layers, strict=True):
        moved = in_crs(layer, target)
        sides.append(Version(str(path), ZoneSet.from_layer(moved, ids), None, layer.source.sha256))
    return compare(sides[0], sides[1])


def _current_number(plan: Plan, store: str | Path | None) -> int | None:
    """Return the number of a plan's current revision without reading any zone; None without one."""
    if not has_store(plan, store):
        return None
    with opened_store(plan, store) as held:
        revision = held.revision(plan.id)
    return revision.number if revision is not None else None


def revision_of(plan: Plan, number: int | None, store: str | Path | None) -> Revision | None:
    """Return a revision, None for the plan folder and for zones of no revision."""
    if not number:
        return None
    with opened_store(plan, store) as held:
        return held.revision(plan.id, number)


def _checked_version(plan: Plan, layer: ZoneLayer, revision: Revision | None, target: CRS) -> Version:
    """Return one side of a comparison."""
    moved = in_crs(layer, target)
    zones = moved if revision else as_zones(moved, plan)
    result = open_plan(with_acceptances(plan, revision), zones=zones, id_field="id").result
    return version_of(plan, zones, revision.number if revision else None, result)


def _file_or_plan(path: Path) -> tuple[ZoneLayer, tuple[str, ...]]:
    if path.is_dir() or path.name == "plan.toml":
        plan = load_plan(path)
        zones = current_zones(plan, None).zones
        if zones is None:
            raise no_boundaries(plan)
        return zones, match_zones(zones, plan).labels
    layer = read_zones(path)
    return layer, match_zones(layer, None).labels


def _facilities(plan: Plan) -> tuple[Facility, ...]:
    path = layer_path(plan, "facilities")
    return read_facilities(path) if path is not None else ()


def no_boundaries(plan: Plan) -> UsageError:
    """Return the error that there is nothing to compare or restore."""
    return UsageError(
        Text("no boundaries were published yet.", "尚未发布任何边界。"),
        where=plan.id,
        hint=Text("Load some with `geoplan load FILE PLAN`.", "请用 `geoplan load 文件 规划` 加载。"),
    )
