"""Inspecting a file: what it is, how its text and its coordinates are read, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.crs_verdict import Site, apply, decide
from geoplan.errors import CrsError, InputError, UsageError
from geoplan.inspection import Inspection, Verdict
from geoplan.plan import Plan
from geoplan.read import RawLayer, read_raw
from geoplan.revisions.current import current_zones, site_of, target_crs
from geoplan.revisions.values import Reading
from geoplan.types import InputInfo, Text
from geoplan.zones import ZoneLayer, polygonal

_DEGREES = "EPSG:4490"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file and what is known about it."""

    inspection: Inspection
    raw: RawLayer


def inspect_file(
    path: str | Path, plan: Plan | None = None, *, reading: Reading | None = None, store: str | None = None
) -> Inspection:
    """Return what a file is; its coordinates are held against `plan`, its current revision if it has one.

    An undecided coordinate system is an answer, not an error. Raises InputError for a file that cannot be
    read, UsageError for a CRS, encoding or axis order that does not exist.
    """
    site = site_of(plan, current_zones(plan, store).zones) if plan is not None else None
    return inspected(Path(path), site, reading or Reading()).inspection


def inspected(path: Path, site: Site | None, reading: Reading) -> Inspected:
    """Return a file with what is known about it when held against a site; errors as for `inspect_file`."""
    _require_known(reading.crs)
    raw = read_raw(path, layer=reading.layer, encoding=reading.encoding)
    verdict = decide(
        raw.geometry,
        raw.crs(),
        site=site,
        crs=reading.crs,
        offset=reading.offset,
        operation=reading.operation,
        axes=reading.axes,
    )
    found = Inspection(
        path=raw.path,
        sha256=raw.sha256,
        driver=raw.driver,
        layers=raw.layers,
        layer=raw.layer,
        encoding=raw.encoding,
        crs=verdict,
        notes=raw.notes,
    )
    return Inspected(found, raw)


def placed(found: Inspected, plan: Plan, site: Site | None, *, given: bool = False) -> ZoneLayer:
    """Return the zones of an inspected file in the plan's projected CRS.

    Without a site the CRS is the usual one of the place where the file lies. `given` says that the user named
    the file's own. Raises CrsError when nothing was decided, InputError when there is no polygon in the file.
    """
    raw, verdict = found.raw, found.inspection.crs
    _require_polygons(raw)
    target: CRS | None = site.target if site is not None else None
    if target is None:
        degrees = norm_crs(_DEGREES)
        target = target_crs(plan, ZoneLayer(apply(raw.geometry, verdict, degrees), degrees)) or degrees
    how = "declared" if verdict.verdict is Verdict.DECLARED else "inferred"
    source = InputInfo(
        path=raw.path,
        layer=raw.layer,
        features=raw.features,
        sha256=raw.sha256,
        crs=verdict.chosen.crs if verdict.chosen else None,
        crs_how="override" if given else how,
    )
    return ZoneLayer(apply(raw.geometry, verdict, target), target, raw.fields, source)


def _require_polygons(raw: RawLayer) -> None:
    if polygonal(raw.geometry).any():
        return
    kinds = ", ".join(sorted({shape.geom_type for shape in raw.geometry if shape is not None and not shape.is_empty}))
    raise InputError(
        Text(
            f"polygons are needed, the layer holds {kinds or 'no geometry'}.",
            f"需要面要素，图层中为 {kinds or '空'}。",
        ),
        where=raw.path,
        hint=Text("Choose another layer with --layer.", "请用 --layer 选择其他图层。"),
    )


def _require_known(code: str | None) -> None:
    try:
        if code is not None:
            code_of(norm_crs(code))
    except CrsError as error:
        raise UsageError(error.message, where="--crs", hint=error.hint) from None
