from __future__ import annotations

import pytest

from geoplan.result import CheckResult, Measurement, ZoneMeasure
from geoplan.types import Acceptance, AreaMethod, Finding, Severity, Text, Tolerance

ACCEPTED = Acceptance("accepted", Text.same("as built"), "Li")


def finding(severity, accepted=None):
    return Finding("overlap", severity, ("a", "b"), Text.same("x"), accepted=accepted)


def result(*findings, fail_on=Severity.ERROR):
    return CheckResult(
        plan=None,
        tolerance=Tolerance(),
        measurement=None,
        checked=(),
        findings=findings,
        crs=None,
        names={},
        fail_on=fail_on,
    )


def test_a_result_without_findings_passes():
    assert result().passed
    assert result().failing == ()


@pytest.mark.parametrize(
    ("severity", "fail_on", "passes"),
    [
        (Severity.ERROR, Severity.ERROR, False),
        (Severity.WARNING, Severity.ERROR, True),
        (Severity.INFO, Severity.ERROR, True),
        (Severity.ERROR, Severity.WARNING, False),
        (Severity.WARNING, Severity.WARNING, False),
        (Severity.INFO, Severity.WARNING, True),
        (Severity.INFO, Severity.INFO, False),
    ],
)
def test_a_finding_fails_at_or_above_the_fail_level(severity, fail_on, passes):
    assert result(finding(severity), fail_on=fail_on).passed is passes


def test_an_accepted_finding_does_not_fail_and_is_still_listed():
    one = result(finding(Severity.ERROR, ACCEPTED))
    assert one.passed
    assert one.findings == (finding(Severity.ERROR, ACCEPTED),)


def test_the_failing_findings_are_those_not_accepted_in_their_order():
    first, second = finding(Severity.ERROR), finding(Severity.WARNING)
    mixed = result(first, finding(Severity.ERROR, ACCEPTED), second, finding(Severity.INFO), fail_on=Severity.WARNING)
    assert mixed.failing == (first, second)
    assert not mixed.passed


def zone(**figures):
    known = {"ellipsoidal_m2": 1.0, "geodesic_m2": 2.0, "planar_m2": 3.0} | figures
    return ZoneMeasure("a", Text.same("A"), **known, perimeter_m=4.0, share=1.0, percent=100.0)


@pytest.mark.parametrize(("method", "area"), [("ellipsoidal", 1.0), ("geodesic", 2.0), ("planar", 3.0)])
def test_a_zone_s_area_is_that_of_the_method_asked_for(method, area):
    assert zone().area_m2(AreaMethod(method)) == area


def test_an_area_that_cannot_be_measured_is_none_and_not_zero():
    assert zone(planar_m2=None).area_m2(AreaMethod.PLANAR) is None


@pytest.mark.parametrize(("method", "total"), [("ellipsoidal", 10.0), ("geodesic", 20.0), ("planar", 30.0)])
def test_the_total_is_that_of_the_chosen_method(method, total):
    totals = {AreaMethod.ELLIPSOIDAL: 10.0, AreaMethod.GEODESIC: 20.0, AreaMethod.PLANAR: 30.0}
    measurement = Measurement(
        method=AreaMethod(method),
        crs="EPSG:4548",
        projected="EPSG:4548",
        official_rounding=False,
        input=None,
        totals=totals,
        zones=(zone(),),
    )
    assert measurement.total_m2 == total
