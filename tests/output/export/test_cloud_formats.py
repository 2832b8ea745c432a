"""FlatGeobuf and GeoParquet: the index, the covering, the metadata their standards name."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import CRS

from geoplan.output.export import export_bytes, write_export
from tests.output.export.ground import EAST, NORTH, squares


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = export_bytes(squares(tmp_path_factory.mktemp("parquet")), "parquet")
    return pq.read_table(io.BytesIO(made.content))


def test_geoparquet_names_its_version_system_and_covering(parquet: Any) -> None:
    geo = json.loads(parquet.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert CRS.from_json_dict(column["crs"]).to_epsg() == 4548
    assert column["covering"] == {"bbox": {name: ["bbox", name] for name in ("xmin", "ymin", "xmax", "ymax")}}
    assert column["bbox"] == [EAST, NORTH, EAST + 2100, NORTH + 2100]
    assert column["orientation"] == "counterclockwise"


def test_every_row_of_geoparquet_has_its_box_and_its_rings_turn_as_stated(parquet: Any) -> None:
    boxes = parquet.column("bbox").to_pylist()
    assert boxes[0] == {"xmin": EAST, "ymin": NORTH, "xmax": EAST + 1000, "ymax": NORTH + 1000}
    first = shapely.from_wkb(parquet.column("geometry")[0].as_py())
    assert first.exterior.is_ccw
    assert not first.interiors[0].is_ccw


def test_geoparquet_says_what_it_is_worth_and_keeps_nulls(parquet: Any) -> None:
    about = json.loads(parquet.schema.metadata[b"geoplan"])
    assert about["status"] == "indicative"
    assert parquet.column("accuracy_m").to_pylist() == [0.5, None]
    assert str(parquet.schema.field("revision").type) == "int64"


def test_flatgeobuf_has_an_index_that_finds_by_window(tmp_path: Path) -> None:
    path = tmp_path / "out.fgb"
    write_export(squares(tmp_path), "fgb", path)
    info = pyogrio.read_info(path)
    assert info["capabilities"]["fast_spatial_filter"]
    window = (EAST + 1900, NORTH + 1900, EAST + 2200, NORTH + 2200)
    assert pyogrio.read_dataframe(path, bbox=window)["id"].tolist() == ["b"]
    assert "Squares / 方块" in (info["layer_metadata"] or {}).get("TITLE", "")


def test_flatgeobuf_tells_that_the_order_is_the_indexs_and_leaves_out_what_is_nowhere(tmp_path: Path) -> None:
    view = squares(tmp_path, facilities=("Here", "Nowhere"))
    assert any("order of the spatial index" in loss.message.en for loss in export_bytes(view, "fgb").losses)
    made = export_bytes(view, "fgb", layer="facilities")
    assert [(layer.features, layer.located) for layer in made.layers] == [(1, 1)]
    assert any(loss.message.en.startswith("1 without a place") for loss in made.losses)
