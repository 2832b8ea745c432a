"""Facilities: points with names; located, not located, or refused with the feature's number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from geoplan.errors import CrsError, InputError
from geoplan.read import read_facilities
from geoplan.types import Text
from tests.helpers import EAST, NORTH
from tests.read.files import frame, save

POINT = {"type": "Point", "coordinates": [117.2, 31.8]}


def written(path: Path, *rows: tuple[Any, dict[str, Any]], crs: str | None = None) -> Path:
    features = [{"type": "Feature", "geometry": shape, "properties": fields} for shape, fields in rows]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facilities.geojson"


def test_every_field_of_a_facility_is_read(path: Path) -> None:
    row = {
        "id": "f1", "name_en": "Lab", "name_zh": "实验室", "category": "research", "zone": "core", "basis": "stated",
        "accuracy_m": 250, "source": "notice", "address_en": "Road 1", "address_zh": "路1号", "note_zh": "注",
    }  # fmt: skip
    (lab,) = read_facilities(written(path, (POINT, row)))
    assert (lab.id, lab.name, lab.category, lab.zone) == ("f1", Text("Lab", "实验室"), "research", "core")
    assert lab.point is not None
    assert (lab.point.x, lab.point.y) == (117.2, 31.8)
    assert (lab.basis, lab.accuracy_m, lab.source) == ("stated", 250.0, "notice")
    assert (lab.address, lab.note) == (Text("Road 1", "路1号"), Text.same("注"))


def test_what_is_not_known_stays_unknown(path: Path) -> None:
    (bare,) = read_facilities(written(path, (None, {"name_zh": "实验室"})))
    assert (bare.id, bare.name, bare.point) == ("#1", Text.same("实验室"), None)
    assert (bare.zone, bare.accuracy_m, bare.source, bare.address, bare.note) == (None, None, None, None, None)


def test_metres_come_out_as_degrees(tmp_path: Path) -> None:
    points = frame([shapely.Point(500_000, 3_500_000)], name=["A"])
    (facility,) = read_facilities(save(tmp_path / "f.gpkg", points))
    assert facility.point is not None
    assert facility.point.x == pytest.approx(117.0, abs=1e-9)
    assert facility.point.y == pytest.approx(31.62, abs=0.01)


@pytest.mark.parametrize("code", [2384, 2436])
def test_a_datum_without_public_parameters_is_refused_not_shifted_by_nothing(tmp_path: Path, code: int) -> None:
    points = frame([shapely.Point(EAST, NORTH)], crs=code, name=["A"])
    with pytest.raises(CrsError, match=r"f\.gpkg: No public parameters take EPSG"):
        read_facilities(save(tmp_path / "f.gpkg", points))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(POINT, {"name_en": ""})], "feature #1 has no name"),
        ([(POINT, {"name_en": "A"}), (POINT, {"category": "x", "name_en": None})], "feature #2 has no name"),
        ([(POINT, {"id": "x", "name_en": "A"}), (None, {"id": "x", "name_en": "B"})], 'the id "x" is used twice'),
        ([({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, {"name_en": "A"})], "is a LineString, not a point"),
        ([({"type": "MultiPoint", "coordinates": [[0, 0]]}, {"name_en": "A"})], "is a MultiPoint, not a point"),
        ([(POINT, {"name_en": "A", "accuracy_m": "far"})], "accuracy_m is not a distance"),
        ([(POINT, {"name_en": "A", "accuracy_m": -1})], "accuracy_m is not a distance"),
        ([(POINT, {"name_en": "A", "accuracy_m": "nan"})], "accuracy_m is not a distance"),
        ([({"type": "Point", "coordinates": [31.8, 117.2]}, {"name_en": "A"})], "#1 has coordinates that are no place"),
        ([({"type": "Point", "coordinates": [500_000, 3_500_000]}, {"name_en": "A"})], "#1 has coordinates"),
    ],
)
def test_a_mistake_names_the_file_and_the_feature(path: Path, rows: list[Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_facilities(written(path, *rows))
    assert str(caught.value).startswith(str(path))


def test_no_facilities_is_no_mistake(path: Path) -> None:
    assert read_facilities(written(path)) == ()
