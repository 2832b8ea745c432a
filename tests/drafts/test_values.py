"""Drafts as values: undo and redo, names, and rows put into a layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geoplan.drafts import Undo, renamed, with_zone, without_zone
from geoplan.drafts.values import MAX_EDITS, MAX_UNDO, Deed, Edit, checked_id, checked_name, with_rows, without_row
from geoplan.errors import InputError, UsageError
from geoplan.types import Text
from tests.drafts.squares import at, bytes_of, degrees, draft_of
from tests.helpers import make_layer


def test_undo_and_redo_walk_the_same_way_back_and_forth() -> None:
    first = draft_of({"a": at(0, 0, 100)})
    second = with_zone(first, "b", degrees(at(100, 0, 100)))
    third = without_zone(second, "a")
    history = Undo(first).did(second).did(third)
    assert history.now is third
    back = history.undo()
    assert bytes_of(back.now) == bytes_of(second)
    assert bytes_of(back.undo().now) == bytes_of(first)
    assert bytes_of(back.redo().now) == bytes_of(third)
    assert back.undo().undo() == back.undo()
    assert history.redo() is history


def test_an_edit_after_an_undo_forgets_what_was_undone() -> None:
    first = draft_of({"a": at(0, 0, 100)})
    other = renamed(first, "a", Text.same("Other"))
    assert Undo(first).did(without_zone(first, "a")).undo().did(other).future == ()


def test_a_save_is_not_undone_with_the_edits_before_it() -> None:
    first = draft_of({"a": at(0, 0, 100)})
    history = Undo(first).did(without_zone(first, "a"))
    saved = history.saved(replace(history.now, id="7", version=3))
    assert (saved.undo().now.id, saved.undo().now.version) == ("7", 3)
    assert saved.undo().now.ids == ("a",)


def test_the_steps_that_are_kept_are_bounded() -> None:
    draft = draft_of({"a": at(0, 0, 100)})
    history = Undo(draft)
    for _ in range(MAX_UNDO + 20):
        history = history.did(draft)
    assert len(history.past) == MAX_UNDO


def test_an_edit_comes_back_from_its_record() -> None:
    edit = Edit(Deed.CUT, "核心区", (("a", -500.25), ("b", 0.0)), 2.4, 3, 0.36)
    assert Edit.of(edit.record()) == edit


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\tb", "\ud800"])
def test_a_name_nobody_could_read_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="The name of a draft"):
        checked_name(name)


def test_a_hostile_name_is_a_name_like_any_other() -> None:
    assert checked_name(" <img src=x onerror=alert(1)>${alert(1)}` ") == "<img src=x onerror=alert(1)>${alert(1)}`"


def test_rows_put_into_a_layer_leave_the_others_the_same_objects_and_types() -> None:
    typed = {"area": np.array([1.5, 2.5]), "count": np.array([1, 2])}
    plain = make_layer([at(0, 0, 1), at(1, 0, 1)])
    layer = replace(plain, fields={**plain.fields, **typed})
    more = with_rows(layer, {}, {}, [(at(2, 0, 1), {"id": "c"})])
    assert more.geometry[0] is layer.geometry[0]
    assert more.fields["area"].dtype == np.float64
    assert np.isnan(more.fields["area"][2])
    assert more.fields["count"].tolist() == [1, 2, None]
    assert with_rows(layer, {0: at(5, 0, 1)}, {}).fields["count"] is layer.fields["count"]


@pytest.mark.parametrize("zone", ["", " ", "x" * 65, "a\nb", "\x00", "\udfff"])
def test_an_id_no_file_could_carry_is_refused_in_both_languages(zone: str) -> None:
    with pytest.raises(InputError, match="The id of a zone is 64 characters at most") as caught:
        checked_id(zone)
    assert "分区编号" in caught.value.line("zh")


@pytest.mark.parametrize(("zone", "kept"), [(" a ", "a"), ("x" * 64, "x" * 64), ("长" * 64, "长" * 64), ("0", "0")])
def test_an_id_is_kept_without_the_spaces_around_it(zone: str, kept: str) -> None:
    assert checked_id(zone) == kept


@pytest.mark.parametrize("broken", [
    {"deed": "x"},
    {"gained_m2": [["a"]]},
    {"gained_m2": [["a", "b"]]},
    {"gained_m2": 5},
    {"moved": None},
    {"pixel_m": []},
])  # fmt: skip
def test_a_record_that_is_none_says_so_with_an_error_the_reader_expects(broken: dict[str, object]) -> None:
    whole = Edit(Deed.DRAWN, "a").record()
    with pytest.raises((KeyError, TypeError, ValueError)):
        Edit.of(whole | broken)
    for key in whole:
        with pytest.raises(KeyError):
            Edit.of({other: value for other, value in whole.items() if other != key})


def test_the_ledger_keeps_the_last_edits_and_no_more() -> None:
    draft = draft_of({"a": at(0, 0, 100)})
    for count in range(MAX_EDITS + 3):
        draft = draft.edited(draft.zones, Edit(Deed.NAMED, f"z{count}"))
    assert len(draft.edits) == MAX_EDITS
    assert (draft.edits[0].zone, draft.edits[-1].zone) == ("z3", f"z{MAX_EDITS + 2}")


def test_a_zone_is_called_by_the_language_it_has_a_name_in_else_by_its_id() -> None:
    shapes = {key: at(0, 0, 1) for key in "abcd"}
    draft = draft_of(shapes, name_en=["One", "", None, "Four"], name_zh=["一", "二", "", None])
    assert draft.names() == {
        "a": Text("One", "一"),
        "b": Text("二", "二"),
        "c": Text("c", "c"),
        "d": Text("Four", "Four"),
    }


def test_an_unknown_zone_is_a_usage_error_that_names_the_draft() -> None:
    with pytest.raises(UsageError, match="First try: there is no zone “x” in the draft"):
        draft_of({"a": at(0, 0, 1)}).geometry("x")


def test_a_new_field_has_no_value_in_the_rows_that_were_there() -> None:
    layer = make_layer([at(0, 0, 1), at(1, 0, 1)])
    more = with_rows(layer, {}, {1: {"use": "R"}}, [(at(2, 0, 1), {"id": "c", "height": 3.5})])
    assert more.fields["use"].tolist() == [None, "R", None]
    assert more.fields["height"].tolist() == [None, None, 3.5]
    assert list(more.fields["id"]) == ["a", "b", "c"]
    assert list(without_row(more, 1).fields["id"]) == ["a", "c"]


def test_a_word_put_into_a_field_of_numbers_is_kept_as_the_word() -> None:
    layer = replace(make_layer([at(0, 0, 1)]), fields={"id": np.array(["a"], dtype=object), "n": np.array([1.5])})
    assert with_rows(layer, {}, {0: {"n": "many"}}).fields["n"].tolist() == ["many"]
    assert layer.fields["n"].tolist() == [1.5]
