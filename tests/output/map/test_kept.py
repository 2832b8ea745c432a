"""What is kept of a layer: made once for one object, let go after a few others."""

from __future__ import annotations

from geoplan.output.map.kept import Kept


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name


def test_the_same_object_is_worked_on_once_and_an_equal_one_again() -> None:
    made: list[Thing] = []

    def name_of(thing: Thing) -> str:
        made.append(thing)
        return thing.name

    kept, one, other = Kept(name_of), Thing("a"), Thing("a")
    assert [kept(one), kept(one), kept(other), kept(one)] == ["a"] * 4
    assert made == [one, other]


def test_only_the_last_few_are_kept() -> None:
    made: list[str] = []

    def note(thing: Thing) -> None:
        made.append(thing.name)

    kept = Kept(note, most=2)
    a, b, c = Thing("a"), Thing("b"), Thing("c")
    for thing in (a, b, a, c, a, b):
        kept(thing)
    assert made == ["a", "b", "c", "b"]
