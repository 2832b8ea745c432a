"""The shared vocabulary: texts, severities, tolerances and the ids findings keep."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

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
