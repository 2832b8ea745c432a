"""Findings on the map: each where it lies, the worst on top, the opened one outlined; and where to look for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from geoplan.output import style
from geoplan.output.map import Pick
from geoplan.types import Severity
from geoplan.ui.finding_map import ROLES, findings_overlay, focus_of
from geoplan.workflow import PlanView
from tests.facility_views import opened
from tests.helpers import EAST, NORTH, square
from tests.output.examples import KNOWN, facility, overlap, result, total

# The strip of the example lies some 2 km east of the central meridian 117° E, near 31.8° N.
NEAR = shapely.box(117.2, 31.79, 117.23, 31.82)


@pytest.fixture(scope="module")
def view() -> PlanView:
    return opened([square(EAST, NORTH, 1000), square(EAST + 1000, NORTH, 1000)])


def test_findings_are_drawn_in_degrees_where_they_lie() -> None:
    overlay = findings_overlay(result(overlap(), facility()), [overlap(), facility()], None)
    assert len(overlay.shapes) == 2
    assert all(NEAR.contains(shape.geometry) for shape in overlay.shapes)
    areas = [shape.geometry.area for shape in overlay.shapes if shape.geometry.geom_type == "Polygon"]
    # 3 m × 100 m of ground, a degree being 94,600 m × 110,900 m there.
    assert areas == pytest.approx([300 / (94_600 * 110_900)], rel=0.01)


def test_the_worst_finding_lies_on_top() -> None:
    found = [overlap(severity=severity, subject=severity.value) for severity in Severity]
    overlay = findings_overlay(result(*found), found, None)
    assert [shape.role for shape in overlay.shapes] == ["finding-info", "finding-warning", "finding-error"]
    assert [role for role, _ in overlay.legend] == ["finding-error", "finding-warning", "finding-info"]


def test_the_opened_finding_is_drawn_last_and_outlined() -> None:
    found = [overlap(severity=Severity.INFO), overlap(subject="other"), facility()]
    overlay = findings_overlay(result(*found), found, found[0])
    assert [shape.role for shape in overlay.shapes[-2:]] == ["finding-info", "chosen"]
    assert {shape.pick for shape in overlay.shapes[-2:]} == {Pick("finding", found[0].id)}


def test_an_accepted_finding_is_grey_and_still_picked() -> None:
    (shape,) = findings_overlay(result(), [overlap(accepted=KNOWN)], None).shapes
    assert shape.colour == style.ACCEPTED.fill
    assert shape.pick == Pick("finding", overlap().id)


@pytest.mark.parametrize("without", [total(), overlap(geometry=None), overlap(geometry=shapely.Polygon())])
def test_what_has_no_place_is_not_on_the_map(without: object) -> None:
    overlay = findings_overlay(result(), [without], without)  # type: ignore[list-item, arg-type]
    assert overlay.shapes == ()
    assert overlay.legend == ()


def test_without_a_coordinate_system_nothing_is_drawn() -> None:
    assert findings_overlay(result(crs=None), [overlap()], None).shapes == ()


def test_only_severities_that_are_there_are_in_the_legend_with_words_in_both_languages() -> None:
    overlay = findings_overlay(result(), [facility()], None)
    ((role, words),) = overlay.legend
    assert role == ROLES[Severity.WARNING]
    assert words.en
    assert words.zh != words.en


def test_every_severity_has_a_role_of_its_own() -> None:
    assert len(set(ROLES.values())) == len(Severity) == len(ROLES)


def test_a_finding_is_looked_for_at_its_place_or_else_at_its_zone(view: PlanView) -> None:
    placed = replace(view, result=replace(view.result, crs=result().crs))
    at = focus_of(placed, overlap())
    assert isinstance(at, shapely.Polygon)
    assert NEAR.contains(at)
    zone = focus_of(view, overlap(geometry=None, zones=("b",)))
    assert zone is not None
    assert focus_of(view, overlap(geometry=None, zones=("nowhere", "b"))) == zone
    assert focus_of(view, overlap(geometry=None, zones=("nowhere",))) is None
    assert focus_of(view, total()) is None
