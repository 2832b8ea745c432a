"""Which names the map of a sheet carries."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Point

from geoplan.output.sheet.document import sheet_of
from geoplan.output.sheet.fonts import FontPlaces, choose_typefaces
from geoplan.output.sheet.naming import Names, named_map
from geoplan.output.sheet.placing import Board
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import options, plan_of


def board_of(view: PlanView, **more: Any) -> Board:
    sheet = sheet_of(view, options(**more))
    assert sheet.picture is not None
    letters = choose_typefaces(["核心"], FontPlaces.usual())
    return named_map(view, sheet.picture, Names(sheet.speaker, letters))


def texts(board: Board) -> list[str]:
    return [placed.line.text for placed in board.placed]


NAMED = [{"id": "a", "name": {"en": "Core Area", "zh": "核心区"}}]


@pytest.mark.parametrize(
    ("language", "lines"),
    [("en", ["Core Area"]), ("zh", ["核心区"]), ("both", ["核心区", "Core Area"])],
)
def test_a_zone_carries_its_name_and_its_area(language: str, lines: list[str]) -> None:
    view = plan_of([square(EAST, NORTH, 1000)], zones=NAMED)
    assert texts(board_of(view, language=language)) == [*lines, "1.0000 km²"]


def test_a_small_zone_has_its_area_in_hectares() -> None:
    assert texts(board_of(plan_of([square(EAST, NORTH, 100)], ["Plot"]), language="en")) == ["Plot", "1.0000 ha"]


def test_the_largest_zone_is_named_first() -> None:
    view = plan_of([square(EAST, NORTH, 500), square(EAST + 1000, NORTH, 2000)], ["Small", "Large"])
    names = [text for text in texts(board_of(view, language="en")) if not text.endswith("km²")]
    assert names == ["Large", "Small"]


def test_where_many_names_would_not_fit_every_zone_has_its_number() -> None:
    shapes = [square(EAST + 60 * (n % 20), NORTH + 60 * (n // 20), 60) for n in range(300)]
    board = board_of(plan_of(shapes, [f"Parcel of the fabric {n}" for n in range(300)]), language="en")
    assert sorted(texts(board), key=int) == [str(n) for n in range(1, 301)]
    assert board.numbered == 300


def test_long_names_are_set_on_several_lines() -> None:
    facility = Facility(
        "f", Text.same("Anhui University of Science and Technology, old campus"), "u", Point(117.2, 31.8)
    )
    found = texts(board_of(plan_of([], facilities=[facility]), language="en"))
    assert found == ["Anhui University of Science", "and Technology, old campus"]


def test_facilities_without_room_have_the_number_of_the_table() -> None:
    crowd = [
        Facility(f"f{n}", Text.same(f"A rather long name of facility {n}"), "u", Point(117.2 + 0.0012 * n, 31.8))
        for n in range(40)
    ]
    found = texts(board_of(plan_of([], facilities=crowd), language="en"))
    assert any(text.startswith("F") and text[1:].isdecimal() for text in found)
