from __future__ import annotations

import pytest

from geoplan.checks.zone_unknown import zone_unknown
from geoplan.types import Severity
from tests.checks.valley import plain, shapes, strip, valley, valley_plan, without
from tests.helpers import make_layer, make_plan, make_subject, square

RULE = plain("zone-unknown")
SLOTS = [
    {"id": "slot-1", "name": {"en": "Zone 1", "zh": "功能区一"}, "named": False, "awaiting": True},
    {"id": "slot-2", "name": {"en": "Zone 2", "zh": "功能区二"}, "named": False, "awaiting": True},
]


def test_features_that_are_all_declared_zones_make_no_finding():
    outcome = zone_unknown(valley(), RULE)
    assert (outcome.examined, outcome.findings) == (4, ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Shushan Aera", "Shushan Area (shushan)"),
        ("shusan", "Shushan Area (shushan)"),
        ("SHUSHAN-AREA", "Shushan Area (shushan)"),
    ],
)
def test_a_misspelt_zone_is_told_with_the_zone_that_may_be_meant(written, meant):
    [finding] = zone_unknown(valley(without("shushan"), more=[(written, strip(2, 0.9))]), RULE).findings
    assert finding.message.en == f"{written} (feature 4) is not a zone of the plan. Did you mean {meant}?"
    assert finding.message.zh == f"{written}（第 4 个要素）不是规划中的分区。是否为蜀山园（shushan）？"
    assert (finding.zones, finding.severity) == ((written,), Severity.ERROR)


def test_a_misspelt_chinese_name_is_recognised_too():
    [finding] = zone_unknown(valley(without("shushan"), more=[("蜀山圆", strip(2, 0.9))]), RULE).findings
    assert "是否为蜀山园（shushan）？" in finding.message.zh


def test_of_key_and_names_the_one_most_like_a_zone_decides():
    # The key is a little like "core", the name very much like "Shushan Area".
    layer = make_layer([strip(2, 0.9)], ids=["f-core"], name=["Shushan Aera"])
    [finding] = zone_unknown(make_subject(layer, plan=valley_plan()), RULE).findings
    assert finding.message.en.endswith("Did you mean Shushan Area (shushan)?")


def test_a_zone_that_is_there_already_is_not_suggested():
    [finding] = zone_unknown(valley(more=[("shushan 2", strip(8, 0.9))]), RULE).findings
    assert finding.message.en == "shushan 2 (feature 5) is not a zone of the plan."


def test_a_name_like_no_zone_gets_no_suggestion():
    [finding] = zone_unknown(valley(without("core"), more=[("水库", strip(8, 0.9))]), RULE).findings
    assert finding.message.en == "水库 (feature 4) is not a zone of the plan."
    assert finding.message.zh == "水库（第 4 个要素）不是规划中的分区。"


def test_a_feature_without_any_name_is_told_by_its_number():
    [finding] = zone_unknown(valley(more=[("", strip(8, 0.9))]), RULE).findings
    assert finding.message.en == "Feature 5 is not a zone of the plan."
    assert finding.message.zh == "第 5 个要素不是规划中的分区。"


def test_the_finding_has_the_feature_s_geometry_and_an_id_that_hangs_on_it():
    first = zone_unknown(valley(more=[("annex", strip(8, 0.9))]), RULE).findings[0]
    moved = zone_unknown(valley(more=[("annex", strip(9, 0.9))]), RULE).findings[0]
    assert first.geometry.equals(strip(8, 0.9))
    assert first.id != moved.id


def test_an_unknown_feature_without_geometry_is_told_too():
    assert len(zone_unknown(valley(more=[("annex", None)]), RULE).findings) == 1


def test_features_taken_for_unnamed_zones_are_told_as_information():
    layer = make_layer([square(518_000, 3_521_000, 10), square(518_100, 3_521_000, 10)], ids=["甲", "乙"])
    outcome = zone_unknown(make_subject(layer, plan=make_plan(zones=SLOTS)), RULE)
    assert outcome.examined == 2
    assert [finding.severity for finding in outcome.findings] == [Severity.INFO] * 2
    assert [finding.zones for finding in outcome.findings] == [("slot-1",), ("slot-2",)]
    message = outcome.findings[1].message
    assert message.en == "乙 (feature 2) was taken for Zone 2 (slot-2), whose name the plan does not give."
    assert message.zh == "乙（第 2 个要素）按功能区二（slot-2）处理，规划未给出其名称。"


def test_without_declared_zones_it_is_skipped():
    for plan in (None, make_plan()):
        outcome = zone_unknown(make_subject([square(518_000, 3_521_000, 10)], plan=plan), RULE)
        assert (outcome.examined, outcome.findings) == (0, ())
        assert outcome.skipped.get("zh") == "没有声明分区的规划"


def test_the_rule_s_severity_is_that_of_unknown_features():
    rule = RULE.model_copy(update={"severity": Severity.WARNING})
    [finding] = zone_unknown(valley(shapes(), more=[("x", None)], plan=valley_plan()), rule).findings
    assert finding.severity is Severity.WARNING


def test_of_very_many_unknown_features_all_are_told_and_the_first_with_a_guess():
    plan = make_plan(zones=[{"id": f"zone-{number:03}", "name": f"Area {number:03}"} for number in range(200)])
    layer = make_layer([None] * 200, ids=[f"zona-{number:03}" for number in range(200)])
    findings = zone_unknown(make_subject(layer, plan=plan), RULE).findings
    assert len(findings) == 200
    assert "Did you mean Area 000 (zone-000)?" in findings[0].message.en
    assert findings[-1].message.en == "zona-199 (feature 200) is not a zone of the plan."
