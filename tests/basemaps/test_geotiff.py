from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Transformer

from geoplan.basemaps.geotiff import GeotiffSource
from geoplan.basemaps.source import State, TileError
from geoplan.basemaps.tiles import mercator_bounds
from tests.basemaps.files import pixels, write_geotiff
from tests.basemaps.places import tile_at

# A picture of four quarters over a degree near Hefei, north up: NW red, NE green, SW blue, SE white.
BOUNDS = (117.0, 31.0, 118.0, 32.0)
CORNERS = {
    (117.25, 31.75): (255, 0, 0),
    (117.75, 31.75): (0, 255, 0),
    (117.25, 31.25): (0, 0, 255),
    (117.75, 31.25): (255, 255, 255),
}
TO_MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)


def quarters(size: int = 400) -> NDArray[np.uint8]:
    half = size // 2
    bands = np.zeros((3, size, size), np.uint8)
    bands[0, :half, :half] = 255
    bands[1, :half, half:] = 255
    bands[2, half:, :half] = 255
    bands[:, half:, half:] = 255
    return bands


def colour_at(source: GeotiffSource, lon: float, lat: float, z: int) -> tuple[int, ...]:
    """Return the colour a place has in its tile; the place in the tile is PROJ's, not geoplan's."""
    x, y = tile_at(lon, lat, z)
    image = source.tile(z, x, y)
    if image is None:
        return (0, 0, 0, 0)
    west, south, east, north = mercator_bounds(z, x, y)
    across, up = TO_MERCATOR.transform(lon, lat)
    column, row = int((across - west) / (east - west) * 256), int((north - up) / (north - south) * 256)
    return tuple(int(value) for value in pixels(image.data)[row, column])


@pytest.mark.parametrize("z", [8, 10, 12, 15])
def test_a_place_has_the_colour_of_the_source_there(tmp_path: Path, z: int) -> None:
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", quarters(), BOUNDS))
    for (lon, lat), colour in CORNERS.items():
        assert colour_at(source, lon, lat, z) == (*colour, 255)


def test_a_picture_in_gauss_kruger_lands_where_proj_puts_it(tmp_path: Path) -> None:
    to_plane = Transformer.from_crs("EPSG:4490", "EPSG:4548", always_xy=True)
    east, north = to_plane.transform(117.2, 31.82)
    bands = np.zeros((3, 100, 100), np.uint8)
    bands[1, 40:60, 40:60] = 255  # 200 m around the place
    bounds = (east - 500, north - 500, east + 500, north + 500)
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", bands, bounds, crs="EPSG:4548"))
    assert colour_at(source, 117.2, 31.82, 16) == (0, 255, 0, 255)
    assert colour_at(source, 117.2 + 0.0021, 31.82, 16) == (0, 0, 0, 255)  # 199 m east, in the black
    assert colour_at(source, 117.2 + 0.0063, 31.82, 16) == (0, 0, 0, 0)  # 597 m east, outside
    found = source.info.bounds
    assert found is not None
    assert found == pytest.approx((117.19472, 31.81549, 117.20528, 31.82451), abs=2e-4)


def test_outside_is_none_and_the_edge_is_clear(tmp_path: Path) -> None:
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", quarters(), BOUNDS))
    assert source.tile(10, *tile_at(119, 31.5, 10)) is None
    assert colour_at(source, 118.02, 31.5, 8)[3] == 0


def test_no_data_are_clear(tmp_path: Path) -> None:
    bands = quarters()
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", bands[:1], BOUNDS, nodata=0))
    assert colour_at(source, 117.25, 31.75, 11) == (255, 255, 255, 255)
    assert colour_at(source, 117.25, 31.25, 11)[3] == 0


def test_opacity_in_the_file_is_kept(tmp_path: Path) -> None:
    bands = np.concatenate([quarters(), np.full((1, 400, 400), 255, np.uint8)])
    bands[3, :, 200:] = 0
    path = write_geotiff(tmp_path / "a.tif", bands, BOUNDS, photometric="RGB", alpha="yes")
    source = GeotiffSource(path)
    assert colour_at(source, 117.25, 31.75, 11) == (255, 0, 0, 255)
    assert colour_at(source, 117.75, 31.75, 11)[3] == 0


def test_a_palette_gives_its_colours_without_mixing_them(tmp_path: Path) -> None:
    values = np.zeros((1, 400, 400), np.uint8)
    values[0, :, 200:] = 9
    colours = {0: (10, 20, 30, 255), 9: (200, 100, 50, 255)}
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", values, BOUNDS, colormap=colours))
    assert colour_at(source, 117.25, 31.5, 11) == (10, 20, 30, 255)
    assert colour_at(source, 117.75, 31.5, 11) == (200, 100, 50, 255)
    image = source.tile(8, *tile_at(117.5, 31.5, 8))
    assert image is not None
    seen = {tuple(colour) for colour in pixels(image.data).reshape(-1, 4).tolist() if colour[3]}
    assert seen == set(colours.values())


@pytest.mark.parametrize("kind", ["uint16", "int16", "float32"])
def test_deep_values_are_stretched_and_the_stretch_is_stated(tmp_path: Path, kind: str) -> None:
    # A ramp from 1000 in the west to 2000 in the east: its 2nd and 98th percentiles are 1020 and 1980.
    ramp = np.broadcast_to(np.linspace(1000, 2000, 501), (1, 400, 501)).astype(kind)
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", ramp, BOUNDS))
    assert colour_at(source, 117.005, 31.5, 12) == (0, 0, 0, 255)
    assert colour_at(source, 117.995, 31.5, 12) == (255, 255, 255, 255)
    middle = colour_at(source, 117.5, 31.5, 12)
    assert middle[0] == pytest.approx(127.5, abs=2)
    assert len(set(middle[:3])) == 1
    note = source.info.notes[0]
    assert "1020 … 1980" in note.en
    assert "1020 … 1980" in note.zh


def test_values_that_are_no_numbers_are_clear(tmp_path: Path) -> None:
    values = np.broadcast_to(np.linspace(0, 1, 400), (1, 400, 400)).astype("float32")
    values[:, :200] = np.nan
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", values, BOUNDS, nodata=float("nan")))
    assert colour_at(source, 117.5, 31.75, 11)[3] == 0
    assert colour_at(source, 117.5, 31.25, 11)[3] == 255


def test_zooms_follow_the_size_of_a_pixel(tmp_path: Path) -> None:
    # 1/400° is 278.3 m in Web Mercator at the equator and across any parallel; 156543 m / 2^9 is 305.7 m, / 2^10 152.9.
    info = GeotiffSource(write_geotiff(tmp_path / "a.tif", quarters(), BOUNDS)).info
    assert info.max_zoom in (9, 10)
    assert info.min_zoom == 0  # 400 pixels are few enough for any tile
    assert info.bounds == pytest.approx(BOUNDS, abs=1e-6)


def test_overviews_are_read_instead_of_the_whole_picture(tmp_path: Path) -> None:
    # Overviews that were painted over tell where a tile was read from.
    import rasterio  # noqa: PLC0415 - beside the one test that edits a file

    path = write_geotiff(tmp_path / "a.tif", quarters(2048), BOUNDS, overviews=(2, 4, 8), tiled=True)
    with rasterio.open(path, "r+", overview_level=2) as smallest:
        smallest.write(np.full((3, smallest.height, smallest.width), 77, np.uint8))
    source = GeotiffSource(path)
    assert colour_at(source, 117.25, 31.75, 7) == (77, 77, 77, 255)
    assert colour_at(source, 117.25, 31.75, 12) == (255, 0, 0, 255)


def test_a_large_file_without_overviews_is_shown_from_where_it_can_be_drawn(tmp_path: Path) -> None:
    wide = np.zeros((1, 16, 40_000), np.uint8) + 200
    path = write_geotiff(tmp_path / "a.tif", wide, (100.0, 31.0, 120.0, 31.008), compress="deflate")
    source = GeotiffSource(path)
    info = source.info
    assert info.min_zoom > 0
    assert "gdaladdo" in info.notes[0].en
    assert source.tile(0, 0, 0) is None
    assert colour_at(source, 110.0, 31.004, info.max_zoom)[:3] == (200, 200, 200)


@pytest.mark.parametrize("crs", [None, "EPSG:2335"])
def test_without_a_usable_coordinate_system_it_is_refused_with_what_to_do(tmp_path: Path, crs: str | None) -> None:
    # EPSG:2335 is on Xian 80, which has no public parameters to CGCS2000.
    bounds = (0, 0, 400, 400) if crs is None else (18_500_000, 3_500_000, 18_500_400, 3_500_400)
    path = write_geotiff(tmp_path / "a.tif", quarters(), bounds, crs=crs)
    with pytest.raises(TileError) as caught:
        GeotiffSource(path)
    assert caught.value.state is State.BROKEN
    assert caught.value.hint is not None
    assert ("no coordinate system" in str(caught.value)) == (crs is None)


def test_complex_numbers_are_no_picture(tmp_path: Path) -> None:
    path = write_geotiff(tmp_path / "a.tif", np.zeros((1, 8, 8), "complex64"), BOUNDS)
    with pytest.raises(TileError, match="complex"):
        GeotiffSource(path)


def test_one_giant_block_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    block = {"tiled": True, "blockxsize": 9008, "blockysize": 9008}
    write_geotiff(path, np.zeros((1, 9008, 9008), np.uint8), BOUNDS, compress="deflate", **block)
    with pytest.raises(TileError, match="blocks too large"):
        GeotiffSource(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"II*\0" + b"\xff" * 200,
        b'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand><SimpleSource>'
        b"<SourceFilename>/vsicurl/http://127.0.0.1:9/a.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
    ],
)
def test_what_is_no_geotiff_is_refused_and_reaches_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    with pytest.raises(TileError, match=r"a\.tif: cannot be read as a GeoTIFF"):
        GeotiffSource(path)


def test_a_file_cut_short_is_refused_when_its_lost_part_is_asked_for(tmp_path: Path) -> None:
    path = write_geotiff(tmp_path / "a.tif", quarters(), BOUNDS)
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(TileError):
        colour_at(GeotiffSource(path), 117.75, 31.25, 11)


def test_nothing_is_written_beside_the_file(tmp_path: Path) -> None:
    ramp = np.broadcast_to(np.linspace(0, 9, 50), (1, 50, 50)).astype("float32")
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", ramp, BOUNDS))
    colour_at(source, 117.5, 31.5, 9)
    assert [one.name for one in tmp_path.iterdir()] == ["a.tif"]


def test_many_threads_draw_one_file(tmp_path: Path) -> None:
    source = GeotiffSource(write_geotiff(tmp_path / "a.tif", quarters(), BOUNDS))
    places: list[Any] = list(CORNERS.items()) * 5
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: colour_at(source, *one[0], 11), places))
    assert found == [(*colour, 255) for _, colour in places]


@pytest.mark.parametrize("order", ["rasterio, pyogrio, geopandas", "geopandas, pyogrio, rasterio"])
def test_it_lives_in_one_process_with_the_readers_of_zones(tmp_path: Path, order: str) -> None:
    picture = write_geotiff(tmp_path / "a.tif", quarters(40), BOUNDS)
    script = f"""
import warnings; warnings.simplefilter("error")
import {order}
from pathlib import Path
import shapely
from pyproj import Transformer
from geoplan.basemaps.geotiff import GeotiffSource
from tests.basemaps.places import tile_at
zones = geopandas.GeoDataFrame({{"id": ["a"]}}, geometry=[shapely.box(117, 31, 118, 32)], crs="EPSG:4490")
for turn in range(2):
    east, north = Transformer.from_crs(4490, 4548, always_xy=True).transform(117.0, 31.0)
    assert abs(east - 500000) < 1e-3, east
    zones.to_file({str(tmp_path / "z.gpkg")!r}, layer=f"z{{turn}}")
    assert pyogrio.read_dataframe({str(tmp_path / "z.gpkg")!r}, layer=f"z{{turn}}").crs.to_epsg() == 4490
    source = GeotiffSource(Path({str(picture)!r}))
    assert source.tile(9, *tile_at(117.25, 31.75, 9)) is not None
    assert zones.to_crs(4548).area.iloc[0] > 1e10
print("well")
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=False)
    assert done.stdout.strip() == "well", done.stderr[-2000:]
