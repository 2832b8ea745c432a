"""What goes into an export, under which name, from which revision, and everything that is told of it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyogrio
import pytest
import shapely

from geoplan.errors import CrsError, UsageError
from geoplan.output.documents import EXPORT_SCHEMA, schema
from geoplan.output.export import (
    EXPORT_FORMATS,
    export_bytes,
    export_document,
    format_for,
    suggested_name,
    write_export,
)
from geoplan.revisions import Publishing, load
from geoplan.workflow import open_plan
from tests.output.export.ground import TOTAL, squares
from tests.revisions import layout


@pytest.mark.parametrize("name", list(EXPORT_FORMATS))
def test_every_export_has_a_document_valid_by_its_schema(name: str, tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path), name)
    document = json.loads(json.dumps(export_document(made, "out")))
    jsonschema.Draft202012Validator(schema(EXPORT_SCHEMA)).validate(document)
    assert document["bytes"] == len(made.content)
    assert document["plan"]["status"] == "indicative"
    assert document["revision"] is None
    zones = next(layer for layer in document["layers"] if layer["name"] == "zones")
    assert zones["features"] == 2


def test_a_revision_is_named_in_the_file_and_its_time_is_the_files(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    for place, shapes in enumerate((layout.updated(), layout.SHAPES), start=1):
        update = layout.save(tmp_path / f"{place}.gpkg", layout.frame(shapes))
        assert load(update, folder, publishing=Publishing(author="Li")).revision is not None
    first, current = (open_plan(folder, revision=number) for number in (1, None))
    assert current.revision is not None
    assert current.revision.number == 2
    made = export_bytes(first, "geojson")
    assert made.name == "valley_r1_zones.geojson"
    properties = json.loads(made.content)["features"][0]["properties"]
    assert first.revision is not None
    assert (properties["revision"], properties["revision_hash"]) == (1, first.revision.hash)
    document = export_document(made, "x")
    assert document["revision"]["sha256"] == first.revision.hash
    assert document["revision"]["time"].endswith("Z")
    assert export_bytes(first, "shp").sha256 == export_bytes(open_plan(folder, revision=1), "shp").sha256
    path = tmp_path / "out.zip"
    write_export(current, "shp", path)
    with zipfile.ZipFile(path) as archive:
        year = archive.infolist()[0].date_time[0]
    assert str(year) == current.revision.time[:4]


def test_fields_of_the_zones_come_along_and_one_of_a_known_name_is_renamed(tmp_path: Path) -> None:
    view = squares(tmp_path, fields={"landuse": ["R1", None], "status": ["built", "vacant"], "floors": [3, 12]})
    made = export_bytes(view, "geojson")
    first, second = (feature["properties"] for feature in json.loads(made.content)["features"])
    assert (first["landuse"], second["landuse"]) == ("R1", None)
    assert (first["status"], first["status_2"]) == ("indicative", "built")
    assert (first["floors"], second["floors"]) == (3, 12)
    assert any("“status” of the zones is called “status_2”" in loss.message.en for loss in made.losses)


def test_a_field_that_only_repeats_what_is_there_is_left_out(tmp_path: Path) -> None:
    view = squares(tmp_path, other="Beta", fields={"name_en": ["Core", "Beta"], "accuracy_m": [0.5, None]})
    properties = json.loads(export_bytes(view, "geojson").content)["features"][0]["properties"]
    assert not any(name.endswith("_2") for name in properties)


def test_what_a_format_of_one_layer_leaves_out_is_told_with_the_way_to_get_it(tmp_path: Path) -> None:
    view = squares(tmp_path)
    told = [loss.message.en for loss in export_bytes(view, "geojson").losses]
    assert "facilities not in the file (1), since GeoJSON holds one layer: --layer facilities" in told
    assert not any("not in the file" in loss.message.en for loss in export_bytes(view, "gpkg").losses)
    assert not any("not in the file" in loss.message.en for loss in export_bytes(view, "geojson", layer="zones").losses)


def test_every_loss_is_told_in_both_languages(tmp_path: Path) -> None:
    view = squares(tmp_path, name="a\u202eb", facilities=("x", "y"), fields={"status": ["长" * 200, "1"]})
    for name in EXPORT_FORMATS:
        for loss in export_bytes(view, name).losses:
            assert loss.message.en
            assert loss.message.zh
            assert loss.message.en != loss.message.zh


def test_a_shape_that_is_no_place_is_told_and_has_none_in_the_file(tmp_path: Path) -> None:
    view = squares(tmp_path)
    assert view.layer is not None
    astray = view.layer.geometry.copy()
    astray[1] = shapely.transform(astray[1], lambda xy: xy + 1e9)
    made = export_bytes(replace(view, layer=replace(view.layer, geometry=astray)), "geojson")
    assert [(layer.features, layer.located) for layer in made.layers] == [(2, 1)]
    assert any("outside the range of EPSG:4326" in loss.message.en for loss in made.losses)
    assert json.loads(made.content)["features"][1]["geometry"] is None


def test_the_network_keeps_to_degrees_since_it_lies_all_over_the_globe(tmp_path: Path) -> None:
    view = open_plan("ustc-silicon-valley")
    made = export_bytes(view, "gpkg")
    assert [layer.crs.to_epsg() for layer in made.layers if layer.crs] == [4548, 4548, 4326]
    path = tmp_path / "out.gpkg"
    path.write_bytes(made.content)
    west = pyogrio.read_dataframe(path, layer="network").geometry.x.min()
    assert west == pytest.approx(-122.06)  # the centre in Silicon Valley
    assert "network" not in [layer.name for layer in export_bytes(view, "dxf").layers]


def test_a_plan_without_boundaries_hands_over_its_facilities_and_says_so() -> None:
    view = open_plan("aust-wisdom-valley")
    with pytest.raises(UsageError, match=r"0 of 4 boundaries loaded.*--layer facilities"):
        export_bytes(view, "geojson")
    made = export_bytes(view, "gpkg")
    assert [layer.name for layer in made.layers] == ["facilities"]
    assert any("0 of 4 boundaries are loaded" in loss.message.en for loss in made.losses)
    assert len(json.loads(export_bytes(view, "geojson", layer="facilities").content)["features"]) == 8


def test_an_empty_layer_a_wrong_system_and_an_unknown_format_are_refused(tmp_path: Path) -> None:
    view = squares(tmp_path)
    with pytest.raises(UsageError, match="no places of the network"):
        export_bytes(view, "csv", layer="network")
    with pytest.raises(UsageError, match=r"--crs: .*not a known coordinate system"):
        export_bytes(view, "csv", crs="EPSG:1")
    with pytest.raises(UsageError, match="no format of geoplan"):
        export_bytes(view, "mapinfo")
    with pytest.raises(UsageError, match="every layer as a sheet"):
        export_bytes(view, "xlsx", crs="EPSG:4548")
    with pytest.raises(CrsError, match="zones: No public parameters"):
        export_bytes(view, "gpkg", crs="EPSG:2382")  # Xian 1980


def test_an_export_replaces_a_file_whole_and_never_a_folder(tmp_path: Path) -> None:
    view = squares(tmp_path)
    target = tmp_path / "out.gpkg"
    target.write_bytes(b"old")
    write_export(view, "gpkg", target)
    assert target.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(UsageError, match="is a folder"):
        write_export(view, "gpkg", tmp_path)
    with pytest.raises(UsageError, match="cannot be written"):
        write_export(view, "gpkg", tmp_path / "nowhere" / "out.gpkg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.gpkg", "squares"]


@pytest.mark.parametrize(("plan", "revision", "layer", "expected"), [
    ("valley", 3, "zones", "valley_r3_zones.csv"),
    ("valley", None, None, "valley.csv"),
    ("con", None, None, "_con.csv"),
    ("\u202egnp.exe", 1, None, "gnp.exe_r1.csv"),
    ("../../etc/passwd. ", None, None, "etc_passwd.csv"),
    ("a:b|c?", None, None, "a_b_c.csv"),
    ("", None, None, "plan.csv"),
])  # fmt: skip
def test_suggested_names_are_accepted_by_every_system(
    plan: str, revision: int | None, layer: str | None, expected: str
) -> None:
    assert suggested_name(plan, revision, ".csv", layer) == expected


def test_a_suggested_name_is_no_longer_than_a_system_takes() -> None:
    assert len(suggested_name("长" * 500, 7, ".geojson").encode()) <= 128


@pytest.mark.parametrize(("path", "name", "expected"), [
    ("a.gpkg", None, "gpkg"),
    ("a.JSON", None, "geojson"),
    ("a.zip", "shp", "shp"),
    ("a.geoparquet", None, "parquet"),
])  # fmt: skip
def test_the_ending_says_the_format(path: str, name: str | None, expected: str) -> None:
    chosen, advice = format_for(Path(path), name)
    assert (chosen.name, advice) == (expected, None)


def test_an_unusual_ending_is_told_and_a_contradicting_one_refused() -> None:
    chosen, advice = format_for(Path("zones.dat"), "kml")
    assert chosen.name == "kml"
    assert advice is not None
    assert ".kml" in advice.en
    with pytest.raises(UsageError, match="ends like GeoJSON, but --format says gpkg"):
        format_for(Path("zones.geojson"), "gpkg")
    with pytest.raises(UsageError, match="does not say by its ending"):
        format_for(Path("zones"), None)
    with pytest.raises(UsageError, match=r"several files.*zones\.zip"):
        format_for(Path("zones.shp"), "shp")


def test_the_total_of_the_exported_figures_is_the_pages(tmp_path: Path) -> None:
    features = json.loads(export_bytes(squares(tmp_path), "geojson").content)["features"]
    assert sum(feature["properties"]["area_m2"] for feature in features) == pytest.approx(TOTAL, abs=1e-3)
    assert sum(feature["properties"]["share_percent"] for feature in features) == pytest.approx(100.0)
