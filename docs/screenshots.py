"""Takes the pictures of the documentation: the app on a copy of the bundled plans, in Chromium, as a reader sees it.

    python -m docs.screenshots            # all of them, into docs/images
    python -m docs.screenshots map draw   # these only

Nothing of the plans or of their store is touched: the copy lies in a temporary folder.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from docs.deliveries import NAME, write_delivery, zones

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PLAN = "ustc-silicon-valley"
LAPTOP = ViewportSize(width=1366, height=768)
COLOURS = 128
MAX_BYTES = 150_000  # of one picture
START_SECONDS = 60
PATIENCE_MS = 60_000
# Who published what before the pictures are taken: m² the Core Area is larger than bundled, and a message.
PAST = ((1_500.0, "Northern block of the Core Area, eastern edge"), (3_000.0, "The same edge, after the meeting"))
AUTHOR = "Example"
UPLOADED_M2 = 4_000.0  # larger than bundled: what is uploaded on the page of updates


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: the address it is taken at, what is done there, and what must be read on the page before."""

    query: str
    seen: str
    act: Callable[[Page, Path], None] | None = None
    map: bool = True


def _upload(page: Page, folder: Path) -> None:
    page.locator("input[type=file]").set_input_files(folder / NAME)
    page.locator('[data-testid="stRadio"]').wait_for()


def _uploaded(page: Page, folder: Path) -> None:
    _upload(page, folder)
    page.locator('[data-testid="stRadio"] label', has_text="GCJ-02").first.click()


def _draft(page: Page, folder: Path) -> None:  # noqa: ARG001 - every act is told the folder
    fields = page.locator('[data-testid="stForm"] input')
    fields.nth(0).fill("Core Area, eastern edge")
    fields.nth(1).fill(AUTHOR)
    page.get_by_role("button", name="Start drawing").click()
    page.get_by_role("button", name="Move its corners").click()


def _sheet(page: Page, folder: Path) -> None:  # noqa: ARG001 - every act is told the folder
    page.locator(".st-key-handover-sheet-make button").click()
    page.locator('[data-testid="stImage"] img').wait_for()


# Name of the picture: how it is taken.
SHOTS = {
    "map": Shot("?lang=en", "Total area"),
    "map-zh": Shot("?lang=zh&zone=core", "核心区"),
    "areas": Shot("?page=areas&lang=en", "Three methods side by side", map=False),
    "facilities": Shot("?page=facilities&lang=en", "18 of 18 facilities"),
    "coverage": Shot("?page=facilities&show=coverage&category=university&radius=1000&lang=en", "Uncovered pieces"),
    "network": Shot("?page=network&lang=en", "6 of 9 located", map=False),
    "indicators": Shot("?page=indicators&lang=en", "Targets", map=False),
    "checks": Shot("?page=checks&lang=en", "every check that ran holds"),
    "update": Shot("?page=update&lang=en", "Your decision is needed", _upload),
    "update-zh": Shot("?page=update&lang=zh", "全部检查通过", _uploaded),
    "history": Shot("?page=history&lang=en", PAST[0][1]),
    "compare": Shot("?page=history&from=1&to=2&lang=en", "Area changes"),
    "draw": Shot("?page=draw&zone=core&lang=en", "Drag the corners", _draft),
    "handover": Shot("?page=handover&lang=en", "First page of the sheet", _sheet, map=False),
}


def take(names: Sequence[str], target: Path = IMAGES) -> list[Path]:
    """Take the pictures of these names and return their files.

    Raises SystemExit without Chromium, when the app does not start, and for a picture that is too large.
    """
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser_path is None:
        raise SystemExit("there is no Chromium on this system: run `make provision`")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        work = Path(folder)
        plan = copied_plans(work / "plans")
        write_delivery(work / NAME, plan, UPLOADED_M2)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        with serving(work) as address:
            made = [_taken(browser.new_page(viewport=LAPTOP), address, name, work, target) for name in names]
        browser.close()
    return made


def copied_plans(folder: Path) -> Path:
    """Copy the bundled plans, publish what PAST says as revisions of the first, and return that plan's folder."""
    shutil.copytree(ROOT / "geodata", folder, ignore=shutil.ignore_patterns("geoplan.gpkg*", "__pycache__"))
    environment = _environment(folder)
    for number, (area, message) in enumerate(PAST, start=1):
        delivery = folder.parent / f"{number}.geojson"
        zones(folder / PLAN, area).to_file(delivery, driver="GeoJSON", COORDINATE_PRECISION=11)
        command = [sys.executable, "-m", "geoplan", "load", str(delivery), PLAN, "--author", AUTHOR]
        subprocess.run([*command, "--message", message], check=True, env=environment, stdout=subprocess.DEVNULL)
    return folder / PLAN


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run the app on the plans copied into a folder and yield its address; raises SystemExit if it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=ROOT, env=_environment(folder / "plans"), stdout=log, stderr=log
        )
        try:
            _answering(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def small(picture: bytes) -> bytes:
    """Return a PNG with a palette of at most COLOURS colours, as small as it gets."""
    made = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        flat = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        flat.save(made, "PNG", optimize=True)
    return made.getvalue()


def _environment(plans: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GEOPLAN_")}
    return kept | {"GEOPLAN_DATA": str(plans)}


def _answering(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310 - loopback
            return
        time.sleep(0.2)
    raise SystemExit("the app did not start")


def _taken(page: Page, address: str, name: str, work: Path, target: Path) -> Path:
    shot = SHOTS[name]
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/{shot.query}&plan={PLAN}", wait_until="domcontentloaded")
    page.locator(".gp-heading h1, .gp-strip").first.wait_for()
    if shot.act is not None:
        shot.act(page, work)
    expect(page.get_by_text(re.compile(re.escape(shot.seen))).first).to_be_visible(timeout=PATIENCE_MS)
    if shot.map:
        page.frame_locator('iframe[title^="streamlit_folium"]').first.locator(".gp-label").first.wait_for(
            state="attached"
        )
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    expect(page.locator('[data-testid="stSkeleton"]').filter(visible=True)).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_timeout(1_500)  # the map takes its final size, labels find their places
    made = small(page.screenshot())
    page.close()
    if len(made) > MAX_BYTES:
        raise SystemExit(f"{name}: {len(made):,} bytes, more than {MAX_BYTES:,}")
    path = target / f"{name}.png"
    path.write_bytes(made)
    print(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}: {len(made):,} bytes")
    return path


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m docs.screenshots", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHOTS)}; all without one")
    names = parser.parse_args(arguments).names
    unknown = [name for name in names if name not in SHOTS]
    if unknown:
        parser.error(f"there is no picture {', '.join(unknown)}")
    take(names or list(SHOTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
