"""Service coverage and counts as documents and text: valid by their schemas, hostile names stay text."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

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
from tests.helpers import EAST, NORTH, square
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
