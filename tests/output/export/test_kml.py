"""KML read as XML: folders, holes, typed data, colours of the map, and names that stay text."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from geoplan.output.export import export_bytes
from tests.output.export.ground import squares

K = "{http://www.opengis.net/kml/2.2}"
HOSTILE = "<img src=x onerror=alert(1)>]]>&amp;\u202egnp"


def root_of(view: object, **options: str) -> ET.Element:
    return ET.fromstring(export_bytes(view, "kml", **options).content)  # type: ignore[arg-type]  # noqa: S314 - our own output


def test_every_layer_is_a_folder(tmp_path: Path) -> None:
    root = root_of(squares(tmp_path))
    assert [folder.findtext(f"{K}name") for folder in root.iter(f"{K}Folder")] == [
        "zones",
        "facilities",
        "findings",
    ]


def test_a_hole_is_an_inner_boundary_and_parts_are_a_multi_geometry(tmp_path: Path) -> None:
    core, other, *_ = list(root_of(squares(tmp_path)).iter(f"{K}Placemark"))
    assert len(core.findall(f".//{K}outerBoundaryIs")) == 1
    assert len(core.findall(f".//{K}innerBoundaryIs")) == 1
    assert len(other.findall(f"{K}MultiGeometry/{K}Polygon")) == 2


def test_coordinates_are_longitude_comma_latitude(tmp_path: Path) -> None:
    text = root_of(squares(tmp_path)).findtext(f".//{K}outerBoundaryIs/{K}LinearRing/{K}coordinates")
    assert text is not None
    pairs = [tuple(map(float, pair.split(","))) for pair in text.split()]
    assert pairs[0] == pairs[-1]
    assert all(117 < lon < 118 and 31 < lat < 32 for lon, lat in pairs)


def test_data_is_typed_and_unknown_data_is_absent(tmp_path: Path) -> None:
    root = root_of(squares(tmp_path))
    types = {field.get("name"): field.get("type") for field in root.find(f".//{K}Schema") or ()}
    assert (types["key"], types["area_m2"], types["revision"]) == ("string", "double", "int")
    core, other, *_ = [
        {item.get("name"): item.text for item in mark.iter(f"{K}SimpleData")} for mark in root.iter(f"{K}Placemark")
    ]
    assert float(core["area_ha"] or 0) == 96.0
    assert core["status"] == "indicative"
    assert "accuracy_m" not in other
    assert "revision" not in core


def test_colours_are_the_maps_in_the_order_of_kml(tmp_path: Path) -> None:
    root = root_of(squares(tmp_path))
    first = root.find(f".//{K}Placemark/{K}styleUrl")
    assert first is not None
    assert first.text == "#c0072B2"  # the first colour of Okabe and Ito
    style = root.find(f".//{K}Style[@id='c0072B2']/{K}PolyStyle/{K}color")
    assert style is not None
    assert style.text == "70b27200"  # alpha, blue, green, red


def test_hostile_names_are_text_and_unseen_characters_are_seen(tmp_path: Path) -> None:
    root = root_of(squares(tmp_path, name=HOSTILE, other=HOSTILE))
    names = [mark.findtext(f"{K}name") for mark in root.iter(f"{K}Placemark")]
    assert names[1] == "<img src=x onerror=alert(1)>]]>&amp;\\u202egnp"
    description = root.findtext(f"{K}Document/{K}description") or ""
    assert "<img" not in description
    assert "&lt;img" in description


def test_labels_are_in_the_language_asked_for(tmp_path: Path) -> None:
    root = root_of(squares(tmp_path), language="zh")
    assert next(mark.findtext(f"{K}name") for mark in root.iter(f"{K}Placemark")) == "核心区"
    assert "示意边界" in (root.findtext(f"{K}Document/{K}description") or "")


def test_what_has_no_place_is_a_placemark_without_one(tmp_path: Path) -> None:
    marks = list(root_of(squares(tmp_path, facilities=("Here", "Nowhere")), layer="facilities").iter(f"{K}Placemark"))
    assert [mark.find(f"{K}Point") is not None for mark in marks] == [True, False]
