"""A file as it is: the layer proposed or asked for, every feature read or counted, nothing decided about its CRS."""

from __future__ import annotations

import json
import random
import shutil
import warnings
from pathlib import Path

import pytest
import shapely

from geoplan.errors import GeoplanError, InputError
from geoplan.read import inspect_file, inspect_layers, read_raw
from geoplan.read.formats import sha256_of
from tests.helpers import EAST, NORTH
from tests.read.boundary_files import HEAD, SQUARE
from tests.read.drawings import circle, drawing, square_of, text
from tests.read.files import RING, SQUARES, frame, geojson, pack, save

POINT = shapely.Point(EAST, NORTH)


def test_without_a_crs_a_file_is_still_read(tmp_path: Path) -> None:
    raw = read_raw(save(tmp_path / "zones.shp", frame(crs=None)))
    assert (raw.declared, raw.crs(), raw.features) == (None, None, 2)


def test_of_several_layers_the_one_named_like_zones_is_proposed_and_it_is_said(tmp_path: Path) -> None:
    path = save(tmp_path / "plan.gpkg", layer="规划范围")
    save(path, layer="功能分区", mode="a")
    save(path, frame([POINT]), layer="设施", mode="a")
    raw = read_raw(path)
    assert raw.layer == "功能分区"
    assert [note.en for note in raw.notes] == ["layer “功能分区” was taken, not 规划范围, 设施"]
    assert {info.name: (info.features, info.read) for info in raw.layers} == {
        "规划范围": (2, 0),
        "功能分区": (2, 2),
        "设施": (1, 0),
    }


def test_when_two_layers_could_be_meant_the_file_is_still_described(tmp_path: Path) -> None:
    path = save(tmp_path / "plan.gpkg", layer="north")
    save(path, layer="south", mode="a")
    facts = inspect_file(path)
    assert facts.raw is None
    assert "several layers could be meant: north, south" in str(facts.unclear)
    assert [(info.name, info.geometry, info.features) for info in facts.layers] == [
        ("north", "Polygon", 2),
        ("south", "Polygon", 2),
    ]
    chosen = inspect_file(path, layer="south").raw
    assert chosen is not None
    assert chosen.layer == "south"


def test_layers_are_listed_without_choosing(tmp_path: Path) -> None:
    path = save(tmp_path / "plan.gpkg", layer="zones")
    (info,) = inspect_layers(path)
    assert (info.name, info.features, info.read, info.fields) == ("zones", 2, 0, ("id", "name_zh"))
    assert [text.en for text in info.skipped] == ["2 features: in a layer that is not read"]


def test_an_empty_layer_of_polygons_is_not_preferred(tmp_path: Path) -> None:
    path = save(tmp_path / "plan.gpkg", frame([]), layer="empty")
    save(path, layer="full", mode="a")
    assert read_raw(path).layer == "full"


def test_layers_of_mixed_geometry_are_looked_into(tmp_path: Path) -> None:
    folder = "<Folder><name>{}</name><Placemark><name>{}</name>{}</Placemark></Folder>"
    point = "<Point><coordinates>117,31</coordinates></Point>"
    ring = " ".join(f"{x},{y}" for x, y in RING)
    ring = f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    area = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    content = folder.format("places", "设施", point) + folder.format("areas", "核心区", area)
    path = tmp_path / "doc.kml"
    path.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{content}</Document></kml>', encoding="utf-8"
    )
    raw = read_raw(path)
    assert (raw.layer, list(raw.fields["Name"])) == ("areas", ["核心区"])
    packed = read_raw(pack(tmp_path / "a.kmz", path))
    assert (packed.driver, packed.layer, packed.features) == ("KML", "areas", 1)


def test_of_several_shapefiles_in_a_zip_the_one_with_polygons_is_read(tmp_path: Path) -> None:
    save(tmp_path / "设施.shp", frame([POINT]))
    save(tmp_path / "边界.shp")
    parts = [(f"成果/{one.name}", one.read_bytes()) for one in sorted(tmp_path.iterdir())]
    path = pack(tmp_path / "all.zip", *parts)
    raw = read_raw(path)
    assert (raw.layer, raw.features) == ("边界", 2)
    assert read_raw(path, layer="设施").geometry[0] == POINT
    assert read_raw(path, layer="成果/边界.shp").features == 2
    assert sorted(info.name for info in raw.layers) == ["设施", "边界"]


def test_shapefiles_of_one_name_in_several_folders_are_told_apart(tmp_path: Path) -> None:
    save(tmp_path / "zones.shp")
    parts = [one for one in sorted(tmp_path.iterdir()) if one.stem == "zones"]
    members = [(f"{home}/{one.name}", one.read_bytes()) for home in ("2024", "2025") for one in parts]
    path = pack(tmp_path / "all.zip", *members)
    with pytest.raises(InputError, match=r"several vector files: 2024/zones\.shp, 2025/zones\.shp"):
        read_raw(path)
    assert read_raw(path, layer="2025/zones.shp").features == 2


def test_a_shapefile_of_upper_case_parts_in_a_zip_is_one(tmp_path: Path) -> None:
    save(tmp_path / "zones.shp")
    members = [
        (f"ZONES{one.suffix.upper()}" if one.suffix != ".shp" else "Zones.SHP", one.read_bytes())
        for one in sorted(tmp_path.iterdir())
    ]
    raw = read_raw(pack(tmp_path / "a.zip", *members))
    assert (raw.features, raw.declared) == (2, "EPSG:4548")
    assert list(raw.fields["name_zh"]) == ["核心区", "rim"]


def test_newline_delimited_geojson_is_told_from_one_document(tmp_path: Path) -> None:
    features = json.loads(geojson())["features"] * 3
    path = tmp_path / "zones.json"
    path.write_text("\n".join(json.dumps(one) for one in features))
    assert (read_raw(path).driver, read_raw(path).features) == ("GeoJSONSeq", 3)
    path.write_text("\n".join(json.dumps(one) for one in features) + '\n{"type": "Fea')
    with pytest.raises(InputError, match="line 4 is not a GeoJSON feature"):
        read_raw(path)


def test_the_digest_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    home = tmp_path / "z.gdb"
    frame().to_file(home, driver="OpenFileGDB", layer="zones")
    before = sha256_of(home)
    shutil.copytree(home, tmp_path / "copy.gdb")
    assert sha256_of(tmp_path / "copy.gdb") == before
    (home / "a00000001.gdbtable").write_bytes(b"")
    assert sha256_of(home) != before


def test_a_declared_system_of_no_use_is_an_error_only_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "zones.geojson"
    path.write_bytes(geojson(crs={"type": "name", "properties": {"name": "EPSG:4978"}}))
    raw = read_raw(path)
    assert raw.features == 1
    with pytest.raises(InputError, match=r"zones\.geojson"):
        raw.crs()


def _texts(folder: Path) -> dict[str, bytes]:
    """One small good file of every format that is text."""
    drawing(folder / "a.dxf", square_of("核心区", 0, 0, 9), circle("b", 0, 0, 5), text("c", 1, 1, "字"))
    for name, driver in (("a.mif", "MapInfo File"), ("a.gml", "GML")):
        frame().to_file(folder / name, driver=driver)
    (folder / "a.txt").write_bytes((HEAD + SQUARE).encode("gbk"))
    (folder / "a.csv").write_text(f'id,wkt\n核心区,"{SQUARES[0].wkt}"\n', encoding="utf-8")
    features = json.loads(geojson())["features"] * 2
    (folder / "a.geojsonl").write_text("\n".join(json.dumps(one) for one in features))
    save(folder / "a.kml")
    names = ("a.dxf", "a.mif", "a.gml", "a.txt", "a.csv", "a.geojsonl", "a.kml")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.mark.parametrize("seed", range(4))
def test_text_cut_anywhere_or_with_bytes_changed_gives_a_layer_or_one_line(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, about the damage
        for name, whole in _texts(tmp_path).items():
            for _ in range(30):
                damaged = bytearray(whole[: chance.choice([len(whole), chance.randrange(1, len(whole))])])
                for _ in range(chance.choice([0, 1, 3, 30])):
                    damaged[chance.randrange(len(damaged))] = chance.choice([0, 10, 34, 44, 46, 57, 128, 255])
                (tmp_path / name).write_bytes(damaged)
                try:
                    raw = read_raw(tmp_path / name)
                except GeoplanError as error:
                    line = str(error)
                else:
                    assert sum(info.read for info in raw.layers) == raw.features
                    continue
                assert line.startswith(str(tmp_path / name))
                assert len(line.splitlines()) == 1
