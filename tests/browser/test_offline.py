"""Every page in both languages with no internet: nothing asked outside, nothing overlapping, nothing cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from geoplan.ui.pages import PAGES
from tests.browser.conftest import LAPTOP, PHONE, Visit, visits

Opener = Callable[..., Visit]

CHINESE = re.compile("[\u4e00-\u9fff]")
LANGUAGES = {"en": "en", "zh": "zh-CN"}
WITHOUT_MAP = {"areas", "network", "indicators", "handover"}
REST = """(mapped) => {
  const app = document.querySelector('[data-testid=stApp]'), rest = app && app.dataset.testScriptState === 'notRunning';
  const frame = document.querySelector('iframe[title^="streamlit_folium"]');
  const box = frame && frame.contentDocument && frame.contentDocument.querySelector('.leaflet-container');
  const drawn = !mapped || (box && box.dataset.ready && !box.classList.contains('gp-waiting'));
  const filled = !document.querySelector('[data-testid=stSkeleton]');
  return Boolean(rest && drawn && filled && document.querySelector('h1, h2:not(.gp-unseen)'));
}"""
# What stands in the flow of the page and covers a neighbour by more than the breadth of a border.
OVERLAPPING = """() => {
  const found = [], shown = (e) => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    return r.width > 2 && r.height > 2 && s.visibility !== 'hidden' && !['absolute', 'fixed'].includes(s.position);
  };
  for (const block of document.querySelectorAll('.stMain [data-testid$=Block]')) {
    const parts = [...block.children].filter(shown).map((e) => [e, e.getBoundingClientRect()]);
    parts.forEach(([one, a], i) => parts.slice(i + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 3 && high > 3) found.push([one.className, other.className, one.innerText.slice(0, 40),
        other.innerText.slice(0, 40), wide, high].join(' | '));
    }));
  }
  return found;
}"""
# Parts of the page that reach over its right edge; a bar or a panel that scrolls may hold more than it shows.
CUT_OFF = """() => {
  const scrolls = (e) => e && (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) &&
    !e.matches('.stMain, .stApp, html, body') || scrolls(e.parentElement));
  const over = (r) => r.width > 2 && r.height > 2 && r.right > innerWidth + 1;
  const parts = '[data-testid=stElementContainer], button, h1, h2';
  return [...document.querySelector('.stMain').querySelectorAll(parts)]
    .filter((e) => over(e.getBoundingClientRect()) && getComputedStyle(e).position !== 'absolute' && !scrolls(e))
    .filter((e) => !e.matches('.gp-unseen') && !e.querySelector('.gp-unseen'))
    .map((e) => e.className + ' ' + e.innerText.slice(0, 60));
}"""
LARGER_THAN_MAP = """() => {
  const area = (e) => {
    const r = e.getBoundingClientRect();
    return Math.max(0, Math.min(r.right, innerWidth) - Math.max(r.left, 0)) *
      Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0));
  };
  const map = area(document.querySelector('iframe[title^="streamlit_folium"]'));
  return [...document.querySelectorAll('.stMain [data-testid=stElementContainer], .st-key-gp-side')]
    .filter((e) => !e.querySelector('iframe') && area(e) >= map).map((e) => e.className + ' ' + area(e) + ' ' + map);
}"""


@pytest.fixture(scope="module", params=list(LANGUAGES))
def reader(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[tuple[str, Visit]]:
    """Return a language and a window that goes from page to page, as one reader's does."""
    with visits(browser) as opened:
        yield request.param, opened(address, LAPTOP)


def at_rest(page: Page, name: str) -> None:
    page.wait_for_function(REST, arg=name not in WITHOUT_MAP, timeout=60_000)
    page.wait_for_timeout(500)  # the frame takes its final size, labels are arranged


def sound(seen: Visit, width: int) -> None:
    assert seen.page.evaluate(OVERLAPPING) == []
    assert seen.page.evaluate(CUT_OFF) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.blameless()


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_opened_by_link_is_in_its_language_whole_and_asks_nobody_outside(
    reader: tuple[str, Visit], name: str
) -> None:
    language, seen = reader
    seen.open(f"?plan=ustc-silicon-valley&page={name}&lang={language}")
    at_rest(seen.page, name)
    seen.shot(f"page-{name}-{language}-laptop")
    assert seen.page.evaluate("document.documentElement.lang") == LANGUAGES[language]
    heading = seen.page.locator(".stMain h1, .stMain h2:not(.gp-unseen)").first.inner_text()
    assert bool(CHINESE.search(heading)) == (language == "zh")
    assert (seen.page.locator('iframe[title^="streamlit_folium"]').count() == 0) == (name in WITHOUT_MAP)
    if name not in WITHOUT_MAP:
        assert seen.page.evaluate(LARGER_THAN_MAP) == []
    sound(seen, LAPTOP["width"])


@pytest.mark.parametrize(("name", "language"), [("areas", "en"), ("checks", "zh"), ("indicators", "en")])
def test_on_a_phone_nothing_overlaps_or_runs_off(visit: Opener, address: str, name: str, language: str) -> None:
    seen = visit(address, PHONE, has_touch=True, is_mobile=True).open(f"?page={name}&lang={language}")
    at_rest(seen.page, name)
    seen.shot(f"page-{name}-{language}-phone")
    sound(seen, PHONE["width"])
