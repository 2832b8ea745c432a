"""facility-inside: a facility lies in the zone it names, as far as its place is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.checks.figures import boundaries_loaded, places_by_label
from geoplan.checks.outcome import Outcome, skipped
from geoplan.checks.subject import Subject
from geoplan.checks.wording import metres
from geoplan.crs import metres_jacobian, norm_crs, project, to_degrees
from geoplan.geodesics import GEOD
from geoplan.match import folded, known_names
from geoplan.plan.rules import FacilityInsideRule
from geoplan.types import Facility, Finding, Severity, Text, ZoneId

_LONLAT = norm_crs("EPSG:4490")


def facility_inside(subject: Subject, rule: FacilityInsideRule) -> Outcome:
    """Report located facilities further outside the zone they name than the margin and their accuracy radius allow.

    One outside its zone, but not by more than that, counts as tolerated. A facility that names a zone which
    does not exist is an error; one whose zone has no boundary that can be measured is not examined.
    """
    naming = [facility for facility in subject.facilities if facility.zone]
    if not naming:
        return skipped("no facility names a zone", "没有设施注明所属分区")
    places, names = places_by_label(subject), known_names(subject.plan) if subject.plan else {}
    findings: list[Finding] = []
    examined = tolerated = 0
    for facility in naming:
        asked = facility.zone or ""
        zone = asked if asked in places else names.get(folded(asked))
        if zone is None:
            examined += 1
            findings.append(_unknown_zone(facility))
            continue
        shapes = subject.solid[list(places.get(zone, ()))]
        solid = [shape for shape in shapes if shape is not None and not shape.is_empty]
        if facility.point is None or not solid:
            continue
        examined += 1
        place = project([facility.point], _LONLAT, subject.layer.crs)[0]
        distance = distance_m(place, solid, subject.layer.crs)
        if distance > rule.margin_m + (facility.accuracy_m or 0.0):
            findings.append(_outside(subject, rule, facility, zone, (place, distance)))
        elif distance > 0:
            tolerated += 1
    if not examined:
        return _nothing_to_compare(subject)
    return Outcome(examined, tuple(findings), tolerated)


def distance_m(point: shapely.Point, zones: Sequence[BaseGeometry], crs: CRS) -> float:
    """Return the geodesic distance in m from a point to the nearest of some polygons in `crs`; 0 inside or on the edge.

    The nearest point is looked for in the metres that hold around the point, where edges stay straight as
    stored. Infinite for a point that is outside the range of the CRS.
    """
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        return math.inf
    centre = np.array([point.x, point.y])
    frame = metres_jacobian(crs, centre[:1], centre[1:])[0]
    local = shapely.transform(
        np.array([shapely.force_2d(zone) for zone in zones], dtype=object), lambda xy: (xy - centre) @ frame.T
    )
    origin = shapely.Point(0, 0)
    lines = shapely.shortest_line(local, origin)
    if not shapely.length(lines).min() > 0:
        return 0.0
    nearest = shapely.get_coordinates(lines[int(np.argmin(shapely.length(lines)))])[0]
    x, y = centre + np.linalg.solve(frame, nearest)
    lon, lat = to_degrees(np.array([point.x, x]), np.array([point.y, y]), crs)
    return float(GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2])


def _nothing_to_compare(subject: Subject) -> Outcome:
    loaded = boundaries_loaded(subject)
    return skipped(
        f"no located facility names a zone that has a boundary: {loaded.en}", f"没有可对照的设施与分区边界：{loaded.zh}"
    )


def _unknown_zone(facility: Facility) -> Finding:
    return Finding(
        check="facility-inside",
        severity=Severity.ERROR,
        zones=(),
        message=Text(
            f"{facility.name.en} ({facility.id}) names the zone “{facility.zone}”, which does not exist.",
            f"{facility.name.zh}（{facility.id}）注明的分区“{facility.zone}”不存在。",
        ),
        subject=f"{facility.id} {facility.zone}",
        measured=facility.zone,
    )


def _outside(
    subject: Subject, rule: FacilityInsideRule, facility: Facility, zone: ZoneId, found: tuple[shapely.Point, float]
) -> Finding:
    place, distance = found
    name, allowed = subject.name(zone), rule.margin_m + (facility.accuracy_m or 0.0)
    known = facility.accuracy_m is not None
    accuracy = Text(
        f"known to {facility.accuracy_m:,.0f} m" if known else "of unknown accuracy",
        f"位置精度 {facility.accuracy_m:,.0f} m" if known else "位置精度未知",
    )
    margin = (
        Text(f", margin {rule.margin_m:g} m", f"，允许距离 {rule.margin_m:g} m") if rule.margin_m else Text.same("")
    )
    digest = subject.layer.geometry_digest(place) if math.isfinite(distance) else ""
    if math.isfinite(distance):
        where = Text(f"lies {metres(distance)} outside {name.en}", f"位于{name.zh}之外 {metres(distance)}")
    else:
        where = Text(
            f"cannot be placed near {name.en}: its coordinates are out of range", f"坐标超出范围，无法与{name.zh}对照"
        )
    return Finding(
        check="facility-inside",
        severity=rule.severity,
        zones=(zone,),
        message=Text(
            f"{facility.name.en} ({facility.id}) {where.en} ({accuracy.en}{margin.en}).",
            f"{facility.name.zh}（{facility.id}）{where.zh}（{accuracy.zh}{margin.zh}）。",
        ),
        subject=f"{facility.id} {digest} {subject.subject_digest(*places_by_label(subject)[zone])}",
        geometry=place if math.isfinite(distance) else None,
        expected=allowed,
        measured=distance if math.isfinite(distance) else None,
        unit="m",
    )
