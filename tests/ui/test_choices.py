from __future__ import annotations

from geoplan.ui.choices import distinct


def test_names_that_differ_are_offered_as_they_are() -> None:
    assert distinct({"a": "Core Area", "b": "Shushan Area"}) == {"a": "Core Area", "b": "Shushan Area"}


def test_one_name_for_two_is_followed_by_the_id_so_that_a_choice_is_of_one_of_them() -> None:
    offered = distinct({"a": "Trial", "b": "Trial", "c": "Other"})
    assert offered == {"a": "Trial · a", "b": "Trial · b", "c": "Other"}
    assert len(set(offered.values())) == 3
