from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from shapely import Point

from geoplan.output.map import Pick
from geoplan.types import Facility, Text
from geoplan.ui.card import basis_text, card_html, error_html, method_html, plan_html, source_line
from geoplan.workflow import PlanView, open_plan
from tests.plan_folders import HOSTILE, write_plan
from tests.records import revision


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_zone_card_names_the_zone_in_both_languages_the_reader_s_first(valley: PlanView) -> None:
    english, chinese = (text_of(card_html(valley, Pick("zone", "core"), language)) for language in ("en", "zh"))
    assert english.index("Core Area") < english.index("核心区")
    assert chinese.index("核心区") < chinese.index("Core Area")


def test_a_zone_card_gives_the_area_in_four_units_that_agree(valley: PlanView) -> None:
    card = text_of(card_html(valley, Pick("zone", "core"), "en")).replace(",", "")
    found = re.search(r"([\d.]+) km² ([\d.]+) ha ([\d.]+) mu ([\d.]+) m²", card)
    assert found is not None
    km2, ha, mu, m2 = map(float, found.groups())
    assert m2 == pytest.approx(km2 * 1e6, abs=51)  # 4 decimals of a km² are 50 m² either way
    assert m2 == pytest.approx(ha * 1e4, abs=0.51)
    assert m2 == pytest.approx(mu * 2000 / 3, abs=0.34)


def test_a_zone_card_names_method_basis_accuracy_and_dated_source(valley: PlanView) -> None:
    card = text_of(card_html(valley, Pick("zone", "core"), "en"))
    assert "ellipsoidal areas on CGCS2000, edges straight in EPSG:4548" in card
    assert "Indicative boundary: the area is what is drawn here, not a published figure." in card
    assert "Basis Indicative. Stated: around Zhongan Chuanggu Technology Park." in card
    assert "Accuracy within 400 m" in card
    assert "2022-06-24" in card
    assert "Hefei National High-tech Industry Development Zone" in card


def test_a_zone_card_names_the_facilities_whose_place_lies_in_it_and_its_revision(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "trial", ["First", "Second"], facilities=["Park", "School"])
    card = text_of(card_html(open_plan(folder), Pick("zone", "z0"), "en"))
    assert "Facilities inside (1) Park" in card  # the middle of the first square; the other lies in the second
    assert "School" not in card
    assert "zones in the plan folder, not published as a revision" in card


def test_a_facility_card_says_how_its_place_is_known_and_how_well(valley: PlanView) -> None:
    card = text_of(card_html(valley, Pick("facility", "iflytek-headquarters"), "en"))
    assert "general knowledge, unverified" in card
    assert "within 700 m" in card
    assert "117.1400° E, 31.8350° N" in card


def test_a_place_in_the_west_is_not_said_to_be_in_the_east(valley: PlanView) -> None:
    assert "122.0600° W, 37.3900° N" in card_html(valley, Pick("facility", "centre-silicon-valley"), "en")


def test_a_facility_without_a_place_says_so_and_gives_no_coordinates(wisdom: PlanView) -> None:
    card = text_of(card_html(wisdom, Pick("facility", "new-energy-centre"), "en"))
    assert "not located: the address is not known" in card
    assert "°" not in card


def test_a_zone_awaiting_its_boundary_shows_no_area(wisdom: PlanView) -> None:
    card = text_of(card_html(wisdom, Pick("zone", "zone-1"), "en"))
    assert "The boundary of this zone is not published yet." in card
    assert "km²" not in card


def test_an_id_the_plan_does_not_know_is_said_to_be_unknown(valley: PlanView) -> None:
    assert "There is no zone “moon” in this plan." in card_html(valley, Pick("zone", "moon"), "en")
    assert "本规划中没有设施“moon”。" in card_html(valley, Pick("facility", "moon"), "zh")


def test_the_plan_card_says_what_the_boundaries_are_worth(valley: PlanView) -> None:
    assert "INDICATIVE" in plan_html(valley, "en")
    assert "示意边界" in plan_html(valley, "zh")


def test_the_plan_card_of_a_plan_without_boundaries_says_what_to_do_when_they_come(wisdom: PlanView) -> None:
    card = text_of(plan_html(wisdom, "en"))
    assert "0 of 4 boundaries loaded" in card
    assert "geoplan load FILE aust-wisdom-valley" in card
    assert "indicative" not in card.lower()


def test_the_plan_card_of_a_plan_that_declares_nothing_says_that_boundaries_are_awaited(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('format = 1\nid = "bare"\nname = "Bare"\nstatus = "indicative"\n')
    bare = open_plan(tmp_path)
    assert "boundaries not published or not loaded yet" in plan_html(bare, "en")
    assert "边界尚未公布或尚未加载" in plan_html(bare, "zh")
    assert "INDICATIVE" not in plan_html(bare, "en")


def test_the_published_figures_are_shown_with_their_source(valley: PlanView) -> None:
    said = text_of(method_html(valley, "en"))
    assert "Published: will cover 8.22 square kilometers in total. Source: Anhui lays out blueprint" in said
    assert "nearly 90 percent" in said


def test_a_source_the_plan_does_not_list_is_named_by_its_id_and_none_is_said_to_be_none() -> None:
    assert source_line(None, "lost", "en") == "lost"
    assert source_line(None, None, "en") == "no source recorded"


def test_the_words_for_how_a_place_is_known_are_translated_and_others_kept() -> None:
    assert basis_text("derived", "zh") == "推得"
    assert basis_text("measured on site", "zh") == "measured on site"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("pick", [Pick("zone", "z0"), Pick("facility", "f0")])
def test_a_hostile_name_is_text_in_every_card(tmp_path: Path, name: str, pick: Pick) -> None:
    view = open_plan(write_plan(tmp_path / "trial", [name], facilities=[name]))
    html = card_html(view, pick, "en")
    assert not re.search(r"<(script|img)", html)
    assert 'onerror="' not in html


def test_a_hostile_id_in_a_link_is_text(valley: PlanView) -> None:
    assert "<img" not in card_html(valley, Pick("zone", "<img src=x onerror=alert(1)>"), "en")


def test_the_error_panel_escapes_what_it_shows_and_says_what_to_do() -> None:
    html = error_html("Title", "<b>plan.toml", ["<script>alert(1)</script>"], "Mend it.", "en")
    assert "<script>" not in html
    assert "<b>" not in html
    assert "Mend it." in html
    assert 'role="alert"' in html


def revised(view: PlanView, **changes: object) -> PlanView:
    return replace(view, revision=revision(3, **changes))


def test_a_card_of_a_published_zone_names_the_revision_its_time_and_its_hash(tmp_path: Path) -> None:
    view = revised(open_plan(write_plan(tmp_path / "trial", ["First"])), hash="abcdef0123456789" * 4)
    english, chinese = (text_of(card_html(view, Pick("zone", "z0"), language)) for language in ("en", "zh"))
    assert "5 Jul 2024, 00:30 UTC" in english
    assert "abcdef012345" in english
    assert "2024年7月5日 00:30 UTC" in chinese


def test_a_zone_with_more_facilities_than_a_card_holds_says_how_many_more(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["First"]))
    inside = Point(117.105, 31.805)
    many = tuple(Facility(f"f{one}", Text(f"Place {one}", f"地点{one}"), "x", inside) for one in range(25))
    card = text_of(card_html(replace(view, facilities=many), Pick("zone", "z0"), "en"))
    assert "Facilities inside (25)" in card
    assert card.count("Place ") == 20
    assert "5 more" in card


def test_a_zone_without_facilities_says_none_and_a_long_name_is_cut(tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["First"]))
    bare = text_of(card_html(view, Pick("zone", "z0"), "en"))
    assert "Facilities inside (0)" in bare
    long = Facility("f", Text.same("n" * 5000), "x", Point(117.105, 31.805))
    card = card_html(replace(view, facilities=(long,)), Pick("zone", "z0"), "en")
    assert card.count("n" * 59) == 1
    assert "n" * 61 not in card


@pytest.mark.parametrize(("point", "said"), [
    (Point(-122.06, 37.39), "122.0600° W, 37.3900° N"), (Point(151.2, -33.87), "151.2000° E, 33.8700° S"),
    (Point(0, 0), "0.0000° E, 0.0000° N"), (Point(-0.0, -0.0), "0.0000° E, 0.0000° N"),
    (Point(-179.99999, -89.99999), "180.0000° W, 90.0000° S"),
])  # fmt: skip
def test_a_place_is_told_by_its_hemispheres(point: Point, said: str, valley: PlanView) -> None:
    view = replace(valley, facilities=(Facility("f", Text.same("F"), "x", point),))
    assert said in card_html(view, Pick("facility", "f"), "en")


def test_a_facility_of_a_zone_the_plan_does_not_know_names_it_as_it_is_written(valley: PlanView) -> None:
    one = Facility("f", Text.same("F"), "", Point(117, 31), zone="<zone 9>")
    card = card_html(replace(valley, facilities=(one,)), Pick("facility", "f"), "en")
    assert "&lt;zone 9&gt;" in card
    assert "within" not in text_of(card)  # its accuracy is unknown, and said to be
    assert "unknown" in text_of(card)


@pytest.mark.parametrize("status", ["official", "indicative", "draft"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_an_official_area_is_not_said_to_be_as_drawn(status: str, language: str, tmp_path: Path) -> None:
    view = open_plan(write_plan(tmp_path / "trial", ["First"], status=status))
    card = text_of(card_html(view, Pick("zone", "z0"), language))
    said = {"en": "not a published figure", "zh": "并非公布"}[language]
    assert (said in card) == (status != "official")


def test_the_card_of_one_zone_alone_has_all_of_the_ground(tmp_path: Path) -> None:
    card = text_of(card_html(open_plan(write_plan(tmp_path / "trial", ["Only"])), Pick("zone", "z0"), "en"))
    assert "100.00 %" in card
