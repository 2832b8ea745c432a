"""A city's parcels into a store and out again, beside geopandas and ogr2ogr, on one server and one disk in one run.

    python -m benchmarks.store --bulk 100000 [ADDRESS]

Every contender is a process of its own, so that its peak memory is its own; `data` is one that only makes the
parcels. `does` says what each of them comes to: the peers write one table, `layer` is geoplan's part that does
just that, `publish` besides hashes every zone and keeps geometry and fields as a revision in the chain, and
`geoplan load` is the whole command, from reading a file to the last line it prints. Kart, the one other tool that
keeps revisions, comes as an installer only, not as a package, so it is not among them.
"""

from __future__ import annotations

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import geopandas
import numpy as np
import psycopg
import shapely
from psycopg.conninfo import conninfo_to_dict

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs
from geoplan.store import Draft, SourceFile, open_store
from geoplan.store.layers import zones_layer
from geoplan.store.sql import SqlStore
from geoplan.zones import ZoneLayer

CRS = "EPSG:4548"
TOML = 'format = 1\nid = "city"\nname = "City"\nstatus = "draft"\n[area]\nprojected = "EPSG:4548"\n'
ROUNDS = 5
RESET = "DROP SCHEMA IF EXISTS geoplan CASCADE; DROP TABLE IF EXISTS public.layer_styles, public.peer"
_MIDDLE = 9  # the vertex of a parcel in the middle of its east side
_SPACING = 10  # parcels between two of which a corner is moved, both ways


def city(count: int, *, second: bool = False) -> ZoneLayer:
    """Return about `count` parcels that cover their ground; in the second version one in a hundred is another.

    There a vertex that two parcels share is moved, in both of them, and the first parcel is gone.
    """
    geometry = make_fabric(count, seed=1).polygons
    if second:
        geometry = _moved(geometry)[1:]
    places = np.arange(int(second), len(geometry) + int(second))
    fields = {
        "id": np.array([f"parcel-{place:07}" for place in places], dtype=object),
        "name_en": np.array([f"Parcel {place}" for place in places], dtype=object),
        "name_zh": np.array([f"地块 {place}" for place in places], dtype=object),
    }
    return ZoneLayer(geometry, norm_crs(CRS), fields)


def _moved(geometry: np.ndarray) -> np.ndarray:
    columns = -(-len(geometry) // int(len(geometry) ** 0.5))
    xy = shapely.get_coordinates(geometry).reshape(len(geometry), -1, 2)
    places = np.arange(len(geometry) - columns)
    row, column = places // columns, places % columns
    hosts = places[(row % _SPACING == 5) & (column % (2 * _SPACING) == 5)]
    there = xy[hosts, _MIDDLE].copy()
    for parcels in (hosts, hosts + 1):
        ring = xy[parcels]
        ring[(ring == there[:, None]).all(axis=-1)] += 1.5
        xy[parcels] = ring
    return np.asarray(shapely.polygons(xy), dtype=object)


def draft_of(layer: ZoneLayer) -> Draft:
    """Return the draft of these parcels, without a file: that costs every contender the same."""
    source = SourceFile(
        "city.fgb", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", CRS, "", {}, b""
    )
    return Draft(layer, TOML, source, "benchmark", "", "2025-03-01T09:30:00+08:00", "0", 0.0, passed=True)


def publish(address: str, layer: ZoneLayer) -> None:
    """Publish the first revision: hashes, zones, list, layers with their index."""
    store = open_store(address)
    store.publish("city", draft_of(layer), parent=None)
    store.close()


def publish_again(address: str, layer: ZoneLayer) -> None:
    """Publish the second revision, in which one zone in a hundred differs."""
    store = open_store(address)
    store.publish("city", draft_of(layer), parent=1)
    store.close()


def differ(address: str, layer: ZoneLayer) -> None:  # noqa: ARG001 - alike for all
    """Find what differs between the two revisions."""
    store = open_store(address)
    gone, come = store.changed_zones("city", 1, 2)
    store.close()
    if abs(len(gone) - len(come)) > 1 or not len(come):
        raise SystemExit(f"{len(gone)} and {len(come)} zones differ")


def verify(address: str, layer: ZoneLayer) -> None:  # noqa: ARG001 - alike for all
    """Recompute every hash."""
    store = open_store(address)
    problems = store.verify()
    store.close()
    if problems:
        raise SystemExit(f"the store does not hold: {problems[:3]}")


def draw(address: str, layer: ZoneLayer) -> None:
    """Write the layer that QGIS shows, and nothing else."""
    store = cast("SqlStore", open_store(address))
    with store._writing() as db:
        store._draw(db, [zones_layer("peer", layer, TOML)])
    store.close()


def geopandas_peer(address: str, layer: ZoneLayer) -> None:
    """Write as the documentation of geopandas says: GeoDataFrame.to_postgis, which makes the index too."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - a peer's own

    frame = geopandas.GeoDataFrame(dict(layer.fields), geometry=layer.geometry, crs=CRS)
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1))
    frame.to_postgis("peer", engine, if_exists="replace", chunksize=50_000)
    engine.dispose()


def ogr2ogr_peer(address: str, layer: ZoneLayer) -> None:
    """Write with ogr2ogr by COPY, which makes the index; its time includes reading a FlatGeobuf."""
    target = " ".join(f"{name}='{value}'" for name, value in conninfo_to_dict(address).items())
    copied = ["--config", "PG_USE_COPY", "YES", "-lco", "SPATIAL_INDEX=GIST", "-nlt", "PROMOTE_TO_MULTI"]
    _ogr2ogr("-f", "PostgreSQL", f"PG:{target}", _flatgeobuf(layer), "-overwrite", "-nln", "peer", *copied)


def ogr2ogr_file(address: str, layer: ZoneLayer) -> None:
    """Write a GeoPackage with ogr2ogr, with its spatial index."""
    _peer_file(address, layer, "YES")


def ogr2ogr_bare_file(address: str, layer: ZoneLayer) -> None:
    """Write a GeoPackage with ogr2ogr, without a spatial index, as geoplan's has none."""
    _peer_file(address, layer, "NO")


def load(address: str, layer: ZoneLayer) -> None:
    """Run `geoplan load`: read, decide the coordinates, match, check, compare, publish, print."""
    _geoplan("load", _flatgeobuf(layer), str(_plan()), "--store", address)


def diff(address: str, layer: ZoneLayer) -> None:  # noqa: ARG001 - alike for all
    """Run `geoplan diff` on the two revisions: read, check both, compare, print."""
    _geoplan("diff", str(_plan()), "1", "2", "--store", address)


def data(address: str, layer: ZoneLayer) -> None:
    """Do nothing but hold the parcels."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One thing to measure: on a `server` or in a file, with the first or the `second` version; what it `does`."""

    run: Callable[[str, ZoneLayer], None]
    does: str
    server: bool = True
    second: bool = False
    fresh: bool = False  # on an empty store
    base: str = ""  # the contender its time is told as a multiple of

    @property
    def outside(self) -> bool:
        """Return whether the work is done by a process of its own, whose memory is the one that counts."""
        return self.run in (ogr2ogr_peer, ogr2ogr_file, ogr2ogr_bare_file, load, diff)


SERVER, FILE = "ogr2ogr to PostGIS", "ogr2ogr to GeoPackage, no index"
TABLE = "table by COPY, key, GiST index"
CONTENDERS: dict[str, Contender] = {
    "data": Contender(data, "the parcels in memory"),
    "layer to PostGIS": Contender(draw, f"{TABLE}, statistics, style, guards", base=SERVER),
    SERVER: Contender(ogr2ogr_peer, f"{TABLE}; reads a FlatGeobuf", base=SERVER),
    "geopandas.to_postgis": Contender(geopandas_peer, "table by COPY of text, GiST index", base=SERVER),
    "publish": Contender(publish, "layer, and every zone hashed and kept", fresh=True, base=SERVER),
    "publish, 1 % changed": Contender(publish_again, "the same, of what is new", second=True, base=SERVER),
    "what differs": Contender(differ, "the changed zones on both sides, read", second=True, base=SERVER),
    "verify": Contender(verify, "every hash computed anew", second=True, base=SERVER),
    "geoplan load": Contender(load, "read, decide, match, check, compare, publish", fresh=True, base=SERVER),
    "geoplan load, 1 % changed": Contender(load, "the same, and a check of what was there", second=True, base=SERVER),
    "geoplan diff": Contender(diff, "both revisions checked, compared", second=True, base=SERVER),
    "layer to GeoPackage": Contender(
        draw, "table, style, guards; no spatial index", server=False, fresh=True, base=FILE
    ),
    FILE: Contender(ogr2ogr_bare_file, "table; reads a FlatGeobuf", server=False, base=FILE),
    "ogr2ogr to GeoPackage": Contender(ogr2ogr_file, "table, R-tree; reads a FlatGeobuf", server=False, base=FILE),
    "publish to a file": Contender(
        publish, "layer, and every zone hashed and kept", server=False, fresh=True, base=FILE
    ),
    "publish to a file, 1 % changed": Contender(
        publish_again, "the same, of what is new", server=False, second=True, base=FILE
    ),
}


def main(address: str, count: int, rounds: int = ROUNDS) -> None:
    """Run every contender in turn, `rounds` times over, and print medians, ratios and what each does."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="geoplan-bench-") as folder:
        os.environ[_FOLDER] = folder
        for second in (False, True):
            _write_flatgeobuf(city(count, second=second))
        _plan().mkdir()
        (_plan() / "plan.toml").write_text(TOML, encoding="utf-8")
        for _ in range(rounds):
            for name in CONTENDERS:
                found.setdefault(name, []).append(_measured(name, address, count))
    print(f"{count:,} parcels of 24 vertices, medians of {rounds} rounds in turn; peak memory is the process's own")
    print(f"{'':31} {'seconds':>8} {'processor':>9} {'peak MB':>8} {'ratio':>6}  does")
    medians = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in found.items()}
    for name, (seconds, cpu, peak) in medians.items():
        one = CONTENDERS[name]
        ratio = f"{seconds / medians[one.base][0]:6.1f}" if one.base else " " * 6
        memory = "–" if math.isnan(peak) else f"{peak / 1e6:.0f}"
        print(f"{name:31} {seconds:8.2f} {cpu:9.2f} {memory:>8} {ratio}  {one.does}")
    print(f"ratio: seconds beside “{SERVER}” and “{FILE}”; processor seconds are the client's")


def contender(name: str, address: str, count: int) -> None:
    """Run one contender and print what it took as JSON."""
    one = CONTENDERS[name]
    layer = city(count, second=one.second)
    where = address if one.server else str(_folder() / "store.gpkg")
    if one.fresh:
        _reset(where)
    before = _processor()
    start = time.perf_counter()
    one.run(where, layer)
    seconds = time.perf_counter() - start
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # A process begins with the peak of the one that started it: of a smaller one nothing is known.
    peak = own if not one.outside else children if children > own else float("nan")
    print(json.dumps([seconds, _processor() - before, peak * 1024]))


_FOLDER = "GEOPLAN_BENCH_FOLDER"  # where the files of a run lie, for the processes it starts


def _folder() -> Path:
    return Path(os.environ[_FOLDER])


def _plan() -> Path:
    return _folder() / "city"


def _flatgeobuf(layer: ZoneLayer) -> str:
    return str(_folder() / f"{layer.fields['id'][0]}.fgb")


def _write_flatgeobuf(layer: ZoneLayer) -> None:
    frame = geopandas.GeoDataFrame(dict(layer.fields), geometry=layer.geometry, crs=CRS)
    frame.to_file(_flatgeobuf(layer), driver="FlatGeobuf", SPATIAL_INDEX="NO")


def _peer_file(address: str, layer: ZoneLayer, index: str) -> None:
    target = Path(address).with_name("peer.gpkg")
    target.unlink(missing_ok=True)
    _ogr2ogr("-f", "GPKG", str(target), _flatgeobuf(layer), "-lco", f"SPATIAL_INDEX={index}")


def _ogr2ogr(*arguments: str) -> None:
    subprocess.run(["ogr2ogr", *arguments], check=True)


def _geoplan(*arguments: str) -> None:
    command: Sequence[str] = [sys.executable, "-m", "geoplan", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[2:])}: {done.stdout[-500:]}{done.stderr[-500:]}")


def _measured(name: str, address: str, count: int) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "benchmarks.store", "--bulk", str(count), "--contender", name, address]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, cpu, peak = json.loads(done.stdout.splitlines()[-1])
    print(f"  {name}: {seconds:.2f} s", file=sys.stderr, flush=True)
    return seconds, cpu, peak


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _reset(address: str) -> None:
    """Empty a store; a server's tables, which no peer makes, are made."""
    if "://" not in address:
        Path(address).unlink(missing_ok=True)
        return
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(RESET)
    store = cast("SqlStore", open_store(address))
    with store._writing():
        pass
    store.close()
