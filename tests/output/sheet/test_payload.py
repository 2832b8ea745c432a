"""What a sheet's template reads: texts that can be written and broken, names placed, and nothing that acts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.output.sheet.document import sheet_of
from geoplan.output.sheet.payload import all_texts, payload_of
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView, open_plan
from tests.helpers import EAST, NORTH, square
from tests.output.examples import HOSTILE, HOSTILE_IDS
from tests.output.faulty import faulty
from tests.output.sheet.reading import options, plan_of

BREAK = "\u200b"


@dataclass(frozen=True)
class Letters:
    """Fonts that have every character but some; a character is half an em wide."""

    missing: frozenset[str] = frozenset()
    families: tuple[str, ...] = ("Test Sans",)

    def writable(self, text: str) -> str:
        return "".join(f"U+{ord(one):04X}" if one in self.missing else one for one in text)

    def width(self, text: str) -> float:
        return 0.5 * len(text)


def payload(view: PlanView, letters: Letters | None = None, **chosen: Any) -> dict[str, Any]:
    return payload_of(sheet_of(view, options(**chosen)), letters or Letters())  # type: ignore[arg-type]


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    return [text for inner in value for text in texts(inner)] if isinstance(value, list | tuple) else []


@pytest.fixture(scope="module")
def pair() -> PlanView:
    return plan_of([square(EAST, NORTH, 1000), square(EAST + 1000, NORTH, 500)], ["West", "East"])


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_template_gets_plain_json(language: str, pair: PlanView, tmp_path: Path) -> None:
    for view in (pair, faulty(tmp_path / "f"), open_plan("aust-wisdom-valley")):
        made = payload(view, language=language)
        assert json.loads(json.dumps(made, allow_nan=False)).keys() == made.keys()


def test_names_stand_on_the_map_within_the_frame_and_none_over_another(pair: PlanView) -> None:
    made = payload(pair, language="en")
    frame, labels = made["frame"], made["labels"]
    assert {"West", "East"} <= {label["text"] for label in labels}
    for label in labels:
        assert label["x"] >= 0
        assert label["x"] + label["w"] <= frame["w"]
        assert 0 <= label["y"] <= frame["h"]
    assert len({(label["x"], label["y"]) for label in labels}) == len(labels)


def test_without_labels_the_map_has_none_and_the_tables_have_all(pair: PlanView) -> None:
    made = payload(pair, language="en", labels=False)
    assert made["labels"] == []
    assert {"West", "East"} <= set(texts(made["areas"]))


def test_the_areas_are_those_of_the_squares(pair: PlanView) -> None:
    cells = [[cell["lines"] for cell in row] for row in payload(pair, language="en")["areas"]["rows"]]
    flat = [" ".join(text for lines in row for text in lines) for row in cells]
    assert any("West" in row and "1.0000" in row and "100.0000" in row and "1,500.000" in row for row in flat)
    assert any("East" in row and "0.2500" in row and "25.0000" in row and "375.000" in row for row in flat)
    assert any("1.2500" in row and "100.00 %" in row for row in flat)


def test_a_plan_without_any_place_has_no_map_and_says_so() -> None:
    view = open_plan("aust-wisdom-valley")
    bare = replace(view, facilities=tuple(replace(one, point=None) for one in view.facilities))
    made = payload(bare, language="en")
    assert (made["map"], made["bar"], made["labels"], made["ticks"], made["corners"]) == (None, None, [], [], [])
    assert any("not located" in text for text in texts(made["notes"]))


def test_a_character_no_font_has_stands_as_its_code_and_is_listed(pair: PlanView) -> None:
    named = replace(pair, facilities=(Facility("f", Text.same("Ж place"), "x", None),))
    made = payload(named, Letters(frozenset("Ж")), language="en")
    assert "Ж" not in "".join(texts({key: value for key, value in made.items() if key != "notes"}))
    assert any("U+0416" in text for text in texts(made["tables"]))
    assert any("U+0416" in text for text in texts(made["notes"]))


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_a_hostile_name_is_visible_text_in_every_part(name: str, pair: PlanView) -> None:
    text = Text.same(name)
    place = Facility(name, text, name, None, basis=name, source=name, note=text)
    made = payload(replace(pair, facilities=(place,), network=(place,)), author=name, review_number=name, title=text)
    for one in texts({key: value for key, value in made.items() if key not in ("map", "halo")}):
        assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe]", one)
        assert len(one) <= 700 + 700 // 9  # cut, with places to break


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="abcW长安 -", min_size=1, max_size=120))
def test_long_runs_get_places_to_break_and_keep_every_letter(name: str) -> None:
    named = replace(PAIR, facilities=(Facility("f", Text.same(f"x{name}"), "c", None),))
    told = texts(payload(named, language="en", labels=False)["tables"])
    for text in told:
        for run in re.split(r"[\s\u2e80-\uffef\u200b-]", text):
            assert len(run) <= 18
    letters = re.sub(r"\s", "", f"x{name}")[:80]  # names are cut at 90 characters
    assert any(re.sub(r"[\s\u200b]", "", text).startswith(letters) for text in told)


PAIR = plan_of([square(EAST, NORTH, 1000)], ["West"])


def test_the_document_describes_itself(pair: PlanView) -> None:
    meta = payload(pair, language="en", author="Li")["meta"]
    assert meta["author"] == ["Li"]
    assert meta["date"] == [2026, 11, 22]
    assert meta["lang"] == "en"
    assert payload(pair, language="both")["meta"]["lang"] == "zh"
    assert payload(pair, language="en")["meta"]["author"] == []


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_every_sentence_a_crowded_map_may_need_is_asked_of_the_fonts(language: str, pair: PlanView) -> None:
    rows = [square(EAST + 20 * place, NORTH, 20) for place in range(60)]
    crowded = plan_of(rows, [f"Zone of a long name {place}" for place in range(60)])
    sheet = sheet_of(crowded, options(language=language))
    notes = texts(payload_of(sheet, Letters(frozenset("q")))["notes"])  # type: ignore[arg-type]
    assert any("60" in text or "numbers stand" in text or "编号" in text for text in notes)
    asked = set("".join(all_texts(sheet)))
    assert all(set(text) - {BREAK} <= asked for text in notes)


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_fonts_are_chosen_for_every_text_that_is_set(language: str, pair: PlanView) -> None:
    """A character that is set and was not asked of the fonts would come out as a box."""
    sheet = sheet_of(pair, options(language=language, author="Ωmega", title=Text("Plan Ж", "图 Ж")))
    asked = set("".join(all_texts(sheet)))
    made = payload_of(sheet, Letters())  # type: ignore[arg-type]
    kept = {key: value for key, value in made.items() if key not in ("map", "halo", "fonts", "legend")}
    colours = re.compile("#[0-9A-Fa-f]{6}")
    for text in texts(kept):
        if not colours.fullmatch(text):
            assert set(text) - {BREAK} <= asked, text
