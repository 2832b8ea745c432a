"""The table of formats: endings that say one format each, titles and media types that are registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import UsageError
from geoplan.output.export.formats import EXPORT_FORMATS, format_for, format_named
from geoplan.output.export.values import LAYERS

MEDIA = {  # as registered with IANA, or as the standard names them where it is not
    "gpkg": "application/geopackage+sqlite3",  # OGC 12-128r18, Annex G
    "geojson": "application/geo+json",  # RFC 7946, section 12
    "kml": "application/vnd.google-earth.kml+xml",  # OGC 12-007r2
    "shp": "application/zip",
    "csv": "text/csv; charset=utf-8",  # RFC 4180
    "dxf": "image/vnd.dxf",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",  # ECMA-376
}


def test_no_ending_belongs_to_two_formats() -> None:
    endings = [suffix for one in EXPORT_FORMATS.values() for suffix in one.suffixes]
    assert len(endings) == len(set(endings))
    assert all(ending.startswith(".") and ending == ending.lower() for ending in endings)


@pytest.mark.parametrize("name", MEDIA)
def test_a_file_is_announced_as_what_it_is_registered_as(name: str) -> None:
    assert EXPORT_FORMATS[name].media_type == MEDIA[name]


@pytest.mark.parametrize(("suffix", "name"), [
    (suffix, one.name) for one in EXPORT_FORMATS.values() for suffix in one.suffixes
])  # fmt: skip
def test_every_ending_in_any_case_is_known_and_with_its_own_name_too(suffix: str, name: str) -> None:
    for path in (Path(f"方案 v1.2{suffix}"), Path(f"x{suffix.upper()}")):
        assert format_for(path, None)[0].name == name
        assert format_for(path, name) == (EXPORT_FORMATS[name], None)


@pytest.mark.parametrize("path", ["zones", "zones.", ".gpkg", "zones.gpkg.txt", "zones.gpkg ", "folder.gpkg/zones"])
def test_a_path_that_names_no_format_is_refused_with_the_endings_there_are(path: str) -> None:
    with pytest.raises(UsageError, match=r"does not say by its ending.*\.gpkg, \.geojson.*\.xlsx"):
        format_for(Path(path), None)


@pytest.mark.parametrize("path", ["zones.shp", "ZONES.SHP"])
@pytest.mark.parametrize("name", [None, "shp", "gpkg"])
def test_one_file_of_a_shapefile_is_never_written(path: str, name: str | None) -> None:
    with pytest.raises(UsageError, match="several files"):
        format_for(Path(path), name)


@pytest.mark.parametrize("name", ["", "GPKG", "gpkg ", "mapinfo", "__class__", "长"])
def test_a_name_of_no_format_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UsageError, match="Choose one of gpkg, geojson") as caught:
        format_named(name)
    assert "可选：gpkg" in caught.value.line("zh")


def test_a_contradiction_says_what_the_file_would_have_to_be_called() -> None:
    with pytest.raises(UsageError, match=r"ends like CSV, but --format says dxf.*Name it plan\.v1\.dxf"):
        format_for(Path("plan.v1.csv"), "dxf")


def test_places_all_over_the_globe_are_in_no_drawing_and_everything_else_has_all_layers_or_one() -> None:
    for one in EXPORT_FORMATS.values():
        assert one.layers in ((*LAYERS,), ("zones",), ("zones", "facilities", "findings")), one.name
        assert one.many == (len(one.layers) > 1)
    assert "network" not in EXPORT_FORMATS["dxf"].layers
