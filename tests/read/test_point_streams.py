"""What a file of points says of itself before it is read, and the columns that come out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.read.formats import identify
from geoplan.read.guards import UnfitError
from geoplan.read.point_streams import columns_of, decoded_texts, stream_of
from tests.read.point_files import PLACES, wkb_of, write_gdal, write_parquet


def test_a_stream_knows_its_fields_its_rows_and_its_system(tmp_path: Path) -> None:
    parquet = stream_of(identify(write_parquet(tmp_path / "p.parquet", wkb_of(PLACES))), "p", None)
    assert (parquet.fields, parquet.rows, parquet.at_least) == (("category",), 3, 3)
    assert parquet.declared is not None
    gdal = stream_of(identify(write_gdal(tmp_path / "p.fgb", "FlatGeobuf")), "p", None)
    assert (gdal.fields, gdal.rows, gdal.declared) == (("category",), 3, "EPSG:4490")


def test_a_table_knows_its_headings_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text('"a;b";x;y\n1;2;3\n')
    stream = stream_of(identify(path), "p", None)
    assert (stream.fields, stream.rows, stream.declared) == (("a;b", "x", "y"), None, None)


def test_only_the_field_asked_for_is_read(tmp_path: Path) -> None:
    for dataset in (
        identify(write_gdal(tmp_path / "p.fgb", "FlatGeobuf")),
        identify(write_parquet(tmp_path / "p.parquet", wkb_of(PLACES))),
    ):
        ((_, nothing),) = columns_of(dataset, "p", None, None)
        ((_, kinds),) = columns_of(dataset, "p", "category", None)
        assert nothing is None
        assert kinds is not None
        assert sorted(kinds.to_pylist()) == ["clinic", "school", "school"]


def test_an_encoding_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(UnfitError, match="no such encoding"):
        stream_of(identify(path), "p", "nonsense")


def test_text_that_gdal_understands_is_left_alone(tmp_path: Path) -> None:
    dataset = identify(write_gdal(tmp_path / "p.fgb", "FlatGeobuf"))
    assert decoded_texts(dataset, ("学校", ""), None) == ["学校", ""]


def test_an_encoding_of_geometry_that_nobody_writes_for_points_is_refused(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "p.parquet", wkb_of(PLACES), encoding="multipoint")
    with pytest.raises(UnfitError, match="only WKB and point are read"):
        stream_of(identify(path), "p", None)
