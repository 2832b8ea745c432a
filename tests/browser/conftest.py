"""A real server and a real browser: every request that leaves the server's own address fails the test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / ".artefacts" / "screenshots"
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
START_SECONDS = 60
# To the browser every other host is one that does not exist.
NOBODY_OUTSIDE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"


def chromium() -> str:
    """Return the browser of the system; without one the tests fail and say what to do."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "there is no Chromium on this system: run `make provision`"
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(log: Path, *, plans: Path | None = None, base: str = "") -> Iterator[str]:
    """Run the app on a free port of this machine and yield its address; it ends with the block."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port), *(["--server.baseUrlPath", base] if base else [])]
    environment = {"GEOPLAN_DATA": str(plans)} if plans else {}
    address = f"http://127.0.0.1:{port}/{base}".rstrip("/")
    with running(command, log, f"{address}/_stcore/health", **environment):
        yield address


@contextlib.contextmanager
def running(command: Sequence[str], log: Path, ready: str, **environment: str) -> Iterator[None]:
    """Run a command until the end of the block, once `ready` answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(ready, process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the app ended at once:\n{log.read_text(encoding='utf-8', errors='replace')}")
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return
        time.sleep(0.2)
    pytest.fail(f"the app did not answer within {START_SECONDS} s")


@dataclass
class Visit:
    """One page opened on the app, with everything it asked for and complained about."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> Visit:
        self.page.goto(f"{self.address}/{query}", wait_until="domcontentloaded")
        return self

    @property
    def map(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title^="streamlit_folium"]')

    def settled(self) -> Visit:
        """Wait until the map is drawn and the page is at rest."""
        self.map.locator(".gp-frame").wait_for(timeout=30_000)
        self.map.locator(".gp-label").first.wait_for(state="attached")
        self.page.locator(".gp-strip").wait_for()
        self.page.wait_for_timeout(900)  # the frame takes its final size, labels are arranged
        return self

    def shot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def blameless(self) -> None:
        """Fail on anything asked of another host, any error on the console, any dialog."""
        assert self.foreign == []
        assert self.complaints == []
        assert self.dialogs == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    quiet = ["background-networking", "component-update", "sync", "gpu", "quic"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--no-first-run", NOBODY_OUTSIDE, *(f"--disable-{thing}" for thing in quiet)],
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the app on the bundled plans."""
    with serving(tmp_path_factory.mktemp("app") / "log.txt") as running:
        yield running


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Return a way to open the app at an address in a window of a size, with all its requests watched."""
    with visits(browser) as opened:
        yield opened


# Windows that were used and closed, by size and options: the next one starts with what the browser has loaded.
_POOL: dict[str, list[BrowserContext]] = {}


@contextlib.contextmanager
def visits(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Yield a way to open the app as `visit` does; the windows are closed with the block."""
    used: list[tuple[str, BrowserContext]] = []

    def opened(address: str, size: dict[str, int] = LAPTOP, **options: object) -> Visit:
        key = f"{id(browser)} {sorted(size.items())} {sorted(options.items())}"
        idle = _POOL.setdefault(key, [])
        context = idle.pop() if idle else browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        used.append((key, context))
        page = context.new_page()
        seen = Visit(page, address)
        own = urlsplit(address).netloc

        def watch(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ("http", "https"):
                seen.asked.append(request.url)
                if parts.netloc != own:  # it fails as well: the browser finds no host but this machine
                    seen.foreign.append(request.url)

        def complain(message: ConsoleMessage) -> None:
            if message.type == "error":
                seen.complaints.append(f"{message.text} {message.location}")

        def dismiss(dialog: object) -> None:
            seen.dialogs.append(str(dialog))
            dialog.dismiss()  # type: ignore[attr-defined]

        page.on("request", watch)
        page.on("console", complain)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", dismiss)
        page.on("websocket", lambda socket: seen.asked.append(socket.url))
        return seen

    try:
        yield opened
    finally:
        for key, context in used:
            for page in context.pages:
                page.close()
            context.clear_cookies()
            _POOL[key].append(context)
