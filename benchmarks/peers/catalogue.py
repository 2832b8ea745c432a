"""Every tool that is measured: what it needs, how it is asked, and where its documentation says so."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.peers import mapshaper_mosaic
from benchmarks.peers.postgis_server import server_folder

OURS = "geoplan"
OURS_WHOLE = "geoplan-json"  # every zone by three methods and every finding with its geometry, as JSON
_STRICT = ("--area-tolerance", "0", "--width-tolerance", "0", "--json")


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool beside us: its module in this package, the packages it needs, how it is asked, and after what words."""

    title: str
    module: str
    packages: tuple[str, ...]
    asked: str
    documented: str


PEERS = {
    "geopandas": Peer(
        "geopandas",
        "geopandas_join",
        ("geopandas",),
        '`sindex.query(predicate="intersects")`, `intersection`, the holes of `union_all`, `pyproj.Geod`',
        "geopandas user guide, Spatial indexing and Set operations; pyproj `Geod.geometry_area_perimeter`",
    ),
    "geos": Peer(
        "GEOS coverage",
        "geos_coverage",
        ("shapely",),
        "`coverage_invalid_edges(gap_width=2)` over all polygons",
        "shapely manual, Coverage functions",
    ),
    "duckdb": Peer(
        "DuckDB spatial",
        "duckdb_spatial",
        ("duckdb", "duckdb-extension-spatial"),
        "`ST_Read`, `SPATIAL_JOIN` on `ST_Intersects`, `ST_Intersection`, `ST_Area_Spheroid`, `ST_Union_Agg`",
        "DuckDB spatial extension, Functions and Spatial joins",
    ),
    "sedonadb": Peer(
        "SedonaDB",
        "sedonadb_sql",
        ("sedonadb",),
        "`read_pyogrio`, a join on `ST_Intersects`, `ST_Intersection`, `ST_Area` in the plane",
        "SedonaDB SQL reference and Python reference",
    ),
    "maup": Peer(
        "maup",
        "maup_doctor",
        ("maup",),
        "what `maup.doctor` asks: `adjacencies` with area above 0, `holes_of_union`",
        "maup manual, Fixing topological issues, overlaps, and gaps",
    ),
    "mapshaper": Peer(
        "mapshaper",
        "mapshaper_mosaic",
        (),
        "`-mosaic calc=count()`, `-dissolve`, `-rectangle`, `-erase`, by `mapshaper-xl`",
        "mapshaper command reference; Large file support",
    ),
    "postgis": Peer(
        "PostGIS",
        "postgis_join",
        ("psycopg",),
        "`COPY`, GiST, a self-join on `ST_Intersects`, `ST_Intersection`, `ST_Union`, `ST_Area(geography)`",
        "PostGIS manual, Loading spatial data, Building spatial indexes, Performance tuning",
    ),
}


def lacks(tool: str, *, set_up: bool = False) -> str | None:
    """Return why a tool cannot be asked here, None when it can; `set_up` installs mapshaper where it is missing."""
    missing = [name for name in PEERS[tool].packages if find_spec(name.replace("-", "_")) is None]
    if missing:
        return f"the package {missing[0]} is not installed"
    if tool == "postgis" and server_folder() is None:
        return "PostgreSQL with PostGIS is not installed (tools/provision.sh test)"
    if tool == "mapshaper" and not mapshaper_mosaic.PROGRAM.exists():
        if not set_up:
            return "not set up yet: --set-up installs it with npm"
        try:
            mapshaper_mosaic.install()
        except RuntimeError as error:
            return str(error)
    return None


def command_of(tool: str, path: Path, address: str = "") -> list[str]:
    """Return the process in which a tool checks a file; `address` is that of PostGIS's server."""
    if tool in (OURS, OURS_WHOLE):
        return [sys.executable, "-m", "geoplan", "check", str(path), *(_STRICT if tool == OURS_WHOLE else ())]
    command = [sys.executable, "-m", f"benchmarks.peers.{PEERS[tool].module}", str(path)]
    return [*command, address] if tool == "postgis" else command


def title_of(tool: str) -> str:
    """Return a tool's name for people."""
    return {OURS: "geoplan", OURS_WHOLE: "geoplan, as JSON"}.get(tool) or PEERS[tool].title


def version_of(tool: str) -> str:
    """Return the version of an installed tool."""
    if tool == "postgis":
        return _postgis_version()
    if tool == "mapshaper":
        return mapshaper_mosaic.VERSION
    if tool == "geos":
        return _geos_version()
    return importlib.metadata.version(OURS if tool in (OURS, OURS_WHOLE) else PEERS[tool].packages[0])


def _geos_version() -> str:
    import shapely  # noqa: PLC0415 - only when it is asked for

    return ".".join(map(str, shapely.geos_version))


def _postgis_version() -> str:
    programs = server_folder()
    if programs is None:
        return ""
    control = Path(f"/usr/share/postgresql/{programs.parts[-2]}/extension/postgis.control")
    lines = control.read_text(encoding="utf-8").splitlines()
    version = next((line.split("'")[1] for line in lines if line.startswith("default_version")), "")
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return f"{version} on PostgreSQL {said.split()[2]}"
