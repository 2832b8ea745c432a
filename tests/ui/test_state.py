from __future__ import annotations

import pytest

from geoplan.output.map import Pick
from geoplan.ui.state import MAX_ID, Address, read_address


def test_a_link_says_plan_language_and_zone() -> None:
    asked = read_address({"plan": "trial", "lang": "zh", "zone": "core"}, None)
    assert asked == Address("trial", "zh", Pick("zone", "core"))


def test_a_link_may_name_a_facility_instead() -> None:
    assert read_address({"facility": "park"}, None).pick == Pick("facility", "park")


@pytest.mark.parametrize(
    ("asked", "locale", "language"),
    [
        ("", "zh-CN", "zh"),
        ("", "en-GB", "en"),
        ("", "fr", "en"),
        ("", None, "en"),
        ("en", "zh-CN", "en"),
        ("zh", "en-GB", "zh"),
        ("klingon", "zh-TW", "zh"),
        ("<script>", None, "en"),
    ],
)
def test_the_language_is_the_link_s_else_the_browser_s(asked: str, locale: str | None, language: str) -> None:
    assert read_address({"lang": asked}, locale).language == language


def test_an_empty_link_asks_for_nothing() -> None:
    assert read_address({"plan": "", "zone": ""}, None) == Address(None, "en", None)


def test_an_endless_id_is_cut() -> None:
    pick = read_address({"zone": "x" * 100_000}, None).pick
    assert pick is not None
    assert len(pick.id) == MAX_ID
