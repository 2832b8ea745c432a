"""What is told in one language is told in no other: every output of one faulty plan, read for words of the other."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from geoplan.facility_counts import count_facilities
from geoplan.output import REPORTS
from geoplan.output.map import Pick, plan_html
from geoplan.output.service import render_facilities, render_service
from geoplan.output.sheet import SheetOptions, report_html
from geoplan.output.text import render_measure
from geoplan.output.workbook import workbook_bytes
from geoplan.service import service_coverage
from geoplan.ui import facility_tables, findings, tables
from geoplan.ui.card import card_html, method_html
from geoplan.ui.card import plan_html as plan_card
from geoplan.ui.headline import strip_html, tiles
from geoplan.workflow import PlanView
from tests.output.faulty import faulty

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
# Names of systems and tools, units, and what is a code in both languages.
SAME_IN_BOTH = {
    *("EPSG", "CGCS", "SHA", "UTC", "GCJ", "geoplan", "ppm", "degree", "Gauss", "Kruger", "sha", "geojson"),
    *("nan", "None", "tmp"),
}
CHECKS = re.compile(
    r"\b(?:geometry|zone|area|facility|unmatched|overlap|gap|sliver|crs|extent)(?:-[a-z]+)*(?:-[0-9a-f]{12})?\b"
)
HASH = re.compile(r"\b[0-9a-f]{12,64}\b")


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    return faulty(tmp_path_factory.mktemp("f"))


def plain(html: str) -> str:
    """Return the text of a page, as a reader sees it: what is hidden for the other language is not there."""
    shown = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", html)
    return re.sub(r"<[^>]+>", " ", shown)


def _workbook(view: PlanView, language: str) -> str:
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(view, language).content))
    lines = [sheet.title for sheet in book]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                heading = sheet.title in ("Zones", "分区", "Groups", "分组", "Facilities", "设施") and cell.column == 3
                if isinstance(cell.value, str) and not heading:  # the column of names in the other language
                    lines.append(cell.value)
    return "\n".join(lines)


def _frames(view: PlanView, language: str) -> str:
    counts = count_facilities(view)
    other = ["English" if language == "zh" else "中文"]  # the column of names in the other language
    made = [
        tables.zones_table(view, language).drop(columns=other),
        tables.facilities_table(view, view.facilities, language).drop(columns=other),
        tables.indicators_table(view, language),
        tables.findings_table(view, language),
        tables.checks_table(view, language),
        tables.sources_table(view, language),
        facility_tables.list_table(counts.placed, view, language),
        facility_tables.counts_table(counts, view, ("c1",), language),
        facility_tables.coverage_table(service_coverage(view, "c1", 300), language),
        findings.findings_frame(view.result.findings, view.result, language),
    ]
    return "\n".join(str(cell) for frame in made for cell in [*frame.columns, *frame.to_numpy().ravel()])


def _junit(view: PlanView, language: str) -> str:
    root = ET.fromstring(REPORTS["junit"](view.result, view.layer, language=language, colour=False))  # type: ignore[arg-type]  # noqa: S314
    told = [element.text or "" for element in root.iter()]
    return "\n".join([*told, *(element.get("message", "") for element in root.iter())])


def _cards(view: PlanView, language: str) -> str:
    picks = [Pick("zone", "z0"), Pick("zone", "z10"), Pick("facility", "f0"), Pick("facility", "f2")]
    # The name in the other language stands below the first, and says so by its class.
    html = "".join(card_html(view, pick, language) for pick in picks) + plan_card(view, language)
    html = re.sub(r'<p class="gp-other">.*?</p>', "", html)
    html += method_html(view, language) + strip_html(tiles(view, language), language)
    return plain(html) + " ".join(re.findall(r'(?:title|aria-label)="([^"]*)"', html))


OUTPUTS: dict[str, Callable[[PlanView, str], Any]] = {
    "text": lambda view, language: REPORTS["text"](view.result, view.layer, language=language, colour=False),
    "junit": _junit,
    "measure": lambda view, language: render_measure(view.result.measurement, language=language),  # type: ignore[arg-type]
    "facilities": lambda view, language: render_facilities(view, count_facilities(view), language=language),
    "service": lambda view, language: render_service(view, service_coverage(view, "c1", 300), language=language),
    "workbook": _workbook,
    "report": lambda view, language: plain(report_html(view, SheetOptions(language=language, day=date(2026, 1, 2)))),
    "map": lambda view, language: plain(plan_html(view, language)),
    "tables": _frames,
    "cards": _cards,
}  # fmt: skip


@pytest.mark.parametrize("name", OUTPUTS)
def test_no_english_word_stands_in_a_chinese_output(name: str, view: PlanView) -> None:
    told = HASH.sub(" ", CHECKS.sub(" ", OUTPUTS[name](view, "zh")))
    assert CHINESE.search(told)
    told = told.replace(str(view.plan.folder), "").replace("English", "", 1)  # the way to the other language
    if name == "map":
        told = told.replace("Faulty plan", "")  # the title names the plan in both
    words = {word for word in ENGLISH.findall(told) if word not in SAME_IN_BOTH}
    assert words == set()


@pytest.mark.parametrize("name", OUTPUTS)
def test_no_chinese_character_stands_in_an_english_output(name: str, view: PlanView) -> None:
    told = OUTPUTS[name](view, "en")
    assert ENGLISH.search(told)
    told = told.replace("中文", "", 1).replace("(亩)", "")  # the way to the other language; the unit beside its name
    if name == "map":
        told = told.replace("问题规划", "")
    assert set(CHINESE.findall(told)) == set()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_told_is_the_same_at_every_asking(name: str, language: str, view: PlanView) -> None:
    assert OUTPUTS[name](view, language) == OUTPUTS[name](view, language)


def test_the_faulty_plan_has_a_finding_of_nearly_every_check(view: PlanView) -> None:
    found = {finding.check for finding in view.result.findings}
    assert found == {run.check for run in view.result.checked} - {"crs", "area-share"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_has_a_sentence_of_its_own_that_ends_like_one(language: str, view: PlanView) -> None:
    for finding in view.result.findings:
        said = finding.message.get(language)
        assert said.endswith("。" if language == "zh" else "."), said
        assert "  " not in said
        assert not re.search(r"\bnan\b|\bNone\b|\{|\}", said)


def test_numbers_and_places_are_the_same_in_both_languages(view: PlanView) -> None:
    """A figure that differs between the two would be a figure nobody can rely on."""
    numbers = partial(re.findall, r"\d[\d,]*\.\d+")
    for finding in view.result.findings:
        assert sorted(numbers(finding.message.en)) == sorted(numbers(finding.message.zh))
