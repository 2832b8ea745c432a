"""Rows of a comparison: those of equal zones are made when they are looked at, and say what made ones would."""

from __future__ import annotations

import pytest

from geoplan.diff import ChangeKind, Version, ZoneSet, compare
from geoplan.diff.rows import Rows
from geoplan.types import Text
from tests.diffs import PLANE, at, comparison, zone_set

WEST, MIDDLE, EAST = at(0, 0, 100, 100), at(100, 0, 100, 100), at(200, 0, 200, 100)


@pytest.fixture
def rows() -> Rows:
    """The rows of three zones of 1, 1 and 2 ha, of which the middle one lost half of its ground."""
    made = comparison({"c": EAST, "a": WEST, "b": MIDDLE}, {"a": WEST, "b": at(100, 0, 50, 100), "c": EAST}).rows
    assert isinstance(made, Rows)
    return made


def test_there_is_a_row_for_each_zone_by_id_whether_it_changed_or_not(rows: Rows) -> None:
    assert [row.id for row in rows] == ["a", "b", "c"]
    assert [row.kind for row in rows] == [ChangeKind.UNCHANGED, ChangeKind.RESHAPED, ChangeKind.UNCHANGED]
    assert [row.id for row in rows.changed] == ["b"]


def test_an_equal_zone_has_its_area_on_both_sides_and_its_share_of_each_total(rows: Rows) -> None:
    last = rows[2]
    assert (last.area_before_m2, last.area_after_m2) == pytest.approx((20_000.0, 20_000.0), rel=PLANE)
    assert (last.moved_in_m2, last.moved_out_m2) == (0.0, 0.0)
    assert (last.share_before, last.share_after) == pytest.approx((0.5, 2 / 3.5), rel=PLANE)
    assert (last.moved_in, last.moved_out, last.moved_m, dict(last.fields)) == (None, None, None, {})
    assert last.change.before is last.change.after


def test_a_changed_zone_between_them_tells_what_it_lost(rows: Rows) -> None:
    (row,) = rows.changed
    assert (row.area_before_m2, row.area_after_m2) == pytest.approx((10_000.0, 5000.0), rel=PLANE)
    assert row.moved_out is not None
    assert row.moved_out.bounds == pytest.approx(at(150, 0, 50, 100).bounds)


def test_rows_are_a_sequence_like_any_other(rows: Rows) -> None:
    assert len(rows) == 3
    assert rows[-1] == rows[2]
    assert [row.id for row in rows[1:]] == ["b", "c"]
    assert rows == tuple(rows)
    assert rows != tuple(rows)[:2]
    with pytest.raises(IndexError):
        rows[3]


def test_zones_without_a_boundary_on_either_side_are_equal_and_measure_nothing() -> None:
    row, _ = comparison({"a": None, "b": WEST}, {"a": None, "b": WEST}).rows
    assert row.kind is ChangeKind.UNCHANGED
    assert (row.area_before_m2, row.area_after_m2, row.moved_in_m2, row.share_before) == (None, None, None, None)


def test_counting_changes_counts_the_equal_zones_too() -> None:
    found = comparison({"a": WEST, "b": MIDDLE}, {"a": WEST, "c": EAST, "b": MIDDLE})
    assert (found.counts[ChangeKind.UNCHANGED], found.counts[ChangeKind.ADDED]) == (2, 1)
    assert not found.is_unchanged
    assert comparison({"a": WEST}, {"a": WEST}).is_unchanged


def test_a_field_alone_that_differs_is_a_change_of_the_zone_not_of_its_boundary() -> None:
    sides = [Version("file", zone_set({"a": WEST}, use=[value])) for value in ("R", "G")]
    found = compare(*sides)
    assert found.counts[ChangeKind.UNCHANGED] == 1
    assert not found.is_unchanged
    assert dict(found.rows[0].fields) == {"use": ("R", "G")}


def test_nothing_compared_with_nothing_has_no_rows() -> None:
    empty = ZoneSet(zone_set({"a": WEST}).crs, {})
    found = compare(Version("none", empty), Version("none", empty))
    assert (len(found.rows), found.rows == (), found.total_m2("before")) == (0, True, 0.0)


def test_a_zone_no_check_names_is_called_by_its_id(rows: Rows) -> None:
    assert [row.name for row in rows] == [Text.same("a"), Text.same("b"), Text.same("c")]
