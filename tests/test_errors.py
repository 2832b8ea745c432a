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


def test_every_way_to_fail_has_one_of_the_three_documented_exit_codes() -> None:
    assert {one.exit_code for one in CLASSES} == {2, 3, 4}
    for one in CLASSES:
        kinds = [kind for kind in (errors.UsageError, errors.InputError, errors.StoreError) if issubclass(one, kind)]
        expected = {errors.UsageError: 2, errors.InputError: 3, errors.StoreError: 4}
        assert one.exit_code == (expected[kinds[0]] if kinds else 2), one


@pytest.mark.parametrize(("error", "english", "chinese"), [
    (
        errors.ConflictError("valley", 3, 4),
        "valley: revision 4 was published since revision 3 that this update started from; nothing was written.",
        "valley: 自本次更新所依据的版本 3 之后，已发布版本 4；未写入任何内容。",
    ),
    (
        errors.ConflictError("valley", None, 1),
        "valley: revision 1 was published since this update was started, when there was none; nothing was written.",
        "valley: 本次更新开始时尚无任何版本，此后已发布版本 1；未写入任何内容。",
    ),
    (
        errors.DraftConflictError("North", 2, None),
        "North: the draft was deleted since you opened it; nothing was written.",
        "North: 该草案自您打开后已被删除；未写入任何内容。",
    ),
    (
        errors.DraftConflictError("North", 2, 5, "王"),
        "North: the draft was saved by 王 since you opened it; nothing was written.",
        "North: 该草案自您打开后已由 王 保存；未写入任何内容。",
    ),
    (errors.DiffConflictError("a", Text("is gone.", "已不存在。")), "a: is gone.", "a: 已不存在。"),
    (
        errors.SettingsError("auth.toml", (Mistake("a", Text("x", "某"), ""), Mistake("b", Text("y", "某"), "1"))),
        "auth.toml: the app cannot be served safely: a: x | b: y (found 1)",
        "auth.toml: 无法安全地提供服务：a: 某 | b: 某（现为 1）",
    ),
])  # fmt: skip
def test_an_error_of_its_own_kind_says_what_happened_and_what_to_do_next(
    error: GeoplanError, english: str, chinese: str
) -> None:
    assert error.line("en").startswith(english)
    assert error.line("zh").startswith(chinese)
    assert error.hint is not None
    assert error.line("en").endswith(error.hint.en)
    assert str(error) == error.line("en")


def test_the_numbers_a_conflict_is_about_can_be_asked_for() -> None:
    store = errors.ConflictError("valley", None, 1)
    draft = errors.DraftConflictError("North", 2, 5, "Wang")
    assert (store.expected, store.current) == (None, 1)
    assert (draft.expected, draft.current, draft.by) == (2, 5, "Wang")
    assert errors.DiffConflictError("a", Text.same("x")).zone == "a"


@pytest.mark.parametrize("text", ["a\nb", "a\r\n\tb", "a  b", "a\u2028b", "a\x0bb"])
def test_an_error_is_one_line_whatever_its_parts_hold(text: str) -> None:
    error = InputError(Text.same(text), where=text, hint=Text.same(text))
    assert error.line("en") == "a b: a b a b"


@pytest.mark.parametrize(("mistake", "line"), [
    (Mistake("k", Text.same("m"), "", ""), "k: m"),
    (Mistake("k", Text.same("m"), "1", ""), "k: m (found 1)"),
    (Mistake("k", Text.same("m"), "", "x"), "k: m; allowed: x"),
    (Mistake("k", Text.same("m"), "{}", "{0} | %s"), "k: m (found {}); allowed: {0} | %s"),
])  # fmt: skip
def test_a_mistake_shows_what_was_found_and_what_is_allowed_as_they_are(mistake: Mistake, line: str) -> None:
    assert str(mistake) == line


def test_an_error_survives_being_sent_to_another_process() -> None:
    error = InputError(Text("is broken.", "已损坏。"), where="a.gpkg")
    assert error.at("/data").args == (error.line("en"),)


def test_an_unknown_language_is_english_and_any_chinese_is_chinese() -> None:
    error = InputError(Text("is broken.", "已损坏。"))
    assert [error.line(language) for language in ("fr", "", "zh-Hans", "zh_CN")] == [
        "is broken.", "is broken.", "已损坏。", "已损坏。"
    ]  # fmt: skip
