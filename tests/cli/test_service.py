"""`geoplan service` and `geoplan facilities`: tables for people, documents by their schemas, refusals that say why."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from geoplan.errors import UsageError
from tests.cli.run import invoke, main_here
from tests.plan_folders import write_plan


@pytest.fixture
def parks(tmp_path: Path) -> Path:
    """Return a plan of two squares of some 946 m × 1109 m with a facility known to 150 m in the middle of each."""
    return write_plan(tmp_path / "parks", facilities=("One", "Two"))


def test_a_disc_inside_each_square_is_covered_in_both(parks: Path) -> None:
    document = json.loads(invoke("service", parks, "--radius", "400", "--json").stdout)
    assert (document["schema"], document["category"]["id"], document["radius_m"]) == ("geoplan.service/1", "park", 400)
    assert document["total"]["covered_m2"] == pytest.approx(2 * math.pi * 400**2, rel=1e-4)
    assert document["total"]["low"] == pytest.approx(2 * math.pi * 250**2 / document["total"]["area_m2"], rel=1e-4)
    assert document["norm"] is None
    assert sorted(piece["zone"] for piece in document["uncovered"]) == ["z0", "z1"]
    assert all(piece["geometry"]["type"] == "Polygon" for piece in document["uncovered"])


def test_the_first_radius_of_the_plan_is_taken_and_named_by_the_norm(parks: Path) -> None:
    document = json.loads(invoke("service", parks, "--json").stdout)
    assert document["radius_m"] == 300
    assert document["norm"] == {"en": "5-minute living circle, GB 50180-2018", "zh": "五分钟生活圈，GB 50180-2018"}


def test_the_text_is_labelled_and_shows_the_range(parks: Path) -> None:
    code, output, errors = main_here("service", str(parks), "--radius", "400")
    assert (code, errors) == (0, "")
    assert "Straight-line screening, not walking distance." in output
    # 2π·400² of 2·946·1109 m².
    row = next(line for line in output.splitlines() if line.startswith("All zones"))
    assert float(row.split()[2]) == pytest.approx(100 * math.pi * 400**2 / (946 * 1109), abs=0.1)
    assert "Uncovered: 2 pieces" in output


def test_the_text_speaks_chinese(parks: Path) -> None:
    output = invoke("service", parks, "--lang", "zh").stdout
    assert "并非步行距离" in output
    assert "全部分区" in output


def test_a_plan_of_several_categories_asks_for_one() -> None:
    result = invoke("service", "ustc-silicon-valley")
    assert result.exit_code == 2
    assert "Name one of: science-park, incubator," in str(result.exception)


@pytest.mark.parametrize("arguments", [("--category", "nonsense"), ("--radius", "0"), ("--radius", "nan")])
def test_what_cannot_be_followed_is_refused(parks: Path, arguments: tuple[str, str]) -> None:
    result = invoke("service", parks, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert isinstance(result.exception, UsageError)


def test_a_plan_without_boundaries_says_so() -> None:
    for command in (
        ("service", "aust-wisdom-valley", "--category", "university"),
        ("facilities", "aust-wisdom-valley"),
    ):
        result = invoke(*command)
        assert result.exit_code == 2
        assert "0 of 4 boundaries loaded" in str(result.exception)


def test_facilities_are_counted_per_zone(parks: Path) -> None:
    document = json.loads(invoke("facilities", parks, "--json").stdout)
    assert document["schema"] == "geoplan.facilities/1"
    assert [(zone["id"], zone["count"], zone["sure"], zone["possible"]) for zone in document["zones"]] == [
        ("z0", 1, 1, 1),
        ("z1", 1, 1, 1),
    ]
    assert document["zones"][0]["per_km2"] == pytest.approx(1 / (0.946 * 1.109), rel=2e-3)
    assert (document["total"], document["inside"], document["outside"], document["unlocated"]) == (2, 2, 0, 0)


def test_the_table_of_counts_accounts_for_every_facility() -> None:
    output = invoke("facilities", "ustc-silicon-valley").stdout
    assert "outside all zones                  12" in output
    assert "not located                         1" in output


@pytest.mark.parametrize("arguments", [
    ("--radius", "-1"), ("--radius", "inf"), ("--radius", "50001"), ("--radius", "1e400"), ("--category", ""),
    ("--category", "\u202epark"),
])  # fmt: skip
def test_a_radius_or_category_that_is_none_ends_with_one_line_and_code_two(
    parks: Path, arguments: tuple[str, str]
) -> None:
    code, output, errors = main_here("service", str(parks), *arguments)
    assert (code, output) == (2, "")
    assert len(errors.splitlines()) == 1
    assert "\u202e" not in errors


def test_a_plan_without_any_facility_asks_for_a_category_and_counts_none(tmp_path: Path) -> None:
    bare = write_plan(tmp_path / "bare")
    assert "no single facility category" in str(invoke("service", bare).exception)
    document = json.loads(invoke("facilities", bare, "--json").stdout)
    assert (document["total"], [zone["count"] for zone in document["zones"]]) == (0, [0, 0])


class TestPoints:
    @pytest.fixture
    def points(self, tmp_path: Path) -> Path:
        """Return a table of two points in the first park, one outside, one without a place, one that is none."""
        path = tmp_path / "points.csv"
        rows = ("school,117.105,31.805", "clinic,117.105,31.806", "school,100,31", ",,", "school,117.2,95")
        path.write_text("\n".join(["category,lon,lat", *rows]))
        return path

    def test_points_of_a_file_are_counted_in_the_zones_of_a_plan(self, parks: Path, points: Path) -> None:
        command = ("facilities", parks, "--points", points, "--points-crs", "EPSG:4490")
        document = json.loads(invoke(*command, "--json").stdout)
        assert document["schema"] == "geoplan.points/1"
        assert document["plan"]["id"] == "parks"
        keys = ("total", "inside", "outside", "no_place", "unlocated")
        assert [document[key] for key in keys] == [5, 2, 1, 1, 1]
        assert sum(zone["count"] for zone in document["zones"]) == 2

    def test_points_of_a_file_are_counted_in_the_polygons_of_a_file(
        self, parks: Path, points: Path, tmp_path: Path
    ) -> None:
        command = ("facilities", parks / "zones.geojson", "--points", points, "--points-crs", "EPSG:4490", "--nearest")
        output = tmp_path / "out.json"
        result = invoke(*command, "--json", "--output", output, "--category", "school")
        assert (result.exit_code, result.stdout) == (0, "")
        document = json.loads(output.read_text(encoding="utf-8"))
        assert (document["plan"], document["total"], document["inside"]) == (None, 3, 1)
        assert sorted(zone["nearest_m"] > 0 for zone in document["zones"]) == [False, True]
        code, text, errors = main_here(*map(str, command), "--lang", "zh")
        assert (code, errors) == (0, "")
        assert "各分区的点" in text

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("{zones}",), "a file has no facilities of its own"),
            (("{plan}", "--nearest", "--category", "x"), "--category, --nearest: these options go with --points"),
            (("{plan}", "--layer", "x"), "--layer: these options are about a file of zones"),
            (("{plan}", "--points", "{points}", "--id", "x"), "--id: these options are about a file of zones"),
            (("{zones}", "--points", "{points}", "--revision", "1"), "go with a plan"),
            (("{zones}", "--points", "{points}", "--points-crs", "nonsense"), "not a known coordinate system"),
            (("{zones}", "--points", "{points}"), "do not say in which coordinate system"),
            (("{zones}", "--points", "missing.csv"), "no such file"),
        ],
    )
    def test_what_does_not_go_together_is_refused_in_one_line(
        self, parks: Path, points: Path, arguments: tuple[str, ...], message: str
    ) -> None:
        names = {"zones": parks / "zones.geojson", "plan": parks, "points": points}
        code, output, errors = main_here("facilities", *(argument.format(**names) for argument in arguments))
        assert (code in (2, 3), output) == (True, "")
        assert len(errors.splitlines()) == 1
        assert message in errors

    def test_the_facilities_of_a_plan_can_be_written_to_a_file(self, parks: Path, tmp_path: Path) -> None:
        output = tmp_path / "out.json"
        assert invoke("facilities", parks, "--json", "--output", output).stdout == ""
        assert json.loads(output.read_text(encoding="utf-8"))["total"] == 2
