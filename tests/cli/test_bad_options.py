"""Options that cannot be followed: every command ends with code 2 or 3 and one plain line, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import main_here
from tests.output.export.ground import write_squares
from tests.revisions import layout

ODD_TEXT = (
    "\u202egnp", "a\x1b[2Jb", "caf\udce9", "=cmd|' /C calc'!A0", "../../etc/passwd", "长" * 5000, "'; DROP TABLE", " "
)  # fmt: skip
ODD_NUMBERS = ("0", "-1", "1.5", "nan", "1e3", "", "9" * 30, "0x10", "one", "1,000")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squares(tmp_path_factory.mktemp("options") / "squares", other="Beta")


@pytest.fixture(autouse=True)
def nowhere_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GEOPLAN_STORE", raising=False)
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))


def refused(*arguments: str, code: tuple[int, ...] = (2,)) -> str:
    """Return what a command said that could not be followed."""
    before = sorted(Path.cwd().iterdir())
    ended, output, errors = main_here(*arguments)
    assert ended in code, errors
    assert output == ""
    assert "Traceback" not in errors
    assert not any(mark in errors for mark in ("\x1b", "\u202e"))
    errors.encode()
    assert sorted(Path.cwd().iterdir()) == before
    return errors


OUTPUTS = {"map": "m.html", "report": "r.pdf", "export": "e.gpkg"}


@pytest.mark.parametrize("command", OUTPUTS)
@pytest.mark.parametrize("value", ODD_NUMBERS)
def test_a_revision_that_is_no_number_of_one_is_refused(command: str, value: str, plan: Path) -> None:
    code = 4 if value == "9" * 30 else 2  # a number, of a revision that is not there
    refused(command, str(plan), "--output", OUTPUTS[command], "--revision", value, code=(code,))


@pytest.mark.parametrize("value", [*ODD_NUMBERS, "5", "100000001", "1:500"])
def test_a_scale_no_sheet_can_have_is_refused(value: str, plan: Path) -> None:
    assert "scale" in refused("report", str(plan), "--output", "r.pdf", "--scale", value)


@pytest.mark.parametrize(("command", "option", "value"), [
    ("map", "--lang", "fr"), ("map", "--lang", ""), ("report", "--lang", "EN"), ("report", "--paper", "A5"),
    ("report", "--orientation", "sideways"), ("export", "--format", "dwg"), ("export", "--format", ""),
    ("export", "--layer", "streets"),
])  # fmt: skip
def test_a_choice_there_is_none_of_is_answered_with_those_there_are(
    command: str, option: str, value: str, plan: Path
) -> None:
    said = refused(command, str(plan), "--output", OUTPUTS[command], option, value)
    assert option in said
    assert "'" in said


@pytest.mark.parametrize("code", ["EPSG:1", "EPSG:4978", "", "4490,4548", *ODD_TEXT])
def test_a_coordinate_system_nobody_knows_is_refused(code: str, plan: Path) -> None:
    refused("export", str(plan), "--output", "e.gpkg", "--crs", code, code=(2, 3))


@pytest.mark.parametrize("name", ["e.docx", "e", ".gpkg", "e.shp", "e.gpkg.bak"])
def test_an_ending_that_says_nothing_is_answered_with_those_that_do(name: str, plan: Path) -> None:
    said = refused("export", str(plan), "--output", name)
    assert "--format" in said or ".zip" in said


@pytest.mark.parametrize("name", ["m.pdf", "m", "m.html.exe", "页"])
def test_a_map_is_a_page(name: str, plan: Path) -> None:
    assert ".html" in refused("map", str(plan), "--output", name)


@pytest.mark.parametrize("command", ["check", "measure", "inspect", "map", "report", "export", "facilities", "service"])
@pytest.mark.parametrize("target", ODD_TEXT, ids=range(len(ODD_TEXT)))
def test_a_plan_or_file_that_cannot_be_is_told_in_one_line(command: str, target: str) -> None:
    more = ["--output", OUTPUTS[command]] if command in OUTPUTS else []
    said = refused(command, target, *more, code=(2, 3))
    assert said.count("\n") == 1
    assert len(said) < 600 + len(target)


@pytest.mark.parametrize("category", ODD_TEXT, ids=range(len(ODD_TEXT)))
def test_a_category_the_plan_has_not_is_answered_with_those_it_has(category: str, plan: Path) -> None:
    said = refused("service", str(plan), "--category", category, "--radius", "300")
    assert "Categories: lab." in said


@pytest.mark.parametrize("field", ODD_TEXT, ids=range(len(ODD_TEXT)))
def test_a_field_the_file_has_not_is_told(field: str, plan: Path) -> None:
    said = refused("check", str(plan / "zones.geojson"), "--id", field, code=(3,))
    assert "zones.geojson" in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_language_can_be_set_once_for_all_commands(
    language: str, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_LANG", language)
    code, output, _ = main_here("check", str(plan))
    assert code == 1
    assert ("未通过" in output) == (language == "zh")


@pytest.mark.parametrize("value", ["fr", ""])
def test_a_language_of_the_environment_that_is_none_is_told_or_passed_over(
    value: str, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_LANG", value)
    code, _, errors = main_here("check", str(plan))
    assert code == (2 if value else 1)
    assert "Traceback" not in errors


def test_a_revision_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    update = layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated()))
    assert main_here("load", str(update), str(folder))[0] == 0
    for command, output in OUTPUTS.items():
        for number in ("2", str(2**31), str(2**63), "9" * 30):
            assert number in refused(command, str(folder), "--output", output, "--revision", number, code=(4,))
    for number in ("2", str(2**31), str(2**63), "9" * 30):
        assert number in refused("diff", str(folder), "1", number, code=(4,))
        assert number in refused("restore", str(folder), number, code=(4,))
        refused("load", str(update), str(folder), "--parent", number, code=(4,))
