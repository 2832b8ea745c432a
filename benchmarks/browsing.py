"""A browser page that is timed by its own clock and counted in bytes as they come over the wire."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser

PATIENCE = 90_000  # milliseconds

REST = "(app => app && app.dataset.testScriptState === 'notRunning')(document.querySelector('[data-testid=stApp]'))"
DRAWN = f"box && box.dataset.ready && !box.classList.contains('gp-waiting') && {REST}"
LABELLED = (
    "[...map.querySelectorAll('.gp-label')].some(label => label.style.visibility !== 'hidden'"
    " && label.getBoundingClientRect().width > 0)"
)
FIRST_MAP = f"{DRAWN} && {LABELLED}"

# Resolves, in the page, with the time at which a condition on the page and its map first holds.
_WATCH = """
window.gpWatch = (holds) => new Promise((resolve, reject) => {
  const test = new Function('map', 'box', 'return ' + holds), begun = performance.now();
  (function look() {
    const frame = document.querySelector('iframe[title^="streamlit_folium"]');
    const map = frame && frame.contentDocument, box = map && map.querySelector('.leaflet-container');
    let done = false;
    try { done = test(map, box); } catch (error) { done = false; }
    if (done) resolve(performance.now());
    else if (performance.now() - begun > @PATIENCE) reject(new Error('never came true: ' + holds));
    else requestAnimationFrame(look);
  })();
});
window.gpArm = (holds) => {
  window.gpBegan = null;
  const began = () => { if (window.gpBegan === null) window.gpBegan = performance.now(); };
  const frame = document.querySelector('iframe[title^="streamlit_folium"]');
  for (const where of [window, frame && frame.contentWindow]) {
    for (const kind of ['pointerup', 'keydown']) {
      if (where) where.addEventListener(kind, began, {capture: true, once: true});
    }
  }
  window.gpDone = window.gpWatch(holds);
};
"""


def chromium() -> str:
    """Return the browser of the system; ends the process with what to do when there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise SystemExit("there is no Chromium on this system: run `make provision`")
    return found


class Session:
    """A fresh context with one page: nothing in its cache, every byte to it counted."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(viewport={"width": 1366, "height": 768})
        self.page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.add_init_script(_WATCH.replace("@PATIENCE", str(PATIENCE)))
        self.received = 0  # bytes of all answers and messages
        self.told = 0  # bytes of messages alone
        self.data = 0  # bytes of messages and of what the app fetched for this plan
        self.parcels = 0  # bytes of the tiles of a fabric
        self._addresses: dict[str, str] = {}
        wire = self._context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", self._asked)
        wire.on("Network.loadingFinished", self._finished)
        wire.on("Network.webSocketFrameReceived", self._message)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def open(self, address: str, done: str) -> float:
        """Open an address and return the milliseconds from the start of the navigation until `done` holds."""
        self.page.goto(address, wait_until="commit")
        return float(self.page.evaluate("holds => window.gpWatch(holds)", done))

    def change(self, act: Callable[[], object], done: str) -> tuple[float, int]:
        """Do something and return the milliseconds from the key or pointer until `done` holds, and the bytes told."""
        self.quiet()
        before = self.told
        self.page.evaluate("holds => window.gpArm(holds)", done)
        act()
        taken = float(self.page.evaluate("async () => await window.gpDone - window.gpBegan"))
        self.quiet()
        return taken, self.told - before

    def quiet(self) -> Session:
        """Wait until the page's script has ended and nothing more comes."""
        last = -1
        while last != self.received or not self.page.evaluate(REST):
            last = self.received
            self.page.wait_for_timeout(300)
        return self

    def mark_map(self) -> None:
        """Leave a mark in the map's frame that only lives as long as the frame is not loaded anew."""
        self.page.evaluate(f"{_FRAME}.contentWindow.gpMark = 1")

    def map_is_marked(self) -> bool:
        """Return whether the mark is still there."""
        return bool(self.page.evaluate(f"{_FRAME}.contentWindow.gpMark === 1"))

    def click_zone(self, across: float, down: float, place: int = 1) -> None:
        """Click a zone at a part of its box."""
        zone = self.page.frame_locator('iframe[title^="streamlit_folium"]').locator("path.gp-zone").nth(place)
        box = zone.bounding_box()
        if box is None:
            raise SystemExit("there is no such zone on the map")
        self.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])

    def click_middle(self) -> None:
        """Click the middle of the map."""
        box = self.page.locator('iframe[title^="streamlit_folium"]').bounding_box()
        if box is None:
            raise SystemExit("there is no map")
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _asked(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        self.received += size
        if "/data/" in self._addresses.get(event["requestId"], ""):
            self.data += size
        if "/parcels/" in self._addresses.get(event["requestId"], ""):
            self.parcels += size

    def _message(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        payload = frame["payloadData"]
        size = len(base64.b64decode(payload)) if frame["opcode"] == 2 else len(payload.encode())
        self.received += size
        self.told += size
        self.data += size


_FRAME = "document.querySelector('iframe[title^=\"streamlit_folium\"]')"
