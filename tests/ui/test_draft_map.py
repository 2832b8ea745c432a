"""What a browser says was drawn: outlines become edits, anything else is passed over; and what is laid over the map."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import Polygon

from geoplan.drafts import Ground, assess, start, with_zone
from geoplan.types import Finding
from geoplan.ui.desk import Desk
from geoplan.ui.draft_map import (
    as_draft,
    changes_overlay,
    exact,
    findings_overlay,
    pixel_of,
    shape_of,
    take_drawn,
)
from tests.drafts.squares import at, bytes_of, degrees, write_plan
from tests.drafts.squares import shape_of as geometry_of
from tests.helpers import EAST, NORTH

ABC = {
    "a": at(0, 0, 100),
    "b": Polygon([(EAST + 100, NORTH + 1 / 3), (EAST + 200, NORTH), (EAST + 150, NORTH + 100 / 7)]),
}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground.of(write_plan(tmp_path / "valley", ABC))


@pytest.fixture
def desk(ground: Ground) -> Desk:
    laid = Desk()
    laid.lay(start(ground, "First", "Li Wei"))
    laid.target = "c"
    return laid


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def test_a_drawn_outline_becomes_the_zone_it_was_meant_for(desk: Desk, ground: Ground) -> None:
    take_drawn(desk, ground, [feature(degrees(at(300, 0, 50)), zoom=16)])
    assert desk.draft.ids == ("a", "b", "c")
    assert geometry_of(desk.draft, "c").area == pytest.approx(2500, abs=0.1)
    pixel = desk.draft.edits[-1].pixel_m
    assert pixel is not None
    # At zoom 16 the equator's 40,075,017 m are 256 · 2¹⁶ pixels; here the parallel is shorter by cos 31.8°.
    assert pixel == pytest.approx(40_075_016.7 / (256 * 2**16) * math.cos(math.radians(31.82)), rel=1e-3)


def test_of_a_zone_being_edited_only_the_corner_that_was_moved_changes(desk: Desk, ground: Ground) -> None:
    desk.editing = "b"
    before = geometry_of(desk.draft, "b")
    sent = exact(degrees(before))
    ring = [list(point) for point in sent["coordinates"][0]]
    moved = next(place for place, point in enumerate(ring) if point == max(ring[:-1]))
    ring[moved] = list(degrees(at(250, 0, 1)).exterior.coords[0])
    ring[-1] = ring[0]
    take_drawn(desk, ground, [feature(Polygon(ring), id="b", zoom=18)])
    corners = [
        set(map(tuple, shapely.get_coordinates(shape).tolist())) for shape in (before, geometry_of(desk.draft, "b"))
    ]
    assert len(corners[0] & corners[1]) == 2
    assert desk.editing is None


def test_an_edit_that_came_too_late_is_passed_over(desk: Desk, ground: Ground) -> None:
    desk.editing, before = "b", bytes_of(desk.draft)
    take_drawn(desk, ground, [feature(degrees(at(300, 0, 50)), id="a")])
    assert bytes_of(desk.draft) == before


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"geometry": None},
        {"geometry": "x"},
        {"geometry": {"type": "Point", "coordinates": [117, 31]}},
        {"geometry": {"type": "Polygon", "coordinates": "x"}},
        {"geometry": {"type": "Polygon", "coordinates": [[[117, None], [1, 2], [3, 4]]]}},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Polygon", "coordinates": [[[math.nan, 1], [1, 2], [3, 4], [math.nan, 1]]]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[1e400, 1], [1, 2], [3, 4], [1e400, 1]]]}},
        {"geometry": {"type": ["Polygon"], "coordinates": {}}},
    ],
)
def test_whatever_a_browser_says_that_is_no_outline_changes_nothing(desk: Desk, ground: Ground, said: Any) -> None:
    before = desk.draft
    take_drawn(desk, ground, [said])
    assert desk.draft is before


def test_an_outline_that_crosses_itself_is_refused_and_said(desk: Desk, ground: Ground) -> None:
    before = desk.draft
    bow = Polygon([(117.2, 31.8), (117.3, 31.9), (117.3, 31.8), (117.2, 31.9)])
    take_drawn(desk, ground, [feature(bow)])
    assert desk.draft is before
    assert desk.said is not None
    assert "crosses or touches itself" in desk.said[1].en


@pytest.mark.parametrize("told", [{}, {"zoom": "16"}, {"zoom": True}, {"zoom": -1}, {"pixel_m": 0}, {"pixel_m": 1e9}])
def test_a_scale_nobody_could_draw_at_claims_no_accuracy(told: dict[str, Any]) -> None:
    shape = degrees(at(0, 0, 10))
    assert pixel_of(feature(shape, **told), shape) is None


def test_a_pixel_told_in_metres_is_taken_as_it_is() -> None:
    shape = degrees(at(0, 0, 10))
    assert pixel_of(feature(shape, pixel_m=2.5), shape) == 2.5


def test_a_geometry_goes_to_the_browser_with_a_millimetre_to_spare() -> None:
    shape = shape_of(feature(degrees(ABC["b"])))
    assert shape is not None
    sent = shapely.geometry.shape(exact(shape))
    assert shapely.hausdorff_distance(sent, degrees(ABC["b"])) < 2e-8


def test_the_map_of_a_draft_says_that_it_is_one(desk: Desk, ground: Ground) -> None:
    view = assess(desk.draft, ground).view
    assert as_draft(view).plan.status == "draft"
    assert view.plan.status == ground.plan.status


def test_findings_and_moved_ground_are_laid_over_the_map(ground: Ground) -> None:
    found = assess(with_zone(start(ground, "x", "Li"), "c", degrees(at(50, 0, 100))), ground)
    overlap = next(one for one in found.view.result.findings if one.check == "overlap")
    overlay = findings_overlay(found, overlap)
    assert overlay.shapes[-1].role == "chosen"
    assert overlay.shapes[-1].pick is not None
    assert overlay.shapes[-1].pick.id == overlap.id
    west, south, *_ = overlay.shapes[-1].geometry.bounds
    assert (round(west, 3), round(south, 3)) == tuple(round(value, 3) for value in degrees(at(50, 0, 1)).bounds[:2])
    (gained,) = changes_overlay(found.comparison).shapes
    assert gained.role == "gained"
    assert shapely.hausdorff_distance(gained.geometry, degrees(at(50, 0, 100))) < 1e-8


def test_a_finding_without_a_place_is_not_on_the_map(ground: Ground) -> None:
    found = assess(start(ground, "x", "Li"), ground)
    nowhere: tuple[Finding, ...] = found.view.result.findings
    assert len(findings_overlay(found, None).shapes) <= len(nowhere)
