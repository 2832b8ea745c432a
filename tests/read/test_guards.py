"""Content that would lead GDAL to other files or the network is refused before GDAL sees it."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.read import read_zones
from geoplan.read.guards import UnfitError, guard_geojson, guard_geopackage, guard_shapefile, guard_xml
from tests.read.files import alter, geojson, save


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and what was asked of it."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name it overrides)
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/crs", paths
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("kind", ["link", "LINK", "url"])
def test_nothing_is_ever_fetched_for_a_geojson(tmp_path: Path, asked: tuple[str, list[str]], kind: str) -> None:
    address, paths = asked
    path = tmp_path / "zones.geojson"
    crs = {"type": kind, "properties": {"href": address, "url": address, "type": "ogcwkt"}}
    path.write_bytes(geojson(crs=crs))
    with pytest.raises(InputError, match="nothing is fetched"):
        read_zones(path)
    assert paths == []


@pytest.mark.parametrize(
    "document",
    [
        b'{"CRS": {"Type": "Link", "Properties": {"href": "http://a"}}}',
        b'{"crs": {"properties": {"href": "x"}, "type" : "li\\u006ek"}}',
        b'{"a": [{"crs": {"type": "url", "properties": {}}}]}',
    ],
)
def test_a_link_is_found_however_it_is_spelt(document: bytes) -> None:
    with pytest.raises(UnfitError, match="by a link"):
        guard_geojson(document)


@pytest.mark.parametrize("document", [b"{'crs': {'type': 'link'}}", b'{"type": "link"', b'"\\u0041' + b"[" * 100_000])
def test_what_might_hold_a_link_must_be_json(document: bytes) -> None:
    with pytest.raises(UnfitError, match="not valid JSON"):
        guard_geojson(document)


@pytest.mark.parametrize(
    "document",
    [
        geojson(),
        geojson(crs={"type": "name", "properties": {"name": "EPSG:4490"}}),
        json.dumps({"properties": {"url": "https://example.org", "kind": "link", "zh": "\u003c"}}).encode(),
    ],
)
def test_a_field_called_url_is_no_link(document: bytes) -> None:
    guard_geojson(document)


def test_kml_is_what_has_a_kml_root_and_no_document_type() -> None:
    guard_xml(
        b'<?xml version="1.0"?>\n<!-- made by hand -->\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>', "KML"
    )
    for wrong in (b"<KMLx/>", b"<gml><kml/></gml>", b"<kml", b"<!-- <kml> -->", b'<a:kml xmlns:b="x"/>', b"<\xff\xfe"):
        with pytest.raises(UnfitError):
            guard_xml(wrong, "KML")
    with pytest.raises(UnfitError, match="document type"):
        guard_xml(b'<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>', "KML")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW v AS SELECT ogr_geocode('x')",
        "CREATE VIEW v AS SELECT gdal_get_pixel_value('/vsicurl/http://a', 1, 'georef', 0, 0)",
        "CREATE VIEW v AS SELECT load_extension('x')",
    ],
)
def test_a_view_that_reaches_out_is_refused(tmp_path: Path, statement: str) -> None:
    path = alter(save(tmp_path / "zones.gpkg"), statement)
    with pytest.raises(UnfitError, match="reaches beyond the file"):
        guard_geopackage(path)
    with pytest.raises(UnfitError, match="reaches beyond the file"):
        guard_geopackage(path.read_bytes())


@pytest.mark.parametrize("module", ["VirtualOGR('/etc/passwd')", '"VirtualShape"(x)', "\nVirtualText(x)"])
def test_a_virtual_table_is_refused_unless_it_is_an_index(tmp_path: Path, module: str) -> None:
    path = save(tmp_path / "zones.gpkg")  # holds an rtree
    guard_geopackage(path)
    text = f"CREATE VIRTUAL TABLE v USING {module}".replace("'", "''")
    alter(path, f"INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, '{text}')")  # noqa: S608 (our own text)
    with pytest.raises(UnfitError, match="reaches beyond the file"):
        guard_geopackage(path)


def test_looking_at_a_geopackage_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = alter(save(tmp_path / "zones.gpkg"), "PRAGMA journal_mode = WAL")
    guard_geopackage(path)
    read_zones(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["zones.gpkg"]


@pytest.mark.parametrize("size", [16, 50, 99])
def test_a_database_of_a_few_bytes_is_truncated(size: int) -> None:
    with pytest.raises(UnfitError, match="truncated"):
        guard_geopackage(b"SQLite format 3\x00".ljust(size, b"\x00"))


def test_parts_of_a_shapefile_must_be_whole_and_belong_together() -> None:
    shp = (b"\x00\x00\x27\x0a" + b"\x00" * 20 + (50).to_bytes(4, "big")).ljust(100, b"\x00")
    dbf = b"\x03\x00\x00\x00" + (2).to_bytes(4, "little") + b"\x00" * 24
    guard_shapefile(shp, 100, 116, dbf)
    with pytest.raises(UnfitError, match="says 100 bytes, it has 99"):
        guard_shapefile(shp, 99, 116, dbf)
    with pytest.raises(UnfitError, match=r"lists 3 shapes, the \.dbf 2 rows"):
        guard_shapefile(shp, 100, 124, dbf)
    with pytest.raises(UnfitError, match="do not belong together"):
        guard_shapefile(shp, 100, 116, dbf[:10])
