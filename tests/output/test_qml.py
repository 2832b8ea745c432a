"""Styles as QGIS reads them: XML of its kind, the product's colours, one entry for each thing that is told apart."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from geoplan.output import style
from geoplan.output.qml import facilities_style, findings_style, zones_style
from geoplan.types import Severity
from tests.output.examples import HOSTILE, HOSTILE_IDS

# What QGIS 3 calls the symbol and its layer for points, lines and polygons.
SYMBOLS = {0: ("marker", "SimpleMarker"), 1: ("line", "SimpleLine"), 2: ("fill", "SimpleFill")}


def parsed(text: str) -> ET.Element:
    assert text.startswith("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n")
    root = ET.fromstring(text)  # noqa: S314 - our own output
    assert root.tag == "qgis"
    return root


def options(symbol: ET.Element) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in symbol.findall("layer/Option/Option")}


def colour(rgba: str) -> tuple[str, int]:
    *rgb, alpha = (int(part) for part in rgba.split(","))
    assert all(0 <= part <= 255 for part in (*rgb, alpha))
    return "#{:02X}{:02X}{:02X}".format(*rgb), alpha


@pytest.mark.parametrize("dimension", [0, 1, 2])
def test_findings_have_an_entry_and_a_colour_for_each_severity(dimension: int) -> None:
    root = parsed(findings_style(dimension))
    assert root.find("renderer-v2[@type='categorizedSymbol'][@attr='severity']") is not None
    symbols = {one.get("name"): one for one in root.iter("symbol")}
    for entry, severity in zip(root.iter("category"), Severity, strict=True):
        assert entry.get("value") == severity.value
        symbol = symbols[entry.get("symbol")]
        layer = symbol.find("layer")
        assert layer is not None
        assert (symbol.get("type"), layer.get("class")) == SYMBOLS[dimension]
        drawn = options(symbol)["line_color" if dimension == 1 else "color"]
        assert colour(drawn)[0] == style.SEVERITY_STYLES[severity].fill.upper()


def test_a_polygon_of_a_finding_can_be_seen_through_but_its_outline_cannot() -> None:
    drawn = options(next(parsed(findings_style(2)).iter("symbol")))
    assert colour(drawn["color"])[1] < 255 == colour(drawn["outline_color"])[1]


@pytest.mark.parametrize(("status", "line"), [
    ("official", "solid"), ("indicative", "dash"), ("draft", "dash"),
])  # fmt: skip
def test_only_official_boundaries_are_drawn_unbroken(status: str, line: str) -> None:
    (symbol,) = parsed(zones_style(status)).iter("symbol")
    assert options(symbol)["outline_style"] == line


def test_facilities_have_an_entry_for_each_category_in_the_colour_they_have_on_the_map() -> None:
    known = {"school": "#112233", "clinic": "#AABBCC"}
    root = parsed(facilities_style(known))
    symbols = {one.get("name"): one for one in root.iter("symbol")}
    found = {one.get("value"): colour(options(symbols[one.get("symbol")])["color"])[0] for one in root.iter("category")}
    assert found == known


def test_without_colours_given_a_category_keeps_its_colour_whatever_else_is_used() -> None:
    def colour_of(category: str, used: list[str]) -> str:
        root = parsed(facilities_style(used, ["a", "b", "c"]))
        place = next(one.get("symbol") for one in root.iter("category") if one.get("value") == category)
        return options(next(one for one in root.iter("symbol") if one.get("name") == place))["color"]

    assert colour_of("b", ["b"]) == colour_of("b", ["a", "b", "c"])


@pytest.mark.parametrize("used", [[], ["a"], ["a", "a"], [str(number) for number in range(40)]])
def test_each_category_stands_there_once(used: list[str]) -> None:
    root = parsed(facilities_style(used))
    values = [one.get("value") for one in root.iter("category")]
    assert values == sorted(set(used))
    assert len(list(root.iter("symbol"))) == len(values)


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_a_hostile_category_is_an_attribute_and_no_markup(name: str) -> None:
    root = parsed(facilities_style([name]))
    (entry,) = root.iter("category")
    assert set(entry.attrib) == {"value", "symbol", "label", "render"}
    assert [child.tag for child in root] == ["renderer-v2"]
