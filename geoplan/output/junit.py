"""Results as JUnit XML: one test case per check, so that any build server shows what failed.

The structure is the one Jenkins and GitLab read: testsuites, testsuite, testcase, and at most one
failure or skipped element in a test case.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from geoplan.output.escape import visible
from geoplan.output.labels import (
    SEVERITY_LABELS,
    accepted_sentence,
    check_title,
    finding_figures,
    method_sentence,
    run_sentence,
    tolerance_sentence,
    verdict_sentence,
)
from geoplan.result import CheckResult
from geoplan.types import CheckRun, Finding


def render_junit(result: CheckResult, *, language: str = "en") -> str:
    """Return a check as JUnit XML text.

    A check fails when one of its findings fails the check; what is accepted, or below the fail level,
    is in `system-out`. Findings of a check that is not among those that ran get a test case of their own.
    """
    known = {run.check for run in result.checked}
    others = sorted({finding.check for finding in result.findings} - known)
    runs = [*result.checked, *(CheckRun(name, 0, 1) for name in others)]
    name = _suite_name(result)
    suites = ET.Element("testsuites", {"name": "geoplan"})
    suite = ET.SubElement(suites, "testsuite", {"name": name})
    _properties(suite, result, language)
    for run in runs:
        _case(suite, run, name, result, language)
    counts = {
        "tests": len(runs),
        "failures": len(suite.findall("testcase/failure")),
        "errors": 0,
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for element in (suites, suite):
        element.attrib.update({key: str(count) for key, count in counts.items()})
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _suite_name(result: CheckResult) -> str:
    if result.plan is not None:
        return visible(result.plan.id)
    source = result.measurement.input if result.measurement else None
    return visible(source.path) if source is not None else "geoplan"


def _properties(suite: ET.Element, result: CheckResult, language: str) -> None:
    said = {
        "verdict": verdict_sentence(result).get(language),
        "tolerance": tolerance_sentence(result.tolerance).get(language),
    }
    measurement = result.measurement
    if measurement is not None:
        said["area_method"] = method_sentence(measurement.method, measurement.projected).get(language)
        if measurement.input is not None:
            said |= {"input": measurement.input.path, "sha256": measurement.input.sha256 or ""}
    if result.plan is not None:
        said["status"] = result.plan.status
    properties = ET.SubElement(suite, "properties")
    for name, value in said.items():
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})


def _case(suite: ET.Element, run: CheckRun, suite_name: str, result: CheckResult, language: str) -> None:
    case = ET.SubElement(suite, "testcase", {"name": visible(run.check), "classname": f"geoplan.{suite_name}"})
    failing = [finding for finding in result.failing if finding.check == run.check]
    fails = {id(finding) for finding in failing}  # to compare findings is to compare their geometry
    rest = [finding for finding in result.findings if finding.check == run.check and id(finding) not in fails]
    if failing:
        message = f"{check_title(run.check).get(language)}: {len(failing)}"
        worst = min(failing, key=lambda finding: finding.severity.rank).severity.value
        failure = ET.SubElement(case, "failure", {"message": visible(message), "type": worst})
        failure.text = _lines(failing, language)
    elif run.skipped is not None and not run.examined:
        ET.SubElement(case, "skipped", {"message": visible(run.skipped.get(language))})
    # Jenkins ignores attributes it does not know, so the numbers are said in words here.
    output = [visible(run_sentence(run).get(language)), _lines(rest, language)]
    ET.SubElement(case, "system-out").text = "\n".join(filter(None, output))


def _lines(findings: Iterable[Finding], language: str) -> str:
    return "\n".join(visible(_line(finding, language)) for finding in findings)


def _line(finding: Finding, language: str) -> str:
    parts = [
        f"{SEVERITY_LABELS[finding.severity].get(language)} {finding.id}",
        f"[{', '.join(finding.zones)}]" if finding.zones else "",
        finding.message.get(language),
        f"({finding_figures(finding).get(language)})" if finding_figures(finding).en else "",
        f"[{accepted_sentence(finding.accepted).get(language)}]" if finding.accepted else "",
    ]
    return " ".join(filter(None, parts))
