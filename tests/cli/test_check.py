"""`geoplan check`: the exit code is the verdict, of a plan, of other zones as the plan's, of any file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from geoplan.output import REPORTS
from tests.cli.run import invoke, main_here
from tests.helpers import EAST, NORTH, rectangle, square
from tests.plan.documents import toml
from tests.plan_folders import write_plan
from tests.read.files import SQUARES, frame, save


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def failing(result: Result) -> list[str]:
    return [finding["check"] for finding in document(result)["findings"] if finding["severity"] == "error"]


def found_by(result: Result) -> list[str]:
    return [finding["check"] for finding in document(result)["findings"]]


def test_the_bundled_plan_holds() -> None:
    result = invoke("check", "ustc-silicon-valley", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    checked = document(result)
    assert checked["schema"] == "geoplan.check/1"
    assert checked["passed"] is True
    assert checked["area"]["total_m2"] == pytest.approx(8.22e6, abs=5_000)


def test_an_overlap_fails_and_no_gaps_leaves_gaps_alone(tmp_path: Path) -> None:
    overlapping = save(tmp_path / "overlap.gpkg", frame([SQUARES[0], square(EAST + 90, NORTH, 100)]))
    result = invoke("check", overlapping, "--json")
    assert (result.exit_code, failing(result)) == (1, ["overlap"])
    ring = square(EAST, NORTH, 100).difference(square(EAST + 40, NORTH + 40, 20))
    hole = save(tmp_path / "hole.gpkg", frame([ring]))
    assert "gap" in found_by(invoke("check", hole, "--json"))
    assert "gap" not in found_by(invoke("check", hole, "--json", "--no-gaps"))


def test_tolerances_boundary_and_declared_areas_are_heeded(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg", frame([SQUARES[0], square(EAST + 90, NORTH, 100)], TBMJ=[10_000.0, 5_000.0]))
    assert invoke("check", path, "--area-tolerance", "1001").exit_code == 0
    assert invoke("check", path, "--width-tolerance", "10.1").exit_code == 0
    declared = invoke("check", path, "--json", "--declared-area", "TBMJ", "--area-tolerance", "1001")
    assert (declared.exit_code, failing(declared)) == (1, ["area-declared"])
    site = save(tmp_path / "site.gpkg", frame([square(EAST, NORTH, 300)]))
    result = invoke("check", path, "--json", "--boundary", site)
    assert set(failing(result)) == {"overlap", "gap"}
    assert invoke("check", path, "--boundary", tmp_path / "nowhere.gpkg").exit_code == 3
    assert invoke("check", path, "--declared-area", "NOTHING").exit_code in (1, 3)


def test_warnings_fail_only_when_asked(tmp_path: Path) -> None:
    strip = rectangle(EAST, NORTH + 500, 200, 1)  # 200 m², 1 m wide: a sliver
    path = save(tmp_path / "zones.gpkg", frame([SQUARES[0], strip]))
    assert "sliver" in found_by(invoke("check", path, "--json"))
    assert invoke("check", path).exit_code == 0
    assert invoke("check", path, "--fail-on", "warning").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["ustc-silicon-valley", "--boundary", "x.gpkg"],
        ["ustc-silicon-valley", "--area-tolerance", "5"],
        ["ustc-silicon-valley", "--no-gaps"],
        ["ustc-silicon-valley", "--declared-area", "F"],
        ["ustc-silicon-valley", "--crs", "EPSG:4548"],
        ["ustc-silicon-valley", "--layer", "x"],
        ["ustc-silicon-valley", "--id", "x"],
        ["zones.gpkg", "--zones", "other.gpkg"],
        ["zones.gpkg", "--json", "--report", "html"],
        ["zones.gpkg", "--report", "gpkg"],
    ],
)
def test_options_that_contradict_are_a_usage_error(arguments: list[str]) -> None:
    result = invoke("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_plan_with_mistakes_ends_with_code_2(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("format = 1\n")
    assert invoke("check", tmp_path).exit_code == 2


@pytest.mark.parametrize("kind", sorted(REPORTS))
def test_every_report_can_be_written_to_a_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"report.{kind}"
    result = invoke("check", "ustc-silicon-valley", "--report", kind, "--output", path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"PASSED; written to {path}\n"
    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "FAILED: 1 error; written to {}"), ("zh", "未通过：1 个错误；已写入 {}")]
)
def test_what_is_said_of_a_written_report_is_its_verdict_in_the_readers_language(
    tmp_path: Path, language: str, said: str
) -> None:
    folder = write_plan(tmp_path / "trial", rules='[[rules]]\ncheck = "zone-count"\ncount = 7\n')
    path = tmp_path / "report.html"
    result = invoke("check", folder, "--report", "html", "--output", path, "--lang", language)
    assert (result.exit_code, result.stderr) == (1, said.format(path) + "\n")


# ---------------------------------------------------------------- AUST: zones that are not published yet


def test_a_plan_without_boundaries_passes_and_says_so() -> None:
    result = invoke("check", "aust-wisdom-valley")
    assert result.exit_code == 0
    assert "0 of 4 boundaries loaded" in result.output


def huainan(count: int, **fields: Any) -> Any:
    """Squares of 1 km in a row near Huainan, in EPSG:4548."""
    return frame([square(500_000 + 1000 * n, 3_611_000, 1000) for n in range(count)], **fields)


def test_four_polygons_are_checked_like_any_plan(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg", huainan(4))
    result = invoke("check", "aust-wisdom-valley", "--zones", path, "--json")
    checked = document(result)
    assert (checked["plan"]["id"], checked["plan"]["loaded"]) == ("aust-wisdom-valley", 4)
    assert (result.exit_code, failing(result)) == (0, [])
    taken = [finding for finding in checked["findings"] if finding["check"] == "zone-unknown"]
    assert [finding["severity"] for finding in taken] == ["info"] * 4  # told which polygon was taken for which
    assert checked["area"]["total_m2"] == pytest.approx(4e6, rel=1e-3)


@pytest.mark.parametrize("count", [3, 5])
def test_three_or_five_polygons_do_not_pass_for_four(tmp_path: Path, count: int) -> None:
    path = save(tmp_path / "zones.gpkg", huainan(count))
    result = invoke("check", "aust-wisdom-valley", "--zones", path, "--json")
    assert result.exit_code == 1
    assert "zone-unknown" in failing(result)


def test_other_zones_are_checked_as_the_plans_own(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    plan = {
        "format": 1,
        "id": "p",
        "name": "P",
        "status": "draft",
        "zones": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
        "rules": [{"check": "area-total", "km2": 0.02, "tolerance_km2": 0.001}],
    }
    (folder / "plan.toml").write_text(toml(plan))
    save(folder / "zones.gpkg")
    assert invoke("check", folder).exit_code == 0
    bigger = save(tmp_path / "bigger.gpkg", frame([SQUARES[0], square(EAST + 100, NORTH, 200)]))
    result = invoke("check", folder, "--zones", bigger, "--json")
    assert (result.exit_code, failing(result)) == (1, ["area-total"])
    assert invoke("check", folder, "--zones", bigger, "--id", "nothing").exit_code == 3
    assert invoke("check", folder, "--zones", bigger, "--layer", "nothing").exit_code == 3


@pytest.mark.parametrize("option", ["--area-tolerance", "--width-tolerance"])
@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-inf", "1e400", "-1", "-0.001", "one", "", "1,5"])
def test_a_tolerance_that_is_no_amount_is_refused_before_anything_is_read(option: str, value: str) -> None:
    code, out, err = main_here("check", "nowhere.gpkg", option, value)
    assert (code, out) == (2, "")
    assert option in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("value", "said"), [("0", "0 m²"), ("-0.0", "0 m²"), ("1e-9", "1e-09 m²"), ("2.5", "2.5 m²")])
def test_the_tolerance_of_the_command_is_the_one_reported(tmp_path: Path, value: str, said: str) -> None:
    path = save(tmp_path / "zones.gpkg")
    assert f"tolerance {said}" in invoke("check", path, "--area-tolerance", value).output
