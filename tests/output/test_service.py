"""Service coverage and counts as documents and text: valid by their schemas, hostile names stay text."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import jsonschema
import pytest
from rich.cells import cell_len

from geoplan.facility_counts import count_facilities
from geoplan.ground import Opened
from geoplan.output.documents import dumps, schema
from geoplan.output.service import (
    FACILITIES_SCHEMA,
    SERVICE_SCHEMA,
    facilities_document,
    render_facilities,
    render_service,
    service_document,
)
from geoplan.service import service_coverage
from geoplan.types import Text
from geoplan.workflow import open_plan
from tests.facility_views import nowhere, opened, place
from tests.helpers import EAST, NORTH, make_layer, square
from tests.output.examples import HOSTILE, HOSTILE_IDS

ZONE = square(EAST, NORTH, 1_000)


def validate(document: object, name: str) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(document)


def views() -> list[Opened]:
    return [
        opened([ZONE], place("s", 500, 500)),
        opened([ZONE, None], place("s", 500, 500, accuracy_m=None), nowhere("t")),
        opened([ZONE], place("s", 5_000, 500, zone="nonsense", accuracy_m=100)),
        opened([ZONE], nowhere("s")),
    ]


@pytest.mark.parametrize("name", [SERVICE_SCHEMA, FACILITIES_SCHEMA])
def test_a_schema_is_itself_valid_and_names_its_document(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["properties"]["schema"]["const"] == name


@pytest.mark.parametrize("view", views(), ids=["plain", "unknown", "misplaced", "unlocated"])
def test_every_kind_of_result_is_valid_by_its_schema(view: Opened) -> None:
    validate(json.loads(dumps(service_document(view, service_coverage(view, "school", 500)))), SERVICE_SCHEMA)
    validate(json.loads(dumps(facilities_document(view, count_facilities(view)))), FACILITIES_SCHEMA)


def test_the_bundled_plan_is_valid_for_every_category_and_radius() -> None:
    view = open_plan("ustc-silicon-valley")
    for category, radius in (("university", 500.0), ("industry-base", 300.0), ("innovation-centre", 1000.0)):
        document = service_document(view, service_coverage(view, category, radius))
        validate(json.loads(dumps(document)), SERVICE_SCHEMA)
    assert document["norm"]["en"].startswith("15-minute living circle")
    assert document["total"]["share"] == 0


@pytest.mark.parametrize("broken", [{"radius_m": 0}, {"total": {}}, {"schema": "geoplan.service/2"}, {"zones": [1]}])
def test_the_schema_refuses_what_is_not_such_a_document(broken: dict[str, object]) -> None:
    view = views()[0]
    with pytest.raises(jsonschema.ValidationError):
        validate(service_document(view, service_coverage(view, "school", 500)) | broken, SERVICE_SCHEMA)


def test_an_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        schema("geoplan.service/99")


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_hostile_names_stay_text(name: str) -> None:
    school = replace(place("s", 500, 500, zone=name), name=Text.same(name), category=name)
    view = opened([ZONE], school)
    found, counts = service_coverage(view, name, 500), count_facilities(view)
    for text in (render_service(view, found, width=60), render_facilities(view, counts, width=60)):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert all(len(line) <= 120 for line in text.splitlines())
    dumps(service_document(view, found)).encode("utf-8")
    dumps(facilities_document(view, counts)).encode("utf-8")


def test_the_text_says_what_is_unknown_and_what_is_tolerated() -> None:
    view = opened([square(EAST, NORTH, 700)], place("s", 350, 350, accuracy_m=None), tolerance=None)
    text = render_service(view, service_coverage(view, "school", 494.9))
    assert "unknown" in text
    assert "within the tolerance" in text
    assert "Caution: The accuracy of 1 of 1 facilities is unknown" in " ".join(text.split())


def test_a_facility_in_another_zone_than_it_names_is_listed_with_its_distance() -> None:
    zones = [ZONE, square(EAST + 1_000, NORTH, 1_000)]
    view = opened(zones, place("s", 500, 500, zone="b"), place("t", 500, 500, zone="nonsense"))
    text = render_facilities(view, count_facilities(view))
    assert "s: 500 m outside b" in text
    assert "t: names nonsense, which does not exist" in text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1, 57, 200])
@pytest.mark.parametrize("view", views(), ids=["plain", "unknown", "misplaced", "unlocated"])
def test_no_line_is_wider_than_asked_and_figures_stand_in_every_width(view: Opened, width: int, language: str) -> None:
    found = service_coverage(view, "school", 500)
    for text in (
        render_service(view, found, language=language, width=width),
        render_facilities(view, count_facilities(view), language=language, width=width),
    ):
        lines = text.splitlines()
        assert text.endswith("\n")
        assert all(cell_len(line) <= max(width, 40) for line in lines)
        assert any(re.search(r"\d\.\d{4}", line) for line in lines)  # km², which is never cut away


def test_more_zones_than_a_table_holds_are_counted_and_the_document_has_them_all() -> None:
    zones = [square(EAST + 20 * place, NORTH, 20) for place in range(130)]
    view = opened(make_layer(zones, ids=[f"z{place}" for place in range(130)]), place("s", 10, 10))
    counts = count_facilities(view)
    text = render_facilities(view, counts, width=120)
    assert "… 32 more (--json)" in text  # 130 zones and two rows below them, of which 100 are shown
    assert "…另有 32 个（--json）" in render_facilities(view, counts, language="zh", width=120)
    assert len(facilities_document(view, counts)["zones"]) == 130
    served = service_coverage(view, "school", 300)
    assert "more (--json)" in render_service(view, served, width=120)
    assert len(service_document(view, served)["zones"]) == 130


def test_the_share_of_a_square_is_that_of_the_disc_in_it() -> None:
    # A disc of 500 m in the middle of a square of 1000 m: π/4 of it.
    view = opened([ZONE], place("s", 500, 500))
    text = render_service(view, service_coverage(view, "school", 500), width=100)
    assert text.count("78.54 % – 78.54 %") == 2  # of the zone and of all; an exact place has no range
    assert "0.7854" in text
    assert "0.2146" in text


@pytest.mark.parametrize(("radius", "en", "zh"), [
    (300.0, "5-minute living circle, GB 50180-2018", "五分钟生活圈，GB 50180-2018"),
    (500.0, "10-minute", "十分钟生活圈"),
    (800.0, "15-minute", "十五分钟生活圈"),
    (1000.0, "15-minute", "十五分钟生活圈"),
    (650.0, None, None),
])  # fmt: skip
def test_a_radius_of_the_norm_is_named_after_it_and_no_other(radius: float, en: str | None, zh: str | None) -> None:
    view = opened([ZONE], place("s", 500, 500))
    found = service_coverage(view, "school", radius)
    english, chinese = (" ".join(render_service(view, found, language=one).split()) for one in ("en", "zh"))
    assert ("living circle" in english) == (en is not None)
    assert en is None or en in english
    assert zh is None or zh in chinese.replace(" ", "").replace("GB50180", "GB 50180")
    document = service_document(view, found)
    assert (document["norm"] is None) == (en is None)


def test_a_place_outside_the_zone_it_names_is_told_with_its_distance() -> None:
    view = opened([ZONE], place("s", 1_250, 500, zone="a"), place("t", 500, 500, zone="nonsense"))
    counts = count_facilities(view)
    english, chinese = (render_facilities(view, counts, language=one) for one in ("en", "zh"))
    assert "s: 250 m outside a" in english
    assert "t: names nonsense, which does not exist" in english
    assert "s：位于 a 之外 250 m" in chinese
    assert "t：注明的分区 nonsense 不存在" in chinese


def test_colours_change_no_word() -> None:
    view = opened([ZONE], place("s", 500, 500, accuracy_m=None), nowhere("t"))
    found, counts = service_coverage(view, "school", 500), count_facilities(view)
    for plain, coloured in (
        (render_service(view, found), render_service(view, found, colour=True)),
        (render_facilities(view, counts), render_facilities(view, counts, colour=True)),
    ):
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
