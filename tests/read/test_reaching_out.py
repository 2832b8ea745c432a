"""Nothing outside the named file is opened: no network, no schema, no other file it points to."""

from __future__ import annotations

import http.server
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.read import read_raw

RING = "117,31 118,31 118,32 117,31"
POLYGON = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)
GML_POLYGON = (
    '<gml:Polygon srsName="{srs}"><gml:exterior><gml:LinearRing><gml:posList>0 0 1 0 1 1 0 0</gml:posList>'
    "</gml:LinearRing></gml:exterior></gml:Polygon>"
)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """A web server of our own and the list of what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815 (names the base class calls)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def gml(url: str, polygon: str) -> str:
    spaces = 'xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:a="http://a"'
    more = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    schema = f"{url}/s?SERVICE=WFS&amp;VERSION=1.1.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=z"
    located = f'xsi:schemaLocation="http://a {schema} http://www.opengis.net/wfs {url}/wfs.xsd"'
    member = f'<a:z><a:g>{polygon}</a:g><a:n xlink:href="{url}/other.gml#x"/></a:z>'
    member = f"<gml:featureMember>{member}</gml:featureMember>"
    return f"<wfs:FeatureCollection {spaces} {more} {located}>{member}</wfs:FeatureCollection>"


def documents(url: str) -> dict[str, str]:
    link = f"<NetworkLink><Link><href>{url}/more.kml</href></Link></NetworkLink>"
    style = f"<styleUrl>{url}/style.kml#a</styleUrl>"
    kml = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{link}<Placemark>{style}{POLYGON}</Placemark>'
    return {
        "link.kml": f"{kml}</Document></kml>",
        "schema.gml": gml(url, GML_POLYGON.format(srs="EPSG:4548")),
        "system.gml": gml("http://a", GML_POLYGON.format(srs=f"{url}/def/crs/EPSG/0/4548")),
        "xlink.gml": gml(url, f'<gml:Polygon xlink:href="{url}/polygon.gml"/>'),
        "vrt.gml": f"<OGRVRTDataSource><!-- opengis.net/gml --><SrcDataSource>{url}/a.kml</SrcDataSource>",
        "wkt.csv": f"wkt,id\n/vsicurl/{url}/a.kml,1\n",
        "point.txt": f"[地块坐标]\n@{url}\n4,1,1,a,面,,,,@\nJ1,1,0,0\nJ2,1,0,1\nJ3,1,1,1\n",
        "lines.geojsonl": '{"type": "Feature", "properties": {}, "geometry": null, "crs": {"type": "link", '
        f'"properties": {{"href": "{url}/crs"}}}}}}\n{{"type": "Feature", "properties": {{}}, "geometry": null}}\n',
    }


@pytest.mark.parametrize("name", sorted(documents("http://127.0.0.1")))
def test_nothing_is_asked_of_the_network(tmp_path: Path, server: tuple[str, list[str]], name: str) -> None:
    url, asked = server
    path = tmp_path / name
    path.write_text(documents(url)[name], encoding="utf-8")
    with suppress(InputError):
        read_raw(path)
    assert asked == []


def test_the_server_would_have_noticed(server: tuple[str, list[str]]) -> None:
    url, asked = server
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{url}/hello")  # noqa: S310 (our own server)
    assert asked.pop() == "/hello"


def test_what_links_elsewhere_is_read_without_the_links(tmp_path: Path) -> None:
    for name in ("link.kml", "schema.gml", "system.gml"):
        path = tmp_path / name
        path.write_text(documents("http://127.0.0.1:9")[name])
        assert read_raw(path).features == 1


@pytest.mark.parametrize("kind", ["NATIVE\nopen table 'other'", "DBF", "LINKED", "NATIVE\n create view v as select"])
def test_a_map_table_over_other_files_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "zones.tab"
    path.write_text(
        f"!table\n!version 300\n!charset Neutral\n\nDefinition Table\n  Type {kind}\n  Fields 1\n    a Char (4) ;\n"
    )
    with pytest.raises(InputError, match="is a MapInfo table over other files"):
        read_raw(path)


def test_a_geodatabase_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "z.gdb"
    home.mkdir()
    (home / "a00000001.gdbtable").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="FileGDB with links or folders in it"):
        read_raw(home)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.gml", '<!DOCTYPE g SYSTEM "b"><g xmlns="http://www.opengis.net/gml"/>', "declares a document type"),
        ("a.gml", '<OGRWFSDataSource xmlns="http://www.opengis.net/gml"/>', "is XML, but not GML"),
        ("a.xml", '<gml:schema xmlns:gml="http://www.opengis.net/gml"/>', "is XML, but not GML"),
    ],
)  # fmt: skip
def test_xml_that_is_something_else_is_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=said):
        read_raw(tmp_path / name)


@pytest.mark.parametrize("suffix", ["kml", "gml"])
@pytest.mark.parametrize("encoding", ["GBK", "GB2312", "gb18030", "UTF-8"])
def test_xml_in_a_chinese_encoding_is_read_by_its_declaration(tmp_path: Path, suffix: str, encoding: str) -> None:
    if suffix == "kml":
        body = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>核心区</name>{POLYGON}'
        body += "</Placemark></Document></kml>"
    else:
        body = gml("http://a", GML_POLYGON.format(srs="EPSG:4548")).replace("<a:g>", "<a:Name>核心区</a:Name><a:g>")
    path = tmp_path / f"zones.{suffix}"
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(encoding))
    raw = read_raw(path)
    assert list(raw.fields["Name"]) == ["核心区"]
    assert raw.encoding.sample == ("核心区",)


def test_geojson_in_gbk_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "zones.geojson"
    ring = [[117, 31], [118, 31], [118, 32], [117, 31]]
    shape = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    text = f'{{"type": "Feature", "properties": {{"name": "核心区"}}, "geometry": {shape}}}'
    path.write_bytes(f'{{"type": "FeatureCollection", "features": [{text}]}}'.encode("gbk"))
    raw = read_raw(path)
    assert list(raw.fields["name"]) == ["核心区"]
    assert raw.encoding.name == "GB18030"
