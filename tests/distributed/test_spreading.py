"""GeoParquet read by workers: in parts of any size, from a file or a folder, as reading the file on one machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from geoplan.distributed import Spreading
from geoplan.distributed.parts import even_edges, parts_of_file, rows_of_part
from geoplan.errors import GeoplanError, InputError, UsageError
from geoplan.output.documents import measure_document
from geoplan.read import read_zones
from geoplan.workflow import check_layer, measure_layer
from geoplan.zones import ZoneLayer
from tests.distributed.crews import Here
from tests.distributed.layers import STRICT, checked, fabric, hostile, measured
from tests.helpers import EAST, NORTH, square


def write(path: Path, layer: ZoneLayer, rows: int, crs: Any = 4548, **fields: Any) -> Path:
    """Write a layer as GeoParquet with so many rows in a group."""
    blobs = [None if shape is None else shapely.to_wkb(shape) for shape in layer.geometry]
    columns = {"id": layer.fields["id"].tolist(), **fields, "shape": pa.array(blobs, type=pa.binary())}
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": []}
    if crs is None or crs:
        column["crs"] = None if crs is None else CRS.from_user_input(crs).to_json_dict()
    geo = {"version": "1.1.0", "primary_column": "shape", "columns": {"shape": column}}
    table = pa.table(columns).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path, row_group_size=rows)
    return path


@pytest.mark.parametrize(
    ("groups", "most"), [([10, 10, 10], 65), ([10, 10, 10], 20), ([30], 8), ([3, 25, 0, 2], 9), ([], 5)]
)
def test_parts_hold_every_row_once_in_order_and_none_is_too_large(tmp_path: Path, groups: list[int], most: int) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(bytes(20))
    parts = list(parts_of_file(path, groups, 100, most))
    begins = [0, *np.cumsum(groups).tolist()]
    rows = [begins[part.groups[0]] + part.skip + row for part in parts for row in range(part.count)]
    assert rows == list(range(sum(groups)))
    assert [part.first for part in parts] == [100 + sum(one.count for one in parts[:at]) for at in range(len(parts))]
    assert all(0 < part.count <= most for part in parts)


def test_rows_in_hand_are_cut_evenly() -> None:
    assert even_edges(0) == [0, 0]
    assert even_edges(10, 4) == [0, 3, 6, 10]
    assert even_edges(9000) == [0, 4500, 9000]


@pytest.mark.parametrize(("rows", "most"), [(100, 8192), (80_000, 10_000), (80_001, 10_001), (10**7, 65_536)])
def test_a_layer_has_at_least_eight_parts_unless_they_are_tiny(rows: int, most: int) -> None:
    assert rows_of_part(rows) == most


@pytest.mark.parametrize("rows", [7, 40, 1000])
def test_a_file_read_by_workers_is_the_file_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    path = write(tmp_path / "parcels.parquet", fabric(), rows, name=[f"地块{place}" for place in range(len(fabric()))])
    monkeypatch.setattr("geoplan.distributed.parts.PART_ROWS", 30)
    spreading = Spreading(Here())
    assert checked(spreading.read(path), make=spreading.subject) == checked(read_zones(path))
    assert measured(spreading.read(path), make=spreading.subject) == measured(read_zones(path))


def test_hostile_rows_come_through_a_file_as_they_do_here(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.parquet", hostile(), 4)
    spreading = Spreading(Here())
    assert checked(spreading.read(path), make=spreading.subject) == checked(read_zones(path))


def test_next_to_nothing_is_brought_here_of_a_sound_file(tmp_path: Path) -> None:
    layer = fabric(1089, overlaps=0, gaps=0, vertices=0)  # 33 by 33
    path = write(tmp_path / "parcels.parquet", layer, 300)
    crew = Here()
    spreading = Spreading(crew)
    found: Any = spreading.read(path)
    assert not check_layer(found, STRICT, make=spreading.subject).findings
    assert 1 <= found.geometry.spread.stored.brought <= 32  # what covers the face within the rim, and a few beside it
    assert "contents" not in {task for task, _ in crew.asked}


def test_a_folder_is_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    layer = fabric()
    whole = write(tmp_path / "whole.parquet", layer, 50)
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, rows in (("b", range(40, len(layer))), ("a", range(40))):
        write(folder / f"{name}.parquet", layer.take(rows), 20)
    spreading = Spreading(Here())
    together = json.loads(checked(spreading.read(folder), make=spreading.subject))
    alone = json.loads(checked(read_zones(whole)))
    assert together.pop("input")["features"] == alone.pop("input")["features"] == len(layer)
    assert together == alone


def test_a_folder_of_different_systems_or_fields_is_refused(tmp_path: Path) -> None:
    layer = fabric()
    write(tmp_path / "a.parquet", layer, 50)
    write(tmp_path / "b.parquet", layer, 50, crs=4490)
    with pytest.raises(InputError, match="different coordinate systems"):
        Spreading(Here()).read(tmp_path)
    write(tmp_path / "b.parquet", layer, 50, owner=["x"] * len(layer))
    with pytest.raises(InputError, match="same fields"):
        Spreading(Here()).read(tmp_path)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("no system", lambda path: write(path, fabric(), 50, crs=None)),
        ("no rows", lambda path: write(path, fabric().take([]), 50)),
        ("no polygons", lambda path: write(path, fabric().take([]), 50)),
        ("plain", lambda path: pq.write_table(pa.table({"a": [1]}), path)),
        ("cut short", lambda path: path.write_bytes(b"PAR1" + bytes(50))),
        ("not there", lambda _: None),
    ],
)
def test_what_reading_refuses_here_is_refused_in_the_same_words(tmp_path: Path, name: str, make: Any) -> None:
    path = tmp_path / "a.parquet"
    make(path)
    with pytest.raises(GeoplanError) as alone:
        measure_layer(read_zones(path))
    with pytest.raises(GeoplanError) as together:
        measure_layer(Spreading(Here()).read(path))
    assert together.value.line("en") == alone.value.line("en")
    assert type(together.value) is type(alone.value)


def test_a_file_that_changes_while_it_is_read_is_not_mixed_up(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", fabric(), 50)
    (part,) = parts_of_file(path, (50, 50), 0, 100)
    assert len(part.shapes()) == 100
    moved = shapely.transform(fabric().geometry, lambda xy: xy + 0.5)
    write(path, replace(fabric(), geometry=moved), 50)  # as many rows in the same groups
    with pytest.raises(InputError, match="has changed since"):
        part.shapes()


def test_a_file_that_the_workers_do_not_see_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", fabric(), 50)
    (part,) = parts_of_file(path, (50, 50), 0, 100)
    path.unlink()
    with pytest.raises(UsageError, match=r"the workers on \S+ cannot open .*a\.parquet") as found:
        part.shapes()
    assert "无法打开" in found.value.line("zh")


def test_anything_else_is_read_here_and_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    ring = [list(corner) for corner in square(117.0, 31.0, 0.01).exterior.coords]
    feature = {"type": "Feature", "properties": {"id": "a"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    spreading = Spreading(Here(), edges=False)
    measurement = measure_layer(spreading.read(path), make=spreading.subject)
    assert measure_document(measurement) == measure_document(measure_layer(read_zones(path)))


def test_a_plane_that_was_not_foreseen_changes_no_figure(tmp_path: Path) -> None:
    """The first shapes lie in another zone than most, so that the plane is not the one begun with."""
    layer = fabric()
    astray = square(EAST, NORTH, 10)
    moved = shapely.transform(astray, lambda xy: xy + np.array([600_000.0, 0.0]))
    path = write(tmp_path / "a.parquet", ZoneLayer(np.append([moved], layer.geometry[1:]), layer.crs, layer.fields), 50)
    spreading = Spreading(Here())
    assert measured(spreading.read(path), make=spreading.subject) == measured(read_zones(path))
