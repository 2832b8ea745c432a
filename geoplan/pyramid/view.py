"""A plan opened as a fabric: everything a page shows of it but its zones, which stay where they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geoplan.checks import CHECKS
from geoplan.current import has_store, opened_store, with_acceptances
from geoplan.plan import layer_path
from geoplan.published import published_figures
from geoplan.pyramid import record
from geoplan.pyramid.cache import read_json
from geoplan.pyramid.fabric import Fabric
from geoplan.pyramid.prepare import check_path, fabric_folder
from geoplan.pyramid.source import FabricSource
from geoplan.read import read_facilities, read_indicators
from geoplan.result import CheckResult, PlanRef
from geoplan.types import CheckRun, Facility, InputInfo, Text
from geoplan.workflow import PlanView
from geoplan.zones import ZoneLayer

_CHECKING = Text("the checks are running", "检查正在进行")


@dataclass(frozen=True, slots=True)
class FabricView(PlanView):
    """A plan whose zones are in a prepared `fabric`: its `layer` has their CRS and none of them.

    `source` is what it was prepared from. While `checking`, the result has the figures and no findings, and its runs
    say that they are under way.
    """

    source: FabricSource = field(kw_only=True)
    fabric: Fabric = field(kw_only=True)
    checking: bool = field(kw_only=True)


def fabric_view(source: FabricSource) -> FabricView | None:
    """Return the view of a fabric, None while it is not prepared; the outcome of its checks is there once it is kept.

    Raises InputError for facilities or indicators that cannot be read, StoreError for a store that cannot.
    """
    fabric = Fabric.open(fabric_folder(source))
    if fabric is None:
        return None
    plan, revision = source.plan, None
    if has_store(plan):
        with opened_store(plan) as store:
            revision = store.revision(plan.id, source.revision)
    plan = with_acceptances(plan, revision)
    checked = read_json(check_path(source))
    indicators = layer_path(plan, "indicators")
    return FabricView(
        plan=plan,
        layer=ZoneLayer(np.zeros(0, dtype=object), fabric.crs, {}, InputInfo(**fabric.meta["input"])),
        result=_result(source, fabric, checked),
        facilities=_facilities(source, "facilities"),
        network=_facilities(source, "network"),
        indicators=read_indicators(indicators) if indicators is not None else (),
        revision=revision,
        source=source,
        fabric=fabric,
        checking=checked is None,
    )


def _result(source: FabricSource, fabric: Fabric, checked: dict[str, object] | None) -> CheckResult:
    plan, measured = source.plan, fabric.measurement()
    reference = PlanRef(plan.id, plan.name, plan.status, len(plan.zones), int(fabric.meta["loaded"]))
    names = {zone.id: zone.name for zone in plan.zones}
    if checked is None:
        runs = tuple(CheckRun(check.name, 0, 0, skipped=_CHECKING) for check in CHECKS)
        figures = published_figures(plan, None, runs, ())
        return CheckResult(reference, plan.tolerance, measured, runs, (), fabric.crs, names, published=figures)
    return CheckResult(
        plan=reference,
        tolerance=plan.tolerance,
        measurement=measured,
        checked=record.runs_of(checked),
        findings=record.findings_of(checked),
        crs=fabric.crs,
        names=names | record.names_of(checked),
        published=record.published_of(checked),
        lapsed=record.lapsed_of(checked),
    )


def _facilities(source: FabricSource, layer: str) -> tuple[Facility, ...]:
    path = layer_path(source.plan, layer)
    return read_facilities(path) if path is not None else ()
