from __future__ import annotations

import pytest

from geoplan.checks.area_declared import area_declared
from geoplan.plan.rules import AreaDeclaredRule
from geoplan.types import AreaMethod, Severity
from tests.checks.valley import shapes, strip, valley, valley_plan, zones_with
from tests.helpers import make_layer, make_plan, make_subject, square

DEFAULT = AreaDeclaredRule(check="area-declared")


def published(zone="core", km2=2.35, **tables):
    return valley_plan(zones_with(zone, published_km2=km2), **tables)


def rule(**values):
    return AreaDeclaredRule.model_validate({"check": "area-declared", **values})


def declaring(*values, sizes=None, plan=None, **fields):
    """Squares of 100 m × 100 m (1 ha) with a declared area each."""
    shapes_ = [square(518_000 + 200 * place, 3_521_000, 100) for place in range(len(values))]
    layer = make_layer(shapes_, TBMJ=list(values), **fields)
    return make_subject(layer, plan=plan, method=AreaMethod.PLANAR)


# --- areas published in plan.toml ---


@pytest.mark.parametrize("core", [2.345, 2.35, 2.355])
def test_a_published_area_holds_within_its_rounding(core):
    outcome = area_declared(valley(shapes(core=core), plan=published()), DEFAULT)
    assert (outcome.examined, outcome.findings) == (1, ())


@pytest.mark.parametrize(
    ("core", "words", "zh"),
    [
        (2.3549, None, None),
        (2.3551, "0.0051 km² too much", "多 0.0051 km²"),
        (2.3, "0.050 km² too little", "少 0.050 km²"),
    ],
)
def test_a_published_area_fails_beyond_half_a_unit_of_its_last_decimal(core, words, zh):
    outcome = area_declared(valley(shapes(core=core), plan=published()), DEFAULT)
    assert [words in finding.message.en and zh in finding.message.zh for finding in outcome.findings] == (
        [True] if words else []
    )


def test_the_finding_states_measured_published_tolerance_and_method_in_both_languages():
    [finding] = area_declared(valley(shapes(core=2.4), plan=published()), DEFAULT).findings
    assert finding.message.en == (
        "Core Area measures 2.400 km² (planar, EPSG:4548), published 2.35 km²: 0.050 km² too much "
        "(tolerance 0.005 km²)."
    )
    assert finding.message.zh == (
        "核心区量得 2.400 km²（平面面积，EPSG:4548），公布 2.35 km²：多 0.050 km²（容差 0.005 km²）。"
    )
    assert (finding.zones, finding.severity, finding.unit) == (("core",), Severity.ERROR, "km2")
    assert (finding.expected, finding.measured) == (2.35, pytest.approx(2.4))
    assert finding.area_m2 == pytest.approx(50_000)


def test_fewer_decimals_mean_a_wider_rounding():
    subject = valley(shapes(core=2.34), plan=published(km2=2.3))  # ± 0.05
    assert area_declared(subject, DEFAULT).findings == ()


def test_all_features_of_a_zone_together_have_its_published_area():
    subject = valley(shapes(core=2.0), more=[("core", strip(7, 0.35))], plan=published())
    assert area_declared(subject, DEFAULT).findings == ()


@pytest.mark.parametrize(
    ("stated", "findings"),
    [
        ({"tolerance_m2": 50_000}, 0),
        ({"tolerance_m2": 49_000}, 1),
        ({"tolerance_m2": 0, "tolerance_share": 0.03}, 0),  # 3 % of 2.35 km² is 70,500 m²
        ({"tolerance_share": 0.02}, 1),  # 47,000 m²
        ({"tolerance_m2": 50_000, "tolerance_share": 0.001}, 0),  # both must be exceeded
    ],
)
def test_a_tolerance_that_a_rule_states_stands_instead_of_the_rounding(stated, findings):
    subject = valley(shapes(core=2.4), plan=published())
    assert len(area_declared(subject, rule(**stated)).findings) == findings


def test_a_zone_without_a_boundary_is_not_held_against_its_published_area():
    outcome = area_declared(valley(shapes() | {"core": None}, plan=published()), DEFAULT)
    assert outcome.examined == 0
    assert outcome.skipped is not None


def test_nothing_declared_is_skipped_with_the_reason():
    outcome = area_declared(valley(), DEFAULT)
    assert (outcome.examined, outcome.skipped.en) == (0, "no area is declared for any zone that is there")


# --- areas declared in a field ---


@pytest.mark.parametrize(
    ("unit", "value"), [("m2", 10_000), ("ha", 1), ("mu", 15), ("km2", 0.01), ("mu", "１５．０"), ("m2", " 10000.0 ")]
)
def test_a_declared_area_is_read_in_its_unit(unit, value):
    outcome = area_declared(declaring(value), rule(field="TBMJ", unit=unit))
    assert (outcome.examined, outcome.findings) == (1, ())


@pytest.mark.parametrize(
    ("unit", "value", "english", "chinese"),
    [
        (
            "m2",
            9_988,
            "measures 10,000.00 m² (planar, EPSG:4548), declared 9988 m² in TBMJ: 12.00 m² too much",
            "多 12.00 m²",
        ),
        ("ha", 1.2, "declared 1.2 ha in TBMJ: 0.20 ha too little", "少 0.20 公顷"),
        ("mu", 12, "declared 12 mu in TBMJ: 3.00 mu too much", "TBMJ 申报 12 亩：多 3.00 亩"),
        ("km2", 0.0101, "measures 0.01000 km²", "少 0.00010 km²"),
    ],
)
def test_a_declared_area_that_differs_is_told_in_its_unit(unit, value, english, chinese):
    [finding] = area_declared(declaring(value), rule(field="TBMJ", unit=unit)).findings
    assert english in finding.message.en
    assert chinese in finding.message.zh
    assert (finding.zones, finding.unit) == (("a",), unit)
    assert finding.geometry.area == 10_000


@pytest.mark.parametrize(
    ("declared", "tolerances", "findings"),
    [
        (10_000.9, {}, 0),  # 1 m² by default
        (10_001.1, {}, 1),
        (10_050, {"tolerance_m2": 100}, 0),
        (10_050, {"tolerance_m2": 10, "tolerance_share": 0.01}, 0),
        (10_050, {"tolerance_m2": 10, "tolerance_share": 0.001}, 1),
        (10_050, {"tolerance_m2": 100, "tolerance_share": 0.001}, 0),
    ],
)
def test_a_difference_counts_only_above_both_tolerances(declared, tolerances, findings):
    outcome = area_declared(declaring(declared), rule(field="TBMJ", **tolerances))
    assert len(outcome.findings) == findings


@pytest.mark.parametrize("value", ["about 1 ha", "nan", "inf", "-5", "1,0000"])
def test_a_value_that_is_no_area_is_a_warning_that_shows_it(value):
    [finding] = area_declared(declaring(value), rule(field="TBMJ")).findings
    assert finding.severity is Severity.WARNING
    assert finding.message.en == f"a declares “{value}” in TBMJ, which is not an area."
    assert finding.message.zh == f"a的 TBMJ 为“{value}”，不是面积数值。"


@pytest.mark.parametrize("value", [None, "", float("nan")])
def test_a_missing_value_is_a_warning(value):
    [finding] = area_declared(declaring(value), rule(field="TBMJ")).findings
    assert (finding.severity, finding.message.en) == (Severity.WARNING, "a declares no area in TBMJ.")
    assert finding.message.zh == "a的 TBMJ 没有申报面积。"


def test_a_value_that_cannot_be_read_never_weighs_more_than_the_rule():
    [finding] = area_declared(declaring("?"), rule(field="TBMJ", severity="info")).findings
    assert finding.severity is Severity.INFO


def test_a_field_that_is_not_there_is_one_warning_that_lists_the_fields():
    [finding] = area_declared(declaring(1, 2), rule(field="MJ")).findings
    assert finding.severity is Severity.WARNING
    assert finding.message.en == ("The layer has no field MJ, so declared areas cannot be compared. Fields: id, TBMJ.")


def test_each_feature_is_held_against_its_own_value():
    outcome = area_declared(declaring(10_000, 9_000, 10_000, 12_000), rule(field="TBMJ"))
    assert outcome.examined == 4
    assert [finding.zones for finding in outcome.findings] == [("b",), ("d",)]


def test_a_feature_that_cannot_be_measured_is_not_examined():
    layer = make_layer([None, square(518_000, 3_521_000, 100)], TBMJ=[5, 10_000])
    outcome = area_declared(make_subject(layer, method=AreaMethod.PLANAR), rule(field="TBMJ"))
    assert (outcome.examined, outcome.findings) == (1, ())


# --- both ---


def both(*rules):
    zones = [{"id": "a", "name": "A", "published_km2": 0.02}]
    return declaring(
        10_000, plan=make_plan(zones=zones, rules=[{"check": "area-declared", **values} for values in rules])
    )


def zones_found(subject):
    return [area_declared(subject, rule_).examined for rule_ in subject.plan.rules]


def test_a_rule_for_a_field_keeps_published_areas_checked():
    subject = both({"field": "TBMJ"})
    outcome = area_declared(subject, subject.plan.rules[0])
    assert outcome.examined == 2
    [finding] = outcome.findings
    assert finding.expected == 0.02


def test_published_areas_are_checked_once_however_many_rules_there_are():
    assert zones_found(both({"field": "TBMJ"}, {"tolerance_m2": 20_000})) == [1, 1]
    assert zones_found(both({"field": "TBMJ"}, {"field": "TBMJ", "unit": "ha"})) == [2, 1]


def test_ids_tell_apart_zones_figures_and_geometry():
    findings = [
        area_declared(valley(shapes(core=2.5), plan=published(km2=km2)), DEFAULT).findings[0].id for km2 in (2.35, 2.36)
    ]
    findings.append(area_declared(valley(shapes(core=2.6), plan=published()), DEFAULT).findings[0].id)
    assert len(set(findings)) == 3


def test_a_tolerance_stated_for_a_field_is_not_that_of_published_areas():
    # 0.01 km² measured, 0.02 km² published, so ± 0.005; the 20,000 m² are the field's.
    subject = both({"field": "TBMJ", "tolerance_m2": 20_000})
    assert [finding.expected for finding in area_declared(subject, subject.plan.rules[0]).findings] == [0.02]


def test_ids_tell_apart_what_a_field_declares():
    ids = {area_declared(declaring(value), rule(field="TBMJ")).findings[0].id for value in (9_000, 9_001, "?", "??")}
    assert len(ids) == 4
