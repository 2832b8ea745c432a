"""Preparing a fabric: its parcels and tiles in the cache, then its checks, each made once and kept.

The parts hold the layer one after the other, never twice, so the memory is that of a check of the same file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from geoplan.checks import Subject
from geoplan.crs import code_of
from geoplan.current import published_zones
from geoplan.errors import GeoplanError, UsageError
from geoplan.match import match_zones
from geoplan.measurement import measure_subject
from geoplan.plan import layer_path
from geoplan.pyramid.build import Pyramid, write_tiles
from geoplan.pyramid.cache import held, made_folder, prune, write_json
from geoplan.pyramid.fabric import FIGURES, META
from geoplan.pyramid.heap import give_back
from geoplan.pyramid.parcels import write_parcels
from geoplan.pyramid.record import to_record
from geoplan.pyramid.source import FORMAT, FabricSource, check_key
from geoplan.pyramid.world import in_world
from geoplan.read import read_zones
from geoplan.reconcile import PERCENT_UNITS, apportion
from geoplan.result import Measurement
from geoplan.rings import rings_of
from geoplan.types import Text
from geoplan.workflow import open_plan, projected_for
from geoplan.zones import ZoneLayer

Tell: TypeAlias = Callable[[str, float], None]  # is told the step ("read", "parcels", "tiles", "checks") and 0 to 1


def fabric_folder(source: FabricSource) -> Path:
    """Return the folder a fabric is prepared in; it need not exist."""
    return made_folder() / source.key


def check_path(source: FabricSource) -> Path:
    """Return the file that holds the outcome of a fabric's checks once they were made."""
    return fabric_folder(source) / f"checks-{check_key(source)}.json"


def prepare(source: FabricSource, tell: Tell = lambda *_: None) -> bool:
    """Prepare what is not there yet of a fabric; return False if another process is at it already.

    Errors as for `workflow.open_plan`; after one nothing half-made is left. Raises InputError as well when there is
    no memory for it.
    """
    folder = fabric_folder(source)
    with held(folder.with_suffix(".lock")) as free:
        if not free:
            return False
        if not (folder / META).is_file():
            fresh = folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
            fresh.mkdir()
            try:
                _write(source, fresh, tell)
                fresh.rename(folder)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
            prune(source.key)
        if not check_path(source).is_file():
            give_back()
            tell("checks", 0.0)
            view = open_plan(source.plan.folder, revision=source.revision)
            write_json(check_path(source), to_record(view.result))
    return True


def _write(source: FabricSource, folder: Path, tell: Tell) -> None:
    tell("read", 0.0)
    layer, id_field = _layer(source)
    give_back()
    tell("parcels", 0.0)
    plan = source.plan
    subject = Subject(
        layer=layer,
        matching=match_zones(layer, plan, id_field=id_field),
        projected=projected_for(layer, plan.area.projected),
        tolerance=plan.tolerance,
        method=plan.area.method,
        plan=plan,
    )
    measured = measure_subject(subject)
    _write_figures(subject, folder)
    known = len({zone for zone in subject.matching.zones if zone})
    tell("parcels", 0.5)
    meta = _meta(layer, measured) | {"loaded": known}
    labels, names = subject.labels, subject.matching.names
    del subject, measured  # with the rings the areas were measured on
    write_parcels(layer, labels, names, folder)
    del labels, names
    rings, crs = rings_of(layer.geometry), layer.crs
    del layer  # the shapes take more memory than the tiles, and are not needed for them
    give_back()
    tell("tiles", 0.0)
    world = in_world(rings, crs, lambda done: tell("tiles", 0.15 * done))
    del rings
    pyramid = write_tiles(world, folder, lambda done: tell("tiles", 0.15 + 0.85 * done))
    write_json(folder / META, meta | _of_tiles(pyramid))


def _layer(source: FabricSource) -> tuple[ZoneLayer, str | None]:
    published = published_zones(source.plan, source.revision)
    if published is not None:
        return published.zones, "id"
    path = layer_path(source.plan, "zones")
    if path is None:
        raise UsageError(Text("there are no boundaries to prepare.", "没有可准备的边界。"), where=source.plan.id)
    return read_zones(path), None


def _write_figures(subject: Subject, folder: Path) -> None:
    areas = subject.area_m2
    usable = np.nan_to_num(areas, nan=0.0)
    units = apportion(usable, PERCENT_UNITS) / 100 if usable.sum() > 0 else np.full(len(areas), np.nan)
    np.save(folder / FIGURES, np.stack([areas, np.where(np.isnan(areas), np.nan, units)], axis=1))


def _meta(layer: ZoneLayer, measured: Measurement) -> dict[str, Any]:
    source, warning = layer.source, measured.warning
    return {
        "format": FORMAT,
        "crs": layer.crs.to_wkt(),
        "crs_code": code_of(layer.crs),
        "projected": measured.projected,
        "method": measured.method.value,
        "total_m2": measured.total_m2,
        "groups": [[one.id, [one.name.en, one.name.zh], one.area_m2, one.share] for one in measured.groups],
        "warning": None if warning is None else [warning.en, warning.zh],
        "features": len(layer),
        "input": {name: getattr(source, name) for name in ("path", "layer", "features", "sha256", "crs", "crs_how")},
    }


def _of_tiles(pyramid: Pyramid) -> dict[str, Any]:
    return {"deepest": pyramid.deepest, "bounds": pyramid.bounds, "tiles": pyramid.tiles, "drawn": pyramid.drawn}


def error_record(error: GeoplanError) -> dict[str, Any]:
    """Return an error as the page that waits reads it."""
    hint = error.hint
    return {
        "message": [error.message.en, error.message.zh],
        "where": error.where,
        "hint": None if hint is None else [hint.en, hint.zh],
    }
