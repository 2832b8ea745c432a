"""The text report: everything a reader must be told, in lines that fit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from geoplan.api import check
from geoplan.output.text import render_check, render_measure
from geoplan.result import CheckResult
from geoplan.types import AreaMethod, InputInfo, Severity, Text, Tolerance
from tests.helpers import EAST, NORTH, make_layer, square
from tests.output import examples

both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def lines(result: CheckResult, **how: object) -> list[str]:
    return render_check(result, **how).splitlines()  # type: ignore[arg-type]


def test_the_headline_names_plan_file_layer_features_hash_and_crs() -> None:
    text = render_check(examples.result())
    assert "Two squares (two-squares)" in text
    assert "data/zones.gpkg, layer zones, 2 features, sha256 0123456789ab\n" in text
    assert "EPSG:4548, declared in the file" in text


def test_an_overriding_crs_is_said_to_be_the_users() -> None:
    source = replace(examples.SOURCE, crs_how="override")
    result = examples.result(measurement=examples.measurement(input=source))
    assert "EPSG:4548, given by the user (override)" in render_check(result)


def test_indicative_boundaries_are_said_loudly() -> None:
    assert "INDICATIVE BOUNDARIES" in render_check(examples.result())
    assert "示意边界" in render_check(examples.result(), language="zh")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "boundaries not published or not loaded yet"), ("zh", "边界尚未公布或尚未加载")],
)
@pytest.mark.parametrize("status", ["indicative", "draft", "official"])
def test_boundaries_that_are_not_there_are_called_awaited_and_nothing_else(
    status: str, language: str, said: str
) -> None:
    plan = examples.result().plan
    assert plan is not None
    empty = examples.result(plan=replace(plan, status=status, loaded=0), measurement=None)
    text = render_check(empty, language=language)
    assert said in text
    assert not any(word in text for word in ("INDICATIVE", "draft bound", "official bound", "示意边界", "官方边界"))


def test_official_boundaries_are_not_called_indicative() -> None:
    plan = examples.result().plan
    assert plan is not None
    text = render_check(examples.result(plan=replace(plan, status="official")))
    assert "official boundaries" in text
    assert "INDICATIVE" not in text


def test_a_plan_without_boundaries_says_so_and_that_nothing_was_checked() -> None:
    text = render_check(examples.nothing_loaded())
    assert "0 of 4 boundaries loaded" in text
    assert "skipped: no boundaries" in text
    assert text.endswith("PASSED: nothing to check; tolerance 1 m² and 0.01 m\n")
    assert "0.00" not in text


def test_areas_are_given_with_units_method_crs_share_and_total() -> None:
    text = render_check(examples.result())
    assert re.search(r"^zone +km² +ha +mu +share$", text, re.MULTILINE)
    assert re.search(r"^Zone A +0\.0100 +1\.0000 +15\.000 +50\.00 %$", text, re.MULTILINE)
    assert re.search(r"^total +0\.0200 +2\.0000 +30\.000 +100\.00 %$", text, re.MULTILINE)
    assert re.search(r"^of which East +0\.0100 +1\.0000 +15\.000 +50\.00 %$", text, re.MULTILINE)
    assert "method: ellipsoidal areas on CGCS2000, edges straight in EPSG:4548" in text


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (AreaMethod.GEODESIC, "geodesic areas on CGCS2000, edges as geodesics"),
        (AreaMethod.PLANAR, "planar areas in EPSG:4548"),
    ],
)
def test_the_method_named_is_the_method_used(method: AreaMethod, said: str) -> None:
    text = render_check(examples.result(measurement=examples.measurement(method=method)))
    assert said in text
    assert "ellipsoidal" not in text


@both_languages
def test_shares_shown_sum_to_one_hundred(language: str) -> None:
    zones = tuple(
        examples.zone(key, Text.same(key), 10_000.0, p) for key, p in (("a", 33.34), ("b", 33.33), ("c", 33.33))
    )
    result = examples.result(measurement=examples.measurement(zones=zones, groups=()))
    shown = re.findall(r"([\d.]+) %$", render_check(result, language=language), re.MULTILINE)
    assert sum(round(float(value) * 100) for value in shown[:-1]) == 10_000
    assert shown[-1] == "100.00"


def test_an_area_that_cannot_be_measured_is_unknown_and_not_zero() -> None:
    zones = (examples.zone("a", Text.same("a"), 10_000.0, 100.0), examples.zone("b", Text.same("Lost"), None, None))
    text = render_check(examples.result(measurement=examples.measurement(zones=zones)))
    assert re.search(r"^Lost +unknown +unknown +unknown +unknown$", text, re.MULTILINE)


def test_every_check_says_what_it_did() -> None:
    text = render_check(examples.result(examples.overlap()))
    assert re.search(r"overlap +checked 2, found 1; 2 within tolerance, 0\.30 m² in all", text)
    assert re.search(r"gap +checked 2, found 0$", text, re.MULTILINE)
    assert re.search(r"facility-inside +skipped: no facilities", text)


def test_a_finding_shows_severity_id_zones_message_and_figures() -> None:
    finding = examples.overlap()
    text = render_check(examples.result(finding))
    assert f"error  {finding.id}  a, b\n" in text
    assert "Zone A and Zone B overlap: 300.00 m², up to 3.000 m wide." in text
    assert "area 300.00 m², width 3.000 m" in text


def test_a_figure_out_of_range_shows_expected_and_measured() -> None:
    assert "expected 8.220000 km², measured 0.020000 km²" in render_check(examples.result(examples.total()))


def test_a_known_finding_shows_reason_author_and_expiry_and_does_not_fail() -> None:
    text = render_check(examples.result(examples.overlap(accepted=examples.KNOWN)))
    assert "known, to be mended by Li until 2031-12-31: Mended in the next survey" in text
    assert "1 accepted or known" in text
    assert text.splitlines()[-1] == "PASSED; tolerance 1 m² and 0.01 m"


@pytest.mark.parametrize(
    ("fail_on", "language", "last"),
    [
        (Severity.ERROR, "en", "FAILED: 2 errors; tolerance 2.5 m² and 0.001 m"),
        (Severity.WARNING, "en", "FAILED: 2 errors, 1 warning; tolerance 2.5 m² and 0.001 m"),
        (Severity.WARNING, "zh", "未通过：2 个错误、1 个警告；容差 2.5 m²、0.001 m"),
    ],
)
def test_the_last_line_is_the_verdict_with_the_tolerance(fail_on: Severity, language: str, last: str) -> None:
    findings = (examples.overlap(), examples.overlap(subject="other"), examples.total())
    result = examples.result(*findings, fail_on=fail_on, tolerance=Tolerance(2.5, 0.001))
    assert lines(result, language=language)[-1] == last


def test_findings_keep_the_order_of_the_result() -> None:
    first, second = examples.total(), examples.overlap()
    text = render_check(examples.result(first, second))
    assert text.index(first.id) < text.index(second.id)


@both_languages
@pytest.mark.parametrize("width", [40, 60, 80, 132])
@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_no_line_is_wider_than_asked_and_no_character_acts(name: str, width: int, language: str) -> None:
    result = examples.named(name)
    assert result.measurement is not None
    for text in (
        render_check(result, language=language, width=width),
        render_measure(result.measurement, language=language, width=width),
    ):
        assert max(cell_len(line) for line in text.split("\n")) <= width
        assert all(character.isprintable() or character in "\n\u3000" for character in text)


@both_languages
def test_colour_adds_escapes_and_changes_nothing_else(language: str) -> None:
    result = examples.result(
        examples.overlap(), examples.total(), examples.overlap(subject="k", accepted=examples.KNOWN)
    )
    plain = render_check(result, language=language)
    coloured = render_check(result, language=language, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_chinese_text_is_chinese_throughout() -> None:
    result = examples.result(examples.overlap(accepted=examples.KNOWN), examples.total())
    text = render_check(result, language="zh")
    for word in ("Zone", "checked", "found", "overlap:", "\ntotal ", "tolerance", "accepted", "declared"):
        assert word not in text
    assert "甲区与乙区部分重叠" in text


def test_a_measurement_shows_three_methods_side_by_side() -> None:
    text = render_measure(examples.measurement())
    assert re.search(r"^zone +ellipsoidal +geodesic +planar$", text, re.MULTILINE)
    assert re.search(r"^Zone A +10,000\.00 +10,000\.01 +10,000\.10$", text, re.MULTILINE)
    assert re.search(r"^total +20,000\.00 +20,000\.02 +20,000\.20$", text, re.MULTILINE)


def test_a_measurement_shows_hectares_mu_square_kilometres_and_shares() -> None:
    text = render_measure(examples.measurement())
    assert re.search(r"^Zone A +0\.010000 +1\.0000 +15\.000 +50\.00 %$", text, re.MULTILINE)


def test_a_measurement_shows_how_far_methods_differ_and_perimeters() -> None:
    text = render_measure(examples.measurement())
    # The example's methods differ by exactly 1 and 10 parts per million of 10,000 m².
    assert re.search(r"^Zone A +0\.01 +1\.000 +0\.10 +10\.000 +400\.00$", text, re.MULTILINE)
    assert re.search(r"^total +0\.02 +1\.000 +0\.20 +10\.000$", text, re.MULTILINE)


def test_a_measurement_carries_its_warning() -> None:
    text = render_measure(examples.measurement(warning=Text("Planar areas are off.", "平面面积有偏差。")))
    assert "Warning: Planar areas are off." in text


def test_official_rounding_is_named_with_the_method() -> None:
    text = render_measure(examples.measurement(official_rounding=True))
    assert "official rounding" in " ".join(text.split())
    assert "official rounding" not in render_measure(examples.measurement())


def test_an_input_without_layer_or_hash_leaves_them_out() -> None:
    source = InputInfo("a.geojson", None, 1, None)
    text = render_measure(examples.measurement(input=source))
    assert "input    a.geojson, 1 feature\n" in text
    assert "crs      unknown" in text


def test_an_accepted_finding_is_not_coloured_as_an_error() -> None:
    red = "\x1b[1;31merror"
    assert red in render_check(examples.result(examples.overlap()), colour=True)
    accepted = examples.result(examples.overlap(accepted=examples.KNOWN))
    assert red not in render_check(accepted, colour=True)


def test_a_city_of_parcels_is_summed_up_rather_than_listed() -> None:
    shapes = [square(EAST + 100 * place, NORTH, 100) for place in range(250)]
    measurement = check(make_layer(shapes, ids=[f"p{place}" for place in range(250)])).measurement
    assert measurement is not None
    for text in (render_measure(measurement), render_measure(measurement, language="zh")):
        assert "p99 " in text
        assert "p100 " not in text
        assert "150" in text
        assert len(text.splitlines()) < 330


def test_thousands_of_findings_are_counted_rather_than_listed() -> None:
    many = [examples.overlap(subject=str(number)) for number in range(1234)]
    text = render_check(examples.result(*many))
    assert "Findings (1,234)" in text
    assert "… 734 more (--json)" in text
    assert text.count("Zone A and Zone B overlap") == 500
    assert "另有 734 个" in render_check(examples.result(*many), language="zh")
