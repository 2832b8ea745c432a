from __future__ import annotations

import re
from pathlib import Path

import pytest

from geoplan.ui.headline import strip_html, tiles, verdict
from geoplan.workflow import open_plan
from tests.plan_folders import write_plan

TOTAL = '[[rules]]\ncheck = "area-total"\nkm2 = {km2}\ntolerance_km2 = 0.01\n'


def test_the_headline_figures_of_the_bundled_plan_agree_with_the_published_ones() -> None:
    total, share, zones, facilities, findings = tiles(open_plan("ustc-silicon-valley"), "en")
    assert abs(float(total.figure) - 8.22) <= 0.005
    assert (total.unit, total.verdict, total.below) == ("km²", "holds", "published 8.22 ± 0.005 km²")
    assert 88 <= float(share.figure.removesuffix(" %")) <= 90
    assert (share.verdict, share.below) == ("holds", "published 88–90 % (“nearly 90 percent of the total area”)")
    assert zones.figure == "4 of 4"
    assert (facilities.figure, facilities.below) == ("17 of 18", "located; 1 listed only")
    assert findings.figure == "0"


def test_the_headline_is_in_chinese_when_asked() -> None:
    labels = [tile.label for tile in tiles(open_plan("ustc-silicon-valley"), "zh")]
    assert labels == ["总面积", "占比：合肥国家高新技术产业开发区", "分区", "设施", "检查结果"]


# Two squares of 0.01° near Hefei: 2 × 0.946 km × 1.109 km = 2.10 km² (cos 31.805° × 111.3 km, 110.9 km per degree).
@pytest.mark.parametrize(("km2", "verdict"), [(2.10, "holds"), (3.0, "fails")])
def test_a_total_agrees_or_differs_by_the_check_s_own_verdict(tmp_path: Path, km2: float, verdict: str) -> None:
    total = tiles(open_plan(write_plan(tmp_path / "trial", rules=TOTAL.format(km2=km2))), "en")[0]
    assert float(total.figure) == pytest.approx(2.10, abs=0.005)
    assert total.verdict == verdict


def test_a_plan_without_published_figures_gets_no_verdict(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial"))
    assert [(tile.label, tile.verdict) for tile in tiles(view, "en")][:2] == [("Total area", "none"), ("Zones", "none")]
    assert tiles(view, "en")[0].below == "no figure published"


def test_a_plan_without_boundaries_measures_nothing_and_claims_nothing() -> None:
    total, zones, facilities, findings = tiles(open_plan("aust-wisdom-valley"), "en")
    assert (total.figure, total.verdict) == ("—", "none")
    assert (zones.figure, facilities.figure) == ("0 of 4", "3 of 8")
    assert (findings.figure, findings.below) == ("—", "nothing to check yet")


def test_a_check_that_did_not_run_is_not_said_to_hold() -> None:
    assert verdict(open_plan("aust-wisdom-valley").result, "area-total") == "unchecked"
    assert verdict(open_plan("ustc-silicon-valley").result, "no-such-check") == "unchecked"


def test_the_strip_says_its_verdicts_in_words_and_escapes_names(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", rules=TOTAL.format(km2=3.0)))
    html = strip_html(tiles(view, "en"), "en")
    assert 'aria-label="differs from the published figure"' in html
    assert "✗ differs" in html
    label = tiles(view, "en")[0].__class__("<b>", "1", "", "<i>")
    assert "<b>" not in strip_html((label,), "en")


def test_a_plan_that_declares_no_zone_counts_what_its_file_has(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "bare", ["a", "b", "c"])
    toml = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(re.sub(r"(?ms)^\[\[zones\]\].*?(?=^\[|\Z)", "", toml), encoding="utf-8")
    view = open_plan(folder)
    assert not view.plan.zones
    (tile,) = [one for one in tiles(view, "en") if one.label == "Zones"]
    assert (tile.figure, tile.below) == ("3", "in the file; the plan declares none")
