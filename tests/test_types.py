"""The shared vocabulary: texts, severities, tolerances and the ids findings keep."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan import types
from geoplan.types import Finding, Severity, Text, Tolerance


def finding(**changes: object) -> Finding:
    made = Finding("overlap", Severity.ERROR, ("a", "b"), Text.same("x"), subject="digest")
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "text"), [("en", "Core"), ("zh", "核心"), ("zh-CN", "核心"), ("fr", "Core")])
def test_a_text_reads_in_both_languages_and_english_elsewhere(language: str, text: str) -> None:
    assert Text("Core", "核心").get(language) == text


def test_the_worst_severity_comes_first() -> None:
    assert sorted(Severity, key=lambda one: one.rank) == [Severity.ERROR, Severity.WARNING, Severity.INFO]


def test_a_piece_counts_only_when_it_is_larger_and_wider() -> None:
    tolerance = Tolerance(area_m2=1.0, width_m=0.01)
    assert tolerance.exceeded_by(1.1, 0.011)
    for piece in ((1.0, 5.0), (5.0, 0.01), (0.5, 0.001)):
        assert not tolerance.exceeded_by(*piece)


def test_a_finding_id_is_its_check_and_a_digest_of_zones_and_subject() -> None:
    digest = hashlib.sha256(b"overlap\x1fa\x1fb\x1fdigest").hexdigest()
    assert finding().id == f"overlap-{digest[:12]}"


def test_a_finding_keeps_its_id_when_zones_change_places_or_it_weighs_less() -> None:
    same = finding(zones=("b", "a"), severity=Severity.INFO, message=Text.same("y"), area_m2=5.0)
    assert same.id == finding().id


@pytest.mark.parametrize("change", [{"check": "gap"}, {"zones": ("a",)}, {"zones": ("ab",)}, {"subject": "other"}])
def test_a_finding_about_something_else_has_another_id(change: dict[str, object]) -> None:
    assert finding(**change).id != finding().id


def test_one_hectare_is_fifteen_mu_and_a_square_kilometre_a_hundred_hectares() -> None:
    assert pytest.approx(15, rel=1e-15) == types.M2_PER_HECTARE / types.M2_PER_MU
    assert types.M2_PER_KM2 / types.M2_PER_HECTARE == 100


def test_values_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding().check = "gap"  # type: ignore[misc]


ANY_TEXT = st.text(max_size=20)


@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=4), ANY_TEXT)
def test_an_id_is_a_check_and_twelve_digits_whatever_zones_are_called(
    check: str, zones: list[str], subject: str
) -> None:
    made = finding(check=check, zones=tuple(zones), subject=subject).id
    assert made.startswith(f"{check}-")
    assert re.fullmatch(r"[0-9a-f]{12}", made[len(check) + 1 :])
    assert made == finding(check=check, zones=tuple(reversed(zones)), subject=subject).id


@pytest.mark.parametrize("name", ["\ud800", "a\x00b", "", "长" * 5000, "\u202e"])
def test_a_zone_of_any_name_gives_an_id_that_can_be_written(name: str) -> None:
    finding(zones=(name,), subject=name).id.encode("ascii")


@given(st.floats(0, 1e6), st.floats(0, 1e3), st.floats(0, 1e6), st.floats(0, 1e3))
def test_a_larger_piece_is_never_tolerated_where_a_smaller_is_not(
    area: float, width: float, more: float, wider: float
) -> None:
    tolerance = Tolerance(area_m2=1.0, width_m=0.01)
    if tolerance.exceeded_by(area, width):
        assert tolerance.exceeded_by(area + more, width + wider)


@pytest.mark.parametrize("piece", [(math.nan, 1.0), (1e9, math.nan), (math.nan, math.nan)])
def test_what_cannot_be_measured_exceeds_nothing(piece: tuple[float, float]) -> None:
    assert not Tolerance().exceeded_by(*piece)


@pytest.mark.parametrize("language", ["en", "EN", "", "fr", "Zh", "chinese", "en-zh"])
def test_only_a_code_of_chinese_gives_the_chinese_text(language: str) -> None:
    assert Text("Core", "核心").get(language) == "Core"


@given(ANY_TEXT)
def test_a_name_without_a_translation_reads_the_same_everywhere(name: str) -> None:
    assert Text.same(name).get("en") == Text.same(name).get("zh") == name
