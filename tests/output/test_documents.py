"""The JSON documents: stable shapes, valid by their own schemas, no NaN, places in longitude and latitude."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import jsonschema
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geoplan.output.documents import (
    CHECK_SCHEMA,
    MEASURE_SCHEMA,
    check_document,
    dumps,
    geojson,
    geojson_of_many,
    measure_document,
    schema,
    write_check,
)
from geoplan.result import CheckResult
from geoplan.types import AreaMethod, Text
from tests.output import examples

LONLAT = CRS.from_epsg(4490)


def loaded(result: CheckResult) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dumps(check_document(result)))
    return document


def validate(document: object, name: str) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(document)


@pytest.mark.parametrize("name", [CHECK_SCHEMA, MEASURE_SCHEMA])
def test_a_schema_is_itself_valid_and_names_its_document(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["properties"]["schema"]["const"] == name


def test_an_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        schema("geoplan.check/99")


@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_documents_with_hostile_names_are_valid_and_keep_the_names(name: str) -> None:
    result = examples.named(name)
    document = json.loads(dumps(check_document(result)).encode("utf-8"))
    validate(document, CHECK_SCHEMA)
    expected = name.replace("\ud800", "\ufffd")
    assert document["findings"][0]["message"]["en"] == expected
    assert document["plan"]["id"] == expected
    assert result.measurement is not None
    validate(json.loads(dumps(measure_document(result.measurement))), MEASURE_SCHEMA)


@pytest.mark.parametrize(
    "result",
    [
        examples.result(),
        examples.result(examples.overlap(), examples.total(), examples.facility()),
        examples.result(examples.overlap(accepted=examples.KNOWN)),
        examples.result(plan=None),
        examples.nothing_loaded(),
    ],
    ids=["clean", "findings", "accepted", "no plan", "nothing loaded"],
)
def test_every_kind_of_result_is_valid_by_the_schema(result: CheckResult) -> None:
    validate(loaded(result), CHECK_SCHEMA)


@pytest.mark.parametrize(
    "broken",
    [
        {"passed": "yes"},
        {"schema": "geoplan.check/2"},
        {"tolerance": {"area_m2": -1, "width_m": 0}},
        {"findings": [{}]},
        {"area": {}},
    ],
    ids=["type", "name", "negative", "finding", "area"],
)
def test_the_schema_refuses_what_is_not_such_a_document(broken: dict[str, Any]) -> None:
    document = loaded(examples.result(examples.overlap())) | broken
    with pytest.raises(jsonschema.ValidationError):
        validate(document, CHECK_SCHEMA)


def test_the_check_document_has_the_promised_keys_in_order() -> None:
    document = loaded(examples.result(examples.overlap()))
    promised = ["schema", "passed", "plan", "input", "tolerance", "area", "checked", "findings"]
    assert [key for key in document if key in promised] == promised
    assert {"path", "layer", "features", "sha256"} <= set(document["input"])
    assert {"method", "crs", "total_m2", "zones", "groups"} <= set(document["area"])
    assert {"id", "name", "area_m2", "share", "geodesic_m2", "planar_m2"} <= set(document["area"]["zones"][0])
    assert list(document["findings"][0]) == [
        "id",
        "check",
        "severity",
        "zones",
        "message",
        "area_m2",
        "width_m",
        "expected",
        "measured",
        "unit",
        "geometry",
        "accepted",
    ]


def test_the_measure_document_has_the_promised_keys() -> None:
    document = measure_document(examples.measurement())
    assert {"schema", "input", "crs", "projected", "total", "zones"} <= set(document)
    assert document["total"] == {"ellipsoidal_m2": 20_000.0, "geodesic_m2": 20_000.02, "planar_m2": 20_000.2}
    assert {"hectares", "mu", "km2", "share", "perimeter_m"} <= set(document["zones"][0])


def test_units_of_a_measurement_are_converted_by_hand_calculated_factors() -> None:
    zone = measure_document(examples.measurement())["zones"][0]  # 10,000 m²
    assert (zone["hectares"], zone["mu"], zone["km2"]) == (1.0, pytest.approx(15.0), 0.01)


def test_hectares_follow_the_chosen_method() -> None:
    zone = measure_document(examples.measurement(method=AreaMethod.PLANAR))["zones"][0]
    assert zone["hectares"] == pytest.approx(1.00001, rel=1e-12)


def test_values_are_those_of_the_result() -> None:
    finding = examples.overlap(accepted=examples.KNOWN)
    document = loaded(examples.result(finding, examples.total()))
    first, second = document["findings"]
    assert document["passed"] is True
    assert document["tolerance"] == {"area_m2": 1.0, "width_m": 0.01}
    assert (first["id"], first["area_m2"], first["width_m"], first["unit"]) == (finding.id, 300.0, 3.0, "m2")
    assert first["accepted"] == {
        "kind": "known",
        "reason": {"en": "Mended in the next survey", "zh": "下次测量时修正"},
        "author": "Li",
        "expires": "2031-12-31",
    }
    assert (second["geometry"], second["expected"], second["measured"]) == (None, 8.22, 0.02)
    assert document["checked"][0] == {
        "check": "overlap",
        "findings": 1,
        "examined": 2,
        "tolerated": 2,
        "tolerated_m2": 0.3,
        "skipped": None,
    }
    assert document["plan"]["declared"] == 4
    assert document["plan"]["loaded"] == 2


def test_a_result_without_a_layer_has_null_input_and_area() -> None:
    document = loaded(examples.nothing_loaded())
    assert document["input"] is None
    assert document["area"] is None
    assert document["checked"][0]["skipped"] == {"en": "no boundaries", "zh": "没有边界"}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_figure_that_is_no_number_is_null(value: float) -> None:
    finding = examples.overlap(area_m2=value, measured=value, width_m=np.float64(value))
    document = loaded(examples.result(finding))["findings"][0]
    assert (document["area_m2"], document["measured"], document["width_m"]) == (None, None, None)


def test_a_zone_without_figures_is_null_throughout() -> None:
    zones = (examples.zone("a", Text.same("a"), None, None),)
    document = measure_document(examples.measurement(zones=zones))
    assert {document["zones"][0][key] for key in ("hectares", "mu", "km2", "share", "perimeter_m")} == {None}
    validate(document, MEASURE_SCHEMA)


def test_dumping_refuses_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"a": math.nan})


def test_dumping_is_stable_utf8_text_with_one_position_a_line() -> None:
    text = dumps(check_document(examples.result(examples.overlap())))
    assert text == dumps(check_document(examples.result(examples.overlap())))
    assert "甲区" in text
    assert text.endswith("}\n")
    positions = [line for line in text.splitlines() if line.strip().startswith("[1")]
    assert len(positions) == 5  # a closed ring of four corners


def test_text_that_looks_like_layout_is_not_touched() -> None:
    name = "[\n 1,\n 2\n]"
    assert json.loads(dumps({"a": name})) == {"a": name}


def test_geometry_is_in_degrees_with_nine_decimals() -> None:
    made = geojson(shapely.Point(examples.EAST, examples.NORTH), examples.GAUSS_KRUGER)
    # An independent way there: pyproj, east and north in, longitude and latitude out.
    expected = Transformer.from_crs(4548, 4490, always_xy=True).transform(examples.EAST, examples.NORTH)
    assert made is not None
    assert made["coordinates"] == pytest.approx(expected, abs=5.1e-10)
    assert all(round(value, 9) == value for value in made["coordinates"])


@pytest.mark.parametrize("reverse", [False, True])
def test_outer_rings_run_counter_clockwise_and_holes_clockwise(reverse: bool) -> None:
    shape: BaseGeometry = shapely.Polygon(
        [(117, 31), (118, 31), (118, 32), (117, 32)], [[(117.4, 31.4), (117.6, 31.4), (117.6, 31.6), (117.4, 31.6)]]
    )
    made = geojson(shapely.reverse(shape) if reverse else shape, LONLAT)
    assert made is not None
    outer, hole = (shapely.LinearRing(ring) for ring in made["coordinates"])
    assert outer.is_ccw
    assert not hole.is_ccw


def test_heights_are_left_out() -> None:
    made = geojson(shapely.Point(117, 31, 50), LONLAT)
    assert made == {"type": "Point", "coordinates": [117.0, 31.0]}


@pytest.mark.parametrize(
    ("geometry", "crs"),
    [
        (None, LONLAT),
        (shapely.Polygon(), LONLAT),
        (shapely.Point(1, 1), None),
        (shapely.Point(math.inf, 1), LONLAT),
        (shapely.Point(1e12, 1e12), examples.GAUSS_KRUGER),
    ],
    ids=["none", "empty", "no crs", "infinite", "out of range"],
)
def test_what_has_no_place_on_the_globe_is_null(geometry: BaseGeometry | None, crs: CRS | None) -> None:
    assert geojson(geometry, crs) is None


def test_a_collection_is_a_collection() -> None:
    shape = shapely.GeometryCollection([shapely.Point(117, 31), shapely.box(117, 31, 118, 32)])
    made = geojson(shape, LONLAT)
    assert made is not None
    assert [part["type"] for part in made["geometries"]] == ["Point", "Polygon"]
    finding = replace(examples.overlap(), geometry=shape)
    validate(loaded(examples.result(finding, crs=LONLAT)), CHECK_SCHEMA)


@pytest.mark.parametrize(
    "result",
    [
        examples.result(),
        examples.result(examples.overlap(), examples.total(), examples.facility(), examples.overlap()),
        examples.nothing_loaded(),
    ],
    ids=["clean", "findings", "nothing loaded"],
)
def test_a_check_written_piece_by_piece_is_the_same_text(result: CheckResult) -> None:
    pieces: list[str] = []
    write_check(result, pieces.append)
    assert "".join(pieces) == dumps(check_document(result))


def test_many_geometries_become_geojson_as_each_alone() -> None:
    crs = CRS.from_epsg(4548)
    shapes = [
        shapely.box(
            500_000 + 70 * place, 3_520_000, 500_000 + 70 * place + 50.123456789, 3_520_040, ccw=bool(place % 2)
        )
        for place in range(40)
    ]
    shapes += [shapely.MultiPolygon(shapes[:2]), shapely.Point(500_000, 3_520_000), shapely.LineString(), None]
    shapes += [shapely.Point(9e9, 9e9), shapes[0].difference(shapes[0].buffer(-5))]
    together = geojson_of_many(shapes, crs)
    assert together == [geojson(shape, crs) for shape in shapes]
    assert [place for place, made in enumerate(together) if made is None] == [42, 43, 44]
    assert geojson_of_many(shapes, None) == [None] * len(shapes)
    assert geojson_of_many([], crs) == []
