"""The load matrix: one layout in every format, CRS, shift, axis order, zone number and encoding, and what comes of it.

    python -m tests.revisions.matrix    writes the table in docs/loading.md anew

Files are written by GDAL and by hand, their numbers by pyproj and typed formulas; geoplan only reads them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Polygon

from geoplan.crs_verdict import Site
from geoplan.plan import Plan, load_plan
from geoplan.revisions.current import current_zones, in_crs, site_of
from geoplan.revisions.inspect import inspected, placed
from geoplan.revisions.job import as_zones
from geoplan.revisions.stage import stage
from geoplan.revisions.values import Reading
from geoplan.zones import ZoneLayer
from tests.read.drawings import drawing, polyline
from tests.read.files import pack
from tests.revisions import layout

DOCS = Path(__file__).resolve().parents[2] / "docs" / "loading.md"
BEGIN, END = (
    "<!-- The load matrix, written by `python -m tests.revisions.matrix`. -->",
    "<!-- End of the load matrix. -->",
)

NO_CRS = 0  # metres of EPSG:4548 with no word about it
CODES = (4490, 4326, 4527, 4548, 3857, NO_CRS)
TWISTS = ("plain", "GCJ-02", "BD-09", "swapped", "prefix")
SHIFTS = {"GCJ-02": "gcj02", "BD-09": "bd09"}
PREFIX = {4527: -39e6, 4548: 39e6, NO_CRS: 39e6}  # the zone number taken off, or put in front
INDICATIVE = "onto boundaries that may be 3 km off"
FORMATS = (
    "GeoPackage",
    "GeoJSON",
    "GeoJSON, newline-delimited",
    "Shapefile, UTF-8",
    "Shapefile, GBK",
    "Shapefile, GBK without .cpg",
    "FlatGeobuf",
    "GeoParquet",
    "GML",
    "FileGDB",
    "MapInfo MIF",
    "KML",
    "KMZ",
    "DXF",
    "CSV, UTF-8",
    "CSV, GBK",
    "XLSX",
    "boundary points, GBK",
    f"GeoPackage, {INDICATIVE}",
    f"KML, {INDICATIVE}",
)
# Which systems a format can be in: some have only degrees, a drawing and a list of points only metres.
ONLY = {
    "KML": (4326,),
    "KMZ": (4326,),
    "GeoJSON, newline-delimited": (4326,),
    "DXF": (4527, 4548, 3857),
    "boundary points": (4527, 4548, NO_CRS),
}


@dataclass(frozen=True)
class Case:
    """One file of the matrix."""

    format: str
    code: int
    twist: str


def cases(kind: str) -> Iterator[Case]:
    """Every case of a format that can be: KML is in degrees, a drawing in metres that it does not name."""
    codes = ONLY.get(kind, ONLY.get(kind.partition(", ")[0], CODES))
    for code in codes:
        for twist in TWISTS:
            if twist != "prefix" or code in PREFIX:
                yield Case(kind, code, twist)


def numbers(case: Case) -> list[Polygon]:
    """The polygons of the case, in the numbers that stand in its file."""
    shapes = layout.in_degrees(layout.updated(), SHIFTS.get(case.twist, "plain"))
    code = case.code or 4548
    if code not in (4490, 4326):
        onto = Transformer.from_crs(4490, code, always_xy=True)
        shapes = [shapely.transform(shape, onto.transform, interleaved=False) for shape in shapes]
    if case.twist == "prefix":
        shapes = [shapely.transform(shape, lambda xy: xy + np.array([PREFIX[case.code], 0.0])) for shape in shapes]
    return layout.swapped(shapes) if case.twist == "swapped" else shapes


def write(case: Case, folder: Path) -> Path:  # noqa: PLR0911 - one return for each way to write
    """Write the file of a case."""
    shapes, crs = numbers(case), case.code or None
    data = layout.frame(shapes, crs, 名称=list(layout.NAMES_ZH))
    kind, _, encoding = case.format.partition(", ")
    if kind == "Shapefile":
        return _shapefile(folder, data, encoding)
    if kind == "DXF":
        rings = [polyline(n, *s.exterior.coords[:-1]) for n, s in zip(layout.NAMES_ZH, shapes, strict=True)]
        return drawing(folder / "u.dxf", *rings)
    if kind == "CSV":
        return _csv(folder, shapes, encoding)
    if kind in ("KML", "KMZ"):
        marks = layout.kml(folder / "doc.kml", shapes)
        return marks if kind == "KML" else pack(folder / "u.kmz", marks)
    if kind == "XLSX":
        return _xlsx(folder, shapes)
    if kind == "boundary points":
        return _boundary_points(folder / "u.txt", case, shapes)
    if kind == "GeoParquet":
        data.to_parquet(folder / "u.parquet")
        return folder / "u.parquet"
    if kind == "GeoJSON":
        driver = "GeoJSONSeq" if encoding else "GeoJSON"
        return layout.save(folder / "u.geojson", data, driver=driver, COORDINATE_PRECISION=11)
    suffix, options = {
        "GeoPackage": ("gpkg", {}),
        "FlatGeobuf": ("fgb", {"SPATIAL_INDEX": "NO"}),
        "GML": ("gml", {"driver": "GML"}),
        "FileGDB": ("gdb", {"driver": "OpenFileGDB"}),
        "MapInfo MIF": ("mif", {"driver": "MapInfo File", "FORMAT": "MIF", "encoding": "utf-8"}),
    }[kind]
    return layout.save(folder / f"u.{suffix}", data, **options)


def outcome(case: Case, path: Path, known: tuple[Plan, Site, ZoneLayer]) -> str:
    """Return "right", "asked" (it stopped with an explanation), or what is wrong."""
    plan, site, zones = known
    found = inspected(path, site, Reading())
    if found.inspection.crs.chosen is None:
        return "asked" if found.inspection.crs.explanation.en else f"{case}: stopped without a word"
    staged = stage(placed(found, plan, site), plan, zones)
    truth = dict(zip(layout.IDS, layout.updated(), strict=True))
    if sorted(staged.ids) != sorted(layout.IDS):
        return f"{case}: zones {staged.ids}"
    names = dict(zip(staged.ids, staged.layer.text("name_zh"), strict=True))
    if names != dict(zip(layout.IDS, layout.NAMES_ZH, strict=True)):
        return f"{case}: names {names}"
    far = layout.farthest(staged.layer.geometry, [truth[zone] for zone in staged.ids])
    return "right" if far < 0.001 else f"{case}: {far:.4f} m off, {found.inspection.crs.explanation.en}"


def row(kind: str, folder: Path) -> Counter[str]:
    """Return how often each outcome came of the cases of a format."""
    plan = known(folder, accuracy_m=3000.0 if INDICATIVE in kind else 1.0)
    counts: Counter[str] = Counter()
    for number, case in enumerate(cases(kind)):
        home = folder / str(number)
        home.mkdir()
        counts[outcome(case, write(case, home), plan)] += 1
    return counts


def known(folder: Path, *, accuracy_m: float = 1.0) -> tuple[Plan, Site, ZoneLayer]:
    """Return the plan that knows the layout, its place and its current zones."""
    plan = load_plan(layout.write_layout(folder / "valley", accuracy_m=accuracy_m))
    current = current_zones(plan, None).zones
    assert current is not None
    site = site_of(plan, current)
    assert site is not None
    return plan, site, as_zones(in_crs(current, site.target), plan)


def line(kind: str, counts: Counter[str]) -> str:
    """Return the line of a format in the table of the page."""
    wrong = sum(count for name, count in counts.items() if name not in ("right", "asked"))
    return f"| {kind} | {sum(counts.values())} | {counts['right']} | {counts['asked']} | {wrong} |"


def main() -> None:
    """Write the table in docs/loading.md anew."""
    lines = ["| format | files | right to 1 mm | asked | wrong |", "|---|---|---|---|---|"]
    for kind in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            counts = row(kind, Path(folder))
        lines.append(line(kind, counts))
        wrong = [name for name in counts if name not in ("right", "asked")]
        print(lines[-1], *wrong, sep="\n    ", file=sys.stderr)
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


def _shapefile(folder: Path, data: Any, encoding: str) -> Path:
    home = folder / "shp"
    home.mkdir()
    layout.save(home / "u.shp", data, encoding="utf-8" if encoding == "UTF-8" else "gbk")
    if encoding.endswith("without .cpg"):
        (home / "u.cpg").unlink()
    return pack(folder / "u.zip", *sorted(home.iterdir()))


def _csv(folder: Path, shapes: list[Polygon], encoding: str) -> Path:
    rows = [f'{name},"{shape.wkt}"' for name, shape in zip(layout.NAMES_ZH, shapes, strict=True)]
    path = folder / "u.csv"
    text = "\r\n".join(["名称,WKT", *rows])
    path.write_bytes(text.encode("utf-8" if encoding == "UTF-8" else "gbk"))
    return path


def _xlsx(folder: Path, shapes: list[Polygon]) -> Path:
    """A workbook with a column of WKT, by GDAL's own command line."""
    table, path = _csv(folder, shapes, "UTF-8"), folder / "u.xlsx"
    command = ["ogr2ogr", "-f", "XLSX", str(path), str(table), "-oo", "GEOM_POSSIBLE_NAMES=none"]
    subprocess.run(command, check=True, capture_output=True)
    return path


def _boundary_points(path: Path, case: Case, shapes: list[Polygon]) -> Path:
    """界址点 text, north first, whose head names the system of the case (nothing without a CRS)."""
    head = "[属性描述]\n"
    if case.code:
        head += "坐标系=2000国家大地坐标系\n几度分带=3\n投影类型=高斯克吕格\n计量单位=米\n"
        head += "带号=39\n" if case.code == 4527 else ""
    text = f"{head}[地块坐标]\n"
    for number, (name, shape) in enumerate(zip(layout.NAMES_ZH, shapes, strict=True), start=1):
        ring = list(shape.exterior.coords)
        text += f"{len(ring)},1.0000,{number:03d},{name},面,I50,07,0701,@\n"
        names = [*(f"J{place}" for place in range(1, len(ring))), "J1"]
        text += "".join(f"{point},1,{y:.5f},{x:.5f}\n" for point, (x, y) in zip(names, ring, strict=True))
    path.write_bytes(text.encode("gbk"))
    return path


if __name__ == "__main__":
    main()
