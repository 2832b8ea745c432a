"""GeoParquet by its specification: WKB, a stated, default or unknown CRS, and nothing taken from folder names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import shapely

from geoplan.errors import InputError
from geoplan.read.parquet import head_parquet, read_parquet
from tests.read.files import SQUARES, frame, save


def rewrite(path: Path, change: Any) -> Path:
    """Write the file again with its geo metadata changed (None takes it away)."""
    table = pyarrow.parquet.read_table(path)
    metadata = dict(table.schema.metadata)
    geo = change(json.loads(metadata.pop(b"geo")))
    if geo is not None:
        metadata[b"geo"] = geo if isinstance(geo, bytes) else json.dumps(geo).encode()
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), path)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save(tmp_path / "zones.parquet", frame(count=[1, None], note=["x", None]))


def test_squares_fields_and_crs_come_out(path: Path) -> None:
    geometry, fields, crs = read_parquet(path)
    assert shapely.equals(geometry, SQUARES).all()
    assert list(fields) == ["id", "name_zh", "count", "note"]
    assert fields["note"].tolist() == ["x", None]
    assert crs is not None
    assert "CGCS2000" in crs


def column(geo: dict[str, Any], **changes: Any) -> dict[str, Any]:
    geo["columns"]["geometry"] |= changes
    return geo


def without_crs(geo: dict[str, Any]) -> dict[str, Any]:
    del geo["columns"]["geometry"]["crs"]
    return geo


def test_a_missing_crs_is_longitude_and_latitude_and_a_null_one_unknown(path: Path) -> None:
    assert read_parquet(rewrite(path, without_crs))[2] == "OGC:CRS84"
    assert read_parquet(rewrite(path, lambda geo: column(geo, crs=None)))[2] is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: None, "plain Parquet"),
        (lambda _: b"{", "Expecting property name"),
        (lambda _: b"[]", "cannot be read"),
        (lambda _: b"\xff", "cannot be read"),
        (lambda _: {}, "its metadata lacks 'primary_column'"),
        (lambda geo: geo | {"primary_column": "nothing"}, "its metadata lacks 'nothing'"),
        (lambda geo: geo | {"primary_column": ["geometry"]}, "cannot be read"),
        (lambda geo: column(geo, encoding="polygon"), "only WKB is read"),
        (lambda geo: column(geo, crs={"type": "nonsense"}), "cannot be read"),
        (lambda geo: column(geo, crs="EPSG:4548"), "cannot be read"),
        (lambda geo: geo | {"columns": []}, "cannot be read"),
    ],
)
def test_metadata_that_says_something_else_is_refused(path: Path, change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_parquet(rewrite(path, change))
    assert str(caught.value).startswith(str(path))


def test_a_geometry_column_of_text_is_refused(path: Path) -> None:
    pyarrow.parquet.write_table(
        pyarrow.table({"geometry": ["POLYGON EMPTY x"]}).replace_schema_metadata(
            {b"geo": b'{"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}'}
        ),
        path,
    )
    with pytest.raises(InputError, match="cannot be read as GeoParquet"):
        read_parquet(path)


def test_folder_names_are_no_fields(tmp_path: Path) -> None:
    folder = tmp_path / "year=2026"
    folder.mkdir()
    assert "year" not in read_parquet(save(folder / "zones.parquet"))[1]


def test_lists_and_tables_in_a_field_stay_one_value_a_feature(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.parquet", frame(tags=[["a", "b"], ["c", "d"]], more=[{"x": 1}, {"x": 2}]))
    fields = read_parquet(path)[1]
    assert fields["tags"].shape == fields["more"].shape == (2,)
    assert list(fields["tags"][1]) == ["c", "d"]


def test_the_head_tells_rows_and_columns_without_reading_shapes(path: Path) -> None:
    assert head_parquet(path) == ("Polygon", 2, ("id", "name_zh", "count", "note"))
    assert head_parquet(rewrite(path, lambda geo: column(geo, geometry_types=[])))[0] == "Unknown"
    assert head_parquet(rewrite(path, lambda geo: column(geo, geometry_types=["Polygon", "Point"])))[0] == "Unknown"
    assert head_parquet(rewrite(path, lambda geo: column(geo, geometry_types=["MultiPolygon Z"])))[0] == "Polygon"
    with pytest.raises(InputError, match="plain Parquet"):
        head_parquet(rewrite(path, lambda _: None))
