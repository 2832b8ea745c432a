"""A city's fabric in the app beside an empty Streamlit page: python -m benchmarks.fabric_app [PARCELS] [RUNS] [FOLDER].

Every figure is the median of fresh browser contexts, the pages taken in turn, times by the browser's own clock. The
fabric is prepared before the runs, which is told with its time, memory and size; in a FOLDER it is kept for the next
time. Map and view are complete when all
tiles in view are drawn and Streamlit's script has ended; bytes are as transferred, of the plan and the tiles alone.
"""

from __future__ import annotations

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
from playwright.sync_api import Browser, sync_playwright

from benchmarks.app import EMPTY, LEAST_RUNS, Figures, _serving, empty_page
from benchmarks.browsing import REST, Session, chromium
from benchmarks.fabric import make_fabric

PARCELS = 100_000
FACTOR = 4.0  # first map, of an empty page
VIEW_MS, VIEW_BYTES = 1_000.0, 2_000_000
PLAN = "fabric"
_TOML = """format = 1
id = "fabric"
name = { en = "A fabric of parcels", zh = "宗地图" }
status = "indicative"
[layers]
zones = "zones.parquet"
"""
DRAWN = f"box && box.dataset.ready && box.dataset.fabric === 'drawn' && {REST}"
PICKED = "map && map.querySelector('path.gp-picked') && document.querySelector('.gp-card .gp-area')"
# What a person does to the map, in this order. A view is held to its bound from the wheel or pointer on.
ZOOM = "to => { document.querySelector('.leaflet-container').dataset.fabric = ''; map.setZoom(to, {animate: false}); }"
PAN = "by => { document.querySelector('.leaflet-container').dataset.fabric = ''; map.panBy(by, {animate: false}); }"
VIEWS: dict[str, tuple[str, object]] = {
    "zoom to 12": (ZOOM, 12),
    "zoom to 13.5": (ZOOM, 13.5),
    "pan at 13.5": (PAN, [600, 200]),
    "zoom to 14.5": (ZOOM, 14.5),
    "pan at 14.5": (PAN, [-700, 300]),
    "zoom to 16": (ZOOM, 16),
    "pan at 16": (PAN, [700, -300]),
    "zoom to 18": (ZOOM, 18),
    "zoom back to 13": (ZOOM, 13),
}


def write_plan(folder: Path, parcels: int) -> None:
    """Write a plan folder with a fabric."""
    folder.mkdir(parents=True)
    (folder / "plan.toml").write_text(_TOML, encoding="utf-8")
    polygons = make_fabric(parcels, seed=1, overlaps=20, gaps=12).polygons
    ids = [f"p{place:07d}" for place in range(len(polygons))]
    gpd.GeoDataFrame({"id": ids}, geometry=polygons, crs="EPSG:4548").to_parquet(folder / "zones.parquet")


def prepare(plan: Path) -> None:
    """Prepare the fabric and print what that took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "geoplan", "prepare", str(plan)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kept = sum(path.stat().st_size for path in Path(os.environ["GEOPLAN_CACHE"]).rglob("*") if path.is_file())
    peak = after.ru_maxrss / 1e6
    print(f"prepared in {taken:.0f} s ({busy:.0f} s of processor), at most {peak:.1f} GB, {kept / 1e6:.0f} MB kept")


def fabric_page(browser: Browser, address: str, found: Figures) -> None:
    """Measure the first map of the fabric, a walk over it, and a pick."""
    with Session(browser) as seen:
        found["first map"].append(seen.open(f"{address}/?plan={PLAN}&lang=en", DRAWN))
        seen.quiet()
        found["first map, bytes"].append(_own(seen))
        frame = next(one for one in seen.page.frames if "streamlit_folium" in one.url)
        for label, (script, value) in VIEWS.items():
            before = seen.quiet().received
            begun = float(seen.page.evaluate("performance.now()"))
            frame.evaluate(script, value)
            done = float(seen.page.evaluate("holds => window.gpWatch(holds)", DRAWN))
            found[label].append(done - begun)
            found[f"{label}, bytes"].append(seen.quiet().received - before)
        frame.evaluate(ZOOM, 17)
        seen.page.evaluate("holds => window.gpWatch(holds)", DRAWN)
        taken, told = seen.change(seen.click_middle, PICKED)
        found["pick"].append(taken)
        found["pick, bytes"].append(told)


def _own(seen: Session) -> int:
    """Return the bytes of what is about this plan: what was told and deposited, and its tiles."""
    return seen.data + seen.parcels


def measured(parcels: int, runs: int, kept: Path | None = None) -> Figures:
    """Return every figure of every run, after one unseen; in a folder `kept` the fabric is used again."""
    found: Figures = defaultdict(list)
    with contextlib.ExitStack() as stack:
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["GEOPLAN_CACHE"] = str(folder / "cache")
        (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
        if not (folder / "plans" / PLAN / "zones.parquet").is_file():
            write_plan(folder / "plans" / PLAN, parcels)
        prepare(folder / "plans" / PLAN)
        empty = stack.enter_context(_serving(str(folder / "empty.py"), folder / "plans"))
        app = stack.enter_context(_serving("app.py", folder / "plans"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        stack.callback(browser.close)
        cold: Figures = defaultdict(list)
        pages: tuple[tuple[Callable[[Browser, str, Figures], None], str], ...]
        pages = ((empty_page, empty), (fabric_page, app))
        for page, address in pages:
            page(browser, address, cold)
        for _ in range(runs):
            for page, address in pages:
                page(browser, address, found)
        found["first map, of a server just started"] = cold["first map"]
    return found


def main(parcels: int = PARCELS, runs: int = LEAST_RUNS, kept: Path | None = None) -> int:
    """Print one line per figure, with its bound; return 1 if a bound is missed."""
    found = measured(parcels, runs, kept)
    medians = {name: statistics.median(values) for name, values in found.items()}
    print(f"{f'{parcels:,} parcels, median of {runs}':40} {'value':>12} {'bytes':>12}")
    missed = 0
    for name, value in medians.items():
        if name.endswith("bytes") or name.startswith("empty rerun"):
            continue
        size = medians.get(f"{name}, bytes")
        said = [] if size is None or name == "empty page" else [_verdict(size, VIEW_BYTES, "B")]
        if name == "first map":
            said.append(_verdict(value / medians["empty page"], FACTOR, "× empty page"))
        elif name in VIEWS:
            said.append(_verdict(value, VIEW_MS, "ms"))
        shown = "" if size is None else f"{size:,.0f}"
        print(f"{name:40} {value:>10.0f}ms {shown:>12}  {'  '.join(said)}")
        missed |= int(any("MISSED" in one for one in said))
    return missed


def _verdict(value: float, most: float, unit: str) -> str:
    shown = f"{value:.2f} " if unit.startswith("×") else ""
    return f"{shown}< {most:,g} {unit} {'held' if value < most else 'MISSED'}"


if __name__ == "__main__":
    told = dict(zip(("parcels", "runs", "kept"), sys.argv[1:], strict=False))
    folder = Path(told["kept"]) if "kept" in told else None
    sys.exit(main(int(told.get("parcels", PARCELS)), int(told.get("runs", LEAST_RUNS)), folder))
