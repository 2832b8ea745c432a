"""What happened to each zone, on squares whose areas anyone can work out."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.diff import between
from tests.diffs import at, changes, kinds, shifted, zone_set
from tests.helpers import EAST, NORTH

WEST, EAST_HALF, WHOLE = at(0, 0, 50, 100), at(50, 0, 50, 100), at(0, 0, 100, 100)
FAR = at(1000, 1000, 30, 30)


def ring_of(points: list[tuple[float, float]]) -> shapely.Polygon:
    return shapely.Polygon([(EAST + x, NORTH + y) for x, y in points])


def with_vertices(shape: BaseGeometry) -> BaseGeometry:
    """The same shape with a vertex every 7 m."""
    return shapely.segmentize(shape, 7.0)


def noisy(shape: BaseGeometry, metres: float) -> BaseGeometry:
    rng = np.random.default_rng(5)
    angle = rng.uniform(0, 2 * np.pi, len(shapely.get_coordinates(shape)))
    angle[-1] = angle[0]
    return shapely.transform(shape, lambda xy: xy + metres * np.column_stack([np.cos(angle), np.sin(angle)]))


def test_zones_on_one_side_only_are_added_and_removed() -> None:
    assert kinds({"a": WEST}, {"b": FAR}) == {"a": "removed", "b": "added"}


def test_a_zone_with_another_outline_is_reshaped() -> None:
    assert kinds({"a": WHOLE}, {"a": at(0, 0, 100, 90)}) == {"a": "reshaped"}


def test_a_zone_laid_elsewhere_is_moved_and_nothing_else() -> None:
    assert kinds({"a": WEST}, {"a": shifted(WEST, 565.0, -12.5)}) == {"a": "moved"}


def test_a_zone_moved_and_turned_is_reshaped() -> None:
    assert kinds({"a": WEST}, {"a": at(565, 0, 100, 50)}) == {"a": "reshaped"}


def test_a_zone_that_gains_or_loses_its_geometry_is_reshaped() -> None:
    assert kinds({"a": None, "b": WEST}, {"a": WEST, "b": None}) == {"a": "reshaped", "b": "reshaped"}


def test_the_same_shape_under_another_id_is_recoded() -> None:
    found = changes({"a": WEST, "b": FAR}, {"c": WEST, "b": FAR})
    assert {key: change.kind.value for key, change in found.items()} == {"c": "recoded"}
    assert (found["c"].origins, found["c"].targets) == (("a",), ("c",))


def test_recoding_is_seen_through_rounding_and_extra_vertices() -> None:
    assert kinds({"a": WEST}, {"c": noisy(with_vertices(WEST), 0.0005)}) == {"c": "recoded"}


def test_an_id_that_changed_with_a_tenth_of_the_ground_is_still_recoded() -> None:
    assert kinds({"a": WHOLE}, {"c": at(0, 0, 100, 91)}) == {"c": "recoded"}
    assert kinds({"a": WHOLE}, {"c": at(0, 0, 100, 89)}) == {"a": "removed", "c": "added"}


def test_two_equal_shapes_are_recoded_in_the_order_of_their_ids() -> None:
    found = changes({"b": WEST, "a": WEST}, {"y": WEST, "x": WEST})
    assert {key: change.origins for key, change in found.items()} == {"x": ("a",), "y": ("b",)}


def test_zones_without_geometry_are_not_recoded() -> None:
    assert kinds({"a": None}, {"b": None}) == {"a": "removed", "b": "added"}


def test_a_zone_cut_in_two_new_ones_is_split() -> None:
    found = changes({"a": WHOLE}, {"b": WEST, "c": EAST_HALF})
    assert {key: change.kind.value for key, change in found.items()} == {"a": "split", "b": "split", "c": "split"}
    assert found["a"].targets == ("b", "c")
    assert found["b"].origins == found["c"].origins == ("a",)


def test_a_zone_that_keeps_its_id_for_one_part_is_split() -> None:
    found = changes({"a": WHOLE}, {"a": WEST, "b": EAST_HALF})
    assert {key: change.kind.value for key, change in found.items()} == {"a": "split", "b": "split"}
    assert (found["a"].origins, found["a"].targets) == (("a",), ("a", "b"))


def test_zones_that_become_one_are_merged() -> None:
    found = changes({"a": WEST, "b": EAST_HALF}, {"a": WHOLE})
    assert {key: change.kind.value for key, change in found.items()} == {"a": "merged", "b": "merged"}
    assert found["a"].origins == ("a", "b")
    assert found["b"].targets == ("a",)


def test_a_zone_made_of_parts_of_two_is_added() -> None:
    after = {"a": at(0, 0, 30, 100), "b": at(70, 0, 30, 100), "c": at(30, 0, 40, 100)}
    assert kinds({"a": WEST, "b": EAST_HALF}, after) == {"a": "reshaped", "b": "reshaped", "c": "added"}


def test_a_zone_split_and_merged_at_once_is_only_reshaped() -> None:
    beyond = at(100, 0, 100, 100)
    after = {"a": at(50, 0, 150, 100), "n": WEST}
    assert kinds({"a": WHOLE, "v": beyond}, after) == {"a": "reshaped", "n": "added", "v": "removed"}


def test_a_part_that_is_not_replaced_is_no_split() -> None:
    """Half of the ground is given up: what is left under two ids is not the old zone in parts."""
    assert kinds({"a": WHOLE}, {"b": at(0, 0, 25, 100), "c": at(25, 0, 25, 100)}) == {
        "a": "removed",
        "b": "added",
        "c": "added",
    }


@pytest.mark.parametrize("metres", [0.0001, 0.0009, 0.009])
def test_noise_below_the_tolerance_is_unchanged(metres: float) -> None:
    assert kinds({"a": with_vertices(WHOLE)}, {"a": noisy(with_vertices(WHOLE), metres)}) == {"a": "unchanged"}


def test_noise_above_the_tolerance_is_a_change() -> None:
    assert kinds({"a": with_vertices(WHOLE)}, {"a": noisy(with_vertices(WHOLE), 0.011)}) == {"a": "reshaped"}


def test_a_millimetre_is_noise_under_any_tolerance() -> None:
    strict = {"width_m": 0.0, "area_m2": 0.0}
    assert changes({"a": WHOLE}, {"a": noisy(WHOLE, 0.0009)}, **strict)["a"].kind == "unchanged"
    assert changes({"a": WHOLE}, {"a": noisy(WHOLE, 0.0011)}, **strict)["a"].kind == "reshaped"


def test_vertices_on_a_straight_run_are_unchanged() -> None:
    assert kinds({"a": WHOLE}, {"a": with_vertices(WHOLE)}) == {"a": "unchanged"}
    assert kinds({"a": with_vertices(WHOLE)}, {"a": WHOLE}) == {"a": "unchanged"}


def test_noise_and_extra_vertices_together_are_unchanged() -> None:
    assert kinds({"a": WHOLE}, {"a": noisy(with_vertices(WHOLE), 0.0009)}) == {"a": "unchanged"}


@pytest.mark.parametrize("moved", ["one corner", "a spike", "a hole", "a lost hole", "a part"])
def test_one_small_place_that_changed_is_enough(moved: str) -> None:
    ring = shapely.get_coordinates(with_vertices(WHOLE))
    ring[5] += (0.0, 0.02)
    spike = np.vstack([ring[:3], ring[2] + (3.0, -4.0), ring[2:]])
    other = {
        "one corner": shapely.Polygon(ring),
        "a spike": shapely.Polygon(spike),
        "a hole": WHOLE.difference(at(50, 50, 0.1, 0.1)),
        "a lost hole": WHOLE,
        "a part": shapely.MultiPolygon([WHOLE, at(200, 0, 0.1, 0.1)]),
    }[moved]
    first = WHOLE.difference(at(50, 50, 0.1, 0.1)) if moved == "a lost hole" else with_vertices(WHOLE)
    assert kinds({"a": first}, {"a": other}) == {"a": "reshaped"}


def test_other_shapes_through_the_same_vertices_are_changes() -> None:
    """Every vertex of one is a vertex of the other: only the edges between them differ."""
    points = [(0, 0), (100, 0), (50, 100), (50, 30)]
    one = shifted(shapely.Polygon([points[i] for i in (0, 1, 2, 3)]), 518_000, 3_521_000)
    other = shifted(shapely.Polygon([points[i] for i in (0, 3, 1, 2)]), 518_000, 3_521_000)
    assert one.hausdorff_distance(other) < 60
    assert kinds({"a": one}, {"a": other}) == {"a": "reshaped"}


@pytest.mark.parametrize("side", ["zone", "hole"])
def test_a_slit_thinner_than_any_tolerance_is_still_somewhere(side: str) -> None:
    """Two slits of 0.02 mm have the same extent, and lie across each other."""
    slits = [ring_of([(0, 0), (50, 50), (49.99998, 50)]), ring_of([(0, 50), (50, 0), (50, 0.00002)])]
    pair = slits if side == "zone" else [at(-10, -10, 90, 90).difference(slit) for slit in slits]
    assert kinds({"a": pair[0]}, {"a": pair[1]}) == {"a": "reshaped"}


def test_a_boundary_is_held_to_its_own_zone_and_not_to_a_neighbours() -> None:
    """A zone takes the notch that another fills: each new edge lies on an old edge of one of the two."""
    notch = at(60, 60, 40, 40)
    bent = ring_of([(60, 60), (100, 60), (100, 100), (60, 100), (60.004, 80)])
    before, after = {"a": WHOLE.difference(notch), "b": bent}, {"a": WHOLE, "b": notch}
    assert kinds(before, after) == {"a": "reshaped", "b": "unchanged"}


def test_invalid_and_infinite_geometry_can_be_compared() -> None:
    bowtie = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    lost = shapely.from_wkt("POLYGON ((0 0, inf 0, 5 5, 0 0))")
    assert kinds({"a": bowtie, "b": lost}, {"a": WHOLE, "b": WHOLE}) == {"a": "reshaped", "b": "reshaped"}
    assert kinds({"a": bowtie, "b": lost}, {"a": bowtie, "b": lost}) == {}


def test_fields_alone_leave_the_boundary_unchanged() -> None:
    one, other = zone_set({"a": WEST}, name=["old"], km2=[8.22]), zone_set({"a": WEST}, name=["new"], km2=[8.22])
    (change,) = between(one, other).changes
    assert change.kind == "unchanged"
    assert change.fields == {"name": ("old", "new")}
