"""JUnit: the structure build servers read, whatever the names."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from geoplan.output.junit import render_junit
from geoplan.result import CheckResult
from geoplan.types import CheckRun, Severity, Text
from tests.output import examples

# Element: attributes it must have, attributes it may have, children it may have (Jenkins xUnit XSD).
STRUCTURE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped"}, set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, set(), {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name", "classname"}, set(), {"failure", "skipped", "system-out"}),
    "failure": ({"message", "type"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def parsed(result: CheckResult, language: str = "en") -> ET.Element:
    return ET.fromstring(render_junit(result, language=language).encode())  # noqa: S314 - written by ourselves


def case(root: ET.Element, name: str) -> ET.Element:
    found = root.find(f"testsuite/testcase[@name='{name}']")
    assert found is not None
    return found


def assert_structure(root: ET.Element) -> None:
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may, children = STRUCTURE[element.tag]
        assert must <= set(element.attrib) <= must | may
        assert {child.tag for child in element} <= children
    for holder in (root, root[0]):
        assert int(holder.get("tests", "")) == len(root.findall("testsuite/testcase"))
        assert int(holder.get("failures", "")) == len(root.findall(".//failure"))
        assert int(holder.get("skipped", "")) == len(root.findall(".//skipped"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_hostile_names_leave_valid_xml_of_the_same_structure(name: str, language: str) -> None:
    assert_structure(parsed(examples.named(name), language))


def test_every_check_that_ran_is_one_test_case() -> None:
    root = parsed(examples.result())
    assert_structure(root)
    assert [c.get("name") for c in root.iter("testcase")] == ["overlap", "gap", "area-total", "facility-inside"]
    assert {c.get("classname") for c in root.iter("testcase")} == {"geoplan.two-squares"}


def test_a_check_with_failing_findings_fails_once_and_lists_them_all() -> None:
    findings = (examples.overlap(), examples.overlap(subject="other"))
    failures = case(parsed(examples.result(*findings)), "overlap").findall("failure")
    assert len(failures) == 1
    assert failures[0].get("message") == "Overlap: 2"
    assert failures[0].get("type") == "error"
    assert all(finding.id in (failures[0].text or "") for finding in findings)
    assert "300.00 m², up to 3.000 m wide" in (failures[0].text or "")


def test_a_skipped_check_says_why() -> None:
    skipped = case(parsed(examples.result()), "facility-inside").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "no facilities"


def test_an_accepted_finding_does_not_fail_and_is_in_the_output() -> None:
    finding = examples.overlap(accepted=examples.KNOWN)
    mine = case(parsed(examples.result(finding)), "overlap")
    assert mine.find("failure") is None
    output = mine.findtext("system-out") or ""
    assert finding.id in output
    assert "Mended in the next survey" in output


def test_a_warning_fails_only_when_warnings_are_asked_to() -> None:
    calm = case(parsed(examples.result(examples.total())), "area-total")
    strict = case(parsed(examples.result(examples.total(), fail_on=Severity.WARNING)), "area-total")
    assert calm.find("failure") is None
    assert examples.total().id in (calm.findtext("system-out") or "")
    assert strict.find("failure") is not None


def test_a_finding_of_a_check_that_is_not_listed_is_not_lost() -> None:
    root = parsed(examples.result(examples.overlap(), checked=(CheckRun("gap", 2, 0),)))
    assert_structure(root)
    assert case(root, "overlap").find("failure") is not None


def test_the_properties_name_input_hash_tolerance_status_and_method() -> None:
    values = {p.get("name"): p.get("value") for p in parsed(examples.result()).iter("property")}
    assert values["input"] == "data/zones.gpkg"
    assert values["sha256"] == examples.SHA256
    assert values["tolerance"] == "tolerance 1 m² and 0.01 m"
    assert values["status"] == "indicative"
    assert "EPSG:4548" in (values["area_method"] or "")


def test_a_file_without_a_plan_is_named_by_its_path() -> None:
    root = parsed(examples.result(plan=None))
    assert root[0].get("name") == "data/zones.gpkg"


def test_a_result_of_nothing_is_still_a_suite() -> None:
    root = parsed(examples.nothing_loaded())
    assert_structure(root)
    assert root.get("skipped") == "1"


def test_what_was_tolerated_is_in_the_output() -> None:
    output = case(parsed(examples.result()), "overlap").findtext("system-out")
    assert output == "checked 2, found 0; 2 within tolerance, 0.30 m² in all"


def test_control_characters_in_a_reason_to_skip_are_shown() -> None:
    runs = (CheckRun("gap", 0, 0, skipped=Text.same("a\x00b\x1b[0m")),)
    skipped = case(parsed(examples.result(checked=runs)), "gap").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "a\\x00b\\x1b[0m"
