"""Results as SARIF 2.1.0, the OASIS format that code hosts and editors show findings from.

The structure follows the OASIS Standard of 27 March 2020 with errata 01. Nothing is fetched: `$schema` is a name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import quote

from geoplan.output.documents import dumps, finite, geojson_of_many
from geoplan.output.escape import visible
from geoplan.output.labels import CHECK_LABELS
from geoplan.result import CheckResult
from geoplan.types import VERSION, Acceptance, Finding, InputInfo, Severity

Node: TypeAlias = dict[str, Any]

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(result: CheckResult) -> str:
    """Return a check as SARIF text: every check is a rule, every finding a result of its level.

    `partialFingerprints.geoplanFindingId` is the finding's stable id, so that a host knows it again.
    Accepted findings carry a suppression with the reason.
    """
    names = [*CHECK_LABELS, *_unlisted(result)]
    source = result.measurement.input if result.measurement else None
    shapes = geojson_of_many([finding.geometry for finding in result.findings], result.crs)
    log = {
        "$schema": SCHEMA_URI,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(names)},
                "invocations": [{"executionSuccessful": True}],
                "artifacts": _artifacts(source),
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, shape, names, source, result)
                    for finding, shape in zip(result.findings, shapes, strict=True)
                ],
                "properties": {
                    "passed": result.passed,
                    "toleranceAreaM2": result.tolerance.area_m2,
                    "toleranceWidthM": result.tolerance.width_m,
                },
            }
        ],
    }
    return dumps(log)


@lru_cache(maxsize=64)  # one file has many findings
def artifact_uri(path: str) -> str:
    """Return a path as a relative, percent-encoded URI reference; of an absolute path only the file name.

    Where an absolute path begins is private to one machine and means nothing to the reader.
    """
    posix = path.replace("\\", "/")
    absolute = posix.startswith("/") or re.match(r"[A-Za-z]:", posix) is not None
    pure = PurePosixPath(posix)
    encoded = quote((pure.name if absolute else str(pure)).encode(errors="replace"), safe="/-._~")
    return encoded or "unnamed"


def _driver(names: list[str]) -> Node:
    rules = []
    for name in names:
        label = CHECK_LABELS.get(name)
        rule: Node = {"id": visible(name)}
        if label is not None:
            rule |= {
                "name": "".join(word.capitalize() for word in name.split("-")),
                "shortDescription": {"text": f"{label.title.en}."},
                "fullDescription": {"text": label.description.en},
            }
        rules.append(rule)
    return {"name": "geoplan", "version": VERSION, "rules": rules}


def _unlisted(result: CheckResult) -> list[str]:
    used = {finding.check for finding in result.findings} | {run.check for run in result.checked}
    return sorted(used - set(CHECK_LABELS))


def _artifacts(source: InputInfo | None) -> list[Node]:
    if source is None or not source.path:
        return []
    artifact: Node = {"location": {"uri": artifact_uri(source.path)}, "roles": ["analysisTarget"]}
    if source.sha256 is not None:
        artifact["hashes"] = {"sha-256": source.sha256}
    return [artifact]


def _result(
    finding: Finding, shape: Node | None, names: list[str], source: InputInfo | None, result: CheckResult
) -> Node:
    node: Node = {
        "ruleId": visible(finding.check),
        "ruleIndex": names.index(finding.check),
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(finding.message.en)},
        "locations": _locations(finding, source, result),
        "partialFingerprints": {"geoplanFindingId": finding.id},
        "properties": {
            "zones": [visible(zone) for zone in finding.zones],
            "messageZh": visible(finding.message.zh),
            "areaM2": finite(finding.area_m2),
            "widthM": finite(finding.width_m),
            "geometry": shape,
        },
    }
    if finding.accepted is not None:
        node["suppressions"] = [_suppression(finding.accepted)]
    return node


def _locations(finding: Finding, source: InputInfo | None, result: CheckResult) -> list[Node]:
    location: Node = {}
    if source is not None and source.path:
        location["physicalLocation"] = {"artifactLocation": {"uri": artifact_uri(source.path), "index": 0}}
    if finding.zones:
        location["logicalLocations"] = [
            {
                "name": visible(result.names[zone].en if zone in result.names else zone),
                "fullyQualifiedName": visible(zone),
                "kind": "zone",
            }
            for zone in finding.zones
        ]
    return [location] if location else []


def _suppression(accepted: Acceptance) -> Node:
    return {
        "kind": "external",
        "status": "accepted",
        "justification": visible(accepted.reason.en),
        "properties": {
            "kind": visible(accepted.kind),
            "author": visible(accepted.author),
            "expires": accepted.expires.isoformat() if accepted.expires else None,
        },
    }
