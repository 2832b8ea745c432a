"""The check a revision keeps: made while it is written, it is the document `geoplan check` prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geoplan.output.documents import check_document
from geoplan.result import CheckResult
from geoplan.revisions.kept import ZoneDocuments, kept_check
from geoplan.store.values import canonical_json, canonical_texts
from geoplan.workflow import check_layer, open_plan
from tests.helpers import EAST, NORTH, make_layer, square

WAITING = Path(__file__).parents[2] / "geodata" / "aust-wisdom-valley"  # no boundary of it is published


@pytest.fixture(scope="module")
def result() -> CheckResult:
    """The check of 1,100 squares of 10 m in a row, of which the last lies on the one before it."""
    shapes = [square(EAST + 10 * place, NORTH, 10) for place in range(1099)]
    return check_layer(make_layer([*shapes, shapes[-1]], ids=[f"s{place}" for place in range(1100)]))


def test_written_out_it_is_the_document_of_the_check(result: CheckResult) -> None:
    written = json.loads("".join(canonical_texts(kept_check(result))))
    assert written == json.loads(canonical_json(check_document(result)))
    assert [zone["id"] for zone in written["area"]["zones"]] == [f"s{place}" for place in range(1100)]
    assert [finding["check"] for finding in written["findings"]] == ["overlap"]


def test_its_zones_are_a_sequence_like_any_other(result: CheckResult) -> None:
    zones = kept_check(result)["area"]["zones"]
    assert isinstance(zones, ZoneDocuments)
    assert len(zones) == 1100
    assert [zone["id"] for zone in zones[511:514]] == ["s511", "s512", "s513"]
    assert zones[-1]["area_m2"] == pytest.approx(100.0, rel=1e-4)
    assert zones[1000]["share"] == pytest.approx(1 / 1100, rel=1e-4)
    with pytest.raises(IndexError):
        zones[1100]


def test_a_check_that_measured_nothing_is_kept_as_it_is() -> None:
    empty = open_plan(WAITING).result
    assert empty.measurement is None
    assert kept_check(empty) == check_document(empty)
