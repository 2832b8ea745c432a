"""The page of a check: self-contained, bilingual, safe, within its size."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
import shapely

from geoplan.api import check
from geoplan.output.html import MAX_FINDINGS, render_html
from geoplan.result import CheckResult
from geoplan.types import Text
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, make_layer, square
from tests.output import examples

VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """The tags, attributes and text of a page; fails where tags are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(result: CheckResult, layer: ZoneLayer | None = None, language: str = "en") -> Page:
    return Page(render_html(result, layer, language=language))


def full() -> CheckResult:
    return examples.result(
        examples.overlap(),
        examples.total(),
        examples.facility(),
        examples.overlap(subject="k", accepted=examples.KNOWN),
    )


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_a_hostile_name_adds_no_tag_and_no_attribute(name: str) -> None:
    harmless, attacked = (
        page(examples.named("Harmless"), examples.layer()),
        page(examples.named(name), examples.layer()),
    )
    assert set(attacked.tags) <= set(harmless.tags)
    assert {key for key, _ in attacked.attributes} <= {key for key, _ in harmless.attributes}
    assert not any(key.startswith("on") for key, _ in attacked.attributes)
    assert not re.search(r"[\x00\x1b\u202a-\u202e\u2066-\u2069]", attacked.text)


def test_a_page_has_no_script_and_asks_for_nothing() -> None:
    html = render_html(full(), examples.layer())
    parsed = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(parsed.tags)
    assert any(name == "content" and value.startswith("default-src 'none'") for name, value in parsed.attributes)
    assert not re.search(r"(https?:)?//[a-z]|@import|url\(", html.replace("<!doctype", ""))
    links = [value for name, value in parsed.attributes if name in ("href", "src")]
    assert links
    assert all(re.fullmatch(r"#f\d+", link) for link in links)


def test_marks_on_the_map_lead_to_findings_on_the_page() -> None:
    parsed = page(full(), examples.layer())
    ids = {value for name, value in parsed.attributes if name == "id"}
    assert {value[1:] for name, value in parsed.attributes if name == "href"} <= ids


def test_both_languages_are_in_the_page_and_the_one_asked_for_is_picked() -> None:
    for language in ("en", "zh"):
        html = render_html(full(), language=language)
        assert "FAILED: 1 error" in html
        assert "未通过：1 个错误" in html
        assert re.search(rf'id="lang-{language}"[^>]* checked', html)
        assert len(re.findall(r"<input[^>]* checked", html)) == 1


def test_every_english_text_has_its_chinese_beside_it() -> None:
    parsed = page(full(), examples.layer())
    classes = [word for name, value in parsed.attributes if name == "class" for word in value.split()]
    assert classes.count("en") == classes.count("zh") > 20


def test_a_page_without_boundaries_says_they_are_awaited_and_not_what_they_are_worth() -> None:
    text = page(examples.result(measurement=None), None).text
    assert text.count("boundaries not published or not loaded yet") == 2  # under the title and in the strip of figures
    assert "边界尚未公布或尚未加载" in text
    assert "indicative" not in text.lower()
    assert "示意边界" not in text


def test_the_page_says_what_the_text_report_says() -> None:
    text = " ".join(page(full(), examples.layer()).text.split())
    for said in (
        "Two squares",
        "INDICATIVE BOUNDARIES",
        "tolerance 1 m² and 0.01 m",
        "2 of 4",
        "0.0200 km²",
        "checked 2, found 2; 2 within tolerance, 0.30 m² in all",
        "skipped: no facilities",
        "area 300.00 m², width 3.000 m",
        "expected 8.220000 km², measured 0.020000 km²",
        "known, to be mended by Li until 2031-12-31: Mended in the next survey",
        "data/zones.gpkg",
        examples.SHA256,
        "EPSG:4548, declared in the file",
        "ellipsoidal areas on CGCS2000, edges straight in EPSG:4548",
    ):
        assert said in text


def test_a_clean_check_says_that_nothing_was_found() -> None:
    text = page(examples.result()).text
    assert "PASSED" in text
    assert "Nothing was found." in text


def test_a_plan_without_boundaries_has_no_area_table_and_says_so() -> None:
    parsed = page(examples.nothing_loaded())
    assert "0 of 4" in parsed.text
    assert "nothing to check" in parsed.text
    assert "km²" not in parsed.text


def test_unknown_figures_are_said_in_both_languages() -> None:
    zones = (examples.zone("a", Text.same("a"), None, None),)
    text = page(examples.result(measurement=examples.measurement(zones=zones))).text
    assert "unknown" in text
    assert "未知" in text


def test_each_finding_with_a_place_is_drawn_with_scale_and_north() -> None:
    html = render_html(full(), examples.layer())
    drawings = re.findall(r'<svg class="close-up".*?</svg>', html)
    assert len(drawings) == 3
    assert all(">N</text>" in drawing and re.search(r">\d+ m</text>", drawing) for drawing in drawings)
    assert html.count('<svg class="overview"') == 1


def test_findings_are_drawn_without_a_layer_too() -> None:
    html = render_html(full())
    assert html.count('<svg class="close-up"') == 3
    assert 'class="overview"' not in html


def rings(count: int, vertices: int) -> ZoneLayer:
    """Return zones with many vertices, side by side."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    shapes = [
        shapely.Polygon(
            np.column_stack(
                (
                    examples.EAST + 100 * place + 49 * np.cos(angle),
                    examples.NORTH + (49 + np.sin(40 * angle)) * np.sin(angle),
                )
            )
        )
        for place in range(count)
    ]
    return ZoneLayer(np.array(shapes, dtype=object), examples.GAUSS_KRUGER)


def test_five_hundred_findings_on_detailed_zones_stay_below_two_megabytes() -> None:
    layer = rings(40, 5000)
    findings = [
        examples.overlap(subject=str(place), geometry=layer.geometry[place % 40], message=Text.same("长" * 5000))
        for place in range(500)
    ]
    html = render_html(examples.result(*findings), layer)
    assert len(html.encode()) < 2_000_000
    drawn = html.count('<svg class="close-up"')
    assert 100 <= drawn < 500
    assert f"{drawn} of 500 findings with a place are drawn." in html


def test_what_is_not_listed_is_said() -> None:
    findings = [examples.overlap(subject=str(place), geometry=None) for place in range(MAX_FINDINGS + 7)]
    html = render_html(examples.result(*findings))
    assert html.count("<article") == MAX_FINDINGS
    assert "The first 500 of 507 findings are listed here" in html


def test_a_page_is_the_same_each_time() -> None:
    assert render_html(full(), examples.layer()) == render_html(full(), examples.layer())


def test_text_in_template_syntax_is_text() -> None:
    assert "{{ 7 * 7 }}" in page(examples.named("{{ 7 * 7 }}")).text
    assert "49" not in page(examples.named("{{ 7 * 7 }}")).text


def test_a_city_of_parcels_stays_a_page_that_opens() -> None:
    shapes = [square(EAST + 100 * place, NORTH, 100) for place in range(3000)]
    layer = make_layer(shapes, ids=[f"p{place}" for place in range(3000)])
    page = render_html(check(layer), layer)
    assert "2,500 more" in page
    assert len(page.encode()) < 2_000_000
