"""What a sheet says besides its tables: stamp, title block, notes, north."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from geoplan.crs import norm_crs
from geoplan.output.sheet.document import legend, north_sentence, notes, scale_text, sheet_of, title_block
from geoplan.output.sheet.ground import Frame
from geoplan.types import Text
from geoplan.workflow import open_plan
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import options, plan_of
from tests.records import revision


@pytest.mark.parametrize(
    ("status", "stamp"),
    [
        ("official", "OFFICIAL BOUNDARIES"),
        ("indicative", "INDICATIVE — not official"),
        ("draft", "DRAFT — not official"),
    ],
)
def test_the_stamp_says_what_the_boundaries_are_worth(status: str, stamp: str) -> None:
    view = plan_of([square(EAST, NORTH, 10)], status=status)
    assert sheet_of(view, options(language="en")).stamp == (stamp,)


def test_without_boundaries_the_stamp_counts_them() -> None:
    assert sheet_of(open_plan("aust-wisdom-valley"), options(language="both")).stamp == (
        "已加载 4 个分区中 0 个的边界",
        "0 of 4 boundaries loaded",
    )


def test_a_title_of_ones_own_stands_in_for_the_plans_name() -> None:
    view = plan_of([square(EAST, NORTH, 10)])
    assert sheet_of(view, options(language="en")).title == ("Test",)
    assert sheet_of(view, options(language="zh", title=Text("Site plan", "总平面图"))).title == ("总平面图",)


def test_the_title_block_has_an_empty_line_for_what_is_not_given() -> None:
    block = dict(title_block(sheet_of(plan_of([square(EAST, NORTH, 10)]), options(language="zh"))))
    assert block[("审图号",)] == ()
    assert block[("制图",)] == ()
    assert block[("制图日期",)] == ("2026-11-22",)


def test_without_a_day_the_sheet_is_of_today() -> None:
    before = datetime.now(UTC).date()
    day = sheet_of(plan_of([square(EAST, NORTH, 10)]), options(day=None)).day
    assert before <= day <= datetime.now(UTC).date()
    assert isinstance(day, date)


def test_the_legend_tells_the_line_and_the_categories_that_are_on_the_map() -> None:
    marks = [cell.mark for cell in legend(sheet_of(open_plan("ustc-silicon-valley"), options(language="en")))]
    assert marks.count("zone") == 4
    assert marks.count("line") == 1
    assert marks.count("dot") == 8  # eight categories have a place in Hefei, "innovation centre" is elsewhere
    assert marks[-1] == "ring"


def test_the_notes_tell_the_worth_the_verdict_and_the_file() -> None:
    view = open_plan("ustc-silicon-valley")
    said = [" ".join(lines) for lines in notes(sheet_of(view, options(language="en")))]
    assert said[0].startswith("INDICATIVE BOUNDARIES")
    assert "Checks: PASSED." in said
    assert view.layer is not None
    assert any(view.layer.source.sha256 is not None and view.layer.source.sha256 in line for line in said)


def test_a_plan_that_fails_its_checks_says_so() -> None:
    view = plan_of([square(EAST, NORTH, 100), square(EAST + 50, NORTH, 100)])
    assert any("FAILED" in lines[0] for lines in notes(sheet_of(view, options(language="en"))))


@pytest.mark.parametrize(("east", "side"), [(560_000.0, "west"), (440_000.0, "east")])
def test_north_says_on_which_side_true_north_lies(east: float, side: str) -> None:
    # 60 km from the meridian at 31.8° N: 0.634° of longitude by sin 31.8° are 0°20′
    sentence = north_sentence(Frame(norm_crs("EPSG:4548"), (east, 3_521_000.0), 10_000, 100, 100))
    assert "0°20′" in sentence.en
    assert f"{side} of it" in sentence.en


def test_on_the_central_meridian_both_norths_are_one() -> None:
    sentence = north_sentence(Frame(norm_crs("EPSG:4548"), (500_000.0, 3_521_000.0), 10_000, 100, 100))
    assert "the same" in sentence.en


def test_a_scale_is_written_with_its_thousands() -> None:
    assert scale_text(1_000_000) == "1:1,000,000"


@pytest.mark.parametrize(("time", "said"), [
    ("2024-07-05T00:30:00+00:00", "2024-07-05 00:30:00 UTC"),
    ("2024-07-05T08:30:00+08:00", "2024-07-05 00:30:00 UTC"),  # the same moment, as a clock in Hefei shows it
    ("2024-07-05T00:30:00.999Z", "2024-07-05 00:30:00 UTC"),
    ("last summer", "last summer"),
    ("9999-12-31T23:59:59-08:00", "9999-12-31T23:59:59-08:00"),
    ("a\u202eb", "a\\u202eb"),
])  # fmt: skip
def test_the_title_block_gives_the_moment_of_the_revision_in_utc(time: str, said: str) -> None:
    view = replace(plan_of([square(EAST, NORTH, 10)]), revision=revision(time=time))
    block = dict(title_block(sheet_of(view, options(language="en"))))
    assert block[("Revision",)][-1] == said
