"""What a long history costs: 1,000 revisions of a plan of 1,000 zones, each with its file, plan and check.

    python -m benchmarks.store [ADDRESS] [--revisions N] [--zones N]
    python -m benchmarks.store --bulk N [ADDRESS] [--rounds N]

ADDRESS is a file that does not exist yet, or an empty database (postgresql://…). Every revision reshapes
two zones; its file is the whole GeoJSON again, its check has a figure for every zone. `--bulk` is about N zones
at once, beside peers (benchmarks/store_bulk.py): ADDRESS is an empty database, or there is none and a server of
the tests' own is started.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import shapely

from benchmarks import store_bulk
from geoplan.crs import norm_crs
from geoplan.store import Draft, SourceFile, Store, open_store
from geoplan.zones import ZoneLayer
from tests.store import server

EAST, NORTH = 518_000.0, 3_521_000.0
CORNERS = 24
Result = TypeVar("Result")


def circle(place: int, size: float) -> shapely.Polygon:
    """Return a zone of CORNERS corners with coordinates to the millimetre."""
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    x, y = EAST + 200 * (place % 40), NORTH + 200 * (place // 40)
    return shapely.Polygon(np.round(np.column_stack([x + size * np.cos(turn), y + size * np.sin(turn)]), 3))


def draft_of(sizes: list[float], number: int) -> Draft:
    """Return a draft as `geoplan load` would make it."""
    geometry = np.array([circle(place, size) for place, size in enumerate(sizes)], dtype=object)
    ids = [f"zone-{place:04}" for place in range(len(sizes))]
    content = geojson(ids, geometry)
    fields = {
        "id": np.array(ids, dtype=object),
        "name_en": np.array([f"Zone {place}" for place in range(len(sizes))], dtype=object),
        "name_zh": np.array([f"分区 {place}" for place in range(len(sizes))], dtype=object),
    }
    areas = [
        {"id": zone, "area_m2": shape.area, "share": 1 / len(ids)} for zone, shape in zip(ids, geometry, strict=True)
    ]
    total = float(shapely.area(geometry).sum())
    return Draft(
        zones=ZoneLayer(geometry, norm_crs("EPSG:4548"), fields),
        plan_toml='format = 1\nid = "benchmark"\nname = "Benchmark"\nstatus = "draft"\n',
        source=SourceFile("zones.geojson", hashlib.sha256(content).hexdigest(), "EPSG:4548", "same datum", {}, content),
        author="benchmark",
        message=f"revision {number}",
        time="2025-03-01T09:30:00+08:00",
        tool_version="0",
        total_m2=total,
        passed=True,
        check={"schema": "geoplan.check/1", "area": {"total_m2": total, "zones": areas}},
    )


def geojson(ids: list[str], geometry: np.ndarray) -> bytes:
    """Return the file that would have been loaded."""
    features = [
        json.dumps({"type": "Feature", "properties": {"id": zone}, "geometry": shapely.geometry.mapping(shape)})
        for zone, shape in zip(ids, geometry, strict=True)
    ]
    return ('{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}").encode()


def timed(what: str, call: Callable[[], Result]) -> Result:
    """Call, print how long it took, and return what it returned."""
    start = time.perf_counter()
    result = call()
    print(f"{what:44} {time.perf_counter() - start:8.3f} s")
    return result


def size_of(path: Path) -> int:
    """Return the bytes of the store file, 0 for a database."""
    return path.stat().st_size if path.exists() else 0


def run(store: Store, path: Path, revisions: int, zones: int) -> None:
    """Publish and measure."""
    rng = random.Random(1)
    sizes = [60.0] * zones
    content = 0
    start = time.perf_counter()
    for number in range(1, revisions + 1):
        if number > 1:
            for place in rng.sample(range(zones), 2):
                sizes[place] = 40 + 40 * rng.random()
        draft = draft_of(sizes, number)
        content += len(cast("bytes", draft.source.content))
        before = time.perf_counter()
        store.publish("benchmark", draft, parent=number - 1 or None)
        if number in (1, 2, 10, 100, 500, revisions):
            print(f"revision {number:5}: publish {time.perf_counter() - before:6.3f} s, file {size_of(path):12,} bytes")
    print(
        f"{revisions} revisions of {zones} zones in {time.perf_counter() - start:.0f} s; "
        f"files loaded: {content:,} bytes, store: {size_of(path):,} bytes"
    )
    timed("history", lambda: store.history("benchmark"))
    timed("current revision", lambda: store.revision("benchmark"))
    timed("zones of the first revision", lambda: store.zones("benchmark", 1))
    timed("zones of the middle revision", lambda: store.zones("benchmark", revisions // 2))
    timed("zones of the current revision", lambda: store.zones("benchmark"))
    timed("source of the middle revision", lambda: store.source("benchmark", revisions // 2))
    problems = timed("verify", store.verify)
    if problems:
        raise SystemExit(f"the store does not hold: {problems[:3]}")


def bulk(arguments: argparse.Namespace) -> None:
    """Run one contender of the bulk benchmark, or all of them, on the server named or one of our own."""
    if arguments.contender:
        store_bulk.contender(arguments.contender, arguments.address, arguments.bulk)
    elif arguments.address:
        store_bulk.main(arguments.address, arguments.bulk, arguments.rounds)
    else:
        programs = server.server_folder()
        if programs is None:
            raise SystemExit("PostgreSQL with PostGIS is not installed: run `make provision`")
        with server.running(programs) as started:
            store_bulk.main(started.url(server.DATABASE), arguments.bulk, arguments.rounds)


def main() -> None:
    """Run on the store named on the command line, or on a file in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?")
    parser.add_argument("--revisions", type=int, default=1000)
    parser.add_argument("--zones", type=int, default=1000)
    parser.add_argument("--bulk", type=int, metavar="N")
    parser.add_argument("--rounds", type=int, default=store_bulk.ROUNDS)
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bulk:
        bulk(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        address = arguments.address or str(Path(folder) / "store.gpkg")
        store = open_store(address)
        run(store, Path(address), arguments.revisions, arguments.zones)
        store.close()


if __name__ == "__main__":
    main()
