"""Places nobody can put on a map: counted, named, and told with what is known of why."""

from __future__ import annotations

import re

import pytest

from geoplan.types import Facility, Text
from geoplan.ui.people import Person
from geoplan.ui.state import Address
from geoplan.ui.unlocated import unlocated_html
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView
from tests.facility_views import nowhere, opened, place
from tests.helpers import EAST, NORTH, square
from tests.output.examples import HOSTILE, HOSTILE_IDS


@pytest.fixture(scope="module")
def view() -> PlanView:
    kinds = [{"id": "school", "name": {"en": "School", "zh": "学校"}}]
    return opened([square(EAST, NORTH, 100)], categories=kinds)


def html(view: PlanView, *facilities: Facility, language: str = "en") -> str:
    owner = Person("", None, "editor", signed_in=False)
    return unlocated_html(Visit(Address("p", language, None, "facilities"), view, (), owner), facilities)


def text_of(made: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", made).split())


def lost(**changes: object) -> Facility:
    return Facility(**{"id": "x", "name": Text("Lost", "失"), "category": "school", "point": None} | changes)  # type: ignore[arg-type]


def test_nothing_is_said_where_all_are_located(view: PlanView) -> None:
    assert html(view) == html(view, place("a", 1, 1)) == ""


def test_those_without_a_place_are_counted_and_named_with_their_kind(view: PlanView) -> None:
    said = text_of(html(view, lost(), place("here", 1, 1), nowhere("other")))
    assert "2 not located" in said
    assert "Lost School" in said
    assert "here" not in said


@pytest.mark.parametrize(("changes", "en", "zh"), [
    ({"note": Text("Street unknown", "街道不详"), "address": Text("Gate", "门")}, "Street unknown", "街道不详"),
    ({"address": Text("Gate Rd", "门前路"), "basis": "derived"}, "Gate Rd", "门前路"),
    ({"basis": "stated"}, "stated", "资料所载"),
    ({"basis": "by hearsay"}, "by hearsay", "by hearsay"),
])  # fmt: skip
def test_why_is_told_by_the_best_there_is(changes: dict[str, object], en: str, zh: str, view: PlanView) -> None:
    assert text_of(html(view, lost(**changes))).endswith(en)
    assert text_of(html(view, lost(**changes), language="zh")).endswith(zh)


@pytest.mark.parametrize("basis", ["", "unknown"])
def test_where_nothing_is_known_that_is_said_in_both_languages(basis: str, view: PlanView) -> None:
    english, chinese = (text_of(html(view, lost(basis=basis), language=language)) for language in ("en", "zh"))
    assert not re.search("[\u4e00-\u9fff]", english)
    assert not re.search("[A-Za-z]{3,}", chinese)
    assert len(chinese) > len("失学校")


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_hostile_words_are_text(name: str, view: PlanView) -> None:
    text = Text.same(name)
    made = html(view, lost(name=text, category=name, note=text))
    assert set(re.findall(r"</?([a-z0-9]+)", made)) <= {"div", "h3", "ul", "li", "b", "small", "p"}
    assert not re.search("[\x00-\x08\x1b\u202a-\u202e\ud800-\udfff]", made)
