"""What a drawn boundary does to those beside it, by hand-calculated squares and as laws."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.drafts import Draft, cut_from_neighbours, kept_clear, overlapping, snapped
from geoplan.drafts.values import Deed
from geoplan.errors import InputError
from tests.drafts.squares import at, bytes_of, draft_of, shape_of
from tests.helpers import EAST, NORTH, rectangle

SCALE = 1e-4


def corners(shape: BaseGeometry | None) -> set[tuple[float, float]]:
    return {(round(x - EAST, 6), round(y - NORTH, 6)) for x, y in shapely.get_coordinates(shape).tolist()}


def edges(shape: BaseGeometry | None) -> set[frozenset[tuple[float, ...]]]:
    """Return the edges of a polygon by their exact end points, whichever way round."""
    xy = shapely.get_coordinates(shape).tolist()
    return {frozenset((tuple(one), tuple(two))) for one, two in pairwise(xy)}


def ring(*places: tuple[float, float]) -> Polygon:
    """Return the polygon of these corners, in metres from the tests' place."""
    return Polygon([(EAST + x, NORTH + y) for x, y in places])


def test_overlaps_are_told_with_their_area_the_largest_first() -> None:
    draft = draft_of({"a": at(0, 0, 100), "b": at(100, 0, 100), "new": rectangle(EAST + 90, NORTH, 40, 100)})
    found = overlapping(draft, "new")
    assert [zone for zone, _ in found] == ["b", "a"]
    assert [area for _, area in found] == pytest.approx([3000, 1000], rel=SCALE)
    ((zone, area),) = overlapping(draft, "a")
    assert zone == "new"
    assert area == pytest.approx(1000, rel=SCALE)


def test_a_cut_takes_the_ground_from_each_neighbour_and_says_how_much() -> None:
    draft = draft_of({"a": at(0, 0, 100), "b": at(100, 0, 100), "new": rectangle(EAST + 90, NORTH + 50, 40, 80)})
    after = cut_from_neighbours(draft, "new")
    assert shape_of(after, "a").area == pytest.approx(10_000 - 10 * 50)
    assert shape_of(after, "b").area == pytest.approx(10_000 - 30 * 50)
    assert shape_of(after, "new").area == pytest.approx(40 * 80)
    edit = after.edits[-1]
    assert (edit.deed, edit.zone) == (Deed.CUT, "new")
    assert dict(edit.gained_m2) == pytest.approx({"a": -500, "b": -1500}, rel=SCALE)
    assert overlapping(after, "new") == ()


def test_after_a_cut_both_sides_share_their_edges_exactly() -> None:
    slanted = Polygon([(EAST + 37.3, NORTH + 61.7), (EAST + 163.1, NORTH + 41.9), (EAST + 119.7, NORTH + 171.3)])
    after = cut_from_neighbours(draft_of({"a": at(0, 0, 100), "b": at(100, 0, 100), "new": slanted}), "new")
    inside = [edge for zone in ("a", "b") for edge in edges(after.geometry(zone)) & edges(after.geometry("new"))]
    along = sum(shapely.LineString(sorted(edge)).length for edge in inside)
    straight = shapely.union(at(0, 0, 100), at(100, 0, 100)).intersection(slanted.exterior).length
    assert along == pytest.approx(straight, abs=1e-6)


def test_a_neighbour_is_never_cut_away_wholly() -> None:
    draft = draft_of({"small": at(10, 10, 5), "new": at(0, 0, 100)})
    with pytest.raises(InputError, match="nothing would be left of “small”"):
        cut_from_neighbours(draft, "new")


def test_a_zone_kept_clear_gives_way_and_the_others_stay() -> None:
    draft = draft_of({"a": at(0, 0, 100), "b": at(100, 0, 100), "new": rectangle(EAST + 90, NORTH + 50, 40, 80)})
    after = kept_clear(draft, "new")
    assert corners(after.geometry("new")) == {(90, 100), (100, 100), (130, 100), (130, 130), (90, 130)}
    assert dict(after.edits[-1].gained_m2) == pytest.approx({"new": -40 * 50}, rel=SCALE)
    assert {key: bytes_of(after)[key] for key in "ab"} == {key: bytes_of(draft)[key] for key in "ab"}


def test_nothing_left_is_refused() -> None:
    with pytest.raises(InputError, match="nothing is left of the zone"):
        kept_clear(draft_of({"a": at(0, 0, 100), "new": at(10, 10, 5)}), "new")


def test_an_unsound_neighbour_is_named_instead_of_repaired() -> None:
    bow = Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    for edit in (cut_from_neighbours, kept_clear):
        with pytest.raises(InputError, match="“bow” crosses itself"):
            edit(draft_of({"bow": bow, "new": at(5, 0, 20)}), "new")


def test_a_boundary_near_a_neighbours_is_joined_to_it_exactly() -> None:
    beside = Polygon(
        [(EAST + 100.3, NORTH + 0.2), (EAST + 200, NORTH), (EAST + 200, NORTH + 100), (EAST + 99.8, NORTH + 99.7)]
    )
    after = snapped(draft_of({"a": at(0, 0, 100), "new": beside}), "new", 0.5)
    assert corners(after.geometry("new")) == {(100, 0), (200, 0), (200, 100), (100, 100)}
    assert len(edges(after.geometry("a")) & edges(after.geometry("new"))) == 1
    edit = after.edits[-1]
    assert (edit.moved, round(edit.farthest_m, 3)) == (2, 0.361)  # sqrt(0.3² + 0.2²) is the longer way


def test_a_neighbours_vertices_along_an_edge_become_its_own() -> None:
    bent = Polygon(
        [(EAST, NORTH), (EAST + 100, NORTH), (EAST + 100.2, NORTH + 50), (EAST + 100, NORTH + 100), (EAST, NORTH + 100)]
    )
    after = snapped(draft_of({"a": bent, "new": at(100, 0, 100)}), "new", 0.5)
    assert (100.2, 50.0) in corners(after.geometry("new"))
    assert len(edges(bent) & edges(after.geometry("new"))) == 2


def test_a_vertex_near_an_edge_goes_onto_it() -> None:
    small = rectangle(EAST + 100.3, NORTH + 20, 10, 10)
    after = snapped(draft_of({"a": at(0, 0, 100), "new": small}), "new", 0.5)
    assert corners(after.geometry("new")) == {(100, 20), (110.3, 20), (110.3, 30), (100, 30)}


def test_what_is_farther_than_the_distance_stays() -> None:
    draft = draft_of({"a": at(0, 0, 100), "new": at(100.6, 0, 100)})
    assert bytes_of(snapped(draft, "new", 0.5)) == bytes_of(draft)


def test_a_distance_that_would_fold_the_outline_is_refused() -> None:
    with pytest.raises(InputError, match="cross itself"):
        snapped(draft_of({"a": at(0, 0, 100), "new": at(100.1, 40, 1)}), "new", 5.0)


places = st.floats(-150, 150).map(lambda value: round(value, 3))


@st.composite
def layouts(draw: st.DrawFn) -> Draft:
    """Return a draft of four squares that share their edges and a rotated rectangle thrown over them."""
    grid = {f"{x}{y}": at(100 * x, 100 * y, 100) for x in range(2) for y in range(2)}
    shape = shapely.box(0, 0, draw(st.floats(1, 180)), draw(st.floats(1, 180)))
    turned = shapely.affinity.rotate(shape, draw(st.floats(0, 90)))
    x, y = EAST + 100 + draw(places), NORTH + 100 + draw(places)
    new = shapely.transform(turned, lambda xy: np.round(xy + np.array([x, y]), 4))
    return draft_of(grid | {"new": new})


@given(layouts())
def test_a_cut_conserves_the_ground_and_leaves_no_overlap(draft: Draft) -> None:
    try:
        after = cut_from_neighbours(draft, "new")
    except InputError:
        return  # a neighbour would be gone
    before_m2, after_m2 = (shapely.union_all(one.zones.geometry).area for one in (draft, after))
    assert after_m2 == pytest.approx(before_m2, abs=1e-3)
    assert sum(shape.area for shape in after.zones.geometry) == pytest.approx(after_m2, abs=1e-3)
    lost = sum(area for _, area in after.edits[-1].gained_m2)
    assert -lost == pytest.approx(sum(area for _, area in overlapping(draft, "new")), abs=1e-2)


@given(layouts(), st.sampled_from([0.5, 5.0]))
def test_joining_and_keeping_clear_leave_every_neighbour_as_it_is(draft: Draft, tolerance: float) -> None:
    for edit in (partial(snapped, zone="new", tolerance_m=tolerance), partial(kept_clear, zone="new")):
        try:
            after = edit(draft)
        except InputError:
            continue
        own = bytes_of(after)
        assert {key: own[key] for key in own if key != "new"} == {
            key: value for key, value in bytes_of(draft).items() if key != "new"
        }
        assert shape_of(after, "new").is_valid
