"""The report as one HTML page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from geoplan.output.sheet import report_html
from geoplan.workflow import open_plan
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import options, plan_of, squeezed


class Page(HTMLParser):
    """Collects elements, addresses and text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    @property
    def text(self) -> str:
        return squeezed("".join(self.words))


def test_the_page_has_the_areas_computed_by_hand_and_loads_nothing() -> None:
    shapes = [square(EAST, NORTH, 1000), square(EAST + 1500, NORTH, 500)]
    page = Page(report_html(plan_of(shapes, ["Old Town", "Harbour"]), options(language="en", author="Office")))
    assert "1OldTown1.0000100.00001,500.00080.00%" in page.text
    assert "Total1.2500125.00001,875.000100.00%" in page.text
    assert "Office" in page.text
    assert "svg" in page.tags
    assert "script" not in page.tags
    assert page.addresses == []


HOSTILE = '</svg></script><img src=x onerror="alert(1)"> {{ 7*7 }} ${x}'


def test_hostile_names_are_text() -> None:
    source = report_html(plan_of([square(EAST, NORTH, 1000)], [HOSTILE], name=HOSTILE), options(author=HOSTILE))
    page = Page(source)
    assert not {"img", "script"} & page.tags
    assert page.handlers == []
    assert squeezed(HOSTILE) in page.text


@pytest.mark.parametrize(("language", "shown", "hidden"), [("en", "Facilities", "设施"), ("zh", "设施", "Facilities")])
def test_the_page_speaks_its_language(language: str, shown: str, hidden: str) -> None:
    page = Page(report_html(open_plan("ustc-silicon-valley"), options(language=language)))
    assert shown in page.text
    assert hidden not in page.text
    assert ("INDICATIVE" if language == "en" else "示意") in page.text


def test_indicators_and_sources_are_in_the_report() -> None:
    page = Page(report_html(open_plan("ustc-silicon-valley"), options(language="en")))
    assert "Talentsgatheredtargetmorethan100,000people2025" in page.text
    assert "blueprint-2022" in page.text


def test_a_plan_without_boundaries_has_a_report() -> None:
    page = Page(report_html(open_plan("aust-wisdom-valley"), options(language="en")))
    assert "0of4boundariesloaded" in page.text
    assert "notlocated" in page.text


def test_the_same_plan_gives_the_same_page() -> None:
    view = open_plan("ustc-silicon-valley")
    assert report_html(view, options()) == report_html(view, options())
    assert not re.search(r"https?://(?!www\.w3\.org)", report_html(view, options()))
