"""CSV for spreadsheets: byte order mark, quoted text, empty cells, and no formula that could run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import shapely

from geoplan.output.export import export_bytes
from geoplan.output.export.table import CELL_LIMIT
from tests.output.export.ground import FORMULA, squares


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_formulas_get_an_apostrophe_and_it_is_told(tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path), "csv")
    assert rows(made.content)[1]["name_en"] == f"'{FORMULA}"
    assert any("1 text a spreadsheet would take for a formula" in loss.message.en for loss in made.losses)


def test_unknown_is_an_empty_cell_without_quotes_and_text_is_quoted(tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path, other="Beta"), "csv")
    assert rows(made.content)[1]["accuracy_m"] == ""
    second = made.content.decode("utf-8-sig").split("\r\n")[2]
    assert second.startswith('"b","Beta","乙",')
    assert ',"",' not in second
    assert not any("formula" in loss.message.en for loss in made.losses)


def test_every_row_names_its_coordinate_system_and_its_wkt_is_exact(tmp_path: Path) -> None:
    view = squares(tmp_path)
    found = rows(export_bytes(view, "csv").content)
    assert {(row["crs"], row["axis_order"]) for row in found} == {("EPSG:4548", "east-north")}
    assert view.layer is not None
    for row, shape in zip(found, view.layer.geometry, strict=True):
        assert shapely.equals_exact(shapely.from_wkt(row["WKT"]), shape)


def test_degrees_are_longitude_first(tmp_path: Path) -> None:
    found = rows(export_bytes(squares(tmp_path), "csv", crs="EPSG:4490").content)
    assert found[0]["axis_order"] == "longitude-latitude"
    assert 117 < shapely.from_wkt(found[0]["WKT"]).centroid.x < 118


def test_quotes_and_line_breaks_in_text_stay_in_their_cell(tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path, other='He said "no"', fields={"remark": ["one\ntwo", "x"]}), "csv")
    found = rows(made.content)
    assert len(found) == 2
    assert found[1]["name_en"] == 'He said "no"'
    assert found[0]["remark"] == "one\\x0atwo"
    assert any("cannot be seen" in loss.message.en for loss in made.losses)


def test_wkt_that_a_spreadsheet_would_cut_is_told(tmp_path: Path) -> None:
    view = squares(tmp_path, other="Beta")
    assert view.layer is not None
    dense = view.layer.geometry.copy()
    dense[0] = shapely.segmentize(dense[0], 1.0)
    made = export_bytes(replace(view, layer=replace(view.layer, geometry=dense)), "csv")
    assert any(f"{CELL_LIMIT:,}" in loss.message.en for loss in made.losses)
