"""Layers read in batches are, feature by feature and value by value, what pyogrio reads one after the other."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from geoplan.errors import InputError
from geoplan.read import gdal, read_features, read_zones
from geoplan.read.arrow import read_stream
from geoplan.shapes import RingShapes
from tests.read.files import frame, save

SHAPES = [
    box(0, 0, 1, 1),
    None,
    Polygon([(0, 0), (9, 0), (9, 9)], [[(4, 1), (5, 1), (5, 2)]]),
    MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]),
    MultiPolygon([box(4, 0, 5, 1)]),
    Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]),
    Polygon(),
]
COUNT = len(SHAPES)
FIELDS: dict[str, Any] = {
    "text": ["a", "核心区", None, "", "é", "x" * 300, "z"],
    "plain": list("abcdefg"),
    "whole": np.array([1, -2, 2**40, 0, 5, 6, 7]),
    "short": np.array([1, -2, 3, 0, 5, 6, 7], dtype=np.int16),
    "middle": np.array([1, -2, 2**30, 0, 5, 6, 7], dtype=np.int32),
    "some": [1, None, 3, 4, None, 6, 7],
    "real": [1.5, np.nan, -3.25, 0.0, 1e300, 6.0, 7.0],
    "single": np.array([1.5, 2.25, -3.25, 0.0, 1.0, 6.0, 7.0], dtype=np.float32),
    "yes": [True, False, True, True, False, False, True],
    "day": np.array(["2024-01-01"] * COUNT, dtype="datetime64[ms]"),
}


def columns() -> dict[str, Any]:
    import pandas  # noqa: PLC0415 - only here

    some = pandas.array(FIELDS["some"], dtype="Int64")
    yes = pandas.array([True, None, True, True, False, False, True], dtype="boolean")
    return FIELDS | {"some": some, "maybe": yes}


def same(one: Any, other: Any) -> bool:
    """Return whether two columns are of one kind and hold the same, what is missing included."""
    return one.dtype == other.dtype and repr(one.tolist()) == repr(other.tolist())


@pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_a_stream_holds_what_reading_feature_by_feature_does(suffix: str, batch: int, tmp_path: Path) -> None:
    # FlatGeobuf holds no heights beside shapes that have none, and features without geometry are another test.
    flat = [shapely.force_2d(shape) for shape in SHAPES if shape is not None and not shape.is_empty]
    shapes = SHAPES if suffix == "gpkg" else [*flat, box(7, 7, 8, 8), box(8, 8, 9, 9)]
    path = save(tmp_path / f"zones.{suffix}", frame(shapes, **columns()), geometry_type="Unknown")
    meta, _, wkb, values = pyogrio.raw.read(path)
    expected = dict(zip(meta["fields"], values, strict=True))
    names = [name for name in expected if name != "day"]
    lazy, found = read_stream(str(path), pyogrio.list_layers(path)[0][0], names, COUNT, batch)
    for name, column in zip(names, found, strict=True):
        assert same(column, expected[name]), name
    plain = shapely.force_2d(shapely.from_wkb(wkb))
    assert shapely.to_wkb(np.asarray(lazy)).tolist() == shapely.to_wkb(plain).tolist()


@pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
def test_a_layer_is_read_that_way_with_all_its_fields_in_their_order(suffix: str, tmp_path: Path) -> None:
    path = save(tmp_path / f"zones.{suffix}", frame(SHAPES[:1] + SHAPES[3:5], **{k: v[:3] for k, v in FIELDS.items()}))
    meta, _, _, values = pyogrio.raw.read(path)
    layer = read_zones(path, at_once=False)
    assert isinstance(layer.geometry, RingShapes)
    assert list(layer.fields) == list(meta["fields"])
    for name, column in zip(meta["fields"], values, strict=True):
        assert same(layer.fields[name], column), name
    assert isinstance(read_zones(path).geometry, np.ndarray)


@pytest.mark.parametrize("gone", [[0], [3], [6], [0, 1], [2, 5], list(range(7))])
def test_features_without_geometry_are_read_as_ever(gone: list[int], tmp_path: Path) -> None:
    shapes = [None if place in gone else box(place, 0, place + 1, 1) for place in range(COUNT)]
    for suffix in ("fgb", "gpkg"):
        path = save(tmp_path / f"zones.{suffix}", frame(shapes), geometry_type="Polygon")
        found = read_features(path, polygons=True)
        assert [one and one.bounds for one in found.geometry] == [one and one.bounds for one in shapes]


def test_curves_are_left_to_the_other_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "zones.gpkg")
    monkeypatch.setattr(gdal, "read_stream", _raises(NotImplementedError("curves")))
    assert isinstance(read_zones(path, at_once=False).geometry, np.ndarray)


@pytest.mark.parametrize("error", [ValueError("odd"), IndexError("odd"), UnicodeDecodeError("utf-8", b"", 0, 1, "odd")])
def test_what_a_stream_stumbles_over_is_told_by_the_other_way(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "zones.fgb")
    monkeypatch.setattr(gdal, "read_stream", _raises(error))
    assert len(read_zones(path)) == 2


def test_a_stream_of_fewer_features_than_stated_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "zones.fgb")
    read = gdal.read_stream

    def short(address: str, layer: str, names: Any, features: int) -> Any:
        shapes, columns = read(address, layer, names, features)
        return shapes[:1], [column[:1] for column in columns]

    monkeypatch.setattr(gdal, "read_stream", short)
    assert len(read_zones(path)) == 2


def test_a_file_cut_short_is_an_error_as_ever(tmp_path: Path) -> None:
    whole = save(tmp_path / "zones.fgb", frame([box(x, 0, x + 1, 1) for x in range(50)])).read_bytes()
    path = tmp_path / "cut.fgb"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(InputError, match="cannot be read as FlatGeobuf"):
        read_zones(path, at_once=False)


def test_a_layer_without_geometry_is_an_error_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "table.gpkg"
    pyogrio.raw.write(path, None, [np.array(["a"], dtype=object)], ["id"], driver="GPKG", geometry_type=None)
    with pytest.raises(InputError, match=r"no (layer with geometry|geometry column)"):
        read_zones(path, at_once=False)


def test_lines_and_points_come_through_too(tmp_path: Path) -> None:
    path = save(tmp_path / "roads.gpkg", frame([LineString([(0, 0), (1, 1)]), LineString([(2, 0), (3, 1)])]))
    shapes, _ = read_stream(str(path), "roads", [], 2)
    assert [shape.wkt for shape in shapes] == ["LINESTRING (0 0, 1 1)", "LINESTRING (2 0, 3 1)"]


def test_a_stream_given_up_half_way_leaves_the_file_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "zones.fgb", frame([box(x, 0, x + 1, 1) for x in range(100)]))
    monkeypatch.setattr("geoplan.read.arrow.decoded", _raises(ValueError("enough")))
    with pytest.raises(ValueError, match="enough"):
        read_stream(str(path), "zones", ["id"], 100, 10)
    gc.collect()
    path.unlink()  # which Windows refuses while a file is open
    monkeypatch.undo()
    assert len(read_stream(str(save(path)), "zones", ["id"], 2)[0]) == 2


def _raises(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail
