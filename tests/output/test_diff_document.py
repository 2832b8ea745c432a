"""The document of a comparison: the promised keys, valid by its own schema, figures of squares worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import shapely

from geoplan.diff import Comparison, Version, compare
from geoplan.output.diff_document import DIFF_SCHEMA, diff_document
from geoplan.output.documents import dumps, schema
from geoplan.types import Facility, Text
from tests.diffs import PLANE, at, zone_set
from tests.output import examples

WEST, EAST_HALF = at(0, 0, 50, 100), at(50, 0, 50, 100)


def everything(name: str = "a") -> Comparison:
    """A zone that grew and was renamed, one recoded, one gone; findings, a facility, measurements, hashes."""
    before = zone_set({name: WEST, "b": EAST_HALF, "r": at(0, 500, 9, 9)}, label=["old", None, 1.5])
    after = zone_set({name: at(0, 0, 100, 100), "s": at(0, 500, 9, 9)}, label=[name, 1.5])
    (lon, lat) = (117.2, 31.8)
    inside = Facility("f", Text.same(name), "lab", shapely.Point(lon, lat))
    return compare(
        Version(name, before, 1, examples.SHA256, result=examples.result(examples.overlap())),
        Version("new.gpkg", after, 2, None, result=examples.result(examples.total())),
        facilities=[inside],
    )


def loaded(comparison: Comparison) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dumps(diff_document(comparison)))
    return document


def validate(document: object) -> None:
    jsonschema.Draft202012Validator(schema(DIFF_SCHEMA)).validate(document)


def test_the_schema_is_itself_valid_and_names_its_document() -> None:
    jsonschema.Draft202012Validator.check_schema(schema(DIFF_SCHEMA))
    assert schema(DIFF_SCHEMA)["properties"]["schema"]["const"] == DIFF_SCHEMA == "geoplan.diff/1"


def test_the_document_has_the_promised_keys_in_order() -> None:
    document = loaded(everything())
    promised = ["schema", "from", "to", "zones", "totals", "findings", "facilities"]
    assert [key for key in document if key in promised] == promised
    zone = {"id", "change", "area_before_m2", "area_after_m2", "moved_in_m2", "moved_out_m2", "fields"}
    assert zone <= set(document["zones"][0])
    assert set(document["findings"]) == {"introduced", "fixed"}
    assert set(document["facilities"]) == {"changed_zone"}


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_documents_with_hostile_names_are_valid(name: str) -> None:
    document = loaded(everything(name))
    validate(document)
    assert name.replace("\ud800", "\ufffd") in {zone["id"] for zone in document["zones"]}


def test_the_zones_say_what_happened_to_them() -> None:
    zones = {zone["id"]: zone for zone in loaded(everything())["zones"]}
    assert {key: zone["change"] for key, zone in zones.items()} == {"a": "merged", "b": "merged", "s": "recoded"}
    assert (zones["b"]["into"], zones["s"]["from"], zones["s"]["into"]) == (["a"], ["r"], ["s"])
    assert zones["a"]["fields"] == {"label": ["old", "a"]}
    figures = [zones["a"][key] for key in ("area_before_m2", "area_after_m2", "moved_in_m2", "moved_out_m2")]
    assert figures == pytest.approx([5000, 10_000, 5000, 0], rel=PLANE)


def test_every_zone_is_listed_the_unchanged_ones_too() -> None:
    same = Version("a", zone_set({"a": WEST, "b": EAST_HALF}))
    document = loaded(compare(same, same))
    assert [(zone["id"], zone["change"]) for zone in document["zones"]] == [("a", "unchanged"), ("b", "unchanged")]
    assert document["unchanged"] is True
    assert document["totals"]["changes"]["unchanged"] == 2
    validate(document)


def test_what_is_not_known_is_null() -> None:
    document = loaded(
        compare(Version("a", zone_set({"a": None})), Version("b", zone_set({"a": WEST}, x=[float("inf")])))
    )
    (zone,) = document["zones"]
    assert (zone["area_before_m2"], zone["moved_in_m2"], zone["share_before"]) == (None, None, None)
    assert zone["fields"] == {"x": [None, None]}
    assert document["from"] == {"label": "a", "revision": None, "sha256": None, "zones": 1}
    validate(document)


def test_totals_shares_and_groups_are_those_of_the_measurements() -> None:
    totals = loaded(everything())["totals"]
    assert (totals["before_m2"], totals["after_m2"], totals["difference_m2"]) == (20_000.0, 20_000.0, 0.0)
    assert (totals["method"], totals["crs"]) == ("ellipsoidal", "EPSG:4548")
    assert (totals["zones_before"], totals["zones_after"]) == (3, 2)
    (group,) = totals["groups"]
    assert (group["id"], group["share_before"], group["share_after"]) == ("east", 0.5, 0.5)


def test_findings_and_transfers_are_named() -> None:
    document = loaded(everything())
    assert [finding["id"] for finding in document["findings"]["introduced"]] == [examples.total().id]
    assert [finding["id"] for finding in document["findings"]["fixed"]] == [examples.overlap().id]
    (transfer,) = document["transfers"]
    assert transfer == {"from": "b", "to": "a", "area_m2": pytest.approx(5000, rel=PLANE)}


@pytest.mark.parametrize(
    "broken",
    [
        {"schema": "geoplan.diff/2"},
        {"zones": [{"id": "a", "change": "improved"}]},
        {"totals": {}},
        {"findings": {"introduced": []}},
        {"from": "old.gpkg"},
    ],
    ids=["name", "change", "totals", "findings", "from"],
)
def test_the_schema_refuses_what_is_not_such_a_document(broken: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate(loaded(everything()) | broken)
