"""Plans as tables: users' fields beside the formats' own, units by hand, what repeats, what cannot be seen."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest

from geoplan.output.export import export_bytes
from geoplan.output.export.tables import awaited_loss, tables_of
from geoplan.output.export.values import Layer, Table
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView, open_plan
from tests.output.export.ground import squares

# What GeoParquet, data frames, CSV, KML, GeoPackage, Excel and shapefiles call columns of their own.
TAKEN = ("geometry", "bbox", "crs", "axis_order", "WKT", "key", "fid", "geom", "ogc_fid", "rowid", "index", "Name")
ODD = ('x"y', "a,b", "</x>", "a\tb", "长" * 30, "=1+1")


def table(view: PlanView, layer: Layer) -> Table:
    ((found,), _) = tables_of(view, (layer,))
    return found


def told(view: PlanView, layer: Layer) -> list[str]:
    return [loss.message.en for loss in tables_of(view, (layer,))[1]]


def with_fields(view: PlanView, **fields: list[Any]) -> PlanView:
    """Return the plan with fields as no file of the example has them."""
    assert view.layer is not None
    arrays = {name: np.array([*values, None], dtype=object)[:-1] for name, values in fields.items()}
    return replace(view, layer=replace(view.layer, fields=dict(view.layer.fields) | arrays))


def by_gdal(content: bytes, ending: str, folder: Path) -> list[list[str]]:
    path = folder / f"out.{ending}"
    path.write_bytes(content)
    address = f"/vsizip/{path}/zones.shp" if ending == "zip" else path
    frame = pyogrio.read_dataframe(address, layer="zones")
    return [[str(cell) for cell in row] for row in frame.to_numpy().tolist()]


def by_csv(content: bytes, _ending: str, _folder: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]


def by_arrow(content: bytes, _ending: str, _folder: Path) -> list[list[str]]:
    read = pq.read_table(io.BytesIO(content))
    return [[str(cell) for cell in row.values()] for row in read.to_pylist()]


def by_json(content: bytes, _ending: str, _folder: Path) -> list[list[str]]:
    return [list(map(str, feature["properties"].values())) for feature in json.loads(content)["features"]]


def by_xml(content: bytes, _ending: str, _folder: Path) -> list[list[str]]:
    marks = ET.fromstring(content).findall(".//{*}Placemark")  # noqa: S314 - our own output
    return [[item.text or "" for item in mark.findall(".//{*}SimpleData")] for mark in marks]


Reader = Callable[[bytes, str, Path], list[list[str]]]
READERS: Mapping[str, tuple[Reader, str]] = {
    "gpkg": (by_gdal, "gpkg"),
    "fgb": (by_gdal, "fgb"),
    "shp": (by_gdal, "zip"),
    "csv": (by_csv, "csv"),
    "parquet": (by_arrow, "parquet"),
    "geojson": (by_json, "geojson"),
    "kml": (by_xml, "kml"),
}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    names = (*TAKEN, *ODD)
    fields: dict[str, list[Any]] = {name: [f"first {place}", None] for place, name in enumerate(names)}
    return with_fields(squares(tmp_path_factory.mktemp("crowded"), other="Beta"), **fields)


@pytest.mark.parametrize("name", READERS)
def test_no_field_of_the_users_is_lost_to_a_column_of_the_format(name: str, crowded: PlanView, tmp_path: Path) -> None:
    read, ending = READERS[name]
    rows = read(export_bytes(crowded, name, layer="zones").content, ending, tmp_path)
    cells = next(row for row in rows if "a" in row)
    assert {f"first {place}" for place in range(len(TAKEN) + len(ODD))} <= set(cells)


def test_a_field_that_had_to_be_renamed_is_told_by_both_names(crowded: PlanView) -> None:
    said = told(crowded, "zones")
    for name in ("geometry", "bbox", "crs", "WKT", "key"):
        assert any(f"the field “{name}” of the zones is called “{name}_2”" in one for one in said), name
    assert not any("“index”" in one for one in said)


def test_no_two_columns_of_a_table_have_one_name_whatever_the_case(tmp_path: Path) -> None:
    view = with_fields(squares(tmp_path), ID=["x", "y"], Landuse=["R", "S"], LANDUSE=["T", "U"])
    names = [column.name.casefold() for column in table(view, "zones").columns]
    assert len(names) == len(set(names))


def test_names_of_fields_are_quoted_and_guarded_in_csv_as_cells_are(crowded: PlanView) -> None:
    made = export_bytes(crowded, "csv", layer="zones")
    head, first, *_ = csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline=""))
    assert len(head) == len(first)
    assert {'x"y', "a,b", "'=1+1"} <= set(head)
    assert any("1 text a spreadsheet would take for a formula" in loss.message.en for loss in made.losses)


@pytest.mark.parametrize(("values", "kind", "expected"), [
    ([True, False], "BOOLEAN", [True, False]),
    ([3, None], "INTEGER", [3, None]),
    ([3, 2.5], "REAL", [3.0, 2.5]),
    ([float("nan"), 2.5], "REAL", [None, 2.5]),
    ([float("inf"), 2.5], "REAL", [None, 2.5]),
    ([1, "x"], "TEXT", ["1", "x"]),
    (["  ", "x"], "TEXT", [None, "x"]),
    ([2**64, 1], "TEXT", [str(2**64), "1"]),
    ([np.int64(7), np.float64(0.5)], "REAL", [7.0, 0.5]),
    ([np.datetime64("2024-05-17"), None], "TEXT", ["2024-05-17", None]),
])  # fmt: skip
def test_fields_keep_their_kind_and_what_no_kind_can_hold_becomes_text_or_unknown(
    values: list[Any], kind: str, expected: list[Any], tmp_path: Path
) -> None:
    found = table(with_fields(squares(tmp_path), extra=values), "zones")
    assert {column.name: column.kind for column in found.columns}["extra"] == kind
    assert list(found.values("extra")) == expected


def test_a_field_nobody_filled_is_no_column(tmp_path: Path) -> None:
    view = with_fields(squares(tmp_path), empty=[None, ""], blank=[" ", float("nan")])
    assert not {"empty", "blank"} & {column.name for column in table(view, "zones").columns}


def test_areas_stand_in_every_unit_as_worked_out_by_hand(tmp_path: Path) -> None:
    found = table(squares(tmp_path), "zones")
    # 960,000 m² and 510,000 m²: ÷ 10,000 in ha, × 3 ÷ 2,000 in mu, ÷ 1,000,000 in km².
    assert found.values("area_ha") == pytest.approx((96.0, 51.0))
    assert found.values("area_mu") == pytest.approx((1440.0, 765.0))
    assert found.values("area_km2") == pytest.approx((0.96, 0.51))
    assert sum(found.values("share_percent")) == pytest.approx(100.0)


def test_a_zone_without_a_shape_has_a_row_with_no_figures(tmp_path: Path) -> None:
    folder = squares(tmp_path).plan.folder
    zones = json.loads((folder / "zones.geojson").read_text(encoding="utf-8"))
    zones["features"][1]["geometry"] = None
    (folder / "zones.geojson").write_text(json.dumps(zones), encoding="utf-8")
    found = table(open_plan(folder), "zones")
    assert [found.values(name)[1] for name in ("id", "area_m2", "area_mu", "perimeter_m")] == ["b", None, None, None]
    assert found.shapes[1] is None


def test_facilities_carry_the_name_of_their_category_and_an_unlisted_one_its_id(tmp_path: Path) -> None:
    listed = '[[categories]]\nid = "lab"\nname = { en = "Laboratories", zh = "实验室" }\n'
    view = squares(tmp_path, more=listed)
    other = Facility("g", Text.same("g"), "unheard of", None, address=Text("Road 1", "一号路"), accuracy_m=float("nan"))
    found = table(replace(view, facilities=(*view.facilities, other)), "facilities")
    assert found.values("category_zh") == ("实验室", "unheard of")
    assert found.values("address_zh") == (None, "一号路")
    assert found.values("accuracy_m")[1] is None
    assert found.shapes[1] is None


def test_findings_of_a_table_say_what_was_expected_and_measured_in_which_unit(tmp_path: Path) -> None:
    rule = '[[rules]]\ncheck = "area-total"\nkm2 = 9.0\ntolerance_km2 = 0.1\nsource = "survey"\n'
    found = table(squares(tmp_path, more=rule), "findings")
    place = found.values("check").index("area-total")
    assert found.values("unit")[place] == "km2"
    assert float(found.values("measured")[place]) == pytest.approx(1.47)  # 0.96 + 0.51
    assert found.values("plan_status") == ("indicative",) * len(found)


def test_text_that_acts_without_being_seen_is_written_out_counted_and_told(tmp_path: Path) -> None:
    view = with_fields(squares(tmp_path, other="Beta\u202egnp"), remark=["a\x07b", "x\u200b"], plain=["x", "y"])
    found = table(view, "zones")
    assert found.values("name_en")[1] == found.labels[1].en == "Beta\\u202egnp"
    assert found.values("remark") == ("a\\x07b", "x\\u200b")
    # One name and two remarks.
    assert any(one.startswith("3 texts with characters that cannot be seen") for one in told(view, "zones"))


def test_an_unknown_column_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="nonsense"):
        table(squares(tmp_path), "zones").values("nonsense")


def test_a_layer_with_nothing_in_it_is_no_table(tmp_path: Path) -> None:
    view = replace(squares(tmp_path), facilities=())
    assert tables_of(view, ("facilities", "network"))[0] == ()


def test_a_plan_with_all_its_boundaries_awaits_none_and_one_without_any_says_so(tmp_path: Path) -> None:
    assert list(awaited_loss(squares(tmp_path))) == []
    (loss,) = awaited_loss(open_plan("aust-wisdom-valley"))
    assert loss.message.en.startswith("0 of 4 boundaries are loaded")
    assert loss.message.zh.startswith("4 个分区中已加载 0 个边界")


def test_names_of_five_thousand_characters_go_through_every_format_whole_or_cut_and_told(tmp_path: Path) -> None:
    view = squares(tmp_path, other="长" * 5000)
    for name in ("gpkg", "geojson", "parquet", "csv", "kml", "fgb"):
        read, ending = READERS[name]
        rows = read(export_bytes(view, name, layer="zones").content, ending, tmp_path)
        assert any("长" * 5000 in row for row in rows), name
    shp = export_bytes(view, "shp", layer="zones")
    assert any("cut at 254 bytes" in loss.message.en for loss in shp.losses)
    with zipfile.ZipFile(io.BytesIO(shp.content)) as archive:
        assert "cut at 254 bytes" in archive.read("README.txt").decode("utf-8-sig")
