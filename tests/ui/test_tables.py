from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from geoplan.result import CheckResult, LapsedAcceptance
from geoplan.types import (
    Acceptance,
    CheckRun,
    Comparison,
    Facility,
    Finding,
    Indicator,
    IndicatorKind,
    Severity,
    Text,
    Tolerance,
)
from geoplan.ui import tables
from geoplan.workflow import PlanView, open_plan
from tests.helpers import make_plan
from tests.plan_folders import write_plan


def test_the_zones_table_adds_up_to_the_published_total_and_to_one_hundred_percent(valley: PlanView) -> None:
    table = tables.zones_table(valley, "en")
    assert list(table["Name"]) == ["Core Area", "High-tech Area", "Shushan Area", "iFlytek Town"]
    assert table["Area km²"].sum() == pytest.approx(8.22, abs=0.005)
    assert table["Area mu"].sum() == pytest.approx(table["Area m²"].sum() * 3 / 2000)
    assert table["Share %"].sum() == pytest.approx(100, abs=1e-9)


def test_zones_without_a_boundary_are_listed_without_an_area(wisdom: PlanView) -> None:
    table = tables.zones_table(wisdom, "en")
    assert tables.zone_ids(wisdom) == ("zone-1", "zone-2", "zone-3", "zone-4")
    assert len(table) == 4
    assert table["Area km²"].isna().all()


def test_facilities_that_are_not_located_are_listed_and_said_to_be_so(wisdom: PlanView) -> None:
    table = tables.facilities_table(wisdom, wisdom.facilities, "en")
    assert list(table["Located"]).count("not located") == 5
    assert len(table) == 8


def test_the_innovation_network_has_nine_centres_of_which_six_are_located(valley: PlanView) -> None:
    table = tables.facilities_table(valley, valley.network, "zh")
    assert len(table) == 9
    assert list(table["定位"]).count("是") == 6


def test_published_figures_keep_their_wording_kind_date_and_source(valley: PlanView) -> None:
    table = tables.indicators_table(valley, "en")
    talents = table[table["Figure"] == "Talents gathered"].iloc[0]
    assert talents["Value"] == "more than 100,000 people"
    assert (talents["Kind"], talents["Date"]) == ("target", "2025")
    assert "Anhui lays out blueprint" in talents["Source"]
    goals = table[table["Kind"] == "goal in words"]
    assert len(goals) == 3
    assert set(goals["Value"]) == {"—"}


def test_every_check_tells_what_it_did(valley: PlanView, wisdom: PlanView) -> None:
    outcomes = dict(zip(*(tables.checks_table(valley, "en")[name] for name in ("Check", "Outcome")), strict=True))
    assert outcomes["Total area"] == "checked 1, found 0"
    assert all(text.startswith("skipped: 0 of 4") for text in tables.checks_table(wisdom, "en")["Outcome"])


def test_findings_are_shown_with_severity_zones_and_figures(tmp_path: Path) -> None:
    rules = '[[rules]]\ncheck = "area-total"\nkm2 = 3.0\n'
    table = tables.findings_table(open_plan(write_plan(tmp_path / "trial", rules=rules)), "en")
    assert list(table["Severity"]) == ["error"]
    assert list(table["Check"]) == ["Total area"]
    assert "expected 3" in table["Value"][0]


def test_sources_are_listed_with_publisher_and_date(wisdom: PlanView) -> None:
    table = tables.sources_table(wisdom, "en")
    assert ("Huainan Daily", "2024-06-17") in set(zip(table["Publisher"], table["Date"], strict=True))
    assert "undated" in set(table["Date"])


def test_control_characters_of_a_name_are_shown_in_tables(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["a\u202eb"]))
    assert tables.zones_table(view, "en")["Name"][0] == "a\\u202eb"


# ------------------------------------------------------------------ everything a person can name, in every table

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")
NAMES = ("a\u202eb", "two\nlines\tand a tab", "zero\u200bwidth", "\u2066isolated\u2069", "{curly} %s ${x}", "长" * 5000)

MAKERS: dict[str, Callable[[PlanView, str], pd.DataFrame]] = {
    "zones": tables.zones_table,
    "facilities": lambda view, language: tables.facilities_table(view, view.facilities, language),
    "indicators": tables.indicators_table,
    "findings": tables.findings_table,
    "checks": tables.checks_table,
    "lapsed": tables.lapsed_table,
    "sources": tables.sources_table,
}


def indicator(name: str, **changes: Any) -> Indicator:
    text = Text.same(name)
    made = Indicator(
        id=name, measure=name, name=text, kind=IndicatorKind.STOCK, comparison=Comparison.ABOUT, value=1.5,
        unit=text, date="2024", period=name, subject=text, source=name, note=text,
    )  # fmt: skip
    return replace(made, **changes)


def naming(name: str) -> PlanView:
    """Return a plan in which everything that a file or a person names is called `name`."""
    text = Text.same(name)
    plan = make_plan(
        zones=[{"id": "z", "name": {"en": name, "zh": name}, "basis": name, "source": "s"}],
        sources=[{"id": "s", "title": name, "publisher": name, "note": name}],
        categories=[{"id": "c", "name": name}],
    )
    place = Facility(name, text, name, None, basis=name, source=name, address=text, note=text, accuracy_m=7.0)
    kept = Acceptance("known", text, name, date(2030, 1, 2))
    finding = Finding("overlap", Severity.ERROR, ("z", name), text, measured=name, expected=name, accepted=kept)
    run = CheckRun("overlap", 1, 1, skipped=Text("in part", "部分"))
    lapsed = (LapsedAcceptance("overlap-0123456789ab", kept, text),)
    result = CheckResult(None, Tolerance(), None, (run,), (finding,), None, {"z": text}, lapsed=lapsed)
    return PlanView(plan, None, result, (place, replace(place, category="c")), (), (indicator(name),))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("table", MAKERS)
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_nothing_that_acts_unseen_reaches_a_table(name: str, table: str, language: str) -> None:
    frame = MAKERS[table](naming(name.strip()), language)
    assert len(frame) >= 1
    for cell in frame.to_numpy().ravel():
        assert not UNSEEN.search(str(cell)), f"{table}: {str(cell)[:80]!r}"
    pa.Table.from_pandas(frame)  # as the page sends it


@pytest.mark.parametrize("table", MAKERS)
def test_heads_are_in_the_language_and_none_twice(table: str) -> None:
    view = naming("x")
    english, chinese = (list(MAKERS[table](view, language).columns) for language in ("en", "zh"))
    assert len(set(english)) == len(english) == len(set(chinese))
    assert [head for head in english if re.search("[\u4e00-\u9fff]", head)] in ([], ["中文"])
    # Only the column of names in the other language is headed by that language's own name.
    assert [head for head in chinese if not re.search("[\u4e00-\u9fff]", head)] in ([], ["English"])


@pytest.mark.parametrize(("comparison", "value", "unit", "en", "zh"), [
    (Comparison.EXACT, 113.0, Text("firms", "家"), "113 firms", "113 家"),
    (Comparison.MORE_THAN, 100_000.0, Text("people", "人"), "more than 100,000 people", "超过 100,000 人"),
    (Comparison.AT_LEAST, 0.5, Text("km²", "km²"), "at least 0.5 km²", "至少 0.5 km²"),
    (Comparison.NEARLY, -0.0, Text.same(""), "nearly 0", "近 0"),
    (Comparison.ABOUT, 1e15, Text("yuan", "元"), "about 1,000,000,000,000,000 yuan", "约 1,000,000,000,000,000 元"),
    (Comparison.EXACT, None, Text("people", "人"), "—", "—"),
    (Comparison.EXACT, 1.0, Text("{value}", "{0}"), "1 {value}", "1 {0}"),
])  # fmt: skip
def test_a_published_value_is_worded_as_it_was_published(
    comparison: Comparison, value: float | None, unit: Text, en: str, zh: str
) -> None:
    one = indicator("x", comparison=comparison, value=value, unit=unit)
    assert (tables.published_value(one, "en"), tables.published_value(one, "zh")) == (en, zh)


def test_an_increment_is_dated_by_its_period_and_a_stock_by_its_day() -> None:
    rows = (indicator("x", period="2023", date="2024-02-08"), indicator("x", period="", date="2024-02-08"))
    frame = tables.indicators_table(replace(naming("x"), indicators=rows), "en")
    assert list(frame["Date"]) == ["2023", "2024-02-08"]


def test_a_zone_in_two_parts_is_one_row_and_comes_before_those_awaited(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "trial", ["First", "Second", "Third"])
    content = json.loads((folder / "zones.geojson").read_text(encoding="utf-8"))
    content["features"] = [content["features"][2], *content["features"][:1]]
    (folder / "zones.geojson").write_text(json.dumps(content), encoding="utf-8")
    view = open_plan(folder)
    assert tables.zone_ids(view) == ("z2", "z0", "z1")
    table = tables.zones_table(view, "en")
    assert list(table["Name"]) == ["Third", "First", "Second"]
    assert list(table["Share %"].isna()) == [False, False, True]
    assert table["Share %"].sum() == pytest.approx(100.0, abs=1e-9)


def test_a_source_that_the_plan_does_not_list_is_named_and_none_is_said_to_be_none() -> None:
    view = replace(naming("x"), indicators=(indicator("x", source="lost"), indicator("x", source=None)))
    assert list(tables.indicators_table(view, "en")["Source"]) == ["lost", "no source recorded"]
