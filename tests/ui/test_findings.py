"""Findings as the page of checks shows them, on two squares that overlap by 0.001° and hostile names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pyproj import Geod
from shapely.geometry import box

from geoplan.crs import to_lonlat
from geoplan.output import style
from geoplan.output.map import Pick
from geoplan.result import CheckResult
from geoplan.types import Acceptance, Finding, Severity, Text
from geoplan.ui.finding_map import findings_overlay, focus_of
from geoplan.ui.findings import finding_html, findings_frame, listed, short_frame, zone_names
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import SIDE, SOUTH, WEST, square_ring, write_layer, write_plan

NAMES = ["</script><script>alert(1)</script>", "${alert(2)} `x`"]
# The overlap: 0.001° wide, from 117.109° to 117.110°, one square high; its area on the ellipsoid by a geodesic polygon.
OVERLAP = box(WEST + 0.009, SOUTH, WEST + 0.01, SOUTH + SIDE)
ACCEPTED = Acceptance("accepted", Text.same("<b>agreed</b>"), "Li Wei")


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    folder = write_plan(tmp_path_factory.mktemp("plans") / "trial", NAMES, facilities=["Lab"])
    east = [[x - 0.001, y] for x, y in square_ring(1)]
    write_layer(
        folder / "zones.geojson", [({"id": "z0"}, "Polygon", [square_ring(0)]), ({"id": "z1"}, "Polygon", [east])]
    )
    return open_plan(folder)


@pytest.fixture
def overlap(view: PlanView) -> Finding:
    return next(finding for finding in view.result.findings if finding.check == "overlap")


def with_finding(result: CheckResult, finding: Finding) -> CheckResult:
    """Return the result with a finding beside its own."""
    return replace(result, findings=(*result.findings, finding))


def test_the_table_has_severity_both_zones_area_width_expected_and_measured(view: PlanView, overlap: Finding) -> None:
    row = findings_frame([overlap], view.result, "en").iloc[0]
    geodesic = abs(Geod(ellps="GRS80").geometry_area_perimeter(OVERLAP)[0])
    assert row["Severity"] == "✕ error"
    assert row["Check"] == "Overlap"
    assert row["Zones"] == ", ".join(NAMES)
    assert row["Area m²"] == pytest.approx(geodesic, rel=1e-5)
    # 0.001° of longitude at 31.805°: 111.32 km · cos φ, the ellipsoid making it some 0.1 % more.
    assert row["Width m"] == pytest.approx(94.7, abs=0.2)
    assert row["Expected"] == "0.00 m²"
    assert row["Measured"] == f"{row['Area m²']:,.2f} m²"
    assert row["State"] == "open"


def test_both_languages_have_the_same_columns_and_rows(view: PlanView) -> None:
    for made in (findings_frame, short_frame):
        english, chinese = (made(view.result.findings, view.result, language) for language in ("en", "zh"))
        assert english.shape == chinese.shape
        assert not set(english.columns) & set(chinese.columns)


@pytest.mark.parametrize(
    ("severities", "count"), [((Severity.ERROR,), 1), ((Severity.WARNING,), 0), (tuple(Severity), 2), ((), 0)]
)
def test_findings_are_listed_by_severity(view: PlanView, severities: tuple[Severity, ...], count: int) -> None:
    assert len(listed(view.result, severities, accepted=True)) == count


def test_findings_are_listed_by_zone_by_check_and_without_those_accepted(view: PlanView, overlap: Finding) -> None:
    everything = tuple(Severity)
    other = replace(overlap, zones=("z9",), subject="other", accepted=ACCEPTED)
    result = with_finding(view.result, other)
    assert listed(result, everything, accepted=True, zone="z9") == (other,)
    assert listed(result, everything, accepted=False, zone="z9") == ()
    assert listed(result, everything, accepted=True, check="overlap") == (overlap, other)
    assert listed(result, everything, accepted=True, check="gap") == ()


def test_an_accepted_finding_says_by_whom_and_why_and_wears_another_sign(view: PlanView, overlap: Finding) -> None:
    taken = replace(overlap, accepted=ACCEPTED)
    html = finding_html(taken, view.result, "en")
    assert "accepted by Li Wei: &lt;b&gt;agreed&lt;/b&gt;" in html
    assert findings_frame([taken], view.result, "en").iloc[0]["State"] == "Accepted"
    assert short_frame([taken], view.result, "en").iloc[0, 0] == style.ACCEPTED.symbol


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_writes_hostile_names_as_text(view: PlanView, overlap: Finding, language: str) -> None:
    html = finding_html(overlap, view.result, language)
    assert "<script" not in html
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in html
    assert overlap.id in html


def test_a_zone_nobody_named_is_shown_by_its_id(view: PlanView, overlap: Finding) -> None:
    strange = replace(overlap, zones=("x\u202ey",))
    assert zone_names(strange, view.result, "en") == "x\\u202ey"


def test_a_finding_lies_on_the_map_where_it_is_and_can_be_picked(view: PlanView, overlap: Finding) -> None:
    overlay = findings_overlay(view.result, view.result.findings, None)
    (shape,) = [shape for shape in overlay.shapes if shape.role == "finding-error"]
    assert shape.pick == Pick("finding", overlap.id)
    assert shape.name == overlap.message
    assert shape.geometry.symmetric_difference(OVERLAP).area < 1e-3 * OVERLAP.area
    assert dict(overlay.legend).keys() == {"finding-error", "finding-info"}


def test_the_opened_finding_is_drawn_last_with_an_outline_of_its_own(view: PlanView, overlap: Finding) -> None:
    roles = [shape.role for shape in findings_overlay(view.result, view.result.findings, overlap).shapes]
    assert roles[-2:] == ["finding-error", "chosen"]


def test_an_accepted_finding_is_grey_on_the_map(view: PlanView, overlap: Finding) -> None:
    (shape,) = findings_overlay(view.result, [replace(overlap, accepted=ACCEPTED)], None).shapes
    assert shape.colour == style.ACCEPTED.fill


def test_a_finding_without_a_place_brings_its_zone_into_view(view: PlanView, overlap: Finding) -> None:
    nowhere = replace(overlap, geometry=None, zones=("z7", "z1"))
    assert findings_overlay(view.result, [nowhere], nowhere).shapes == ()
    focus = focus_of(view, nowhere)
    assert isinstance(focus, tuple)
    assert focus[0] < WEST + 0.009 < WEST + 0.019 < focus[2]
    assert focus_of(view, replace(nowhere, zones=())) is None


def test_the_focus_of_a_finding_is_its_own_place(view: PlanView, overlap: Finding) -> None:
    assert view.result.crs is not None
    focus = focus_of(view, overlap)
    assert focus is not None
    assert not isinstance(focus, tuple)
    assert focus.equals(to_lonlat([overlap.geometry], view.result.crs)[0])


def test_a_plan_without_boundaries_has_an_empty_layer_of_findings(tmp_path: Path) -> None:
    waiting = open_plan(write_plan(tmp_path / "waiting", boundaries=False, facilities=["Lab"]))
    assert findings_overlay(waiting.result, waiting.result.findings, None).shapes == ()
