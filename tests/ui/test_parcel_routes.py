from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import shapely
from starlette.applications import Starlette

from geoplan.crs import norm_crs, to_lonlat
from geoplan.pyramid.build import write_tiles
from geoplan.pyramid.cache import write_json
from geoplan.pyramid.fabric import FIGURES, META, Fabric
from geoplan.pyramid.mercator import to_world
from geoplan.pyramid.parcels import write_parcels
from geoplan.pyramid.world import in_world
from geoplan.rings import rings_of
from geoplan.types import Text
from geoplan.ui.guard import OPEN_CORE, OPEN_FOLDERS, OPEN_PATHS
from geoplan.ui.parcel_routes import MAX_SERVED, MOST_TILES, ROUTE, Served, parcel_routes
from geoplan.ui.server import routes
from geoplan.zones import ZoneLayer
from tests.pyramid.fabrics import decoded, decoded_all, squares
from tests.ui.asgi import Answer, ask_all

METRES = norm_crs("EPSG:4548")
KEY = "0123456789abcdef0123456789abcdef"
LONG = "x" * 301
HOSTILE = '"><script>alert(1)</script>\u2028${x}'
LABELS = ["a", HOSTILE, "b c/d?e=f&g", LONG]
POLYGONS = squares(1, 4, 40.0)


@pytest.fixture(scope="module")
def fabric(tmp_path_factory: pytest.TempPathFactory) -> Fabric:
    folder = tmp_path_factory.mktemp("cache") / KEY
    folder.mkdir()
    write_parcels(ZoneLayer(POLYGONS, METRES), LABELS, [Text.same(label) for label in LABELS], folder)
    np.save(folder / FIGURES, np.array([[1600.0, 25.0]] * 4))
    made = write_tiles(in_world(rings_of(POLYGONS), METRES), folder)
    write_json(folder / META, {"crs": "EPSG:4548", "features": 4, "deepest": made.deepest, "bounds": made.bounds})
    found = Fabric.open(folder)
    assert found is not None
    return found


def ask(
    fabric: Fabric | None, path: str, headers: Mapping[str, str] | None = None, query: str = "", **options: Any
) -> Answer:
    served = Served()
    if fabric is not None:
        served.add(fabric)
    return ask_all(Starlette(routes=parcel_routes(served=served, **options)), [path], headers or {}, query)[0]


def middle(place: int) -> tuple[float, float]:
    point = shapely.centroid(to_lonlat(POLYGONS[place : place + 1], METRES)[0])
    return float(point.x), float(point.y)


def tile_of(fabric: Fabric) -> tuple[int, int, int]:
    zoom = int(fabric.meta["deepest"])
    x, y = to_world(*(np.array([value]) for value in middle(0)))
    return zoom, int(x[0]) >> 30 - zoom, int(y[0]) >> 30 - zoom


def ask_tiles(fabric: Fabric, zoom: object, at: str, headers: Mapping[str, str] | None = None) -> Answer:
    return ask(fabric, f"/{ROUTE}/{KEY}/tiles/{zoom}", headers, f"at={at}")


def test_tiles_are_served_packed_to_whom_takes_them_so_and_plain_to_others(fabric: Fabric) -> None:
    zoom, x, y = tile_of(fabric)
    packed = ask_tiles(fabric, zoom, f"{x}.{y}", {"accept-encoding": "br, deflate, gzip"})
    assert (packed.status, packed.headers["content-encoding"]) == (200, "deflate")
    plain = ask_tiles(fabric, zoom, f"{x}.{y}", {"accept-encoding": "br"})
    assert "content-encoding" not in plain.headers
    assert plain.content == zlib.decompress(packed.content)
    assert len(decoded(plain.content).rings) == 4
    assert packed.headers["content-type"] == "application/octet-stream"
    assert packed.headers["x-content-type-options"] == "nosniff"
    assert packed.headers["cross-origin-resource-policy"] == "same-origin"


def test_several_tiles_come_in_the_order_asked_for(fabric: Fabric) -> None:
    zoom, x, y = tile_of(fabric)
    content = ask_tiles(fabric, zoom, f"0.0,{x}.{y},1.1,{x}.{y}").content
    assert [len(tile.rings) for tile in decoded_all(content)] == [0, 4, 0, 4]
    most = ",".join([f"{x}.{y}"] * MOST_TILES)
    assert len(decoded_all(ask_tiles(fabric, zoom, most).content)) == MOST_TILES
    assert ask_tiles(fabric, zoom, f"{most},0.0").status == 404


def test_what_never_changes_may_be_kept_by_the_browser_alone_and_picks_by_nobody(fabric: Fabric) -> None:
    kept = ask_tiles(fabric, 0, "0.0").headers["cache-control"]
    assert kept.startswith("private, ")
    assert "immutable" in kept
    lon, lat = middle(0)
    assert ask(fabric, f"/{ROUTE}/{KEY}/at", query=f"lon={lon}&lat={lat}").headers["cache-control"] == "no-store"


def test_a_place_where_nothing_lies_has_an_empty_tile_and_no_error(fabric: Fabric) -> None:
    for zoom, at in ((0, "0.1"), (30, "1.1"), (5, "99.99"), (3, "0.0")):
        answer = ask_tiles(fabric, zoom, at)
        assert answer.status == 200
        assert (decoded(answer.content).rings, decoded(answer.content).shares) == ([], None)


@pytest.mark.parametrize(
    ("zoom", "at"),
    [("1", "0.-1"), ("1", "0.0x1"), ("1", "0." + "9" * 500), ("1", "0.¹"), ("a", "1.1"), ("1", ""), ("1", "1.1,"),
     ("1", "1"), ("-1", "1.1"), ("1/0", "1.1"), ("100", "0.0")],
)  # fmt: skip
def test_what_is_no_tile_is_not_found(fabric: Fabric, zoom: str, at: str) -> None:
    assert ask_tiles(fabric, zoom, quote(at, safe=".,-")).status == 404


def test_only_fabrics_that_a_page_has_shown_are_served(fabric: Fabric) -> None:
    for key in (KEY[:-1] + "0", "..", "%2e%2e", KEY.upper(), KEY + "0"):
        assert ask(fabric, f"/{ROUTE}/{key}/tiles/0", query="at=0.0").status == 404
        assert ask(fabric, f"/{ROUTE}/{key}/at", query="lon=1&lat=1").status == 404
    assert ask(None, f"/{ROUTE}/{KEY}/tiles/0", query="at=0.0").status == 404


def test_a_place_tells_the_id_of_the_parcel_that_lies_there(fabric: Fabric) -> None:
    for place, label in enumerate(LABELS[:3]):
        lon, lat = middle(place)
        answer = ask(fabric, f"/{ROUTE}/{KEY}/at", query=f"lon={lon:.9f}&lat={lat:.9f}")
        assert answer.json == {"id": label}
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask(fabric, f"/{ROUTE}/{KEY}/at", query="lon=10.5&lat=-3").json == {"id": None}


def test_the_parcels_of_a_view_are_listed_by_name_and_area(fabric: Fabric) -> None:
    (west, south), (east, north) = middle(0), middle(3)
    query = f"west={west - 1e-5:.9f}&south={south - 1e-4:.9f}&east={west + 1e-5:.9f}&north={north + 1e-4:.9f}&lang=en"
    assert ask(fabric, f"/{ROUTE}/{KEY}/near", query=query).json == {
        "zones": [{"id": "a", "name": "a", "area": "1,600.00 m²"}]
    }
    wide = f"west={west - 1:.6f}&south={south - 1:.6f}&east={east + 1:.6f}&north={north + 1:.6f}&lang=zh"
    listed = ask(fabric, f"/{ROUTE}/{KEY}/near", query=wide)
    assert {zone["id"] for zone in listed.json["zones"]} == set(LABELS[:3])  # the fourth is too long for a link
    assert listed.headers["cache-control"] == "no-store"
    far = ask(fabric, f"/{ROUTE}/{KEY}/near", query="west=10&south=10&east=11&north=11")
    assert far.json == {"zones": []}


@pytest.mark.parametrize(
    "query",
    ["", "west=1&south=1&east=0&north=2", "west=-181&south=0&east=1&north=1", "west=nan&south=0&east=1&north=1"],
)
def test_what_is_no_view_is_refused(fabric: Fabric, query: str) -> None:
    assert ask(fabric, f"/{ROUTE}/{KEY}/near", query=query).status == 400


def test_an_id_too_long_for_a_link_is_not_told(fabric: Fabric) -> None:
    lon, lat = middle(3)
    assert ask(fabric, f"/{ROUTE}/{KEY}/at", query=f"lon={lon:.9f}&lat={lat:.9f}").json == {"id": None}
    assert ask(fabric, f"/{ROUTE}/{KEY}/outline", query=f"id={LONG}").json["features"] == []


@pytest.mark.parametrize(
    "query", ["", "lon=1", "lon=a&lat=1", "lon=nan&lat=1", "lon=1e3&lat=1", "lon=181&lat=1", "lon=1&lat=91"]
)
def test_what_is_no_place_is_refused(fabric: Fabric, query: str) -> None:
    assert ask(fabric, f"/{ROUTE}/{KEY}/at", query=query).status == 400


def test_an_outline_is_the_parcel_itself_without_its_text(fabric: Fabric) -> None:
    for place, label in enumerate(LABELS[:3]):
        answer = ask(fabric, f"/{ROUTE}/{KEY}/outline", query=f"id={quote(label, safe='')}")
        (feature,) = answer.json["features"]
        assert feature["properties"] == {}
        true = to_lonlat(POLYGONS[place : place + 1], METRES)[0]
        assert shapely.equals_exact(shapely.geometry.shape(feature["geometry"]), true, 1e-6)
        assert b"script" not in answer.content
    assert ask(fabric, f"/{ROUTE}/{KEY}/outline", query="id=unknown").json["features"] == []


def test_pages_of_other_sites_and_who_may_not_look_are_told_nothing(fabric: Fabric) -> None:
    for path in ("tiles/0", "at", "outline", "near"):
        address = f"/{ROUTE}/{KEY}/{path}"
        assert ask(fabric, address, {"sec-fetch-site": "cross-site"}).status == 403
        assert ask(fabric, address, allowed=lambda _: False).status == 403


def test_the_app_serves_parcels_behind_the_guard() -> None:
    assert f"/{ROUTE}/{{key}}/tiles/{{zoom}}" in [getattr(route, "path", "") for route in routes()]
    assert not any(f"/{ROUTE}/".startswith(folder) for folder in OPEN_FOLDERS)
    assert not {f"/{ROUTE}", f"/{ROUTE}/"} & (OPEN_PATHS | OPEN_CORE)


def test_a_base_path_comes_before_the_route(fabric: Fabric) -> None:
    served = Served()
    served.add(fabric)
    app = Starlette(routes=parcel_routes("/planning", served=served))
    paths = [f"/planning/{ROUTE}/{KEY}/tiles/0", f"/{ROUTE}/{KEY}/tiles/0"]
    assert [one.status for one in ask_all(app, paths, {}, "at=0.0")] == [200, 404]


def test_a_cache_that_was_cleared_is_no_failure_of_the_server(fabric: Fabric, tmp_path: Path) -> None:
    gone = Fabric(tmp_path / KEY, fabric.meta)
    assert ask(gone, f"/{ROUTE}/{KEY}/tiles/0", query="at=0.0").status == 404
    assert ask(gone, f"/{ROUTE}/{KEY}/at", query="lon=117&lat=31").status == 404


def test_the_fabric_shown_longest_ago_is_dropped_first(fabric: Fabric) -> None:
    served = Served()
    served.add(fabric)
    for number in range(MAX_SERVED):
        served.add(Fabric(Path(f"{number:032x}"), {}))
    assert served.get(KEY) is None
    assert served.get(f"{MAX_SERVED - 1:032x}") is not None
