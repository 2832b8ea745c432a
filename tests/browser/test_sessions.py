"""Ten readers at once, two of them publishing: everybody sees their own page, one is told of the other's revision."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, expect

from geoplan.current import opened_store
from geoplan.plan import load_plan
from tests.browser.conftest import ROOT, Visit, serving, visits
from tests.browser.test_draw import corners, started, typed
from tests.plan_folders import write_plan

MOST_PER_SESSION = 30_000_000  # bytes
PATIENCE = 60_000  # milliseconds: ten pages start at once on few cores
PLAN = "ustc-silicon-valley"
NAMES = {
    ("core", "en"): "Core Area",
    ("core", "zh"): "核心区",
    ("high-tech-area", "en"): "High-tech Area",
    ("high-tech-area", "zh"): "高新园",
    ("shushan", "en"): "Shushan Area",
    ("shushan", "zh"): "蜀山园",
    ("iflytek-town", "en"): "iFlytek Town",
    ("iflytek-town", "zh"): "讯飞小镇",
}
ROUTES = (("areas", "map"), ("facilities", "map"), ("checks", "map"))
TOLD = re.compile("Published as revision|revision 1 was published since")


@dataclass(frozen=True)
class Reader:
    """A session with what it alone picked, and its way from page to page."""

    seen: Visit
    zone: str
    language: str
    route: tuple[str, ...]

    def opened(self) -> None:
        query = f"?plan={PLAN}&zone={self.zone}&lang={self.language}"
        self.seen.page.goto(f"{self.seen.address}/{query}", wait_until="commit")

    def goes_on(self, step: int) -> None:
        self.seen.page.locator(f".st-key-nav-{self.route[step]} button").click()

    def sees_its_own(self, page: str) -> None:
        asked = {"plan": [PLAN], "zone": [self.zone], "lang": [self.language]}
        if page == "map":
            expect(self.seen.page.locator(".gp-card h2")).to_have_text(NAMES[self.zone, self.language])
            expect(self.seen.map.locator("path.gp-picked").first).to_be_attached()
        else:
            expect(self.seen.page.locator(".gp-heading h1")).to_be_visible()
            expect(self.seen.page.locator(f".st-key-nav-{page} button")).to_have_attribute("kind", "primary")
        found = parse_qs(urlsplit(self.seen.page.url).query)
        assert {name: found[name] for name in asked} == asked
        assert found.get("page", ["map"]) == [page]


def resident(address: str) -> int:
    """Return the bytes of memory the server at an address holds."""
    port = address.rsplit(":", 1)[1]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"--server.port" in words and words[words.index(b"--server.port") + 1] == port.encode():
                status = (folder / "status").read_text(encoding="utf-8")
                return sum(int(status.split(f"{part}:")[1].split()[0]) for part in ("VmRSS", "VmSwap")) * 1024
        except (OSError, IndexError):  # a process that ended meanwhile
            continue
    raise AssertionError(f"nothing serves {address}")


def ready_to_publish(seen: Visit, author: str, place: int) -> Page:
    """Draw a zone of one's own up to the last click before it is published."""
    page = started(seen, f"Draft of {author}")
    typed(page, corners(place))
    expect(page.locator(".gp-card h2")).to_be_visible()
    page.locator(".st-key-gp-side button", has_text="Publish").first.click()
    field = page.get_by_label("What changed and why")
    field.fill(f"by {author}")
    field.blur()
    return page


def readers(opened: Callable[..., Visit], address: str) -> list[Reader]:
    made = []
    for number, (zone, language) in enumerate(NAMES):
        seen = opened(address)
        seen.page.set_default_timeout(PATIENCE)
        made.append(Reader(seen, zone, language, ROUTES[number % len(ROUTES)]))
    return made


def test_ten_sessions_at_once_see_only_their_own_and_of_two_that_publish_one_is_told(
    browser: Browser, tmp_path: Path
) -> None:
    plans, log = tmp_path / "plans", tmp_path / "log.txt"
    shutil.copytree(ROOT / "geodata" / PLAN, plans / PLAN)
    toml = write_plan(plans / "trial", boundaries=False, facilities=["Lab"]) / "plan.toml"
    text = toml.read_text(encoding="utf-8").replace("[[zones]]", "[[zones]]\nawaiting = true")
    toml.write_text(text, encoding="utf-8")
    expect.set_options(timeout=PATIENCE)
    try:
        with serving(log, plans=plans) as address, visits(browser) as opened:
            _walk(opened, address, plans)
    finally:
        expect.set_options(timeout=5_000)
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace")


def _walk(opened: Callable[..., Visit], address: str, plans: Path) -> None:
    walking = readers(opened, address)
    walking[0].opened()
    walking[0].sees_its_own("map")  # the plan is open and its libraries are loaded: the rest is for sessions
    before = resident(address)
    writers = [opened(address), opened(address)]
    for seen in writers:
        seen.page.set_default_timeout(PATIENCE)
        seen.open("?page=draw&plan=trial&lang=en")
    pages = [ready_to_publish(seen, name, n) for n, (seen, name) in enumerate(zip(writers, "AB", strict=True))]
    for reader in walking[1:]:
        reader.opened()
    for page in pages:
        page.get_by_role("button", name="Publish as a revision").click()
    for reader in walking:
        reader.sees_its_own("map")
    for step in range(2):
        for reader in walking:
            reader.goes_on(step)
        for reader in walking:
            reader.sees_its_own(reader.route[step])
    after = resident(address)
    each = (after - before) / (len(walking) + len(writers) - 1)
    print(f"memory per session: {each / 1e6:.1f} MB; the server's: {before / 1e6:.0f} MB, then {after / 1e6:.0f} MB")
    assert each < MOST_PER_SESSION
    for page in pages:
        expect(page.get_by_text(TOLD).first).to_be_visible()
    assert sum(page.get_by_text("Published as revision").count() > 0 for page in pages) == 1
    with opened_store(load_plan(plans / "trial")) as store:
        revision = store.revision("trial")
    assert revision is not None
    assert revision.number == 1
    for seen in (*writers, *(reader.seen for reader in walking)):
        seen.blameless()
