"""The field types of plan.toml: what each takes, and what it makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from geoplan.plan import fields
from geoplan.types import Text


def taken(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        taken(kind, value)
    return str(caught.value.errors()[0]["msg"])


def test_plain_text_stands_for_both_languages() -> None:
    assert taken(fields.BilingualText, "EPSG") == Text("EPSG", "EPSG")
    assert taken(fields.BilingualText, {"en": " Core ", "zh": "核心区"}) == Text("Core", "核心区")


@pytest.mark.parametrize("value", [{}, {"en": "a"}, {"en": "a", "zh": "b", "de": "c"}, {1: "a"}])
def test_a_table_of_text_needs_exactly_both_languages(value: object) -> None:
    assert "needs the keys en and zh" in refused(fields.BilingualText, value)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\r"])
def test_text_holds_no_control_characters_but_line_breaks_and_tabs(char: str) -> None:
    assert f"U+{ord(char):04X}" in refused(fields.BilingualText, f"a{char}b")
    assert f"U+{ord(char):04X}" in refused(fields.PlainText, f"a{char}b")
    assert taken(fields.PlainText, "a\n\tb") == "a\n\tb"


def test_text_has_an_end() -> None:
    assert taken(fields.PlainText, "x" * 5000) == "x" * 5000
    assert "5000" in refused(fields.PlainText, "x" * 5001)
    assert "5000" in refused(fields.BilingualText, {"en": "a", "zh": "核" * 5001})


@pytest.mark.parametrize("value", ["a", "A-1", "340104.1_x", "x" * 64])
def test_a_slug_is_letters_digits_dots_dashes_and_underscores(value: str) -> None:
    assert taken(fields.Slug, value) == value


@pytest.mark.parametrize("value", ["", "-a", ".a", "a/b", "a b", "核心", "x" * 65, "a\n"])
def test_nothing_else_is_a_slug(value: str) -> None:
    refused(fields.Slug, value)


@pytest.mark.parametrize("value", ["zones.gpkg", "data/zones.gpkg", "分区.geojson", "a b.shp", "..zones"])
def test_a_path_may_lie_deeper_in_the_folder(value: str) -> None:
    assert taken(fields.RelativePath, value) == value


@pytest.mark.parametrize("value", ["/a", "..", "a/../b", "a\\..\\b", "\\a", "C:\\a", "C:a", "//host/a", "a\x00"])
def test_a_path_never_leads_out_of_it(value: str) -> None:
    refused(fields.RelativePath, value)


@pytest.mark.parametrize("value", [0.0, 0.5, 1, 1.0])
def test_a_share_is_a_fraction_of_one(value: float) -> None:
    assert taken(fields.Share, value) == value


@pytest.mark.parametrize("value", [-0.1, 1.01, 90, float("nan"), "0.5", True])
def test_percent_is_no_share(value: object) -> None:
    refused(fields.Share, value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2026, "2026"), ("2026", "2026"), ("2026-05", "2026-05"), (date(2026, 5, 31), "2026-05-31")],
)
def test_a_date_may_be_as_coarse_as_it_is_known(value: object, text: str) -> None:
    assert taken(fields.PartialDate, value) == text


@pytest.mark.parametrize("value", ["2026-00", "2026-02-30", "26", "2026-5", "0000", 0, 12345, True, 2026.0, None])
def test_what_is_not_in_the_calendar_is_no_date(value: object) -> None:
    refused(fields.PartialDate, value)


def test_an_expiry_is_a_whole_day() -> None:
    assert taken(fields.WholeDate, date(2027, 12, 31)) == taken(fields.WholeDate, "2027-12-31") == date(2027, 12, 31)
    for wrong in (0, 1.5, True, "2027-12", "tomorrow"):
        refused(fields.WholeDate, wrong)
