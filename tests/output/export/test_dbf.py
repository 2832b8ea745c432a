"""The attribute table of a shapefile by its raw bytes, and as GDAL reads it: names, widths, digits, dates, limits."""

from __future__ import annotations

import struct
from datetime import datetime
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.errors import UsageError
from geoplan.output.export.dbf import cut_text, dbf_bytes, short_names
from geoplan.output.export.values import Column, ColumnKind, Table

DAY = datetime(2024, 2, 29)


def table(kind: ColumnKind, *columns: list[Any]) -> Table:
    """Return a table of columns f0, f1, … of one kind."""
    rows = tuple(zip(*columns, strict=True))
    names = tuple(Column(f"f{place}", kind) for place in range(len(columns)))
    return Table("zones", names, rows, (None,) * len(rows), (), (), (), CRS.from_epsg(4548))


def cells(content: bytes) -> list[bytes]:
    """Return the first column's cells by the layout of dBASE III, with nothing but struct."""
    count, head, size = struct.unpack("<IHH", content[4:12])
    width = content[32 + 16]
    return [content[head + row * size + 1 : head + row * size + 1 + width] for row in range(count)]


def by_gdal(content: bytes, folder: Path) -> Any:
    path = folder / "table.dbf"
    path.write_bytes(content)
    (folder / "table.cpg").write_text("UTF-8")
    return pyogrio.read_dataframe(path, encoding="UTF-8")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=40))
def test_any_field_names_become_names_of_ten_bytes_that_no_two_share(names: list[str]) -> None:
    short = short_names(names)
    assert len({name.casefold() for name in short}) == len(names)
    assert all(0 < len(name.encode()) <= 10 for name in short)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.integers(0, 60))
def test_a_cut_text_is_the_longest_beginning_that_fits(text: str, limit: int) -> None:
    cut = cut_text(text, limit)
    assert text.startswith(cut)
    assert len(cut.encode()) <= limit
    assert cut == text or len(text[: len(cut) + 1].encode()) > limit


def test_a_hundred_fields_of_one_beginning_stay_apart() -> None:
    short = short_names(["landuse_code"] * 120)
    assert short[0] == "landuse_co"
    assert short[9] == "landuse_10"
    assert len(set(short)) == 120


@pytest.mark.parametrize("values", [
    [0.0, -0.0],
    [1e300, -1e300],
    [1e-300, 1.0],
    [123456789.123456, -0.000001],
    [0.1, 0.2, 1 / 3],
    [9_600_000_000_000.5, 1.25],
    [5e-324, 2.0],
])  # fmt: skip
def test_numbers_of_any_size_come_back_through_gdal_to_fifteen_digits_of_the_largest(
    values: list[float], tmp_path: Path
) -> None:
    content, fields, losses = dbf_bytes(table("REAL", values), "zones", DAY)
    back = by_gdal(content, tmp_path)["f0"].tolist()
    assert fields[0].width <= 24
    largest = max(map(abs, values))
    for value, found in zip(values, back, strict=True):
        assert found == pytest.approx(value, rel=1e-14, abs=max(largest * 1e-15, 1e-15))
        exact = abs(found - value) <= 1e-12 * abs(value)
        assert exact or losses, (value, found)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=8))
def test_a_number_that_lost_digits_is_counted_and_no_other(values: list[float]) -> None:
    content, _, losses = dbf_bytes(table("REAL", values), "zones", DAY)
    back = [float(cell) for cell in cells(content)]
    lost = sum(abs(found - value) > 1e-12 * abs(value) for value, found in zip(values, back, strict=True))
    told = [loss.message.en for loss in losses]
    assert told == ([f"“f0”: {lost} number{'' if lost == 1 else 's'} without some digits"] if lost else [])


def test_whole_numbers_of_sixty_four_bits_keep_every_digit() -> None:
    values = [2**63 - 1, -(2**63), None, 0]
    content, fields, losses = dbf_bytes(table("INTEGER", values), "zones", DAY)
    assert [cell.decode().strip() for cell in cells(content)] == [
        "9223372036854775807",
        "-9223372036854775808",
        "",
        "0",
    ]
    assert (fields[0].width, fields[0].decimals, losses) == (20, 0, ())


def test_truth_is_one_letter_and_the_unknown_a_question_mark(tmp_path: Path) -> None:
    content, *_ = dbf_bytes(table("BOOLEAN", [True, False, None]), "zones", DAY)
    assert cells(content) == [b"T", b"F", b"?"]
    assert by_gdal(content, tmp_path)["f0"].tolist()[:2] == [True, False]


def test_a_column_nobody_filled_has_a_width_and_missing_cells(tmp_path: Path) -> None:
    content, fields, _ = dbf_bytes(table("TEXT", [None, None], ["x", "y"]), "zones", DAY)
    assert fields[0].width == 1
    assert by_gdal(content, tmp_path)["f0"].isna().all()


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    content, fields, losses = dbf_bytes(table("TEXT", []), "zones", DAY)
    assert struct.unpack("<I", content[4:8]) == (0,)
    assert content[-2:] == b"\r\x1a"
    assert (len(fields), losses) == (1, ())
    assert len(by_gdal(content, tmp_path)) == 0


@pytest.mark.parametrize(("text", "width"), [
    ("a" * 254, 254),
    ("a" * 255, 254),
    ("长" * 84, 252),
    ("长" * 85, 252),
    ("a" + "长" * 85, 253),
    ("\U00020000" * 64, 252),
])  # fmt: skip
def test_text_ends_between_characters_at_the_last_one_that_fits(text: str, width: int, tmp_path: Path) -> None:
    content, fields, losses = dbf_bytes(table("TEXT", [text]), "zones", DAY)
    (found,) = by_gdal(content, tmp_path)["f0"]
    assert fields[0].width == width
    assert text.startswith(found)
    assert bool(losses) == (found != text)


def test_a_mapped_name_is_told_with_both_and_in_both_languages() -> None:
    one = Table("zones", (Column("share_percent", "REAL"),), ((1.0,),), (None,), (), (), (), CRS.from_epsg(4548))
    (loss,) = dbf_bytes(one, "zones", DAY)[2]
    assert loss.message.en == "field names have 10 bytes: share_percent → share_pct"
    assert loss.message.zh == "字段名限 10 字节：share_percent → share_pct"


@pytest.mark.parametrize(("count", "width", "fits"), [
    (258, 254, True),  # 1 + 258 × 254 = 65,533 bytes of a row
    (259, 254, False),
    (2046, 1, True),  # 33 + 2046 × 32 = 65,505 bytes of the header
    (2047, 1, False),
])  # fmt: skip
def test_more_fields_than_the_format_can_say_are_refused_with_a_way_out(count: int, width: int, fits: bool) -> None:
    wide = table("TEXT", *[["x" * width]] * count)
    if fits:
        content, fields, _ = dbf_bytes(wide, "zones", DAY)
        assert struct.unpack("<HH", content[8:12]) == (33 + 32 * count, 1 + count * width)
        assert len(fields) == count
    else:
        with pytest.raises(UsageError, match=rf"zones: its {count} fields are more.*--format gpkg"):
            dbf_bytes(wide, "zones", DAY)
