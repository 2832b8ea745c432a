"""How soon the web app shows its map, beside an empty Streamlit page: python -m benchmarks.app [RUNS].

Every figure is the median of fresh browser contexts (nothing in their cache), the pages taken in turn, times
taken by the browser's own clock. A page is complete when the map says it is drawn, its labels are placed and
Streamlit's script has ended; a change is complete when the map shows it. Bytes are as transferred.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browsing import DRAWN, FIRST_MAP, REST, Session, chromium
from benchmarks.detailed import write_detailed_plan

ROOT = Path(__file__).resolve().parents[1]
PLAN = "ustc-silicon-valley"
MANY = "many"
EMPTY = """import streamlit as st
n = st.session_state.get('n', 0) + st.button('again')
st.session_state['n'] = n
st.write(f'run {n}')
"""
LEAST_RUNS = 5

FACTOR, FACTOR_MANY = 2.0, 3.0
RERUN_BYTES, MANY_BYTES = 20_000, 2_000_000

PICKED = "map && map.querySelector('path.gp-picked')"
CHINESE = "box && box.lang === 'zh-CN' && !box.classList.contains('gp-waiting')"
ALL_ENGLISH = f"box && box.lang === 'en' && document.querySelector('.gp-brand').innerText === 'geoplan' && {REST}"
FILTERED = "map && map.querySelectorAll('.gp-place, .gp-cluster').length === 0"
AGAIN = "document.body.innerText.includes('run 1')"

Figures = defaultdict[str, list[float]]


def empty_page(browser: Browser, address: str, found: Figures) -> None:
    """Measure the empty page and a click on its only button."""
    with Session(browser) as seen:
        found["empty page"].append(seen.open(address, f"{REST} && document.body.innerText.includes('run 0')"))
        found["empty page, bytes"].append(seen.quiet().received)
        time_taken, told = seen.change(lambda: seen.page.get_by_role("button", name="again").click(), AGAIN)
        found["empty rerun"].append(time_taken)
        found["empty rerun, bytes"].append(told)


def plan_page(browser: Browser, address: str, found: Figures) -> None:
    """Measure the first page of a plan, then another language and a pick on its map."""
    with Session(browser) as seen:
        found["first map"].append(seen.open(f"{address}/?plan={PLAN}&lang=en", FIRST_MAP))
        found["first map, bytes"].append(seen.quiet().received)
        seen.mark_map()
        changes: dict[str, tuple[Callable[[], None], str]] = {
            "pick on the map": (lambda: seen.click_zone(0.55, 0.88), PICKED),
            "other language": (lambda: seen.page.get_by_role("radio", name="中文").click(), CHINESE),
        }
        _measure(seen, changes, found)
        whole, _ = seen.change(lambda: seen.page.get_by_role("radio", name="English").click(), ALL_ENGLISH)
        found["other language, the whole page"].append(whole)


def filtered_page(browser: Browser, address: str, found: Figures) -> None:
    """Measure another filter of the facilities, and a rerun that changes nothing on the map."""
    with Session(browser) as seen:
        seen.open(f"{address}/?plan={PLAN}&page=facilities&lang=en", FIRST_MAP)
        seen.quiet().mark_map()
        box = seen.page.get_by_placeholder("Search names and addresses")
        box.fill("plasm")
        seen.page.wait_for_timeout(300)
        _measure(seen, {"other filter": (lambda: box.press("z"), FILTERED)}, found)  # as typed, before Enter
        box.fill("plasma")
        whole = "document.body.innerText.includes('1 of 18') && " + REST
        taken, _ = seen.change(lambda: box.press("Enter"), whole)
        found["other filter, the whole page"].append(taken)
        box.fill("plasma s")
        _, told = seen.change(lambda: box.press("Enter"), f"location.search.includes('plasma+s') && {whole}")
        found["nothing changed, bytes"].append(told)


def large_page(browser: Browser, address: str, found: Figures) -> None:
    """Measure the first page of a plan of 2,000 zones, too small for names at first, and a pick on its map."""
    with Session(browser) as seen:
        found["2,000 zones"].append(seen.open(f"{address}/?plan={MANY}&lang=en", DRAWN))
        found["2,000 zones, bytes"].append(seen.quiet().received)
        found["2,000 zones, bytes of the plan"].append(seen.data)
        seen.mark_map()
        _measure(seen, {"2,000 zones, pick": (seen.click_middle, PICKED)}, found)


def _measure(seen: Session, changes: dict[str, tuple[Callable[[], None], str]], found: Figures) -> None:
    for name, (act, done) in changes.items():
        taken, told = seen.change(act, done)
        found[name].append(taken)
        found[f"{name}, bytes"].append(told)
        if not seen.map_is_marked():
            raise SystemExit(f"{name}: the map was loaded anew")


def measured(runs: int) -> Figures:
    """Return every figure of every run, after one unseen."""
    found: Figures = defaultdict(list)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
        plans = folder / "plans"
        write_detailed_plan(plans / MANY)
        (plans / PLAN).symlink_to(ROOT / "geodata" / PLAN)
        empty = stack.enter_context(_serving(str(folder / "empty.py"), plans))
        app = stack.enter_context(_serving("app.py", plans))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        stack.callback(browser.close)
        cold: Figures = defaultdict(list)
        for page in (plan_page, filtered_page, large_page):
            page(browser, app, cold)  # opens and checks the plans, which the server keeps
        empty_page(browser, empty, cold)
        for _ in range(runs):
            empty_page(browser, empty, found)
            for page in (plan_page, filtered_page, large_page):
                page(browser, app, found)
        found["first map, of a plan not opened yet"] = cold["first map"]
        found["2,000 zones, not opened yet"] = cold["2,000 zones"]
    return found


@contextlib.contextmanager
def _serving(script: str, plans: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.address", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"GEOPLAN_DATA": str(plans)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        health = f"{address}/_stcore/health"
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(health):  # noqa: S310
                break
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _bound(name: str, value: float, of: str, medians: dict[str, float]) -> tuple[float, str]:
    ratio = value / medians[of]
    most = FACTOR_MANY if name.startswith("2,000 zones") and of == "empty page" else FACTOR
    return ratio, f"≤ {most:g} × {of}  {'held' if ratio <= most else 'MISSED'}"


# What is fetched of Streamlit itself (the empty page alone is more than 2 MB) is told, but not held to a bound.
# What a time is held against; a figure that is not here is told without a bound.
BESIDE = {
    "first map": "empty page",
    "2,000 zones": "empty page",
    "pick on the map": "empty rerun",
    "other language": "empty rerun",
    "other filter": "empty rerun",
}
LIMITS = {
    "nothing changed, bytes": RERUN_BYTES,
    "2,000 zones, bytes of the plan": MANY_BYTES,
}


def main(runs: int = LEAST_RUNS) -> int:
    """Print one line per figure, with its ratio and bound; return 1 if a bound is missed."""
    found = measured(max(runs, LEAST_RUNS))
    medians = {name: statistics.median(values) for name, values in found.items()}
    missed = 0
    print(f"{'figure, median of ' + str(max(runs, LEAST_RUNS)):40} {'value':>12} {'ratio':>7}  bound")
    for name, value in medians.items():
        if name.endswith("bytes") or "bytes of" in name:
            limit = LIMITS.get(name)
            said = "" if limit is None else f"< {limit:,} bytes  {'held' if value < limit else 'MISSED'}"
            print(f"{name:40} {value:>10,.0f} B {'':7}  {said}")
        else:
            ratio, said = _bound(name, value, BESIDE[name], medians) if name in BESIDE else (0.0, "")
            print(f"{name:40} {value:>10.0f}ms {f'{ratio:.2f}' if ratio else '':>7}  {said}")
        missed |= int(said.endswith("MISSED"))
    return missed


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else LEAST_RUNS))
