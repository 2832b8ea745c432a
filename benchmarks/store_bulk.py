"""A city's parcels into PostGIS and out again: geoplan's store beside geopandas and ogr2ogr, on one server in one run.

    python -m benchmarks.store --bulk 100000 [ADDRESS]

Every contender is a process of its own, so that its peak memory is its own; `data` is one that only makes the
parcels. The peers write one table with a spatial index. `layer` is geoplan's part that does just that;
`publish` besides hashes every zone, keeps geometry and fields as a revision in the chain, and the file it came from.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import psycopg
import shapely
from psycopg.conninfo import conninfo_to_dict

from benchmarks.fabric import make_fabric
from geoplan.crs import norm_crs
from geoplan.store import Draft, SourceFile, open_store
from geoplan.store.layers import zones_layer
from geoplan.store.postgis import PostgisStore
from geoplan.zones import ZoneLayer

CRS = "EPSG:4548"
TOML = 'format = 1\nid = "city"\nname = "City"\nstatus = "draft"\n'
ROUNDS = 3
RESET = "DROP SCHEMA IF EXISTS geoplan CASCADE; DROP TABLE IF EXISTS public.layer_styles, public.peer"


def city(count: int, *, second: bool = False) -> ZoneLayer:
    """Return about `count` parcels; the second version has every hundredth reshaped, one gone and one more."""
    geometry = make_fabric(count, seed=1).polygons
    if second:
        geometry[::100] = shapely.buffer(geometry[::100], -1.0)
        geometry = geometry[1:]
    places = np.arange(int(second), count + int(second))[: len(geometry)]
    fields = {
        "id": np.array([f"parcel-{place:07}" for place in places], dtype=object),
        "name_en": np.array([f"Parcel {place}" for place in places], dtype=object),
        "name_zh": np.array([f"地块 {place}" for place in places], dtype=object),
    }
    return ZoneLayer(geometry, norm_crs(CRS), fields)


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


def read(address: str, layer: ZoneLayer) -> None:
    """Read the current zones."""
    store = open_store(address)
    if len(store.zones("city")) != len(layer):
        raise SystemExit("zones are missing")
    store.close()


def history(address: str, layer: ZoneLayer) -> None:  # noqa: ARG001 - alike for all
    """Read the history."""
    store = open_store(address)
    if len(store.history("city")) != 2:
        raise SystemExit("revisions are missing")
    store.close()


def verify(address: str, layer: ZoneLayer) -> None:  # noqa: ARG001 - alike for all
    """Recompute every hash."""
    store = open_store(address)
    problems = store.verify()
    store.close()
    if problems:
        raise SystemExit(f"the store does not hold: {problems[:3]}")


def draw(address: str, layer: ZoneLayer) -> None:
    """Write the layer that QGIS shows, and nothing else."""
    store = PostgisStore(address)
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
    """Write with ogr2ogr, which uses COPY and makes the index; its time includes reading a FlatGeobuf."""
    given = conninfo_to_dict(address)
    target = " ".join(f"{name}='{value}'" for name, value in given.items())
    options = [
        "--config",
        "PG_USE_COPY",
        "YES",
        "-nln",
        "peer",
        "-lco",
        "SPATIAL_INDEX=GIST",
        "-nlt",
        "PROMOTE_TO_MULTI",
    ]
    file = str(_flatgeobuf(len(layer)))
    subprocess.run(["ogr2ogr", "-f", "PostgreSQL", f"PG:{target}", file, "-overwrite", *options], check=True)


def insert_peer(address: str, layer: ZoneLayer) -> None:
    """Write one INSERT per row, pipelined by executemany: how the store wrote before."""
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(RESET.rsplit(";", 1)[1])
        cursor.execute("CREATE TABLE peer (id text, name_en text, name_zh text, geom geometry(MULTIPOLYGON, 4548))")
        rows = zip(*layer.fields.values(), shapely.to_wkb(layer.geometry), strict=True)
        cursor.executemany("INSERT INTO peer VALUES (%s, %s, %s, ST_Multi(ST_GeomFromWKB(%s, 4548)))", rows)
        cursor.execute("CREATE INDEX ON peer USING gist (geom)")


def data(address: str, layer: ZoneLayer) -> None:
    """Do nothing but hold the parcels."""


CONTENDERS: dict[str, tuple[Callable[[str, ZoneLayer], None], bool]] = {
    "data": (data, False),
    "layer (COPY, GiST)": (draw, False),
    "geopandas.to_postgis": (geopandas_peer, False),
    "ogr2ogr (COPY, GiST)": (ogr2ogr_peer, False),
    "INSERT per row": (insert_peer, False),
    "publish": (publish, False),
    "publish 1 % changed": (publish_again, True),
    "what differs": (differ, True),
    "read zones": (read, True),
    "history": (history, True),
    "verify": (verify, True),
}
PEERS = tuple(CONTENDERS)[1:5]


def main(address: str, count: int, rounds: int = ROUNDS) -> None:
    """Run every contender in turn, `rounds` times over, and print medians and ratios."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for turn in range(rounds):
        _reset(address)
        for name in CONTENDERS:
            if turn and name == "data":
                continue
            found.setdefault(name, []).append(_measured(name, address, count))
    _flatgeobuf(count).unlink(missing_ok=True)
    print(f"{count:,} parcels of 24 vertices, medians of {rounds}; client's processor seconds and peak memory")
    least = statistics.median(seconds for seconds, _, _ in found[PEERS[0]])
    for name, runs in found.items():
        seconds, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
        ratio = f"{seconds / least:6.1f} × layer" if name in PEERS else ""
        print(f"{name:24} {seconds:8.2f} s  {cpu:8.2f} s cpu  {peak / 1e6:8.0f} MB  {ratio}")


def contender(name: str, address: str, count: int) -> None:
    """Run one contender and print what it took as JSON."""
    run, second = CONTENDERS[name]
    layer = city(count, second=second)
    if run is ogr2ogr_peer and not _flatgeobuf(count).exists():
        geopandas.GeoDataFrame(dict(layer.fields), geometry=layer.geometry, crs=CRS).to_file(
            _flatgeobuf(count), driver="FlatGeobuf"
        )
    before = _processor()
    start = time.perf_counter()
    run(address, layer)
    seconds = time.perf_counter() - start
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = children if run is ogr2ogr_peer else own
    print(json.dumps([seconds, _processor() - before, peak * 1024]))


def _measured(name: str, address: str, count: int) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "benchmarks.store", "--bulk", str(count), "--contender", name, address]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, cpu, peak = json.loads(done.stdout.splitlines()[-1])
    print(f"  {name}: {seconds:.2f} s", file=sys.stderr, flush=True)
    return seconds, cpu, peak


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _flatgeobuf(count: int) -> Path:
    return Path(tempfile.gettempdir()) / f"geoplan-bench-{count}.fgb"


def _reset(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(RESET)
    store = PostgisStore(address)
    with store._writing():  # the tables of an empty store, which no peer makes
        pass
    store.close()
