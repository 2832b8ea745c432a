"""Small results made by hand: two 100 m squares that overlap by a 100 m × 3 m strip, in EPSG:4548 near Hefei."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import shapely
from pyproj import CRS

from geoplan.result import CheckResult, GroupMeasure, Measurement, PlanRef, ZoneMeasure
from geoplan.types import Acceptance, AreaMethod, CheckRun, Finding, InputInfo, Severity, Text, Tolerance
from geoplan.zones import ZoneLayer

GAUSS_KRUGER = CRS.from_epsg(4548)
EAST, NORTH = 520_000.0, 3_520_000.0
SHA256 = "0123456789abcdef" * 4

HOSTILE = (
    "${alert(1)}",
    "`${alert(1)}`",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)'",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe\u2066",
    "nul\x00byte",
    "\x1b[2J\x1b]0;owned\x07",
    "line\nbreak\r\tand tab",
    "]]>&amp;<!--",
    "{{ 7 * 7 }}{% raw %}",
    "'; DROP TABLE findings; --",
    "\ud800lone\ufffe",
    "长" * 5000,
)
HOSTILE_IDS = [f"hostile-{place}" for place in range(len(HOSTILE))]


def square(east: float, north: float, width: float, height: float) -> shapely.Polygon:
    """Return a rectangle with its lower left corner `east`, `north` metres from the example's origin."""
    return shapely.box(EAST + east, NORTH + north, EAST + east + width, NORTH + north + height)


STRIP = square(97, 0, 3, 100)
SOURCE = InputInfo("data/zones.gpkg", "zones", 2, SHA256, "EPSG:4548")


def overlap(**changes: object) -> Finding:
    finding = Finding(
        check="overlap",
        severity=Severity.ERROR,
        zones=("a", "b"),
        message=Text("Zone A and Zone B overlap: 300.00 m², up to 3.000 m wide.", "甲区与乙区部分重叠：300.00 m²。"),
        subject="strip",
        geometry=STRIP,
        area_m2=300.0,
        width_m=3.0,
        expected=0.0,
        measured=300.0,
        unit="m2",
    )
    return replace(finding, **changes)  # type: ignore[arg-type]


def total() -> Finding:
    return Finding(
        check="area-total",
        severity=Severity.WARNING,
        zones=(),
        message=Text("The total is 0.020000 km²; published are 8.22 km².", "总面积 0.020000 km²，公布为 8.22 km²。"),
        subject="total",
        expected=8.22,
        measured=0.02,
        unit="km2",
    )


def facility() -> Finding:
    return Finding(
        check="facility-inside",
        severity=Severity.WARNING,
        zones=("a",),
        message=Text("A facility lies 40 m outside Zone A.", "设施位于甲区之外 40 m。"),
        subject="place",
        geometry=shapely.Point(EAST - 40, NORTH + 50),
        expected="inside",
        measured=40.0,
        unit="m",
    )


KNOWN = Acceptance("known", Text("Mended in the next survey", "下次测量时修正"), "Li", date(2031, 12, 31))


def zone(key: str, name: Text, area: float | None, percent: float | None) -> ZoneMeasure:
    """Return a zone whose methods differ by exactly 1 and 10 parts per million."""
    if area is None:
        return ZoneMeasure(key, name, None, None, None, None, None, None)
    return ZoneMeasure(key, name, area, area * 1.000001, area * 1.00001, 400.0, (percent or 0) / 100, percent)


def measurement(**changes: object) -> Measurement:
    made = Measurement(
        method=AreaMethod.ELLIPSOIDAL,
        crs="EPSG:4548",
        projected="EPSG:4548",
        official_rounding=False,
        input=SOURCE,
        totals={AreaMethod.ELLIPSOIDAL: 20_000.0, AreaMethod.GEODESIC: 20_000.02, AreaMethod.PLANAR: 20_000.2},
        zones=(zone("a", Text("Zone A", "甲区"), 10_000.0, 50.0), zone("b", Text("Zone B", "乙区"), 10_000.0, 50.0)),
        groups=(GroupMeasure("east", Text("East", "东组"), 10_000.0, 0.5),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def layer() -> ZoneLayer:
    shapes = np.array([square(0, 0, 100, 100), square(97, 0, 100, 100)], dtype=object)
    return ZoneLayer(shapes, GAUSS_KRUGER, {"id": np.array(["a", "b"], dtype=object)}, SOURCE)


def result(*findings: Finding, **changes: object) -> CheckResult:
    """Return a check of the two squares with these findings; every finding's check has run."""
    runs = (
        CheckRun("overlap", 2, sum(f.check == "overlap" for f in findings), 2, 0.3),
        CheckRun("gap", 2, 0),
        CheckRun("area-total", 1, sum(f.check == "area-total" for f in findings)),
        CheckRun("facility-inside", 0, 0, skipped=Text("no facilities", "没有设施")),
    )
    made = CheckResult(
        plan=PlanRef("two-squares", Text("Two squares", "两个方块"), "indicative", 4, 2),
        tolerance=Tolerance(1.0, 0.01),
        measurement=measurement(),
        checked=runs,
        findings=findings,
        crs=GAUSS_KRUGER,
        names={"a": Text("Zone A", "甲区"), "b": Text("Zone B", "乙区")},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def named(name: str) -> CheckResult:
    """Return a result in which everything a user can name is called `name`."""
    text = Text.same(name)
    accepted = Acceptance("accepted", text, name, None)
    findings = (
        overlap(zones=(name, "b"), message=text, subject=name),
        overlap(zones=("b", name), message=text, subject=name + "2", accepted=accepted),
        replace(total(), message=text, expected=name, measured=name, unit=name, zones=(name,)),
    )
    return result(
        *findings,
        plan=PlanRef(name, text, name, 2, 2),
        measurement=measurement(
            input=InputInfo(name, name, 2, SHA256, name, name),
            zones=(zone(name, text, 10_000.0, 50.0), zone("b", text, 10_000.0, 50.0)),
            groups=(GroupMeasure(name, text, 10_000.0, 0.5),),
            warning=text,
            projected=name,
            crs=name,
        ),
        checked=(
            CheckRun(name, 2, 0),
            CheckRun("overlap", 2, 2),
            CheckRun("area-total", 1, 1),
            CheckRun("gap", 0, 0, skipped=text),
        ),
        names={name: text, "b": text},
    )


def nothing_loaded() -> CheckResult:
    """Return the result of a plan whose four zones have no boundary yet."""
    return CheckResult(
        plan=PlanRef("future", Text("Future plan", "未来规划"), "draft", 4, 0),
        tolerance=Tolerance(),
        measurement=None,
        checked=(CheckRun("overlap", 0, 0, skipped=Text("no boundaries", "没有边界")),),
        findings=(),
        crs=None,
        names={},
    )
