from __future__ import annotations

import json
from datetime import date

import pytest
import shapely

from geoplan.pyramid import record
from geoplan.result import CheckResult, LapsedAcceptance, PublishedFigure
from geoplan.types import Acceptance, CheckRun, Finding, Severity, Text, Tolerance
from geoplan.workflow import open_plan

ACCEPTED = Acceptance("accepted", Text("as surveyed", "实测"), "Zhou", date(2027, 1, 2))


@pytest.fixture(scope="module")
def valley() -> CheckResult:
    return open_plan("ustc-silicon-valley").result


def through_json(result: CheckResult) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(record.to_record(result)))
    return found


def test_the_outcome_of_a_real_plan_comes_back_as_it_was(valley: CheckResult) -> None:
    kept = through_json(valley)
    assert record.runs_of(kept) == valley.checked
    assert record.findings_of(kept) == valley.findings
    assert record.published_of(kept) == valley.published
    assert record.lapsed_of(kept) == valley.lapsed


def test_findings_keep_their_id_their_geometry_and_who_accepted_them(valley: CheckResult) -> None:
    shape = shapely.Polygon([(0.1, 0.2), (1 / 3, 0.7), (1.1, 2 / 7)])
    finding = Finding(
        "overlap", Severity.WARNING, ("a\n", "<b>"), Text("two", "两"), "digest", shape, 1 / 3, 0.5, 1.0, "two", "m²",
        ACCEPTED,
    )  # fmt: skip
    lapsed = LapsedAcceptance("overlap-0123456789ab", ACCEPTED, Text("gone", "已消失"))
    figure = PublishedFigure("area-total", Text("a", "b"), Text("c", "d"), None, "km2", None, None)
    run = CheckRun("overlap", 3, 1, 2, 0.25, Text("x", "y"))
    whole = CheckResult(
        None, Tolerance(), None, (run,), (finding,), None, {"<b>": Text("B", "乙"), "c": Text("C", "丙")},
        published=(figure,), lapsed=(lapsed,),
    )  # fmt: skip
    kept = through_json(whole)
    (back,) = record.findings_of(kept)
    assert back == finding
    assert back.id == finding.id
    assert shapely.equals_identical(back.geometry, shape)
    assert record.names_of(kept) == {"<b>": Text("B", "乙")}  # c is in no finding
    assert record.lapsed_of(kept) == (lapsed,)
    assert record.published_of(kept) == (figure,)
    assert record.runs_of(kept) == (run,)
