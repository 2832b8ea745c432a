"""Ground that changed on the map of revisions: each piece once, by its zone and area, without hairs."""

from __future__ import annotations

import re

import pytest
import shapely

from geoplan.crs import norm_crs, to_lonlat
from geoplan.ui.history_map import focus_on, pieces_overlay
from tests.diffs import PLANE, at, comparison

# a gives 10 m of its width to b, which also gains new ground; c loses ground to nobody, and gains a hair of 4 mm.
MADE = comparison(
    {"a": at(0, 0, 50, 100), "b": at(50, 0, 50, 100), "c": at(500, 0, 50, 100)},
    {"a": at(0, 0, 40, 100), "b": at(40, 0, 70, 100), "c": at(520, 0, 30.004, 100)},
)


def test_every_piece_is_gained_handed_over_or_lost_and_names_its_zone_and_area() -> None:
    overlay = pieces_overlay(MADE)
    told = sorted((shape.role, shape.pick.id if shape.pick else "", shape.name.en) for shape in overlay.shapes)
    assert [one[:2] for one in told] == [("draft", "b"), ("gained", "b"), ("lost", "c")]
    measured = [float(re.findall(r"([\d,]+\.\d+) m²", name)[0].replace(",", "")) for *_, name in told]
    assert measured == pytest.approx([1000, 1000, 2000], rel=PLANE)
    assert {role for role, _ in overlay.legend} == {"gained", "draft", "lost"}


def test_pieces_lie_where_the_ground_is() -> None:
    (handed,) = (shape.geometry for shape in pieces_overlay(MADE).shapes if shape.role == "draft")
    (expected,) = to_lonlat([at(40, 0, 10, 100)], norm_crs("EPSG:4548"))
    assert shapely.hausdorff_distance(handed, expected) < 1e-8  # degrees, some millimetres


def test_a_hair_of_rounding_is_no_piece() -> None:
    hair = comparison({"c": at(0, 0, 50, 4_000)}, {"c": at(0, 0, 50.005, 4_000)})  # 20 m² and 5 mm wide
    assert pieces_overlay(hair).shapes == ()


def test_a_zone_is_looked_at_as_it_was_and_as_it_is() -> None:
    box = focus_on(MADE, "c")
    assert box is not None
    west, south, east, north = box
    for corner in to_lonlat([at(500, 0, 50.004, 100)], norm_crs("EPSG:4548"))[0].exterior.coords:
        assert west <= corner[0] <= east
        assert south <= corner[1] <= north
    assert focus_on(MADE, "nobody") is None
