"""Edits of a draft: each does what it says to the zone it names, and nothing to any other."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon

from geoplan.drafts import merge, renamed, split, with_zone, without_zone
from geoplan.drafts.values import Deed
from geoplan.errors import InputError, UsageError
from geoplan.types import Text
from tests.drafts.squares import at, bytes_of, degrees, draft_of, named, shape_of
from tests.helpers import EAST, NORTH, rectangle

TWO = {"a": at(0, 0, 100), "b": at(100, 0, 100)}
SCALE = 1e-4  # of an area: what the ellipsoid makes of a square metre of the plane here


def test_a_drawn_zone_is_where_it_was_drawn_to_a_tenth_of_a_millimetre() -> None:
    drawn = with_zone(draft_of(TWO), "c", degrees(at(300, 0, 50)), named("New"))
    xy = shapely.get_coordinates(drawn.geometry("c"))
    assert {(round(x - EAST, 4), round(y - NORTH, 4)) for x, y in xy} == {(300, 0), (350, 0), (350, 50), (300, 50)}
    assert drawn.ids == ("a", "b", "c")
    assert drawn.names()["c"] == Text("New", "New")


def test_the_ledger_says_what_a_drawn_zone_gained() -> None:
    edit = with_zone(draft_of(TWO), "c", degrees(at(300, 0, 50)), pixel_m=2.4).edits[-1]
    assert (edit.deed, edit.zone, edit.pixel_m) == (Deed.DRAWN, "c", 2.4)
    assert edit.gained_m2[0][0] == "c"
    assert edit.gained_m2[0][1] == pytest.approx(2500, rel=SCALE)


def test_a_drawn_zone_says_that_it_is_known_no_better_than_a_pixel() -> None:
    drawn = with_zone(draft_of(TWO), "c", degrees(at(300, 0, 50)), pixel_m=2.4)
    assert drawn.zones.text("basis") == ("", "", "Drawn on screen, one pixel = 2.4 m (屏幕绘制，1 像素 = 2.4 m)")
    assert drawn.zones.text("accuracy_m") == ("", "", "2.4")


def test_typed_coordinates_claim_no_accuracy() -> None:
    drawn = with_zone(draft_of(TWO), "c", degrees(at(300, 0, 50)))
    assert drawn.zones.text("basis")[2] == "Coordinates given as numbers (坐标录入)"
    assert "accuracy_m" not in drawn.zones.fields


def test_a_reshaped_zone_keeps_the_worse_accuracy_and_what_was_said_of_it() -> None:
    before = draft_of(TWO, basis=["Surveyed", "Guessed"], accuracy_m=[0.5, 400.0])
    after = with_zone(before, "a", degrees(at(0, 0, 90)), pixel_m=2.0)
    after = with_zone(
        with_zone(after, "a", degrees(at(0, 0, 80)), pixel_m=1.0), "b", degrees(at(100, 0, 90)), pixel_m=1.0
    )
    assert after.zones.text("accuracy_m") == ("2", "400")
    assert after.zones.text("basis")[0].startswith("Drawn on screen, one pixel = 1 m")
    assert after.zones.text("basis")[0].endswith("; before: Surveyed")


def test_a_vertex_that_came_back_unmoved_is_the_stored_one_to_the_last_bit() -> None:
    odd = Polygon([(EAST + 1 / 3, NORTH), (EAST + 100, NORTH + 0.12345678), (EAST + 50, NORTH + 100 / 7)])
    before = draft_of({"a": odd})
    sent = shapely.get_coordinates(degrees(odd, decimals=6))
    sent[1] = shapely.get_coordinates(degrees(Point(EAST + 120, NORTH)))[0]
    after = with_zone(before, "a", Polygon(sent[:-1]), pixel_m=1.0)
    stored, now = ({tuple(xy) for xy in shapely.get_coordinates(d.geometry("a"))} for d in (before, after))
    assert len(stored & now) == 2
    assert {(round(x - EAST, 4), round(y - NORTH, 4)) for x, y in now - stored} == {(120.0, 0.0)}


@pytest.mark.parametrize(("pixel_m", "corner"), [(1.0, (100.0, 0.0)), (None, (100.05, 0.0))])
def test_a_corner_near_a_stored_one_is_that_one_when_drawn_and_itself_when_typed(
    pixel_m: float | None, corner: tuple[float, float]
) -> None:
    near = Polygon([(EAST + 100.05, NORTH), (EAST + 300, NORTH), (EAST + 300, NORTH + 50)])
    after = with_zone(draft_of(TWO), "c", degrees(near), pixel_m=pixel_m)
    assert corner in {
        (round(x - EAST, 4), round(y - NORTH, 4)) for x, y in shapely.get_coordinates(shape_of(after, "c"))
    }


def test_a_name_is_kept_when_only_the_boundary_changes() -> None:
    after = with_zone(draft_of(TWO), "a", degrees(at(0, 0, 90)))
    assert after.names() == {"a": Text("Zone a", "区域 a"), "b": Text("Zone b", "区域 b")}
    assert renamed(after, "a", Text(" Core ", "")).names()["a"] == Text("Core", "a")


def test_a_removed_zone_is_gone_and_its_area_in_the_ledger() -> None:
    after = without_zone(draft_of(TWO), "a")
    assert after.ids == ("b",)
    assert after.edits[-1].gained_m2[0][1] == pytest.approx(-10_000, rel=SCALE)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (Point(117.2, 31.8), "a zone is a polygon, this is Point"),
        (Polygon(), "this is empty"),
        (Polygon([(117.2, 31.8), (117.3, 31.9), (117.3, 31.8), (117.2, 31.9)]), "crosses or touches itself"),
        (Polygon([(217.2, 31.8), (217.3, 31.9), (217.3, 31.8)]), "no place"),
        (Polygon([(117.2, math.inf), (117.3, 31.9), (117.3, 31.8)]), "no place"),
    ],
)
def test_what_is_no_sound_polygon_here_is_refused_with_the_reason(shape: Polygon, said: str) -> None:
    with pytest.raises(InputError, match=said):
        with_zone(draft_of(TWO), "c", shape)


@pytest.mark.parametrize("zone", ["", "   ", "x" * 65, "a\nb", "a\0b", "\ud800"])
def test_an_id_that_no_file_could_carry_is_refused(zone: str) -> None:
    with pytest.raises(InputError, match="The id of a zone"):
        with_zone(draft_of(TWO), zone, degrees(at(300, 0, 50)))


def test_an_unknown_zone_is_told_with_what_to_do() -> None:
    with pytest.raises(UsageError, match="no zone “x” in the draft"):
        without_zone(draft_of(TWO), "x")


def test_a_split_leaves_the_larger_part_its_id_and_shares_the_new_edge_exactly() -> None:
    line = degrees(LineString([(EAST + 30, NORTH - 5), (EAST + 30, NORTH + 105)]))
    after = split(draft_of(TWO), "a", line, "a2", named("Strip"))
    assert after.ids == ("a", "b", "a2")
    assert shape_of(after, "a").area == pytest.approx(7000, abs=0.1)
    assert shape_of(after, "a2").area == pytest.approx(3000, abs=0.1)
    assert shape_of(after, "a").intersection(shape_of(after, "a2")).area == 0.0
    edges = [set(map(tuple, shapely.get_coordinates(after.geometry(zone)).tolist())) for zone in ("a", "a2")]
    assert len(edges[0] & edges[1]) == 2
    assert dict(after.edits[-1].gained_m2)["a2"] == pytest.approx(3000, rel=SCALE)


@pytest.mark.parametrize("x", [250.0, 100.0])
def test_a_line_that_does_not_cross_splits_nothing(x: float) -> None:
    line = degrees(LineString([(EAST + x, NORTH - 5), (EAST + x, NORTH + 105)]))
    with pytest.raises(InputError, match="must cross “a” once"):
        split(draft_of(TWO), "a", line, "a2")


def test_a_part_split_off_a_zone_of_two_parts_leaves_the_other_part_alone() -> None:
    two_parts = MultiPolygon([at(0, 0, 100), at(300, 0, 10)])
    line = degrees(LineString([(EAST + 30, NORTH - 5), (EAST + 30, NORTH + 105)]))
    after = split(draft_of({"a": two_parts}), "a", line, "a2")
    assert shape_of(after, "a2").area == pytest.approx(3000, abs=0.1)
    assert shape_of(after, "a").area == pytest.approx(7100, abs=0.1)


def test_a_split_may_not_take_the_id_of_another_zone() -> None:
    line = degrees(LineString([(EAST + 30, NORTH - 5), (EAST + 30, NORTH + 105)]))
    with pytest.raises(UsageError, match="a zone “b” already"):
        split(draft_of(TWO), "a", line, "b")


def test_merging_keeps_the_first_zone_with_the_ground_of_both() -> None:
    after = merge(draft_of(TWO | {"c": at(500, 0, 10)}), "a", "b")
    assert after.ids == ("a", "c")
    assert shape_of(after, "a").equals(rectangle(EAST, NORTH, 200, 100))
    with pytest.raises(UsageError, match="with itself"):
        merge(draft_of(TWO), "a", "a")


metres = st.floats(-400, 400).map(lambda value: round(value, 3))


@given(x=metres, y=metres, size=st.floats(1, 300), zone=st.sampled_from(["a", "b", "c", "new"]))
def test_no_edit_touches_a_zone_it_does_not_name(x: float, y: float, size: float, zone: str) -> None:
    before = draft_of(
        TWO | {"c": Polygon([(EAST + 1 / 3, NORTH + 200.1), (EAST + 7.7, NORTH + 300), (EAST, NORTH + 1e3 / 3)])}
    )
    after = with_zone(before, zone, degrees(at(x, y, size)), pixel_m=1.0)
    kept, now = bytes_of(before), bytes_of(after)
    assert {key: now[key] for key in kept if key != zone} == {key: kept[key] for key in kept if key != zone}
    gone = without_zone(after, zone)
    assert bytes_of(gone) == {key: kept[key] for key in kept if key != zone}
    assert before.ids == ("a", "b", "c")  # values are never changed
