"""crs: coordinates that cannot be of the declared coordinate system, and a system unfit for the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.checks.outcome import Outcome
from geoplan.checks.subject import Subject
from geoplan.checks.wording import SWAPPED, position
from geoplan.crs import code_of, fitness, outside_range, same_crs, to_degrees
from geoplan.plan.rules import PlainRule
from geoplan.types import AreaMethod, Finding, Severity, Text

Coordinates: TypeAlias = NDArray[np.float64]
Move: TypeAlias = Callable[[Coordinates], Coordinates]

_DEGREES = Text("The coordinates look like degrees, not metres.", "坐标数值像是度，而非米。")
_METRES = Text("They look like metres of a projected system, not degrees.", "数值像是投影坐标的米，而非度。")
_ELSEWHERE = Text("Name the coordinate system the data is really in.", "请指明数据实际采用的坐标系。")


def crs_range(subject: Subject, rule: PlainRule) -> Outcome:
    """Report features whose coordinates cannot be of the layer's CRS, and a CRS that distorts areas there.

    When that holds for every feature it is told once, for the layer. Coordinates that are not numbers
    are left to `geometry-valid`. A projected CRS off by more than 0.1 % in area at the place is `info`
    as long as the figures do not come from its plane.
    """
    usable = subject.in_numbers
    outside = np.flatnonzero(usable & subject.out_of_range).tolist()
    if outside and len(outside) == usable.sum() and len(outside) > 1:
        findings = [_layer_finding(subject, rule, outside)]
    else:
        findings = [_feature_finding(subject, rule, place) for place in outside]
    return Outcome(int(usable.sum()), (*findings, *_unfit(subject, rule)))


def _feature_finding(subject: Subject, rule: PlainRule, place: int) -> Finding:
    name, code, hint = subject.feature(place), code_of(subject.layer.crs), _hint(subject, [place])
    x, y = shapely.get_coordinates(subject.layer.geometry[place])[0]
    where = position(x, y, degrees=False)
    return Finding(
        check="crs",
        severity=rule.severity,
        zones=(subject.labels[place],),
        message=Text(
            f"{name.en} has coordinates that cannot be of {code}: it begins at {where}. {hint.en}",
            f"{name.zh}的坐标不可能属于 {code}：起点为 {where}。{hint.zh}",
        ),
        subject=subject.subject_digest(place),
        expected=code,
        measured=where,
    )


def _layer_finding(subject: Subject, rule: PlainRule, places: list[int]) -> Finding:
    code, hint = code_of(subject.layer.crs), _hint(subject, places)
    x, y = shapely.get_coordinates(subject.layer.geometry[places[0]])[0]
    where = position(x, y, degrees=False)
    return Finding(
        check="crs",
        severity=rule.severity,
        zones=tuple(subject.labels[place] for place in places),
        message=Text(
            f"No feature has coordinates that can be of {code}; the first begins at {where}. {hint.en}",
            f"所有要素的坐标都不可能属于 {code}，首个要素起点为 {where}。{hint.zh}",
        ),
        subject=subject.subject_digest(*places),
        expected=code,
        measured=where,
    )


def _hint(subject: Subject, places: list[int]) -> Text:
    """Return what the coordinates of these features seem to be instead."""
    crs = subject.layer.crs
    coordinates = shapely.get_coordinates(subject.layer.geometry[places])
    prefix = np.unique(coordinates[:, 0] // 1e6)
    number = int(prefix[0]) if len(prefix) == 1 and crs.is_projected else 0
    if _lands(subject, coordinates, lambda xy: xy[:, ::-1]):
        return SWAPPED
    if 13 <= number <= 45 and _lands(subject, coordinates, lambda xy: xy - [number * 1e6, 0.0]):
        return Text(
            f"Its eastings begin with {number}, which looks like a zone number: "
            "declare the system with the zone prefix.",
            f"东坐标以 {number} 开头，疑似带号：请声明带带号的坐标系。",
        )
    if crs.is_geographic and np.abs(coordinates).min() > 1000:
        return _METRES
    return _ELSEWHERE


def _lands(subject: Subject, coordinates: Coordinates, move: Move) -> bool:
    """Return whether moved coordinates are in range and, where other zones or facilities are, within 3° of one."""
    crs, moved = subject.layer.crs, move(coordinates)
    if outside_range([shapely.MultiPoint(moved)], crs)[0]:
        return False
    known = _known_places(subject)
    if not len(known):
        return True
    lon, lat = to_degrees(moved[:, 0], moved[:, 1], crs)
    return bool((np.abs(known - [lon.mean(), lat.mean()]).max(axis=1) <= 3.0).any())


def _known_places(subject: Subject) -> Coordinates:
    """Return lon, lat of the features that are in range and of the plan's located facilities."""
    present = subject.solid[~shapely.is_missing(subject.solid)]
    middles = shapely.get_coordinates(shapely.centroid(shapely.box(*shapely.bounds(present).T)))
    zones = np.column_stack(to_degrees(middles[:, 0], middles[:, 1], subject.layer.crs))
    facilities = [(place.point.x, place.point.y) for place in subject.facilities if place.point is not None]
    return np.vstack([zones, np.array(facilities).reshape(-1, 2)])


def _unfit(subject: Subject, rule: PlainRule) -> list[Finding]:
    """Return the finding about a projected CRS that distorts areas where the layer lies, if it does."""
    crs = subject.layer.crs
    present = subject.solid[~shapely.is_missing(subject.solid)]
    if not crs.is_projected or not len(present):
        return []
    # The median, so that one zone far astray does not speak for the layer; np.median itself would load numpy.ma.
    middles = np.sort(shapely.bounds(present).reshape(-1, 2, 2).mean(axis=1), axis=0)
    x, y = (middles[(len(middles) - 1) // 2] + middles[len(middles) // 2]) / 2
    lon, lat = to_degrees(np.array([x, y]), np.array([y, x]), crs)  # as stored, and swapped
    found = fitness(crs, lon[0], lat[0])
    if found.verdict == "fit":
        return []
    # A CRS that does not fit the place, but would with x and y exchanged, is no coincidence.
    if found.verdict == "unfit" and fitness(crs, lon[1], lat[1]).verdict == "fit":
        severity, ending = rule.severity, SWAPPED
    elif abs(x) <= 180 and abs(y) <= 90:
        severity, ending = rule.severity, _DEGREES
    else:
        severity, ending = _consequence(subject)
    return [
        Finding(
            check="crs",
            severity=severity,
            zones=(),
            message=Text(f"{found.message.en} {ending.en}", f"{found.message.zh}{ending.zh}"),
            subject=f"{found.code} {found.verdict}",
            expected=0.0,
            measured=found.error if np.isfinite(found.error) else None,
            unit="share",
        )
    ]


def _consequence(subject: Subject) -> tuple[Severity, Text]:
    """Return what the distortion does to the figures geoplan gives."""
    projected = code_of(subject.projected)
    if subject.method is not AreaMethod.PLANAR:
        return Severity.INFO, Text(
            f"The figures here are not affected: they are measured on the ellipsoid ({projected}).",
            f"本结果不受影响：面积在椭球面上量算（{projected}）。",
        )
    if same_crs(subject.layer.crs, subject.projected):
        return Severity.WARNING, Text(
            "The figures here are planar areas in it: choose the ellipsoidal method.",
            "本结果即为该平面面积：请改用椭球面积方法。",
        )
    return Severity.INFO, Text(
        f"The figures here are not affected: they are planar areas in {projected}.",
        f"本结果不受影响：所用为 {projected} 的平面面积。",
    )
