"""The map as one page: whole in itself, and hostile names in it are text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from geoplan.output.map import Overlay, Pick, Shape, Shown, plan_html
from geoplan.types import Text
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import HOSTILE, write_plan

DAY = date(2026, 3, 5)


@pytest.fixture(scope="module")
def valley() -> PlanView:
    return open_plan("ustc-silicon-valley")


@pytest.fixture(scope="module")
def page(valley: PlanView) -> str:
    return plan_html(valley, "en", day=DAY)


def state_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="gp-state">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    state: dict[str, Any] = json.loads(found.group(1))
    return state


def text_of(page: str) -> str:
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_page_refers_to_nothing_outside_itself(page: str) -> None:
    markup = re.sub(r"(?s)<(script|style)\b[^>]*>.*?</\1>", "", page)
    assert not re.search(r"\b(?:src|href)\s*=", markup)
    assert not re.search(r"url\((?!data:)[^)#]", "".join(re.findall(r"(?s)<style>(.*?)</style>", page)))
    assert "sourceMappingURL" not in page


def test_its_policy_lets_exactly_its_own_scripts_and_styles_run_and_nothing_be_fetched(page: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.split(" ", 1) for rule in unescape(policy).split("; "))
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        contents = re.findall(rf"(?s)<{tag}>(.*?)</{tag}>", page)
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in contents]
        assert rules[rule].split() == [f"'sha256-{found}'" for found in hashes]
    assert "style=" not in re.sub(r"(?s)<(script|style)\b[^>]*>.*?</\1>", "", page)


def test_it_says_plan_worth_origin_day_method_and_sources(page: str) -> None:
    said = text_of(page)
    for expected in (
        "USTC Silicon Valley 科大硅谷",
        "INDICATIVE BOUNDARIES — not the official ones",
        "not published: the zones of the plan folder",
        "made on 5 Mar 2026",
        "ellipsoidal areas on CGCS2000, edges straight in EPSG:4548",
        "Boundaries are not official: areas are those of what is drawn here, not published figures.",
        "Anhui lays out blueprint for 'USTC Silicon Valley'",
    ):
        assert expected in said


def test_its_tables_list_every_zone_with_the_published_total_and_every_facility(page: str, valley: PlanView) -> None:
    said = text_of(page)
    assert "Total 8.2200 821.9986 12,329.979" in said  # FACTS: 8.22 km²; 1 km² is 100 ha and 1,500 mu
    assert "Core Area 2.4612 246.1200 3,691.800 29.94 % 400 m" in said
    assert len(re.findall('data-kind="zone"', page)) == 4
    assert len(re.findall('data-kind="facility"', page)) == len(valley.facilities) + len(valley.network)
    assert "iFlytek AI R&D base Industry base not located" in said


def test_in_chinese_its_own_words_are_chinese(valley: PlanView) -> None:
    page = plan_html(valley, "zh", day=DAY)
    assert '<html lang="zh-CN">' in page
    for expected in (
        "科大硅谷 USTC Silicon Valley",
        "制作日期：2026年3月5日",
        "经度、纬度",
        "核心区 2.4612",
        "资料来源",
    ):
        assert expected in text_of(page)


def test_declared_zones_without_a_boundary_are_listed_as_unknown() -> None:
    page = plan_html(open_plan("aust-wisdom-valley"), "en", day=DAY)
    assert "unknown unknown unknown unknown" in text_of(page)
    assert "Boundaries are not official" not in text_of(page)


def test_it_opens_with_what_was_shown(valley: PlanView) -> None:
    zone = Overlay("changes", Text("Changes", "变化"), (Shape(valley.facilities[0].point.buffer(0.01), "gained"),))  # type: ignore[union-attr]
    asked = Shown((zone,), Pick("zone", "core"), hidden=("university",), without=("labels",), focus=(117, 31, 118, 32))
    state = state_of(plan_html(valley, "en", shown=asked, day=DAY))
    assert state["pick"] == {"kind": "zone", "id": "core"}
    assert state["hidden"] == ["university"]
    assert state["without"] == ["labels"]
    assert state["focus"] == [[31, 117], [32, 118]]
    assert state["overlays"][0]["data"]["label"] == "Changes"


@pytest.mark.parametrize("name", [*HOSTILE, "a\u2028\u2029b", "</SCRIPT ><b>", "<!--<script>"])
def test_a_hostile_name_is_text_in_the_page_and_data_in_its_state(tmp_path: Path, name: str) -> None:
    page = plan_html(open_plan(write_plan(tmp_path / "trial", [name], facilities=[name])), "en", day=DAY)
    quiet = plan_html(open_plan(write_plan(tmp_path / "quiet", ["First"], facilities=["First"])), "en", day=DAY)
    assert re.findall(r"<[a-z!/]+", page) == re.findall(r"<[a-z!/]+", quiet)
    drawn = state_of(page)["scene"]["data"]["zones"]["features"][0]["properties"]["name"]
    assert drawn == name.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def test_the_page_is_small(page: str) -> None:
    assert len(page.encode()) < 400_000
