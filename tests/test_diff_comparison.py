"""Areas, transfers, findings and facilities of a comparison, on squares and random partitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from benchmarks.fabric import make_fabric
from geoplan.diff import ChangeKind, Comparison, Version, ZoneSet, compare
from geoplan.types import AreaMethod, Facility, Text
from tests.diffs import PLANE, at, comparison, shifted, zone_set
from tests.helpers import EAST, NORTH
from tests.output import examples

WEST, EAST_HALF, WHOLE = at(0, 0, 50, 100), at(50, 0, 50, 100), at(0, 0, 100, 100)


def figures(made: Comparison) -> dict[str, tuple[float | None, ...]]:
    return {row.id: (row.area_before_m2, row.area_after_m2, row.moved_in_m2, row.moved_out_m2) for row in made.rows}


def facility(key: str, x: float, y: float) -> Facility:
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(EAST + x, NORTH + y)
    return Facility(key, Text.same(key), "lab", shapely.Point(lon, lat))


def test_areas_of_all_kinds_are_those_of_the_squares() -> None:
    before = {"a": WEST, "b": EAST_HALF, "gone": at(0, 200, 10, 10), "same": at(0, 300, 20, 20)}
    after = {"a": at(0, 0, 60, 100), "b": at(60, 0, 40, 100), "new": at(0, 400, 30, 10), "same": at(0, 300, 20, 20)}
    found = figures(comparison(before, after))
    assert found["a"] == pytest.approx((5000, 6000, 1000, 0), rel=PLANE)
    assert found["b"] == pytest.approx((5000, 4000, 0, 1000), rel=PLANE)
    assert found["gone"] == pytest.approx((100, 0, 0, 100), rel=PLANE)
    assert found["new"] == pytest.approx((0, 300, 300, 0), rel=PLANE)
    assert found["same"] == pytest.approx((400, 400, 0, 0), rel=PLANE)


def test_the_pieces_are_the_ground_itself() -> None:
    made = comparison({"a": WEST}, {"a": at(10, 0, 50, 100)})
    (row,) = made.rows
    assert row.moved_in is not None
    assert row.moved_in.equals(at(50, 0, 10, 100))
    assert row.moved_out is not None
    assert row.moved_out.equals(at(0, 0, 10, 100))


def test_a_moved_zone_says_how_far() -> None:
    (row,) = comparison({"a": WEST}, {"a": shifted(WEST, 565.0, -12.5)}).rows
    assert row.kind is ChangeKind.MOVED
    assert row.moved_m == pytest.approx((565.0, -12.5), abs=1e-6)


def test_a_recoded_zone_moved_no_ground() -> None:
    (row,) = comparison({"a": WEST}, {"c": WEST}).rows
    assert (row.id, row.moved_in_m2, row.moved_out_m2) == ("c", 0.0, 0.0)


def test_what_leaves_one_zone_enters_the_other() -> None:
    made = comparison({"a": WEST, "b": EAST_HALF}, {"a": at(0, 0, 60, 100), "b": at(60, 0, 60, 100)})
    found = {(transfer.source, transfer.target): transfer.area_m2 for transfer in made.transfers}
    assert found == pytest.approx({("b", "a"): 1000.0, (None, "b"): 2000.0}, rel=PLANE)


def test_a_split_hands_its_ground_to_its_parts() -> None:
    made = comparison({"a": WHOLE}, {"b": WEST, "c": EAST_HALF})
    found = {(transfer.source, transfer.target): transfer.area_m2 for transfer in made.transfers}
    assert found == pytest.approx({("a", "b"): 5000.0, ("a", "c"): 5000.0}, rel=PLANE)


def test_ground_given_up_goes_to_no_zone() -> None:
    made = comparison({"a": WHOLE}, {"a": WEST})
    assert [(t.source, t.target, pytest.approx(t.area_m2, rel=PLANE)) for t in made.transfers] == [("a", None, 5000.0)]


def repartitioned(seed: int) -> tuple[ZoneSet, ZoneSet]:
    """A partition of 64 parcels into 12 zones, and another into zones of the same names."""
    rng = np.random.default_rng(seed)
    parcels = make_fabric(64, seed=seed).polygons

    def zones() -> ZoneSet:
        owner = rng.integers(0, 12, len(parcels))
        return zone_set({f"z{k}": shapely.coverage_union_all(parcels[owner == k]) for k in np.unique(owner)})

    return zones(), zones()


@pytest.mark.parametrize("seed", range(4))
def test_the_sums_hold_on_partitions(seed: int) -> None:
    a, b = repartitioned(seed)
    made = compare(Version("a", a), Version("b", b))
    for row in made.rows:
        assert row.area_before_m2 is not None
        assert row.area_after_m2 is not None
        assert row.moved_in_m2 is not None
        assert row.moved_out_m2 is not None
        net, size = row.area_after_m2 - row.area_before_m2, max(row.area_before_m2, row.area_after_m2)
        assert net == pytest.approx(row.moved_in_m2 - row.moved_out_m2, abs=1e-6 * size)
    # Within one outline what leaves one zone enters another, to the last one.
    assert made.total_m2("after") == pytest.approx(made.total_m2("before"), rel=1e-9)
    assert None not in {key for t in made.transfers for key in (t.source, t.target)}
    for row in made.rows:
        left = sum(t.area_m2 for t in made.transfers if t.source == row.id)
        entered = sum(t.area_m2 for t in made.transfers if t.target == row.id)
        assert left == pytest.approx(row.moved_out_m2, rel=1e-6, abs=1e-3)
        assert entered == pytest.approx(row.moved_in_m2, rel=1e-6, abs=1e-3)


def test_the_transfers_are_what_intersecting_all_pairs_gives() -> None:
    a, b = repartitioned(9)
    made = compare(Version("a", a), Version("b", b))
    for transfer in made.transfers:
        assert transfer.source is not None
        assert transfer.target is not None
        one, other = a.zones[transfer.source].geometry, b.zones[transfer.target].geometry
        assert one is not None
        assert other is not None
        assert transfer.area_m2 == pytest.approx(one.intersection(other).area, rel=PLANE)


def test_shares_are_of_the_total_of_their_side() -> None:
    rows = comparison({"a": WEST, "b": EAST_HALF}, {"a": WEST, "b": at(50, 0, 150, 100)}).rows
    assert [row.share_before for row in rows] == pytest.approx([0.5, 0.5])
    assert [row.share_after for row in rows] == pytest.approx([0.25, 0.75])


def test_noise_counts_as_unchanged_and_its_areas_still_add_up() -> None:
    (row,) = comparison({"a": WHOLE}, {"a": at(0, 0, 100.005, 100)}).rows
    assert row.kind is ChangeKind.UNCHANGED
    assert row.moved_in_m2 == pytest.approx(0.5, rel=1e-4)
    assert row.moved_in is row.moved_out is None
    assert row.moved_out_m2 == 0.0


def test_a_zone_without_a_polygon_has_no_known_area() -> None:
    made = comparison({"a": None, "b": WEST}, {"a": WEST, "b": WEST})
    assert figures(made)["a"] == (None, pytest.approx(5000, rel=PLANE), None, None)
    assert made.total_m2("before") == pytest.approx(5000, rel=PLANE)


def test_a_re_export_is_unchanged_and_a_field_alone_is_not() -> None:
    one, other = zone_set({"a": WEST}, name=["old"]), zone_set({"a": WEST}, name=["new"])
    assert compare(Version("a", one), Version("b", one)).is_unchanged
    made = compare(Version("a", one), Version("b", other))
    assert not made.is_unchanged
    assert made.counts[ChangeKind.UNCHANGED] == 1


def test_totals_are_those_of_the_measurements_when_both_are_known() -> None:
    zones = zone_set({"a": WEST})
    measured = examples.measurement(method=AreaMethod.PLANAR)
    made = compare(Version("a", zones, measurement=measured), Version("b", zones, measurement=measured))
    assert made.total_m2("after") == 20_000.2
    only_one = compare(Version("a", zones, measurement=measured), Version("b", zones))
    assert only_one.total_m2("before") == pytest.approx(5000, rel=PLANE)


def test_findings_are_introduced_and_fixed_by_their_ids() -> None:
    zones = zone_set({"a": WEST})
    stays, old, new = examples.total(), examples.overlap(subject="old"), examples.overlap(subject="new")
    made = compare(
        Version("a", zones, result=examples.result(stays, old)),
        Version("b", zones, result=examples.result(replace(stays, measured=0.03), new)),
    )
    assert (made.introduced, made.fixed) == ((new,), (old,))
    assert made.rows[0].name == Text("Zone A", "甲区")


def test_without_both_results_no_finding_is_called_new() -> None:
    zones = zone_set({"a": WEST})
    made = compare(Version("a", zones), Version("b", zones, result=examples.result(examples.overlap())))
    assert made.introduced == made.fixed == ()


def test_facilities_tell_the_zones_they_were_and_are_in() -> None:
    before = zone_set({"a": WEST, "b": EAST_HALF, "c": at(0, 0, 200, 200)})
    after = zone_set({"a": at(0, 0, 60, 100), "b": at(60, 0, 40, 100), "c": at(0, 0, 200, 200)})
    places = [facility("taken", 55, 50), facility("stays", 20, 20), Facility("nowhere", Text.same("?"), "lab", None)]
    made = compare(Version("a", before), Version("b", after), facilities=places)
    assert [(m.facility.id, m.before, m.after) for m in made.facilities] == [("taken", ("b", "c"), ("a", "c"))]


def test_a_facility_left_outside_lies_in_no_zone() -> None:
    made = compare(
        Version("a", zone_set({"a": WHOLE})), Version("b", zone_set({"a": WEST})), facilities=[facility("f", 75, 50)]
    )
    assert [(move.before, move.after) for move in made.facilities] == [(("a",), ())]


def test_a_facility_in_a_zone_that_was_only_recoded_has_not_moved() -> None:
    made = compare(
        Version("a", zone_set({"a": WHOLE})), Version("b", zone_set({"x": WHOLE})), facilities=[facility("f", 75, 50)]
    )
    assert made.facilities == ()


def test_noise_of_a_boundary_moves_no_facility() -> None:
    made = compare(
        Version("a", zone_set({"a": WHOLE})),
        Version("b", zone_set({"a": at(0, 0, 99.995, 100)})),
        facilities=[facility("f", 99.998, 50)],
    )
    assert made.facilities == ()
