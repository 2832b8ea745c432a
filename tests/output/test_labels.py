"""The fixed words: every check and rule has them, in both languages."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from geoplan.output import labels
from geoplan.plan.rules import RULE_MODELS
from geoplan.types import AreaMethod, CheckRun, Severity, Text
from tests.output import examples


def test_every_check_a_plan_can_ask_for_has_a_label() -> None:
    asked = {name for model in RULE_MODELS for name in get_args(model.model_fields["check"].annotation)}
    assert asked <= set(labels.CHECK_LABELS)


@pytest.mark.parametrize("name", labels.CHECK_LABELS)
def test_a_check_is_described_in_both_languages(name: str) -> None:
    label = labels.CHECK_LABELS[name]
    for text in (label.title, label.description):
        assert text.en.isascii()
        assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)


def test_severities_and_methods_have_words() -> None:
    assert set(labels.SEVERITY_LABELS) == set(Severity)
    assert set(labels.METHOD_LABELS) == set(AreaMethod)


def test_an_unknown_check_or_status_is_named_as_it_is() -> None:
    assert labels.check_title("new") == Text.same("new")
    assert labels.status_sentence("planned") == Text.same("planned")


def test_one_boundary_is_singular() -> None:
    assert labels.loaded_sentence(0, 1).en == "0 of 1 boundary loaded"
    assert labels.loaded_sentence(0, 4).en == "0 of 4 boundaries loaded"


def test_a_check_that_ran_in_part_says_both() -> None:
    run = CheckRun("overlap", 3, 0, skipped=Text("one zone has no place", "一个分区无位置"))
    assert labels.run_sentence(run).en == "checked 3, found 0; in part skipped: one zone has no place"


def test_an_acceptance_without_an_end_names_none() -> None:
    accepted = examples.KNOWN.__class__("accepted", Text.same("fine"), "Wu")
    assert labels.accepted_sentence(accepted) == Text("accepted by Wu: fine", "已认可（Wu）：fine")


def test_a_piece_is_not_said_twice_as_expected_and_measured() -> None:
    assert labels.finding_figures(examples.overlap()).en == "area 300.00 m², width 3.000 m"


def test_a_finding_without_figures_has_no_line_of_them() -> None:
    bare = examples.overlap(area_m2=None, width_m=None, expected=None, measured=None)
    assert labels.finding_figures(bare) == Text.same("")


def test_a_result_without_findings_has_no_others() -> None:
    assert labels.others_sentence(examples.result()) is None


ENGLISH = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.parametrize("table", [
    labels.SEVERITY_LABELS, labels.HOLDS_LABELS, labels.METHOD_LABELS, labels.STATUS_LABELS, labels.KIND_LABELS
])  # fmt: skip
def test_every_fixed_word_is_said_in_each_language_alone(table: Mapping[object, Text]) -> None:
    for word in table.values():
        assert word.en.isascii()
        assert not ENGLISH.search(word.zh)
    assert len({word.en for word in table.values()}) == len({word.zh for word in table.values()}) == len(table)


@pytest.mark.parametrize(("method", "rounding", "en", "zh"), [
    ("geodesic", False, "geodesic areas on CGCS2000, edges as geodesics", "CGCS2000 测地线面积，边为大地线"),
    ("planar", True, "planar areas in EPSG:4548", "EPSG:4548 平面面积"),
    ("ellipsoidal", False, "ellipsoidal areas on CGCS2000, edges straight in EPSG:4548",
     "CGCS2000 椭球面积，边在 EPSG:4548 平面内为直线"),
    ("ellipsoidal", True, "ellipsoidal areas on CGCS2000, edges straight in EPSG:4548, official rounding",
     "CGCS2000 椭球面积，边在 EPSG:4548 平面内为直线，按规定取位"),
])  # fmt: skip
def test_a_method_is_named_with_the_line_its_edges_follow(method: str, rounding: bool, en: str, zh: str) -> None:
    assert labels.method_sentence(AreaMethod(method), "EPSG:4548", official_rounding=rounding) == Text(en, zh)


@pytest.mark.parametrize(("how", "said"), [
    ("declared", Text("EPSG:4490, declared in the file", "EPSG:4490（文件声明）")),
    ("override", Text("EPSG:4490, given by the user (override)", "EPSG:4490（由用户指定）")),
    ("by guess", Text("EPSG:4490, by guess", "EPSG:4490（by guess）")),
])  # fmt: skip
def test_a_coordinate_system_is_told_with_how_it_is_known(how: str, said: Text) -> None:
    assert labels.crs_sentence(replace(examples.SOURCE, crs="EPSG:4490", crs_how=how)) == said


def test_without_a_coordinate_system_it_is_unknown() -> None:
    assert labels.crs_sentence(replace(examples.SOURCE, crs=None)) == Text("unknown", "未知")


@pytest.mark.parametrize(("run", "en", "zh"), [
    (CheckRun("gap", 1234567, 1000), "checked 1,234,567, found 1,000", "检查 1,234,567，发现 1,000"),
    (CheckRun("gap", 0, 0), "checked 0, found 0", "检查 0，发现 0"),
    (CheckRun("gap", 2, 0, 1, 0.004), "checked 2, found 0; 1 within tolerance, 0.00 m² in all",
     "检查 2，发现 0；容差内 1 处，合计 0.00 m²"),
    (CheckRun("gap", 0, 0, skipped=Text("no zones", "没有分区")), "skipped: no zones", "未执行：没有分区"),
    (CheckRun("gap", 2, 1, 3, 1234.5, Text("a", "甲")),
     "checked 2, found 1; 3 within tolerance, 1,234.50 m² in all; in part skipped: a",
     "检查 2，发现 1；容差内 3 处，合计 1,234.50 m²；部分未执行：甲"),
])  # fmt: skip
def test_what_a_check_did_is_one_sentence(run: CheckRun, en: str, zh: str) -> None:
    assert labels.run_sentence(run) == Text(en, zh)


@pytest.mark.parametrize(("status", "awaited", "en"), [
    ("official", False, "official boundaries"), ("draft", False, "draft boundaries"),
    ("indicative", True, "boundaries not published or not loaded yet"),
    ("official", True, "boundaries not published or not loaded yet"),
])  # fmt: skip
def test_what_boundaries_are_worth_is_said_only_of_those_there_are(status: str, awaited: bool, en: str) -> None:
    assert labels.status_sentence(status, awaited=awaited).en == en


def test_indicative_boundaries_are_said_aloud_in_both_languages() -> None:
    said = labels.status_sentence("indicative")
    assert said.en.startswith("INDICATIVE BOUNDARIES")
    assert said.zh.startswith("示意边界（并非官方边界")


@pytest.mark.parametrize(("findings", "fail_on", "en", "zh"), [
    ((), Severity.ERROR, "PASSED", "通过"),
    ((Severity.ERROR,), Severity.ERROR, "FAILED: 1 error", "未通过：1 个错误"),
    ((Severity.ERROR,) * 2 + (Severity.WARNING,), Severity.ERROR, "FAILED: 2 errors", "未通过：2 个错误"),
    ((Severity.ERROR, Severity.WARNING, Severity.WARNING), Severity.WARNING, "FAILED: 1 error, 2 warnings",
     "未通过：1 个错误、2 个警告"),
    ((Severity.WARNING,) * 3, Severity.ERROR, "PASSED", "通过"),
    ((Severity.ERROR,) * 1234, Severity.ERROR, "FAILED: 1,234 errors", "未通过：1,234 个错误"),
])  # fmt: skip
def test_the_verdict_counts_what_fails(findings: tuple[Severity, ...], fail_on: Severity, en: str, zh: str) -> None:
    made = [examples.overlap(severity=severity, subject=str(place)) for place, severity in enumerate(findings)]
    assert labels.verdict_sentence(examples.result(*made, fail_on=fail_on)) == Text(en, zh)


def test_a_result_of_nothing_is_not_said_to_have_held() -> None:
    assert labels.verdict_sentence(examples.nothing_loaded()).en == "PASSED: nothing to check"


def test_findings_that_do_not_fail_are_counted_by_why() -> None:
    made = examples.result(examples.total(), examples.overlap(accepted=examples.KNOWN), examples.facility())
    assert labels.others_sentence(made) == Text(
        "2 below the fail level, 1 accepted or known", "2 个低于判定级别，1 个已认可或已知"
    )


@pytest.mark.parametrize(("changes", "en"), [
    ({"area_m2": math.nan, "width_m": None, "expected": None}, "area unknown"),
    ({"area_m2": None, "width_m": -0.0, "expected": None}, "width 0.000 m"),
    ({"area_m2": None, "width_m": None, "expected": 8.22, "measured": None, "unit": "km2"}, "expected 8.220000 km²"),
    ({"area_m2": None, "width_m": None, "expected": 0.0, "measured": 5.0, "unit": "m"},
     "expected 0.000 m, measured 5.000 m"),
    ({"area_m2": 5.0, "width_m": None, "expected": 0.0, "measured": 5.0}, "area 5.00 m²"),
    ({"area_m2": None, "width_m": None, "expected": None, "measured": 5.0}, ""),
    ({"area_m2": None, "width_m": None, "expected": 1, "measured": 3, "unit": "features"},
     "expected 1 feature, measured 3 features"),
])  # fmt: skip
def test_the_figures_of_a_finding_are_said_once_and_with_their_unit(changes: dict[str, Any], en: str) -> None:
    said = labels.finding_figures(examples.overlap(**changes))
    assert said.en == en
    assert not ENGLISH.search(said.zh)


@pytest.mark.parametrize(("expires", "en"), [
    (date(2030, 12, 31), "known, to be mended by Li until 2030-12-31: r"), (None, "known, to be mended by Li: r")
])  # fmt: skip
def test_an_acceptance_is_told_with_who_and_until_when(expires: date | None, en: str) -> None:
    said = labels.accepted_sentence(replace(examples.KNOWN, reason=Text("r", "因"), expires=expires))
    assert said.en == en
    assert said.zh.endswith("）：因")
    assert ("有效期至 2030-12-31" in said.zh) == (expires is not None)
