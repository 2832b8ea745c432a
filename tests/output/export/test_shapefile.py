"""A shapefile's zip by its raw bytes: names, widths and UTF-8 in the .dbf, and a README that hides nothing."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime
from pathlib import Path

import pyogrio
import pytest
from pyproj import CRS

from geoplan.output.export import Exported, export_bytes
from geoplan.output.export.dbf import cut_text, dbf_bytes, short_names
from geoplan.output.export.values import Column, Table
from tests.output.export.ground import squares

DAY = datetime(2024, 5, 17)


def members(made: Exported) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def parsed(dbf: bytes) -> tuple[list[tuple[str, str, int, int]], list[list[bytes]]]:
    """Read a .dbf by the dBASE III layout, with nothing but struct."""
    count, length, size = struct.unpack("<IHH", dbf[4:12])
    fields = []
    for at in range(32, length - 1, 32):
        name, letter, width, decimals = struct.unpack("<11sc4xBB14x", dbf[at : at + 32])
        fields.append((name.rstrip(b"\0").decode(), letter.decode(), width, decimals))
    rows = []
    for row in range(count):
        at, cells = length + row * size + 1, []
        for _, _, width, _ in fields:
            cells.append(dbf[at : at + width])
            at += width
        rows.append(cells)
    assert dbf[length - 1 : length] == b"\r"
    assert len(dbf) == length + count * size + 1
    return fields, rows


def table(**columns: list[object]) -> Table:
    kinds = {str: "TEXT", float: "REAL", int: "INTEGER", bool: "BOOLEAN"}
    found = tuple(
        Column(name, kinds[type(next(value for value in values if value is not None))])  # type: ignore[arg-type]
        for name, values in columns.items()
    )
    rows = tuple(zip(*columns.values(), strict=True))
    return Table("zones", found, rows, (None,) * len(rows), (), (), (), CRS.from_epsg(4548))


def test_the_zip_holds_the_five_files_and_a_readme(tmp_path: Path) -> None:
    found = members(export_bytes(squares(tmp_path), "shp"))
    assert sorted(found) == ["README.txt", "zones.cpg", "zones.dbf", "zones.prj", "zones.shp", "zones.shx"]
    assert found["zones.cpg"] == b"UTF-8"
    assert CRS.from_wkt(found["zones.prj"].decode()).to_epsg(min_confidence=70) == 4548
    assert struct.unpack(">i", found["zones.shp"][:4]) == (9994,)


def test_names_of_more_than_ten_bytes_are_mapped_in_the_readme_and_told(tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path), "shp")
    fields, _ = parsed(members(made)["zones.dbf"])
    names = [name for name, *_ in fields]
    assert {"share_pct", "perim_m", "method", "rev_hash"} <= set(names)
    assert all(len(name.encode()) <= 10 for name in names)
    readme = members(made)["README.txt"].decode("utf-8-sig")
    assert "share_pct     share_percent" in readme
    assert "field names have 10 bytes: share_percent → share_pct" in readme
    assert any("share_percent → share_pct" in loss.message.en for loss in made.losses)
    assert "INDICATIVE BOUNDARIES" in readme
    assert "x east then y north" in readme


def test_chinese_names_are_cut_between_characters_and_stay_apart() -> None:
    # Three bytes a character: ten bytes hold three of them.
    assert short_names(["规划用地面积", "规划用地性质", "ID", "id"]) == ["规划用", "规划_2", "ID", "id_2"]
    assert cut_text("规划用地", 11) == "规划用"
    assert short_names([""] * 2) == ["field", "field_2"]


def test_text_is_cut_at_254_bytes_between_characters_and_told() -> None:
    # 84 characters of three bytes are 252 bytes; the 85th would end at 255.
    dbf, fields, losses = dbf_bytes(table(note=["长" * 100, "short"]), "zones", DAY)
    _, rows = parsed(dbf)
    assert fields[0].width == 252
    assert rows[0][0].decode() == "长" * 84
    assert rows[1][0].decode().rstrip() == "short"
    assert [loss.message.en for loss in losses] == ["“note”: 1 text cut at 254 bytes"]


def test_numbers_keep_their_digits_and_missing_ones_are_blank() -> None:
    values: list[object] = [2461199.800154742, None, -0.5]
    dbf, _, losses = dbf_bytes(table(area=values, count=[7, None, -12], yes=[True, None, False]), "zones", DAY)
    fields, rows = parsed(dbf)
    assert [letter for _, letter, *_ in fields] == ["N", "N", "L"]
    # A double is sure of 15 digits: seven before the point leave eight behind it.
    assert fields[0][3] == 8
    assert float(rows[0][0]) == pytest.approx(2461199.800154742, rel=1e-14)
    assert rows[1][0].strip() == b""
    assert [row[1].strip() for row in rows] == [b"7", b"", b"-12"]
    assert [row[2] for row in rows] == [b"T", b"?", b"F"]
    assert losses == ()


def test_a_number_too_wide_for_its_digits_is_told() -> None:
    _, _, losses = dbf_bytes(table(area=[1.0e14, 1.0e-9]), "zones", DAY)
    assert [loss.message.en for loss in losses] == ["“area”: 1 number without some digits"]


def test_the_header_has_the_date_it_is_given() -> None:
    dbf, _, _ = dbf_bytes(table(a=["x"]), "zones", DAY)
    assert tuple(dbf[:4]) == (3, 124, 5, 17)


def test_gdal_reads_the_zones_with_their_chinese_names(tmp_path: Path) -> None:
    path = tmp_path / "zones.zip"
    path.write_bytes(export_bytes(squares(tmp_path), "shp").content)
    frame = pyogrio.read_dataframe(f"/vsizip/{path}/zones.shp")
    assert list(frame["name_zh"]) == ["核心区", "乙"]


def test_findings_of_several_kinds_are_several_shapefiles(tmp_path: Path) -> None:
    rule = '[[rules]]\ncheck = "area-total"\nkm2 = 9.0\ntolerance_km2 = 0.1\nsource = "survey"\n'
    made = export_bytes(squares(tmp_path, more=rule), "shp", layer="findings")
    names = set(members(made))
    # The gap is a polygon; the total has no place and is in a table without shapes.
    assert {"findings_polygon.shp", "findings_polygon.dbf", "findings.dbf"} <= names
    assert "findings.shp" not in names
    assert [(layer.features, layer.located) for layer in made.layers] == [(2, 1)]
