"""Repair is a proposal: what it mends, what it leaves alone, what it refuses, and a ledger that adds up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.area import ellipsoidal_areas
from geoplan.crs import norm_crs
from geoplan.errors import CrsError
from geoplan.repair import STEPS, LedgerEntry, Repair, propose
from geoplan.repair.proposal import largest_way_m
from geoplan.repair.shapes import Reach
from geoplan.types import Tolerance
from tests.diffs import PLANE, at
from tests.helpers import EAST, NORTH, make_layer

GAUSS_KRUGER = norm_crs("EPSG:4548")


def repaired(*shapes: BaseGeometry | None, **how: object) -> Repair:
    return propose(make_layer(shapes), ids=[chr(ord("a") + place) for place in range(len(shapes))], **how)  # type: ignore[arg-type]


def shapes_of(repair: Repair) -> list[BaseGeometry]:
    assert repair.refused == ()
    assert repair.layer is not None
    return list(repair.layer.geometry)


def ring(*points: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon([(EAST + x, NORTH + y) for x, y in points])


def steps(repair: Repair, zone: str = "a") -> list[str]:
    return [entry.step for entry in repair.ledger if entry.zone == zone]


def shared_edges(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(shapely.length(shapely.shared_paths(one.exterior, other.exterior).geoms[1]))


# --- nothing to do --------------------------------------------------------------------------------


def test_a_clean_layer_is_left_alone() -> None:
    layer = make_layer([at(0, 0, 10, 10), at(10, 0, 10, 10), None, shapely.Point(EAST, NORTH), shapely.Polygon()])
    repair = propose(layer)
    assert repair.ledger == repair.refused == repair.changed == ()
    assert repair.layer is not None
    assert shapely.to_wkb(repair.layer.geometry).tolist() == shapely.to_wkb(layer.geometry).tolist()


def test_fine_detail_of_one_zone_is_no_defect() -> None:
    curve = [(10 - 0.004 * k, 0.003 * k) for k in range(10)]
    shapes = [ring((0, 0), *curve, (10, 10), (0, 10)), ring((10, 0), (20, 0), (20, 10), (10, 10), *curve[::-1][:-1])]
    assert repaired(*shapes).ledger == ()


def test_a_real_gap_and_a_real_overlap_are_left_for_the_checks() -> None:
    apart = (at(0, 0, 10, 10), at(12, 0, 10, 10))
    across = (at(0, 100, 10, 10), at(8, 100, 10, 10))
    assert repaired(*apart).ledger == ()
    repair = repaired(*across)  # vertices exactly on the other's edge are added to it, which moves no ground
    assert [shape.area for shape in shapes_of(repair)] == [100.0, 100.0]
    assert all(entry.gained_m2 == entry.lost_m2 == entry.vertices_moved == 0 for entry in repair.ledger)


def test_a_narrow_zone_is_no_defect() -> None:
    """Zones 5 mm wide lie between others: the tolerance is for defects, never for zones."""
    strip = at(10, 0, 0.005, 10)
    repair = repaired(at(0, 0, 10, 10), strip, at(10.005, 0, 10, 10))
    assert repair.ledger == ()


def test_coordinates_that_are_no_numbers_are_left_for_the_checks() -> None:
    lost = shapely.from_wkt("POLYGON ((0 0, inf 0, 5 5, 0 0))")
    assert repaired(lost, at(0, 0, 10, 10)).ledger == ()


# --- one zone at a time ---------------------------------------------------------------------------


def test_heights_and_measures_go() -> None:
    shape = shapely.from_wkt(
        "POLYGON ZM ((518000 3521000 5 1, 518010 3521000 5 2, 518010 3521010 5 3, 518000 3521000 5 1))"
    )
    repair = repaired(shape)
    assert steps(repair) == ["heights"]
    (flat,) = shapes_of(repair)
    assert not flat.has_z
    assert flat.equals(shapely.force_2d(shape))


def test_repeated_vertices_go() -> None:
    repair = repaired(ring((0, 0), (10, 0), (10, 0), (10, 10), (10, 10), (0, 10)))
    (entry,) = repair.ledger
    assert (entry.step, entry.vertices_before, entry.vertices_after) == ("repeated-vertices", 7, 5)
    assert entry.gained_m2 == entry.lost_m2 == 0.0


def test_exteriors_run_counter_clockwise_and_holes_clockwise() -> None:
    shape = shapely.reverse(at(0, 0, 10, 10).difference(at(2, 2, 2, 2)).normalize().reverse())
    shape = shapely.orient_polygons(shape, exterior_cw=True)
    repair = repaired(shape)
    assert steps(repair) == ["orientation"]
    (mended,) = shapes_of(repair)
    assert mended.exterior.is_ccw
    assert not mended.interiors[0].is_ccw


def test_a_spike_falls_off_and_the_ledger_says_so() -> None:
    repair = repaired(ring((0, 0), (10, 0), (10, 5), (30, 5), (10, 5), (10, 10), (0, 10)))
    assert steps(repair) == ["validity"]
    (mended,) = shapes_of(repair)
    assert mended.is_valid
    assert mended.area == pytest.approx(100.0)
    assert mended.bounds[2] == EAST + 10


def test_a_crossing_within_the_limit_is_made_valid_and_counted() -> None:
    """A loop of 0.5 × 0.2 / 2 m² is wound the wrong way: 1,000 m² less it, not 1,000 m² plus it."""
    shape = ring((0, 0), (100, 0), (100, 10), (50.25, 10), (49.75, 10.2), (49.75, 9.8), (50.25, 10), (0, 10))
    repair = repaired(shape)
    (mended,) = shapes_of(repair)
    assert mended.is_valid
    assert "validity" in steps(repair)


def test_a_bow_tie_is_refused() -> None:
    repair = repaired(ring((0, 0), (10, 10), (10, 0), (0, 10)))
    assert repair.layer is None
    assert [refusal.zone for refusal in repair.refused] == ["a"]
    assert steps(repair) == ["validity"]


# --- where zones meet -----------------------------------------------------------------------------


def test_edges_that_nearly_meet_are_made_one() -> None:
    repair = repaired(at(0, 0, 10, 10), at(10.006, 0, 10, 10), limit_share=0.01)
    one, other = shapes_of(repair)
    assert shared_edges(one, other) == pytest.approx(10.0)
    moved = [entry for entry in repair.ledger if entry.vertices_moved]
    assert max(entry.largest_move_m for entry in moved) == pytest.approx(0.006, abs=1e-6)
    assert {entry.step for entry in repair.ledger} == {"snapping"}


def test_a_vertex_that_two_zones_share_stays_and_the_third_comes_to_it() -> None:
    third = ring((9.994, 0), (20, 0), (20, 20), (9.994, 20), (9.994, 10))
    repair = repaired(at(0, 0, 10, 10), at(0, 10, 10, 10), third, limit_share=0.01)
    corner = (EAST + 10, NORTH + 10)
    assert all(corner in shape.exterior.coords for shape in shapes_of(repair))


def test_a_distance_beyond_the_tolerance_is_not_closed() -> None:
    assert repaired(at(0, 0, 10, 10), at(10.011, 0, 10, 10), limit_share=0.01).ledger == ()


def test_the_tolerance_given_is_the_one_used() -> None:
    wide = Tolerance(area_m2=1.0, width_m=0.05)
    assert shapes_of(repaired(at(0, 0, 10, 10), at(10.04, 0, 10, 10), tolerance=wide, limit_share=0.01))
    assert repaired(at(0, 0, 10, 10), at(10.04, 0, 10, 10), tolerance=wide, limit_share=0.01).ledger != ()


def test_a_t_junction_gets_its_vertex() -> None:
    below, left, right = at(0, 0, 20, 10), at(0, 10, 8, 10), at(8, 10, 12, 10)
    repair = repaired(below, left, right)
    whole, _, _ = shapes_of(repair)
    assert (EAST + 8, NORTH + 10) in whole.exterior.coords
    assert whole.equals(below)
    assert repair.changed == ("a",)
    (entry,) = repair.ledger
    assert (entry.vertices_moved, entry.vertices_after - entry.vertices_before) == (0, 1)


def test_a_vertex_near_an_edge_bends_it_and_all_three_zones_meet() -> None:
    below, left, right = at(0, 0, 20, 10), at(0, 10.004, 8, 10), at(8, 10.004, 12, 10)
    repair = repaired(below, left, right, limit_share=0.01)
    shapes = shapes_of(repair)
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).area == pytest.approx(400, abs=0.1)


def test_a_tiny_overlap_goes_to_the_zone_with_the_longer_edge() -> None:
    """A tooth of 0.5 m × 0.5 m reaches into the neighbour: three of its sides lie in there, one does not."""
    tooth = ring((0, 0), (10, 0), (10, 4), (10.5, 4), (10.5, 4.5), (10, 4.5), (10, 10), (0, 10))
    repair = repaired(tooth, at(10, 0, 10, 10), limit_share=0.01)
    one, other = shapes_of(repair)
    assert one.equals(at(0, 0, 10, 10))
    assert other.equals(at(10, 0, 10, 10))
    (lost,) = [entry for entry in repair.ledger if entry.step == "overlaps"]
    assert (lost.zone, lost.lost_m2, lost.gained_m2) == ("a", pytest.approx(0.25, rel=PLANE), 0.0)


def test_a_tiny_gap_goes_to_the_zone_with_the_longer_edge() -> None:
    notched = ring((0, 0), (10, 0), (10, 4), (9.5, 4), (9.5, 4.5), (10, 4.5), (10, 10), (0, 10))
    repair = repaired(notched, at(10, 0, 10, 10), limit_share=0.01)
    one, other = shapes_of(repair)
    assert one.equals(at(0, 0, 10, 10))
    assert other.equals(at(10, 0, 10, 10))
    (gained,) = [entry for entry in repair.ledger if entry.step == "gaps"]
    assert (gained.zone, gained.gained_m2, gained.lost_m2) == ("a", pytest.approx(0.25, rel=PLANE), 0.0)


def test_a_gap_beyond_the_tolerance_stays() -> None:
    notched = ring((0, 0), (10, 0), (10, 4), (8.9, 4), (8.9, 5), (10, 5), (10, 10), (0, 10))
    repair = repaired(notched, at(10, 0, 10, 10))
    assert all(entry.step == "snapping" and entry.gained_m2 == 0.0 for entry in repair.ledger)


# --- zones are never sacrificed -------------------------------------------------------------------


@pytest.mark.parametrize("side", [0.5, 1.0, 3.0])
def test_a_contained_zone_does_not_vanish_however_small(side: float) -> None:
    small = at(4, 4, side, side)
    repair = repaired(at(0, 0, 10, 10), small)
    assert repair.ledger == ()
    assert shapes_of(repair)[1].equals(small)


def test_one_of_two_equal_zones_does_not_vanish() -> None:
    assert repaired(at(0, 0, 0.9, 0.9), at(0, 0, 0.9, 0.9)).ledger == ()


def test_a_zone_that_would_vanish_is_named_and_the_whole_is_refused() -> None:
    line = ring((0, 0), (10, 0), (5, 0))
    repair = repaired(at(20, 20, 10, 10).reverse(), line)
    assert repair.layer is None
    assert [refusal.zone for refusal in repair.refused] == ["b"]
    assert "vanish" in repair.refused[0].reason.en
    assert "消失" in repair.refused[0].reason.zh


def test_a_change_beyond_the_share_is_refused() -> None:
    pair = (at(0, 0, 10, 10), at(10.006, 0, 10, 10))  # 0.06 m² of 100 m² are 0.06 %
    assert repaired(*pair, limit_share=0.0005).layer is None
    assert repaired(*pair, limit_share=0.0007).layer is not None


def test_a_change_beyond_the_square_metres_is_refused() -> None:
    pair = (at(0, 0, 10, 10), at(10.006, 0, 10, 10))
    repair = repaired(*pair, limit_share=0.5, limit_m2=0.05)
    assert repair.layer is None
    assert "0.05 m²" in repair.refused[0].reason.en
    assert repaired(*pair, limit_share=0.5, limit_m2=0.07).layer is not None


def test_the_ledger_is_there_also_when_refused() -> None:
    repair = repaired(at(0, 0, 10, 10), at(10.006, 0, 10, 10), limit_share=1e-9)
    assert repair.layer is None
    assert repair.ledger != ()


def entry(step: str, way: float) -> LedgerEntry:
    return LedgerEntry("a", step, 100.0, 100.0, 0.0, 0.0, 5, 5, 1, way, 1, 1)


def test_ways_of_several_rounds_add_up_unless_the_vertices_say_otherwise() -> None:
    reach = Reach(Tolerance(), 0.01, GAUSS_KRUGER)
    before = at(0, 0, 10, 10)
    after = ring((-0.008, 0), (10, 0), (10, 10), (0, 10.006))
    both = [entry("snapping", 0.008), entry("snapping", 0.006)]
    assert largest_way_m(both, before, after, reach) == pytest.approx(0.008, abs=1e-6)
    assert largest_way_m([*both, entry("gaps", 0.0)], before, after, reach) == pytest.approx(0.008, abs=1e-6)
    cut = ring((-0.008, 0), (10, 0), (10, 10))  # a corner is gone, 10 m from the next vertex
    assert largest_way_m([*both, entry("gaps", 0.0)], before, cut, reach) == pytest.approx(0.014)
    assert largest_way_m(both[:1], before, after, reach) == 0.008
    assert largest_way_m([], before, after, reach) == 0.0


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:4490"):
        propose(make_layer([shapely.box(117, 31, 117.1, 31.1)], crs="EPSG:4490"))


# --- the ledger -----------------------------------------------------------------------------------


def broken() -> list[BaseGeometry]:
    tooth = ring((0, 0), (0, 10), (10, 10), (10, 4.5), (10.5, 4.5), (10.5, 4), (10, 4), (10, 0))
    spiked = ring((10.004, 0), (20, 0), (20, 5), (30, 5), (20, 5), (20, 10), (10.004, 10), (10.004, 10))
    notched = ring((0, 10), (20, 10.003), (20, 20), (9.5, 20), (9.5, 19.9), (9.4, 19.9), (9.4, 20), (0, 20))
    return [tooth, spiked, notched, at(0, 20, 20, 10)]


def sums(entries: Sequence[LedgerEntry]) -> float:
    return sum(entry.gained_m2 - entry.lost_m2 for entry in entries)


def test_the_entries_of_a_zone_follow_each_other_and_sum_to_its_change() -> None:
    shapes = broken()
    repair = repaired(*shapes, limit_share=0.05)
    after = ellipsoidal_areas(np.array(shapes_of(repair), dtype=object), GAUSS_KRUGER, GAUSS_KRUGER)
    for place, zone in enumerate("abcd"):
        entries = [entry for entry in repair.ledger if entry.zone == zone]
        assert entries
        assert [e.after_m2 for e in entries[:-1]] == pytest.approx([e.before_m2 for e in entries[1:]], rel=1e-12)
        assert entries[-1].after_m2 - entries[0].before_m2 == pytest.approx(sums(entries), abs=1e-5)
        assert entries[-1].after_m2 == pytest.approx(after[place], abs=1e-4)  # what trapezoids lose in rounding


def test_what_is_repaired_has_no_overlap_and_no_gap_left() -> None:
    shapes = shapes_of(repaired(*broken(), limit_share=0.05))
    for place, one in enumerate(shapes):
        for other in shapes[place + 1 :]:
            assert one.intersection(other).area < 1e-6
    whole = shapely.union_all(shapes)
    assert sum(shapely.Polygon(hole).area for hole in whole.interiors) < 1e-6


def test_repairing_again_changes_nothing() -> None:
    repair = repaired(*broken(), limit_share=0.05)
    assert repair.layer is not None
    assert propose(repair.layer).ledger == ()


def test_the_order_of_the_zones_does_not_matter() -> None:
    shapes = broken()
    expected = shapely.to_wkb(shapely.normalize(shapes_of(repaired(*shapes, limit_share=0.05)))).tolist()
    for order in ([3, 2, 1, 0], [2, 0, 3, 1]):
        again = shapes_of(repaired(*(shapes[place] for place in order), limit_share=0.05))
        found = shapely.to_wkb(shapely.normalize(again)).tolist()
        assert [found[order.index(place)] for place in range(4)] == expected


def test_records_are_plain_and_named_by_step() -> None:
    repair = repaired(*broken(), limit_share=0.05)
    (first, *_) = repair.records()
    assert list(first)[:4] == ["zone", "step", "before_m2", "after_m2"]
    assert {type(value) for record in repair.records() for value in record.values()} <= {str, float, int}
    assert {record["step"] for record in repair.records()} <= {name for name, _ in STEPS}


def test_fields_and_source_stay_with_the_layer() -> None:
    layer = make_layer([at(0, 0, 10, 10).reverse()], name=["甲"])
    repair = propose(layer)
    assert repair.ledger[0].zone == "#1"
    assert repair.layer is not None
    assert list(repair.layer.fields["name"]) == ["甲"]
    assert repair.layer.crs == layer.crs
