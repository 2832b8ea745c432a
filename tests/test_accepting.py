"""Accepting findings: plan.toml keeps its comments, holds one entry per finding, and is never half written."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path

import pytest

from geoplan.accepting import LOCK_FILE, accept, acceptance, withdraw
from geoplan.errors import GeoplanError, PlanError, UsageError
from geoplan.plan import load_plan
from geoplan.workflow import open_plan
from tests.plan_folders import square_ring, write_layer, write_plan

FINDING = "overlap-0123456789ab"
COMMENT = "# A comment somebody wrote.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write_plan(tmp_path / "trial")
    path = made / "plan.toml"
    path.write_text(COMMENT + path.read_text(encoding="utf-8") + "# The end.\n", encoding="utf-8")
    return made


def test_an_acceptance_is_written_with_reason_author_and_last_day(folder: Path) -> None:
    accept(load_plan(folder), acceptance(FINDING, "Agreed with the district", "Li Wei", date(2027, 1, 31)))
    (entry,) = load_plan(folder).accepted
    assert (entry.finding, entry.reason.en, entry.author) == (FINDING, "Agreed with the district", "Li Wei")
    assert entry.expires == date(2027, 1, 31)


def test_what_else_the_file_says_stays_as_it_was_comments_included(folder: Path) -> None:
    before = (folder / "plan.toml").read_text(encoding="utf-8")
    accept(load_plan(folder), acceptance(FINDING, "why", "who", None))
    assert (folder / "plan.toml").read_text(encoding="utf-8").startswith(before.rstrip("\n"))
    withdraw(load_plan(folder), FINDING)
    assert (folder / "plan.toml").read_text(encoding="utf-8").rstrip() == before.rstrip()


def test_accepting_again_replaces_the_entry(folder: Path) -> None:
    accept(load_plan(folder), acceptance(FINDING, "first", "who", date(2026, 1, 1)))
    accept(load_plan(folder), acceptance("gap-0123456789ab", "another", "who", None))
    accept(load_plan(folder), acceptance(FINDING, "second", "who", None))
    assert {entry.finding: entry.reason.en for entry in load_plan(folder).accepted} == {
        FINDING: "second",
        "gap-0123456789ab": "another",
    }


@pytest.mark.parametrize(
    "said",
    ['"quoted" \\ and\nbroken', "]]\n[[zones]]\nid = 1", "'''", "<script>alert(1)</script>", "科大硅谷", "x" * 500],
)
def test_hostile_reasons_are_only_text(folder: Path, said: str) -> None:
    accept(load_plan(folder), acceptance(FINDING, said, said, None))
    (entry,) = load_plan(folder).accepted
    assert entry.reason.zh == " ".join(said.split())
    assert len(load_plan(folder).zones) == 2


@pytest.mark.parametrize(
    ("finding", "reason", "author"),
    [(FINDING, " ", "who"), (FINDING, "why", ""), (FINDING, "x" * 501, "who"), ("no id", "why", "who")],
)
def test_what_cannot_be_accepted_is_said_before_anything_is_written(finding: str, reason: str, author: str) -> None:
    with pytest.raises(UsageError):
        acceptance(finding, reason, author, None)


def test_a_file_with_mistakes_is_left_alone(folder: Path) -> None:
    plan = load_plan(folder)
    path = folder / "plan.toml"
    path.write_text("odd = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(PlanError):
        accept(plan, acceptance(FINDING, "why", "who", None))
    assert path.read_bytes() == before
    assert not (folder / LOCK_FILE).exists()


def test_a_lock_left_by_a_stopped_program_does_not_last(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / LOCK_FILE).touch()
    monkeypatch.setattr("geoplan.accepting.STALE_SECONDS", 0.0)
    time.sleep(0.02)
    accept(load_plan(folder), acceptance(FINDING, "why", "who", None))
    assert load_plan(folder).accepted


def test_somebody_elses_lock_is_waited_for_and_then_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / LOCK_FILE).touch()
    monkeypatch.setattr("geoplan.accepting.LOCK_SECONDS", 0.1)
    with pytest.raises(GeoplanError, match="somebody else"):
        accept(load_plan(folder), acceptance(FINDING, "why", "who", None))
    assert not load_plan(folder).accepted


def test_many_at_once_lose_none(folder: Path) -> None:
    plan = load_plan(folder)
    ids = [f"gap-{number:012x}" for number in range(8)]
    threads = [threading.Thread(target=accept, args=(plan, acceptance(one, "why", "who", None))) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {entry.finding for entry in load_plan(folder).accepted} == set(ids)


def test_an_accepted_finding_no_longer_fails_the_check(folder: Path) -> None:

    first, second = square_ring(0), square_ring(0)
    write_layer(folder / "zones.geojson", [({"id": "z0"}, "Polygon", [first]), ({"id": "z1"}, "Polygon", [second])])
    (overlap,) = [finding for finding in open_plan(folder).result.failing if finding.check == "overlap"]
    accept(load_plan(folder), acceptance(overlap.id, "drawn twice on purpose", "Li Wei", None))
    assert overlap.id not in {finding.id for finding in open_plan(folder).result.failing}
    withdraw(load_plan(folder), overlap.id)
    assert overlap.id in {finding.id for finding in open_plan(folder).result.failing}
