"""What is told of a draft: squares of 100 m whose areas and differences are known by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.drafts import Assessment, Draft, Ground, assess, cut_from_neighbours, start, with_zone, without_zone
from geoplan.drafts.values import Deed, Edit
from geoplan.store import KeptDraft
from geoplan.types import Text
from geoplan.ui import draft_tables as tables
from tests.drafts.squares import at, degrees, write_plan

ABC = {"a": at(0, 0, 100), "b": at(100, 0, 100), "c": at(200, 0, 100)}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground.of(write_plan(tmp_path / "valley", ABC))


@pytest.fixture
def draft(ground: Ground) -> Draft:
    """A draft without a, with b as it was, with c of 110 m × 110 m over 10 m of b."""
    return with_zone(without_zone(start(ground, "x", "Li"), "a"), "c", degrees(at(190, 0, 110)), pixel_m=2.0)


@pytest.fixture
def found(draft: Draft, ground: Ground) -> Assessment:
    return assess(draft, ground)


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def test_the_zones_of_a_draft_come_first_and_what_it_removed_last(found: Assessment) -> None:
    assert tables.zone_rows(found) == ("b", "c", "a")


def test_each_zone_is_told_with_its_area_and_how_it_differs(found: Assessment) -> None:
    frame = tables.zones_frame(found, "en")
    assert list(frame.columns) == ["Zone", "Area m²", "Change m²", "What"]
    assert [number(text) for text in frame["Area m²"][:2]] == pytest.approx([10_000, 12_100], rel=1e-4)
    assert frame["Area m²"][2] == "—"
    assert frame["Change m²"][0] == ""
    assert [number(text) for text in frame["Change m²"][1:]] == pytest.approx([2100, -10_000], rel=1e-4)
    assert list(frame["What"]) == ["unchanged", "reshaped", "removed"]


def test_only_what_differs_is_listed_as_a_change(found: Assessment) -> None:
    frame = tables.changes_frame(found.comparison, "zh")
    assert list(frame["变化"]) == ["删除", "边界调整"]
    assert frame["现面积 m²"][0] == "—"
    assert number(frame["增加 m²"][1]) == pytest.approx(2100, rel=1e-4)


def test_findings_that_come_with_the_draft_are_marked(found: Assessment) -> None:
    findings = found.view.result.findings
    new = frozenset({findings[0].id})
    frame = tables.findings_frame(findings, new, "en")
    assert frame["New"][0] == "yes"
    assert "overlap" in " ".join(frame["Finding"])


def test_the_ledger_says_what_a_cut_cost_whom(draft: Draft) -> None:
    cut = cut_from_neighbours(draft, "c")
    names = {"b": Text("Beta", "乙"), "c": Text("Gamma", "丙")}
    line = tables.edit_line(cut.edits[-1], names, "en")
    assert line.startswith("cut Gamma from its neighbours: Beta −1,000")
    assert tables.edit_line(cut.edits[-1], {"b": Text("Beta", "乙"), "c": Text("Gamma", "丙")}, "zh").startswith(
        "丙从相邻"
    )
    drawn = tables.edit_line(draft.edits[-1], {}, "en")
    assert "one pixel = 2 m" in drawn


@pytest.mark.parametrize("deed", list(Deed))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_deed_has_words(deed: Deed, language: str) -> None:
    assert "zone" not in tables.edit_line(Edit(deed, "z"), {}, language)


def test_a_hostile_name_is_escaped(ground: Ground) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    kept = KeptDraft(
        "p", "i", 1, hostile, hostile, "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05+00:00", hostile, 0, 3
    )
    draft = with_zone(start(ground, "x", "Li"), "n", degrees(at(500, 0, 10)), Text(hostile, hostile))
    found = assess(draft, ground)
    names = {row.id: row.name for row in found.comparison.rows}
    for html in (
        tables.kept_html(kept, "en"),
        tables.ledger_html(draft, names, "en"),
        tables.transfers_html(found.comparison, "en"),
    ):
        assert "<img" not in html
        assert "&lt;img" in html


def test_a_saved_draft_is_told_with_who_and_when_and_from_what() -> None:
    kept = KeptDraft("p", "i", 4, "Edge", "Li", "", "2026-01-02T03:04:05+00:00", "Wang Fang", 7, 3)
    assert "3 zones · Wang Fang, 2 Jan 2026, 03:04 UTC · from revision 7" in tables.kept_html(kept, "en")
    assert "规划文件夹中的分区" in tables.revision_text(0, "zh")


@pytest.mark.parametrize(("value", "said"), [(2100.04, "+2,100.0"), (-0.25, "−0.2"), (0.01, "0.0"), (-0.01, "0.0")])
def test_a_difference_has_its_sign_unless_it_is_nothing(value: float, said: str) -> None:
    assert tables.signed(value, "en") == said
