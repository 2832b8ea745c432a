"""A history and a verified store as text for a terminal and as documents, from revisions written by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geoplan.output.revisions import history_document, render_history, render_verify, verify_document
from geoplan.plan import Plan, load_plan
from geoplan.revisions import History
from geoplan.store import Problem, Revision
from geoplan.types import Text
from tests.plan_folders import write_plan

FIRST = Revision(
    plan="trial",
    number=1,
    parent=None,
    parent_hash="0" * 64,
    hash="a" * 64,
    time="2025-03-01T09:30:00+08:00",
    author="Li Wei",
    message="Boundaries of March",
    source_path="边界.zip",
    source_sha256="0123456789abcdef" * 4,
    source_crs="EPSG:4527",
    source_operation="same datum",
    decision={},
    zone_hashes={"z1": "b" * 64},
    total_m2=8_220_000.4,
    passed=True,
    plan_toml_sha256="c" * 64,
    tool_version="0.1.0",
    crs="EPSG:4548",
)
SECOND = replace(
    FIRST,
    number=2,
    parent=1,
    hash="d" * 64,
    message="Back again",
    zone_hashes={f"z{place}": "b" * 64 for place in range(1234)},
    passed=False,
    restored_from=1,
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load_plan(write_plan(Path(tmp_path_factory.mktemp("plans")) / "trial"))


@pytest.fixture
def past(plan: Plan) -> History:
    return History(plan, "team.gpkg", (FIRST, SECOND))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_current_revision_comes_first_and_says_that_it_is(past: History) -> None:
    text = render_history(past)
    heads = [line for line in text.splitlines() if line.startswith("Revision")]
    assert heads == [
        "Revision 2 (current)  2025-03-01T09:30:00+08:00  Li Wei",
        "Revision 1  2025-03-01T09:30:00+08:00  Li Wei",
    ]


def test_each_revision_tells_its_zones_area_verdict_and_source(past: History) -> None:
    told = squeezed(render_history(past, width=120))
    assert "1 zone, 8,220,000.40 m², holds source 边界.zip, EPSG:4527, sha256 0123456789ab" in told
    assert "1,234 zones, 8,220,000.40 m², does not hold, restored from 1" in told


def test_in_chinese_every_line_is(past: History) -> None:
    told = squeezed(render_history(past, language="zh", width=120))
    assert "版本 2（现行）" in told
    assert "1,234 个分区" in told
    assert "不符合，恢复自版本 1" in told
    assert "来源 边界.zip" in told
    assert "holds" not in told


def test_a_plan_without_revisions_says_where_its_zones_are(plan: Plan) -> None:
    empty = History(plan, "team.gpkg", ())
    assert empty.current is None
    assert "No revision yet: the zones are those in the plan folder." in squeezed(render_history(empty))
    assert history_document(empty)["revisions"] == []


def test_no_line_is_wider_than_asked_and_no_name_moves_the_cursor(plan: Plan) -> None:
    hostile = replace(FIRST, author="\x1b[2Jroot", message="a\x07b " * 40, source_path="x\r\ny.zip")
    text = render_history(History(plan, "s\x1b]0;t\x07.gpkg", (hostile,)), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert not {"\x1b", "\x07", "\r"} & set(text)


def test_the_document_of_a_history_names_hash_parent_and_number_of_zones(past: History) -> None:
    document = history_document(past)
    assert (document["schema"], document["plan"], document["current"]) == ("geoplan.history/1", "trial", 2)
    assert [(one["number"], one["parent"], one["sha256"], one["zones"]) for one in document["revisions"]] == [
        (1, None, "a" * 64, 1),
        (2, 1, "d" * 64, 1234),
    ]
    assert document["revisions"][1]["restored_from"] == 1


def test_a_total_that_is_no_number_is_null(plan: Plan) -> None:
    document = history_document(History(plan, "s", (replace(FIRST, total_m2=float("nan")),)))
    assert document["revisions"][0]["total_m2"] is None


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        ((), "plans none INTACT: every hash of 0 plans holds"),
        (("a",), "plans a INTACT: every hash of 1 plan holds"),
        (("a", "b"), "plans a, b INTACT: every hash of 2 plans holds"),
    ],
)
def test_a_store_that_holds_ends_in_one_line_that_says_so(plans: tuple[str, ...], said: str) -> None:
    assert squeezed(render_verify("team.gpkg", plans, ())) == f"store team.gpkg {said}"
    assert verify_document("team.gpkg", plans, ())["intact"] is True


def test_problems_are_told_with_the_plan_and_revision_they_are_about() -> None:
    problems = (
        Problem("valley", 2, Text("its hash was changed.", "其哈希被改动。")),
        Problem("", None, Text("the file is damaged.", "文件损坏。")),
    )
    told = squeezed(render_verify("team.gpkg", ("valley",), problems))
    assert told.endswith("valley, revision 2: its hash was changed. the file is damaged. NOT INTACT: 2 found")
    assert "valley，版本 2: 其哈希被改动。" in squeezed(render_verify("s", ("valley",), problems, language="zh"))
    document = verify_document("team.gpkg", ("valley",), problems)
    assert document["intact"] is False
    assert [(one["plan"], one["revision"], one["message"]["zh"]) for one in document["problems"]] == [
        ("valley", 2, "其哈希被改动。"),
        (None, None, "文件损坏。"),
    ]
