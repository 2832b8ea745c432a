"""Every key of plan.toml with every kind of value that does not belong there: one table, held against the loader."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from geoplan.errors import PlanError
from geoplan.plan.load import load_plan
from tests.plan.documents import VALID, chinese_alone, toml, write

Place = tuple[str | int, ...]

# What TOML can hold, by kind. Dates are written bare, as TOML writes them.
KINDS: dict[str, tuple[Any, ...]] = {
    "text": ("a thing",),
    "empty": ("", "   "),
    "control": ("a\x1b[2Jb",),
    "long": ("x" * 5001,),
    "switch": (True,),
    "whole": (0, 10**25),
    "real": (-0.5,),
    "odd": (float("nan"), float("-inf")),
    "day": (date(2024, 2, 29),),
    "moment": (datetime(2024, 2, 29, 12, 30),),
    "list": ([1], ["a thing"]),
    "table": ({}, {"en": "x"}),
}

# For each kind of key what may stand there; anything else is a mistake at that very key.
BILINGUAL, ROWS = {"text"}, {"list"}
MAY_HOLD: dict[str, set[str]] = {
    "format": set(), "id": set(), "status": set(), "check": set(), "severity": set(), "method": set(), "unit": set(),
    "projected": set(), "finding": set(), "url": set(), "group": set(), "source": set(),
    "name": BILINGUAL, "summary": BILINGUAL, "title": BILINGUAL, "publisher": BILINGUAL, "note": BILINGUAL,
    "basis": BILINGUAL, "published": BILINGUAL, "reason": BILINGUAL,
    "author": {"text"}, "field": {"text"},
    "date": {"day", "whole"}, "expires": {"day"},
    "awaiting": {"switch"}, "named": {"switch"}, "enabled": {"switch"},
    "area_m2": {"whole", "real"}, "width_m": {"whole", "real"}, "accuracy_m": {"whole", "real"},
    "published_km2": {"whole", "real"}, "km2": {"whole", "real"}, "tolerance_km2": {"whole", "real"},
    "min": {"whole", "real"}, "max": {"whole", "real"}, "m2": {"whole", "real"}, "count": {"whole"},
    "tolerance_m2": {"whole", "real"}, "tolerance_share": {"whole", "real"},
    "max_area_m2": {"whole", "real"}, "max_width_m": {"whole", "real"}, "min_elongation": {"whole", "real"},
    "max_compactness": {"whole", "real"}, "min_shape_index": {"whole", "real"},
    "min_perimeter_ratio": {"whole", "real"}, "margin_m": {"whole", "real"}, "max_distance_km": {"whole", "real"},
    "aliases": ROWS, "groups": ROWS, "radii_m": ROWS, "classes": {"table"},
    "zones": ROWS, "sources": ROWS, "categories": ROWS, "rules": ROWS,
    "accepted": ROWS, "known": ROWS,
    "area": {"table"}, "tolerance": {"table"}, "layers": {"table"}, "service": {"table"},
    "facilities": set(), "network": set(), "boundary": set(), "context": set(), "indicators": set(),
}  # fmt: skip


def full() -> dict[str, Any]:
    """Return a right document in which every key that a plan may hold is used somewhere."""
    made = copy.deepcopy(VALID)
    made["layers"] |= dict.fromkeys(("network", "boundary", "context", "indicators"), "facilities.geojson")
    made["service"] = {"radii_m": [300.0, 500.0], "source": "notice"}
    made["categories"][0] |= {"radii_m": [250.0], "source": "notice"}
    made["sources"][0] |= {"url": "https://example.org/a", "note": {"en": "a", "zh": "甲"}}
    made["rules"] += [
        {"check": "area-declared", "field": "TBMJ", "unit": "mu", "tolerance_m2": 1.0, "tolerance_share": 0.1},
        {"check": "facility-inside", "margin_m": 5.0, "severity": "info"},
        {"check": "extent", "max_distance_km": 40.0},
        {"check": "unmatched-vertex", "enabled": False},
        {
            "check": "sliver", "max_area_m2": 100.0, "max_width_m": 1.0, "min_elongation": 6.0,
            "max_compactness": 0.2, "min_shape_index": 2.5, "min_perimeter_ratio": 50.0,
        },
    ]  # fmt: skip
    return made


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Yield the place of every key, those of names in two languages and of class codes taken as values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*here, key)
            if not isinstance(inner, dict) or (not set(inner) <= {"en", "zh"} and key != "classes"):
                yield from places(inner, (*here, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if isinstance(inner, dict):
                yield from places(inner, (*here, number))


def spelt(place: Place) -> str:
    """Return a place as a mistake names it: rows are counted from 1."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def changed(place: Place, value: Any) -> dict[str, Any]:
    made = full()
    inner: Any = made
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return made


def one_of_each() -> list[tuple[str, Place]]:
    """Return the places of the first row of each table, and of each check, that has a key."""
    document, seen, kept = full(), set(), []
    for place in places(document):
        row = document["rules"][place[1]]["check"] if place[0] == "rules" and len(place) > 1 else ""
        if (kind := (place[0], row, place[-1], len(place))) not in seen:
            seen.add(kind)
            kept.append((spelt(place), place))
    return sorted(kept)


PLACES = one_of_each()


def test_the_full_document_is_right_and_uses_every_key_of_the_table(tmp_path: Path) -> None:
    # The indicators are a table of their own, read later than plan.toml.
    load_plan(write(tmp_path, full()))
    assert {str(place[-1]) for _, place in PLACES} == set(MAY_HOLD)


@pytest.mark.parametrize(("name", "place"), PLACES, ids=[name for name, _ in PLACES])
def test_a_value_of_a_kind_that_does_not_belong_is_told_at_its_key_in_both_languages(
    name: str, place: Place, tmp_path: Path
) -> None:
    for kind in KINDS.keys() - MAY_HOLD[str(place[-1])]:
        for value in KINDS[kind]:
            document = changed(place, value)
            with pytest.raises(PlanError) as caught:
                load_plan(write(tmp_path, toml(document)))
            said = [one for one in caught.value.mistakes if one.key.startswith(name)]
            assert said, f"{kind} {value!r}: {caught.value}"
            for one in said:
                assert one.message.en.isprintable()
                assert chinese_alone(one.message.zh), one.message.zh
                assert len(one.found) <= 80
                assert "\x1b" not in one.line("en") + one.line("zh")


NUMBERS = [one for one in PLACES if MAY_HOLD[str(one[1][-1])] == {"whole", "real"}]


@pytest.mark.parametrize(("name", "place"), NUMBERS, ids=[name for name, _ in NUMBERS])
def test_no_number_of_a_plan_may_be_negative_and_none_is_lost(name: str, place: Place, tmp_path: Path) -> None:
    for value in (-1, -0.001, -1e-300):
        with pytest.raises(PlanError) as caught:
            load_plan(write(tmp_path, toml(changed(place, value))))
        assert caught.value.mistakes[0].key == name


@pytest.mark.parametrize(("name", "place"), PLACES, ids=[name for name, _ in PLACES])
def test_a_key_with_a_letter_too_many_is_told_with_the_right_one(name: str, place: Place, tmp_path: Path) -> None:
    document = full()
    inner: Any = document
    for part in place[:-1]:
        inner = inner[part]
    inner[f"{place[-1]}x"] = inner.pop(place[-1])
    with pytest.raises(PlanError) as caught:
        load_plan(write(tmp_path, document))
    keys = [one.key for one in caught.value.mistakes]
    assert any(key in (f"{name}x", name) or name.startswith(key) for key in keys), keys
