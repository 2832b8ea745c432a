"""Rules: each check has one model, with the defaults that documents and checks rely on."""

from __future__ import annotations

import typing
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from geoplan.plan import rules
from geoplan.types import Severity


def rule(**keys: Any) -> rules.BaseRule:
    found: rules.BaseRule = TypeAdapter(rules.Rule).validate_python(keys)
    return found


NEEDS = {
    "area-total": {"km2": 8.22},
    "area-share": {"group": "g"},
    "zone-count": {"count": 4},
}
NAMES = [name for model in rules.RULE_MODELS for name in typing.get_args(model.model_fields["check"].annotation)]


def test_no_two_models_claim_one_check() -> None:
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_takes_severity_enabled_source_published_and_note(name: str) -> None:
    made = rule(
        check=name,
        severity="info",
        enabled=False,
        source="s",
        published="p",
        note={"en": "n", "zh": "注"},
        **NEEDS.get(name, {}),
    )
    assert (made.severity, made.enabled, made.source) == (Severity.INFO, False, "s")
    assert made.note is not None
    assert made.note.zh == "注"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_switched_on_and_an_error_unless_it_is_known_to_be_milder(name: str) -> None:
    milder = {
        "unmatched-vertex": Severity.INFO,
        "sliver": Severity.WARNING,
        "facility-inside": Severity.WARNING,
    }
    made = rule(check=name, **NEEDS.get(name, {}))
    assert made.enabled is True
    assert made.severity is milder.get(name, Severity.ERROR)


@pytest.mark.parametrize("name", NEEDS)
def test_a_rule_that_needs_a_figure_says_so(name: str) -> None:
    with pytest.raises(ValidationError, match="Field required"):
        rule(check=name)


def test_a_share_from_more_to_less_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match=r"min 0\.9 is larger than max 0\.88"):
        rule(check="area-share", group="g", min=0.9, max=0.88)


def test_the_sliver_thresholds_are_those_of_the_standard() -> None:
    made = rule(check="sliver")
    assert isinstance(made, rules.SliverRule)
    assert (made.max_area_m2, made.max_width_m) == (1000, 5)
    assert (made.min_elongation, made.max_compactness, made.min_shape_index, made.min_perimeter_ratio) == (
        5,
        0.25,
        2,
        40,
    )


def test_the_smallest_patch_of_construction_land_is_200_square_metres() -> None:
    made = rule(check="area-minimum", field="DLBM", classes={"01": 400})
    assert isinstance(made, rules.AreaMinimumRule)
    assert (made.m2, made.classes) == (200, {"01": 400})
