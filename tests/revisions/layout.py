"""A layout of three zones near Hefei that a plan knows, and the files in which an update of it may arrive.

Coordinates are typed or come from pyproj and the formulas of tests/test_offsets.py, never from geoplan.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from tests.read.drawings import drawing, polyline
from tests.read.files import pack
from tests.test_offsets import bd09_by_hand, gcj02_by_hand

# Metres of EPSG:4548. The core and the park share a crooked edge of three vertices; the town lies apart.
EDGE = (519260.0, 3521500.0)
MOVED_EDGE = (519310.0, 3521500.0)  # 50 m to the east
CORE = [(518000.0, 3521000.0), (519200.0, 3521000.0), EDGE, (519150.0, 3522100.0), (518040.0, 3522060.0)]
PARK = [(519200.0, 3521000.0), (520700.0, 3520900.0), (520850.0, 3522150.0), (519150.0, 3522100.0), EDGE]
TOWN = [(518300.0, 3523000.0), (519500.0, 3523100.0), (519400.0, 3523900.0), (518700.0, 3524200.0)]

IDS = ("core", "park", "town")
NAMES_ZH = ("核心区", "高新园", "讯飞小镇")
NAMES_EN = ("Core Area", "High-tech Area", "iFlytek Town")
SHAPES = (Polygon(CORE), Polygon(PARK), Polygon(TOWN))


def updated() -> tuple[Polygon, ...]:
    """The layout with the crooked edge moved by 50 m to the east, in both zones that share it."""
    core, park = ([MOVED_EDGE if point == EDGE else point for point in ring] for ring in (CORE, PARK))
    return Polygon(core), Polygon(park), Polygon(TOWN)


# What the core gains and the park loses: two triangles on a base of 50 m, together as high as the edge, 1,100 m.
GROWTH_M2 = 50.0 * 1100.0 / 2.0


def write_layout(
    folder: Path, *, accuracy_m: float | None = 1.0, boundaries: bool = True, rules: str = "", facilities: bool = False
) -> Path:
    """Write the plan of the layout; with boundaries they lie in its folder, in degrees."""
    folder.mkdir(parents=True, exist_ok=True)
    layers = 'zones = "zones.geojson"\n' if boundaries else ""
    if facilities:
        layers += 'facilities = "facilities.geojson"\n'
        x, y = degrees([(518600.0, 3521500.0)])[0]
        point = {"type": "Point", "coordinates": [x, y]}
        properties = {"id": "lab", "name_en": "Laboratory", "name_zh": "实验室", "category": "lab", "accuracy_m": 50}
        feature = {"type": "Feature", "properties": properties, "geometry": point}
        collection = {"type": "FeatureCollection", "features": [feature]}
        (folder / "facilities.geojson").write_text(json.dumps(collection), encoding="utf-8")
    accuracy = f"accuracy_m = {accuracy_m}\n" if accuracy_m is not None else ""
    zones = "".join(
        f'[[zones]]\nid = "{key}"\nname = {{ en = "{english}", zh = "{chinese}" }}\n{accuracy}'
        + ('aliases = ["KDXF"]\n' if key == "town" else "")
        for key, english, chinese in zip(IDS, NAMES_EN, NAMES_ZH, strict=True)
    )
    head = (
        f'format = 1\nid = "{folder.name}"\nname = {{ en = "Layout", zh = "布局" }}\nstatus = "official"\n'
        f'[area]\nprojected = "EPSG:4548"\n[layers]\n{layers}\n'
    )
    (folder / "plan.toml").write_text(f"{head}{zones}\n{rules}\n", encoding="utf-8")
    if boundaries:
        save_geojson(folder / "zones.geojson", frame(SHAPES).to_crs(4490))
    return folder


def frame(shapes: Sequence[BaseGeometry | None] = SHAPES, crs: object = 4548, **fields: Any) -> Any:
    """The layout as a GeoDataFrame with ids and Chinese names, or with other fields."""
    columns = fields or {"id": list(IDS[: len(shapes)]), "name_zh": list(NAMES_ZH[: len(shapes)])}
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def save_geojson(path: Path, data: Any) -> Path:
    data.to_file(path, driver="GeoJSON", COORDINATE_PRECISION=11)
    return path


def save(path: Path, data: Any, **options: Any) -> Path:
    """Write a frame in the format of the suffix, without a word about a missing CRS."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        data.to_file(path, **options)
    return path


def degrees(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Metres of EPSG:4548 in degrees, by pyproj."""
    onto = Transformer.from_crs(4548, 4490, always_xy=True)
    return [onto.transform(x, y) for x, y in points]


def in_degrees(shapes: Sequence[Polygon], offset: str = "plain") -> list[Polygon]:
    """Polygons in degrees, with the shift of a web map put on by the formulas typed in tests/test_offsets.py."""
    forward = {"plain": lambda x, y: (x, y), "gcj02": gcj02_by_hand, "bd09": bd09_by_hand}[offset]
    return [Polygon([forward(x, y) for x, y in degrees(shape.exterior.coords)]) for shape in shapes]


def gbk_zip(path: Path, shapes: Sequence[Polygon]) -> Path:
    """Trap 1: a zipped shapefile in metres with GBK names and a Chinese field, neither .prj nor .cpg, in a folder."""
    home = path.parent / "shp"
    home.mkdir()
    data = frame(shapes, None, 名称=list(NAMES_ZH))
    save(home / "zones.shp", data, encoding="gbk")
    for suffix in (".prj", ".cpg"):
        home.joinpath(f"zones{suffix}").unlink(missing_ok=True)
    return pack(path, *sorted(home.iterdir()))


def cad_drawing(path: Path, shapes: Sequence[Polygon]) -> Path:
    """Trap 2: a drawing in metres with the zone number 39 in front, the zones' names as its layers."""
    entities = [
        polyline(name, *((x + 39_000_000.0, y) for x, y in shape.exterior.coords[:-1]))
        for name, shape in zip(NAMES_ZH, shapes, strict=True)
    ]
    return drawing(path, *entities)


def amap_kml(path: Path, shapes: Sequence[Polygon]) -> Path:
    """Trap 3: a KML traced on AMap: degrees that carry the shift GCJ-02, called WGS 84 as every KML."""
    return kml(path, in_degrees(shapes, "gcj02"))


def kml(path: Path, shapes: Sequence[Polygon]) -> Path:
    """A KML of these numbers, whatever they are, with the Chinese names."""
    marks = "".join(
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        + " ".join(f"{x:.11f},{y:.11f}" for x, y in shape.exterior.coords)
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for name, shape in zip(NAMES_ZH, shapes, strict=True)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    path.write_text(f"{head}<Document>{marks}</Document></kml>", encoding="utf-8")
    return path


POINTS_HEAD = """[属性描述]
格式版本号=1.01
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=39
精度=0.001
转换参数=,,,,,,
[地块坐标]
"""


def boundary_points(path: Path, shapes: Sequence[Polygon]) -> Path:
    """Trap 4: 界址点 text in GBK, north first, eastings with the zone number."""
    text = POINTS_HEAD
    for number, (name, shape) in enumerate(zip(NAMES_ZH, shapes, strict=True), start=1):
        ring = list(shape.exterior.coords)
        text += f"{len(ring)},1.0000,{number:03d},{name},面,I50,07,0701,@\n"
        names = [*(f"J{place}" for place in range(1, len(ring))), "J1"]
        text += "".join(f"{j},1,{y:.4f},{x + 39e6:.4f}\n" for j, (x, y) in zip(names, ring, strict=True))
    path.write_bytes(text.encode("gbk"))
    return path


def farthest(geometry: Any, truth: Sequence[Polygon]) -> float:
    """The Hausdorff distance in metres between geometries in EPSG:4548 and where they truly are, in the same order."""
    return max(float(shapely.hausdorff_distance(one, other)) for one, other in zip(geometry, truth, strict=True))


def swapped(shapes: Sequence[Polygon]) -> list[Polygon]:
    """The same polygons with their axes exchanged."""
    return [shapely.transform(shape, lambda xy: np.asarray(xy)[:, ::-1]) for shape in shapes]
