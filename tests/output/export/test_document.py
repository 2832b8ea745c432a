"""The document of an export: what was written, of which revision, in which coordinates, and its hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pyproj import CRS

from geoplan.output.export import Exported, ExportedLayer, Loss, export_document
from geoplan.output.export.values import axis_order, crs_words
from geoplan.output.handover import Facts
from geoplan.types import AreaMethod, Text

FACTS = Facts(
    plan="valley",
    name=Text("Valley", "山谷"),
    status="draft",
    worth=Text("draft boundaries", "草案边界"),
    number=3,
    hash="ab" * 32,
    published=datetime(2024, 5, 17, 8, 30, tzinfo=UTC),
    method=AreaMethod.PLANAR,
    how=None,
    projected="EPSG:4548",
    sha256=None,
)
MADE = Exported(
    name="valley_r3.gpkg",
    media_type="application/geopackage+sqlite3",
    content=b"abc",
    format="gpkg",
    facts=FACTS,
    layers=(ExportedLayer("zones", 3, 2, CRS.from_epsg(4548)), ExportedLayer("network", 1, 1, CRS.from_epsg(4326))),
    crs=CRS.from_epsg(4548),
    losses=(Loss("zones", Text("one", "一")), Loss("", Text("all", "全部"))),
)


def test_bytes_and_hash_are_those_of_the_content() -> None:
    document = export_document(MADE, "out.gpkg")
    # SHA-256 of "abc" as in FIPS 180-2, appendix B.1.
    assert document["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert document["sha256"] == hashlib.sha256(MADE.content).hexdigest()
    assert (document["bytes"], document["path"], document["format"]) == (3, "out.gpkg", "gpkg")


def test_a_revision_has_its_number_hash_and_time_in_utc() -> None:
    found = export_document(MADE, "x")["revision"]
    assert found == {"number": 3, "sha256": "ab" * 32, "time": "2024-05-17T08:30:00Z"}


@pytest.mark.parametrize(("facts", "expected"), [
    (replace(FACTS, number=None, hash=None, published=None), None),
    (replace(FACTS, published=None), {"number": 3, "sha256": "ab" * 32, "time": None}),
])  # fmt: skip
def test_what_is_not_known_of_a_revision_is_null(facts: Facts, expected: object) -> None:
    assert export_document(replace(MADE, facts=facts), "x")["revision"] == expected


def test_every_layer_has_its_own_system_and_how_many_have_a_place() -> None:
    zones, network = export_document(MADE, "x")["layers"]
    assert zones == {
        "name": "zones",
        "features": 3,
        "located": 2,
        "crs": {"code": "EPSG:4548", "axis_order": "east-north"},
    }
    assert network["crs"] == {"code": "EPSG:4326", "axis_order": "longitude-latitude"}


def test_a_workbook_has_no_system_and_losses_keep_layer_and_languages() -> None:
    document = export_document(replace(MADE, crs=None, layers=(ExportedLayer("zones", 3, 0, None),)), "x")
    assert document["crs"] is None
    assert document["layers"][0]["crs"] is None
    assert document["losses"] == [
        {"layer": "zones", "message": {"en": "one", "zh": "一"}},
        {"layer": "", "message": {"en": "all", "zh": "全部"}},
    ]
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize(("code", "order", "english", "chinese"), [
    (4548, "east-north", "x east then y north in metres", "x 向东在前、y 向北在后，单位：米"),
    (4490, "longitude-latitude", "EPSG:4490, longitude then latitude in degrees", "经度在前、纬度在后，单位为度"),
    (2263, "east-north", "x east then y north in US survey feet", "单位：US survey foot"),
])  # fmt: skip
def test_a_system_is_said_with_its_unit_and_the_order_files_have(
    code: int, order: str, english: str, chinese: str
) -> None:
    crs = CRS.from_epsg(code)
    assert axis_order(crs) == order
    assert english in crs_words(crs).en
    assert chinese in crs_words(crs).zh


def test_the_origin_of_a_file_is_its_revision_in_words() -> None:
    assert FACTS.origin == Text("revision 3, abababababab", "版本 3，abababababab")
    assert FACTS.lines()["revision_time"] == "2024-05-17T08:30:00Z"
    assert "source_sha256" not in FACTS.lines()
