"""What holds for any drawing: ground is neither lost nor counted twice, and nobody moves who was not asked to."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.crs import norm_crs
from geoplan.drafts import Draft, cut_from_neighbours, kept_clear, overlapping, read_typed, snapped
from geoplan.drafts.shapes import from_lonlat, polygons_of, require_sound
from geoplan.errors import GeoplanError, InputError
from tests.drafts.squares import at, bytes_of, degrees, draft_of, shape_of
from tests.helpers import EAST, NORTH, rectangle
from tests.plan.documents import chinese_alone

PLANE = norm_crs("EPSG:4548")
SIDES = st.integers(5, 120)
PLACES = st.integers(-60, 160)


@st.composite
def drawings(draw: st.DrawFn) -> Draft:
    """Return a row of three squares of 100 m, side by side, and a rectangle z drawn anywhere over or beside them."""
    x, y, width, height = draw(PLACES), draw(PLACES), draw(SIDES), draw(SIDES)
    row = {key: at(100 * place, 0, 100) for place, key in enumerate("abc")}
    return draft_of(row | {"z": rectangle(EAST + x, NORTH + y, width, height)})


def tried(make: Callable[..., Any], *given: object) -> tuple[Any, GeoplanError | None]:
    """Return what was made, or why it was refused."""
    try:
        return make(*given), None
    except GeoplanError as error:
        return None, error


def ground(draft: Draft) -> float:
    return float(shapely.union_all(list(draft.zones.geometry)).area)


def shared(draft: Draft) -> float:
    shapes = list(draft.zones.geometry)
    return sum(one.intersection(other).area for place, one in enumerate(shapes) for other in shapes[:place])


@settings(max_examples=60)
@given(drawings())
def test_a_cut_moves_ground_and_neither_makes_nor_loses_any(draft: Draft) -> None:
    cut, refused = tried(cut_from_neighbours, draft, "z")
    if refused is not None:
        gone = [key for key in "abc" if shape_of(draft, key).difference(shape_of(draft, "z")).is_empty]
        assert f"“{gone[0]}”" in refused.message.en
        return
    assert ground(cut) == pytest.approx(ground(draft), abs=1e-6)
    assert shared(cut) == pytest.approx(0.0, abs=1e-6)
    assert shape_of(cut, "z").equals(shape_of(draft, "z"))
    told = dict(cut.edits[-1].gained_m2)
    for key in "abc":
        lost = shape_of(draft, key).area - shape_of(cut, key).area
        assert -told.get(key, 0.0) == pytest.approx(lost, rel=1e-4, abs=1e-3)


@settings(max_examples=60)
@given(drawings())
def test_a_zone_kept_clear_gives_way_by_just_what_others_have(draft: Draft) -> None:
    others = shapely.union_all([shape_of(draft, key) for key in "abc"])
    left = shape_of(draft, "z").difference(others).area
    if left == 0.0:
        with pytest.raises(InputError, match="nothing is left"):
            kept_clear(draft, "z")
        return
    clear = kept_clear(draft, "z")
    assert shape_of(clear, "z").area == pytest.approx(left, abs=1e-6)
    assert shared(clear) == pytest.approx(0.0, abs=1e-6)
    before, after = bytes_of(draft), bytes_of(clear)
    assert {key: after[key] for key in "abc"} == {key: before[key] for key in "abc"}
    assert overlapping(clear, "z") == ()


@settings(max_examples=60)
@given(drawings(), st.sampled_from([0.0, 0.5, 2.0, 8.0]))
def test_joining_moves_no_vertex_further_than_asked_and_no_neighbour_at_all(draft: Draft, reach: float) -> None:
    before = bytes_of(draft)
    joined, refused = tried(snapped, draft, "z", reach)
    if refused is not None:
        assert re.search("cross itself|nothing is left", refused.message.en)
        return
    after = bytes_of(joined)
    assert {key: after[key] for key in "abc"} == {key: before[key] for key in "abc"}
    old, new = (shapely.get_coordinates(shape_of(one, "z")) for one in (draft, joined))
    away = shapely.distance(shapely.points(old), shapely.MultiPoint(new))
    assert away.max() <= reach + 1e-9
    assert joined.edits[-1].farthest_m <= reach + 1e-9
    assert shape_of(joined, "z").is_valid


@settings(max_examples=40)
@given(drawings())
def test_overlaps_are_listed_with_their_area_the_largest_first(draft: Draft) -> None:
    found = overlapping(draft, "z")
    by_hand = {key: shape_of(draft, key).intersection(shape_of(draft, "z")).area for key in "abc"}
    assert dict(found) == pytest.approx({key: area for key, area in by_hand.items() if area > 0}, rel=1e-4)
    assert [area for _, area in found] == sorted((area for _, area in found), reverse=True)


# ------------------------------------------------------------------ what a browser or a person sends

BOWTIE = Polygon([(117.2, 31.8), (117.3, 31.9), (117.3, 31.8), (117.2, 31.9)])


@pytest.mark.parametrize(("shape", "en", "zh"), [
    (Point(117.2, 31.8), "this is Point", "点"),
    (LineString([(117.2, 31.8), (117.3, 31.9)]), "this is LineString", "线"),
    (Polygon(), "this is empty", "空"),
    (MultiPolygon(), "this is empty", "空"),
    (shapely.GeometryCollection([Point(1, 1)]), "this is GeometryCollection", "混合图形集合"),
])  # fmt: skip
def test_what_is_no_polygon_is_named_in_the_readers_language(shape: BaseGeometry, en: str, zh: str) -> None:
    with pytest.raises(InputError) as caught:
        from_lonlat(shape, PLANE)
    assert en in caught.value.message.en
    assert zh in caught.value.message.zh
    assert not re.search("[A-Za-z]{3,}", caught.value.message.zh)


@pytest.mark.parametrize(("shape", "en", "zh"), [
    (BOWTIE, "crosses or repeats itself", "边界自相交或自身重合"),
    (Polygon(at(0, 0, 9).exterior, [at(20, 20, 2).exterior]), "a hole lies outside", "内环位于外环之外"),
    (MultiPolygon([at(0, 0, 9), at(2, 2, 3)]), "a part lies within another part", "一个部分位于另一部分之内"),
])  # fmt: skip
def test_an_outline_that_is_not_simple_is_told_why_and_where(shape: BaseGeometry, en: str, zh: str) -> None:
    with pytest.raises(InputError) as caught:
        require_sound(shape)
    assert en in caught.value.message.en
    assert zh in caught.value.message.zh
    assert "位置 (" in caught.value.message.zh
    assert not re.search("[A-Za-z]{3,}", caught.value.message.zh)


@pytest.mark.parametrize("corner", [(math.nan, 31.8), (math.inf, 31.8), (181.0, 31.8), (117.2, 91.0), (117.2, -90.1)])
def test_a_corner_that_is_no_place_is_refused(corner: tuple[float, float]) -> None:
    with np.errstate(invalid="ignore"):
        shape = Polygon([(117.2, 31.8), (117.3, 31.8), corner, (117.2, 31.8)])
        with pytest.raises(InputError, match="no place"):
            from_lonlat(shape, PLANE)


def test_an_outline_of_more_vertices_than_anybody_draws_is_to_be_loaded() -> None:
    angle = np.linspace(0, 2 * np.pi, 100_002)
    circle = Polygon(np.column_stack([117.2 + 0.01 * np.cos(angle), 31.8 + 0.01 * np.sin(angle)]))
    with pytest.raises(InputError, match="more than 100,000 vertices"):
        from_lonlat(circle, PLANE)


@pytest.mark.parametrize("size", [0.01, 1.0, 250.0])
def test_a_square_sent_in_degrees_comes_out_as_the_square_to_a_tenth_of_a_millimetre(size: float) -> None:
    placed = from_lonlat(degrees(at(3, 4, size)), PLANE)
    assert np.abs(shapely.get_coordinates(placed) - shapely.get_coordinates(at(3, 4, size))).max() <= 1.01e-4


@pytest.mark.parametrize(("left", "area", "kind"), [
    (shapely.GeometryCollection([Point(0, 0), LineString([(0, 0), (1, 1)])]), 0.0, "Polygon"),
    (shapely.GeometryCollection([rectangle(0, 0, 2, 3), Point(0, 0)]), 6.0, "Polygon"),
    (shapely.GeometryCollection([MultiPolygon([rectangle(0, 0, 1, 1), rectangle(5, 5, 1, 1)])]), 2.0, "MultiPolygon"),
    (shapely.GeometryCollection(), 0.0, "Polygon"),
])  # fmt: skip
def test_only_ground_is_left_of_an_overlay(left: BaseGeometry, area: float, kind: str) -> None:
    assert (polygons_of(left).area, polygons_of(left).geom_type) == (area, kind)


CORNERS = [(117.2, 31.8), (117.21, 31.8), (117.21, 31.81)]
ODD = (
    "nan", "NaN NaN", "inf inf", "1e400 1e400", "J1", "1", "117.2", "117,2;31,8", "1 2 3", "-117.2 31.8",
    "39518000 39518000", "9" * 5000 + " 1", "0x10 0x20", "117°12' 31°48'", "=1+1", "{", "[]", "\x00", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("line", ODD, ids=range(len(ODD)))
def test_a_line_that_is_no_corner_is_named_by_its_number_in_both_languages(line: str) -> None:
    text = "\n".join([f"{x} {y}" for x, y in CORNERS] + [line])
    with pytest.raises(InputError) as caught:
        read_typed(text, PLANE)
    assert "line 4" in caught.value.message.en
    assert "第 4 行" in caught.value.message.zh
    assert len(caught.value.line("en")) < 400


@settings(max_examples=150)
@given(st.text(alphabet='0123456789.,-+eE \t\nJ{}[]":，、北\u202e\x00', max_size=80) | st.text(max_size=60))
@example("{" * 5000)
@example('{"type": "Feature", "geometry": null}')
@example('{"type": "FeatureCollection", "features": []}')
@example('{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}')
@example('{"type": "Polygon", "coordinates": []}')
@example('{"type": "Polygon", "coordinates": [[["a", "b"]]]}')
@example('{"features": [1], "type": "FeatureCollection"}')
def test_any_text_is_an_outline_or_refused_in_words(text: str) -> None:
    shape, refused = tried(read_typed, text, PLANE)
    if refused is not None:
        assert refused.hint is not None
        assert chinese_alone(refused.hint.zh)
        return
    assert shape.geom_type in ("Polygon", "MultiPolygon")


@given(st.lists(st.tuples(st.floats(73, 135), st.floats(4, 53)), min_size=3, max_size=8, unique=True))
def test_corners_typed_in_degrees_are_those_corners_in_either_order(corners: list[tuple[float, float]]) -> None:
    assume(len({*corners}) >= 3)
    lines = [f"J{place},{x!r},{y!r}" for place, (x, y) in enumerate(corners)]
    turned = [f"{y!r}\t{x!r}" for x, y in corners]
    found = [shapely.get_coordinates(read_typed("\n".join(one), PLANE)).tolist() for one in (lines, turned)]
    assert found[0] == found[1] == [list(corner) for corner in (*corners, corners[0])]


def test_the_same_square_in_every_way_of_writing_it_is_one_square() -> None:
    square = at(0, 0, 100)
    plane = shapely.get_coordinates(square)[:-1].tolist()
    lonlat = shapely.get_coordinates(degrees(square))[:-1].tolist()
    geometry = shapely.geometry.mapping(degrees(square))
    ways = [
        "\n".join(f"{x!r} {y!r}" for x, y in lonlat),
        "\n".join(f"{y!r}, {x!r}" for x, y in plane),  # north first, as surveyors write
        "\n".join(f"J{place},1,{y!r},{39_000_000 + x!r}" for place, (x, y) in enumerate(plane)),
        "\n".join(f"{x!r}，{y!r}" for x, y in plane),
        json.dumps(geometry),
        json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}),
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": geometry}]}),
    ]
    for way in ways:
        placed = from_lonlat(read_typed(way, PLANE), PLANE)
        assert placed.symmetric_difference(square).area < 0.1, way  # of 10,000 m²
