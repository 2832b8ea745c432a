"""The map of the page of checks: every listed finding where it is, the opened one in view with its own outline."""

from __future__ import annotations

from collections.abc import Sequence

from shapely.geometry.base import BaseGeometry

from geoplan.crs import to_lonlat
from geoplan.output import style
from geoplan.output.map import Bounds, Overlay, Pick, Shape
from geoplan.result import CheckResult
from geoplan.types import Finding, Severity
from geoplan.ui.mapview import MapState, place_of, show_map
from geoplan.ui.texts import TEXTS
from geoplan.ui.visit import Visit, go, pick
from geoplan.workflow import PlanView

ROLES = {
    Severity.ERROR: "finding-error",
    Severity.WARNING: "finding-warning",
    Severity.INFO: "finding-info",
}
_LEGEND = {
    Severity.ERROR: "checks_legend_error",
    Severity.WARNING: "checks_legend_warning",
    Severity.INFO: "checks_legend_info",
}


def show_findings_map(visit: Visit, shown: Sequence[Finding], chosen: Finding | None) -> None:
    """Show the plan with the findings `shown` over it; a click on one opens it, a click on a zone picks the zone."""
    view = visit.view
    overlay = findings_overlay(view.result, shown, chosen)
    state = MapState(
        overlays=(overlay,) if overlay.shapes else (),
        focus=focus_of(view, chosen) if chosen is not None else place_of(view, visit.address.pick),
        turn=visit.turn("checks"),
        without=("facilities",) if view.layer is not None else (),
    )
    show_map(visit, state, on_pick=_picked)


def findings_overlay(result: CheckResult, findings: Sequence[Finding], chosen: Finding | None) -> Overlay:
    """Return the findings that have a place, the worst on top, the `chosen` one outlined; accepted ones are grey."""
    placed = [one for one in findings if one.geometry is not None and not one.geometry.is_empty]
    if result.crs is None or not placed:
        return Overlay("findings", TEXTS["checks_layer"], ())
    placed.sort(key=lambda one: (one is chosen, -one.severity.rank))
    lonlat = to_lonlat([one.geometry for one in placed], result.crs)
    shapes = [
        Shape(
            shape,
            ROLES[one.severity],
            one.message,
            Pick("finding", one.id),
            style.ACCEPTED.fill if one.accepted is not None else None,
        )
        for one, shape in zip(placed, lonlat, strict=True)
    ]
    if placed[-1] is chosen:
        shapes.append(Shape(lonlat[-1], "chosen", chosen.message, Pick("finding", chosen.id)))
    present = {one.severity for one in placed}
    legend = tuple((ROLES[severity], TEXTS[_LEGEND[severity]]) for severity in Severity if severity in present)
    return Overlay("findings", TEXTS["checks_layer"], tuple(shapes), legend)


def focus_of(view: PlanView, finding: Finding) -> BaseGeometry | Bounds | None:
    """Return where a finding is, in lon, lat: its own place, else its first zone that is drawn, else None."""
    if finding.geometry is not None and not finding.geometry.is_empty and view.result.crs is not None:
        placed: BaseGeometry = to_lonlat([finding.geometry], view.result.crs)[0]
        return placed
    places = (place_of(view, Pick("zone", zone)) for zone in finding.zones)
    return next((place for place in places if place is not None), None)


def _picked(chosen: Pick) -> None:
    if chosen.kind == "finding":
        go(finding=chosen.id)
    elif chosen.kind in ("zone", "facility"):
        go(finding=None)
        pick(chosen, move=False)
