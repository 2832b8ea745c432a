"""The page of the benchmarks: its figures are the kept ones, promises are held to them, and nothing is left over."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.plot import Line, draw


def tool(wall: list[float], peak: int = 100_000_000, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"seconds": {}, "verdicts": {}, "note": "", "why_not": ""}
    return empty | {"wall_s": wall, "cpu_s": wall, "peak_bytes": [peak] * len(wall)} | more


def record(layer: str, size: int, **tools: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": layer,
        "size": size,
        "date": "2031-01-02",
        "machine": {"cores": 2, "memory_gb": 8, "system": "Linux x86_64", "python": "3.11.1"},
        "versions": {"geoplan": "1.0"},
        "polygons": size,
        "overlaps": 3,
        "gaps": 4,
        "runs": 3,
        "limit_s": 600.0,
        "once_s": 120.0,
        "load": [0.5, 1.0],
        "tools": tools,
    }


RIGHT = {"offered": True, "right": True, "words": "3 of 3"}
WRONG = {"offered": True, "right": False, "words": "2 of 3"}
NONE = {"offered": False, "right": False, "words": "not offered"}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "coverage.json")
    return tmp_path / "coverage.json"


def test_the_page_and_the_drawing_are_those_of_the_committed_figures() -> None:
    assert report.in_step(), "run `python -m benchmarks.report`"


def test_every_median_of_the_committed_figures_stands_on_the_page() -> None:
    page = report.PAGE.read_text(encoding="utf-8")
    for one in json.loads(report.RESULTS.read_text(encoding="utf-8"))["records"]:
        assert f"### {one['polygons']:,} polygons" in page
        for figures in one["tools"].values():
            if figures["wall_s"] and not figures["why_not"]:
                ordered = sorted(figures["wall_s"])
                middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
                assert f"| {middle:.2f} |" in page


def test_a_record_takes_the_place_of_the_one_about_the_same_layer_and_size(kept: Path) -> None:
    report.keep(record("planted", 100, geoplan=tool([1.0])))
    report.keep(record("clean", 100, geoplan=tool([2.0])))
    report.keep(record("planted", 100, geoplan=tool([3.0])))
    assert json.loads(kept.read_text())["schema"] == "geoplan.benchmark/1"
    assert [(one["layer"], one["tools"]["geoplan"]["wall_s"]) for one in report.records()] == [
        ("clean", [2.0]),
        ("planted", [3.0]),
    ]


def test_medians_and_ratios_are_those_of_hand_and_none_where_a_tool_did_not_end() -> None:
    one = record("planted", 100, geoplan=tool([2.0, 1.0, 9.0]), geos=tool([5.0, 4.0]), maup=tool([1.0], why_not="no"))
    assert report.median(one, "geoplan", "wall_s") == 2.0
    assert report.ratio(one, "geos") == 2.25
    assert report.median(one, "maup", "wall_s") is None
    assert report.ratio(one, "maup") is None
    assert report.ratio(one, "nothing") is None


def test_promises_are_held_to_the_figures() -> None:
    verdicts = {"overlaps": RIGHT, "gaps": WRONG, "area": NONE}
    full = {"geopandas": tool([9.0]), "duckdb": tool([4.0]), "geos": tool([1.8], verdicts=verdicts)}
    kept = [
        record("planted", 100_000, geoplan=tool([1.0]), **full),
        record("planted", 1_000_000, geoplan=tool([12.0], peak=3_900_000_000)),
        record("many", 100_000, geoplan=tool([1.5])),
        record("clean", 100_000, geoplan=tool([1.0])),
    ]
    lines = list(report.written(kept))
    cells = [[cell.strip() for cell in line.split("|")[1:5]] for line in lines if "| at " in line]
    rows = {promised: rest for promised, *rest in cells}
    assert rows["100,000 polygons: times faster than geopandas"] == ["at least 8", "9.00", "held"]
    assert rows["100,000 polygons: times faster than DuckDB spatial"] == ["at least 4.5", "4.00", "**missed**"]
    assert rows["100,000 polygons: times faster than GEOS coverage"] == ["at least 1.8", "1.80", "held"]
    assert rows["growth of the time from 100,000 to 1,000,000 polygons"] == ["at most 11", "12.00", "**missed**"]
    assert rows["1,000,000 polygons: peak memory, GB"] == ["at most 4", "3.90", "held"]
    assert rows["one in a hundred polygons defective: times the time of none"] == ["at most 2", "1.50", "held"]
    assert rows["no edge with its equal: times faster than geopandas"] == ["at least 1", "", "not measured"]


def test_a_row_tells_how_often_a_tool_was_asked_when_it_was_not_as_often_as_the_others() -> None:
    one = record("planted", 100, geoplan=tool([2.0, 2.0, 2.0]), geos=tool([300.0]), maup=tool([9.0, 8.0]))
    rows = [line.split("|")[1].strip() for line in report.written([one]) if line.count("|") == 10]
    assert rows[2:] == ["geoplan", "GEOS coverage (1 run)", "maup (2 runs)"]
    assert any("medians of 3 runs (one for a tool over 120 s)" in line for line in report.written([one]))


def test_the_versions_of_all_tools_are_told_whatever_the_last_record_asked() -> None:
    asked = record("planted", 100, geoplan=tool([2.0])) | {"versions": {"geoplan": "1.0", "geopandas": "1.2.0"}}
    lines = list(report.written([asked, record("planted", 200, geoplan=tool([2.0]))]))
    assert "Versions: geopandas 1.2.0, geoplan 1.0" in lines


def test_a_row_tells_time_without_gaps_what_is_wrong_and_why_a_tool_was_not_asked() -> None:
    one = record(
        "planted",
        100,
        geoplan=tool([2.0] * 3),
        geos=tool([5.0] * 3, seconds={"gaps": 1.5}, verdicts={"overlaps": RIGHT, "gaps": WRONG, "area": NONE}),
        maup=tool([], why_not="over 600 s"),
    )
    text = "\n".join(report.written([one]))
    assert "| GEOS coverage | 5.00 | 5.00 | 100 | 2.5 | 3.50 | 3 of 3 | **2 of 3** | not offered |" in text
    assert "| maup | over 600 s |" in text
    assert "load of the machine 0.5 before and 1 after" in text
    assert list(report.written([])) == ["Nothing is measured yet: `make bench`."]


def test_a_page_without_its_markers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    report.PAGE.write_text(f"before {report.BEGIN} old {report.END} after", encoding="utf-8")
    page = report.page([])
    assert page.startswith("before ")
    assert page.endswith(" after")
    assert "old" not in page
    report.PAGE.write_text("no markers", encoding="utf-8")
    with pytest.raises(ValueError, match="must hold"):
        report.page([])


def test_the_drawing_is_well_formed_and_escapes_names() -> None:
    lines = [
        Line("<b>ours</b>", {10: 1.0, 100: 5.0}, {10: 90.0, 100: 120.0}, {10: ("right", "wrong", "none")}, ours=True),
        Line("slow & large", {10: 30.0}, {10: 4_000.0}, {}),
    ]
    root = ET.fromstring(draw(lines, ("overlaps", "gaps", "area"), 'a "title"'))  # noqa: S314 - our own drawing
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("<b>ours</b>") == 3  # beside both lines and in the matrix
    assert {"●", "✕", "–", "not measured", "10", "100", "1,000"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 4


def test_the_places_in_the_drawing_follow_logarithmic_axes() -> None:
    line = Line("one", {10: 1.0, 100: 10.0, 1000: 100.0}, {}, {})
    root = ET.fromstring(draw([line], (), "title"))  # noqa: S314 - our own drawing
    points = next(root.iter("{http://www.w3.org/2000/svg}polyline")).attrib["points"].split()
    (x1, y1), (x2, y2), (x3, y3) = ([float(value) for value in point.split(",")] for point in points)
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.2)
    assert y1 > y3


def test_circumstances_name_the_versions_of_what_is_here() -> None:
    found = report.circumstances(["geoplan", "geopandas", "geos"])
    assert set(found["versions"]) == {"geoplan", "geopandas", "geos"}
    assert found["machine"]["cores"] >= 1
