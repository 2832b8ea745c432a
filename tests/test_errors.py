"""The error tree: exit codes, one line in two languages, and the drawing at the top of the module."""

from __future__ import annotations

import inspect
import re

import pytest

from geoplan import errors
from geoplan.errors import GeoplanError, InputError, Mistake, PlanError
from geoplan.types import Text

CLASSES = [
    one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, GeoplanError)
]  # fmt: skip


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn = dict(re.findall(r"(\w+Error)\s+\(?(\d)?", errors.__doc__ or ""))
    assert set(drawn) == {one.__name__ for one in CLASSES}
    for one in CLASSES:
        if drawn[one.__name__]:
            assert one.exit_code == int(drawn[one.__name__]), one


def test_an_error_is_one_line_of_place_message_and_next_step() -> None:
    error = InputError(
        Text("is\n  broken.", "已损坏。"), where="a.gpkg", hint=Text("Ask for it again.", "请重新获取。")
    )
    assert str(error) == error.line("en") == "a.gpkg: is broken. Ask for it again."
    assert error.line("zh") == "a.gpkg: 已损坏。 请重新获取。"
    assert str(InputError(Text.same("x"))) == "x"


def test_a_place_is_filled_in_from_the_inside_out_and_once() -> None:
    error = InputError(Text.same("x"))
    assert str(error.at("feature 2")) == "feature 2: x"
    assert str(error.at("a.gpkg")) == "a.gpkg, feature 2: x"
    assert str(error.at("a.gpkg")) == "a.gpkg, feature 2: x"
    assert error.at("c") is error


def test_a_fuller_name_of_the_same_place_takes_its_place() -> None:
    error = InputError(Text.same("x"), where="a.gpkg")
    assert str(error.at("a.gpkg, layer b")) == "a.gpkg, layer b: x"


def test_a_plan_error_counts_and_lists_its_mistakes() -> None:
    one = Mistake("a", Text("is wrong", "有误"), "'x'", "y, z")
    two = Mistake("b", Text("is missing", "缺失"), "")
    assert str(PlanError("p", (one,))) == "p: 1 mistake: a: is wrong (found 'x'); allowed: y, z"
    assert str(PlanError("p", (one, two))).startswith("p: 2 mistakes: a: ")
    assert str(PlanError("p", (one, two))).endswith(" | b: is missing")
    assert PlanError("p", (one, two)).mistakes == (one, two)
    assert PlanError("p", (one, two)).line("zh") == "p: 2 处错误：a: 有误（现为 'x'）；允许：y, z | b: 缺失"


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_documented(kind: type[GeoplanError]) -> None:
    assert kind.__doc__
